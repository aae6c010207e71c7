// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The tests in this file run a CLI with the built provider, and judge what a person reads.

// A key that an expression did not find, an account that is empty: with values from -var, no action changes more than
// its arguments name.
func TestAccStory_actionsActOnlyOnTheirArguments(t *testing.T) {
	t.Parallel()
	needsActions(t)
	for name, one := range map[string]struct {
		arguments []string
		code      int
		says      string
	}{
		"no account":     {[]string{"-var", "user=alice", "-var", "account="}, 1, "16 digits"},
		"principal name": {[]string{"-var", "user=alice@example.onaliyun.com"}, 1, "not a principal name"},
		"no user":        {nil, 1, "user_name"},
		"no time":        {[]string{"-var", "user=alice", "-var", "timeout=0s"}, 1, "must be longer than 0s"},
		"no keys":        {[]string{"-var", "user=alice", "-var", "keys=[]"}, 0, "No AccessKey pair of user alice will be disabled"},
		"a null key":     {[]string{"-var", "user=alice", "-var", "keys=[null]"}, 1, "null value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			c := newCLI(t, srv.Getenv, `
				variable "user" { default = null }
				variable "account" { default = null }
				variable "timeout" { default = null }
				variable "keys" {
					type    = set(string)
					default = null
				}
				action "ram_deactivate_access_keys" "now" {
					config {
						user_name      = var.user
						account_id     = var.account
						access_key_ids = var.keys
						timeouts       = { invoke = var.timeout }
					}
				}`)
			printed := c.run(one.code, append([]string{"apply", "-auto-approve", "-invoke=action.ram_deactivate_access_keys.now"}, one.arguments...)...)
			contains(t, printed, one.says)
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

// Ctrl-C during an action: the run fails, and describes what is complete.
func TestAccStory_interruptedActionFails(t *testing.T) {
	t.Parallel()
	needsActions(t)
	srv := incident(t)
	srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Nth: "2-", Fault: "stall", Delay: time.Minute})
	c := newCLI(t, srv.Getenv, "action \"ram_lock_user\" \"now\" {\n  config {\n    user_name = \"alice\"\n  }\n}\n")
	var out bytes.Buffer
	cmd := c.command("apply", "-auto-approve", "-invoke=action.ram_lock_user.now")
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	waitFor(t, func() bool { return len(srv.Calls("UpdateAccessKey")) == 2 })
	must(t, cmd.Process.Signal(syscall.SIGINT))
	if err := cmd.Wait(); err == nil {
		t.Errorf("the interrupted action is a success:\n%s", out.String())
	}
	contains(t, unwrapped(out.String()), "Cannot lock the user alice", "Still open: AccessKey pairs, service credentials, passkeys. Complete: console logon.",
		"Usable when last listed: LTAIone, LTAItwo.", "Run the same command again to continue")
}

// unwrapped is what a CLI printed without its line breaks and frames.
func unwrapped(printed string) string {
	return strings.Join(strings.FieldsFunc(printed, func(r rune) bool { return strings.ContainsRune(" \n│╷╵", r) }), " ")
}

// Of ten users one cannot be read, and there are more than a hundred: the query shows the others, and reports both.
func TestAccStory_queryKeepsItsResults(t *testing.T) {
	t.Parallel()
	needsActions(t) // the CLIs that have actions have queries
	srv := crowd(t, 120, 0)
	srv.Inject(ramtest.Rule{Action: "ListAccessKeys", User: "user-0003*", Fault: "code", Status: 403, Code: "NoPermission"})
	c := newCLI(t, srv.Getenv, "provider \"ram\" {}\n")
	c.write("main.tfquery.hcl", `
list "ram_access_key" "some" {
  provider = ram
  limit    = 19

  config {
    name_regex = "^user-000.$"
  }
}

list "ram_user" "all" {
  provider = ram
}
`)
	printed := c.run(0, "query")
	contains(t, unwrapped(printed), "The list of users in account "+defaultAccount+" ends at the limit of 100 results")
	expect(t, "users", strings.Count(printed, "list.ram_user.all   account_id="), 100)
	expect(t, "keys", strings.Count(printed, "list.ram_access_key.some   "), 16)
	contains(t, unwrapped(printed), "Cannot list the AccessKey pairs of user user-0003")
}

// Two accounts get weaker, and ten users have undeclared keys: a person reads each of them.
func TestAccStory_everyWarningIsShown(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	const second = "2222222222222222"
	srv := ramtest.New(t)
	srv.AddAccount(second)
	f := &fleet{srv: srv}
	f.employ(second)
	var config strings.Builder
	fmt.Fprintf(&config, `
		provider "ram" {}
		provider "ram" {
			alias = "second"
			assume_role = { role_arn = "acs:ram::%s:role/security-baseline" }
		}
		resource "ram_password_policy" "first" { minimum_password_length = 8 }
		resource "ram_password_policy" "second" {
			provider           = ram.second
			max_login_attempts = 0
		}`, second)
	for n := range 10 {
		name := fmt.Sprintf("user%d", n)
		srv.Change(func(a *ramtest.Account) {
			a.Users[name] = &ramtest.User{ID: fmt.Sprintf("4000000000000000%02d", n), Name: name, Status: "active", CreateDate: srv0(a), UpdateDate: srv0(a)}
		})
		addKey(srv, name, fmt.Sprintf("LTAIkey%d", n), day)
		fmt.Fprintf(&config, "\nresource \"ram_user_credentials_exclusive\" %q {\n  user_name = %q\n  allowed_access_key_ids = []\n}\n", name, name)
	}
	for _, id := range []string{defaultAccount, second} {
		srv.ChangeAccount(id, func(a *ramtest.Account) { a.Policy.MinimumPasswordLength, a.Policy.MaxLoginAttempts = 14, 5 })
	}
	c := newCLI(t, srv.Getenv, config.String())
	printed := unwrapped(c.run(0, "plan"))
	expect(t, "warnings of -json", strings.Count(c.run(0, "plan", "-json"), `"severity":"warning"`), strings.Count(printed, "Warning: "))
	for n := range 10 {
		contains(t, printed, fmt.Sprintf("(user user%d, account %s)", n, defaultAccount), fmt.Sprintf("LTAIkey%d", n))
	}
	contains(t, printed, "makes it weaker: minimum_password_length (account "+defaultAccount+")", "makes it weaker: max_login_attempts (account "+second+")")
	if strings.Contains(printed, "similar warning") {
		t.Errorf("the CLI hides warnings:\n%s", printed)
	}
}

// Ten users cannot be read for one reason: it is explained once.
func TestAccStory_oneCauseIsExplainedOnce(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv := withAlice(t)
	srv.Inject(ramtest.Rule{Action: "ListAccessKeys", Code: "NoPermission", Status: 403})
	config := ""
	for _, name := range []string{"alice", "bob", "admin"} {
		config += fmt.Sprintf("resource \"ram_user_credentials_exclusive\" %q {\n  user_name = %q\n  allowed_access_key_ids = []\n}\n", name, name)
	}
	printed := unwrapped(newCLI(t, srv.Getenv, config).run(1, "plan"))
	expect(t, "explanations", strings.Count(printed, "Allow the action ram:ListAccessKeys"), 1)
	expect(t, "errors", strings.Count(printed, "Code: NoPermission"), 3)
}

// incidentCommands are the commands of a guide that execute an action.
var incidentCommands = regexp.MustCompile("terraform apply -invoke=[^`\n]+")

// Each command of the guide works as it is written, in the directory of the example.
func TestAccIncident_commandsOfTheGuide(t *testing.T) {
	t.Parallel()
	needsActions(t)
	guide, err := os.ReadFile("../../docs/guides/incident-response.md")
	must(t, err)
	commands := incidentCommands.FindAllString(string(guide), -1)
	if len(commands) < 11 {
		t.Fatalf("the guide has %d commands: %v", len(commands), commands)
	}
	for _, command := range commands {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			const example = "LTAI5tExampleExample"
			srv := incident(t)
			now := srv.Now()
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ReportPolls = -1 })
			srv.Change(func(a *ramtest.Account) {
				a.Users["deploy"] = &ramtest.User{ID: "500000000000000001", Name: "deploy", Status: "active", CreateDate: now, UpdateDate: now}
				if !strings.Contains(command, "purge") && !strings.Contains(command, "restore") {
					return
				}
				a.RecycledKeys[0].Key.ID = example
				a.RecycledKeys[0].UserID, a.RecycledKeys[0].UserName = "500000000000000001", "deploy"
			})
			if strings.Contains(command, "leaked -var user=deploy") {
				addKey(srv, "deploy", example, day)
				addServiceCredential(srv, "deploy", "sc-example", day)
			}
			c := newCLI(t, srv.Getenv, "")
			content, err := os.ReadFile(filepath.Join(examples, "incident/main.tf"))
			must(t, err)
			c.write("main.tf", string(content))
			must(t, os.Mkdir(filepath.Join(c.Directory, "bin"), 0o700))
			must(t, os.Symlink(os.Getenv("TF_ACC_TERRAFORM_PATH"), filepath.Join(c.Directory, "bin/terraform")))
			cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
			cmd.Dir, cmd.Stdin = c.Directory, strings.NewReader("yes\n")
			cmd.Env = append(append([]string{}, c.Environment...), "PATH="+filepath.Join(c.Directory, "bin")+":"+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "Apply complete!") {
				t.Fatalf("%v:\n%s", err, out)
			}
			if len(writes(srv)) == 0 {
				t.Errorf("the command changes nothing:\n%s", out)
			}
		})
	}
}

// The examples of triggers are valid on the CLIs that they require.
func TestAccIncident_triggersAreValid(t *testing.T) {
	t.Parallel()
	needsActions(t)
	out, err := exec.CommandContext(t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), "version").Output()
	must(t, err)
	minor, _ := minorOf(string(out))
	for directory, least := range map[string]int{"rotation": 14, "destroy": 16} {
		if minor < least {
			continue // the example says so by required_version
		}
		content, err := os.ReadFile(filepath.Join(examples, "incident/triggers", directory, "main.tf"))
		must(t, err)
		c := newCLI(t, ramtest.New(t).Getenv, "")
		c.write("main.tf", string(content))
		c.run(0, "validate")
	}
}
