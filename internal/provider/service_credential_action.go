// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*deactivateServiceCredentials)(nil)
	_ action.ActionWithModifyPlan = (*deactivateServiceCredentials)(nil)
)

// deactivateServiceCredentials disables the service credentials of a user.
type deactivateServiceCredentials struct{ actsOnInstance }

type deactivateServiceCredentialsModel struct {
	userInvocation

	IDs types.Set `tfsdk:"service_credential_ids"`
}

func (a *deactivateServiceCredentials) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_deactivate_service_credentials"
}

func (a *deactivateServiceCredentials) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Disables the service credentials of a RAM user, all of them or those that are named, and waits until the service lists them as inactive. " +
			"**Whatever uses such a credential stops working**, until an administrator enables it again; nothing is deleted. A credential that is inactive already is left so, and one that is created while " +
			"all are being disabled is disabled too. If one cannot be disabled, the others are nevertheless.\n\n" +
			"A `ram_service_credential` with `status = \"Active\"` enables its credential again with the next apply: change that first.",
		Attributes: userInvocationAttributes(ctx, map[string]schema.Attribute{
			"service_credential_ids": idsAttribute("The ids of the service credentials to disable. The user must have all of them; otherwise none is disabled. "+
				"If the argument is omitted or null, all service credentials of the user are disabled. An empty set disables none.", stringvalidator.LengthAtLeast(1)),
		}),
	}
}

var failedServiceDeactivation = failedAction("disable the service credentials")

func (a *deactivateServiceCredentials) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	m := tf.Get[deactivateServiceCredentialsModel](ctx, req.Config, &resp.Diagnostics)
	a.planUser(ctx, failedServiceDeactivation, m.userInvocation, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() && namesNone(m.IDs) {
		warnOfNone("service_credential_ids", "service credential", "disabled", m.UserName, &resp.Diagnostics)
	}
}

func (a *deactivateServiceCredentials) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := tf.Get[deactivateServiceCredentialsModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := m.bounded(ctx, tf.DefaultTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f, report, ids := failedServiceDeactivation, progressOf(resp), namedIDs(m.IDs)
	user, ok := a.subject(ctx, f, m.userInvocation, &resp.Diagnostics)
	switch {
	case !ok || !a.refuseOwnUser(ctx, f, user, &resp.Diagnostics):
		return
	case namesNone(m.IDs):
		report("service_credential_ids is empty. No service credential of %q was disabled.", user.Name)
		return
	}
	all, err := a.Client.RefreshServiceCredentials(ctx, user.Name)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	for _, id := range ids {
		if _, found := credential.In(all, id); !found {
			resp.Diagnostics.AddAttributeError(path.Root("service_credential_ids"), "Cannot "+f.Name, fmt.Sprintf(
				"The user %q has no service credential %s. %s\n\nIt may have been deleted, or belong to another user. Remove its id, or set the user that has it, and run again.", user.Name, id, f.State))
			return
		}
	}
	newRevocation(a.Instance, serviceCredentialKind(a.Instance), user, ids, report).run(ctx, &resp.Diagnostics)
}
