// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// The acts of the rows in which two resources of one run manage one object. Each names its steps in the
// order of the plan and of the apply.
const (
	createTwice   = "create and create"
	destroyCreate = "destroy and create"
	createDestroy = "create and destroy"
	keepDestroy   = "keep and destroy"
	destroyKeep   = "destroy and keep"
	keepTwice     = "keep and keep"
)

// twoOwners are the operations with two resources for one object. Each returns the resource that manages
// the object afterwards.
var twoOwners = map[string]func(p *result, c *driver, prior acctest.Object) (after acctest.Object, failed bool){
	createTwice: (*result).createTwice,
	destroyCreate: func(p *result, c *driver, prior acctest.Object) (acctest.Object, bool) {
		return p.handOver(c, prior, true)
	},
	createDestroy: func(p *result, c *driver, prior acctest.Object) (acctest.Object, bool) {
		return p.handOver(c, prior, false)
	},
	keepDestroy: func(p *result, c *driver, prior acctest.Object) (acctest.Object, bool) {
		return p.destroyOne(c, prior, false)
	},
	destroyKeep: func(p *result, c *driver, prior acctest.Object) (acctest.Object, bool) {
		return p.destroyOne(c, prior, true)
	},
	keepTwice: (*result).refreshBoth,
}

// hasTwoOwners reports whether two resources of the case manage one object.
func (t testCase) hasTwoOwners() bool {
	return slices.ContainsFunc(t.injections, func(s injection) bool { return s.hasTwoOwners() })
}

func (f *fault) hasTwoOwners() bool { return twoOwners[f.Act] != nil }

// operateTwoOwners runs the operation with two resources, if the case has them.
func (p *result) operateTwoOwners(c *driver, prior acctest.Object) (after acctest.Object, failed, is bool) {
	for _, s := range p.injections {
		if operate := twoOwners[s.Act]; operate != nil {
			after, failed = operate(p, c, prior)
			return after, failed, true
		}
	}
	return prior, false, false
}

// explainsTwo matches a message that names the other resource.
var explainsTwo = regexp.MustCompile(`Another resource of this configuration manages|This run destroys one resource for the|A rotation uses both keys`)

// mustExplain requires a message that names the other resource.
func (p *result) mustExplain(c *driver) {
	if text := acctest.Messages(c.transcript.diags); !explainsTwo.MatchString(text) {
		p.forbid("no message says that two resources manage the object: %s", text)
	}
}

// refused returns the result of a plan that was refused: the resource is as it was, and a message names the other one.
func (p *result) refused(c *driver, prior acctest.Object) (acctest.Object, bool) {
	p.mustExplain(c)
	return prior, true
}

// createTwice creates two resources for one object. Where the service draws the id, they are two objects, and
// another administrator deletes the second one.
func (p *result) createTwice(c *driver, prior acctest.Object) (after acctest.Object, failed bool) {
	kind, config := p.subject.Kind, p.subject.Config
	for range 2 {
		if c.plan(kind, config, prior) == nil {
			return p.refused(c, prior)
		}
	}
	apply := p.nextWalk(c)
	if after, failed = apply.apply(kind, config, prior); failed {
		return after, true
	}
	second, failed := apply.apply(kind, config, prior)
	switch {
	case failed && !second.State.IsNull():
		p.forbid("the second resource was refused, and is in the state")
	case failed:
		p.mustExplain(c)
	case apply.FormatIdentity(kind, second) == apply.FormatIdentity(kind, after):
		p.forbid("two resources were created for one object")
	default:
		p.removeLeftovers(slices.DeleteFunc(p.untracked(p.account(), after), func(s leftover) bool { return !hasID(second, s.id) }))
	}
	return after, false
}

