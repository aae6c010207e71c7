resource "ram_user" "deploy" {
  name = "deploy"
}

resource "ram_access_key" "deploy" {
  user_name = ram_user.deploy.name
}

# Warns of every other key of the user. "disable" and "delete" show such a key in
# the plan, and act on it when the plan is applied.
resource "ram_user_credentials_exclusive" "deploy" {
  user_name              = ram_user.deploy.name
  allowed_access_key_ids = [ram_access_key.deploy.access_key_id]
  enforce                = "report"
}

check "no_other_keys" {
  assert {
    condition     = length(ram_user_credentials_exclusive.deploy.undeclared_access_key_ids) == 0
    error_message = "The user deploy has AccessKey pairs that nobody declared."
  }
}
