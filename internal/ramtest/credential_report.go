// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/csv"
	"strconv"
	"strings"
	"time"
)

var credentialReportActions = table{
	"Ims/GenerateCredentialReport": {run: generateCredentialReport, write: true},
	"Ims/GetCredentialReport":      {run: getCredentialReport},
}

// CredentialReport is the account's report of its users, as it was when it was made.
type CredentialReport struct {
	GeneratedTime time.Time  // zero: none was ever made
	Lines         [][]string // the names of the columns first

	Progress ReportProgress
	Next     [][]string // what the report under way will have
}

const (
	// A new report is made every four hours at most. (documented)
	reportInterval = 4 * time.Hour
	// An account with more users has none. (documented)
	reportUsers = 3500
	// The rows of a page. (documented)
	reportRows = 3501
)

// Begins a report, or reports how far the one under way is: STARTED, INPROGRESS, COMPLETED. Within four hours of the last
// report there is no other, and the answer is about that one. (documented; that it is COMPLETED is assumed:
// Behaviour.ReportsRefused) The report describes the account as it was when it began. (assumed)
func generateCredentialReport(r *request) (reply, error) {
	report := &r.account.CredentialReport
	switch {
	case report.Progress.Pending:
		if !report.Progress.ask(r) {
			return reply{"State": "INPROGRESS"}, nil
		}
	case !report.GeneratedTime.IsZero() && r.now.Before(report.GeneratedTime.Add(reportInterval)):
		if r.server.behaviour.RefuseEarlyReports {
			return nil, reportTooSoon()
		}
		return reply{"State": "COMPLETED"}, nil
	case len(r.account.Users) > reportUsers && !r.server.behaviour.UnlimitedReports:
		return nil, tooManyUsersForReport()
	default:
		report.Next = r.credentialLines()
		if !report.Progress.begin(r) {
			return reply{"State": "STARTED"}, nil
		}
	}
	report.GeneratedTime, report.Lines, report.Next = r.now, report.Next, nil
	return reply{"State": "COMPLETED"}, nil
}

// (assumed: the code is not published)
func tooManyUsersForReport() error {
	return exceeded("User.CredentialReport", "The count of users beyond the limit of the credential report.")
}

// (assumed: whether there is such an answer is not known)
func reportTooSoon() error {
	return exceeded("CredentialReport", "The credential report was generated within four hours.")
}

// (assumed: the code is not published)
func noCredentialReport() error {
	return notExist("CredentialReport", "The credential report does not exist.")
}

// A page of the last report, CSV in Base64, and where the next one begins. MaxItems is a text, and so is IsTruncated.
// (documented) Assumed are what is answered before any report (Behaviour.NoReportEmpty) and that each page has the names
// of the columns (Behaviour.HeaderOnce), of which no text speaks.
func getCredentialReport(r *request) (reply, error) {
	report, b := r.account.CredentialReport, r.server.behaviour
	if report.GeneratedTime.IsZero() {
		if b.MissingReportEmpty {
			return reply{"IsTruncated": "false"}, nil
		}
		return nil, noCredentialReport()
	}
	size := reportRows
	if err := r.integer("MaxItems", 1, reportRows, &size); err != nil {
		return nil, err
	}
	if b.PageCap > 0 {
		size = min(size, b.PageCap)
	}
	header, rows := report.Lines[0], report.Lines[1:]
	start, err := r.reportPosition(report.GeneratedTime, len(rows))
	if err != nil {
		return nil, err
	}
	end := min(start+size, len(rows))
	lines := rows[start:end]
	if start == 0 || !b.HeaderOnFirstPageOnly {
		lines = append([][]string{header}, lines...)
	}
	content, err := r.encodeReport(lines)
	if err != nil {
		return nil, err
	}
	answer := reply{"GeneratedTime": stamp(report.GeneratedTime), "Content": content, "IsTruncated": strconv.FormatBool(end < len(rows))}
	if end < len(rows) {
		answer["NextToken"] = reportToken(report.GeneratedTime, end)
	}
	return answer, nil
}

// A token belongs to one report. (assumed)
func reportToken(generated time.Time, position int) string {
	return base64.URLEncoding.EncodeToString([]byte(stamp(generated) + " " + strconv.Itoa(position)))
}

func (r *request) reportPosition(generated time.Time, rows int) (int, error) {
	if r.text("NextToken") == "" {
		return 0, nil
	}
	text, err := base64.URLEncoding.DecodeString(r.text("NextToken"))
	if err != nil {
		return 0, incorrect("NextToken")
	}
	report, position, _ := strings.Cut(string(text), " ")
	start, err := strconv.Atoi(position)
	if err != nil || report != stamp(generated) || start < 0 || start > rows {
		return 0, incorrect("NextToken")
	}
	return start, nil
}

// Base64. (documented, and observed by a third party) One of the vendor's samples is Base32. (Behaviour.ReportInBase32)
func (r *request) encodeReport(lines [][]string) (string, error) {
	var text bytes.Buffer
	if err := csv.NewWriter(&text).WriteAll(lines); err != nil {
		return "", err
	}
	if r.server.behaviour.ReportInBase32 {
		return base32.StdEncoding.EncodeToString(text.Bytes()), nil
	}
	return base64.StdEncoding.EncodeToString(text.Bytes()), nil
}
