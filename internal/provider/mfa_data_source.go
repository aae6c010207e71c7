// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ datasource.DataSourceWithConfigure = (*virtualMFADevicesData)(nil)
	_ datasource.DataSourceWithConfigure = (*userMFAData)(nil)
)

// virtualMFADevicesData finds the devices of the account.
type virtualMFADevicesData struct{ instance.DataSource }

type virtualMFADevicesModel struct {
	deviceQuery

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
		MarkdownDescription: "Finds the virtual MFA devices of the account. The result contains no seeds: the service returns a seed only once.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"devices": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The devices, ordered by serial number.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"serial_number":           computed("The serial number of the device."),
					"virtual_mfa_device_name": computed("The name of the device."),
					"user_name":               computed("The name of the RAM user who has the device; null if it is not bound."),
					"user_id":                 computed("The id of the RAM user who has the device; null if it is not bound."),
					"activate_date":           computed("When the device was bound to its user; null if it is not bound."),
				}},
			},
		}, deviceFilters()...),
	}
}

func (d *virtualMFADevicesData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "read the virtual MFA devices", req, resp, func(ctx context.Context, _ string, m *virtualMFADevicesModel) error {
		m.Devices = []foundDeviceModel{}
		devices, err := d.Client.MFADevices(ctx)
		for _, device := range devices {
			if m.matches(device) {
				m.Devices = append(m.Devices, foundDeviceModel{
					SerialNumber: types.StringValue(device.SerialNumber), Name: types.StringValue(device.Name),
					UserName: tf.NonEmpty(device.UserName), UserID: tf.NonEmpty(device.UserID), ActivateDate: tf.Timestamp(device.ActivateDate),
				})
			}
		}
		slices.SortFunc(m.Devices, func(x, y foundDeviceModel) int {
			return cmp.Compare(x.SerialNumber.ValueString(), y.SerialNumber.ValueString())
		})
		return err
	})
}

// userMFAData reports which device a user logs on with.
type userMFAData struct{ instance.DataSource }

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
		MarkdownDescription: "Reads whether a RAM user has an MFA device of any kind. A user who does not exist is an error; a user without a device is not.",
		Attributes: map[string]schema.Attribute{
			"user_name":     schema.StringAttribute{Required: true, Validators: owner.UserNameValidators(), MarkdownDescription: "The name of the RAM user, such as `alice` (not the principal name)."},
			"enabled":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the user has an MFA device."},
			"serial_number": schema.StringAttribute{Computed: true, MarkdownDescription: "The serial number of the device; null if there is none, or if the service returns none."},
			"type":          schema.StringAttribute{Computed: true, MarkdownDescription: "The type of the device: `VMFA` for a virtual device or `U2F` for a security key; null if there is none, or if the service returns none."},
		},
	}
}

func (d *userMFAData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "read the user's MFA device", req, resp, func(ctx context.Context, _ string, m *userMFAModel) error {
		mfa, err := d.Client.UserMFA(ctx, m.UserName.ValueString())
		m.Enabled, m.SerialNumber, m.Type = types.BoolValue(mfa.Enabled), tf.NonEmpty(mfa.SerialNumber), tf.NonEmpty(mfa.Type)
		return err
	})
}
