// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	loadParallelism = 50
	fewestUsers     = 24 // more than the parallelism of half the quota allows at once
	loadReplay      = "go run ./internal/cmd/campaign -pieces load"
	loadPassword    = "Load-Passw0rd/%d-%s"

	stallTick = 10 * time.Millisecond
	// longestStall is the stall of this machine after which the requests of one second may arrive in another: then
	// the service throttles requests that were sent at the right pace.
	longestStall = 100 * time.Millisecond
	// longestBurst is the most that may be sent of one action within a tenth of a second when it is
	// throttled: fifty operations that come back together would send more.
	longestBurst = 10
	// mostAttempts is how often one request is sent at most (LOAD-03).
	mostAttempts = 5
)

// person is a user with a login profile and a key, as Terraform saves them.
type person struct {
	name               string
	user, profile, key acctest.Object
}

// load is one account with an enforced quota, and one provider that works in it, in real
// time: the quota is per second, and so is the limiter.
type load struct {
	*driver

	ctx    context.Context
	srv    *ramtest.Server
	people []*person
	f      *figures
	title  string // of its figures
}

// runLoad creates, reads, changes and destroys many users at once: with the published quota,
// and while others use half of it.
func runLoad(ctx context.Context, o *Options, f *figures) error {
	base := newBase(ctx)
	alone, err := newLoad(ctx, base, o.Users, f, func(*ramtest.Behaviour) {})
	if err != nil {
		return err
	}
	defer alone.srv.Close()
	alone.title = fmt.Sprintf("%d users", o.Users)
	calls, throttled := alone.run((*load).checkQuota)
	f.headline = fmt.Sprintf("%s users, %d of %s calls throttled", grouped(o.Users), throttled, grouped(calls))
	halved, err := newLoad(ctx, base, max(fewestUsers, o.Users/5), f, func(b *ramtest.Behaviour) {
		b.ReadsPerSecond, b.WritesPerSecond, b.AttachesPerSecond = 50, 10, 5
	})
	if err != nil {
		return err
	}
	defer halved.srv.Close()
	halved.title = fmt.Sprintf("%d users at half the quota", len(halved.people))
	halved.run((*load).checkBackoff)
	return nil
}

func newLoad(ctx context.Context, base *acctest.Driver, size int, f *figures, behave func(*ramtest.Behaviour)) (*load, error) {
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.Strict(), ramtest.RateLimits(), ramtest.WithBehaviour(behave))
	if err != nil {
		return nil, err
	}
	srv.Change(func(a *ramtest.Account) { a.Quotas.Users = size + len(a.Users) })
	c, err := newDriver(ctx, base, srv.Getenv)
	if err != nil {
		srv.Close()
		return nil, err
	}
	l := &load{driver: c, ctx: ctx, srv: srv, f: f}
	for n := range size {
		l.people = append(l.people, &person{
			name: fmt.Sprintf("user-%04d", n), user: c.Null("ram_user"), profile: c.Null("ram_login_profile"), key: c.Null("ram_access_key"),
		})
	}
	return l, nil
}

// phase is one operation on all people.
type phase struct {
	name   string
	do     func(*driver, *person) (failed bool)
	status string // of the keys afterwards; "": there are none
	reads  int    // the most for each resource

	calls   []ramtest.Call
	wall    time.Duration
	longest time.Duration // of one person
	stalled time.Duration // the longest time that this machine stalled
}

