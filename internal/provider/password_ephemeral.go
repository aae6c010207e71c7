// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*passwordEphemeral)(nil)

func newPasswordEphemeral() *passwordEphemeral { return &passwordEphemeral{random: rand.Reader} }

// passwordEphemeral is a random password, for a moment.
type passwordEphemeral struct {
	*instance.Instance

	random io.Reader
}

func (e *passwordEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_password"
}

func (e *passwordEphemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.Instance = instance.FromProviderData(req.ProviderData, &resp.Diagnostics)
}

func (e *passwordEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	required := func(what string) schema.Attribute {
		return schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether the password requires at least " + what + ". If omitted, the account's password policy decides. " +
				"`false` does not override the policy, and the password may contain such characters without this requirement.",
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A random password for a write-only argument such as `password_wo` of `ram_login_profile`. It meets the account's password policy, " +
			"is generated with the operating system's secure random source, and is stored in no state and no plan. All passwords that meet the rules are equally likely.\n\n" +
			"**Each opening generates another password**, in the plan and again in its apply. A write-only argument is sent only when its version changes, so the effective password is the one " +
			"of the apply that changes the version. **Pass it to one argument only**: if two arguments use it and one of the writes fails, the next apply sends another password to that one. For a password in two places, such as " +
			"a login profile and a vault, set `pgp_key` of `ram_login_profile` instead, and pass `encrypted_password` to the vault through `ram_decrypted_secret`. Both places then get the same password, even if one of the writes fails.\n\n" +
			"If the same run changes the password policy, depend on it, so that the new policy applies: `depends_on = [ram_password_policy.this]`. " +
			"Without the permission `ram:GetPasswordPolicy`, set `length`, the four `require_` arguments and `minimum_password_different_character`. The provider then makes no API call.",
		Attributes: map[string]schema.Attribute{
			"user_name": schema.StringAttribute{
				Optional: true, Validators: owner.UserNameValidators(),
				MarkdownDescription: "The name of the RAM user for whom the password is. The password does not contain the name, which a policy may require.",
			},
			"length": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{int64validator.Between(8, 32)},
				MarkdownDescription: fmt.Sprintf("The length of the password, 8 to 32 characters. The default is %d, or the minimum of the account's password policy if that is greater. A length below that minimum is an error.", usualLength),
			},
			"require_lowercase_characters": required("one lower-case letter"),
			"require_uppercase_characters": required("one upper-case letter"),
			"require_numbers":              required("one digit"),
			"require_symbols":              required("one of `symbols`"),
			"minimum_password_different_character": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{int64validator.Between(0, 8)},
				MarkdownDescription: "The minimum number of different characters, 0 to 8. If omitted, the account's password policy decides. A value below that of the policy has no effect.",
			},
			"symbols": schema.StringAttribute{
				Optional: true, Validators: []validator.String{symbolsOnly{}},
				MarkdownDescription: "The symbols that the password may contain: printable ASCII characters other than letters, digits and blanks, each once. The default is `" + usualSymbols + "`; `\"\"` allows none. " +
					"The service does not document which characters it counts as symbols.",
			},
			"password": schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The password."},
		},
	}
}

func (e *passwordEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	m := tf.Get[passwordModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	var policy ram.PasswordPolicy
	if omitted := m.omitted(); len(omitted) > 0 {
		var ok bool
		if policy, ok = e.policy(ctx, omitted, &resp.Diagnostics); !ok {
			return
		}
	}
	rules, ok := m.rules(policy, &resp.Diagnostics)
	if !ok {
		return
	}
	password, err := rules.draw(e.random)
	if diagnostics.Report(&resp.Diagnostics, failedPassword, err) {
		return
	}
	m.Password = types.StringValue(password)
	resp.Diagnostics.Append(resp.Result.Set(ctx, m)...)
}

var failedPassword = diagnostics.Operation{Name: "generate the password", State: "No password was generated."}

// policy reads what the arguments leave to the account.
func (e *passwordEphemeral) policy(ctx context.Context, omitted []string, diags *diag.Diagnostics) (ram.PasswordPolicy, bool) {
	f := failedPassword
	if _, ok := e.CheckAccount(ctx, f, "", diags); !ok {
		return ram.PasswordPolicy{}, false
	}
	policy, err := e.Client.PasswordPolicy(ctx)
	if ram.Denied(err) {
		f.State = "No password was generated: the account's password policy determines the arguments that are not set, and the permission to read it is missing. Allow ram:GetPasswordPolicy, or set " + strings.Join(omitted, ", ") + "."
	}
	return policy, !diagnostics.Report(diags, f, err)
}

// symbolsOnly refuses what is no symbol, and the value there twice, which would make
// it likelier than the others.
type symbolsOnly struct{}

func (symbolsOnly) Description(context.Context) string {
	return "value must be printable ASCII characters other than letters, digits and blanks, each once"
}

func (s symbolsOnly) MarkdownDescription(ctx context.Context) string { return s.Description(ctx) }

func (s symbolsOnly) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	symbols := req.ConfigValue.ValueString() // empty if there is none
	for i, c := range symbols {
		if c <= ' ' || c > '~' || strings.ContainsRune(lowerLetters+upperLetters+numerals, c) || strings.ContainsRune(symbols[:i], c) {
			resp.Diagnostics.AddAttributeError(req.Path, "Invalid symbols", fmt.Sprintf("%q is not a symbol, or occurs twice: the %s.", c, s.Description(ctx)))
			return
		}
	}
}
