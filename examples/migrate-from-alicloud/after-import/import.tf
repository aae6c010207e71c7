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
  id = "current"
}

import {
  to = ram_password_policy.this
  id = "current"
}

import {
  to = ram_security_preference.this
  id = "current"
}

import {
  to = ram_user.deploy
  id = "deploy"
}

import {
  to = ram_user.people["alice"]
  id = "alice"
}

import {
  to = ram_user.people["bob"]
  id = "bob"
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
