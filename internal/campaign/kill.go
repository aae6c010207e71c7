// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"
)

// killConfiguration is what the kill sweep creates, changes and destroys. It binds no MFA
// device, because codes take real time. Each resource depends on the one before, so
// each run sends the same calls in the same order.
const killConfiguration = `
variable "comments" { type = string }
variable "password" {
  type      = string
  ephemeral = true
}
variable "version_of" { type = number }
variable "on_destroy" { default = "restore" }
resource "ram_security_preference" "this" {
  login_session_duration = 7 + var.version_of
  on_destroy             = var.on_destroy
}
resource "ram_password_policy" "this" {
  minimum_password_length = 11 + var.version_of
  on_destroy              = var.on_destroy
  depends_on              = [ram_security_preference.this]
}
resource "ram_account_alias" "this" {
  account_alias = "example-${var.version_of}"
  on_destroy    = var.on_destroy
  depends_on    = [ram_password_policy.this]
}
resource "ram_user" "carol" {
  name          = "carol"
  comments      = var.comments
  force_destroy = true
  depends_on    = [ram_account_alias.this]
}
resource "ram_login_profile" "carol" {
  user_name           = ram_user.carol.name
  password_wo         = var.password
  password_wo_version = var.version_of
}
resource "ram_access_key" "carol" {
  user_name  = ram_user.carol.name
  depends_on = [ram_login_profile.carol]
}
resource "ram_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  depends_on              = [ram_access_key.carol]
}
`

// command is a run of the CLI that is killed.
type command struct {
	name      string
	arguments []string
	from      *savedRun // what it begins with; nil: an account in use and no state
}

// commands returns a create, an update and a destroy. The latter two begin with what the
// create leaves.
func (k *killSweep) commands() ([]command, error) {
	with := func(verb, comments, password string, version int) []string {
		return []string{
			verb, "-auto-approve", "-parallelism=1", "-var=comments=" + comments, "-var=password=" + password, fmt.Sprintf("-var=version_of=%d", version),
		}
	}
	create := command{name: creates, arguments: with("apply", "one", "First-Passw0rd/4x", 1)}
	created, err := k.after(create)
	return []command{
		create,
		{updates, with("apply", "two", "Second-Passw0rd/5x", 2), created},
		{deletes, with("destroy", "one", "First-Passw0rd/4x", 1), created},
	}, err
}

// killCase is one signal to one process at one call.
type killCase struct {
	command command
	call    int
	phase   string
	signal  syscall.Signal
	process string // cli or provider
}

func (k killCase) name() string {
	return fmt.Sprintf("%s/%s the %s/call %d/%s", k.command.name, k.signal, k.process, k.call, strings.TrimSuffix(k.phase, "_commit"))
}

// killSweep kills at each call.
type killSweep struct {
	*Options

	ctx      context.Context
	provider string
	figures  *figures
}

// runKills kills the provider and the CLI at every call of a create, an update and a destroy.
func runKills(ctx context.Context, o *Options, f *figures) error {
	provider, err := buildProvider(ctx, o)
	if err != nil {
		return err
	}
	k := &killSweep{Options: o, ctx: ctx, provider: provider, figures: f}
	commands, err := k.commands()
	if err != nil {
		return err
	}
	all, selected := 0, []killCase{}
	for _, c := range commands {
		calls, err := k.calls(c)
		if err != nil {
			return err
		}
		for n, call := range calls {
			for _, one := range killCasesAt(c, n+1, writes(call.Action)) {
				all++
				if strings.Contains(one.name(), o.Only) && (o.Only != "" || sampled(one.name(), o.Kills)) {
					selected = append(selected, one)
				}
			}
		}
	}
	f.add("places to kill at", all)
	f.add("killed at", len(selected))
	return forEach(ctx, selected, killsPerCPU, func(ctx context.Context, one killCase) error {
		own := *k
		own.ctx = ctx
		if err := own.runCase(one); err != nil {
			return fmt.Errorf("%s: %w", one.name(), err)
		}
		return nil
	})
}

// killsPerCPU is how many run at a time: much of a run is waiting.
const killsPerCPU = 2

func killCasesAt(c command, call int, write bool) (all []killCase) {
	for _, process := range []string{"cli", "provider"} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
			all = append(all, killCase{c, call, before, signal, process})
			if write {
				all = append(all, killCase{c, call, after, signal, process})
			}
		}
	}
	return all
}

// holdTime is how long the service holds the call at which a process is killed.
const holdTime = 150 * time.Millisecond

// errMissed reports that the signal was sent too late, because the machine was busy.
var errMissed = errors.New("the call returned before the signal was sent")

// runCase kills at one place, and applies again.
func (k *killSweep) runCase(one killCase) error {
	hold := holdTime
	for {
		err := k.attempt(one, hold)
		if !errors.Is(err, errMissed) || hold > 8*holdTime {
			return err
		}
		hold *= 2
	}
}
