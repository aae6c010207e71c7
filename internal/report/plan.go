// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Run is the output of one run of a CLI.
type Run struct {
	Kind       Kind
	Declared   []byte   // plan in JSON
	Undeclared []byte   // refresh-only plan in JSON; for drift only
	Logs       [][]byte // output of plan -json
	Shown      [][]byte // logs whose warnings an earlier report contains, such as that of the plan before an apply
	ID, Name   string   // of the account, if the caller knows them
	Status     Status   // why there is no plan, if the caller knows it
	Reason     string
	Source     Source
	Command    Command
	Places     map[string]string // blocks of the configuration by address; see Places
}

// Accounts returns the result of each account of the run. A run without a plan is one
// account that could not be compared.
func (r Run) Accounts() ([]Account, error) {
	warnings, errs := readLogs(r.Logs)
	shown, _ := readLogs(r.Shown)
	warnings = slices.DeleteFunc(warnings, func(w Notice) bool { return slices.Contains(shown, w) })
	if r.Declared == nil || r.Kind == Drift && r.Undeclared == nil {
		a := r.account(r.ID)
		a.Warnings, a.Errors = append(a.Warnings, warnings...), append(a.Errors, errs...)
		a.Status, a.Reason = reasonOf(errs)
		switch {
		case r.Status != "":
			a.Status, a.Reason = r.Status, r.Reason
		case len(errs) == 0 && r.Reason != "":
			a.Reason = r.Reason
		}
		return []Account{a}, nil
	}
	declared, err := readPlan(r.Declared)
	if err != nil {
		return nil, fmt.Errorf("the plan: %w", err)
	}
	undeclared := &plan{}
	if r.Undeclared != nil {
		if undeclared, err = readPlan(r.Undeclared); err != nil {
			return nil, fmt.Errorf("the refresh-only plan: %w", err)
		}
	}
	return comparison{r, declared, undeclared}.accounts(warnings, errs), nil
}

func (r Run) account(id string) Account {
	a := Account{
		ID: id, Source: r.Source, Status: Clean,
		Differences: []Difference{}, Checks: []Check{}, Controls: []Control{}, Warnings: []Notice{}, Errors: []Notice{},
	}
	if id == r.ID || r.ID == "" {
		a.Name = r.Name
	}
	return a
}

// plan is a plan with the one field that terraform-json does not support.
type plan struct {
	tfjson.Plan
	errored bool
}

func readPlan(content []byte) (*plan, error) {
	p := &plan{}
	p.UseJSONNumber(true)
	if err := json.Unmarshal(content, &p.Plan); err != nil {
		return nil, err
	}
	var more struct {
		Errored bool `json:"errored"`
	}
	if err := json.Unmarshal(content, &more); err != nil {
		return nil, err
	}
	p.errored = more.Errored
	return p, nil
}

func (p *plan) managed() []*tfjson.ResourceChange { return managed(p.ResourceChanges) }

func managed(changes []*tfjson.ResourceChange) []*tfjson.ResourceChange {
	return slices.DeleteFunc(slices.Clone(changes), func(c *tfjson.ResourceChange) bool {
		return c.Mode != tfjson.ManagedResourceMode || c.Change == nil
	})
}

// variables returns the variables of the root module, true for the sensitive ones.
func (p *plan) variables() map[string]bool {
	found := map[string]bool{}
	for name := range p.Variables {
		found[name] = false
	}
	if p.Config != nil && p.Config.RootModule != nil {
		for name, v := range p.Config.RootModule.Variables {
			found[name] = v.Sensitive
		}
	}
	return found
}

// comparison is the two plans of a run.
type comparison struct {
	run        Run
	declared   *plan
	undeclared *plan
}

