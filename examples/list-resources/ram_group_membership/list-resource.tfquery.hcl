# All members of one group.
list "ram_group_membership" "operators" {
  provider = ram

  config {
    group_name = "operators"
  }
}
