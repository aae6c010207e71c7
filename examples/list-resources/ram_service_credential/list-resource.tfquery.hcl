# Active service credentials that were created more than a year ago.
list "ram_service_credential" "old" {
  provider = ram

  config {
    status          = "Active"
    older_than_days = 365
  }
}

# Service credentials of robots for one service that expire within 30 days.
list "ram_service_credential" "robots" {
  provider         = ram
  include_resource = true
  limit            = 1000

  config {
    name_regex          = "^robot-"
    service_name        = "dashscope.aliyuncs.com"
    expires_within_days = 30
  }
}
