// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"go.yaml.in/yaml/v3"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The README of each script begins with commands that work, from the root of the
// repository and with the provider that make has built.
func TestAccExamples_readmes(t *testing.T) {
	t.Parallel()
	for example, code := range map[string]int{"drift-detection": 2, "fleet": 2} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			c := newCLI(t, srv.Getenv, "")
			must(t, os.CopyFS(filepath.Join(c.Directory, "examples"), os.DirFS(examples)))
			f := &fleet{cli: c, srv: srv}
			for _, id := range []string{"1111111111111111", "2222222222222222", "3333333333333333"} {
				srv.AddAccount(id)
				f.employ(id)
			}
			// What make build dev.tfrc leaves.
			must(t, os.Mkdir(filepath.Join(c.Directory, "bin"), 0o700))
			must(t, os.Symlink(ramreport(t), filepath.Join(c.Directory, "bin/ramreport")))
			must(t, os.Symlink(os.Getenv("TF_ACC_TERRAFORM_PATH"), filepath.Join(c.Directory, "bin/terraform")))
			must(t, os.WriteFile(filepath.Join(c.Directory, "bin/make"), []byte("#!/bin/sh\n"), 0o700))
			rules := slices.IndexFunc(c.Environment, func(v string) bool { return strings.HasPrefix(v, "TF_CLI_CONFIG_FILE=") })
			must(t, os.Symlink(strings.TrimPrefix(c.Environment[rules], "TF_CLI_CONFIG_FILE="), filepath.Join(c.Directory, "dev.tfrc")))
			content, err := os.ReadFile(filepath.Join(examples, example, "README.md"))
			must(t, err)
			_, commands, _ := strings.Cut(string(content), "```shell\n")
			commands, _, _ = strings.Cut(commands, "```")
			cmd := exec.CommandContext(t.Context(), "sh", "-c", commands)
			cmd.Dir = c.Directory
			cmd.Env = append(slices.Clone(c.Environment), "PATH="+filepath.Join(c.Directory, "bin")+":"+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
				t.Fatalf("%v:\n%s\n%s", err, commands, out)
			}
			changes := slices.DeleteFunc(writes(srv), func(action string) bool { return action == "AssumeRole" || action == "GenerateCredentialReport" })
			expect(t, "changes", len(changes), 0)
		})
	}
}

// An account that needs an action has one issue, which the next run updates and the first clean run closes. Texts of
// the account are written to a file, never to a command line.
func TestExamples_issues(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	// A gh that keeps its issues in a file each: the name is the label.
	const gh = `#!/bin/sh
case "$1 $2" in
"label create") ;;
"issue list") [ ! -e "$ISSUES/$8" ] || echo 7 ;;
"issue close") echo closed "$3"; rm "$ISSUES"/account* ;;
"issue edit") cat "$5" >"$(echo "$ISSUES"/account*)"; echo edited "$3" >>"$ISSUES/log" ;;
"issue create") cat "${10}" >"$ISSUES/$8" ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac
`
	issues := filepath.Join(directory, "issues")
	must(t, os.Mkdir(issues, 0o700))
	must(t, os.WriteFile(filepath.Join(directory, "gh"), []byte(gh), 0o700))
	const id = "1234567890123456"
	run := func(status string) string {
		t.Helper()
		report := fmt.Sprintf(`{"version":1,"kind":"drift","title":"x","time":"2026-01-01T00:00:00Z","accounts":[{"id":%q,"status":%q,"reason":"$(touch owned)"}]}`, id, status)
		must(t, os.WriteFile(filepath.Join(directory, "report.json"), []byte(report), 0o600))
		script, err := filepath.Abs(driftDetection + "/issues.sh")
		must(t, err)
		cmd := exec.CommandContext(t.Context(), script, "report.json")
		cmd.Dir = directory
		cmd.Env = []string{"PATH=" + directory + ":" + os.Getenv("PATH"), "ISSUES=" + issues, "RAMREPORT=" + ramreport(t), "TMPDIR=" + directory}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(issues, name))
		return !errors.Is(err, os.ErrNotExist)
	}
	run("clean")
	expect(t, "an issue of a clean account", exists("account "+id), false)
	run("failed")
	content, err := os.ReadFile(filepath.Join(issues, "account "+id))
	must(t, err)
	contains(t, string(content), "# RAM drift: not known", "`$(touch owned)`")
	run("differs")
	expect(t, "an update", exists("log"), true)
	contains(t, run("clean"), "closed 7")
	expect(t, "the issue of an account that is clean again", exists("account "+id), false)
}

const policyAsCode = examples + "/policy-as-code"

// conftest finds conftest, which make policy builds.
func conftest(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CONFTEST"); path != "" {
		return path
	}
	path, err := exec.LookPath("conftest")
	if err != nil {
		t.Skip("no conftest on this machine: make policy builds it")
	}
	return path
}

