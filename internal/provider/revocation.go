// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// A credentialKind is a kind of credential that an action revokes: how it is called, listed
// and revoked.
type credentialKind struct {
	noun   string // such as AccessKey pair
	gone   string // the kind of object that a not-found names
	verb   string // such as disable
	doing  string // such as Disabling
	result string // such as inactive
	list   func(ctx context.Context, userName string) ([]credentialState, error)
	revoke func(ctx context.Context, userName, id string) error
}

// credentialState is a listed credential, and whether it can be used.
type credentialState struct {
	id     string
	usable bool
}

// listAs returns read with its result as states.
func listAs[T any](read func(ctx context.Context, userName string) ([]T, error), state func(T) credentialState) func(ctx context.Context, userName string) ([]credentialState, error) {
	return func(ctx context.Context, userName string) (all []credentialState, err error) {
		credentials, err := read(ctx, userName)
		for _, credential := range credentials {
			all = append(all, state(credential))
		}
		return all, err
	}
}

func accessKeyKind(i *instance.Instance) credentialKind {
	return credentialKind{
		noun: "AccessKey pair", gone: "User.AccessKey", verb: "disable", doing: "Disabling", result: "inactive",
		list: listAs(i.Client.RefreshAccessKeys, func(k ram.AccessKey) credentialState { return credentialState{k.ID, k.Status != ram.Inactive} }),
		revoke: func(ctx context.Context, userName, id string) error {
			return i.Client.UpdateAccessKey(ctx, userName, id, ram.Inactive)
		},
	}
}

func serviceCredentialKind(i *instance.Instance) credentialKind {
	return credentialKind{
		noun: "service credential", gone: "User.ServiceCredential", verb: "disable", doing: "Disabling", result: "inactive",
		list: listAs(i.Client.RefreshServiceCredentials, func(c ram.ServiceCredential) credentialState {
			return credentialState{c.ID, c.Status != ram.Inactive}
		}),
		revoke: func(ctx context.Context, userName, id string) error {
			off := ram.Inactive
			return i.Client.UpdateServiceCredential(ctx, userName, id, ram.ServiceCredentialChange{Status: &off})
		},
	}
}

func passkeyKind(i *instance.Instance) credentialKind {
	return credentialKind{
		noun: "passkey", gone: "Passkey", verb: "delete", doing: "Deleting", result: "deleted",
		list:   listAs(i.Client.Passkeys, func(p ram.Passkey) credentialState { return credentialState{p.ID, true} }),
		revoke: i.Client.DeletePasskey,
	}
}

// A revocation revokes credentials of a user, and waits until the service lists none of them
// as usable.
type revocation struct {
	*instance.Instance
	credentialKind

	user     ram.User
	ids      []string // nil: all
	progress progress

	listed bool             // the credentials were listed at least once
	sent   map[string]bool  // the service was asked to revoke it
	failed map[string]error // the service did not revoke it
	done   map[string]bool  // the credential is not usable
	usable []string         // usable as of the last list
}

func newRevocation(i *instance.Instance, kind credentialKind, user ram.User, ids []string, report progress) *revocation {
	return &revocation{
		Instance: i, credentialKind: kind, user: user, ids: ids, progress: report,
		sent: map[string]bool{}, failed: map[string]error{}, done: map[string]bool{},
	}
}

// run reports whether all of the credentials are revoked.
func (r *revocation) run(ctx context.Context, diags *diag.Diagnostics) bool {
	settled, err := r.WaitUntil(ctx, instance.ListLimit, r.revokeListed)
	if err == nil && !settled {
		err = fmt.Errorf("the service still listed a %s as usable after %s", r.noun, instance.ListLimit)
	}
	for _, id := range slices.Sorted(maps.Keys(r.failed)) {
		diagnostics.Report(diags, diagnostics.Operation{Name: fmt.Sprintf("%s the %s %s", r.verb, r.noun, id), State: r.state()}, r.failed[id])
	}
	if diagnostics.Report(diags, diagnostics.Operation{Name: fmt.Sprintf("confirm that no %s of user %s is usable", r.noun, r.user.Name), State: r.state()}, err) || len(r.failed) > 0 {
		return false
	}
	if len(r.done) == 0 {
		r.progress("The user %q has no %s. There is nothing to %s.", r.user.Name, r.noun, r.verb)
	}
	return true
}

