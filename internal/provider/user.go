// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/boolvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*userResource)(nil)
	_ resource.ResourceWithIdentity    = (*userResource)(nil)
	_ resource.ResourceWithImportState = (*userResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*userResource)(nil)
	_ list.ListResourceWithConfigure   = (*userResource)(nil)
)

func newUser() *userResource { return &userResource{} }

// userResource is a RAM user: who people and programs are in an account.
type userResource struct{ instance.Resource }

type userModel struct {
	AccountID              types.String   `tfsdk:"account_id"`
	Name                   types.String   `tfsdk:"name"`
	UserID                 types.String   `tfsdk:"user_id"`
	DisplayName            types.String   `tfsdk:"display_name"`
	MobilePhone            types.String   `tfsdk:"mobile_phone"`
	Email                  types.String   `tfsdk:"email"`
	Comments               types.String   `tfsdk:"comments"`
	Tags                   types.Map      `tfsdk:"tags"`
	CreateDate             types.String   `tfsdk:"create_date"`
	ForceDestroy           types.Bool     `tfsdk:"force_destroy"`
	AllowLockOut           types.Bool     `tfsdk:"allow_lock_out"`
	DeleteVirtualMFADevice types.Bool     `tfsdk:"delete_virtual_mfa_device"`
	Timeouts               timeouts.Value `tfsdk:"timeouts"`
}

func (m *userModel) identity() any { return nameIdentity{m.AccountID, m.Name} }

// unfilledUser is a user of which only the account and the name are known.
func unfilledUser(account, name string) userModel {
	return userModel{
		AccountID: types.StringValue(account), Name: types.StringValue(name),
		ForceDestroy: types.BoolValue(false), Tags: types.MapNull(types.StringType), Timeouts: owner.NoTimeouts,
	}
}

// show fills the model from what the service says.
func (m *userModel) show(u ram.User) {
	m.Name, m.UserID = types.StringValue(u.Name), types.StringValue(u.ID)
	m.DisplayName = tf.Optional(m.DisplayName, u.DisplayName)
	m.MobilePhone = tf.Optional(m.MobilePhone, u.MobilePhone)
	m.Email = tf.Optional(m.Email, u.Email)
	m.Comments = tf.Optional(m.Comments, u.Comments)
	m.Tags = tagsOf(m.Tags, u.Tags)
	m.CreateDate = tf.FirstTimestamp(m.CreateDate, u.CreateDate)
}

// shows reports whether the model is what the service says.
func (m userModel) shows(u ram.User) bool {
	next := m
	next.show(u)
	return next.Name.Equal(m.Name) && next.DisplayName.Equal(m.DisplayName) && next.MobilePhone.Equal(m.MobilePhone) &&
		next.Email.Equal(m.Email) && next.Comments.Equal(m.Comments) && next.Tags.Equal(m.Tags) && next.CreateDate.Equal(m.CreateDate)
}

func tagsOf(prior types.Map, live map[string]string) types.Map {
	elements := map[string]attr.Value{}
	for key, value := range ownTags(live) {
		elements[key] = types.StringValue(value)
	}
	if len(elements) == 0 && (prior.IsNull() || prior.IsUnknown() || len(prior.Elements()) > 0) {
		return types.MapNull(types.StringType)
	}
	return types.MapValueMust(types.StringType, elements)
}

// ownTags are the tags without those of the service itself, which no other client may
// write (documented).
func ownTags(tags map[string]string) map[string]string {
	tags = maps.Clone(tags)
	maps.DeleteFunc(tags, func(key, _ string) bool { return ofService(key) })
	return tags
}

// ofService reports whether a tag is one of the service itself, by its key (documented).
func ofService(key string) bool {
	return strings.HasPrefix(key, "acs:") || strings.HasPrefix(key, "aliyun")
}

// optionals are the texts that a user may have, and the attribute of each.
func (m *userModel) optionals() map[string]*types.String {
	return map[string]*types.String{"display_name": &m.DisplayName, "mobile_phone": &m.MobilePhone, "email": &m.Email, "comments": &m.Comments}
}

// tags are the configured tags.
func (m *userModel) tags() map[string]string {
	tags := map[string]string{}
	for key, value := range m.Tags.Elements() {
		tags[key] = tf.String(value)
	}
	return tags
}

// user is the configured user.
func (m *userModel) user() ram.User {
	return ram.User{
		ID: m.UserID.ValueString(), Name: m.Name.ValueString(), DisplayName: m.DisplayName.ValueString(), MobilePhone: m.MobilePhone.ValueString(),
		Email: m.Email.ValueString(), Comments: m.Comments.ValueString(), Tags: m.tags(),
	}
}

