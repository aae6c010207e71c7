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
	"Ims/SetSecurityPreference": {run: setSecurityPreference, write: true, extra: true},
	"Ram/GetSecurityPreference": {run: getSecurityPreference},
	"Ram/SetSecurityPreference": {run: setSecurityPreference, write: true, extra: true},
}

// getSecurityPreference returns the preference in the fields of the product. (documented)
func getSecurityPreference(r *request) (reply, error) {
	return reply{"SecurityPreference": r.securityPreference(r.account.Preference)}, nil
}

// setSecurityPreference resets every parameter that the request does not pass to its default. The vendor of the official
// provider says so for the masks and the session. (observed, July 2026; assumed for the other parameters: older tests of
// that provider expect omitted values to remain, Behaviour.KeepOmittedPreferences) Ram does not change values that only Ims
// has. (documented) The response is the whole preference. (documented)
func setSecurityPreference(r *request) (reply, error) {
	next := r.account.Preference
	if !r.server.behaviour.KeepOmittedPreferences {
		next = r.resetPreference()
	}
	err := r.sharedPreference(&next)
	if err == nil && r.product == "Ims" {
		err = r.imsPreference(&next)
	}
	if err == nil && r.product == "Ram" && !r.server.behaviour.HidePublicKeys {
		err = r.boolean("AllowUserToManagePublicKeys", &next.AllowUserToManagePublicKeys)
	}
	if err != nil {
		return nil, err
	}
	r.account.Preference = next
	return reply{"SecurityPreference": r.securityPreference(next)}, nil
}

// resetPreference returns the account's defaults in the fields of the request's product, and the current values in the
// others.
func (r *request) resetPreference() Preference {
	next, initial := r.account.Preference, DefaultsAt(r.account.FirstUse).Preference
	if r.product == "Ims" {
		initial.AllowUserToManagePublicKeys = next.AllowUserToManagePublicKeys
		return initial
	}
	next.AllowUserToChangePassword = initial.AllowUserToChangePassword
	next.AllowUserToManageAccessKeys = initial.AllowUserToManageAccessKeys
	next.AllowUserToManageMFADevices = initial.AllowUserToManageMFADevices
	next.AllowUserToManagePublicKeys = initial.AllowUserToManagePublicKeys
	next.EnableSaveMFATicket = initial.EnableSaveMFATicket
	next.LoginNetworkMasks = initial.LoginNetworkMasks
	next.LoginSessionDuration = initial.LoginSessionDuration
	next.Extra = initial.Extra
	return next
}

func (r *request) sharedPreference(next *Preference) error {
	return first(
		r.boolean("AllowUserToChangePassword", &next.AllowUserToChangePassword),
		r.boolean("AllowUserToManageAccessKeys", &next.AllowUserToManageAccessKeys),
		r.boolean("AllowUserToManageMFADevices", &next.AllowUserToManageMFADevices),
		r.boolean("EnableSaveMFATicket", &next.EnableSaveMFATicket),
		r.networkMasks(&next.LoginNetworkMasks),
		r.sessionDuration(&next.LoginSessionDuration),
		r.extraFields(&next.Extra),
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

// networkMasks reads at most 40 addresses or CIDR blocks and 512 characters, joined by ";". A present but empty value
// allows any address. (documented; older text: 25) The console page of 2026 allows 200 IPv4 addresses, and blanks and
// commas between them. What the API does with those is not documented. (Behaviour.LongMasks,
// Behaviour.AcceptMaskSeparators) The code of the refusal, and that IPv6 is accepted, are assumed.
// (Behaviour.RefuseIPv6Masks).
func (r *request) networkMasks(into *string) error {
	if !r.has("LoginNetworkMasks") {
		return nil
	}
	text, b := r.text("LoginNetworkMasks"), r.server.behaviour
	masks, entries := strings.Split(text, ";"), 40
	if b.AcceptMaskSeparators {
		masks = splitMasks(text)
	}
	if b.LongMasks {
		entries = 200
	}
	switch {
	case text == "":
	case len(masks) > entries, len(text) > 512 && !b.LongMasks, !each(masks, isNetwork), b.RefuseIPv6Masks && strings.Contains(text, ":"):
		return incorrect("LoginNetworkMasks")
	}
	*into = text
	return nil
}

// splitMasks splits masks at semicolons, commas and blanks.
func splitMasks(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(";, \t\r\n", c) })
}

func isNetwork(text string) bool {
	_, notPrefix := netip.ParsePrefix(text)
	_, notAddress := netip.ParseAddr(text)
	return notPrefix == nil || notAddress == nil
}

func each(texts []string, valid func(string) bool) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !valid(text) })
}

// sessionDuration reads 1 to 24 hours. (documented; 6 to 24 in 2021) The code of the refusal is assumed.
func (r *request) sessionDuration(into *int) error {
	if r.integer("LoginSessionDuration", 1, 24, into) != nil {
		return incorrect("LoginSessionDuration")
	}
	return nil
}

// idleDays reads 90, 180, 365 or 730. (documented since 2026) The code of the refusal is assumed.
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

// oneOf reads one of the given words. The code of the refusal is assumed.
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

