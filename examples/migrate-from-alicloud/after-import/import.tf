moved {
  from = alicloud_ram_access_key.deploy
  to   = ram_access_key.deploy
}

moved {
  from = alicloud_ram_login_profile.people
  to   = ram_login_profile.people
}

import {
  to = ram_access_key_policy.deploy
  id = "deploy:LTAI5tDeployDeployDeploy"
}

import {
  to = ram_account_alias.this
  id = "1234567890123456"
}

import {
  to = ram_password_policy.this
  id = "1234567890123456"
}

import {
  to = ram_security_preference.this
  id = "1234567890123456"
}

import {
  to = ram_user.deploy
  id = "200000000000000003"
}

import {
  to = ram_user.people["alice"]
  id = "200000000000000001"
}

import {
  to = ram_user.people["bob"]
  id = "200000000000000002"
}

removed {
  from = alicloud_ram_access_key_policy.deploy

  lifecycle {
    destroy = false
  }
}

removed {
  from = alicloud_ram_account_alias.this

  lifecycle {
    destroy = false
  }
}

removed {
  from = alicloud_ram_password_policy.this

  lifecycle {
    destroy = false
  }
}

removed {
  from = alicloud_ram_security_preference.this

  lifecycle {
    destroy = false
  }
}

removed {
  from = alicloud_ram_user.deploy

  lifecycle {
    destroy = false
  }
}

removed {
  from = alicloud_ram_user.people

  lifecycle {
    destroy = false
  }
}
