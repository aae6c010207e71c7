// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// No limit on the number of reports is documented. A second call produces the same report.
// Source: assumed.
var (
	generateGovernanceReport  = operation{product: imsProduct, action: "GenerateGovernanceReport", repeat: set}
	getGovernanceReportStatus = operation{product: imsProduct, action: "GetGovernanceReportStatus", repeat: read}
	getGovernanceItemReport   = operation{product: imsProduct, action: "GetGovernanceItemReport", repeat: read}
	listGovernanceMetrics     = operation{product: imsProduct, action: "ListRecentGovernanceMetrics", repeat: read}
)

// governanceRowsPerPage is the largest page size of an item (documented).
const governanceRowsPerPage = 1000

// GenerateGovernanceReport starts a report and returns its state.
func (c *Client) GenerateGovernanceReport(ctx context.Context) (ReportState, error) {
	var response reportStateResponse
	if err := c.call(ctx, generateGovernanceReport, nil, &response); err != nil {
		return ReportNone, err
	}
	return reportState(response.State), nil
}

// GovernanceStatus is the progress of a report and of its items.
type GovernanceStatus struct {
	Whole ReportState // ReportNone if there is no report
	Items []GovernanceItemStatus
}

// GovernanceItemStatus is the progress of one item.
type GovernanceItemStatus struct {
	Item   string // such as SSOLoginEnabled; the names are not documented
	Status ReportState
}

type governanceStatusResponse struct {
	WholeReportStatus     text
	GovernanceItemsStatus struct {
		GovernanceItemStatus []struct{ GovernanceItem, Status text }
	}
}

// GovernanceReportStatus returns the progress of the report. Without a report, the service
// returns an error code or an empty status (assumed, both).
func (c *Client) GovernanceReportStatus(ctx context.Context) (GovernanceStatus, error) {
	var response governanceStatusResponse
	err := c.call(ctx, getGovernanceReportStatus, nil, &response)
	if NoReport(err) {
		return GovernanceStatus{}, nil
	}
	if err != nil {
		return GovernanceStatus{}, err
	}
	status := GovernanceStatus{Whole: reportState(response.WholeReportStatus)}
	for _, item := range response.GovernanceItemsStatus.GovernanceItemStatus {
		if item.GovernanceItem != "" {
			status.Items = append(status.Items, GovernanceItemStatus{Item: string(item.GovernanceItem), Status: reportState(item.Status)})
		}
	}
	return status, nil
}

// GovernanceMetric is the metric of an item. Its value is JSON, because the service
// documents only the name of its type.
type GovernanceMetric struct {
	Item  string
	Type  string // Number, String, Boolean
	Value string // JSON, or "" if there is no value
}

type governanceMetricsResponse struct {
	GenerateTime      timestamp
	GovernanceMetrics *struct {
		GovernanceMetric []struct {
			GovernanceItem text
			MetricType     text
			MetricValue    json.RawMessage
		}
	}
}

func (a *governanceMetricsResponse) missing() string {
	if a.GovernanceMetrics == nil {
		return "GovernanceMetrics"
	}
	return ""
}

// GovernanceMetrics returns the time and the metrics of the last report. NoReport(err)
// reports whether there is no report.
func (c *Client) GovernanceMetrics(ctx context.Context) (time.Time, []GovernanceMetric, error) {
	var response governanceMetricsResponse
	if err := c.call(ctx, listGovernanceMetrics, nil, &response); err != nil {
		return time.Time{}, nil, err
	}
	metrics := []GovernanceMetric{}
	for _, metric := range response.GovernanceMetrics.GovernanceMetric {
		if metric.GovernanceItem != "" {
			metrics = append(metrics, GovernanceMetric{string(metric.GovernanceItem), string(metric.MetricType), jsonText(metric.MetricValue)})
		}
	}
	return response.GenerateTime.value, metrics, nil
}

// GovernanceItem is an item with the rows behind its metric.
type GovernanceItem struct {
	GovernanceMetric

	GenerateTime time.Time
	Columns      []GovernanceColumn
	Rows         []map[string]string // JSON values by column name
}

// GovernanceColumn is a column of an item.
type GovernanceColumn struct{ Name, Type string }

type governanceItemResponse struct {
	page

	GenerateTime  timestamp
	MetricType    text
	MetricValue   json.RawMessage
	ColumnsSchema struct {
		ColumnSchema []struct{ ColumnName, ColumnType text }
	}
	ColumnsValue struct {
		ColumnRow []struct{ ColumnValue []json.RawMessage }
	}
}

func (a *governanceItemResponse) missing() string {
	switch {
	case a.GenerateTime.value.IsZero():
		return "GenerateTime"
	case a.MetricType == "":
		return "MetricType"
	}
	return ""
}

// GovernanceItem reads an item with all its rows.
func (c *Client) GovernanceItem(ctx context.Context, name string) (item GovernanceItem, err error) {
	if err := getGovernanceItemReport.require("name of the item", name); err != nil {
		return GovernanceItem{}, err
	}
	passed := seenMarkers{}
	for marker, first := "", true; first || marker != ""; first = false {
		in := params{"GovernanceItemType": name, "MaxItems": strconv.Itoa(governanceRowsPerPage)}
		var response governanceItemResponse
		if err := c.call(ctx, getGovernanceItemReport, withMarker(in, marker), &response); err != nil {
			return GovernanceItem{}, err
		}
		if first {
			item = response.item(name)
		}
		if !response.GenerateTime.value.Equal(item.GenerateTime) {
			return GovernanceItem{}, &ReportReplacedError{Action: getGovernanceItemReport.action}
		}
		if err = response.rows(&item); err == nil {
			marker, err = passed.next(response.page)
		}
		if err != nil {
			return GovernanceItem{}, fmt.Errorf("%s: %w", getGovernanceItemReport.action, err)
		}
	}
	return item, nil
}

func (a *governanceItemResponse) item(name string) GovernanceItem {
	item := GovernanceItem{
		GovernanceMetric: GovernanceMetric{name, string(a.MetricType), jsonText(a.MetricValue)},
		GenerateTime:     a.GenerateTime.value,
	}
	for _, column := range a.ColumnsSchema.ColumnSchema {
		item.Columns = append(item.Columns, GovernanceColumn{string(column.ColumnName), string(column.ColumnType)})
	}
	return item
}

var errTwoColumns = errors.New("two columns have the same name")

// rows appends the rows of a page. It stores each value by the name of its column.
func (a *governanceItemResponse) rows(item *GovernanceItem) error {
	for _, line := range a.ColumnsValue.ColumnRow {
		number := len(item.Rows) + 1
		if len(line.ColumnValue) != len(item.Columns) {
			return fmt.Errorf("row %d of %s has %d values for %d columns", number, item.Item, len(line.ColumnValue), len(item.Columns))
		}
		row := map[string]string{}
		for at, value := range line.ColumnValue {
			row[item.Columns[at].Name] = jsonText(value)
		}
		if len(row) != len(item.Columns) {
			return fmt.Errorf("%s: %w", item.Item, errTwoColumns)
		}
		item.Rows = append(item.Rows, row)
	}
	return nil
}

// jsonText returns a JSON value without white space, or "" if there is none.
func jsonText(value json.RawMessage) string {
	var short bytes.Buffer
	if len(value) == 0 || json.Compact(&short, value) != nil {
		return ""
	}
	return short.String()
}
