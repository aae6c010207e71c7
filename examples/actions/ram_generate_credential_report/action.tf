# terraform apply -invoke=action.ram_generate_credential_report.audit
action "ram_generate_credential_report" "audit" {
  config {
    timeouts = {
      invoke = "30m"
    }
  }
}
