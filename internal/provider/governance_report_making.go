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

// governanceMaking reads a report that is not older than the maximum age.
type governanceMaking struct {
	*instance.Instance
	oldest

	patience time.Duration
	wanted   []string // items; none: all
}

// governed is a complete report.
type governed struct {
	made   time.Time
	status ram.GovernanceStatus
	items  []ram.GovernanceItem
}

// read returns all items of one report.
func (m *governanceMaking) read(ctx context.Context) (said governed, err error) {
	if err := m.find(ctx); err != nil {
		return governed{}, err
	}
	err = untilWhole(func() error {
		said, err = m.items(ctx)
		return err
	})
	return said, err
}

// find requests a new report if there is none that is recent enough.
func (m *governanceMaking) find(ctx context.Context) error {
	had, _, err := m.Client.GovernanceMetrics(ctx)
	if err != nil && !ram.NoReport(err) {
		return err
	}
	now, err := m.Client.ServerTime(ctx)
	if err != nil {
		return err
	}
	if !had.IsZero() && (!m.asked || now.Sub(had) < m.age) {
		return nil
	}
	state, err := m.Client.GenerateGovernanceReport(ctx)
	if err != nil {
		return err
	}
	return waitForReport(ctx, m.Instance, "governance report", m.patience, func(ctx context.Context) (ram.ReportState, bool, error) {
		if state != ram.ReportCompleted {
			status, err := m.Client.GovernanceReportStatus(ctx)
			if state = status.Whole; err != nil || state != ram.ReportCompleted {
				return state, false, err
			}
		}
		made, _, err := m.Client.GovernanceMetrics(ctx)
		if ram.NoReport(err) {
			return state, false, nil
		}
		return state, err == nil && !made.IsZero() && !made.Equal(had), err
	})
}

// items reads the items of the current report.
func (m *governanceMaking) items(ctx context.Context) (said governed, err error) {
	if said.status, err = m.Client.GovernanceReportStatus(ctx); err != nil {
		return governed{}, err
	}
	made, metrics, err := m.Client.GovernanceMetrics(ctx)
	if err != nil {
		return governed{}, err
	}
	known := map[string]bool{}
	for _, metric := range metrics {
		known[metric.Item] = true
	}
	for _, item := range said.status.Items {
		known[item.Item] = true
	}
	names := slices.Sorted(maps.Keys(known))
	if len(m.wanted) > 0 {
		names = slices.Sorted(slices.Values(m.wanted))
	}
	said.made = made
	for _, name := range names {
		if !known[name] {
			return governed{}, &unknownItemError{name, slices.Sorted(maps.Keys(known))}
		}
		item, err := m.Client.GovernanceItem(ctx, name)
		if err != nil {
			return governed{}, err
		}
		if item.GenerateTime.After(made) { // an item may be older than the whole (assumed), but not newer
			return governed{}, &ram.ReportReplacedError{Action: "GetGovernanceItemReport"}
		}
		said.items = append(said.items, item)
	}
	return said, nil
}
