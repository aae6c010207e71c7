// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// Option prepares a server before it starts.
type Option func(*Server)

// Strict refuses parameters that the operation does not have, and notes them in [Server.Violations].
func Strict() Option { return func(s *Server) { s.strict = true } }

// Lenient ignores unknown parameters, as the service does. (documented)
func Lenient() Option { return func(s *Server) { s.strict = false } }

// Latency delays every answer.
func Latency(d time.Duration) Option { return func(s *Server) { s.latency = d } }

// RateLimits enforces the published rates.
func RateLimits() Option { return func(s *Server) { s.behaviour.EnforceRateLimits = true } }

// Seed draws other ids and another order than the default seed.
func Seed(seed uint64) Option { return func(s *Server) { s.random = newRandom(seed) } }

// Clock replaces real time, from which the data's clock and the signatures' clock depart.
func Clock(now func() time.Time) Option { return func(s *Server) { s.clock = now } }

// AccountID names the default account.
func AccountID(id string) Option { return func(s *Server) { s.first = id } }

// WithBehaviour starts with other switches.
func WithBehaviour(f func(*Behaviour)) Option { return func(s *Server) { f(&s.behaviour) } }

// WithAccounts starts with accounts that exist already. The first becomes the default one.
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
