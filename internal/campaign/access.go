// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/provider"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// mostUnnecessary is the share of cases, in percent, in which the provider may refuse a change that locks out no user and no key.
const mostUnnecessary = 2

// accessTester changes two or three objects that decide who can get in, in one run: from random values to random values, by
// updates, replacements, destroys and actions, in a random order or at the same time, with permissions that may be missing. The fake
// decides after each write who can log on, and which AccessKey is accepted. If a user or a key loses access, the provider must
// have refused the change. If it refused a change, some order of the writes must be a lock-out.
type accessTester struct {
	ctx         context.Context
	base        *acctest.Driver
	figures     *figures
	only        string
	cases       atomic.Int64
	unnecessary atomic.Int64
	example     atomic.Pointer[string] // the first of them
}

// runAccess runs two cases for each walk.
func runAccess(ctx context.Context, o *Options, f *figures) error {
	tester := &accessTester{ctx: ctx, base: newBase(ctx), figures: f, only: o.Only}
	twice := *o
	twice.Walks *= 2
	if err := repeatOnEachCPU(ctx, &twice, f, tester.run); err != nil {
		return err
	}
	rate := 100 * float64(tester.unnecessary.Load()) / float64(max(tester.cases.Load(), 1))
	f.add("unnecessary refusals", fmt.Sprintf("%.2f %%", rate))
	if rate >= mostUnnecessary {
		f.forbid(replayCommand("access", o.Only), "%.2f %% of the cases are refused, although no order of their writes locks out a user or a key, such as:\n%s", rate, *tester.example.Load())
	}
	return nil
}

// accessRun is one case.
type accessRun struct {
	*accessTester
	randomRun

	srv     *ramtest.Server
	clock   *acctest.Clock
	role    bool // the provider assumes a role with its key
	denied  []string
	from    ramtest.Origin // of the provider's calls
	changes []*accessChange

	state     ramtest.State    // before the changes
	initial   *ramtest.Account // the account in it
	people    []entrant
	passwords map[string]passwordAges // by the id of the user
	mu        sync.Mutex
	lost      []string
}

// accessChange is an object and how it changes.
type accessChange struct {
	accessObject

	prior    acctest.Object
	config   acctest.Attributes // nil: a destroy
	accepted bool               // allow_lock_out

	plan    *tfprotov6.PlanResourceChangeResponse // of an update, or of the destroy of a replacement
	renewed bool                                  // it is replaced
}

func (r *accessRun) must(err error) {
	if err != nil {
		r.t.Fatalf("the campaign failed: %s", err)
	}
}

// run runs one case.
func (s *accessTester) run(t *rapid.T) {
	r := &accessRun{accessTester: s, randomRun: randomRun{t: t}, passwords: map[string]passwordAges{}, from: rapid.SampledFrom(origins).Draw(t, "the provider calls from")}
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithAccounts(r.drawAccount()), ramtest.Strict(), ramtest.WithBehaviour(accessBehaviour))
	r.must(err)
	defer srv.Close()
	r.srv, r.clock = srv, acctest.NewClock(0, srv.Advance)
	s.cases.Add(1)
	if !r.arrange() {
		s.figures.count("the key of the provider is locked out already")
		return
	}
	refused := r.plan()
	if refused == "" {
		refused = r.apply()
	}
	r.judge(refused)
}

// accessBehaviour stores policies as they are sent.
func accessBehaviour(b *ramtest.Behaviour) {
	worstCase(b)
	b.AcceptUnknownStatements = true
}

