// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// passing are faults that the provider gets over by itself, at whatever call they strike.
var passing = map[string]ramtest.Rule{
	"F01 connection closed":       {Fault: "refuse"},
	"F02 connection reset":        {Fault: "reset"},
	"F05 internal error":          {Fault: "code", Status: 500, Code: "InternalError", Message: "An internal error occurred."},
	"F07 unavailable":             {Fault: "code", Status: 503, Code: "ServiceUnavailable"},
	"F08 throttled as 400":        {Fault: "code", Status: 400, Code: "Throttling.User"},
	"F08 throttled as 429":        {Fault: "code", Status: 429, Code: "Throttling"},
	"F08 throttled as 503":        {Fault: "code", Status: 503, Code: "Throttling.Api"},
	"F09 throttled for 7 seconds": {Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "7"},
	"F10 truncated":               {Fault: "truncate"},
	"F10 cut":                     {Fault: "cut"},
	"F11 empty":                   {Fault: "empty"},
	"F11 null":                    {Fault: "null"},
	"F11 array":                   {Fault: "array"},
	"F11 page":                    {Fault: "html"},
	"F11 page of a gateway":       {Fault: "html", Status: 502},
	"F12 another shape":           {Fault: "garble", Body: `{"RequestId":"X","SecurityPreference":[],"PasswordPolicy":7}`},
	"F13 drip":                    {Fault: "drip", Delay: time.Microsecond},
	"F13 stall":                   {Fault: "stall", Delay: time.Millisecond},
	"F20 executed again later":    {Fault: "duplicate", Delay: 1},
	"F26 huge":                    {Fault: "huge"},
	"F26 gzip bomb":               {Fault: "gzip_bomb"},
	"F26 endless headers":         {Fault: "endless_headers"},
}

// settled are the settings and a configuration of each, with the calls it takes.
var settled = map[string]struct {
	config, next attributes
	get, set     string
	unmanaged    []string
}{
	preference: {
		attributes{"enable_save_mfa_ticket": true},
		attributes{"enable_save_mfa_ticket": false},
		"GetSecurityPreference", "SetSecurityPreference",
		[]string{"LoginNetworkMasks", "LoginSessionDuration", "VerificationTypes"},
	},
	policy: {
		attributes{"minimum_password_length": 14},
		attributes{"minimum_password_length": 16},
		"GetPasswordPolicy", "SetPasswordPolicy",
		[]string{"RequireNumbers", "PasswordReusePrevention"},
	},
	alias: {attributes{"account_alias": "acme"}, attributes{"account_alias": "acme-two"}, "GetAccountAlias", "SetAccountAlias", nil},
	keyPolicy: {
		attributes{"status": "Active", "allow_lock_out": true},
		attributes{"status": "Active", "allow_lock_out": true, "classic_allow_list": []string{"192.0.2.0/24"}},
		"GetAccessKeyPolicyForAccount", "SetAccessKeyPolicyForAccount", nil,
	},
	userSso: {
		attributes{"authn_sign_algo": "rsa-sha256"},
		attributes{"authn_sign_algo": "rsa-sha1"},
		"GetUserSsoSettings", "SetUserSsoSettings",
		[]string{"AuxiliaryDomain", "MetadataDocument", "LoginWithDomain"},
	},
}

func TestFault_temporaryIsRetried(t *testing.T) {
	t.Parallel()
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, s := range settled {
				for _, at := range []struct{ action, phase string }{{s.set, "before_commit"}, {s.set, "after_commit"}, {s.get, ""}, {"GetCallerIdentity", ""}} {
					if at.action != "GetCallerIdentity" && strings.HasPrefix(name, "F12") && (kind == alias || at.action == s.set) {
						continue // such a response is a good one: "no alias", or "it is set"
					}
					for _, nth := range []string{"1", "2"} {
						fault.Action, fault.Phase, fault.Nth = at.action, at.phase, nth
						gotOver(t, kind, fault)
					}
				}
			}
		})
	}
}

