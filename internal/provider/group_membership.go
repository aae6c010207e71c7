// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/exclusive"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*membershipResource)(nil)
	_ resource.ResourceWithIdentity    = (*membershipResource)(nil)
	_ resource.ResourceWithImportState = (*membershipResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*membershipResource)(nil)
	_ list.ListResourceWithConfigure   = (*membershipResource)(nil)
)

func newMembership() *membershipResource { return &membershipResource{} }

// membershipResource is one user in one group.
type membershipResource struct{ instance.Resource }

type membershipModel struct {
	owner.Object

	GroupName types.String `tfsdk:"group_name"`
	GroupID   types.String `tfsdk:"group_id"`
	AllowSelf types.Bool   `tfsdk:"allow_self"`
}

type membershipIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
	UserName  types.String `tfsdk:"user_name"`
	GroupName types.String `tfsdk:"group_name"`
}

func (m *membershipModel) identity() any {
	return membershipIdentity{m.AccountID, m.UserName, m.GroupName}
}

// memberIn finds the user of the membership among the members of a group: by the id, or by the name
// while the id is unknown.
func (m *membershipModel) memberIn(members []ram.GroupMember) (ram.GroupMember, bool) {
	at := slices.IndexFunc(members, func(member ram.GroupMember) bool {
		if id := m.UserID.ValueString(); id != "" {
			return member.UserID == id
		}
		return member.UserName == m.UserName.ValueString()
	})
	if at < 0 {
		return ram.GroupMember{}, false
	}
	return members[at], true
}

func (r *membershipResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_group_membership"
	resp.ResourceBehavior.MutableIdentity = true // users and groups may be renamed
}

func (r *membershipResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "One RAM user in one group. Each membership is a resource of its own, so users are added to and removed from a group independently of each other, also together with " +
			"the user itself. Other members of the group are not changed.\n\n" +
			"A plan warns of a group whose policies make an administrator of the user or allow it to change RAM, and of a destroy that leaves the account without an administrator.\n\n" +
			"If the user is already a member, the membership is adopted, with a warning. Destroying the resource removes the user from the group.",
		Attributes: owner.Attributes(ctx, map[string]schema.Attribute{
			"group_name": schema.StringAttribute{
				Required: true, Validators: groupNameValidators(),
				MarkdownDescription: "The name of the group. If the group is renamed, the membership is updated in place. It is replaced only if the new name belongs to another group.",
			},
			"group_id":   schema.StringAttribute{Computed: true, PlanModifiers: tf.StableID(), MarkdownDescription: "The id of the group, which stays the same when the group is renamed."},
			"allow_self": allowSelfAttribute("Whether Terraform may remove the user that it runs as from the group, and with it the permissions that it has through the group."),
		}),
	}
}

func (r *membershipResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(map[string]identityschema.Attribute{
		"group_name": identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the group."},
	})
}

func membershipOperation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the group membership", State: state}
}

