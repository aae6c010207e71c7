// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// setting starts a server with rules.
func setting(t *testing.T, rules ...Rule) (*Server, *client) {
	t.Helper()
	s := New(t)
	s.Inject(rules...)
	return s, admin(t, s)
}

func (c *client) set() (result, error) {
	c.t.Helper()
	return try(c.request("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90"))
}

func age(s *Server) (days int) {
	s.Change(func(a *Account) { days = a.Policy.MaxPasswordAge })
	return days
}

func TestFaults_phases(t *testing.T) {
	t.Parallel()
	for phase, want := range map[string]int{"": 0, "before_commit": 0, "after_commit": 90} {
		for _, rule := range []Rule{
			{Fault: "code", Code: "InternalError"},
			{Fault: "http", Status: 502, Body: "bad gateway"},
			{Fault: "html", Status: 200},
			{Fault: "empty"},
			{Fault: "null"},
			{Fault: "array"},
			{Fault: "garble", Body: "}{"},
			{Fault: "refuse"},
			{Fault: "reset"},
			{Fault: "stall", Delay: time.Millisecond},
			{Fault: "redirect"},
		} {
			rule.Phase = phase
			s, c := setting(t, rule)
			got, err := c.set()
			if err == nil && got.at("PasswordPolicy") != nil {
				t.Errorf("%s: the response was not spoiled: %s", rule.Fault, got.text)
			}
			equal(t, rule.Fault+" "+phase, age(s), want)
			call := s.Calls()[0]
			equal(t, "committed", call.Committed, want == 90)
			equal(t, "status", call.Status, got.status)
		}
	}
}

func TestFaults_code(t *testing.T) {
	t.Parallel()
	_, c := setting(
		t,
		Rule{Nth: "1", Code: "Throttling.User", RetryAfter: "7", Header: map[string]string{"x-ratelimit-user-api": "Limit:1,TimeLeft:2000"}},
		Rule{Nth: "2", Fault: "code", Code: "ServiceUnavailable", Message: "come back"},
		Rule{Nth: "3", Fault: "code", Code: "EntityNotExist.User"},
		Rule{Nth: "4", Fault: "code", Code: "Throttling", Status: 429},
	)
	for _, want := range []struct {
		status int
		code   string
	}{{400, "Throttling.User"}, {503, "ServiceUnavailable"}, {404, "EntityNotExist.User"}, {429, "Throttling"}, {200, ""}} {
		got := c.do("Ims", "GetPasswordPolicy")
		equal(t, "response", []any{got.status, got.code}, []any{want.status, want.code})
		if want.code == "Throttling.User" {
			equal(t, "wait", got.header.Get("Retry-After"), "7")
			equal(t, "quota", got.header.Get("X-Ratelimit-User-Api"), "Limit:1,TimeLeft:2000")
		}
		if want.status == 503 {
			equal(t, "message", got.at("Message"), "come back")
		}
	}
}

func TestFaults_connections(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]error{"refuse": io.EOF, "reset": syscall.ECONNRESET, "stall": io.EOF, "cut": io.ErrUnexpectedEOF} {
		s, c := setting(t, Rule{Fault: fault, Delay: time.Millisecond})
		if _, err := c.set(); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", fault, err, want)
		}
		if fault == "cut" {
			equal(t, "a cut response was one", age(s), 90)
		}
	}
}

// whenReceived returns a context that ends when the server has received a call: the client then disconnects.
func whenReceived(t *testing.T, s *Server) context.Context {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	go func() {
		for ctx.Err() == nil && len(s.Calls()) == 0 {
			runtime.Gosched()
		}
		leave()
	}()
	return ctx
}

func TestFaults_stall(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Fault: "stall"})
	if _, err := try(c.request("Ims", "GetPasswordPolicy").WithContext(whenReceived(t, s))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	equal(t, "status", s.Calls()[0].Status, 0)
}

