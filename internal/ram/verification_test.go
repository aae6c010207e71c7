// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestSecurityAddressesAreSetReadAndUnbound(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*ramtest.Behaviour){
		"as the SDK says":  func(*ramtest.Behaviour) {},
		"phone in numbers": func(b *ramtest.Behaviour) { b.PhoneAsNumbers = true },
		"absent":           func(b *ramtest.Behaviour) { b.OmitEmptyFields = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := ramtest.New(t, ramtest.WithBehaviour(behave))
			client := clientOf(t, fake)
			wants := func(want Verification) {
				t.Helper()
				if got, err := client.Verification(t.Context(), "admin"); err != nil || got != want {
					t.Errorf("got %+v, error %v, want %+v", got, err, want)
				}
			}
			wants(Verification{})
			for kind, address := range map[VerifyType]string{VerifyPhone: "86-13900001234", VerifyEmail: "a@example.com"} {
				if err := client.SetVerification(t.Context(), "admin", kind, address); err != nil {
					t.Fatal(err)
				}
			}
			wants(Verification{Email: SecurityAddress{"a@example.com", "pending"}, Phone: SecurityAddress{"86-13900001234", "pending"}})
			if err := client.UnbindVerification(t.Context(), "admin", VerifyEmail, "b@example.com"); !NotFound(err, "User.Verification") {
				t.Errorf("another address: %v", err)
			}
			if err := client.UnbindVerification(t.Context(), "admin", VerifyPhone, "86-13900001234"); err != nil {
				t.Error(err)
			}
			wants(Verification{Email: SecurityAddress{"a@example.com", "pending"}})
			if violations := fake.Violations(); len(violations) > 0 {
				t.Error(violations)
			}
		})
	}
}

func TestSecurityAddressesNeedAUser(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	if _, err := client.Verification(t.Context(), " "); err == nil {
		t.Error("read without a user was sent")
	}
	if err := client.SetVerification(t.Context(), "", VerifyEmail, "a@example.com"); err == nil {
		t.Error("set without a user was sent")
	}
	if err := client.UnbindVerification(t.Context(), "admin", VerifyPhone, ""); err == nil {
		t.Error("unbind without an address was sent")
	}
	if calls := fake.Calls(); len(calls) > 0 {
		t.Errorf("sent: %+v", calls)
	}
	if _, err := client.Verification(t.Context(), "unknown"); !NotFound(err, "User") {
		t.Error(err)
	}
}

func TestVerification_incompleteResponseIsRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"SecurityEmailDevice":{}}`, `{"RequestId":"X","SecurityPhoneDevice":{"AreaCode":"86","Status":"active"}}`} {
		fake := ramtest.New(t)
		client := clientOf(t, fake)
		fake.Inject(ramtest.Rule{Action: "GetVerificationInfo", Fault: "garble", Body: body})
		if v, err := client.Verification(t.Context(), "admin"); err == nil {
			t.Errorf("%s was read as %+v", body, v)
		}
	}
}
