// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// clientOf returns a client of the fake's default account. It waits only for the rate
// limit.
func clientOf(t testing.TB, fake *ramtest.Server, changes ...func(*Config)) *Client {
	t.Helper()
	client := askingClientOf(t, fake, changes...)
	client.identified(fakeAccount)
	return client
}

// askingClientOf returns a client that still has to read its caller.
func askingClientOf(t testing.TB, fake *ramtest.Server, changes ...func(*Config)) *Client {
	t.Helper()
	credential := fake.Credential(fakeAccount)
	return newAskingClient(t, fake.URL(), append([]func(*Config){func(c *Config) {
		c.Credentials = &fixedKey{Key: Key{ID: credential.AccessKeyID, Secret: credential.AccessKeySecret}}
	}}, changes...)...)
}

const fakeAccount = "1234567890123456"

func TestTheFakeKnowsTheCaller(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	caller, err := askingClientOf(t, fake).Caller(t.Context())
	if err != nil || caller.AccountID != fakeAccount || !strings.EqualFold(caller.IdentityType, "RAMUser") || caller.ARN != "acs:ram::"+fakeAccount+":user/admin" || caller.UserID == "" {
		t.Errorf("caller %+v, error %v", caller, err)
	}
}

var wholePreference = SecurityPreference{
	AllowUserToChangePassword: new(false), AllowUserToManageAccessKeys: new(true), AllowUserToManageMFADevices: new(false),
	AllowUserToManagePersonalDingTalk: new(false), AllowUserToManageServiceCredentials: new(true), AllowUserToLoginWithPasskey: new(false),
	AllowUserLongTermLogin: new(true), EnableSaveMFATicket: new(true), LoginSessionDuration: new(int64(24)),
	LoginNetworkMasks: []string{"10.0.0.0/8", "192.168.0.1"}, MFAOperationForLogin: new("mandatory"),
	VerificationTypes: []string{"email", "sms"}, MaxIdleDaysForUsers: new(int64(90)), MaxIdleDaysForAccessKeys: new(int64(180)),
}

// inOrder sorts the lists of a preference for a comparison. The service does not promise an
// order.
func inOrder(p SecurityPreference) SecurityPreference {
	p.VerificationTypes = slices.Clone(p.VerificationTypes)
	slices.Sort(p.VerificationTypes)
	return p
}

func TestSecurityPreference_returnsWhatWasSet(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	fresh, err := client.SecurityPreference(t.Context())
	if err != nil || fresh.LoginSessionDuration == nil || *fresh.LoginSessionDuration != 6 || fresh.LoginNetworkMasks == nil || len(fresh.LoginNetworkMasks) != 0 {
		t.Fatalf("a fresh account: fresh %+v, error %v", fresh, err)
	}

	if err := client.ChangeSecurityPreference(t.Context(), replaceWith(wholePreference)); err != nil {
		t.Fatal(err)
	}
	if got, err := client.SecurityPreference(t.Context()); err != nil || !reflect.DeepEqual(inOrder(got), wholePreference) {
		t.Errorf("differs: %s, error %v", cmp.Diff(wholePreference, inOrder(got)), err)
	}
	fake.SetBehaviour(func(b *ramtest.Behaviour) { b.KeepOmittedPreferences = true })
	cleared := SecurityPreference{LoginNetworkMasks: []string{}, VerificationTypes: []string{}}
	if err := client.ChangeSecurityPreference(t.Context(), replaceWith(cleared)); err != nil {
		t.Fatal(err)
	}
	want := wholePreference
	want.LoginNetworkMasks, want.VerificationTypes = []string{}, []string{}
	if got, err := client.SecurityPreference(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("cleared: got %+v, error %v", got, err)
	}
}

func TestAnOlderDeploymentLeavesFieldsOut(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.HideNewerFields = true }))
	client := clientOf(t, fake)
	preference, err := client.SecurityPreference(t.Context())
	if err != nil || preference.AllowUserToManageServiceCredentials != nil || preference.LoginSessionDuration == nil {
		t.Errorf("preference %+v, error %v", preference, err)
	}
	policy, err := client.PasswordPolicy(t.Context())
	if err != nil || policy.InterceptRiskPasswordOnAPI != nil || policy.MinimumPasswordLength == nil {
		t.Errorf("policy %+v, error %v", policy, err)
	}
}

