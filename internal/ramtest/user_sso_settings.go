// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "encoding/base64"

var userSsoSettingsActions = table{
	"Ims/SetUserSsoSettings": {run: setUserSsoSettings, write: true},
	"Ims/GetUserSsoSettings": {run: getUserSsoSettings},
}

// UserSso is how the account's users log on through an identity provider.
type UserSso struct {
	Enabled          bool
	MetadataDocument string // XML; empty: none
	AuxiliaryDomain  string // empty: none
	LoginWithDomain  bool
	AuthnSignAlgo    string // rsa-sha1, rsa-sha256
}

// (documented; that there is neither metadata nor a domain is assumed)
func newUserSso() UserSso { return UserSso{LoginWithDomain: true, AuthnSignAlgo: "rsa-sha1"} }

// (documented)
func getUserSsoSettings(r *request) (reply, error) {
	return reply{"UserSsoSettings": r.userSso(r.account.UserSso)}, nil
}

// All parameters are optional. (documented) What the request leaves out keeps its value. (assumed;
// Behaviour.OmittedSsoSettingsReset) Without metadata SSO cannot be enabled. (assumed, and its code)
func setUserSsoSettings(r *request) (reply, error) {
	next := r.account.UserSso
	if r.server.behaviour.OmittedSsoSettingsReset {
		next = newUserSso()
	}
	if err := first(
		r.boolean("SsoEnabled", &next.Enabled),
		r.metadata(&next.MetadataDocument),
		r.boolean("SsoLoginWithDomain", &next.LoginWithDomain),
		r.oneOf("AuthnSignAlgo", &next.AuthnSignAlgo, "rsa-sha1", "rsa-sha256"),
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

// The metadata are XML in Base64. (documented) The code for other text, and that present and empty takes them away, are not.
// (assumed; Behaviour.EmptySsoTextsKeep)
func (r *request) metadata(into *string) error {
	if !r.has("MetadataDocument") || r.text("MetadataDocument") == "" && r.server.behaviour.EmptySsoTextKeepsValue {
		return nil
	}
	document, err := base64.StdEncoding.DecodeString(r.text("MetadataDocument"))
	if err != nil {
		return incorrect("MetadataDocument")
	}
	*into = string(document)
	return nil
}

// Present and empty takes the domain away. (assumed; Behaviour.EmptySsoTextsKeep)
func (r *request) auxiliaryDomain(into *string) {
	if r.has("AuxiliaryDomain") && (r.text("AuxiliaryDomain") != "" || !r.server.behaviour.EmptySsoTextKeepsValue) {
		*into = r.text("AuxiliaryDomain")
	}
}

// (documented; that texts without a value are empty is assumed, Behaviour.AbsentWhenEmpty)
func (r *request) userSso(s UserSso) reply {
	shown := reply{"SsoEnabled": s.Enabled, "SsoLoginWithDomain": s.LoginWithDomain, "AuthnSignAlgo": s.AuthnSignAlgo}
	r.put(shown, "MetadataDocument", base64.StdEncoding.EncodeToString([]byte(s.MetadataDocument)))
	r.put(shown, "AuxiliaryDomain", s.AuxiliaryDomain)
	return shown
}
