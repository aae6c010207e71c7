// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ function.Function = evaluateFunction{}

// evaluateFunction judges settings by a baseline.
type evaluateFunction struct{}

// verdict is the result of one control.
type verdict struct {
	ID        string   `tfsdk:"id"`
	Title     string   `tfsdk:"title"`
	Attribute string   `tfsdk:"attribute"`
	Wanted    string   `tfsdk:"wanted"`
	Found     string   `tfsdk:"found"`
	Status    string   `tfsdk:"status"`
	Who       []string `tfsdk:"who"`
	Note      string   `tfsdk:"note"`
}

var verdictTypes = map[string]attr.Type{
	"id": types.StringType, "title": types.StringType, "attribute": types.StringType, "wanted": types.StringType, "found": types.StringType, "status": types.StringType,
	"who": types.ListType{ElemType: types.StringType}, "note": types.StringType,
}

func (evaluateFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "evaluate"
}

func (evaluateFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Evaluates an account against a security baseline.",
		MarkdownDescription: "Evaluates an account against a security baseline, and returns the result of every control, in the order of the baseline: a list of objects with `id`, `title`, `attribute`, `wanted`, `found`, `status`, `who` and `note`.\n\n" +
			"* `status` is `passed`, `failed`, or `not_evaluated` if an input that the control needs is not given, is null, or does not say it. Count all three: a control that is not evaluated has not passed.\n" +
			"* `wanted` and `found` are JSON. `wanted` is the one value that passes, or a schema with `minimum`, `maximum`, `minItems`, `anyOf` or a `description`; `found` is the value, or `null`. " +
			"A control that evaluates users, keys or policies wants `[]`, and finds the list of those that fail.\n" +
			"* `attribute` is the attribute that the control requires, such as `password_policy.max_password_age`, or that helps to pass it; empty if no setting does.\n" +
			"* `who` lists the users, keys or policies that fail. `note` is why a control is not evaluated, or which users could not be evaluated; otherwise empty.\n\n" +
			"The function reads nothing and changes nothing. It evaluates its argument: pass data sources for the state of the account, and resources for the result of a configuration. " +
			"A data source with a filter does not list everything, so a control that would pass is not evaluated. Ages count from the time at which the credential report was generated. While anything in the settings is unknown, the result is unknown.\n\n" +
			"The controls, and what each is evaluated by:\n\n" + controlsTable() + "\n" +
			"The values of each baseline, and the differences between sources, are on the page of the function `baseline`.",
		Parameters: []function.Parameter{
			function.DynamicParameter{
				Name: "settings",
				MarkdownDescription: "An object with any of the following. Another name is an error.\n" +
					"  * `security_preference`, `password_policy`, `account_access_key_policy`: the data source or the resource of that name, or an object with some of its attributes.\n" +
					"  * `credential_report`: the data source `ram_credential_report`, or an object with `generated_time` and `rows`.\n" +
					"  * `user_access`: the data source `ram_user_access`, or an object with `users`: a list of objects with `user_name` and `policies`, which is a list of objects with `policy_name`, and with `group_name` if the policy is attached to a group of the user.\n" +
					"  * `policies`: the data source `ram_policies`, or a list of objects with `policy_name`, `policy_type` (`Custom` or `System`), `policy_document` and `attachment_count`. The attribute `policies` of the data source `alicloud_ram_policies` of the provider `aliyun/alicloud` is such a list.",
			},
			baselineParameter(),
		},
		Return: function.ListReturn{ElementType: types.ObjectType{AttrTypes: verdictTypes}},
	}
}

func (evaluateFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var settings types.Dynamic
	var name string
	if resp.Error = req.Arguments.Get(ctx, &settings, &name); resp.Error != nil {
		return
	}
	p, err := baselineNamed(name)
	if err != nil {
		resp.Error = argumentError(1, diagnostics.Sentence(err.Error()))
		return
	}
	value, err := settings.ToTerraformValue(ctx)
	if err != nil {
		resp.Error = argumentError(0, diagnostics.Sentence(err.Error()))
		return
	}
	if !value.IsFullyKnown() {
		resp.Error = resp.Result.Set(ctx, types.ListUnknown(types.ObjectType{AttrTypes: verdictTypes}))
		return
	}
	found, err := readEvidence(value)
	if err != nil {
		resp.Error = argumentError(0, diagnostics.Sentence(err.Error()))
		return
	}
	resp.Error = resp.Result.Set(ctx, p.evaluate(found))
}

// evaluate returns the result of every control, in the order of the baseline.
func (p baseline) evaluate(e evidence) []verdict {
	verdicts := make([]verdict, 0, len(p.controls))
	for _, c := range p.controls {
		j := c.judge(e)
		verdicts = append(verdicts, verdict{c.id, c.title, c.path(), c.wanted.text, j.found, j.status, append([]string{}, j.who...), j.note})
	}
	return verdicts
}

// path is the attribute that helps to pass the control; empty if none does.
func (c control) path() string {
	if c.attribute == "" {
		return ""
	}
	return c.setting + "." + c.attribute
}

// judge evaluates a control by its audit, or else by its attribute.
func (c control) judge(e evidence) judgment {
	if c.audit != nil {
		return c.audit.judge(e)
	}
	v := e.settings[c.setting][c.attribute]
	switch {
	case tf.IsAbsent(v):
		return missing(c.path())
	case c.wanted.passes(v):
		return judgment{status: passed, found: tf.Display(v)}
	default:
		return judgment{status: failed, found: tf.Display(v)}
	}
}