func TestPasswordPolicy_returnsWhatWasSet(t *testing.T) {
	t.Parallel()
	client := clientOf(t, ramtest.New(t))
	want := PasswordPolicy{
		MinimumPasswordLength: new(int64(14)), RequireLowercaseCharacters: new(true), RequireUppercaseCharacters: new(true),
		RequireNumbers: new(true), RequireSymbols: new(true), MinimumPasswordDifferentCharacter: new(int64(8)),
		PasswordNotContainUserName: new(true), MaxPasswordAge: new(int64(1095)), HardExpiry: new(true), PasswordReusePrevention: new(int64(24)),
		MaxLoginAttempts: new(int64(32)), InitialPasswordAge: new(int64(0)), InterceptRiskPasswordOnAPI: new(true),
	}
	if err := client.ChangePasswordPolicy(t.Context(), replaceWith(want)); err != nil {
		t.Fatal(err)
	}
	if got, err := client.PasswordPolicy(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	err := client.ChangePasswordPolicy(t.Context(), replaceWith(PasswordPolicy{MinimumPasswordLength: new(int64(7))}))
	var serviceErr *Error
	if !errors.As(err, &serviceErr) || serviceErr.Code != "InvalidParameter.MinimumPasswordLength.Range" || serviceErr.RequestID == "" || OutcomeUnknown(err) {
		t.Errorf("error: %v", err)
	}
}

func TestAnAccountWithoutAnAliasHasNone(t *testing.T) {
	t.Parallel()
	for _, unset := range []string{"", "not_found", "empty", "absent"} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.UnsetAliasResponse = unset }))
		client := clientOf(t, fake)
		if alias, err := client.AccountAlias(t.Context()); err != nil || alias != "" {
			t.Errorf("%s: alias %q, error %v", unset, alias, err)
		}
		if err := client.SetAccountAlias(t.Context(), "acme"); err != nil {
			t.Fatal(err)
		}
		if alias, err := client.AccountAlias(t.Context()); err != nil || alias != "acme" {
			t.Errorf("%s: alias %q, error %v", unset, alias, err)
		}
		if domain, err := client.DefaultDomain(t.Context()); err != nil || domain != "acme.onaliyun.com" {
			t.Errorf("%s: domain %q, error %v", unset, domain, err)
		}
		if err := client.ClearAccountAlias(t.Context()); err != nil {
			t.Fatal(err)
		}
		if alias, err := client.AccountAlias(t.Context()); err != nil || alias != "" {
			t.Errorf("%s, cleared: alias %q, error %v", unset, alias, err)
		}
	}
}

func TestAnAliasOfAnotherAccountExists(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.AddAccount("2222222222222222")
	fake.ChangeAccount("2222222222222222", func(a *ramtest.Account) { a.Alias = "acme" })
	err := clientOf(t, fake).SetAccountAlias(t.Context(), "acme")
	if !Exists(err) || OutcomeUnknown(err) {
		t.Errorf("error: %v", err)
	}
}

func TestTheSummaryAndRootMFA(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	summary, err := client.AccountSummary(t.Context())
	if err != nil || summary["Users"] != 1 || summary["UsersQuota"] == 0 {
		t.Errorf("summary %v, error %v", summary, err)
	}
	for _, want := range []bool{false, true} {
		fake.Change(func(a *ramtest.Account) { a.RootMFA = want })
		if got, err := client.RootMFAEnabled(t.Context()); err != nil || got != want {
			t.Errorf("got %v, error %v", got, err)
		}
	}
}

func TestADeniedCallIsDenied(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Change(func(a *ramtest.Account) { a.Users["admin"].Denied = []string{"Set*"} })
	client := clientOf(t, fake)
	if err := client.SetAccountAlias(t.Context(), "acme"); !Denied(err) || len(fake.Calls("SetAccountAlias")) != 1 {
		t.Errorf("%d calls, error: %v", len(fake.Calls("SetAccountAlias")), err)
	}
}

func TestErrors_ofWrongCredentialsOrClockSayWhatToDo(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*ramtest.Server, *Config){
		"does not know the AccessKey ID": func(_ *ramtest.Server, c *Config) { c.Credentials = &fixedKey{Key: testKey} },
		"secret does not belong": func(s *ramtest.Server, c *Config) {
			c.Credentials = &fixedKey{Key: Key{ID: s.Credential(fakeAccount).AccessKeyID, Secret: testKey.Secret}}
		},
		"the clock of this machine": func(s *ramtest.Server, _ *Config) { s.SetSkew(20 * time.Minute) },
	} {
		fake := ramtest.New(t)
		client := clientOf(t, fake, func(c *Config) { change(fake, c) })
		_, err := client.SecurityPreference(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), testKey.Secret) || OutcomeUnknown(err) {
			t.Errorf("want %q: %v", want, err)
		}
		if got := len(fake.Calls("GetSecurityPreference")); got > 1 {
			t.Errorf("%s: sent %d times", want, got)
		}
	}
}

// faultKinds are all faults that reads and sets recover from by repeating (F01 to F13,
// F26).
var faultKinds = []ramtest.Rule{
	{Fault: "code", Code: "Throttling.User"},
	{Fault: "code", Code: "Throttling.Api", Status: 503},
	{Fault: "code", Code: "Throttling", Status: 429, RetryAfter: "7"},
	{Fault: "code", Code: "ServiceUnavailable"},
	{Fault: "code", Code: "InternalError"},
	{Fault: "http", Status: 502, Body: "bad gateway"},
	{Fault: "refuse"},
	{Fault: "reset"},
	{Fault: "cut"},
	{Fault: "truncate"},
	{Fault: "empty"},
	{Fault: "null"},
	{Fault: "array"},
	{Fault: "html"},
	{Fault: "html", Status: 503},
	{Fault: "garble", Body: `{"RequestId"`},
	{Fault: "stall"},
	{Fault: "huge"},
	{Fault: "gzip_bomb"},
	{Fault: "endless_headers"},
}

