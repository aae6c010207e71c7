// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// subjects returns the existing object of each registered type.
func subjects() map[string]acctest.Existing {
	all := map[string]acctest.Existing{}
	for _, s := range acctest.Subjects() {
		all[s.Kind] = s.Existing
	}
	return all
}

// withOneOfEach returns an account with an object of each type.
func withOneOfEach(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := ramtest.New(t, options...)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) { acctest.AddExisting(a, now) })
	return srv
}

// eachSubject runs a test for each registered type, on an account of its own.
func eachSubject(t *testing.T, story func(*testing.T, string, acctest.Existing, *ramtest.Server, *acctest.Driver)) {
	t.Helper()
	for kind, s := range subjects() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := withOneOfEach(t)
			story(t, kind, s, srv, newCore(t, srv.Getenv, fakeClock()))
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

// Each registered type has a subject, and is listed unless its subject has a reason.
func TestSubjects_coverEveryType(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	known := subjects()
	expect(t, "types", slices.Sorted(maps.Keys(known)), slices.Sorted(maps.Keys(c.Schemas.ResourceSchemas)))
	for kind, s := range known {
		if listed := c.Schemas.ListResourceSchemas[kind] != nil; listed != (s.Unlisted == "") {
			t.Errorf("%s is listed: %v, because %q", kind, listed, s.Unlisted)
		}
	}
}

// appliesOnce returns an imported object after its configuration was applied, which changes
// nothing unless a value has to be saved.
func appliesOnce(t *testing.T, s acctest.Existing, c *acctest.Driver, kind string, config attributes, o acctest.Object) acctest.Object {
	t.Helper()
	if s.Unread != "" {
		after, diags := c.Apply(kind, config, o)
		clean(t, diags)
		o = after
	}
	unchanged(t, c, kind, config, o)
	steady(t, c, kind, config, o)
	return o
}

// unchanged fails the test unless a plan with the configuration changes nothing.
func unchanged(t *testing.T, c *acctest.Driver, kind string, config attributes, o acctest.Object) {
	t.Helper()
	plan, diags := c.Plan(kind, config, o)
	clean(t, diags)
	if plan == nil {
		return
	}
	if planned := c.Planned(kind, plan); !planned.Equal(o.State) {
		diff, err := o.State.Diff(planned)
		must(t, err)
		t.Errorf("the plan changes %v", diff)
	}
	if len(plan.RequiresReplace) > 0 {
		t.Errorf("the plan replaces because of %v", plan.RequiresReplace)
	}
}

// raw returns a value as a state file has it.
func raw(t *testing.T, v tftypes.Value) any {
	t.Helper()
	switch {
	case v.IsNull():
		return nil
	case v.Type().Is(tftypes.Set{}), v.Type().Is(tftypes.List{}):
		var elements []tftypes.Value
		must(t, v.As(&elements))
		list := []any{}
		for _, e := range elements {
			list = append(list, raw(t, e))
		}
		return list
	case v.Type().Is(tftypes.Map{}), v.Type().Is(tftypes.Object{}):
		members := map[string]any{}
		for name, e := range acctest.Fields(v) {
			members[name] = raw(t, e)
		}
		return members
	default:
		return acctest.Native(v)
	}
}

// withoutIdentity returns an object whose identity the CLI has not saved.
func withoutIdentity(o acctest.Object) acctest.Object {
	return acctest.Object{State: o.State, Private: o.Private}
}