func TestFaults_delayedCommit(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Action: "SetPasswordPolicy", Fault: "delay", Delay: 10 * time.Millisecond})
	if _, err := try(c.request("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90").WithContext(whenReceived(t, s))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for age(s) != 90 { // until the test times out
		runtime.Gosched()
	}
}

func TestFaults_drip(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Fault: "drip", Delay: time.Microsecond})
	got, err := c.set()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "response", got.at("PasswordPolicy.MaxPasswordAge"), 90)
	equal(t, "age", age(s), 90)
}

func TestFaults_truncate(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Fault: "truncate"})
	got, err := c.set()
	if err != nil || got.status != http.StatusOK || got.body != nil || !strings.HasPrefix(got.text, `{"PasswordPolicy"`) {
		t.Errorf("got %d %q %v", got.status, got.text, err)
	}
	equal(t, "age", age(s), 90)
}

func TestFaults_dropAndRetype(t *testing.T) {
	t.Parallel()
	_, c := setting(
		t,
		Rule{Nth: "1", Fault: "drop_fields", Body: "MaxPasswordAge, HardExpire"},
		Rule{Nth: "2", Fault: "retype", Body: `{"MaxPasswordAge":[1,2]}`},
		Rule{Nth: "3", Fault: "drop_fields", Body: "PasswordPolicy"},
		Rule{Nth: "4", Fault: "retype", Body: "HardExpire"},
	)
	got := c.ok("Ims", "GetPasswordPolicy")
	policy, _ := got.at("PasswordPolicy").(map[string]any)
	equal(t, "fields", len(policy), 14)
	got = c.ok("Ims", "GetPasswordPolicy")
	equal(t, "age", got.at("PasswordPolicy.MaxPasswordAge"), []int{1, 2})
	got = c.ok("Ims", "GetPasswordPolicy")
	equal(t, "body", len(got.body), 1)
	got = c.ok("Ims", "GetPasswordPolicy")
	equal(t, "expiry", got.at("PasswordPolicy.HardExpire"), reply{"Unexpected": true})
	c.format = "XML"
	if text := c.ok("Ims", "GetPasswordPolicy").text; !strings.Contains(text, "<MaxPasswordAge>0</MaxPasswordAge>") {
		t.Errorf("got %s", text)
	}
}

func TestFaults_echo(t *testing.T) {
	t.Parallel()
	_, c := setting(t, Rule{Nth: "1", Code: "InternalError", Message: "cannot set {MaxPasswordAge}"}, Rule{Nth: "2", Fault: "html", Body: "<p>{MaxPasswordAge} {Unknown}</p>"})
	first, _ := c.set()
	equal(t, "message", first.at("Message"), "cannot set 90")
	second, _ := c.set()
	equal(t, "page", second.text, "<p>90 {Unknown}</p>")
}

func TestFaults_redirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	_, c := setting(t, Rule{Nth: "1", Fault: "redirect"}, Rule{Nth: "2", Fault: "redirect", Status: 308, Header: map[string]string{"Location": elsewhere.URL}})
	got := c.do("Ims", "GetPasswordPolicy")
	equal(t, "first", []any{got.status, got.header.Get("Location")}, []any{307, c.server.URL() + "/elsewhere"})
	got = c.do("Ims", "GetPasswordPolicy")
	equal(t, "second", []any{got.status, got.header.Get("Location")}, []any{308, elsewhere.URL})
}

func TestFaults_floods(t *testing.T) {
	t.Parallel()
	const limit = 10 << 20
	for _, fault := range []string{"huge", "gzip_bomb"} {
		_, c := setting(t, Rule{Fault: fault})
		response, err := plain().Do(c.request("Ims", "GetPasswordPolicy"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.CopyN(io.Discard, response.Body, limit)
		if n != limit || err != nil || response.Uncompressed != (fault == "gzip_bomb") {
			t.Errorf("%s: %d bytes, uncompressed %t, %v", fault, n, response.Uncompressed, err)
		}
		_ = response.Body.Close()
	}
	_, c := setting(t, Rule{Fault: "endless_headers"})
	if _, err := try(c.request("Ims", "GetPasswordPolicy")); err == nil {
		t.Error("the headers ended")
	}
}

func TestFaults_closeDuringFlood(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Fault: "endless_headers"})
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if err := c.request("Ims", "GetPasswordPolicy").Write(connection); err != nil {
		t.Fatal(err)
	}
	if _, err := connection.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	s.Close() // must not wait for the client
}

