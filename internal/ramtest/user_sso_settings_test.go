// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/base64"
	"testing"
)

func TestUserSsoSettings(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	got := c.ok("Ims", "GetUserSsoSettings")
	equal(t, "off", got.at("UserSsoSettings.SsoEnabled"), false)
	equal(t, "domain", got.at("UserSsoSettings.SsoLoginWithDomain"), true)
	equal(t, "algorithm", got.at("UserSsoSettings.AuthnSignAlgo"), "rsa-sha1")
	equal(t, "no metadata", got.at("UserSsoSettings.MetadataDocument"), "")
	s.SetBehaviour(func(b *Behaviour) { b.OmitEmptyFields = true })
	equal(t, "metadata are absent", c.ok("Ims", "GetUserSsoSettings").at("UserSsoSettings.MetadataDocument"), nil)

	c.refused("InvalidParameter.MetadataDocument", "Ims", "SetUserSsoSettings", "SsoEnabled", "true")
	c.refused("InvalidParameter.MetadataDocument", "Ims", "SetUserSsoSettings", "MetadataDocument", "<xml/>")
	c.refused("InvalidParameter.AuthnSignAlgo", "Ims", "SetUserSsoSettings", "AuthnSignAlgo", "md5")
	document := base64.StdEncoding.EncodeToString([]byte("<xml/>"))
	c.ok("Ims", "SetUserSsoSettings", "SsoEnabled", "true", "MetadataDocument", document, "AuxiliaryDomain", "example.com")
	s.SetBehaviour(func(b *Behaviour) { b.KeepOmittedSsoSettings = true })
	got = c.ok("Ims", "SetUserSsoSettings", "AuthnSignAlgo", "rsa-sha256", "UseTenantSpecificSp", "true")
	equal(t, "tenant", got.at("UserSsoSettings.UseTenantSpecificSp"), true)
	equal(t, "omitted is kept", got.at("UserSsoSettings.MetadataDocument"), document)

	s.SetBehaviour(func(b *Behaviour) { b.EmptySsoTextKeepsValue = true })
	equal(t, "empty keeps", c.ok("Ims", "SetUserSsoSettings", "AuxiliaryDomain", "").at("UserSsoSettings.AuxiliaryDomain"), "example.com")
	s.SetBehaviour(func(b *Behaviour) { b.EmptySsoTextKeepsValue = false })
	equal(t, "empty clears", c.ok("Ims", "SetUserSsoSettings", "AuxiliaryDomain", "").at("UserSsoSettings.AuxiliaryDomain"), nil)
	s.SetBehaviour(func(b *Behaviour) { b.KeepOmittedSsoSettings = false })
	equal(t, "omitted is reset", c.ok("Ims", "SetUserSsoSettings", "AuxiliaryDomain", "example.com").at("UserSsoSettings.SsoEnabled"), false)
}
