// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package exclusive

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Model is the model of a rule about the members of a principal: the users of a group, or the
// policies of a user, group or role.
type Model[M any] interface {
	*M
	RuleFields() Fields
	Principal() ram.Principal // its name is empty while it is unknown
	Identity() any
}

// Fields are the attributes that all rules have, whatever their names are.
type Fields struct {
	Account, ID, Name           *types.String // ID and Name are those of the principal
	Enforce                     *types.String
	Allowed, Undeclared         *types.Set
	Timeouts                    timeouts.Value
	AllowedPath, UndeclaredPath string
}

func (f Fields) declaration() Declaration {
	return Declaration{Enforce: *f.Enforce, Allowed: *f.Allowed, Undeclared: *f.Undeclared}
}

// Member is a member of a principal. The ID is that of a user.
type Member struct{ Name, ID string }

// Kind describes one kind of rule.
type Kind interface {
	Members(ctx context.Context, p ram.Principal, refresh bool) ([]Member, error)
	// Same reports whether two names are those of one member.
	Same(name, other string) bool
	Remove(ctx context.Context, p ram.Principal, member string) error
	// Own returns which members are access of the provider itself.
	Own(ctx context.Context, p ram.Principal, id string) (func(Member) bool, error)
	// WarnOfLoss warns of what the removal of members takes away.
	WarnOfLoss(ctx context.Context, account string, p ram.Principal, members []string, diags *diag.Diagnostics)
}

// Words are the words of a kind in messages.
type Words struct {
	Noun    string // exclusive group members
	Member  string // user
	Members string // users
	Removed string // removed
	Command string // the value of enforce
}

// Rule is the life cycle of a rule. It creates nothing in the account.
type Rule[M any, P Model[M]] struct {
	instance.Resource

	Kind  Kind
	Words Words
}

func (r *Rule[M, P]) operation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the " + r.Words.Noun, State: state}
}

// EnforceAttribute is how a rule treats members that are not declared.
func EnforceAttribute(command, docs string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(Report),
		Validators:          []validator.String{stringvalidator.OneOf(Report, command)},
		MarkdownDescription: docs,
	}
}

// undeclared returns the names of the members that are not declared. Access of the provider itself is
// reported, and otherwise left out.
func (r *Rule[M, P]) undeclared(ctx context.Context, m P, members []Member) (rest []string, err error) {
	declaration := m.RuleFields().declaration()
	own := func(Member) bool { return false }
	members = slices.DeleteFunc(members, func(member Member) bool { return declaration.Allows(member.Name) })
	if len(members) > 0 && !declaration.Reports() {
		own, err = r.Kind.Own(ctx, m.Principal(), m.RuleFields().ID.ValueString())
	}
	if err != nil {
		return nil, err
	}
	for _, member := range members {
		if !own(member) {
			rest = append(rest, member.Name)
		}
	}
	slices.Sort(rest)
	return rest, nil
}

// read reads the members of the principal, each by the name that the declaration has for it.
func (r *Rule[M, P]) read(ctx context.Context, m P, refresh bool) ([]Member, error) {
	members, err := r.Kind.Members(ctx, m.Principal(), refresh)
	declared := m.RuleFields().declaration().Declared()
	for i, member := range members {
		if at := slices.IndexFunc(declared, func(name string) bool { return r.Kind.Same(name, member.Name) }); at >= 0 {
			members[i].Name = declared[at]
		}
	}
	return members, err
}

// list reads the members of the principal. A list that may be incomplete is read again.
func (r *Rule[M, P]) list(ctx context.Context, m P, known Declaration, refresh bool) (members []Member, err error) {
	members, err = r.read(ctx, m, refresh)
	names := make([]string, 0, len(members))
	for _, member := range members {
		names = append(names, member.Name)
	}
	if err != nil || known.Complete(names) {
		return members, err
	}
	_, err = r.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
		members, err = r.read(ctx, m, true)
		return err == nil, err
	})
	return members, err
}

