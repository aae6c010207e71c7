// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ function.Function = evaluateFunction{}

// evaluateFunction judges settings by a baseline.
type evaluateFunction struct{}

// The statuses of a control.
const (
	passed       = "passed"
	failed       = "failed"
	notEvaluated = "not_evaluated"
)

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
			"* `attribute` is the attribute that the control asks for, such as `password_policy.max_password_age`, or that helps to pass it; empty if no setting does.\n" +
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
	given, err := settings.ToTerraformValue(ctx)
	if err != nil {
		resp.Error = argumentError(0, diagnostics.Sentence(err.Error()))
		return
	}
	if !given.IsFullyKnown() {
		resp.Error = resp.Result.Set(ctx, types.ListUnknown(types.ObjectType{AttrTypes: verdictTypes}))
		return
	}
	found, err := readEvidence(given)
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

// beyondArguments are the attributes of the settings' resources and data sources that
// baselines do not ask for.
var beyondArguments = []string{"account_id", "allow_lock_out", "must_allow", "must_allow_vpcs", "on_destroy", "reset_may_weaken", "timeouts"}

func (s assessed) read(path string, given tftypes.Value) (tf.Values, error) {
	attributes, err := membersOf(path, given)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !s.has(name) {
			return nil, fmt.Errorf("%s.%s does not exist; ram_%s has no such attribute", path, name, s.name)
		}
	}
	v := tf.Values{}
	for _, a := range s.arguments {
		attribute, named := attributes[a.name]
		if !named || attribute.IsNull() {
			continue
		}
		if v[a.name], err = readArgument(path+"."+a.name, attribute, a.null); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// has reports whether the resource or the data source of the setting has an attribute.
func (s assessed) has(name string) bool {
	return slices.Contains(beyondArguments, name) || slices.ContainsFunc(s.arguments, func(a argument) bool { return a.name == name })
}

// readArgument reads a value of the type of null.
func readArgument(path string, given tftypes.Value, null attr.Value) (attr.Value, error) {
	switch null.(type) {
	case types.Bool:
		var b bool
		err := readAs(path, "true or false", given, tftypes.Bool, &b)
		return types.BoolValue(b), err
	case types.Int64:
		var f big.Float
		if err := readAs(path, "a whole number", given, tftypes.Number, &f); err != nil {
			return nil, err
		}
		n, accuracy := f.Int64()
		if accuracy != big.Exact {
			return nil, fmt.Errorf("%s is not a whole number", path)
		}
		return types.Int64Value(n), nil
	case types.String:
		var s string
		err := readAs(path, "a string", given, tftypes.String, &s)
		return types.StringValue(s), err
	case types.Set:
		list, err := readTexts(path, given)
		return tf.StringSet(list), err
	default:
		return readTextsBy(path, given)
	}
}

func readAs(path, what string, given tftypes.Value, kind tftypes.Type, target any) error {
	if given.IsNull() || !given.Type().Is(kind) {
		return fmt.Errorf("%s is %s, not %s", path, kindOf(given), what)
	}
	return given.As(target)
}

// readTexts reads strings out of a set, a list or a tuple.
func readTexts(path string, given tftypes.Value) ([]string, error) {
	var elements []tftypes.Value
	if given.IsNull() || given.As(&elements) != nil {
		return nil, fmt.Errorf("%s is %s, not a set of strings", path, kindOf(given))
	}
	list := make([]string, len(elements))
	for i, element := range elements {
		if err := readAs(fmt.Sprintf("%s[%d]", path, i), "a string", element, tftypes.String, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// readTextsBy reads sets of strings out of a map or an object.
func readTextsBy(path string, given tftypes.Value) (attr.Value, error) {
	var elements map[string]tftypes.Value
	if given.As(&elements) != nil {
		return nil, fmt.Errorf("%s is %s, not a map of sets of strings", path, kindOf(given))
	}
	lists := map[string][]string{}
	for key, element := range elements {
		list, err := readTexts(fmt.Sprintf("%s[%q]", path, key), element)
		if err != nil {
			return nil, err
		}
		lists[key] = list
	}
	return tf.StringSetMap(lists), nil
}

// membersOf reads the attributes of an object, or the elements of a map; those of
// null are none.
func membersOf(path string, given tftypes.Value) (members map[string]tftypes.Value, err error) {
	if given.IsNull() {
		return nil, nil
	}
	if given.As(&members) != nil {
		return nil, fmt.Errorf("%s is %s, not an object", path, kindOf(given))
	}
	return members, nil
}

// kindOf names a value's type as Terraform does, and never shows the value.
func kindOf(v tftypes.Value) string {
	kind := v.Type()
	switch {
	case kind == nil || v.IsNull():
		return "null"
	case kind.Is(tftypes.String):
		return "a string"
	case kind.Is(tftypes.Number):
		return "a number"
	case kind.Is(tftypes.Bool):
		return "a bool"
	case kind.Is(tftypes.Object{}):
		return "an object"
	case kind.Is(tftypes.Map{}):
		return "a map"
	default:
		return "a list or set"
	}
}
