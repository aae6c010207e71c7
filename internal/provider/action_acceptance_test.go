// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// needsActions skips a test on a CLI that knows no actions: Terraform does since 1.14,
// OpenTofu does not, whatever its number.
func needsActions(t *testing.T) {
	t.Helper()
	needsCLI(t)
	out, err := exec.CommandContext(t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), "version").Output()
	must(t, err)
	if minor, ok := minorOf(string(out)); !ok || minor < 14 {
		t.Skipf("the CLI knows no actions: %.40s", out)
	}
}

var versionLine = regexp.MustCompile(`(?m)^Terraform v1\.(\d+)\.`)

// minorOf reads the minor version of Terraform 1 from what the CLI says of itself.
func minorOf(said string) (minor int, ok bool) {
	parts := versionLine.FindStringSubmatch(said)
	if parts == nil {
		return 0, false
	}
	minor, err := strconv.Atoi(parts[1])
	return minor, err == nil
}

func TestNeedsActions_byVersion(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{
		"Terraform v1.14.0\non linux_amd64\n": true, "Terraform v1.15.0-beta1\n": true, "Terraform v1.11.4\n": false,
		"OpenTofu v1.12.6\non linux_amd64\n": false, "OpenTofu v1.14.0\n": false, "": false,
	} {
		minor, ok := minorOf(said)
		expect(t, said, ok && minor >= 14, want)
	}
}

// The CLI invokes each action.
func TestAccAction_invoked(t *testing.T) {
	t.Parallel()
	needsActions(t)
	for name, one := range map[string]struct {
		action, config string
		story          string
	}{
		"keys":    {deactivate, `user_name = "alice"`, "all keys"},
		"key":     {deactivate, "user_name = \"alice\"\n access_key_ids = [\"LTAItwo\"]", "a key"},
		"logon":   {logonOff, `user_name = "alice"`, "logon"},
		"device":  {unbindAction, "user_name = \"alice\"\n delete_device = true", "device deleted"},
		"restore": {restoreBin, `access_key_id = "LTAIold"`, "restore"},
		"user":    {userBack, `user_id = "` + daveID + `"`, "restore user"},
		"no user": {userGone, `user_id = "` + daveID + `"`, "purge user"},
		"purge":   {purgeBin, `access_key_id = "LTAIold"`, "purge"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story := actionStories[one.story]
			srv, _ := story.begin(t)
			c := newCLI(t, srv.Getenv, fmt.Sprintf("action %q \"now\" {\n  config {\n    %s\n  }\n}\n", one.action, one.config))
			printed := c.run(0, "apply", "-auto-approve", "-invoke=action."+one.action+".now")
			contains(t, printed, story.first[len(story.first)-1])
			story.done(t, srv)
		})
	}
}

func TestAccAction_generatesTheReport(t *testing.T) {
	t.Parallel()
	needsActions(t)
	srv := withAlice(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ReportPolls = -1 })
	c := newCLI(t, srv.Getenv, "action \"ram_generate_credential_report\" \"now\" {\n  config {}\n}\n")
	contains(t, c.run(0, "apply", "-auto-approve", "-invoke=action.ram_generate_credential_report.now"), "The credential report of ")
}

// A change of another resource triggers an action, which refuses to act on Terraform's own user.
func TestAccAction_triggered(t *testing.T) {
	t.Parallel()
	needsActions(t)
	config := func(user string) string {
		return fmt.Sprintf(`
			action "ram_disable_console_logon" "suspect" {
				config {
					user_name = %q
				}
			}
			resource "terraform_data" "incident" {
				input = "4711"
				lifecycle {
					action_trigger {
						events  = [after_create]
						actions = [action.ram_disable_console_logon.suspect]
					}
				}
			}`, user)
	}
	srv := incident(t)
	newCLI(t, srv.Getenv, config("alice")).run(0, "apply", "-auto-approve")
	actionStories["logon"].done(t, srv)

	srv = incident(t)
	printed := newCLI(t, srv.Getenv, config("admin")).run(1, "plan")
	contains(t, printed, "Cannot disable the console logon")
	expect(t, "writes", writes(srv), []string(nil))
}

// The CLI accepts the examples of actions.
func TestAccAction_examplesAreValid(t *testing.T) {
	t.Parallel()
	needsActions(t)
	files, err := filepath.Glob(examples + "/actions/*/action.tf")
	must(t, err)
	expect(t, "examples", len(files), len(actions))
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		newCLI(t, ramtest.New(t).Getenv, string(content)).run(0, "validate")
	}
}
