// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package network

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ validator.Set = publicOnly{}
	_ validator.Map = VPCsValidator{}
)

// PublicValidators returns the validators for the list of public addresses.
func PublicValidators() []validator.Set {
	return append(Validators(Limits{}), publicOnly{})
}

// VPCValidators returns the validators for the lists by VPC.
func VPCValidators() []validator.Map { return []validator.Map{VPCsValidator{}} }

// publicOnly rejects a VPC id among public addresses and names the attribute that it
// belongs to.
type publicOnly struct{}

func (publicOnly) Description(context.Context) string {
	return "must contain addresses, not VPCs"
}

func (v publicOnly) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (publicOnly) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, element := range req.ConfigValue.Elements() {
		if s := tf.String(element); vpcPattern.MatchString(s) || strings.EqualFold(s, ram.AllowAllVPC) {
			resp.Diagnostics.AddAttributeError(req.Path.AtSetValue(element), "VPC among addresses",
				fmt.Sprintf("%q is a VPC. Set it as a key of vpc_allow_list, with the addresses inside the VPC as its value.", s))
		}
	}
}

// vpcPattern matches the id of a VPC (documented by samples).
var vpcPattern = tf.NewLazyRegexp(`^vpc-[a-z0-9]+$`)

// VPCsValidator checks a map of networks by VPC.
type VPCsValidator struct{}

// Description implements [validator.Map].
func (VPCsValidator) Description(context.Context) string {
	return "each key must be the id of a VPC or AllowAllVPC, and each value a set of IP addresses and CIDR blocks"
}

// MarkdownDescription implements [validator.Map].
func (v VPCsValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateMap implements [validator.Map].
func (VPCsValidator) ValidateMap(ctx context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	if tf.IsAbsent(req.ConfigValue) {
		return
	}
	elements := req.ConfigValue.Elements()
	for _, vpc := range vpcsOf(elements) {
		if vpc != ram.AllowAllVPC && !vpcPattern.MatchString(vpc) {
			resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(vpc), "Invalid VPC", wrongVPC(vpc))
		}
		set, ok := elements[vpc].(types.Set)
		if !ok || set.IsUnknown() {
			continue
		}
		if set.IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(vpc), "Invalid networks", fmt.Sprintf("%q has no addresses. Remove the VPC, or add its addresses.", vpc))
			continue
		}
		for _, check := range Validators(Limits{}) {
			result := validator.SetResponse{}
			check.ValidateSet(ctx, validator.SetRequest{Path: req.Path.AtMapKey(vpc), PathExpression: req.PathExpression.AtMapKey(vpc), Config: req.Config, ConfigValue: set}, &result)
			resp.Diagnostics.Append(result.Diagnostics...)
		}
	}
}

func wrongVPC(vpc string) string {
	if _, err := Parse(vpc); err == nil {
		return fmt.Sprintf("%q is an address, and the keys of vpc_allow_list are VPCs. Public addresses belong in classic_allow_list; addresses inside a VPC are the value of its key.", vpc)
	}
	if strings.EqualFold(vpc, ram.AllowAllVPC) {
		return fmt.Sprintf("%q must be written %q.", vpc, ram.AllowAllVPC)
	}
	return fmt.Sprintf("%q is neither the id of a VPC, such as \"vpc-bp1234567890abcdef\", nor %q.", vpc, ram.AllowAllVPC)
}
