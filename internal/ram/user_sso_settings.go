// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"
)

var (
	getUserSsoSettings = operation{product: imsProduct, action: "GetUserSsoSettings", repeat: read}
	setUserSsoSettings = operation{product: imsProduct, action: "SetUserSsoSettings", repeat: set}
)

// UserSsoSettings say how RAM users log on through an identity provider. Nil is
// what the service did not say, or what a Set leaves alone.
type UserSsoSettings struct {
	SsoEnabled         *bool
	MetadataDocument   *string // XML, "": none; Base64 on the wire
	AuxiliaryDomain    *string // "": none
	SsoLoginWithDomain *bool
	AuthnSignAlgo      *string // rsa-sha1, rsa-sha256
}

// encoded is a text that comes in Base64.
type encoded string

// UnmarshalJSON reads Base64 with line breaks and without padding too, and XML
// as it is. Source: Base64 is documented, the rest is tolerance.
func (e *encoded) UnmarshalJSON(data []byte) error {
	value, _, err := scalar(data, "a text")
	if err != nil {
		return err
	}
	if strings.HasPrefix(strings.TrimSpace(value), "<") {
		*e = encoded(value)
		return nil
	}
	dense := bytes.TrimRight([]byte(strings.Join(strings.Fields(value), "")), "=")
	plain, err := base64.RawStdEncoding.AppendDecode(nil, dense)
	if err != nil {
		return &unexpectedValue{"Base64"}
	}
	*e = encoded(plain)
	return nil
}

type userSsoSettingsAnswer struct {
	UserSsoSettings *struct {
		SsoEnabled         flag
		MetadataDocument   encoded
		AuxiliaryDomain    text
		SsoLoginWithDomain flag
		AuthnSignAlgo      text
	}
}

func (a *userSsoSettingsAnswer) missing() string {
	if a.UserSsoSettings == nil {
		return "UserSsoSettings"
	}
	return ""
}

// UserSsoSettings are the settings of the account. They may have been read up to a
// minute ago, unless this client changed them since.
func (c *Client) UserSsoSettings(ctx context.Context) (UserSsoSettings, error) {
	return c.caches.sso.get(ctx, "", c.readSso)
}

// UserSsoSettingsNow are the settings of the account, past what is known.
func (c *Client) RefreshUserSsoSettings(ctx context.Context) (UserSsoSettings, error) {
	return c.caches.sso.refresh(ctx, "", c.readSso)
}

// A text that is absent, null or "" is none; which of them the service answers is
// not documented.
func (c *Client) readSso(ctx context.Context) (UserSsoSettings, error) {
	var answer userSsoSettingsAnswer
	if err := c.call(ctx, getUserSsoSettings, nil, &answer); err != nil {
		return UserSsoSettings{}, err
	}
	said := answer.UserSsoSettings
	return UserSsoSettings{
		SsoEnabled:         said.SsoEnabled.value,
		MetadataDocument:   new(string(said.MetadataDocument)),
		AuxiliaryDomain:    new(string(said.AuxiliaryDomain)),
		SsoLoginWithDomain: said.SsoLoginWithDomain.value,
		AuthnSignAlgo:      said.AuthnSignAlgo.optional(),
	}, nil
}

// SetUserSsoSettings sends every field that is not nil. Whether the service keeps
// or resets the others, and whether "" takes a text away, is not documented.
func (c *Client) SetUserSsoSettings(ctx context.Context, s UserSsoSettings) error {
	in := params{}
	in.flag("SsoEnabled", s.SsoEnabled)
	if s.MetadataDocument != nil {
		in["MetadataDocument"] = base64.StdEncoding.EncodeToString([]byte(*s.MetadataDocument))
	}
	in.text("AuxiliaryDomain", s.AuxiliaryDomain)
	in.flag("SsoLoginWithDomain", s.SsoLoginWithDomain)
	in.text("AuthnSignAlgo", s.AuthnSignAlgo)
	defer c.caches.sso.invalidateAround()()
	return c.call(ctx, setUserSsoSettings, in, nil)
}
