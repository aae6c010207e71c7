// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

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
	"github.com/ram-security/terraform-provider-ram/internal/exclusive"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// ruleModel is the model of a rule about the members of a principal: the users of a group, or the
// policies of a user, group or role.
type ruleModel[M any] interface {
	*M
	fields() ruleFields
	principal() ram.Principal // its name is empty while it is unknown
	identity() any
}

// ruleFields are the attributes that both rules have, whatever their names are.
type ruleFields struct {
	account, id, name           *types.String // id and name are those of the principal
	enforce                     *types.String
	allowed, undeclared         *types.Set
	timeouts                    timeouts.Value
	allowedPath, undeclaredPath string
}

func (f ruleFields) declaration() exclusive.Declaration {
	return exclusive.Declaration{Enforce: *f.enforce, Allowed: *f.allowed, Undeclared: *f.undeclared}
}

// ruleMember is a member of a principal. The id is that of a user.
type ruleMember struct{ name, id string }

// ruleKind describes one kind of rule.
type ruleKind interface {
	members(ctx context.Context, p ram.Principal, refresh bool) ([]ruleMember, error)
	// same reports whether two names are those of one member.
	same(name, other string) bool
	remove(ctx context.Context, p ram.Principal, member string) error
	// own returns which members are access of the provider itself.
	own(ctx context.Context, p ram.Principal, id string) (func(ruleMember) bool, error)
	// warnOfLoss warns of what the removal of members takes away.
	warnOfLoss(ctx context.Context, account string, p ram.Principal, members []string, diags *diag.Diagnostics)
}

// ruleWords are the words of a kind in messages.
type ruleWords struct {
	noun    string // exclusive group members
	member  string // user
	members string // users
	removed string // removed
	command string // the value of enforce
}

// exclusiveRule is the life cycle of a rule. It creates nothing in the account.
type exclusiveRule[M any, P ruleModel[M]] struct {
	instance.Resource

	kind  ruleKind
	words ruleWords
}

func (r *exclusiveRule[M, P]) operation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the " + r.words.noun, State: state}
}

// enforceAttribute is how a rule treats members that are not declared.
func enforceAttribute(command, docs string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(exclusive.Report),
		Validators:          []validator.String{stringvalidator.OneOf(exclusive.Report, command)},
		MarkdownDescription: docs,
	}
}

// undeclared returns the names of the members that are not declared. Access of the provider itself is
// reported, and otherwise left out.
func (r *exclusiveRule[M, P]) undeclared(ctx context.Context, m P, members []ruleMember) (rest []string, err error) {
	declaration := m.fields().declaration()
	own := func(ruleMember) bool { return false }
	members = slices.DeleteFunc(members, func(member ruleMember) bool { return declaration.Allows(member.name) })
	if len(members) > 0 && !declaration.Reports() {
		own, err = r.kind.own(ctx, m.principal(), m.fields().id.ValueString())
	}
	if err != nil {
		return nil, err
	}
	for _, member := range members {
		if !own(member) {
			rest = append(rest, member.name)
		}
	}
	slices.Sort(rest)
	return rest, nil
}

// read reads the members of the principal, each by the name that the declaration has for it.
func (r *exclusiveRule[M, P]) read(ctx context.Context, m P, refresh bool) ([]ruleMember, error) {
	members, err := r.kind.members(ctx, m.principal(), refresh)
	declared := m.fields().declaration().Declared()
	for i, member := range members {
		if at := slices.IndexFunc(declared, func(name string) bool { return r.kind.same(name, member.name) }); at >= 0 {
			members[i].name = declared[at]
		}
	}
	return members, err
}

