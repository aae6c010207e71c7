// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"pgregory.net/rapid"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// walker runs random walks: a sequence of configurations, applies, imports and destroys, with manual
// edits by others and faults of the service. Each step runs twice, with a fault and without, and
// both have to converge to the same account and state.
type walker struct {
	ctx     context.Context
	base    *acctest.Driver
	rows    []fault
	figures *figures
	only    string
}

// walk is one walk with its current account and state.
type walk struct {
	*walker

	t       *rapid.T
	subject acctest.Subject
	fixed   acctest.Attributes
	state   ramtest.State
	behave  func(*ramtest.Behaviour)
	prior   acctest.Object
	version int                // of the password
	applied acctest.Attributes // the configuration of the state; nil: none
	history []string
}

// subjects returns the selected subjects.
func (w *walker) subjects() []acctest.Subject {
	return slices.DeleteFunc(acctest.Subjects(), func(s acctest.Subject) bool { return !strings.Contains(s.Kind, w.only) })
}

// runWalk runs one walk.
func (w *walker) runWalk(t *rapid.T) {
	all := w.subjects()
	s := all[rapid.IntRange(0, len(all)-1).Draw(t, "resource")]
	account := acctest.PopulatedAccount(time.Now())
	if s.Arrange != nil {
		s.Arrange(account)
	}
	drawAccount(t, account)
	keeps := rapid.Bool().Draw(t, "omitted is kept")
	k := &walk{walker: w, t: t, subject: s, fixed: requiredConfig(w.base.Schemas.ResourceSchemas[s.Kind], s), state: ramtest.State{Accounts: []*ramtest.Account{account}}}
	k.behave = func(b *ramtest.Behaviour) {
		worstCase(b)
		if keeps {
			b.KeepOmittedPreferences, b.KeepOmittedPolicies, b.KeepOmittedSsoSettings = true, true, true
		}
	}
	k.prior = w.base.Null(s.Kind)
	k.history = []string{"before: " + describe(account) + map[bool]string{true: ", and what is left out is kept", false: ", and what is left out is reset"}[keeps]}
	for range rapid.IntRange(1, 5).Draw(t, "steps") {
		k.step()
	}
	w.figures.count(s.Kind)
}

// requiredConfig returns the arguments that every configuration needs, from the schema and the subject.
func requiredConfig(schema *tfprotov6.Schema, s acctest.Subject) acctest.Attributes {
	required := acctest.Attributes{}
	for _, a := range schema.Block.Attributes {
		value, given := s.Config[a.Name]
		switch {
		case a.Name == "allow_lock_out", a.Name == "force_destroy":
			required[a.Name] = true
		case given && (a.Required || a.WriteOnly || strings.HasSuffix(a.Name, "_wo_version") || a.Name == "rotate_after_days"):
			required[a.Name] = value
		}
	}
	return required
}

// step is a manual edit, some time that passes, or an operation.
func (k *walk) step() {
	if rapid.IntRange(0, 9).Draw(k.t, "by hand?") < 3 {
		if rapid.IntRange(0, 3).Draw(k.t, "a month goes by?") == 3 {
			k.state.Advanced += 31 * day
			k.history = append(k.history, "a month goes by")
			return
		}
		edit := edits[rapid.IntRange(0, len(edits)-1).Draw(k.t, "edit")]
		edit.act(k.state.Accounts[0])
		k.history = append(k.history, "by hand: "+edit.name)
		return
	}
	operation := creates
	if !k.prior.State.IsNull() {
		operation = rapid.SampledFrom([]string{updates, updates, updates, reads, deletes, imports}).Draw(k.t, "operation")
		if operation == reads && k.applied == nil {
			operation = updates
		}
	}
	k.configure(operation)
	plain := testCase{subject: k.subject, operation: operation}
	free := k.runCase(plain)
	benchmark := free.baseline()
	defer free.close()
	if free.failed { // refused: nothing may have changed
		if len(free.changes(free.events)) > 0 {
			k.t.Fatalf("%s\nit was refused, and changed %v:\n%s", k.description(plain), free.changes(free.events), acctest.Messages(free.transcript.diags))
		}
		for _, broken := range free.transcript.violations {
			k.t.Fatalf("%s\nTerraform would report a bug of the provider: %s", k.description(plain), broken)
		}
		k.figures.count("refused by the plan")
		return
	}
	k.checkManaged(free)
	verdict := free.check(benchmark)
	k.checkVerdict(plain, verdict)
	k.runWithFault(plain, benchmark)
	k.history = append(k.history, fmt.Sprintf("%s %v", operation, k.subject.Next))
	k.state, k.prior, k.applied = free.srv.State(), free.recovered, k.subject.Next
	if operation == imports || operation == deletes {
		k.applied = nil
	}
}

