// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	credentialReport = "ram_credential_report"
	securityReport   = "ram_security_report"
	governanceReport = "ram_governance_report"
	recycledKeys     = "ram_access_keys_in_recycle_bin"
	passkeys         = "ram_passkeys"
)

// elementsOf are the elements of a list or a map attribute, a map's in no order.
func elementsOf(t *testing.T, v tftypes.Value, name string) (elements []tftypes.Value) {
	t.Helper()
	must(t, acctest.Fields(v)[name].As(&elements))
	return elements
}

// notesOf is a map attribute.
func notesOf(t *testing.T, v tftypes.Value, name string) map[string]any {
	t.Helper()
	var elements map[string]tftypes.Value
	must(t, acctest.Fields(v)[name].As(&elements))
	out := map[string]any{}
	for key, element := range elements {
		out[key] = acctest.Native(element)
	}
	return out
}

// columnOf is one attribute of every element of a list.
func columnOf(t *testing.T, v tftypes.Value, list, name string) (all []any) {
	t.Helper()
	for _, element := range elementsOf(t, v, list) {
		all = append(all, in(t, element, name))
	}
	return all
}

// populated is an account with users who have everything, and one who has nothing.
func populated(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := withAlice(t, options...)
	srv.Populate(2)
	return srv
}

// haveReport has a credential report made.
func haveReport(srv *ramtest.Server) {
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ReportPolls = -1 })
	c := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.CredentialReport = ramtest.CredentialReport{GeneratedTime: c, Lines: [][]string{{"user", "mfa_active"}, {"<root>", "TRUE"}, {"alice@x", "FALSE"}}}
	})
}

// refusedData reads a data source that cannot be read: there is no state then.
func refusedData(t *testing.T, c *acctest.Driver, kind string, config attributes, parts ...string) []*tfprotov6.Diagnostic {
	t.Helper()
	v, diags := c.ReadData(kind, config)
	if len(acctest.Errors(diags)) == 0 {
		t.Fatalf("it was read: %v", v)
	}
	if !v.IsNull() && v.IsKnown() && v.Type() != nil {
		for name, value := range acctest.Fields(v) {
			if !value.IsNull() && config[name] == nil {
				t.Errorf("%s is half written: %s", name, value)
			}
		}
	}
	contains(t, acctest.Messages(diags), parts...)
	return diags
}

func TestCredentialReport_isGeneratedOnceAndHasEveryUser(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*ramtest.Behaviour){
		"as assumed": func(*ramtest.Behaviour) {},
		"otherwise": func(b *ramtest.Behaviour) {
			b.MissingReportEmpty, b.ReportInBase32, b.HeaderOnFirstPageOnly, b.ExtraReportColumns, b.ShowLoginDisabled, b.PasswordExistFalse = true, true, true, true, true, true
			b.ReportPolls, b.PageCap = 5, 0
		},
		"at once":       func(b *ramtest.Behaviour) { b.ReportPolls = -1 },
		"refused twice": func(b *ramtest.Behaviour) { b.RefuseEarlyReports = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := populated(t, ramtest.WithBehaviour(behave))
			srv.Change(func(a *ramtest.Account) {
				a.RootMFA = true
				a.Users["user-0002"].LoginProfile.Status = "Inactive"
				a.Users["user-0002"].Keys = append(a.Users["user-0002"].Keys, a.Users["user-0002"].Keys[0])
			})
			c := newCore(t, srv.Getenv, clockOf(srv))
			v, diags := c.ReadData(credentialReport, attributes{})
			clean(t, diags)
			domain := "@" + defaultAccount + ".onaliyun.com"
			expect(t, "users", columnOf(t, v, "rows", "user"), []any{"<root>", "admin" + domain, "alice" + domain, "bob" + domain, "user-0001" + domain, "user-0002" + domain})
			expect(t, "account", in(t, v, "account_id"), defaultAccount)
			rows := elementsOf(t, v, "rows")
			root, alice, last := rows[0], rows[2], rows[5]
			expect(t, "root's name", in(t, root, "user_name"), nil)
			expect(t, "root's MFA", in(t, root, "mfa_active"), true)
			expect(t, "root's password", in(t, root, "password_active"), nil)
			expect(t, "root's notes", notesOf(t, root, "notes")["password_active"], "not_applicable")
			expect(t, "alice's name", in(t, alice, "user_name"), "alice")
			expect(t, "alice's logon", in(t, alice, "user_last_logon"), nil)
			expect(t, "alice's logon is", notesOf(t, alice, "notes")["user_last_logon"], "never")
			expect(t, "alice's key is", in(t, alice, "access_key_1_exist"), false)
			expect(t, "alice's key was", in(t, alice, "access_key_1_last_used"), nil)
			expect(t, "alice's key note", notesOf(t, alice, "notes")["access_key_1_last_used"], "not_applicable")
			expect(t, "an additional key", in(t, last, "additional_access_key_1_exist"), true)
			expect(t, "its use", notesOf(t, last, "notes")["additional_access_key_1_last_used"], "never")
			if in(t, last, "access_key_1_last_rotated") == nil || in(t, last, "user_creation_time") == nil {
				t.Errorf("no times in %s", last)
			}
			if name == "otherwise" {
				expect(t, "login is disabled", notesOf(t, last, "notes")["mfa_active"], "login_disabled")
				expect(t, "alice has no password", in(t, alice, "password_exist"), false)
				expect(t, "new columns", notesOf(t, alice, "additional_columns"), map[string]any{"passkeys": "", "display_name": "Alice"})
			} else {
				expect(t, "no new columns", len(notesOf(t, alice, "additional_columns")), 0)
			}
			requested := len(srv.Calls("GenerateCredentialReport"))
			again, diags := c.ReadData(credentialReport, attributes{"max_age": "4h"})
			clean(t, diags)
			expect(t, "the same report", in(t, again, "generated_time"), in(t, v, "generated_time"))
			expect(t, "no further report is requested", len(srv.Calls("GenerateCredentialReport")), requested)
		})
	}
}

