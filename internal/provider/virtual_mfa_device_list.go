// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func (d *virtualMFADevice) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the virtual MFA devices of the account. The results contain no seeds: the service returns a seed only once. The list needs one API call for every 100 devices.", deviceFilters()...)
}

func (d *virtualMFADevice) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[deviceQuery, ram.MFADevice]{
		Name: "list the virtual MFA devices",
		Find: func(ctx context.Context, filter deviceQuery, _ int64) iter.Seq2[ram.MFADevice, error] {
			return filter.stream(ctx, d.Instance)
		},
		Show: showDevice,
	}.Stream(ctx, d.Instance, req, stream)
}

// showDevice describes a device as an import would find it.
func showDevice(account string, device ram.MFADevice) listing.Entry {
	m := virtualMFADeviceModel{AccountID: types.StringValue(account), SerialNumber: types.StringValue(device.SerialNumber), Timeouts: owner.NoTimeouts}
	m.show(device)
	return listing.Entry{Name: device.Name, Identity: m.identity(), Model: m}
}
