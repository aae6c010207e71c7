// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// trial is one operation on one resource under faults, or under none.
type trial struct {
	subject   subject
	operation string
	strokes   []stroke
}

// stroke is a fault at a place.
type stroke struct {
	*fault

	at place
}

// name is what the stroke is called.
func (s stroke) name() string {
	at := "the run"
	if s.At != theWholeRun {
		at = fmt.Sprintf("%s#%d", s.at.action, s.at.nth)
	}
	return fmt.Sprintf("/%s %s/%s/%s/%s", s.ID, s.Name, at, strings.TrimSuffix(s.at.phase, "_commit"), s.at.strike)
}

// struck tells that a run of these calls came to the place.
func (s stroke) struck(calls []ramtest.Call) bool {
	n := 0
	for _, call := range calls {
		if s.at.action == "" || call.Action == s.at.action {
			n++
		}
	}
	return s.At == theWholeRun || n >= s.at.nth
}

// name is what the trial is called, and how it is run again.
func (t trial) name() string {
	name := t.plainly()
	for _, s := range t.strokes {
		name += s.name()
	}
	return name
}

// plainly is what the trial is called without its faults.
func (t trial) plainly() string { return t.subject.name + "/" + t.operation }

// under is the trial under these faults.
func (t trial) under(strokes ...stroke) trial {
	t.strokes = strokes
	return t
}

// blind tells that an answer was one that nobody can tell from the truth.
func (t trial) blind() bool {
	return slices.ContainsFunc(t.strokes, func(s stroke) bool { return s.Blind })
}

// performance is a trial as it went.
type performance struct {
	trial
	*stage
	prior, after object
	end          object // after the apply that comes next
	id           string // to import by
	failed       bool
	killed       bool
	old, young   *ramtest.Account // before and after the operation
	events       []ramtest.Event  // of the operation
	calls        []ramtest.Call
	heard        *hearing
	waited, took time.Duration
	acted        []func(*ramtest.Account) // what others did meanwhile
	over         bool                     // the operation; others do nothing more
}

// acts tells what the campaign itself has to do.
func (t trial) acts(act string) bool {
	return slices.ContainsFunc(t.strokes, func(s stroke) bool { return s.Act == act })
}

// perform plays the trial on a stage of its own.
func (t trial) perform(ctx context.Context, schemas *tfprotov6.GetProviderSchemaResponse) (*performance, error) {
	s, err := newStage(ctx, schemas, t.subject.arrange)
	if err != nil {
		return nil, err
	}
	s.secrets = append(s.secrets, t.subject.secrets...)
	p := &performance{trial: t, stage: s, prior: object{}}
	if err := p.play(); err != nil {
		s.close()
		return nil, err
	}
	return p, nil
}

func (p *performance) play() error {
	if err := p.prepare(); err != nil {
		return err
	}
	return p.act()
}

// act is the operation itself.
func (p *performance) act() error {
	c, err := p.run()
	if err != nil {
		return err
	}
	p.strike(c)
	p.watch(c)
	return nil
}

// watch lets a run do the operation, and notes what it does.
func (p *performance) watch(c *core) {
	p.old, p.heard = p.account(), c.heard
	mark, waited, began := len(p.srv.History()), p.clock.waited(), time.Now()
	p.srv.ForgetCalls()
	p.after, p.failed = p.operate(c, p.prior)
	p.took, p.waited, p.calls = time.Since(began), p.clock.waited()-waited, p.srv.Calls()
	if p.killed = p.acts("kill") || p.acts("unsaved"); p.killed {
		p.after = p.prior
	}
	p.srv.Change(func(*ramtest.Account) { p.over = true })
	p.young = p.account()
	p.events = p.srv.History()[mark:]
}

// prepare makes what the operation is about.
func (p *performance) prepare() error {
	c, err := p.run()
	if err != nil {
		return err
	}
	p.prior = c.nothing(p.subject.kind)
	if p.operation == creates {
		return nil
	}
	made, failed := c.apply(p.subject.kind, p.subject.config, p.prior)
	if failed {
		return fmt.Errorf("cannot prepare %s: %s%s", p.name(), said(c.heard.diags), strings.Join(c.heard.broken, "\n"))
	}
	if p.operation == imports {
		p.id = p.subject.importID(made)
		return nil
	}
	p.prior = made
	p.clock.advance(5 * time.Minute)
	if p.operation == updates {
		p.clock.advance(p.subject.meanwhile)
	}
	return nil
}

// strike lets the faults happen.
func (p *performance) strike(c *core) {
	for _, s := range p.strokes {
		p.hit(c, s)
	}
}

