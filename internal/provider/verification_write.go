// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/claim"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// writeLocked writes under the lock of all changes that can take access away.
func (r *verificationResource) writeLocked(ctx context.Context, verb string, m *verificationModel, prior verificationModel, diags *diag.Diagnostics) (before ram.Verification, ok bool) {
	unlock, err := r.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(diags, failedVerification(verb, "Nothing was changed."), err) {
		return before, false
	}
	defer unlock()
	before, err = r.write(ctx, m, prior, diags)
	return before, !diagnostics.Report(diags, failedVerification(verb, ""), err) && !diags.HasError()
}

// write sets the managed addresses that differ: an address that is confirmed
// is not sent again, because it is not documented whether it stays confirmed. It returns
// what the user had.
func (r *verificationResource) write(ctx context.Context, m *verificationModel, prior verificationModel, diags *diag.Diagnostics) (live ram.Verification, err error) {
	user := m.UserName.ValueString()
	live, err = r.Client.Verification(ctx, user)
	if err != nil {
		return live, diagnostics.WithState("Nothing was changed.", err)
	}
	if refuseFactorLoss(ctx, r.Instance, ram.User{Name: user}, m.removedFactors(live), m.AllowLockOut, diags); diags.HasError() {
		return live, nil
	}
	done := "Nothing was changed."
	before := prior.slots()
	for n, slot := range m.slots() {
		has, wanted := slot.in(live).Address, slot.address.ValueString()
		if slot.address.IsNull() || slot.equals(has) {
			continue
		}
		if wanted == "" {
			err = r.unbindAddress(ctx, user, slot, before[n].notations(has))
		} else {
			err = r.Client.SetVerification(ctx, user, slot.kind, wanted)
		}
		if ram.OutcomeUnknown(err) {
			done += fmt.Sprintf(" Whether the %s was changed is not known.", slot.noun)
		}
		if err != nil {
			return live, diagnostics.WithState(done+" Run again: addresses that are already set are not sent again.", err)
		}
		done = fmt.Sprintf("The %s was changed, and nothing else.", slot.noun)
	}
	return live, nil
}

// writesKey is the key of the written addresses in private state.
const writesKey = "writes"

// readWrites returns what earlier applies wrote.
func readWrites(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) claim.Writes {
	if w := tf.ReadPrivate[claim.Writes](ctx, private, writesKey, "verification", diags); w != nil {
		return *w
	}
	return claim.Writes{}
}

// saveWrites records what was written, and what it replaced.
func (m *verificationModel) saveWrites(ctx context.Context, before ram.Verification, earlier claim.Writes, private tf.PrivateState, diags *diag.Diagnostics) {
	w := claim.Writes{Written: map[string]any{}, Replaced: map[string]any{}}
	maps.Copy(w.Replaced, earlier.Replaced)
	for _, slot := range m.slots() {
		if slot.address.IsNull() {
			continue
		}
		w.Written[slot.attribute] = slot.address.ValueString()
		if was := slot.in(before).Address; !slot.equals(was) {
			w.Replaced[slot.attribute] = was
		}
	}
	tf.WritePrivate(ctx, private, writesKey, w, diags)
}

// warnReverted warns of addresses that are again those which the last apply replaced.
func (m *verificationModel) warnReverted(state verificationModel, w claim.Writes, diags *diag.Diagnostics) {
	was := state.slots()
	for n, slot := range m.slots() {
		replaced, has := w.Replaced[slot.attribute].(string)
		written, wrote := w.Written[slot.attribute].(string)
		if !has || !wrote || tf.IsAbsent(*slot.address) || !slot.equals(written) || slot.equals(replaced) || !was[n].equals(replaced) {
			continue
		}
		claim.WarnReverted(slot.attribute, "verification of the user "+m.UserName.ValueString(), strconv.Quote(replaced), strconv.Quote(written), diags)
	}
}

// notations are the forms in which the service may know an address that it shows: the one of
// the state, the shown one and, for a phone that it shows as a number, one with a zero.
func (s securitySlot) notations(shown string) (all []string) {
	if known := s.address.ValueString(); known != "" && s.equals(shown) {
		all = append(all, known)
	}
	all = append(all, shown)
	if area, number, is := strings.Cut(shown, "-"); is && s.kind == ram.VerifyPhone {
		all = append(all, area+"-0"+number)
	}
	return slices.Compact(all)
}

