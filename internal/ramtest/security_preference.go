// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

var securityPreferenceActions = table{
	"Ims/GetSecurityPreference": {run: getSecurityPreference},
	"Ims/SetSecurityPreference": {run: setSecurityPreference, write: true},
	"Ram/GetSecurityPreference": {run: getSecurityPreference},
	"Ram/SetSecurityPreference": {run: setSecurityPreference, write: true},
}

// (documented)
func getSecurityPreference(r *request) (reply, error) {
	return reply{"SecurityPreference": r.securityPreference(r.account.Preference)}, nil
}

// What the request leaves out keeps its value. (observed in the official provider's tests, which a report of 2026
// contradicts; Behaviour.OmittedPreferencesReset) Ram does not touch what only Ims knows. The answer is the whole
// preference. (documented)
func setSecurityPreference(r *request) (reply, error) {
	next := r.account.Preference
	if r.server.behaviour.OmittedPreferencesReset {
		next = r.resetPreference()
	}
	err := r.sharedPreference(&next)
	if err == nil && r.product == "Ims" {
		err = r.imsPreference(&next)
	}
	if err == nil && r.product == "Ram" {
		err = r.boolean("AllowUserToManagePublicKeys", &next.AllowUserToManagePublicKeys)
	}
	if err != nil {
		return nil, err
	}
	r.account.Preference = next
	return reply{"SecurityPreference": r.securityPreference(next)}, nil
}

// resetPreference has the defaults for what the product of the request knows.
func (r *request) resetPreference() Preference {
	old, fresh := r.account.Preference, newPreference()
	if r.product == "Ims" {
		fresh.AllowUserToManagePublicKeys = old.AllowUserToManagePublicKeys
		return fresh
	}
	old.AllowUserToChangePassword = fresh.AllowUserToChangePassword
	old.AllowUserToManageAccessKeys = fresh.AllowUserToManageAccessKeys
	old.AllowUserToManageMFADevices = fresh.AllowUserToManageMFADevices
	old.AllowUserToManagePublicKeys = fresh.AllowUserToManagePublicKeys
	old.EnableSaveMFATicket = fresh.EnableSaveMFATicket
	old.LoginNetworkMasks = fresh.LoginNetworkMasks
	old.LoginSessionDuration = fresh.LoginSessionDuration
	return old
}

func (r *request) sharedPreference(next *Preference) error {
	return first(
		r.boolean("AllowUserToChangePassword", &next.AllowUserToChangePassword),
		r.boolean("AllowUserToManageAccessKeys", &next.AllowUserToManageAccessKeys),
		r.boolean("AllowUserToManageMFADevices", &next.AllowUserToManageMFADevices),
		r.boolean("EnableSaveMFATicket", &next.EnableSaveMFATicket),
		r.networkMasks(&next.LoginNetworkMasks),
		r.sessionDuration(&next.LoginSessionDuration),
	)
}

func (r *request) imsPreference(next *Preference) error {
	if err := first(
		r.boolean("AllowUserToManagePersonalDingTalk", &next.AllowUserToManagePersonalDingTalk),
		r.enforceMFA(&next.MFAOperationForLogin),
		r.oneOf("MFAOperationForLogin", &next.MFAOperationForLogin, "mandatory", "independent", "adaptive"),
		r.oneOf("OperationForRiskLogin", &next.OperationForRiskLogin, "autonomous", "enforceVerify"),
		r.verificationTypes(&next.VerificationTypes),
		r.longTermLogin(&next.AllowUserLongTermLogin),
	); err != nil || r.server.behaviour.HideNewerFields {
		return err
	}
	return first(
		r.boolean("AllowUserToLoginWithPasskey", &next.AllowUserToLoginWithPasskey),
		r.boolean("AllowUserToManageServiceCredentials", &next.AllowUserToManageServiceCredentials),
		r.idleDays("MaxIdleDaysForUsers", &next.MaxIdleDaysForUsers),
		r.idleDays("MaxIdleDaysForAccessKeys", &next.MaxIdleDaysForAccessKeys),
	)
}

// At most 40 addresses or CIDR blocks and 512 characters, joined by ";"; present and empty means any address.
// (documented; older text: 25) The refusal's code, and that IPv6 is taken, are assumed. (Behaviour.RefuseIPv6Masks)
func (r *request) networkMasks(into *string) error {
	if !r.has("LoginNetworkMasks") {
		return nil
	}
	text := r.text("LoginNetworkMasks")
	if text == "" {
		*into = ""
		return nil
	}
	masks := strings.Split(text, ";")
	if len(text) > 512 || len(masks) > 40 || !each(masks, isNetwork) ||
		r.server.behaviour.RefuseIPv6Masks && strings.Contains(text, ":") {
		return incorrect("LoginNetworkMasks")
	}
	*into = text
	return nil
}

func isNetwork(text string) bool {
	_, notPrefix := netip.ParsePrefix(text)
	_, notAddress := netip.ParseAddr(text)
	return notPrefix == nil || notAddress == nil
}

func each(texts []string, good func(string) bool) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !good(text) })
}

// 1 to 24 hours. (documented; 6 to 24 in 2021) The refusal's code is assumed.
func (r *request) sessionDuration(into *int) error {
	if r.integer("LoginSessionDuration", 1, 24, into) != nil {
		return incorrect("LoginSessionDuration")
	}
	return nil
}

// 90, 180, 365 or 730. (documented since 2026) The refusal's code is assumed.
func (r *request) idleDays(name string, into *int) error {
	if !r.has(name) {
		return nil
	}
	days, err := strconv.Atoi(r.text(name))
	if err != nil || !slices.Contains([]int{90, 180, 365, 730}, days) {
		return incorrect(name)
	}
	*into = days
	return nil
}

// oneOf reads one of some words. The refusal's code is assumed.
func (r *request) oneOf(name string, into *string, words ...string) error {
	if !r.has(name) {
		return nil
	}
	if !slices.Contains(words, r.text(name)) {
		return incorrect(name)
	}
	*into = r.text(name)
	return nil
}

// The older switch: true is mandatory, false is independent. (documented) The newer parameter is read after it and wins. (assumed)
func (r *request) enforceMFA(into *string) error {
	if !r.has("EnforceMFAForLogin") {
		return nil
	}
	enforced := false
	if err := r.boolean("EnforceMFAForLogin", &enforced); err != nil {
		return err
	}
	*into = "independent"
	if enforced {
		*into = "mandatory"
	}
	return nil
}

// One parameter that holds a JSON array of sms, email (documented) and mfa (observed in the official provider's tests).
func (r *request) verificationTypes(into *[]string) error {
	if !r.has("VerificationTypes") {
		return nil
	}
	types := []string{}
	if json.Unmarshal([]byte(r.text("VerificationTypes")), &types) != nil || types == nil ||
		!each(types, func(text string) bool { return slices.Contains([]string{"sms", "email", "mfa"}, text) }) {
		return incorrect("VerificationTypes")
	}
	*into = types
	return nil
}

// In an older SDK and in no reference. (observed; Behaviour.IgnoreLongTermLogin)
func (r *request) longTermLogin(into *bool) error {
	if r.server.behaviour.IgnoreLongTermLogin {
		return nil
	}
	return r.boolean("AllowUserLongTermLogin", into)
}