func (r *userResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user"
	resp.ResourceBehavior.MutableIdentity = true
}

// Forms of what describes a user (documented).
var (
	phoneForm = tf.NewLazyRegexp(`^([0-9]+-[0-9]+)?$`)
	mailForm  = tf.NewLazyRegexp(`^([^@\s]+@[^@\s]+)?$`)
)

func (r *userResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	// Optional and computed, for an attribute that the configuration never mentioned
	// keeps what the user has.
	optional := func(docs string, checks ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, Computed: true, Validators: checks, MarkdownDescription: docs}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A RAM user. Changing `name` renames the user in place: the user keeps its id, login profile, AccessKey pairs, MFA device, groups and policies.\n\n" +
			"An optional attribute that was never configured keeps the value that it has in the account. An attribute that is removed from the configuration is cleared.\n\n" +
			"Destroying a user moves it to the account's recycle bin for about a month. A user with a login profile, an AccessKey pair, a service credential, a passkey, an MFA device, a group or a policy " +
			"is deleted only if `force_destroy` is set. The provider never destroys the user that Terraform runs as.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the account."},
			"name": schema.StringAttribute{
				Required: true, Validators: owner.UserNameValidators(),
				MarkdownDescription: "The name of the RAM user, such as `alice`: 1 to 64 letters, digits, dots, hyphens and underscores, without a domain. Changing it renames the user.",
			},
			"user_id": schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the RAM user, which stays the same when the user is renamed."},
			"display_name": optional("The display name, up to 24 characters, or up to 128 if the service accepts them. The default is the name with which the user is created.",
				stringvalidator.UTF8LengthBetween(1, 128)),
			"mobile_phone": optional("The mobile phone number, as `<country code>-<number>`, for example `86-13900001234`. Only the China site stores it; on another site, the provider reports that it was not stored. The state contains the number.",
				phoneForm.Validator("must be <country code>-<number>, such as 86-13900001234")),
			"email": optional("The e-mail address. Only the China site stores it; on another site, the provider reports that it was not stored. The state contains the address.",
				mailForm.Validator("must be an e-mail address")),
			"comments": optional("Comments, up to 128 characters.", stringvalidator.UTF8LengthAtMost(128)),
			"tags": schema.MapAttribute{
				ElementType: types.StringType, Optional: true, Computed: true, Validators: tagChecks(),
				MarkdownDescription: "The tags of the user, at most 20. A key must not begin with `acs:` or `aliyun`, a value must not begin with `acs:`, and neither can contain `http://` or `https://`. If set, all other tags are removed, except the tags of the service (`acs:`, `aliyun`).",
			},
			"create_date": schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}, MarkdownDescription: "When the user was created (RFC 3339)."},
			"allow_lock_out": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the user may be renamed while single sign-on is enabled, or while the provider cannot read whether it is enabled. After the rename, the user can log on to the console only when the identity provider sends the new name. " +
					"If it is not `true`, such a plan is an error. It is never sent to the service.",
			},
			"force_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether a destroy first removes everything that the user has, **including what Terraform does not manage**: the login profile, all AccessKey pairs, service credentials, passkeys, the binding " +
					"of the MFA device, memberships of groups and attached policies. The plan names what is removed. RAM does not list policies that are attached in a resource group; the error names the commands that detach them. " +
					"The default is `false`. A destroy uses the value of the last apply. It is never sent to the service.",
			},
			"delete_virtual_mfa_device": schema.BoolAttribute{
				Optional: true, Validators: []validator.Bool{boolvalidator.AlsoRequires(path.MatchRoot("force_destroy"))},
				MarkdownDescription: "Whether a destroy with `force_destroy` also deletes the virtual MFA device of the user. If it is not `true`, the device is unbound and stays in the account, and a warning names it: " +
					"no other device can have the same name. A destroy uses the value of the last apply. It is never sent to the service.",
			},
			"timeouts": tf.TimeoutsAttribute(ctx),
		},
	}
}

// tagChecks are the rules for tags (documented).
func tagChecks() []validator.Map {
	return []validator.Map{
		mapvalidator.SizeAtMost(20),
		mapvalidator.KeysAre(stringvalidator.UTF8LengthBetween(1, 128), tagKeys{}),
		mapvalidator.ValueStringsAre(stringvalidator.UTF8LengthAtMost(128), tagValues{}),
	}
}

