// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// permissionCase is the life of an object of one type, which shows the permissions that it needs.
type permissionCase struct {
	kind, note   string
	arrange      func(*testing.T) *ramtest.Server
	config, next attributes
	id           string // to import it by; a name in braces stands for an attribute
	// prepare changes the account before each run that applies next, and before the destroy; may be nil.
	prepare func(*ramtest.Server)
	runs    int // that apply next; 0: one
}

func permissionCases() []permissionCase {
	month := func(srv *ramtest.Server) { srv.Advance(31 * day) }
	return []permissionCase{
		{
			kind: preference, arrange: newAccount, id: "current",
			config: attributes{"login_session_duration": 8, "mfa_operation_for_login": "mandatory", "on_destroy": setting.Reset},
			next:   attributes{"login_session_duration": 9, "login_network_masks": []string{"203.0.113.0/24"}, "on_destroy": setting.Reset},
		},
		{kind: policy, arrange: newAccount, id: "current", config: attributes{"minimum_password_length": 14, "on_destroy": setting.Reset}, next: attributes{"minimum_password_length": 16, "on_destroy": setting.Reset}},
		{kind: alias, arrange: newAccount, id: "current", config: attributes{"account_alias": "acme", "on_destroy": setting.Reset}, next: attributes{"account_alias": "acme-two", "on_destroy": setting.Reset}},
		{
			kind: "ram_account_access_key_policy", arrange: newAccount, id: "current",
			config: attributes{"status": "Active", "classic_allow_list": []string{"0.0.0.0/0"}, "must_allow": []string{"198.51.100.7"}, "on_destroy": setting.Reset},
			next:   attributes{"status": "Inactive", "on_destroy": setting.Reset},
		},
		{
			kind: "ram_user_sso_settings", arrange: newAccount, id: "current",
			config: attributes{"auxiliary_domain": "example.com", "on_destroy": setting.Reset}, next: attributes{"auxiliary_domain": "example.org", "on_destroy": setting.Reset},
		},
		{
			kind: "ram_user", arrange: newAccount, id: "carol",
			config: attributes{"name": "carol", "tags": map[string]string{"team": "ops"}}, next: attributes{"name": "carol", "comments": "new", "tags": map[string]string{"area": "sec"}},
		},
		{
			kind: "ram_user", note: "with `force_destroy`", arrange: newAccount, id: "carol",
			config: attributes{"name": "carol", "force_destroy": true}, next: attributes{"name": "carol", "comments": "new", "force_destroy": true}, prepare: addObjectsOfUser,
		},
		{
			kind: profileKind, arrange: accountWithAlice, id: "alice",
			config: logon(nil), next: logon(attributes{"mfa_bind_required": true, "status": "Inactive"}),
		},
		{kind: accessKey, arrange: accountWithAlice, id: "alice:{access_key_id}", config: attributes{"user_name": "alice"}, next: attributes{"user_name": "alice", "status": "Inactive"}},
		{
			kind: ownPolicy, arrange: func(t *testing.T) *ramtest.Server { return withKey(t, "") }, id: "{access_key_id}",
			config: ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}), next: ofAlice(attributes{"status": "Inactive"}),
		},
		{
			kind: rotationKind, arrange: rotates, id: "alice", runs: 4, prepare: month,
			config: turning, next: turning,
		},
		{
			kind: deviceKind, arrange: func(t *testing.T) *ramtest.Server { return staffed(t) }, id: "{serial_number}",
			config: attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}, next: attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "bob"},
		},
		{
			kind: bindingKind, id: "alice",
			arrange: func(t *testing.T) *ramtest.Server { srv := staffed(t); loosePhone(srv); return srv },
			config:  bindingOf("alice", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), next: attributes{"user_name": "alice", "serial_number": phoneSerial, "seed_wo": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "seed_wo_version": 2},
		},
		{
			kind: verificationKind, arrange: accountWithAlice, id: "alice",
			config: attributes{"user_name": "alice", "security_email": "alice@example.com"}, next: attributes{"user_name": "alice", "security_email": "new@example.com"},
		},
		{
			kind: exclusiveKind, id: "alice", arrange: func(t *testing.T) *ramtest.Server {
				srv := withKey(t, "")
				giveKey(srv, "alice", "LTAIstray", day)
				return srv
			},
			config: exclusively("alice", "report", aliceKey), next: exclusively("alice", "delete", aliceKey), runs: 2,
		},
	}
}