func TestFaults_positions(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.AddAccount("2222222222222222")
	s.Inject(
		Rule{Action: "Get*", Nth: "2-3", Code: "InternalError"},
		Rule{Action: "GetUser", User: "al*", Code: "Throttling"},
		Rule{Account: "2222222222222222", Nth: "2-", Code: "ServiceUnavailable"},
		Rule{Action: "GetPasswordPolicy", Nth: "2", Code: "NoPermission"},
	)
	c := admin(t, s)
	for _, want := range []struct {
		client         *client
		code           string
		product, name  string
		parameter, arg string
	}{
		{c, "EntityNotExist.User", "Ram", "GetUser", "UserName", "bob"},
		{c, "InternalError", "Ram", "GetUser", "UserName", "alice"}, // the first rule that acts takes precedence
		{c, "InternalError", "Ims", "GetPasswordPolicy", "", ""},
		{c, "Throttling", "Ram", "GetUser", "UserName", "alice"},
		{c, "Throttling", "Ims", "GetUser", "UserPrincipalName", "albert@x.onaliyun.com"},
		{c, "NoPermission", "Ims", "GetPasswordPolicy", "", ""},
		{as(t, s, s.Credential("2222222222222222")), "", "Ims", "GetPasswordPolicy", "", ""},
		{as(t, s, s.Credential("2222222222222222")), "ServiceUnavailable", "Ims", "GetPasswordPolicy", "", ""},
	} {
		params := []string{want.parameter, want.arg}
		if want.parameter == "" {
			params = nil
		}
		want.client.refused(want.code, want.product, want.name, params...)
	}
}

func TestFaults_inject(t *testing.T) {
	t.Parallel()
	s, c := setting(
		t,
		Rule{Action: "SetPasswordPolicy", Nth: "1", Inject: "SetPasswordPolicy", InjectParams: map[string]string{"MinimumPasswordLength": "9", "MaxPasswordAge": "1"}},
		Rule{Action: "SetPasswordPolicy", Nth: "2", Inject: "Ram/SetAccountAlias", InjectParams: map[string]string{"AccountAlias": "acme"}, Phase: "after_commit"},
	)
	s.SetBehaviour(func(b *Behaviour) { b.KeepOmittedPolicies = true })
	got := c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90")
	equal(t, "length", got.at("PasswordPolicy.MinimumPasswordLength"), 9)
	equal(t, "age", got.at("PasswordPolicy.MaxPasswordAge"), 90)
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "80")
	s.Change(func(a *Account) { equal(t, "alias", a.Alias, "acme") })
	by := []string{}
	for _, event := range s.History() {
		by = append(by, event.Actor+" "+event.Field)
	}
	equal(t, "history", by, []string{
		"other-admin MaxPasswordAge", "other-admin MinimumPasswordLength", "SetPasswordPolicy MaxPasswordAge",
		"SetPasswordPolicy MaxPasswordAge", "other-admin Alias",
	})
	equal(t, "calls", len(s.Calls()), 2)
	equal(t, "violations", s.Violations(), []string{})
}

func TestChangeBefore(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.ChangeBefore("GetPasswordPolicy", func(a *Account) { a.Policy.MaxPasswordAge++ })
	c.ok("Ims", "GetSecurityPreference")
	equal(t, "not yet", age(s), 0)
	equal(t, "first", c.ok("Ims", "GetPasswordPolicy").at("PasswordPolicy.MaxPasswordAge"), 1)
	equal(t, "second", c.ok("Ims", "GetPasswordPolicy").at("PasswordPolicy.MaxPasswordAge"), 1)
}

