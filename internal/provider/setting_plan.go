// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

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
)

// A change is what a plan or a write would make of a setting. In both, nil stands
// for what is not known, or not said.
type change[S any] struct {
	before, after S
	managed       []string // attributes that the configuration mentions
	mustAllow     []string // networks that must stay able to log on
}

// manages tells that the configuration mentions an attribute.
func (c change[S]) manages(name string) bool { return slices.Contains(c.managed, name) }

// A danger is what a change may do to the people of an account. One that is to be
// refused is an error, unless allow_lock_out says otherwise.
type danger struct {
	attribute, summary, detail string
	refuse                     bool
	never                      bool // refused whatever allow_lock_out says, as the service would refuse it
}

func (s *setting[S]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if s.instance == nil {
		return // the provider could not be configured yet, so there is nothing to look at
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	p := planning[S]{
		setting:  s,
		state:    s.values(ctx, req.State, &resp.Diagnostics),
		config:   s.values(ctx, req.Config, &resp.Diagnostics),
		plan:     s.values(ctx, req.Plan, &resp.Diagnostics),
		adoption: adoptionIn(ctx, req.Private, &resp.Diagnostics),
		diags:    &resp.Diagnostics,
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
		p.update(ctx)
	}
	if o := p.plan.object(resp.Plan.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, o)...)
	}
}

// planning is one plan of a setting.
type planning[S any] struct {
	*setting[S]
	state, config, plan values
	adoption            *adoption
	diags               *diag.Diagnostics
}

// create looks at the account once, and says what adopting the setting changes.
func (p *planning[S]) create(ctx context.Context) {
	const now = "Nothing was changed."
	id, ok := p.opened(ctx, p.failed("plan", now), "", p.diags)
	if !ok {
		return
	}
	p.plan["account_id"] = types.StringValue(id)
	live, err := p.fetch(ctx, p.client)
	if report(p.diags, p.failed("plan", now), err) {
		return
	}
	after := p.effect(live)
	if lines := p.differences(&live, &after); len(lines) > 0 {
		p.diags.AddWarning("Adopting the "+p.noun+" changes the account", fmt.Sprintf(
			"Account %s has its %s already. Of it, this changes:\n\n%s\n\nAttributes that the configuration does not mention keep their values.",
			id, p.noun, strings.Join(lines, "\n")))
	}
	p.look(ctx, live, after)
}

// update keeps what the configuration does not manage, and says what stops
// being managed and what gets weaker.
func (p *planning[S]) update(ctx context.Context) {
	touched := p.settle()
	p.warnUnmanaged()
	if text(p.plan["on_destroy"]) == restore && p.adoption == nil {
		p.diags.AddAttributeError(path.Root("on_destroy"), "Cannot plan the "+p.noun, "on_destroy = \"restore\" needs the values from before the setting was adopted. "+
			"This setting was imported or moved here, or the provider was killed while it changed it, which makes the CLI forget them. Nothing was changed.\n\nUse \"retain\" or \"reset\".")
	}
	if !touched && p.same("must_allow") && p.same("allow_lock_out") {
		return
	}
	if _, ok := p.opened(ctx, p.failed("plan", "Nothing was changed."), text(p.state["account_id"]), p.diags); !ok {
		return
	}
	before := p.of(p.state)
	after := p.effect(before)
	lines := slices.DeleteFunc(p.differences(&before, &after), func(line string) bool { return !strings.HasSuffix(line, weakerMark) })
	if len(lines) > 0 {
		p.diags.AddWarning("The "+p.noun+" gets weaker", strings.Join(lines, "\n"))
	}
	p.look(ctx, before, after)
}

// same tells that the plan leaves an attribute as it is, or that there is none.
func (p *planning[S]) same(name string) bool {
	return p.plan[name] == nil || p.plan[name].Equal(p.state[name])
}

// settle gives each field its planned value; it tells whether one of them changes.
func (p *planning[S]) settle() (touched bool) {
	for _, f := range p.fields {
		config, state := p.config[f.name], p.state[f.name]
		switch {
		case config.IsUnknown():
			touched = true
		case config.IsNull() && f.unheard:
			p.plan[f.name] = f.null
		case config.IsNull() || !absent(state) && f.same(config, state):
			p.plan[f.name] = state
		default:
			p.plan[f.name] = config
			touched = true
		}
	}
	for _, d := range p.derived {
		p.plan[d.name] = p.state[d.name]
		if touched {
			p.plan[d.name] = types.StringUnknown()
		}
	}
	return touched
}

// warnUnmanaged says which attributes stop being managed.
func (p *planning[S]) warnUnmanaged() {
	if p.adoption == nil {
		return
	}
	lines := []string{}
	for _, name := range p.adoption.Managed {
		if v := p.config[name]; v != nil && v.IsNull() {
			lines = append(lines, fmt.Sprintf("  - %s stays %s", name, display(p.state[name])))
		}
	}
	if len(lines) > 0 {
		p.diags.AddWarning("The "+p.noun+" is managed less", "The configuration no longer mentions:\n\n"+strings.Join(lines, "\n")+
			"\n\nThe account keeps these values, and a change of them by somebody else will be shown but not undone. This note ends with the next change that is applied to the resource.")
	}
}

