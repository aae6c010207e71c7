# To keep the document in a separate file, use file("metadata.xml").
resource "ram_user_sso_settings" "this" {
  sso_enabled           = true
  sso_login_with_domain = true
  auxiliary_domain      = "example.com"
  authn_sign_algo       = "rsa-sha256"

  metadata_document = <<-EOT
    <?xml version="1.0" encoding="UTF-8"?>
    <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/metadata">
      <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>
      </md:IDPSSODescriptor>
    </md:EntityDescriptor>
  EOT

  on_destroy = "restore"
}