func TestCredentialReport_olderReportsLackColumns(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	haveReport(srv)
	v, diags := newCore(t, srv.Getenv, clockOf(srv)).ReadData(credentialReport, attributes{})
	clean(t, diags)
	alice := elementsOf(t, v, "rows")[1]
	expect(t, "reported", in(t, alice, "mfa_active"), false)
	expect(t, "not reported", in(t, alice, "access_key_1_exist"), nil)
	expect(t, "notes", len(notesOf(t, alice, "notes")), 0)
	expect(t, "calls", writes(srv), []string(nil))
}

func TestCredentialReport_anOldReportIsReplaced(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	haveReport(srv)
	before := srv.Now().Format(time.RFC3339)
	c := newCore(t, srv.Getenv, clockOf(srv))
	srv.Advance(23 * time.Hour)
	v, diags := c.ReadData(credentialReport, attributes{"max_age": "24h"})
	clean(t, diags)
	expect(t, "recent enough", in(t, v, "generated_time"), before)
	srv.Advance(2 * time.Hour)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ReportPolls = 2 })
	v, diags = c.ReadData(credentialReport, attributes{"max_age": "24h"})
	clean(t, diags)
	if now := in(t, v, "generated_time"); now == before {
		t.Errorf("the report is still that of %s", now)
	}
	expect(t, "asked", writes(srv), []string{"GenerateCredentialReport", "GenerateCredentialReport", "GenerateCredentialReport", "GenerateCredentialReport"})
}

// The service counts the four hours by its own clock.
func TestCredentialReport_serviceRefusesANewOne(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{false, true} {
		srv := ramtest.New(t)
		haveReport(srv)
		srv.Advance(5 * time.Hour)
		rule := ramtest.Rule{Action: "GenerateCredentialReport", Fault: "garble", Body: `{"RequestId":"R","State":"COMPLETED"}`}
		if refuse {
			rule = ramtest.Rule{Action: "GenerateCredentialReport", Status: 409, Code: "LimitExceeded.CredentialReport", Message: "too soon"}
		}
		srv.Inject(rule)
		c := newCore(t, srv.Getenv, clockOf(srv))
		v, diags := c.ReadData(credentialReport, attributes{})
		clean(t, diags)
		expect(t, "rows", len(elementsOf(t, v, "rows")), 2)
		refusedData(t, c, credentialReport, attributes{"max_age": "4h30m"}, "Cannot read the credential report", "max_age = 4h30m0s", "at most one report every four hours", "Run again")
	}
}

