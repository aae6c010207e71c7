// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ ephemeral.EphemeralResource = (*decryptedSecretEphemeral)(nil)

func newDecryptedSecretEphemeral() *decryptedSecretEphemeral { return &decryptedSecretEphemeral{} }

// decryptedSecretEphemeral is an encrypted secret in plain, for a moment. It needs no account.
type decryptedSecretEphemeral struct{}

type decryptedSecretModel struct {
	EncryptedSecret types.String `tfsdk:"encrypted_secret"`
	PrivateKey      types.String `tfsdk:"private_key"`
	Passphrase      types.String `tfsdk:"passphrase"`
	Secret          types.String `tfsdk:"secret"`
}

func (e *decryptedSecretEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_decrypted_secret"
}

func (e *decryptedSecretEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Decrypts a secret that a resource of this provider encrypted with `pgp_key`, for the duration of the run. The state contains only the encrypted secret, " +
			"and the plain secret can be used in write-only arguments, provider blocks and other ephemeral contexts. Read the private key from an ephemeral source as well, such as a vault: " +
			"it is then stored in no state and no plan.\n\n" +
			"The provider makes no API call for it. A message that fails its integrity check is an error.",
		Attributes: map[string]schema.Attribute{
			"encrypted_secret": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The encrypted secret of a resource: `encrypted_secret` of `ram_access_key`, `current_encrypted_secret` of `ram_access_key_rotation`, `encrypted_seed` of `ram_virtual_mfa_device`. " +
					"It is a PGP message, in Base64 or ASCII-armored. In the plan that creates the resource, the secret is unknown.",
			},
			"private_key": schema.StringAttribute{
				Required: true, Sensitive: true,
				MarkdownDescription: "The PGP private key for `pgp_key`, ASCII-armored or in Base64. It may contain several keys.",
			},
			"passphrase": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The passphrase of `private_key`, if it has one.",
			},
			"secret": schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The secret in plain."},
		},
	}
}

// Open blames no attribute: a CLI quotes the lines of the configuration where it
// is, and the value there may be a private key, or a secret that should have
// been encrypted.
func (e *decryptedSecretEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	m := tf.Get[decryptedSecretModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	secret, err := pgp.Decrypt(m.EncryptedSecret.ValueString(), m.PrivateKey.ValueString(), m.Passphrase.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Cannot decrypt the secret", "Nothing was decrypted: "+err.Error()+".")
		return
	}
	m.Secret = types.StringValue(secret)
	resp.Diagnostics.Append(resp.Result.Set(ctx, m)...)
}
