// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"slices"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// aftermath is what comes next: whatever happened, one further apply ends it, or
// the messages say what else to do (P8, O4).
func (p *performance) aftermath(free *faultless, v *verdict) {
	left := p.strays(p.young, p.after)
	if err := p.calm(); err != nil {
		v.forbid("the campaign failed: %s", err)
		return
	}
	if !p.killed {
		p.clear(left)
	}
	if p.acts("stale") && (p.killed || len(p.strokes) > 1) { // with no other fault, the next apply bears old reads, too
		p.catchUp()
	}
	c, end, failed, err := p.recover()
	if err != nil {
		v.forbid("the campaign failed: %s", err)
		return
	}
	orphan := p.acts("gone") && p.subject.orphaned // what it hangs on is gone, too, and the error says so
	if p.killed && (len(left) > 0 || failed && !orphan) {
		c, end, failed = p.afterKill(c, v, left, end, failed)
	}
	v.recovered = c.heard.planned > 0
	for _, broken := range c.heard.broken {
		v.forbid("in the next apply, Terraform would call it a bug: %s", broken)
	}
	for _, leak := range p.leaks(c.heard) {
		v.forbid("in the next apply a secret is out: %s", leak)
	}
	if failed && orphan {
		return
	}
	if failed {
		v.forbid("the next apply fails: %s", said(c.heard.diags))
		return
	}
	p.end = end
	p.reached(c, free, end, v)
}

// catchUp ends that reads are old: what a run did that failed or was killed is seen by the time of the next one.
func (p *performance) catchUp() {
	for _, more := range []int{1, -1} {
		p.srv.Change(func(a *ramtest.Account) { a.Quotas.Users += more }) // reads are old only after the latest write
	}
}

// belated are what requests made that were executed again when the run was over: nobody can tell of it.
func (p *performance) belated(end object) []stray {
	history := p.srv.History()
	return slices.DeleteFunc(p.strays(p.account(), end), func(s stray) bool {
		return !slices.ContainsFunc(history, func(e ramtest.Event) bool {
			return strings.HasSuffix(e.Actor, " duplicate") && strings.HasSuffix(e.Object, "/"+s.id)
		})
	})
}

// afterKill is the apply after a run that was killed and left something: it names it, or takes it for its own.
func (p *performance) afterKill(c *core, v *verdict, left []stray, end object, failed bool) (*core, object, bool) {
	told := said(c.heard.diags)
	for _, s := range left {
		if !s.namedIn(told) && !knows(end, s.id) {
			v.forbid("%s %s was left by a run that was killed, and the next apply does not tell", s.what, s.id)
		}
	}
	v.class = killedN
	if !failed {
		p.after = end
		p.clear(p.strays(p.account(), end))
		return p.again(c, v)
	}
	id := imported.FindStringSubmatch(told)
	if id == nil && !strings.Contains(told, "Delete") {
		v.forbid("the next apply fails, and does not say what to do: %s", told)
	}
	if id != nil && p.subject.made != "" {
		return p.takeOver(c, v, id[1])
	}
	p.clear(left)
	return p.again(c, v)
}

// takeOver imports what a killed run made, and goes on.
func (p *performance) takeOver(c *core, v *verdict, id string) (*core, object, bool) {
	next, err := p.run()
	if err != nil {
		v.forbid("the campaign failed: %s", err)
		return c, p.prior, true
	}
	end, failed := next.adopt(p.subject.kind, id)
	if !failed {
		end, failed = p.reach(next, end)
	}
	next.heard.diags = append(c.heard.diags, next.heard.diags...)
	next.heard.broken = append(c.heard.broken, next.heard.broken...)
	next.heard.planned += c.heard.planned
	return next, end, failed
}

// again runs once more, as a person does who did what the message says.
func (p *performance) again(c *core, v *verdict) (*core, object, bool) {
	next, err := p.run()
	if err != nil {
		v.forbid("the campaign failed: %s", err)
		return c, p.prior, true
	}
	end, failed := next.refresh(p.subject.kind, p.after)
	if !failed {
		end, failed = p.reach(next, end)
	}
	next.heard.diags = append(c.heard.diags, next.heard.diags...)
	next.heard.broken = append(c.heard.broken, next.heard.broken...)
	next.heard.planned += c.heard.planned
	return next, end, failed
}

// reached compares the end with that of the operation without a fault.
func (p *performance) reached(c *core, free *faultless, end object, v *verdict) {
	p.clear(p.belated(end))
	if odd := p.portray(p.account()).differs(p.portray(p.bystanding(free.account))); len(odd) > 0 && p.operation != reads && p.operation != imports && !p.acts("gone") && !p.believed(end) {
		v.forbid("after the next apply the account is not as it is without the fault: %s", strings.Join(odd, "; "))
	}
	if odd := p.sketch(end.state).differs(free.state); len(odd) > 0 && p.operation != reads && !p.acts("foreign") && !p.acts("gone") { // what a read has found, the next apply may take back
		v.forbid("after the next apply the state is not as it is without the fault: %s", strings.Join(odd, "; "))
	}
	if p.operation == imports || end.state.IsNull() {
		return
	}
	if why := settled(c, p.subject.kind, p.goal(), end); why != "" {
		v.forbid("after the next apply it is not at rest: %s", why)
	}
}

// believed tells that a destroy believed the service that there was nothing left to
// do, which nobody can know better.
func (p *performance) believed(end object) bool {
	return p.operation == deletes && end.state.IsNull() && p.blind() && !p.failed
}
