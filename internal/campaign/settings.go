// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"pgregory.net/rapid"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/provider"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// settingsTester runs random sequences of operations on one setting. The account has random values in all fields, also
// in fields that the provider does not know. Others change it at every point of an operation, also while the provider
// waits. The service fails, and leaves fields out of its responses.
type settingsTester struct {
	ctx     context.Context
	base    *acctest.Driver
	figures *figures
	only    string
}

// runSettings runs the sequences, on each CPU a share of them.
func runSettings(ctx context.Context, o *Options, f *figures) error {
	tester := &settingsTester{ctx: ctx, base: newBase(ctx), figures: f, only: o.Only}
	return repeatOnEachCPU(ctx, o, f, tester.run)
}

// settingRun is one sequence with its current account and state.
type settingRun struct {
	*settingsTester

	randomRun

	kind         settingKind
	srv          *ramtest.Server
	clock        *acctest.Clock
	hidden       []string // fields that no response contains
	edited       []string // fields that others change
	prior        acctest.Object
	managed      acctest.Attributes         // the configuration that was applied last; nil: none
	formerValues map[string]map[string]bool // the values that each field had

	// of the present step
	config    acctest.Attributes     // nil: a destroy
	scheduled *bool                  // whether the edits and faults of the step are due
	waits     []settingEdit          // in the next waits of the provider
	between   map[string][][2]string // values before and after an edit between the read and the write of one attempt
	dropped   []string               // fields that a response of this step lacks
}

// settingEdit is a change by others.
type settingEdit struct {
	text string
	act  func(*ramtest.Account)
}

// run runs one sequence.
func (s *settingsTester) run(t *rapid.T) {
	kinds := slices.DeleteFunc(settingKinds(), func(k settingKind) bool { return !strings.Contains(k.kind, s.only) })
	r := &settingRun{settingsTester: s, randomRun: randomRun{t: t}, scheduled: new(false), kind: kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "resource")], formerValues: map[string]map[string]bool{}}
	account := acctest.PopulatedAccount(time.Now())
	for _, f := range r.kind.fields {
		f.put(account, f.draw(t, "account: "+f.name))
	}
	r.kind.addMetadata(account)
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithAccounts(account), ramtest.Strict(), ramtest.WithBehaviour(r.drawBehaviour()))
	if err != nil {
		t.Fatalf("the campaign failed: %s", err)
	}
	defer srv.Close()
	r.srv, r.clock, r.prior = srv, acctest.NewClock(0, srv.Advance), s.base.Null(r.kind.kind)
	r.note("%s, the account has %s", r.kind.kind, strings.Join(r.kind.texts(account), ", "))
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		r.step()
	}
	s.figures.count(r.kind.kind)
}

// drawBehaviour draws what the sources leave open.
func (r *settingRun) drawBehaviour() func(*ramtest.Behaviour) {
	draw := func(name string) bool { return rapid.IntRange(0, 3).Draw(r.t, name) == 0 }
	keeps, normalized, text, semicolons, otherSite := rapid.Bool().Draw(r.t, "omitted is kept"), draw("normalized"), draw("types as text"), draw("semicolons only"), draw("no public keys")
	if draw("fields that are never returned") {
		r.hidden = rapid.SliceOfNDistinct(rapid.SampledFrom(r.kind.responseFields), 1, 2, rapid.ID[string]).Draw(r.t, "never returned")
	}
	if otherSite {
		r.hidden = append(r.hidden, "AllowUserToManagePublicKeys")
	}
	r.note("omitted is kept: %t, normalized: %t, types as text: %t, semicolons only: %t, never returned: %v", keeps, normalized, text, semicolons, r.hidden)
	return func(b *ramtest.Behaviour) {
		worstCase(b)
		b.KeepOmittedPreferences, b.KeepOmittedPolicies, b.KeepOmittedSsoSettings = keeps, keeps, keeps
		b.NormalizeMasks, b.VerificationTypesAsText = normalized, text
		b.AcceptUnknownStatements, b.AcceptMaskSeparators, b.HidePublicKeys = true, !semicolons, otherSite
		b.MissingFields = strings.Join(r.hidden, ",")
	}
}