// enforceMFA reads the older parameter: true means mandatory, false means independent. (documented) The newer parameter is
// read afterwards and takes precedence. (assumed)
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

// verificationTypes reads a JSON array of sms, email (documented) and mfa (observed in the official provider's tests).
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

// longTermLogin reads a parameter that only an older SDK has. (observed; Behaviour.IgnoreLongTermLogin)
func (r *request) longTermLogin(into *bool) error {
	if r.server.behaviour.IgnoreLongTermLogin {
		return nil
	}
	return r.boolean("AllowUserLongTermLogin", into)
}

func (r *request) securityPreference(p Preference) reply {
	if r.product == "Ram" {
		return r.ramPreference(p)
	}
	return r.imsPreferenceReply(p)
}

// ramPreference returns the preference in the fields of Ram. (documented; AllowUserToManagePublicKeys for the Japan site,
// Behaviour.HidePublicKeys).
func (r *request) ramPreference(p Preference) reply {
	logon := reply{
		"AllowUserToChangePassword": p.AllowUserToChangePassword,
		"EnableSaveMFATicket":       p.EnableSaveMFATicket,
		"LoginNetworkMasks":         r.masks(p.LoginNetworkMasks),
		"LoginSessionDuration":      p.LoginSessionDuration,
	}
	shown := reply{
		"AccessKeyPreference":    reply{"AllowUserToManageAccessKeys": p.AllowUserToManageAccessKeys},
		"LoginProfilePreference": logon,
		"MFAPreference":          reply{"AllowUserToManageMFADevices": p.AllowUserToManageMFADevices},
	}
	if !r.server.behaviour.HidePublicKeys {
		shown["PublicKeyPreference"] = reply{"AllowUserToManagePublicKeys": p.AllowUserToManagePublicKeys}
	}
	r.putExtraPreference(shown, logon, p.Extra)
	return shown
}

// imsPreferenceReply returns the preference in the fields of Ims. (documented) ApplicationLoginPreference is in an older
// SDK only. (observed)
func (r *request) imsPreferenceReply(p Preference) reply {
	logon := reply{
		"AllowUserToChangePassword": p.AllowUserToChangePassword,
		"EnableSaveMFATicket":       p.EnableSaveMFATicket,
		"LoginNetworkMasks":         r.masks(p.LoginNetworkMasks),
		"LoginSessionDuration":      p.LoginSessionDuration,
		"MFAOperationForLogin":      p.MFAOperationForLogin,
		"OperationForRiskLogin":     p.OperationForRiskLogin,
	}
	keys := reply{"AllowUserToManageAccessKeys": p.AllowUserToManageAccessKeys}
	shown := reply{
		"AccessKeyPreference":    keys,
		"LoginProfilePreference": logon,
		"MFAPreference":          reply{"AllowUserToManageMFADevices": p.AllowUserToManageMFADevices},
		"PersonalInfoPreference": reply{"AllowUserToManagePersonalDingTalk": p.AllowUserToManagePersonalDingTalk},
		"VerificationPreference": reply{"VerificationTypes": r.types(p.VerificationTypes)},
	}
	if !r.server.behaviour.IgnoreLongTermLogin {
		shown["ApplicationLoginPreference"] = reply{"AllowUserLongTermLogin": p.AllowUserLongTermLogin}
	}
	if !r.server.behaviour.HideNewerFields {
		keys["AllowUserToManageServiceCredentials"] = p.AllowUserToManageServiceCredentials
		logon["AllowUserToLoginWithPasskey"] = p.AllowUserToLoginWithPasskey
		shown["MaxIdleDays"] = reply{
			"MaxIdleDaysForAccessKeys": p.MaxIdleDaysForAccessKeys, "MaxIdleDaysForUsers": p.MaxIdleDaysForUsers,
		}
	}
	r.putExtraPreference(shown, logon, p.Extra)
	return shown
}

// putExtraPreference adds two extra fields to a known object of the response and one to a new object.
func (r *request) putExtraPreference(shown, logon reply, extra ExtraFields) {
	r.putExtra(logon, extra)
	if number, ok := logon["ExtraNumber"]; ok {
		delete(logon, "ExtraNumber")
		shown["ExtraPreference"] = reply{"ExtraNumber": number}
	}
}

// masks returns the masks as they were set. (assumed; Behaviour.NormalizeMasks)
func (r *request) masks(text string) string {
	if !r.server.behaviour.NormalizeMasks || text == "" {
		return text
	}
	masks := splitMasks(text)
	for i, mask := range masks {
		if prefix, err := netip.ParsePrefix(mask); err == nil && prefix.IsSingleIP() {
			masks[i] = prefix.Addr().String()
		}
	}
	slices.Sort(masks)
	return strings.Join(masks, ";")
}

// types returns the types in random order, because the official provider reads a set (observed), and as a list. (observed;
// a sample differs: Behaviour.VerificationTypesAsText).
func (r *request) types(set []string) []string {
	if r.server.behaviour.VerificationTypesAsText && len(set) > 0 {
		return []string{string(asJSON(set))}
	}
	return shuffled(r, set)
}