// handOver destroys a resource and creates another one for its object, as when its address is changed. A case of a destroy
// then destroys that one too: with what the first one captured, it ends as a destroy of the first one does.
func (p *result) handOver(c *driver, prior acctest.Object, destroyFirst bool) (after acctest.Object, failed bool) {
	kind, next, none := p.subject.Kind, p.subject.Next, c.Null(p.subject.Kind)
	if p.operation == deletes {
		next = retained(p.subject.Config)
		if prior, failed = p.nextWalk(c).apply(kind, next, prior); failed {
			return prior, true
		}
	}
	if prior, failed = c.read(kind, prior); failed {
		return prior, true
	}
	var gone, created *tfprotov6.PlanResourceChangeResponse
	plans := []func() bool{
		func() bool { gone = c.plan(kind, nil, prior); return gone != nil },
		func() bool { created = c.plan(kind, next, none); return created != nil },
	}
	apply := p.nextWalk(c)
	steps := []func() bool{
		func() bool { _, failed := apply.applyPlan(kind, nil, prior, gone); return !failed },
		func() bool { after, failed = apply.apply(kind, next, none); return !failed },
	}
	if !destroyFirst {
		slices.Reverse(plans)
		slices.Reverse(steps)
	}
	for _, plan := range plans {
		if !plan() {
			return p.refused(c, prior)
		}
	}
	for n, step := range steps {
		if !step() {
			p.forbid("step %d of the apply fails: %s", n+1, acctest.Messages(c.transcript.diags))
			return after, true
		}
	}
	last := p.nextWalk(c)
	if after, failed = last.read(kind, after); failed || after.State.IsNull() {
		p.forbid("the new resource does not manage the object")
		return after, true
	}
	if p.operation != deletes {
		return after, false
	}
	if after, failed = last.apply(kind, p.subject.Config, after); failed {
		return after, true
	}
	return last.destroy(kind, after)
}

// destroyOne destroys one of two resources for one object: the plan is refused, or the object is as it was.
func (p *result) destroyOne(c *driver, prior acctest.Object, destroyFirst bool) (after acctest.Object, failed bool) {
	kind := p.subject.Kind
	other, failed := p.importAgain(c, prior)
	if failed {
		return prior, true
	}
	if prior, failed = c.read(kind, prior); failed {
		return prior, true
	}
	var gone *tfprotov6.PlanResourceChangeResponse
	plans := []func() bool{
		func() bool { return c.plan(kind, retained(p.subject.Config), other) != nil }, // an imported setting has nothing to restore
		func() bool { gone = c.plan(kind, nil, prior); return gone != nil },
	}
	if destroyFirst {
		slices.Reverse(plans)
	}
	for _, plan := range plans {
		if !plan() {
			return p.refused(c, prior)
		}
	}
	was := p.snapshot(p.account())
	if after, failed = p.nextWalk(c).applyPlan(kind, nil, prior, gone); failed {
		return after, true
	}
	for _, odd := range p.snapshot(p.account()).diff(was) {
		p.forbid("the destroy of one of two resources changed the object: %s", odd)
	}
	return after, false
}

// refreshBoth refreshes and plans two resources for one object. The plan says so.
func (p *result) refreshBoth(c *driver, prior acctest.Object) (after acctest.Object, failed bool) {
	other, failed := p.importAgain(c, prior)
	if failed {
		return prior, true
	}
	if after, failed = c.read(p.subject.Kind, prior); failed {
		return after, true
	}
	for _, o := range []acctest.Object{after, other} {
		c.plan(p.subject.Kind, retained(p.subject.Config), o)
	}
	p.mustExplain(c)
	return after, false
}

// retained returns the configuration of a setting that a destroy leaves as it is, or the same configuration for another type.
func retained(config acctest.Attributes) acctest.Attributes {
	if config["on_destroy"] == nil {
		return config
	}
	return config.With("on_destroy", "retain")
}

// importAgain imports the object of a resource as a second resource.
func (p *result) importAgain(c *driver, o acctest.Object) (other acctest.Object, failed bool) {
	return c.importID(p.subject.Kind, p.subject.ImportID(o))
}

// nextWalk returns another instance of the provider in the same run: a CLI starts one for the plan and one for the apply.
func (p *result) nextWalk(c *driver) *driver {
	next, err := p.continueDriver(c.transcript)
	if err != nil {
		p.forbid("the campaign failed: %s", err)
		return c
	}
	return next
}

// forbid records what the operation itself finds that must not be.
func (p *result) forbid(format string, args ...any) {
	p.forbidden = append(p.forbidden, fmt.Sprintf(format, args...))
}

// changedByEither returns the values that the operation may write: those of the baseline, and with two resources also those
// that the first one found and wrote when it was created.
func (p *result) changedByEither(free *baseline) map[string]map[string]bool {
	all := maps.Clone(free.changed)
	for at, values := range p.prepared {
		both := maps.Clone(values)
		maps.Copy(both, all[at])
		all[at] = both
	}
	return all
}
