// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

var credentialReportActions = table{
	"Ims/GenerateCredentialReport": {run: generateCredentialReport, write: true},
	"Ims/GetCredentialReport":      {run: getCredentialReport},
}

// CredentialReport is the report of an account's users as of the time when it was generated.
type CredentialReport struct {
	GeneratedTime time.Time  // zero if there is no report
	Lines         [][]string // header first

	Progress ReportProgress
	Next     [][]string // lines of the report in progress
}

const (
	// reportInterval is the minimum between two reports. (documented)
	reportInterval = 4 * time.Hour
	// reportUsers is the maximum number of users with a report. (documented)
	reportUsers = 3500
	// reportRows is the number of rows on a page. (documented)
	reportRows = 3501
)

// generateCredentialReport starts a report, or returns the progress of the current one: STARTED, INPROGRESS, COMPLETED.
// Within four hours of the last report it does not start another one and returns the state of the last. (documented; that
// it is COMPLETED is assumed, Behaviour.RefuseEarlyReports) The report has the state of the account at its start. (assumed)
func generateCredentialReport(r *request) (reply, error) {
	report := &r.account.CredentialReport
	switch {
	case report.Progress.Pending:
		if !report.Progress.poll(r) {
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

// tooManyUsersForReport is assumed, including its code.
func tooManyUsersForReport() error {
	return exceeded("User.CredentialReport", "The count of users beyond the limit of the credential report.")
}

// reportTooSoon is assumed.
func reportTooSoon() error {
	return exceeded("CredentialReport", "The credential report was generated within four hours.")
}

// noCredentialReport is assumed, including its code.
func noCredentialReport() error {
	return notExist("CredentialReport", "The credential report does not exist.")
}

// getCredentialReport returns a page of the last report, CSV in Base64, and the token of the next page. MaxItems and
// IsTruncated are strings. (documented) The response without a report (Behaviour.MissingReportEmpty), and that each page
// has the header (Behaviour.HeaderOnFirstPageOnly), are assumed.
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
	body := reply{"GeneratedTime": stamp(report.GeneratedTime), "Content": content, "IsTruncated": strconv.FormatBool(end < len(rows))}
	if end < len(rows) {
		body["NextToken"] = reportToken(report.GeneratedTime, end)
	}
	return body, nil
}

// reportToken returns a page token that is valid for one report. (assumed)
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

// encodeReport encodes in Base64. (documented, and observed by a third party) One of the vendor's samples is in Base32.
// (Behaviour.ReportInBase32).
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

// Contents of cells without a value. (documented; LOGIN_DISABLED observed)
const (
	never         = "-"
	notApplicable = "N/A"
	loginDisabled = "LOGIN_DISABLED"
)

// reportKeys are the columns of a user's keys. The additional ones are legacy. (documented)
var reportKeys = []string{"access_key_1", "access_key_2", "additional_access_key_1", "additional_access_key_2", "additional_access_key_3"}

// reportColumns returns the columns in order. Older reports lack the additional keys. (documented)
func (r *request) reportColumns() []string {
	columns := []string{
		"user", "user_creation_time", "user_last_logon",
		"password_exist", "password_active", "password_last_changed", "password_next_rotation", "mfa_active",
	}
	for _, key := range r.reportedKeys() {
		columns = append(columns, key+"_exist", key+"_active", key+"_last_rotated", key+"_last_used")
	}
	if r.server.behaviour.ExtraReportColumns {
		columns = append(columns, "passkeys", "display_name")
	}
	return columns
}

func (r *request) reportedKeys() []string {
	if r.server.behaviour.HideNewerFields {
		return reportKeys[:2]
	}
	return reportKeys
}

// credentialLines returns the line of the root account first (documented), then those of the users by name. (assumed)
func (r *request) credentialLines() [][]string {
	lines := [][]string{r.reportColumns(), r.rootLine()}
	for _, name := range slices.Sorted(maps.Keys(r.account.Users)) {
		lines = append(lines, r.userLine(r.account.Users[name]))
	}
	return lines
}

// rootLine returns the line of the root account, which has a password and few other values. (documented) N/A as its
// creation date and - as its last logon are assumed.
func (r *request) rootLine() []string {
	line := []string{
		"<root>", notApplicable, never, "TRUE", notApplicable, never, notApplicable, formatBool(r.account.RootMFA),
	}
	line = append(line, r.keyCells(r.account.Keys)...)
	if r.server.behaviour.ExtraReportColumns {
		line = append(line, "0", "")
	}
	return line
}

func (r *request) userLine(user *User) []string {
	line := []string{r.principalName(user.Name), stamp(user.CreateDate), happened(user.LastLoginDate)}
	line = append(line, r.passwordCells(user)...)
	line = append(line, r.keyCells(user.Keys)...)
	if r.server.behaviour.ExtraReportColumns {
		line = append(line, strings.Repeat("*", len(user.Passkeys)), user.DisplayName)
	}
	return line
}

// passwordCells returns the cells password_exist to mfa_active. They are N/A for a user without a login profile.
// (documented; FALSE in the first cell is assumed, Behaviour.PasswordExistFalse).
func (r *request) passwordCells(user *User) []string {
	profile := user.LoginProfile
	if profile == nil {
		exist := notApplicable
		if r.server.behaviour.PasswordExistFalse {
			exist = "FALSE"
		}
		return []string{exist, notApplicable, notApplicable, notApplicable, notApplicable}
	}
	cells := []string{"TRUE", formatBool(profile.Status == "Active"), happened(profile.PasswordDate), never, formatBool(user.MFASerial != "")}
	if age := r.account.Policy.MaxPasswordAge; age > 0 && !profile.PasswordDate.IsZero() {
		cells[3] = stamp(profile.PasswordDate.AddDate(0, 0, age))
	}
	if profile.Status != "Active" && r.server.behaviour.ShowLoginDisabled {
		cells[1], cells[4] = loginDisabled, loginDisabled
	}
	return cells
}

// keyCells returns the cells of the keys. All cells of a missing key except the first are N/A. (documented)
func (r *request) keyCells(keys []*AccessKey) []string {
	var cells []string
	for at := range r.reportedKeys() {
		if at >= len(keys) {
			cells = append(cells, "FALSE", notApplicable, notApplicable, notApplicable)
			continue
		}
		key := keys[at]
		cells = append(cells, "TRUE", formatBool(key.Status == "Active"), happened(key.CreateDate), happened(key.LastUsed))
	}
	return cells
}

func formatBool(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

func happened(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return stamp(t)
}
