// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// bank is an Sts that issues numbered sessions and records the requests. A session expires
// when the test says so.
type bank struct {
	*httptest.Server

	mu      sync.Mutex
	forms   []url.Values
	ended   map[string]bool
	now     time.Time
	life    time.Duration
	refusal string // error code to return from every operation that creates a session
}

func openBank(t *testing.T) *bank {
	t.Helper()
	b := &bank{ended: map[string]bool{}, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), life: time.Hour}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	form := r.Form
	b.forms = append(b.forms, form)
	w.Header().Set("Date", b.now.Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	switch action := form.Get("Action"); {
	case b.ended[form.Get("AccessKeyId")]:
		b.refuse(w, "InvalidSecurityToken.Expired")
	case action == "GetCallerIdentity":
		fmt.Fprint(w, `{"RequestId":"R","AccountId":"1234567890123456","IdentityType":"AssumedRoleUser"}`)
	case b.refusal != "":
		b.refuse(w, b.refusal)
	default:
		number := len(b.of("AssumeRole")) + len(b.of("AssumeRoleWithOIDC"))
		fmt.Fprintf(w, `{"RequestId":"R","Credentials":{"AccessKeyId":"STS.%d","AccessKeySecret":%q,"SecurityToken":"token-%d","Expiration":%q}}`,
			number, canary, number, b.now.Add(b.life).Format(time.RFC3339))
	}
}

func (b *bank) refuse(w http.ResponseWriter, code string) {
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprintf(w, `{"RequestId":"R","Code":%q,"Message":"The response quotes %s."}`, code, canary)
}

// of returns the forms of an action. The caller holds mu.
func (b *bank) of(action string) (forms []url.Values) {
	for _, form := range b.forms {
		if form.Get("Action") == action {
			forms = append(forms, form)
		}
	}
	return forms
}

func (b *bank) calls(action string) []url.Values {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.of(action)
}