func TestCredentialReport_badInput(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv, fakeClock())
	for text, want := range map[string]string{"a day": `"a day" is not a duration`, "": `"" is not a duration`, "1h": `"1h" is less than the minimum of 4h0m0s`, "-24h": `"-24h" is less than the minimum`, "3h59m59s": "every four hours"} {
		resp, err := c.Server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
			TypeName: credentialReport, Config: c.Dynamic(c.Build(c.Schemas.DataSourceSchemas[credentialReport], attributes{"max_age": text})),
		})
		must(t, err)
		contains(t, acctest.Messages(resp.Diagnostics), want, "max_age")
	}
}

func TestCredentialReport_tooManyUsers(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) {
		for i := range 3500 {
			name := fmt.Sprint("user", i)
			a.Users[name] = &ramtest.User{ID: name, Name: name}
		}
	})
	refusedData(t, newCore(t, srv.Getenv, clockOf(srv)), credentialReport, attributes{}, "3501 RAM users", "no credential report for more than 3500", "LimitExceeded.User.CredentialReport")
	srv.Inject(ramtest.Rule{Action: "GetAccountSummary", Status: 403, Code: "NoPermission"})
	refusedData(t, newCore(t, srv.Getenv, clockOf(srv)), credentialReport, attributes{}, "LimitExceeded.User.CredentialReport")
}

func TestCredentialReport_errorNamesTheInvalidPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines [][]string
		want  string
	}{
		"a short line":   {[][]string{{"user", "mfa_active"}, {"<root>"}}, "line 2 of page 1: has 1 values for 2 columns"},
		"another header": {[][]string{{"name", "mfa_active"}, {"<root>", "TRUE"}}, "begins with the column user"},
	} {
		srv := ramtest.New(t)
		haveReport(srv)
		srv.Change(func(a *ramtest.Account) { a.CredentialReport.Lines = c.lines })
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusedData(t, newCore(t, srv.Getenv, clockOf(srv)), credentialReport, attributes{}, "Cannot read the credential report", c.want)
		})
	}
}

// An unexpected value is null with a note, and the rest of the report is read.
func TestCredentialReport_unexpectedValues(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	haveReport(srv)
	srv.Change(func(a *ramtest.Account) {
		a.CredentialReport.Lines = [][]string{{"user", "mfa_active", "user_last_logon"}, {"<root>", "TRUE", "2026-13-01"}, {"alice@x", "PERHAPS", "never"}}
	})
	c := newCore(t, srv.Getenv, clockOf(srv))
	value, diags := c.ReadData(credentialReport, attributes{})
	clean(t, diags)
	rows := elementsOf(t, value, "rows")
	expect(t, "rows", len(rows), 2)
	for i, want := range []map[string]any{
		{"mfa_active": true, "user_last_logon": nil},
		{"mfa_active": nil, "user_last_logon": nil},
	} {
		for name, v := range want {
			expect(t, name, in(t, rows[i], name), v)
		}
	}
	contains(t, acctest.Fields(rows[0])["notes"].String(), `"user_last_logon":tftypes.String<"unreadable">`)
	contains(t, acctest.Fields(rows[1])["notes"].String(), `"mfa_active":tftypes.String<"unreadable">`, `"user_last_logon":tftypes.String<"never">`)
}

func TestCredentialReport_isReadAgainWhenItIsReplaced(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 1 }))
	haveReport(srv)
	c := newCore(t, srv.Getenv, clockOf(srv))
	srv.Inject(ramtest.Rule{Action: "GetCredentialReport", Nth: "2", Code: "InvalidParameter.NextToken", Status: 400})
	v, diags := c.ReadData(credentialReport, attributes{})
	clean(t, diags)
	expect(t, "rows", columnOf(t, v, "rows", "user"), []any{"<root>", "alice@x"})
	srv.Inject(ramtest.Rule{Action: "GetCredentialReport", Nth: "2-", Code: "InvalidParameter.NextToken", Status: 400})
	refusedData(t, c, credentialReport, attributes{}, "InvalidParameter.NextToken")
}

func TestCredentialReport_waitIsBounded(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.ReportPolls = 10_000 }))
	c := newCore(t, srv.Getenv, clockOf(srv))
	refusedData(t, c, credentialReport, attributes{"timeouts": attributes{"read": "3m"}}, "is not complete after", `"in progress"`, "timeouts")
	if requested := len(srv.Calls("GenerateCredentialReport")); requested < 5 || requested > 20 {
		t.Errorf("asked %d times", requested)
	}
}

