// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// There are two clocks. The data clock also sets the Date header and the MFA codes. The signature clock checks signatures
// and sessions. A test can therefore move the data a year ahead while clients keep signing with the current time.

func (s *Server) now() time.Time {
	return s.clock().Add(s.offset).UTC().Truncate(time.Second)
}

func (s *Server) signatureNow() time.Time {
	return s.clock().Add(s.skew).UTC()
}

// Now returns the time of the data clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Advance moves the data clock and disables credentials that are idle for too long.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
	for _, account := range s.accounts {
		s.disableIdle(account)
	}
}

// SetSkew sets the difference between the signature clock and real time.
func (s *Server) SetSkew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// stamp formats a time as the service does; a zero time is "". (documented)
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timestampLayout)
}

const timestampLayout = "2006-01-02T15:04:05Z"
