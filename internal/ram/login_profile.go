// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"time"
)

var (
	getLoginProfile    = operation{product: imsProduct, action: "GetLoginProfile", repeat: read}
	createLoginProfile = operation{product: imsProduct, action: "CreateLoginProfile", repeat: once, secrets: []string{"Password"}}
	updateLoginProfile = operation{product: imsProduct, action: "UpdateLoginProfile", repeat: set, secrets: []string{"Password"}}
	// Only the older version of the operation returns when a profile was created.
	getLoginProfileDate = operation{product: ramProduct, action: "GetLoginProfile", repeat: read}
	deleteLoginProfile  = operation{product: imsProduct, action: "DeleteLoginProfile", repeat: set}
)

// LoginProfile is the console logon of a user. The service does not return its password.
type LoginProfile struct {
	Status                string // Active, Inactive
	PasswordResetRequired bool
	MFABindRequired       bool
	PasswordStatus        string // NotInitial, InitialValid, InitialExpired; older deployments return ""
	UpdateDate            time.Time
	LastLogin             time.Time // zero if never or not returned
}

// LoginProfileChange holds the values to set. Nil leaves a value unchanged, or selects the
// service's default in a new profile.
type LoginProfileChange struct {
	Password              *string
	PasswordResetRequired *bool
	MFABindRequired       *bool
	Status                *string
}

func (l LoginProfileChange) params() params {
	in := params{}
	in.text("Password", l.Password)
	in.flag("PasswordResetRequired", l.PasswordResetRequired)
	in.flag("MFABindRequired", l.MFABindRequired)
	in.text("Status", l.Status)
	return in
}

type loginProfileResponse struct {
	LoginProfile *struct {
		Status                credentialStatus
		PasswordResetRequired flag
		MFABindRequired       flag
		PasswordStatus        text
		UpdateDate            timestamp
		LastLoginTime         timestamp
	}
}

func (a *loginProfileResponse) missing() string {
	switch fields := a.LoginProfile; {
	case fields == nil:
		return "LoginProfile"
	case fields.Status == "":
		return "Status"
	case fields.PasswordResetRequired.value == nil:
		return "PasswordResetRequired"
	case fields.MFABindRequired.value == nil:
		return "MFABindRequired"
	}
	return ""
}

func (a *loginProfileResponse) profile() LoginProfile {
	fields := a.LoginProfile
	return LoginProfile{
		Status:                string(fields.Status),
		PasswordResetRequired: *fields.PasswordResetRequired.value,
		MFABindRequired:       *fields.MFABindRequired.value,
		PasswordStatus:        string(fields.PasswordStatus),
		UpdateDate:            fields.UpdateDate.value,
		LastLogin:             fields.LastLoginTime.value,
	}
}

// LoginProfile returns the profile of a user. NotFound(err, "User.LoginProfile") reports
// whether the user has no profile, NotFound(err, "User") whether the user does not exist.
func (c *Client) LoginProfile(ctx context.Context, userName string) (LoginProfile, error) {
	var response loginProfileResponse
	if err := c.callForUser(ctx, getLoginProfile, userName, nil, &response); err != nil {
		return LoginProfile{}, err
	}
	return response.profile(), nil
}

type loginProfileDateResponse struct {
	LoginProfile struct{ CreateDate timestamp }
}

func (a *loginProfileDateResponse) missing() string {
	if a.LoginProfile.CreateDate.value.IsZero() {
		return "CreateDate"
	}
	return ""
}

// LoginProfileCreated returns when the profile of a user was created. Its password is not older.
func (c *Client) LoginProfileCreated(ctx context.Context, userName string) (time.Time, error) {
	var response loginProfileDateResponse
	err := c.call(ctx, getLoginProfileDate, params{"UserName": userName}, &response)
	return response.LoginProfile.CreateDate.value, err
}

// CreateLoginProfile enables console logon for a user. It is not documented whether the
// service accepts a profile without a password.
func (c *Client) CreateLoginProfile(ctx context.Context, userName string, change LoginProfileChange) (LoginProfile, error) {
	var response loginProfileResponse
	if err := c.callForUser(ctx, createLoginProfile, userName, change.params(), &response); err != nil {
		return LoginProfile{}, err
	}
	return response.profile(), nil
}

// UpdateLoginProfile changes the values that are not nil. The response must hold the
// profile, because nothing else confirms that a password was set.
func (c *Client) UpdateLoginProfile(ctx context.Context, userName string, change LoginProfileChange) error {
	var response loginProfileResponse
	return c.callForUser(ctx, updateLoginProfile, userName, change.params(), &response)
}

// ChangeLoginProfile applies the changes that merge returns for the live profile. The
// service does not change values that are not sent (documented).
func (c *Client) ChangeLoginProfile(ctx context.Context, userName string, merge func(context.Context, LoginProfile) (LoginProfileChange, error)) error {
	var response loginProfileResponse
	return c.callComposedForUser(ctx, updateLoginProfile, userName, func(ctx context.Context) (params, error) {
		live, err := c.LoginProfile(ctx, userName)
		if err != nil {
			return nil, err
		}
		change, err := merge(ctx, live)
		return change.params(), err
	}, &response)
}

// DeleteLoginProfile disables console logon for a user by deleting the profile.
func (c *Client) DeleteLoginProfile(ctx context.Context, userName string) error {
	return c.callForUser(ctx, deleteLoginProfile, userName, nil, nil)
}

// NoLoginProfile reports whether an error says that a user has no login profile, or that the
// user does not exist.
func NoLoginProfile(err error) bool { return NotFound(err, "User.LoginProfile", "User") }