func TestSecurityReport_hasEveryField(t *testing.T) {
	t.Parallel()
	srv := populated(t)
	c := newCore(t, srv.Getenv, clockOf(srv))
	v, diags := c.ReadData(securityReport, attributes{})
	clean(t, diags)
	for name, want := range map[string]any{
		"account_id": defaultAccount, "score": int64(50), "bind_mfa": false, "root_with_access_key": int64(0), "old_ak_num": int64(0), "unused_ak_num": int64(0),
		"sub_user": int64(5), "sub_user_bind_mfa": int64(2), "sub_user_pwd_level": "low", "sub_user_with_old_access_key": int64(0), "sub_user_with_unused_access_key": int64(0),
	} {
		expect(t, name, in(t, v, name), want)
	}
	srv.Inject(ramtest.Rule{Action: "GetAccountSecurityPracticeReport", Fault: "drop_fields", Body: "SubUserPwdLevel,BindMfa,OldAkNum"})
	v, diags = c.ReadData(securityReport, attributes{})
	clean(t, diags)
	for _, name := range []string{"sub_user_pwd_level", "bind_mfa", "old_ak_num"} {
		expect(t, name, in(t, v, name), nil)
	}
}

func TestGovernanceReport_isGeneratedAndReadCompletely(t *testing.T) {
	t.Parallel()
	for _, empty := range []bool{false, true} {
		srv := populated(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.MissingReportEmpty = empty }))
		now := srv.Now()
		srv.Change(func(a *ramtest.Account) {
			for _, user := range a.Users {
				user.LastLoginDate = now
			}
			a.UserSso.Enabled = true
		})
		c := newCore(t, srv.Getenv, clockOf(srv))
		v, diags := c.ReadData(governanceReport, attributes{})
		clean(t, diags)
		expect(t, "status", in(t, v, "status"), "completed")
		expect(t, "items", columnOf(t, v, "items", "item"), []any{"AccountRecentUsingAccessKey", "RecentAccountLoginTimes", "SSOLoginEnabled"})
		expect(t, "figures", columnOf(t, v, "items", "metric_value"), []any{"1", "5", "true"})
		expect(t, "types", columnOf(t, v, "items", "metric_type"), []any{"Number", "Number", "Boolean"})
		logons := elementsOf(t, v, "items")[1]
		expect(t, "columns", columnOf(t, logons, "columns", "name"), []any{"UserName", "LastLoginDate"})
		var names []string
		for _, row := range elementsOf(t, logons, "rows") {
			var cells map[string]tftypes.Value
			must(t, row.As(&cells))
			names = append(names, fmt.Sprint(acctest.Native(cells["UserName"])))
		}
		slices.Sort(names)
		expect(t, "rows", strings.Join(names, " "), `"admin" "alice" "bob" "user-0001" "user-0002"`)
		srv.Advance(48 * time.Hour)
		again, diags := c.ReadData(governanceReport, attributes{"item_types": []string{"SSOLoginEnabled"}})
		clean(t, diags)
		expect(t, "it is taken however old", in(t, again, "generate_time"), in(t, v, "generate_time"))
		expect(t, "only one item", columnOf(t, again, "items", "item"), []any{"SSOLoginEnabled"})
		refreshed, diags := c.ReadData(governanceReport, attributes{"max_age": "24h", "item_types": []string{"SSOLoginEnabled"}})
		clean(t, diags)
		if in(t, refreshed, "generate_time") == in(t, v, "generate_time") {
			t.Error("the report is older than it may be")
		}
		expect(t, "reports begun", len(srv.Calls("GenerateGovernanceReport")), 2)
		refusedData(t, c, governanceReport, attributes{"item_types": []string{"Nonsense"}}, `no item "Nonsense"`, "SSOLoginEnabled", "item_types")
	}
}

func TestGovernanceReport_waitIsBounded(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.ReportPolls = 10_000 }))
	refusedData(t, newCore(t, srv.Getenv, clockOf(srv)), governanceReport, attributes{}, "is not complete after", `"in progress"`)
}