// run runs all phases, and checks the requests and the account after each.
func (l *load) run(check func(*load, *phase)) (calls, throttled int) {
	for _, p := range []*phase{
		{name: "create", do: func(c *driver, m *person) bool { return m.apply(c, 1, "Active") }, status: "Active", reads: 4},
		{name: "refresh and plan", do: func(c *driver, m *person) bool { return m.plansNothing(c, 1, "Active") }, status: "Active", reads: 1},
		{name: "update", do: func(c *driver, m *person) bool { return m.apply(c, 2, "Inactive") }, status: "Inactive", reads: 4},
		{name: "destroy", do: func(c *driver, m *person) bool { return m.destroy(c) }, reads: 6}, // what a user has is listed before it is deleted, what opens the account twice; a profile needs the present name
	} {
		l.runPhase(p)
		l.f.add(fmt.Sprintf("%s: %s, longest of one, throttled", l.title, p.name),
			fmt.Sprintf("%s, %s, %d of %d", p.wall.Round(100*time.Millisecond), p.longest.Round(100*time.Millisecond), throttledIn(p.calls), len(p.calls)))
		l.f.count(p.name)
		calls, throttled = calls+len(p.calls), throttled+throttledIn(p.calls)
		check(l, p)
		l.checkAccount(p)
	}
	return calls, throttled
}

// configurations returns those of the three resources of a person.
func (m *person) configurations(version int, status string) (user, profile, key acctest.Attributes) {
	return acctest.Attributes{"name": m.name, "comments": fmt.Sprint(version)},
		acctest.Attributes{"user_name": m.name, "password_wo": fmt.Sprintf(loadPassword, version, m.name), "password_wo_version": version},
		acctest.Attributes{"user_name": m.name, "status": status}
}

// apply applies all three, each after what it needs.
func (m *person) apply(c *driver, version int, status string) (failed bool) {
	user, profile, key := m.configurations(version, status)
	if m.user, failed = c.apply("ram_user", user, m.user); failed {
		return true
	}
	if m.profile, failed = c.apply("ram_login_profile", profile, m.profile); failed {
		return true
	}
	m.key, failed = c.apply("ram_access_key", key, m.key)
	return failed
}

// plansNothing refreshes all three, and fails if a plan has a change.
func (m *person) plansNothing(c *driver, version int, status string) (failed bool) {
	user, profile, key := m.configurations(version, status)
	for _, part := range []struct {
		kind   string
		config acctest.Attributes
		at     *acctest.Object
	}{{"ram_user", user, &m.user}, {"ram_login_profile", profile, &m.profile}, {"ram_access_key", key, &m.key}} {
		if *part.at, failed = c.read(part.kind, *part.at); failed {
			return true
		}
		if plan := c.plan(part.kind, part.config, *part.at); plan == nil || !c.Planned(part.kind, plan).Equal(part.at.State) {
			c.transcript.Errorf("%s of %s has a change after a refresh", part.kind, m.name)
			return true
		}
	}
	return false
}

// destroy destroys all three, each before what it needs.
func (m *person) destroy(c *driver) (failed bool) {
	if m.key, failed = c.destroy("ram_access_key", m.key); failed {
		return true
	}
	if m.profile, failed = c.destroy("ram_login_profile", m.profile); failed {
		return true
	}
	m.user, failed = c.destroy("ram_user", m.user)
	return failed
}

// runPhase runs a phase for all people, as many at a time as the parallelism.
func (l *load) runPhase(p *phase) {
	l.srv.ForgetCalls()
	began, mu := time.Now(), sync.Mutex{}
	stop := watchStalls(&p.stalled)
	left := make(chan *person, len(l.people))
	for _, m := range l.people {
		left <- m
	}
	close(left)
	var workers sync.WaitGroup
	for range loadParallelism {
		workers.Go(func() {
			c := l.fork(l.ctx)
			for m := range left {
				began := time.Now()
				if p.do(c, m) || len(c.transcript.violations) > 0 {
					l.f.forbid(loadReplay, "%s, %s: %s", l.title, m.name, c.transcript.errors())
				}
				mu.Lock()
				p.longest = max(p.longest, time.Since(began))
				mu.Unlock()
				c.transcript.clear()
			}
		})
	}
	workers.Wait()
	p.wall = time.Since(began)
	stop()
	p.calls = l.srv.Calls()
}

