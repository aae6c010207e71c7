// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	reports "github.com/ram-security/terraform-provider-ram/internal/report"
)

// A fleet is many accounts whose roles the default account may assume, and the examples that look after them.
type fleet struct {
	*cli
	srv *ramtest.Server
	ids []string
}

// newFleet copies the examples, so that states and logs stay out of the project.
func newFleet(t *testing.T, size int) *fleet {
	t.Helper()
	srv := ramtest.New(t)
	f := &fleet{cli: newCLI(t, srv.Getenv, ""), srv: srv}
	for _, part := range []string{"fleet", "drift-detection", "modules/security-baseline"} {
		must(t, os.CopyFS(filepath.Join(f.Directory, part), os.DirFS(filepath.Join(examples, part))))
	}
	accounts := map[string]any{}
	for i := range size {
		id := fmt.Sprintf("21%014d", i)
		f.ids = append(f.ids, id)
		accounts[id] = map[string]any{"name": fmt.Sprintf("team-%d", i)}
		srv.AddAccount(id)
		f.employ(id)
	}
	accounts[f.ids[1]] = map[string]any{"name": "a|b", "password_policy": map[string]int{"max_login_attempts": 3}}
	content, err := json.Marshal(accounts)
	must(t, err)
	f.write("fleet/accounts.json", string(content))
	return f
}

// employ gives an account the role of the fleet.
func (f *fleet) employ(id string) {
	now := f.srv.Now()
	f.srv.ChangeAccount(id, func(a *ramtest.Account) {
		a.Roles["security-baseline"] = &ramtest.Role{
			ID: "300000" + id[4:], Name: "security-baseline", CreateDate: now, TrustedAccounts: []string{defaultAccount},
		}
	})
}

// dismiss takes the role away.
func (f *fleet) dismiss(id string) {
	f.srv.ChangeAccount(id, func(a *ramtest.Account) { delete(a.Roles, "security-baseline") })
}

// script prepares a run of fleet.sh.
func (f *fleet) script(arguments ...string) *exec.Cmd {
	f.t.Helper()
	cmd := exec.CommandContext(f.t.Context(), filepath.Join(f.Directory, "fleet/fleet.sh"), arguments...)
	cmd.Dir, cmd.Env = f.Directory, append(slices.Clone(f.Environment), "FLEET_CLI="+os.Getenv("TF_ACC_TERRAFORM_PATH"), "RAMREPORT="+ramreport(f.t))
	return cmd
}

// fleet runs fleet.sh, and fails the test if it ends with another code. It returns
// the overview, the log, and the report.
func (f *fleet) fleet(code int, arguments ...string) (overview, log string, r reports.Report) {
	f.t.Helper()
	return f.ends(f.script(arguments...), code, arguments)
}

func (f *fleet) ends(cmd *exec.Cmd, code int, arguments []string) (overview, log string, r reports.Report) {
	f.t.Helper()
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if failed := cmd.Run(); failed != nil && cmd.ProcessState == nil {
		f.t.Fatal(failed)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		f.t.Fatalf("fleet.sh %v ended with %d, want %d:\n%s\n%s", arguments, got, code, out.String(), err.String())
	}
	verbs := []string{"audit", "plan", "apply", "drift"}
	verb := arguments[slices.IndexFunc(arguments, func(s string) bool { return slices.Contains(verbs, s) })]
	if content, missing := os.ReadFile(filepath.Join(f.Directory, "fleet/out", verb, "fleet.json")); missing == nil {
		var invalid error
		r, invalid = reports.ReadJSON(content)
		must(f.t, invalid)
	}
	return out.String(), err.String(), r
}

// accountsByStatus counts the accounts of a report by their status.
func accountsByStatus(r reports.Report) map[reports.Status]int {
	counts := map[reports.Status]int{}
	for _, a := range r.Accounts {
		counts[a.Status]++
	}
	return counts
}

// resultOf is the status of an account in a report.
func resultOf(r reports.Report, id string) reports.Status {
	i := slices.IndexFunc(r.Accounts, func(a reports.Account) bool { return a.ID == id })
	if i < 0 {
		return "missing"
	}
	return r.Accounts[i].Status
}

