// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/move"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	migration   = examples + "/migrate-from-alicloud"
	migrated    = "testdata/migrate/terraform.tfstate"
	everyForm   = "testdata/migrate/everything.tfstate"
	migratedKey = "LTAI5tDeployDeployDeploy"
	peoplesPass = "Former-pass/word-4-people"
)

// contentOf is a file as it is.
func contentOf(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	must(t, err)
	return string(content)
}

// writeBlocks runs the script of the example. It returns how it ended, and what it
// wrote to its two outputs.
func writeBlocks(t *testing.T, state string, arguments ...string) (code int, blocks, notes string) {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq on this machine; write-blocks needs it")
	}
	var out, told bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{migration + "/write-blocks"}, arguments...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(state), &out, &told
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	for _, secret := range []string{formerSecret, peoplesPass} {
		for _, form := range acctest.FindSecret(append(out.Bytes(), told.Bytes()...), secret) {
			t.Errorf("the script prints a secret, %s", form)
		}
	}
	return cmd.ProcessState.ExitCode(), out.String(), told.String()
}

// The blocks of the example are those that the script writes for the state of the example.
func TestMigration_theExamplesBlocksAreTheScripts(t *testing.T) {
	t.Parallel()
	for kind, file := range map[string]string{"moved": "after-moved/moved.tf", "import": "after-import/import.tf"} {
		code, blocks, notes := writeBlocks(t, contentOf(t, migrated), kind)
		expect(t, "exit code", code, 0)
		expect(t, kind, blocks, contentOf(t, migration, file))
		want := ""
		if kind == "import" {
			want = "alicloud_ram_login_profile.people: run terraform state rm on it before you plan: a plan with a removed block may print its password\n" +
				"alicloud_ram_access_key.deploy loses its secret by an import: a moved block keeps it\n"
		}
		expect(t, "notes", notes, want)
	}
}

// A move takes a resource as a whole, wherever it is, and names what it leaves alone.
func TestMigration_moves(t *testing.T) {
	t.Parallel()
	code, blocks, notes := writeBlocks(t, contentOf(t, everyForm), "moved")
	expect(t, "exit code", code, 0)
	for _, address := range []string{
		"access_key.old", "access_key_policy.old", "user.counted", "user.nameless", "user.odd",
		"login_profile.p in module.team[\"a.b\"].module.inner[0].", "user.u in module.plain.",
	} {
		name, module, _ := strings.Cut(address, " in ")
		contains(t, blocks, fmt.Sprintf("moved {\n  from = %salicloud_ram_%s\n  to   = %[1]sram_%[2]s\n}\n", module, name))
	}
	contains(t, blocks, "moved {\n  from = alicloud_ram_alias.this\n  to   = ram_account_alias.this\n}\n")
	expect(t, "blocks", strings.Count(blocks, "moved {"), 8)
	contains(t, notes, "data.alicloud_ram_users.all", "alicloud_ram_role.ops", "alicloud_ram_access_key.old has a deposed object",
		"two resources would become ram_password_policy.one", "alicloud_ram_access_key.old is tainted")
	if strings.Contains(blocks+notes, "vpc") {
		t.Errorf("what is not of RAM is named:\n%s%s", blocks, notes)
	}
}

