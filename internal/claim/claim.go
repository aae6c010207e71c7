// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package claim finds two resources that manage one object of the service: two that revert each other,
// or one that a run creates while it destroys the other.
package claim

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Claim is what one resource manages, of which the service has exactly one.
type Claim struct {
	Noun     string // of the resource, such as "verification"
	Object   string // what it manages, such as "security phone of the user alice"; "" while it is unknown
	Conflict string // what two resources for the object do to each other, as a sentence
	Values   string // what the resource sets, by which a person finds it
	Destroy  string // what a destroy does to the object, such as `on_destroy = "reset"`; "" if it changes nothing
	// Recreates reports whether a create repairs what a destroy of the same run removed.
	Recreates bool
	Captured  json.RawMessage // what the next resource for the object gets
}

// claims are the known actions of a run on one object.
type claims struct {
	created    string           // the id of the resource that this run created
	creates    *Claim           // of a planned create
	kept       map[string]Claim // by the id of a resource that the run keeps
	destroyed  map[string]Claim // by the id of a resource that the run destroys
	read       json.RawMessage  // captured by the resource that was read last
	handedOver json.RawMessage  // captured by a destroyed resource, for the next one
}

// run is what one provider instance, which serves one walk of a plan or an apply, knows of the objects.
// Terraform does not say which resource it plans or applies, so each has an id in its private state.
type run struct {
	mu      sync.Mutex
	objects map[string]*claims
}

// runKey is the key of a run in its instance.
type runKey struct{}

// with calls f with the claims to an object, one caller at a time.
func with(i *instance.Instance, object string, f func(*claims)) {
	if object == "" {
		return
	}
	shared, _ := i.Shared.LoadOrStore(runKey{}, &run{objects: map[string]*claims{}})
	r := shared.(*run) //nolint:forcetypeassert // stored in the line above
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.objects[object] == nil {
		r.objects[object] = &claims{kept: map[string]Claim{}, destroyed: map[string]Claim{}}
	}
	f(r.objects[object])
}

// ownerKey is the key of the id of a resource in private state.
const ownerKey = "owner"

// readID returns the id of a resource, or "" if it has none.
func readID(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) string {
	if id := tf.ReadPrivate[string](ctx, private, ownerKey, "resource", diags); id != nil {
		return *id
	}
	return ""
}

// NewID creates the id of a resource, such as after an import.
func NewID(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, ownerKey, rand.Text(), diags)
}

// RecordCaptured records what was captured by a resource that was read. A plan that replaces a tainted resource
// has no other way to know it.
func RecordCaptured(i *instance.Instance, c Claim) {
	with(i, c.Object, func(o *claims) { o.read = c.Captured })
}

// creationKey is the key of a planned create in private state: the objects, with what was captured. A
// destroy that finds one there is a part of a replacement: Terraform gives both parts the private state
// of the create.
const creationKey = "creation"

// PlanCreate records a planned create. It refuses a second resource for one object, and a create beside a
// destroy that could undo it.
func PlanCreate(ctx context.Context, i *instance.Instance, private tf.PrivateState, diags *diag.Diagnostics, all ...Claim) {
	replaced, creation := readID(ctx, private, diags), map[string]json.RawMessage{}
	for _, c := range all {
		with(i, c.Object, func(o *claims) {
			creation[c.Object] = o.read
			delete(o.kept, replaced)
			if o.creates != nil && o.created == "" {
				c.warnTwo(*o.creates, diags)
			}
			o.creates = &c
			for _, other := range o.kept {
				c.refuseTwo("plan", other, untouched, diags)
			}
			for _, other := range o.destroyed {
				c.refuseUndo(other, c, diags)
			}
		})
	}
	tf.WritePrivate(ctx, private, creationKey, creation, diags)
}

// PlanUpdate records a resource that stays. It warns of a second one, and refuses a destroy or a create
// beside it.
func PlanUpdate(ctx context.Context, i *instance.Instance, private tf.PrivateState, diags *diag.Diagnostics, all ...Claim) {
	id := readID(ctx, private, diags)
	for _, c := range all {
		with(i, c.Object, func(o *claims) {
			delete(o.destroyed, id)
			if id == "" {
				return
			}
			for other, known := range o.kept {
				if other != id {
					c.warnTwo(known, diags)
				}
			}
			o.kept[id] = c
			if o.creates != nil && o.created == "" {
				c.refuseTwo("plan", *o.creates, untouched, diags)
			}
			for _, other := range o.destroyed {
				c.refuseLoss(other, diags)
			}
		})
	}
}

// PlanDestroy records a planned destroy. It refuses one that could undo what another resource of the run
// sets.
func PlanDestroy(ctx context.Context, i *instance.Instance, private tf.PrivateState, diags *diag.Diagnostics, all ...Claim) {
	id := readID(ctx, private, diags)
	for _, c := range all {
		with(i, c.Object, func(o *claims) {
			delete(o.kept, id)
			o.destroyed[id] = c
			if o.creates != nil && o.created == "" {
				c.refuseUndo(c, *o.creates, diags)
			}
			if len(o.kept) > 0 {
				c.refuseLoss(c, diags)
			}
		})
	}
}

// Create creates the id of a new resource, and refuses a second resource for one object. It returns what a
// destroyed resource of the run captured. Release undoes it after a failure.
func Create(ctx context.Context, i *instance.Instance, private tf.PrivateState, diags *diag.Diagnostics, all ...Claim) (captured json.RawMessage, ok bool) {
	id := rand.Text()
	for n, c := range all {
		taken := false
		with(i, c.Object, func(o *claims) {
			if taken = o.created != ""; !taken {
				o.created, captured = id, o.handedOver
			}
		})
		if taken {
			Release(i, all[:n]...)
			c.refuseTwo("create", Claim{}, "The other resource was applied; this one was not.", diags)
			return nil, false
		}
	}
	tf.WritePrivate(ctx, private, ownerKey, id, diags)
	return captured, true
}

