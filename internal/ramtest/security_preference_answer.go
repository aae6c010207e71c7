// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/netip"
	"slices"
	"strings"
)

func (r *request) securityPreference(p Preference) reply {
	if r.product == "Ram" {
		return r.ramAnswer(p)
	}
	return r.imsAnswer(p)
}

// (documented)
func (r *request) ramAnswer(p Preference) reply {
	return reply{
		"AccessKeyPreference": reply{"AllowUserToManageAccessKeys": p.AllowUserToManageAccessKeys},
		"LoginProfilePreference": reply{
			"AllowUserToChangePassword": p.AllowUserToChangePassword,
			"EnableSaveMFATicket":       p.EnableSaveMFATicket,
			"LoginNetworkMasks":         r.masks(p.LoginNetworkMasks),
			"LoginSessionDuration":      p.LoginSessionDuration,
		},
		"MFAPreference":       reply{"AllowUserToManageMFADevices": p.AllowUserToManageMFADevices},
		"PublicKeyPreference": reply{"AllowUserToManagePublicKeys": p.AllowUserToManagePublicKeys},
	}
}

// (documented) ApplicationLoginPreference is in an older SDK only. (observed)
func (r *request) imsAnswer(p Preference) reply {
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
	return shown
}

// Masks are answered as they were set. (assumed; Behaviour.RewrittenMasks)
func (r *request) masks(text string) string {
	if !r.server.behaviour.NormalizeMasks || text == "" {
		return text
	}
	masks := strings.Split(text, ";")
	for i, mask := range masks {
		if prefix, err := netip.ParsePrefix(mask); err == nil && prefix.IsSingleIP() {
			masks[i] = prefix.Addr().String()
		}
	}
	slices.Sort(masks)
	return strings.Join(masks, ";")
}

// Verification types come in no promised order. (observed: the official provider reads a set) They are a list.
// (observed; a sample has them otherwise: Behaviour.VerificationTypesAsText)
func (r *request) types(set []string) []string {
	if r.server.behaviour.VerificationTypesAsText && len(set) > 0 {
		return []string{string(asJSON(set))}
	}
	return shuffled(r, set)
}
