// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// shape is what the value of an argument looks like. In the provider block an
// empty value counts as not set, and has no shape.
type shape struct {
	wanted string
	fits   func(string) bool
}

var _ validator.String = shape{}

func (s shape) Description(context.Context) string             { return "value must be " + s.wanted }
func (s shape) MarkdownDescription(ctx context.Context) string { return s.Description(ctx) }

// ValidateString never quotes the value: a secret may be in the wrong place.
func (s shape) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	value := strings.TrimSpace(req.ConfigValue.ValueString())
	if value == "" || s.fits(value) {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, cannotConfigure, fmt.Sprintf("The value of `%s` must be %s.", req.Path, s.wanted))
}

// endpointShape is the shape of an endpoint.
type endpointShape struct{}

var _ validator.String = endpointShape{}

func (endpointShape) Description(context.Context) string {
	return "value must be a host name or an https URL without path, query and user information"
}

func (e endpointShape) MarkdownDescription(ctx context.Context) string { return e.Description(ctx) }

// ValidateString refuses what would carry signatures in the clear, before there
// are any (NET-02).
func (endpointShape) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	value := strings.TrimSpace(req.ConfigValue.ValueString())
	if value == "" {
		return
	}
	if _, _, err := ram.ParseEndpoint(value); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, cannotConfigure, fmt.Sprintf("The endpoint `%s` cannot be used: %s.", req.Path, err))
	}
}

var (
	roleARNShape         = shape{"the ARN of a role, such as `acs:ram::1234567890123456:role/terraform`", ram.RoleARN.MatchString}
	oidcProviderARNShape = shape{"the ARN of an OIDC provider, such as `acs:ram::1234567890123456:oidc-provider/ci`", ram.OIDCProviderARN.MatchString}
	sessionNameShape     = shape{"2 to 64 letters, digits, `.`, `@`, `-` and `_`", ram.SessionName.MatchString}
	externalIDShape      = shape{"2 to 1,224 letters, digits and `+=,.@:/_-`", isExternalID}
	sessionPolicyShape   = shape{"a policy document in JSON of at most 2,048 characters", isSessionPolicy}
	roleNameShape        = shape{"the name of a role, not its ARN", tf.NewLazyRegexp(`^[0-9A-Za-z._-]{1,64}$`).MatchString}
	regionShape          = shape{"a region ID, such as `cn-hangzhou`", regionName.MatchString}

	accountIDShape = tf.NewLazyRegexp(`^[0-9]{16}$`).Validator("must be an account ID of 16 digits")
)

var externalIDLetters = tf.NewLazyRegexp(`^[0-9A-Za-z_+=,.@:/-]+$`)

// isExternalID: 2 to 1,224 characters. (documented)
func isExternalID(value string) bool {
	return len(value) >= 2 && len(value) <= 1224 && externalIDLetters.MatchString(value)
}

// isSessionPolicy: at most 2,048 characters. (documented)
func isSessionPolicy(value string) bool {
	return len(value) <= 2048 && json.Valid([]byte(value))
}
