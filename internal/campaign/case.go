// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// trial is one operation on one resource under one fault, or under none.
type trial struct {
	subject   subject
	operation string
	fault     *fault // nil: none
	at        place
}

// name is what the trial is called, and how it is run again.
func (t trial) name() string {
	if t.fault == nil {
		return fmt.Sprintf("%s/%s", t.subject.name, t.operation)
	}
	at := "the run"
	if t.fault.At != theWholeRun {
		at = fmt.Sprintf("%s#%d", t.at.action, t.at.nth)
	}
	return fmt.Sprintf("%s/%s/%s %s/%s/%s/%s", t.subject.name, t.operation, t.fault.ID, t.fault.Name, at, strings.TrimSuffix(t.at.phase, "_commit"), t.at.strike)
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
}

// acts tells what the campaign itself has to do.
func (t trial) acts(act string) bool { return t.fault != nil && t.fault.Act == act }

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

// strike lets the fault happen.
func (p *performance) strike(c *core) {
	if p.fault == nil {
		return
	}
	p.srv.Inject(p.fault.rules(p.at)...)
	others := func(act func(*ramtest.Account)) {
		for range p.at.nth - 1 {
			p.srv.Before(p.at.action, func(*ramtest.Account) {})
		}
		p.srv.Before(p.at.action, act)
	}
	switch p.fault.Act {
	case "stale":
		p.srv.Behave(func(b *ramtest.Behaviour) { b.StaleReads = p.fault.Amount })
	case "skew":
		p.srv.SetSkew(p.fault.offset())
	case "ahead":
		p.skew = p.fault.offset()
	case "foreign":
		others(p.subject.foreign)
	case "gone":
		others(p.subject.gone)
	case "interrupt":
		others(func(*ramtest.Account) { c.stop() })
	case "kill": // nothing that comes later is ever sent, and what was done is not kept
		if p.at.phase == after {
			p.srv.Inject(ramtest.Rule{Nth: fmt.Sprint(p.at.nth), Phase: after, Fault: "refuse"}, ramtest.Rule{Nth: fmt.Sprintf("%d-", p.at.nth+1), Fault: "refuse"})
			return
		}
		p.srv.Inject(ramtest.Rule{Nth: fmt.Sprintf("%d-", p.at.nth), Fault: "refuse"})
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

// recover is what a person does next: the faults are over, and the same is run again.
// A resource that a failed create has left is tainted, and replaced.
func (p *performance) recover() (c *core, end object, failed bool, err error) {
	if err = p.calm(); err != nil {
		return nil, end, false, err
	}
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
