// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"slices"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// checkRecovery checks the next run: one further apply converges, or
// the messages say what else to do (P8).
func (p *result) checkRecovery(free *baseline, v *verdict) {
	left := p.untracked(p.accountAfter, p.after)
	if err := p.endFaults(); err != nil {
		v.forbid("the campaign failed: %s", err)
		return
	}
	if !p.killed {
		p.removeLeftovers(left)
	}
	if p.acts("stale") && (p.killed || len(p.injections) > 1) { // without another fault, the next apply has to handle stale reads too
		p.endStaleReads()
	}
	c, end, failed, err := p.applyAgain()
	if err != nil {
		v.forbid("the campaign failed: %s", err)
		return
	}
	orphan := p.acts("gone") && p.subject.Orphaned // its parent is gone too, and the error says so
	if p.killed && (len(left) > 0 || failed && !orphan) {
		c, end, failed = p.afterKill(c, v, left, end, failed)
	}
	v.appliedAgain = c.Applied.Load() > 0
	for _, broken := range c.transcript.violations {
		v.forbid("in the next apply, Terraform would report a bug of the provider: %s", broken)
	}
	for _, leak := range p.leaks(c.transcript) {
		v.forbid("in the next apply a secret leaked: %s", leak)
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

// endStaleReads ends stale reads: the next run sees what a failed or killed run did.
func (p *result) endStaleReads() {
	for _, more := range []int{1, -1} {
		p.srv.Change(func(a *ramtest.Account) { a.Quotas.Users += more }) // only reads after the latest write are stale
	}
}

// lateDuplicates returns the objects of requests that the network executed again after the run: no message can name them.
func (p *result) lateDuplicates(end acctest.Object) []leftover {
	history := p.srv.History()
	return slices.DeleteFunc(p.untracked(p.account(), end), func(s leftover) bool {
		return !slices.ContainsFunc(history, func(e ramtest.Event) bool {
			return strings.HasSuffix(e.Actor, " duplicate") && strings.HasSuffix(e.Object, "/"+s.id)
		})
	})
}

// afterKill checks the apply after a killed run that left objects: it names them or adopts them.
func (p *result) afterKill(c *driver, v *verdict, left []leftover, end acctest.Object, failed bool) (*driver, acctest.Object, bool) {
	messages := acctest.Messages(c.transcript.diags)
	for _, s := range left {
		if !s.namedIn(messages) && !hasID(end, s.id) {
			v.forbid("%s %s was left by a killed run, and the next apply does not name it", s.what, s.id)
		}
	}
	v.outcome = killedN
	if !failed {
		p.after = end
		p.removeLeftovers(p.untracked(p.account(), end))
		return p.applyOnceMore(c, v)
	}
	id := importID.FindStringSubmatch(messages)
	if id == nil && !strings.Contains(messages, "Delete") {
		v.forbid("the next apply fails without a remedy: %s", messages)
	}
	if id != nil && p.subject.Creates != "" {
		return p.importCreated(c, v, id[1])
	}
	p.removeLeftovers(left)
	return p.applyOnceMore(c, v)
}

// importCreated imports what a killed run created, and applies.
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

// applyOnceMore applies once more, as a person who did what the message says.
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

// checkConverged compares the account and the state with those of the baseline.
func (p *result) checkConverged(c *driver, free *baseline, end acctest.Object, v *verdict) {
	p.removeLeftovers(p.lateDuplicates(end))
	if odd := p.snapshot(p.account()).diff(p.snapshot(p.withOtherActions(free.account))); len(odd) > 0 && p.operation != reads && p.operation != imports && !p.acts("gone") && !p.trustedTheService(end) {
		v.forbid("after the next apply the account differs from the baseline: %s", strings.Join(odd, "; "))
	}
	if odd := p.snapshotState(end.State).diff(free.state); len(odd) > 0 && p.operation != reads && !p.actsAsOthers() && !p.acts("gone") { // the next apply may revert what a read has found
		v.forbid("after the next apply the state differs from the baseline: %s", strings.Join(odd, "; "))
	}
	if p.operation == imports || end.State.IsNull() {
		return
	}
	if why := notSettled(c, p.subject.Kind, p.wantedConfig(), end); why != "" {
		v.forbid("after the next apply there is still a change: %s", why)
	}
}

// trustedTheService reports whether a destroy relied on an untrue response that the object does not exist.
func (p *result) trustedTheService(end acctest.Object) bool {
	return p.operation == deletes && end.State.IsNull() && p.undetectable() && !p.failed
}
