// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// testCase is one operation on one resource, with faults or without.
type testCase struct {
	subject    acctest.Subject
	operation  string
	injections []injection
}

// injection is a fault at a place.
type injection struct {
	*fault

	at place
}

// name returns the injection's part of a case's name.
func (s injection) name() string {
	at := "the run"
	if s.At != theWholeRun {
		at = fmt.Sprintf("%s#%d", s.at.action, s.at.nth)
	}
	return fmt.Sprintf("/%s %s/%s/%s/%s", s.ID, s.Name, at, strings.TrimSuffix(s.at.phase, "_commit"), s.at.repeat)
}

// happened reports whether a run of these calls reached the place.
func (s injection) happened(calls []ramtest.Call) bool {
	n := 0
	for _, call := range calls {
		if s.at.action == "" || call.Action == s.at.action {
			n++
		}
	}
	return s.At == theWholeRun || n >= s.at.nth
}

// name returns the case's name, which also selects it.
func (t testCase) name() string {
	name := t.baseName()
	for _, s := range t.injections {
		name += s.name()
	}
	return name
}

// baseName returns the case's name without its faults.
func (t testCase) baseName() string { return t.subject.Kind + "/" + t.operation }

// with returns the case with these faults.
func (t testCase) with(injections ...injection) testCase {
	t.injections = injections
	return t
}

// undetectable reports whether an injected response cannot be distinguished from a true one.
func (t testCase) undetectable() bool {
	return slices.ContainsFunc(t.injections, func(s injection) bool { return s.Blind })
}

// result is what a case did.
type result struct {
	testCase
	*environment
	prior, after                acctest.Object
	recovered                   acctest.Object // after the next apply
	id                          string         // to import by
	failed                      bool
	killed                      bool
	accountBefore, accountAfter *ramtest.Account // before and after the operation
	events                      []ramtest.Event  // of the operation
	calls                       []ramtest.Call
	transcript                  *transcript
	waited, took                time.Duration
	otherActions                []func(*ramtest.Account)   // what others changed during the operation
	ended                       bool                       // the operation has ended: others change nothing any more
	prepared                    map[string]map[string]bool // the fields that the create of the first of two resources changed, and their values before and after
	forbidden                   []string                   // what the operation itself finds that must not be
}

// acts reports whether the campaign itself carries out a fault.
func (t testCase) acts(act string) bool {
	return slices.ContainsFunc(t.injections, func(s injection) bool { return s.Act == act })
}

// actsAsOthers reports whether others change something of the account during the operation.
func (t testCase) actsAsOthers() bool { return t.acts("foreign") || t.acts("foreign in wait") }

// execute runs the case in an environment of its own.
func (t testCase) execute(ctx context.Context, base *acctest.Driver) (*result, error) {
	s, err := newEnvironment(ctx, base, t.subject.Arrange)
	if err != nil {
		return nil, err
	}
	s.secrets = append(s.secrets, t.subject.Secrets...)
	p := &result{testCase: t, environment: s, prior: acctest.Object{}}
	if err := p.run(); err != nil {
		s.close()
		return nil, err
	}
	return p, nil
}

func (p *result) run() error {
	if err := p.prepare(); err != nil {
		return err
	}
	return p.runOperation()
}

// runOperation runs the operation with the faults.
func (p *result) runOperation() error {
	c, err := p.newDriver()
	if err != nil {
		return err
	}
	p.injectAll(c)
	p.observe(c)
	return nil
}

// observe runs the operation, and records what it does.
func (p *result) observe(c *driver) {
	p.accountBefore, p.transcript = p.account(), c.transcript
	mark, waited, began := len(p.srv.History()), p.clock.Paused(), time.Now()
	p.srv.ForgetCalls()
	p.after, p.failed = p.operate(c, p.prior)
	p.srv.ExecuteLate()
	p.took, p.waited, p.calls = time.Since(began), p.clock.Paused()-waited, p.srv.Calls()
	if p.killed = p.acts("kill") || p.acts("unsaved"); p.killed {
		p.after = p.prior
	}
	p.srv.Change(func(*ramtest.Account) { p.ended = true })
	p.accountAfter = p.account()
	p.events = p.srv.History()[mark:]
}

// prepare creates the object of the operation.
func (p *result) prepare() error {
	c, err := p.newDriver()
	if err != nil {
		return err
	}
	p.prior = c.Null(p.subject.Kind)
	if p.operation == creates {
		return nil
	}
	created, failed := c.apply(p.subject.Kind, p.subject.Config, p.prior)
	if failed {
		return fmt.Errorf("cannot prepare %s: %s%s", p.name(), acctest.Messages(c.transcript.diags), strings.Join(c.transcript.violations, "\n"))
	}
	if p.operation == imports {
		p.id = p.subject.ImportID(created)
		return nil
	}
	p.prior = created
	p.prepared = p.changes(p.srv.History())
	for _, e := range p.srv.History() {
		if values := p.prepared[p.normalize(e.Object+"."+e.Field)]; values != nil {
			values[p.normalize(fmt.Sprint(e.Before))] = true
		}
	}
	p.clock.Advance(5 * time.Minute)
	if p.operation == updates {
		p.clock.Advance(p.subject.TimeBeforeUpdate)
	}
	return nil
}

