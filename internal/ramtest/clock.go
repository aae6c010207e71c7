// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// Two clocks depart from real time. One moves the data, the Date header and the MFA codes. The other checks
// signatures and ends sessions, so that a test may travel a year ahead with a client that lives today.

func (s *Server) now() time.Time {
	return s.clock().Add(s.offset).UTC().Truncate(time.Second)
}

func (s *Server) signatureNow() time.Time {
	return s.clock().Add(s.skew).UTC()
}

// Now is the time by the clock of the data.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Advance moves the clock of the data, and lets the system act on what has been idle for too long.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
	for _, account := range s.accounts {
		s.retire(account)
	}
}

// SetSkew lets the clock that checks signatures run ahead of real time, or behind.
func (s *Server) SetSkew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// stamp is how the service writes a time; a zero time is empty. (documented)
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timestampLayout)
}

const timestampLayout = "2006-01-02T15:04:05Z"
