// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

var (
	// A second call within four hours does not start another report (documented).
	generateCredentialReport = operation{product: imsProduct, action: "GenerateCredentialReport", repeat: set}
	getCredentialReport      = operation{product: imsProduct, action: "GetCredentialReport", repeat: read}
)

const (
	// CredentialReportInterval is the shortest time between two credential reports
	// (documented).
	CredentialReportInterval = 4 * time.Hour
	// CredentialReportUsers is the largest number of users for which the service generates
	// a report (documented).
	CredentialReportUsers = 3500
	// rowsPerPage limits the memory that one page needs. The service allows 3501 rows.
	rowsPerPage = 1000
)

// ReportState is the progress of a report.
type ReportState string

// The states of a report.
const (
	// A state that is not listed here counts as in progress.
	ReportNone       ReportState = ""
	ReportStarted    ReportState = "started"
	ReportInProgress ReportState = "in progress"
	ReportCompleted  ReportState = "completed"
)

// reportState parses the states of both kinds of report: STARTED, INPROGRESS and COMPLETED,
// and Started, Progressing and Completed (documented).
func reportState(state text) ReportState {
	switch word := strings.ToLower(strings.TrimSpace(string(state))); word {
	case "inprogress", "progressing":
		return ReportInProgress
	case "completed", "complete":
		return ReportCompleted
	default:
		return ReportState(newRedactor().clean(word))
	}
}

type reportStateResponse struct{ State text }

func (a *reportStateResponse) missing() string {
	if a.State == "" {
		return "State"
	}
	return ""
}

// GenerateCredentialReport starts a report and returns its state. It does not start one if
// the last report is less than four hours old or a report is in progress.
func (c *Client) GenerateCredentialReport(ctx context.Context) (ReportState, error) {
	var response reportStateResponse
	if err := c.call(ctx, generateCredentialReport, nil, &response); err != nil {
		return ReportNone, err
	}
	return reportState(response.State), nil
}

// errNoReport means that the response holds no report.
var errNoReport = errors.New("there is no report yet")

// NoReport reports whether err means that no report exists yet. The service does not
// publish the code, so every code about a report or a missing object counts.
func NoReport(err error) bool {
	if errors.Is(err, errNoReport) {
		return true
	}
	serviceErr := serviceError(err)
	if serviceErr == nil || serviceErr.Status/100 != 4 || LimitExceeded(err) || Denied(err) {
		return false
	}
	return hasCode(err, "EntityNotExist") || strings.Contains(serviceErr.Code, "Report")
}

// ReportRefused reports whether the service refused to generate a report. The code for too
// many users is not published, so every refusal counts, except missing permissions and
// throttling.
func ReportRefused(err error) bool {
	serviceErr := serviceError(err)
	return serviceErr != nil && serviceErr.Status/100 == 4 && !Denied(err) && !Throttled(err)
}

type credentialReportResponse struct {
	GeneratedTime timestamp
	Content       text
	IsTruncated   flag // a string (documented)
	NextToken     text
}

func (a *credentialReportResponse) missing() string {
	switch {
	case a.Content == "" && a.GeneratedTime.value.IsZero():
		return "" // there is no report; see errNoReport
	case a.GeneratedTime.value.IsZero():
		return "GeneratedTime"
	}
	return ""
}

// ReportReplacedError means that a newer report replaced the report while it was read, so
// its pages do not belong together.
type ReportReplacedError struct {
	Action string
	Err    error // error of the service for the next page of the old report; may be nil
}

func (e *ReportReplacedError) Error() string {
	text := e.Action + ": the report was replaced by a newer one while it was read"
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause, if any.
func (e *ReportReplacedError) Unwrap() error { return e.Err }

// CredentialReport is a report of the account's users and their credentials.
type CredentialReport struct {
	GeneratedTime time.Time

	client *Client
	first  credentialReportResponse
	format reportFormat
}

// CredentialReport reads the first page of the current report. NoReport(err) reports
// whether there is no report.
func (c *Client) CredentialReport(ctx context.Context) (*CredentialReport, error) {
	report := &CredentialReport{client: c}
	var err error
	if report.first, err = c.reportPage(ctx, ""); err != nil {
		return nil, err
	}
	report.GeneratedTime = report.first.GeneratedTime.value
	if report.GeneratedTime.IsZero() {
		return nil, fmt.Errorf("%s: %w", getCredentialReport.action, errNoReport)
	}
	return report, nil
}

func (c *Client) reportPage(ctx context.Context, token string) (response credentialReportResponse, err error) {
	in := params{"MaxItems": strconv.Itoa(rowsPerPage)}
	if token != "" {
		in["NextToken"] = token
	}
	err = c.call(ctx, getCredentialReport, in, &response)
	if err == nil && token != "" && response.GeneratedTime.value.IsZero() {
		err = fmt.Errorf("%s: %w: a page does not say of which report it is", getCredentialReport.action, errIncomplete)
	}
	return response, err
}

// Rows yields all rows of the report, starting with the root account. It holds one page in
// memory. If a user has two rows, the second is ignored. An error is yielded at most once,
// as the last item: the report is then incomplete.
func (r *CredentialReport) Rows(ctx context.Context) iter.Seq2[CredentialRow, error] {
	return func(yield func(CredentialRow, error) bool) {
		if err := r.read(ctx, yield); err != nil {
			yield(CredentialRow{}, fmt.Errorf("%s: %w", getCredentialReport.action, r.quotable(ctx, err)))
		}
	}
}

// read yields rows until the report ends or the caller stops.
func (r *CredentialReport) read(ctx context.Context, yield func(CredentialRow, error) bool) error {
	passed, seen := seenMarkers{}, map[string]bool{}
	format := r.format
	response := r.first
	for number := 1; ; number++ {
		for row, err := range format.rows(number, string(response.Content)) {
			if err != nil {
				return err
			}
			if seen[row.User] {
				continue
			}
			seen[strings.Clone(row.User)] = true
			if !yield(row, nil) {
				return nil
			}
		}
		token, err := passed.next(page{IsTruncated: response.IsTruncated, Marker: response.NextToken})
		if err != nil || token == "" {
			return err
		}
		response, err = r.client.reportPage(ctx, token)
		if hasCode(err, "InvalidParameter") { // the token may be valid for one report only
			return &ReportReplacedError{getCredentialReport.action, err}
		}
		if err != nil {
			return err
		}
		if !response.GeneratedTime.value.Equal(r.GeneratedTime) {
			return &ReportReplacedError{Action: getCredentialReport.action}
		}
	}
}

// quotable removes the secrets of the client from a value that an error quotes. A report
// should hold none, but its text comes from the service (LOG-02).
func (r *CredentialReport) quotable(ctx context.Context, err error) error {
	var wrong *ReportError
	if !errors.As(err, &wrong) || wrong.Value == "" {
		return err
	}
	key, unknown := r.client.config.Credentials.Get(ctx)
	if unknown != nil {
		wrong.Value = removed
		return err
	}
	wrong.Value = newRedactor(key.Secret, key.Token).clean(wrong.Value)
	if runes := []rune(wrong.Value); len(runes) > maxQuoted {
		wrong.Value = string(runes[:maxQuoted]) + "…"
	}
	return err
}

// maxQuoted limits the length of a quoted value.
const maxQuoted = 32
