// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getVerification    = operation{product: imsProduct, action: "GetVerificationInfo", repeat: read}
	setVerification    = operation{product: imsProduct, action: "SetVerificationInfo", repeat: set}
	unbindVerification = operation{product: imsProduct, action: "UnbindVerification", repeat: set}
)

// VerifyType is the service's name of a kind of security address.
type VerifyType string

const (
	// VerifyEmail is the security e-mail address.
	VerifyEmail VerifyType = "email"
	// VerifyPhone is the security phone.
	VerifyPhone VerifyType = "sms"
)

// SecurityAddress is a security phone number, such as 86-13900001234, or a security e-mail
// address of a user. It is separate from the contact data that UpdateUser changes. It is
// empty if none is set.
type SecurityAddress struct {
	Address string
	Status  string // pending until the owner confirms it, then active
}

// Verification holds the addresses with which a user can verify their identity.
type Verification struct{ Email, Phone SecurityAddress }

// verificationResponse holds an address that is not set as an absent or an empty object
// (assumed).
type verificationResponse struct {
	RequestID           text `json:"RequestId"`
	SecurityPhoneDevice *struct{ AreaCode, PhoneNumber, Status text }
	SecurityEmailDevice *struct{ Email, Status text }
}

// missing refuses an address that lacks one of its fields, which is not the same as an
// address that is not set.
func (a *verificationResponse) missing() string {
	if a.RequestID == "" {
		return "RequestId"
	}
	if phone := a.SecurityPhoneDevice; phone != nil && (phone.PhoneNumber == "") != (phone.AreaCode == "") {
		return "PhoneNumber or AreaCode"
	}
	return ""
}

func (a *verificationResponse) verification() (v Verification) {
	if phone := a.SecurityPhoneDevice; phone != nil && phone.PhoneNumber != "" {
		v.Phone = SecurityAddress{Address: string(phone.AreaCode + "-" + phone.PhoneNumber), Status: string(phone.Status)}
	}
	if email := a.SecurityEmailDevice; email != nil && email.Email != "" {
		v.Email = SecurityAddress{Address: string(email.Email), Status: string(email.Status)}
	}
	return v
}

// Verification returns the security phone number and e-mail address of a user. For a user
// without either, the service may return a 404 (assumed, with any not-found code that is
// not about the user).
func (c *Client) Verification(ctx context.Context, userName string) (Verification, error) {
	var response verificationResponse
	err := c.callForUser(ctx, getVerification, userName, nil, &response)
	if NotFound(err, "User.Verification") {
		return Verification{}, nil
	}
	if err != nil {
		return Verification{}, err
	}
	return response.verification(), nil
}

// SetVerification sets a security phone number or e-mail address. Only its owner can
// confirm it.
func (c *Client) SetVerification(ctx context.Context, userName string, kind VerifyType, address string) error {
	return c.changeVerification(ctx, setVerification, userName, kind, address)
}

// UnbindVerification removes a security phone number or e-mail address from a user
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
