// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	reports "github.com/ram-security/terraform-provider-ram/internal/report"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

const driftDetection = examples + "/drift-detection"

// reporter builds ramreport beside the provider, once for all tests that need it.
var reporter = sync.OnceValues(func() (string, error) {
	program := filepath.Join(programs, "ramreport")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/ramreport").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
})

// ramreport returns the path of ramreport.
func ramreport(t *testing.T) string {
	t.Helper()
	program, err := reporter()
	must(t, err)
	return program
}

// An audit is a configuration that was applied, and a CI identity that may read.
type audit struct {
	*cli
	srv *ramtest.Server
	key ramtest.AccessKey
}

const auditedPolicy = `
resource "ram_password_policy" "this" {
  minimum_password_length = 14
}
`

// audited applies a configuration as the administrator, and makes the CI identity.
func audited(t *testing.T, config string) *audit {
	t.Helper()
	srv := ramtest.New(t)
	a := &audit{cli: newCLI(t, srv.Getenv, config), srv: srv, key: person(srv, "ci")}
	srv.Change(func(account *ramtest.Account) {
		account.Users["ci"].Allowed = policyActions(t, "read-only-policy.json")
	})
	a.run(0, "apply", "-auto-approve")
	srv.ForgetCalls()
	return a
}

// script prepares a run of drift.sh as the CI identity.
func (a *audit) script(arguments ...string) *exec.Cmd {
	path, err := filepath.Abs(driftDetection + "/drift.sh")
	must(a.t, err)
	cmd := exec.CommandContext(a.t.Context(), path, arguments...)
	cmd.Dir = a.Directory
	cmd.Env = append(slices.Clone(a.Environment), "RAMREPORT="+ramreport(a.t),
		"DRIFT_CLI="+os.Getenv("TF_ACC_TERRAFORM_PATH"), "ALIBABA_CLOUD_ACCESS_KEY_ID="+a.key.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+a.key.Secret)
	return cmd
}

// drift runs drift.sh, and fails the test if it ends with another code, writes to the
// account, changes the state or leaves something behind. It returns the summary, and what was said beside it.
func (a *audit) drift(code int, arguments ...string) (summary, log string) {
	a.t.Helper()
	return a.ends(a.script(arguments...), code)
}

func (a *audit) ends(cmd *exec.Cmd, code int) (summary, log string) {
	a.t.Helper()
	before := a.files()
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if failed := cmd.Run(); failed != nil && cmd.ProcessState == nil {
		a.t.Fatal(failed)
	}
	a.judge(cmd, code, before, out.String()+err.String())
	return out.String(), err.String()
}

// judge looks at what a run of drift.sh leaves.
func (a *audit) judge(cmd *exec.Cmd, code int, before map[string]string, said string) {
	a.t.Helper()
	if got := cmd.ProcessState.ExitCode(); got != code {
		a.t.Fatalf("drift.sh ended with %d, want %d:\n%s", got, code, said)
	}
	expect(a.t, "writes", writes(a.srv), []string(nil))
	after := a.files()
	delete(after, "drift.md")
	delete(before, "drift.md")
	for name, content := range after {
		if before[name] != content {
			a.t.Errorf("drift.sh wrote %s", name)
		}
	}
	expect(a.t, "files", len(after), len(before))
	for _, secret := range []string{a.key.Secret, a.srv.Credential(defaultAccount).AccessKeySecret} {
		for _, form := range acctest.FindSecret([]byte(said), secret) {
			a.t.Errorf("a key of the provider was printed, %s", form)
		}
	}
}

// files are all files of the run's directory, which is its home and its temporary directory too.
func (a *audit) files() map[string]string {
	a.t.Helper()
	found := map[string]string{}
	must(a.t, filepath.WalkDir(a.Directory, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found[strings.TrimPrefix(path, a.Directory+"/")] = string(content)
		return err
	}))
	return found
}

// tampered lets an administrator change the password policy in the console.
func (a *audit) tampered(f func(*ramtest.PasswordPolicy)) {
	a.srv.Change(func(account *ramtest.Account) { f(&account.Policy) })
}

