data "ram_user_sso_settings" "this" {}

output "sso_enabled" {
  value = data.ram_user_sso_settings.this.sso_enabled
}