// configure draws the configuration of the step.
func (k *walk) configure(operation string) {
	config := draw(k.t, k.base.Schemas.ResourceSchemas[k.subject.Kind], k.fixed)
	if operation == reads {
		config = k.applied
	}
	if k.subject.Kind == "ram_login_profile" && operation != reads {
		if k.version == 0 || rapid.Bool().Draw(k.t, "new password") {
			k.version++
		}
		config["password_wo"], config["password_wo_version"] = passwordOf(k.version), k.version
	}
	// After a create, an import or a change to "delete", only the next apply knows what to enforce, so one more apply would change more.
	if enforces := config["enforce"]; enforces != nil && k.applied == nil || enforces == "delete" && k.applied["enforce"] == "disable" {
		config["enforce"] = "report"
	}
	k.subject.Config, k.subject.Next = config, config
}

// runCase runs a case from the walk's current account and state.
func (k *walk) runCase(t testCase) *result {
	s, err := openEnvironment(k.ctx, k.base, k.clone(), uint64(len(k.history))+7, k.behave)
	if err != nil {
		k.t.Fatalf("the campaign failed: %s", err)
	}
	s.secrets = append(slices.Clone(k.subject.Secrets), passwordOf(k.version))
	s.clock.Advance(5 * time.Minute)
	p := &result{testCase: t, environment: s, prior: k.prior}
	if t.operation == imports {
		p.prior, p.id = k.base.Null(t.subject.Kind), t.subject.ImportID(k.prior)
	}
	if err := p.runOperation(); err != nil {
		s.close()
		k.t.Fatalf("the campaign failed: %s", err)
	}
	return p
}

func (k *walk) clone() ramtest.State {
	return ramtest.State{Accounts: []*ramtest.Account{k.state.Accounts[0].Clone()}, Advanced: k.state.Advanced}
}

// runWithFault runs the step once more, with a fault.
func (k *walk) runWithFault(plain testCase, free *baseline) {
	row := &k.rows[rapid.IntRange(0, len(k.rows)-1).Draw(k.t, "fault")]
	all := places(row, free)
	if len(all) == 0 || row.Act == "gone" || row.Act == "foreign" {
		return
	}
	t := plain.with(injection{row, all[rapid.IntRange(0, len(all)-1).Draw(k.t, "place")]})
	p := k.runCase(t)
	defer p.close()
	k.checkVerdict(t, p.check(free))
}

func (k *walk) checkVerdict(t testCase, v verdict) {
	k.figures.count(v.outcome)
	if v.fails() {
		k.t.Fatalf("%s → %s\n%s\n%s", k.description(t), v.outcome, strings.Join(v.forbidden, "\n"), v.messages)
	}
}

func (k *walk) description(t testCase) string {
	return fmt.Sprintf("%s\n%s with %v", strings.Join(k.history, "\n"), t.name(), k.subject.Next)
}

// checkManaged checks that only managed attributes were changed (SING-01).
func (k *walk) checkManaged(p *result) {
	object, isSetting := strings.TrimPrefix(k.subject.Kind, "ram_"), len(k.subject.Existing.Identity) == 1
	if !isSetting || p.operation != creates && p.operation != updates {
		return
	}
	names := map[string]bool{}
	for name := range k.subject.Next {
		names[strings.ReplaceAll(name, "_", "")] = true
	}
	for at := range p.changes(p.events) {
		owner, field, _ := strings.Cut(at, ".")
		field = strings.ToLower(field)
		if owner != object {
			k.t.Fatalf("%s\n%s was changed", k.description(p.testCase), at)
		}
		if (object == "security_preference" || object == "password_policy") && !names[field] {
			k.t.Fatalf("%s\n%s was changed, and is not managed", k.description(p.testCase), at)
		}
	}
}
