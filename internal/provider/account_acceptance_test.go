// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A practitioner uses the credentials of another account, between a plan and its apply or from the start.
func TestAccAccounts_anotherAccountIsNeitherReadNorChanged(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	mine, other := srv.Credential(defaultAccount), srv.AddAccount(strangerAccount)
	c := newCLI(t, endpointsOf(srv.URL()).get, "")
	file := filepath.Join(c.Directory, "credentials.json")
	use := func(id, secret string) {
		c.write("credentials.json", fmt.Sprintf(`{"current":"p","profiles":[{"name":"p","mode":"AK","access_key_id":%q,"access_key_secret":%q,"region_id":"cn-hangzhou"}]}`, id, secret))
	}
	block := func(more string) string {
		return fmt.Sprintf("provider \"ram\" {\n  profile                 = \"p\"\n  shared_credentials_file = %q\n%s}\n", file, more)
	}
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
		for _, call := range srv.Calls() {
			if call.AccountID == strangerAccount && call.Product != "Sts" {
				t.Errorf("%s: %s was sent to the other account", when, call.Action)
			}
		}
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