// arrange creates the objects with their old values, and begins the case.
func (r *accessRun) arrange() bool {
	r.role = rapid.IntRange(0, 3).Draw(r.t, "assumes a role") == 0
	objects := slices.DeleteFunc(accessObjects(), func(o accessObject) bool { return !strings.Contains(o.name, r.only) })
	drawn := rapid.SliceOfNDistinct(rapid.SampledFrom(objects), 2, 3, func(o accessObject) string { return o.name }).Draw(r.t, "objects")
	d := r.newDriver(r.srv, r.clock)
	for _, o := range drawn {
		r.srv.Change(o.arrange)
		r.changes = append(r.changes, r.drawChange(d, o))
	}
	r.denied = r.drawDenied()
	r.srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CallerAddress, b.CallerVPC = r.from.Address, r.from.VPC })
	now := r.srv.Now()
	r.srv.Change(func(a *ramtest.Account) {
		for _, user := range a.Users {
			if drawn, has := r.passwords[user.ID]; has && user.LoginProfile != nil {
				p := user.LoginProfile
				p.PasswordInitial, p.PasswordDate, p.UpdateDate, p.CreateDate = drawn.initial, now.Add(-drawn.set), now.Add(-drawn.set), now.Add(-drawn.created)
			}
		}
		if r.role {
			a.Roles[sessionRole].Denied = r.denied
		} else {
			a.Users["admin"].Denied = r.denied
		}
	})
	if rapid.IntRange(0, 4).Draw(r.t, "changed by another administrator") == 0 {
		o := rapid.SampledFrom(accessObjects()).Draw(r.t, "what another administrator changes")
		if o.edit != nil {
			r.note("another administrator changes %s", o.name)
			r.srv.Change(func(a *ramtest.Account) { o.edit(r.t, a) })
		}
	}
	r.state = r.srv.State()
	r.initial = r.state.Accounts[0]
	r.renameConfigured()
	r.note("from %v, with a role: %t, denied: %v", r.from, r.role, r.denied)
	r.note("%s", describeAccess(r.initial))
	r.people = peopleOf(r.initial, r.changes, r.srv.Now())
	for n := range r.people {
		r.people[n].speculative = r.people[n].speculative && r.people[n].name != fmt.Sprintf("the key %s from %v", ownKeyOf(r.initial), r.from)
	}
	return r.initial.APIAccess(ownKeyOf(r.initial), r.from, ramtest.Behaviour{}).Allowed
}

// newDriver returns a provider of its own, as each plan and each apply of a CLI has one.
func (r *accessRun) newDriver(srv *ramtest.Server, clock *acctest.Clock) *driver {
	getenv := func(name string) string {
		if name == "ALIBABA_CLOUD_ROLE_ARN" && r.role {
			return sessionRoleARN
		}
		return srv.Getenv(name)
	}
	d, err := newDriver(r.ctx, r.base, getenv, provider.WithClock(clock.Now, clock.Pause))
	r.must(err)
	return d
}

// drawChange creates an object with a random value, and draws its next value.
func (r *accessRun) drawChange(d *driver, o accessObject) *accessChange {
	c := &accessChange{accessObject: o}
	c.accepted = rapid.IntRange(0, 9).Draw(r.t, o.name+": allow_lock_out") == 0
	if o.action {
		c.config = c.accepting(o.draw(r.t, "order"), c.accepted)
		r.note("%s: %v", o.name, c.config)
		return c
	}
	c.prior = d.Null(o.kind)
	if o.exists || rapid.IntRange(0, 3).Draw(r.t, o.name+": exists") > 0 {
		old := r.truthful(o, o.draw(r.t, "old"))
		var prior acctest.Object
		var failed bool
		if o.imported != "" {
			prior, failed = d.importID(o.kind, o.imported)
		} else {
			prior, failed = d.apply(o.kind, c.accepting(old.Merge(o.setup), true), c.prior)
		}
		if failed {
			r.t.Fatalf("the campaign failed: %s has %v: %s", o.name, old, d.transcript.errors())
		}
		c.prior = withAttribute(prior, c.guardName(), tftypes.NewValue(tftypes.Bool, c.accepted))
		r.note("%s has %v", o.name, old)
	}
	if c.prior.State.IsNull() || rapid.IntRange(0, 3).Draw(r.t, o.name+": destroy") > 0 {
		c.config = c.accepting(r.truthful(o, o.draw(r.t, "new")), c.accepted)
	}
	r.note("%s becomes %v, accepted: %t", o.name, c.config, c.accepted)
	return c
}

// guardName is the argument that accepts a loss.
func (o accessObject) guardName() string { return cmp.Or(o.guard, "allow_lock_out") }

// accepting sets that argument, if there is one.
func (o accessObject) accepting(config acctest.Attributes, accepted bool) acctest.Attributes {
	if o.guard == noGuard {
		return config
	}
	return config.With(o.guardName(), accepted)
}

// noGuard is the guard of an object that never accepts a loss.
const noGuard = "-"

// renameConfigured lets some configurations name a user by the name that the run gives it.
func (r *accessRun) renameConfigured() {
	for _, renamed := range r.changes {
		name, changes := renamed.config["name"].(string)
		if renamed.kind != "ram_user" || !changes || name == renamed.imported {
			continue
		}
		for _, c := range r.changes {
			for _, attribute := range []string{"user_name", "bind_to_user"} {
				if c.config[attribute] == renamed.imported && !c.action && rapid.Bool().Draw(r.t, c.name+": by the new name") {
					c.config = c.config.With(attribute, name)
					r.note("%s has %s = %q", c.name, attribute, name)
				}
			}
		}
	}
}