// The Rego rules pass their own tests, and evaluate the plans of a real CLI: each rule of a weak configuration fails,
// and none of a strong one.
func TestAccPolicyAsCode_rego(t *testing.T) {
	t.Parallel()
	program := conftest(t)
	rego, err := filepath.Abs(policyAsCode + "/rego")
	must(t, err)
	if out, err := exec.CommandContext(t.Context(), program, "verify", "--no-color", "--policy", rego).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, one := range map[string]struct {
		config string
		code   int
		ids    []string
	}{
		"weak": {`
			variable "length" { default = 8 }
			resource "ram_password_policy" "this" {
				minimum_password_length      = var.length
				require_numbers              = false
				require_symbols              = false
				require_lowercase_characters = false
				require_uppercase_characters = false
				max_password_age             = 0
				password_reuse_prevention    = 5
				max_login_attempts           = 0
			}
			resource "ram_security_preference" "this" {
				mfa_operation_for_login          = "adaptive"
				enable_save_mfa_ticket           = true
				allow_user_to_manage_access_keys = true
				max_idle_days_for_users          = 730
				max_idle_days_for_access_keys    = 730
				login_network_masks              = ["0.0.0.0/0"]
			}
			resource "ram_user" "ci" { name = "ci" }
			resource "ram_access_key" "ci" { user_name = ram_user.ci.name }`, 1, []string{
			"CKV_ALI_13", "CKV_ALI_14", "CKV_ALI_15", "CKV_ALI_16", "CKV_ALI_17", "CKV_ALI_18", "CKV_ALI_19", "CKV_ALI_23", "CKV_ALI_24", "RAM_1", "RAM_2", "RAM_3", "RAM_4", "RAM_5", "RAM_7",
		}},
		"strong": {`
			resource "ram_password_policy" "this" {
				minimum_password_length      = 14
				require_numbers              = true
				require_symbols              = true
				require_lowercase_characters = true
				require_uppercase_characters = true
				max_password_age             = 90
				password_reuse_prevention    = 24
				max_login_attempts           = 5
			}
			resource "ram_security_preference" "this" {
				mfa_operation_for_login          = "mandatory"
				enable_save_mfa_ticket           = false
				allow_user_to_manage_access_keys = false
				max_idle_days_for_users          = 90
				max_idle_days_for_access_keys    = 90
				login_network_masks              = ["203.0.113.0/24"]
			}`, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCLI(t, ramtest.New(t).Getenv, one.config)
			c.run(0, "plan", "-out=tfplan")
			shown, err := c.command("show", "-json", "tfplan").Output()
			must(t, err)
			c.write("plan.json", string(shown))
			cmd := exec.CommandContext(t.Context(), program, "test", "--no-color", "--policy", rego, "plan.json")
			cmd.Dir = c.Directory
			out, _ := cmd.CombinedOutput() // the code is judged
			expect(t, "code", cmd.ProcessState.ExitCode(), one.code)
			found := []string{}
			for _, id := range regexp.MustCompile(`(?m)^FAIL .* - (\w+): ram_`).FindAllStringSubmatch(string(out), -1) {
				found = append(found, id[1])
			}
			slices.Sort(found)
			expect(t, "rules in\n"+string(out), slices.Compact(found), append([]string{}, one.ids...))
		})
	}
}

// The types, attributes and operators in the Checkov pack exist. The test does not run Checkov, which is no Go
// program.
func TestPolicyAsCode_checkov(t *testing.T) {
	t.Parallel()
	operators := []string{"equals", "greater_than_or_equal", "less_than_or_equal", "exists", "is_not_empty", "not_contains"}
	schemas := newCore(t, ramtest.New(t).Getenv).Schemas.ResourceSchemas
	files, err := filepath.Glob(policyAsCode + "/checkov/*.yaml")
	must(t, err)
	readme, err := os.ReadFile(policyAsCode + "/README.md")
	must(t, err)
	seen := map[string]bool{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		var policy struct {
			Metadata   struct{ ID, Name, Category, Severity string }
			Definition map[string]any
		}
		must(t, yaml.Unmarshal(content, &policy))
		id := policy.Metadata.ID
		if !regexp.MustCompile(`^CKV2_RAM_\d+$`).MatchString(id) || seen[id] || policy.Metadata.Name == "" || policy.Metadata.Category != "IAM" {
			t.Errorf("%s: %+v", file, policy.Metadata)
		}
		seen[id] = true
		contains(t, string(readme), "| "+id+" |")
		conditions := []any{policy.Definition}
		if list, ok := policy.Definition["and"].([]any); ok {
			conditions = list
		}
		for _, condition := range conditions {
			c := condition.(map[string]any)
			attribute, _ := c["attribute"].(string)
			operator, _ := c["operator"].(string)
			_, valued := c["value"]
			if c["cond_type"] != "attribute" || !slices.Contains(operators, operator) || valued == (operator == "exists" || operator == "is_not_empty") {
				t.Errorf("%s: %v", file, c)
			}
			for _, kind := range c["resource_types"].([]any) {
				schema := schemas[kind.(string)]
				if schema == nil || !slices.ContainsFunc(schema.Block.Attributes, func(a *tfprotov6.SchemaAttribute) bool { return a.Name == attribute }) {
					t.Errorf("%s: there is no %v.%s", file, kind, attribute)
				}
			}
		}
	}
	expect(t, "policies", len(seen), 15)
}
