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

// A deactivation disables keys of a user, until all of them are listed as inactive.
type deactivation struct {
	*instance.Instance

	user ram.User
	ids  []string // nil: all
	tell telling

	sent   map[string]bool  // the service was asked to disable the key
	failed map[string]error // and did not
	done   map[string]bool  // the key is listed as inactive
	left   []string         // active as of the last look
}

func newDeactivation(i *instance.Instance, user ram.User, ids []string, tell telling) *deactivation {
	return &deactivation{
		Instance: i, user: user, ids: ids, tell: tell,
		sent: map[string]bool{}, failed: map[string]error{}, done: map[string]bool{},
	}
}

func (d *deactivation) run(ctx context.Context, diags *diag.Diagnostics) {
	settled, err := d.WaitUntil(ctx, instance.ListLimit, d.look)
	if err == nil && !settled {
		err = fmt.Errorf("the service still listed keys as active after %s. Run again", instance.ListLimit)
	}
	for _, id := range slices.Sorted(maps.Keys(d.failed)) {
		diagnostics.Report(diags, diagnostics.Operation{Name: "disable the AccessKey pair " + id, State: d.now()}, d.failed[id])
	}
	if diagnostics.Report(diags, diagnostics.Operation{Name: "confirm that the AccessKey pairs are disabled", State: d.now()}, err) || len(d.failed) > 0 {
		return
	}
	if len(d.done) == 0 {
		d.tell("The user %q has no AccessKey pairs. Nothing was to be done.", d.user.Name)
	}
}

// look disables what is active and was not tried yet, and reports whether nothing is left
// to be waited for.
func (d *deactivation) look(ctx context.Context) (bool, error) {
	keys, err := d.Client.RefreshAccessKeys(ctx, d.user.Name)
	if err != nil {
		return false, err
	}
	d.left = nil
	for _, key := range keys {
		switch {
		case d.ids != nil && !slices.Contains(d.ids, key.ID):
		case key.Status != keyActive:
			d.finish(key.ID)
		default:
			d.left = append(d.left, key.ID)
			d.disable(ctx, key.ID)
		}
	}
	waiting := slices.ContainsFunc(d.left, func(id string) bool { return d.failed[id] == nil })
	return !waiting, ctx.Err()
}

// finish notes that a key is inactive. That it could not be asked for does not matter then.
func (d *deactivation) finish(id string) {
	switch {
	case d.done[id]:
		return
	case d.sent[id]:
		d.tell("The AccessKey pair %s of %q is inactive now.", id, d.user.Name)
	default:
		d.tell("The AccessKey pair %s of %q is inactive already.", id, d.user.Name)
	}
	d.done[id] = true
	delete(d.failed, id)
}

func (d *deactivation) disable(ctx context.Context, id string) {
	if d.sent[id] || ctx.Err() != nil {
		return
	}
	d.tell("Disabling the AccessKey pair %s of %q.", id, d.user.Name)
	d.sent[id] = true
	err := d.Client.UpdateAccessKey(ctx, d.user.Name, id, keyInactive)
	if err != nil && !ram.NotFound(err, "User.AccessKey") { // a key that is gone needs no more
		d.failed[id] = err
	}
}

// now says what is disabled, and what is not.
func (d *deactivation) now() string {
	parts := []string{}
	if done := slices.Sorted(maps.Keys(d.done)); len(done) > 0 {
		parts = append(parts, "Inactive: "+strings.Join(done, ", ")+".")
	}
	if len(d.left) > 0 {
		slices.Sort(d.left)
		parts = append(parts, "Active when last looked at, so treat them as active: "+strings.Join(d.left, ", ")+".")
	}
	return strings.Join(append(parts, "Run again to go on; every step can be repeated."), " ")
}