// truthful lets the configuration name the address from which the provider calls, where it has to.
func (r *accessRun) truthful(o accessObject, config acctest.Attributes) acctest.Attributes {
	switch {
	case !o.own || config["must_allow"] == nil:
		return config
	case r.from.VPC != "":
		return config.Without("must_allow").With("must_allow_vpcs", map[string][]string{r.from.VPC: {r.from.Address}})
	}
	return config.With("must_allow", []string{r.from.Address})
}

// withAttribute returns an object with another value of an attribute.
func withAttribute(o acctest.Object, name string, v tftypes.Value) acctest.Object {
	if o.State.IsNull() {
		return o
	}
	fields := acctest.Fields(o.State)
	if _, has := fields[name]; !has {
		return o
	}
	fields[name] = v
	o.State = tftypes.NewValue(o.State.Type(), fields)
	return o
}

// drawDenied draws permissions that the provider lacks. It can read the objects that it changes.
func (r *accessRun) drawDenied() []string {
	if rapid.IntRange(0, 4).Draw(r.t, "permissions are missing") > 0 {
		return nil
	}
	deniable := slices.DeleteFunc([]string{
		"GetSecurityPreference", "GetPasswordPolicy", "GetUserSsoSettings", "ListUsers", "GetLoginProfile", "ListVirtualMFADevices", "GetUserMFAInfo",
		"GetVerificationInfo", "ListPasskeys", "GetAccessKeyPolicyForAccount", "GetAccessKeyPolicy", "GetUser",
	}, func(action string) bool {
		return slices.ContainsFunc(r.changes, func(c *accessChange) bool { return slices.Contains(c.reads, action) })
	})
	if len(deniable) == 0 {
		return nil
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(deniable), 1, 2, rapid.ID[string]).Draw(r.t, "denied")
}

// plan plans all changes. It returns the errors.
func (r *accessRun) plan() (errors string) {
	d := r.newDriver(r.srv, r.clock)
	refresh := rapid.Bool().Draw(r.t, "refresh")
	for _, c := range r.changes {
		if refresh {
			if after, failed := d.read(c.kind, c.prior); !failed {
				c.prior = after
			}
		}
	}
	for _, c := range rapid.Permutation(r.changes).Draw(r.t, "order of the plan") {
		errors += r.planOne(d, c)
	}
	r.checkTranscript(d)
	return errors
}

// planOne plans a change as a CLI does: a replacement as an update and as a create.
func (r *accessRun) planOne(d *driver, c *accessChange) string {
	if c.action {
		return acctest.Messages(acctest.Errors(d.PlanAction(c.kind, c.config)))
	}
	plan, diags := d.Plan(c.kind, c.config, c.prior)
	c.plan, c.renewed = plan, false
	if len(acctest.Errors(diags)) == 0 && plan != nil && c.config != nil && d.Replaces(c.prior, plan) {
		c.renewed = true
		_, more := d.Plan(c.kind, c.config, c.replaced(d))
		diags = append(diags, more...)
	}
	return acctest.Messages(acctest.Errors(diags))
}

// replaced is the prior object of the create of a replacement: a CLI sends the private state of the first plan with it.
func (c *accessChange) replaced(d *driver) acctest.Object {
	o := d.Null(c.kind)
	o.Private = c.plan.PlannedPrivate
	return o
}

// apply applies all changes, and watches who can get in.
func (r *accessRun) apply() (errors string) {
	r.srv.AfterWrites(func(action string, a *ramtest.Account) { r.watch(action, a) })
	defer r.srv.AfterWrites(nil)
	d := r.newDriver(r.srv, r.clock)
	order := rapid.Permutation(r.changes).Draw(r.t, "order of the apply")
	if !rapid.Bool().Draw(r.t, "at the same time") {
		for _, c := range order {
			errors += r.applyOne(d, c)
		}
		return errors
	}
	var all sync.WaitGroup
	results := make([]string, len(order))
	for n, c := range order {
		all.Go(func() { results[n] = r.applyOne(d.fork(r.ctx), c) })
	}
	all.Wait()
	return strings.Join(results, "")
}

