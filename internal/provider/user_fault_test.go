// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// suspect is a type whose operations are put under faults, with its calls and with
// what the account has of it.
type suspect struct {
	kind                      string
	config, next              attributes
	create, get, set, destroy string
	there, changed            func(*ramtest.Account) bool
}

var suspects = map[string]suspect{
	"user": {
		kind:   userKind,
		config: attributes{"name": "carol", "comments": "one", "tags": map[string]string{"a": "b"}}, next: attributes{"name": "caroline", "comments": "two", "tags": map[string]string{"a": "b"}},
		create: "CreateUser", get: "GetUser", set: "UpdateUser", destroy: "DeleteUser",
		there:   func(a *ramtest.Account) bool { return a.Users["carol"] != nil || a.Users["caroline"] != nil },
		changed: func(a *ramtest.Account) bool { u := a.Users["caroline"]; return u != nil && u.Comments == "two" },
	},
	"login profile": {
		kind:   profileKind,
		config: logon(attributes{"password_reset_required": true}), next: logon(attributes{"password_reset_required": true, "password_wo": password2, "password_wo_version": 2, "mfa_bind_required": true}),
		create: "CreateLoginProfile", get: "GetLoginProfile", set: "UpdateLoginProfile", destroy: "DeleteLoginProfile",
		there: func(a *ramtest.Account) bool { return a.Users["alice"].LoginProfile != nil },
		changed: func(a *ramtest.Account) bool {
			p := a.Users["alice"].LoginProfile
			return p != nil && p.Password == password2 && p.MFABindRequired
		},
	},
}

