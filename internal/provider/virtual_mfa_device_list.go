// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// deviceQuery selects devices. A null filter selects all.
type deviceQuery struct {
	Unbound  types.Bool   `tfsdk:"unbound"`
	UserName types.String `tfsdk:"user_name"`
}

// deviceFilters are those of devicesSought.
func deviceFilters() []listing.Filter {
	return []listing.Filter{
		listing.FlagFilter("unbound", "`true` finds only devices that are not bound, `false` only devices that are bound. If omitted, all devices are found."),
		listing.TextFilter("user_name", "Only the device of this RAM user, such as `alice` (not the principal name). A user without a device, or who does not exist, is not an error.", append(owner.UserNameValidators(), listing.OnlyIfBound{})...),
	}
}

// takes reports whether a device is one that is sought.
func (s deviceQuery) matches(device ram.MFADevice) bool {
	return (s.Unbound.IsNull() || s.Unbound.ValueBool() == (device.UserID == "")) && (s.UserName.IsNull() || s.UserName.ValueString() == device.UserName)
}

// found yields the devices that are sought, page by page.
func (s deviceQuery) stream(ctx context.Context, i *instance.Instance) iter.Seq2[ram.MFADevice, error] {
	return func(yield func(ram.MFADevice, error) bool) {
		for device, err := range i.Client.StreamMFADevices(ctx) {
			if (err != nil || s.matches(device)) && !yield(device, err) {
				return
			}
		}
	}
}

func (d *virtualMFADevice) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the virtual MFA devices of the account. The results contain no seeds: the service returns a seed only once. The list needs one API call for every 100 devices.", deviceFilters()...)
}

func (d *virtualMFADevice) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[deviceQuery, ram.MFADevice]{
		Name: "list the virtual MFA devices",
		Find: func(ctx context.Context, sought deviceQuery, _ int64) iter.Seq2[ram.MFADevice, error] {
			return sought.stream(ctx, d.Instance)
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
