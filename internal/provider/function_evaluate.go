// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"math/big"
	"strings"

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

// What becomes of a control that did not pass.
const (
	failed       = "failed"
	notEvaluated = "not_evaluated"
)

// verdict is one control that did not pass.
type verdict struct {
	ID     string `tfsdk:"id"`
	Title  string `tfsdk:"title"`
	Wanted string `tfsdk:"wanted"`
	Found  string `tfsdk:"found"`
	Status string `tfsdk:"status"`
}

var verdictTypes = map[string]attr.Type{
	"id": types.StringType, "title": types.StringType, "wanted": types.StringType, "found": types.StringType, "status": types.StringType,
}

func (evaluateFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "evaluate"
}

func (evaluateFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Judges settings by a security baseline.",
		MarkdownDescription: "Judges settings by a security baseline, and returns the controls that did not pass: a list of objects with `id`, `title`, `wanted`, `found` and `status`. " +
			"`status` is `failed`, or `not_evaluated` where the value was not given or is null. `wanted` and `found` are JSON: `wanted` is the one value that passes, or an object with `minimum`, `maximum` or `minItems`; " +
			"`found` is the value, or `null`. A control that passed is not in the list. What each baseline asks for, and where baselines disagree, is on the page of the function `baseline`.\n\n" +
			"The function reads nothing and changes nothing. It sees what it is given, so give it data sources for what the account has, and resources for what a configuration makes of it. " +
			"While anything in the settings is not known yet, the result is not known either.",
		Parameters: []function.Parameter{
			function.DynamicParameter{
				Name: "settings",
				MarkdownDescription: "An object with any of `security_preference`, `password_policy` and `account_access_key_policy`. Each may be a whole data source or resource of that name, " +
					"or an object with some of its attributes; attributes that are no argument of the setting are ignored.",
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
		resp.Error = function.NewArgumentFuncError(1, diagnostics.Sentence(err.Error()))
		return
	}
	given, err := settings.ToTerraformValue(ctx)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, diagnostics.Sentence(err.Error()))
		return
	}
	if !given.IsFullyKnown() {
		resp.Error = resp.Result.Set(ctx, types.ListUnknown(types.ObjectType{AttrTypes: verdictTypes}))
		return
	}
	found, err := readSettings(given)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, diagnostics.Sentence(err.Error()))
		return
	}
	resp.Error = resp.Result.Set(ctx, p.evaluate(found))
}

// evaluate returns the controls that did not pass, in the order of the baseline.
func (p baseline) evaluate(found map[string]tf.Values) []verdict {
	verdicts := []verdict{}
	for _, c := range p.controls {
		v := found[c.setting][c.attribute]
		switch {
		case tf.IsAbsent(v):
			verdicts = append(verdicts, verdict{c.id, c.title, c.wanted.text, "null", notEvaluated})
		case !c.wanted.passes(v):
			verdicts = append(verdicts, verdict{c.id, c.title, c.wanted.text, tf.Display(v), failed})
		}
	}
	return verdicts
}

// readSettings reads the arguments of each setting out of what a person passed.
// Everything in it is known. An error names the path of what has the wrong shape.
func readSettings(given tftypes.Value) (map[string]tf.Values, error) {
	settings, err := membersOf("settings", given)
	if err != nil {
		return nil, err
	}
	found := map[string]tf.Values{}
	names := []string{}
	for _, s := range assessedSettings() {
		names = append(names, s.name)
		setting, named := settings[s.name]
		if !named {
			continue
		}
		if found[s.name], err = s.read("settings."+s.name, setting); err != nil {
			return nil, err
		}
	}
	if len(settings) > 0 && len(found) == 0 {
		return nil, fmt.Errorf("settings has none of %s", strings.Join(names, ", "))
	}
	return found, nil
}

func (s assessed) read(path string, given tftypes.Value) (tf.Values, error) {
	attributes, err := membersOf(path, given)
	if err != nil {
		return nil, err
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