// account returns a copy of the account.
func (r *settingRun) account() (copied *ramtest.Account) {
	r.srv.Change(func(a *ramtest.Account) { copied = a.Clone() })
	return copied
}

// newDriver returns a provider of its own, as each plan and each apply of a CLI has one.
func (r *settingRun) newDriver() *driver {
	pause := func(ctx context.Context, d time.Duration) error {
		if *r.scheduled && len(r.waits) > 0 {
			r.srv.Change(r.waits[0].act)
			r.waits = r.waits[1:]
		}
		return r.clock.Pause(ctx, d)
	}
	d, err := newDriver(r.ctx, r.base, r.srv.Getenv, provider.WithClock(r.clock.Now, pause))
	if err != nil {
		r.t.Fatalf("the campaign failed: %s", err)
	}
	return d
}

// drawEdit draws a change of some fields by others.
func (r *settingRun) drawEdit() settingEdit {
	texts, all := []string{}, []func(*ramtest.Account){}
	for range rapid.IntRange(1, 2).Draw(r.t, "edited fields") {
		f := rapid.SampledFrom(r.kind.fields).Draw(r.t, "edited field")
		r.edited = append(r.edited, f.name)
		if f.name == "Enabled" { // see addMetadata
			r.edited = append(r.edited, "MetadataDocument")
		}
		v := f.draw(r.t, "edit: "+f.name)
		texts = append(texts, fmt.Sprintf("%s = %s", f.name, f.text(v)))
		all = append(all, func(a *ramtest.Account) { f.put(a, v) })
	}
	return settingEdit{strings.Join(texts, ", "), func(a *ramtest.Account) {
		for _, act := range all {
			act(a)
		}
		r.kind.addMetadata(a)
	}}
}

// step is one operation with edits and faults.
func (r *settingRun) step() {
	r.srv.ForgetHistory()
	before := r.account()
	r.addValues(r.kind.values(before))
	r.scheduled, r.waits, r.between, r.dropped = new(false), nil, map[string][][2]string{}, nil
	switch {
	case r.prior.State.IsNull() && r.kind.imported, r.prior.State.IsNull() && rapid.IntRange(0, 5).Draw(r.t, "import?") == 0:
		r.importIt()
	case !r.prior.State.IsNull() && !r.kind.imported && rapid.IntRange(0, 4).Draw(r.t, "destroy?") == 0:
		r.apply(nil)
	default:
		r.apply(r.drawConfig())
	}
	*r.scheduled = false
	if err := r.srv.SetSchedule(ramtest.Schedule{}); err != nil {
		r.t.Fatalf("the campaign failed: %s", err)
	}
	if wrong := r.srv.Violations(); len(wrong) > 0 {
		r.violated("the service rejects a request: %v", wrong)
	}
}

func (r *settingRun) importIt() {
	r.note("import")
	d := r.newDriver()
	o, failed := d.importID(r.kind.kind, r.kind.id)
	r.checkTranscript(d)
	if failed {
		r.readFailed(d)
		return
	}
	r.prior = o
}

// readFailed checks that only an incomplete response lets a read fail.
func (r *settingRun) readFailed(d *driver) {
	if len(r.hidden) == 0 {
		r.violated("the read failed: %s", d.transcript.errors())
	}
	r.figures.count("failed")
	r.checkEvents(nil, r.prior)
}

// drawConfig draws a configuration.
func (r *settingRun) drawConfig() acctest.Attributes {
	config := acctest.Attributes{}.Merge(r.kind.required)
	for _, f := range r.kind.fields {
		if f.attribute != "" && rapid.IntRange(0, 9).Draw(r.t, f.attribute+"?") < 4 {
			config[f.attribute] = f.draw(r.t, f.attribute)
		}
	}
	if config["sso_enabled"] == true {
		config["metadata_document"] = acctest.IDPMetadata
	}
	for _, a := range r.base.Schemas.ResourceSchemas[r.kind.kind].Block.Attributes {
		switch a.Name {
		case "allow_lock_out":
			config[a.Name] = true
		case "on_destroy":
			config[a.Name] = rapid.SampledFrom([]string{"retain", "restore", "reset"}).Draw(r.t, a.Name)
		}
	}
	if config["on_destroy"] == "restore" && r.managed == nil && !r.prior.State.IsNull() {
		config["on_destroy"] = "retain" // an imported setting has no captured values
	}
	return config
}

