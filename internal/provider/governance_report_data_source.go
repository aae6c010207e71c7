// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*governanceReportData)(nil)

// governanceReportData reads the figures that the service collects about the use of the account.
type governanceReportData struct{ instance.DataSource }

type governanceReportModel struct {
	AccountID    types.String          `tfsdk:"account_id"`
	MaxAge       types.String          `tfsdk:"max_age"`
	ItemTypes    types.Set             `tfsdk:"item_types"`
	GenerateTime types.String          `tfsdk:"generate_time"`
	Status       types.String          `tfsdk:"status"`
	Items        []governanceItemModel `tfsdk:"items"`
	Timeouts     timeouts.Value        `tfsdk:"timeouts"`
}

type governanceItemModel struct {
	Item        types.String            `tfsdk:"item"`
	Status      types.String            `tfsdk:"status"`
	MetricType  types.String            `tfsdk:"metric_type"`
	MetricValue types.String            `tfsdk:"metric_value"`
	Columns     []governanceColumnModel `tfsdk:"columns"`
	Rows        []map[string]string     `tfsdk:"rows"`
}

type governanceColumnModel struct {
	Name types.String `tfsdk:"name"`
	Type types.String `tfsdk:"type"`
}

func (d *governanceReportData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_governance_report"
}

func (d *governanceReportData) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	const states = "`completed`, or `started` or `in progress` while the service generates it"
	resp.Schema = schema.Schema{
		MarkdownDescription: "The governance report of the account: figures about the use of the account, such as `SSOLoginEnabled` or `RecentAccountLoginTimes`, with the rows of each figure. " +
			"If there is no report, or only one that is too old, the provider requests a new one and waits for it; the log shows the progress.\n\n" +
			"The service does not publish the items and the types of their values. For that reason, values are JSON strings: decode them with `jsondecode(item.metric_value)`.",
		Attributes: map[string]schema.Attribute{
			"account_id": text("The id of the account."),
			"max_age": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{minimumDuration{least: time.Minute, why: "The report would be older by the time it is read."}},
				MarkdownDescription: "The maximum age of the report by the service's clock, such as `24h`. For an older report, the provider requests a new one. If omitted, an existing report is used, whatever its age.",
			},
			"item_types": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
				MarkdownDescription: "The items to read, such as `SSOLoginEnabled`. If omitted, all items of the report are read. Each item needs one API call, and one more for each further 1,000 rows.",
			},
			"generate_time": text("When the report was generated."),
			"status":        text("The state of the report: " + states + "."),
			"items": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The items, by name.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"item":         text("The name of the item."),
					"status":       text("The state of the item: " + states + "; null if the service does not return it."),
					"metric_type":  text("The type of the figure: `Number`, `String` or `Boolean`."),
					"metric_value": text("The figure as JSON; null if there is none."),
					"columns": schema.ListNestedAttribute{
						Computed:            true,
						MarkdownDescription: "The columns of the rows.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"name": text("The name of the column."), "type": text("The type of its values, as the service returns it; null if the service returns none."),
						}},
					},
					"rows": schema.ListAttribute{
						Computed: true, ElementType: types.MapType{ElemType: types.StringType},
						MarkdownDescription: "The rows of the figure, in the order of the service. Each row maps column names to values as JSON.",
					},
				}},
			},
			"timeouts": readTimeout(ctx),
		},
	}
}

func (d *governanceReportData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m := tf.Get[governanceReportModel](ctx, req.Config, &resp.Diagnostics)
	patience, more := m.Timeouts.Read(ctx, reportTimeout)
	resp.Diagnostics.Append(more...)
	if resp.Diagnostics.HasError() {
		return
	}
	var wanted []string
	resp.Diagnostics.Append(m.ItemTypes.ElementsAs(ctx, &wanted, false)...)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f := diagnostics.Operation{Name: "read the governance report"}
	account, ok := d.CheckAccount(ctx, f, "", &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	request := governanceReportRequest{Instance: d.Instance, maxAge: maxAgeOf(m.MaxAge, 0), timeout: patience, itemTypes: wanted}
	report, err := request.read(ctx)
	var unknown *unknownItemError
	if errors.As(err, &unknown) {
		resp.Diagnostics.AddAttributeError(path.Root("item_types"), "Cannot "+f.Name, diagnostics.Explain(err))
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	m.AccountID, m.GenerateTime, m.Status = types.StringValue(account), tf.Timestamp(report.generated), tf.NonEmpty(string(report.status.Whole))
	m.Items = []governanceItemModel{}
	for _, item := range report.items {
		m.Items = append(m.Items, governanceItemOf(item, report.status))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func governanceItemOf(item ram.GovernanceItem, status ram.GovernanceStatus) governanceItemModel {
	model := governanceItemModel{
		Item: types.StringValue(item.Item), Status: types.StringNull(), MetricType: tf.NonEmpty(item.Type), MetricValue: tf.NonEmpty(item.Value),
		Columns: []governanceColumnModel{}, Rows: append([]map[string]string{}, item.Rows...),
	}
	for _, one := range status.Items {
		if one.Item == item.Item {
			model.Status = tf.NonEmpty(string(one.Status))
		}
	}
	for _, column := range item.Columns {
		model.Columns = append(model.Columns, governanceColumnModel{types.StringValue(column.Name), tf.NonEmpty(column.Type)})
	}
	return model
}

// unknownItemError is an item that the report does not have.
type unknownItemError struct {
	item  string
	known []string
}

func (e *unknownItemError) Error() string {
	return fmt.Sprintf("the report has no item %q; it has %q", e.item, e.known)
}