// of makes the client's form of the attributes.
func (s *setting[S]) of(v values) (model S) {
	for _, f := range s.fields {
		if v[f.name] != nil {
			f.put(&model, v[f.name])
		}
	}
	return model
}

// effect is the setting after the plan. What is not known yet is nil.
func (p *planning[S]) effect(model S) S {
	for _, f := range p.managedIn(p.config) {
		f.put(&model, p.plan[f.name])
	}
	return model
}

// weakerMark ends the line of a value that gets weaker.
const weakerMark = "(weaker)"

// differences lists the fields that change, one a line.
func (s *setting[S]) differences(before, after *S) []string {
	lines := []string{}
	for _, f := range s.fields {
		b, a := f.get(before), f.get(after)
		if absent(a) || !absent(b) && f.same(b, a) {
			continue
		}
		line := fmt.Sprintf("  - %s: %s → %s", f.name, display(b), display(a))
		if !absent(b) && f.weaker(b, a) {
			line += " " + weakerMark
		}
		lines = append(lines, line)
	}
	return lines
}

// look reports what the change may do to people.
func (p *planning[S]) look(ctx context.Context, before, after S) {
	if p.dangers == nil || unknownInside(p.plan["allow_lock_out"]) || unknownInside(p.plan["must_allow"]) {
		return // looked at again before the write
	}
	allowed := p.allowed(p.plan)
	for _, d := range p.dangers(ctx, p.client, p.changing(p.config, p.plan, before, after)) {
		d.report(allowed, p.diags)
	}
}

// refuse stops a write that the plan could not judge.
func (w *writing[S]) refuse(ctx context.Context, before, after S, diags *diag.Diagnostics) {
	if w.dangers == nil || w.verb == "destroy" {
		return
	}
	allowed := w.allowed(w.plan)
	for _, d := range w.dangers(ctx, w.client, w.changing(w.config, w.plan, before, after)) {
		if d.never || d.refuse && !allowed {
			d.report(false, diags)
		}
	}
}

func (s *setting[S]) changing(config, plan values, before, after S) change[S] {
	c := change[S]{before: before, after: after, mustAllow: texts(plan["must_allow"])}
	for _, f := range s.managedIn(config) {
		c.managed = append(c.managed, f.name)
	}
	return c
}

// allowed tells that the configuration accepts a lock-out.
func (s *setting[S]) allowed(plan values) bool {
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

func (d danger) report(allowed bool, diags *diag.Diagnostics) {
	switch {
	case d.never:
		diags.AddAttributeError(path.Root(d.attribute), d.summary, d.detail+"\n\nNothing was changed.")
	case d.refuse && !allowed:
		diags.AddAttributeError(path.Root(d.attribute), d.summary, d.detail+"\n\nNothing was changed. If this is really meant, set allow_lock_out = true.")
	case d.refuse:
		diags.AddAttributeWarning(path.Root(d.attribute), d.summary, d.detail+"\n\nallow_lock_out = true accepts this.")
	default:
		diags.AddAttributeWarning(path.Root(d.attribute), d.summary, d.detail)
	}
}

// destroy says what stays and what gets weaker.
func (p *planning[S]) destroy() {
	account := text(p.state["account_id"])
	before := p.of(p.state)
	last := p.leavings(p.state, p.adoption)
	if len(last) == 0 {
		p.diags.AddWarning("Destroying the "+p.noun+" leaves the account as it is", fmt.Sprintf(
			"on_destroy is %q: the resource leaves the state, and account %s keeps:\n\n%s%s",
			text(p.state["on_destroy"]), account, strings.Join(p.kept(), "\n"), p.last(before, before)))
		return
	}
	after := before
	for _, f := range p.fields {
		if v, written := last[f.name]; written {
			f.put(&after, v)
		}
	}
	lines := p.differences(&before, &after)
	if len(lines) == 0 {
		lines = []string{"  (nothing: the account has these values already)"}
	}
	p.diags.AddWarning("Destroying the "+p.noun+" changes the account", fmt.Sprintf(
		"on_destroy is %q: the resource leaves the state, and of account %s this changes:\n\n%s%s",
		text(p.state["on_destroy"]), account, strings.Join(lines, "\n"), p.last(before, after)))
}

// last is the farewell, as a paragraph of its own.
func (p *planning[S]) last(before, after S) string {
	if p.farewell == nil {
		return ""
	}
	if words := p.farewell(before, after); words != "" {
		return "\n\n" + words
	}
	return ""
}

// kept lists what was managed, or, after an import, all there is.
func (p *planning[S]) kept() []string {
	lines := []string{}
	for _, f := range p.fields {
		managed := p.adoption == nil || slices.Contains(p.adoption.Managed, f.name)
		if managed && !absent(p.state[f.name]) {
			lines = append(lines, fmt.Sprintf("  - %s = %s", f.name, display(p.state[f.name])))
		}
	}
	return lines
}