func TestRecycledKeys_ofOneUserAndOfAll(t *testing.T) {
	t.Parallel()
	srv := populated(t)
	now := srv.Now()
	recycle := func(a *ramtest.Account, id, user, userID string, ago time.Duration) {
		a.RecycledKeys = append(a.RecycledKeys, &ramtest.RecycledKey{
			Key: ramtest.AccessKey{ID: id, Secret: "x", CreateDate: now.Add(-100 * day)}, UserID: userID, UserName: user, RecycleDate: now.Add(-ago), DeleteDate: now.Add(30*day - ago),
		})
	}
	srv.Change(func(a *ramtest.Account) {
		recycle(a, "LTAInewer", "bob", bobID, time.Hour)
		recycle(a, "LTAIolder", "bob", bobID, 2*day)
		recycle(a, "LTAIalice", "alice", aliceID, day)
		recycle(a, "LTAIroot", "", defaultAccount, day)
		a.RecycledUsers = append(a.RecycledUsers, &ramtest.RecycledUser{User: ramtest.User{ID: "2999", Name: "gone"}, RecycleDate: now, DeleteDate: now.Add(30 * day)})
		recycle(a, "LTAIgone", "gone", "2999", day)
	})
	c := newCore(t, srv.Getenv, clockOf(srv))
	for name, look := range map[string]struct {
		config attributes
		want   []any
		users  []any
	}{
		"all":            {attributes{}, []any{"LTAIalice", "LTAIolder", "LTAInewer"}, []any{"alice", "bob", "bob"}},
		"by name":        {attributes{"user_name": "bob"}, []any{"LTAIolder", "LTAInewer"}, []any{"bob", "bob"}},
		"by id":          {attributes{"user_id": aliceID}, []any{"LTAIalice"}, []any{"alice"}},
		"a deleted user": {attributes{"user_id": "2999"}, []any{"LTAIgone"}, []any{nil}},
		"the root":       {attributes{"user_id": defaultAccount}, []any{"LTAIroot"}, []any{nil}},
		"none":           {attributes{"user_name": "admin"}, nil, nil},
	} {
		v, diags := c.ReadData(recycledKeys, look.config)
		clean(t, diags)
		expect(t, name, columnOf(t, v, "access_keys", "access_key_id"), look.want)
		expect(t, name+", users", columnOf(t, v, "access_keys", "user_name"), look.users)
	}
	v, _ := c.ReadData(recycledKeys, attributes{"user_id": aliceID})
	key := elementsOf(t, v, "access_keys")[0]
	for name, want := range map[string]time.Time{"create_date": now.Add(-100 * day), "recycle_date": now.Add(-day), "delete_date": now.Add(29 * day)} {
		expect(t, name, in(t, key, name), want.Format(time.RFC3339))
	}
	refusedData(t, c, recycledKeys, attributes{"user_name": "unknown"}, "no such RAM user", "user_id")
	refusedData(t, c, recycledKeys, attributes{"user_id": "2998"}, "no such RAM user", "user_id")
}

func TestPasskeys_ofOneUserAndOfAll(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Passkeys = []*ramtest.Passkey{
			{ID: "PASSKEY-2", Name: "phone", CreateDate: time.Unix(1737450280, 0)}, {ID: "PASSKEY-1", Name: "laptop", CreateDate: time.Unix(1737450279, 0), LastUseDate: time.Unix(1737450390, 0)},
		}
		a.Users["bob"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-3", Name: "key", CreateDate: time.Unix(1, 0)}}
	})
	c := newCore(t, srv.Getenv, clockOf(srv))
	v, diags := c.ReadData(passkeys, attributes{})
	clean(t, diags)
	expect(t, "names", columnOf(t, v, "passkeys", "passkey_name"), []any{"laptop", "phone", "key"})
	expect(t, "users", columnOf(t, v, "passkeys", "user_name"), []any{"alice", "alice", "bob"})
	expect(t, "ids", columnOf(t, v, "passkeys", "user_id"), []any{aliceID, aliceID, bobID})
	expect(t, "created", columnOf(t, v, "passkeys", "create_date")[0], "2025-01-21T09:04:39Z")
	expect(t, "used", columnOf(t, v, "passkeys", "last_use_date"), []any{"2025-01-21T09:06:30Z", nil, nil})
	v, diags = c.ReadData(passkeys, attributes{"user_name": "bob"})
	clean(t, diags)
	expect(t, "of one", columnOf(t, v, "passkeys", "passkey_id"), []any{"PASSKEY-3"})
	refusedData(t, c, passkeys, attributes{"user_name": "unknown"}, `no RAM user "unknown"`, "user_name")
	// An administrator deletes a user between the list and the look.
	srv.Inject(ramtest.Rule{Action: "ListPasskeys", User: "bob", Code: "EntityNotExist.User", Status: 404})
	v, diags = c.ReadData(passkeys, attributes{})
	clean(t, diags)
	expect(t, "without bob", columnOf(t, v, "passkeys", "user_name"), []any{"alice", "alice"})
}
