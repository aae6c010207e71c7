// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// unchangedChecks is after how many checks an unchanged report is accepted, if the service
// reports completion but never reported a start: a new report may be visible late.
const unchangedChecks = 4

// credentialReportRequest reads a report that is not older than the maximum age.
type credentialReportRequest struct {
	*instance.Instance
	maxAge

	timeout time.Duration
	onWait  func(ram.ReportState) // called after each check that finds no report; may be nil

	previous        *ram.CredentialReport // nil: none
	started         bool                  // the service reported that it generates a new report
	completedChecks int                   // how often the service reported completion
}

// read returns all rows of one report, and when it was generated.
func (m *credentialReportRequest) read(ctx context.Context) (created time.Time, rows []ram.CredentialRow, err error) {
	found, err := m.find(ctx)
	if err != nil {
		return time.Time{}, nil, err
	}
	err = retryReplaced(func() error {
		if found == nil { // replaced
			if found, err = m.Client.CredentialReport(ctx); err != nil {
				return err
			}
		}
		created, rows = found.GeneratedTime, nil
		for row, err := range found.Rows(ctx) {
			if err != nil {
				found = nil
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return created, rows, err
}

// find returns the existing report if it is recent enough, or requests a new one.
func (m *credentialReportRequest) find(ctx context.Context) (found *ram.CredentialReport, err error) {
	m.previous, err = m.Client.CredentialReport(ctx)
	if err != nil && !ram.NoReport(err) {
		return nil, err
	}
	if isRecent, err := m.recent(ctx, m.previous); err != nil || isRecent {
		return m.previous, err
	}
	err = waitForReport(ctx, m.Instance, "credential report", m.timeout, func(ctx context.Context) (state ram.ReportState, there bool, err error) {
		found, state, there, err = m.check(ctx)
		if m.onWait != nil && err == nil && !there {
			m.onWait(state)
		}
		return state, there, err
	})
	if err != nil {
		return nil, err
	}
	isRecent, err := m.recent(ctx, found)
	if err != nil || isRecent || !m.configured {
		return found, err
	}
	return nil, diagnostics.WithState(
		fmt.Sprintf("The last report is of %s, which is older than max_age = %s.", found.GeneratedTime.Format(time.RFC3339), m.age),
		fmt.Errorf("the service generates at most one report every four hours. Run again after %s, or increase max_age",
			found.GeneratedTime.Add(ram.CredentialReportInterval).Format(time.RFC3339)),
	)
}

func (m *credentialReportRequest) recent(ctx context.Context, report *ram.CredentialReport) (bool, error) {
	if report == nil {
		return false, nil
	}
	now, err := m.Client.ServerTime(ctx)
	return now.Sub(report.GeneratedTime) < m.age, err
}

// check reads the state of the report, and the report when it is complete.
func (m *credentialReportRequest) check(ctx context.Context) (*ram.CredentialReport, ram.ReportState, bool, error) {
	state, err := m.Client.GenerateCredentialReport(ctx)
	if ram.ReportRefused(err) {
		return m.explainRefusal(ctx, err)
	}
	if err != nil {
		return nil, state, false, err
	}
	if state != ram.ReportCompleted {
		m.started = true
		return nil, state, false, nil
	}
	m.completedChecks++
	found, err := m.Client.CredentialReport(ctx)
	if ram.NoReport(err) {
		return nil, state, false, nil
	}
	if err != nil {
		return nil, state, false, err
	}
	other := m.previous == nil || !found.GeneratedTime.Equal(m.previous.GeneratedTime)
	return found, state, other || !m.started && m.completedChecks >= unchangedChecks, nil
}

// explainRefusal explains a refusal, whose code is not published. Either the account has
// too many users, or the last report is too recent.
func (m *credentialReportRequest) explainRefusal(ctx context.Context, cause error) (*ram.CredentialReport, ram.ReportState, bool, error) {
	summary, err := m.Client.AccountSummary(ctx)
	switch users := summary["Users"]; {
	case err != nil:
		tflog.Info(ctx, "Cannot count the users to explain why there is no credential report")
	case users > ram.CredentialReportUsers:
		return nil, ram.ReportNone, false, diagnostics.WithState(
			fmt.Sprintf("The account has %d RAM users. The service generates no credential report for more than %d users. Data sources such as ram_access_keys read each user.", users, ram.CredentialReportUsers),
			cause,
		)
	case ram.LimitExceeded(cause):
		found, err := m.Client.CredentialReport(ctx) // an attempt without a response may have generated it
		now, unknown := m.Client.ServerTime(ctx)
		if err == nil && unknown == nil && now.Sub(found.GeneratedTime) < 2*ram.CredentialReportInterval {
			return found, ram.ReportCompleted, true, nil
		}
	}
	return nil, ram.ReportNone, false, cause
}
