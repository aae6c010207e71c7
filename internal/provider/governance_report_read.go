// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// governanceReportRequest reads a report that is not older than the maximum age.
type governanceReportRequest struct {
	*instance.Instance
	maxAge

	timeout   time.Duration
	itemTypes []string // items; none: all
}

// governanceResult is a complete report.
type governanceResult struct {
	generated time.Time
	status    ram.GovernanceStatus
	items     []ram.GovernanceItem
}

// read returns all items of one report.
func (m *governanceReportRequest) read(ctx context.Context) (report governanceResult, err error) {
	if err := m.find(ctx); err != nil {
		return governanceResult{}, err
	}
	err = retryReplaced(func() error {
		report, err = m.items(ctx)
		return err
	})
	return report, err
}

// find requests a new report if there is none that is recent enough.
func (m *governanceReportRequest) find(ctx context.Context) error {
	had, _, err := m.Client.GovernanceMetrics(ctx)
	if err != nil && !ram.NoReport(err) {
		return err
	}
	now, err := m.Client.ServerTime(ctx)
	if err != nil {
		return err
	}
	if !had.IsZero() && (!m.configured || now.Sub(had) < m.age) {
		return nil
	}
	state, err := m.Client.GenerateGovernanceReport(ctx)
	if err != nil {
		return err
	}
	return waitForReport(ctx, m.Instance, "governance report", m.timeout, func(ctx context.Context) (ram.ReportState, bool, error) {
		if state != ram.ReportCompleted {
			status, err := m.Client.GovernanceReportStatus(ctx)
			if state = status.Whole; err != nil || state != ram.ReportCompleted {
				return state, false, err
			}
		}
		created, _, err := m.Client.GovernanceMetrics(ctx)
		if ram.NoReport(err) {
			return state, false, nil
		}
		return state, err == nil && !created.IsZero() && !created.Equal(had), err
	})
}

// items reads the items of the current report.
func (m *governanceReportRequest) items(ctx context.Context) (report governanceResult, err error) {
	if report.status, err = m.Client.GovernanceReportStatus(ctx); err != nil {
		return governanceResult{}, err
	}
	if report.status.Whole == ram.ReportNone { // find read a report
		return governanceResult{}, &ram.ReportReplacedError{Action: "GetGovernanceReportStatus"}
	}
	created, metrics, err := m.Client.GovernanceMetrics(ctx)
	if err != nil {
		return governanceResult{}, err
	}
	known := map[string]bool{}
	for _, metric := range metrics {
		known[metric.Item] = true
	}
	for _, item := range report.status.Items {
		known[item.Item] = true
	}
	names := slices.Sorted(maps.Keys(known))
	if len(m.itemTypes) > 0 {
		names = slices.Sorted(slices.Values(m.itemTypes))
	}
	report.generated = created
	for _, name := range names {
		if !known[name] {
			return governanceResult{}, &unknownItemError{name, slices.Sorted(maps.Keys(known))}
		}
		item, err := m.Client.GovernanceItem(ctx, name)
		if err != nil {
			return governanceResult{}, err
		}
		if item.GenerateTime.After(created) { // an item may be older than the whole (assumed), but not newer
			return governanceResult{}, &ram.ReportReplacedError{Action: "GetGovernanceItemReport"}
		}
		report.items = append(report.items, item)
	}
	return report, nil
}
