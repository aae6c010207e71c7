// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"slices"
	"time"
)

// Call is a received request.
type Call struct {
	Seq         int
	Product     string
	Action      string
	AccountID   string // account of the key; empty: unknown
	AccessKeyID string
	Method      string
	URL         string // as received
	UserAgent   string
	Signed      string            // the algorithm: HMAC-SHA1, ACS3-HMAC-SHA256, or empty for a call without a signature
	Params      map[string]string // the operation's own parameters
	Status      int               // 0: no response
	Code        string            // error code
	RequestID   string
	Time        time.Time // real time
	Committed   bool      // whether a write took effect
}

// Calls returns the received requests, of the named actions or of all.
func (s *Server) Calls(actions ...string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	named := []Call{}
	for _, call := range s.calls {
		if len(actions) == 0 || slices.Contains(actions, call.Action) {
			named = append(named, *call)
		}
	}
	return named
}

// ForgetCalls clears the list of received requests.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}
