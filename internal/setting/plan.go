// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// A change is what a plan or a write would make of a setting. In both, nil stands
// for what is not known, or not said.
type Change[S any] struct {
	Before, After S
	managed       []string // attributes that the configuration mentions
	MustAllow     []string // networks that must stay able to log on
}

// manages tells that the configuration mentions an attribute.
func (c Change[S]) Manages(name string) bool { return slices.Contains(c.managed, name) }

// A danger is what a change may do to the people of an account. One that is to be
// refused is an error, unless allow_lock_out says otherwise.
type Risk struct {
	Attribute, Summary, Detail string
	Refuse                     bool
	Never                      bool // refused whatever allow_lock_out says, as the service would refuse it
}

func (s *Setting[S]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if s.Instance == nil {
		return // the provider could not be configured yet, so there is nothing to look at
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
		p.destroy()
		return
	case req.State.Raw.IsNull():
		p.create(ctx)
	default:
		p.Update(ctx)
	}
	if o := p.Plan.Object(resp.Plan.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, o)...)
	}
}

// planning is one plan of a setting.
type Plan[S any] struct {
	*Setting[S]
	State, Config, Plan tf.Values
	Adoption            *Adoption
	Diags               *diag.Diagnostics
}

// create looks at the account once, and says what adopting the setting changes.
func (p *Plan[S]) create(ctx context.Context) {
	const now = "Nothing was changed."
	id, ok := p.CheckAccount(ctx, p.Operation("plan", now), "", p.Diags)
	if !ok {
		return
	}
	p.Plan["account_id"] = types.StringValue(id)
	live, err := p.Fetch(ctx, p.Client)
	if diagnostics.Report(p.Diags, p.Operation("plan", now), err) {
		return
	}
	after := p.Effect(live)
	if lines := p.Differences(&live, &after); len(lines) > 0 {
		p.Diags.AddWarning("Adopting the "+p.Noun+" changes the account", fmt.Sprintf(
			"Account %s has its %s already. Of it, this changes:\n\n%s\n\nAttributes that the configuration does not mention keep their values.",
			id, p.Noun, strings.Join(lines, "\n")))
	}
	p.CheckRisks(ctx, live, after)
}

// update keeps what the configuration does not manage, and says what stops
// being managed and what gets weaker.
func (p *Plan[S]) Update(ctx context.Context) {
	touched := p.planFields()
	p.warnUnmanaged()
	if tf.String(p.Plan["on_destroy"]) == Restore && p.Adoption == nil {
		p.Diags.AddAttributeError(path.Root("on_destroy"), "Cannot plan the "+p.Noun, "on_destroy = \"restore\" needs the values from before the setting was adopted. "+
			"This setting was imported or moved here, or the provider was killed while it changed it, which makes the CLI forget them. Nothing was changed.\n\nUse \"retain\" or \"reset\".")
	}
	if !touched && p.unchanged("must_allow") && p.unchanged("allow_lock_out") {
		return
	}
	if _, ok := p.CheckAccount(ctx, p.Operation("plan", "Nothing was changed."), tf.String(p.State["account_id"]), p.Diags); !ok {
		return
	}
	before := p.Model(p.State)
	after := p.Effect(before)
	lines := slices.DeleteFunc(p.Differences(&before, &after), func(line string) bool { return !strings.HasSuffix(line, WeakerMark) })
	if len(lines) > 0 {
		p.Diags.AddWarning("The "+p.Noun+" gets weaker", strings.Join(lines, "\n"))
	}
	p.CheckRisks(ctx, before, after)
}

// same tells that the plan leaves an attribute as it is, or that there is none.
func (p *Plan[S]) unchanged(name string) bool {
	return p.Plan[name] == nil || p.Plan[name].Equal(p.State[name])
}

// settle gives each field its planned value; it tells whether one of them changes.
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

// warnUnmanaged says which attributes stop being managed.
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
		p.Diags.AddWarning("The "+p.Noun+" is managed less", "The configuration no longer mentions:\n\n"+strings.Join(lines, "\n")+
			"\n\nThe account keeps these values, and a change of them by somebody else will be shown but not undone. This note ends with the next change that is applied to the resource.")
	}
}

// of makes the client's form of the attributes.
func (s *Setting[S]) Model(v tf.Values) (model S) {
	for _, f := range s.Fields {
		if v[f.Name] != nil {
			f.Put(&model, v[f.Name])
		}
	}
	return model
}

// effect is the setting after the plan. What is not known yet is nil.
func (p *Plan[S]) Effect(model S) S {
	for _, f := range p.ManagedFields(p.Config) {
		f.Put(&model, p.Plan[f.Name])
	}
	return model
}

// weakerMark ends the line of a value that gets weaker.
const WeakerMark = "(weaker)"