// injectAll injects the faults.
func (p *result) injectAll(c *driver) {
	for _, s := range p.injections {
		p.inject(c, s)
	}
}

func (p *result) inject(c *driver, s injection) {
	p.srv.Inject(s.rules(s.at)...)
	others := func(act func(*ramtest.Account)) {
		for range s.at.nth - 1 {
			p.srv.ChangeBefore(s.at.action, func(*ramtest.Account) {})
		}
		p.srv.ChangeBefore(s.at.action, func(a *ramtest.Account) {
			if !p.ended {
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
		others(p.recordOther(p.subject.Others))
	case "foreign in wait":
		var act sync.Once
		p.onWait = func() {
			if len(p.srv.Calls(s.at.action)) >= s.at.nth {
				act.Do(func() { p.srv.Change(p.recordOther(p.subject.Others)) })
			}
		}
	case "unknown":
		p.srv.Change(p.recordOther(func(a *ramtest.Account) {
			a.Preference.Extra = ramtest.ExtraFields{Flag: true, Number: 7, Text: "of others"}
			a.Policy.Extra = a.Preference.Extra
		}))
	case "gone":
		others(p.recordOther(p.subject.Remove))
	case "interrupt":
		others(func(*ramtest.Account) { c.Stop() })
	case "kill": // no later request is sent, and no result is saved
		if s.at.phase == after {
			p.srv.Inject(ramtest.Rule{Nth: fmt.Sprint(s.at.nth), Phase: after, Fault: "refuse"}, ramtest.Rule{Nth: fmt.Sprintf("%d-", s.at.nth+1), Fault: "refuse"})
			return
		}
		p.srv.Inject(ramtest.Rule{Nth: fmt.Sprintf("%d-", s.at.nth), Fault: "refuse"})
	}
}

// recordOther returns a change of others that is recorded when it happens.
func (p *result) recordOther(act func(*ramtest.Account)) func(*ramtest.Account) {
	return func(a *ramtest.Account) {
		p.otherActions = append(p.otherActions, act)
		act(a)
	}
}

// operate does what a CLI does for the operation.
func (p *result) operate(c *driver, prior acctest.Object) (after acctest.Object, failed bool) {
	if after, failed, is := p.operateTwoOwners(c, prior); is {
		return after, failed
	}
	kind := p.subject.Kind
	if p.operation == imports {
		return c.importID(kind, p.id)
	}
	if p.operation == creates {
		return c.apply(kind, p.subject.Config, prior)
	}
	if after, failed = c.read(kind, prior); failed || p.operation == reads {
		return after, failed
	}
	if p.operation == updates {
		return c.apply(kind, p.subject.Next, after)
	}
	if after.State.IsNull() {
		return after, false
	}
	return c.destroy(kind, after)
}

// wantedConfig returns the configuration that the operation applies; nil: none.
func (t testCase) wantedConfig() acctest.Attributes {
	switch t.operation {
	case updates:
		return t.subject.Next
	case deletes:
		return nil
	}
	return t.subject.Config
}

// applyAgain runs the same operation again without faults, as a person does.
// A resource that a failed create has left is tainted, and replaced.
func (p *result) applyAgain() (c *driver, end acctest.Object, failed bool, err error) {
	if c, err = p.newDriver(); err != nil {
		return nil, end, false, err
	}
	if p.operation == imports {
		end, failed = c.importID(p.subject.Kind, p.id)
		return c, end, failed, nil
	}
	if end, failed = c.read(p.subject.Kind, p.after); failed {
		return c, end, failed, nil
	}
	if p.tainted() && !end.State.IsNull() {
		if end, failed = c.destroy(p.subject.Kind, end); failed {
			return c, end, failed, nil
		}
	}
	end, failed = p.converge(c, end)
	return c, end, failed, nil
}

// converge applies the wanted configuration.
func (p *result) converge(c *driver, from acctest.Object) (end acctest.Object, failed bool) {
	switch {
	case p.wantedConfig() != nil:
		return c.apply(p.subject.Kind, p.wantedConfig(), from)
	case from.State.IsNull():
		return from, false
	}
	return c.destroy(p.subject.Kind, from)
}

// tainted reports whether a create failed and left an object in the state.
func (p *result) tainted() bool {
	return p.failed && !p.killed && p.prior.State.IsNull() && !p.after.State.IsNull() && p.operation != imports
}

// notSettled returns what another refresh and plan would change; empty: nothing.
func notSettled(c *driver, kind string, goal acctest.Attributes, o acctest.Object) string {
	again, failed := c.read(kind, o)
	switch {
	case failed:
		return "it cannot be read: " + c.transcript.errors()
	case !again.State.Equal(o.State):
		return fmt.Sprintf("a refresh makes %s of %s", acctest.Format(again.State), acctest.Format(o.State))
	case !bytes.Equal(again.Private, o.Private):
		return "a refresh changes the private state"
	case goal == nil:
		return ""
	}
	plan := c.plan(kind, goal, again)
	switch {
	case plan == nil:
		return "it cannot be planned: " + c.transcript.errors()
	case !c.Planned(kind, plan).Equal(again.State):
		return fmt.Sprintf("the next plan makes %s of %s", acctest.Format(c.Planned(kind, plan)), acctest.Format(again.State))
	}
	return ""
}
