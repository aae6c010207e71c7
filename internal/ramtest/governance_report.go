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

// GovernanceReport is the report of an account as of the time when it was generated.
type GovernanceReport struct {
	GenerateTime time.Time // zero if there is no report
	Items        []GovernanceItem
	Progress     ReportProgress
}

// GovernanceItem is a value and its rows.
type GovernanceItem struct {
	Name    string
	Type    string // Number, String, Boolean
	Number  int    // the value of a Number
	Is      bool   // the value of a Boolean
	Columns []string
	Rows    [][]string
}

// generateGovernanceReport starts a report. The states are documented. It is assumed that a report in progress is not
// started again, and that the number of reports is not limited.
func generateGovernanceReport(r *request) (reply, error) {
	report := &r.account.GovernanceReport
	switch {
	case report.Progress.Pending:
		return reply{"State": "Progressing"}, nil
	case report.Progress.begin(r):
		r.completeGovernanceReport()
		return reply{"State": "Completed"}, nil
	default:
		return reply{"State": "Started"}, nil
	}
}

// noGovernanceReport is assumed, including its code.
func noGovernanceReport() error {
	return notExist("GovernanceReport", "The governance report does not exist.")
}

// getGovernanceReportStatus returns the progress of the report. (documented) The response without a report
// (Behaviour.MissingReportEmpty), and that all items have the status of the whole report, are assumed.
func getGovernanceReportStatus(r *request) (reply, error) {
	report, status := &r.account.GovernanceReport, "Completed"
	switch {
	case report.Progress.Pending:
		if !report.Progress.poll(r) {
			status = "Progressing"
			break
		}
		r.completeGovernanceReport()
	case !report.GenerateTime.IsZero():
	case r.server.behaviour.MissingReportEmpty:
		return reply{"WholeReportStatus": "", "GovernanceItemsStatus": reply{"GovernanceItemStatus": []any{}}}, nil
	default:
		return nil, noGovernanceReport()
	}
	return reply{"WholeReportStatus": status, "GovernanceItemsStatus": wrapped("GovernanceItemStatus", shuffled(r, r.governanceItems()),
		func(item GovernanceItem) reply { return reply{"GovernanceItem": item.Name, "Status": status} })}, nil
}

// governanceItems returns the three documented items. Their types and columns, and that recent means 90 days, are assumed.
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

func (r *request) completeGovernanceReport() {
	r.account.GovernanceReport.GenerateTime, r.account.GovernanceReport.Items = r.now, r.governanceItems()
}

// value returns untyped JSON. (documented)
func (i GovernanceItem) value() any {
	if i.Type == "Boolean" {
		return i.Is
	}
	return i.Number
}

// getGovernanceItemReport returns a page of one item of the last report. (documented; the code for an unknown item is assumed) Here
// IsTruncated is a boolean. (documented)
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
	rows, body, err := paged(r, item.Rows, 1000, 1000)
	if err != nil {
		return nil, err
	}
	body["GenerateTime"], body["MetricType"], body["MetricValue"] = stamp(report.GenerateTime), item.Type, item.value()
	body["ColumnsSchema"] = wrapped("ColumnSchema", item.Columns, func(column string) reply {
		return reply{"ColumnName": column, "ColumnType": "String"}
	})
	body["ColumnsValue"] = wrapped("ColumnRow", rows, func(row []string) reply {
		values := []any{}
		for _, value := range row {
			values = append(values, value)
		}
		return reply{"ColumnValue": values}
	})
	return body, nil
}

// listRecentGovernanceMetrics returns the values of the last report. (documented; the response without a report is assumed)
func listRecentGovernanceMetrics(r *request) (reply, error) {
	report := r.account.GovernanceReport
	if report.GenerateTime.IsZero() && !r.server.behaviour.MissingReportEmpty {
		return nil, noGovernanceReport()
	}
	items := slices.SortedFunc(slices.Values(report.Items), func(x, y GovernanceItem) int { return cmp.Compare(x.Name, y.Name) })
	return reply{"GenerateTime": stamp(report.GenerateTime), "GovernanceMetrics": wrapped("GovernanceMetric", shuffled(r, items),
		func(item GovernanceItem) reply {
			return reply{"GovernanceItem": item.Name, "MetricType": item.Type, "MetricValue": item.value()}
		})}, nil
}