// watchStalls measures the longest time that this machine stalls, until it is stopped.
func watchStalls(longest *time.Duration) (stop func()) {
	ticker, done := time.NewTicker(stallTick), make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for last := time.Now(); ; {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			now := time.Now()
			*longest = max(*longest, now.Sub(last)-stallTick)
			last = now
		}
	})
	return func() { close(done); ticker.Stop(); watching.Wait() }
}

// sent returns when each action was sent, throttled or not.
func (p *phase) sent() map[string][]time.Time {
	sent := map[string][]time.Time{}
	for _, call := range p.calls {
		sent[call.Action] = append(sent[call.Action], call.Time)
	}
	for _, times := range sent {
		slices.SortFunc(times, time.Time.Compare)
	}
	return sent
}

// peak returns the most that were sent within a span.
func peak(times []time.Time, span time.Duration) (most int) {
	first := 0
	for at, sent := range times {
		for sent.Sub(times[first]) >= span {
			first++
		}
		most = max(most, at-first+1)
	}
	return most
}

// checkQuota forbids what must not be while no one else uses the quota: a throttled call, a write
// that is sent twice, more reads of the three resources than the phase may have (LOAD-04, LOAD-05).
func (l *load) checkQuota(p *phase) {
	throttled, size, read := throttledIn(p.calls), len(l.people), 0
	if throttled > 0 && p.stalled < longestStall {
		l.f.forbid(loadReplay, "%s: %d calls of %s were throttled, and this machine never stalled for more than %s", l.title, throttled, p.name, p.stalled)
	}
	for action, times := range p.sent() {
		switch {
		case !writes(action):
			read += len(times)
		case len(times) > size+throttled:
			l.f.forbid(loadReplay, "%s: %s is sent %d times by %s", l.title, action, len(times), p.name)
		}
	}
	if read > 3*size*p.reads+throttled+2 { // the caller and the default domain belong to no person
		l.f.forbid(loadReplay, "%s: %s sends %d reads for %d resources", l.title, p.name, read, 3*size)
	}
}

// checkBackoff forbids what must not be while others use half the quota: throttled requests
// that come back together, and more attempts of one than there may be (LOAD-02, LOAD-03).
func (l *load) checkBackoff(p *phase) {
	for action, times := range p.sent() {
		if !writes(action) {
			continue
		}
		if most := peak(times, 100*time.Millisecond); most > longestBurst && p.stalled < longestStall {
			l.f.forbid(loadReplay, "%s: %s is sent %d times within a tenth of a second by %s", l.title, action, most, p.name)
		}
		if len(times) > mostAttempts*len(l.people) {
			l.f.forbid(loadReplay, "%s: %s is sent %d times by %s", l.title, action, len(times), p.name)
		}
	}
}

// checkAccount compares the account with the states: one key for each person, with the secret of the state.
func (l *load) checkAccount(p *phase) {
	forbid := func(format string, args ...any) {
		l.f.forbid(loadReplay, "%s: after %s %s", l.title, p.name, fmt.Sprintf(format, args...))
	}
	l.srv.Change(func(a *ramtest.Account) {
		if want := len(l.people) + 1; p.status != "" && len(a.Users) != want || p.status == "" && len(a.Users) != 1 {
			forbid("the account has %d users", len(a.Users))
		}
		for _, m := range l.people {
			user := a.Users[m.name]
			if p.status == "" || user == nil {
				continue
			}
			switch {
			case len(user.Keys) != 1 || user.LoginProfile == nil:
				forbid("%s has %d keys, and a profile: %t", m.name, len(user.Keys), user.LoginProfile != nil)
			case user.Keys[0].ID != acctest.Attribute(m.key.State, "access_key_id") || user.Keys[0].Secret != acctest.Attribute(m.key.State, "secret"):
				forbid("the key of %s is not the one in the state", m.name)
			case user.Keys[0].Status != p.status:
				forbid("the key of %s is %s", m.name, user.Keys[0].Status)
			}
		}
	})
}
