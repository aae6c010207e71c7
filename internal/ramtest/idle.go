// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// disableIdle disables credentials that were not used for MaxIdleDays, on the following day: the keys of users, and console
// logon of users who did not log on with a password. (documented; Behaviour.KeepIdleCredentials) Creating, changing and
// restoring count as use, and the keys of the root account are excluded. (assumed)
func (s *Server) disableIdle(account *Account) {
	if s.behaviour.KeepIdleCredentials {
		return
	}
	old := account.Clone()
	preference := account.Preference
	for _, user := range account.Users {
		for _, key := range user.Keys {
			if key.Status == "Active" && s.idle(preference.MaxIdleDaysForAccessKeys, key.LastUsed, key.CreateDate, key.UpdateDate) {
				key.Status, key.UpdateDate = "Inactive", s.now()
			}
		}
		profile := user.LoginProfile
		if profile != nil && profile.Status != "Inactive" &&
			s.idle(preference.MaxIdleDaysForUsers, profile.LastLogin, profile.CreateDate, profile.UpdateDate) {
			profile.Status, profile.UpdateDate = "Inactive", s.now()
		}
	}
	s.record("system", old, account)
}

func (s *Server) idle(days int, uses ...time.Time) bool {
	last := time.Time{}
	for _, use := range uses {
		if use.After(last) {
			last = use
		}
	}
	return s.now().After(last.AddDate(0, 0, days+1))
}
