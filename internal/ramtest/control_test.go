// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/http"
	"strings"
	"testing"
)

// control sends a request to the control plane, which needs no key.
func control(t *testing.T, s *Server, method, path, body string) result {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"/_ramfake/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got, err := try(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestControl_state(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.AddAccount("2222222222222222")
	control(t, s, http.MethodPatch, "state?account=2222222222222222", `{"Alias":"other"}`)
	got := control(t, s, http.MethodPatch, "state", `{"Preference":{"VerificationTypes":["sms"]},"Users":{"bob":{"ID":"1","Name":"bob"}}}`)
	equal(t, "status", got.status, http.StatusOK)
	equal(t, "bob", got.at("Users.bob.ID"), "1")
	got = control(t, s, http.MethodPatch, "state", `{"Users":{"bob":null}}`)
	equal(t, "bob", got.at("Users.bob"), nil)

	got = control(t, s, http.MethodGet, "state", "")
	equal(t, "types", got.at("Preference.VerificationTypes"), []string{"sms"})
	equal(t, "hours", got.at("Preference.LoginSessionDuration"), 6)
	equal(t, "alias", got.at("Alias"), "")
	equal(t, "other", control(t, s, http.MethodGet, "state?account=2222222222222222", "").at("Alias"), "other")

	admin(t, s).ok("Ims", "GetSecurityPreference")
	equal(t, "calls", len(s.Calls()), 1)
	equal(t, "by", s.History()[0].Actor, "control")
}

func TestControl_errors(t *testing.T) {
	t.Parallel()
	s := New(t)
	for _, wrong := range [][3]string{
		{http.MethodPatch, "state", `{"Prefrence":{}}`},
		{http.MethodPatch, "state", `{"Preference":{"LoginSessionDuration":"six"}}`},
		{http.MethodPatch, "state", `{"ID":"2222222222222222"}`},
		{http.MethodPatch, "state", `{`},
		{http.MethodGet, "state?account=1", ""},
		{http.MethodPut, "clock", `{"advance":"tomorrow"}`},
		{http.MethodPut, "skew", `{"skew":""}`},
	} {
		got := control(t, s, wrong[0], wrong[1], wrong[2])
		equal(t, wrong[2], got.status, http.StatusBadRequest)
		if got.at("error") == nil {
			t.Errorf("%s: the error has no reason", wrong[2])
		}
	}
	equal(t, "unknown", control(t, s, http.MethodGet, "secrets", "").status, http.StatusNotFound)
	equal(t, "history", s.History(), []Event{})
}

func TestControl_calls(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	c.ok("Ims", "GetPasswordPolicy")
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "3")
	text := control(t, s, http.MethodGet, "calls?action=SetPasswordPolicy", "").text
	if !strings.HasPrefix(text, `[{"Seq":2,"Product":"Ims","Action":"SetPasswordPolicy"`) {
		t.Errorf("got %s", text)
	}
	if text := control(t, s, http.MethodGet, "history", "").text; !strings.Contains(text, `"Field":"MaxPasswordAge","Before":0,"After":3}`) {
		t.Errorf("got %s", text)
	}
	control(t, s, http.MethodDelete, "calls", "")
	equal(t, "calls", control(t, s, http.MethodGet, "calls", "").text, "[]\n")
}

func TestControl_clocks(t *testing.T) {
	t.Parallel()
	s := New(t)
	got := control(t, s, http.MethodPut, "clock", `{"now":"2027-01-02T03:04:05Z"}`)
	now, _ := got.at("now").(string)
	if !strings.HasPrefix(now, "2027-01-02T03:04:0") {
		t.Errorf("got time %s", now)
	}
	control(t, s, http.MethodPut, "clock", `{"advance":"24h"}`)
	if day := s.Now().Day(); day != 3 {
		t.Errorf("got time %s", s.Now())
	}
	control(t, s, http.MethodPut, "skew", `{"skew":"20m"}`)
	admin(t, s).refused("InvalidTimeStamp.Expired", "Ims", "GetPasswordPolicy")
}

func TestControl_isLocal(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true, "192.0.2.1:1": false, "[2001:db8::1]:1": false, "": false,
	} {
		equal(t, address, local(address), want)
	}
}