// A plan without a difference is clean, whatever its exit code is. The check makes a refresh-only plan of some
// versions end with 2, and the data source in the other workspace any plan.
func TestAccDriftDetection_clean(t *testing.T) {
	t.Parallel()
	a := audited(t, auditedPolicy+`
		check "length" {
			assert {
				condition     = ram_password_policy.this.minimum_password_length >= 14
				error_message = "Too short."
			}
		}
		check "nested" {
			data "ram_password_policy" "now" {}
			assert {
				condition     = data.ram_password_policy.now.minimum_password_length >= 14
				error_message = "Too short."
			}
		}
		output "login" { value = ram_password_policy.this.minimum_password_length }`)
	summary, _ := a.drift(0)
	contains(t, summary, "# RAM drift: none", "1 object compared in account `1234567890123456`")
}

func TestAccDriftDetection_declared(t *testing.T) {
	t.Parallel()
	a := audited(t, auditedPolicy)
	a.tampered(func(p *ramtest.PasswordPolicy) { p.MinimumPasswordLength = 8 })
	summary, _ := a.drift(2)
	contains(t, summary, "1 difference (1 weaker), 0 failed checks", "## Declared, and not so in the account",
		"| 1 | high, weaker | `ram_password_policy.this` | `minimum_password_length` | `14` | `8` | `cis 1.11`, `alibaba-2026 password-length`, `mlps-2.0-level-3 8.1.4.1a-length`, `nist-800-63b-4 3.1.1.2-length` | Every RAM user who chooses a console password. |",
		" apply -target='ram_password_policy.this'\n", "```hcl\n# ram_password_policy.this\nminimum_password_length = 8\n```")
	lacks(t, summary, "Not declared", "Checks that")

	// The command that it names repairs, and then all is clean.
	a.run(0, "apply", "-auto-approve", "-target=ram_password_policy.this")
	expect(t, "length", account(a.srv).Policy.MinimumPasswordLength, 14)
	a.srv.ForgetCalls()
	a.drift(0)
}

func TestAccDriftDetection_undeclared(t *testing.T) {
	t.Parallel()
	a := audited(t, auditedPolicy)
	a.tampered(func(p *ramtest.PasswordPolicy) { p.PasswordReusePrevention = 4 })
	summary, _ := a.drift(2)
	contains(t, summary, "1 difference, 0 failed checks", "## Not declared, and changed since the last apply",
		"`password_reuse_prevention` | `0` | `4` | `cis 1.12`, `alibaba-2026 password-reuse` | Every RAM user who changes a console password",
		" apply -refresh-only -target='ram_password_policy.this'\n", "```hcl\n# ram_password_policy.this\npassword_reuse_prevention = 0\n```")
	lacks(t, summary, "## Declared", "Checks that")

	// To accept it writes the state, and no more.
	a.run(0, "apply", "-auto-approve", "-refresh-only", "-target=ram_password_policy.this")
	expect(t, "writes", writes(a.srv), []string(nil))
	a.drift(0)

	// To declare what was there puts it back.
	a.write("main.tf", strings.Replace(a.files()["main.tf"], "minimum_password_length = 14", "minimum_password_length = 14\npassword_reuse_prevention = 0", 1))
	a.run(0, "apply", "-auto-approve")
	expect(t, "reuse", account(a.srv).Policy.PasswordReusePrevention, 0)
	a.srv.ForgetCalls()
	a.drift(0)
}

// Both kinds are distinguished, and each event is reported once: values, a deleted object, and text that looks like
// Markdown, a template or HTML; also with output to a file.
func TestAccDriftDetection_both(t *testing.T) {
	t.Parallel()
	a := audited(t, auditedPolicy+`
		resource "ram_account_alias" "this" { account_alias = "acme" }
		resource "ram_user" "gone" { name = "gone" }
		resource "ram_user" "odd" {
			for_each     = toset(["it"])
			name         = each.key
			display_name = "It"
		}`)
	a.srv.Change(func(account *ramtest.Account) {
		account.Policy.MinimumPasswordLength, account.Policy.MaxPasswordAge = 8, 90
		account.Alias = "other"
		delete(account.Users, "gone")
		account.Users["it"].Comments = "`|<b>${x} %{y}"
	})
	_, log := a.drift(2, "-o", "drift.md", "-lock=false")
	contains(t, log, "drift: something needs an action")
	summary := a.files()["drift.md"]
	contains(t, summary, "5 differences", "`account_alias` | `\"acme\"` | `\"other\"` |  | Every RAM user",
		"`ram_user.gone` | all of it | in the account | gone |  | This RAM user.",
		"`max_password_age` | `0` | `90`",
		"`\"\\u0060\\u007c<b>$${x} %%{y}\"`",
		`-target='ram_user.odd["it"]'`)
	declared, undeclared, _ := strings.Cut(summary, "## Not declared")
	undeclared, _, _ = strings.Cut(undeclared, "Who made the change")
	contains(t, declared, "ram_user.gone", "minimum_password_length", "account_alias")
	contains(t, undeclared, "max_password_age", "comments")
	lacks(t, declared+undeclared, "login_url", "default_domain") // they follow from the alias
	lacks(t, undeclared, "minimum_password_length", "account_alias", "ram_user.gone")
}

