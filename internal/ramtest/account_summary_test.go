// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"testing"
	"time"
)

func TestGetAccountSummary(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Populate(3)
	got := admin(t, s).ok("Ims", "GetAccountSummary")
	for name, want := range map[string]int{
		"Users": 4, "UsersQuota": 1000, "MFADevices": 3, "MFADevicesInUse": 3, "AccessKeysPerUserQuota": 2, "IPItemsPerAKPolicyQuota": 50,
	} {
		equal(t, name, got.at("SummaryMap."+name), want)
	}
	s.SetBehaviour(func(b *Behaviour) { b.HideNewerFields = true })
	equal(t, "older", admin(t, s).ok("Ims", "GetAccountSummary").at("SummaryMap.IPItemsPerAKPolicyQuota"), nil)
}

func TestGetAccountMFAInfo(t *testing.T) {
	t.Parallel()
	s := New(t)
	equal(t, "before", admin(t, s).ok("Ims", "GetAccountMFAInfo").at("IsMFAEnable"), false)
	s.Change(func(a *Account) { a.RootMFA = true })
	equal(t, "after", admin(t, s).ok("Ims", "GetAccountMFAInfo").at("IsMFAEnable"), true)
}

func TestSecurityPracticeReport_score(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Populate(1)
	report := func() result { return admin(t, s).ok("Ims", "GetAccountSecurityPracticeReport") }
	const users = "AccountSecurityPracticeInfo.AccountSecurityPracticeUserInfo."
	before := report()
	equal(t, "level", before.at(users+"SubUserPwdLevel"), "low")
	equal(t, "bound", before.at(users+"SubUserBindMfa"), 1)
	s.Advance(100 * 24 * time.Hour)
	old := report()
	equal(t, "old keys", old.at(users+"OldAkNum"), 3)
	equal(t, "unused keys", old.at(users+"UnusedAkNum"), 2) // the third key signed this request
	s.Change(func(a *Account) {
		a.RootMFA = true
		a.Policy = PasswordPolicy{
			MinimumPasswordLength: 12, RequireLowercaseCharacters: true, RequireUppercaseCharacters: true, RequireNumbers: true, RequireSymbols: true,
		}
		a.Users["user-0001"].Keys = nil
	})
	after := report()
	equal(t, "level", after.at(users+"SubUserPwdLevel"), "high")
	worse, _ := old.at("AccountSecurityPracticeInfo.Score").(float64)
	better, _ := after.at("AccountSecurityPracticeInfo.Score").(float64)
	if better <= worse || worse < 0 || better > 100 {
		t.Errorf("the score went from %v to %v", worse, better)
	}
}
