// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// finish calls the service until the credential report is complete.
func finish(t *testing.T, client *Client) (states []ReportState) {
	t.Helper()
	for range 5 {
		state, err := client.GenerateCredentialReport(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if states = append(states, state); state == ReportCompleted {
			return states
		}
	}
	t.Fatalf("never complete: %v", states)
	return nil
}

func TestTheCredentialReportOfTheFake(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*ramtest.Behaviour){
		"as assumed": func(*ramtest.Behaviour) {},
		"otherwise": func(b *ramtest.Behaviour) {
			b.MissingReportEmpty, b.ReportInBase32, b.HeaderOnFirstPageOnly, b.ShowLoginDisabled, b.ExtraReportColumns = true, true, true, true, true
		},
	} {
		fake := ramtest.New(t, ramtest.WithBehaviour(change))
		fake.Populate(3)
		fake.Change(func(a *ramtest.Account) { a.Users["user-0003"].LoginProfile.Status = "Inactive" })
		client := clientOf(t, fake)
		if _, err := client.CredentialReport(t.Context()); !NoReport(err) {
			t.Fatalf("%s: before generating: %v", name, err)
		}
		if states := finish(t, client); !slices.Equal(states, []ReportState{ReportStarted, ReportInProgress, ReportCompleted}) {
			t.Errorf("%s: states %v", name, states)
		}
		report, err := client.CredentialReport(t.Context())
		if err != nil || report.GeneratedTime.IsZero() {
			t.Fatalf("%s: %v", name, err)
		}
		var names []string
		for row, err := range report.Rows(t.Context()) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			names = append(names, row.Name())
			if len(row.Cells) != len(CredentialColumns) {
				t.Errorf("%s: %d cells", name, len(row.Cells))
			}
			if row.Name() == "user-0003" && name == "otherwise" && (row.Cells["mfa_active"].Note != LoginDisabled || row.Other["display_name"] != "user-0003") {
				t.Errorf("%s: %+v", name, row)
			}
		}
		if want := []string{"", "admin", "user-0001", "user-0002", "user-0003"}; !slices.Equal(names, want) {
			t.Errorf("%s: got %q", name, names)
		}
	}
}

func TestAReportThatIsReplacedWhileItIsReadSaysSo(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(3)
	client := clientOf(t, fake)
	finish(t, client)
	report, err := client.CredentialReport(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fake.ChangeBefore("GetCredentialReport", func(a *ramtest.Account) {
		a.CredentialReport.GeneratedTime = a.CredentialReport.GeneratedTime.Add(time.Hour)
	})
	var last error
	for _, err := range report.Rows(t.Context()) {
		last = err
	}
	var replaced *ReportReplacedError
	if !errors.As(last, &replaced) || !hasCode(last, "InvalidParameter.NextToken") {
		t.Errorf("got %v", last)
	}
}

func TestAnAccountThatIsTooLargeHasNoCredentialReport(t *testing.T) {
	t.Parallel()
	fake := crowded(t, CredentialReportUsers)
	if _, err := clientOf(t, fake).GenerateCredentialReport(t.Context()); !LimitExceeded(err) || NoReport(err) {
		t.Errorf("got %v", err)
	}
}

// crowded returns an account with many users in addition to its administrator.
func crowded(t *testing.T, users int) *ramtest.Server {
	t.Helper()
	fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 0 }))
	now := fake.Now()
	fake.Change(func(a *ramtest.Account) {
		for n := range users {
			name := fmt.Sprintf("user-%05d", n)
			key := &ramtest.AccessKey{ID: "LTAI" + name, Status: "Active", CreateDate: now, LastUsed: now}
			a.Users[name] = &ramtest.User{
				ID: name, Name: name, CreateDate: now, LastLoginDate: now, Keys: []*ramtest.AccessKey{key, key},
				LoginProfile: &ramtest.LoginProfile{Status: "Active", PasswordDate: now},
			}
		}
	})
	return fake
}