func TestAccDriftDetection_checks(t *testing.T) {
	t.Parallel()
	a := audited(t, auditedPolicy+`
		check "age" {
			assert {
				condition     = ram_password_policy.this.max_password_age == 0
				error_message = "Passwords | expire after ${ram_password_policy.this.max_password_age} days."
			}
		}
		check "broken" {
			data "ram_login_profile" "it" { user_name = "deploy" }
			assert {
				condition     = data.ram_login_profile.it.mfa_bind_required == true
				error_message = "No second factor."
			}
		}`)
	a.tampered(func(p *ramtest.PasswordPolicy) { p.MaxPasswordAge = 90 })
	a.run(0, "apply", "-auto-approve", "-refresh-only")
	a.srv.ForgetCalls()
	summary, _ := a.drift(2)
	contains(t, summary, "0 differences, 2 failed checks", "| `check.age` | failed | `Passwords \\u007c expire after 90 days.` |",
		"| `check.broken` | failed | `Cannot read the login profile: There is no RAM user")
}

// An error is never drift, and never clean.
func TestAccDriftDetection_errors(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		spoil func(*testing.T, *audit, *exec.Cmd)
		says  []string
	}{
		"bad credentials": {func(_ *testing.T, _ *audit, cmd *exec.Cmd) {
			cmd.Env = append(cmd.Env, "ALIBABA_CLOUD_ACCESS_KEY_SECRET=not-a-secret")
		}, []string{"Error: Cannot", "SignatureDoesNotMatch"}},
		"a permission is missing": {func(_ *testing.T, a *audit, _ *exec.Cmd) {
			a.srv.Change(func(account *ramtest.Account) { account.Users["ci"].Denied = []string{"GetPasswordPolicy"} })
		}, []string{"Error: Cannot read the password policy", "NoPermission", "ram:GetPasswordPolicy"}},
		"the service is down": {func(_ *testing.T, a *audit, _ *exec.Cmd) { a.srv.Close() }, []string{"Error: Cannot", "connection refused"}},
		"the configuration is invalid": {func(_ *testing.T, a *audit, _ *exec.Cmd) {
			a.write("more.tf", `resource "ram_password_policy" "that" { minimum_password_length = "a canary-in-the-line" }`)
		}, []string{"Error: Incorrect attribute value type", "at more.tf:1"}},
		"another program fails": {func(_ *testing.T, _ *audit, cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "DRIFT_CLI=false") }, []string{"ended with 1"}},
		"there is no program":   {func(_ *testing.T, _ *audit, cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "DRIFT_CLI=no-such-program") }, []string{"There is no no-such-program"}},
		"the wrong directory":   {func(_ *testing.T, _ *audit, cmd *exec.Cmd) { cmd.Args = append(cmd.Args, "-C", "nowhere") }, []string{"The plan of what is declared ended with 1"}},
		"nothing was compared": {func(t *testing.T, a *audit, _ *exec.Cmd) {
			a.write("main.tf", `variable "nothing" { default = 1 }`)
			must(t, os.Remove(filepath.Join(a.Directory, "terraform.tfstate")))
		}, []string{"nothing was compared"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := audited(t, auditedPolicy)
			a.tampered(func(p *ramtest.PasswordPolicy) { p.MinimumPasswordLength = 8 })
			must(t, os.WriteFile(filepath.Join(a.Directory, "drift.md"), []byte("# RAM drift: none\n"), 0o600))
			cmd := a.script("-o", "drift.md")
			fault.spoil(t, a, cmd)
			_, log := a.ends(cmd, 1)
			contains(t, log, fault.says...)
			lacks(t, log, "canary-in-the-line")
			contains(t, a.files()["drift.md"], "# RAM drift: not known")
		})
	}
}

