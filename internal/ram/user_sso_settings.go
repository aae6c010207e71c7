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

// ByteOrderMark is the character that some editors and identity providers write before an
// XML document.
const ByteOrderMark = "\ufeff"

// UserSsoSettings hold the single sign-on of RAM users through an identity provider. Nil
// means that the service did not return the field, or that a Set does not send it.
type UserSsoSettings struct {
	SsoEnabled         *bool
	MetadataDocument   *string // XML; "" if there is none; Base64 in requests and responses
	AuxiliaryDomain    *string // "" if there is none
	SsoLoginWithDomain *bool
	AuthnSignAlgo      *string // rsa-sha1, rsa-sha256
}

// encoded is a text that the service returns in Base64.
type encoded string

// UnmarshalJSON accepts Base64, also with line breaks or without padding, and plain XML.
// Source: Base64 is documented; the other forms are tolerated.
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

type userSsoSettingsResponse struct{ UserSsoSettings *returned[userSsoFields] }

type userSsoFields struct {
	SsoEnabled         flag
	MetadataDocument   encoded
	AuxiliaryDomain    text
	SsoLoginWithDomain flag
	AuthnSignAlgo      text
}

func (a *userSsoSettingsResponse) missing() string {
	if a.UserSsoSettings == nil {
		return "UserSsoSettings"
	}
	return ""
}

// UserSsoSettings returns the settings of the account. They come from the cache unless this
// client has changed them since they were read.
func (c *Client) UserSsoSettings(ctx context.Context) (UserSsoSettings, error) {
	return c.caches.sso.get(ctx, "", c.readSso)
}

// RefreshUserSsoSettings returns the settings of the account. It bypasses the cache.
func (c *Client) RefreshUserSsoSettings(ctx context.Context) (UserSsoSettings, error) {
	return c.caches.sso.refresh(ctx, "", c.readSso)
}

func (c *Client) readSso(ctx context.Context) (UserSsoSettings, error) {
	s, _, err := c.readSsoReply(ctx)
	return s, err
}

// readSsoReply treats a text that is absent, null or "" as no text, because the
// documentation does not say which of them the service returns.
func (c *Client) readSsoReply(ctx context.Context) (UserSsoSettings, Reply, error) {
	var response userSsoSettingsResponse
	if err := c.call(ctx, getUserSsoSettings, nil, &response); err != nil {
		return UserSsoSettings{}, Reply{}, err
	}
	c.returned.Store(getUserSsoSettings.action, response.UserSsoSettings.reply)
	f := response.UserSsoSettings.known
	return UserSsoSettings{
		SsoEnabled:         f.SsoEnabled.value,
		MetadataDocument:   new(string(f.MetadataDocument)),
		AuxiliaryDomain:    new(string(f.AuxiliaryDomain)),
		SsoLoginWithDomain: f.SsoLoginWithDomain.value,
		AuthnSignAlgo:      f.AuthnSignAlgo.optional(),
	}, response.UserSsoSettings.reply, nil
}

func (s UserSsoSettings) params() (params, error) {
	in := params{}
	in.flag("SsoEnabled", s.SsoEnabled)
	if s.MetadataDocument != nil { // the service may not accept a byte order mark (assumed)
		in["MetadataDocument"] = base64.StdEncoding.EncodeToString([]byte(strings.TrimPrefix(*s.MetadataDocument, ByteOrderMark)))
	}
	in.text("AuxiliaryDomain", s.AuxiliaryDomain)
	in.flag("SsoLoginWithDomain", s.SsoLoginWithDomain)
	in.text("AuthnSignAlgo", s.AuthnSignAlgo)
	return in, nil
}

// ChangeUserSsoSettings writes the settings that merge returns for the live settings. It is
// not documented whether the service keeps or resets fields that a request leaves out, and
// whether "" clears a text. If the response lacks one of the known fields and merge does
// not set it, nothing is written.
func (c *Client) ChangeUserSsoSettings(ctx context.Context, merge Merge[UserSsoSettings], known ...string) error {
	return changeSetting(ctx, c, settingWrite[UserSsoSettings]{
		invalidateIfSent: c.caches.sso.invalidateIfSent,
		get:              getUserSsoSettings, set: setUserSsoSettings, params: UserSsoSettings.params,
		read: func(ctx context.Context) (UserSsoSettings, Reply, error) {
			s, reply, err := c.readSsoReply(ctx)
			if !reply.Has("MetadataDocument") { // the document may exist, so writing "" may change it
				s.MetadataDocument = nil
			}
			if !reply.Has("AuxiliaryDomain") {
				s.AuxiliaryDomain = nil
			}
			return s, reply, err
		},
		required: []string{"SsoEnabled", "SsoLoginWithDomain", "AuthnSignAlgo"}, known: known,
		adjust: requireMetadata,
	}, merge)
}

// requireMetadata refuses a write that enables single sign-on without the metadata of an
// identity provider. A response that lacks the metadata must not erase it.
func requireMetadata(in params) error {
	if in["SsoEnabled"] == "true" && in["MetadataDocument"] == "" {
		return &IncompleteReplyError{Action: setUserSsoSettings.action, Fields: []string{"MetadataDocument"}}
	}
	return nil
}
