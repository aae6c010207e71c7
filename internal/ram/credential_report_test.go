// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	shortHeader = "user,user_creation_time,user_last_logon,mfa_active\n"
	aliceRow    = "alice@acme.onaliyun.com,2026-01-02T03:04:05Z,-,TRUE\n"
)

func rowsOf(t *testing.T, pages ...string) ([]CredentialRow, error) {
	t.Helper()
	var format reportFormat
	var rows []CredentialRow
	for number, csv := range pages {
		for row, err := range format.rows(number+1, base64.StdEncoding.EncodeToString([]byte(csv))) {
			if err != nil {
				return rows, err
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func TestCredentialReport_cellsAndNotes(t *testing.T) {
	t.Parallel()
	rows, err := rowsOf(t, shortHeader+
		"<root>,N/A,2026-01-19T15:06:52Z,true\r\n"+
		`"quoted ""name"", with a comma@acme.onaliyun.com",2026-01-02T03:04:05Z,,N/A`+"\n"+
		"bob@acme.onaliyun.com,2026-01-02T03:04:05+08:00,LOGIN_DISABLED,login_disabled")
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	root, quoted, bob := rows[0], rows[1], rows[2]
	if root.User != RootUser || root.Name() != "" || root.Cells["user_creation_time"].Note != NotApplicable || !root.Cells["mfa_active"].Is {
		t.Errorf("the root account is %+v", root)
	}
	if got := root.Cells["user_last_logon"]; !got.Time.Equal(time.Date(2026, 1, 19, 15, 6, 52, 0, time.UTC)) || got.Note != "" {
		t.Errorf("the root account's last logon is %+v", got)
	}
	if quoted.Name() != `quoted "name", with a comma` || quoted.Cells["user_last_logon"].Note != NotReported || quoted.Cells["mfa_active"].Note != NotApplicable {
		t.Errorf("the quoted row is %+v", quoted)
	}
	if bob.Cells["user_last_logon"].Note != LoginDisabled || bob.Cells["mfa_active"].Note != LoginDisabled || bob.Cells["user_creation_time"].Time.Day() != 1 {
		t.Errorf("bob is %+v", bob)
	}
	if _, exists := bob.Cells["access_key_1_exist"]; exists {
		t.Error("a missing column has a value")
	}
}

func TestAReportMayHaveUnknownColumns(t *testing.T) {
	t.Parallel()
	rows, err := rowsOf(t, "user,passkeys,mfa_active,department\nalice@a,2,FALSE,\"R&D, \"\"north\"\"\nfloor 2\"\n")
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if want := map[string]string{"passkeys": "2", "department": "R&D, \"north\"\nfloor 2"}; !maps.Equal(rows[0].Other, want) {
		t.Errorf("other values %q, want %q", rows[0].Other, want)
	}
}

func TestTheHeaderMayBeRepeatedAndEncodedOtherwise(t *testing.T) {
	t.Parallel()
	plain := "\ufeff" + shortHeader + aliceRow
	wrapped := base64.StdEncoding.EncodeToString([]byte(plain))
	for name, content := range map[string]string{
		"Base64":             wrapped,
		"Base64 unpadded":    strings.TrimRight(wrapped, "="),
		"Base64 in lines":    wrapped[:20] + "\r\n" + wrapped[20:] + "\n",
		"Base32":             base32.StdEncoding.EncodeToString([]byte(plain)),
		"Base32, no padding": base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(plain)),
		"quoted header":      base64.StdEncoding.EncodeToString([]byte(`"user",mfa_active` + "\nalice@a,TRUE")),
		"twice":              base64.StdEncoding.EncodeToString([]byte(shortHeader + aliceRow + shortHeader)),
		"one column":         base64.StdEncoding.EncodeToString([]byte("user\nalice@acme")),
	} {
		var format reportFormat
		count := 0
		for row, err := range format.rows(1, content) {
			if err != nil || row.Name() != "alice" {
				t.Errorf("%s: row %+v, error %v", name, row, err)
			}
			count++
		}
		if count != 1 {
			t.Errorf("%s: %d rows", name, count)
		}
	}
	if rows, err := rowsOf(t, shortHeader+aliceRow, shortHeader, "", "bob@a,N/A,-,FALSE\n"); err != nil || len(rows) != 2 {
		t.Errorf("over pages: %d rows, error %v", len(rows), err)
	}
}

func TestAMalformedReportIsAnErrorThatNamesThePlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pages []string
		want  string
	}{
		"cut in a value":     {[]string{shortHeader + aliceRow + "bob@a,2026-01-02T03:04:05Z,2026-0"}, `line 3 of page 1: has 3 values for 4 columns`},
		"cut in a name":      {[]string{shortHeader + aliceRow + "bo"}, `line 3 of page 1: has 1 values for 4 columns`},
		"too many":           {[]string{shortHeader + "bob@a,-,-,TRUE,FALSE\n"}, `line 2 of page 1: has 5 values for 4 columns`},
		"cut in quotes":      {[]string{shortHeader + "\"bob@a\n\n,-,-"}, `line 2 of page 1: breaks off within quotation marks`},
		"misplaced quotes":   {[]string{shortHeader + "bo\"b@a,-,-,TRUE\n"}, `line 2 of page 1: has a quotation mark where none may be`},
		"no user":            {[]string{shortHeader + ",-,-,TRUE\n"}, `line 2 of page 1: names no user`},
		"a column twice":     {[]string{"user,mfa_active,mfa_active\n"}, `line 1 of page 1: "mfa_active" names two columns`},
		"other columns":      {[]string{shortHeader + aliceRow, "user,mfa_active\nbob@a,TRUE\n"}, `line 1 of page 2: has other columns than the first page`},
		"nothing":            {[]string{""}, `page 1: is empty`},
		"no report":          {[]string{"<html>proxy</html>"}, `page 1: is neither Base64 nor Base32 of a CSV`},
		"another first name": {[]string{"users,mfa_active\n"}, `page 1: is neither Base64 nor Base32 of a CSV`},
		"an endless line":    {[]string{shortHeader + strings.Repeat(",", 1<<20)}, `line 2 of page 1: is longer than 64 KiB`},
	} {
		rows, err := rowsOf(t, c.pages...)
		var wrong *ReportError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v and %d rows, want %s", name, err, len(rows), c.want)
		}
	}
}

