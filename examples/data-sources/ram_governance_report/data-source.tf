data "ram_governance_report" "this" {
  max_age = "168h"
}

output "governance" {
  value = { for item in data.ram_governance_report.this.items : item.item => jsondecode(item.metric_value) if item.metric_value != null }
}
