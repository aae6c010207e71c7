// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// profiles writes the keys that provider blocks select by name.
func (c *cli) profiles(keys map[string][2]string) {
	c.t.Helper()
	all := []string{}
	for name, key := range keys {
		all = append(all, fmt.Sprintf(`{"name":%q,"mode":"AK","access_key_id":%q,"access_key_secret":%q,"region_id":"cn-hangzhou"}`, name, key[0], key[1]))
	}
	c.write("credentials.json", `{"current":"none","profiles":[`+strings.Join(all, ",")+`]}`)
}

// credentialsOf are the arguments of a provider block that uses a profile.
func (c *cli) credentialsOf(profile string) string {
	return fmt.Sprintf("  profile = %q\n  shared_credentials_file = %q\n", profile, filepath.Join(c.Directory, "credentials.json"))
}

// block is a provider block that uses a profile.
func (c *cli) block(profile, more string) string {
	return "provider \"ram\" {\n" + c.credentialsOf(profile) + more + "}\n"
}

// strangerIsQuiet fails the test if the other account was called, other than to read its id.
func strangerIsQuiet(t *testing.T, srv *ramtest.Server, when string) {
	t.Helper()
	for _, call := range srv.Calls() {
		if call.AccountID == strangerAccount && call.Product != "Sts" {
			t.Errorf("%s: %s was sent to the other account", when, call.Action)
		}
	}
}

// A practitioner uses the credentials of another account, between a plan and its apply or from the start.
func TestAccAccounts_anotherAccountIsNeitherReadNorChanged(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	mine, other := srv.Credential(defaultAccount), srv.AddAccount(strangerAccount)
	c := newCLI(t, endpointsOf(srv.URL()).get, "")
	use := func(id, secret string) { c.profiles(map[string][2]string{"p": {id, secret}}) }
	block := func(more string) string { return c.block("p", more) }
	users := `
		variable "names" {
			type    = list(string)
			default = ["alice", "bob", "carol"]
		}
		resource "ram_user" "team" {
			count = length(var.names)
			name  = var.names[count.index]
		}
	`
	quiet := func(when string) {
		t.Helper()
		strangerIsQuiet(t, srv, when)
	}
	must(t, c.Configure(block("")+users))

	use(mine.AccessKeyID, "a-secret-that-is-wrong-and-long-enough")
	contains(t, c.run(1, "plan"), "GetCallerIdentity")

	use(mine.AccessKeyID, mine.AccessKeySecret)
	contains(t, c.run(0, "plan", "-out=saved"), defaultAccount)
	use(other.AccessKeyID, other.AccessKeySecret)
	c.run(1, "apply", "saved")
	quiet("apply of a saved plan")
	use(mine.AccessKeyID, mine.AccessKeySecret)
	c.run(0, "apply", "-auto-approve")

	use(other.AccessKeyID, other.AccessKeySecret)
	printed := c.run(1, "apply", "-refresh-only", "-auto-approve")
	expect(t, "full errors", strings.Count(strings.Join(strings.Fields(strings.ReplaceAll(printed, "│", "")), " "), "correct the provider alias"), 1)
	expect(t, "errors", strings.Count(printed, "Error: "), 3)
	quiet("refresh")
	must(t, c.Configure(block("  allowed_account_ids     = [\""+defaultAccount+"\"]\n")+users))
	printed = c.run(1, "plan")
	contains(t, printed, "Cannot configure the provider", strangerAccount)
	expect(t, "errors", strings.Count(printed, "Error: "), 1)
	quiet("plan of an account that is not allowed")

	// The first name is taken off the list, so each user would get the name of the next one.
	use(mine.AccessKeyID, mine.AccessKeySecret)
	before := account(srv)
	printed = c.run(1, "apply", "-auto-approve", "-var", `names=["bob","carol"]`)
	contains(t, printed, before.Users["alice"].ID, before.Users["bob"].ID, "third name")
	expect(t, "bob", account(srv).Users["bob"].ID, before.Users["bob"].ID)
	contains(t, c.run(0, "plan", "-var", `names=["alicia","bob","carol"]`), "logon name of the user alice changes")
}