// applyOne applies a change, or runs an action. A CLI plans it again before, but not a destroy.
func (r *accessRun) applyOne(d *driver, c *accessChange) string {
	if c.action {
		diags := d.PlanAction(c.kind, c.config)
		if len(acctest.Errors(diags)) == 0 {
			_, diags = d.InvokeAction(r.ctx, c.kind, c.config, func(string) {})
		}
		return acctest.Messages(acctest.Errors(diags))
	}
	prior := c.prior
	if c.config == nil || c.renewed {
		null := *c.plan
		null.PlannedState = d.Dynamic(d.Null(c.kind).State)
		after, diags := d.ApplyPlan(c.kind, nil, prior, &null)
		if wrong := acctest.Errors(diags); len(wrong) > 0 || c.config == nil {
			return acctest.Messages(wrong)
		}
		if prior = after; c.renewed {
			prior = c.replaced(d)
		}
	}
	plan, diags := d.Plan(c.kind, c.config, prior)
	if wrong := acctest.Errors(diags); len(wrong) > 0 || plan == nil || d.Planned(c.kind, plan).Equal(prior.State) {
		return acctest.Messages(wrong)
	}
	_, diags = d.ApplyPlan(c.kind, c.config, prior, plan)
	return acctest.Messages(acctest.Errors(diags))
}

// watch records who has lost access after a write.
func (r *accessRun) watch(action string, a *ramtest.Account) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.people {
		if !p.speculative && p.loses(r.initial, a) {
			r.lost = append(r.lost, fmt.Sprintf("after %s: %s: %s", action, p.name, p.refusal(a)))
		}
	}
}

// judge compares what the provider did with what the fake says.
func (r *accessRun) judge(refused string) {
	accepted := slices.ContainsFunc(r.changes, func(c *accessChange) bool { return c.accepted })
	switch {
	case len(r.lost) > 0 && !accepted:
		r.violated("access was lost without an error:\n%s\nerrors: %s", strings.Join(r.lost, "\n"), refused)
	case len(r.lost) > 0:
		r.figures.count("lost, as allow_lock_out accepts")
	case refused == "":
		r.figures.count("applied")
	case !strings.Contains(refused, "allow_lock_out"):
		r.figures.count("failed for another reason")
	case strings.Contains(refused, "must be allowed"):
		r.figures.count("refused: an address that must be allowed")
	case r.necessary():
		r.figures.count("refused: a lock-out")
	default:
		r.unnecessary.Add(1)
		r.figures.count("refused without need")
		example := strings.Join(r.log, "\n") + "\n→ refused without need: " + refused
		r.example.CompareAndSwap(nil, &example)
	}
}

// stages are the states of an object while it changes, without the other objects: what the account has before, and after each
// write.
func (r *accessRun) stages(c *accessChange) []*ramtest.Account {
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithState(ramtest.State{Accounts: []*ramtest.Account{r.initial.Clone()}, Advanced: r.state.Advanced}), ramtest.WithBehaviour(accessBehaviour))
	r.must(err)
	defer srv.Close()
	clock := acctest.NewClock(r.state.Advanced, srv.Advance)
	srv.Change(func(a *ramtest.Account) { a.Users["admin"].Denied, a.Roles[sessionRole].Denied = nil, nil })
	stages := []*ramtest.Account{r.initial}
	srv.AfterWrites(func(_ string, a *ramtest.Account) { stages = append(stages, a.Clone()) })
	alone := *c
	alone.prior = withAttribute(c.prior, c.guardName(), tftypes.NewValue(tftypes.Bool, true))
	if alone.config != nil {
		alone.config = c.accepting(alone.config, true)
	}
	if r.planOne(r.newDriver(srv, clock), &alone) == "" {
		r.applyOne(r.newDriver(srv, clock), &alone)
	}
	srv.AfterWrites(nil)
	return stages
}

// necessary reports whether some order of the writes takes access from a user or a key, in some account that the provider
// cannot distinguish from this one.
func (r *accessRun) necessary() bool {
	worlds := []*ramtest.Account{r.initial}
	for _, c := range r.changes {
		next, stages := []*ramtest.Account{}, r.stages(c)
		for _, world := range worlds {
			for _, stage := range stages {
				combined := world.Clone()
				c.copy(combined, stage)
				next = append(next, combined)
			}
		}
		worlds = next
	}
	for _, unknown := range append(unknowns(r.denied), oldestPasswords(r.initial, r.srv.Now())) {
		before := r.initial.Clone()
		unknown(before)
		people := peopleOf(before, r.changes, r.srv.Now())
		for _, world := range worlds {
			after := world.Clone()
			unknown(after)
			for _, p := range people {
				if p.loses(before, after) {
					return true
				}
			}
		}
	}
	return false
}
