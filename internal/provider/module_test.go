// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// baselineModule is the place of the module, in this repository and in that of its users.
const baselineModule = "modules/security-baseline"

// inModule lays out a copy of the module, and a CLI that works in one of its directories.
func inModule(t *testing.T, srv *ramtest.Server, directory string) *cli {
	t.Helper()
	c := newCLI(t, srv.Getenv, "")
	module := filepath.Join(c.Directory, "module")
	must(t, os.CopyFS(module, os.DirFS(filepath.Join(examples, baselineModule))))
	c.Directory = filepath.Join(module, directory)
	return c
}

// checks is what a plan's JSON says of each check.
func (c *cli) checks(plan string) map[string]string {
	c.t.Helper()
	var shown struct {
		Checks []struct {
			Address struct {
				Kind    string `json:"kind"`
				Display string `json:"to_display"`
			} `json:"address"`
			Status    string `json:"status"`
			Instances []struct {
				Problems []struct {
					Message string `json:"message"`
				} `json:"problems"`
			} `json:"instances"`
		} `json:"checks"`
	}
	out, err := c.command("show", "-json", plan).Output()
	must(c.t, err)
	must(c.t, json.Unmarshal(out, &shown))
	found := map[string]string{}
	for _, check := range shown.Checks {
		if check.Address.Kind != "check" {
			continue
		}
		said := check.Status
		for _, instance := range check.Instances {
			for _, problem := range instance.Problems {
				said += ": " + problem.Message
			}
		}
		found[check.Address.Display] = said
	}
	return found
}

// The module's own tests run as its README says: without init.
func TestAccSecurityBaselineModule_ownTests(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	before := account(srv)
	c := inModule(t, srv, ".")
	c.run(0, "fmt", "-check", "-recursive")
	c.run(0, "get", "-test-directory=tests")
	c.run(0, "validate")
	out := c.run(0, "test")
	count := regexp.MustCompile(`(\d+) passed, 0 failed\.`).FindStringSubmatch(out)
	if count == nil {
		t.Fatalf("the tests did not all pass:\n%s", out)
	}
	if passed, _ := strconv.Atoi(count[1]); passed < 15 {
		t.Errorf("only %d runs passed:\n%s", passed, out)
	}
	if len(writes(srv)) < 20 {
		t.Errorf("the tests wrote only %d times; did they run against the account?", len(writes(srv)))
	}
	after := account(srv)
	expect(t, "the preference that the tests leave behind", after.Preference, before.Preference)
	expect(t, "the password policy that the tests leave behind", after.Policy, before.Policy)
	expect(t, "the alias that the tests leave behind", after.Alias, before.Alias)
	expect(t, "the users that the tests leave behind", slices.Sorted(maps.Keys(after.Users)), slices.Sorted(maps.Keys(before.Users)))
}

// The configuration of the module's example is complete after one apply.
func TestAccSecurityBaselineModule_example(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := inModule(t, srv, "examples/complete")
	c.run(0, "get")
	c.run(0, "validate")
	out := c.run(0, "apply", "-auto-approve")
	contains(t, out, "failed_controls = []", "SEC-1234")
	c.run(0, "plan", "-detailed-exitcode")
	a := account(srv)
	expect(t, "length", a.Policy.MinimumPasswordLength, 14)
	expect(t, "reuse, which the example overrules", a.Policy.PasswordReusePrevention, 3)
	expect(t, "masks", a.Preference.LoginNetworkMasks, "2001:db8::/32;203.0.113.0/24")
	expectUnchanged(t, srv, "InitialPasswordAge", "HardExpiry", "AllowUserToChangePassword", "MaxIdleDaysForAccessKeys")
}

// published is a Git repository that holds the module where ours has it, and
// nothing else; it returns the source that leads there.
func published(t *testing.T) string {
	t.Helper()
	repository := t.TempDir()
	must(t, os.CopyFS(filepath.Join(repository, "examples", baselineModule), os.DirFS(filepath.Join(examples, baselineModule))))
	for _, arguments := range [][]string{
		{"init", "--quiet"},
		{"add", "."},
		{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "The module"},
	} {
		cmd := exec.CommandContext(t.Context(), "git", arguments...)
		cmd.Dir, cmd.Env = repository, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + repository}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", arguments, err, out)
		}
	}
	return "git::file://" + repository + "//examples/" + baselineModule
}

// From a Git source: no changes after the apply; a change by another administrator is shown and repaired; a control
// that fails by configuration is no drift, and is shown in the checks of the plan.
func TestAccSecurityBaselineModule_driftAndChecks(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCLI(t, srv.Getenv, "")
	configure := func(length int) {
		c.write("baseline.tf", fmt.Sprintf(`
module "baseline" {
  source          = %q
  profile         = "cis-2.0.0"
  password_policy = { minimum_password_length = %d }
}
output "failed" {
  value = module.baseline.failed_controls[*].id
}
`, published(t), length))
		c.run(0, "get", "-update")
	}
	const check, other = "module.baseline.check.baseline", "module.baseline.check.access_keys"

	configure(16)
	contains(t, c.run(0, "apply", "-auto-approve"), "failed = []")
	c.run(0, "plan", "-detailed-exitcode", "-out=quiet.bin")
	expect(t, "checks of a quiet plan", c.checks("quiet.bin"), map[string]string{check: "pass", other: "pass"})
	contains(t, c.run(0, "plan", "-refresh-only"), "No changes.")

	srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength = 8 })
	contains(t, c.run(2, "plan", "-detailed-exitcode"), "minimum_password_length", "8 -> 16")
	contains(t, c.run(0, "plan", "-refresh-only", "-out=drift.bin"), "minimum_password_length", "16 -> 8")
	const found = "fail: The account does not follow cis-2.0.0: 1.11 Passwords have 14 characters or more (wanted {\"minimum\":14}, found 8)."
	expect(t, "checks of what was changed by hand", c.checks("drift.bin"), map[string]string{check: found, other: "pass"})
	contains(t, c.run(0, "apply", "-auto-approve"), "failed = []")
	expect(t, "length after the repair", account(srv).Policy.MinimumPasswordLength, 16)

	configure(10)
	contains(t, c.run(0, "apply", "-auto-approve"), `"1.11"`, "does not follow cis-2.0.0")
	c.run(0, "plan", "-detailed-exitcode", "-out=weak.bin")
	expect(t, "checks of a baseline that is overruled", c.checks("weak.bin"), map[string]string{check: strings.Replace(found, "found 8", "found 10", 1), other: "pass"})
	expectUnchanged(t, srv, "InitialPasswordAge", "HardExpiry", "LoginSessionDuration", "LoginNetworkMasks", "AllowUserToChangePassword")
}
