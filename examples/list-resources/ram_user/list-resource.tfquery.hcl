list "ram_user" "robots" {
  provider = ram

  config {
    name_regex = "^robot-"
  }
}

# People who were invited and never came.
list "ram_user" "never_seen" {
  provider = ram

  config {
    name_regex      = "^person-"
    never_logged_on = true
  }
}