// unbindAddress unbinds an address. What the service returns if there is none is not documented,
// so after an error a read decides, and if the address is still there, its next notation is
// tried.
func (r *verificationResource) unbindAddress(ctx context.Context, user string, slot securitySlot, notations []string) (err error) {
	for _, address := range notations {
		if err = r.Client.UnbindVerification(ctx, user, slot.kind, address); err == nil {
			return nil
		}
		live, unread := r.Client.Verification(ctx, user)
		if unread == nil && slot.in(live).Address == "" || ram.NotFound(unread, "User") {
			return nil
		}
		if !ram.NotFound(err, "User.Verification") && !ram.Invalid(err) {
			return err
		}
	}
	return err
}

// confirm waits until the service shows what was written, takes over the status, and reports
// whether the service shows it. Without that, a former value that the next plan finds is not
// the work of another client: it may never have been replaced.
func (r *verificationResource) confirm(ctx context.Context, m *verificationModel, diags *diag.Diagnostics) bool {
	var live ram.Verification
	shows, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		var err error
		live, err = r.Client.Verification(ctx, m.UserName.ValueString())
		return err == nil && m.isSet(live), err
	})
	planned := *m
	if shows {
		m.show(live, false)
	}
	for n, slot := range m.slots() {
		switch was := planned.slots()[n].status; {
		case !was.IsUnknown(): // the user may have confirmed it since the plan, which the next refresh shows
			*slot.status = *was
		case !shows:
			*slot.status = types.StringNull()
		}
	}
	if shows {
		return true
	}
	why := "It does not return the change yet."
	if err != nil {
		why = diagnostics.Explain(err)
	}
	diags.AddWarning("Cannot confirm the verification", fmt.Sprintf(
		"The service accepted the addresses of the user %q. %s\n\nThe next refresh reads them.", m.UserName.ValueString(), why))
	return false
}

// unbind takes off what the state has. What another user put in its place stays.
func (r *verificationResource) unbind(ctx context.Context, state verificationModel, diags *diag.Diagnostics) error {
	user := state.UserName.ValueString()
	var live ram.Verification
	read := func(ctx context.Context) (found bool, err error) {
		live, err = r.Client.Verification(ctx, user)
		if ram.NotFound(err, "User") {
			return false, nil
		}
		return err == nil, err
	}
	found, err := r.FindTwice(ctx, read, read)
	if err != nil {
		return diagnostics.WithState("The user is unchanged.", err)
	}
	if !found {
		return nil
	}
	if refuseFactorLoss(ctx, r.Instance, ram.User{Name: user}, state.removed(live), state.AllowLockOut, diags); diags.HasError() {
		return nil
	}
	rest := state
	for n, slot := range state.slots() {
		has, kept := slot.in(live).Address, rest.slots()[n]
		switch {
		case slot.address.ValueString() == "" || has == "":
		case !slot.equals(has):
			diags.AddWarning("The user keeps another "+slot.noun, fmt.Sprintf(
				"The user %q has the %s %s, not %s of the state: it was set outside of Terraform, so it was not changed.", user, slot.noun, has, slot.address.ValueString()))
		default:
			if err := r.unbindAddress(ctx, user, slot, slot.notations(has)); err != nil {
				return diagnostics.WithState(fmt.Sprintf("The %s may still be there. The verification is still in the state. Run again.", slot.noun), err)
			}
			*kept.address = types.StringValue("")
			continue
		}
		*kept.address = types.StringNull()
	}
	off, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		live, err := r.Client.Verification(ctx, user)
		if ram.NotFound(err, "User") {
			return true, nil
		}
		return err == nil && rest.isSet(live), err
	})
	if err == nil && !off {
		return diagnostics.WithState("The service accepted the removal, but still returns the address. It is still in the state. Run again.", errNotRemoved)
	}
	if err != nil {
		diags.AddWarning("Cannot confirm that the verification is deleted", "The service accepted the request, but reading the addresses back failed. "+diagnostics.Explain(err))
	}
	return nil
}

// errNotRemoved is that what was taken away is shown for longer than a late read explains.
var errNotRemoved = errors.New("the service still returns the removed address")
