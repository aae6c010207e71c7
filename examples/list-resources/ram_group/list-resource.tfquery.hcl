# All groups whose names begin with team-.
list "ram_group" "teams" {
  provider = ram

  config {
    name_regex = "^team-"
  }
}
