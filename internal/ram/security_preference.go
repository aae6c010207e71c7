// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"slices"
	"strings"
)

var (
	getSecurityPreference = operation{product: imsProduct, action: "GetSecurityPreference", repeat: read}
	setSecurityPreference = operation{product: imsProduct, action: "SetSecurityPreference", repeat: set}
)

// SecurityPreference holds the logon rules of an account. Nil means that the service did
// not return the field, or that a Set does not send it.
type SecurityPreference struct {
	AllowUserToChangePassword           *bool
	AllowUserToManageAccessKeys         *bool
	AllowUserToManageMFADevices         *bool
	AllowUserToManagePersonalDingTalk   *bool
	AllowUserToManageServiceCredentials *bool
	AllowUserToLoginWithPasskey         *bool
	AllowUserLongTermLogin              *bool // undocumented; the vendor's SDK sends it
	AllowUserToManagePublicKeys         *bool // of the Japan site; only [Client.PublicKeyPreference] returns it
	EnableSaveMFATicket                 *bool
	LoginSessionDuration                *int64   // in hours
	LoginNetworkMasks                   []string // empty: any address
	MFAOperationForLogin                *string
	VerificationTypes                   []string
	MaxIdleDaysForUsers                 *int64
	MaxIdleDaysForAccessKeys            *int64
}

type securityPreferenceResponse struct {
	SecurityPreference *returned[securityPreferenceFields]
}

