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

// Sets a user's security phone or e-mail, which its owner then has to confirm: no operation can. (documented)
// The same address again changes nothing. (assumed)
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

// Takes a security phone or e-mail off a user. (documented) It has to be the one that is set. (assumed)
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

// (assumed)
func noVerification() error {
	return notExist("User.Verification", "The user verification does not exist.")
}

// verification is what the request means of a user, and the address it gives: MobilePhone for sms, Email for email.
// (documented; the codes are assumed)
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

// A user's security phone and e-mail. (documented) One that is not set is empty or absent.
// (assumed; Behaviour.AbsentWhenEmpty)
func getVerificationInfo(r *request) (reply, error) {
	user, err := r.namedOrSelf()
	if err != nil {
		return nil, err
	}
	answer := reply{}
	r.putVerification(answer, "SecurityPhoneDevice", user.SecurityPhone, r.showPhone)
	r.putVerification(answer, "SecurityEmailDevice", user.SecurityEmail, func(address string) reply {
		return reply{"Email": address}
	})
	return answer, nil
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

// Strings in the SDK, numbers in one sample. (documented; Behaviour.PhoneInNumbers)
func (r *request) showPhone(address string) reply {
	area, number, _ := strings.Cut(address, "-")
	if r.server.behaviour.PhoneAsNumbers {
		areaNumber, _ := strconv.Atoi(area)
		localNumber, _ := strconv.Atoi(number)
		return reply{"AreaCode": areaNumber, "PhoneNumber": localNumber}
	}
	return reply{"AreaCode": area, "PhoneNumber": number}
}