// restUpdated is what an error says of an update of which the account has all but the values that the error names.
var restUpdated = regexp.MustCompile("(Everything else was|The other attributes were) updated")

// apply plans and applies. A nil configuration is a destroy.
func (r *settingRun) apply(config acctest.Attributes) {
	kind := r.kind.kind
	r.config = config
	r.note("apply %v", config)
	d, prior := r.newDriver(), r.prior
	if !prior.State.IsNull() && rapid.IntRange(0, 4).Draw(r.t, "refresh?") > 0 {
		refreshed, failed := d.read(kind, prior)
		if failed {
			r.readFailed(d)
			return
		}
		prior = refreshed
	}
	plan := d.plan(kind, config, prior)
	r.checkTranscript(d)
	if plan == nil {
		r.figures.count("refused by the plan")
		r.note("refused by the plan: %s", d.transcript.errors())
		r.checkEvents(nil, prior)
		return
	}
	if config != nil && r.base.Planned(kind, plan).Equal(prior.State) {
		r.figures.count("nothing to apply")
		r.prior = prior
		r.checkEvents(nil, prior)
		return
	}
	r.schedule()
	reads := len(r.srv.Calls(r.kind.get))
	d = r.newDriver()
	after, diags := d.ApplyPlan(kind, config, prior, plan)
	failed := d.transcript.record(diags)
	*r.scheduled = false
	r.checkTranscript(d)
	r.checkEvents(config, prior)
	r.note("%s", acctest.Messages(diags))
	switch {
	case failed && restUpdated.MatchString(d.transcript.errors()): // because of an edit immediately after the write
		r.figures.count("updated in part")
		r.checkShown(after, slices.DeleteFunc(slices.Clone(diags), func(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError }))
	case failed && !after.State.Equal(prior.State):
		r.violated("the apply failed, and the state changed")
	case failed:
		r.figures.count("failed")
		r.prior = prior
		if strings.Contains(d.transcript.errors(), "Nothing was changed.") && len(r.ourEvents()) > 0 {
			r.violated("the error says that nothing was changed")
		}
		return
	case config == nil:
		r.figures.count("destroyed")
	case len(r.srv.Calls(r.kind.get)) == reads:
		r.figures.count("applied without a call") // only arguments of the provider changed
	default:
		r.figures.count("applied")
		r.checkState(config, after, diags)
	}
	r.prior, r.managed = after, config
}

// schedule schedules the edits and faults of an apply.
func (r *settingRun) schedule() {
	armed := r.scheduled
	*armed = true
	for range rapid.IntRange(0, 3).Draw(r.t, "edits") {
		e := r.drawEdit()
		switch point := rapid.SampledFrom([]string{"before the apply", "before a read", "before a read", "in a wait", "in a wait", "between read and write"}).Draw(r.t, "point"); point {
		case "before the apply":
			r.note("  %s: %s", point, e.text)
			r.srv.Change(e.act)
		case "in a wait":
			r.note("  %s: %s", point, e.text)
			r.waits = append(r.waits, e)
		case "before a read":
			nth := rapid.IntRange(1, 3).Draw(r.t, "which read")
			r.note("  %s (%d): %s", point, nth, e.text)
			for range nth - 1 {
				r.srv.ChangeBefore(r.kind.product+r.kind.get, func(*ramtest.Account) {})
			}
			r.srv.ChangeBefore(r.kind.product+r.kind.get, func(a *ramtest.Account) {
				if *armed {
					e.act(a)
				}
			})
		default:
			r.note("  %s: %s", point, e.text)
			r.srv.ChangeBefore(r.kind.set, func(a *ramtest.Account) {
				if !*armed {
					return
				}
				was := r.kind.values(a)
				e.act(a)
				for name, now := range r.kind.values(a) {
					if now != was[name] {
						r.between[name] = append(r.between[name], [2]string{was[name], now})
					}
				}
			})
		}
	}
	for range rapid.IntRange(0, 2).Draw(r.t, "faults") {
		r.inject()
	}
}