func TestAnInvalidlyEncodedReportIsAnError(t *testing.T) {
	t.Parallel()
	whole := base64.StdEncoding.EncodeToString([]byte(shortHeader + aliceRow))
	for name, content := range map[string]string{"cut": whole[:len(whole)-3], "spoilt": whole[:80] + "*" + whole[81:]} {
		var format reportFormat
		var last error
		for _, err := range format.rows(1, content) {
			last = err
		}
		var wrong *ReportError
		if !errors.As(last, &wrong) {
			t.Errorf("%s: %v", name, last)
		}
	}
}

// reportPageOf returns a response with a page of a report.
func reportPageOf(next, csv string) string {
	return fmt.Sprintf(`{"RequestId":"R","GeneratedTime":"2026-01-19T15:06:52Z","Content":%q,"IsTruncated":"%t","NextToken":%q}`,
		base64.StdEncoding.EncodeToString([]byte(csv)), next != "", next)
}

// readReport reads a report from a service that returns the pages in order.
func readReport(t *testing.T, pages ...string) (users []string, err error) {
	t.Helper()
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		respond(t, w, 200, pages[min(number, len(pages))-1])
	})
	report, err := newTestClient(t, srv.URL, func(c *Config) { c.MaxRetries = 0 }).CredentialReport(t.Context())
	if err != nil {
		return nil, err
	}
	for row, err := range report.Rows(t.Context()) {
		if err != nil {
			return users, err
		}
		users = append(users, row.User)
	}
	if calls := srv.received(); len(calls) > len(pages)+1 {
		t.Errorf("%d calls for %d pages", len(calls), len(pages))
	}
	return users, nil
}

func TestAReportIsReadOverItsPages(t *testing.T) {
	t.Parallel()
	bob := strings.ReplaceAll(aliceRow, "alice", "bob")
	users, err := readReport(t, reportPageOf("a", shortHeader+aliceRow), reportPageOf("b", ""), reportPageOf("", shortHeader+aliceRow+bob))
	if want := []string{"alice@acme.onaliyun.com", "bob@acme.onaliyun.com"}; err != nil || !slices.Equal(users, want) {
		t.Errorf("got %q, %v", users, err)
	}
	for name, pages := range map[string][]string{
		"leads back":       {reportPageOf("a", shortHeader+aliceRow), reportPageOf("a", bob)},
		"more and nowhere": {strings.Replace(reportPageOf("", shortHeader), `"false"`, `"true"`, 1)},
		"of no report":     {reportPageOf("a", shortHeader), `{"RequestId":"R"}`},
	} {
		if users, err := readReport(t, pages...); !errors.Is(err, errIncomplete) {
			t.Errorf("%s: users %q, error %v", name, users, err)
		}
	}
	newer := strings.Replace(reportPageOf("", shortHeader+bob), "15:06", "19:06", 1)
	var replaced *ReportReplacedError
	if users, err := readReport(t, reportPageOf("a", shortHeader+aliceRow), newer); !errors.As(err, &replaced) {
		t.Errorf("replaced: users %q, error %v", users, err)
	}
	if _, err := readReport(t, `{"RequestId":"R"}`); !NoReport(err) {
		t.Errorf("no report: %v", err)
	}
	if _, err := readReport(t, strings.Replace(reportPageOf("", shortHeader), "2026-01-19T15:06:52Z", "", 1)); err == nil || NoReport(err) {
		t.Errorf("no time: %v", err)
	}
}

