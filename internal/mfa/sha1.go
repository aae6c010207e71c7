// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mfa

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// CodesValidator rejects an attribute that requires MFA codes if the cryptographic module
// forbids SHA-1, which the codes need (RFC 6238). The error occurs during validation, so
// that no device is created that cannot be bound.
type CodesValidator struct{}

// Description implements [validator.String].
func (CodesValidator) Description(context.Context) string {
	return "needs MFA codes, which GODEBUG=fips140=only does not allow"
}

// MarkdownDescription implements [validator.String].
func (v CodesValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements [validator.String].
func (CodesValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	err := ram.CheckSHA1Allowed()
	if err == nil || req.ConfigValue.IsNull() || !req.ConfigValue.IsUnknown() && req.ConfigValue.ValueString() == "" {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Cannot compute MFA codes", diagnostics.Sentence(err.Error())+
		" The codes that bind an MFA device are computed with it. Nothing was created.\n\nBind the device in the console, or run without fips140=only.")
}
