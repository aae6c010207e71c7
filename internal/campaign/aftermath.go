// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"slices"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// aftermath is what comes next: whatever happened, one further apply ends it, or
// the messages say what else to do (P8, O4).
func (p *result) checkRecovery(free *baseline, v *verdict) {
	left := p.untracked(p.accountAfter, p.after)
	if err := p.endFaults(); err != nil {
		v.forbid("the campaign failed: %s", err)
		return
	}
	if !p.killed {
		p.removeLeftovers(left)
	}
	if p.acts("stale") && (p.killed || len(p.injections) > 1) { // with no other fault, the next apply bears old reads, too
		p.endStaleReads()
	}
	c, end, failed, err := p.applyAgain()
	if err != nil {
		v.forbid("the campaign failed: %s", err)
		return
	}
	orphan := p.acts("gone") && p.subject.Orphaned // what it hangs on is gone, too, and the error says so
	if p.killed && (len(left) > 0 || failed && !orphan) {
		c, end, failed = p.afterKill(c, v, left, end, failed)
	}
	v.appliedAgain = c.Applied.Load() > 0
	for _, broken := range c.transcript.violations {
		v.forbid("in the next apply, Terraform would call it a bug: %s", broken)
	}
	for _, leak := range p.leaks(c.transcript) {
		v.forbid("in the next apply a secret is out: %s", leak)
	}
	if failed && orphan {
		return
	}
	if failed {
		v.forbid("the next apply fails: %s", acctest.Messages(c.transcript.diags))
		return
	}
	p.recovered = end
	p.checkConverged(c, free, end, v)
}

// catchUp ends that reads are old: what a run did that failed or was killed is seen by the time of the next one.
func (p *result) endStaleReads() {
	for _, more := range []int{1, -1} {
		p.srv.Change(func(a *ramtest.Account) { a.Quotas.Users += more }) // reads are old only after the latest write
	}
}

// belated are what requests made that were executed again when the run was over: nobody can tell of it.
func (p *result) lateDuplicates(end acctest.Object) []leftover {
	history := p.srv.History()
	return slices.DeleteFunc(p.untracked(p.account(), end), func(s leftover) bool {
		return !slices.ContainsFunc(history, func(e ramtest.Event) bool {
			return strings.HasSuffix(e.Actor, " duplicate") && strings.HasSuffix(e.Object, "/"+s.id)
		})
	})
}

// afterKill is the apply after a run that was killed and left something: it names it, or takes it for its own.
func (p *result) afterKill(c *driver, v *verdict, left []leftover, end acctest.Object, failed bool) (*driver, acctest.Object, bool) {
	told := acctest.Messages(c.transcript.diags)
	for _, s := range left {
		if !s.namedIn(told) && !knows(end, s.id) {
			v.forbid("%s %s was left by a run that was killed, and the next apply does not tell", s.what, s.id)
		}
	}
	v.outcome = killedN
	if !failed {
		p.after = end
		p.removeLeftovers(p.untracked(p.account(), end))
		return p.applyOnceMore(c, v)
	}
	id := importID.FindStringSubmatch(told)
	if id == nil && !strings.Contains(told, "Delete") {
		v.forbid("the next apply fails, and does not say what to do: %s", told)
	}
	if id != nil && p.subject.Creates != "" {
		return p.importCreated(c, v, id[1])
	}
	p.removeLeftovers(left)
	return p.applyOnceMore(c, v)
}

// takeOver imports what a killed run made, and goes on.
func (p *result) importCreated(c *driver, v *verdict, id string) (*driver, acctest.Object, bool) {
	next, err := p.newDriver()
	if err != nil {
		v.forbid("the campaign failed: %s", err)
		return c, p.prior, true
	}
	end, failed := next.importID(p.subject.Kind, id)
	if !failed {
		end, failed = p.converge(next, end)
	}
	next.continueFrom(c)
	return next, end, failed
}

// again runs once more, as a person does who did what the message says.
func (p *result) applyOnceMore(c *driver, v *verdict) (*driver, acctest.Object, bool) {
	next, err := p.newDriver()
	if err != nil {
		v.forbid("the campaign failed: %s", err)
		return c, p.prior, true
	}
	end, failed := next.read(p.subject.Kind, p.after)
	if !failed {
		end, failed = p.converge(next, end)
	}
	next.continueFrom(c)
	return next, end, failed
}

// reached compares the end with that of the operation without a fault.
func (p *result) checkConverged(c *driver, free *baseline, end acctest.Object, v *verdict) {
	p.removeLeftovers(p.lateDuplicates(end))
	if odd := p.snapshot(p.account()).diff(p.snapshot(p.withOtherActions(free.account))); len(odd) > 0 && p.operation != reads && p.operation != imports && !p.acts("gone") && !p.trustedTheService(end) {
		v.forbid("after the next apply the account is not as it is without the fault: %s", strings.Join(odd, "; "))
	}
	if odd := p.snapshotState(end.State).diff(free.state); len(odd) > 0 && p.operation != reads && !p.acts("foreign") && !p.acts("gone") { // what a read has found, the next apply may take back
		v.forbid("after the next apply the state is not as it is without the fault: %s", strings.Join(odd, "; "))
	}
	if p.operation == imports || end.State.IsNull() {
		return
	}
	if why := notSettled(c, p.subject.Kind, p.goal(), end); why != "" {
		v.forbid("after the next apply it is not at rest: %s", why)
	}
}

// believed tells that a destroy believed the service that there was nothing left to
// do, which nobody can know better.
func (p *result) trustedTheService(end acctest.Object) bool {
	return p.operation == deletes && end.State.IsNull() && p.blind() && !p.failed
}