// States of the former provider are moved with the credentials of another account, which has users of the same names: with
// the wrong key, or without the alias of the resource. Nothing leaves the state, and the other account is not changed.
func TestAccAccounts_aMoveWithTheCredentialsOfAnotherAccount(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	other := srv.AddAccount(strangerAccount)
	srv.ChangeAccount(strangerAccount, func(a *ramtest.Account) { acctest.AddExisting(a, srv0(a)) })
	mine := srv.Credential(defaultAccount)
	c.profiles(map[string][2]string{"mine": {mine.AccessKeyID, mine.AccessKeySecret}, "other": {other.AccessKeyID, other.AccessKeySecret}})
	main := contentOf(t, migration, "after-moved", "main.tf")
	c.write("main.tf", main)
	c.write("moved.tf", contentOf(t, migration, "after-moved", "moved.tf"))
	alias := strings.Replace(c.block("mine", ""), "{\n", "{\n  alias = \"mine\"\n", 1)
	for name, providers := range map[string]string{
		"the wrong key":                  c.block("other", ""),
		"resources without their alias":  c.block("other", "") + alias,
		"the wrong account is permitted": c.block("other", "  allowed_account_ids = [\""+defaultAccount+"\"]\n"),
	} {
		c.write("providers.tf", providers)
		before := c.state()
		for _, command := range [][]string{{"apply", "-refresh-only", "-auto-approve"}, {"apply", "-auto-approve"}, {"apply", "-refresh=false", "-auto-approve"}, {"destroy", "-auto-approve"}} {
			printed := strings.Join(strings.Fields(strings.ReplaceAll(c.run(1, command...), "│", "")), " ")
			contains(t, printed, strangerAccount)
			expect(t, name+": the state after "+strings.Join(command, " "), c.state(), before)
			if full := strings.Count(printed, "in the provider configuration. Otherwise correct"); full > 1 {
				t.Errorf("%s: %d full errors of unknown accounts", name, full)
			}
		}
	}
	expect(t, "writes", writes(srv), []string(nil))

	// With the alias, the objects are those of the state.
	c.write("main.tf", regexp.MustCompile(`(?m)^(resource .* \{)$`).ReplaceAllString(main, "$1\n  provider = ram.mine"))
	c.write("providers.tf", c.block("other", "")+strings.Replace(alias, "}\n", "  allowed_account_ids = [\""+defaultAccount+"\"]\n}\n", 1))
	c.run(0, "apply", "-auto-approve")
	c.run(0, "plan", "-detailed-exitcode")
	contains(t, c.state(), formerSecret)
	expect(t, "writes", writes(srv), []string(nil))
}

// Moved settings whose state has the account id are not written to another account, and those whose state has none are
// not written before the configuration names the account.
func TestAccAccounts_movedSettings(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv, c := before(t)
	other := srv.AddAccount(strangerAccount)
	c.profiles(map[string][2]string{"other": {other.AccessKeyID, other.AccessKeySecret}})
	c.write("main.tf", bothProviders+`
resource "ram_password_policy" "this" {
  minimum_password_length = 14
}
moved {
  from = alicloud_ram_password_policy.this
  to   = ram_password_policy.this
}
`)
	c.write("providers.tf", c.block("other", ""))
	stateOf := func(id string) string {
		provider := "registry.terraform.io"
		if strings.Contains(c.run(0, "version"), "OpenTofu") {
			provider = "registry.opentofu.org"
		}
		return fmt.Sprintf(`{"version":4,"terraform_version":"1.11.0","serial":1,"lineage":"00000000-0000-4000-8000-000000000003","outputs":{},"resources":[{"mode":"managed","type":"alicloud_ram_password_policy",
			"name":"this","provider":"provider[\"%s/aliyun/alicloud\"]","instances":[{"schema_version":0,"attributes":{"id":%q,"minimum_password_length":14}}]}],"check_results":null}`, provider, id)
	}
	for id, says := range map[string]string{defaultAccount: "belongs to account " + defaultAccount, "ram-password-policy": "allowed_account_ids"} {
		c.write("terraform.tfstate", stateOf(id))
		for _, command := range [][]string{{"plan"}, {"apply", "-refresh-only", "-auto-approve"}, {"apply", "-refresh=false", "-auto-approve"}, {"destroy", "-auto-approve"}} {
			printed := strings.Join(strings.Fields(strings.ReplaceAll(c.run(1, command...), "│", "")), " ")
			contains(t, printed, says, strangerAccount)
			expect(t, "errors of "+strings.Join(command, " "), strings.Count(printed, "Error: "), 1)
		}
	}
	strangerIsQuiet(t, srv, "a moved setting")
	expect(t, "writes", writes(srv), []string(nil))
}

