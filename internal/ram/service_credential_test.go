// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"strings"
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
	if err := client.UpdateServiceCredential(t.Context(), "admin", "SC1", ServiceCredentialChange{Status: new(Inactive)}); err != nil {
		t.Fatal(err)
	}
	got, err := client.ServiceCredentials(t.Context(), "admin")
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	want := ServiceCredential{ID: "SC1", Name: "ci", UserName: "admin", ServiceName: "dashscope.aliyuncs.com", Status: "Inactive", CreateTime: time.Unix(1737450279, 0).UTC()}
	if got[1] != want || got[0].Status != "Active" || got[2].Status != "Active" {
		t.Errorf("got %+v", got)
	}
	if err := client.UpdateServiceCredential(t.Context(), "admin", "SC9", ServiceCredentialChange{Status: new(Inactive)}); !NotFound(err, "User.ServiceCredential") {
		t.Errorf("an unknown credential: %v", err)
	}
	if _, err := client.ServiceCredentials(t.Context(), "unknown"); !NotFound(err, "User") {
		t.Errorf("an unknown user: %v", err)
	}
	if err := client.UpdateServiceCredential(t.Context(), "admin", "", ServiceCredentialChange{Status: new(Inactive)}); err == nil {
		t.Error("a request without an id was sent")
	}
}

func TestAServiceCredentialIsCreatedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	created, err := client.CreateServiceCredential(t.Context(), "admin", NewServiceCredential{Name: "ci", ServiceName: "dashscope.aliyuncs.com", AgeDays: 30})
	if err != nil || created.Secret == "" || created.UserName != "admin" || created.Status != Active || created.ExpirationTime.Sub(created.CreateTime) != 30*24*time.Hour {
		t.Fatalf("%v, error %v", created.Facts(), err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if strings.Contains(fmt.Sprintf(verb, []any{created, &created}), created.Secret) {
			t.Errorf("%s shows the secret", verb)
		}
	}
	if err := client.UpdateServiceCredential(t.Context(), "admin", created.ID, ServiceCredentialChange{Name: new("bot")}); err != nil {
		t.Fatal(err)
	}
	read, err := client.ServiceCredential(t.Context(), "admin", created.ID)
	if err != nil || read.Name != "bot" || read.Status != Active || read.Secret != "" {
		t.Errorf("read %v, error %v", read, err)
	}
	all, err := client.AllServiceCredentials(t.Context())
	if err != nil || len(all) != 1 || all[0] != read {
		t.Errorf("all %v, error %v", all, err)
	}
	if err := client.DeleteServiceCredential(t.Context(), "admin", created.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := client.ServiceCredential(t.Context(), "admin", created.ID); !NotFound(err, "User.ServiceCredential") {
		t.Errorf("a deleted credential: %v", err)
	}
	for name, err := range map[string]error{
		"create": second(client.CreateServiceCredential(t.Context(), "", NewServiceCredential{Name: "ci", ServiceName: "dashscope.aliyuncs.com"})),
		"get":    second(client.ServiceCredential(t.Context(), "admin", "")),
	} {
		if err == nil {
			t.Errorf("a %s without a name was sent", name)
		}
	}
}

func TestAServiceCredentialWithoutIDOrSecretIsNone(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"ServiceCredential", "ServiceCredentialId", "ServiceCredentialSecret"} {
		fake := ramtest.New(t)
		fake.Inject(ramtest.Rule{Action: "CreateServiceCredential", Fault: "drop_fields", Body: field})
		created, err := clientOf(t, fake).CreateServiceCredential(t.Context(), "admin", NewServiceCredential{Name: "ci", ServiceName: "dashscope.aliyuncs.com"})
		var missing *MissingSecretError
		secretless := field == "ServiceCredentialSecret"
		if errors.As(err, &missing) != secretless || OutcomeUnknown(err) == secretless || (created.ID != "") != secretless || len(fake.Calls("CreateServiceCredential")) != 1 {
			t.Errorf("without %s: created %v, error %v", field, created, err)
		}
	}
}

// A credential that is not in a list counts as deleted, so a response without a list is not
// an empty list.
func TestAResponseWithoutServiceCredentialsIsNoEmptyList(t *testing.T) {
	t.Parallel()
	for dropped, empty := range map[string]bool{"ServiceCredentials": true, "ServiceCredentials,IsTruncated,MaxResults": false} {
		fake := ramtest.New(t)
		fake.Inject(ramtest.Rule{Action: "ListServiceCredentials", Fault: "drop_fields", Body: dropped})
		all, err := clientOf(t, fake).ServiceCredentials(t.Context(), "admin")
		if (err == nil) != empty || len(all) > 0 {
			t.Errorf("without %s: all %v, error %v", dropped, all, err)
		}
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
	sent := len(fake.Calls())
	if err := client.DeletePasskey(t.Context(), "admin", ""); err == nil || len(fake.Calls()) > sent {
		t.Errorf("a request without an id was sent: %v", err)
	}
}
