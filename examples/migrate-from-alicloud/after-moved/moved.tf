moved {
  from = alicloud_ram_access_key.deploy
  to   = ram_access_key.deploy
}

moved {
  from = alicloud_ram_access_key_policy.deploy
  to   = ram_access_key_policy.deploy
}

moved {
  from = alicloud_ram_account_alias.this
  to   = ram_account_alias.this
}

moved {
  from = alicloud_ram_login_profile.people
  to   = ram_login_profile.people
}

moved {
  from = alicloud_ram_password_policy.this
  to   = ram_password_policy.this
}

moved {
  from = alicloud_ram_security_preference.this
  to   = ram_security_preference.this
}

moved {
  from = alicloud_ram_user.deploy
  to   = ram_user.deploy
}

moved {
  from = alicloud_ram_user.people
  to   = ram_user.people
}