// The credentials are renewed into another account: between plan and apply, and in the middle of an apply.
func TestAccAccounts_renewedIntoAnotherAccount(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	for name, accounts := range map[string][]string{
		"between plan and apply":     {defaultAccount, strangerAccount},
		"in the middle of the apply": {defaultAccount, defaultAccount, strangerAccount},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			srv.AddAccount(strangerAccount)
			if len(accounts) > 2 {
				srv.Inject(ramtest.Rule{Action: "CreateUser", Nth: "1", Fault: "code", Status: 403, Code: "InvalidSecurityToken.Expired", Message: "Specified SecurityToken is expired."})
			}
			c := newCLI(t, endpointsOf(srv.URL()).get, "")
			must(t, c.Configure(fmt.Sprintf("provider \"ram\" {\n  credentials_uri = %q\n}\nresource \"ram_user\" \"one\" {\n  name = \"carol\"\n}\n", srv.CredentialsURI(time.Hour, accounts...))))
			c.run(0, "plan", "-out=saved")
			printed := c.run(1, "apply", "saved")
			contains(t, printed, strangerAccount)
			expect(t, "errors", strings.Count(printed, "Error: "), 1)
			strangerIsQuiet(t, srv, "apply")
			expect(t, "carol exists", account(srv).Users["carol"] != nil, false)
			lacks(t, contentOf(t, c.Directory, "terraform.tfstate"), strangerAccount)
		})
	}
}

// Plans that create objects of users read nothing of an account that the configuration does not permit, or with a wrong
// secret, and end with one error.
func TestAccAccounts_plansOfAnAccountThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv := withAlice(t)
	own := srv.Credential(defaultAccount)
	c := newCLI(t, endpointsOf(srv.URL()).get, "")
	const resources = `
resource "ram_user_credentials_exclusive" "alice" {
  user_name              = "alice"
  allowed_access_key_ids = []
}
resource "ram_access_key_rotation" "alice" {
  user_name         = "alice"
  rotate_after_days = 90
  overlap_days      = 7
  delete_after_days = 7
}
resource "ram_verification" "alice" {
  user_name      = "alice"
  security_email = "alice@example.com"
}
resource "ram_user" "new" {
  name = "carol"
}
resource "ram_access_key" "bob" {
  user_name = "bob"
}
resource "ram_login_profile" "bob" {
  user_name           = "bob"
  password_wo         = "A-long-pass-word-4-bob"
  password_wo_version = 1
}
resource "ram_virtual_mfa_device" "bob" {
  virtual_mfa_device_name = "bobs"
}
`
	must(t, c.Configure(c.block("p", "  allowed_account_ids = [\""+strangerAccount+"\"]\n")+resources))
	c.profiles(map[string][2]string{"p": {own.AccessKeyID, own.AccessKeySecret}})
	printed := c.run(1, "plan")
	contains(t, printed, "Cannot configure the provider", defaultAccount, strangerAccount)
	expect(t, "errors", strings.Count(printed, "Error: "), 1)

	must(t, c.Configure(c.block("p", "")+resources))
	c.profiles(map[string][2]string{"p": {own.AccessKeyID, "a-secret-that-is-wrong-and-long-enough"}})
	printed = c.run(1, "plan")
	contains(t, printed, "SignatureDoesNotMatch", "explains what to do", "described in")
	expect(t, "full errors", strings.Count(printed, "does not belong to the AccessKey"), 1)
	for _, call := range srv.Calls() {
		expect(t, "product of "+call.Action, call.Product, "Sts")
	}
}

// Each provider block asks once for the account of its credentials in a refresh, however many objects it has.
func TestAccAccounts_callsOfARefresh(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv := ramtest.New(t)
	other := srv.AddAccount(strangerAccount)
	mine := srv.Credential(defaultAccount)
	c := newCLI(t, endpointsOf(srv.URL()).get, "")
	c.profiles(map[string][2]string{"mine": {mine.AccessKeyID, mine.AccessKeySecret}, "other": {other.AccessKeyID, other.AccessKeySecret}})
	must(t, c.Configure(c.block("mine", "  allowed_account_ids = [\""+defaultAccount+"\"]\n")+strings.Replace(c.block("other", ""), "{\n", "{\n  alias = \"other\"\n", 1)+`
resource "ram_user" "mine" {
  count = 5
  name  = "mine-${count.index}"
}
resource "ram_group" "mine" {
  count = 2
  name  = "mine-${count.index}"
}
resource "ram_user" "other" {
  provider = ram.other
  count    = 5
  name     = "other-${count.index}"
}
resource "ram_account_alias" "other" {
  provider      = ram.other
  account_alias = "other-corp"
}
`))
	c.run(0, "apply", "-auto-approve")
	srv.ForgetCalls()
	c.run(0, "plan", "-detailed-exitcode")
	calls := map[string]int{}
	for _, call := range srv.Calls("GetCallerIdentity") {
		calls[call.AccountID]++
	}
	expect(t, "calls", calls, map[string]int{defaultAccount: 1, strangerAccount: 1})
}
