resource "ram_user" "deploy" {
  name = "deploy"
}

resource "ram_access_key" "deploy" {
  user_name = ram_user.deploy.name
}

# The key can be used only from the CI runners and from any VPC.
resource "ram_access_key_policy" "deploy" {
  user_name          = ram_access_key.deploy.user_name
  access_key_id      = ram_access_key.deploy.access_key_id
  status             = "Active"
  classic_allow_list = ["198.51.100.0/28"]

  vpc_allow_list = {
    AllowAllVPC = ["0.0.0.0/0", "::/0"]
  }
}
