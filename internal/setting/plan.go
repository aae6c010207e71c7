// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/claim"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Change is a planned or written change of a setting. In Before and After, nil is an
// unknown value, or one that the service did not return.
type Change[S any] struct {
	Before, After S
	MustAllow     []string // networks that must keep access
	Accepted      bool     // allow_lock_out is true

	managed []string // attributes that the configuration sets
	plan    tf.Values
	in      *instance.Instance
	used    *bool // whether other objects were read
}

// Instance returns the provider instance.
func (c Change[S]) Instance() *instance.Instance { return c.in }

// Used records that a risk read other objects. The setting may be out of date then.
func (c Change[S]) Used() { *c.used = true }

// Argument returns an argument that is not sent to the service; nil if the setting does not have it.
func (c Change[S]) Argument(name string) attr.Value { return c.plan[name] }

// Manages reports whether the configuration sets an attribute.
func (c Change[S]) Manages(name string) bool { return slices.Contains(c.managed, name) }

// Risk is an effect of a change on the users of an account. A refused risk is an error
// unless allow_lock_out is true.
type Risk struct {
	Attribute, Summary, Detail string
	Rank                       diagnostics.Rank
	Refuse                     bool
	Never                      bool // refused also with allow_lock_out, because the service refuses it
}

func (s *Setting[S]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if s.Instance == nil {
		return // the provider is not configured yet
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	p := Plan[S]{
		Setting:  s,
		State:    s.Values(ctx, req.State, &resp.Diagnostics),
		Config:   s.Values(ctx, req.Config, &resp.Diagnostics),
		Plan:     s.Values(ctx, req.Plan, &resp.Diagnostics),
		Adoption: ReadAdoption(ctx, req.Private, &resp.Diagnostics),
		Diags:    &resp.Diagnostics,
	}
	switch {
	case resp.Diagnostics.HasError():
		return
	case req.Plan.Raw.IsNull():
		p.ClaimDestroy(ctx, resp.Private)
		p.destroy(ctx)
		return
	case req.State.Raw.IsNull():
		p.ClaimCreate(ctx, resp.Private)
		p.create(ctx)
	default:
		p.ClaimUpdate(ctx, resp.Private)
		p.Update(ctx)
	}
	if o := p.Plan.Object(resp.Plan.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		tf.Set(ctx, o, &resp.Plan, &resp.Diagnostics)
	}
}

// Plan is one plan of a setting.
type Plan[S any] struct {
	*Setting[S]
	State, Config, Plan tf.Values
	Adoption            *Adoption
	Diags               *diag.Diagnostics
}

// create reads the account once, and warns of what adopting the setting changes.
func (p *Plan[S]) create(ctx context.Context) {
	const state = "Nothing was changed."
	id, ok := p.CheckAccount(ctx, p.Operation("plan", state), "", p.Diags)
	if !ok {
		return
	}
	p.Plan["account_id"] = types.StringValue(id)
	live, err := p.Fetch(ctx, p.Client)
	if err == nil {
		err = p.readElsewhere(ctx, p.Config, &live)
	}
	if diagnostics.Report(p.Diags, p.Operation("plan", state), err) {
		return
	}
	p.refuseAbsent("plan", state, p.Config, &live, p.Diags)
	after := p.Effect(live)
	if changes := p.Differences(&live, &after); len(changes) > 0 {
		changes.rank(diagnostics.Other).Warn(p.Diags, "Adopting the "+p.Noun+" changes the account"+changes.weakened().names(", and makes it weaker: "), fmt.Sprintf(
			"The %[2]s of account %[1]s will change:\n\n%[3]s\n\nAttributes that the configuration does not set keep their values.",
			id, p.Noun, changes))
	}
	p.CheckRisks(ctx, live, after)
}

// Update keeps unmanaged attributes, and warns of attributes that stop being managed and
// of values that get weaker.
func (p *Plan[S]) Update(ctx context.Context) {
	touched := p.planFields()
	p.warnUnmanaged()
	if tf.String(p.Plan["on_destroy"]) == Restore && p.Adoption == nil {
		p.Diags.AddAttributeError(path.Root("on_destroy"), "Cannot plan the "+p.Noun, "on_destroy = \"restore\" needs the values from before the adoption of the setting. "+
			"There are none: this setting was imported or moved, or a run that changed it was killed. Nothing was changed.\n\nUse \"retain\" or \"reset\".")
	}
	p.warnReverted()
	p.checkAbsent(ctx)
	if !touched && p.unchanged("must_allow") && p.unchanged("must_allow_vpcs") && p.unchanged("allow_lock_out") {
		return
	}
	if _, ok := p.CheckAccount(ctx, p.Operation("plan", "Nothing was changed."), tf.String(p.State["account_id"]), p.Diags); !ok {
		return
	}
	before := p.Model(p.State)
	after := p.Effect(before)
	if weaker := p.Differences(&before, &after).weakened(); len(weaker) > 0 {
		diagnostics.LessSecure.Warn(p.Diags, "The "+p.Noun+weaker.names(" gets weaker: "), weaker.String())
	}
	p.CheckRisks(ctx, before, after)
}

// checkAbsent reads a field that another operation returns, when it becomes managed.
func (p *Plan[S]) checkAbsent(ctx context.Context) {
	becomes := tf.Values{}
	for _, f := range p.ManagedFields(p.Config) {
		if f.Elsewhere != "" && tf.IsAbsent(p.State[f.Name]) {
			becomes[f.Name] = p.Config[f.Name]
		}
	}
	var live S
	if !diagnostics.Report(p.Diags, p.Operation("plan", untouched), p.readElsewhere(ctx, becomes, &live)) {
		p.refuseAbsent("plan", untouched, becomes, &live, p.Diags)
	}
}

// unchanged reports whether the plan keeps an attribute, or the setting does not have it.
func (p *Plan[S]) unchanged(name string) bool {
	return p.Plan[name] == nil || p.Plan[name].Equal(p.State[name])
}

// planFields sets the planned value of each field, and reports whether one changes.
func (p *Plan[S]) planFields() (touched bool) {
	for _, f := range p.Fields {
		config, state := p.Config[f.Name], p.State[f.Name]
		switch {
		case config.IsUnknown():
			touched = true
		case config.IsNull() && f.NeverReturned:
			p.Plan[f.Name] = f.Null
		case config.IsNull() || !tf.IsAbsent(state) && f.Same(config, state):
			p.Plan[f.Name] = state
		default:
			p.Plan[f.Name] = config
			touched = true
		}
	}
	for _, d := range p.Derived {
		p.Plan[d.Name] = p.State[d.Name]
		if touched {
			p.Plan[d.Name] = types.StringUnknown()
		}
	}
	return touched
}

// warnReverted warns of managed attributes that have the value again that the last apply
// replaced.
func (p *Plan[S]) warnReverted() {
	if p.Adoption == nil {
		return
	}
	for _, f := range p.ManagedFields(p.Config) {
		replaced, has := p.Adoption.Replaced[f.Name]
		before, written, state := f.Parse(replaced), f.Parse(p.Adoption.Written[f.Name]), p.State[f.Name]
		if !has || tf.IsAbsent(before) || tf.IsAbsent(written) || tf.IsAbsent(state) || p.Config[f.Name].IsUnknown() ||
			!f.Same(before, state) || !f.Same(written, p.Config[f.Name]) || f.Same(before, written) {
			continue
		}
		claim.WarnReverted(f.Name, p.Object, tf.Display(before), tf.Display(written), p.Diags)
	}
}

// warnUnmanaged warns of attributes that stop being managed.
func (p *Plan[S]) warnUnmanaged() {
	if p.Adoption == nil {
		return
	}
	lines := []string{}
	for _, name := range p.Adoption.Managed {
		if v := p.Config[name]; v != nil && v.IsNull() {
			lines = append(lines, fmt.Sprintf("  - %s stays %s", name, tf.Display(p.State[name])))
		}
	}
	if len(lines) > 0 {
		p.Diags.AddWarning("Attributes of the "+p.Noun+" are no longer managed", "The configuration no longer sets:\n\n"+strings.Join(lines, "\n")+
			"\n\nThe account keeps these values. Later changes of them outside Terraform are shown and not reverted. This warning disappears with the next applied change of the resource.")
	}
}

// Model returns the attributes in the client's type.
func (s *Setting[S]) Model(v tf.Values) (model S) {
	for _, f := range s.Fields {
		if v[f.Name] != nil {
			f.Put(&model, v[f.Name])
		}
	}
	return model
}

// Effect is the setting after the plan. An unknown value is nil.
func (p *Plan[S]) Effect(model S) S {
	for _, f := range p.ManagedFields(p.Config) {
		f.Put(&model, p.Plan[f.Name])
	}
	return model
}

// WeakerMark ends the line of a value that gets weaker.
const WeakerMark = "(weaker)"

// Difference is a field that changes.
type Difference struct {
	Name, Before, After string
	Weaker              bool
}

// Differences are the fields that a change affects.
type Differences []Difference

// Differences returns the fields that change.
func (s *Setting[S]) Differences(before, after *S) (found Differences) {
	for _, f := range s.Fields {
		b, a := f.Get(before), f.Get(after)
		if tf.IsAbsent(a) || !tf.IsAbsent(b) && f.Same(b, a) {
			continue
		}
		found = append(found, Difference{f.Name, tf.Display(b), tf.Display(a), !tf.IsAbsent(b) && f.weaker(b, a)})
	}
	return found
}

// String lists the differences, one per line.
func (all Differences) String() string {
	lines := []string{}
	for _, d := range all {
		line := fmt.Sprintf("  - %s: %s → %s", d.Name, d.Before, d.After)
		if d.Weaker {
			line += " " + WeakerMark
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// weakened returns the differences that make the setting weaker.
func (all Differences) weakened() (weaker Differences) {
	for _, d := range all {
		if d.Weaker {
			weaker = append(weaker, d)
		}
	}
	return weaker
}

// names lists the fields after an introduction, or nothing. It is the part of a summary that a
// CLI shows even if it folds details away.
func (all Differences) names(introduction string) string {
	if len(all) == 0 {
		return ""
	}
	names := []string{}
	for _, d := range all {
		names = append(names, d.Name)
	}
	return introduction + strings.Join(names, ", ")
}

// rank returns the rank of a warning of the differences: weaker values precede the other cause.
func (all Differences) rank(other diagnostics.Rank) diagnostics.Rank {
	if len(all.weakened()) > 0 {
		return diagnostics.LessSecure
	}
	return other
}

// CheckRisks reports the risks of the planned change.
func (p *Plan[S]) CheckRisks(ctx context.Context, before, after S) {
	if p.Risks == nil || UnknownInside(p.Plan["allow_lock_out"]) || UnknownInside(p.Plan["must_allow"]) || UnknownInside(p.Plan["must_allow_vpcs"]) {
		return // checked again before the write
	}
	change := p.changing(p.Config, p.Plan, before, after)
	for _, d := range p.Risks(ctx, change) {
		d.Report(change.Accepted, p.Diags)
	}
}

func (s *Setting[S]) changing(config, plan tf.Values, before, after S) Change[S] {
	c := Change[S]{Before: before, After: after, MustAllow: tf.Strings(plan["must_allow"]), Accepted: s.allowed(plan), plan: plan, in: s.Instance, used: new(bool)}
	for _, f := range s.ManagedFields(config) {
		c.managed = append(c.managed, f.Name)
	}
	return c
}

// allowed reports whether the configuration accepts a lock-out.
func (s *Setting[S]) allowed(plan tf.Values) bool {
	b, ok := plan["allow_lock_out"].(types.Bool)
	return ok && b.ValueBool()
}

// UnknownInside reports whether a value or one of its elements is unknown.
func UnknownInside(v attr.Value) bool {
	if v == nil {
		return false
	}
	if set, ok := v.(types.Set); ok && slices.ContainsFunc(set.Elements(), attr.Value.IsUnknown) {
		return true
	}
	if sets, ok := v.(types.Map); ok && slices.ContainsFunc(slices.Collect(maps.Values(sets.Elements())), UnknownInside) {
		return true
	}
	return v.IsUnknown()
}

// Report adds the risk as an error or a warning, before anything is changed.
func (d Risk) Report(allowed bool, diags *diag.Diagnostics) { d.report(allowed, untouched, diags) }

func (d Risk) report(allowed bool, state string, diags *diag.Diagnostics) {
	switch {
	case d.Never:
		diags.AddAttributeError(path.Root(d.Attribute), d.Summary, d.Detail+"\n\n"+state)
	case d.Refuse && !allowed:
		diags.AddAttributeError(path.Root(d.Attribute), d.Summary, d.Detail+"\n\n"+state+" To apply the change nevertheless, set allow_lock_out = true.")
	case d.Refuse:
		d.Rank.WarnAt(diags, path.Root(d.Attribute), d.Summary, d.Detail+"\n\nallow_lock_out = true accepts this.")
	default:
		d.Rank.WarnAt(diags, path.Root(d.Attribute), d.Summary, d.Detail)
	}
}

// destroy warns of the values that stay and of those that get weaker.
func (p *Plan[S]) destroy(ctx context.Context) {
	account := tf.String(p.State["account_id"])
	before := p.Model(p.State)
	last := p.destroyValues(p.State, p.Adoption)
	if len(last) == 0 {
		diagnostics.ObjectRemoved.Warn(p.Diags, "Destroying the "+p.Noun+" leaves the account as it is", fmt.Sprintf(
			"on_destroy is %q. The resource is removed from the state, and account %s keeps:\n\n%s%s",
			tf.String(p.State["on_destroy"]), account, strings.Join(p.managedNames(), "\n"), p.destroyNote(before, before)))
		return
	}
	after := before
	for _, f := range p.Fields {
		if v, written := last[f.Name]; written {
			f.Put(&after, v)
		}
	}
	changes := p.Differences(&before, &after)
	lines := cmp.Or(changes.String(), "  (no change: the account already has these values)")
	changes.rank(diagnostics.ObjectRemoved).Warn(p.Diags, "Destroying the "+p.Noun+" changes the account"+changes.weakened().names(", and makes it weaker: "), fmt.Sprintf(
		"on_destroy is %q. The resource is removed from the state, and these values of account %s change:\n\n%s%s%s",
		tf.String(p.State["on_destroy"]), account, lines, p.resetNote(last), p.destroyNote(before, after)))
	p.CheckDestroyRisks(ctx, last, before, after)
}

// CheckDestroyRisks reports what the values that a destroy writes refuse. The arguments count as last applied.
func (p *Plan[S]) CheckDestroyRisks(ctx context.Context, written tf.Values, before, after S) {
	if p.Risks == nil {
		return
	}
	for _, d := range p.Risks(ctx, p.changing(written, p.State, before, after)) {
		if d.Refuse || d.Never {
			d.Report(p.allowed(p.State), p.Diags)
		}
	}
}

// resetNote lists the attributes that a reset does not set to a new account's value.
func (p *Plan[S]) resetNote(last tf.Values) string {
	lines := []string{}
	for _, f := range p.Fields {
		if tf.String(p.State["on_destroy"]) != Reset || tf.IsAbsent(f.AccountDefault) || f.NeverReturned || tf.IsAbsent(p.State[f.Name]) {
			continue
		}
		if v, written := last[f.Name]; !written || !f.Same(v, f.AccountDefault) {
			lines = append(lines, fmt.Sprintf("  - %s (a new account: %s)", f.Name, tf.Display(f.AccountDefault)))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n\nThese are not reset, because a new account's value is weaker than what the provider found. reset_may_weaken can name them:\n\n" + strings.Join(lines, "\n")
}

// destroyNote is the DestroyWarning as a separate paragraph.
func (p *Plan[S]) destroyNote(before, after S) string {
	if p.DestroyWarning == nil {
		return ""
	}
	if warning := p.DestroyWarning(before, after); warning != "" {
		return "\n\n" + warning
	}
	return ""
}

// managedNames lists the managed attributes, or all of them after an import.
func (p *Plan[S]) managedNames() []string {
	lines := []string{}
	for _, f := range p.Fields {
		managed := p.Adoption == nil || slices.Contains(p.Adoption.Managed, f.Name)
		if managed && !tf.IsAbsent(p.State[f.Name]) {
			lines = append(lines, fmt.Sprintf("  - %s = %s", f.Name, tf.Display(p.State[f.Name])))
		}
	}
	return lines
}
