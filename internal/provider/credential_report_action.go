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

// generateCredentialReport requests a credential report and waits for it.
type generateCredentialReport struct{ actsOnInstance }

func (a *generateCredentialReport) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_generate_credential_report"
}

func (a *generateCredentialReport) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Generates a credential report and waits until it is complete, for example before an audit or after an incident. `ram_credential_report` then reads it without waiting. " +
			"The action changes nothing else. The service generates at most one report every four hours. If the last report is more recent, the action says so and does nothing. The service generates no report for an account with more than 3,500 users.",
		Attributes: invocationAttributes(ctx, reportTimeout, nil),
	}
}

var failedReport = diagnostics.Operation{Name: "generate the credential report", State: "An existing report is unchanged."}

func (a *generateCredentialReport) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[invocation](ctx, req.Config, &resp.Diagnostics)
	a.planInvocation(ctx, failedReport, m, &resp.Diagnostics)
}

func (a *generateCredentialReport) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[invocation](ctx, req.Config, &resp.Diagnostics)
	timeout, more := m.Timeouts.Invoke(ctx, reportTimeout)
	resp.Diagnostics.Append(more...)
	ctx, cancel := m.bounded(ctx, reportTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if _, ok := a.checkInvocation(ctx, failedReport, m, &resp.Diagnostics); !ok {
		return
	}
	report := progressOf(resp)
	waiting := false
	request := credentialReportRequest{
		Instance: a.Instance, maxAge: maxAge{age: ram.CredentialReportInterval}, timeout: timeout,
		onWait: func(state ram.ReportState) {
			waiting = true
			report("Waiting for the credential report. Its state is %s.", state)
		},
	}
	found, err := request.find(ctx)
	if diagnostics.Report(&resp.Diagnostics, failedReport, err) {
		return
	}
	generated := found.GeneratedTime.Format(time.RFC3339)
	if !waiting && request.previous != nil && request.previous.GeneratedTime.Equal(found.GeneratedTime) {
		report("The credential report of %s is still current: the service generates at most one every four hours.", generated)
		return
	}
	report("The credential report of %s is complete.", generated)
}
