// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	crowd      = 50 // operations at a time, as with -parallelism=50
	fewThrong  = 24 // users that are enough to be throttled at half the quota
	loadAgain  = "go run ./internal/cmd/campaign -pieces load"
	loadSecret = "Load-Passw0rd/%d-%s"
)

// member is a user with a login profile and a key, as Terraform keeps them.
type member struct {
	name               string
	user, profile, key object
}

// load is one account whose quota is enforced, and one provider that works in it,
// by the clock on the wall: the quota is of seconds, and so is the limiter.
type load struct {
	*core

	srv     *ramtest.Server
	members []*member
	f       *figures
	title   string // of its figures
}

// playLoad makes, reads, changes and destroys many users at once: where the quota is the published
// one, and where others use up half of it.
func playLoad(ctx context.Context, o *Options, f *figures) error {
	schemas, err := schemaOf(ctx)
	if err != nil {
		return err
	}
	steady, err := newLoad(ctx, schemas, o.Users, f, func(*ramtest.Behaviour) {})
	if err != nil {
		return err
	}
	defer steady.srv.Close()
	steady.title = fmt.Sprintf("%d users", o.Users)
	calls, throttled := steady.lives(true)
	f.headline = fmt.Sprintf("%s users, %d of %s calls throttled", grouped(o.Users), throttled, grouped(calls))
	halved, err := newLoad(ctx, schemas, max(fewThrong, o.Users/5), f, func(b *ramtest.Behaviour) {
		b.ReadsPerSecond, b.WritesPerSecond, b.AttachesPerSecond = 50, 10, 5
	})
	if err != nil {
		return err
	}
	defer halved.srv.Close()
	halved.title = fmt.Sprintf("%d users at half the quota", len(halved.members))
	halved.lives(false)
	return nil
}

func newLoad(ctx context.Context, schemas *tfprotov6.GetProviderSchemaResponse, size int, f *figures, behave func(*ramtest.Behaviour)) (*load, error) {
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.Strict(), ramtest.RateLimits(), ramtest.WithBehaviour(behave))
	if err != nil {
		return nil, err
	}
	srv.Change(func(a *ramtest.Account) { a.Quotas.Users = size + len(a.Users) })
	c, err := newCore(ctx, schemas, srv.Getenv)
	if err != nil {
		srv.Close()
		return nil, err
	}
	c.ctx = ctx // nobody reads a log of so many
	l := &load{core: c, srv: srv, f: f}
	for n := range size {
		l.members = append(l.members, &member{
			name: fmt.Sprintf("user-%04d", n), user: c.nothing("ram_user"), profile: c.nothing("ram_login_profile"), key: c.nothing("ram_access_key"),
		})
	}
	return l, nil
}

// lives plays the whole life of all members, looks at the account in between, and counts the calls.
func (l *load) lives(steady bool) (calls, throttled int) {
	for _, phase := range []struct {
		name string
		do   func(*core, *member) (failed bool)
		want string // of the keys
		read int    // how often each resource may be
	}{
		{"create", func(c *core, m *member) bool { return m.reach(c, 1, "Active") }, "Active", 4},
		{"refresh and plan", func(c *core, m *member) bool { return m.rest(c, 1, "Active") }, "Active", 1},
		{"update", func(c *core, m *member) bool { return m.reach(c, 2, "Inactive") }, "Inactive", 4},
		{"destroy", func(c *core, m *member) bool { return m.end(c) }, "", 4},
	} {
		t := l.crowded(phase.do)
		l.told(phase.name, t)
		calls, throttled = calls+len(t.calls), throttled+t.throttled()
		if steady {
			l.mayNot(phase.name, phase.read, t)
		} else {
			l.mayNotBurst(phase.name, t)
		}
		l.inspect(phase.name, phase.want)
	}
	return calls, throttled
}