// tagKeys refuses keys that only the service may write.
type tagKeys struct{}

func (tagKeys) Description(context.Context) string {
	return "must not begin with acs: or aliyun, and must not contain http:// or https://"
}

func (k tagKeys) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

func (k tagKeys) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	key := req.ConfigValue.ValueString()
	if ofService(key) || containsURL(key) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid tag", fmt.Sprintf("The key %q %s.", key, k.Description(ctx)))
	}
}

// tagValues refuses values that the service does not accept (documented).
type tagValues struct{}

func (tagValues) Description(context.Context) string {
	return "must not begin with acs:, and must not contain http:// or https://"
}

func (v tagValues) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v tagValues) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	value := req.ConfigValue.ValueString()
	if strings.HasPrefix(value, "acs:") || containsURL(value) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid tag", fmt.Sprintf("The value %q %s.", value, v.Description(ctx)))
	}
}

func containsURL(text string) bool {
	return strings.Contains(text, "http://") || strings.Contains(text, "https://")
}

func (r *userResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "The id of the account."},
		"name":       identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the RAM user."},
	}}
}

func (r *userResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := nameIdentity{Name: types.StringValue(req.ID)}
	if req.ID == "" {
		identity = tf.Get[nameIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	whose := owner.Object{AccountID: identity.AccountID, UserName: identity.Name}
	if !owner.FindImported(ctx, r.Instance, "user", req.ID, &whose, &resp.Diagnostics) {
		return
	}
	m := unfilledUser(whose.AccountID.ValueString(), whose.UserName.ValueString())
	m.UserID = whose.UserID
	tf.Save(ctx, m.identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *userResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[userModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[userModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	account, ok := r.CheckAccount(ctx, diagnostics.Operation{Name: "create the user", State: "Nothing was created."}, plan.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	created, ok := r.create(ctx, plan.user(), account, &resp.Diagnostics)
	if !ok {
		return
	}
	plan.AccountID = types.StringValue(account)
	plan.UserID, plan.CreateDate = types.StringValue(created.ID), tf.FirstTimestamp(plan.CreateDate, created.CreateDate)
	if plan.DisplayName.IsUnknown() {
		plan.DisplayName = tf.Optional(plan.DisplayName, created.DisplayName)
	}
	saveManaged(ctx, managedIn(config), resp.Private, &resp.Diagnostics)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	// An error would taint the user, which the next apply would then replace.
	confirmed := r.confirm(ctx, nil, plan, created, &resp.Diagnostics)
	if confirmed.shows {
		r.Client.ConfirmUser(created)
	}
	for _, attribute := range confirmed.lost {
		summary, state := "The service does not store "+attribute, "The user was created without it, and the next plan shows it as a change."
		if *textOf(&confirmed.seen, attribute) != "" {
			summary, state = "The service returns another "+attribute, "The user was created, and the next plan shows it as a change."
		}
		resp.Diagnostics.AddAttributeWarning(path.Root(attribute), summary, explainUnstored(attribute, confirmed.want, confirmed.seen, state))
	}
}

func (r *userResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[userModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "read the user", State: "The state is unchanged."}
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	live, err := r.find(ctx, state)
	if ram.NotFound(err, "User") {
		var gone bool
		if live, gone, err = r.confirmGone(ctx, state); gone {
			r.RemoveFromState(ctx, state.identity(), resp, "The user no longer exists", fmt.Sprintf(
				"The RAM user with the id %[2]s (%[3]q) no longer exists in account %[1]s. It was deleted outside of Terraform; it may still be in the account's recycle bin, with its AccessKey pairs. The next apply creates a new user, with another id and without credentials.",
				account, state.UserID.ValueString(), state.Name.ValueString()))
			return
		}
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	state.show(live)
	tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// find reads the user: by id, which a rename does not change, once it is known. A
// list of all users is believed where it says what the state says already; what
// differs, the user itself has to say.
func (r *userResource) find(ctx context.Context, m userModel) (ram.User, error) {
	if id := m.UserID.ValueString(); id != "" {
		return r.Client.UserByIDIf(ctx, id, m.shows)
	}
	return r.Client.RefreshUser(ctx, m.Name.ValueString())
}

// refresh is find that bypasses the cache.
func (r *userResource) refresh(ctx context.Context, m userModel) (ram.User, error) {
	if id := m.UserID.ValueString(); id != "" {
		return r.Client.RefreshUserByID(ctx, id)
	}
	return r.Client.RefreshUser(ctx, m.Name.ValueString())
}

// confirmGone reads a user a second time that a first read did not find. It reports that
// the user is gone, and otherwise returns the user or an error.
func (r *userResource) confirmGone(ctx context.Context, m userModel) (live ram.User, gone bool, err error) {
	gone, err = r.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
		var err error
		live, err = r.refresh(ctx, m)
		return err == nil, ram.IgnoreNotFound(err, "User")
	})
	return live, gone, err
}

func (r *userResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[userModel](ctx, req.State, &resp.Diagnostics)
	plan := tf.Get[userModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[userModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	account, ok := r.CheckAccount(ctx, diagnostics.Operation{Name: "update the user", State: "Nothing was changed."}, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	if state.UserID.IsNull() { // moved here from a release that did not keep it
		live, err := r.find(ctx, state)
		if diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "update the user", State: "Nothing was changed."}, err) {
			return
		}
		state.UserID, plan.UserID = types.StringValue(live.ID), types.StringValue(live.ID)
	}
	plan.AccountID = types.StringValue(account)
	if !state.Name.Equal(plan.Name) {
		unlock, err := r.Client.Lock(ctx, access.LockName)
		if diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "update the user", State: "Nothing was changed."}, err) {
			return
		}
		defer unlock()
		if !plan.AllowLockOut.ValueBool() && !r.checkRename(ctx, state, plan, &resp.Diagnostics) {
			return
		}
	}
	updated, managed := plan.user(), managedIn(config)
	change, changes := changeOf(state, plan)
	if changes {
		var err error
		updated, err = r.Client.UpdateUser(ctx, state.UserID.ValueString(), change)
		var uncleared *ram.UnclearedError
		if ram.Exists(err) && !errors.As(err, &uncleared) {
			resp.Diagnostics.AddAttributeError(path.Root("name"), "Cannot update the user", fmt.Sprintf(
				"Another user of account %s already has the name %q. Nothing was changed.\n\nChoose another name, or rename or delete the other user first.\n\n%s", account, plan.Name.ValueString(), diagnostics.Explain(err)))
			return
		}
		if errors.As(err, &uncleared) {
			if uncleared.Applied {
				half := plan.withoutClearing(state, updated, attributesCleared(uncleared.Parameters))
				tf.Save(ctx, half.identity(), half, &resp.State, resp.Identity, &resp.Diagnostics)
			}
			err = explainUncleared(state, plan, uncleared)
		}
		if diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "update the user", State: "The user is unchanged, unless only the response was lost. The next plan shows it."}, err) {
			return
		}
		if plan.DisplayName.IsUnknown() {
			plan.DisplayName = tf.Optional(plan.DisplayName, updated.DisplayName)
		}
		for _, attribute := range attributesCleared(change.Uncleared(updated)) {
			resp.Diagnostics.AddAttributeError(path.Root(attribute), "Cannot update the user", explainUnstored(attribute, plan.user(), updated, "Everything else was updated."))
			*plan.optionals()[attribute] = types.StringValue(*textOf(&updated, attribute))
			managed = append(managed, attribute)
		}
	}
	// What is done is in the state before the next call can fail.
	half := plan
	half.Tags = state.Tags
	tf.Save(ctx, half.identity(), half, &resp.State, resp.Identity, &resp.Diagnostics)
	if diagnostics.Report(&resp.Diagnostics, diagnostics.Operation{Name: "update the tags of the user", State: "All other attributes of the user were updated. The next plan shows its tags."}, r.retag(ctx, plan.UserID.ValueString(), state, plan)) {
		return
	}
	saveManaged(ctx, managed, resp.Private, &resp.Diagnostics)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	if sameUser(state.user(), plan.user()) && state.Name.Equal(plan.Name) {
		return
	}
	confirmed := r.confirmUpdate(ctx, state, plan, change, updated, &resp.Diagnostics)
	if len(confirmed.lost) == 0 {
		return
	}
	for _, attribute := range confirmed.lost {
		*plan.optionals()[attribute] = tf.NonEmpty(*textOf(&confirmed.seen, attribute))
		if *textOf(&confirmed.want, attribute) == "" { // the next plan clears it again
			managed = append(managed, attribute)
		}
	}
	saveManaged(ctx, managed, resp.Private, &resp.Diagnostics)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// confirmUpdate is confirm after an update, and reports what the service did not store. What
// Ims returned as cleared and did not clear, it clears through Ram.
func (r *userResource) confirmUpdate(ctx context.Context, state, plan userModel, change ram.UserChange, updated ram.User, diags *diag.Diagnostics) confirmation {
	confirmed := r.confirm(ctx, &state, plan, updated, diags)
	emptied := func(attribute string) bool { return *textOf(&confirmed.want, attribute) == "" }
	lost := confirmed.lost
	if slices.ContainsFunc(lost, emptied) {
		cleared, err := r.Client.ClearUser(ctx, state.UserID.ValueString(), change)
		var uncleared *ram.UnclearedError
		if errors.As(err, &uncleared) {
			uncleared.Applied = true
			diagnostics.Report(diags, diagnostics.Operation{Name: "update the user"}, explainUncleared(state, state, uncleared)) // the tags are updated
			lost = slices.DeleteFunc(slices.Clone(lost), emptied)
		} else {
			confirmed = r.confirm(ctx, &state, plan, cleared, diags)
			lost = confirmed.lost
		}
	}
	for _, attribute := range lost {
		diags.AddAttributeError(path.Root(attribute), "Cannot update the user", explainUnstored(attribute, confirmed.want, confirmed.seen, "Everything else was updated."))
	}
	return confirmed
}

// attributesCleared are the attributes of parameters that can be cleared.
func attributesCleared(parameters []string) (attributes []string) {
	for _, parameter := range parameters {
		attributes = append(attributes, map[string]string{"MobilePhone": "mobile_phone", "Email": "email", "Comments": "comments"}[parameter])
	}
	return attributes
}

// withoutClearing is the plan with the values that the update did not clear, and with the
// former tags.
func (m userModel) withoutClearing(state userModel, updated ram.User, uncleared []string) userModel {
	before, kept := state.optionals(), m.optionals()
	for _, name := range uncleared {
		*kept[name] = *before[name]
	}
	m.Tags = state.Tags
	if m.DisplayName.IsUnknown() {
		m.DisplayName = tf.Optional(m.DisplayName, updated.DisplayName)
	}
	return m
}

// explainUncleared says what an update changed that could not clear values.
func explainUncleared(state, plan userModel, err *ram.UnclearedError) error {
	if !err.Applied && !err.Refused {
		return err
	}
	attributes := slices.Sorted(slices.Values(attributesCleared(err.Parameters)))
	uncleared, text := strings.Join(attributes, " and "), ""
	if err.Applied {
		text = fmt.Sprintf("The request to clear %s failed, and the values may still exist. The other attributes were updated. ", uncleared)
		if !maps.Equal(state.tags(), plan.tags()) {
			text = fmt.Sprintf("The request to clear %s failed, and the values may still exist. The tags are unchanged, and the other attributes were updated. ", uncleared)
		}
	}
	if err.Refused {
		text += fmt.Sprintf("The service does not accept an empty value of %s. Set another value. To keep the value, remove the user from the state and import it without the attribute.", uncleared)
	} else {
		text += "The next plan shows the user."
	}
	return diagnostics.WithState(text, err)
}

// changeOf returns what an update sends: only the attributes that change.
func changeOf(state, plan userModel) (change ram.UserChange, changes bool) {
	differs := func(before, after types.String) *string {
		if after.IsUnknown() || before.ValueString() == after.ValueString() {
			return nil
		}
		changes = true
		return new(after.ValueString())
	}
	change = ram.UserChange{
		Name: differs(state.Name, plan.Name), DisplayName: differs(state.DisplayName, plan.DisplayName), MobilePhone: differs(state.MobilePhone, plan.MobilePhone),
		Email: differs(state.Email, plan.Email), Comments: differs(state.Comments, plan.Comments),
	}
	return change, changes
}

// retag makes the user's tags those of the plan. What both have is left alone.
func (r *userResource) retag(ctx context.Context, id string, state, plan userModel) error {
	before, after := state.tags(), plan.tags()
	added, removed := map[string]string{}, []string{}
	for key, value := range after {
		if old, had := before[key]; !had || old != value {
			added[key] = value
		}
	}
	for key := range before {
		if _, stays := after[key]; !stays {
			removed = append(removed, key)
		}
	}
	slices.Sort(removed)
	// First what goes: a user has so many tags at most.
	if len(removed) > 0 {
		if err := r.Client.UntagUser(ctx, id, removed); err != nil {
			return err
		}
	}
	if len(added) > 0 {
		return r.Client.TagUser(ctx, id, added)
	}
	return nil
}
