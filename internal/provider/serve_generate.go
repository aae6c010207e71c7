// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// GenerateResourceConfig implements [tfprotov6.ResourceServer]. The generated configuration of a
// virtual MFA device leaves bind_to_user out: ram_mfa_binding lists the same binding, and two
// resources must not manage one object.
func (s server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	resp, err := s.complete.GenerateResourceConfig(ctx, req)
	if err != nil || req.TypeName != "ram_virtual_mfa_device" || resp.Config == nil {
		return resp, err
	}
	kind := stateType(ctx, req.TypeName)
	config, err := resp.Config.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	fields := map[string]tftypes.Value{}
	if err := config.As(&fields); err != nil {
		return nil, err
	}
	fields["bind_to_user"] = tftypes.NewValue(tftypes.String, nil)
	changed, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, fields))
	resp.Config = &changed
	return resp, err
}
