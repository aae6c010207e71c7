// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*generateCredentialReport)(nil)
	_ action.ActionWithModifyPlan = (*generateCredentialReport)(nil)
)

// generateCredentialReport has a credential report made, and waits for it.
type generateCredentialReport struct{ actsOnInstance }

func (a *generateCredentialReport) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_generate_credential_report"
}

func (a *generateCredentialReport) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Has the service make a credential report, and waits until it is there, for example before an audit or after an incident. `ram_credential_report` reads it then without a wait. " +
			"It changes nothing else. The service makes a report every four hours at most: if the last one is younger, it is left at that, and the action says so. It makes none for an account of more than 3,500 users.",
		Attributes: orderAttributes(ctx, reportTimeout, nil),
	}
}

var failedReport = diagnostics.Operation{Name: "generate the credential report", State: "The report of before, if there is one, is as it was."}

func (a *generateCredentialReport) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[order](ctx, req.Config, &resp.Diagnostics)
	a.planOrder(ctx, failedReport, m, &resp.Diagnostics)
}

func (a *generateCredentialReport) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[order](ctx, req.Config, &resp.Diagnostics)
	longest, more := m.Timeouts.Invoke(ctx, reportTimeout)
	resp.Diagnostics.Append(more...)
	ctx, cancel := m.bounded(ctx, reportTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if _, ok := a.meant(ctx, failedReport, m, &resp.Diagnostics); !ok {
		return
	}
	tell := tellingOf(resp)
	waiting := false
	making := credentialMaking{
		Instance: a.Instance, oldest: oldest{age: ram.CredentialReportInterval}, patience: longest,
		wait: func(state ram.ReportState) {
			waiting = true
			tell("Waiting for the credential report. The service says: %s.", state)
		},
	}
	found, err := making.find(ctx)
	if diagnostics.Report(&resp.Diagnostics, failedReport, err) {
		return
	}
	made := found.GeneratedTime.Format(time.RFC3339)
	if !waiting && making.had != nil && making.had.GeneratedTime.Equal(found.GeneratedTime) {
		tell("There is a credential report of %s already, and the service makes one every four hours at most.", made)
		return
	}
	tell("The credential report of %s is there.", made)
}