// An import takes each object by its id, and takes the old resource out of the state
// only if all of it is imported.
func TestMigration_imports(t *testing.T) {
	t.Parallel()
	code, blocks, notes := writeBlocks(t, contentOf(t, everyForm), "import")
	expect(t, "exit code", code, 0)
	for to, id := range map[string]string{
		"ram_account_alias.this": "current", "ram_user.counted[0]": "c0", "ram_user.counted[1]": "c1", `ram_user.odd["a\"b$${c}%%{d}"]`: "odd",
		"ram_access_key.old": "LTAInoowner", "ram_access_key_policy.old": "LTAInoowner",
		`module.team["a.b"].module.inner[0].ram_login_profile.p["x"]`: "px", "module.plain.ram_user.u": "mu",
	} {
		contains(t, blocks, fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", to, id))
	}
	for _, from := range []string{"alicloud_ram_user.counted", "alicloud_ram_alias.this", "module.plain.alicloud_ram_user.u"} {
		contains(t, blocks, fmt.Sprintf("removed {\n  from = %s\n\n  lifecycle {\n    destroy = false\n  }\n}\n", from))
	}
	if strings.Contains(blocks, "nameless") {
		t.Errorf("what cannot be imported is removed:\n%s", blocks)
	}
	if strings.Contains(blocks, "alicloud_ram_login_profile") {
		t.Errorf("a plan would print the password:\n%s", blocks)
	}
	contains(t, notes, `module.team["a.b"].module.inner[0].alicloud_ram_login_profile.p: run terraform state rm`)
	contains(t, notes, "alicloud_ram_user.nameless does not say what it is", "alicloud_ram_access_key.old loses its secret", "two resources would become ram_password_policy.one")
}

// The output of show -json is another form of the same.
func TestMigration_readsWhatShowPrints(t *testing.T) {
	t.Parallel()
	const shown = `{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{
		"resources":[{"address":"alicloud_ram_user.people[\"alice\"]","mode":"managed","type":"alicloud_ram_user","name":"people","index":"alice","values":{"id":"1","name":"alice"}},
			{"address":"alicloud_ram_role.r","mode":"managed","type":"alicloud_ram_role","name":"r","tainted":true,"values":{}}],
		"child_modules":[{"address":"module.a[0]","resources":[
			{"address":"module.a[0].alicloud_ram_access_key.k","mode":"managed","type":"alicloud_ram_access_key","name":"k","values":{"id":"LTAI","secret":"` + formerSecret + `","user_name":"bob"}}]}]}}}`
	_, blocks, notes := writeBlocks(t, shown, "moved")
	expect(t, "moved", blocks, "moved {\n  from = alicloud_ram_user.people\n  to   = ram_user.people\n}\n\nmoved {\n  from = module.a[0].alicloud_ram_access_key.k\n  to   = module.a[0].ram_access_key.k\n}\n")
	expect(t, "notes", notes, "left alone: alicloud_ram_role.r (nothing takes its place)\n")
	_, blocks, _ = writeBlocks(t, shown, "import")
	contains(t, blocks, "to = ram_user.people[\"alice\"]\n  id = \"alice\"", "to = module.a[0].ram_access_key.k\n  id = \"bob:LTAI\"", "from = module.a.alicloud_ram_access_key.k")
}

func TestMigration_whatIsNoStateIsRefused(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]int{
		"": 65, "x": 65, "[]": 65, "{}": 65, `"` + formerSecret + `"`: 65, `{"version":3,"modules":[]}`: 65, `{"version":4,"resources":"` + formerSecret + `"}`: 65,
		`{"format_version":"1.0"}`: 0, `{"version":4,"resources":[]}`: 0,
	} {
		code, blocks, notes := writeBlocks(t, state, "moved")
		expect(t, state, code, want)
		expect(t, state, strings.TrimSpace(blocks), "")
		expect(t, state, notes != "", want != 0)
	}
	for _, arguments := range [][]string{nil, {"move"}, {"moved", "import"}} {
		code, _, notes := writeBlocks(t, "{}", arguments...)
		expect(t, "exit code", code, 64)
		contains(t, notes, "usage")
	}
}

// forgetFormer takes the former provider away from a CLI.
func forgetFormer(t *testing.T, c *cli) {
	t.Helper()
	ours, err := binary()
	must(t, err)
	must(t, c.Override(map[string]string{acctest.Source: ours}))
}

// formerProvider builds a provider that knows the former types, and returns its directory.
var formerProvider = sync.OnceValues(func() (string, error) {
	directory := filepath.Join(programs, "alicloud")
	out, err := exec.Command("go", "build", "-o", filepath.Join(directory, "terraform-provider-alicloud"), "./testdata/alicloud").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return directory, nil
})

