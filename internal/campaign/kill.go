// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// household is what the kill sweep makes, changes and destroys. It binds no MFA
// device, since codes take real time. All hangs on what goes before it, so that
// each run makes the same calls in the same order.
const household = `
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

// deed is what is killed: a run of the CLI.
type deed struct {
	name      string
	arguments []string
	from      *snapshot // what it begins with; nil: an account in use and no state
}

// deeds are a create, an update and a destroy. The latter two begin with what the
// first made, which is made once.
func (k *killing) deeds() ([]deed, error) {
	with := func(verb, comments, password string, version int) []string {
		return []string{
			verb, "-auto-approve", "-parallelism=1", "-var=comments=" + comments, "-var=password=" + password, fmt.Sprintf("-var=version_of=%d", version),
		}
	}
	create := deed{name: creates, arguments: with("apply", "one", "First-Passw0rd/4x", 1)}
	made, err := k.after(create)
	return []deed{
		create,
		{updates, with("apply", "two", "Second-Passw0rd/5x", 2), made},
		{deletes, with("destroy", "one", "First-Passw0rd/4x", 1), made},
	}, err
}

// strike is one signal to one process at one call.
type strike struct {
	deed   deed
	call   int
	phase  string
	signal syscall.Signal
	victim string // cli or provider
}

func (k strike) name() string {
	return fmt.Sprintf("%s/%s the %s/call %d/%s", k.deed.name, k.signal, k.victim, k.call, strings.TrimSuffix(k.phase, "_commit"))
}

// killing is the sweep.
type killing struct {
	*Options

	ctx      context.Context
	provider string
	figures  *figures
}

// playKills kills the provider and the CLI at every call of a create, an update and a destroy.
func playKills(ctx context.Context, o *Options, f *figures) error {
	provider, err := built(ctx, o)
	if err != nil {
		return err
	}
	k := &killing{Options: o, ctx: ctx, provider: provider, figures: f}
	deeds, err := k.deeds()
	if err != nil {
		return err
	}
	boundaries, due := 0, []strike{}
	for _, d := range deeds {
		calls, err := k.calls(d)
		if err != nil {
			return err
		}
		for n, call := range calls {
			for _, one := range strikesAt(d, n+1, writes(call.Action)) {
				boundaries++
				if k.takes(one.name()) {
					due = append(due, one)
				}
			}
		}
	}
	f.add("places to kill at", boundaries)
	f.add("killed at", len(due))
	return k.playAll(due)
}

// playAll plays several places at a time. The first error
// of the campaign itself ends it.
func (k *killing) playAll(due []strike) error {
	ctx, cancel := context.WithCancelCause(k.ctx)
	defer cancel(nil)
	own, work := *k, make(chan strike)
	own.ctx = ctx
	var players sync.WaitGroup
	for range 2 * runtime.NumCPU() { // much of it is waiting
		players.Go(func() {
			for one := range work {
				if err := own.play(one); err != nil {
					cancel(fmt.Errorf("%s: %w", one.name(), err))
				}
			}
		})
	}
	for _, one := range due {
		if ctx.Err() != nil {
			break
		}
		work <- one
	}
	close(work)
	players.Wait()
	return context.Cause(ctx)
}

func (k *killing) takes(name string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash takes everything
	return strings.Contains(name, k.Only) && (k.Kills <= 1 || k.Only != "" || h.Sum32()%k.Kills == 0)
}

func strikesAt(d deed, call int, write bool) (all []strike) {
	for _, victim := range []string{"cli", "provider"} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
			all = append(all, strike{d, call, before, signal, victim})
			if write {
				all = append(all, strike{d, call, after, signal, victim})
			}
		}
	}
	return all
}

// held is how long the service holds the call at which somebody is killed.
const held = 150 * time.Millisecond

// errMissed is that the signal came too late, since others kept the machine.
var errMissed = errors.New("the call was answered before the signal was sent")

// play kills at one place, and lets a person go on.
func (k *killing) play(one strike) error {
	hold := held
	for {
		missed, err := k.attempt(one, hold)
		if !missed || hold > 8*held {
			return err
		}
		hold *= 2
	}
}

// attempt is one try to strike while the call is held.
func (k *killing) attempt(one strike, hold time.Duration) (missed bool, err error) {
	s, err := k.scene(one.deed.from)
	if err != nil {
		return false, err
	}
	defer s.close()
	s.srv.Inject(ramtest.Rule{Nth: fmt.Sprint(one.call), Phase: one.phase, Fault: "delay", Delay: hold})
	if err := s.kill(one, hold); err != nil {
		return errors.Is(err, errMissed), err
	}
	k.figures.count(s.goOn(one))
	return false, nil
}

// kill runs the deed, and sends the signal while the call is under way.
func (s *scene) kill(one strike, hold time.Duration) error {
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	cmd := s.command(ctx, &out, one.deed.arguments...)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for len(s.srv.Calls()) < one.call {
		select {
		case <-tick.C:
		case err := <-ended:
			return fmt.Errorf("it ended before call %d: %w: %s", one.call, err, out.String())
		}
	}
	arrived := s.srv.Calls()[one.call-1].Time
	victim, err := cmd.Process.Pid, error(nil)
	switch {
	case one.victim == "provider":
		victim, err = providerOf(ctx, victim)
	case one.signal == syscall.SIGKILL:
		s.leftover, err = providerOf(ctx, victim)
	}
	if err == nil {
		err = syscall.Kill(victim, one.signal)
	}
	late := time.Since(arrived) >= hold
	if err != nil && !late {
		return errors.Join(err, <-ended)
	}
	<-ended //nolint:errcheck // with whatever code
	s.told = out.String()
	if late {
		return errMissed
	}
	return ctx.Err()
}
