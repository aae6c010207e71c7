// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// GenerateResourceConfig implements [tfprotov6.ResourceServer]. It leaves out the attributes in
// NotGenerated: another resource lists the same object, and two resources must not manage one.
func (s server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	resp, err := s.Complete.GenerateResourceConfig(ctx, req)
	leftOut := s.notGenerated[req.TypeName]
	if err != nil || len(leftOut) == 0 || resp.Config == nil {
		return resp, err
	}
	kind := s.types.of(ctx, req.TypeName)
	config, err := resp.Config.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	fields := map[string]tftypes.Value{}
	if err := config.As(&fields); err != nil {
		return nil, err
	}
	for _, name := range leftOut {
		fields[name] = tftypes.NewValue(fields[name].Type(), nil)
	}
	changed, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, fields))
	resp.Config = &changed
	return resp, err
}
