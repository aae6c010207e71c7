// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// generated generates a report.
func generated(c *client) {
	c.t.Helper()
	for range 3 {
		if c.ok("Ims", "GenerateCredentialReport").at("State") == "COMPLETED" {
			return
		}
	}
	c.t.Fatal("the report does not become complete")
}

// lines decodes one page of a report.
func lines(t *testing.T, page result, decode func(string) ([]byte, error)) [][]string {
	t.Helper()
	content, _ := page.at("Content").(string)
	text, err := decode(content)
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCredentialReport_everyFourHours(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	c.refused("EntityNotExist.CredentialReport", "Ims", "GetCredentialReport")
	for _, state := range []string{"STARTED", "INPROGRESS", "COMPLETED", "COMPLETED"} {
		equal(t, "state", c.ok("Ims", "GenerateCredentialReport").at("State"), state)
	}
	first := c.ok("Ims", "GetCredentialReport").at("GeneratedTime")
	s.Advance(4*time.Hour - time.Minute)
	equal(t, "state", c.ok("Ims", "GenerateCredentialReport").at("State"), "COMPLETED")
	equal(t, "within four hours", c.ok("Ims", "GetCredentialReport").at("GeneratedTime"), first)
	s.SetBehaviour(func(b *Behaviour) { b.RefuseEarlyReports = true })
	c.refused("LimitExceeded.CredentialReport", "Ims", "GenerateCredentialReport")
	s.Advance(2 * time.Minute)
	equal(t, "state", c.ok("Ims", "GenerateCredentialReport").at("State"), "STARTED")
	equal(t, "meanwhile", c.ok("Ims", "GetCredentialReport").at("GeneratedTime"), first)
	generated(c)
	if next := c.ok("Ims", "GetCredentialReport").at("GeneratedTime"); next == first {
		t.Errorf("the report of %v was not replaced", first)
	}
}

func TestCredentialReport_polls(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.ReportPolls = -1 }))
	c := admin(t, s)
	equal(t, "at once", c.ok("Ims", "GenerateCredentialReport").at("State"), "COMPLETED")
	s.Advance(5 * time.Hour)
	s.SetBehaviour(func(b *Behaviour) { b.ReportPolls = 3 })
	for range 4 {
		if state := c.ok("Ims", "GenerateCredentialReport").at("State"); state == "COMPLETED" {
			t.Error("the report is complete too early")
		}
	}
	equal(t, "after the polls", c.ok("Ims", "GenerateCredentialReport").at("State"), "COMPLETED")
}

func TestCredentialReport_lines(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.PageCap = 0 }))
	c := admin(t, s)
	s.Populate(1)
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s.Change(func(a *Account) {
		a.Policy.MaxPasswordAge = 90
		a.RootMFA = true
		u := a.Users["user-0001"]
		u.LoginProfile.PasswordDate, u.LastLoginDate = when, when
		u.Keys[0].LastUsed, u.Keys[1].Status = when, "Inactive"
		for range 2 {
			u.Keys = append(u.Keys, u.Keys[0])
		}
		a.Users["bare"] = &User{ID: "1", Name: "bare", CreateDate: when}
	})
	generated(c)
	page := c.ok("Ims", "GetCredentialReport")
	equal(t, "truncated", page.at("IsTruncated"), "false")
	equal(t, "next", page.at("NextToken"), nil)
	got := lines(t, page, base64.StdEncoding.DecodeString)
	if len(got) != 5 || len(got[0]) != 28 || got[0][0] != "user" || got[0][27] != "additional_access_key_3_last_used" {
		t.Fatalf("got %q", got)
	}
	equal(t, "root", got[1][:9], []string{"<root>", "N/A", "-", "TRUE", "N/A", "-", "N/A", "TRUE", "FALSE"})
	equal(t, "bare", got[3][1:13], []string{stamp(when), "-", "N/A", "N/A", "N/A", "N/A", "N/A", "FALSE", "N/A", "N/A", "N/A", "FALSE"})
	user := got[4]
	equal(t, "user", user[0], "user-0001@1234567890123456.onaliyun.com")
	equal(t, "password", user[2:8], []string{stamp(when), "TRUE", "TRUE", stamp(when), "2026-04-02T03:04:05Z", "TRUE"})
	equal(t, "first key", []string{user[8], user[9], user[11]}, []string{"TRUE", "TRUE", stamp(when)})
	equal(t, "second key", []string{user[12], user[13], user[15]}, []string{"TRUE", "FALSE", "-"})
	equal(t, "additional keys", []string{user[16], user[20], user[24], user[27]}, []string{"TRUE", "TRUE", "FALSE", "N/A"})
}

func TestCredentialReport_pages(t *testing.T) {
	t.Parallel()
	for _, once := range []bool{false, true} {
		s := New(t, WithBehaviour(func(b *Behaviour) { b.HeaderOnFirstPageOnly = once; b.PageCap = 0 }))
		c := admin(t, s)
		s.Populate(4)
		generated(c)
		var users []string
		token, pages, headers := "", 0, 0
		for more := true; more; pages++ {
			page := c.ok("Ims", "GetCredentialReport", "MaxItems", "2", "NextToken", token)
			for _, line := range lines(t, page, base64.StdEncoding.DecodeString) {
				if line[0] == "user" {
					headers++
				} else {
					users = append(users, strings.Split(line[0], "@")[0])
				}
			}
			more = page.at("IsTruncated") == "true"
			token, _ = page.at("NextToken").(string)
		}
		equal(t, "users", users, []string{"<root>", "admin", "user-0001", "user-0002", "user-0003", "user-0004"})
		want := map[bool]int{false: 3, true: 1}[once]
		if pages != 3 || headers != want {
			t.Errorf("%d pages with %d headers, want %d", pages, headers, want)
		}
		c.refused("InvalidParameter.NextToken", "Ims", "GetCredentialReport", "NextToken", "x")
		c.refused("InvalidParameter.MaxItems.Range", "Ims", "GetCredentialReport", "MaxItems", "3502")
	}
}