// configured are the three resources of a member.
func (m *member) configured(version int, status string) (user, profile, key Attributes) {
	return Attributes{"name": m.name, "comments": fmt.Sprint(version)},
		Attributes{"user_name": m.name, "password_wo": fmt.Sprintf(loadSecret, version, m.name), "password_wo_version": version},
		Attributes{"user_name": m.name, "status": status}
}

// reach applies all three, each after what it needs.
func (m *member) reach(c *core, version int, status string) (failed bool) {
	user, profile, key := m.configured(version, status)
	if m.user, failed = c.apply("ram_user", user, m.user); failed {
		return true
	}
	if m.profile, failed = c.apply("ram_login_profile", profile, m.profile); failed {
		return true
	}
	m.key, failed = c.apply("ram_access_key", key, m.key)
	return failed
}

// rest reads all three, of which none has anything to do then.
func (m *member) rest(c *core, version int, status string) (failed bool) {
	user, profile, key := m.configured(version, status)
	for _, part := range []struct {
		kind   string
		config Attributes
		at     *object
	}{{"ram_user", user, &m.user}, {"ram_login_profile", profile, &m.profile}, {"ram_access_key", key, &m.key}} {
		if *part.at, failed = c.refresh(part.kind, *part.at); failed {
			return true
		}
		if p := c.plan(part.kind, part.config, *part.at); !p.ok || !p.state.Equal(part.at.state) {
			c.heard.breaks("%s of %s has something to do after a refresh", part.kind, m.name)
			return true
		}
	}
	return false
}

// end destroys all three, what needs another first.
func (m *member) end(c *core) (failed bool) {
	if m.key, failed = c.destroy("ram_access_key", m.key); failed {
		return true
	}
	if m.profile, failed = c.destroy("ram_login_profile", m.profile); failed {
		return true
	}
	m.user, failed = c.destroy("ram_user", m.user)
	return failed
}

// crowded lets all members do something, so many at a time.
func (l *load) crowded(do func(*core, *member) (failed bool)) *throng {
	l.srv.ForgetCalls()
	t := &throng{began: time.Now()}
	stop := t.watch()
	left := make(chan *member, len(l.members))
	for _, m := range l.members {
		left <- m
	}
	close(left)
	var workers sync.WaitGroup
	for range crowd {
		workers.Go(func() {
			c := *l.core
			c.heard = &hearing{}
			for m := range left {
				began := time.Now()
				if do(&c, m) || len(c.heard.broken) > 0 {
					l.f.forbid(loadAgain, "%s, %s: %s%s", l.title, m.name, said(errorsIn(c.heard.diags)), strings.Join(c.heard.broken, "\n"))
				}
				t.took(time.Since(began))
				c.heard.forget()
			}
		})
	}
	workers.Wait()
	t.wall = time.Since(t.began)
	stop()
	t.calls = l.srv.Calls()
	return t
}

// inspect compares the account with what Terraform keeps: one key each, with the secret of the state.
func (l *load) inspect(phase, status string) {
	l.srv.Change(func(a *ramtest.Account) {
		if want := len(l.members) + 1; status != "" && len(a.Users) != want || status == "" && len(a.Users) != 1 {
			l.f.forbid(loadAgain, "%s: after %s the account has %d users", l.title, phase, len(a.Users))
		}
		for _, m := range l.members {
			user := a.Users[m.name]
			if status == "" || user == nil {
				continue
			}
			switch {
			case len(user.Keys) != 1 || user.LoginProfile == nil:
				l.f.forbid(loadAgain, "%s: after %s %s has %d keys, and a profile: %t", l.title, phase, m.name, len(user.Keys), user.LoginProfile != nil)
			case user.Keys[0].ID != attribute(m.key.state, "access_key_id") || user.Keys[0].Secret != attribute(m.key.state, "secret"):
				l.f.forbid(loadAgain, "%s: after %s the key of %s is not the one in the state", l.title, phase, m.name)
			case user.Keys[0].Status != status:
				l.f.forbid(loadAgain, "%s: after %s the key of %s is %s", l.title, phase, m.name, user.Keys[0].Status)
			}
		}
	})
}
