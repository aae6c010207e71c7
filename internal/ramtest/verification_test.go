// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "testing"

func TestVerification(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice")
	get := func() result { return c.ok("Ims", "GetVerificationInfo", of("Ims", "alice")...) }
	equal(t, "no phone", get().at("SecurityPhoneDevice"), reply{})
	equal(t, "no e-mail", get().at("SecurityEmailDevice"), reply{})

	phone := of("Ims", "alice", "VerifyType", "sms", "MobilePhone", "86-13900001234")
	mail := of("Ims", "alice", "VerifyType", "email", "Email", "alice@example.com")
	c.ok("Ims", "SetVerificationInfo", phone...)
	c.ok("Ims", "SetVerificationInfo", mail...)
	equal(t, "phone", get().at("SecurityPhoneDevice"), reply{"AreaCode": "86", "PhoneNumber": "13900001234", "Status": "pending"})
	equal(t, "e-mail", get().at("SecurityEmailDevice"), reply{"Email": "alice@example.com", "Status": "pending"})
	s.SetBehaviour(func(b *Behaviour) { b.PhoneAsNumbers = true })
	equal(t, "phone in numbers", get().at("SecurityPhoneDevice"), reply{"AreaCode": 86, "PhoneNumber": 13900001234, "Status": "pending"})

	s.Change(func(a *Account) { a.Users["alice"].SecurityEmail.Status = "active" })
	c.ok("Ims", "SetVerificationInfo", mail...)
	equal(t, "confirmed and set again", get().at("SecurityEmailDevice.Status"), "active")
	c.ok("Ims", "SetVerificationInfo", of("Ims", "alice", "VerifyType", "email", "Email", "al@example.com")...)
	equal(t, "another", get().at("SecurityEmailDevice"), reply{"Email": "al@example.com", "Status": "pending"})

	c.refused("EntityNotExist.User.Verification", "Ims", "UnbindVerification", mail...)
	c.ok("Ims", "UnbindVerification", phone...)
	c.refused("EntityNotExist.User.Verification", "Ims", "UnbindVerification", phone...)
	s.SetBehaviour(func(b *Behaviour) { b.OmitEmptyFields = true })
	equal(t, "unbound", get().at("SecurityPhoneDevice"), nil)
	equal(t, "the contact is another thing", c.ok("Ims", "GetUser", of("Ims", "alice")...).at("User.Email"), nil)
}

func TestVerification_refusals(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for _, action := range []string{"SetVerificationInfo", "UnbindVerification"} {
		for code, params := range map[string][]string{
			"MissingVerifyType":                   {},
			"InvalidParameter.VerifyType":         {"VerifyType", "mfa"},
			"MissingMobilePhone":                  {"VerifyType", "sms", "Email", "a@example.com"},
			"MissingEmail":                        {"VerifyType", "email", "MobilePhone", "86-13900001234"},
			"InvalidParameter.MobilePhone.Format": {"VerifyType", "sms", "MobilePhone", "13900001234"},
			"InvalidParameter.Email.Format":       {"VerifyType", "email", "Email", "alice"},
		} {
			c.refused(code, "Ims", action, of("Ims", "admin", params...)...)
		}
		c.refused("EntityNotExist.User", "Ims", action, of("Ims", "unknown", "VerifyType", "sms", "MobilePhone", "86-13900001234")...)
	}
	c.refused("EntityNotExist.User", "Ims", "GetVerificationInfo", of("Ims", "unknown")...)
	c.ok("Ims", "GetVerificationInfo")
	rootOf(t, s).refused("MissingUserPrincipalName", "Ims", "GetVerificationInfo")
}
