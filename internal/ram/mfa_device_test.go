// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// nearSteps returns the older and the newer code around the server's time, as a caller
// computes them.
func nearSteps(t *testing.T, client *Client, seed string) (code1, code2 string) {
	t.Helper()
	now, err := client.ServerTime(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code1, err1 := TOTP(seed, TOTPStep(now)-1)
	code2, err2 := TOTP(seed, TOTPStep(now))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return code1, code2
}

func TestMFADevice_createBindUnbindDelete(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.AcceptUsedCodes = true }))
	fake.Advance(9 * time.Minute)
	client := clientOf(t, fake)
	device, err := client.CreateMFADevice(t.Context(), "alice-phone")
	if err != nil || device.SerialNumber != "acs:ram::"+fakeAccount+":mfa/alice-phone" || device.Seed == "" || device.QRCodePNG == "" {
		t.Fatalf("device %#v, error %v", device, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if text := fmt.Sprintf(verb, device) + device.GoString(); strings.Contains(text, device.Seed) || strings.Contains(text, device.QRCodePNG) || !strings.Contains(text, "alice-phone") {
			t.Errorf("%s: %s", verb, text)
		}
	}
	listed := func() MFADevice {
		devices, err := client.MFADevices(t.Context())
		if err != nil || len(devices) != 1 || devices[0].SerialNumber != device.SerialNumber || devices[0].Name != "alice-phone" {
			t.Fatalf("devices %v, error %v", devices, err)
		}
		return devices[0]
	}
	if got := listed(); got.UserID != "" || got.UserName != "" || !got.ActivateDate.IsZero() {
		t.Errorf("unbound: %+v", got)
	}

	code1, code2 := nearSteps(t, client, device.Seed)
	if err := client.BindMFADevice(t.Context(), "admin", device.SerialNumber, code1, code2); err != nil {
		t.Fatal(err)
	}
	if got := listed(); got.UserID == "" || got.UserName != "admin" || got.ActivateDate.IsZero() {
		t.Errorf("bound: %+v", got)
	}
	if got, err := client.UserMFA(t.Context(), "admin"); err != nil || got != (UserMFA{Enabled: true, SerialNumber: device.SerialNumber, Type: "VMFA"}) {
		t.Errorf("got %+v, error %v", got, err)
	}
	if err := client.BindMFADevice(t.Context(), "admin", device.SerialNumber, code1, code2); !Exists(err) || OutcomeUnknown(err) {
		t.Errorf("bound again: %v", err)
	}
	if err := client.DeleteMFADevice(t.Context(), device.SerialNumber); !Conflict(err) {
		t.Errorf("delete while bound: %v", err)
	}
	if err := client.UnbindMFADevice(t.Context(), "admin"); err != nil {
		t.Fatal(err)
	}
	if err := client.UnbindMFADevice(t.Context(), "admin"); !NotFound(err, "User.MFADevice") || NotFound(err, "User", "VirtualMFADevice") {
		t.Errorf("unbound again: %v", err)
	}
	if got := listed(); got.UserID != "" || got.UserName != "" {
		t.Errorf("unbound: %+v", got)
	}
	if err := client.DeleteMFADevice(t.Context(), device.SerialNumber); err != nil {
		t.Fatal(err)
	}
	if err := client.DeleteMFADevice(t.Context(), device.SerialNumber); !NotFound(err, "VirtualMFADevice") || NotFound(err, "User", "User.MFADevice") {
		t.Errorf("deleted again: %v", err)
	}
	if devices, err := client.MFADevices(t.Context()); err != nil || len(devices) != 0 {
		t.Errorf("devices %v, error %v", devices, err)
	}
}

