data "ram_access_keys" "old" {
  status          = "Active"
  older_than_days = 90
}

check "rotation" {
  assert {
    condition = length(data.ram_access_keys.old.access_keys) == 0
    error_message = "These keys are older than 90 days: ${join(", ", [
      for key in data.ram_access_keys.old.access_keys : "${key.user_name} ${key.access_key_id}"
    ])}."
  }
}
