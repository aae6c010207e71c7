# https://signin.alibabacloud.com/example-corp.onaliyun.com/login.htm
output "login_url" {
  value = provider::ram::login_url("example-corp")
}
