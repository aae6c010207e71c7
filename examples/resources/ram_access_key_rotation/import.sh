# By the name of the user, whose keys are taken over. Their secrets stay unknown.
terraform import ram_access_key_rotation.deploy deploy
