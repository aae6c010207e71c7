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

// lateLooks is after how many checks an unchanged report is accepted, if the service
// reports completion but never reported a start: a new report may be visible late.
const lateLooks = 4

// credentialMaking reads a report that is not older than the maximum age.
type credentialMaking struct {
	*instance.Instance
	oldest

	patience time.Duration
	wait     func(ram.ReportState) // called after each check that finds no report; may be nil

	had   *ram.CredentialReport // nil: none
	begun bool                  // the service reported that it generates a new report
	looks int                   // how often the service reported completion
}

// read returns all rows of one report, and when it was generated.
func (m *credentialMaking) read(ctx context.Context) (made time.Time, rows []ram.CredentialRow, err error) {
	found, err := m.find(ctx)
	if err != nil {
		return time.Time{}, nil, err
	}
	err = untilWhole(func() error {
		if found == nil { // replaced
			if found, err = m.Client.CredentialReport(ctx); err != nil {
				return err
			}
		}
		made, rows = found.GeneratedTime, nil
		for row, err := range found.Rows(ctx) {
			if err != nil {
				found = nil
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return made, rows, err
}

// find returns the existing report if it is recent enough, or requests a new one.
func (m *credentialMaking) find(ctx context.Context) (found *ram.CredentialReport, err error) {
	m.had, err = m.Client.CredentialReport(ctx)
	if err != nil && !ram.NoReport(err) {
		return nil, err
	}
	if young, err := m.young(ctx, m.had); err != nil || young {
		return m.had, err
	}
	err = waitForReport(ctx, m.Instance, "credential report", m.patience, func(ctx context.Context) (state ram.ReportState, there bool, err error) {
		found, state, there, err = m.look(ctx)
		if m.wait != nil && err == nil && !there {
			m.wait(state)
		}
		return state, there, err
	})
	if err != nil {
		return nil, err
	}
	young, err := m.young(ctx, found)
	if err != nil || young || !m.asked {
		return found, err
	}
	return nil, diagnostics.WithState(
		fmt.Sprintf("The last report was made at %s, which is longer ago than max_age = %s allows.", found.GeneratedTime.Format(time.RFC3339), m.age),
		fmt.Errorf("the service makes a report every four hours at most, and the next one at %s or later: run again then, or let max_age be longer",
			found.GeneratedTime.Add(ram.CredentialReportInterval).Format(time.RFC3339)),
	)
}

func (m *credentialMaking) young(ctx context.Context, report *ram.CredentialReport) (bool, error) {
	if report == nil {
		return false, nil
	}
	now, err := m.Client.ServerTime(ctx)
	return now.Sub(report.GeneratedTime) < m.age, err
}

// look reads the state of the report, and the report when it is complete.
func (m *credentialMaking) look(ctx context.Context) (*ram.CredentialReport, ram.ReportState, bool, error) {
	state, err := m.Client.GenerateCredentialReport(ctx)
	if ram.ReportRefused(err) {
		return m.refused(ctx, err)
	}
	if err != nil {
		return nil, state, false, err
	}
	if state != ram.ReportCompleted {
		m.begun = true
		return nil, state, false, nil
	}
	m.looks++
	found, err := m.Client.CredentialReport(ctx)
	if ram.NoReport(err) {
		return nil, state, false, nil
	}
	if err != nil {
		return nil, state, false, err
	}
	other := m.had == nil || !found.GeneratedTime.Equal(m.had.GeneratedTime)
	return found, state, other || !m.begun && m.looks >= lateLooks, nil
}

// refused explains a refusal, of which the code is not published: there are too many
// users, or the last report is too young.
func (m *credentialMaking) refused(ctx context.Context, cause error) (*ram.CredentialReport, ram.ReportState, bool, error) {
	summary, err := m.Client.AccountSummary(ctx)
	switch users := summary["Users"]; {
	case err != nil:
		tflog.Info(ctx, "Cannot count the users to explain why there is no credential report")
	case users > ram.CredentialReportUsers:
		return nil, ram.ReportNone, false, diagnostics.WithState(
			fmt.Sprintf("The account has %d RAM users. The service makes no credential report for more than %d. Data sources such as ram_access_keys read the users one by one.", users, ram.CredentialReportUsers),
			cause,
		)
	case m.had != nil && ram.LimitExceeded(cause):
		now, err := m.Client.ServerTime(ctx)
		if err == nil && now.Sub(m.had.GeneratedTime) < 2*ram.CredentialReportInterval {
			return m.had, ram.ReportCompleted, true, nil
		}
	}
	return nil, ram.ReportNone, false, cause
}
