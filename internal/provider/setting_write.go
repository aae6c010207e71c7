// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func (s *setting[S]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := s.values(ctx, req.Plan, &resp.Diagnostics)
	config := s.values(ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := bound(ctx, plan.timeouts().Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if !s.adopt(s.name) {
		resp.Diagnostics.AddError("Cannot create the "+s.noun, "This run has already taken over the "+s.noun+" of this account in another resource; "+
			"two resources for one setting would undo each other's work for ever. The account is as the other resource left it.\n\nKeep one of the two.")
		return
	}
	w := writing[S]{setting: s, verb: "create", config: config, plan: plan}
	w.run(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		s.release(s.name) // a failed create leaves no state, so the next one is the first again
		return
	}
	w.adoption.keep(ctx, resp.Private, &resp.Diagnostics)
	s.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (s *setting[S]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := s.values(ctx, req.Plan, &resp.Diagnostics)
	config := s.values(ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := bound(ctx, plan.timeouts().Update, &resp.Diagnostics)
	defer cancel()
	w := writing[S]{setting: s, verb: "update", config: config, plan: plan, adoption: adoptionIn(ctx, req.Private, &resp.Diagnostics)}
	if resp.Diagnostics.HasError() {
		return
	}
	w.run(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	w.adoption.keep(ctx, resp.Private, &resp.Diagnostics)
	s.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (s *setting[S]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := s.values(ctx, req.State, &resp.Diagnostics)
	adoption := adoptionIn(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := bound(ctx, state.timeouts().Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	defer func() {
		if !resp.Diagnostics.HasError() {
			s.release(s.name)
		}
	}()
	last := s.leavings(state, adoption)
	if len(last) == 0 {
		return
	}
	config := values{}
	for name, v := range last {
		config[name] = v
	}
	w := writing[S]{setting: s, verb: "destroy", config: config, plan: config}
	w.plan["account_id"] = state["account_id"]
	w.run(ctx, &resp.Diagnostics)
}

// leavings are the values that a destroy writes, by attribute.
func (s *setting[S]) leavings(state values, a *adoption) values {
	v := values{}
	for _, f := range s.fields {
		switch text(state["on_destroy"]) {
		case reset:
			if !absent(f.fresh) && !f.unheard {
				v[f.name] = f.fresh
			}
		case restore:
			if before, captured := a.before(f.name); captured && !absent(f.parse(before)) {
				v[f.name] = f.parse(before)
			}
		}
	}
	return v
}

// writing is one read → merge → write of a setting. The service has no request
// that changes one field for sure: of two of its versions one keeps what a
// request leaves out and the other resets it (observed), so every write is the
// full set, made of what the configuration manages and what the account has.
type writing[S any] struct {
	*setting[S]
	verb         string
	config, plan values
	adoption     *adoption
}

// run writes, and completes the plan to what the state shall be.
func (w *writing[S]) run(ctx context.Context, diags *diag.Diagnostics) {
	const untouched = "Nothing was changed."
	unlock, err := w.client.Lock(ctx, w.name)
	if report(diags, w.failed(w.verb, untouched), err) {
		return
	}
	defer unlock()
	id, ok := w.opened(ctx, w.failed(w.verb, untouched), text(w.plan["account_id"]), diags)
	if !ok {
		return
	}
	live, err := w.fetchNow(ctx, w.client)
	if report(diags, w.failed(w.verb, untouched), err) {
		return
	}
	want := w.merge(live)
	w.refuse(ctx, live, want, diags)
	if diags.HasError() {
		return
	}
	after := want
	if !w.equal(live, want) {
		if !w.write(ctx, live, want, diags) {
			return
		}
		after = w.confirm(ctx, want, diags)
	}
	w.adoption = w.adoption.with(w.managed(), func(name string) any { return plain(w.field(name).get(&live)) })
	w.complete(id, &after, diags)
}

// managedIn are the fields that a configuration mentions.
func (s *setting[S]) managedIn(config values) []field[S] {
	return slices.DeleteFunc(slices.Clone(s.fields), func(f field[S]) bool { return config[f.name] == nil || config[f.name].IsNull() })
}

// managed are their names.
func (w *writing[S]) managed() []string {
	names := []string{}
	for _, f := range w.managedIn(w.config) {
		names = append(names, f.name)
	}
	return names
}

// field returns a field by its name.
func (s *setting[S]) field(name string) field[S] {
	return s.fields[slices.IndexFunc(s.fields, func(f field[S]) bool { return f.name == name })]
}

// merge returns what the account has, with what the configuration manages put in.
func (w *writing[S]) merge(live S) S {
	for _, f := range w.managedIn(w.config) {
		f.put(&live, w.plan[f.name])
	}
	return live
}

// equal tells that two settings mean the same.
func (s *setting[S]) equal(a, b S) bool {
	return !slices.ContainsFunc(s.fields, func(f field[S]) bool {
		x, y := f.get(&a), f.get(&b)
		return absent(x) != absent(y) || !absent(x) && !f.same(x, y)
	})
}

// write sends the full set. After an answer that tells nothing it looks whether
// the account has the wanted values, and believes the account.
func (w *writing[S]) write(ctx context.Context, live, want S, diags *diag.Diagnostics) bool {
	err := w.put(ctx, w.client, live, want)
	if err == nil {
		return true
	}
	now := "The service refused the change, so the account is as it was."
	if ram.OutcomeUnknown(err) {
		now = "It is not known whether the service made the change. The next apply reads the account first and makes only what is missing."
		if seen, lost := w.fetchNow(ctx, w.client); lost == nil && len(w.missing(&seen, want)) == 0 {
			return true
		}
	}
	if w.verb == "create" {
		now += " The resource is not in the state."
	}
	report(diags, w.failed(w.verb, now), err)
	return false
}

// confirm reads until the account shows what was written. If it still does not
// after half the patience, the write is sent once more: an earlier request that
// was delivered late may have undone it. Fields that the service never reports
// cannot be confirmed, and are warned of.
func (w *writing[S]) confirm(ctx context.Context, want S, diags *diag.Diagnostics) S {
	start, again := w.client.Now(), false
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		seen, err := w.fetchNow(ctx, w.client)
		if err != nil {
			detail := explain(err)
			diags.AddWarning("Cannot confirm the "+w.noun, "The service took the change, but reading it back failed. The state shows what was written; the next refresh shows what the account has.\n\n"+detail)
			return want
		}
		missing := w.missing(&seen, want)
		if len(missing) == 0 {
			w.warnUnheard(&seen, diags)
			return seen
		}
		passed := w.client.Now().Sub(start)
		if !again && passed >= patience/2 {
			again = true
			if w.put(ctx, w.client, seen, w.merge(seen)) == nil {
				continue
			}
		}
		if passed >= patience || w.client.Pause(ctx, wait) != nil {
			for _, f := range missing {
				diags.AddAttributeWarning(path.Root(f.name), "Cannot confirm the "+w.noun, fmt.Sprintf(
					"The service took %s = %s, but still shows %s. The state shows what was written; the next refresh shows what the account has.",
					f.name, display(w.plan[f.name]), display(f.get(&seen))))
			}
			return seen
		}
	}
}

// missing are the managed fields of which the account shows another value.
func (w *writing[S]) missing(seen *S, want S) []field[S] {
	return slices.DeleteFunc(w.managedIn(w.config), func(f field[S]) bool {
		shown := f.get(seen)
		return absent(shown) || f.same(shown, f.get(&want))
	})
}

// warnUnheard tells of managed fields that the service does not report back.
func (w *writing[S]) warnUnheard(seen *S, diags *diag.Diagnostics) {
	for _, f := range w.managedIn(w.config) {
		if absent(f.get(seen)) {
			diags.AddAttributeWarning(path.Root(f.name), "Cannot confirm the "+w.noun, fmt.Sprintf(
				"The service took the request, but its answer does not show %s, so %s may have had no effect. Look at the console.", f.name, display(w.plan[f.name])))
		}
	}
}

// complete makes the plan the state: what the plan left open is taken from the
// account, and what it promised stays, with a warning where the account has
// moved on since.
func (w *writing[S]) complete(id string, after *S, diags *diag.Diagnostics) {
	managed := w.managed()
	w.plan["account_id"] = types.StringValue(id)
	for _, f := range w.fields {
		planned, shown := w.plan[f.name], f.get(after)
		switch {
		case planned == nil || slices.Contains(managed, f.name):
		case planned.IsUnknown():
			w.plan[f.name] = f.show(f.null, shown)
		case !absent(shown) && !absent(planned) && !f.same(planned, shown):
			diags.AddAttributeWarning(path.Root(f.name), "The "+w.noun+" changed meanwhile", fmt.Sprintf(
				"Somebody changed %s from %s to %s since the plan was made. The configuration does not manage it, so the account keeps the new value; the next refresh shows it.",
				f.name, display(planned), display(shown)))
		}
	}
	for _, d := range w.derived {
		if planned := w.plan[d.name]; planned != nil && planned.IsUnknown() {
			w.plan[d.name] = d.get(after)
		}
	}
}
