data "ram_security_report" "this" {}

output "security_score" {
  value = data.ram_security_report.this.score
}
