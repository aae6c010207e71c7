// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
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

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*groupResource)(nil)
	_ resource.ResourceWithIdentity    = (*groupResource)(nil)
	_ resource.ResourceWithImportState = (*groupResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*groupResource)(nil)
	_ list.ListResourceWithConfigure   = (*groupResource)(nil)
)

func newGroup() *groupResource { return &groupResource{} }

// groupResource is a group of RAM users.
type groupResource struct{ instance.Resource }

type groupModel struct {
	AccountID    types.String   `tfsdk:"account_id"`
	Name         types.String   `tfsdk:"name"`
	GroupID      types.String   `tfsdk:"group_id"`
	DisplayName  types.String   `tfsdk:"display_name"`
	Comments     types.String   `tfsdk:"comments"`
	CreateDate   types.String   `tfsdk:"create_date"`
	ForceDestroy types.Bool     `tfsdk:"force_destroy"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

func (m *groupModel) identity() any { return nameIdentity{m.AccountID, m.Name} }

// newGroupModel returns a group of which only the account and the name are known.
func newGroupModel(account, name string) groupModel {
	return groupModel{
		AccountID: types.StringValue(account), Name: types.StringValue(name), ForceDestroy: types.BoolValue(false), Timeouts: owner.NoTimeouts,
	}
}

// show fills the model from the service's response.
func (m *groupModel) show(g ram.Group) {
	m.Name, m.GroupID = types.StringValue(g.Name), types.StringValue(g.ID)
	m.DisplayName = tf.Optional(m.DisplayName, g.DisplayName)
	m.Comments = tf.Optional(m.Comments, g.Comments)
	m.CreateDate = tf.FirstTimestamp(m.CreateDate, g.CreateDate)
}

// optionals are the optional texts of a group by attribute.
func (m *groupModel) optionals() map[string]*types.String {
	return map[string]*types.String{"display_name": &m.DisplayName, "comments": &m.Comments}
}

// group is the group that the model describes.
func (m *groupModel) group() ram.Group {
	return ram.Group{ID: m.GroupID.ValueString(), Name: m.Name.ValueString(), DisplayName: m.DisplayName.ValueString(), Comments: m.Comments.ValueString()}
}

func (r *groupResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group"
	resp.ResourceBehavior.MutableIdentity = true // a group may be renamed
}

func (r *groupResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	// Optional and computed: an attribute that was never configured keeps its value.
	optional := func(docs string, longest int) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{stringvalidator.UTF8LengthAtMost(longest)}, MarkdownDescription: docs,
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A group of RAM users. A new name renames the group in place: its id, members and policies stay.\n\n" +
			"Add users with `ram_group_membership`, one resource for each user and group. An optional attribute that was never configured keeps the value that it has in the account; " +
			"one that was configured and is removed from the configuration is cleared.\n\n" +
			"The service does not delete a group that has members or policies, unless `force_destroy` is set.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the account."},
			"name": schema.StringAttribute{
				Required: true, Validators: groupNameValidators(),
				MarkdownDescription: "The name of the group, such as `developers`: 1 to 64 letters, digits, dots, hyphens and underscores. A new name renames the group.",
			},
			"group_id":     schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the group, which stays the same when the group is renamed."},
			"display_name": optional("The display name, up to 24 characters.", 24),
			"comments":     optional("Comments, up to 128 characters.", 128),
			"create_date": schema.StringAttribute{
				Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}, MarkdownDescription: "When the group was created (RFC 3339).",
			},
			"force_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether a destroy first removes all members and detaches all policies, **also those that Terraform does not manage**. The default is `false`. " +
					"The value of the last apply is used. Policies that are attached in a resource group are not listed by the service, and have to be detached first.",
			},
			"timeouts": tf.TimeoutsAttribute(ctx),
		},
	}
}

func (r *groupResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "The id of the account."},
		"name":       identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the group."},
	}}
}

func groupOperation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the group", State: state}
}

func (r *groupResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := nameIdentity{Name: types.StringValue(req.ID)}
	if req.ID == "" {
		identity = tf.Get[nameIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if !groupNamePattern.MatchString(identity.Name.ValueString()) {
		resp.Diagnostics.AddError("Cannot import the group", fmt.Sprintf("%q is not the name of a group. Nothing was imported.\n\nImport by the name, such as developers.", identity.Name.ValueString()))
		return
	}
	f := groupOperation("import", "Nothing was imported.")
	account, ok := instance.CheckNamedAccount(ctx, r.Instance, f, identity.AccountID, &resp.Diagnostics)
	if !ok {
		return
	}
	live, err := r.Client.Group(ctx, identity.Name.ValueString())
	if ram.NotFound(err, "Group") {
		resp.Diagnostics.AddError("Cannot import the group", fmt.Sprintf("Account %s has no group %q. Nothing was imported.\n\n%s", account, identity.Name.ValueString(), diagnostics.Explain(err)))
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	m := newGroupModel(account, live.Name)
	m.GroupID = types.StringValue(live.ID)
	tf.Save(ctx, m.identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *groupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[groupModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[groupModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	account, ok := r.CheckAccount(ctx, groupOperation("create", "Nothing was created."), plan.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	created, ok := r.create(ctx, plan.group(), account, &resp.Diagnostics)
	if !ok {
		return
	}
	plan.AccountID, plan.GroupID = types.StringValue(account), types.StringValue(created.ID)
	plan.CreateDate = tf.FirstTimestamp(plan.CreateDate, created.CreateDate)
	saveManaged(ctx, managedOf(config.optionals()), resp.Private, &resp.Diagnostics)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	r.confirm(ctx, plan, &resp.Diagnostics)
}

func (r *groupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[groupModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := groupOperation("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	var live ram.Group
	found, err := r.FindTwice(ctx, state.find(r.Client, r.Client.Group, &live), state.find(r.Client, r.Client.RefreshGroup, &live))
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if !found {
		r.RemoveFromState(ctx, state.identity(), resp, "The group no longer exists", fmt.Sprintf(
			"The group %[2]q no longer exists in account %[1]s. It was deleted outside of Terraform. The next apply creates a new group, without members and policies.", account, state.Name.ValueString()))
		return
	}
	state.show(live)
	tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// find returns a function that finds the group and sets live.
func (m *groupModel) find(client *ram.Client, read func(context.Context, string) (ram.Group, error), live *ram.Group) func(context.Context) (bool, error) {
	return func(ctx context.Context) (found bool, err error) {
		*live, found, err = findGroup(ctx, m.Name.ValueString(), m.GroupID.ValueString(), client, read)
		return found, err
	}
}

// findGroup finds a group by its name, or after a rename by its id. A group with the name and
// another id is another group.
func findGroup(ctx context.Context, name, id string, client *ram.Client, read func(context.Context, string) (ram.Group, error)) (group ram.Group, found bool, err error) {
	group, err = read(ctx, name)
	switch {
	case err == nil && (id == "" || group.ID == id):
		return group, true, nil
	case err != nil && !ram.NotFound(err, "Group"):
		return group, false, err
	case id == "":
		return group, false, nil
	}
	return client.GroupByID(ctx, id)
}

func (r *groupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[groupModel](ctx, req.State, &resp.Diagnostics)
	plan := tf.Get[groupModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[groupModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := groupOperation("update", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	plan.AccountID = types.StringValue(account)
	change, changes := groupChange(state, plan)
	if changes || state.GroupID.IsNull() {
		live, found, err := findGroup(ctx, state.Name.ValueString(), state.GroupID.ValueString(), r.Client, r.Client.RefreshGroup)
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		if !found {
			resp.Diagnostics.AddError("Cannot update the group", fmt.Sprintf("The group %[2]q no longer exists in account %[1]s. Nothing was changed.\n\nRun again: the next plan creates it.", account, state.Name.ValueString()))
			return
		}
		plan.GroupID, plan.CreateDate = types.StringValue(live.ID), tf.FirstTimestamp(plan.CreateDate, live.CreateDate)
		if changes && !r.update(ctx, live, plan, change, &resp.Diagnostics) {
			return
		}
	}
	saveManaged(ctx, managedOf(config.optionals()), resp.Private, &resp.Diagnostics)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	if changes {
		r.confirm(ctx, plan, &resp.Diagnostics)
	}
}

func (r *groupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[groupModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := groupOperation("delete", "Nothing was changed.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	var live ram.Group
	find := state.find(r.Client, r.Client.RefreshGroup, &live)
	if !r.ExistsForDelete(ctx, f, find, &resp.Diagnostics) {
		return
	}
	if force := state.ForceDestroy.ValueBool(); !force || r.notOwn(ctx, live.Name, f, &resp.Diagnostics) {
		r.remove(ctx, live, force, &resp.Diagnostics)
	}
}

// notOwn refuses to take the user that Terraform runs as out of a group (LOCK-05): in the middle of
// the run it would lose the permissions that it has through the group.
func (r *groupResource) notOwn(ctx context.Context, name string, f diagnostics.Operation, diags *diag.Diagnostics) bool {
	members, err := r.Client.GroupMembers(ctx, name)
	if ram.NotFound(err, "Group") {
		return true
	}
	if diagnostics.Report(diags, f, err) {
		return false
	}
	own, err := owner.OwnUserIDs(ctx, r.Instance)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	at := slices.IndexFunc(members, func(member ram.GroupMember) bool { return slices.Contains(own, member.UserID) })
	if at < 0 {
		return true
	}
	diags.AddAttributeError(path.Root("force_destroy"), "Cannot "+f.Name, fmt.Sprintf(
		"Terraform runs as the user %q, which is a member of the group %q and would lose its permissions. %s\n\n"+
			"Run with the credentials of another user, or remove the group from the state without deleting it: terraform state rm <address>", members[at].UserName, name, f.State))
	return false
}

// create creates a group. After an unknown outcome, the name shows whether the group was created: it
// did not exist before, and a name is unique in an account.
func (r *groupResource) create(ctx context.Context, want ram.Group, account string, diags *diag.Diagnostics) (ram.Group, bool) {
	f := groupOperation("create", "Nothing was created.")
	live, err := r.Client.RefreshGroup(ctx, want.Name)
	if err == nil {
		reportGroupExists(live, account, diags)
		return ram.Group{}, false
	}
	if !ram.NotFound(err, "Group") {
		diagnostics.Report(diags, f, err)
		return ram.Group{}, false
	}
	// An interrupt must not separate the created group from the state.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*instance.SendLimit)
	defer cancel()
	for attempt := range 2 {
		var created ram.Group
		if created, err = r.Client.CreateGroup(ctx, want); err == nil {
			return created, true
		}
		switch {
		case ram.Exists(err) && attempt == 0:
			reportGroupExists(ram.Group{Name: want.Name}, account, diags)
			return ram.Group{}, false
		case !ram.Exists(err) && !ram.OutcomeUnknown(err):
			diagnostics.Report(diags, f, err)
			return ram.Group{}, false
		}
		f.State = fmt.Sprintf("It is not known whether the group was created. If account %s has a group %q now, import it: terraform import <address> %[2]s", account, want.Name)
		found, readErr := r.WaitUntil(ctx, instance.LagWindow, func(ctx context.Context) (bool, error) {
			var err error
			live, err = r.Client.RefreshGroup(ctx, want.Name)
			return err == nil, ram.IgnoreNotFound(err, "Group")
		})
		if diagnostics.Report(diags, f, readErr) {
			return ram.Group{}, false
		}
		if found && live.DisplayName == want.DisplayName && live.Comments == want.Comments {
			return live, true
		}
		if found {
			reportGroupExists(live, account, diags)
			return ram.Group{}, false
		}
	}
	diagnostics.Report(diags, f, err)
	return ram.Group{}, false
}

// reportGroupExists reports that a group with the name exists already.
func reportGroupExists(live ram.Group, account string, diags *diag.Diagnostics) {
	id := ""
	if live.ID != "" {
		id = fmt.Sprintf(", with the id %s, created on %s", live.ID, live.CreateDate.UTC().Format("2006-01-02 15:04 MST"))
	}
	diags.AddAttributeError(path.Root("name"), "Cannot create the group", fmt.Sprintf(
		"Account %s already has a group %q%s. Nothing was created, and that group was not changed.\n\n"+
			"To manage it with Terraform, import it:\n\n  terraform import <address> %[2]s\n\nOtherwise choose another name.", account, live.Name, id))
}

// groupChange returns what an update has to send.
func groupChange(state, plan groupModel) (change ram.GroupChange, changes bool) {
	differs := func(before, after types.String) *string {
		if after.IsUnknown() || before.ValueString() == after.ValueString() {
			return nil
		}
		changes = true
		return new(after.ValueString())
	}
	change = ram.GroupChange{
		Name: differs(state.Name, plan.Name), DisplayName: differs(state.DisplayName, plan.DisplayName), Comments: differs(state.Comments, plan.Comments),
	}
	return change, changes
}

// update changes a group with one call. After an unknown outcome of a rename, another attempt does
// not find the old name any more: the new name then shows whether the group was changed.
func (r *groupResource) update(ctx context.Context, live ram.Group, plan groupModel, change ram.GroupChange, diags *diag.Diagnostics) bool {
	err := r.Client.UpdateGroup(ctx, live.Name, change)
	if ram.Exists(err) {
		diags.AddAttributeError(path.Root("name"), "Cannot update the group", fmt.Sprintf(
			"Another group of account %s has the name %q. Nothing was changed.\n\nChoose another name, or rename or delete the other group first.\n\n%s",
			plan.AccountID.ValueString(), plan.Name.ValueString(), diagnostics.Explain(err)))
		return false
	}
	if err != nil && change.Name != nil {
		if live, readErr := r.Client.RefreshGroup(ctx, *change.Name); readErr == nil && plan.shows(live) {
			return true
		}
	}
	return !diagnostics.Report(diags, groupOperation("update", "If the outcome is unknown, the next plan shows whether the group was changed."), err)
}

// shows reports whether the service returns the group as the model describes it.
func (m *groupModel) shows(g ram.Group) bool {
	want := m.group()
	return want.ID == g.ID && want.Name == g.Name && want.DisplayName == g.DisplayName && want.Comments == g.Comments
}

// confirm waits until the service returns the group as it was written.
func (r *groupResource) confirm(ctx context.Context, written groupModel, diags *diag.Diagnostics) {
	found, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		live, err := r.Client.RefreshGroup(ctx, written.Name.ValueString())
		if ram.NotFound(err, "Group") {
			return false, nil
		}
		return err == nil && written.shows(live), err
	})
	const summary, state = "Cannot confirm the group", "The state contains the written values; the next refresh reads the account."
	switch {
	case err != nil:
		diags.AddWarning(summary, "The service accepted the request, but reading the group failed. "+state+"\n\n"+diagnostics.Explain(err))
	case !found:
		diags.AddWarning(summary, fmt.Sprintf("The service accepted the request, but does not return the group %q as it was written. %s", written.Name.ValueString(), state))
	}
}

// remove deletes a group, with force after its members and policies. The service may still see for a
// while what was just removed (CONS-01).
func (r *groupResource) remove(ctx context.Context, g ram.Group, force bool, diags *diag.Diagnostics) {
	f := groupOperation("delete", "The group exists, unless the outcome is unknown.")
	if force {
		f.State = "The group exists. Some of its members and policies may be removed. Run again to continue: each step can be repeated."
	}
	var conflict error
	var left []string
	deleted, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		if force {
			if err := r.empty(ctx, g.Name); err != nil {
				return false, err
			}
		}
		err := r.Client.DeleteGroup(ctx, g.Name)
		switch {
		case err == nil || ram.NotFound(err, "Group"):
			return true, nil
		case !ram.Conflict(err):
			return false, err
		}
		conflict = err
		if !force {
			left = r.dependants(ctx, g.Name)
		}
		return len(left) > 0, nil
	})
	switch {
	case diagnostics.Report(diags, f, err):
		return
	case len(left) > 0 || !deleted:
		reportGroupInUse(g, left, conflict, diags)
		return
	}
	gone, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		live, err := r.Client.RefreshGroup(ctx, g.Name)
		if ram.NotFound(err, "Group") {
			return true, nil
		}
		return err == nil && live.ID != g.ID, err
	})
	diagnostics.ReportDelete("group", gone, err, diags)
}

// empty removes all members and policies of a group. It reads them first, so it can be repeated.
func (r *groupResource) empty(ctx context.Context, name string) error {
	members, err := r.Client.RefreshGroupMembers(ctx, name)
	if err != nil {
		return ram.IgnoreNotFound(err, "Group")
	}
	for _, member := range members {
		if err := ram.IgnoreNotFound(r.Client.RemoveUserFromGroup(ctx, member.UserName, name), "User.Group", "User", "Group"); err != nil {
			return err
		}
	}
	group := ram.Principal{Kind: ram.GroupPrincipal, Name: name}
	policies, err := r.Client.RefreshAttachedPolicies(ctx, group)
	if err != nil {
		return ram.IgnoreNotFound(err, "Group")
	}
	for _, policy := range policies {
		if err := ram.IgnoreNotFound(r.Client.DetachPolicy(ctx, group, policy, ""), "Group.Policy", "Policy", "Group"); err != nil {
			return err
		}
	}
	return nil
}

// dependants describes the members and policies of a group, as far as they can be read.
func (r *groupResource) dependants(ctx context.Context, name string) (lines []string) {
	if members, err := r.Client.RefreshGroupMembers(ctx, name); err == nil {
		for _, member := range members {
			lines = append(lines, fmt.Sprintf("the user %q", member.UserName))
		}
	}
	if policies, err := r.Client.RefreshAttachedPolicies(ctx, ram.Principal{Kind: ram.GroupPrincipal, Name: name}); err == nil {
		for _, policy := range policies {
			lines = append(lines, fmt.Sprintf("the policy %q (%s)", policy.Name, policy.Type))
		}
	}
	return lines
}

// reportGroupInUse names the members and policies that prevent a delete.
func reportGroupInUse(g ram.Group, lines []string, conflict error, diags *diag.Diagnostics) {
	list := "If none is listed in the console, a policy may be attached in a resource group. "
	if len(lines) > 0 {
		list = "It has:\n\n  - " + strings.Join(lines, "\n  - ") + "\n\n"
	}
	diags.AddError("Cannot delete the group", fmt.Sprintf("The group %q has members or policies, so it was not deleted. %s"+
		"Remove them from the group first. To let Terraform remove all of them, also those that it does not manage, set force_destroy = true, apply, and destroy again.\n\n%s",
		g.Name, list, diagnostics.Explain(conflict)))
}
