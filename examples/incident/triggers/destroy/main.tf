terraform {
  required_version = ">= 1.16"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

# The user is locked before it is deleted. If a step of the deletion fails, for example because
# another tool attached a policy, the user exists, but cannot be used.
resource "ram_user" "alice" {
  name          = "alice"
  force_destroy = true

  lifecycle {
    action_trigger {
      events  = [before_destroy]
      actions = [action.ram_lock_user.alice]
    }
  }
}

action "ram_lock_user" "alice" {
  config {
    user_name = "alice"
  }
}