// lengths counts the accounts by the length of a password that they require.
func (f *fleet) lengths() map[int]int {
	counts := map[int]int{}
	for _, id := range f.ids {
		f.srv.ChangeAccount(id, func(a *ramtest.Account) { counts[a.Policy.MinimumPasswordLength]++ })
	}
	return counts
}

func (f *fleet) attempts(id string) (n int) {
	f.srv.ChangeAccount(id, func(a *ramtest.Account) { n = a.Policy.MaxLoginAttempts })
	return n
}

// others are the accounts that are not the fleet's and that were written to.
func (f *fleet) others() []string {
	written := map[string]bool{}
	for _, call := range f.srv.Calls() {
		if call.Committed && !slices.Contains(f.ids, call.AccountID) {
			written[call.AccountID] = true
		}
	}
	return slices.Sorted(maps.Keys(written))
}

// One run for fifty accounts, each with its own provider instance. An account whose role is missing is excluded and
// named, and the others are applied; once the role exists, only this account is left.
func TestAccFleet_oneRunForAll(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 50)
	if !strings.Contains(f.run(0, "version"), "OpenTofu") {
		t.Skip("for_each on a provider is OpenTofu's")
	}
	f.run(0, "-chdir=fleet/opentofu", "get")
	lost := f.ids[17]
	f.dismiss(lost)
	overview, _, r := f.fleet(1, "-1", "plan")
	contains(t, overview, "| `"+lost+"` | **no access: the role cannot be assumed**")
	expect(t, "accounts by status", accountsByStatus(r), map[reports.Status]int{reports.NoAccess: 1, reports.NeverApplied: 49})
	f.fleet(1, "-1", "apply")
	expect(t, "accounts by length", f.lengths(), map[int]int{8: 1, 14: 49})
	expect(t, "its own value", f.attempts(f.ids[1]), 3)

	f.employ(lost)
	_, _, r = f.fleet(2, "-1", "plan")
	expect(t, "the account that was lost", resultOf(r, lost), reports.NeverApplied)
	expect(t, "others", f.others(), []string(nil))
}

// A run in which no account can be planned ends, and reports that.
func TestAccFleet_noAccountCanBePlanned(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 2)
	if !strings.Contains(f.run(0, "version"), "OpenTofu") {
		t.Skip("for_each on a provider is OpenTofu's")
	}
	f.run(0, "-chdir=fleet/opentofu", "get")
	for _, id := range f.ids {
		f.dismiss(id)
	}
	overview, _, _ := f.fleet(1, "-1", "plan")
	contains(t, overview, "# RAM fleet plan: not known", "The role not exists: acs:ram::"+f.ids[0], "The role not exists: acs:ram::"+f.ids[1])
}

