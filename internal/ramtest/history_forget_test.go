// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "testing"

func TestAForgottenHistoryGoesOnWithItsNumbers(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Change(func(a *Account) { a.Policy.MaxPasswordAge, a.Policy.MaxLoginAttempts = 7, 7 })
	if last := s.History(); len(last) != 2 || last[1].Seq != 2 {
		t.Fatalf("two changes are %v", last)
	}
	s.ForgetHistory()
	if kept := s.History(); len(kept) != 0 {
		t.Errorf("what was forgotten is %v", kept)
	}
	s.Change(func(a *Account) { a.Policy.MaxPasswordAge = 8 })
	if next := s.History(); len(next) != 1 || next[0].Seq != 3 {
		t.Errorf("the next change is %v", next)
	}
}
