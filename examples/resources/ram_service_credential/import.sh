# The name of the user and the id of the service credential.
terraform import ram_service_credential.bot bot:SCExampleExampleExample1