// before is an account, and a run of a CLI whose state is of the former provider,
// which is still installed.
func before(t *testing.T) (*ramtest.Server, *cli) {
	t.Helper()
	srv := withAlice(t)
	giveKey(srv, "bob", migratedKey, day)
	srv.Change(func(a *ramtest.Account) {
		a.Alias = "acme"
		a.Preference.LoginNetworkMasks, a.Preference.LoginSessionDuration, a.Preference.VerificationTypes = "203.0.113.0/24;198.51.100.7", 8, nil
		a.Policy.MinimumPasswordLength, a.Policy.RequireNumbers, a.Policy.MaxLoginAttempts = 14, true, 5
		deploy := *a.Users["bob"]
		deploy.ID, deploy.Name, deploy.DisplayName, deploy.Comments = "200000000000000003", "deploy", "deploy", "Deploys from CI"
		deploy.Keys[0].Policy = `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`
		a.Users["deploy"], a.Users["bob"].Keys = &deploy, nil
		for _, name := range []string{"alice", "bob"} {
			a.Users[name].LoginProfile = &ramtest.LoginProfile{Password: peoplesPass, Status: "Active", MFABindRequired: true, CreateDate: srv0(a), UpdateDate: srv0(a)}
		}
	})
	c := newCLI(t, srv.Getenv, "")
	former, err := formerProvider()
	must(t, err)
	ours, err := binary()
	must(t, err)
	must(t, c.Override(map[string]string{acctest.Source: ours, "aliyun/alicloud": former}))
	host := "registry.terraform.io"
	if strings.Contains(c.run(0, "version"), "OpenTofu") {
		host = "registry.opentofu.org"
	}
	c.write("terraform.tfstate", strings.ReplaceAll(contentOf(t, migrated), "registry.terraform.io", host))
	return srv, c
}

// notTheBackup leaves out what Terraform keeps of the state before, which holds the password.
func notTheBackup(path string) bool { return strings.HasSuffix(path, ".backup") }

func TestAccMigration_withMovedBlocks(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	c.write("main.tf", contentOf(t, migration, "after-moved", "main.tf"))
	c.write("moved.tf", contentOf(t, migration, "after-moved", "moved.tf"))
	planned := c.run(0, "plan")
	contains(t, planned, `alicloud_ram_user.people["alice"] has moved to ram_user.people["alice"]`, "0 to add, 0 to change, 0 to destroy",
		"The password leaves the state", "The file with the secret stays where it is", "enforce_mfa_for_login was not enforced")
	printed := planned + c.run(0, "apply", "-auto-approve")
	c.write("moved.tf", "") // and without the former provider
	forgetFormer(t, c)
	printed += c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
	contains(t, c.state(), formerSecret, migratedKey, defaultAccount)
	if strings.Contains(c.state(), "alicloud") {
		t.Error("something is left in the state")
	}
	c.scan(srv, printed, peoplesPass, notTheBackup)
	for _, form := range acctest.FindSecret([]byte(printed), formerSecret) {
		t.Errorf("the secret was printed, %s", form)
	}
}

func TestAccMigration_withImportBlocks(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	c.write("main.tf", contentOf(t, migration, "after-import", "main.tf"))
	c.write("import.tf", contentOf(t, migration, "after-import", "import.tf"))
	printed := c.run(0, "state", "rm", "alicloud_ram_login_profile.people") + c.run(0, "plan")
	contains(t, printed, "10 to import, 0 to add, 2 to change, 0 to destroy", "force_destroy") // which is only ours
	printed += c.run(0, "apply", "-auto-approve")
	c.write("import.tf", "")
	forgetFormer(t, c)
	printed += c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
	if strings.Contains(c.state(), "alicloud") {
		t.Error("something is left in the state")
	}
	c.scan(srv, printed, peoplesPass, notTheBackup)
	c.scan(srv, printed, formerSecret, notTheBackup)
}