func (b *bank) do(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

// config returns the configuration of a client that uses the clock of the bank and never
// waits.
func (b *bank) config(t *testing.T) Config {
	t.Helper()
	endpoint, err := url.Parse(b.URL)
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Endpoints: Endpoints{Ram: endpoint, Ims: endpoint, Sts: endpoint}, Region: "cn-hangzhou", UserAgent: "test", MaxRetries: 2,
		Now:   func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now },
		Pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func (b *bank) client(t *testing.T, settings CredentialSettings, env Environment) (*Client, *CredentialChain) {
	t.Helper()
	chosen, err := SelectCredentials(settings, env)
	if err != nil {
		t.Fatal(err)
	}
	config := b.config(t)
	chain, err := chosen.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	config.Credentials = chain
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client, chain
}

// who reads the caller from the service. It bypasses the cache.
func who(t *testing.T, client *Client) {
	t.Helper()
	if err := client.call(t.Context(), getCallerIdentity, nil, nil); err != nil {
		t.Fatal(err)
	}
}

var blockKey = CredentialSettings{AccessKey: "LTAIbase", SecretKey: canary}

func stacked(role Role) CredentialSettings {
	settings := blockKey
	settings.AssumeRole = &role
	return settings
}

func TestAssumeRole_sendsAllParameters(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	client, chain := b.client(t, stacked(Role{
		ARN: testRole + "ops", SessionName: "me", Policy: `{"Version":"1"}`, ExternalID: "ext", Duration: 20 * time.Minute,
	}), environment(nil, nil))
	if len(b.calls("AssumeRole")) != 0 {
		t.Fatal("opening the credentials made a call")
	}
	who(t, client)
	asked, used := b.calls("AssumeRole"), b.calls("GetCallerIdentity")
	if len(asked) != 1 || len(used) != 1 {
		t.Fatalf("%d sessions, %d calls", len(asked), len(used))
	}
	for name, want := range map[string]string{
		"AccessKeyId": "LTAIbase", "RoleArn": testRole + "ops", "RoleSessionName": "me", "Policy": `{"Version":"1"}`, "ExternalId": "ext", "DurationSeconds": "1200",
	} {
		if got := asked[0].Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if used[0].Get("AccessKeyId") != "STS.1" || used[0].Get("SecurityToken") != "token-1" {
		t.Errorf("called with %s", used[0].Get("AccessKeyId"))
	}
	if chain.SignsWithLongLivedKey() || fmt.Sprint(chain.LongLivedKeyIDs()) != "[LTAIbase]" {
		t.Errorf("long-lived: %v %v", chain.SignsWithLongLivedKey(), chain.LongLivedKeyIDs())
	}
}

func TestAssumeRole_omitsDefaults(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	client, _ := b.client(t, stacked(Role{ARN: testRole + "ops"}), environment(nil, nil))
	who(t, client)
	form := b.calls("AssumeRole")[0]
	for _, name := range []string{"Policy", "ExternalId", "DurationSeconds"} {
		if form.Has(name) {
			t.Errorf("%s was sent", name)
		}
	}
	if form.Get("RoleSessionName") != defaultSessionName {
		t.Error(form.Get("RoleSessionName"))
	}
}

func TestAssumeRole_chain(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	files := map[string]string{testFile: `{"profiles": [
		{"name": "base", "mode": "RamRoleArn", "access_key_id": "LTAIfile", "access_key_secret": "s", "ram_role_arn": "` + testRole + `one"},
		{"name": "p", "mode": "ChainableRamRoleArn", "source_profile": "base", "ram_role_arn": "` + testRole + `two"}]}`}
	client, chain := b.client(t, CredentialSettings{Profile: "p", AssumeRole: &Role{ARN: testRole + "three"}}, environment(nil, files))
	who(t, client)
	var way []string
	for _, form := range b.calls("AssumeRole") {
		way = append(way, form.Get("AccessKeyId")+">"+strings.TrimPrefix(form.Get("RoleArn"), testRole))
	}
	if fmt.Sprint(way) != "[LTAIfile>one STS.1>two STS.2>three]" {
		t.Error(way)
	}
	if chain.SignsWithLongLivedKey() || fmt.Sprint(chain.LongLivedKeyIDs()) != "[LTAIfile]" {
		t.Errorf("long-lived: %v %v", chain.SignsWithLongLivedKey(), chain.LongLivedKeyIDs())
	}
}

func TestLongLivedKeys(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings CredentialSettings
		signs    bool
		ids      string
	}{
		{blockKey, true, "[LTAIbase]"},
		{CredentialSettings{AccessKey: "STS.x", SecretKey: "s", SecurityToken: "t"}, false, "[]"},
		{stacked(Role{ARN: testRole + "r"}), false, "[LTAIbase]"},
		{CredentialSettings{ECSRoleName: "r"}, false, "[]"},
		{CredentialSettings{CredentialsURI: "http://127.0.0.1:1/"}, false, "[]"},
		{CredentialSettings{AssumeRoleWithOIDC: &OIDC{RoleARN: testRole + "r", ProviderARN: envOIDC, Token: "t"}}, false, "[]"},
	} {
		client, _ := openBank(t).client(t, test.settings, environment(nil, nil))
		chain, ok := client.CredentialChain()
		if !ok {
			t.Fatal("the client does not know its credentials")
		}
		if chain.SignsWithLongLivedKey() != test.signs || fmt.Sprint(chain.LongLivedKeyIDs()) != test.ids {
			t.Errorf("%s: %v %v, want %v %s", chain.Source, chain.SignsWithLongLivedKey(), chain.LongLivedKeyIDs(), test.signs, test.ids)
		}
	}
}

// With -race: twenty concurrent callers without a session request one session.
func TestTwentyCallersShareOneSession(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	client, _ := b.client(t, stacked(Role{ARN: testRole + "ops"}), environment(nil, nil))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := client.call(t.Context(), getCallerIdentity, nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if sessions, calls := len(b.calls("AssumeRole")), len(b.calls("GetCallerIdentity")); sessions != 1 || calls != 20 {
		t.Errorf("%d sessions for %d calls", sessions, calls)
	}
}

func TestSession_isRenewedBeforeItExpires(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	client, _ := b.client(t, stacked(Role{ARN: testRole + "ops"}), environment(nil, nil))
	who(t, client)
	b.do(func() { b.now = b.now.Add(54 * time.Minute) })
	who(t, client)
	if n := len(b.calls("AssumeRole")); n != 1 {
		t.Fatalf("%d sessions after 54 minutes", n)
	}
	b.do(func() { b.now = b.now.Add(2 * time.Minute) })
	who(t, client)
	if n := len(b.calls("AssumeRole")); n != 2 {
		t.Fatalf("%d sessions after 56 minutes", n)
	}
	calls := b.calls("GetCallerIdentity")
	if last := calls[len(calls)-1].Get("AccessKeyId"); last != "STS.2" {
		t.Errorf("the last call was made with %s", last)
	}
}

// A wrong local clock, within the difference that the service tolerates, does not extend
// the assumed lifetime of sessions.
func TestSession_expiresByTheServicesClock(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	config := b.config(t)
	now := config.Now
	config.Now = func() time.Time { return now().Add(-10 * time.Minute) }
	chosen, err := SelectCredentials(stacked(Role{ARN: testRole + "ops"}), environment(nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	chain, err := chosen.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	wantKey(t, chain, "STS.1")
	b.do(func() { b.now = b.now.Add(56 * time.Minute) })
	wantKey(t, chain, "STS.2")
}

// CRED-04: a session that expires during a run is renewed once, and the refused call is
// sent once more, even if it is a create.
func TestSession_expiredDuringARunIsRenewedOnce(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	client, _ := b.client(t, stacked(Role{ARN: testRole + "ops"}), environment(nil, nil))
	who(t, client)
	b.do(func() { b.ended["STS.1"] = true })
	create := getCallerIdentity
	create.repeat = once
	if err := client.call(t.Context(), create, nil, nil); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, form := range b.calls("GetCallerIdentity") {
		keys = append(keys, form.Get("AccessKeyId"))
	}
	if fmt.Sprint(keys) != "[STS.1 STS.1 STS.2]" || len(b.calls("AssumeRole")) != 2 {
		t.Errorf("calls with %v, %d sessions", keys, len(b.calls("AssumeRole")))
	}
}

// A failed call for a session says nothing about the call that needed it, which was not
// sent.
func TestAssumeRole_refusalNamesTheRemedy(t *testing.T) {
	t.Parallel()
	for code, remedy := range map[string]string{
		"NoPermission":                     "sts:AssumeRole",
		"EntityNotExist.Role":              "ARN of the role",
		"InvalidParameter.DurationSeconds": "maximum session duration",
		"InvalidAccessKeyId.NotFound":      "check the credentials",
		"SignatureDoesNotMatch":            "check the credentials",
		"InternalError":                    "",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			b := openBank(t)
			b.refusal = code
			client, _ := b.client(t, stacked(Role{ARN: testRole + "ops"}), environment(nil, nil))
			err := client.call(t.Context(), getCallerIdentity, nil, nil)
			var source *CredentialSourceError
			if !errors.As(err, &source) || !strings.Contains(source.Attempted, testRole+"ops") {
				t.Fatal(err)
			}
			for _, part := range []string{code, remedy, "`access_key`", "not sent"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows a secret: %v", err)
			}
			if OutcomeUnknown(err) || NotFound(err, "Role") || Denied(err) {
				t.Errorf("the error of the session is returned as the error of the call: %v", err)
			}
			if len(b.calls("GetCallerIdentity")) != 0 {
				t.Error("the call was sent")
			}
		})
	}
}

func oidcSettings(token, file string) CredentialSettings {
	return CredentialSettings{AssumeRoleWithOIDC: &OIDC{
		RoleARN: testRole + "ci", ProviderARN: blockOIDC, Token: token, TokenFile: file, SessionName: "job", Duration: 15 * time.Minute,
	}}
}

func TestAssumeRoleWithOIDC_isUnsignedAndReadsTheTokenFilePerSession(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	b.life = 15 * time.Minute
	files := map[string]string{"/home/alice/token": "first\n"}
	client, _ := b.client(t, oidcSettings("", "~/token"), environment(nil, files))
	who(t, client)
	files["/home/alice/token"] = "second\n"
	b.do(func() { b.now = b.now.Add(14 * time.Minute) })
	who(t, client)
	forms := b.calls("AssumeRoleWithOIDC")
	if len(forms) != 2 || forms[0].Get("OIDCToken") != "first" || forms[1].Get("OIDCToken") != "second" {
		t.Fatal(forms)
	}
	for _, name := range []string{"AccessKeyId", "Signature", "SignatureMethod", "SecurityToken"} {
		if forms[0].Has(name) {
			t.Errorf("%s was sent", name)
		}
	}
	for name, want := range map[string]string{
		"RoleArn": testRole + "ci", "OIDCProviderArn": blockOIDC, "RoleSessionName": "job", "DurationSeconds": "900",
	} {
		if got := forms[0].Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAssumeRoleWithOIDC_refusedOrMissingToken(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, token, file, refusal string
		says                       []string
		calls                      int
	}{
		{"refused", canary, "", "AuthenticationFail.OIDCToken.Expired", []string{"token has ended", "AuthenticationFail.OIDCToken.Expired"}, 1},
		{"of another audience", canary, "", "AuthenticationFail.OIDCToken.AudienceNotMatch", []string{"audience"}, 1},
		{"of another issuer", canary, "", "AuthenticationFail.NoPermission", []string{"issuer"}, 1},
		{"no file", "", "/nowhere", "", []string{"/nowhere cannot be read"}, 0},
		{"an empty file", "", "/empty", "", []string{"/empty is empty"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := openBank(t)
			b.refusal = test.refusal
			client, _ := b.client(t, oidcSettings(test.token, test.file), environment(nil, map[string]string{"/empty": " \n"}))
			err := client.call(t.Context(), getCallerIdentity, nil, nil)
			if err == nil || len(b.calls("AssumeRoleWithOIDC")) != test.calls {
				t.Fatalf("%d calls: %v", len(b.calls("AssumeRoleWithOIDC")), err)
			}
			for _, part := range test.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			if strings.Contains(err.Error(), canary) || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the error shows too much: %v", err)
			}
		})
	}
}

// A response with a missing or implausible expiration is assumed to last as long as
// requested.
func TestSession_implausibleExpiration(t *testing.T) {
	t.Parallel()
	b := openBank(t)
	client, err := New(Config{Credentials: noKey{}, Now: func() time.Time { return b.now }})
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "soon", b.now.Add(-time.Minute).Format(time.RFC3339), b.now.Add(48 * time.Hour).Format(time.RFC3339)} {
		var response sessionResponse
		response.Credentials.Expiration = text(end)
		for asked, life := range map[time.Duration]time.Duration{0: time.Hour, 20 * time.Minute: 20 * time.Minute} {
			if got := response.lease(client, asked).end.Sub(b.now); got != life {
				t.Errorf("end %q, asked %s: life %s, want %s", end, asked, got, life)
			}
		}
	}
}

func TestSession_responseWithoutAKeyIsRefused(t *testing.T) {
	t.Parallel()
	whole := sessionResponse{}
	whole.Credentials.AccessKeyID, whole.Credentials.AccessKeySecret, whole.Credentials.SecurityToken = "STS.1", "s", "t"
	if whole.missing() != "" {
		t.Error("missing() of a complete response:", whole.missing())
	}
	for _, part := range []func(*sessionResponse){
		func(a *sessionResponse) { a.Credentials.AccessKeyID = "" },
		func(a *sessionResponse) { a.Credentials.AccessKeySecret = "" },
		func(a *sessionResponse) { a.Credentials.SecurityToken = "" },
	} {
		torn := whole
		part(&torn)
		if torn.missing() == "" {
			t.Errorf("missing() is empty for %+v", torn)
		}
	}
}
