variable "leaked_key" {
  type        = string
  default     = null
  description = "The id of the deleted AccessKey pair to delete permanently."
}

# terraform apply -invoke=action.ram_purge_access_key.leaked -var leaked_key=LTAI5tExampleExample
action "ram_purge_access_key" "leaked" {
  config {
    access_key_id = var.leaked_key
  }
}
