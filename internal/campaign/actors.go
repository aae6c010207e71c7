// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// shared is the configuration of one of two who work in one account: each has some
// attributes of the same settings, and one of the two keys of the same user.
const shared = `
variable "round" { type = number }
resource "ram_security_preference" "this" { %s }
resource "ram_password_policy" "this" { %s }
resource "ram_access_key" "dave" {
  user_name           = "dave"
  rotate_when_changed = { round = tostring(var.round) }
}
`

// actor is a person with a configuration and a state of their own.
type actor struct {
	*cli

	name string
	code int
	said string
}

// actors are two of them in one account, which both change at the same time.
type actors struct {
	*figures

	ctx   context.Context
	srv   *ramtest.Server
	began *stage // as it was before
	both  []*actor

	overwritten int
}

const actorsAgain = "go run ./internal/cmd/campaign -pieces actors -cli CLI"

// playActors lets two CLIs work in one account at the same time (F28).
func playActors(ctx context.Context, o *Options, f *figures) error {
	directory, err := built(ctx, o)
	if err != nil {
		return err
	}
	account := inhabited(time.Now())
	account.Users["dave"] = &ramtest.User{ID: "200000000000000003", Name: "dave", Status: "active", ProvisionType: "Manual", CreateDate: account.Users["bob"].CreateDate, UpdateDate: account.Users["bob"].UpdateDate}
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithAccounts(account), ramtest.Strict(), ramtest.Latency(5*time.Millisecond), ramtest.WithBehaviour(unkind)) // so that both are at it at once
	if err != nil {
		return err
	}
	defer srv.Close()
	a := &actors{figures: f, ctx: ctx, srv: srv, began: &stage{srv: srv}}
	a.began.began = a.began.account()
	for name, settings := range map[string][]any{
		"one":     {"login_session_duration = 2 + var.round % 20", "minimum_password_length = 8 + var.round % 20"},
		"another": {"max_idle_days_for_users = [90, 180, 365, 730][var.round % 4]", "max_login_attempts = 1 + var.round % 30"},
	} {
		c, err := newCLI(o, directory, fmt.Sprintf(shared, settings...), srv.Getenv)
		if err != nil {
			return err
		}
		defer c.remove()
		a.both = append(a.both, &actor{cli: c, name: name})
	}
	for n := range o.Rounds {
		if err := a.round(n); err != nil || len(f.wrong) > 0 {
			return err
		}
	}
	f.add("rounds in which both changed one account at once", o.Rounds)
	f.add("rounds in which one wrote over the other's value, and a further apply put it back", a.overwritten)
	return nil
}

// run lets both run the same at the same time.
func (a *actors) run(verb string, arguments ...string) error {
	var all sync.WaitGroup
	failures := make([]error, len(a.both))
	for i, who := range a.both {
		all.Go(func() {
			who.code, who.said, failures[i] = who.run(a.ctx, append([]string{verb}, arguments...)...)
		})
	}
	all.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// round changes everything from both sides, and goes on until both are at rest. Each
// setting's first write takes a while, so that the other's falls between it and what it
// was merged with.
func (a *actors) round(n int) error {
	round := fmt.Sprintf("-var=round=%d", n)
	if err := a.srv.SetSchedule(ramtest.Schedule{}); err != nil {
		return err
	}
	for _, action := range []string{"SetSecurityPreference", "SetPasswordPolicy"} {
		a.srv.Inject(ramtest.Rule{Action: action, Nth: "1", Fault: "delay", Delay: 500 * time.Millisecond})
	}
	if err := a.run("apply", "-auto-approve", round); err != nil {
		return err
	}
	for _, who := range a.both {
		if who.code != 0 {
			a.forbid(actorsAgain, "round %d: the apply of %s fails beside the other: %s", n, who.name, who.said)
		}
	}
	a.look(n)
	if err := a.run("plan", "-detailed-exitcode", round); err != nil {
		return err
	}
	a.count("rounds")
	rested := true
	for _, who := range a.both {
		if who.code == 0 {
			continue
		}
		rested = false
		if code, out, err := who.run(a.ctx, "apply", "-auto-approve", round); err != nil || code != 0 {
			a.forbid(actorsAgain, "round %d: the next apply of %s fails: %v: %s", n, who.name, err, out)
		}
	}
	if rested {
		return nil
	}
	a.overwritten++
	if err := a.run("plan", "-detailed-exitcode", round); err != nil {
		return err
	}
	for _, who := range a.both {
		if who.code != 0 {
			a.forbid(actorsAgain, "round %d: after another apply the plan of %s is not empty: %s", n, who.name, who.said)
		}
	}
	a.look(n)
	return nil
}

// look compares the account with both states, and with what it was where nobody has a say.
func (a *actors) look(n int) {
	account, tracked := a.began.account(), 0
	for _, who := range a.both {
		state, err := os.ReadFile(filepath.Join(who.directory, stateFile))
		if err != nil {
			a.forbid(actorsAgain, "round %d: %s has no state: %s", n, who.name, err)
			return
		}
		for id, secret := range secretsIn(state) {
			if tracked++; secretOf(account, id) != secret {
				a.forbid(actorsAgain, "round %d: the key %s of %s is not that of the service", n, id, who.name)
			}
		}
	}
	if keys := len(account.Users["dave"].Keys); keys != 2 || tracked != 2 {
		a.forbid(actorsAgain, "round %d: dave has %d keys, and the states have %d", n, keys, tracked)
	}
	if odd := a.began.portray(unmanaged(account)).differs(a.began.portray(unmanaged(a.began.began))); len(odd) > 0 {
		a.forbid(actorsAgain, "round %d: what nobody manages was changed: %s", n, strings.Join(odd, "; "))
	}
	for _, e := range a.srv.History() {
		if byProvider(e) && !a.theirs(e) {
			a.forbid(actorsAgain, "round %d: %s made %v of %s.%s, which is nobody's to change", n, e.Actor, e.After, e.Object, e.Field)
		}
	}
	for _, violation := range a.srv.Violations() {
		a.forbid(actorsAgain, "the service objects: %s", violation)
	}
}

// theirs tells that a change is of what the two manage: four attributes, and keys that they made.
func (a *actors) theirs(e ramtest.Event) bool {
	switch kind, id, _ := strings.Cut(e.Object, "/"); kind {
	case "access_key", "recycled_access_key":
		return !a.began.known(id)
	case "security_preference":
		return e.Field == "LoginSessionDuration" || e.Field == "MaxIdleDaysForUsers"
	case "password_policy":
		return e.Field == "MinimumPasswordLength" || e.Field == "MaxLoginAttempts"
	}
	return false
}

// unmanaged is an account without what the two manage.
func unmanaged(a *ramtest.Account) *ramtest.Account {
	rest := a.Clone()
	rest.Preference.LoginSessionDuration, rest.Preference.MaxIdleDaysForUsers = 0, 0
	rest.Policy.MinimumPasswordLength, rest.Policy.MaxLoginAttempts = 0, 0
	rest.Users["dave"].Keys = nil
	return rest
}