func newAccount(t *testing.T) *ramtest.Server { return ramtest.New(t) }

func accountWithAlice(t *testing.T) *ramtest.Server { return withAlice(t) }

// addObjectsOfUser gives carol everything that a user may have.
func addObjectsOfUser(srv *ramtest.Server) {
	giveKey(srv, "carol", "LTAIcarol", day)
	loosePhone(srv)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["carol"]
		a.Groups["ops"] = &ramtest.Group{Name: "ops"}
		u.Groups, u.Policies = []string{"ops"}, []string{"System/ReadOnlyAccess"}
		u.LoginProfile = &ramtest.LoginProfile{Password: password, Status: "Active", CreateDate: srv0(a)}
		u.MFASerial, a.MFADevices[phoneSerial].UserID = phoneSerial, u.ID
	})
}

// phases are the commands of Terraform.
var phases = []string{"plan", "apply", "destroy"}

// run runs one phase with the credentials of a user who may call only the allowed operations; none: all.
// It returns the called operations, and what went wrong. The administrator creates what the phase begins
// with.
func (k permissionCase) run(t *testing.T, phase string, allowed []string) (called []string, wrong string) {
	t.Helper()
	srv := k.arrange(t)
	ops := person(srv, "ops")
	srv.Change(func(a *ramtest.Account) { a.Users["ops"].Allowed = allowed })
	other := endpointsOf(srv.URL()).and(variables{"ALIBABA_CLOUD_ACCESS_KEY_ID": ops.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ops.Secret})
	// Each provider uses the clock of the service.
	as := func(getenv func(string) string) *acctest.Driver {
		return newCore(t, getenv, inStep(srv, time.Until(srv.Now())))
	}
	var diags []*tfprotov6.Diagnostic
	note := func(more []*tfprotov6.Diagnostic) { diags = append(diags, acctest.Errors(more)...) }
	made := func() acctest.Object {
		o, err := as(srv.Getenv).Create(k.kind, k.config)
		clean(t, err)
		return o
	}
	switch phase {
	case "plan":
		_, more := as(other.get).Plan(k.kind, k.config, as(other.get).Null(k.kind))
		note(more)
		o := made()
		c := as(other.get)
		_, more = c.Read(k.kind, o)
		note(more)
		for _, config := range []attributes{k.config, k.next} {
			_, more = c.Plan(k.kind, config, o)
			note(more)
		}
		_, more = c.PlanDestroy(k.kind, o)
		note(more)
		_, more = as(other.get).Import(k.kind, k.importID(t, o))
		note(more)
	case "apply":
		o, more := as(other.get).Create(k.kind, k.config)
		note(more)
		for range max(1, k.runs) {
			if len(diags) > 0 {
				break
			}
			if k.prepare != nil {
				k.prepare(srv)
			}
			c := as(other.get)
			o, more = c.Read(k.kind, o)
			note(more)
			o, more = c.Apply(k.kind, k.next, o)
			note(more)
		}
	case "destroy":
		o := made()
		if k.prepare != nil {
			k.prepare(srv)
		}
		_, more := as(other.get).Destroy(k.kind, o)
		note(more)
	}
	for _, call := range srv.Calls() {
		if call.AccessKeyID == ops.ID && call.Action != "GetCallerIdentity" { // which needs no permission (documented)
			called = append(called, call.Action)
		}
	}
	slices.Sort(called)
	return slices.Compact(called), acctest.Messages(diags)
}

func (k permissionCase) importID(t *testing.T, o acctest.Object) string {
	t.Helper()
	id := k.id
	for name := range acctest.Fields(o.State) {
		if strings.Contains(id, "{"+name+"}") {
			id = strings.ReplaceAll(id, "{"+name+"}", stateOf(t, o, name))
		}
	}
	return id
}

// noPermission is an operation that needs no permission: it allows nothing.
const noPermission = "GetCallerIdentity"