func (p *performance) hit(c *core, s stroke) {
	p.srv.Inject(s.rules(s.at)...)
	others := func(act func(*ramtest.Account)) {
		for range s.at.nth - 1 {
			p.srv.ChangeBefore(s.at.action, func(*ramtest.Account) {})
		}
		p.srv.ChangeBefore(s.at.action, func(a *ramtest.Account) {
			if !p.over {
				act(a)
			}
		})
	}
	switch s.Act {
	case "stale":
		p.srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = s.Amount })
	case "skew":
		p.srv.SetSkew(s.offset())
	case "ahead":
		p.skew = s.offset()
	case "foreign":
		others(p.meanwhile(p.subject.foreign))
	case "gone":
		others(p.meanwhile(p.subject.gone))
	case "interrupt":
		others(func(*ramtest.Account) { c.stop() })
	case "kill": // nothing that comes later is ever sent, and what was done is not kept
		if s.at.phase == after {
			p.srv.Inject(ramtest.Rule{Nth: fmt.Sprint(s.at.nth), Phase: after, Fault: "refuse"}, ramtest.Rule{Nth: fmt.Sprintf("%d-", s.at.nth+1), Fault: "refuse"})
			return
		}
		p.srv.Inject(ramtest.Rule{Nth: fmt.Sprintf("%d-", s.at.nth), Fault: "refuse"})
	}
}

// meanwhile is what others do, and that they did it.
func (p *performance) meanwhile(act func(*ramtest.Account)) func(*ramtest.Account) {
	return func(a *ramtest.Account) {
		p.acted = append(p.acted, act)
		act(a)
	}
}

// operate does what a CLI does for the operation.
func (p *performance) operate(c *core, prior object) (after object, failed bool) {
	kind := p.subject.kind
	if p.operation == imports {
		return c.adopt(kind, p.id)
	}
	if p.operation == creates {
		return c.apply(kind, p.subject.config, prior)
	}
	if after, failed = c.refresh(kind, prior); failed || p.operation == reads {
		return after, failed
	}
	if p.operation == updates {
		return c.apply(kind, p.subject.next, after)
	}
	if after.state.IsNull() {
		return after, false
	}
	return c.destroy(kind, after)
}

// goal is the configuration that the operation wants; nil: none.
func (t trial) goal() Attributes {
	switch t.operation {
	case updates:
		return t.subject.next
	case deletes:
		return nil
	}
	return t.subject.config
}

// recover is what a person does next, once the faults are over: the same is run again.
// A resource that a failed create has left is tainted, and replaced.
func (p *performance) recover() (c *core, end object, failed bool, err error) {
	if c, err = p.run(); err != nil {
		return nil, end, false, err
	}
	if p.operation == imports {
		end, failed = c.adopt(p.subject.kind, p.id)
		return c, end, failed, nil
	}
	if end, failed = c.refresh(p.subject.kind, p.after); failed {
		return c, end, failed, nil
	}
	if p.tainted() && !end.state.IsNull() {
		if end, failed = c.destroy(p.subject.kind, end); failed {
			return c, end, failed, nil
		}
	}
	end, failed = p.reach(c, end)
	return c, end, failed, nil
}

// reach applies the goal.
func (p *performance) reach(c *core, from object) (end object, failed bool) {
	switch {
	case p.goal() != nil:
		return c.apply(p.subject.kind, p.goal(), from)
	case from.state.IsNull():
		return from, false
	}
	return c.destroy(p.subject.kind, from)
}

// tainted tells that a create failed and left something in the state.
func (p *performance) tainted() bool {
	return p.failed && !p.killed && p.prior.state.IsNull() && !p.after.state.IsNull() && p.operation != imports
}

// settled tells whether another refresh and plan would change anything.
func settled(c *core, kind string, goal Attributes, o object) string {
	again, failed := c.refresh(kind, o)
	switch {
	case failed:
		return "it cannot be read: " + said(errorsIn(c.heard.diags))
	case !again.state.Equal(o.state):
		return fmt.Sprintf("a refresh makes %s of %s", text(again.state), text(o.state))
	case !bytes.Equal(again.private, o.private):
		return "a refresh changes the private state"
	case goal == nil:
		return ""
	}
	next := c.plan(kind, goal, again)
	switch {
	case !next.ok:
		return "it cannot be planned: " + said(errorsIn(c.heard.diags))
	case !next.state.Equal(again.state):
		return fmt.Sprintf("the next plan makes %s of %s", text(next.state), text(again.state))
	}
	return ""
}
