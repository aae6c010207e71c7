// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A panic while the provider waits for a new key ends in an error. The key is in the state with its secret, the
// process continues, and the value of the panic is not printed.
func TestGuard_panicIsAnErrorAndLosesNothing(t *testing.T) {
	t.Parallel()
	srv := withAlice(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 2 }))
	bug := "what-a-panic-may-hold"
	h := &acctest.Clock{}
	struck := false
	c := newCore(t, srv.Getenv, WithClock(h.Now, func(ctx context.Context, d time.Duration) error {
		if !struck {
			struck = true
			panic(bug)
		}
		return h.Pause(ctx, d)
	}))
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	messages := acctest.Messages(diags)
	for _, want := range []string{"Cannot finish the create", "a panic with a string", "Run terraform plan", "guard_test.go"} {
		if !strings.Contains(messages, want) {
			t.Errorf("it is not said that %q:\n%s", want, messages)
		}
	}
	keys := keysOf(srv, "alice")
	if len(keys) != 1 || stateOf(t, o, "secret") != keys[0].Secret || strings.Contains(messages, keys[0].Secret) || strings.Contains(messages, bug) {
		t.Errorf("the state has %s, alice %+v, and it is said:\n%s", o.State, keys, messages)
	}
	if !struck {
		t.Fatal("no panic")
	}
	after, diags := c.Read(accessKey, o)
	if len(diags) > 0 || stateOf(t, after, "secret") != keys[0].Secret {
		t.Errorf("the same process reads %s, and says %s", after.State, acctest.Messages(diags))
	}
	if _, diags := c.Destroy(accessKey, after); len(diags) > 0 || len(keysOf(srv, "alice")) > 0 {
		t.Errorf("the destroy says %s", acctest.Messages(diags))
	}
}

// Each step of a resource is behind the guard.
func TestGuard_catchesPanicsInEveryStep(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	broken := false
	h := &acctest.Clock{}
	c := newCore(t, srv.Getenv, WithClock(func() time.Time {
		if broken {
			var none []time.Time
			return none[len(none)]
		}
		return h.Now()
	}, h.Pause))
	config := attributes{"user_name": "alice", "status": "Active"}
	o, diags := c.Create(accessKey, config)
	if len(diags) > 0 {
		t.Fatal(acctest.Messages(diags))
	}
	config["status"] = "Inactive"
	for step, act := range map[string]func() string{
		"finish the refresh": func() string { _, diags := c.Read(accessKey, o); return acctest.Messages(diags) },
		"finish the import": func() string {
			_, diags := c.Import(accessKey, "alice:"+stateOf(t, o, "access_key_id"))
			return acctest.Messages(diags)
		},
		"finish the destroy": func() string {
			broken = false
			plan, _ := c.PlanDestroy(accessKey, o)
			broken = true
			_, diags := c.ApplyPlan(accessKey, nil, o, plan)
			return acctest.Messages(diags)
		},
		"finish the update": func() string {
			broken = false
			plan, _ := c.Plan(accessKey, config, o)
			broken = true
			_, diags := c.ApplyPlan(accessKey, config, o, plan)
			return acctest.Messages(diags)
		},
	} {
		broken = true
		messages := act()
		broken = false
		if !strings.Contains(messages, "Cannot "+step) && !strings.Contains(messages, "This is a bug of the provider") || !strings.Contains(messages, "index out of range") {
			t.Errorf("%s: %s", step, messages)
		}
	}
	if len(keysOf(srv, "alice")) != 1 {
		t.Error("the key is gone")
	}
}