// list reads the members of the principal. A list that may be incomplete is read again.
func (r *exclusiveRule[M, P]) list(ctx context.Context, m P, known exclusive.Declaration, refresh bool) (members []ruleMember, err error) {
	members, err = r.read(ctx, m, refresh)
	names := make([]string, 0, len(members))
	for _, member := range members {
		names = append(names, member.name)
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
func (r *exclusiveRule[M, P]) show(ctx context.Context, m P, members []ruleMember) error {
	if m.fields().allowed.IsNull() { // after an import
		*m.fields().undeclared = types.SetNull(types.StringType)
		return nil
	}
	rest, err := r.undeclared(ctx, m, members)
	*m.fields().undeclared = m.fields().declaration().Set(rest)
	return err
}

// importPrincipal imports a rule about a principal, with enforce = "report".
func (r *exclusiveRule[M, P]) importPrincipal(ctx context.Context, m P, resp *resource.ImportStateResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	f := r.operation("import", "Nothing was imported.")
	account, ok := instance.CheckNamedAccount(ctx, r.Instance, f, *m.fields().account, &resp.Diagnostics)
	if !ok {
		return
	}
	id, ok := preparePrincipal(ctx, r.Instance, f, account, m.principal(), &resp.Diagnostics)
	if !ok {
		return
	}
	*m.fields().account, *m.fields().id = types.StringValue(account), types.StringValue(id)
	*m.fields().enforce = types.StringValue(exclusive.Report)
	*m.fields().allowed, *m.fields().undeclared = types.SetNull(types.StringType), types.SetNull(types.StringType)
	tf.Save(ctx, m.identity(), *m, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *exclusiveRule[M, P]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	model := tf.Get[M](ctx, req.Plan, &resp.Diagnostics)
	plan := P(&model)
	ctx, cancel := tf.WithTimeout(ctx, plan.fields().timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.operation("create", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, plan.fields().account.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	id, ok := preparePrincipal(ctx, r.Instance, f, account, plan.principal(), &resp.Diagnostics)
	if !ok {
		return
	}
	*plan.fields().account, *plan.fields().id = types.StringValue(account), types.StringValue(id)
	members, err := r.list(ctx, plan, plan.fields().declaration(), false)
	if err == nil {
		err = r.show(ctx, plan, members)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, plan.identity(), model, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *exclusiveRule[M, P]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	model := tf.Get[M](ctx, req.State, &resp.Diagnostics)
	state := P(&model)
	ctx, cancel := tf.WithTimeout(ctx, state.fields().timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.operation("read", "The state is as it was.")
	account, ok := r.CheckAccount(ctx, f, state.fields().account.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	*state.fields().account = types.StringValue(account)
	members, found, err := r.find(ctx, state, false)
	if err == nil && !found {
		var gone bool
		gone, err = r.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			members, found, err = r.find(ctx, state, true)
			return found, err
		})
		if err == nil && gone {
			r.RemoveFromState(ctx, state.identity(), resp, fmt.Sprintf("The %s of the %s are gone", r.words.noun, objectName(state.principal())), fmt.Sprintf(
				"Account %s does not have %s any more, so its %s are no longer checked.", account, describePrincipal(state.principal()), r.words.members))
			return
		}
	}
	if err == nil {
		err = r.show(ctx, state, members)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, state.identity(), model, &resp.State, resp.Identity, &resp.Diagnostics)
}

// find reads the members of the principal, and follows it to another name. A principal with the name and
// another id is another one.
func (r *exclusiveRule[M, P]) find(ctx context.Context, m P, refresh bool) (members []ruleMember, found bool, err error) {
	p, fields := m.principal(), m.fields()
	id, err := principalID(ctx, r.Client, p)
	if err != nil && !ram.NotFound(err, string(p.Kind)) {
		return nil, false, err
	}
	if err != nil || id != fields.id.ValueString() {
		name, exists, err := principalName(ctx, r.Client, p.Kind, fields.id.ValueString())
		if err != nil || !exists {
			return nil, false, err
		}
		*fields.name = types.StringValue(name)
	}
	members, err = r.list(ctx, m, fields.declaration(), refresh)
	return members, err == nil, ram.IgnoreNotFound(err, string(p.Kind))
}

// Update removes the members that the plan showed, and no other ones.
func (r *exclusiveRule[M, P]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	before := tf.Get[M](ctx, req.State, &resp.Diagnostics)
	model := tf.Get[M](ctx, req.Plan, &resp.Diagnostics)
	state, plan := P(&before), P(&model)
	ctx, cancel := tf.WithTimeout(ctx, plan.fields().timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := r.operation("update", "Nothing was changed.")
	account, ok := r.CheckAccount(ctx, f, state.fields().account.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	id, ok := preparePrincipal(ctx, r.Instance, f, account, plan.principal(), &resp.Diagnostics)
	if !ok {
		return
	}
	if want := state.fields().id.ValueString(); want != id {
		resp.Diagnostics.AddError("Cannot "+f.Name, fmt.Sprintf("%s has the id %s, but the declaration is about the one with the id %s. %s\n\nTo declare the %s of the other one, plan with -replace.",
			diagnostics.Capitalize(describePrincipal(plan.principal())), id, want, f.State, r.words.members))
		return
	}
	*plan.fields().account, *plan.fields().id = types.StringValue(account), types.StringValue(id)
	members, err := r.list(ctx, plan, exclusive.Declaration{Allowed: *plan.fields().allowed, Undeclared: *state.fields().undeclared}, true)
	switch {
	case err != nil:
	case plan.fields().undeclared.IsUnknown():
		err = r.show(ctx, plan, members)
	case !plan.fields().declaration().Reports():
		f.State = ""
		err = r.enforce(ctx, state, plan, members, &resp.Diagnostics)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, plan.identity(), model, &resp.State, resp.Identity, &resp.Diagnostics)
}

// enforce removes the members that the plan showed and that are still there and not declared. Each step can
// be repeated.
func (r *exclusiveRule[M, P]) enforce(ctx context.Context, state, plan P, members []ruleMember, diags *diag.Diagnostics) error {
	rest, err := r.undeclared(ctx, plan, members)
	if err != nil {
		return diagnostics.WithState("Nothing was changed.", err)
	}
	p, done := plan.principal(), ""
	for _, member := range rest {
		if !state.fields().declaration().Shows(member) {
			continue
		}
		removed, err := exclusive.Remove(ctx, r.Instance, objectName(p), member, func() error { return r.removeMember(ctx, p, member) })
		if err != nil {
			return diagnostics.WithState(fmt.Sprintf("%sThe %s %s may be %s. The next plan shows what is left.", done, r.words.member, member, r.words.removed), err)
		}
		if !removed {
			diags.AddAttributeWarning(path.Root(plan.fields().allowedPath), fmt.Sprintf("The %s %s is not %s", r.words.member, member, r.words.removed), fmt.Sprintf(
				"Another resource of this run gives it to %s, and %s does not declare it. It was not %s.\n\nAdd it to %s, or remove the other resource.", describePrincipal(p), plan.fields().allowedPath, r.words.removed, plan.fields().allowedPath))
			continue
		}
		done += fmt.Sprintf("The %s %s is %s. ", r.words.member, member, r.words.removed)
	}
	return nil
}

// removeMember removes one member and waits until the service no longer lists it.
func (r *exclusiveRule[M, P]) removeMember(ctx context.Context, p ram.Principal, member string) error {
	if err := r.kind.remove(ctx, p, member); err != nil {
		return err
	}
	gone, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		members, err := r.kind.members(ctx, p, true)
		if ram.NotFound(err, string(p.Kind)) {
			return true, nil
		}
		return err == nil && !slices.ContainsFunc(members, func(other ruleMember) bool { return other.name == member }), err
	})
	if err == nil && !gone {
		err = fmt.Errorf("the service accepted the request, but still lists the %s after %s", r.words.member, instance.ConfirmLimit)
	}
	return err
}

// Delete changes nothing in the account.
func (r *exclusiveRule[M, P]) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}