func (r *membershipResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	user, group, _ := strings.Cut(req.ID, ":")
	identity := membershipIdentity{UserName: types.StringValue(user), GroupName: types.StringValue(group)}
	if req.ID == "" {
		identity = tf.Get[membershipIdentity](ctx, req.Identity, &resp.Diagnostics)
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	const nothing = "Nothing was imported."
	if !owner.UserNamePattern.MatchString(identity.UserName.ValueString()) || !groupNamePattern.MatchString(identity.GroupName.ValueString()) {
		resp.Diagnostics.AddError("Cannot import the group membership", fmt.Sprintf(
			"%q is not <user_name>:<group_name>. %s\n\nImport by the names of the user and the group, such as alice:developers.", req.ID, nothing))
		return
	}
	m := membershipModel{
		Object:    owner.Object{AccountID: identity.AccountID, UserName: identity.UserName, Timeouts: owner.NoTimeouts},
		GroupName: identity.GroupName, AllowSelf: types.BoolValue(false),
	}
	f := membershipOperation("import", nothing)
	if !owner.PrepareCreate(ctx, r.Instance, f, &m.Object, &resp.Diagnostics) || !r.prepareGroup(ctx, f, &m, &resp.Diagnostics) {
		return
	}
	members, err := r.Client.GroupMembers(ctx, m.GroupName.ValueString())
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if _, found := m.memberIn(members); !found {
		resp.Diagnostics.AddError("Cannot import the group membership", fmt.Sprintf(
			"The user %q is not a member of the group %q in account %s. %s", m.UserName.ValueString(), m.GroupName.ValueString(), m.AccountID.ValueString(), nothing))
		return
	}
	tf.Save(ctx, m.identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
}

// prepareGroup finds the id of the group.
func (r *membershipResource) prepareGroup(ctx context.Context, f diagnostics.Operation, m *membershipModel, diags *diag.Diagnostics) bool {
	group, err := r.Client.Group(ctx, m.GroupName.ValueString())
	if ram.NotFound(err, "Group") {
		diags.AddAttributeError(path.Root("group_name"), "Cannot "+f.Name, fmt.Sprintf(
			"Account %s has no group %q. %s\n\nCreate the group first, for example with ram_group, and refer to its name, so that Terraform knows the order.\n\n%s",
			m.AccountID.ValueString(), m.GroupName.ValueString(), f.State, diagnostics.Explain(err)))
		return false
	}
	if diagnostics.Report(diags, f, err) {
		return false
	}
	m.GroupID = types.StringValue(group.ID)
	return true
}

func (r *membershipResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the checks of a removal are made before the write
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	adds, removes := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	var state, plan membershipModel
	if !adds {
		state = tf.Get[membershipModel](ctx, req.State, &resp.Diagnostics)
	}
	if !removes {
		plan = tf.Get[membershipModel](ctx, req.Plan, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !adds && !removes {
		owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
		planGroupName(ctx, r.Instance, state.GroupName, state.GroupID, plan.GroupName, resp)
		adds = len(resp.RequiresReplace) > 0
		removes = adds
	}
	if adds {
		r.warnOfRights(ctx, plan, &resp.Diagnostics)
	}
	if !removes {
		return
	}
	f := membershipOperation("delete", "Nothing was changed.")
	if account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); ok && r.notOwn(ctx, f, state, &resp.Diagnostics) {
		warnOfLastAdministrator(ctx, r.Instance, account, administrator{group: state.GroupName.ValueString(), user: state.UserName.ValueString()}, &resp.Diagnostics)
	}
}

// warnOfRights warns of policies of the group that make an administrator of the user or allow it to change
// RAM. A group that does not exist yet, or whose policies cannot be read, is not evaluated.
func (r *membershipResource) warnOfRights(ctx context.Context, plan membershipModel, diags *diag.Diagnostics) {
	if plan.GroupName.IsUnknown() {
		return
	}
	policies, err := r.Client.AttachedPolicies(ctx, ram.Principal{Kind: ram.GroupPrincipal, Name: plan.GroupName.ValueString()})
	if ram.NotFound(err, "Group") {
		return
	}
	if err != nil {
		warnNotEvaluated(fmt.Sprintf("The policies of the group %s were not checked", plan.GroupName.ValueString()), err, diags)
		return
	}
	if slices.Contains(policies, administratorAccess) {
		plannedAccessOf(r.Instance).gain(administrator{group: plan.GroupName.ValueString(), user: plan.UserName.ValueString()})
	}
	user := "a user that is not known yet"
	if !plan.UserName.IsUnknown() {
		user = fmt.Sprintf("the user %q", plan.UserName.ValueString())
	}
	warnOfNewRights(ctx, r.Instance, "group_name", policies, fmt.Sprintf("%s through the group %q", user, plan.GroupName.ValueString()), diags)
}

// notOwn refuses to remove the user that Terraform runs as, unless that is allowed (LOCK-05).
func (r *membershipResource) notOwn(ctx context.Context, f diagnostics.Operation, m membershipModel, diags *diag.Diagnostics) bool {
	if m.AllowSelf.ValueBool() {
		return true
	}
	own, err := owner.IsOwnUser(ctx, r.Instance, m.UserID.ValueString())
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if !own {
		return true
	}
	diags.AddAttributeError(path.Root("allow_self"), "Cannot "+f.Name, fmt.Sprintf(
		"Terraform runs as the user %q, and would lose the permissions that it has through the group %q. %s\n\n"+
			"Run with the credentials of another user. To remove the user nevertheless, set allow_self = true, and apply it first.", m.UserName.ValueString(), m.GroupName.ValueString(), f.State))
	return false
}

func (r *membershipResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[membershipModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := membershipOperation("create", "Nothing was changed.")
	if !owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) || !r.prepareGroup(ctx, f, &plan, &resp.Diagnostics) {
		return
	}
	user, group := plan.UserName.ValueString(), plan.GroupName.ValueString()
	err := exclusive.Add(ctx, r.Instance, ram.Principal{Kind: ram.GroupPrincipal, Name: group}.Object(), user)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	members, err := r.Client.RefreshGroupMembers(ctx, group)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if _, found := plan.memberIn(members); found {
		resp.Diagnostics.AddWarning(fmt.Sprintf("User %s is already a member of the group %s", user, group),
			"The membership was adopted, and nothing was changed. Terraform manages it now: a destroy removes the user from the group.")
	} else if diagnostics.Report(&resp.Diagnostics, f, r.add(ctx, plan)) {
		return
	}
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	r.confirm(ctx, plan, &resp.Diagnostics)
}

// add adds the user to the group. After an error a read shows whether the user is a member.
func (r *membershipResource) add(ctx context.Context, m membershipModel) error {
	err := r.Client.AddUserToGroup(ctx, m.UserName.ValueString(), m.GroupName.ValueString())
	if err == nil || ram.Exists(err) {
		return nil
	}
	if !ram.OutcomeUnknown(err) {
		return err
	}
	if members, readErr := r.Client.RefreshGroupMembers(ctx, m.GroupName.ValueString()); readErr == nil {
		if _, found := m.memberIn(members); found {
			return nil
		}
	}
	return diagnostics.WithState("It is unknown whether the user is a member of the group. Run again: a membership that exists is adopted.", err)
}

// confirm waits until the service lists the member.
func (r *membershipResource) confirm(ctx context.Context, m membershipModel, diags *diag.Diagnostics) {
	found, err := r.waitForMember(ctx, m, true)
	const summary = "Cannot confirm the group membership"
	switch {
	case err != nil:
		diags.AddWarning(summary, "The service accepted the request, but reading the members of the group failed. The next refresh reads them.\n\n"+diagnostics.Explain(err))
	case !found:
		diags.AddWarning(summary, fmt.Sprintf("The service accepted the request, but does not list %q as a member of %q yet. The next refresh reads the members.", m.UserName.ValueString(), m.GroupName.ValueString()))
	}
}

// waitForMember waits until the service lists the member, or no longer lists it.
func (r *membershipResource) waitForMember(ctx context.Context, m membershipModel, listed bool) (bool, error) {
	return r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		members, err := r.Client.RefreshGroupMembers(ctx, m.GroupName.ValueString())
		if ram.NotFound(err, "Group") {
			return !listed, nil
		}
		_, found := m.memberIn(members)
		return err == nil && found == listed, err
	})
}

func (r *membershipResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[membershipModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := membershipOperation("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	found, err := r.FindTwice(ctx, r.finder(&state, r.Client.GroupMembers), r.finder(&state, r.Client.RefreshGroupMembers))
	if err == nil && !found {
		r.RemoveFromState(ctx, state.identity(), resp, "The group membership no longer exists", fmt.Sprintf(
			"The user %q is no longer a member of the group %q in account %s. The next apply adds the user again.", state.UserName.ValueString(), state.GroupName.ValueString(), account))
		return
	}
	if err == nil && state.GroupID.IsNull() { // moved here
		var group ram.Group
		group, err = r.Client.Group(ctx, state.GroupName.ValueString())
		state.GroupID = types.StringValue(group.ID)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// finder is find with one way to read the members.
func (r *membershipResource) finder(m *membershipModel, read func(context.Context, string) ([]ram.GroupMember, error)) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) { return r.find(ctx, m, read) }
}

// find reports whether the user is a member of the group, and follows both to other names. Only if
// the user is missing in the group of that name, the group is found by its id.
func (r *membershipResource) find(ctx context.Context, m *membershipModel, read func(context.Context, string) ([]ram.GroupMember, error)) (bool, error) {
	found, err := r.findMember(ctx, m, read)
	if found || err != nil || m.GroupID.ValueString() == "" {
		return found, err
	}
	group, exists, err := r.Client.GroupByID(ctx, m.GroupID.ValueString())
	if err != nil || !exists || group.Name == m.GroupName.ValueString() {
		return false, err
	}
	m.GroupName = types.StringValue(group.Name)
	return r.findMember(ctx, m, read)
}

func (r *membershipResource) findMember(ctx context.Context, m *membershipModel, read func(context.Context, string) ([]ram.GroupMember, error)) (bool, error) {
	members, err := read(ctx, m.GroupName.ValueString())
	if err != nil {
		return false, ram.IgnoreNotFound(err, "Group")
	}
	member, found := m.memberIn(members)
	if found {
		m.UserName, m.UserID = types.StringValue(member.UserName), types.StringValue(member.UserID)
	}
	return found, nil
}

// Update changes nothing in the account: users and groups keep a membership when they are renamed.
func (r *membershipResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := tf.Get[membershipModel](ctx, req.Plan, &resp.Diagnostics)
	state := tf.Get[membershipModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := membershipOperation("update", "Nothing was changed.")
	plan.UserID = state.UserID
	if !owner.PrepareUpdate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) || !r.prepareGroup(ctx, f, &plan, &resp.Diagnostics) {
		return
	}
	if id := state.GroupID.ValueString(); id != "" && id != plan.GroupID.ValueString() {
		resp.Diagnostics.AddAttributeError(path.Root("group_name"), "Cannot update the group membership", fmt.Sprintf(
			"The name %q belongs to the group with the id %s, but the membership is one of the group with the id %s. %s\n\nTo add the user to the other group, plan with -replace.",
			plan.GroupName.ValueString(), plan.GroupID.ValueString(), id, f.State))
		return
	}
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *membershipResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[membershipModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := membershipOperation("delete", "Nothing was changed.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	find := r.finder(&state, r.Client.RefreshGroupMembers)
	if !r.ExistsForDelete(ctx, f, find, &resp.Diagnostics) {
		return
	}
	if !r.notOwn(ctx, f, state, &resp.Diagnostics) {
		return
	}
	f.State = "The user is still a member of the group, unless the outcome is unknown. Run again: the request can be repeated."
	err := ram.IgnoreNotFound(r.Client.RemoveUserFromGroup(ctx, state.UserName.ValueString(), state.GroupName.ValueString()), "User.Group", "Group", "User")
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	gone, err := r.waitForMember(ctx, state, false)
	diagnostics.ReportDelete("group membership", gone, err, &resp.Diagnostics)
}