func TestCredentialReport_variants(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) {
		b.ReportInBase32, b.ExtraReportColumns, b.ShowLoginDisabled, b.PasswordExistFalse, b.MissingReportEmpty, b.PageCap = true, true, true, true, true, 0
	}))
	c := admin(t, s)
	s.Populate(1)
	s.Change(func(a *Account) { a.Users["user-0001"].LoginProfile.Status = "Inactive" })
	equal(t, "none", c.ok("Ims", "GetCredentialReport").at("Content"), nil)
	generated(c)
	got := lines(t, c.ok("Ims", "GetCredentialReport"), base32.StdEncoding.DecodeString)
	equal(t, "new columns", got[0][28:], []string{"passkeys", "display_name"})
	equal(t, "no profile", got[2][3:5], []string{"FALSE", "N/A"})
	equal(t, "disabled", got[3][4:8], []string{"LOGIN_DISABLED", got[3][5], "-", "LOGIN_DISABLED"})
	s.SetBehaviour(func(b *Behaviour) { b.HideNewerFields = true })
	s.Advance(4 * time.Hour)
	generated(c)
	equal(t, "older", len(lines(t, c.ok("Ims", "GetCredentialReport"), base32.StdEncoding.DecodeString)[0]), 18)
}

func TestCredentialReport_largeAccount(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Change(func(a *Account) {
		for i := range reportUsers {
			name := fmt.Sprint("user", i)
			a.Users[name] = &User{ID: name, Name: name}
		}
	})
	c := admin(t, s)
	c.refused("LimitExceeded.User.CredentialReport", "Ims", "GenerateCredentialReport")
	s.SetBehaviour(func(b *Behaviour) { b.UnlimitedReports = true })
	equal(t, "state", c.ok("Ims", "GenerateCredentialReport").at("State"), "STARTED")
}

func TestGovernanceReport(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.Populate(3)
	now := s.Now()
	s.Change(func(a *Account) {
		a.UserSso.Enabled = true
		for _, user := range a.Users {
			user.LastLoginDate = now.AddDate(0, 0, -1)
		}
		a.Users["user-0001"].LastLoginDate = now.AddDate(-1, 0, 0)
	})
	c.refused("EntityNotExist.GovernanceReport", "Ims", "GetGovernanceReportStatus")
	c.refused("EntityNotExist.GovernanceReport", "Ims", "ListRecentGovernanceMetrics")
	c.refused("EntityNotExist.GovernanceReport", "Ims", "GetGovernanceItemReport", "GovernanceItemType", "SSOLoginEnabled")
	equal(t, "begun", c.ok("Ims", "GenerateGovernanceReport").at("State"), "Started")
	equal(t, "again", c.ok("Ims", "GenerateGovernanceReport").at("State"), "Progressing")
	equal(t, "asked", c.ok("Ims", "GetGovernanceReportStatus").at("WholeReportStatus"), "Progressing")
	status := c.ok("Ims", "GetGovernanceReportStatus")
	equal(t, "asked again", status.at("WholeReportStatus"), "Completed")
	names := column(status.list("GovernanceItemsStatus.GovernanceItemStatus", "GovernanceItem"), "GovernanceItem")
	equal(t, "items", names, []string{"AccountRecentUsingAccessKey", "RecentAccountLoginTimes", "SSOLoginEnabled"})
	metrics := c.ok("Ims", "ListRecentGovernanceMetrics").list("GovernanceMetrics.GovernanceMetric", "GovernanceItem")
	equal(t, "metrics", column(metrics, "MetricValue"), []any{1, 3, true})
	item := c.ok("Ims", "GetGovernanceItemReport", "GovernanceItemType", "RecentAccountLoginTimes", "MaxItems", "2")
	equal(t, "more", item.at("IsTruncated"), true)
	rows := item.at("ColumnsValue.ColumnRow").([]any)
	if len(rows) != 2 || !slices.Contains([]string{"user-0002", "admin"}, fmt.Sprint(rows[0].(map[string]any)["ColumnValue"].([]any)[0])) {
		t.Errorf("rows are %v", rows)
	}
	marker, _ := item.at("Marker").(string)
	equal(t, "end", c.ok("Ims", "GetGovernanceItemReport", "GovernanceItemType", "RecentAccountLoginTimes", "Marker", marker).at("IsTruncated"), false)
	c.refused("InvalidParameter.GovernanceItemType", "Ims", "GetGovernanceItemReport", "GovernanceItemType", "x")
	c.refused("MissingGovernanceItemType", "Ims", "GetGovernanceItemReport")
	s.SetBehaviour(func(b *Behaviour) { b.ReportPolls = -1 })
	equal(t, "at once", c.ok("Ims", "GenerateGovernanceReport").at("State"), "Completed")
}

func TestGovernanceReport_missing(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t, WithBehaviour(func(b *Behaviour) { b.MissingReportEmpty = true })))
	equal(t, "status", c.ok("Ims", "GetGovernanceReportStatus").at("WholeReportStatus"), "")
	equal(t, "metrics", c.ok("Ims", "ListRecentGovernanceMetrics").at("GenerateTime"), "")
}
