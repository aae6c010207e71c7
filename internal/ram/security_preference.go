// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"slices"
	"strings"
)

var (
	getSecurityPreference = operation{product: imsProduct, action: "GetSecurityPreference", repeat: read}
	setSecurityPreference = operation{product: imsProduct, action: "SetSecurityPreference", repeat: set}
)

// SecurityPreference holds the logon rules of an account. Nil is what the
// service did not say, or what a Set leaves alone.
type SecurityPreference struct {
	AllowUserToChangePassword           *bool
	AllowUserToManageAccessKeys         *bool
	AllowUserToManageMFADevices         *bool
	AllowUserToManagePersonalDingTalk   *bool
	AllowUserToManageServiceCredentials *bool
	AllowUserToLoginWithPasskey         *bool
	AllowUserLongTermLogin              *bool // sent by the vendor's SDK, undocumented
	EnableSaveMFATicket                 *bool
	LoginSessionDuration                *int64   // hours
	LoginNetworkMasks                   []string // empty: any address
	MFAOperationForLogin                *string
	VerificationTypes                   []string
	MaxIdleDaysForUsers                 *int64
	MaxIdleDaysForAccessKeys            *int64
}

type securityPreferenceAnswer struct {
	SecurityPreference *struct {
		AccessKeyPreference struct {
			AllowUserToManageAccessKeys         flag
			AllowUserToManageServiceCredentials flag
		}
		ApplicationLoginPreference struct {
			AllowUserLongTermLogin flag
		}
		LoginProfilePreference *loginProfilePreference
		MFAPreference          struct {
			AllowUserToManageMFADevices flag
		}
		MaxIdleDays struct {
			MaxIdleDaysForAccessKeys number
			MaxIdleDaysForUsers      number
		}
		PersonalInfoPreference struct {
			AllowUserToManagePersonalDingTalk flag
		}
		VerificationPreference struct {
			VerificationTypes textList
		}
	}
}

type loginProfilePreference struct {
	AllowUserToChangePassword   flag
	AllowUserToLoginWithPasskey flag
	EnableSaveMFATicket         flag
	LoginNetworkMasks           text
	LoginSessionDuration        number
	MFAOperationForLogin        text
}

func (a *securityPreferenceAnswer) missing() string {
	if a.SecurityPreference == nil {
		return "SecurityPreference"
	}
	return ""
}

// SecurityPreference is the preference of the account. It may have been read
// before (planLife, sharedLife), unless this client changed it since.
func (c *Client) SecurityPreference(ctx context.Context) (SecurityPreference, error) {
	p, err := c.caches.preference.get(ctx, "", c.readPreference)
	return p.clone(), err
}

// SecurityPreferenceNow is the preference of the account, past what is known.
func (c *Client) RefreshSecurityPreference(ctx context.Context) (SecurityPreference, error) {
	p, err := c.caches.preference.refresh(ctx, "", c.readPreference)
	return p.clone(), err
}

// own is the preference with lists that belong to one caller.
func (p SecurityPreference) clone() SecurityPreference {
	p.LoginNetworkMasks, p.VerificationTypes = slices.Clone(p.LoginNetworkMasks), slices.Clone(p.VerificationTypes)
	return p
}

func (c *Client) readPreference(ctx context.Context) (SecurityPreference, error) {
	var answer securityPreferenceAnswer
	if err := c.call(ctx, getSecurityPreference, nil, &answer); err != nil {
		return SecurityPreference{}, err
	}
	return answer.preference(), nil
}

func (a *securityPreferenceAnswer) preference() SecurityPreference {
	said := a.SecurityPreference
	p := SecurityPreference{
		AllowUserToManageAccessKeys:         said.AccessKeyPreference.AllowUserToManageAccessKeys.value,
		AllowUserToManageServiceCredentials: said.AccessKeyPreference.AllowUserToManageServiceCredentials.value,
		AllowUserLongTermLogin:              said.ApplicationLoginPreference.AllowUserLongTermLogin.value,
		AllowUserToManageMFADevices:         said.MFAPreference.AllowUserToManageMFADevices.value,
		AllowUserToManagePersonalDingTalk:   said.PersonalInfoPreference.AllowUserToManagePersonalDingTalk.value,
		MaxIdleDaysForAccessKeys:            said.MaxIdleDays.MaxIdleDaysForAccessKeys.value,
		MaxIdleDaysForUsers:                 said.MaxIdleDays.MaxIdleDaysForUsers.value,
		VerificationTypes:                   said.VerificationPreference.VerificationTypes,
	}
	login := said.LoginProfilePreference
	if login == nil {
		return p
	}
	p.AllowUserToChangePassword = login.AllowUserToChangePassword.value
	p.AllowUserToLoginWithPasskey = login.AllowUserToLoginWithPasskey.value
	p.EnableSaveMFATicket = login.EnableSaveMFATicket.value
	p.LoginSessionDuration = login.LoginSessionDuration.value
	p.MFAOperationForLogin = login.MFAOperationForLogin.optional()
	p.LoginNetworkMasks = splitMasks(string(login.LoginNetworkMasks))
	return p
}

// splitMasks never answers nil: no masks is a setting of its own, any address.
func splitMasks(joined string) []string {
	masks := []string{}
	for mask := range strings.SplitSeq(joined, ";") {
		if mask = strings.TrimSpace(mask); mask != "" {
			masks = append(masks, mask)
		}
	}
	return masks
}

// SetSecurityPreference sends every field that is not nil, and an empty list as
// empty. Whether the service keeps or resets the others is not documented.
func (c *Client) SetSecurityPreference(ctx context.Context, p SecurityPreference) error {
	in := params{}
	in.flag("AllowUserToChangePassword", p.AllowUserToChangePassword)
	in.flag("AllowUserToManageAccessKeys", p.AllowUserToManageAccessKeys)
	in.flag("AllowUserToManageMFADevices", p.AllowUserToManageMFADevices)
	in.flag("AllowUserToManagePersonalDingTalk", p.AllowUserToManagePersonalDingTalk)
	in.flag("AllowUserToManageServiceCredentials", p.AllowUserToManageServiceCredentials)
	in.flag("AllowUserToLoginWithPasskey", p.AllowUserToLoginWithPasskey)
	in.flag("AllowUserLongTermLogin", p.AllowUserLongTermLogin)
	in.flag("EnableSaveMFATicket", p.EnableSaveMFATicket)
	in.number("LoginSessionDuration", p.LoginSessionDuration)
	if p.LoginNetworkMasks != nil {
		in["LoginNetworkMasks"] = strings.Join(p.LoginNetworkMasks, ";")
	}
	in.text("MFAOperationForLogin", p.MFAOperationForLogin)
	if err := in.list("VerificationTypes", p.VerificationTypes); err != nil {
		return err
	}
	in.number("MaxIdleDaysForUsers", p.MaxIdleDaysForUsers)
	in.number("MaxIdleDaysForAccessKeys", p.MaxIdleDaysForAccessKeys)
	defer c.caches.preference.invalidateAround()()
	return c.call(ctx, setSecurityPreference, in, nil)
}