func (c comparison) accounts(warnings, errs []Notice) []Account {
	ids := c.ids()
	of := c.attribution(ids)
	found := map[string]*Account{}
	at := func(id string) *Account {
		if found[id] == nil {
			a := c.run.account(id)
			found[id] = &a
		}
		return found[id]
	}
	for _, id := range ids {
		at(id)
	}
	created := map[string]int{}
	for _, r := range c.declared.managed() {
		a := at(of(r.Address))
		a.Objects++
		if r.Change.Actions.Create() && r.Change.Before == nil && !c.drifted()[r.Address] {
			created[a.ID]++
		}
	}
	for _, d := range c.differences() {
		d.Place = placeOf(c.run.Places, d.Address)
		a := at(of(d.Address))
		a.Differences = append(a.Differences, d)
	}
	checks := c.checks()
	for _, check := range checks {
		check.Place = placeOf(c.run.Places, check.Name)
		a := at(of(check.Name))
		a.Checks = append(a.Checks, check)
	}
	for id, controls := range c.controls() {
		if id == "" {
			id = of("")
		}
		at(id).Controls = controls
	}
	for _, w := range withoutChecks(warnings, checks) {
		id := of(w.Address)
		if w.Address == "" && found[id] == nil {
			id = ids[0] // a warning about the whole run does not add an account
		}
		a := at(id)
		a.Warnings = append(a.Warnings, w)
	}
	for _, e := range errs {
		a := at(of(e.Address))
		a.Errors = append(a.Errors, e)
	}
	accounts := []Account{}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		a := *found[id]
		a.Status, a.Reason = c.status(a, a.Objects > 0 && created[id] == a.Objects)
		a.Notes = c.notes(a)
		c.commands(&a)
		accounts = append(accounts, a)
	}
	return accounts
}

// ids returns the accounts of the objects in the plans.
func (c comparison) ids() []string {
	found := map[string]bool{}
	for _, r := range slices.Concat(c.declared.managed(), managed(c.undeclared.ResourceDrift)) {
		if id := accountOf(r); id != "" {
			found[id] = true
		}
	}
	if len(found) == 0 {
		return []string{cmp.Or(c.run.ID, c.declared.onlyRead())}
	}
	return slices.Sorted(maps.Keys(found))
}

// onlyRead returns the account that the data sources of a plan read, or "" if there is none
// or more than one. The plan of an audit contains no other objects.
func (p *plan) onlyRead() string {
	found := map[string]bool{}
	if p.PriorState != nil && p.PriorState.Values != nil {
		accountsRead(p.PriorState.Values.RootModule, found)
	}
	if len(found) != 1 {
		return ""
	}
	return slices.Collect(maps.Keys(found))[0]
}

// accountsRead adds the accounts of the data sources in a module and its child modules.
func accountsRead(module *tfjson.StateModule, found map[string]bool) {
	if module == nil {
		return
	}
	for _, r := range module.Resources {
		if id, ok := r.AttributeValues["account_id"].(string); ok && r.Mode == tfjson.DataResourceMode && strings.HasPrefix(r.Type, "ram_") {
			found[id] = true
		}
	}
	for _, child := range module.ChildModules {
		accountsRead(child, found)
	}
}

func accountOf(r *tfjson.ResourceChange) string {
	if !strings.HasPrefix(r.Type, "ram_") {
		return ""
	}
	for _, side := range []any{r.Change.After, r.Change.Before} {
		if object, ok := side.(map[string]any); ok {
			if id, ok := object["account_id"].(string); ok {
				return id
			}
		}
	}
	return ""
}

var accountKey = regexp.MustCompile(`\["(\d{16})"\]`)

// attribution returns a function that finds the account of an address: that of its object,
// of its module, of the key in the address, or the only account.
func (c comparison) attribution(ids []string) func(address string) string {
	byAddress, byModule := map[string]string{}, map[string]string{}
	for _, r := range slices.Concat(c.declared.managed(), managed(c.undeclared.ResourceDrift)) {
		if id := accountOf(r); id != "" {
			byAddress[r.Address] = id
			if r.ModuleAddress != "" {
				byModule[r.ModuleAddress] = id
			}
		}
	}
	return func(address string) string {
		if id := byAddress[address]; id != "" {
			return id
		}
		for module, id := range byModule {
			if strings.HasPrefix(address, module+".") {
				return id
			}
		}
		if key := accountKey.FindStringSubmatch(address); key != nil {
			return key[1]
		}
		if len(ids) == 1 {
			return ids[0]
		}
		return c.run.ID
	}
}