// A workspace for each account, four at the same time. The test uses twelve accounts, because each has a run of its
// own.
func TestAccFleet_oneWorkspacePerAccount(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 7) // more than run at a time
	f.run(0, "-chdir=fleet/terraform", "get")
	lost := f.ids[3]
	f.dismiss(lost)

	// The audit needs no state, and changes nothing.
	_, _, r := f.fleet(1, "audit")
	expect(t, "audited", accountsByStatus(r), map[reports.Status]int{reports.NoAccess: 1, reports.Failing: 6})
	expect(t, "controls", len(r.Accounts[len(r.Accounts)-1].Controls), 16)
	expect(t, "controls that are not evaluated", r.Totals.Controls.NotEvaluated, 0)
	expect(t, "accounts by length after the audit", f.lengths(), map[int]int{8: 7})

	// Nothing is applied that was not planned before.
	_, _, r = f.fleet(1, "apply", f.ids[0])
	expect(t, "without a plan", resultOf(r, f.ids[0]), reports.NotRun)

	// An account that is stricter than the baseline stays so, unless its own value says otherwise; that is listed before the apply.
	f.srv.ChangeAccount(f.ids[5], func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 20 })
	f.srv.ChangeAccount(f.ids[1], func(a *ramtest.Account) { a.Policy.MaxLoginAttempts = 2 })
	must(t, os.WriteFile(filepath.Join(f.Directory, "fleet/out/notes.md"), []byte("mine"), 0o600))
	overview, _, r := f.fleet(1, "plan")
	expect(t, "planned", accountsByStatus(r), map[reports.Status]int{reports.NoAccess: 1, reports.NeverApplied: 6})
	contains(t, overview, "| `"+lost+" team-3` | **no access: the role cannot be assumed**", "max_login_attempts: 2 → 3 (weaker)")
	lacks(t, overview, "20 → 14")
	if _, err := os.Stat(filepath.Join(f.Directory, "fleet/out/plans", lost+".tfplan")); err == nil {
		t.Error("a plan with errors is left to be applied")
	}
	expect(t, "what gets weaker", r.Totals.Weaker > 0, true)
	_, log, _ := f.fleet(1, "apply")
	contains(t, log, "max_login_attempts: 2 → 3 (weaker)")
	expect(t, "accounts by length", f.lengths(), map[int]int{8: 1, 14: 5, 20: 1})
	expect(t, "its own value", f.attempts(f.ids[1]), 3)
	mine, err := os.ReadFile(filepath.Join(f.Directory, "fleet/out/notes.md"))
	must(t, err)
	expect(t, "a file of another person", string(mine), "mine")

	// The rest on a few of them: the error wins over the drift, and each is named.
	few := []string{f.ids[0], f.ids[1], lost}
	f.srv.ChangeAccount(f.ids[1], func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 8 })
	overview, _, r = f.fleet(1, append([]string{"drift"}, few...)...)
	expect(t, "with drift", []reports.Status{resultOf(r, few[0]), resultOf(r, few[1]), resultOf(r, lost)}, []reports.Status{reports.Clean, reports.Differs, reports.NoAccess})
	contains(t, overview, "| `"+f.ids[1]+" a\\u007cb` | **drift**", "`minimum_password_length` | `14` | `8`", "TF_WORKSPACE='"+f.ids[1]+"'", "-var='accounts_file=")

	f.employ(lost)
	_, _, r = f.fleet(2, append([]string{"plan"}, few...)...)
	expect(t, "planned again", []reports.Status{resultOf(r, few[0]), resultOf(r, few[1]), resultOf(r, lost)}, []reports.Status{reports.Clean, reports.Differs, reports.NeverApplied})
	f.fleet(0, append([]string{"apply"}, few...)...)
	f.fleet(0, append([]string{"drift"}, few...)...)
	expect(t, "accounts by length", f.lengths(), map[int]int{14: 6, 20: 1})
	_, log, _ = f.fleet(1, "plan", "9999999999999999")
	contains(t, log, "does not know 9999999999999999")
	expect(t, "others", f.others(), []string(nil))
}

// A signal to the script ends its applies; the next run continues with the remaining accounts.
func TestAccFleet_interrupted(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 3)
	f.run(0, "-chdir=fleet/terraform", "get")
	f.fleet(2, "plan")
	f.srv.Inject(ramtest.Rule{Action: "SetPasswordPolicy", Nth: "1", Fault: "stall"})
	f.srv.ForgetCalls()
	cmd := f.script("apply")
	cmd.Env = append(cmd.Env, "FLEET_PARALLEL=1")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	must(t, cmd.Start())
	waitFor(t, func() bool { return len(f.srv.Calls("SetPasswordPolicy")) == 1 })
	must(t, cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait() // the code is judged
	if got := cmd.ProcessState.ExitCode(); got != 1 {
		t.Fatalf("ended with %d:\n%s", got, log.String())
	}
	content, err := os.ReadFile(filepath.Join(f.Directory, "fleet/out/apply/fleet.json"))
	must(t, err)
	r, err := reports.ReadJSON(content)
	must(t, err)
	expect(t, "after the signal", accountsByStatus(r), map[reports.Status]int{reports.Interrupted: 1, reports.NotRun: 2})
	list, err := exec.CommandContext(t.Context(), "ps", "-A", "-o", "args=").Output()
	must(t, err)
	lacks(t, string(list), "-chdir="+f.Directory)

	f.fleet(1, "apply") // the interrupted one has to be planned again if its plan is stale
	f.fleet(2, "plan", f.ids[0])
	f.fleet(0, "apply", f.ids[0])
	expect(t, "accounts by length", f.lengths(), map[int]int{14: 3})
}
