// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestServiceCredentialsAreListedAndDisabled(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 1 }))
	fake.Change(func(a *ramtest.Account) {
		for n := range 3 {
			a.Users["admin"].Credentials = append(a.Users["admin"].Credentials, &ramtest.ServiceCredential{
				ID: fmt.Sprint("SC", n), Name: "ci", ServiceName: "dashscope.aliyuncs.com", Status: "Active", CreateTime: time.Unix(1737450279, 0),
			})
		}
	})
	client := clientOf(t, fake)
	if err := client.SetServiceCredentialStatus(t.Context(), "admin", "SC1", "Inactive"); err != nil {
		t.Fatal(err)
	}
	got, err := client.ServiceCredentials(t.Context(), "admin")
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	want := ServiceCredential{ID: "SC1", Name: "ci", ServiceName: "dashscope.aliyuncs.com", Status: "Inactive", CreateTime: time.Unix(1737450279, 0).UTC()}
	if got[1] != want || got[0].Status != "Active" || got[2].Status != "Active" {
		t.Errorf("got %+v", got)
	}
	if err := client.SetServiceCredentialStatus(t.Context(), "admin", "SC9", "Inactive"); !NotFound(err, "User.ServiceCredential") {
		t.Errorf("an unknown credential: %v", err)
	}
	if _, err := client.ServiceCredentials(t.Context(), "unknown"); !NotFound(err, "User") {
		t.Errorf("an unknown user: %v", err)
	}
	if err := client.SetServiceCredentialStatus(t.Context(), "admin", "", "Inactive"); err == nil {
		t.Error("a request without an id was sent")
	}
}

func TestPasskeysAreDeleted(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Change(func(a *ramtest.Account) {
		a.Users["admin"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "phone"}, {ID: "PASSKEY-2", Name: "laptop"}}
	})
	client := clientOf(t, fake)
	if err := client.DeletePasskey(t.Context(), "admin", "PASSKEY-1"); err != nil {
		t.Fatal(err)
	}
	got, err := client.Passkeys(t.Context(), "admin")
	if err != nil || len(got) != 1 || got[0].ID != "PASSKEY-2" {
		t.Error(got, err)
	}
	if err := client.DeletePasskey(t.Context(), "admin", "PASSKEY-1"); !NotFound(err, "Passkey") {
		t.Errorf("a deleted passkey: %v", err)
	}
	if err := client.DeletePasskey(t.Context(), "admin", ""); err == nil {
		t.Error("a request without an id was sent")
	}
}
