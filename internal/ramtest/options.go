// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// Option configures a server before it starts.
type Option func(*Server)

// Strict refuses unknown parameters and records them in [Server.Violations].
func Strict() Option { return func(s *Server) { s.strict = true } }

// Lenient ignores unknown parameters, as the service does. (documented)
func Lenient() Option { return func(s *Server) { s.strict = false } }

// Latency delays every response.
func Latency(d time.Duration) Option { return func(s *Server) { s.latency = d } }

// RateLimits enforces the published rates.
func RateLimits() Option { return func(s *Server) { s.behaviour.EnforceRateLimits = true } }

// Seed sets the seed of the ids and of the order of lists.
func Seed(seed uint64) Option { return func(s *Server) { s.random = newRandom(seed) } }

// Clock replaces real time, on which the data clock and the signature clock are based.
func Clock(now func() time.Time) Option { return func(s *Server) { s.clock = now } }

// AccountID sets the id of the default account.
func AccountID(id string) Option { return func(s *Server) { s.first = id } }

// WithBehaviour changes the switches.
func WithBehaviour(f func(*Behaviour)) Option { return func(s *Server) { f(&s.behaviour) } }

// WithAccounts adds accounts. The first one becomes the default account.
func WithAccounts(accounts ...*Account) Option {
	return func(s *Server) {
		for i, account := range accounts {
			if i == 0 {
				s.first = account.ID
			}
			s.accounts[account.ID] = account
		}
	}
}