// While another run applies, the result is not known, unless -lock=false is given.
func TestAccDriftDetection_locked(t *testing.T) {
	t.Parallel()
	a := audited(t, auditedPolicy)
	held, err := os.OpenFile(filepath.Join(a.Directory, "terraform.tfstate"), os.O_RDWR, 0)
	must(t, err)
	must(t, syscall.FcntlFlock(held.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK, Whence: 0}))
	cmd := a.script("-o", "drift.md")
	var log bytes.Buffer
	cmd.Stderr = &log
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("%v:\n%s", err, log.String())
	}
	contains(t, log.String(), "Error acquiring the state lock")
	content, err := os.ReadFile(filepath.Join(a.Directory, "drift.md"))
	must(t, err)
	contains(t, string(content), "not known")
	if out, err := a.script("-lock=false").CombinedOutput(); err != nil {
		t.Fatalf("without a lock: %v\n%s", err, out)
	}
	must(t, held.Close())
	a.drift(0)
}

// An interrupted run is an error, ends the processes that it started, and leaves no summary.
func TestAccDriftDetection_interrupted(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for name, nth := range map[string]string{"the first plan": "1", "the second plan": "2"} {
			t.Run(signal.String()+" in "+name, func(t *testing.T) {
				t.Parallel()
				a := audited(t, auditedPolicy)
				a.srv.Inject(ramtest.Rule{Action: "GetPasswordPolicy", Nth: nth, Fault: "stall"})
				must(t, os.WriteFile(filepath.Join(a.Directory, "drift.md"), []byte("# RAM drift: none\n"), 0o600))
				before := a.files()
				cmd := a.script("-o", "drift.md")
				var log bytes.Buffer
				cmd.Stdout, cmd.Stderr = &log, &log
				must(t, cmd.Start())
				waitFor(t, func() bool { return len(a.srv.Calls("GetPasswordPolicy")) == int(nth[0]-'0') })
				must(t, cmd.Process.Signal(signal))
				_ = cmd.Wait() // the code is judged
				a.judge(cmd, 1, before, log.String())
				contains(t, log.String(), "interrupted")
				contains(t, a.files()["drift.md"], "# RAM drift: not known", "interrupted")
				a.drift(0) // the lock is free
			})
		}
	}
}

// The report shows the changed status of an AccessKey pair and not its secret, which is in the state: it is neither
// printed nor left in a file.
func TestAccDriftDetection_secrets(t *testing.T) {
	t.Parallel()
	a := audited(t, `
		resource "ram_user" "this" { name = "deploy" }
		resource "ram_access_key" "this" {
			user_name = ram_user.this.name
			status    = "Active"
		}
		output "secret" {
			value     = ram_access_key.this.secret
			sensitive = true
		}`)
	secret := keysOf(a.srv, "deploy")[0].Secret
	a.srv.Change(func(account *ramtest.Account) { account.Users["deploy"].Keys[0].Status = "Inactive" })
	cmd := a.script("-o", "drift.md")
	cmd.Env = append(cmd.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(a.Directory, "trace.log"))
	printed, log := a.ends(cmd, 2)
	contains(t, a.files()["drift.md"], "`status` | `\"Active\"` | `\"Inactive\"` |  | Every program that uses this AccessKey pair")
	a.scan(a.srv, printed+log, secret, isState)

	// The key is gone, and another is there: an object that is gone has no secret either.
	a.srv.Change(func(account *ramtest.Account) { account.Users["deploy"].Keys = nil })
	printed, log = a.drift(2)
	contains(t, printed, "`ram_access_key.this` | all of it | in the account | gone")
	a.scan(a.srv, printed+log, secret, isState)
}

func TestAccDriftDetection_emptyState(t *testing.T) {
	t.Parallel()
	a := audited(t, auditedPolicy+`
		resource "ram_user" "this" { name = "new" }
		check "not_yet" {
			assert {
				condition     = ram_user.this.user_id != ""
				error_message = "Never seen."
			}
		}`)
	must(t, os.Remove(filepath.Join(a.Directory, "terraform.tfstate")))
	summary, _ := a.drift(2)
	contains(t, summary, "0 failed checks", "The check `check.not_yet` cannot be judged", "The state is empty", "`ram_password_policy.this` | all of it | managed from here | not in the state")
}