// drifted returns the addresses of objects that were deleted from the account.
func (c comparison) drifted() map[string]bool {
	gone := map[string]bool{}
	for _, r := range managed(c.undeclared.ResourceDrift) {
		if r.Change.Actions.Delete() {
			gone[r.Address] = true
		}
	}
	return gone
}

// differences returns the differences of both plans. A difference in the first plan,
// including a value that is known after apply, is not repeated from the second plan.
func (c comparison) differences() (rows []Difference) {
	gone, shown := c.drifted(), map[string]map[string]bool{}
	for _, r := range c.declared.managed() {
		rows = append(rows, c.declaredRows(r, gone)...)
		if r.Change.Actions.NoOp() {
			continue
		}
		shown[r.Address] = map[string]bool{}
		before, after := object(r.Change.Before), object(r.Change.After)
		for name := range after {
			if !reflect.DeepEqual(before[name], after[name]) {
				shown[r.Address][name] = true
			}
		}
		for name, unknown := range object(r.Change.AfterUnknown) {
			if holdsTrue(unknown) {
				shown[r.Address][name] = true
			}
		}
	}
	for _, r := range managed(c.undeclared.ResourceDrift) {
		if r.Change.Actions.Delete() {
			if shown[r.Address] == nil {
				rows = append(rows, whole(r, false, "in the account", "gone"))
			}
			continue
		}
		for _, name := range differing(r.Change) {
			if !shown[r.Address][name] {
				rows = append(rows, row(r, name, false, Drift))
			}
		}
	}
	return rows
}

func (c comparison) declaredRows(r *tfjson.ResourceChange, gone map[string]bool) []Difference {
	actions := r.Change.Actions
	switch {
	case actions.Create() && gone[r.Address]:
		return []Difference{whole(r, true, "in the account", "gone")}
	case actions.Create():
		return []Difference{whole(r, true, "managed from here", "not in the state")}
	case actions.Delete() || actions.Forget():
		return []Difference{whole(r, true, "not declared", "in the state")}
	case actions.NoOp() && r.PreviousAddress != "":
		return []Difference{whole(r, true, "moved from "+r.PreviousAddress, "not moved yet")}
	case actions.NoOp() && r.Change.Importing != nil:
		return []Difference{whole(r, true, "imported", "not in the state")}
	case actions.NoOp():
		return nil
	}
	rows := []Difference{}
	if !actions.Update() {
		rows = append(rows, whole(r, true, "replaced by another one", "as below"))
	}
	for _, name := range differing(r.Change) {
		rows = append(rows, row(r, name, true, c.run.Kind))
	}
	if len(rows) == 0 {
		rows = append(rows, whole(r, true, "updated", "known after the apply"))
	}
	return rows
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// holdsTrue reports whether a marker of a plan, such as after_unknown, is true for any part
// of a value.
func holdsTrue(marker any) bool {
	switch marker := marker.(type) {
	case bool:
		return marker
	case []any:
		return slices.ContainsFunc(marker, holdsTrue)
	case map[string]any:
		for _, element := range marker {
			if holdsTrue(element) {
				return true
			}
		}
	}
	return false
}

// differing returns the names of the attributes whose value differs and is known.
func differing(change *tfjson.Change) (names []string) {
	before, after := object(change.Before), object(change.After)
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !holdsTrue(object(change.AfterUnknown)[name]) && !reflect.DeepEqual(before[name], after[name]) {
			names = append(names, name)
		}
	}
	return names
}

// hidden reports whether any part of an attribute is sensitive, before or after.
func hidden(change *tfjson.Change, name string) bool {
	for _, marker := range []any{change.BeforeSensitive, change.AfterSensitive} {
		if marker == true || holdsTrue(object(marker)[name]) {
			return true
		}
	}
	return false
}

const hiddenValue = "(sensitive)"

// longestLine limits the length of a value in the configuration lines of a report.
const longestLine = 400

