// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package exclusive

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Object is what a declaration is about.
type Object struct {
	Noun string // of the resource, such as "exclusive group members"
	Name string // of the object, such as "group developers"; empty while it is unknown
}

// Named returns the name of an object, or "" while it is unknown.
func Named(kind string, name types.String) string {
	if tf.IsAbsent(name) {
		return ""
	}
	return kind + " " + name.ValueString()
}

// run is what one provider instance, which serves one walk of a plan or an apply, knows of the
// declarations and of the members that it adds. Terraform does not say which resource it plans, so each
// has an id in its private state.
type run struct {
	mu     sync.Mutex
	claims map[Object]*claims
	added  map[[2]string]bool // object and member
}

// claims are the resources for one object.
type claims struct {
	creates, created bool
	stays            map[string]bool // by the id of the resource
}

// runKey is the key of a run in its instance.
type runKey struct{}

func runOf(i *instance.Instance) *run {
	shared, _ := i.Shared.LoadOrStore(runKey{}, &run{claims: map[Object]*claims{}, added: map[[2]string]bool{}})
	return shared.(*run) //nolint:forcetypeassert // stored in the line above
}

// with calls f with the claims of an object whose name is known, one caller at a time.
func with(i *instance.Instance, object Object, f func(*claims)) {
	if object.Name == "" {
		return
	}
	r := runOf(i)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.claims[object] == nil {
		r.claims[object] = &claims{stays: map[string]bool{}}
	}
	f(r.claims[object])
}

// ownerKey is the key of the id of a resource in private state.
const ownerKey = "owner"

func readID(ctx context.Context, private tf.PrivateState, noun string, diags *diag.Diagnostics) string {
	if id := tf.ReadPrivate[string](ctx, private, ownerKey, noun, diags); id != nil {
		return *id
	}
	return ""
}

// NewID gives a resource an id, such as after an import.
func NewID(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, ownerKey, rand.Text(), diags)
}

// PlanCreate records a planned create, and refuses a second resource for one object.
func PlanCreate(ctx context.Context, i *instance.Instance, object Object, private tf.PrivateState, diags *diag.Diagnostics) {
	replaced := readID(ctx, private, object.Noun, diags)
	with(i, object, func(c *claims) {
		c.creates = true
		delete(c.stays, replaced)
		if len(c.stays) > 0 {
			refuse("plan", object, diags)
		}
	})
}

// PlanUpdate records a resource that stays, and warns of a second one.
func PlanUpdate(ctx context.Context, i *instance.Instance, object Object, private tf.PrivateState, diags *diag.Diagnostics) {
	id := readID(ctx, private, object.Noun, diags)
	if id == "" {
		return
	}
	with(i, object, func(c *claims) {
		c.stays[id] = true
		switch {
		case c.creates && !c.created:
			refuse("plan", object, diags)
		case len(c.stays) > 1:
			diags.AddWarning(fmt.Sprintf("Two resources declare the %s of the %s", object.Noun, object.Name),
				"Each of them reports, and with another value of enforce removes, what only the other one declares. Remove one of the two resources.")
		}
	})
}

// PlanDestroy records a resource that goes.
func PlanDestroy(ctx context.Context, i *instance.Instance, object Object, private tf.PrivateState, diags *diag.Diagnostics) {
	id := readID(ctx, private, object.Noun, diags)
	with(i, object, func(c *claims) { delete(c.stays, id) })
}

// Create gives a new resource an id. It refuses a second resource for one object.
func Create(ctx context.Context, i *instance.Instance, object Object, private tf.PrivateState, diags *diag.Diagnostics) bool {
	taken := false
	with(i, object, func(c *claims) { taken, c.created = c.created, true })
	if taken {
		refuse("create", object, diags)
		return false
	}
	NewID(ctx, private, diags)
	return true
}

// Release forgets a resource whose create failed or that was destroyed.
func Release(i *instance.Instance, object Object) {
	with(i, object, func(c *claims) { c.creates, c.created = false, false })
}

func refuse(verb string, object Object, diags *diag.Diagnostics) {
	diags.AddError("Cannot "+verb+" the "+object.Noun, fmt.Sprintf(
		"Another resource of this configuration declares the %s of the %s. Two of them report, or remove, what only the other one declares. Nothing was changed.\n\nRemove one of the two resources.", object.Noun, object.Name))
}

// Add records that this run adds a member to an object, for example to a group. A declaration then leaves
// the member alone. It waits until a removal that has begun is finished.
func Add(ctx context.Context, i *instance.Instance, object, member string) error {
	unlock, err := i.Client.Lock(ctx, lockName(object, member))
	if err != nil {
		return err
	}
	defer unlock()
	r := runOf(i)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added[[2]string{object, member}] = true
	return nil
}

// Remove calls remove, unless this run adds the member. It reports whether it called it.
func Remove(ctx context.Context, i *instance.Instance, object, member string, remove func() error) (bool, error) {
	unlock, err := i.Client.Lock(ctx, lockName(object, member))
	if err != nil {
		return false, err
	}
	defer unlock()
	r := runOf(i)
	r.mu.Lock()
	added := r.added[[2]string{object, member}]
	r.mu.Unlock()
	if added {
		return false, nil
	}
	return true, remove()
}

func lockName(object, member string) string { return "member " + member + " of the " + object }