// faultsOf are the faults of the matrix, at the call of an operation.
func faultsOf(action, get string) map[string][]ramtest.Rule {
	faults := map[string][]ramtest.Rule{}
	for name, rule := range passing {
		for _, phase := range []string{"before_commit", "after_commit"} {
			if strings.HasPrefix(rule.Code, "Throttling") && phase == "after_commit" {
				continue // the service does not refuse what it did
			}
			one := rule
			one.Action, one.Phase, one.Nth = action, phase, "1"
			faults[name+", "+strings.ReplaceAll(phase, "_", " ")] = []ramtest.Rule{one}
			if name == "F20 executed again later" {
				one.Delay = 0
				faults["F20 executed again at once, "+strings.ReplaceAll(phase, "_", " ")] = []ramtest.Rule{one}
			}
		}
	}
	lasting := func(code string, status int) []ramtest.Rule {
		return []ramtest.Rule{{Action: action, Fault: "code", Status: status, Code: code}}
	}
	maps.Copy(faults, map[string][]ramtest.Rule{
		"F09 throttled for a day":   {{Action: action, Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "86400"}},
		"F22 denied":                lasting("NoPermission", 403),
		"F22 reading it is denied":  {{Action: get, Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"}},
		"F23 session expired once":  {{Action: action, Nth: "1", Fault: "code", Status: 403, Code: "InvalidSecurityToken.Expired"}},
		"F23 session expired":       lasting("InvalidSecurityToken.Expired", 403),
		"F24 redirected":            {{Action: action, Fault: "redirect", Header: map[string]string{"Location": "http://127.0.0.1:9/"}}},
		"lasting: connection reset": {{Action: action, Fault: "reset"}},
		"lasting: internal error":   lasting("InternalError", 500),
	})
	return faults
}

// ledger collects the outcomes of a table, for a person to read.
type ledger struct {
	mu    sync.Mutex
	lines []string
}

func (l *ledger) note(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *ledger) record(t *testing.T, title string) {
	t.Cleanup(func() {
		slices.Sort(l.lines)
		t.Log(title + ": fault → outcome\n" + strings.Join(l.lines, "\n"))
	})
}

// underFaults runs one operation under each fault, and notes the outcome, which has to be one of want.
func underFaults(t *testing.T, title string, faults map[string][]ramtest.Rule, want func(name string) string, run func(*testing.T, []ramtest.Rule) string) {
	t.Helper()
	all := &ledger{}
	all.record(t, title)
	for name, rules := range faults {
		t.Run(title+" "+name, func(t *testing.T) {
			t.Parallel()
			outcome := run(t, rules)
			all.note(name + " → " + outcome)
			if outcome != want(name) {
				t.Errorf("outcome %s, want %s", outcome, want(name))
			}
		})
	}
}

func prepared(t *testing.T, srv *ramtest.Server) *acctest.Driver {
	t.Helper()
	return newCore(t, srv.Getenv, fakeClock())
}

// existing makes one object without a fault.
func existing(t *testing.T, c *acctest.Driver, s suspect) acctest.Object {
	t.Helper()
	o, diags := c.Create(s.kind, s.config)
	clean(t, diags)
	return o
}

// failedSafely checks what an error has to say, and that no password is in it.
func failedSafely(t *testing.T, diags []*tfprotov6.Diagnostic, o acctest.Object, verb string) {
	t.Helper()
	noSecret(t, acctest.Messages(diags), o)
	for _, d := range acctest.Errors(diags) {
		contains(t, d.Summary, "Cannot "+verb+" the ")
	}
}

func TestFault_createOfUsersAndLoginProfiles(t *testing.T) {
	t.Parallel()
	for noun, s := range suspects {
		faults := faultsOf(s.create, s.get)
		maps.Copy(faults, map[string][]ramtest.Rule{
			"F12 without fields":             {{Action: s.create, Nth: "1", Fault: "drop_fields", Body: "UserId,Status"}},
			"F12 fields of other types":      {{Action: s.create, Nth: "1", Fault: "retype", Body: `{"UserId":[],"Status":{}}`}},
			"F25 limit":                      {{Action: s.create, Fault: "code", Status: 409, Code: "LimitExceeded.User"}},
			"lasting: reset after commit":    {{Action: s.create, Phase: "after_commit", Fault: "reset"}},
			"F02 and the first looks denied": {{Action: s.create, Nth: "1", Phase: "after_commit", Fault: "reset"}, {Action: s.get, Nth: "2-9", Fault: "code", Status: 403, Code: "NoPermission"}},
		})
		for _, reads := range []int{1, 3, 10} {
			faults[fmt.Sprintf("F14 %d stale reads", reads)] = []ramtest.Rule{{Action: s.get, Nth: fmt.Sprintf("2-%d", 1+reads), Stale: 1}}
			faults[fmt.Sprintf("F02 and %d stale reads", reads)] = []ramtest.Rule{{Action: s.create, Nth: "1", Phase: "after_commit", Fault: "reset"}, {Action: s.get, Nth: fmt.Sprintf("2-%d", 1+reads), Stale: 1}}
		}
		underFaults(t, "create of a "+noun, faults, func(name string) string {
			switch {
			case name == "F02 and the first looks denied":
				return "EN"
			case strings.HasPrefix(name, "F09 throttled for a day"), name == "F22 denied", name == "F23 session expired", strings.HasPrefix(name, "F24"), strings.HasPrefix(name, "F25"),
				name == "lasting: connection reset", name == "lasting: internal error":
				return "E0"
			}
			return "C"
		}, func(t *testing.T, rules []ramtest.Rule) string {
			t.Helper()
			srv := withAlice(t)
			c := prepared(t, srv)
			srv.Inject(rules...)
			o, diags := c.Create(s.kind, s.config)
			failedSafely(t, diags, o, "create")
			if n := len(srv.Calls(s.create)); n > 5 || n > 2 && !strings.HasPrefix(rules[0].Code, "Throttling") {
				t.Errorf("the create was sent %d times", n)
			}
			there, text := s.there(account(srv)), acctest.Messages(acctest.Errors(diags))
			switch {
			case text == "":
				expect(t, "there", there, true)
				later := newCore(t, srv.Getenv, fakeClock())
				must(t, srv.SetSchedule(ramtest.Schedule{}))
				steady(t, later, s.kind, s.config, o)
				if s.kind == profileKind {
					expect(t, "password", profile(srv).Password, password)
				}
				return "C"
			case !o.State.IsNull():
				return "ET"
			case there:
				contains(t, text, "terraform import <address>")
				return "EN"
			}
			return "E0"
		})
	}
}

func TestFault_updateOfUsersAndLoginProfiles(t *testing.T) {
	t.Parallel()
	for noun, s := range suspects {
		faults := faultsOf(s.set, s.get)
		underFaults(t, "update of a "+noun, faults, func(name string) string {
			switch {
			case strings.HasPrefix(name, "F09 throttled for a day"), name == "F22 denied", name == "F23 session expired", strings.HasPrefix(name, "F24"), strings.HasPrefix(name, "lasting"):
				return "K"
			}
			return "C"
		}, func(t *testing.T, rules []ramtest.Rule) string {
			t.Helper()
			srv := withAlice(t)
			c := prepared(t, srv)
			o := existing(t, c, s)
			srv.Advance(time.Minute)
			srv.Inject(rules...)
			after, diags := c.Apply(s.kind, s.next, o)
			failedSafely(t, diags, after, "update")
			if n := len(srv.Calls(s.set)); n > 6 {
				t.Errorf("the update was sent %d times", n)
			}
			outcome := "C"
			if !s.changed(account(srv)) && len(acctest.Errors(diags)) == 0 {
				return "nothing happened, and this was not reported"
			}
			if len(acctest.Errors(diags)) > 0 {
				outcome = "K"
				expect(t, "state", after.State.Equal(o.State), true)
				must(t, srv.SetSchedule(ramtest.Schedule{}))
				later := newCore(t, srv.Getenv, fakeClock())
				after, diags = later.Read(s.kind, after)
				clean(t, diags)
				after, diags = later.Apply(s.kind, s.next, after)
				clean(t, diags)
			}
			must(t, srv.SetSchedule(ramtest.Schedule{}))
			expect(t, "changed", s.changed(account(srv)), true)
			steady(t, newCore(t, srv.Getenv, fakeClock()), s.kind, s.next, after)
			return outcome
		})
	}
}

func TestFault_readOfUsersAndLoginProfiles(t *testing.T) {
	t.Parallel()
	for noun, s := range suspects {
		underFaults(t, "read of a "+noun, faultsOf(s.get, "none"), func(name string) string {
			switch {
			case strings.HasPrefix(name, "F09 throttled for a day"), name == "F22 denied", name == "F23 session expired", strings.HasPrefix(name, "F24"), strings.HasPrefix(name, "lasting"):
				return "K"
			}
			return "C"
		}, func(t *testing.T, rules []ramtest.Rule) string {
			t.Helper()
			srv := withAlice(t)
			o := existing(t, prepared(t, srv), s)
			c := prepared(t, srv)
			srv.ForgetCalls()
			srv.Inject(rules...)
			after, diags := c.Read(s.kind, o)
			failedSafely(t, diags, after, "read")
			expect(t, "state", after.State.Equal(o.State), true)
			if n := len(srv.Calls(s.get)); n > 5 {
				t.Errorf("sent %d times", n)
			}
			if len(acctest.Errors(diags)) > 0 {
				return "K"
			}
			return "C"
		})
	}
}

func TestFault_deleteOfUsersAndLoginProfiles(t *testing.T) {
	t.Parallel()
	for noun, s := range suspects {
		underFaults(t, "delete of a "+noun, faultsOf(s.destroy, s.get), func(name string) string {
			switch {
			case strings.HasPrefix(name, "F09 throttled for a day"), name == "F22 denied", name == "F23 session expired", strings.HasPrefix(name, "F24"), strings.HasPrefix(name, "lasting"),
				name == "F12 another shape, before commit", name == "F22 reading it is denied" && s.kind == userKind:
				return "K"
			}
			return "C"
		}, func(t *testing.T, rules []ramtest.Rule) string {
			t.Helper()
			srv := withAlice(t)
			c := prepared(t, srv)
			o := existing(t, c, s)
			srv.Inject(rules...)
			after, diags := c.Destroy(s.kind, o)
			failedSafely(t, diags, after, "delete")
			outcome := "C"
			if len(acctest.Errors(diags)) > 0 {
				outcome = "K"
				expect(t, "state", after.State.Equal(o.State), true)
				must(t, srv.SetSchedule(ramtest.Schedule{}))
				_, diags = c.Destroy(s.kind, after)
				clean(t, diags)
			}
			expect(t, "there", s.there(account(srv)), false)
			return outcome
		})
	}
}

// A request that takes effect after its timeout created the object that the second request finds.
func TestFault_secondCreateFindsALateFirstOne(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := prepared(t, srv)
	domain := "@" + defaultAccount + ".onaliyun.com"
	srv.Inject(
		ramtest.Rule{Action: "CreateUser", Nth: "1", Fault: "reset"},
		ramtest.Rule{Action: "CreateUser", Nth: "2", Inject: "CreateUser", InjectParams: map[string]string{"UserPrincipalName": "carol" + domain, "DisplayName": "carol", "Comments": "one", "Tag.1.Key": "a", "Tag.1.Value": "b"}},
		ramtest.Rule{Action: "CreateLoginProfile", Nth: "1", Fault: "reset"},
		ramtest.Rule{Action: "CreateLoginProfile", Nth: "2", Inject: "CreateLoginProfile", InjectParams: map[string]string{"UserPrincipalName": "alice" + domain, "Password": password, "PasswordResetRequired": "true"}},
	)
	for _, s := range suspects {
		o, diags := c.Create(s.kind, s.config)
		clean(t, diags)
		expect(t, "creates", len(srv.Calls(s.create)), 2)
		steady(t, c, s.kind, s.config, o)
	}
	_, diags := newCore(t, srv.Getenv, fakeClock()).Create(userKind, attributes{"name": "carol"})
	contains(t, acctest.Messages(acctest.Errors(diags)), "terraform import <address> carol")
}
