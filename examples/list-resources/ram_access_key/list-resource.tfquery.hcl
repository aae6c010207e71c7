# Keys that were not used for 90 days.
list "ram_access_key" "unused" {
  provider = ram

  config {
    status          = "Active"
    unused_for_days = 90
  }
}

# Keys of robots that are due for rotation and have no network policy.
list "ram_access_key" "stale_robots" {
  provider         = ram
  include_resource = true
  limit            = 1000

  config {
    name_regex             = "^robot-"
    older_than_days        = 365
    without_network_policy = true
  }
}
