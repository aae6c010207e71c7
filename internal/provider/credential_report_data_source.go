// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*credentialReportData)(nil)

// credentialReportData is what every user's credentials look like, as the service
// itself sums it up.
type credentialReportData struct{ instance.DataSource }

type credentialReportModel struct {
	AccountID     types.String   `tfsdk:"account_id"`
	MaxAge        types.String   `tfsdk:"max_age"`
	GeneratedTime types.String   `tfsdk:"generated_time"`
	Rows          types.List     `tfsdk:"rows"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
}

func (d *credentialReportData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_credential_report"
}

func (d *credentialReportData) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The credential report of the account: one row for the root account and for each RAM user, with passwords, MFA and AccessKey pairs, but never a secret. " +
			"If the last report is too old, the provider requests a new one and waits for it; the log shows the progress. " +
			"The service generates at most one report every four hours, and none for an account with more than 3,500 users. " +
			"A changed root password appears in the report after up to one day, the use of an AccessKey after about two hours.\n\n" +
			"A column that has neither a time nor a boolean is null, and `notes` gives the reason. In a condition, compare with `== true` or `== false`, because null equals neither. " +
			"Find what never happened with `lookup(row.notes, \"user_last_logon\", \"\") == \"never\"`.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{Computed: true, MarkdownDescription: "The id of the account."},
			"max_age": schema.StringAttribute{
				Optional: true,
				Validators: []validator.String{minimumDuration{
					least: ram.CredentialReportInterval, why: "The service generates at most one credential report every four hours.",
				}},
				MarkdownDescription: "The maximum age of the report by the service's clock, such as `24h`. The minimum is `4h`. For an older report, the provider requests a new one; it is an error if there is none. " +
					"If omitted, the report is as recent as the service can generate it.",
			},
			"generated_time": schema.StringAttribute{Computed: true, MarkdownDescription: "When the report was generated."},
			"rows": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The rows: the root account first, then the users by their principal names.",
				NestedObject:        schema.NestedAttributeObject{Attributes: credentialRowAttributes()},
			},
			"timeouts": readTimeout(ctx),
		},
	}
}

func credentialRowAttributes() map[string]schema.Attribute {
	texts := func(docs string) schema.Attribute {
		return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: docs}
	}
	attributes := map[string]schema.Attribute{
		"user":      schema.StringAttribute{Computed: true, MarkdownDescription: "The principal name of the user, such as `alice@example.onaliyun.com`, or `<root>` for the root account."},
		"user_name": schema.StringAttribute{Computed: true, MarkdownDescription: "The name of the RAM user, such as `alice`; null for the root account."},
		"notes": texts("Why a column is null, by column name: `never` (it never happened), `not_applicable` (the user has no such credential), " +
			"`login_disabled` (console logon is disabled), `not_said` (the report leaves it empty), or `unreadable` (the provider does not know the value; see `additional_columns`). A column that the report does not have is null and has no note."),
		"additional_columns": texts("The columns and values that this version of the provider does not know, unchanged."),
	}
	for _, column := range ram.CredentialColumns {
		docs := columnDocs(column.Name)
		if column.Time {
			attributes[column.Name] = schema.StringAttribute{Computed: true, MarkdownDescription: docs}
		} else {
			attributes[column.Name] = schema.BoolAttribute{Computed: true, MarkdownDescription: docs}
		}
	}
	return attributes
}

// columnDocs describes a column. Those of the keys are alike.
func columnDocs(name string) string {
	if docs, ok := credentialColumnDocs[name]; ok {
		return docs
	}
	for _, key := range []struct{ prefix, docs string }{
		{"access_key_", "AccessKey pair"}, {"additional_access_key_", "additional AccessKey pair, which only old accounts have,"},
	} {
		if rest, ok := strings.CutPrefix(name, key.prefix); ok {
			number, what, _ := strings.Cut(rest, "_")
			the := map[string]string{"1": "the first ", "2": "the second ", "3": "the third "}[number] + key.docs
			return map[string]string{
				"exist": "Whether the user has " + the + ".", "active": "Whether " + the + " is active.",
				"last_rotated": "When " + the + " was created.", "last_used": "When " + the + " was last used.",
			}[what]
		}
	}
	return ""
}

var credentialColumnDocs = map[string]string{
	"user_creation_time":     "When the user was created.",
	"user_last_logon":        "When the user last logged on to the console.",
	"password_exist":         "Whether the user has a password for the console.",
	"password_active":        "Whether the password can be used.",
	"password_last_changed":  "When the password was last changed.",
	"password_next_rotation": "When the password has to be changed.",
	"mfa_active":             "Whether the user has an MFA device.",
}

func (d *credentialReportData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m := tf.Get[credentialReportModel](ctx, req.Config, &resp.Diagnostics)
	patience, more := m.Timeouts.Read(ctx, reportTimeout)
	resp.Diagnostics.Append(more...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f := diagnostics.Operation{Name: "read the credential report"}
	account, ok := d.CheckAccount(ctx, f, "", &resp.Diagnostics)
	if !ok {
		return
	}
	request := credentialReportRequest{Instance: d.Instance, maxAge: maxAgeOf(m.MaxAge, ram.CredentialReportInterval), timeout: patience}
	created, rows, err := request.read(ctx)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if !slices.ContainsFunc(rows, func(row ram.CredentialRow) bool { return row.User == ram.RootUser }) {
		resp.Diagnostics.AddWarning("The credential report of account "+account+" is not complete",
			"It has no row for the root account, which every report has. Controls of the root account cannot be evaluated, and rows of users may be missing too.")
	}
	slices.SortFunc(rows, func(x, y ram.CredentialRow) int { return cmp.Compare(rank(x.User), rank(y.User)) })
	kind := resp.State.Schema.GetAttributes()["rows"].GetType().(types.ListType).ElemType //nolint:forcetypeassert // the schema is above
	elements := make([]attr.Value, 0, len(rows))
	for _, row := range rows {
		elements = append(elements, credentialValues(row).Object(kind, &resp.Diagnostics))
	}
	m.AccountID, m.GeneratedTime = types.StringValue(account), tf.Timestamp(created)
	m.Rows, more = types.ListValue(kind, elements)
	resp.Diagnostics.Append(more...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// rank puts the root account before all users.
func rank(user string) string {
	if user == ram.RootUser {
		return ""
	}
	return user
}

// credentialValues are the attributes of a row.
func credentialValues(row ram.CredentialRow) tf.Values {
	v := tf.Values{"user": types.StringValue(row.User), "user_name": tf.NonEmpty(row.Name())}
	notes, other := map[string]attr.Value{}, map[string]attr.Value{}
	for _, column := range ram.CredentialColumns {
		cell, exists := row.Cells[column.Name]
		if exists && cell.Note != "" {
			notes[column.Name] = types.StringValue(string(cell.Note))
		}
		switch {
		case column.Time:
			v[column.Name] = tf.Timestamp(cell.Time)
		case exists && cell.Note == "":
			v[column.Name] = types.BoolValue(cell.Is)
		default:
			v[column.Name] = types.BoolNull()
		}
	}
	for name, value := range row.Other {
		other[name] = types.StringValue(value)
	}
	v["notes"] = types.MapValueMust(types.StringType, notes)
	v["additional_columns"] = types.MapValueMust(types.StringType, other)
	return v
}
