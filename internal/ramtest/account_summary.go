// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

var accountSummaryActions = table{
	"Ims/GetAccountSummary":                {run: getAccountSummary},
	"Ims/GetAccountMFAInfo":                {run: getAccountMFAInfo},
	"Ims/GetAccountSecurityPracticeReport": {run: getAccountSecurityPracticeReport},
}

// getAccountSummary returns the numbers of objects and the quotas. (documented; the value of AuthorizedClientPerUserQuota is
// assumed).
func getAccountSummary(r *request) (reply, error) {
	a, q, inUse := r.account, r.account.Quotas, 0
	for _, device := range a.MFADevices {
		if device.UserID != "" {
			inUse++
		}
	}
	summary := reply{
		"AccessKeysPerUserQuota":        q.AccessKeysPerUser,
		"AttachedPoliciesPerGroupQuota": q.AttachedPoliciesPerGroup, "AttachedPoliciesPerRoleQuota": q.AttachedPoliciesPerRole,
		"AttachedPoliciesPerUserQuota":        q.AttachedPoliciesPerUser,
		"AttachedSystemPoliciesPerGroupQuota": q.AttachedSystemPolicies, "AttachedSystemPoliciesPerRoleQuota": q.AttachedSystemPolicies,
		"AttachedSystemPoliciesPerUserQuota": q.AttachedSystemPolicies,
		"Groups":                             len(a.Groups), "GroupsPerUserQuota": q.GroupsPerUser, "GroupsQuota": q.Groups,
		"MFADevices": len(a.MFADevices), "MFADevicesInUse": inUse, "VirtualMFADevicesQuota": q.VirtualMFADevices,
		"Policies": len(a.Policies), "PoliciesQuota": q.Policies, "PolicySizeQuota": q.PolicySize, "VersionsPerPolicyQuota": q.PolicyVersions,
		"Roles": len(a.Roles), "RolesQuota": q.Roles,
		"Users": len(a.Users), "UsersQuota": q.Users,
	}
	if !r.server.behaviour.HideNewerFields {
		summary["AccountAccessKeysPerAccountQuota"] = q.AccountAccessKeys
		summary["AuthorizedClientPerUserQuota"] = 100
		summary["ConditionsPerAKPolicyQuota"] = q.StatementsPerAccessPolicy
		summary["IPItemsPerAKPolicyQuota"] = q.AddressesPerAccessPolicy
		summary["ServiceCredentialsPerUserPerServiceQuota"] = q.CredentialsPerUserAndService
	}
	return reply{"SummaryMap": summary}, nil
}

// getAccountMFAInfo reports whether the root account has MFA. (documented)
func getAccountMFAInfo(r *request) (reply, error) {
	return reply{"IsMFAEnable": r.account.RootMFA}, nil
}

// getAccountSecurityPracticeReport returns documented fields. The age at which keys count as old or unused (90 days) and
// the score are assumed.
func getAccountSecurityPracticeReport(r *request) (reply, error) {
	a := r.account
	oldKeys, unusedKeys := r.count(a.Keys)
	bound, usersWithOld, usersWithUnused := 0, 0, 0
	for _, user := range a.Users {
		old, unused := r.count(user.Keys)
		oldKeys, unusedKeys = oldKeys+old, unusedKeys+unused
		usersWithOld += min(old, 1)
		usersWithUnused += min(unused, 1)
		if user.MFASerial != "" {
			bound++
		}
	}
	score := 100 - 20*min(len(a.Keys), 1) - 10*min(usersWithOld, 1) - 10*min(usersWithUnused, 1)
	if !a.RootMFA {
		score -= 20
	}
	if bound < len(a.Users) {
		score -= 10
	}
	level := passwordLevel(a.Policy)
	score -= map[string]int{"low": 20, "mid": 10, "high": 0}[level]
	return reply{"AccountSecurityPracticeInfo": reply{
		"Score": score,
		"AccountSecurityPracticeUserInfo": reply{
			"BindMfa": a.RootMFA, "RootWithAccessKey": len(a.Keys),
			"OldAkNum": oldKeys, "UnusedAkNum": unusedKeys,
			"SubUser": len(a.Users), "SubUserBindMfa": bound, "SubUserPwdLevel": level,
			"SubUserWithOldAccessKey": usersWithOld, "SubUserWithUnusedAccessKey": usersWithUnused,
		},
	}}, nil
}

// count returns the numbers of keys that are older than 90 days, and that were not used for 90 days. (assumed)
func (r *request) count(keys []*AccessKey) (old, unused int) {
	limit := r.now.Add(-90 * 24 * time.Hour)
	for _, key := range keys {
		if key.CreateDate.Before(limit) {
			old++
		}
		if key.CreateDate.Before(limit) && key.LastUsed.Before(limit) {
			unused++
		}
	}
	return old, unused
}

// passwordLevel returns low, mid or high (documented); the limits are assumed.
func passwordLevel(policy PasswordPolicy) string {
	classes := 0
	for _, demanded := range []bool{
		policy.RequireLowercaseCharacters, policy.RequireUppercaseCharacters, policy.RequireNumbers, policy.RequireSymbols,
	} {
		if demanded {
			classes++
		}
	}
	switch {
	case policy.MinimumPasswordLength >= 12 && classes == 4:
		return "high"
	case policy.MinimumPasswordLength >= 10 && classes >= 2:
		return "mid"
	default:
		return "low"
	}
}