func TestFaults_duplicate(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Action: "SetPasswordPolicy", Nth: "1", Fault: "duplicate", Delay: 1})
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90")
	equal(t, "at once", len(s.History()), 1)
	c.ok("Ims", "SetPasswordPolicy", "MaxPasswordAge", "80")
	equal(t, "later", age(s), 90)
	equal(t, "history", s.History()[2].Actor, "SetPasswordPolicy duplicate")

	s, c = setting(t, Rule{Fault: "duplicate"})
	c.ok("Ims", "CreateAccessKey")
	s.Change(func(a *Account) { equal(t, "keys", len(a.Users["admin"].Keys), 2) })
}

func TestSchedule_isData(t *testing.T) {
	t.Parallel()
	for text, wrong := range map[string]bool{
		`{"seed":7,"rules":[{"action":"GetPasswordPolicy","nth":2,"fault":"code","code":"Throttling","retry_after":7,"delay":"2s"}]}`: false,
		`{"rules":[{"nth":"1-5","stale":1},{"fault":"duplicate","delay":3},{"inject":"ClearAccountAlias","phase":"after_commit"}]}`:   false,
		`{"rules":[{"fault":"explode"}]}`:                 true,
		`{"rules":[{}]}`:                                  true,
		`{"rules":[{"fault":"code"}]}`:                    true,
		`{"rules":[{"fault":"inject"}]}`:                  true,
		`{"rules":[{"fault":"html","nth":"0"}]}`:          true,
		`{"rules":[{"fault":"html","nth":"5-1"}]}`:        true,
		`{"rules":[{"fault":"html","nth":"first"}]}`:      true,
		`{"rules":[{"fault":"html","phase":"later"}]}`:    true,
		`{"rules":[{"fault":"delay","delay":"a while"}]}`: true,
		`{"rules":[{"fualt":"html"}]}`:                    true,
	} {
		s := New(t)
		got := control(t, s, http.MethodPut, "faults", text)
		equal(t, text, got.status == http.StatusBadRequest, wrong)
	}
	rule := Rule{
		Action: "a", Account: "b", User: "c", Nth: "1-2", Phase: "after_commit", Fault: "code", Status: 1, Code: "d", Message: "e", Body: "f",
		Header: map[string]string{"g": "h"}, RetryAfter: "8", Delay: 2 * time.Second, Inject: "i", InjectParams: map[string]string{"j": "k"}, Stale: 3,
	}
	var back Rule
	if err := strictly(asJSON(rule), &back); err != nil {
		t.Fatal(err)
	}
	equal(t, "rule", back, rule)
	equal(t, "delay", back.Delay, rule.Delay)
	equal(t, "position", back.Nth, rule.Nth)
}

func TestFaults_foreign(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Nth: "1", Fault: "foreign"}, Rule{Nth: "2", Fault: "foreign", Status: 451, Phase: "after_commit"})
	got := c.do("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90")
	equal(t, "status", got.status, http.StatusForbidden)
	equal(t, "no request id", got.at("RequestId"), nil)
	equal(t, "not executed", age(s), 0)
	equal(t, "after the commit", c.do("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90").status, 451)
	equal(t, "executed", age(s), 90)
}

func TestFaults_shortList(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.PageCap = 0 }))
	c := admin(t, s)
	inhabited(s, "alice", "bob")
	s.Inject(Rule{Action: "ListUsers", Nth: "1", Fault: "short_list", Body: "alice"}, Rule{Action: "ListUsers", Nth: "2", Fault: "short_list"})
	names := func() []any { return column(c.ok("Ram", "ListUsers").list("Users.User", "UserName"), "UserName") }
	equal(t, "without alice", names(), []any{"admin", "bob"})
	equal(t, "empty", len(names()), 0)
	equal(t, "whole", names(), []any{"admin", "alice", "bob"})
}