// Release forgets a create that failed: it leaves no state, and the next resource adopts the object.
func Release(i *instance.Instance, all ...Claim) {
	for _, c := range all {
		with(i, c.Object, func(o *claims) { o.created, o.creates = "", nil })
	}
}

// Leave records the destroy of a resource, and reports whether the run created another resource for the
// object, which the destroy then leaves as it is.
func Leave(ctx context.Context, i *instance.Instance, private tf.PrivateState, diags *diag.Diagnostics, c Claim) (created bool) {
	id := readID(ctx, private, diags)
	with(i, c.Object, func(o *claims) {
		created = o.created != "" && o.created != id
		if o.created == id {
			o.created, o.creates = "", nil
		}
		delete(o.destroyed, id)
		delete(o.kept, id)
	})
	return created
}

// HandOver is Leave for an object that the service always has. It reports whether the run has created, or
// is about to create, another resource for the object. That one gets what this one captured.
func HandOver(ctx context.Context, i *instance.Instance, private tf.PrivateState, diags *diag.Diagnostics, c Claim) bool {
	captured, replaced := c.Captured, false
	if creation := tf.ReadPrivate[map[string]json.RawMessage](ctx, private, creationKey, "resource", diags); creation != nil {
		var before json.RawMessage
		if before, replaced = (*creation)[c.Object]; captured == nil {
			captured = before
		}
	}
	created := Leave(ctx, i, private, diags, c)
	if !created && (replaced || c.Destroy == "") {
		with(i, c.Object, func(o *claims) { o.handedOver = captured })
	}
	return replaced || created
}

// Plan records a plan: a create, an update, or a destroy. A replacement is planned again, as a create.
func Plan(ctx context.Context, i *instance.Instance, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, state, plan Claim) {
	switch {
	case req.Plan.Raw.IsNull():
		PlanDestroy(ctx, i, resp.Private, &resp.Diagnostics, state)
	case req.State.Raw.IsNull():
		PlanCreate(ctx, i, resp.Private, &resp.Diagnostics, plan)
	case len(resp.RequiresReplace) == 0:
		PlanUpdate(ctx, i, resp.Private, &resp.Diagnostics, plan)
	}
}

// untouched is the state of an account after a refused plan.
const untouched = "Nothing was changed."

// warnTwo warns of a second resource for one object.
func (c Claim) warnTwo(other Claim, diags *diag.Diagnostics) {
	diags.AddWarning("Two resources manage the "+c.Object, c.two(other)+" Remove one of the two resources."+c.removal())
}

// refuse reports an error, one for all objects of a resource.
func (c Claim) refuse(verb, detail string, diags *diag.Diagnostics) {
	if !diags.HasError() {
		diags.AddError("Cannot "+verb+" the "+c.Noun, detail)
	}
}

// refuseTwo refuses a second resource for one object.
func (c Claim) refuseTwo(verb string, other Claim, state string, diags *diag.Diagnostics) {
	c.refuse(verb, c.two(other)+" "+state+"\n\nRemove one of the two resources.", diags)
}

// two describes two resources for one object. Their addresses are not known here: Terraform shows that of
// this one, and the other one is described by its values.
func (c Claim) two(other Claim) string {
	text := "Another resource of this configuration manages the " + c.Object + " too. " + c.Conflict
	if other.Values != "" {
		text += " The other resource sets: " + other.Values + "."
	}
	return text
}

// removal describes how a resource is removed whose destroy changes the object.
func (c Claim) removal() string {
	if c.Destroy == "" {
		return ""
	}
	return " " + forget
}

// forget is how a resource leaves the state and the object stays as it is.
const forget = "Use a removed block with lifecycle { destroy = false }, or terraform state rm: a destroy would change what the other resource manages."

// refuseUndo refuses a destroy and a create of one run, whose order Terraform does not fix, unless neither
// changes the object when it is destroyed.
func (c Claim) refuseUndo(destroyed, created Claim, diags *diag.Diagnostics) {
	if destroyed.Recreates || destroyed.Destroy == "" && created.Destroy == "" {
		return
	}
	why := "the destroy could undo the new resource"
	if destroyed.Destroy == "" {
		why = "the new resource could not save the values from before the first one"
	}
	c.refuse("plan", fmt.Sprintf(
		"This run destroys one resource for the %s%s and creates another%s. The order is not defined: %s. %s\n\n"+
			"If the resource was renamed, add a moved block with its old and its new address. Otherwise destroy the old resource in a separate run, with on_destroy = \"retain\" where it has that argument.",
		c.Object, inBrackets(destroyed.Destroy), inBrackets(created.Destroy), why, untouched), diags)
}

// refuseLoss refuses the destroy of one of two resources for an object, if it changes the object.
func (c Claim) refuseLoss(destroyed Claim, diags *diag.Diagnostics) {
	if destroyed.Destroy == "" {
		return
	}
	c.refuse("plan", fmt.Sprintf(
		"This run destroys one resource for the %s%s, and another one still manages it: the destroy would change what the other resource sets. %s\n\n%s",
		c.Object, inBrackets(destroyed.Destroy), untouched, forget), diags)
}

// inBrackets returns words in brackets after a blank, or nothing.
func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