// row returns the difference of one attribute. A plan changes an account from before to
// after. Drift changed it in the opposite direction: a declared attribute from after to
// before, another attribute from the last known value to the value that was found.
func row(r *tfjson.ResourceChange, name string, declared bool, kind Kind) Difference {
	before, after := object(r.Change.Before)[name], object(r.Change.After)[name]
	wanted, found := after, before
	if !declared {
		wanted, found = before, after
	}
	d := Difference{Address: r.Address, Type: r.Type, Attribute: name, Declared: declared}
	if kind == Plan {
		d.assess(found, wanted)
	} else {
		d.assess(wanted, found)
	}
	d.Sensitive = hidden(r.Change, name)
	if d.Sensitive {
		d.Wanted, d.Found = hiddenValue, hiddenValue
		return d
	}
	d.Wanted, d.Found = hcl(wanted), hcl(found)
	line := d.Found
	if !declared {
		line = d.Wanted
	}
	if kind == Drift && len(line) <= longestLine && !slices.Contains(objectTypes[r.Type].Computed, name) {
		d.Line = visible(name) + " = " + line
	}
	return d
}

// whole returns the difference of an object that differs as a whole.
func whole(r *tfjson.ResourceChange, declared bool, wanted, found string) Difference {
	d := Difference{Address: r.Address, Type: r.Type, Declared: declared, Wanted: wanted, Found: found}
	d.assess(nil, nil)
	return d
}

// checks returns the results of both plans that did not pass, the worse of the two for each
// check: the first plan evaluates the state after an apply, the second the present account.
// In a module with for_each, each instance is a separate result. A check without instances
// was not evaluated. If there are several accounts, it belongs to none of them.
func (c comparison) checks() []Check {
	const pass = "pass"
	worst := []string{"fail", "error", pass, "unknown"}
	found := map[string]Check{}
	keep := func(check Check) {
		earlier, known := found[check.Name]
		if !known || slices.Index(worst, check.Status) < slices.Index(worst, earlier.Status) {
			found[check.Name] = check
		}
	}
	several := len(c.ids()) > 1
	for _, p := range []*plan{c.declared, c.undeclared} {
		for _, result := range p.Checks {
			for _, instance := range result.Instances {
				check := Check{Name: instance.Address.ToDisplay, Status: string(instance.Status), Messages: []string{}}
				for _, problem := range instance.Problems {
					check.Messages = append(check.Messages, problem.Message)
				}
				keep(check)
			}
			if len(result.Instances) == 0 && (!several || result.Status != tfjson.CheckStatusUnknown) {
				keep(Check{Name: result.Address.ToDisplay, Status: string(result.Status), Messages: []string{}})
			}
		}
	}
	checks := []Check{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if found[name].Status != pass {
			checks = append(checks, found[name])
		}
	}
	return checks
}

// controls returns the results of controls in the outputs, by account. The outputs of the
// refresh-only plan come first, because they evaluate the present account.
func (c comparison) controls() map[string][]Control {
	found := map[string][]Control{}
	for _, p := range []*plan{c.undeclared, c.declared} {
		if p.PlannedValues == nil {
			continue
		}
		before := map[string]bool{}
		for id := range found {
			before[id] = true
		}
		for _, name := range slices.Sorted(maps.Keys(p.PlannedValues.Outputs)) {
			if output := p.PlannedValues.Outputs[name]; output != nil && !output.Sensitive {
				readControls(output.Value, "", func(id string, control Control) {
					if !before[id] {
						found[id] = mergeControl(found[id], control)
					}
				})
			}
		}
	}
	return found
}

// readControls reads the controls of an output: a list of results of evaluate, or a map of
// such lists by account id.
func readControls(value any, id string, add func(id string, control Control)) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if control, ok := readControl(object(element)); ok {
				add(id, control)
			}
		}
	case map[string]any:
		for key, element := range value {
			if accountID.MatchString(key) {
				readControls(element, key, add)
			}
		}
	}
}

var accountID = regexp.MustCompile(`^\d{16}$`)