type securityPreferenceFields struct {
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

type loginProfilePreference struct {
	AllowUserToChangePassword   flag
	AllowUserToLoginWithPasskey flag
	EnableSaveMFATicket         flag
	LoginNetworkMasks           text
	LoginSessionDuration        number
	MFAOperationForLogin        text
}

func (a *securityPreferenceResponse) missing() string {
	if a.SecurityPreference == nil {
		return "SecurityPreference"
	}
	return ""
}

// SecurityPreference returns the preference of the account. It comes from the cache unless
// this client has changed it since it was read.
func (c *Client) SecurityPreference(ctx context.Context) (SecurityPreference, error) {
	p, err := c.caches.preference.get(ctx, "", c.readPreference)
	return p.clone(), err
}

// RefreshSecurityPreference returns the preference of the account. It bypasses the
// cache.
func (c *Client) RefreshSecurityPreference(ctx context.Context) (SecurityPreference, error) {
	p, err := c.caches.preference.refresh(ctx, "", c.readPreference)
	return p.clone(), err
}

// clone returns a deep copy.
func (p SecurityPreference) clone() SecurityPreference {
	p.LoginNetworkMasks, p.VerificationTypes = slices.Clone(p.LoginNetworkMasks), slices.Clone(p.VerificationTypes)
	return p
}

func (c *Client) readPreference(ctx context.Context) (SecurityPreference, error) {
	p, _, err := c.readPreferenceReply(ctx)
	return p, err
}

func (c *Client) readPreferenceReply(ctx context.Context) (SecurityPreference, Reply, error) {
	var response securityPreferenceResponse
	if err := c.call(ctx, getSecurityPreference, nil, &response); err != nil {
		return SecurityPreference{}, Reply{}, err
	}
	c.returned.Store(getSecurityPreference.action, response.SecurityPreference.reply)
	return response.SecurityPreference.known.preference(), response.SecurityPreference.reply, nil
}

func (f *securityPreferenceFields) preference() SecurityPreference {
	p := SecurityPreference{
		AllowUserToManageAccessKeys:         f.AccessKeyPreference.AllowUserToManageAccessKeys.value,
		AllowUserToManageServiceCredentials: f.AccessKeyPreference.AllowUserToManageServiceCredentials.value,
		AllowUserLongTermLogin:              f.ApplicationLoginPreference.AllowUserLongTermLogin.value,
		AllowUserToManageMFADevices:         f.MFAPreference.AllowUserToManageMFADevices.value,
		AllowUserToManagePersonalDingTalk:   f.PersonalInfoPreference.AllowUserToManagePersonalDingTalk.value,
		MaxIdleDaysForAccessKeys:            f.MaxIdleDays.MaxIdleDaysForAccessKeys.value,
		MaxIdleDaysForUsers:                 f.MaxIdleDays.MaxIdleDaysForUsers.value,
		VerificationTypes:                   f.VerificationPreference.VerificationTypes,
	}
	login := f.LoginProfilePreference
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

// maskSeparators are the separators that the console accepts between masks (documented).
// For the API, only the semicolon is documented.
const maskSeparators = "; ,\t\r\n"

// splitMasks never returns nil, because an empty list is a value that allows any address.
func splitMasks(joined string) []string {
	masks := []string{}
	return append(masks, strings.FieldsFunc(joined, func(r rune) bool { return strings.ContainsRune(maskSeparators, r) })...)
}

// joinMasks separates logon masks by semicolons, and reports whether they were separated
// otherwise, as the console allows.
func joinMasks(in params) bool {
	returned := in["LoginNetworkMasks"]
	joined := strings.Join(splitMasks(returned), ";")
	if joined == returned {
		return false
	}
	in["LoginNetworkMasks"] = joined
	return true
}

func (p SecurityPreference) params() (params, error) {
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
	in.number("MaxIdleDaysForUsers", p.MaxIdleDaysForUsers)
	in.number("MaxIdleDaysForAccessKeys", p.MaxIdleDaysForAccessKeys)
	return in, in.list("VerificationTypes", p.VerificationTypes)
}

// ChangeSecurityPreference writes the preference that merge returns for the live one. The
// service resets fields that a request leaves out (observed by the vendor), so the request
// holds every returned field. If the response lacks one of the known fields and merge does
// not set it, nothing is written. It neither reads nor writes AllowUserToManagePublicKeys.
func (c *Client) ChangeSecurityPreference(ctx context.Context, merge Merge[SecurityPreference], known ...string) error {
	return c.changeImsPreference(ctx, merge, known, false)
}

// ChangePreferenceAndPublicKeys is ChangeSecurityPreference with AllowUserToManagePublicKeys.
// That has a request of its own, which is sent first: a late read after the other request
// could otherwise revert it. merge is then called again.
func (c *Client) ChangePreferenceAndPublicKeys(ctx context.Context, merge Merge[SecurityPreference], known ...string) error {
	var publicKeys *bool
	keysFirst := func(ctx context.Context, live SecurityPreference, reply Reply) (SecurityPreference, error) {
		want, err := merge(ctx, live, reply)
		if err == nil && publicKeys == nil && want.AllowUserToManagePublicKeys != nil {
			publicKeys, err = want.AllowUserToManagePublicKeys, errPublicKeysFirst
		}
		return want, err
	}
	err := c.changeImsPreference(ctx, keysFirst, known, true)
	if !errors.Is(err, errPublicKeysFirst) {
		return err
	}
	if err := c.changePublicKeyPreference(ctx, *publicKeys, append(c.ReturnedFields(getSecurityPreference.action), known...)); err != nil {
		return err
	}
	if err := c.changeImsPreference(ctx, keysFirst, known, true); err != nil {
		return &PartlyChangedError{Changed: "AllowUserToManagePublicKeys", Err: err}
	}
	return nil
}

// errPublicKeysFirst ends a change that has another request to send before.
var errPublicKeysFirst = errors.New("another request is sent first")

// PartlyChangedError is the error of a change whose first request was successful.
type PartlyChangedError struct {
	Changed string // the parameter of the first request
	Err     error
}

func (e *PartlyChangedError) Error() string { return e.Changed + " was changed: " + e.Err.Error() }

// Unwrap returns the error of the second request.
func (e *PartlyChangedError) Unwrap() error { return e.Err }

// changeImsPreference changes the fields of Ims. With publicKeys, it reads
// AllowUserToManagePublicKeys too, and before the others: nothing may wait between the read of
// what a request sends back and the request.
func (c *Client) changeImsPreference(ctx context.Context, merge Merge[SecurityPreference], known []string, publicKeys bool) error {
	return changeSetting(ctx, c, settingWrite[SecurityPreference]{
		invalidateIfSent: c.caches.preference.invalidateIfSent,
		get:              getSecurityPreference, set: setSecurityPreference,
		read: func(ctx context.Context) (SecurityPreference, Reply, error) {
			var allowed *bool
			if publicKeys {
				var err error
				if allowed, err = c.PublicKeyPreference(ctx); err != nil {
					return SecurityPreference{}, Reply{}, err
				}
			}
			p, reply, err := c.readPreferenceReply(ctx)
			p.AllowUserToManagePublicKeys = allowed
			if !reply.Has("LoginNetworkMasks") {
				p.LoginNetworkMasks = nil
			}
			return p, reply, err
		},
		params: SecurityPreference.params,
		required: []string{
			"AllowUserToChangePassword", "AllowUserToManageAccessKeys", "AllowUserToManageMFADevices", "AllowUserToManagePersonalDingTalk",
			"EnableSaveMFATicket", "LoginNetworkMasks", "LoginSessionDuration", "MFAOperationForLogin", "VerificationTypes",
		},
		newer: []string{"AllowUserToLoginWithPasskey", "MaxIdleDaysForAccessKeys", "MaxIdleDaysForUsers"},
		known: slices.DeleteFunc(slices.Clone(known), func(name string) bool {
			return name == "EnforceMFAForLogin" || strings.HasPrefix(name, ofRAM) // see dropEnforceMFA
		}),
		deprecated: []string{"OperationForRiskLogin"},
		adjust:     dropEnforceMFA, rewrite: joinMasks,
	}, merge)
}

// dropEnforceMFA removes the older name of MFAOperationForLogin. The service still accepts
// it (documented), and it would contradict a changed value.
func dropEnforceMFA(in params) error {
	if _, has := in["MFAOperationForLogin"]; has {
		delete(in, "EnforceMFAForLogin")
	}
	return nil
}

// Is reports whether a field was returned and has this value.
func Is(field *bool, value bool) bool { return field != nil && *field == value }

// The API of RAM returns and takes AllowUserToManagePublicKeys, that of IMS does not (documented).
var (
	getPublicKeyPreference = operation{product: ramProduct, action: "GetSecurityPreference", repeat: read}
	setPublicKeyPreference = operation{product: ramProduct, action: "SetSecurityPreference", repeat: set}
)

type publicKeyResponse struct {
	SecurityPreference *returned[publicKeyFields]
}

type publicKeyFields struct {
	PublicKeyPreference struct {
		AllowUserToManagePublicKeys flag
	}
}

func (a *publicKeyResponse) missing() string {
	if a.SecurityPreference == nil {
		return "SecurityPreference"
	}
	return ""
}

// PublicKeyPreference reports whether RAM users may manage their own public keys; nil if the
// site of the account does not have the setting. It bypasses the cache.
func (c *Client) PublicKeyPreference(ctx context.Context) (*bool, error) {
	allowed, _, err := c.readPublicKeyPreference(ctx)
	return allowed, err
}

func (c *Client) readPublicKeyPreference(ctx context.Context) (*bool, Reply, error) {
	var response publicKeyResponse
	if err := c.call(ctx, getPublicKeyPreference, nil, &response); err != nil {
		return nil, Reply{}, err
	}
	c.returned.Store(ofRAM+getPublicKeyPreference.action, response.SecurityPreference.reply)
	return response.SecurityPreference.known.PublicKeyPreference.AllowUserToManagePublicKeys.value, response.SecurityPreference.reply, nil
}

// changePublicKeyPreference sends back what the API of RAM returned, with another value.
func (c *Client) changePublicKeyPreference(ctx context.Context, allowed bool, known []string) error {
	return changeSetting(ctx, c, settingWrite[*bool]{
		invalidateIfSent: c.caches.preference.invalidateIfSent,
		get:              operation{product: ramProduct, action: "Ram/GetSecurityPreference"}, set: setPublicKeyPreference, read: c.readPublicKeyPreference,
		known: knownOfRAM(known), rewrite: joinMasks,
		params: func(allowed *bool) (params, error) {
			in := params{}
			in.flag("AllowUserToManagePublicKeys", allowed)
			return in, nil
		},
		required: []string{
			"AllowUserToChangePassword", "AllowUserToManageAccessKeys", "AllowUserToManageMFADevices", "AllowUserToManagePublicKeys",
			"EnableSaveMFATicket", "LoginNetworkMasks", "LoginSessionDuration",
		},
	}, func(_ context.Context, live *bool, _ Reply) (*bool, error) {
		if live != nil && *live == allowed {
			return live, ErrUnchanged
		}
		return &allowed, nil
	})
}

// knownOfRAM returns those of the known fields that the API of RAM returned.
func knownOfRAM(known []string) (names []string) {
	for _, field := range known {
		if name, is := strings.CutPrefix(field, ofRAM); is {
			names = append(names, name)
		}
	}
	return names
}
