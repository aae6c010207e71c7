// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/provider"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// sessionRole is the role of a run with temporary credentials.
const (
	sessionRole    = "ops"
	sessionRoleARN = "acs:ram::" + acctest.AccountID + ":role/" + sessionRole
)

// otherAccount is the account that renewed credentials may belong to.
const otherAccount = "2234567890123456"

// sessionGate is a proxy of the service that ends the caller's session right before
// one of the calls.
type sessionGate struct {
	srv   *ramtest.Server
	at    int  // the call; 0: no session ends
	final bool // and no new session can be had
	moved bool // and the new session belongs to another account
	calls atomic.Int64
}

func (g *sessionGate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n := int(g.calls.Add(1)); n == g.at {
		g.srv.ExpireSessions()
		if g.final {
			g.srv.Change(func(a *ramtest.Account) { a.Roles[sessionRole].TrustedAccounts = nil })
		}
	}
	g.srv.ServeHTTP(w, r)
}

// newDriver returns a run with temporary credentials, through the gate. Calls of STS bypass it.
func (g *sessionGate) newDriver(s *environment) (c *driver, end func(), err error) {
	front := httptest.NewServer(g)
	environment := map[string]string{"ALIBABA_CLOUD_ROLE_ARN": sessionRoleARN, "RAM_ENDPOINT": front.URL, "IMS_ENDPOINT": front.URL}
	if g.moved {
		environment = map[string]string{
			"ALIBABA_CLOUD_CREDENTIALS_URI": s.srv.CredentialsURI(time.Hour, acctest.AccountID, otherAccount),
			"ALIBABA_CLOUD_ACCESS_KEY_ID":   "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "", "RAM_ENDPOINT": front.URL, "IMS_ENDPOINT": front.URL,
		}
	}
	getenv := func(name string) string {
		if value, is := environment[name]; is {
			return value
		}
		return s.srv.Getenv(name)
	}
	c, err = newDriver(s.ctx, s.base, getenv, provider.WithClock(s.clock.Now, s.clock.Pause))
	return c, front.Close, err
}

// execute runs a case with temporary credentials.
func (g *sessionGate) execute(ctx context.Context, sessions *sessionSweep, t testCase) (*result, error) {
	s, err := newEnvironment(ctx, sessions.base, func(a *ramtest.Account) {
		a.Roles[sessionRole] = &ramtest.Role{ID: "300000000000000001", Name: sessionRole, CreateDate: a.Users["admin"].CreateDate, TrustedAccounts: []string{acctest.AccountID}}
		if t.subject.Arrange != nil {
			t.subject.Arrange(a)
		}
	}, ramtest.NewAccount(otherAccount))
	if err != nil {
		return nil, err
	}
	s.srv.SetBehaviour(func(b *ramtest.Behaviour) { b.SessionsOnServerClock = true })
	s.secrets = append(s.secrets, t.subject.Secrets...)
	p := &result{testCase: t, environment: s, prior: acctest.Object{}}
	if err := g.run(p); err != nil {
		s.close()
		return nil, err
	}
	return p, nil
}

func (g *sessionGate) run(p *result) error {
	if err := p.prepare(); err != nil {
		return err
	}
	g.srv = p.srv
	c, end, err := g.newDriver(p.environment)
	if err != nil {
		return err
	}
	defer end()
	p.observe(c)
	p.srv.Change(func(a *ramtest.Account) { a.Roles[sessionRole].TrustedAccounts = []string{acctest.AccountID} }) // as in the baseline
	p.accountAfter.Roles[sessionRole].TrustedAccounts = []string{acctest.AccountID}
	return nil
}

// sessionFaults are the ways in which a session ends during a run.
func sessionFaults() []fault {
	return []fault{
		{ID: "F23", Name: "the session ended", At: everyCall, Want: map[string]map[string]string{before: {anyCall: converged}}},
		{ID: "F23", Name: "the session ended, and there is no new one", At: everyCall, Act: "final"},
		{ID: "F35", Name: "the session ended, and the new one belongs to another account", At: everyCall, Act: "moved"},
	}
}

// sessionSweep runs every operation of every resource with a session that ends during the run.
type sessionSweep struct {
	*Options
	*figures

	base *acctest.Driver
}

func runSessions(ctx context.Context, o *Options, f *figures) error {
	base := newBase(ctx)
	s := &sessionSweep{o, f, base}
	for _, subject := range acctest.Subjects() {
		for _, operation := range operations {
			if err := s.runOperation(ctx, testCase{subject: subject, operation: operation}); err != nil {
				return err
			}
		}
	}
	return nil
}

// runOperation ends the session before each call of an operation.
func (s *sessionSweep) runOperation(ctx context.Context, plain testCase) error {
	if !strings.Contains(plain.name(), s.Only) && !strings.HasPrefix(s.Only, plain.name()) && !strings.HasPrefix(s.Only, "/") { // a fault
		return nil
	}
	undisturbed := &sessionGate{}
	p, err := undisturbed.execute(ctx, s, plain)
	if err != nil {
		return err
	}
	free := p.baseline()
	p.close()
	rows := sessionFaults()
	for n := range int(undisturbed.calls.Load()) {
		for i := range rows {
			t := plain.with(injection{&rows[i], place{nth: n + 1, phase: before, repeat: once}})
			if !strings.Contains(t.name(), s.Only) {
				continue
			}
			if err := s.runCase(ctx, t, free); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sessionSweep) runCase(ctx context.Context, t testCase, free *baseline) error {
	g := &sessionGate{at: t.injections[0].at.nth, final: t.acts("final"), moved: t.acts("moved")}
	p, err := g.execute(ctx, s, t)
	if err != nil {
		return err
	}
	defer p.close()
	if t.acts("moved") && int(g.calls.Load()) < g.at {
		return nil // these credentials are checked with fewer calls
	}
	v := p.check(free)
	refused := 0
	for _, call := range p.calls {
		if call.AccountID == otherAccount && call.Product != "Sts" {
			v.forbid("%s was sent to another account", call.Action)
		}
		if call.Code == "InvalidSecurityToken.Expired" {
			refused++
		}
	}
	if refused != 1 {
		v.forbid("%d calls were refused because the session had ended, not one", refused)
	}
	s.count(v.outcome)
	if v.fails() {
		s.forbid(replayCommand("sessions", v.testCase), "%s → %s: %s\n%s", v.testCase, v.outcome, strings.Join(v.forbidden, "\n"), v.messages)
	}
	return nil
}
