// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

var governanceReportActions = table{
	"Ims/GenerateGovernanceReport":    {run: generateGovernanceReport, write: true},
	"Ims/GetGovernanceReportStatus":   {run: getGovernanceReportStatus},
	"Ims/GetGovernanceItemReport":     {run: getGovernanceItemReport},
	"Ims/ListRecentGovernanceMetrics": {run: listRecentGovernanceMetrics},
}

// GovernanceReport is what the account's governance looked like when the report was made.
type GovernanceReport struct {
	GenerateTime time.Time // zero: none was ever made
	Items        []GovernanceItem
	Progress     ReportProgress
}

// GovernanceItem is one figure and the rows behind it.
type GovernanceItem struct {
	Name    string
	Type    string // Number, String, Boolean
	Number  int    // the figure of a Number
	Is      bool   // the figure of a Boolean
	Columns []string
	Rows    [][]string
}

// Begins a report. The states are documented; that one under way is not begun again, and that there is no limit to how
// often it may be made, is assumed.
func generateGovernanceReport(r *request) (reply, error) {
	report := &r.account.GovernanceReport
	switch {
	case report.Progress.Pending:
		return reply{"State": "Progressing"}, nil
	case report.Progress.begin(r):
		r.govern()
		return reply{"State": "Completed"}, nil
	default:
		return reply{"State": "Started"}, nil
	}
}

// (assumed: the code is not published)
func noGovernanceReport() error {
	return notExist("GovernanceReport", "The governance report does not exist.")
}

// How far the report is. (documented) Assumed are what is answered before any report (Behaviour.NoReportEmpty) and that
// all items have the status of the whole.
func getGovernanceReportStatus(r *request) (reply, error) {
	report, status := &r.account.GovernanceReport, "Completed"
	switch {
	case report.Progress.Pending:
		if !report.Progress.ask(r) {
			status = "Progressing"
			break
		}
		r.govern()
	case !report.GenerateTime.IsZero():
	case r.server.behaviour.MissingReportEmpty:
		return reply{"WholeReportStatus": "", "GovernanceItemsStatus": reply{"GovernanceItemStatus": []any{}}}, nil
	default:
		return nil, noGovernanceReport()
	}
	return reply{"WholeReportStatus": status, "GovernanceItemsStatus": wrapped("GovernanceItemStatus", shuffled(r, r.governanceItems()),
		func(item GovernanceItem) reply { return reply{"GovernanceItem": item.Name, "Status": status} })}, nil
}

// Only these three items are known by name. (documented; their types, columns and what counts as recent, 90 days, is assumed)
func (r *request) governanceItems() []GovernanceItem {
	recent := r.now.AddDate(0, 0, -90)
	keys := GovernanceItem{Name: "AccountRecentUsingAccessKey", Type: "Number", Columns: []string{"UserName", "AccessKeyId", "LastUsedDate"}}
	logons := GovernanceItem{Name: "RecentAccountLoginTimes", Type: "Number", Columns: []string{"UserName", "LastLoginDate"}}
	for _, name := range slices.Sorted(maps.Keys(r.account.Users)) {
		user := r.account.Users[name]
		if user.LastLoginDate.After(recent) {
			logons.Rows = append(logons.Rows, []string{name, stamp(user.LastLoginDate)})
		}
		for _, key := range user.Keys {
			if key.LastUsed.After(recent) {
				keys.Rows = append(keys.Rows, []string{name, key.ID, stamp(key.LastUsed)})
			}
		}
	}
	keys.Number, logons.Number = len(keys.Rows), len(logons.Rows)
	return []GovernanceItem{keys, logons, {Name: "SSOLoginEnabled", Type: "Boolean", Is: r.account.UserSso.Enabled}}
}

func (r *request) govern() {
	r.account.GovernanceReport.GenerateTime, r.account.GovernanceReport.Items = r.now, r.governanceItems()
}

// figure is untyped JSON. (documented)
func (i GovernanceItem) figure() any {
	if i.Type == "Boolean" {
		return i.Is
	}
	return i.Number
}

// One item of the last report, page by page. (documented; the code for an unknown one is assumed) Here IsTruncated is a
// boolean. (documented)
func getGovernanceItemReport(r *request) (reply, error) {
	name, err := r.required("GovernanceItemType")
	if err != nil {
		return nil, err
	}
	report := r.account.GovernanceReport
	if report.GenerateTime.IsZero() {
		return nil, noGovernanceReport()
	}
	at := slices.IndexFunc(report.Items, func(item GovernanceItem) bool { return item.Name == name })
	if at < 0 {
		return nil, incorrect("GovernanceItemType")
	}
	item := report.Items[at]
	rows, answer, err := paged(r, item.Rows, 1000, 1000)
	if err != nil {
		return nil, err
	}
	answer["GenerateTime"], answer["MetricType"], answer["MetricValue"] = stamp(report.GenerateTime), item.Type, item.figure()
	answer["ColumnsSchema"] = wrapped("ColumnSchema", item.Columns, func(column string) reply {
		return reply{"ColumnName": column, "ColumnType": "String"}
	})
	answer["ColumnsValue"] = wrapped("ColumnRow", rows, func(row []string) reply {
		values := []any{}
		for _, value := range row {
			values = append(values, value)
		}
		return reply{"ColumnValue": values}
	})
	return answer, nil
}

// The figures of the last report. (documented; that there is none yet is assumed)
func listRecentGovernanceMetrics(r *request) (reply, error) {
	report := r.account.GovernanceReport
	if report.GenerateTime.IsZero() && !r.server.behaviour.MissingReportEmpty {
		return nil, noGovernanceReport()
	}
	items := slices.SortedFunc(slices.Values(report.Items), func(x, y GovernanceItem) int { return cmp.Compare(x.Name, y.Name) })
	return reply{"GenerateTime": stamp(report.GenerateTime), "GovernanceMetrics": wrapped("GovernanceMetric", shuffled(r, items),
		func(item GovernanceItem) reply {
			return reply{"GovernanceItem": item.Name, "MetricType": item.Type, "MetricValue": item.figure()}
		})}, nil
}
