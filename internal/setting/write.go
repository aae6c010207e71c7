// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (s *Setting[S]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := s.Values(ctx, req.Plan, &resp.Diagnostics)
	config := s.Values(ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts().Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	w := Write[S]{Setting: s, Verb: "create", Config: config, Plan: plan}
	if w.Create(ctx, resp.Private, &resp.Diagnostics) {
		s.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

func (s *Setting[S]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := s.Values(ctx, req.Plan, &resp.Diagnostics)
	config := s.Values(ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts().Update, &resp.Diagnostics)
	defer cancel()
	w := Write[S]{
		Setting: s, Verb: "update", Config: config, Plan: plan,
		Adoption: ReadAdoption(ctx, req.Private, &resp.Diagnostics), Known: s.recordedFields(ctx, req.Private, &resp.Diagnostics),
	}
	if resp.Diagnostics.HasError() {
		return
	}
	w.Run(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	w.Adoption.Save(ctx, resp.Private, &resp.Diagnostics)
	s.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (s *Setting[S]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := s.Values(ctx, req.State, &resp.Diagnostics)
	adoption := ReadAdoption(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts().Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if s.HandOver(ctx, req.Private, state, &resp.Diagnostics) {
		return
	}
	last := s.destroyValues(state, adoption)
	if len(last) == 0 {
		return
	}
	config := tf.Values{}
	for name, v := range last {
		config[name] = v
	}
	w := Write[S]{
		Setting: s, Verb: "destroy", Config: config, Plan: config, Prior: state, Arguments: state,
		Known: s.recordedFields(ctx, req.Private, &resp.Diagnostics),
	}
	w.Plan["account_id"] = state["account_id"]
	w.Run(ctx, &resp.Diagnostics)
}

// destroyValues are the values that a destroy writes, by attribute. A restore writes the
// attributes that are still managed. A reset writes all, but none to a value that is weaker
// than the one before the adoption, or than the present one of an attribute that was never
// managed, unless reset_may_weaken names it. A value that is not known may be stronger.
func (s *Setting[S]) destroyValues(state tf.Values, a *Adoption) tf.Values {
	v, named := tf.Values{}, tf.Strings(state["reset_may_weaken"])
	for _, f := range s.Fields {
		captured, has := a.Captured(f.Name)
		before := f.Parse(captured)
		has = has && !tf.IsAbsent(before)
		switch tf.String(state["on_destroy"]) {
		case Reset:
			if tf.IsAbsent(f.AccountDefault) || f.NeverReturned {
				continue
			}
			found := state[f.Name]
			if has {
				found = before
			}
			switch {
			case slices.Contains(named, f.Name) || !tf.IsAbsent(found) && !f.weaker(found, f.AccountDefault):
				v[f.Name] = f.AccountDefault
			case has:
				v[f.Name] = before
			}
		case Restore:
			if has && slices.Contains(a.Managed, f.Name) {
				v[f.Name] = before
			}
		}
	}
	return v
}

// Write is one read → merge → write of a setting. One version of the service keeps a
// parameter that a request omits, and another resets it (observed). Every write is
// therefore the full set: the managed attributes, and the rest as the account has it.
type Write[S any] struct {
	*Setting[S]
	Verb         string
	Config, Plan tf.Values
	Prior        tf.Values // for a destroy: the state that its plan is based on
	Arguments    tf.Values // of a destroy, as last applied
	Adoption     *Adoption
	Known        []string // the fields that the last recorded reply had

	last attempt[S]
}

// fieldsKey is the key in private state of the names of the fields that the service returned.
const fieldsKey = "fields"

// recordFields saves the names of the fields that the service returned last. A write needs
// them all: without one that this provider does not know, the service would reset it.
func (s *Setting[S]) recordFields(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics, known ...string) {
	if s.Get == "" {
		return
	}
	names := append(s.Client.ReturnedFields(s.Get), known...)
	slices.Sort(names)
	if names = slices.Compact(names); len(names) > 0 {
		tf.WritePrivate(ctx, private, fieldsKey, names, diags)
	}
}

// knownFields returns the names of the fields that the service returns, before the first
// write of this resource: Terraform does not hand the private state of a plan to a create.
// Without them, a reply that lacks fields looks like one of a deployment that does not have
// these fields, so a failed read ends the create.
func (s *Setting[S]) knownFields(ctx context.Context) ([]string, error) {
	if s.Get == "" {
		return nil, nil
	}
	if len(s.Client.ReturnedFields(s.Get)) == 0 {
		if _, err := s.Refresh(ctx, s.Client); err != nil {
			return nil, err
		}
	}
	return s.Client.ReturnedFields(s.Get), nil
}

// recordedFields returns the saved names.
func (s *Setting[S]) recordedFields(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) []string {
	names := tf.ReadPrivate[[]string](ctx, private, fieldsKey, "setting", diags)
	if names == nil {
		return nil
	}
	return *names
}

// untouched is the statement of an error that is reported before anything is written.
const untouched = "Nothing was changed."

// Run writes, and completes the plan to the new state.
func (w *Write[S]) Run(ctx context.Context, diags *diag.Diagnostics) {
	unlock, err := w.Client.Lock(ctx, cmp.Or(w.LockName, w.Name))
	if diagnostics.Report(diags, w.Operation(w.Verb, untouched), err) {
		return
	}
	defer unlock()
	id, ok := w.CheckAccount(ctx, w.Operation(w.Verb, untouched), tf.String(w.Plan["account_id"]), diags)
	if !ok {
		return
	}
	if w.Verb == "create" {
		if w.Known, err = w.knownFields(ctx); diagnostics.Report(diags, w.Operation(w.Verb, untouched), err) {
			return
		}
	}
	if !w.write(ctx, diags) {
		return
	}
	after := w.last.wanted
	switch {
	case w.last.sent:
		after = w.confirm(ctx, diags)
	case w.incomplete(&after):
		if seen, err := w.refresh(ctx); err == nil {
			after = seen
			w.warnUnconfirmed(&seen, diags)
		}
	}
	w.Adoption = w.Adoption.With(w.managed(), w.last.before).written(w.Plan, w.last.before)
	w.complete(id, &after, diags)
}

// refresh reads the setting with the fields that another operation returns.
func (w *Write[S]) refresh(ctx context.Context) (S, error) {
	live, err := w.Refresh(ctx, w.Client)
	if err == nil {
		err = w.readElsewhere(ctx, w.Config, &live)
	}
	return live, err
}

// incomplete reports whether a reply to which nothing had to be changed lacked fields. Other
// reads may take such a field for empty.
func (w *Write[S]) incomplete(after *S) bool {
	return slices.ContainsFunc(w.Fields, func(f Field[S]) bool { return !f.NeverReturned && tf.IsAbsent(f.Get(after)) })
}

// ManagedFields are the fields that a configuration sets.
func (s *Setting[S]) ManagedFields(config tf.Values) []Field[S] {
	return slices.DeleteFunc(slices.Clone(s.Fields), func(f Field[S]) bool { return config[f.Name] == nil || config[f.Name].IsNull() })
}

// managed are the names of the managed fields.
func (w *Write[S]) managed() []string {
	names := []string{}
	for _, f := range w.ManagedFields(w.Config) {
		names = append(names, f.Name)
	}
	return names
}

// merge returns the live setting with the managed values put in.
func (w *Write[S]) merge(live S) S {
	for _, f := range w.ManagedFields(w.Config) {
		f.Put(&live, w.Plan[f.Name])
	}
	return live
}

// Equal reports whether two settings have the same meaning.
func (s *Setting[S]) Equal(a, b S) bool { return SameFields(s.Fields, a, b) }

// SameFields reports whether all fields of two values have the same meaning.
func SameFields[S any](fields []Field[S], a, b S) bool {
	return !slices.ContainsFunc(fields, func(f Field[S]) bool {
		x, y := f.Get(&a), f.Get(&b)
		return tf.IsAbsent(x) != tf.IsAbsent(y) || !tf.IsAbsent(x) && !f.Same(x, y)
	})
}

// write sends the full set. After an unknown outcome it reads the account, and succeeds if
// the account has the wanted values.
func (w *Write[S]) write(ctx context.Context, diags *diag.Diagnostics) bool {
	err := w.send(ctx)
	if err == nil {
		return true
	}
	unknown := ram.OutcomeUnknown(err) || w.last.unknown
	var incomplete *ram.IncompleteReplyError
	state := "The service refused the change. The account was not changed."
	if !w.last.sent || errors.As(err, &incomplete) {
		state = untouched
	}
	var partly *ram.PartlyChangedError
	if errors.As(err, &partly) {
		state = "The service changed " + partly.Changed + ", and refused the rest of the change. The next apply makes what is missing."
	}
	if unknown {
		state = "It is unknown whether the service applied the change. The next apply reads the account first and makes only the missing changes."
		if seen, lost := w.refresh(ctx); lost == nil && len(w.missing(&seen, w.last.wanted)) == 0 {
			return true
		}
	}
	if w.Verb == "create" {
		state += " The resource is not in the state."
	}
	diags.Append(w.last.refusals...)
	if !unknown && w.last.refusals.HasError() {
		return false
	}
	if incomplete != nil {
		diags.AddError("Cannot "+w.Operation(w.Verb, state).Name, fmt.Sprintf(
			"%s\n\nThe service did not return %s. It resets what a request omits, so a write could change attributes that the configuration does not manage.\n\n"+
				"Apply again. If the service never returns the fields, set their attributes in the configuration.", state, strings.Join(incomplete.Fields, ", ")))
		return false
	}
	diagnostics.Report(diags, w.Operation(w.Verb, state), err)
	return false
}

// confirm reads until the account shows the written values. After half of the limit, it
// sends the write once more, because an earlier request that was delivered late may have
// reverted it. It warns of fields that the service never returns.
func (w *Write[S]) confirm(ctx context.Context, diags *diag.Diagnostics) S {
	start, again := w.Client.Now(), false
	var seen S
	var unread error
	shown, _ := w.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		if seen, unread = w.refresh(ctx); unread != nil {
			return false, unread
		}
		if len(w.missing(&seen, w.last.wanted)) == 0 {
			return true, nil
		}
		if !again && w.Client.Now().Sub(start) >= instance.ConfirmLimit/2 {
			again = true
			_ = w.send(ctx) // the next read shows whether it was necessary
		}
		return false, nil
	})
	switch {
	case shown:
		w.warnNeverReturned(&seen, diags)
		w.warnUnsent(diags)
	case unread != nil:
		diags.AddWarning("Cannot confirm the "+w.Noun, "The service accepted the change, but reading it back failed. The state has the written values; the next refresh reads the account.\n\n"+diagnostics.Explain(unread))
		return w.last.wanted
	}
	w.warnUnconfirmed(&seen, diags)
	return seen
}

// warnUnconfirmed warns of managed fields for which the account shows another value.
func (w *Write[S]) warnUnconfirmed(seen *S, diags *diag.Diagnostics) {
	for _, f := range w.missing(seen, w.last.wanted) {
		diags.AddAttributeWarning(path.Root(f.Name), "Cannot confirm the "+w.Noun, fmt.Sprintf(
			"The service accepted %s = %s, but still returns %s. The state has the written value; the next refresh reads the account.",
			f.Name, tf.Display(w.Plan[f.Name]), tf.Display(f.Get(seen))))
	}
}

// missing are the managed fields for which the account has another value.
func (w *Write[S]) missing(seen *S, want S) []Field[S] {
	return slices.DeleteFunc(w.ManagedFields(w.Config), func(f Field[S]) bool {
		shown := f.Get(seen)
		return tf.IsAbsent(shown) || f.Same(shown, f.Get(&want))
	})
}

// warnNeverReturned warns of managed fields that the service does not return.
func (w *Write[S]) warnNeverReturned(seen *S, diags *diag.Diagnostics) {
	for _, f := range w.ManagedFields(w.Config) {
		if tf.IsAbsent(f.Get(seen)) {
			diags.AddAttributeWarning(path.Root(f.Name), "Cannot confirm the "+w.Noun, fmt.Sprintf(
				"The service accepted the request, but its response does not contain %s. %s may have had no effect. Check it in the RAM console.", f.Name, tf.Display(w.Plan[f.Name])))
		}
	}
}

// warnUnsent warns of fields that the service returns, and did not return before the write, and of fields that
// this provider does not know and that changed after the write.
func (w *Write[S]) warnUnsent(diags *diag.Diagnostics) {
	if w.Get == "" {
		return
	}
	for _, change := range w.Client.LaterChanges(w.Get) {
		diags.AddWarning("The "+w.Noun+" changed during the apply", fmt.Sprintf(
			"%s changed from %q to %q outside Terraform after the write. The provider does not manage it: the account keeps the new value.", change.Name, change.Sent, change.Returned))
	}
	if names := w.Client.WithoutFields(w.Get); len(names) > 0 {
		diags.AddWarning("The "+w.Noun+" may have been reset in part", fmt.Sprintf(
			"The service does not return %s, so the write did not contain it. The service resets what a write does not contain. Check the value in the RAM console.", strings.Join(names, ", ")))
	}
	if names := w.Client.UnsentFields(w.Get); len(names) > 0 {
		diags.AddWarning("The "+w.Noun+" may have been reset in part", fmt.Sprintf(
			"The service returns %s, and did not return it before the write, which therefore did not contain it. The service resets what a write does not contain. Check the values in the RAM console.", strings.Join(names, ", ")))
	}
}

// warnChangedMeanwhile warns of an attribute that changed after the write had read it.
func (w *Write[S]) warnChangedMeanwhile(f Field[S], shown attr.Value, diags *diag.Diagnostics) {
	written := f.Get(&w.last.wanted)
	if !w.last.sent || tf.IsAbsent(shown) || tf.IsAbsent(written) || f.Same(written, shown) {
		return
	}
	diags.AddAttributeWarning(path.Root(f.Name), "The "+w.Noun+" changed during the apply", fmt.Sprintf(
		"%s changed from %s to %s outside Terraform during the apply. The configuration does not manage it: the account and the state have the new value.",
		f.Name, tf.Display(written), tf.Display(shown)))
}

// complete turns the plan into the state: unknown values come from the account, and
// planned values stay, with a warning where the account has changed since the plan.
func (w *Write[S]) complete(id string, after *S, diags *diag.Diagnostics) {
	managed := w.managed()
	w.Plan["account_id"] = types.StringValue(id)
	for _, f := range w.Fields {
		planned, shown := w.Plan[f.Name], f.Get(after)
		switch {
		case planned == nil || slices.Contains(managed, f.Name):
		case planned.IsUnknown():
			w.Plan[f.Name] = f.show(f.Null, shown)
			w.warnChangedMeanwhile(f, shown, diags)
		case !tf.IsAbsent(shown) && !tf.IsAbsent(planned) && !f.Same(planned, shown):
			diags.AddAttributeWarning(path.Root(f.Name), "The "+w.Noun+" changed since the plan", fmt.Sprintf(
				"%s changed from %s to %s outside Terraform since the plan. The configuration does not manage it: the account keeps the new value, and the next refresh shows it.",
				f.Name, tf.Display(planned), tf.Display(shown)))
		}
	}
	for _, d := range w.Derived {
		if planned := w.Plan[d.Name]; planned != nil && planned.IsUnknown() {
			w.Plan[d.Name] = d.Get(after)
		}
	}
}