// A report of 5,000 users is read row by row with one page in memory.
//
//nolint:paralleltest // it measures the memory of the whole process
func TestALargeReportIsReadInOnePassWithBoundedMemory(t *testing.T) {
	const users, bound = 5000, 4 << 20
	fake := crowded(t, users)
	fake.SetBehaviour(func(b *ramtest.Behaviour) { b.UnlimitedReports = true })
	client := clientOf(t, fake)
	finish(t, client)
	fake.ForgetCalls()

	inUse := func() uint64 {
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		return memory.HeapAlloc
	}
	before := inUse()
	most := before
	report, err := client.CredentialReport(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for row, err := range report.Rows(t.Context()) {
		if err != nil || len(row.Cells) != len(CredentialColumns) {
			t.Fatalf("row %d: %d cells, error %v", rows, len(row.Cells), err)
		}
		if rows++; rows%250 == 0 {
			most = max(most, inUse())
		}
	}
	if rows != users+2 { // the root account and the administrator
		t.Errorf("%d rows", rows)
	}
	if calls := len(fake.Calls("GetCredentialReport")); calls != 6 {
		t.Errorf("%d calls", calls)
	}
	after := inUse()
	t.Logf("%d rows: the heap grew by %d KiB at most while they were read, by %d KiB once they were", rows, (most-before)>>10, (int64(after)-int64(before))>>10)
	if most-before > bound {
		t.Errorf("the heap grew by %d KiB", (most-before)>>10)
	}
}

func TestTheSecurityReportOfTheFake(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(2)
	got, err := clientOf(t, fake).SecurityReport(t.Context())
	want := SecurityReport{
		Score: new(int64(50)), BindMFA: new(false), RootWithAccessKey: new(int64(0)), OldKeys: new(int64(0)), UnusedKeys: new(int64(0)),
		SubUsers: new(int64(3)), SubUsersBindMFA: new(int64(2)), SubUserPasswordLevel: new("low"),
		SubUsersWithOldAccessKey: new(int64(0)), SubUsersWithUnusedAccessKey: new(int64(0)),
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, diff %s", err, diff)
	}
}

func TestTheGovernanceReportOfTheFake(t *testing.T) {
	t.Parallel()
	for _, empty := range []bool{false, true} {
		fake := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.MissingReportEmpty = empty }))
		fake.Populate(4)
		now := fake.Now()
		fake.Change(func(a *ramtest.Account) {
			for _, user := range a.Users {
				user.LastLoginDate = now
			}
		})
		client := clientOf(t, fake)
		status, err := client.GovernanceReportStatus(t.Context())
		if err != nil || status.Whole != ReportNone || len(status.Items) != 0 {
			t.Fatalf("before generating: status %+v, error %v", status, err)
		}
		if state, err := client.GenerateGovernanceReport(t.Context()); err != nil || state != ReportStarted {
			t.Fatalf("started: state %s, error %v", state, err)
		}
		for _, want := range []ReportState{ReportInProgress, ReportCompleted} {
			status, err = client.GovernanceReportStatus(t.Context())
			if err != nil || status.Whole != want || len(status.Items) != 3 || status.Items[0].Status != want {
				t.Fatalf("status %+v, error %v", status, err)
			}
		}
		created, metrics, err := client.GovernanceMetrics(t.Context())
		if err != nil || created.IsZero() || !slices.Contains(metrics, GovernanceMetric{"SSOLoginEnabled", "Boolean", "false"}) || !slices.Contains(metrics, GovernanceMetric{"RecentAccountLoginTimes", "Number", "5"}) {
			t.Errorf("made %s, metrics %v, error %v", created, metrics, err)
		}
		item, err := client.GovernanceItem(t.Context(), "RecentAccountLoginTimes")
		if err != nil || len(item.Rows) != 5 || item.Value != "5" || !item.GenerateTime.Equal(created) || !slices.Contains(item.Columns, GovernanceColumn{"UserName", "String"}) {
			t.Errorf("item %+v, error %v", item, err)
		}
		var names []string
		for _, row := range item.Rows {
			names = append(names, row["UserName"])
		}
		slices.Sort(names)
		if want := []string{`"admin"`, `"user-0001"`, `"user-0002"`, `"user-0003"`, `"user-0004"`}; !slices.Equal(names, want) {
			t.Errorf("rows of %q", names)
		}
	}
}

// governed returns a response with a page of an item.
func governed(time, columns, rows, more string) string {
	return fmt.Sprintf(`{"RequestId":"R","GenerateTime":%q,"MetricType":"Number","MetricValue": {"a": [ 1, null ]},
		"ColumnsSchema":{"ColumnSchema":[%s]},"ColumnsValue":{"ColumnRow":[%s]},%s}`, time, columns, rows, more)
}

