// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "encoding/base64"

var userSsoSettingsActions = table{
	"Ims/SetUserSsoSettings": {run: setUserSsoSettings, write: true, extra: true},
	"Ims/GetUserSsoSettings": {run: getUserSsoSettings},
}

// UserSso holds the single sign-on settings of the account's users.
type UserSso struct {
	Enabled             bool
	MetadataDocument    string // XML; empty if there is none
	AuxiliaryDomain     string // empty if there is none
	LoginWithDomain     bool
	AuthnSignAlgo       string // rsa-sha1, rsa-sha256
	UseTenantSpecificSp bool
	Extra               ExtraFields
}

// newUserSso returns the documented defaults. That metadata and domain are empty is assumed.
func newUserSso() UserSso { return UserSso{LoginWithDomain: true, AuthnSignAlgo: "rsa-sha1"} }

// getUserSsoSettings returns the settings. (documented)
func getUserSsoSettings(r *request) (reply, error) {
	return reply{"UserSsoSettings": r.userSso(r.account.UserSso)}, nil
}

// setUserSsoSettings accepts optional parameters (documented) and resets those that the request does not pass. (assumed, as
// SetSecurityPreference does; Behaviour.KeepOmittedSsoSettings) Without metadata SSO cannot be enabled. (assumed, with its
// code) UseTenantSpecificSp is in an older SDK only. (observed)
func setUserSsoSettings(r *request) (reply, error) {
	next := r.account.UserSso
	if !r.server.behaviour.KeepOmittedSsoSettings {
		next = newUserSso()
	}
	if err := first(
		r.boolean("SsoEnabled", &next.Enabled),
		r.metadata(&next.MetadataDocument),
		r.boolean("SsoLoginWithDomain", &next.LoginWithDomain),
		r.oneOf("AuthnSignAlgo", &next.AuthnSignAlgo, "rsa-sha1", "rsa-sha256"),
		r.boolean("UseTenantSpecificSp", &next.UseTenantSpecificSp),
		r.extraFields(&next.Extra),
	); err != nil {
		return nil, err
	}
	if next.Enabled && next.MetadataDocument == "" {
		return nil, incorrect("MetadataDocument")
	}
	r.auxiliaryDomain(&next.AuxiliaryDomain)
	r.account.UserSso = next
	return reply{"UserSsoSettings": r.userSso(next)}, nil
}

// metadata reads XML in Base64. (documented) The code for other text, and that an empty value clears the metadata, are
// assumed. (Behaviour.EmptySsoTextKeepsValue).
func (r *request) metadata(into *string) error {
	if !r.has("MetadataDocument") {
		return nil
	}
	if r.text("MetadataDocument") == "" && r.server.behaviour.EmptySsoTextKeepsValue {
		*into = r.account.UserSso.MetadataDocument
		return nil
	}
	document, err := base64.StdEncoding.DecodeString(r.text("MetadataDocument"))
	if err != nil {
		return incorrect("MetadataDocument")
	}
	*into = string(document)
	return nil
}

// auxiliaryDomain reads the domain. An empty value clears it. (assumed; Behaviour.EmptySsoTextKeepsValue)
func (r *request) auxiliaryDomain(into *string) {
	switch {
	case !r.has("AuxiliaryDomain"):
	case r.text("AuxiliaryDomain") == "" && r.server.behaviour.EmptySsoTextKeepsValue:
		*into = r.account.UserSso.AuxiliaryDomain
	default:
		*into = r.text("AuxiliaryDomain")
	}
}

// userSso returns the settings in the fields of the response. (documented; that empty texts are "" is assumed,
// Behaviour.OmitEmptyFields).
func (r *request) userSso(s UserSso) reply {
	shown := reply{
		"SsoEnabled": s.Enabled, "SsoLoginWithDomain": s.LoginWithDomain, "AuthnSignAlgo": s.AuthnSignAlgo,
		"UseTenantSpecificSp": s.UseTenantSpecificSp,
	}
	r.put(shown, "MetadataDocument", base64.StdEncoding.EncodeToString([]byte(s.MetadataDocument)))
	r.put(shown, "AuxiliaryDomain", s.AuxiliaryDomain)
	r.putExtra(shown, s.Extra)
	return shown
}