// gotOver creates, updates and refreshes a setting, under one fault.
func gotOver(t *testing.T, kind string, fault ramtest.Rule) {
	t.Helper()
	s, srv := settled[kind], old(t)
	srv.Inject(fault)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(kind, s.config)
	if len(acctest.Errors(diags)) == 0 {
		o, diags = c.Apply(kind, s.next, o)
	}
	if len(acctest.Errors(diags)) > 0 {
		t.Fatalf("%s: %+v: %s", kind, fault, acctest.Messages(diags))
	}
	after, diags := c.Read(kind, o)
	clean(t, diags)
	if !after.State.Equal(o.State) {
		t.Errorf("%s: %+v: the state was %v, the account has %v", kind, fault, o.State, after.State)
	}
	for name, want := range s.next {
		if n, ok := want.(int); ok {
			want = int64(n)
		}
		expect(t, name, in(t, after.State, name), want)
	}
	expectUnchanged(t, srv, s.unmanaged...)
}

// touchedBy are the actions that changed the account.
func touchedBy(srv *ramtest.Server) (actions []string) {
	for _, e := range srv.History() {
		actions = append(actions, e.Actor)
	}
	return actions
}

func TestFault_permanentIsAnErrorAndTheNextApplyConverges(t *testing.T) {
	t.Parallel()
	for name, fault := range passing {
		if name == "F13 drip" || strings.HasPrefix(name, "F20") || strings.HasPrefix(name, "F12") {
			continue // no faults, if they last
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, s := range settled {
				for _, phase := range []string{"before_commit", "after_commit"} {
					rule := fault
					rule.Action, rule.Phase, rule.Nth = s.set, phase, "1-5"
					if strings.HasPrefix(rule.Code, "Throttling") && phase == "after_commit" {
						continue // the service does not refuse what it did
					}
					srv := old(t)
					srv.Inject(rule)
					c := newCore(t, srv.Getenv, fakeClock())
					o, diags := c.Create(kind, s.config)
					if committed := slices.Contains(touchedBy(srv), s.set); committed == (len(acctest.Errors(diags)) > 0) {
						t.Errorf("%s: %+v: the account has what was wanted: %t, but:\n%s", kind, rule, committed, acctest.Messages(diags))
					} else if !committed {
						contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the ")
						expect(t, "state", o.State.IsNull(), true)
					}
					if n := len(srv.Calls(s.set)); n > 5 {
						t.Errorf("%s: %+v: sent %d times", kind, rule, n)
					}
					o, diags = c.Apply(kind, s.next, o)
					clean(t, diags)
					expectUnchanged(t, srv, s.unmanaged...)
					_ = o
				}
			}
		})
	}
}

func TestFault_failedReadKeepsTheState(t *testing.T) {
	t.Parallel()
	lasting := map[string]ramtest.Rule{
		"F22 denied":               {Fault: "code", Status: 403, Code: "NoPermission", Message: "You are not authorized to do this action."},
		"F24 redirected":           {Fault: "redirect", Header: map[string]string{"Location": "http://127.0.0.1:9/"}},
		"gateway says not found":   {Fault: "code", Status: 404, Code: "InvalidApi.NotFound"},
		"page says not found":      {Fault: "html", Status: 404},
		"an entity is not there":   {Fault: "code", Status: 404, Code: "EntityNotExist.User"},
		"key was deleted":          {Fault: "code", Status: 404, Code: "InvalidAccessKeyId.NotFound"},
		"throttled for a day":      {Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "86400"},
		"another kind of document": {Fault: "garble", Body: `{"RequestId":"X"}`},
	}
	for name, rule := range passing {
		lasting[name] = rule
	}
	for name, fault := range lasting {
		if name == "F13 drip" || strings.HasPrefix(name, "F20") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, s := range settled {
				if kind == alias && (fault.Fault == "garble" || strings.HasPrefix(fault.Code, "EntityNotExist")) {
					continue // both are responses for "no alias" (assumed)
				}
				srv := old(t)
				c := newCore(t, srv.Getenv, fakeClock())
				o, diags := c.Create(kind, s.config)
				clean(t, diags)
				rule := fault
				rule.Action = s.get
				srv.Inject(rule)
				srv.ForgetCalls()
				after, diags := c.Read(kind, o)
				contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the ")
				if !after.State.Equal(o.State) {
					t.Errorf("%s: the state changed to %v", kind, after.State)
				}
				if n := len(srv.Calls(s.get)); n > 5 {
					t.Errorf("%s: sent %d times", kind, n)
				}
				expect(t, "writes", writes(srv), []string(nil))
			}
		})
	}
}