func TestFaults_date(t *testing.T) {
	t.Parallel()
	s, c := setting(t, Rule{Fault: "date", Delay: 3000 * time.Hour})
	date, err := http.ParseTime(c.ok("Ims", "GetPasswordPolicy").header.Get("Date"))
	if wrong := date.Sub(s.Now()); err != nil || wrong < 2999*time.Hour || wrong > 3001*time.Hour {
		t.Errorf("the date is wrong by %s (%v)", wrong, err)
	}
}

func TestFaults_late(t *testing.T) {
	t.Parallel()
	s, c := setting(t,
		Rule{Action: "SetPasswordPolicy", Nth: "1", Fault: "late"},
		Rule{Action: "SetPasswordPolicy", Nth: "2", Fault: "late", Delay: 1},
		Rule{Action: "SetPasswordPolicy", Nth: "3", Fault: "late", Delay: -1})
	set := func(days string) {
		if _, err := plain().Do(c.request("Ims", "SetPasswordPolicy", "MaxPasswordAge", days)); err == nil { //nolint:bodyclose // there is no body
			t.Errorf("%s days: got a response", days)
		}
	}
	set("1")
	equal(t, "not yet", age(s), 0)
	s.ExecuteLate()
	equal(t, "ordered", age(s), 1)
	set("2")
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "acme")
	equal(t, "after a call", age(s), 2)
	set("3")
	s.ExecuteLate()
	equal(t, "never", age(s), 2)
	equal(t, "history", s.History()[0].Actor, "SetPasswordPolicy late")
}

func TestFaults_informational(t *testing.T) {
	t.Parallel()
	_, c := setting(t, Rule{Nth: "1", Fault: "informational"}, Rule{Nth: "2", Fault: "informational", Status: http.StatusSwitchingProtocols})
	short := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 1000}}
	if _, err := short.Do(c.request("Ims", "GetPasswordPolicy")); err == nil { //nolint:bodyclose // there is no body
		t.Error("a response followed the informational responses")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	response, err := plain().Do(c.request("Ims", "GetPasswordPolicy").WithContext(ctx))
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", response, err)
	}
	_ = response.Body.Close()
}

func TestFaults_echoEncodings(t *testing.T) {
	t.Parallel()
	_, c := setting(t, Rule{Nth: "1", Fault: "http", Body: "{MaxPasswordAge:*}"}, Rule{Action: "CreateAccessKey", Fault: "http", Phase: "after_commit", Body: "{AccessKeySecret:hex}"})
	got := c.do("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90")
	for _, want := range []string{"90", "OTA=", "3930", "%39%30", `\u0039\u0030`, "&#57;&#48;", "09", "9 0"} {
		if !strings.Contains(got.text, want) {
			t.Errorf("%q is not in %q", want, got.text)
		}
	}
	if len(Encodings()) < 12 {
		t.Errorf("only %d encodings", len(Encodings()))
	}
	created := c.do("Ims", "CreateAccessKey")
	if len(created.text) != 60 {
		t.Errorf("the created secret is %q", created.text)
	}
}

func TestCredentialsURI_opensAnotherAccount(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.AddAccount("9999999999999999")
	uri := s.CredentialsURI(time.Hour, defaultAccountID, "9999999999999999")
	for _, want := range []string{defaultAccountID, "9999999999999999", "9999999999999999"} {
		response, err := http.Get(uri)
		if err != nil {
			t.Fatal(err)
		}
		var lent struct{ Code, AccessKeyId, AccessKeySecret, SecurityToken, Expiration string } //nolint:revive // the service's names
		err = json.NewDecoder(response.Body).Decode(&lent)
		_ = response.Body.Close()
		if err != nil || lent.Code != "Success" || lent.Expiration == "" {
			t.Fatalf("%+v, %v", lent, err)
		}
		c := as(t, s, Credential{lent.AccessKeyId, lent.AccessKeySecret, lent.SecurityToken})
		equal(t, "account", c.ok("Sts", "GetCallerIdentity").at("AccountId"), want)
		c.ok("Ims", "GetPasswordPolicy")
	}
}
