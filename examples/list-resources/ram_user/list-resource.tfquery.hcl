list "ram_user" "robots" {
  provider = ram

  config {
    name_regex = "^robot-"
  }
}
