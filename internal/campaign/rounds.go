// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// fleet is a configuration of two accounts at once, each with people who have a profile and a key.
const fleet = `
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

const people = `
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

const fleetSize = 12

// playRounds changes two accounts through two provider blocks, fifty at a time, over and over.
func playRounds(ctx context.Context, o *Options, f *figures) error {
	directory, err := built(ctx, o)
	if err != nil {
		return err
	}
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.Strict(), ramtest.RateLimits())
	if err != nil {
		return err
	}
	defer srv.Close()
	second := srv.AddAccount("2222222222222222")
	config := fmt.Sprintf(fleet, fleetSize, fmt.Sprintf(people, "first", "ram")+fmt.Sprintf(people, "second", "ram.second"))
	c, err := newCLI(o, directory, config, srv.Getenv)
	if err != nil {
		return err
	}
	defer c.remove()
	c.environment = append(c.environment, fmt.Sprintf("TF_VAR_second={id=%q,secret=%q}", second.AccessKeyID, second.AccessKeySecret))
	for n := range o.Rounds {
		if err := c.round(ctx, srv, n, f); err != nil || len(f.wrong) > 0 {
			return err
		}
	}
	code, out, err := c.run(ctx, "destroy", "-auto-approve", "-parallelism=50", fmt.Sprintf("-var=round=%d", o.Rounds))
	if err != nil {
		return err
	}
	if code != 0 {
		f.forbid("go run ./internal/cmd/campaign -pieces rounds -cli CLI", "the destroy fails: %s", out)
	}
	f.rest(srv, "", 0)
	f.add("rounds of two accounts with -parallelism=50", o.Rounds)
	f.add("calls of the last round and the destroy", len(srv.Calls()))
	return nil
}

// round applies, and looks at both accounts.
func (c *cli) round(ctx context.Context, srv *ramtest.Server, n int, f *figures) error {
	srv.ForgetCalls()
	code, out, err := c.run(ctx, "apply", "-auto-approve", "-parallelism=50", fmt.Sprintf("-var=round=%d", n))
	if err != nil {
		return err
	}
	if code != 0 {
		f.forbid("go run ./internal/cmd/campaign -pieces rounds -cli CLI", "round %d fails: %s", n, out)
		return nil
	}
	if code, out, err = c.run(ctx, "plan", "-detailed-exitcode", "-parallelism=50", fmt.Sprintf("-var=round=%d", n)); err != nil {
		return err
	}
	if code != 0 {
		f.forbid("go run ./internal/cmd/campaign -pieces rounds -cli CLI", "after round %d the plan is not empty: %s", n, out)
	}
	f.rest(srv, fmt.Sprint(n), fleetSize)
	f.count("rounds")
	return nil
}

// rest looks whether both accounts have what they shall have, each its own, and whether anything was throttled.
func (f *figures) rest(srv *ramtest.Server, round string, size int) {
	for name, id := range map[string]string{"first": "1234567890123456", "second": "2222222222222222"} {
		srv.ChangeAccount(id, func(a *ramtest.Account) {
			users, keys := 0, 0
			for user, has := range a.Users {
				if user == "admin" {
					continue
				}
				users, keys = users+1, keys+len(has.Keys)
				if has.Comments != name+" "+round {
					f.forbid("go run ./internal/cmd/campaign -pieces rounds -cli CLI", "user %s of the %s account says %q in round %s", user, name, has.Comments, round)
				}
			}
			if users != size || keys != size {
				f.forbid("go run ./internal/cmd/campaign -pieces rounds -cli CLI", "the %s account has %d users with %d keys, not %d", name, users, keys, size)
			}
		})
	}
	throttled := 0
	for _, call := range srv.Calls() {
		if call.Status == 429 || call.Code == "Throttling.User" || call.Code == "Throttling" {
			throttled++
		}
	}
	if throttled > 0 {
		f.forbid("go run ./internal/cmd/campaign -pieces rounds -cli CLI", "%d calls were throttled", throttled)
	}
}
