// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// twoAccounts is a configuration of two accounts at once, each with users that have a key.
const twoAccounts = `
variable "round" { type = string }
variable "second" { type = map(string) }
provider "ram" {}
provider "ram" {
  alias      = "second"
  access_key = var.second.id
  secret_key = var.second.secret
}
locals { people = toset([for n in range(%d) : "u-${n}"]) }
%s`

const peopleOfAccount = `
resource "ram_user" %[1]q {
  provider      = %[2]s
  for_each      = local.people
  name          = each.key
  comments      = "%[1]s ${var.round}"
  force_destroy = true
}
resource "ram_access_key" %[1]q {
  provider  = %[2]s
  for_each  = local.people
  user_name = ram_user.%[1]s[each.key].name
}
resource "ram_password_policy" %[1]q {
  provider                = %[2]s
  minimum_password_length = 8 + parseint(var.round, 10) %% 20
  on_destroy              = "restore"
}
`

const (
	usersOfAccount = 12
	roundsReplay   = "go run ./internal/cmd/campaign -pieces rounds -cli CLI"
)

// runRounds changes two accounts through two provider blocks again and again, fifty operations at a time.
func runRounds(ctx context.Context, o *Options, f *figures) error {
	directory, err := buildProvider(ctx, o)
	if err != nil {
		return err
	}
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.Strict(), ramtest.RateLimits())
	if err != nil {
		return err
	}
	defer srv.Close()
	second := srv.AddAccount("2222222222222222")
	config := fmt.Sprintf(twoAccounts, usersOfAccount, fmt.Sprintf(peopleOfAccount, "first", "ram")+fmt.Sprintf(peopleOfAccount, "second", "ram.second"))
	c, err := newCLI(o, directory, config, srv.Getenv)
	if err != nil {
		return err
	}
	defer remove(c)
	c.Environment = append(c.Environment, fmt.Sprintf("TF_VAR_second={id=%q,secret=%q}", second.AccessKeyID, second.AccessKeySecret))
	for n := range o.Rounds {
		if err := round(ctx, c, srv, n, f); err != nil || len(f.wrong) > 0 {
			return err
		}
	}
	r, err := c.Run(ctx, "destroy", "-auto-approve", "-parallelism=50", fmt.Sprintf("-var=round=%d", o.Rounds))
	if err != nil {
		return err
	}
	if r.Code != 0 {
		f.forbid(roundsReplay, "the destroy fails: %s", r.Output)
	}
	f.checkAccounts(srv, "", 0)
	f.add("rounds of two accounts with -parallelism=50", o.Rounds)
	f.add("calls of the last round and the destroy", len(srv.Calls()))
	return nil
}

// round applies, and checks both accounts.
func round(ctx context.Context, c *acctest.CLI, srv *ramtest.Server, n int, f *figures) error {
	srv.ForgetCalls()
	r, err := c.Run(ctx, "apply", "-auto-approve", "-parallelism=50", fmt.Sprintf("-var=round=%d", n))
	if err != nil {
		return err
	}
	if r.Code != 0 {
		f.forbid(roundsReplay, "round %d fails: %s", n, r.Output)
		return nil
	}
	if r, err = c.Run(ctx, "plan", "-detailed-exitcode", "-parallelism=50", fmt.Sprintf("-var=round=%d", n)); err != nil {
		return err
	}
	if r.Code != 0 {
		f.forbid(roundsReplay, "after round %d the plan is not empty: %s", n, r.Output)
	}
	f.checkAccounts(srv, fmt.Sprint(n), usersOfAccount)
	f.count("rounds")
	return nil
}

// checkAccounts checks that each account has its own users with a key each, and that no call was throttled.
func (f *figures) checkAccounts(srv *ramtest.Server, round string, size int) {
	for name, id := range map[string]string{"first": acctest.AccountID, "second": "2222222222222222"} {
		srv.ChangeAccount(id, func(a *ramtest.Account) {
			users, keys := 0, 0
			for user, has := range a.Users {
				if user == "admin" {
					continue
				}
				users, keys = users+1, keys+len(has.Keys)
				if has.Comments != name+" "+round {
					f.forbid(roundsReplay, "user %s of the %s account has the comment %q in round %s", user, name, has.Comments, round)
				}
			}
			if users != size || keys != size {
				f.forbid(roundsReplay, "the %s account has %d users with %d keys, not %d", name, users, keys, size)
			}
		})
	}
	if n := throttledIn(srv.Calls()); n > 0 {
		f.forbid(roundsReplay, "%d calls were throttled", n)
	}
}

// throttledIn counts the calls that the service refused for their rate.
func throttledIn(calls []ramtest.Call) (n int) {
	for _, call := range calls {
		if call.Status == 429 || strings.HasPrefix(call.Code, "Throttling") {
			n++
		}
	}
	return n
}