func TestFaults_readsAndSetsRecover(t *testing.T) {
	t.Parallel()
	for _, rule := range faultKinds {
		for _, phase := range []string{"before_commit", "after_commit"} {
			for _, nth := range []string{"1", "2", "1-2"} {
				flood := rule.Fault == "huge" || rule.Fault == "gzip_bomb" || rule.Fault == "endless_headers"
				if flood && (nth != "1" || phase != "after_commit") {
					continue // these take seconds and otherwise equal html
				}
				rule := rule
				rule.Phase, rule.Nth = phase, nth
				t.Run(strings.Join([]string{rule.Fault, rule.Code, phase, nth}, " "), func(t *testing.T) {
					t.Parallel()
					setAndReadThrough(t, rule)
				})
			}
		}
	}
}

func setAndReadThrough(t *testing.T, rule ramtest.Rule) {
	t.Helper()
	fake := ramtest.New(t)
	client := clientOf(t, fake)
	if rule.Fault == "stall" {
		client.timeout = 300 * time.Millisecond
	}
	fake.Inject(rule)
	if err := client.ChangeSecurityPreference(t.Context(), replaceWith(wholePreference)); err != nil {
		t.Fatal(err)
	}
	if got, err := client.SecurityPreference(t.Context()); err != nil || !reflect.DeepEqual(inOrder(got), wholePreference) {
		t.Errorf("differs: %s, error %v", cmp.Diff(wholePreference, inOrder(got)), err)
	}
	if err := client.SetAccountAlias(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	for _, call := range fake.Calls() {
		if call.URL != "/" || call.Method != "POST" {
			t.Errorf("%s %s", call.Method, call.URL)
		}
	}
	if got := len(fake.Calls()); got > 8 { // a failed write counts twice, because it reads again
		t.Errorf("%d calls for four and at most two faults", got)
	}
}

func TestACreateIsSentOnceUnlessItWasRefused(t *testing.T) {
	t.Parallel()
	createUser := operation{product: ramProduct, action: "CreateUser", repeat: once}
	for _, rule := range faultKinds {
		for _, phase := range []string{"before_commit", "after_commit"} {
			rule := rule
			rule.Phase, rule.Nth, rule.Action = phase, "1", "CreateUser"
			wasRefused := strings.HasPrefix(rule.Code, "Throttling")
			if wasRefused && phase == "after_commit" {
				continue // the service never reports a refusal wrongly
			}
			t.Run(strings.Join([]string{rule.Fault, rule.Code, phase}, " "), func(t *testing.T) {
				t.Parallel()
				fake := ramtest.New(t)
				client := clientOf(t, fake)
				if _, err := client.Caller(t.Context()); err != nil { // so that the next call reuses a connection
					t.Fatal(err)
				}
				if rule.Fault == "stall" {
					client.timeout = 300 * time.Millisecond
				}
				fake.Inject(rule)

				err := client.call(t.Context(), createUser, params{"UserName": "alice"}, nil)
				if wasRefused {
					if err != nil || len(fake.Calls("CreateUser")) != 2 {
						t.Errorf("%d calls, error: %v", len(fake.Calls("CreateUser")), err)
					}
					return
				}
				if !OutcomeUnknown(err) || len(fake.Calls("CreateUser")) != 1 {
					t.Errorf("%d calls, error: %v", len(fake.Calls("CreateUser")), err)
				}
			})
		}
	}
}

func TestARedirectIsNotFollowedByTheClient(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Inject(ramtest.Rule{Fault: "redirect"})
	if err := clientOf(t, fake).SetAccountAlias(t.Context(), "acme"); !OutcomeUnknown(err) {
		t.Errorf("error: %v", err)
	}
	if got := len(fake.Calls()); got != 1 {
		t.Errorf("%d calls", got)
	}
}

func TestTheServersTimeIsKnownAfterOneResponse(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Advance(10 * time.Minute)
	client := askingClientOf(t, fake)
	if _, err := client.Caller(t.Context()); err != nil {
		t.Fatal(err)
	}
	now, known := client.ServerNow()
	if difference := now.Sub(fake.Now()).Abs(); !known || difference > 30*time.Second {
		t.Errorf("difference %s, known %v", difference, known)
	}
}

func TestCall_canceledLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Inject(ramtest.Rule{Action: "SetAccountAlias", Fault: "stall"})
	ctx, cancel := context.WithCancel(t.Context())
	client := clientOf(t, fake, func(c *Config) { c.Observe = nil })
	ended := make(chan error, 1)
	go func() { ended <- client.SetAccountAlias(ctx, "acme") }()
	for len(fake.Calls("SetAccountAlias")) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("the list ended early: %v", err)
		default:
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || !OutcomeUnknown(err) || len(fake.Calls()) != 1 {
		t.Errorf("%d calls, error: %v", len(fake.Calls()), err)
	}
}
