// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"net/netip"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ function.Function = allowsFunction{}

// allowsFunction reports whether a list of networks lets an address in.
type allowsFunction struct{}

func (allowsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "allows"
}

func (allowsFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Reports whether a list of networks allows an address.",
		MarkdownDescription: "Reports whether a list of networks allows an address, as the `login_network_masks` of `ram_security_preference` or the `classic_allow_list` of `ram_account_access_key_policy` would. " +
			"An empty list allows every address. No IPv4 network contains an IPv6 address.",
		Parameters: []function.Parameter{
			function.SetParameter{Name: "masks", ElementType: types.StringType, MarkdownDescription: "IP addresses and CIDR blocks. Host bits of a block are ignored, as the service ignores them."},
			function.StringParameter{Name: "address", MarkdownDescription: "An IP address, or a CIDR block whose addresses must all be allowed."},
		},
		Return: function.BoolReturn{},
	}
}

func (allowsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var masks types.Set
	var address string
	if resp.Error = req.Arguments.Get(ctx, &masks, &address); resp.Error != nil {
		return
	}
	wanted, err := network.Parse(address)
	if err != nil {
		resp.Error = argumentError(1, "The address "+diagnostics.Sentence(err.Error()))
		return
	}
	networks := []netip.Prefix{}
	waiting := false
	for _, mask := range masks.Elements() {
		if mask.IsUnknown() {
			waiting = true
			continue
		}
		network, err := network.ParseLive(tf.String(mask))
		if err != nil {
			resp.Error = argumentError(0, "The mask "+diagnostics.Sentence(err.Error()))
			return
		}
		networks = append(networks, network)
	}
	in := network.Covers(wanted, networks)
	if waiting && !in {
		resp.Error = resp.Result.Set(ctx, types.BoolUnknown())
		return
	}
	resp.Error = resp.Result.Set(ctx, in || len(networks) == 0)
}