func TestFault_refusedWriteChangesNothing(t *testing.T) {
	t.Parallel()
	for kind, s := range settled {
		for name, rule := range map[string]ramtest.Rule{
			"F22 denied":     {Fault: "code", Status: 403, Code: "NoPermission", Message: "You are not authorized to do this action."},
			"F24 redirected": {Fault: "redirect", Header: map[string]string{"Location": "http://127.0.0.1:9/"}},
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				srv := old(t)
				rule.Action = s.set
				srv.Inject(rule)
				c := newCore(t, srv.Getenv, fakeClock())
				before := account(srv)
				o, diags := c.Create(kind, s.config)
				text := acctest.Messages(acctest.Errors(diags))
				contains(t, text, "Cannot create the ", "The resource is not in the state.")
				if rule.Code != "" {
					contains(t, text, "ram:"+s.set, "Code: NoPermission (HTTP 403)")
					if !regexp.MustCompile(`Request id: [0-9A-F-]{36}`).MatchString(text) {
						t.Errorf("no request id in:\n%s", text)
					}
				}
				expect(t, "state", o.State.IsNull(), true)
				expect(t, "account", account(srv).Policy, before.Policy)
				expect(t, "sends", len(srv.Calls(s.set)), 1)
			})
		}
	}
}

// After a write, the service may return the values from before it for some time.
func TestFault_waitsForStaleReads(t *testing.T) {
	t.Parallel()
	for _, stale := range []int{1, 3, 10} {
		for kind, s := range settled {
			srv := old(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = stale })
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(kind, s.config)
			clean(t, diags)
			if strings.Contains(acctest.Messages(diags), "Cannot confirm") {
				t.Errorf("%s, %d stale reads: %s", kind, stale, acctest.Messages(diags))
			}
			o, diags = c.Apply(kind, s.next, o)
			clean(t, diags)
			after, diags := c.Read(kind, o)
			clean(t, diags)
			if !after.State.Equal(o.State) {
				t.Errorf("%s, %d stale reads: the state was %v, the account has %v", kind, stale, o.State, after.State)
			}
			expectUnchanged(t, srv, s.unmanaged...)
		}
	}
}

func TestFault_warnsOfAWriteThatIsNeverReturned(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 1000 })
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14})
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Cannot confirm the password policy", "minimum_password_length = 14", "still returns 10")
	expect(t, "state", in(t, o.State, "minimum_password_length"), int64(14))
}

func TestFault_failedConfirmingReadIsAWarning(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Inject(ramtest.Rule{Action: "GetPasswordPolicy", Nth: "3-", Fault: "code", Status: 403, Code: "NoPermission"})
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14})
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Cannot confirm the password policy", "NoPermission")
	expect(t, "state", in(t, o.State, "minimum_password_length"), int64(14))
	expect(t, "unmanaged", in(t, o.State, "require_numbers"), true)
}

// A deployment that is older than a field accepts and ignores it.
func TestFault_warnsOfAFieldThatTheServiceIgnores(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.Lenient())
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.HideNewerFields, b.IgnoreLongTermLogin = true, true })
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"max_idle_days_for_users": 90, "allow_user_long_term_login": true, "login_session_duration": 8}
	o, diags := c.Create(preference, config)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "max_idle_days_for_users", "may have had no effect", "allow_user_long_term_login")
	if strings.Contains(acctest.Messages(diags), "login_session_duration, so") {
		t.Error("a confirmed field is warned of")
	}
	o, diags = c.Read(preference, o)
	clean(t, diags)
	plan, diags := c.Plan(preference, config, o)
	clean(t, diags)
	if !c.Planned(preference, plan).Equal(o.State) {
		t.Errorf("the next plan is not empty: %v", c.Planned(preference, plan))
	}
}

func TestFault_nothingIsWrittenWithoutTheCaller(t *testing.T) {
	t.Parallel()
	srv := old(t)
	srv.Inject(ramtest.Rule{Action: "GetCallerIdentity", Fault: "code", Status: 500, Code: "InternalError"})
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(policy, attributes{"minimum_password_length": 14})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot plan the password policy")
	expect(t, "writes", writes(srv), []string(nil))
}
