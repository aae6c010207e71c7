resource "ram_user" "alice" {
  name = "alice"
}

# Use an ephemeral resource that reads a vault, or TF_VAR_initial_password.
variable "initial_password" {
  type      = string
  ephemeral = true
  sensitive = true
  default   = "Chosen-4-the-first-logon"
}

# The password is not stored in the plan or the state. A changed version sends it again.
resource "ram_login_profile" "alice" {
  user_name               = ram_user.alice.name
  password_wo             = var.initial_password
  password_wo_version     = 1
  password_reset_required = true
  mfa_bind_required       = true
}
