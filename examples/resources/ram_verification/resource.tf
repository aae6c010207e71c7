resource "ram_user" "alice" {
  name = "alice"
}

# The user must confirm both before they can be used. Attributes that are not in the
# configuration do not change.
resource "ram_verification" "alice" {
  user_name      = ram_user.alice.name
  security_email = "alice@example.com"
  security_phone = "86-13900001234"
}

output "not_confirmed_yet" {
  value = ram_verification.alice.security_phone_status == "pending"
}
