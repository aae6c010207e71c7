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

var _ datasource.DataSourceWithConfigure = (*passkeysData)(nil)

// passkeysData finds the passkeys of all users, or of one.
type passkeysData struct{ readsInstance }

type passkeysModel struct {
	AccountID types.String   `tfsdk:"account_id"`
	UserName  types.String   `tfsdk:"user_name"`
	Passkeys  []passkeyModel `tfsdk:"passkeys"`
}

type passkeyModel struct {
	PasskeyID   types.String `tfsdk:"passkey_id"`
	Name        types.String `tfsdk:"passkey_name"`
	UserName    types.String `tfsdk:"user_name"`
	UserID      types.String `tfsdk:"user_id"`
	CreateDate  types.String `tfsdk:"create_date"`
	LastUseDate types.String `tfsdk:"last_use_date"`
}

func (d *passkeysData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_passkeys"
}

func (d *passkeysData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The passkeys of all RAM users, or of one. Only a person with a browser can make one. Without a user, it asks for those of every user, one call for each.",
		Attributes: map[string]schema.Attribute{
			"account_id": text("The id of the account."),
			"user_name":  schema.StringAttribute{Optional: true, Validators: userNameChecks(), MarkdownDescription: "Only the passkeys of this RAM user, such as `alice`: not the principal name."},
			"passkeys": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The passkeys that were found, by user, and of one user the oldest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"passkey_id":    text("The id of the passkey."),
					"passkey_name":  text("The name that its user gave it."),
					"user_name":     text("The name of the RAM user."),
					"user_id":       text("The id of the RAM user."),
					"create_date":   text("When the passkey was made."),
					"last_use_date": text("When the passkey was last used; null if never, or not said."),
				}},
			},
		},
	}
}

func (d *passkeysData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m := get[passkeysModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	f := failure{what: "read the passkeys"}
	account, ok := d.opened(ctx, f, "", &resp.Diagnostics)
	if !ok {
		return
	}
	passkeys, err := d.passkeys(ctx, m.UserName)
	if !m.UserName.IsNull() && ram.NotFound(err, "User") {
		resp.Diagnostics.AddAttributeError(path.Root("user_name"), "Cannot "+f.what, fmt.Sprintf("There is no RAM user %q in account %s.\n\n%s", m.UserName.ValueString(), account, explain(err)))
		return
	}
	if report(&resp.Diagnostics, f, err) {
		return
	}
	m.AccountID, m.Passkeys = types.StringValue(account), append([]passkeyModel{}, passkeys...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (d *passkeysData) passkeys(ctx context.Context, userName types.String) ([]passkeyModel, error) {
	users, err := d.searched(ctx, keySearch{UserName: userName})
	if err != nil {
		return nil, err
	}
	return ofEach(users, userName.IsNull(), func(user ram.User) (found []passkeyModel, err error) {
		passkeys, err := d.client.Passkeys(ctx, user.Name)
		slices.SortFunc(passkeys, func(x, y ram.Passkey) int { return cmp.Or(x.CreateDate.Compare(y.CreateDate), cmp.Compare(x.ID, y.ID)) })
		for _, passkey := range passkeys {
			found = append(found, passkeyModel{
				PasskeyID: types.StringValue(passkey.ID), Name: filled(passkey.Name), UserName: types.StringValue(user.Name), UserID: types.StringValue(user.ID),
				CreateDate: dated(passkey.CreateDate), LastUseDate: dated(passkey.LastUseDate),
			})
		}
		return found, err
	})
}