// show saves which members are not declared.
func (r *Rule[M, P]) show(ctx context.Context, m P, members []Member) error {
	if m.RuleFields().Allowed.IsNull() { // after an import
		*m.RuleFields().Undeclared = types.SetNull(types.StringType)
		return nil
	}
	rest, err := r.undeclared(ctx, m, members)
	*m.RuleFields().Undeclared = m.RuleFields().declaration().Set(rest)
	return err
}

// ImportPrincipal imports a rule about a principal, with enforce = "report".
func (r *Rule[M, P]) ImportPrincipal(ctx context.Context, m P, resp *resource.ImportStateResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	f := r.operation("import", "Nothing was imported.")
	account, ok := instance.CheckNamedAccount(ctx, r.Instance, f, *m.RuleFields().Account, &resp.Diagnostics)
	if !ok {
		return
	}
	id, ok := r.CheckPrincipal(ctx, f, account, m.Principal(), &resp.Diagnostics)
	if !ok {
		return
	}
	*m.RuleFields().Account, *m.RuleFields().ID = types.StringValue(account), types.StringValue(id)
	*m.RuleFields().Enforce = types.StringValue(Report)
	*m.RuleFields().Allowed, *m.RuleFields().Undeclared = types.SetNull(types.StringType), types.SetNull(types.StringType)
	tf.Save(ctx, m.Identity(), *m, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *Rule[M, P]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	model := tf.Get[M](ctx, req.Plan, &resp.Diagnostics)
	plan := P(&model)
	ctx, cancel := tf.WithTimeout(ctx, plan.RuleFields().Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.operation("create", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, plan.RuleFields().Account.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	id, ok := r.CheckPrincipal(ctx, f, account, plan.Principal(), &resp.Diagnostics)
	if !ok {
		return
	}
	*plan.RuleFields().Account, *plan.RuleFields().ID = types.StringValue(account), types.StringValue(id)
	members, err := r.list(ctx, plan, plan.RuleFields().declaration(), false)
	if err == nil {
		err = r.show(ctx, plan, members)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, plan.Identity(), model, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *Rule[M, P]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	model := tf.Get[M](ctx, req.State, &resp.Diagnostics)
	state := P(&model)
	ctx, cancel := tf.WithTimeout(ctx, state.RuleFields().Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.operation("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.RuleFields().Account.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	*state.RuleFields().Account = types.StringValue(account)
	members, found, err := r.find(ctx, state, false)
	if err == nil && !found {
		var gone bool
		gone, err = r.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			members, found, err = r.find(ctx, state, true)
			return found, err
		})
		if err == nil && gone {
			r.RemoveFromState(ctx, state.Identity(), resp, fmt.Sprintf("The %s of the %s no longer exist", r.Words.Noun, state.Principal().Object()), fmt.Sprintf(
				"Account %s no longer has %s, so its %s are no longer checked.", account, state.Principal().String(), r.Words.Members))
			return
		}
	}
	if err == nil {
		err = r.show(ctx, state, members)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, state.Identity(), model, &resp.State, resp.Identity, &resp.Diagnostics)
}

// find reads the members of the principal, and follows it to another name. A principal with the name and
// another id is another one.
func (r *Rule[M, P]) find(ctx context.Context, m P, refresh bool) (members []Member, found bool, err error) {
	p, fields := m.Principal(), m.RuleFields()
	id, err := r.Client.PrincipalID(ctx, p)
	if err != nil && !ram.NotFound(err, string(p.Kind)) {
		return nil, false, err
	}
	if err != nil || id != fields.ID.ValueString() {
		name, exists, err := r.Client.PrincipalName(ctx, p.Kind, fields.ID.ValueString())
		if err != nil || !exists {
			return nil, false, err
		}
		*fields.Name = types.StringValue(name)
	}
	members, err = r.list(ctx, m, fields.declaration(), refresh)
	return members, err == nil, ram.IgnoreNotFound(err, string(p.Kind))
}

// Update removes the members that the plan showed, and no other ones.
func (r *Rule[M, P]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	before := tf.Get[M](ctx, req.State, &resp.Diagnostics)
	model := tf.Get[M](ctx, req.Plan, &resp.Diagnostics)
	state, plan := P(&before), P(&model)
	ctx, cancel := tf.WithTimeout(ctx, plan.RuleFields().Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.operation("update", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, state.RuleFields().Account.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	id, ok := r.CheckPrincipal(ctx, f, account, plan.Principal(), &resp.Diagnostics)
	if !ok {
		return
	}
	if want := state.RuleFields().ID.ValueString(); want != id {
		resp.Diagnostics.AddError("Cannot "+f.Name, fmt.Sprintf("%s has the id %s, but the declaration is about the one with the id %s. %s\n\nTo declare the %s of the other one, plan with -replace.",
			diagnostics.Capitalize(plan.Principal().String()), id, want, f.State, r.Words.Members))
		return
	}
	*plan.RuleFields().Account, *plan.RuleFields().ID = types.StringValue(account), types.StringValue(id)
	members, err := r.list(ctx, plan, Declaration{Allowed: *plan.RuleFields().Allowed, Undeclared: *state.RuleFields().Undeclared}, true)
	switch {
	case err != nil:
	case plan.RuleFields().Undeclared.IsUnknown():
		err = r.show(ctx, plan, members)
	case !plan.RuleFields().declaration().Reports():
		f.State = ""
		err = r.enforce(ctx, state, plan, members, &resp.Diagnostics)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, plan.Identity(), model, &resp.State, resp.Identity, &resp.Diagnostics)
}

// enforce removes the members that the plan showed and that are still there and not declared. Each step can
// be repeated.
func (r *Rule[M, P]) enforce(ctx context.Context, state, plan P, members []Member, diags *diag.Diagnostics) error {
	rest, err := r.undeclared(ctx, plan, members)
	if err != nil {
		return diagnostics.WithState("Nothing was changed.", err)
	}
	p, done := plan.Principal(), ""
	for _, member := range rest {
		if !state.RuleFields().declaration().Shows(member) {
			continue
		}
		removed, err := Remove(ctx, r.Instance, p.Object(), member, func() error { return r.removeMember(ctx, p, member) })
		if err != nil {
			return diagnostics.WithState(fmt.Sprintf("%sThe %s %s may be %s. The next plan shows what is left.", done, r.Words.Member, member, r.Words.Removed), err)
		}
		if !removed {
			diags.AddAttributeWarning(path.Root(plan.RuleFields().AllowedPath), fmt.Sprintf("The %s %s is not %s", r.Words.Member, member, r.Words.Removed), fmt.Sprintf(
				"Another resource of this run gives it to %s, and %s does not declare it. It was not %s.\n\nAdd it to %s, or remove the other resource.", p.String(), plan.RuleFields().AllowedPath, r.Words.Removed, plan.RuleFields().AllowedPath))
			continue
		}
		done += fmt.Sprintf("The %s %s is %s. ", r.Words.Member, member, r.Words.Removed)
	}
	return nil
}

// removeMember removes one member and waits until the service no longer lists it.
func (r *Rule[M, P]) removeMember(ctx context.Context, p ram.Principal, member string) error {
	if err := r.Kind.Remove(ctx, p, member); err != nil {
		return err
	}
	gone, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		members, err := r.Kind.Members(ctx, p, true)
		if ram.NotFound(err, string(p.Kind)) {
			return true, nil
		}
		return err == nil && !slices.ContainsFunc(members, func(other Member) bool { return other.Name == member }), err
	})
	if err == nil && !gone {
		err = fmt.Errorf("the service accepted the request, but still lists the %s after %s", r.Words.Member, instance.ConfirmLimit)
	}
	return err
}

// Delete changes nothing in the account.
func (r *Rule[M, P]) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}
