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
	"regexp"
	"slices"
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
	var out, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{migration + "/write-blocks"}, arguments...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(state), &out, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	for _, secret := range []string{formerSecret, peoplesPass} {
		for _, form := range acctest.FindSecret(append(out.Bytes(), stderr.Bytes()...), secret) {
			t.Errorf("the script prints a secret, %s", form)
		}
	}
	return cmd.ProcessState.ExitCode(), out.String(), stderr.String()
}

// The blocks of the example are those that the script writes for the state of the example.
func TestMigration_theExampleHasTheBlocksOfTheScript(t *testing.T) {
	t.Parallel()
	for kind, file := range map[string]string{"moved": "after-moved/moved.tf", "import": "after-import/import.tf"} {
		code, blocks, notes := writeBlocks(t, contentOf(t, migrated), kind)
		expect(t, "exit code", code, 0)
		expect(t, kind, blocks, contentOf(t, migration, file))
		_, providers, _ := writeBlocks(t, contentOf(t, migrated), "providers")
		expect(t, "providers", providers, contentOf(t, migration, filepath.Dir(file), "providers.tf"))
		want := ""
		if kind == "import" {
			want = "alicloud_ram_access_key.deploy is moved and not imported: an import loses its secret\n" +
				"alicloud_ram_login_profile.people is moved and not imported: a plan that removes it prints its password\n"
		}
		expect(t, "notes", notes, want)
	}
}

// A move covers a resource as a whole, at any address, and names what it does not move.
func TestMigration_moves(t *testing.T) {
	t.Parallel()
	code, blocks, notes := writeBlocks(t, named(sound(contentOf(t, everyForm))), "moved")
	expect(t, "exit code", code, 0)
	for _, address := range []string{
		"access_key.old", "access_key_policy.old", "user.counted", "user.nameless", "user.odd",
		"login_profile.p in module.team[\"a.b\"].module.inner[0].", "user.u in module.plain.",
	} {
		name, module, _ := strings.Cut(address, " in ")
		contains(t, blocks, fmt.Sprintf("moved {\n  from = %salicloud_ram_%s\n  to   = %[1]sram_%[2]s\n}\n", module, name))
	}
	contains(t, blocks, "moved {\n  from = alicloud_ram_alias.this\n  to   = ram_account_alias.this\n}\n")
	expect(t, "blocks", strings.Count("\n"+blocks, "\nmoved {"), 9)
	contains(t, blocks, "from = alicloud_ram_password_policy.one\n  to   = ram_password_policy.one\n", "removed {\n  from = alicloud_ram_account_password_policy.one\n\n  lifecycle {\n    destroy = false\n")
	contains(t, notes, "data.alicloud_ram_users.all", "alicloud_ram_role.ops",
		"alicloud_ram_account_password_policy.one leaves the state, because alicloud_ram_password_policy.one is the same setting of the account: delete its resource block")
	if strings.Contains(blocks+notes, "vpc") {
		t.Errorf("what is not of RAM is named:\n%s%s", blocks, notes)
	}
}

// sound is a state without the objects that the script rejects.
func sound(state string) string {
	state = strings.Replace(state, `"status": "tainted"`, `"status": null`, 1)
	return strings.Replace(state, `"deposed": "byebye01"`, `"deposed": null`, 1)
}

// named is a state whose users all have a name.
func named(state string) string { return strings.Replace(state, `"name": ""`, `"name": "four"`, 1) }

// A state is rejected as a whole if a block of it would destroy an object or lose a secret, or if the
// object of the block is not known. The reason has the next command.
func TestMigration_rejects(t *testing.T) {
	t.Parallel()
	const one = `{"version":4,"resources":[%s]}`
	resource := func(kind, name, provider, more string) string {
		return fmt.Sprintf(`{"mode":"managed","type":%q,"name":%q,"provider":"provider[\"%s\"]%s","instances":[{%s}]}`, kind, name,
			strings.Split(provider, "|")[0], strings.TrimPrefix(provider, strings.Split(provider, "|")[0]+"|"), more)
	}
	const official = "registry.terraform.io/aliyun/alicloud|"
	attributes := `"attributes":{"id":"1234567890123456","name":"alice"}`
	incomplete := func(kind, values string) string {
		return fmt.Sprintf(one, resource(kind, "x", official, `"attributes":`+values))
	}
	for _, x := range []struct {
		name, kind, state, says string
	}{
		{"tainted", "moved", contentOf(t, everyForm), "alicloud_ram_access_key.old is tainted, and the next plan would replace it. Run: terraform untaint 'alicloud_ram_access_key.old'"},
		{"deposed", "moved", contentOf(t, everyForm), "alicloud_ram_access_key.old has a deposed object. Apply once with the old provider."},
		{"a user without a name", "moved", sound(contentOf(t, everyForm)), "alicloud_ram_user.nameless does not say which object it is: its state has no name."},
		{"a group without a name", "moved", incomplete("alicloud_ram_group", `{"id":"g"}`), "its state has no name or group_name. Run: terraform apply -refresh-only"},
		{"users of no group", "moved", incomplete("alicloud_ram_group_membership", `{"user_names":["a","b"],"group_name":null}`), "its state has no group_name."},
		{"a user of no group", "moved", incomplete("alicloud_ram_user_group_attachment", `{"user_name":"a"}`), "its state has no group_name."},
		{"an attachment without its names", "moved", incomplete("alicloud_ram_role_policy_attachment", `{"policy_name":"P"}`), "its state has no policy_type and no role_name."},
		{"a login profile without a user", "moved", incomplete("alicloud_ram_login_profile", `{"password":"`+peoplesPass+`"}`), "its state has no user_name or id."},
		{"a key without an id", "moved", incomplete("alicloud_ram_access_key", `{"secret":"`+formerSecret+`"}`), "its state has no id."},
		{"a network policy without a key", "moved", incomplete("alicloud_ram_access_key_policy", `{}`), "its state has no user_access_key_id or id."},
		{"without a name", "import", sound(contentOf(t, everyForm)), "alicloud_ram_user.nameless does not say which object it is: its state has no name. Run: terraform apply -refresh-only, with the old provider."},
		{
			"there already", "moved", fmt.Sprintf(one, resource("alicloud_ram_user", "u", official, attributes)+","+resource("ram_user", "u", "registry.terraform.io/ram-security/ram|", attributes)),
			"ram_user.u is in the state already, beside alicloud_ram_user.u. To move it again, run: terraform state rm 'ram_user.u'",
		},
		{
			"a provider of another name", "moved", fmt.Sprintf(one, resource("alicloud_ram_user", "u", "registry.terraform.io/acme/fork|", attributes)),
			"If it is a copy of it, run: terraform state replace-provider 'registry.terraform.io/acme/fork' aliyun/alicloud",
		},
		{
			"two settings without their providers", "moved", `{"format_version":"1.0","values":{"root_module":{"resources":[
			{"mode":"managed","type":"alicloud_ram_password_policy","name":"a","values":{}},{"mode":"managed","type":"alicloud_ram_account_password_policy","name":"b","values":{}}]}}}`,
			"Use the output of terraform state pull, which has them.",
		},
	} {
		code, blocks, notes := writeBlocks(t, x.state, x.kind)
		expect(t, x.name+": exit code", code, 1)
		expect(t, x.name+": blocks", strings.TrimSpace(blocks), "")
		contains(t, notes, x.says)
	}
}

