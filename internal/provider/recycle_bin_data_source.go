// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*recycledKeysData)(nil)

// recycledKeysData finds the AccessKey pairs that can be restored.
type recycledKeysData struct{ instance.DataSource }

type recycledKeysModel struct {
	AccountID  types.String       `tfsdk:"account_id"`
	UserName   types.String       `tfsdk:"user_name"`
	UserID     types.String       `tfsdk:"user_id"`
	AccessKeys []recycledKeyModel `tfsdk:"access_keys"`
}

type recycledKeyModel struct {
	AccessKeyID types.String `tfsdk:"access_key_id"`
	UserName    types.String `tfsdk:"user_name"`
	UserID      types.String `tfsdk:"user_id"`
	CreateDate  types.String `tfsdk:"create_date"`
	RecycleDate types.String `tfsdk:"recycle_date"`
	DeleteDate  types.String `tfsdk:"delete_date"`
}

func (d *recycledKeysData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_keys_in_recycle_bin"
}

func (d *recycledKeysData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The deleted AccessKey pairs that can still be restored, without their secrets. The service keeps the last three keys of a user for about 30 days. " +
			"Without a user, it reads the recycle bins of all existing RAM users, with one API call for each. Set `user_id` for a deleted user or the root account.",
		Attributes: map[string]schema.Attribute{
			"account_id": text("The id of the account."),
			"user_name": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only the keys of this RAM user, such as `alice` (not the principal name).",
				Validators: append(owner.UserNameValidators(), stringvalidator.ConflictsWith(path.MatchRoot("user_id"))),
			},
			"user_id": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only the keys of the user with this id. The user may be deleted.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"access_keys": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The keys, ordered by user and then by the time of deletion.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"access_key_id": text("The id of the key."),
					"user_name":     text("The name of the RAM user; null if the user no longer exists."),
					"user_id":       text("The id of the user."),
					"create_date":   text("When the key was created."),
					"recycle_date":  text("When the key was deleted."),
					"delete_date":   text("When the service deletes the key permanently."),
				}},
			},
		},
	}
}

func (d *recycledKeysData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m := tf.Get[recycledKeysModel](ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	f := diagnostics.Operation{Name: "read the recycle bin of AccessKey pairs"}
	account, ok := d.CheckAccount(ctx, f, "", &resp.Diagnostics)
	if !ok {
		return
	}
	keys, err := d.recycled(ctx, m)
	if where, unknown := m.wrongArgument(err); unknown {
		resp.Diagnostics.AddAttributeError(where, "Cannot "+f.Name, fmt.Sprintf(
			"There is no such RAM user in account %s. A deleted user is found by user_id only.\n\n%s", account, diagnostics.Explain(err)))
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	m.AccountID, m.AccessKeys = types.StringValue(account), []recycledKeyModel{}
	for _, key := range keys {
		m.AccessKeys = append(m.AccessKeys, recycledKeyModel{
			AccessKeyID: types.StringValue(key.ID), UserName: tf.NonEmpty(key.UserName), UserID: types.StringValue(key.UserID),
			CreateDate: tf.Timestamp(key.CreateDate), RecycleDate: tf.Timestamp(key.RecycleDate), DeleteDate: tf.Timestamp(key.DeleteDate),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// wrongArgument is the argument that names a user who does not exist.
func (m recycledKeysModel) wrongArgument(err error) (path.Path, bool) {
	switch {
	case !ram.NotFound(err, "User"):
	case !m.UserName.IsNull():
		return path.Root("user_name"), true
	case !m.UserID.IsNull():
		return path.Root("user_id"), true
	}
	return path.Empty(), false
}

// recycled finds the keys that the arguments mean.
func (d *recycledKeysData) recycled(ctx context.Context, m recycledKeysModel) ([]ram.RecycledKey, error) {
	if m.UserID.IsNull() {
		return d.recycledOfAll(ctx, listing.Users{UserName: m.UserName})
	}
	user, err := d.Client.UserByID(ctx, m.UserID.ValueString())
	if err != nil && !ram.NotFound(err, "User") {
		return nil, err
	}
	return d.recycledOf(ctx, ram.User{ID: m.UserID.ValueString(), Name: user.Name})
}

// recycledOfAll finds the keys of the users that match, by their names.
func (d *recycledKeysData) recycledOfAll(ctx context.Context, filter listing.Users) (all []ram.RecycledKey, err error) {
	found := listing.EachUser(ctx, d.Instance, filter, listing.All, func(ctx context.Context, user ram.User, add func([]ram.RecycledKey, error)) {
		add(d.recycledOf(ctx, user))
	})
	for keys, err := range found {
		if err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
	slices.SortStableFunc(all, func(x, y ram.RecycledKey) int { return cmp.Compare(x.UserName, y.UserName) })
	return all, nil
}

func (d *recycledKeysData) recycledOf(ctx context.Context, user ram.User) ([]ram.RecycledKey, error) {
	keys, err := d.Client.RecycledKeys(ctx, user.ID)
	for at := range keys {
		keys[at].UserName = user.Name
	}
	slices.SortFunc(keys, func(x, y ram.RecycledKey) int {
		return cmp.Or(x.RecycleDate.Compare(y.RecycleDate), cmp.Compare(x.ID, y.ID))
	})
	return keys, err
}