// revokeListed revokes each usable credential that was not tried yet, and reports whether
// there is nothing to wait for.
func (r *revocation) revokeListed(ctx context.Context) (bool, error) {
	all, err := r.list(ctx, r.user.Name)
	if err != nil {
		return false, err
	}
	r.usable, r.listed = nil, true
	for _, credential := range all {
		switch {
		case r.ids != nil && !slices.Contains(r.ids, credential.id):
		case credential.usable:
			r.usable = append(r.usable, credential.id)
		default:
			r.recordDone(credential.id)
		}
	}
	slices.Sort(r.usable)
	for _, id := range slices.Sorted(maps.Keys(r.sent)) { // a deleted credential is not listed
		if r.failed[id] == nil && !slices.Contains(r.usable, id) {
			r.recordDone(id)
		}
	}
	for _, id := range r.usable {
		r.try(ctx, id)
	}
	waiting := slices.ContainsFunc(r.usable, func(id string) bool { return r.failed[id] == nil })
	return !waiting, ctx.Err()
}

// recordDone records that a credential is not usable. A failed request for it does not matter then.
func (r *revocation) recordDone(id string) {
	switch {
	case r.done[id]:
		return
	case r.sent[id]:
		r.progress("The %s %s of %q is %s now.", r.noun, id, r.user.Name, r.result)
	default:
		r.progress("The %s %s of %q is %s already.", r.noun, id, r.user.Name, r.result)
	}
	r.done[id] = true
	delete(r.failed, id)
}

func (r *revocation) try(ctx context.Context, id string) {
	if r.sent[id] || ctx.Err() != nil {
		return
	}
	r.progress("%s the %s %s of %q.", r.doing, r.noun, id, r.user.Name)
	r.sent[id] = true
	err := r.revoke(ctx, r.user.Name, id)
	if err != nil && !ram.NotFound(err, r.gone) {
		r.failed[id] = err
	}
}

// state describes which credentials are revoked, and which are not.
func (r *revocation) state() string {
	parts := []string{}
	if done := slices.Sorted(maps.Keys(r.done)); len(done) > 0 {
		parts = append(parts, strings.ToUpper(r.result[:1])+r.result[1:]+": "+strings.Join(done, ", ")+".")
	}
	switch {
	case !r.listed:
		parts = append(parts, fmt.Sprintf("It is not known which %ss user %q has: treat all of them as usable.", r.noun, r.user.Name))
	case len(r.usable) > 0:
		parts = append(parts, "Usable when last listed: "+strings.Join(r.usable, ", ")+".")
	}
	return strings.Join(append(parts, runAgain), " ")
}

var failedDisableLogon = failedAction("disable the console logon")

// disableLogon disables the console logon of a user, and reports whether it is disabled.
func (a *actsOnInstance) disableLogon(ctx context.Context, f diagnostics.Operation, user ram.User, report progress, diags *diag.Diagnostics) bool {
	profile, err := a.Client.LoginProfile(ctx, user.Name)
	switch {
	case ram.NotFound(err, "User.LoginProfile"):
		report("The user %q has no login profile, so there is no console logon to disable.", user.Name)
		return true
	case diagnostics.Report(diags, f, err):
		return false
	case profile.Status == ram.Inactive:
		report("The console logon of %q is already disabled.", user.Name)
		return true
	}
	report("Disabling the console logon of %q.", user.Name)
	if diagnostics.Report(diags, f, a.disableProfile(ctx, user)) {
		return false
	}
	report("The console logon of %q is disabled.", user.Name)
	return true
}

// disableProfile sets the profile to Inactive, and waits until the service returns this or the profile is deleted.
func (a *actsOnInstance) disableProfile(ctx context.Context, user ram.User) error {
	off := ram.Inactive
	change := ram.LoginProfileChange{Status: &off}
	err := a.Client.UpdateLoginProfile(ctx, user.Name, change)
	if ram.NoLoginProfile(err) {
		gone, unread := a.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			_, found, err := findLoginProfile(ctx, a.Instance, &user)
			return found, err
		})
		if gone {
			return nil
		}
		if err = unread; err == nil { // under another name of the user
			err = a.Client.UpdateLoginProfile(ctx, user.Name, change)
		}
	}
	if err != nil {
		return diagnostics.WithState(afterRequest(err, "The console logon is still enabled.", "It is unknown whether the console logon is disabled. Treat it as enabled."), err)
	}
	shows, err := a.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		live, found, err := findLoginProfile(ctx, a.Instance, &user)
		return err == nil && (!found || live.Status == ram.Inactive), ram.IgnoreNotFound(err, "User") // a stale response may contradict another one
	})
	if err == nil && !shows {
		err = fmt.Errorf("the service accepted the request, but still showed the profile as active after %s", instance.ConfirmLimit)
	}
	return diagnostics.WithState("The service accepted the request, but does not show the console logon as disabled. Treat it as enabled. "+runAgain, err)
}