// Every form of an address: modules, count and for_each, in one run.
func TestAccMigration_ofModulesAndKeys(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	state := contentOf(t, c.Directory, "terraform.tfstate")
	_, rest, _ := strings.Cut(state, `"resources": [`)
	provider := rest[strings.Index(rest, `"provider": `):]
	provider = provider[:strings.Index(provider, "\n")]
	resource := func(module, name, key, user, id string) string {
		return fmt.Sprintf(`{%s "mode": "managed", "type": "alicloud_ram_user", "name": %q, %s "instances": [{%s "schema_version": 0, "attributes": {"id": %q, "name": %q, "force": false}}]}`,
			module, name, provider, key, id, user)
	}
	c.write("terraform.tfstate", `{"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "00000000-0000-4000-8000-000000000002", "outputs": {}, "resources": [`+strings.Join([]string{
		resource("", "counted", `"index_key": 0,`, "alice", aliceID), resource(`"module": "module.team[\"a.b\"]",`, "one", "", "bob", bobID),
		resource(`"module": "module.plain",`, "keyed", `"index_key": "k",`, "deploy", "200000000000000003"),
	}, ",")+`], "check_results": null}`)
	const required = "terraform {\n  required_providers {\n    ram = { source = \"ram-security/ram\" }\n  }\n}\n"
	c.write("main.tf", required+`
resource "ram_user" "counted" {
  count = 1
  name  = "alice"
}
module "team" {
  source   = "./team"
  for_each = toset(["a.b"])
}
module "plain" { source = "./plain" }
`)
	must(t, os.MkdirAll(filepath.Join(c.Directory, "team"), 0o700))
	must(t, os.MkdirAll(filepath.Join(c.Directory, "plain"), 0o700))
	c.write("team/main.tf", required+"resource \"ram_user\" \"one\" {\n  name = \"bob\"\n}\n")
	c.write("plain/main.tf", required+"resource \"ram_user\" \"keyed\" {\n  for_each = { k = \"deploy\" }\n  name     = each.value\n}\n")
	_, blocks, notes := writeBlocks(t, c.state(), "moved")
	expect(t, "notes", notes, "")
	c.write("moved.tf", blocks)
	c.run(0, "get")
	contains(t, c.run(0, "plan"), "0 to add, 0 to change, 0 to destroy")
	c.run(0, "apply", "-auto-approve")
	c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
}

// formerSection is what the guide says of a former type.
func formerSection(kind string, f move.FormerType) string {
	var same []string
	var rows strings.Builder
	for _, a := range f.Attributes {
		if len(a.Targets) == 1 && a.Targets[0] == a.Name && a.Docs == "" {
			same = append(same, "`"+a.Name+"`")
			continue
		}
		becomes := "Removed"
		if len(a.Targets) > 0 {
			becomes = "`" + strings.Join(a.Targets, "`, `") + "`"
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", a.Name, becomes, a.Docs)
	}
	text := fmt.Sprintf("### `%s` becomes `%s`\n\n", f.Name, kind)
	if len(same) > 0 {
		text += "Unchanged: " + strings.Join(same, ", ") + ".\n\n"
	}
	return text + "| `alicloud` | `ram` | Notes |\n|---|---|---|\n" + rows.String()
}

// The guide says of every attribute of every former type what becomes of it.
func TestMigration_theGuideSaysWhatBecomesOfEachAttribute(t *testing.T) {
	t.Parallel()
	guide := contentOf(t, projectRoot, "templates/guides/migrating-from-alicloud.md.tmpl")
	sections := 0
	for kind, types := range formerTypes {
		for _, f := range types {
			sections++
			if section := formerSection(kind, f); !strings.Contains(guide, section+"\n") {
				t.Errorf("the guide does not hold:\n%s", section)
			}
		}
	}
	expect(t, "sections", strings.Count(guide, "\n### `alicloud_ram_"), sections)
}
