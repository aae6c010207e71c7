// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"strings"
	"time"
)

// withinRate enforces 100 reads, 20 writes and 10 attachments or taggings a second per operation and account, and 100 for Sts.
// (documented) The window is a sliding second. (assumed)
func (s *Server) withinRate(r *request, write bool) error {
	if !s.behaviour.EnforceRateLimits {
		return nil
	}
	limit, now := s.rate(r, write), s.clock()
	name := r.account.ID + "/" + r.product + "/" + r.action
	recent := s.rates[name]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Second {
		recent = recent[1:]
	}
	if len(recent) >= limit {
		s.rates[name] = recent
		return exhausted(limit, time.Second-now.Sub(recent[0]))
	}
	s.rates[name] = append(recent, now)
	return nil
}

func (s *Server) rate(r *request, write bool) int {
	b := s.behaviour
	switch {
	case r.product == "Sts":
		return 100
	case !write:
		return orElse(b.ReadsPerSecond, 100)
	case attaches(r.action):
		return orElse(b.AttachesPerSecond, 10)
	default:
		return orElse(b.WritesPerSecond, 20)
	}
}

func attaches(action string) bool {
	for _, prefix := range []string{"Attach", "Detach", "AddUserToGroup", "RemoveUserFromGroup", "Tag", "Untag"} {
		if strings.HasPrefix(action, prefix) {
			return true
		}
	}
	return false
}

func orElse(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// exhausted returns the throttling error. Its headers state the time to wait in milliseconds, without Retry-After.
// (documented)
func exhausted(limit int, left time.Duration) error {
	state := fmt.Sprintf("Limit:%d,Remain:0,TimeLeft:%d,Reset:%d", limit, left.Milliseconds()+1, left.Milliseconds()+1)
	return throttled(map[string]string{"x-ratelimit-user-api": state, "x-ratelimit-user": state})
}
