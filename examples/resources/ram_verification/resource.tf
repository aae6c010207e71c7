resource "ram_user" "alice" {
  name = "alice"
}

# Their owner has to confirm both before they count. What is left out stays as it is.
resource "ram_verification" "alice" {
  user_name      = ram_user.alice.name
  security_email = "alice@example.com"
  security_phone = "86-13900001234"
}

output "not_confirmed_yet" {
  value = ram_verification.alice.security_phone_status == "pending"
}
