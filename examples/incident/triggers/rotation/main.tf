terraform {
  required_version = ">= 1.14"

  required_providers {
    ram = {
      source = "ram-security/ram"
    }
  }
}

# Each step of the rotation is followed by a credential report. The service generates one every
# four hours at most; if the last report is more recent, the action leaves it as it is.
resource "ram_access_key_rotation" "deploy" {
  user_name         = "deploy"
  rotate_after_days = 90

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.ram_generate_credential_report.after_rotation]
    }
  }
}

action "ram_generate_credential_report" "after_rotation" {
  config {}
}