func TestAnItemReturnsUntypedValuesUnchanged(t *testing.T) {
	t.Parallel()
	const when, columns = "2026-02-10T02:11:23Z", `{"ColumnName":"a","ColumnType":"String"},{"ColumnName":"b"}`
	read := func(pages ...string) (GovernanceItem, error) {
		srv := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
			respond(t, w, 200, pages[min(number, len(pages))-1])
		})
		return newTestClient(t, srv.URL, func(c *Config) { c.MaxRetries = 0 }).GovernanceItem(t.Context(), "x")
	}
	item, err := read(governed(when, columns, `{"ColumnValue":[1.50,null]}`, `"IsTruncated":true,"Marker":"m"`),
		governed(when, columns, `{"ColumnValue":["t",{"k": [true]}]}`, `"IsTruncated":"false"`))
	want := []map[string]string{{"a": "1.50", "b": "null"}, {"a": `"t"`, "b": `{"k":[true]}`}}
	if diff := cmp.Diff(want, item.Rows); err != nil || diff != "" || item.Value != `{"a":[1,null]}` {
		t.Errorf("error %v, item.Value %q, diff %s", err, item.Value, diff)
	}
	for name, c := range map[string]struct {
		pages []string
		want  string
	}{
		"short row":   {[]string{governed(when, columns, `{"ColumnValue":[1]}`, `"IsTruncated":false`)}, "row 1 of x has 1 values for 2 columns"},
		"same names":  {[]string{governed(when, `{"ColumnName":"a"},{"ColumnName":"a"}`, `{"ColumnValue":[1,2]}`, `"IsTruncated":false`)}, "two columns have the same name"},
		"replaced":    {[]string{governed(when, columns, ``, `"IsTruncated":true,"Marker":"m"`), governed("2026-02-11T02:11:23Z", columns, ``, `"IsTruncated":false`)}, "replaced by a newer one"},
		"leads back":  {[]string{governed(when, columns, ``, `"IsTruncated":true,"Marker":"m"`)}, "marker of an earlier one"},
		"no time":     {[]string{governed("", columns, ``, `"IsTruncated":false`)}, "lacks GenerateTime"},
		"other shape": {[]string{`{"RequestId":"R","ColumnsValue":[]}`}, "unexpected type"},
	} {
		if _, err := read(c.pages...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARecycledKeyIsListedRestoredAndPurged(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Populate(1)
	client := clientOf(t, fake)
	user, err := client.User(t.Context(), "user-0001")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := client.AccessKeys(t.Context(), user.Name)
	if err != nil || len(keys) != 2 {
		t.Fatalf("keys %v, error %v", keys, err)
	}
	if bin, err := client.RecycledKeys(t.Context(), user.ID); err != nil || len(bin) != 0 {
		t.Errorf("before deleting: bin %v, error %v", bin, err)
	}
	for _, key := range keys {
		if err := client.DeleteAccessKey(t.Context(), user.Name, key.ID); err != nil {
			t.Fatal(err)
		}
	}
	bin, err := client.RecycledKeys(t.Context(), user.ID)
	if err != nil || len(bin) != 2 || bin[0].UserID != user.ID || bin[0].DeleteDate.Sub(bin[0].RecycleDate) != 30*24*time.Hour || bin[0].CreateDate.IsZero() {
		t.Fatalf("after deleting: bin %+v, error %v", bin, err)
	}
	one, err := client.RecycledKey(t.Context(), keys[0].ID)
	if err != nil || one.UserName != user.Name || one.UserID != user.ID || one.UserRecycled {
		t.Errorf("one: one %+v, error %v", one, err)
	}
	if err := client.RestoreRecycledKey(t.Context(), user.ID, keys[0].ID); err != nil {
		t.Error(err)
	}
	if got, err := client.AccessKeys(t.Context(), user.Name); err != nil || len(got) != 1 || got[0].ID != keys[0].ID {
		t.Errorf("restored: got %v, error %v", got, err)
	}
	if err := client.PurgeRecycledKey(t.Context(), user.ID, keys[1].ID); err != nil {
		t.Error(err)
	}
	if _, err := client.RecycledKey(t.Context(), keys[1].ID); !NotFound(err, "User.AccessKey") {
		t.Errorf("purged: %v", err)
	}
	for name, call := range map[string]error{
		"list":    second(client.RecycledKeys(t.Context(), " ")),
		"get":     second(client.RecycledKey(t.Context(), "")),
		"restore": client.RestoreRecycledKey(t.Context(), "", "LTAI"),
		"purge":   client.PurgeRecycledKey(t.Context(), user.ID, ""),
	} {
		var unsent *NoResponseError
		if !errors.As(call, &unsent) || unsent.Sent {
			t.Errorf("%s without a name: %v", name, call)
		}
	}
}

func TestPasskeysAreListed(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Change(func(a *ramtest.Account) {
		a.Users["admin"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "device1", CreateDate: time.Unix(1737450279, 0)}}
	})
	client := clientOf(t, fake)
	got, err := client.Passkeys(t.Context(), "admin")
	if want := []Passkey{{ID: "PASSKEY-1", Name: "device1", CreateDate: time.Unix(1737450279, 0).UTC()}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, error %v", got, err)
	}
	if _, err := client.Passkeys(t.Context(), "unknown"); !NotFound(err, "User") {
		t.Errorf("unknown: %v", err)
	}
}