// The command in the report repairs the drift as it is printed, from another directory, in another workspace and in
// each shell: it has the directory, whose name needs quoting, the workspace and the variables. A sensitive variable
// is not printed, and without it the command stops.
func TestAccDriftDetection_command(t *testing.T) {
	t.Parallel()
	a := audited(t, "")
	const elsewhere = "it's $here"
	must(t, os.Mkdir(filepath.Join(a.Directory, elsewhere), 0o700))
	a.write(elsewhere+"/main.tf", a.files()["main.tf"]+`
		variable "length" { type = number }
		variable "reuse" { type = number }
		variable "note" { default = "" }
		variable "token" { sensitive = true }
		resource "ram_password_policy" "this" {
			minimum_password_length   = var.length
			password_reuse_prevention = var.reuse
		}`)
	a.write(elsewhere+"/prod.tfvars", "length = 14")
	a.Environment = append(a.Environment, "TF_VAR_reuse=3")
	variables := []string{"-var-file=prod.tfvars", "-var", "note=it's `here`", "-var=token=canary-in-a-variable"}
	a.run(0, append([]string{"-chdir=" + elsewhere, "apply", "-auto-approve"}, variables...)...)
	a.srv.ForgetCalls()
	a.drift(0, append([]string{"-C", elsewhere}, variables...)...)

	programs := t.TempDir()
	program := filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH"))
	must(t, os.Symlink(os.Getenv("TF_ACC_TERRAFORM_PATH"), filepath.Join(programs, program)))
	for _, shell := range []string{"sh", "bash", "busybox", "zsh", "fish", "ksh"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not on this machine", shell)
			continue
		}
		words := []string{"-c"}
		if shell == "busybox" {
			words = []string{"sh", "-c"}
		}
		a.tampered(func(p *ramtest.PasswordPolicy) { p.MinimumPasswordLength, p.PasswordReusePrevention = 8, 0 })
		summary, _ := a.drift(2, append([]string{"-C", elsewhere}, variables...)...)
		lacks(t, summary, "canary-in-a-variable")
		_, command, _ := strings.Cut(summary, "shell\n")
		command, _, _ = strings.Cut(command, "\n```")
		contains(t, command, "# Account 1234567890123456\nenv TF_WORKSPACE='default' TF_VAR_reuse='3' "+program+" -chdir='", "-var-file='prod.tfvars'")
		run := exec.CommandContext(t.Context(), path, append(words, command+" -auto-approve")...)
		run.Dir = t.TempDir()
		run.Env = slices.DeleteFunc(slices.Clone(a.Environment), func(v string) bool { return v == "TF_VAR_reuse=3" })
		run.Env = append(run.Env, "PATH="+programs+":"+os.Getenv("PATH"), "TF_WORKSPACE=other", "TF_VAR_reuse=9")
		if out, err := run.CombinedOutput(); err == nil {
			t.Fatalf("%s ran without the sensitive variable:\n%s\n%s", shell, command, out)
		}
		if shell == "fish" {
			continue // it has no words for a variable that has to be set
		}
		again := exec.CommandContext(t.Context(), path, run.Args[1:]...)
		again.Dir, again.Env = run.Dir, append(run.Env, "TF_VAR_token=anything")
		if out, err := again.CombinedOutput(); err != nil {
			t.Fatalf("the command of the report fails in %s: %v\n%s\n%s", shell, err, command, out)
		}
		expect(t, "length by "+shell, account(a.srv).Policy.MinimumPasswordLength, 14)
		expect(t, "reuse by "+shell, account(a.srv).Policy.PasswordReusePrevention, 3)
		a.srv.ForgetCalls()
	}
}

