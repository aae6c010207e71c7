// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// attempt is what the last attempt of a write read, and what it sent.
type attempt[S any] struct {
	live, wanted S
	before       tf.Values // what the managed attributes had before this write
	sent         bool      // whether a request of this write was sent
	unknown      bool      // whether the outcome of one is unknown
	checked      bool      // whether the risks of live → want were checked
	refusals     diag.Diagnostics
}

var (
	errRefused = errors.New("the change is refused")
	// errReadAgain ends an attempt whose checks read other objects, in which time the
	// setting may have changed.
	errReadAgain = errors.New("the setting has to be read again")
)

// mostChecks bounds the repetitions of a write whose setting changes during each check.
const mostChecks = 5

// send reads, merges and writes. A write whose checks read other objects reads the
// setting again before it sends.
func (w *Write[S]) send(ctx context.Context) error {
	for checks := 0; ; checks++ {
		err := w.Write(ctx, w.Client, func(ctx context.Context, live S, _ ram.Reply) (S, error) {
			return w.attempt(ctx, live, checks < mostChecks)
		}, WriteOptions{Known: w.Known, Elsewhere: w.needsElsewhere(w.Config)})
		if !errors.Is(err, errReadAgain) {
			return err
		}
		w.last.unknown = w.last.unknown || ram.OutcomeUnknown(err)
	}
}

// attempt returns what one attempt sends, made from the live setting.
func (w *Write[S]) attempt(ctx context.Context, live S, mayReadAgain bool) (S, error) {
	if w.refuseAbsent(w.Verb, w.describeChanges(), w.Config, &live, &w.last.refusals); w.last.refusals.HasError() {
		return live, errRefused
	}
	want := w.merge(live)
	if !w.last.checked || !w.Equal(live, w.last.live) {
		readOthers, refusals := w.refuseRisks(ctx, live, want)
		w.last.checked, w.last.live, w.last.refusals = true, live, refusals
		if refusals.HasError() {
			return want, errRefused
		}
		if readOthers && mayReadAgain && !w.Equal(live, want) {
			return want, errReadAgain
		}
	}
	w.capture(live)
	w.last.live, w.last.wanted = live, want
	if w.Equal(live, want) {
		return want, ram.ErrUnchanged
	}
	w.last.sent = true
	return want, nil
}

// capture takes the values of the managed attributes before the write. A value that an
// earlier attempt of this write sent is not one of them.
func (w *Write[S]) capture(live S) {
	if w.last.before == nil {
		w.last.before = tf.Values{}
	}
	for _, f := range w.ManagedFields(w.Config) {
		_, captured := w.last.before[f.Name]
		if captured && w.last.sent && f.Same(f.Get(&live), f.Get(&w.last.wanted)) {
			continue
		}
		w.last.before[f.Name] = f.Get(&live)
	}
}

// refuseUnplanned refuses a destroy that would weaken an attribute that changed after its plan, which
// therefore did not list it.
func (w *Write[S]) refuseUnplanned(before, after S) (refusals diag.Diagnostics) {
	for _, f := range w.Fields {
		planned, live, next := w.Prior[f.Name], f.Get(&before), f.Get(&after)
		if planned == nil || tf.IsAbsent(planned) || tf.IsAbsent(live) || f.Same(planned, live) || !f.weaker(live, next) {
			continue
		}
		refusals.AddError("Cannot destroy the "+w.Noun, fmt.Sprintf(
			"%s changed from %s to %s outside Terraform since the plan, and on_destroy would make it %s, which is weaker. %s\n\nPlan again, with a refresh, to see what the destroy changes.",
			f.Name, tf.Display(planned), tf.Display(live), tf.Display(next), w.describeChanges()))
	}
	return refusals
}

// describeChanges explains what a refused attempt has changed.
func (w *Write[S]) describeChanges() string {
	if w.last.sent {
		return "An earlier request of this apply may have changed the account."
	}
	return untouched
}

// refuseRisks checks the risks of one attempt. It reports whether that read other objects.
func (w *Write[S]) refuseRisks(ctx context.Context, before, after S) (readOthers bool, refusals diag.Diagnostics) {
	arguments := w.Plan
	if w.Verb == "destroy" {
		refusals, arguments = w.refuseUnplanned(before, after), w.Arguments
	}
	if w.Risks == nil {
		return false, refusals
	}
	allowed, change := w.allowed(arguments), w.changing(w.Config, arguments, before, after)
	for _, d := range w.Risks(ctx, change) {
		if d.Never || d.Refuse && !allowed {
			d.report(false, w.describeChanges(), &refusals)
		}
	}
	return *change.used, refusals
}
