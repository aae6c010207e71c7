// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// sharedAccount is what each of two users manages: two attributes, which differ, and a key.
const sharedAccount = `
variable "round" { type = number }
resource "ram_security_preference" "this" { %s }
resource "ram_password_policy" "this" { %s }
resource "ram_access_key" "dave" {
  user_name           = "dave"
  rotate_when_changed = { round = tostring(var.round) }
}
`

// concurrentUser has a configuration and a state of its own.
type concurrentUser struct {
	*acctest.CLI

	name   string
	result acctest.Result
}

// concurrentUsers change one account at the same time.
type concurrentUsers struct {
	*figures

	ctx     context.Context
	srv     *ramtest.Server
	initial *environment // the account before
	users   []*concurrentUser

	overwritten int
}

const actorsReplay = "go run ./internal/cmd/campaign -pieces actors -cli CLI"

// runActors runs two CLIs in one account at the same time (F28).
func runActors(ctx context.Context, o *Options, f *figures) error {
	directory, err := buildProvider(ctx, o)
	if err != nil {
		return err
	}
	account := acctest.PopulatedAccount(time.Now())
	account.Users["dave"] = &ramtest.User{ID: "200000000000000003", Name: "dave", Status: "active", ProvisionType: "Manual", CreateDate: account.Users["bob"].CreateDate, UpdateDate: account.Users["bob"].UpdateDate}
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithAccounts(account), ramtest.Strict(), ramtest.Latency(5*time.Millisecond), ramtest.WithBehaviour(worstCase)) // latency makes the two overlap
	if err != nil {
		return err
	}
	defer srv.Close()
	a := &concurrentUsers{figures: f, ctx: ctx, srv: srv, initial: &environment{srv: srv}}
	a.initial.initial = a.initial.account()
	for name, settings := range map[string][]any{
		"one":     {"login_session_duration = 2 + var.round % 20", "minimum_password_length = 8 + var.round % 20"},
		"another": {"max_idle_days_for_users = [90, 180, 365, 730][var.round % 4]", "max_login_attempts = 1 + var.round % 30"},
	} {
		c, err := newCLI(o, directory, fmt.Sprintf(sharedAccount, settings...), srv.Getenv)
		if err != nil {
			return err
		}
		defer remove(c)
		a.users = append(a.users, &concurrentUser{CLI: c, name: name})
	}
	for n := range o.Rounds {
		if err := a.round(n); err != nil || len(f.wrong) > 0 {
			return err
		}
	}
	f.add("rounds in which both changed one account at once", o.Rounds)
	f.add("rounds in which one overwrote the other's value, and a further apply restored it", a.overwritten)
	return nil
}

// run runs the same command for both users at the same time.
func (a *concurrentUsers) run(arguments ...string) error {
	var all sync.WaitGroup
	failures := make([]error, len(a.users))
	for i, user := range a.users {
		all.Go(func() { user.result, failures[i] = user.Run(a.ctx, arguments...) })
	}
	all.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// round changes everything from both sides until no plan has a change. The first write of each setting
// is slow, so the other user's write falls between it and the read that it was merged with.
func (a *concurrentUsers) round(n int) error {
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
	for _, user := range a.users {
		if user.result.Code != 0 {
			a.forbid(actorsReplay, "round %d: the apply of %s fails beside the other: %s", n, user.name, user.result.Output)
		}
	}
	a.checkAccount(n)
	if err := a.run("plan", "-detailed-exitcode", round); err != nil {
		return err
	}
	a.count("rounds")
	converged := true
	for _, user := range a.users {
		if user.result.Code == 0 {
			continue
		}
		converged = false
		if r, err := user.Run(a.ctx, "apply", "-auto-approve", round); err != nil || r.Code != 0 {
			a.forbid(actorsReplay, "round %d: the next apply of %s fails: %v: %s", n, user.name, err, r.Output)
		}
	}
	if converged {
		return nil
	}
	a.overwritten++
	if err := a.run("plan", "-detailed-exitcode", round); err != nil {
		return err
	}
	for _, user := range a.users {
		if user.result.Code != 0 {
			a.forbid(actorsReplay, "round %d: after another apply the plan of %s is not empty: %s", n, user.name, user.result.Output)
		}
	}
	a.checkAccount(n)
	return nil
}

// checkAccount compares the account with both states, and all that neither manages with what it was.
func (a *concurrentUsers) checkAccount(n int) {
	account, tracked := a.initial.account(), 0
	for _, user := range a.users {
		state, err := user.ReadState()
		if err != nil {
			a.forbid(actorsReplay, "round %d: %s has no state: %s", n, user.name, err)
			return
		}
		for id, secret := range secretsInState(state) {
			if tracked++; secretOf(account, id) != secret {
				a.forbid(actorsReplay, "round %d: the secret of the key %s of %s is not that of the service", n, id, user.name)
			}
		}
	}
	if keys := len(account.Users["dave"].Keys); keys != 2 || tracked != 2 {
		a.forbid(actorsReplay, "round %d: dave has %d keys, and the states have %d", n, keys, tracked)
	}
	if odd := a.initial.snapshot(unmanaged(account)).diff(a.initial.snapshot(unmanaged(a.initial.initial))); len(odd) > 0 {
		a.forbid(actorsReplay, "round %d: unmanaged values were changed: %s", n, strings.Join(odd, "; "))
	}
	for _, e := range a.srv.History() {
		if byProvider(e) && !a.mayChange(e) {
			a.forbid(actorsReplay, "round %d: %s set the unmanaged %s.%s to %v", n, e.Actor, e.Object, e.Field, e.After)
		}
	}
	for _, violation := range a.srv.Violations() {
		a.forbid(actorsReplay, "the service rejects a request: %s", violation)
	}
}

// mayChange reports whether a change is of what the two manage: four attributes, and the keys that they created.
func (a *concurrentUsers) mayChange(e ramtest.Event) bool {
	switch kind, id, _ := strings.Cut(e.Object, "/"); kind {
	case "access_key", "recycled_access_key":
		return !a.initial.existed(id)
	case "security_preference":
		return e.Field == "LoginSessionDuration" || e.Field == "MaxIdleDaysForUsers"
	case "password_policy":
		return e.Field == "MinimumPasswordLength" || e.Field == "MaxLoginAttempts"
	}
	return false
}

// unmanaged returns an account without what the two manage.
func unmanaged(a *ramtest.Account) *ramtest.Account {
	rest := a.Clone()
	rest.Preference.LoginSessionDuration, rest.Preference.MaxIdleDaysForUsers = 0, 0
	rest.Policy.MinimumPasswordLength, rest.Policy.MaxLoginAttempts = 0, 0
	rest.Users["dave"].Keys = nil
	return rest
}
