// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/provider"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// sessionRole is the role that a run with temporary credentials has.
const (
	sessionRole    = "ops"
	sessionRoleARN = "acs:ram::" + accountID + ":role/" + sessionRole
)

// gate is in front of the service. The session of who comes through ends right before
// one of the calls.
type gate struct {
	srv   *ramtest.Server
	at    int  // the call; 0: no session ends
	final bool // there is no other session, either
	calls atomic.Int64
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n := int(g.calls.Add(1)); n == g.at {
		g.srv.ExpireSessions()
		if g.final {
			g.srv.Change(func(a *ramtest.Account) { a.Roles[sessionRole].TrustedAccounts = nil })
		}
	}
	g.srv.ServeHTTP(w, r)
}

// lent is a run with temporary credentials, through the gate. STS stands beside it.
func (g *gate) lent(s *stage) (c *core, end func(), err error) {
	front := httptest.NewServer(g)
	getenv := func(name string) string {
		switch name {
		case "ALIBABA_CLOUD_ROLE_ARN":
			return sessionRoleARN
		case "RAM_ENDPOINT", "IMS_ENDPOINT":
			return front.URL
		}
		return s.srv.Getenv(name)
	}
	c, err = newCore(s.ctx, s.schemas, getenv, provider.WithClock(s.clock.now, s.clock.pause))
	return c, front.Close, err
}

// lend plays a trial with temporary credentials.
func (g *gate) lend(ctx context.Context, sessions *sessions, t trial) (*performance, error) {
	s, err := newStage(ctx, sessions.schemas, func(a *ramtest.Account) {
		a.Roles[sessionRole] = &ramtest.Role{ID: "300000000000000001", Name: sessionRole, CreateDate: a.Users["admin"].CreateDate, TrustedAccounts: []string{accountID}}
		if t.subject.arrange != nil {
			t.subject.arrange(a)
		}
	})
	if err != nil {
		return nil, err
	}
	s.srv.SetBehaviour(func(b *ramtest.Behaviour) { b.SessionsOnServerClock = true })
	s.secrets = append(s.secrets, t.subject.secrets...)
	p := &performance{trial: t, stage: s, prior: object{}}
	if err := g.play(p); err != nil {
		s.close()
		return nil, err
	}
	return p, nil
}

func (g *gate) play(p *performance) error {
	if err := p.prepare(); err != nil {
		return err
	}
	g.srv = p.srv
	c, end, err := g.lent(p.stage)
	if err != nil {
		return err
	}
	defer end()
	p.watch(c)
	p.srv.Change(func(a *ramtest.Account) { a.Roles[sessionRole].TrustedAccounts = []string{accountID} }) // so that accounts compare
	p.young.Roles[sessionRole].TrustedAccounts = []string{accountID}
	return nil
}

// endings are the two ways in which a session ends in the middle.
func endings() []fault {
	return []fault{
		{ID: "F23", Name: "the session really ended", At: everyCall, Want: map[string]map[string]string{before: {anyCall: converged}}},
		{ID: "F23", Name: "the session really ended, and there is no other", At: everyCall, Act: "final"},
	}
}

// sessions plays every operation of every resource with credentials that end in the middle.
type sessions struct {
	*Options
	*figures

	schemas *tfprotov6.GetProviderSchemaResponse
}

func playSessions(ctx context.Context, o *Options, f *figures) error {
	schemas, err := schemaOf(ctx)
	if err != nil {
		return err
	}
	s := &sessions{o, f, schemas}
	for _, subject := range subjects() {
		for _, operation := range operations {
			if err := s.each(ctx, trial{subject: subject, operation: operation}); err != nil {
				return err
			}
		}
	}
	return nil
}

// each ends the session before each call of an operation.
func (s *sessions) each(ctx context.Context, plain trial) error {
	if !strings.Contains(plain.name(), s.Only) && !strings.HasPrefix(s.Only, plain.name()) {
		return nil
	}
	undisturbed := &gate{}
	p, err := undisturbed.lend(ctx, s, plain)
	if err != nil {
		return err
	}
	free := p.benchmark()
	p.close()
	rows := endings()
	for n := range int(undisturbed.calls.Load()) {
		for i := range rows {
			t := plain.under(stroke{&rows[i], place{nth: n + 1, phase: before, strike: once}})
			if !strings.Contains(t.name(), s.Only) {
				continue
			}
			if err := s.one(ctx, t, free); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sessions) one(ctx context.Context, t trial, free *faultless) error {
	g := &gate{at: t.strokes[0].at.nth, final: t.acts("final")}
	p, err := g.lend(ctx, s, t)
	if err != nil {
		return err
	}
	defer p.close()
	v := p.judge(free)
	refused := 0
	for _, call := range p.calls {
		if call.Code == "InvalidSecurityToken.Expired" {
			refused++
		}
	}
	if refused != 1 {
		v.forbid("%d calls were refused since the session had ended, not one", refused)
	}
	s.count(v.class)
	if v.fails() {
		s.forbid(again("sessions", v.trial), "%s → %s: %s\n%s", v.trial, v.class, strings.Join(v.forbidden, "\n"), v.said)
	}
	return nil
}
