// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getVerification    = operation{product: imsProduct, action: "GetVerificationInfo", repeat: read}
	setVerification    = operation{product: imsProduct, action: "SetVerificationInfo", repeat: set}
	unbindVerification = operation{product: imsProduct, action: "UnbindVerification", repeat: set}
)

// VerifyType is a kind of security address, by the service's name.
type VerifyType string

const (
	// VerifyEmail is the security e-mail address.
	VerifyEmail VerifyType = "email"
	// VerifyPhone is the security phone.
	VerifyPhone VerifyType = "sms"
)

// SecurityAddress is a security phone, such as 86-13900001234, or e-mail address of a
// user: not the contact that UpdateUser changes. It is empty if none is set.
type SecurityAddress struct {
	Address string
	Status  string // pending until the owner confirms it, then active
}

// Verification holds the addresses with which a user can verify its identity.
type Verification struct{ Email, Phone SecurityAddress }

// verificationAnswer has a device that is not set as an absent or an empty object
// (assumed).
type verificationAnswer struct {
	RequestID           text `json:"RequestId"`
	SecurityPhoneDevice *struct{ AreaCode, PhoneNumber, Status text }
	SecurityEmailDevice *struct{ Email, Status text }
}

// A device with half an address is not one that is not set.
func (a *verificationAnswer) missing() string {
	if a.RequestID == "" {
		return "RequestId"
	}
	if phone := a.SecurityPhoneDevice; phone != nil && (phone.PhoneNumber == "") != (phone.AreaCode == "") {
		return "PhoneNumber or AreaCode"
	}
	return ""
}

func (a *verificationAnswer) verification() (v Verification) {
	if phone := a.SecurityPhoneDevice; phone != nil && phone.PhoneNumber != "" {
		v.Phone = SecurityAddress{Address: string(phone.AreaCode + "-" + phone.PhoneNumber), Status: string(phone.Status)}
	}
	if email := a.SecurityEmailDevice; email != nil && email.Email != "" {
		v.Email = SecurityAddress{Address: string(email.Email), Status: string(email.Status)}
	}
	return v
}

// Verification returns the security phone and e-mail address of a user. For a user without
// both, the service may answer 404 (assumed, as is its code): what is missing is then
// anything but the user.
func (c *Client) Verification(ctx context.Context, userName string) (Verification, error) {
	var answer verificationAnswer
	err := c.callForUser(ctx, getVerification, userName, nil, &answer)
	if childNotFound(err) {
		return Verification{}, nil
	}
	if err != nil {
		return Verification{}, err
	}
	return answer.verification(), nil
}

// SetVerification sets a security phone or e-mail address, which only its owner can
// confirm.
func (c *Client) SetVerification(ctx context.Context, userName string, kind VerifyType, address string) error {
	return c.changeVerification(ctx, setVerification, userName, kind, address)
}

// UnbindVerification removes the named security phone or e-mail address from a user
// (documented).
func (c *Client) UnbindVerification(ctx context.Context, userName string, kind VerifyType, address string) error {
	return c.changeVerification(ctx, unbindVerification, userName, kind, address)
}

func (c *Client) changeVerification(ctx context.Context, op operation, userName string, kind VerifyType, address string) error {
	if err := op.require("security address", address); err != nil {
		return err
	}
	in := params{"VerifyType": string(kind), "MobilePhone": address}
	if kind == VerifyEmail {
		in = params{"VerifyType": string(kind), "Email": address}
	}
	return c.callForUser(ctx, op, userName, in, nil)
}
