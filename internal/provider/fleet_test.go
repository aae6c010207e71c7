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
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
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
	needsJQ(t)
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

// fleet runs a layout's script, and fails the test if it ends with another code.
func (f *fleet) fleet(layout string, code int, arguments ...string) (table, log string) {
	f.t.Helper()
	cmd := exec.CommandContext(f.t.Context(), filepath.Join(f.Directory, "fleet", layout, "fleet.sh"), arguments...)
	cmd.Dir, cmd.Env = f.Directory, append(slices.Clone(f.Environment), "FLEET_CLI="+os.Getenv("TF_ACC_TERRAFORM_PATH"))
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if failed := cmd.Run(); failed != nil && cmd.ProcessState == nil {
		f.t.Fatal(failed)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		f.t.Fatalf("fleet.sh %v ended with %d, want %d:\n%s\n%s", arguments, got, code, out.String(), err.String())
	}
	return out.String(), err.String()
}

// lengths counts the accounts by the length of a password that they ask for.
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

// One run for fifty accounts, each with its own provider instance. One whose role is missing is
// named, and the others are applied; when the role is there, it alone is left to do.
func TestAccFleet_oneRunForAll(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 50)
	if !strings.Contains(f.run(0, "version"), "OpenTofu") {
		t.Skip("for_each on a provider is OpenTofu's")
	}
	f.run(0, "-chdir=fleet/opentofu", "get")
	lost := f.ids[17]
	f.dismiss(lost)
	table, _ := f.fleet("opentofu", 1, "apply")
	contains(t, table, "| "+lost+" | **failed**: Cannot", "| "+f.ids[0]+" | 2 changed |", "| "+f.ids[49]+" | 2 changed |")
	expect(t, "lines", strings.Count(table, "\n"), 2+len(f.ids))
	expect(t, "accounts by length", f.lengths(), map[int]int{8: 1, 14: 49})
	expect(t, "its own value", f.attempts(f.ids[1]), 3)

	f.employ(lost)
	table, _ = f.fleet("opentofu", 2, "plan")
	contains(t, table, "|---|---|\n| "+lost+" | 2 would change |\n")
	expect(t, "others", f.others(), []string(nil))
}

// A workspace for each account, four at a time. A dozen, because each is a run of its own.
func TestAccFleet_aWorkspaceEach(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 12)
	f.run(0, "-chdir=fleet/terraform", "get")
	lost := f.ids[3]
	f.dismiss(lost)
	table, _ := f.fleet("terraform", 1, "apply")
	contains(t, table, "| "+lost+" | team-3 | **failed**: Cannot", "| "+f.ids[1]+" | a?b | 2 added, 0 changed, 0 destroyed |")
	expect(t, "lines", strings.Count(table, "\n"), 2+len(f.ids))
	expect(t, "accounts by length", f.lengths(), map[int]int{8: 1, 14: 11})
	expect(t, "its own value", f.attempts(f.ids[1]), 3)

	// The rest on a few of them: the error wins over the drift, and each is named.
	few := []string{f.ids[0], f.ids[1], lost}
	f.srv.ChangeAccount(f.ids[1], func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 8 })
	table, _ = f.fleet("terraform", 1, append([]string{"drift"}, few...)...)
	contains(t, table, "| "+f.ids[0]+" | team-0 | unchanged |", "| "+f.ids[1]+" | a?b | **drift** |", "| "+lost+" | team-3 | **failed**: Cannot")
	summary, err := os.ReadFile(filepath.Join(f.Directory, "fleet/terraform/logs", f.ids[1]+".md"))
	must(t, err)
	contains(t, string(summary), "<code>module.baseline.ram_password_policy.this</code> | <code>minimum_password_length</code> | <code>14</code> | <code>8</code>")

	f.employ(lost)
	table, _ = f.fleet("terraform", 2, append([]string{"plan"}, few...)...)
	contains(t, table, "| "+f.ids[0]+" | team-0 | unchanged |", "| "+lost+" | team-3 | would change |")
	f.fleet("terraform", 0, append([]string{"apply"}, few...)...)
	f.fleet("terraform", 0, append([]string{"drift"}, few...)...)
	expect(t, "accounts by length", f.lengths(), map[int]int{14: 12})
	_, log := f.fleet("terraform", 1, "plan", "9999999999999999")
	contains(t, log, "does not know 9999999999999999")
	expect(t, "others", f.others(), []string(nil))
}
