# All members of one group.
list "ram_group_membership" "developers" {
  provider = ram

  config {
    group_name = "developers"
  }
}