// The guide's table is complete and minimal: each type works if all other operations are denied, and
// fails if one of them is denied (DOC-01).
func TestPermissions_theGuideNamesWhatEachTypeTakes(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/least-privilege.md.tmpl")
	must(t, err)
	reads := map[string]bool{}
	for _, k := range permissionCases() {
		needs := map[string][]string{}
		for _, phase := range phases {
			called, wrong := k.run(t, phase, nil)
			if wrong != "" {
				t.Fatalf("%s cannot %s although nothing is denied:\n%s", k.kind, phase, wrong)
			}
			if _, wrong = k.run(t, phase, append([]string{noPermission}, called...)); wrong != "" {
				t.Errorf("%s cannot %s with what it calls, %v:\n%s", k.kind, phase, called, wrong)
			}
			for _, action := range called {
				without := slices.DeleteFunc(slices.Clone(called), func(other string) bool { return other == action })
				if _, wrong := k.run(t, phase, append([]string{noPermission}, without...)); wrong == "" {
					action += " (better)"
				} else if !strings.Contains(wrong, "ram:"+action) && !strings.Contains(wrong, action) {
					t.Errorf("%s cannot %s without %s, and does not name it:\n%s", k.kind, phase, action, wrong)
				}
				needs[phase] = append(needs[phase], action)
			}
		}
		for _, action := range needs["plan"] {
			reads[strings.TrimSuffix(action, " (better)")] = true
		}
		if line := k.line(needs); !strings.Contains(string(guide), line+"\n") {
			t.Errorf("the guide lacks this line:\n%s", line)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(reads)) {
		if !strings.HasPrefix(action, "Get") && !strings.HasPrefix(action, "List") {
			t.Errorf("a plan calls %s, which is no read", action)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(newCore(t, ramtest.New(t).Getenv).Schemas.ResourceSchemas)) {
		if !slices.ContainsFunc(permissionCases(), func(k permissionCase) bool { return k.kind == kind }) {
			t.Errorf("%s has no row in permissionCases", kind)
		}
	}
	expect(t, "the read-only policy's actions", policyActions(t, "read-only-policy.json"), slices.Sorted(maps.Keys(withDataSources(t, reads))))
}

// line returns the type's line of the guide's table.
func (k permissionCase) line(needs map[string][]string) string {
	list := func(actions []string) string {
		if len(actions) == 0 {
			return "–"
		}
		words := []string{}
		for _, action := range actions {
			name, mark, _ := strings.Cut(action, " ")
			words = append(words, strings.TrimSpace("`"+name+"` "+mark))
		}
		return strings.Join(words, ", ")
	}
	beside := func(phase string) (more []string) {
		for _, action := range needs[phase] {
			if !slices.ContainsFunc(needs["plan"], func(read string) bool {
				return strings.TrimSuffix(read, " (better)") == strings.TrimSuffix(action, " (better)")
			}) {
				more = append(more, action)
			}
		}
		return more
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", strings.TrimSpace("`"+k.kind+"` "+k.note), list(needs["plan"]), list(beside("apply")), list(beside("destroy")))
}

// generating are the data sources for which the service generates a report.
var generating = []string{"ram_credential_report", "ram_governance_report"}

// withDataSources adds the operations of the data sources.
func withDataSources(t *testing.T, reads map[string]bool) map[string]bool {
	t.Helper()
	all := maps.Clone(reads)
	srv := withKey(t, "")
	srv.Change(giveProfile)
	c := newCore(t, srv.Getenv, fakeClock())
	for kind := range c.Schemas.DataSourceSchemas {
		if slices.Contains(generating, kind) {
			continue
		}
		srv.ForgetCalls()
		_, diags := c.ReadData(kind, map[string]attributes{
			ownPolicy: ofAlice(nil), profileKind: {"user_name": "alice"}, "ram_user_mfa": {"user_name": "alice"},
		}[kind])
		clean(t, diags)
		for _, call := range srv.Calls() {
			if call.Action != "GetCallerIdentity" {
				all[call.Action] = true
			}
		}
	}
	return all
}

// policyActions returns the sorted actions of a policy of the drift detection, without their prefix.
func policyActions(t *testing.T, name string) (actions []string) {
	t.Helper()
	content, err := os.ReadFile("../../examples/drift-detection/" + name)
	must(t, err)
	var document struct {
		Statement []struct {
			Effect   string
			Action   []string
			Resource string
		}
	}
	must(t, json.Unmarshal(content, &document))
	for _, statement := range document.Statement {
		expect(t, "effect", statement.Effect, "Allow")
		for _, action := range statement.Action {
			actions = append(actions, strings.TrimPrefix(action, "ram:"))
		}
	}
	slices.Sort(actions)
	return actions
}
