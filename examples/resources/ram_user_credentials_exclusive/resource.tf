resource "ram_user" "deploy" {
  name = "deploy"
}

resource "ram_access_key" "deploy" {
  user_name = ram_user.deploy.name
}

# Reports every other credential of the user in a warning. With "disable" or "delete", the plan
# shows these credentials, and the apply disables or deletes them. Without
# allowed_service_credential_ids or allowed_passkey_ids, those are not read.
resource "ram_user_credentials_exclusive" "deploy" {
  user_name                      = ram_user.deploy.name
  allowed_access_key_ids         = [ram_access_key.deploy.access_key_id]
  allowed_service_credential_ids = []
  allowed_passkey_ids            = []
  enforce                        = "report"
}

check "no_other_keys" {
  assert {
    condition     = length(ram_user_credentials_exclusive.deploy.undeclared_access_key_ids) == 0
    error_message = "The user deploy has undeclared AccessKey pairs."
  }
}
