// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
)

var _ function.Function = baselineFunction{}

// baselineFunction gives the arguments of the settings that satisfy a baseline.
type baselineFunction struct{}

func (baselineFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "baseline"
}

func (baselineFunction) Definition(ctx context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Returns the values of a security baseline.",
		MarkdownDescription: "Returns the values of a security baseline, as an object with `security_preference`, `password_policy` and `account_access_key_policy`. " +
			"Each object has all arguments of the resource `ram_security_preference`, `ram_password_policy` or `ram_account_access_key_policy`. An argument without a recommendation is null, " +
			"and a resource does not manage an argument that is null. A baseline never changes: a new version has a new name.\n\n" +
			"The requirements of each baseline, with the id of the control in brackets. A single value is the required one; `minimum`, `maximum` and `minItems` are bounds.\n\n" +
			baselinesTable() + "\n" +
			"A baseline contains no networks, because these are specific to the account: with `alibaba-2026`, `logon-masks` and `access-key-networks` fail until you set them.\n\n" +
			"The sources contradict each other, and no account satisfies all of them:\n\n" + baselinesConflicts() + "\n" +
			"The sources of the values:\n\n" + baselinesSources() + "\n" +
			"Controls that no setting can satisfy, such as an unused root account or the age of AccessKey pairs, are not part of a baseline. Use `ram_credential_report` and `ram_security_report` for them.",
		Parameters: []function.Parameter{baselineParameter()},
		Return:     function.ObjectReturn{AttributeTypes: baselineTypes(ctx)},
	}
}

func (baselineFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var name string
	if resp.Error = req.Arguments.Get(ctx, &name); resp.Error != nil {
		return
	}
	p, err := baselineNamed(name)
	if err != nil {
		resp.Error = argumentError(0, diagnostics.Sentence(err.Error()))
		return
	}
	resp.Error = resp.Result.Set(ctx, p.object(ctx))
}

// baselineTypes are the types of all arguments of all settings that baselines speak of.
func baselineTypes(ctx context.Context) map[string]attr.Type {
	kinds := map[string]attr.Type{}
	for _, s := range assessedSettings() {
		kinds[s.name] = types.ObjectType{AttrTypes: s.types(ctx)}
	}
	return kinds
}

// object is the baseline as the function returns it.
func (p baseline) object(ctx context.Context) types.Object {
	settings := map[string]attr.Value{}
	for _, s := range assessedSettings() {
		arguments := map[string]attr.Value{}
		for _, a := range s.arguments {
			arguments[a.name] = valueOr(p.value(s.name, a.name), a.null)
		}
		settings[s.name] = types.ObjectValueMust(s.types(ctx), arguments)
	}
	return types.ObjectValueMust(baselineTypes(ctx), settings)
}