func readControl(m map[string]any) (Control, bool) {
	text := func(name string) string {
		s, _ := m[name].(string)
		return s
	}
	c := Control{
		ID: text("id"), Baseline: text("baseline"), Title: text("title"), Wanted: text("wanted"), Found: text("found"), Reason: text("reason"), Note: text("note"),
		Status: ControlStatus(text("status")), Severity: Severity(text("severity")),
	}
	if c.ID == "" || c.Title == "" || c.urgency() < 0 {
		return Control{}, false
	}
	if c.Reason != "" && c.Status == ControlFailed {
		c.Status = ControlAccepted
	}
	c.Severity = severityOr(c.Severity, controlSeverity(c.ID, text("attribute")))
	if list, ok := m["who"].([]any); ok {
		for _, element := range list {
			if who, ok := element.(string); ok {
				c.Who = append(c.Who, who)
			}
		}
	}
	return c, true
}

// severities are the severities of controls that do not depend on an attribute.
var severities = map[string]Severity{"1.1": Medium, "1.2": Critical, "1.3": Critical, "1.6": Medium, "1.15": High, "1.16": Low}

// controlSeverity returns the severity of the attribute that a control requires, such as
// password_policy.max_password_age, or else that of the control.
func controlSeverity(id, attribute string) Severity {
	setting, name, _ := strings.Cut(attribute, ".")
	if a, known := objectTypes["ram_"+setting].Attributes[name]; known {
		return severityOr(a.Severity, Medium)
	}
	return severityOr(severities[id], Medium)
}

// mergeControl adds a control. If two outputs contain the same control, an accepted
// exception replaces the failure, for which it was granted.
func mergeControl(list []Control, c Control) []Control {
	i := slices.IndexFunc(list, func(other Control) bool { return other.key() == c.key() })
	if i < 0 {
		return append(list, c)
	}
	if c.Status == ControlAccepted {
		list[i] = c
	}
	return list
}

var errNothing = errors.New("the configuration and the state are both empty, so nothing was compared. Check the directory, the backend and the workspace")

// status returns the status of an account.
func (c comparison) status(a Account, created bool) (Status, string) {
	switch {
	case c.declared.errored || c.undeclared.errored || len(a.Errors) > 0:
		return reasonOf(a.Errors)
	case a.Objects+len(a.Differences)+len(c.declared.Checks)+len(a.Controls) == 0:
		return Failed, errNothing.Error()
	case created:
		return NeverApplied, "No object of the account is in the state"
	case len(a.Differences) > 0:
		return Differs, ""
	case len(a.failedChecks()) > 0 || a.controlTotals().Failed > 0 || a.WarningsThatCount() > 0:
		return Failing, ""
	default:
		return Clean, ""
	}
}

// notes returns observations that do not change the status.
func (c comparison) notes(a Account) (notes []string) {
	for _, name := range slices.Sorted(maps.Keys(c.declared.OutputChanges)) {
		if change := c.declared.OutputChanges[name]; change != nil && !change.Actions.NoOp() && c.run.Kind == Drift && a.Status != NeverApplied {
			notes = append(notes, fmt.Sprintf("The output %s would change. It does not count, because the objects it is computed from do.", name))
		}
	}
	return notes
}

// commands adds the commands that repair and that accept the differences.
func (c comparison) commands(a *Account) {
	if c.run.Kind != Drift || len(a.Differences) == 0 {
		return
	}
	declared, undeclared := split(a.Differences)
	variables := c.declared.variables()
	shell := c.run.Command.Shell
	account := strings.TrimSpace("Account " + a.ID + " " + a.Name)
	var err error
	if len(declared) > 0 {
		if a.Repair, err = c.run.Command.apply(account, variables, shell.targets(declared)...); err != nil {
			a.Notes = append(a.Notes, "The command that repairs cannot be shown: "+err.Error()+".")
		}
	}
	if len(undeclared) > 0 {
		options := slices.Insert(shell.targets(undeclared), 0, "-refresh-only")
		if a.Accept, err = c.run.Command.apply(account, variables, options...); err != nil {
			a.Notes = append(a.Notes, "The command that accepts cannot be shown: "+err.Error()+".")
		}
	}
}

func split(differences []Difference) (declared, undeclared []Difference) {
	for _, d := range differences {
		if d.Declared {
			declared = append(declared, d)
		} else {
			undeclared = append(undeclared, d)
		}
	}
	return declared, undeclared
}