// Sensitive values of a plan, in whole or in part, on one side or both, are not shown.
func TestDriftDetection_sensitiveValuesAreMasked(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-7f3a"
	change := func(before, after, beforeSensitive, afterSensitive any) map[string]any {
		return map[string]any{"address": "ram_x.y", "mode": "managed", "type": "ram_x", "change": map[string]any{
			"actions": []string{"update"}, "before": before, "after": after, "before_sensitive": beforeSensitive, "after_sensitive": afterSensitive, "after_unknown": map[string]any{},
		}}
	}
	type m = map[string]any
	for name, one := range map[string]map[string]any{
		"the attribute":         change(m{"a": canary + "1"}, m{"a": canary + "2"}, m{"a": true}, m{"a": true}),
		"only before":           change(m{"a": canary}, m{"a": "open"}, m{"a": true}, m{}),
		"only after":            change(m{"a": canary}, m{"a": canary + "2"}, m{}, m{"a": true}),
		"an element":            change(m{"a": []string{"open", canary}}, m{"a": []string{"open"}}, m{"a": []any{false, true}}, m{}),
		"a value of a map":      change(m{"a": m{"k": canary}}, m{"a": m{}}, m{"a": m{"k": true}}, m{"a": m{}}),
		"the whole object":      change(m{"a": canary}, m{"a": canary + "2"}, true, true),
		"no object on one side": change(m{"a": canary}, m{"a": nil}, m{"a": true}, false),
	} {
		for _, kind := range []string{"resource_changes", "resource_drift"} {
			t.Run(name+" in "+kind, func(t *testing.T) {
				t.Parallel()
				first, second := m{"resource_changes": []any{}}, m{}
				if kind == "resource_changes" {
					first[kind] = []any{one}
				} else {
					second[kind] = []any{one}
				}
				_, report := reported(t, first, second)
				contains(t, report, "1 difference", "`ram_x.y` | `a` | (sensitive) | (sensitive) |")
				lacks(t, report, canary)
			})
		}
	}
}

// A check that fails or has an error counts, for every kind of object; one whose result is unknown does not.
func TestDriftDetection_failedChecksCount(t *testing.T) {
	t.Parallel()
	for status, code := range map[string]int{"pass": 0, "unknown": 0, "fail": 2, "error": 2} {
		for _, kind := range []string{"check", "resource", "output_value"} {
			address := map[string]any{"kind": kind, "to_display": "one.thing"}
			checks := map[string]any{"checks": []any{map[string]any{"address": address, "status": status}}}
			for name, plans := range map[string][2]any{"the plan": {checks, map[string]any{}}, "the refresh-only plan": {map[string]any{"checks": []any{map[string]any{"address": address, "status": "pass"}}}, checks}} {
				r, _ := reported(t, plans[0], plans[1])
				expect(t, status+" of a "+kind+" in "+name, r.ExitCode(), code)
			}
		}
	}
}

// reported is the report of the JSON of two plans, and its Markdown.
func reported(t *testing.T, declared, undeclared any) (reports.Report, string) {
	t.Helper()
	content := [][]byte{}
	for _, plan := range []any{declared, undeclared} {
		plan.(map[string]any)["format_version"] = "1.2"
		b, err := json.Marshal(plan)
		must(t, err)
		content = append(content, b)
	}
	accounts, err := reports.Run{Kind: reports.Drift, Declared: content[0], Undeclared: content[1]}.Accounts()
	must(t, err)
	r := reports.New(reports.Drift, "RAM drift", time.Now(), accounts)
	var b strings.Builder
	must(t, r.WriteMarkdown(&b))
	return r, b.String()
}

// Each attribute that an administrator can change in the console has a line that names who is affected, and each line
// has an attribute.
func TestDriftDetection_whoIsAffected(t *testing.T) {
	t.Parallel()
	known := map[string]struct {
		Who        string
		Severity   string
		Events     []string
		Computed   []string
		Attributes map[string]struct {
			Who      string
			Controls []string
		}
	}{}
	must(t, json.Unmarshal(reports.Attributes(), &known))
	schemas := newCore(t, ramtest.New(t).Getenv).Schemas.ResourceSchemas
	controls := controlsByAttribute()
	for kind, schema := range schemas {
		computed, all := []string{}, map[string]bool{}
		for _, a := range schema.Block.Attributes {
			all[a.Name] = true
			if a.Computed && !a.Optional {
				computed = append(computed, a.Name)
			}
		}
		slices.Sort(computed)
		expect(t, "what is computed of "+kind, known[kind].Computed, computed)
		if known[kind].Who == "" || len(known[kind].Events) == 0 || known[kind].Severity == "" {
			t.Errorf("%s has no words, no events or no severity", kind)
		}
		for name, a := range known[kind].Attributes {
			if !all[name] || a.Who != "" && !strings.HasSuffix(a.Who, ".") {
				t.Errorf("%s.%s: %q", kind, name, a.Who)
			}
		}
		for _, name := range settingFields(kind) {
			a := known[kind].Attributes[name]
			if a.Who == "" {
				t.Errorf("%s.%s affects no user", kind, name)
			}
			expect(t, "the controls of "+kind+"."+name, append([]string{}, a.Controls...), append([]string{}, controls[kind+"."+name]...))
		}
	}
	for kind := range known {
		if schemas[kind] == nil {
			t.Errorf("there is no %s", kind)
		}
	}
}

