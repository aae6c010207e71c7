// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

var (
	_ datasource.DataSourceWithConfigure = (*virtualMFADevicesData)(nil)
	_ datasource.DataSourceWithConfigure = (*userMFAData)(nil)
)

// virtualMFADevicesData finds the devices of the account.
type virtualMFADevicesData struct{ readsInstance }

type virtualMFADevicesModel struct {
	Unbound types.Bool         `tfsdk:"unbound"`
	Devices []foundDeviceModel `tfsdk:"devices"`
}

type foundDeviceModel struct {
	SerialNumber types.String `tfsdk:"serial_number"`
	Name         types.String `tfsdk:"virtual_mfa_device_name"`
	UserName     types.String `tfsdk:"user_name"`
	UserID       types.String `tfsdk:"user_id"`
	ActivateDate types.String `tfsdk:"activate_date"`
}

func (d *virtualMFADevicesData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_virtual_mfa_devices"
}

func (d *virtualMFADevicesData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(docs string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the virtual MFA devices of the account. It never shows a seed: the service tells that only once.",
		Attributes: map[string]schema.Attribute{
			"unbound": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "`true` finds only devices that nobody has, which are left over as a rule; `false` only those that a user has. Left out, it finds all.",
			},
			"devices": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The devices, in the order of their serial numbers.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"serial_number":           computed("The serial number of the device."),
					"virtual_mfa_device_name": computed("The name of the device."),
					"user_name":               computed("The name of the RAM user who has the device; null if nobody has."),
					"user_id":                 computed("The id of the RAM user who has the device; null if nobody has."),
					"activate_date":           computed("When the device was bound to its user; null if nobody has it."),
				}},
			},
		},
	}
}

func (d *virtualMFADevicesData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	model := get[virtualMFADevicesModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	f := failure{what: "read the virtual MFA devices"}
	if _, ok := d.opened(ctx, f, "", &resp.Diagnostics); !ok || resp.Diagnostics.HasError() {
		return
	}
	devices, err := d.devices(ctx)
	if report(&resp.Diagnostics, f, err) {
		return
	}
	model.Devices = []foundDeviceModel{}
	for _, device := range devices {
		if (deviceFilter{model.Unbound}).takes(device) {
			model.Devices = append(model.Devices, foundDeviceModel{
				SerialNumber: types.StringValue(device.SerialNumber), Name: types.StringValue(device.Name),
				UserName: filled(device.UserName), UserID: filled(device.UserID), ActivateDate: dated(device.ActivateDate),
			})
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// devices are those of the account, in the order of their serial numbers: the
// service promises none.
func (i *instance) devices(ctx context.Context) ([]ram.MFADevice, error) {
	devices, err := i.client.MFADevices(ctx)
	slices.SortFunc(devices, func(x, y ram.MFADevice) int { return cmp.Compare(x.SerialNumber, y.SerialNumber) })
	return devices, err
}

// userMFAData tells which device a user logs on with.
type userMFAData struct{ readsInstance }

type userMFAModel struct {
	UserName     types.String `tfsdk:"user_name"`
	Enabled      types.Bool   `tfsdk:"enabled"`
	SerialNumber types.String `tfsdk:"serial_number"`
	Type         types.String `tfsdk:"type"`
}

func (d *userMFAData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_mfa"
}

func (d *userMFAData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Tells whether a RAM user has an MFA device, virtual or not. A user without one is no error; a user who does not exist is.",
		Attributes: map[string]schema.Attribute{
			"user_name":     schema.StringAttribute{Required: true, Validators: userNameChecks(), MarkdownDescription: "The name of the RAM user, such as `alice`: not the principal name."},
			"enabled":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user has an MFA device."},
			"serial_number": schema.StringAttribute{Computed: true, MarkdownDescription: "The serial number of the device; null if there is none, or none is told."},
			"type":          schema.StringAttribute{Computed: true, MarkdownDescription: "What the device is: `VMFA`, virtual, or `U2F`, a security key; null if there is none, or it is not told."},
		},
	}
}

func (d *userMFAData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	model := get[userMFAModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	f := failure{what: "read the user's MFA device"}
	account, ok := d.opened(ctx, f, "", &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	mfa, err := d.client.UserMFA(ctx, model.UserName.ValueString())
	if ram.NotFound(err, "User") {
		resp.Diagnostics.AddAttributeError(path.Root("user_name"), "Cannot "+f.what, fmt.Sprintf(
			"There is no RAM user %q in account %s.\n\n%s", model.UserName.ValueString(), account, explain(err)))
		return
	}
	if report(&resp.Diagnostics, f, err) {
		return
	}
	model.Enabled, model.SerialNumber, model.Type = types.BoolValue(mfa.Enabled), filled(mfa.SerialNumber), filled(mfa.Type)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
