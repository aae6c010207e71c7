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
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*serviceCredentialsData)(nil)

// serviceCredentialsData is the service credentials of all users, or of one.
type serviceCredentialsData struct{ instance.DataSource }

type serviceCredentialsModel struct {
	serviceCredentialFilter

	AccountID   types.String           `tfsdk:"account_id"`
	Credentials []serviceCredentialRow `tfsdk:"service_credentials"`
}

type serviceCredentialRow struct {
	ID             types.String `tfsdk:"service_credential_id"`
	Name           types.String `tfsdk:"service_credential_name"`
	UserName       types.String `tfsdk:"user_name"`
	UserID         types.String `tfsdk:"user_id"`
	ServiceName    types.String `tfsdk:"service_name"`
	Status         types.String `tfsdk:"status"`
	CreateTime     types.String `tfsdk:"create_time"`
	AgeDays        types.Int64  `tfsdk:"age_days"`
	ExpirationTime types.String `tfsdk:"expiration_time"`
}

func (d *serviceCredentialsData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_service_credentials"
}

func (d *serviceCredentialsData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(docs string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The service credentials of all RAM users, or of one, with their age and expiration, but never a secret. It reads the users and the service credentials page by page, and makes no call per user.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"account_id": text("The id of the account."),
			"service_credentials": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The service credentials that were found, by user name, and of one user the oldest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"service_credential_id":   text("The id of the service credential."),
					"service_credential_name": text("Its name."),
					"user_name":               text("The name of the RAM user."),
					"user_id":                 text("The id of the RAM user."),
					"service_name":            text("The service that accepts it."),
					"status":                  text("`Active` or `Inactive`."),
					"create_time":             text("When it was created."),
					"age_days":                schema.Int64Attribute{Computed: true, MarkdownDescription: "How many whole days ago it was created, by the service's clock."},
					"expiration_time":         text("When it expires; null: never."),
				}},
			},
		}, serviceCredentialFilters()...),
	}
}

func (d *serviceCredentialsData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "read the service credentials", req, resp, func(ctx context.Context, account string, m *serviceCredentialsModel) error {
		m.AccountID, m.Credentials = types.StringValue(account), []serviceCredentialRow{}
		for found, err := range searchServiceCredentials(ctx, d.Instance, m.serviceCredentialFilter, listing.All) {
			if err != nil {
				return err
			}
			m.Credentials = append(m.Credentials, serviceCredentialRow{
				ID: types.StringValue(found.ID), Name: tf.NonEmpty(found.Name), UserName: types.StringValue(found.user.Name), UserID: types.StringValue(found.user.ID),
				ServiceName: tf.NonEmpty(found.ServiceName), Status: types.StringValue(found.Status),
				CreateTime: tf.Timestamp(found.CreateTime), AgeDays: types.Int64Value(found.days), ExpirationTime: tf.Timestamp(found.ExpirationTime),
			})
		}
		slices.SortStableFunc(m.Credentials, func(x, y serviceCredentialRow) int {
			return cmp.Compare(x.UserName.ValueString(), y.UserName.ValueString())
		})
		return nil
	})
}
