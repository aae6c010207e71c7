// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// owners are the resources that manage the settings of one provider instance, which
// serves one walk of a plan or an apply. Terraform does not say which resource it plans or
// applies, so each has an id in its private state.
type owners struct {
	mu       sync.Mutex
	settings map[string]*claims
}

// claims are what a run is known to do with one setting.
type claims struct {
	created string            // the id of the resource that this run created
	creates string            // on_destroy of a planned create, "" without one
	stays   map[string]bool   // ids of resources that the run keeps
	goes    map[string]string // on_destroy by the id of resources that the run destroys
	read    *Adoption         // of the resource that was read last
	handed  *Adoption         // of a destroyed resource, for the next one
}

// ownersKey is where an instance has its owners.
type ownersKey struct{}

// ownerKey is the id of a resource in private state.
const ownerKey = "owner"

// with calls f with the claims of a setting, one caller at a time.
func (s *Setting[S]) with(f func(*claims)) {
	shared, _ := s.Shared.LoadOrStore(ownersKey{}, &owners{settings: map[string]*claims{}})
	o := shared.(*owners) //nolint:forcetypeassert // stored two lines above
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.settings[s.Name] == nil {
		o.settings[s.Name] = &claims{stays: map[string]bool{}, goes: map[string]string{}}
	}
	f(o.settings[s.Name])
}

// readOwner returns the id of a resource, or "" if it has none.
func readOwner(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) string {
	id := tf.ReadPrivate[string](ctx, private, ownerKey, "setting", diags)
	if id == nil {
		return ""
	}
	return *id
}

// NewOwner gives a resource an id.
func NewOwner(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, ownerKey, rand.Text(), diags)
}

// Remember records what was read of a resource. A plan that replaces a tainted resource
// has no other way to know it.
func (s *Setting[S]) Remember(adoption *Adoption) { s.with(func(c *claims) { c.read = adoption }) }

// creation is in the private state of a planned create. A destroy that finds it there is a
// part of a replacement: Terraform gives both parts the private state of the create.
type creation struct {
	Setting string    `json:"setting"`
	Before  *Adoption `json:"before"`
}

const creationKey = "creation"

// ClaimCreate records a planned create, and refuses a second resource for one setting.
func (p *Plan[S]) ClaimCreate(ctx context.Context, private tf.PrivateState) {
	replaced := readOwner(ctx, private, p.Diags)
	onDestroy := p.onDestroy(p.Plan)
	p.with(func(c *claims) {
		tf.WritePrivate(ctx, private, creationKey, creation{Setting: p.Name, Before: c.read}, p.Diags)
		c.creates = onDestroy
		delete(c.stays, replaced)
		if len(c.stays) > 0 {
			p.Diags.AddError("Cannot plan the "+p.Noun, "Another resource of this configuration manages the "+p.Noun+" already. "+twoResources)
		}
		for _, other := range c.goes {
			p.refuseUndo(other, onDestroy)
		}
	})
}

const twoResources = "Two resources for one setting revert each other at every apply. Nothing was changed.\n\nRemove one of the two resources."

// ClaimUpdate records a resource that stays, and warns of a second one.
func (p *Plan[S]) ClaimUpdate(ctx context.Context, private tf.PrivateState) {
	id := readOwner(ctx, private, p.Diags)
	if id == "" {
		return
	}
	p.with(func(c *claims) {
		delete(c.goes, id)
		c.stays[id] = true
		if len(c.stays) > 1 {
			p.Diags.AddWarning("Two resources manage the "+p.Noun, "Another resource of this configuration manages the "+p.Noun+" too. Each apply of one reverts what the other sets. Remove one of the two resources.")
		}
		if c.creates != "" && c.created == "" {
			p.Diags.AddError("Cannot plan the "+p.Noun, "Another resource of this configuration is planned for the "+p.Noun+", which this one manages. "+twoResources)
		}
	})
}

// ClaimDestroy records a planned destroy, and refuses one that could undo a create of the
// same run.
func (p *Plan[S]) ClaimDestroy(ctx context.Context, private tf.PrivateState) {
	id, onDestroy := readOwner(ctx, private, p.Diags), p.onDestroy(p.State)
	p.with(func(c *claims) {
		delete(c.stays, id)
		c.goes[id] = onDestroy
		if c.creates != "" && c.created == "" {
			p.refuseUndo(onDestroy, c.creates)
		}
	})
}

// refuseUndo refuses a destroy and a create of one run, whose order Terraform does not fix,
// unless neither needs values from before.
func (p *Plan[S]) refuseUndo(destroyed, created string) {
	if destroyed == Retain && created == Retain {
		return
	}
	p.Diags.AddError("Cannot plan the "+p.Noun, fmt.Sprintf(
		"This run destroys one resource for the %s (on_destroy = %q) and creates another (on_destroy = %q). Terraform does not fix their order, so the destroy could undo the new resource, "+
			"and the values from before the first one would be lost. Nothing was changed.\n\n"+
			"If the resource was renamed, add a moved block with its old and its new address. Otherwise destroy the old resource in a run of its own, with on_destroy = \"retain\" where it has that argument.",
		p.Noun, destroyed, created))
}

// onDestroy is what a destroy does. A setting without the argument is reset.
func (s *Setting[S]) onDestroy(v tf.Values) string {
	if v["on_destroy"] == nil {
		return Reset
	}
	return tf.String(v["on_destroy"])
}

// Create is Run for a new resource, with its private state. It reports whether it succeeded.
func (w *Write[S]) Create(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) bool {
	id, taken := rand.Text(), false
	w.with(func(c *claims) {
		taken = c.created != ""
		if !taken {
			c.created, w.Adoption = id, c.handed
		}
	})
	if taken {
		diags.AddError("Cannot create the "+w.Noun, "Another resource of this run manages the "+w.Noun+". The other resource was applied; this one was not. "+twoResources)
		return false
	}
	w.Run(ctx, diags)
	if diags.HasError() {
		w.with(func(c *claims) { c.created = "" }) // a failed create leaves no state, and the next one adopts the setting
		return false
	}
	w.with(func(c *claims) { c.handed = nil })
	w.Adoption.Save(ctx, private, diags)
	w.recordFields(ctx, private, diags, w.Known...)
	tf.WritePrivate(ctx, private, ownerKey, id, diags)
	return true
}

// HandOver reports whether a destroy changes nothing, because the run creates another
// resource for the setting: that one gets the values from before adoption.
func (s *Setting[S]) HandOver(ctx context.Context, private tf.PrivateState, onDestroy string, diags *diag.Diagnostics) bool {
	adoption, id := ReadAdoption(ctx, private, diags), readOwner(ctx, private, diags)
	next := tf.ReadPrivate[creation](ctx, private, creationKey, "setting", diags)
	if adoption == nil && next != nil {
		adoption = next.Before
	}
	replaced, created := next != nil && next.Setting == s.Name, false
	s.with(func(c *claims) {
		created = c.created != "" && c.created != id
		if !created && (replaced || onDestroy == Retain) {
			c.handed = adoption
		}
		if c.created == id {
			c.created = ""
		}
		delete(c.goes, id)
		delete(c.stays, id)
	})
	return replaced || created
}
