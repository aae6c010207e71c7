// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package access decides whether a change locks users or the provider out: which users can log on to the console, and from where
// long-lived AccessKeys are accepted, before the change and after it, whatever else this run has written by then. In
// package provider, lock_out.go and lock_out_network.go call it for every resource that can take access away.
package access

import (
	"context"
	"slices"
	"sync"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
)

// Objects that decide who can get in. An object of a user or a key has its name after a slash.
const (
	Preference    = "security_preference"
	Passwords     = "password_policy"
	Sso           = "user_sso_settings"
	AccountPolicy = "account_access_key_policy"
	KeyPolicy     = "access_key_policy/"
	MustAllow     = "must_allow/" // of the policy of a key
	Rotated       = "rotation/"   // the policy that a rotation gives a key
	Profile       = "login_profile/"
	Factor        = "second_factor/"
)

// LockName is the lock that the writes of these objects share, from the check to the write.
const LockName = "access"

// Run holds what one run of a provider instance plans for these objects, or has written. Terraform does not fix the order of their writes. A
// change is therefore judged with the live and with the planned value of every other object.
type Run struct {
	turn    chan struct{} // held by one check at a time, from the record to the end of the check
	mu      sync.Mutex
	planned map[string]planned
}

type planned struct {
	value    any
	accepted bool // allow_lock_out is true
}

type runKey struct{}

// Of returns the run of a provider instance.
func Of(i *instance.Instance) *Run {
	run, _ := i.Shared.LoadOrStore(runKey{}, &Run{turn: make(chan struct{}, 1), planned: map[string]planned{}})
	return run.(*Run) //nolint:forcetypeassert // stored one line above
}

// Hold records the value that a change gives an object, and calls check. One change is judged at a time: of two
// changes that are a lock-out only together, the second one sees the first.
func (r *Run) Hold(ctx context.Context, object string, value any, accepted bool, check func()) error {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.turn }()
	r.record(object, value, accepted)
	check()
	return nil
}

func (r *Run) record(object string, value any, accepted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.planned[object] = planned{value, accepted}
}

// Value is a value that an object can have while a change of another one takes effect.
type Value[S any] struct {
	Value    S
	Accepted bool // allow_lock_out of its own resource is true
}

// Values returns the live value of an object and, if the run plans another one, that too.
func Values[S any](r *Run, object string, live S) []Value[S] {
	values := []Value[S]{{Value: live}}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, found := r.planned[object]; found {
		if value, ok := p.value.(S); ok {
			values = append(values, Value[S]{value, p.accepted})
		}
	}
	return values
}

// Planned returns the planned values of the objects of a kind, by the name after the kind.
func Planned[S any](r *Run, kind string) map[string]Value[S] {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := map[string]Value[S]{}
	for object, p := range r.planned {
		if len(object) > len(kind) && object[:len(kind)] == kind {
			if value, ok := p.value.(S); ok {
				found[object[len(kind):]] = Value[S]{value, p.accepted}
			}
		}
	}
	return found
}

func sorted(names map[string]bool) []string {
	list := []string{}
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
