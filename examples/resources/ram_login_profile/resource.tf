resource "ram_user" "alice" {
  name = "alice"
}

# In life, from a vault: an ephemeral resource, or TF_VAR_initial_password.
variable "initial_password" {
  type      = string
  ephemeral = true
  sensitive = true
  default   = "Chosen-4-the-first-logon"
}

# The password is in no plan and no state. Another version sends it again.
resource "ram_login_profile" "alice" {
  user_name               = ram_user.alice.name
  password_wo             = var.initial_password
  password_wo_version     = 1
  password_reset_required = true
  mfa_bind_required       = true
}