// Several old types become one type. Resources that would get the same address get different names, also after others
// of the name were moved.
func TestMigration_oneNameOfSeveralTypes(t *testing.T) {
	t.Parallel()
	resource := func(kind, provider, attributes string) string {
		return fmt.Sprintf(`{"mode":"managed","type":%q,"name":"a","provider":"provider[\"registry.terraform.io/%s\"]","instances":[{"attributes":%s}]}`, kind, provider, attributes)
	}
	const official = "aliyun/alicloud"
	ofUser := resource("alicloud_ram_user_policy_attachment", official, `{"user_name":"u","policy_name":"P","policy_type":"System"}`)
	ofGroup := resource("alicloud_ram_group_policy_attachment", official, `{"group_name":"g","policy_name":"P","policy_type":"System"}`)
	for name, x := range map[string]struct {
		resources []string
		becomes   map[string]string
	}{
		"settings of two accounts": {
			[]string{resource("alicloud_ram_alias", official, `{"id":"acme"}`), strings.Replace(resource("alicloud_ram_account_alias", official, `{"id":"acme"}`), `\"]"`, `\"].other"`, 1)},
			map[string]string{"alicloud_ram_alias.a": "ram_account_alias.a_alias", "alicloud_ram_account_alias.a": "ram_account_alias.a_account"},
		},
		"attachments": {
			[]string{ofUser, ofGroup},
			map[string]string{"alicloud_ram_user_policy_attachment.a": "ram_policy_attachment.a_user", "alicloud_ram_group_policy_attachment.a": "ram_policy_attachment.a_group"},
		},
		"an attachment after another": {
			[]string{resource("ram_policy_attachment", "ram-security/ram", `{}`), ofGroup},
			map[string]string{"alicloud_ram_group_policy_attachment.a": "ram_policy_attachment.a_group"},
		},
		"memberships": {
			[]string{resource("alicloud_ram_user_group_attachment", official, `{"user_name":"u","group_name":"g"}`), resource("alicloud_ram_group_membership", official, `{"user_names":["u"],"group_name":"h"}`)},
			map[string]string{"alicloud_ram_user_group_attachment.a": "ram_group_membership.a_user", "alicloud_ram_group_membership.a": "ram_group_membership.a_group"},
		},
	} {
		code, blocks, notes := writeBlocks(t, `{"version":4,"resources":[`+strings.Join(x.resources, ",")+`]}`, "moved")
		expect(t, name, code, 0)
		expect(t, name+": blocks", strings.Count(blocks, "moved {"), len(x.becomes))
		for from, to := range x.becomes {
			contains(t, blocks, fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", from, to))
			contains(t, notes, from+" becomes "+to)
		}
	}
}

// A membership of one user is moved. One of several users becomes a resource for each of them, in every
// instance and module that the code is used for.
func TestMigration_memberships(t *testing.T) {
	t.Parallel()
	membership := func(module, name, instances string) string {
		return fmt.Sprintf(`{"mode":"managed",%s"type":"alicloud_ram_group_membership","name":%q,"provider":"provider[\"registry.terraform.io/aliyun/alicloud\"].prod","instances":[%s]}`, module, name, instances)
	}
	one := func(key, group string, users ...string) string {
		names, err := json.Marshal(users)
		must(t, err)
		return fmt.Sprintf(`{%s"attributes":{"id":%q,"group_name":%[2]q,"user_names":%s}}`, key, group, names)
	}
	state := `{"version":4,"resources":[` + strings.Join([]string{
		membership("", "single", one("", "dev", "alice")), membership("", "several", one("", "ops", "bob", "alice")), membership("", "empty", one("", "none")),
		membership(`"module":"module.m[0]",`, "keyed", one(`"index_key":"x",`, "dev", "alice")), membership(`"module":"module.m[1]",`, "keyed", one(`"index_key":"y",`, "qa", "alice", "bob")),
	}, ",") + "]}"
	for _, kind := range []string{"moved", "import"} {
		code, blocks, notes := writeBlocks(t, state, kind)
		expect(t, "exit code", code, 0)
		for to, id := range map[string]string{
			`ram_group_membership.several["alice"]`: "alice:ops", `ram_group_membership.several["bob"]`: "bob:ops",
			`module.m[0].ram_group_membership.keyed["x:alice"]`: "alice:dev", `module.m[1].ram_group_membership.keyed["y:alice"]`: "alice:qa", `module.m[1].ram_group_membership.keyed["y:bob"]`: "bob:qa",
		} {
			contains(t, blocks, fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", to, id))
		}
		for _, from := range []string{"several", "empty"} {
			contains(t, blocks, "removed {\n  from = alicloud_ram_group_membership."+from+"\n\n  lifecycle {\n    destroy = false\n  }\n}\n")
		}
		expect(t, "blocks of both modules", strings.Count(blocks, "from = module.m.alicloud_ram_group_membership.keyed"), 1)
		contains(t, blocks, "# module.m[0] needs: providers = { ram = ram.prod }\n", "# The resource needs: provider = ram.prod\n")
		contains(t, notes, `ram_group_membership.several needs for_each with the keys "alice", "bob"`, "alicloud_ram_group_membership.empty has no users, and leaves the state: delete its resource block",
			`module.m[1].ram_group_membership.keyed needs for_each with the keys "y:alice", "y:bob"`)
		if kind == "moved" {
			contains(t, blocks, "moved {\n  from = alicloud_ram_group_membership.single\n  to   = ram_group_membership.single\n}\n")
			lacks(t, notes, "single")
		} else {
			contains(t, blocks, "import {\n  to = ram_group_membership.single\n  id = \"alice:dev\"\n}\n")
		}
	}
}

// Each alias has a provider block with its account, and each resource of an alias says which
// provider it needs. Settings of two accounts are both moved.
func TestMigration_aliases(t *testing.T) {
	t.Parallel()
	policyOf := func(name, alias, account string) string {
		return fmt.Sprintf(`{"mode":"managed","type":"alicloud_ram_password_policy","name":%q,"provider":"provider[\"mirror.example.com/acme/alicloud\"]%s","instances":[{"attributes":{"id":%q}}]}`, name, alias, account)
	}
	state := `{"version":4,"resources":[` + policyOf("a", "", "1234567890123456") + "," + policyOf("b", ".prod", "2234567890123456") + "," +
		`{"mode":"managed","type":"alicloud_ram_user","name":"u","provider":"provider[\"mirror.example.com/acme/alicloud\"].test","instances":[{"attributes":{"id":"7","name":"u"}}]}]}`
	for range 2 { // it can run again
		_, blocks, notes := writeBlocks(t, state, "moved")
		expect(t, "notes", notes, "")
		expect(t, "moved", blocks, `moved {
  from = alicloud_ram_password_policy.a
  to   = ram_password_policy.a
}

# The resource needs: provider = ram.prod
moved {
  from = alicloud_ram_password_policy.b
  to   = ram_password_policy.b
}

# The resource needs: provider = ram.test
moved {
  from = alicloud_ram_user.u
  to   = ram_user.u
}
`)
	}
	_, blocks, _ := writeBlocks(t, state, "providers")
	expect(t, "providers", blocks, `provider "ram" {
  allowed_account_ids = ["1234567890123456"]
}

provider "ram" {
  alias               = "prod"
  allowed_account_ids = ["2234567890123456"]
}

provider "ram" {
  alias = "test"
  # No setting in the state has the id of the account: add allowed_account_ids.
}
`)
}

// formerSetting is a resource in a state file. The provider is that of the resource, or has a "%s" for
// the keys of its instances, as OpenTofu has.
func formerSetting(module, kind, name, provider string, instances ...string) string {
	if module != "" {
		module = fmt.Sprintf(`"module":%q,`, module)
	}
	return fmt.Sprintf(`{"mode":"managed",%s"type":"alicloud_ram_%s","name":%q,"provider":%q,"instances":[%s]}`, module, kind, name, provider, strings.Join(instances, ","))
}

const (
	officialProvider = `provider["registry.terraform.io/aliyun/alicloud"]`
	idOfAccount      = `{"attributes":{"id":"` + defaultAccount + `"}}`
	idOfStranger     = `{"attributes":{"id":"` + strangerAccount + `"}}`
	idOfNone         = `{"attributes":{"id":"ram-account-password-policy"}}`
)

func stateFile(resources ...string) string {
	return `{"version":4,"resources":[` + strings.Join(resources, ",") + `]}`
}

// A provider block has one account. A provider configuration in a module and those of the keys of
// for_each have blocks and accounts of their own.
func TestMigration_oneAccountForEachProvider(t *testing.T) {
	t.Parallel()
	keyed := func(key, id string) string {
		return fmt.Sprintf(`{"index_key":%q,"provider":%q,"attributes":{"id":%q}}`, key, officialProvider+fmt.Sprintf(".by[%q]", key), id)
	}
	instances := stateFile(formerSetting("", "password_policy", "p", "", keyed("a", defaultAccount), keyed("b", strangerAccount), keyed("c", "ram-account-password-policy")))
	inModule := stateFile(formerSetting("", "password_policy", "p", officialProvider, idOfAccount), formerSetting("module.m", "password_policy", "p", "module.m."+officialProvider, idOfStranger),
		formerSetting("module.m.module.n", "account_alias", "a", "module.m."+officialProvider+".x", idOfStranger))
	for name, x := range map[string]struct{ state, mode, blocks string }{
		"a provider in a module": {inModule, "providers", `provider "ram" {
  allowed_account_ids = ["` + defaultAccount + `"]
}

# module.m has a provider block of its own. Write this one into the code of the module:
# provider "ram" {
#   allowed_account_ids = ["` + strangerAccount + `"]
# }

# module.m has a provider block of its own. Write this one into the code of the module:
# provider "ram" {
#   alias               = "x"
#   allowed_account_ids = ["` + strangerAccount + `"]
# }
`},
		"resources of a provider in a module": {inModule, "moved", `moved {
  from = alicloud_ram_password_policy.p
  to   = ram_password_policy.p
}

moved {
  from = module.m.alicloud_ram_password_policy.p
  to   = module.m.ram_password_policy.p
}

# module.m.module.n needs: providers = { ram = ram.x }
moved {
  from = module.m.module.n.alicloud_ram_account_alias.a
  to   = module.m.module.n.ram_account_alias.a
}
`},
		"a provider with for_each": {instances, "providers", `provider "ram" {
  alias = "by"
  for_each = {
    "a" = "` + defaultAccount + `"
    "b" = "` + strangerAccount + `"
    "c" = "" # No setting in the state has the id of the account: add it.
  }
  allowed_account_ids = [each.value]
}
`},
		"instances of a provider with for_each": {instances, "moved", `# ram_password_policy.p["a"] needs: provider = ram.by["a"]
# ram_password_policy.p["b"] needs: provider = ram.by["b"]
# ram_password_policy.p["c"] needs: provider = ram.by["c"]
moved {
  from = alicloud_ram_password_policy.p
  to   = ram_password_policy.p
}
`},
	} {
		code, blocks, notes := writeBlocks(t, x.state, x.mode)
		expect(t, name+": code", code, 0)
		expect(t, name+": notes", notes, "")
		expect(t, name, blocks, x.blocks)
	}
	_, blocks, _ := writeBlocks(t, instances, "import")
	contains(t, blocks, `# ram_password_policy.p["a"] needs: provider = ram.by["a"]
import {
  to = ram_password_policy.p["a"]
  id = "`+defaultAccount+`"
}
`)
}

// A state whose provider configurations are not clear is rejected, also for provider blocks.
func TestMigration_rejectsUnclearProviders(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		state string
		modes []string
		says  string
	}{
		"two accounts": {
			stateFile(formerSetting("", "password_policy", "p", officialProvider, idOfAccount), formerSetting("", "account_alias", "a", officialProvider, idOfStranger)),
			[]string{"moved", "import", "providers"},
			officialProvider + " has settings of several accounts: alicloud_ram_account_alias.a (" + strangerAccount + "), alicloud_ram_password_policy.p (" + defaultAccount + "). Give those of each account a provider configuration of its own",
		},
		"another form": {
			stateFile(formerSetting("", "user", "u", "provider.alicloud", `{"attributes":{"id":"7","name":"u"}}`)),
			[]string{"moved", "import", "providers"},
			"alicloud_ram_user.u has the provider provider.alicloud, which this script does not know.",
		},
		"the output of show": {
			`{"format_version":"1.0","values":{"root_module":{"resources":[{"mode":"managed","type":"alicloud_ram_user","name":"u","provider_name":"registry.terraform.io/aliyun/alicloud","values":{"id":"7","name":"u"}}]}}}`,
			[]string{"providers"},
			"The output of terraform show lacks the provider configurations. Use the output of terraform state pull.",
		},
	} {
		for _, mode := range x.modes {
			code, blocks, notes := writeBlocks(t, x.state, mode)
			expect(t, name+": code of "+mode, code, 1)
			expect(t, name, strings.TrimSpace(blocks), "")
			contains(t, notes, x.says)
		}
	}
}

// An account has each setting once, whatever the names of its providers are.
func TestMigration_oneSettingForEachAccount(t *testing.T) {
	t.Parallel()
	mirror, prod := `provider["mirror.example.com/acme/alicloud"]`, officialProvider+".prod"
	policy, older := "password_policy", "account_password_policy"
	for name, x := range map[string]struct {
		state string
		code  int
		says  string
	}{
		"a mirror": {
			stateFile(formerSetting("", policy, "new", mirror, idOfNone), formerSetting("", older, "old", officialProvider, idOfNone)), 0,
			"alicloud_ram_account_password_policy.old leaves the state, because alicloud_ram_password_policy.new is the same setting",
		},
		"two aliases of one account": {
			stateFile(formerSetting("", policy, "a", officialProvider, idOfAccount), formerSetting("", policy, "b", prod, idOfAccount)), 0,
			"alicloud_ram_password_policy.b leaves the state, because alicloud_ram_password_policy.a is the same setting",
		},
		"the account of another setting": {
			stateFile(formerSetting("", policy, "new", prod, idOfAccount), formerSetting("", older, "old", officialProvider, idOfNone), formerSetting("", "account_alias", "a", officialProvider, idOfAccount)), 0,
			"alicloud_ram_account_password_policy.old leaves the state, because alicloud_ram_password_policy.new is the same setting",
		},
		"two instances": {
			stateFile(formerSetting("", policy, "p", officialProvider, `{"index_key":0,`+idOfAccount[1:], `{"index_key":1,`+idOfAccount[1:])), 1,
			"alicloud_ram_password_policy.p[1] and alicloud_ram_password_policy.p[0] are one setting of an account. Remove one of them from the configuration and from the state: terraform state rm 'alicloud_ram_password_policy.p[1]'",
		},
		"two instances of the older type": {
			stateFile(formerSetting("", older, "p", officialProvider, `{"index_key":0,`+idOfNone[1:], `{"index_key":1,`+idOfNone[1:])), 1, "are one setting of an account.",
		},
		"two modules": {
			stateFile(formerSetting("module.m[0]", policy, "p", officialProvider, idOfAccount), formerSetting("module.m[1]", policy, "p", officialProvider, idOfAccount)), 1,
			"terraform state rm 'module.m[1].alicloud_ram_password_policy.p'",
		},
		"two accounts": {stateFile(formerSetting("", policy, "a", officialProvider, idOfAccount), formerSetting("", policy, "b", prod, idOfStranger)), 0, ""},
	} {
		code, blocks, notes := writeBlocks(t, x.state, "moved")
		expect(t, name+": code", code, x.code)
		contains(t, notes, x.says)
		if x.code == 0 && x.says != "" {
			leaves, _, _ := strings.Cut(x.says, " ")
			expect(t, name+": moved", strings.Count(blocks, "to   = ram_password_policy"), 1)
			contains(t, blocks, "removed {\n  from = "+leaves+"\n")
		}
	}
}

// An import identifies the object in all accounts, if the old state has its id.
func TestMigration_importsByID(t *testing.T) {
	t.Parallel()
	user := func(name, attributes string) string {
		return formerSetting("", "user", name, officialProvider, `{"attributes":`+attributes+`}`)
	}
	_, blocks, notes := writeBlocks(t, stateFile(user("a", `{"id":"`+aliceID+`","name":"alice"}`), user("early", `{"id":"bob","name":"bob"}`),
		formerSetting("", "account_alias", "a", officialProvider+".prod", idOfAccount), formerSetting("", "account_password_policy", "p", officialProvider+".prod", idOfNone),
		formerSetting("", "security_preference", "s", officialProvider, `{"attributes":{"id":"RamSecurityPreference"}}`),
		formerSetting("", "alias", "digits", officialProvider, `{"attributes":{"id":"`+strangerAccount+`","account_alias":"`+strangerAccount+`"}}`),
		formerSetting("", "role_policy_attachment", "r", officialProvider, `{"attributes":{"role_name":"ops","policy_name":"P","policy_type":"Custom"}}`),
		formerSetting("", "user_group_attachment", "m", officialProvider, `{"attributes":{"group_name":"dev","user_name":"alice"}}`),
		formerSetting("", "group", "g", officialProvider, `{"attributes":{"id":"dev","group_name":"dev"}}`)), "import")
	expect(t, "notes", notes, "")
	for to, id := range map[string]string{
		"ram_user.a": aliceID, "ram_user.early": "bob", "ram_account_alias.a": defaultAccount, "ram_password_policy.p": defaultAccount, "ram_security_preference.s": "current", "ram_account_alias.digits": "current",
		"ram_policy_attachment.r": "role:P:Custom:ops", "ram_group_membership.m": "alice:dev", "ram_group.g": "dev",
	} {
		contains(t, blocks, fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", to, id))
	}
}

// An import uses the id of each object, and removes the old resource from the state.
func TestMigration_imports(t *testing.T) {
	t.Parallel()
	code, blocks, notes := writeBlocks(t, named(sound(contentOf(t, everyForm))), "import")
	expect(t, "exit code", code, 0)
	for to, id := range map[string]string{
		"ram_account_alias.this": "1234567890123456", "ram_user.counted[0]": "c0", "ram_user.counted[1]": "c1", `ram_user.odd["a\"b$${c}%%{d}"]`: "odd",
		"ram_access_key_policy.old": "LTAInoowner", "module.plain.ram_user.u": "mu",
	} {
		contains(t, blocks, fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", to, id))
	}
	for _, from := range []string{"alicloud_ram_user.counted", "alicloud_ram_alias.this", "module.plain.alicloud_ram_user.u"} {
		contains(t, blocks, fmt.Sprintf("removed {\n  from = %s\n\n  lifecycle {\n    destroy = false\n  }\n}\n", from))
	}
	for _, from := range []string{`module.team["a.b"].module.inner[0].alicloud_ram_login_profile.p`, "alicloud_ram_access_key.old"} {
		contains(t, blocks, fmt.Sprintf("moved {\n  from = %s\n", from))
		lacks(t, blocks, "removed {\n  from = "+from)
	}
	contains(t, notes, `module.team["a.b"].module.inner[0].alicloud_ram_login_profile.p is moved and not imported`, "alicloud_ram_access_key.old is moved and not imported")
}

// The output of show -json is another form of the state.
func TestMigration_readsTheOutputOfShow(t *testing.T) {
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
	contains(t, blocks, "to = ram_user.people[\"alice\"]\n  id = \"alice\"", "from = module.a[0].alicloud_ram_access_key.k\n  to   = module.a[0].ram_access_key.k", "from = alicloud_ram_user.people\n\n")
}

func TestMigration_invalidStateIsRefused(t *testing.T) {
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

// removeFormer takes the former provider away from a CLI.
func removeFormer(t *testing.T, c *cli) {
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
	addKey(srv, "bob", migratedKey, day)
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
	c.write("providers.tf", contentOf(t, migration, "after-moved", "providers.tf"))
	c.write("moved.tf", contentOf(t, migration, "after-moved", "moved.tf"))
	planned := c.run(0, "plan")
	contains(t, planned, `alicloud_ram_user.people["alice"] has moved to ram_user.people["alice"]`, "0 to add, 0 to change, 0 to destroy",
		"Passwords are removed from the state", "The file with the secret was not deleted", "enforce_mfa_for_login was not enforced")
	printed := planned + c.run(0, "apply", "-auto-approve")
	c.write("moved.tf", "") // and without the former provider
	removeFormer(t, c)
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
	c.write("providers.tf", contentOf(t, migration, "after-import", "providers.tf"))
	c.write("import.tf", contentOf(t, migration, "after-import", "import.tf"))
	printed := c.run(0, "plan", "-out=plan.bin")
	contains(t, printed, "7 to import, 0 to add, 2 to change, 0 to destroy", "force_destroy") // which is only ours
	code, verdict, notes := writeBlocks(t, c.shown("plan.bin"), "--check")
	expect(t, "code of the check", code, 0)
	contains(t, verdict+notes, "OK: 3 moved, 7 imported; nothing is destroyed")
	printed += c.run(0, "apply", "-auto-approve")
	c.write("import.tf", "")
	removeFormer(t, c)
	printed += c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
	if strings.Contains(c.state(), "alicloud") {
		t.Error("something is left in the state")
	}
	contains(t, c.state(), formerSecret, migratedKey)
	c.scan(srv, printed, peoplesPass, notTheBackup)
	for _, form := range acctest.FindSecret([]byte(printed), formerSecret) {
		t.Errorf("the secret was printed, %s", form)
	}
}

// shown is a saved plan as JSON.
func (c *cli) shown(plan string) string {
	c.t.Helper()
	out, err := c.command("show", "-json", plan).Output()
	must(c.t, err)
	return string(out)
}

// A provider configuration that accepts any account is named.
func TestMigration_checkNamesOpenProviders(t *testing.T) {
	t.Parallel()
	const plan = `{"format_version":"1.2","resource_changes":[],"configuration":{"provider_config":{
		"ram":{"name":"ram"},"ram.unused":{"name":"ram"},"ram.prod":{"name":"ram","expressions":{"allowed_account_ids":{"constant_value":["1234567890123456"]}}}},
		"root_module":{"resources":[{"address":"ram_user.a","type":"ram_user","provider_config_key":"ram"},{"address":"ram_user.b","type":"ram_user","provider_config_key":"ram.prod"}]}}}`
	code, verdict, notes := writeBlocks(t, plan, "--check")
	expect(t, "code", code, 0)
	contains(t, verdict, "OK: 0 moved, 0 imported")
	expect(t, "notes", notes, "provider ram has no allowed_account_ids, which reject the credentials of another account\n")
}

// Changes other than moves, and changes that the check does not know, are rejected.
func TestMigration_checkRejects(t *testing.T) {
	t.Parallel()
	plan := func(format string, arguments ...any) string {
		return `{"format_version":"1.2","planned_values":{},` + fmt.Sprintf(format, arguments...) + `}`
	}
	change := func(kind, change string) string {
		return plan(`"resource_changes":[{"address":"%s.x","mode":"managed","type":%[1]q,"name":"x","change":%s}]`, kind, change)
	}
	does := func(kind, actions, before string) string {
		return change(kind, fmt.Sprintf(`{"actions":[%s],"before":%s}`, actions, before))
	}
	update := func(kind, before, after, unknown string) string {
		return change(kind, fmt.Sprintf(`{"actions":["update"],"before":%s,"after":%s,"after_unknown":%s}`, before, after, unknown))
	}
	imported := func(kind, importing, provider string) string {
		return plan(`"resource_changes":[{"address":"module.m[\"k\"].%s.x[0]","mode":"managed","type":%[1]q,"name":"x","change":{"actions":["no-op"],"importing":%s}}],
			"configuration":{"provider_config":{"ram":{"name":"ram"},"ram.prod":{"name":"ram","expressions":{"allowed_account_ids":%s}}},
			"root_module":{"module_calls":{"m":{"module":{"resources":[{"address":"%[1]s.x","type":%[1]q,"provider_config_key":"ram.prod"}]}}}}}`, kind, importing, provider)
	}
	const one, two, variable = `{"constant_value":["1234567890123456"]}`, `{"constant_value":["1234567890123456","2234567890123456"]}`, `{"references":["var.account"]}`
	for _, x := range []struct{ name, plan, says string }{
		{"a removed key with an encrypted secret", does("alicloud_ram_access_key", `"forget"`, `{"encrypted_secret":"wcBM"}`), "alicloud_ram_access_key.x would be removed from the state: an import loses its secret. Write a moved block for it."},
		{"a removed object of this provider", does("ram_virtual_mfa_device", `"forget"`, `{"seed":"S"}`), "ram_virtual_mfa_device.x would be removed from the state, and nothing takes its place."},
		{"a removed role", does("alicloud_ram_role", `"forget"`, `{}`), "alicloud_ram_role.x would be removed from the state, and nothing takes its place."},
		{"a removed setting", does("alicloud_ram_account_password_policy", `"forget"`, `{}`), ""},
		{"a destroyed network", does("alicloud_vpc", `"delete"`, `{}`), "alicloud_vpc.x would be destroyed."},
		{"a replaced network", does("alicloud_vpc", `"delete","create"`, `{}`), "alicloud_vpc.x would be replaced."},
		{"a replaced user", does("ram_user", `"create","delete"`, `{}`), "ram_user.x would be replaced."},
		{"a replaced user that stays", does("ram_user", `"create","forget"`, `{}`), "ram_user.x would be replaced."},
		{"the same in OpenTofu", does("ram_user", `"forget","create"`, `{}`), "ram_user.x would be replaced."},
		{"another action", does("ram_user", `"merge"`, `{}`), "ram_user.x has the actions merge, which this script does not know."},
		{"a changed network", update("alicloud_vpc", `{"cidr":"10.0.0.0/8"}`, `{"cidr":"10.0.0.0/16"}`, `{}`), "alicloud_vpc.x would change: cidr."},
		{"an attribute that disappears", update("ram_user", `{"name":"a","email":"a@example.com"}`, `{"name":"a"}`, `{}`), "ram_user.x would change: email."},
		{"an attribute that is unknown", update("ram_user", `{"name":"a"}`, `{}`, `{"name":true}`), "ram_user.x would change: name."},
		{"an element that is unknown", update("ram_user", `{"tags":{"a":"1"}}`, `{"tags":{"a":"1"}}`, `{"tags":{"b":true}}`), "ram_user.x would change: tags."},
		{"a change that is not shown", update("ram_login_profile", `{"user_name":"a"}`, `{"user_name":"a"}`, `{}`), "ram_login_profile.x would change, and the plan does not show how."},
		{"a deposed object", strings.Replace(does("ram_user", `"delete"`, `{}`), `"name":"x"`, `"name":"x","deposed":"12345678"`, 1), "ram_user.x (deposed object) would be destroyed."},
		{"attributes that are not sent", update("ram_user", `{"force_destroy":false}`, `{"force_destroy":true,"delete_virtual_mfa_device":true}`, `{"timeouts":{}}`), ""},
		{"an action", plan(`"action_invocations":[{"address":"action.ram_disable_console_logon.x"}]`), "action.ram_disable_console_logon.x would be invoked."},
		{"a deferred action", plan(`"deferred_action_invocations":[{"reason":"unknown","action_invocation":{"address":"action.ram_lock_user.x"}}]`), "action.ram_lock_user.x would be invoked."},
		{"a deferred change", plan(`"deferred_changes":[{"reason":"provider_config_unknown","resource_change":{"address":"ram_user.x","change":{"actions":["delete"]}}}]`), "ram_user.x has a change that was deferred (provider_config_unknown)."},
		{"an incomplete plan", plan(`"complete":false`), "The plan is incomplete"},
		{"a complete plan", plan(`"complete":true,"applyable":false,"errored":false,"output_changes":{"o":{"actions":["create"]}}`), ""},
		{"a failed plan", plan(`"errored":true`), "The plan failed."},
		{"another format", strings.Replace(plan(`"errored":false`), "1.2", "2.0", 1), "The plan has the format 2.0, which this script does not know."},
		{"another section", plan(`"revocations":[{}]`), "The plan has revocations, which this script does not know."},
		{"an object that was not found", plan(`"resource_drift":[{"address":"ram_access_key.x","mode":"managed","type":"ram_access_key","change":{"actions":["delete"]}}]`), "ram_access_key.x was not found in the account, and would leave the state."},
		{"drift", plan(`"resource_drift":[{"address":"ram_user.x","mode":"managed","type":"ram_user","change":{"actions":["update"]}}]`), ""},
		{"an import by name", imported("ram_group", `{"id":"dev"}`, `null`), `module.m["k"].ram_group.x[0] would be imported by a name, which another account may have as well, and provider ram.prod has no allowed_account_ids`},
		{"an import by name with two accounts", imported("ram_group", `{"id":"dev"}`, two), "provider ram.prod has several allowed_account_ids"},
		{"an import by name with one account", imported("ram_group", `{"id":"dev"}`, one), ""},
		{"an import by name with a variable", imported("ram_group", `{"id":"dev"}`, variable), ""},
		{"an import by name in a module that inherits", strings.Replace(imported("ram_group", `{"id":"dev"}`, one), `"provider_config_key":"ram.prod"`, `"provider_config_key":"module.m.module.n:ram.prod"`, 1), ""},
		{"an import by name in a module that inherits no account", strings.Replace(imported("ram_group", `{"id":"dev"}`, one), `"provider_config_key":"ram.prod"`, `"provider_config_key":"module.m.module.n:ram"`, 1), "has no allowed_account_ids"},
		{"an import of a user by the name", imported("ram_user", `{"id":"alice"}`, `null`), "would be imported by a name"},
		{"an import of a user by the id", imported("ram_user", `{"id":"`+aliceID+`"}`, `null`), ""},
		{"an import of a group with a number", imported("ram_group", `{"id":"`+aliceID+`"}`, `null`), "would be imported by a name"},
		{"an import of a setting by the account", imported("ram_password_policy", `{"id":"1234567890123456"}`, `null`), ""},
		{"an import of the setting of any account", imported("ram_password_policy", `{"id":"current"}`, `null`), "would be imported by a name"},
		{"an import of a key", imported("ram_access_key_policy", `{"id":"deploy:`+migratedKey+`"}`, `null`), ""},
		{"an import by identity", imported("ram_group", `{"identity":{"account_id":"1234567890123456","name":"dev"}}`, `null`), ""},
		{"an import by an identity without the account", imported("ram_group", `{"identity":{"name":"dev"}}`, `null`), "would be imported by a name"},
	} {
		code, verdict, notes := writeBlocks(t, x.plan, "--check")
		if x.says == "" {
			expect(t, x.name+": code", code, 0)
			contains(t, verdict, "OK: ")
			continue
		}
		expect(t, x.name+": code", code, 1)
		expect(t, x.name+": verdict", strings.TrimSpace(verdict), "")
		contains(t, notes, x.says)
	}
}

// The check rejects each harmful plan, and names the object.
func TestAccMigration_check(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	_, c := before(t)
	c.write("terraform.tfstate", strings.Replace(c.state(), `"resources": [`, `"resources": [{"mode": "managed", "type": "terraform_data", "name": "other", "provider": "provider[\"terraform.io/builtin/terraform\"]",
		"instances": [{"schema_version": 0, "attributes": {"id": "7", "input": null, "output": null, "triggers_replace": null}}]},`, 1))
	const other = "resource \"terraform_data\" \"other\" {}\n"
	main, moved := contentOf(t, migration, "after-moved", "main.tf")+other, contentOf(t, migration, "after-moved", "moved.tf")
	c.write("providers.tf", contentOf(t, migration, "after-moved", "providers.tf"))
	forget := func(address string) string {
		return "removed {\n  from = " + address + "\n  lifecycle {\n    destroy = false\n  }\n}\n"
	}
	without := func(blocks, name string) string {
		before, rest, found := strings.Cut(blocks, "moved {\n  from = "+name)
		if !found {
			t.Fatalf("no block of %s", name)
		}
		_, after, _ := strings.Cut(rest, "}\n")
		return before + after
	}
	imported := func(to, id string) string { return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", to, id) }
	profiles := imported(`ram_login_profile.people["alice"]`, "alice") + imported(`ram_login_profile.people["bob"]`, "bob")
	for _, x := range []struct {
		name, main, blocks string
		code               int
		says               []string
	}{
		{"the example", main, moved, 0, []string{"OK: 10 moved, 0 imported"}},
		{
			"imported profiles, and nothing for the old ones", main, without(moved, "alicloud_ram_login_profile.people") + profiles, 1,
			[]string{`alicloud_ram_login_profile.people["alice"] would be destroyed. Write a moved block for it.`},
		},
		{
			"imported profiles, and the old ones leave the state", main, without(moved, "alicloud_ram_login_profile.people") + profiles + forget("alicloud_ram_login_profile.people"), 1,
			[]string{`alicloud_ram_login_profile.people["alice"] would be removed from the state: a plan that removes it prints its password.`},
		},
		{
			"an imported key", main, without(moved, "alicloud_ram_access_key.deploy") + imported("ram_access_key.deploy", "deploy:"+migratedKey) + forget("alicloud_ram_access_key.deploy"), 1,
			[]string{"alicloud_ram_access_key.deploy would be removed from the state: an import loses its secret."},
		},
		{
			"a new key", main, without(moved, "alicloud_ram_access_key.deploy"), 1,
			[]string{"alicloud_ram_access_key.deploy would be destroyed.", "ram_access_key.deploy would be created."},
		},
		{"an object of another provider", strings.Replace(main, other, "", 1), moved, 1, []string{"terraform_data.other would be destroyed."}},
		{"another object of another provider", main + "resource \"terraform_data\" \"new\" {}\n", moved, 1, []string{"terraform_data.new would be created."}},
		{"another value", strings.Replace(main, "minimum_password_length = 14", "minimum_password_length = 12", 1), moved, 1, []string{"ram_password_policy.this would change: minimum_password_length."}},
	} {
		c.write("main.tf", x.main)
		c.write("moved.tf", x.blocks)
		c.run(0, "plan", "-out=plan.bin")
		code, verdict, notes := writeBlocks(t, c.shown("plan.bin"), "--check")
		expect(t, x.name, code, x.code)
		contains(t, verdict+notes, x.says...)
	}
	// After the migration, the same check rejects the removal of a key of this provider.
	c.write("main.tf", main)
	c.write("moved.tf", moved)
	c.run(0, "apply", "-auto-approve")
	key := "resource \"ram_access_key\" \"deploy\" {\n  user_name = ram_user.deploy.name\n}\n"
	policy := main[strings.Index(main, "resource \"ram_access_key_policy\""):strings.Index(main, other)]
	c.write("main.tf", strings.Replace(strings.Replace(main, key, "", 1), policy, "", 1))
	c.write("moved.tf", forget("ram_access_key.deploy")+forget("ram_access_key_policy.deploy"))
	c.run(0, "plan", "-out=plan.bin")
	code, _, notes := writeBlocks(t, c.shown("plan.bin"), "--check")
	expect(t, "removed keys", code, 1)
	contains(t, notes, "ram_access_key.deploy would be removed from the state, and nothing takes its place.")
	for _, text := range []string{"", "[]", "{}", contentOf(t, migrated), `{"format_version":"1.2"}`} {
		code, _, notes := writeBlocks(t, text, "--check")
		expect(t, "code of "+text[:min(len(text), 20)], code, 65)
		contains(t, notes, "is no plan")
	}
}

// The check rejects a plan that invokes an action.
func TestAccMigration_checkOfActions(t *testing.T) {
	t.Parallel()
	needsActions(t)
	srv, c := before(t)
	c.write("main.tf", contentOf(t, migration, "after-moved", "main.tf")+"action \"ram_disable_console_logon\" \"alice\" {\n  config {\n    user_name = \"alice\"\n  }\n}\n")
	c.write("providers.tf", contentOf(t, migration, "after-moved", "providers.tf"))
	c.write("moved.tf", contentOf(t, migration, "after-moved", "moved.tf"))
	c.run(0, "apply", "-auto-approve")
	c.run(0, "plan", "-invoke=action.ram_disable_console_logon.alice", "-out=plan.bin")
	code, verdict, notes := writeBlocks(t, c.shown("plan.bin"), "--check")
	expect(t, "code", code, 1)
	contains(t, verdict+notes, "action.ram_disable_console_logon.alice would be invoked.")
	expect(t, "writes", writes(srv), []string(nil))
}

// A module with a provider of its own, whose objects are in another account. The blocks do not mix the accounts, and the
// credentials of the wrong one are rejected.
func TestAccMigration_aProviderInAModule(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := inTwoAccounts(t)
	state := formerState(t, c,
		formerResource{kind: "password_policy", name: "this", instances: []map[string]any{{"id": defaultAccount, "minimum_password_length": 14}}},
		formerResource{module: "module.m", kind: "password_policy", name: "this", instances: []map[string]any{{"id": strangerAccount, "minimum_password_length": 8}}},
		formerResource{module: "module.m", kind: "login_profile", name: "alice", instances: []map[string]any{{"id": "alice", "user_name": "alice", "password": peoplesPass, "mfa_bind_required": true}}},
	)
	own := regexp.MustCompile(`("module":"module.m".{0,60}?"provider":")(provider)`)
	c.write("terraform.tfstate", own.ReplaceAllString(state, "${1}module.m.${2}"))
	expect(t, "providers of the module", strings.Count(c.state(), `"module.m.provider[`), 2)
	must(t, os.Mkdir(filepath.Join(c.Directory, "m"), 0o700))
	c.write("m/main.tf", requiredRAM+"resource \"ram_password_policy\" \"this\" {\n  minimum_password_length = 8\n}\nresource \"ram_login_profile\" \"alice\" {\n  user_name = \"alice\"\n  mfa_bind_required = true\n}\n")
	c.write("main.tf", bothProviders+"resource \"ram_password_policy\" \"this\" {\n  minimum_password_length = 14\n}\nmodule \"m\" {\n  source = \"./m\"\n}\n")
	_, moved, _ := writeBlocks(t, c.state(), "moved")
	c.write("moved.tf", moved)
	_, providers, _ := writeBlocks(t, c.state(), "providers")
	root, inModule, found := strings.Cut(providers, "\n# module.m has a provider block of its own. Write this one into the code of the module:\n")
	expect(t, "a block for the module", found, true)
	inModule = strings.ReplaceAll("\n"+inModule, "\n# ", "\n")
	block := "provider \"ram\" {\n"
	c.write("providers.tf", strings.Replace(root, block, block+c.credentialsOf("mine"), 1))
	c.run(0, "get")
	c.write("m/providers.tf", strings.Replace(inModule, block, block+c.credentialsOf("mine"), 1))
	contains(t, c.run(1, "plan"), "Cannot configure the provider", strangerAccount)
	c.write("m/providers.tf", strings.Replace(inModule, block, block+c.credentialsOf("other"), 1))
	c.migrates(srv, "OK: 3 moved, 0 imported")
}

// The keys of a provider with for_each are accounts of their own, of which each has its settings.
func TestAccMigration_aProviderWithForEach(t *testing.T) {
	t.Parallel()
	srv, c := inTwoAccounts(t)
	if !strings.Contains(c.run(0, "version"), "OpenTofu") {
		t.Skip("for_each on a provider is OpenTofu's")
	}
	const provider = `provider["registry.opentofu.org/aliyun/alicloud"].by`
	keyed := func(kind, name string, attributes ...map[string]any) map[string]any {
		instances := []any{}
		for i, key := range []string{"mine", "other"} {
			instances = append(instances, map[string]any{"index_key": key, "provider": fmt.Sprintf("%s[%q]", provider, key), "schema_version": 0, "attributes": attributes[i]})
		}
		return map[string]any{"mode": "managed", "type": "alicloud_ram_" + kind, "name": name, "instances": instances}
	}
	profile := map[string]any{"id": "alice", "user_name": "alice", "password": peoplesPass, "mfa_bind_required": true}
	text, err := json.Marshal(map[string]any{"version": 4, "terraform_version": "1.12.6", "serial": 1, "lineage": "00000000-0000-4000-8000-000000000005", "outputs": map[string]any{}, "resources": []any{
		keyed("password_policy", "this", map[string]any{"id": defaultAccount, "minimum_password_length": 14}, map[string]any{"id": strangerAccount, "minimum_password_length": 8}),
		keyed("login_profile", "alice", profile, profile),
	}})
	must(t, err)
	c.write("terraform.tfstate", string(text))
	c.write("main.tf", bothProviders+`
resource "ram_password_policy" "this" {
  for_each                = { mine = 14, other = 8 }
  provider                = ram.by[each.key]
  minimum_password_length = each.value
}
resource "ram_login_profile" "alice" {
  for_each          = toset(["mine", "other"])
  provider          = ram.by[each.key]
  user_name         = "alice"
  mfa_bind_required = true
}
`)
	_, moved, _ := writeBlocks(t, string(text), "moved")
	c.write("moved.tf", moved)
	_, providers, _ := writeBlocks(t, string(text), "providers")
	contains(t, providers, `"mine" = "`+defaultAccount+`"`, `"other" = "`+strangerAccount+`"`)
	c.write("providers.tf", strings.Replace(providers, "  alias = \"by\"\n", "  alias = \"by\"\n"+strings.Replace(c.credentialsOf("mine"), `"mine"`, "each.key", 1), 1))
	c.migrates(srv, "OK: 4 moved, 0 imported")
}

const requiredRAM = "terraform {\n  required_providers {\n    ram = { source = \"ram-security/ram\" }\n  }\n}\n"

// inTwoAccounts is before, with a second account that has a user alice too, and with a profile for each account.
func inTwoAccounts(t *testing.T) (*ramtest.Server, *cli) {
	t.Helper()
	srv, c := before(t)
	mine, other := srv.Credential(defaultAccount), srv.AddAccount(strangerAccount)
	srv.ChangeAccount(strangerAccount, func(a *ramtest.Account) {
		a.Users["alice"] = &ramtest.User{ID: "400000000000000000", Name: "alice", DisplayName: "alice", Status: "active", ProvisionType: "Manual", CreateDate: srv0(a), UpdateDate: srv0(a)}
		a.Users["alice"].LoginProfile = &ramtest.LoginProfile{Password: peoplesPass, Status: "Active", MFABindRequired: true, CreateDate: srv0(a), UpdateDate: srv0(a)}
	})
	c.profiles(map[string][2]string{"mine": {mine.AccessKeyID, mine.AccessKeySecret}, "other": {other.AccessKeyID, other.AccessKeySecret}})
	c.Environment = slices.DeleteFunc(c.Environment, func(v string) bool { return strings.HasPrefix(v, "ALIBABA_CLOUD_") })
	return srv, c
}

// migrates plans, checks and applies the blocks. The next plan is empty, and nothing is written.
func (c *cli) migrates(srv *ramtest.Server, verdict string) {
	c.t.Helper()
	c.run(0, "plan", "-out=plan.bin")
	code, said, notes := writeBlocks(c.t, c.shown("plan.bin"), "--check")
	expect(c.t, "code of the check: "+notes, code, 0)
	contains(c.t, said, verdict)
	c.run(0, "apply", "plan.bin")
	c.run(0, "plan", "-detailed-exitcode")
	expect(c.t, "writes", writes(srv), []string(nil))
	lacks(c.t, c.state(), "alicloud")
}

// Both old password policies are in many states. One is moved, the other leaves the state, and the account stays as it is.
func TestAccMigration_twoPasswordPolicies(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	state := c.state()
	i := strings.Index(state, `"type": "alicloud_ram_password_policy"`)
	provider := state[i+strings.Index(state[i:], `"provider": `):]
	provider = provider[:strings.Index(provider, "\n")]
	c.write("terraform.tfstate", strings.Replace(state, `"resources": [`, `"resources": [{"mode": "managed", "type": "alicloud_ram_account_password_policy", "name": "old", `+provider+
		` "instances": [{"schema_version": 0, "attributes": {"id": "ram-account-password-policy", "minimum_password_length": 14}}]},`, 1))
	_, blocks, notes := writeBlocks(t, c.state(), "moved")
	contains(t, notes, "alicloud_ram_account_password_policy.old leaves the state, because alicloud_ram_password_policy.this is the same setting")
	c.write("main.tf", contentOf(t, migration, "after-moved", "main.tf"))
	c.write("providers.tf", contentOf(t, migration, "after-moved", "providers.tf"))
	c.write("moved.tf", blocks)
	c.run(0, "plan", "-out=plan.bin")
	code, _, notes := writeBlocks(t, c.shown("plan.bin"), "--check")
	expect(t, "code of the check: "+notes, code, 0)
	c.run(0, "apply", "plan.bin")
	c.write("moved.tf", "")
	c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
	lacks(t, c.state(), "alicloud")
}

// A state replace-provider before the move, and a mirror with a namespace of its own, lose nothing.
func TestAccMigration_ofOtherProviderNames(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	for name, address := range map[string]string{"replaced": acctest.Source, "mirror": "acme/alicloud"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := before(t)
			former, err := formerProvider()
			must(t, err)
			ours, err := binary()
			must(t, err)
			must(t, c.Override(map[string]string{acctest.Source: ours, "aliyun/alicloud": former, "acme/alicloud": former}))
			c.run(0, "state", "replace-provider", "-auto-approve", "aliyun/alicloud", address)
			_, blocks, notes := writeBlocks(t, c.state(), "moved")
			expect(t, "notes", notes, "")
			c.write("main.tf", contentOf(t, migration, "after-moved", "main.tf"))
			c.write("providers.tf", contentOf(t, migration, "after-moved", "providers.tf"))
			c.write("moved.tf", blocks)
			contains(t, c.run(0, "plan"), "0 to add, 0 to change, 0 to destroy")
			c.run(0, "apply", "-auto-approve")
			expect(t, "writes", writes(srv), []string(nil))
			contains(t, c.state(), formerSecret)
		})
	}
}

// guide runs the commands of the guide as they are printed, with the script and a CLI that is called terraform.
type guide struct {
	*cli

	text    string
	after   func(commands string) // runs after each block of commands; it may be nil
	printed string
}

func newGuide(t *testing.T, c *cli) *guide {
	t.Helper()
	must(t, os.Mkdir(filepath.Join(c.Directory, "bin"), 0o700))
	must(t, os.Symlink(os.Getenv("TF_ACC_TERRAFORM_PATH"), filepath.Join(c.Directory, "bin/terraform")))
	must(t, os.WriteFile(filepath.Join(c.Directory, "write-blocks"), []byte(contentOf(t, migration, "write-blocks")), 0o700))
	return &guide{cli: c, text: contentOf(t, projectRoot, "templates/guides/migrating-from-alicloud.md.tmpl")}
}

// follow runs the commands of a section.
func (g *guide) follow(section string) {
	g.t.Helper()
	_, text, _ := strings.Cut(g.text, "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	for _, part := range strings.Split(text, "```shell\n")[1:] {
		commands, _, _ := strings.Cut(part, "```")
		g.printed += g.shell(commands)
		if g.after != nil {
			g.after(commands)
		}
	}
}

// shell runs commands, and returns what they printed.
func (g *guide) shell(commands string) string {
	g.t.Helper()
	cmd := exec.CommandContext(g.t.Context(), "sh", "-c", "set -eu\n"+commands)
	cmd.Dir = g.Directory
	cmd.Env = append(slices.Clone(g.Environment), "PATH="+filepath.Join(g.Directory, "bin")+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		g.t.Fatalf("%v:\n%s\n%s", err, commands, out)
	}
	return string(out)
}

// The steps of the guide, and the way back, exactly as they are printed.
func TestAccMigration_theGuide(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	g := newGuide(t, c)
	c.write("main.tf", contentOf(t, migration, "after-moved", "main.tf"))
	g.follow("Steps")
	contains(t, g.printed, "OK: 10 moved, 0 imported", "No changes.")
	contains(t, c.state(), formerSecret, "ram_user")
	lacks(t, c.state(), "alicloud")

	for _, file := range []string{"moved.tf", "providers.tf"} {
		must(t, os.Remove(filepath.Join(c.Directory, file)))
	}
	c.write("main.tf", contentOf(t, migration, "before", "main.tf"))
	g.follow("Going back")
	contains(t, c.state(), "alicloud_ram_user", formerSecret)
	lacks(t, c.state(), `"type": "ram_user"`)
	g.printed += c.run(0, "state", "list")
	expect(t, "writes", writes(srv), []string(nil))
	for _, secret := range []string{formerSecret, peoplesPass} {
		for _, form := range acctest.FindSecret([]byte(g.printed), secret) {
			t.Errorf("a secret was printed, %s", form)
		}
	}
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

// formerResource is a resource in a state file of the former provider.
type formerResource struct {
	module, kind, name, alias string
	keys                      []any // of count or for_each
	instances                 []map[string]any
}

// formerState is a state file of the former provider.
func formerState(t *testing.T, c *cli, resources ...formerResource) string {
	t.Helper()
	host := "registry.terraform.io"
	if strings.Contains(c.run(0, "version"), "OpenTofu") {
		host = "registry.opentofu.org"
	}
	all := []any{}
	for _, r := range resources {
		provider := fmt.Sprintf("provider[%q]", host+"/aliyun/alicloud")
		if r.alias != "" {
			provider += "." + r.alias
		}
		instances := []any{}
		for i, attributes := range r.instances {
			instance := map[string]any{"schema_version": 0, "attributes": attributes}
			if r.keys != nil {
				instance["index_key"] = r.keys[i]
			}
			instances = append(instances, instance)
		}
		resource := map[string]any{"mode": "managed", "type": "alicloud_ram_" + r.kind, "name": r.name, "provider": provider, "instances": instances}
		if r.module != "" {
			resource["module"] = r.module
		}
		all = append(all, resource)
	}
	text, err := json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "00000000-0000-4000-8000-000000000004", "outputs": map[string]any{}, "resources": all, "check_results": nil,
	})
	must(t, err)
	return string(text)
}

// Two accounts with aliases, nested modules, count and for_each, groups with their users, attachments of one name, two password
// policies, console logons and keys: the steps of the guide change nothing and lose nothing, also after going back.
func TestAccMigration_everyShapeInTwoAccounts(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	mine, other := srv.Credential(defaultAccount), srv.AddAccount(strangerAccount)
	const prodKey = "LTAI5tProdProdProdProdPr"
	srv.Change(func(a *ramtest.Account) {
		a.Groups["operators"] = &ramtest.Group{ID: "g-operators", Name: "operators", Comments: "on call", Policies: []string{"System/ReadOnlyAccess"}}
		a.Roles["deploy"] = &ramtest.Role{ID: "300000000000000001", Name: "deploy", Policies: []string{"System/ReadOnlyAccess"}}
		for _, name := range []string{"alice", "bob", "deploy"} {
			a.Users[name].Groups = []string{"operators"}
		}
		a.Users["alice"].Policies = []string{"System/ReadOnlyAccess"}
	})
	srv.ChangeAccount(strangerAccount, func(a *ramtest.Account) {
		a.Alias = "acme-prod"
		for i, name := range []string{"alice", "carol", "dora"} {
			a.Users[name] = &ramtest.User{ID: fmt.Sprintf("40000000000000000%d", i), Name: name, DisplayName: name, Status: "active", ProvisionType: "Manual", CreateDate: srv0(a), UpdateDate: srv0(a)}
		}
		a.Users["alice"].LoginProfile = &ramtest.LoginProfile{Password: peoplesPass, Status: "Active", MFABindRequired: true, CreateDate: srv0(a), UpdateDate: srv0(a)}
		acctest.AddKey(a, "carol", prodKey, srv0(a))
	})
	user := func(id, name, shown string) map[string]any {
		return map[string]any{"id": id, "name": name, "display_name": shown, "force": false}
	}
	profile := func(name string) map[string]any {
		return map[string]any{"id": name, "user_name": name, "password": peoplesPass, "password_reset_required": true, "mfa_bind_required": true}
	}
	attached := func(kind, name string) []map[string]any {
		return []map[string]any{{"id": kind + ":ReadOnlyAccess:System:" + name, kind + "_name": name, "policy_name": "ReadOnlyAccess", "policy_type": "System"}}
	}
	c.write("terraform.tfstate", formerState(t, c,
		formerResource{kind: "password_policy", name: "this", instances: []map[string]any{{"id": defaultAccount, "minimum_password_length": 14}}},
		formerResource{kind: "account_password_policy", name: "old", instances: []map[string]any{{"id": "ram-account-password-policy", "minimum_password_length": 14}}},
		formerResource{kind: "user", name: "people", keys: []any{"alice", "bob"}, instances: []map[string]any{user(aliceID, "alice", "Alice"), user(bobID, "bob", "Bob")}},
		formerResource{kind: "login_profile", name: "people", keys: []any{"alice", "bob"}, instances: []map[string]any{profile("alice"), profile("bob")}},
		formerResource{kind: "group", name: "operators", instances: []map[string]any{{"id": "operators", "name": "operators", "comments": "on call", "force": true}}},
		formerResource{kind: "group_membership", name: "operators", instances: []map[string]any{{"id": "operators", "group_name": "operators", "user_names": []string{"alice", "bob"}}}},
		formerResource{kind: "user_group_attachment", name: "operators", instances: []map[string]any{{"id": "operators:deploy", "group_name": "operators", "user_name": "deploy"}}},
		formerResource{kind: "user_policy_attachment", name: "read", instances: attached("user", "alice")},
		formerResource{kind: "group_policy_attachment", name: "read", instances: attached("group", "operators")},
		formerResource{kind: "role_policy_attachment", name: "read", instances: attached("role", "deploy")},
		formerResource{module: `module.ci["a.b"].module.keys[0]`, kind: "access_key", name: "deploy", instances: []map[string]any{{"id": migratedKey, "user_name": "deploy", "secret": formerSecret, "status": "Active"}}},
		formerResource{kind: "account_alias", name: "prod", alias: "prod", instances: []map[string]any{{"id": strangerAccount, "account_alias": "acme-prod"}}},
		formerResource{kind: "user", name: "prod", alias: "prod", keys: []any{0, 1}, instances: []map[string]any{user("400000000000000000", "alice", "alice"), user("400000000000000001", "carol", "carol")}},
		formerResource{kind: "login_profile", name: "prod", alias: "prod", instances: []map[string]any{profile("alice")}},
		formerResource{kind: "access_key", name: "prod", alias: "prod", instances: []map[string]any{{"id": prodKey, "user_name": "carol", "secret": formerSecret, "status": "Active"}}},
		formerResource{module: "module.prod", kind: "user", name: "u", alias: "prod", instances: []map[string]any{user("400000000000000002", "dora", "dora")}},
	))
	const required = "terraform {\n  required_providers {\n    ram = { source = \"ram-security/ram\" }\n  }\n}\n"
	for directory, config := range map[string]string{
		"ci":   "module \"keys\" {\n  source = \"../keys\"\n  count  = 1\n}\n",
		"keys": required + "resource \"ram_access_key\" \"deploy\" {\n  user_name = \"deploy\"\n}\n",
		"prod": required + "resource \"ram_user\" \"u\" {\n  name = \"dora\"\n}\n",
	} {
		must(t, os.Mkdir(filepath.Join(c.Directory, directory), 0o700))
		c.write(filepath.Join(directory, "main.tf"), config)
	}
	c.write("main.tf", bothProviders+`
resource "ram_password_policy" "this" {
  minimum_password_length = 14
}
resource "ram_user" "people" {
  for_each = toset(["alice", "bob"])
  name     = each.key
}
resource "ram_login_profile" "people" {
  for_each  = ram_user.people
  user_name = each.value.name
}
resource "ram_group" "operators" {
  name          = "operators"
  comments      = "on call"
  force_destroy = true
}
resource "ram_group_membership" "operators_user" {
  group_name = ram_group.operators.name
  user_name  = "deploy"
}
resource "ram_policy_attachment" "read_user" {
  user_name   = "alice"
  policy_name = "ReadOnlyAccess"
  policy_type = "System"
}
resource "ram_policy_attachment" "read_group" {
  group_name  = ram_group.operators.name
  policy_name = "ReadOnlyAccess"
  policy_type = "System"
}
resource "ram_policy_attachment" "read_role" {
  role_name   = "deploy"
  policy_name = "ReadOnlyAccess"
  policy_type = "System"
}
module "ci" {
  source   = "./ci"
  for_each = toset(["a.b"])
}
resource "ram_account_alias" "prod" {
  provider      = ram.prod
  account_alias = "acme-prod"
}
resource "ram_user" "prod" {
  provider = ram.prod
  count    = 2
  name     = ["alice", "carol"][count.index]
}
resource "ram_login_profile" "prod" {
  provider  = ram.prod
  user_name = ram_user.prod[0].name
}
resource "ram_access_key" "prod" {
  provider  = ram.prod
  user_name = ram_user.prod[1].name
}
module "prod" {
  source    = "./prod"
  providers = { ram = ram.prod }
}
`+strings.Replace(membershipOfTheGuide(t), `"operators" {`, `"operators_group" {`, 1))
	c.profiles(map[string][2]string{"mine": {mine.AccessKeyID, mine.AccessKeySecret}, "prod": {other.AccessKeyID, other.AccessKeySecret}})
	c.Environment = slices.DeleteFunc(c.Environment, func(v string) bool { return strings.HasPrefix(v, "ALIBABA_CLOUD_") })
	g := newGuide(t, c)
	g.after = func(commands string) {
		if strings.Contains(commands, "write-blocks providers") { // add the credentials
			blocks := strings.SplitAfter(contentOf(t, c.Directory, "providers.tf"), "provider \"ram\" {\n")
			expect(t, "provider blocks", len(blocks), 3)
			c.write("providers.tf", blocks[0]+c.credentialsOf("mine")+blocks[1]+c.credentialsOf("prod")+blocks[2])
		}
	}
	first := c.state()
	for range 2 { // a migration can be undone and repeated
		g.printed = ""
		c.write("moved.tf", "")
		c.write("providers.tf", "")
		g.shell("terraform get")
		g.follow("Steps")
		contains(t, g.printed, "OK: 17 moved, 2 imported", "nothing is destroyed", "No changes.", `ram_group_membership.operators_group needs for_each with the keys "alice", "bob"`, "alicloud_ram_account_password_policy.old leaves the state")
		expect(t, "warnings of passwords", strings.Count(g.printed, "Passwords are removed from the state"), 1)
		expect(t, "keys with their secret", strings.Count(c.state(), formerSecret), 2)
		lacks(t, c.state(), "alicloud")
		// The script finds nothing to do in the new state.
		expect(t, "blocks of a second run", strings.TrimSpace(g.shell("terraform state pull | ./write-blocks moved")), "")
		g.follow("Going back")
		lacks(t, c.state(), `"ram_`)
		expect(t, "resources", strings.Count(c.state(), `"alicloud_ram_`), strings.Count(first, `"alicloud_ram_`))
	}
	// With import blocks, only the console logons and the keys are moved.
	providers := contentOf(t, c.Directory, "providers.tf")
	c.write("moved.tf", "")
	g.printed += g.shell("terraform state pull | ./write-blocks import > import.tf")
	c.write("providers.tf", providers+"provider \"alicloud\" {\n  alias = \"prod\"\n}\n") // the guide: keep the provider blocks
	g.printed += g.shell("mv import.tf moved.tf; terraform plan -out=plan.bin; terraform show -json plan.bin | ./write-blocks --check; terraform apply plan.bin; terraform plan -detailed-exitcode")
	contains(t, g.printed, "OK: 5 moved, 14 imported")
	expect(t, "keys with their secret", strings.Count(c.state(), formerSecret), 2)
	lacks(t, c.state(), "alicloud")
	expect(t, "writes", writes(srv), []string(nil))
	for _, secret := range []string{formerSecret, peoplesPass} {
		for _, form := range acctest.FindSecret([]byte(g.printed), secret) {
			t.Errorf("a secret was printed, %s", form)
		}
	}
}

// membershipOfTheGuide is the code that the guide shows for a group with several users.
func membershipOfTheGuide(t *testing.T) string {
	t.Helper()
	blocks := hclOf(t, "migrating-from-alicloud", "Known limits")
	if len(blocks) != 1 {
		t.Fatalf("the guide has %d blocks", len(blocks))
	}
	return blocks[0]
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

// The guide describes what becomes of every attribute of every former type.
func TestMigration_theGuideHasEachAttribute(t *testing.T) {
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
