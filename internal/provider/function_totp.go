// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

var _ function.Function = totpFunction{}

// totpFunction returns the code that a virtual MFA device shows at a time.
type totpFunction struct{}

func (totpFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "totp"
}

func (totpFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Returns the current code of a virtual MFA device.",
		MarkdownDescription: "Returns the six-digit code that a virtual MFA device shows at a given time (RFC 6238, steps of 30 seconds). " +
			"While the code is valid, it is as secret as the seed. If the seed is an ephemeral or sensitive value, so is the code. " +
			"Do not write the seed into the configuration: error messages of the CLI show it. " +
			"To bind a device, use `ram_virtual_mfa_device` or `ram_mfa_binding` instead. They compute the codes when the device is bound; a code in a plan expires before the plan is approved.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "seed", MarkdownDescription: "The seed of the device in Base32, in upper or lower case, with or without blanks and padding."},
			function.StringParameter{Name: "time", MarkdownDescription: "The time in RFC 3339, such as `2026-11-23T08:00:00Z`. Pass `plantimestamp()` or `timestamp()` for the current time."},
		},
		Return: function.StringReturn{},
	}
}

// Run shows no argument in an error: if the arguments are in the wrong order, the second is the seed.
func (totpFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var seed, when string
	if resp.Error = req.Arguments.Get(ctx, &seed, &when); resp.Error != nil {
		return
	}
	at, err := time.Parse(time.RFC3339, when)
	if err != nil {
		resp.Error = argumentError(1, "The time is not in the format of RFC 3339, such as \"2026-11-23T08:00:00Z\". The first argument is the seed, the second the time.")
		return
	}
	if at.Unix() < 0 {
		resp.Error = argumentError(1, "The time is before 1970. There are no codes for that time.")
		return
	}
	code, err := ram.TOTP(seed, ram.TOTPStep(at))
	if err != nil {
		resp.Error = argumentError(0, diagnostics.Sentence(err.Error()))
		return
	}
	resp.Error = resp.Result.Set(ctx, code)
}
