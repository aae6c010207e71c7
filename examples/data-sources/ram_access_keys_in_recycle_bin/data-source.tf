# All AccessKey pairs that can be restored.
data "ram_access_keys_in_recycle_bin" "this" {}

output "gone_for_good" {
  value = { for key in data.ram_access_keys_in_recycle_bin.this.access_keys : key.access_key_id => key.delete_date }
}
