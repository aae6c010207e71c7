resource "ram_user" "deploy" {
  name = "deploy"
}

resource "ram_access_key" "deploy" {
  user_name = ram_user.deploy.name
}

# Reports every other key of the user in a warning. With "disable" or "delete", the plan
# shows these keys, and the apply disables or deletes them.
resource "ram_user_credentials_exclusive" "deploy" {
  user_name              = ram_user.deploy.name
  allowed_access_key_ids = [ram_access_key.deploy.access_key_id]
  enforce                = "report"
}

check "no_other_keys" {
  assert {
    condition     = length(ram_user_credentials_exclusive.deploy.undeclared_access_key_ids) == 0
    error_message = "The user deploy has undeclared AccessKey pairs."
  }
}
