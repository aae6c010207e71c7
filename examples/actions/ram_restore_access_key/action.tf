variable "deleted_key" {
  type        = string
  default     = null
  description = "The id of an AccessKey pair that was deleted by mistake."
}

# terraform apply -invoke=action.ram_restore_access_key.back -var deleted_key=LTAI5tExampleExample
action "ram_restore_access_key" "back" {
  config {
    access_key_id = var.deleted_key
  }
}