// differences lists the fields that change, one a line.
func (s *Setting[S]) Differences(before, after *S) []string {
	lines := []string{}
	for _, f := range s.Fields {
		b, a := f.Get(before), f.Get(after)
		if tf.IsAbsent(a) || !tf.IsAbsent(b) && f.Same(b, a) {
			continue
		}
		line := fmt.Sprintf("  - %s: %s → %s", f.Name, tf.Display(b), tf.Display(a))
		if !tf.IsAbsent(b) && f.weaker(b, a) {
			line += " " + WeakerMark
		}
		lines = append(lines, line)
	}
	return lines
}

// look reports what the change may do to people.
func (p *Plan[S]) CheckRisks(ctx context.Context, before, after S) {
	if p.Risks == nil || unknownInside(p.Plan["allow_lock_out"]) || unknownInside(p.Plan["must_allow"]) {
		return // looked at again before the write
	}
	allowed := p.allowed(p.Plan)
	for _, d := range p.Risks(ctx, p.Client, p.changing(p.Config, p.Plan, before, after)) {
		d.Report(allowed, p.Diags)
	}
}

// refuse stops a write that the plan could not judge.
func (w *Write[S]) refuseRisks(ctx context.Context, before, after S, diags *diag.Diagnostics) {
	if w.Risks == nil || w.Verb == "destroy" {
		return
	}
	allowed := w.allowed(w.Plan)
	for _, d := range w.Risks(ctx, w.Client, w.changing(w.Config, w.Plan, before, after)) {
		if d.Never || d.Refuse && !allowed {
			d.Report(false, diags)
		}
	}
}

func (s *Setting[S]) changing(config, plan tf.Values, before, after S) Change[S] {
	c := Change[S]{Before: before, After: after, MustAllow: tf.Strings(plan["must_allow"])}
	for _, f := range s.ManagedFields(config) {
		c.managed = append(c.managed, f.Name)
	}
	return c
}

// allowed tells that the configuration accepts a lock-out.
func (s *Setting[S]) allowed(plan tf.Values) bool {
	b, ok := plan["allow_lock_out"].(types.Bool)
	return ok && b.ValueBool()
}

// unknownInside tells that a value, or an element of it, is not known yet.
func unknownInside(v attr.Value) bool {
	if v == nil {
		return false
	}
	if set, ok := v.(types.Set); ok && slices.ContainsFunc(set.Elements(), attr.Value.IsUnknown) {
		return true
	}
	return v.IsUnknown()
}

func (d Risk) Report(allowed bool, diags *diag.Diagnostics) {
	switch {
	case d.Never:
		diags.AddAttributeError(path.Root(d.Attribute), d.Summary, d.Detail+"\n\nNothing was changed.")
	case d.Refuse && !allowed:
		diags.AddAttributeError(path.Root(d.Attribute), d.Summary, d.Detail+"\n\nNothing was changed. If this is really meant, set allow_lock_out = true.")
	case d.Refuse:
		diags.AddAttributeWarning(path.Root(d.Attribute), d.Summary, d.Detail+"\n\nallow_lock_out = true accepts this.")
	default:
		diags.AddAttributeWarning(path.Root(d.Attribute), d.Summary, d.Detail)
	}
}

// destroy says what stays and what gets weaker.
func (p *Plan[S]) destroy() {
	account := tf.String(p.State["account_id"])
	before := p.Model(p.State)
	last := p.destroyValues(p.State, p.Adoption)
	if len(last) == 0 {
		p.Diags.AddWarning("Destroying the "+p.Noun+" leaves the account as it is", fmt.Sprintf(
			"on_destroy is %q: the resource leaves the state, and account %s keeps:\n\n%s%s",
			tf.String(p.State["on_destroy"]), account, strings.Join(p.keptValues(), "\n"), p.destroyNote(before, before)))
		return
	}
	after := before
	for _, f := range p.Fields {
		if v, written := last[f.Name]; written {
			f.Put(&after, v)
		}
	}
	lines := p.Differences(&before, &after)
	if len(lines) == 0 {
		lines = []string{"  (nothing: the account has these values already)"}
	}
	p.Diags.AddWarning("Destroying the "+p.Noun+" changes the account", fmt.Sprintf(
		"on_destroy is %q: the resource leaves the state, and of account %s this changes:\n\n%s%s",
		tf.String(p.State["on_destroy"]), account, strings.Join(lines, "\n"), p.destroyNote(before, after)))
}

// last is the farewell, as a paragraph of its own.
func (p *Plan[S]) destroyNote(before, after S) string {
	if p.DestroyWarning == nil {
		return ""
	}
	if words := p.DestroyWarning(before, after); words != "" {
		return "\n\n" + words
	}
	return ""
}

// kept lists what was managed, or, after an import, all there is.
func (p *Plan[S]) keptValues() []string {
	lines := []string{}
	for _, f := range p.Fields {
		managed := p.Adoption == nil || slices.Contains(p.Adoption.Managed, f.Name)
		if managed && !tf.IsAbsent(p.State[f.Name]) {
			lines = append(lines, fmt.Sprintf("  - %s = %s", f.Name, tf.Display(p.State[f.Name])))
		}
	}
	return lines
}
