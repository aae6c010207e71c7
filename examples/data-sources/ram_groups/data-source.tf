data "ram_groups" "all" {}

output "group_names" {
  value = data.ram_groups.all.groups[*].group_name
}
