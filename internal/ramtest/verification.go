// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strconv"
	"strings"
)

var verificationActions = table{
	"Ims/SetVerificationInfo": {run: setVerificationInfo, write: true},
	"Ims/GetVerificationInfo": {run: getVerificationInfo},
	"Ims/UnbindVerification":  {run: unbindVerification, write: true},
}

// setVerificationInfo sets a user's security phone number or e-mail address. Only the user can confirm it, and not through
// the API. (documented) Setting the same address again changes nothing. (assumed)
func setVerificationInfo(r *request) (reply, error) {
	verification, address, err := r.verification()
	if err != nil {
		return nil, err
	}
	if verification.Address != address {
		*verification = Verification{Address: address, Status: "pending"}
	}
	return reply{}, nil
}

// unbindVerification removes a user's security phone number or e-mail address. (documented) The request must pass the
// address. (assumed)
func unbindVerification(r *request) (reply, error) {
	verification, address, err := r.verification()
	if err != nil {
		return nil, err
	}
	if verification.Address != address {
		return nil, noVerification()
	}
	*verification = Verification{}
	return reply{}, nil
}

// noVerification is assumed, including its code.
func noVerification() error {
	return notExist("User.Verification", "The user verification does not exist.")
}

// verification returns the phone number or e-mail address that VerifyType selects, and the address of the request:
// MobilePhone for sms, Email for email. (documented; the codes are assumed)
func (r *request) verification() (*Verification, string, error) {
	kind, err := r.required("VerifyType")
	if err != nil {
		return nil, "", err
	}
	parameter, pattern := "MobilePhone", phone
	switch kind {
	case "sms":
	case "email":
		parameter, pattern = "Email", email
	default:
		return nil, "", incorrect("VerifyType")
	}
	address, err := r.required(parameter)
	if err != nil {
		return nil, "", err
	}
	if !pattern.MatchString(address) {
		return nil, "", badFormat(parameter)
	}
	user, err := r.namedOrSelf()
	if err != nil {
		return nil, "", err
	}
	if kind == "sms" {
		return &user.SecurityPhone, address, nil
	}
	return &user.SecurityEmail, address, nil
}

// getVerificationInfo returns a user's security phone number and e-mail address. (documented) One that is not set is empty
// or absent, or the response is 404 if neither is set. (assumed; Behaviour.OmitEmptyFields, Behaviour.VerificationNotFound)
func getVerificationInfo(r *request) (reply, error) {
	user, err := r.namedOrSelf()
	if err != nil {
		return nil, err
	}
	if r.server.behaviour.VerificationNotFound && user.SecurityPhone.Address+user.SecurityEmail.Address == "" {
		return nil, noVerification()
	}
	body := reply{}
	r.putVerification(body, "SecurityPhoneDevice", user.SecurityPhone, r.showPhone)
	r.putVerification(body, "SecurityEmailDevice", user.SecurityEmail, func(address string) reply {
		return reply{"Email": address}
	})
	return body, nil
}

func (r *request) putVerification(into reply, field string, verification Verification, show func(string) reply) {
	if verification.Address != "" {
		shown := show(verification.Address)
		shown["Status"] = verification.Status
		into[field] = shown
		return
	}
	if !r.server.behaviour.OmitEmptyFields {
		into[field] = reply{}
	}
}

// showPhone returns strings, as in the SDK; one sample has numbers. (documented; Behaviour.PhoneAsNumbers)
func (r *request) showPhone(address string) reply {
	area, number, _ := strings.Cut(address, "-")
	if r.server.behaviour.PhoneAsNumbers {
		areaNumber, _ := strconv.Atoi(area)
		localNumber, _ := strconv.Atoi(number)
		return reply{"AreaCode": areaNumber, "PhoneNumber": localNumber}
	}
	return reply{"AreaCode": area, "PhoneNumber": number}
}
