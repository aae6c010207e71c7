// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"slices"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/provider"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// environment is one account and one clock for a sequence of runs.
type environment struct {
	ctx     context.Context
	end     context.CancelFunc
	base    *acctest.Driver
	srv     *ramtest.Server
	clock   *acctest.Clock
	skew    time.Duration // between the provider's clock and the service's
	secrets []string      // in the configuration
	initial *ramtest.Account
	onWait  func() // what happens while the provider waits; may be nil
}

// newEnvironment starts a service with an account in use, and further accounts.
func newEnvironment(ctx context.Context, base *acctest.Driver, arrange func(*ramtest.Account), more ...*ramtest.Account) (*environment, error) {
	account := acctest.PopulatedAccount(time.Now())
	if arrange != nil {
		arrange(account)
	}
	return openEnvironment(ctx, base, ramtest.State{Accounts: append([]*ramtest.Account{account}, more...)}, 7, worstCase)
}

// worstCase is the least favourable of the assumed behaviours of the service.
func worstCase(b *ramtest.Behaviour) {
	b.PageCap = 2
	b.KeepIdleCredentials, b.RefuseDeletingActiveKeys, b.RefuseDeletingActiveCredentials = true, true, true
}

// openEnvironment starts a service from a saved state. Another seed draws other ids and secrets.
func openEnvironment(ctx context.Context, base *acctest.Driver, from ramtest.State, seed uint64, behave func(*ramtest.Behaviour)) (*environment, error) {
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithState(from), ramtest.Seed(seed), ramtest.Strict(), ramtest.WithBehaviour(behave))
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	s := &environment{ctx: ctx, end: end, base: base, srv: srv, clock: acctest.NewClock(from.Advanced, srv.Advance)}
	s.initial = s.account()
	return s, nil
}

// close ends the service, and the contexts that the provider's server holds for a Ctrl-C.
func (s *environment) close() {
	s.end()
	s.srv.Close()
}

// newDriver returns a provider of its own, as every run of a CLI has one.
func (s *environment) newDriver() (*driver, error) {
	return s.continueDriver(&transcript{})
}

// continueDriver returns a provider of its own that continues a run.
func (s *environment) continueDriver(t *transcript) (*driver, error) {
	return continueDriver(s.ctx, s.base, t, s.srv.Getenv, provider.WithClock(s.clock.Skewed(s.skew), s.pause))
}

// pause lets the time of a wait of the provider pass.
func (s *environment) pause(ctx context.Context, d time.Duration) error {
	if s.onWait != nil {
		s.onWait()
	}
	return s.clock.Pause(ctx, d)
}

// account returns a copy of the service's account.
func (s *environment) account() (copied *ramtest.Account) {
	s.srv.Change(func(a *ramtest.Account) { copied = a.Clone() })
	return copied
}

// endFaults ends all faults.
func (s *environment) endFaults() error {
	s.skew, s.onWait = 0, nil
	s.srv.SetSkew(0)
	s.srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 0 })
	return s.srv.SetSchedule(ramtest.Schedule{})
}

// secretsOf returns all secrets of the accounts and of the configuration.
func (s *environment) secretsOf(accounts ...*ramtest.Account) []string {
	all := slices.Clone(s.secrets)
	add := func(secret string) {
		if secret != "" && !slices.Contains(all, secret) {
			all = append(all, secret)
		}
	}
	for _, a := range accounts {
		for _, user := range a.Users {
			for _, key := range user.Keys {
				add(key.Secret)
			}
			for _, credential := range user.Credentials {
				add(credential.Secret)
			}
			if user.LoginProfile != nil {
				add(user.LoginProfile.Password)
			}
		}
		for _, key := range a.RecycledKeys {
			add(key.Key.Secret)
		}
		for _, device := range a.MFADevices {
			add(device.Seed)
		}
	}
	return all
}
