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

// stage is one account with one clock, on which runs follow each other.
type environment struct {
	ctx     context.Context
	end     context.CancelFunc
	base    *acctest.Driver
	srv     *ramtest.Server
	clock   *acctest.Clock
	skew    time.Duration // of the provider's clock against the service's
	secrets []string      // that the configuration holds
	initial *ramtest.Account
}

// newStage starts a service with the account of a working day.
func newEnvironment(ctx context.Context, base *acctest.Driver, arrange func(*ramtest.Account)) (*environment, error) {
	account := acctest.PopulatedAccount(time.Now())
	if arrange != nil {
		arrange(account)
	}
	return openEnvironment(ctx, base, ramtest.State{Accounts: []*ramtest.Account{account}}, 7, worstCase)
}

// unkind is how the service is where nobody says how it is.
func worstCase(b *ramtest.Behaviour) {
	b.PageCap = 2
	b.KeepIdleCredentials, b.RefuseDeletingActiveKeys = true, true
}

// openStage starts a service that goes on from a state. Another seed draws other ids and secrets.
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

// close ends the service, and the contexts that the provider's server keeps for a Ctrl-C.
func (s *environment) close() {
	s.end()
	s.srv.Close()
}

// run is a provider of its own, as every run of a CLI has one.
func (s *environment) newDriver() (*driver, error) {
	return newDriver(s.ctx, s.base, s.srv.Getenv, provider.WithClock(s.clock.Skewed(s.skew), s.clock.Pause))
}

// account is a copy of what the service holds.
func (s *environment) account() (copied *ramtest.Account) {
	s.srv.Change(func(a *ramtest.Account) { copied = a.Clone() })
	return copied
}

// calm ends all faults.
func (s *environment) endFaults() error {
	s.skew = 0
	s.srv.SetSkew(0)
	s.srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 0 })
	return s.srv.SetSchedule(ramtest.Schedule{})
}

// credentials are all secrets that there are: of the account, then and now, and of the configuration.
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
