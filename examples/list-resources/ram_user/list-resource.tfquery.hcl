list "ram_user" "robots" {
  provider = ram

  config {
    name_regex = "^robot-"
  }
}

# Users that never logged on.
list "ram_user" "never_seen" {
  provider = ram

  config {
    name_regex      = "^person-"
    never_logged_on = true
  }
}