func TestNoErrorOfAReportShowsASecret(t *testing.T) {
	t.Parallel()
	_, err := readReport(t, reportPageOf("", "user,"+testKey.Secret+","+testKey.Secret+"\n"))
	var wrong *ReportError
	if !errors.As(err, &wrong) || strings.Contains(err.Error(), testKey.Secret) || !strings.Contains(err.Error(), removed) {
		t.Errorf("got %v", err)
	}
	long := strings.Repeat("x", 500)
	_, err = readReport(t, reportPageOf("", "user,"+long+","+long+"\n"))
	if !errors.As(err, &wrong) || len([]rune(wrong.Value)) > maxQuoted+1 {
		t.Errorf("the error quotes too much: %v", err)
	}
}

func TestNoReport(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"EntityNotExist.CredentialReport": true, "EntityNotExist": true, "CredentialReport.NotReady": true, "ReportNotPresent": true,
		"LimitExceeded.CredentialReport": false, "NoPermission": false, "InvalidApi.NotFound": false, "Throttling": false,
	} {
		if got := NoReport(fmt.Errorf("x: %w", &Error{Code: code, Status: 404})); got != want {
			t.Errorf("%s: got %t", code, got)
		}
	}
	if NoReport(nil) || NoReport(&Error{Code: "InternalError", Status: 500}) {
		t.Error("NoReport is true for nil or an unrelated error")
	}
}

// FuzzCredentialReport parses arbitrary content. The parser must not panic, and must take
// the values from the columns that the header names.
func FuzzCredentialReport(f *testing.F) {
	for _, csv := range []string{
		"", shortHeader, shortHeader + aliceRow, "user", "\ufeffuser\n", "user,x,x", shortHeader + "a,b,c,d", shortHeader + "\"a\"\"b\",,,\n",
		shortHeader + "\"a\n", "user,\"x\ny\"\r\n\"<root>\",N/A\r\n", shortHeader + strings.Repeat(",", 70000), "user,passkeys\na,1\n",
	} {
		f.Add(base64.StdEncoding.EncodeToString([]byte(csv)), csv)
		f.Add(base32.StdEncoding.EncodeToString([]byte(csv)), shortHeader+csv)
	}
	f.Fuzz(func(t *testing.T, content, csv string) {
		for _, pages := range [][]string{{content, content}, {base64.StdEncoding.EncodeToString([]byte(shortHeader + csv)), content}, {base64.RawStdEncoding.EncodeToString([]byte(csv))}} {
			var format reportFormat
			for number, page := range pages {
				failed := false
				for row, err := range format.rows(number+1, page) {
					if failed {
						t.Fatal("an item follows the error")
					}
					failed = err != nil
					var wrong *ReportError
					switch {
					case failed && (!errors.As(err, &wrong) || wrong.Page != number+1):
						t.Fatalf("unexpected error: %v", err)
					case !failed && (row.User == "" || len(row.Cells)+len(row.Other)+1-unreadable(row) != len(format.columns)):
						t.Fatalf("%+v of the columns %q", row, format.columns)
					}
				}
				if failed {
					break
				}
			}
		}
	})
}

// unreadable counts the unreadable cells, whose raw values are saved.
func unreadable(row CredentialRow) (n int) {
	for _, cell := range row.Cells {
		if cell.Note == Unreadable {
			n++
		}
	}
	return n
}

// lostKey are credentials that fail.
type lostKey struct{ fixedKey }

func (*lostKey) Get(context.Context) (Key, error) { return Key{}, errors.New("the profile is gone") }

// A value of the report is quoted without the secret of the credentials. Without the credentials, it is not known what is secret.
func TestCredentialReport_quotesNoSecret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		credentials Credentials
		value, want string
	}{
		{&fixedKey{Key: testKey}, "x" + testKey.Secret, "x" + removed},
		{&fixedKey{Key: testKey}, strings.Repeat("ä", maxQuoted), strings.Repeat("ä", maxQuoted)},
		{&fixedKey{Key: testKey}, strings.Repeat("ä", maxQuoted+1), strings.Repeat("ä", maxQuoted) + "…"},
		{&lostKey{}, "x", removed},
	} {
		report := CredentialReport{client: &Client{config: Config{Credentials: c.credentials}}}
		wrong := &ReportError{Value: c.value, Err: errors.New("no date")}
		if err := report.quotable(t.Context(), wrong); !errors.Is(err, wrong) || wrong.Value != c.want {
			t.Errorf("%q: %v", c.value, err)
		}
	}
}