func TestAWrongCodeIsRefusedAndNotShown(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	device, err := client.CreateMFADevice(t.Context(), "phone")
	if err != nil {
		t.Fatal(err)
	}
	var serviceErr *Error
	if err := client.BindMFADevice(t.Context(), "admin", device.SerialNumber, "000000", "000000"); !errors.As(err, &serviceErr) || serviceErr.Code != "CheckAuthenticationCodeFail" || OutcomeUnknown(err) {
		t.Errorf("error: %v", err)
	}
	fake.Inject(ramtest.Rule{Action: "BindMFADevice", Fault: "code", Code: "CheckAuthenticationCodeFail", Message: "{AuthenticationCode1} and {AuthenticationCode2}"})
	if err := client.BindMFADevice(t.Context(), "admin", device.SerialNumber, "314159", "271828"); err == nil || strings.Contains(err.Error(), "314159") || strings.Contains(err.Error(), "271828") {
		t.Errorf("error: %v", err)
	}
}

func TestAUserWithoutMFAIsNoError(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"", "not_found", "empty", "absent", "null"} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.UnboundMFAResponse = none }))
		client := clientOf(t, fake)
		if mfa, err := client.UserMFA(t.Context(), "admin"); err != nil || mfa != (UserMFA{}) {
			t.Errorf("%q: mfa %+v, error %v", none, mfa, err)
		}
		if _, err := client.UserMFA(t.Context(), "unknown"); !NotFound(err, "User") || NotFound(err, "User.MFADevice") {
			t.Errorf("%q, no user: %v", none, err)
		}
		fake.Change(func(a *ramtest.Account) { a.Users["admin"].MFASerial = "u2f-1" })
		if mfa, err := client.UserMFA(t.Context(), "admin"); err != nil || mfa != (UserMFA{Enabled: true, SerialNumber: "u2f-1", Type: "U2F"}) {
			t.Errorf("%q: mfa %+v, error %v", none, mfa, err)
		}
	}
}

func TestUserMFA_everyForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]UserMFA{
		`{"MFADevice":{"SerialNumber":"s","Type":"VMFA"}}`:                      {true, "s", "VMFA"},
		`{"IsMFAEnable":true,"MFADevice":{"SerialNumber":"s","Type":"U2F"}}`:    {true, "s", "U2F"},
		`{"IsMFAEnable":"true"}`:                                                {true, "", ""},
		`{"MFADevice":{"Type":"U2F"}}`:                                          {true, "", "U2F"},
		`{"MFADevice":{}}`:                                                      {},
		`{"MFADevice":{"SerialNumber":"","Type":null}}`:                         {},
		`{"RequestId":"R"}`:                                                     {},
		`{"MFADevice":null}`:                                                    {},
		`{"IsMFAEnable":false}`:                                                 {},
		`{"IsMFAEnable":false,"MFADevice":{}}`:                                  {},
		`{"IsMFAEnable":null,"MFADevice":{"SerialNumber":"s"},"RequestId":"R"}`: {true, "s", ""},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, body) })
		if got, err := newTestClient(t, server.URL).UserMFA(t.Context(), "alice"); err != nil || got != want {
			t.Errorf("%s: got %+v, want %+v, error %v", body, got, want, err)
		}
	}
	for _, body := range []string{`{"MFADevice":"s"}`, `{"MFADevice":[]}`} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, body) })
		if got, err := newTestClient(t, server.URL).UserMFA(t.Context(), "alice"); err == nil {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

func TestMFADevices_severalPages(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(5)
	client := clientOf(t, fake)
	devices, err := client.MFADevices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, device := range devices {
		names = append(names, device.UserName+" "+device.Name)
	}
	slices.Sort(names)
	if want := []string{"user-0001 user-0001", "user-0002 user-0002", "user-0003 user-0003", "user-0004 user-0004", "user-0005 user-0005"}; !slices.Equal(names, want) {
		t.Errorf("names %v", names)
	}
	fake.Change(func(a *ramtest.Account) { clear(a.MFADevices) })
	if got, err := client.MFADevices(t.Context()); err != nil || len(got) != 5 {
		t.Errorf("cached: got %v, error %v", got, err)
	}
	if got, err := client.RefreshMFADevices(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("refreshed: got %v, error %v", got, err)
	}
}
