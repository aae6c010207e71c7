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
)

// permissionCase is the life of an object of one type, which shows the permissions that it needs.
type permissionCase struct {
	acctest.Subject

	note    string // what is special
	arrange func(*testing.T) *ramtest.Server
	prepare func(*ramtest.Server) // changes the account before each run that applies Next, and before the destroy; may be nil
	runs    int                   // that apply Next; 0: one
}

// permissionCases returns one case for each subject, and those of arguments that need more permissions.
func permissionCases() (all []permissionCase) {
	for _, s := range acctest.Subjects() {
		k := permissionCase{Subject: s, arrange: func(t *testing.T) *ramtest.Server { return populatedServer(t, s.Arrange) }}
		switch s.Kind {
		case userKind:
			forced := k
			forced.note, forced.prepare = "with `force_destroy`", addObjectsOfUser
			forced.Config, forced.Next = attributes{"name": "carol", "force_destroy": true}, attributes{"name": "carol", "comments": "new", "force_destroy": true}
			all = append(all, forced)
			k.Config, k.Next = attributes{"name": "carol", "tags": map[string]string{"team": "ops"}}, attributes{"name": "carol", "comments": "new", "tags": map[string]string{"area": "sec"}}
		case rotationKind: // each step is due a month after the one before
			k.runs, k.prepare = 4, func(srv *ramtest.Server) { srv.Advance(31 * day) }
		}
		all = append(all, k)
	}
	return all
}

// populatedServer returns the fake with an account in use.
func populatedServer(t *testing.T, arrange func(*ramtest.Account)) *ramtest.Server {
	t.Helper()
	account := acctest.PopulatedAccount(time.Now())
	if arrange != nil {
		arrange(account)
	}
	return ramtest.New(t, ramtest.WithAccounts(account))
}

// addObjectsOfUser gives carol everything that a user may have.
func addObjectsOfUser(srv *ramtest.Server) {
	addKey(srv, "carol", "LTAIcarol", day)
	phoneWithoutZeros(srv)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["carol"]
		a.Groups["ops"] = &ramtest.Group{Name: "ops"}
		u.Groups, u.Policies = []string{"ops"}, []string{"System/ReadOnlyAccess"}
		u.LoginProfile = &ramtest.LoginProfile{Password: password, Status: "Active", CreateDate: srv0(a)}
		u.MFASerial, a.MFADevices[phoneSerial].UserID = phoneSerial, u.ID
		u.Credentials = []*ramtest.ServiceCredential{{ID: "SC1", Name: "ci", ServiceName: "dashscope.aliyuncs.com", Status: "Active", CreateTime: srv0(a)}}
		u.Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop", CreateDate: srv0(a)}}
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
	created := func() acctest.Object {
		o, err := as(srv.Getenv).Create(k.Kind, k.Config)
		clean(t, err)
		return o
	}
	switch phase {
	case "plan":
		_, more := as(other.get).Plan(k.Kind, k.Config, as(other.get).Null(k.Kind))
		note(more)
		o := created()
		c := as(other.get)
		_, more = c.Read(k.Kind, o)
		note(more)
		for _, config := range []attributes{k.Config, k.Next} {
			_, more = c.Plan(k.Kind, config, o)
			note(more)
		}
		_, more = c.PlanDestroy(k.Kind, o)
		note(more)
		_, more = as(other.get).Import(k.Kind, k.ImportID(o))
		note(more)
	case "apply":
		o, more := as(other.get).Create(k.Kind, k.Config)
		note(more)
		for range max(1, k.runs) {
			if len(diags) > 0 {
				break
			}
			if k.prepare != nil {
				k.prepare(srv)
			}
			c := as(other.get)
			o, more = c.Read(k.Kind, o)
			note(more)
			o, more = c.Apply(k.Kind, k.Next, o)
			note(more)
		}
	case "destroy":
		o := created()
		if k.prepare != nil {
			k.prepare(srv)
		}
		_, more := as(other.get).Destroy(k.Kind, o)
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

// noPermission is an operation that needs no permission: it allows nothing.
const noPermission = "GetCallerIdentity"

// The guide's table is complete and minimal: each type works if all other operations are denied, and
// fails if one of them is denied (DOC-01).
func TestPermissions_guideListsThoseOfEachType(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/least-privilege.md.tmpl")
	must(t, err)
	reads := map[string]bool{}
	for _, k := range permissionCases() {
		needs := map[string][]string{}
		for _, phase := range phases {
			called, wrong := k.run(t, phase, nil)
			if wrong != "" {
				t.Fatalf("%s cannot %s although nothing is denied:\n%s", k.Kind, phase, wrong)
			}
			if _, wrong = k.run(t, phase, append([]string{noPermission}, called...)); wrong != "" {
				t.Errorf("%s cannot %s with what it calls, %v:\n%s", k.Kind, phase, called, wrong)
			}
			for _, action := range called {
				without := slices.DeleteFunc(slices.Clone(called), func(other string) bool { return other == action })
				if _, wrong := k.run(t, phase, append([]string{noPermission}, without...)); wrong == "" {
					action += " (better)"
				} else if !strings.Contains(wrong, "ram:"+action) && !strings.Contains(wrong, action) {
					t.Errorf("%s cannot %s without %s, and does not name it:\n%s", k.Kind, phase, action, wrong)
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
	return fmt.Sprintf("| %s | %s | %s | %s |", strings.TrimSpace("`"+k.Kind+"` "+k.note), list(needs["plan"]), list(beside("apply")), list(beside("destroy")))
}

// generating are the data sources for which the service generates a report.
var generating = []string{"ram_credential_report", "ram_governance_report"}

// withDataSources adds the operations of the data sources.
func withDataSources(t *testing.T, reads map[string]bool) map[string]bool {
	t.Helper()
	all := maps.Clone(reads)
	srv := withKey(t, "")
	srv.Change(addProfile)
	srv.Change(attachReadOnly)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Groups = []string{"developers"} })
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
