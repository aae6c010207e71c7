// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// devicesSought is which devices are looked for. What is null holds for all.
type devicesSought struct {
	Unbound  types.Bool   `tfsdk:"unbound"`
	UserName types.String `tfsdk:"user_name"`
}

// deviceFilters are those of devicesSought.
func deviceFilters() []filter {
	return []filter{
		flagFilter("unbound", "`true` finds only devices that nobody has, which are left over as a rule; `false` only those that a user has. Left out, it finds all."),
		textFilter("user_name", "Only the device that this RAM user has, such as `alice`: not the principal name. A user who has none, or is not there, is no error.", append(userNameChecks(), onlyIfBound{})...),
	}
}

// takes tells whether a device is one that is sought.
func (s devicesSought) takes(device ram.MFADevice) bool {
	return (s.Unbound.IsNull() || s.Unbound.ValueBool() == (device.UserID == "")) && (s.UserName.IsNull() || s.UserName.ValueString() == device.UserName)
}

// found yields the devices that are sought, page by page.
func (s devicesSought) found(ctx context.Context, i *instance) iter.Seq2[ram.MFADevice, error] {
	return func(yield func(ram.MFADevice, error) bool) {
		for device, err := range i.client.StreamMFADevices(ctx) {
			if (err != nil || s.takes(device)) && !yield(device, err) {
				return
			}
		}
	}
}

func (d *virtualMFADevice) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listed("Finds the virtual MFA devices of the account. Seeds are never among what is found: the service tells them only once. It costs one call per hundred devices.", deviceFilters()...)
}

func (d *virtualMFADevice) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing[devicesSought, ram.MFADevice]{
		what: "list the virtual MFA devices",
		find: func(ctx context.Context, sought devicesSought, _ int64) iter.Seq2[ram.MFADevice, error] {
			return sought.found(ctx, d.instance)
		},
		show: showDevice,
	}.stream(ctx, d.instance, req, stream)
}

// showDevice describes a device as an import would find it.
func showDevice(account string, device ram.MFADevice) entry {
	m := virtualMFADeviceModel{AccountID: types.StringValue(account), SerialNumber: types.StringValue(device.SerialNumber), Timeouts: noTimeouts}
	m.show(device)
	return entry{name: device.Name, identity: m.identity(), model: m}
}