// inject schedules a fault of the service.
func (r *settingRun) inject() {
	rule := rapid.SampledFrom([]ramtest.Rule{
		{Action: r.kind.set, Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "7"},
		{Action: r.kind.set, Fault: "code", Status: 503, Code: "ServiceUnavailable"},
		{Action: r.kind.set, Fault: "reset"},
		{Action: r.kind.set, Fault: "reset", Phase: "after_commit"},
		{Action: r.kind.set, Fault: "code", Status: 403, Code: "NoPermission"},
		{Action: r.kind.get, Fault: "code", Status: 503, Code: "ServiceUnavailable"},
		{Action: r.kind.get, Fault: "code", Status: 403, Code: "NoPermission"},
		{Action: r.kind.get, Fault: "drop_fields"},
		{Action: r.kind.get, Fault: "drop_fields"},
		{Action: r.kind.get, Fault: "drop_fields"},
	}).Draw(r.t, "fault")
	rule.Nth = rapid.SampledFrom([]string{"1", "1", "1", "2", "3", "1-2", ""}).Draw(r.t, "which call")
	if rule.Fault == "drop_fields" {
		if r.firstWrite() && len(rule.Nth) != 1 || len(r.dropped) > 0 {
			return // a field that no response contains is unknown to the first write
		}
		fields := rapid.SliceOfNDistinct(rapid.SampledFrom(r.kind.responseFields), 1, 4, rapid.ID[string]).Draw(r.t, "missing fields")
		rule.Body = strings.Join(fields, ",")
		r.dropped = append(r.dropped, fields...)
	}
	r.note("  %s of %s: %s %s %s", rule.Fault, rule.Action, rule.Nth, rule.Phase, rule.Body)
	r.srv.Inject(rule)
}

// firstWrite reports whether no response of the operations that the step uses was recorded.
func (r *settingRun) firstWrite() bool {
	_, first := r.config["allow_user_to_manage_public_keys"]
	_, later := r.managed["allow_user_to_manage_public_keys"]
	return r.prior.State.IsNull() || first && !later
}

// checkState checks that the account and the state have the configured values, or that a diagnostic names the difference.
func (r *settingRun) checkState(config acctest.Attributes, after acctest.Object, diags []*tfprotov6.Diagnostic) {
	messages, live := acctest.Messages(diags), r.kind.values(r.account())
	for _, f := range r.kind.fields {
		if f.attribute == "" || strings.Contains(messages, f.attribute) || strings.Contains(messages, "back failed") {
			continue
		}
		// No client can see a change by others of a field that no response contains, or of an optional one that a confirming read lacks.
		unseen := (r.omits(r.hidden, f) || f.optional && r.omits(r.dropped, f)) && slices.Contains(r.edited, f.name)
		if want, asked := config[f.attribute]; asked && !unseen && f.text(want) != live[f.name] {
			r.violated("the account has %s = %s, not %s, and no diagnostic names it", f.name, live[f.name], f.text(want))
		}
	}
	r.checkShown(after, diags)
}

// checkShown checks that the state has the values of the account, except those of which a diagnostic says more.
func (r *settingRun) checkShown(after acctest.Object, diags []*tfprotov6.Diagnostic) {
	messages, live, state := acctest.Messages(diags), r.kind.values(r.account()), acctest.Fields(after.State)
	for _, f := range r.kind.fields {
		shown := state[f.attribute]
		if f.attribute == "" || strings.Contains(messages, f.attribute) || strings.Contains(messages, "back failed") || shown.IsNull() || r.omits(slices.Concat(r.hidden, r.dropped), f) {
			continue
		}
		if got := f.stateText(shown); got != live[f.name] {
			r.violated("the state has %s = %s, the account %s, and no diagnostic names it", f.attribute, got, live[f.name])
		}
	}
}