// controlsByAttribute are the controls of the baselines by the attribute that they
// require, as the report names them: without the version of the CIS benchmark.
func controlsByAttribute() map[string][]string {
	found := map[string][]string{}
	for _, b := range baselines {
		for _, c := range b.controls {
			name := strings.TrimSuffix(strings.TrimSuffix(b.name, "-1.0.0"), "-2.0.0") + " " + c.id
			attribute := "ram_" + c.setting + "." + c.attribute
			if !slices.Contains(found[attribute], name) {
				found[attribute] = append(found[attribute], name)
			}
		}
	}
	return found
}

// The report and the provider agree which of two values is the weaker one.
func TestDriftDetection_directions(t *testing.T) {
	t.Parallel()
	directions(t, "ram_security_preference", securityPreferenceFields())
	directions(t, "ram_password_policy", passwordPolicyFields())
	directions(t, "ram_account_access_key_policy", network.PolicyFields())
	directions(t, "ram_access_key_policy", network.PolicyFields())
}

func directions[S any](t *testing.T, kind string, fields []setting.Field[S]) {
	t.Helper()
	values := []any{true, false, "Active", "Inactive", "mandatory", "adaptive", "independent"}
	for _, n := range []int64{0, 1, 5, 8, 14, 90, 365, 730} {
		values = append(values, n)
	}
	lists := [][]string{{}, {"0.0.0.0/0"}, {"0.0.0.0/1", "128.0.0.0/1"}, {"203.0.113.0/24"}, {"203.0.113.0/25", "203.0.113.128/25"}, {"203.0.113.7"}, {"198.51.100.1"}, {"::/0"}}
	for _, list := range lists {
		values = append(values, list, map[string][]string{"vpc-1": list}, map[string][]string{"AllowAllVPC": list}, map[string][]string{"AllowAllVPC": {"10.0.0.0/8"}, "vpc-1": list})
	}
	values = append(values, map[string][]string{})
	for _, f := range fields {
		for _, x := range values {
			for _, y := range values {
				before, after := attributeOf(x), attributeOf(y)
				if before.Type(t.Context()) != f.Null.Type(t.Context()) && !before.Type(t.Context()).Equal(f.Null.Type(t.Context())) || !before.Type(t.Context()).Equal(after.Type(t.Context())) {
					continue
				}
				want := reports.Other
				switch {
				case f.Weakens(before, after):
					want = reports.Weaker
				case f.Weakens(after, before):
					want = reports.Stronger
				}
				if got := reports.DirectionOf(kind, f.Name, inPlan(t, x), inPlan(t, y)); got != want {
					t.Errorf("%s.%s from %v to %v is %s, the provider says %s", kind, f.Name, x, y, got, want)
				}
			}
		}
	}
}

func attributeOf(v any) attr.Value {
	switch v := v.(type) {
	case bool:
		return types.BoolValue(v)
	case int64:
		return types.Int64Value(v)
	case string:
		return types.StringValue(v)
	case []string:
		return tf.StringSet(v)
	default:
		return tf.StringSetMap(v.(map[string][]string))
	}
}

// inPlan is a value as a plan's JSON has it.
func inPlan(t *testing.T, v any) (out any) {
	t.Helper()
	content, err := json.Marshal(v)
	must(t, err)
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	must(t, decoder.Decode(&out))
	return out
}

// settingFields are the attributes of a setting that the account keeps.
func settingFields(kind string) (names []string) {
	switch kind {
	case preference:
		return fieldNames(newSecurityPreference())
	case policy:
		return fieldNames(newPasswordPolicy())
	case alias:
		return fieldNames(newAccountAlias())
	case "ram_account_access_key_policy":
		return fieldNames(newAccountAccessKeyPolicy())
	case "ram_user_sso_settings":
		return fieldNames(newUserSsoSettings())
	}
	return nil
}

func fieldNames[S any](s *setting.Setting[S]) (names []string) {
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	return names
}

// lacks fails the test if the text holds one of the parts.
func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%q is in:\n%s", part, text)
		}
	}
}
