// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// pinned is the type of a baseline. Configurations depend on it: a new attribute is
// appended here, and none ever goes or becomes something else.
var pinned = map[string]map[string]tftypes.Type{
	inPreference: {
		"allow_user_to_change_password":            tftypes.Bool,
		"allow_user_to_manage_access_keys":         tftypes.Bool,
		"allow_user_to_manage_mfa_devices":         tftypes.Bool,
		"allow_user_to_manage_personal_ding_talk":  tftypes.Bool,
		"allow_user_to_manage_service_credentials": tftypes.Bool,
		"allow_user_to_login_with_passkey":         tftypes.Bool,
		"allow_user_long_term_login":               tftypes.Bool,
		"allow_user_to_manage_public_keys":         tftypes.Bool,
		"enable_save_mfa_ticket":                   tftypes.Bool,
		"login_session_duration":                   tftypes.Number,
		"login_network_masks":                      tftypes.Set{ElementType: tftypes.String},
		"mfa_operation_for_login":                  tftypes.String,
		"verification_types":                       tftypes.Set{ElementType: tftypes.String},
		"max_idle_days_for_users":                  tftypes.Number,
		"max_idle_days_for_access_keys":            tftypes.Number,
	},
	inPolicy: {
		"minimum_password_length":              tftypes.Number,
		"require_lowercase_characters":         tftypes.Bool,
		"require_uppercase_characters":         tftypes.Bool,
		"require_numbers":                      tftypes.Bool,
		"require_symbols":                      tftypes.Bool,
		"minimum_password_different_character": tftypes.Number,
		"password_not_contain_user_name":       tftypes.Bool,
		"max_password_age":                     tftypes.Number,
		"hard_expiry":                          tftypes.Bool,
		"password_reuse_prevention":            tftypes.Number,
		"max_login_attempts":                   tftypes.Number,
		"initial_password_age":                 tftypes.Number,
		"intercept_risk_password_on_api":       tftypes.Bool,
	},
	inKeyPolicy: {
		"status":             tftypes.String,
		"classic_allow_list": tftypes.Set{ElementType: tftypes.String},
		"vpc_allow_list":     tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.String}},
	},
}

func TestBaseline_typeOnlyGrows(t *testing.T) {
	t.Parallel()
	want := map[string]tftypes.Type{}
	for setting, kinds := range pinned {
		want[setting] = tftypes.Object{AttributeTypes: kinds}
	}
	got := functionsCore(t).Schemas.Functions["baseline"].Return.Type
	if !got.Equal(tftypes.Object{AttributeTypes: want}) {
		t.Errorf("the type of a baseline is\n%s, want\n%s", got, tftypes.Object{AttributeTypes: want})
	}
}

// addBaseline calls the function.
func addBaseline(t *testing.T, c *acctest.Driver, name string) tftypes.Value {
	t.Helper()
	v, fault := c.Call("baseline", hcl(name))
	if fault != nil {
		t.Fatal(fault.Text)
	}
	return v
}

// The schemas accept every baseline as configuration without a change.
func TestBaseline_isAValidConfiguration(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	for _, p := range baselines {
		given := 0
		for setting, arguments := range acctest.Fields(addBaseline(t, c, p.name)) {
			kind := "ram_" + setting
			block := acctest.Fields(c.Build(c.Schemas.ResourceSchemas[kind], attributes{}))
			maps.Copy(block, acctest.Fields(arguments))
			for _, v := range acctest.Fields(arguments) {
				if !v.IsNull() {
					given++
				}
			}
			written := tftypes.NewValue(c.Schemas.ResourceSchemas[kind].ValueType(), block)
			resp, err := c.Server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: kind, Config: c.Dynamic(written)})
			must(t, err)
			if len(resp.Diagnostics) > 0 {
				t.Errorf("%s, %s: %s", p.name, setting, acctest.Messages(resp.Diagnostics))
			}
		}
		if given < 10 {
			t.Errorf("%s gives only %d values", p.name, given)
		}
	}
}

// byReports are the controls of CIS that need more than the settings.
var byReports = []string{"1.1", "1.15", "1.16", "1.2", "1.3", "1.4", "1.5", "1.6"}

// An account that follows a baseline passes it, except for the values that each account must choose.
func TestBaseline_passesItself(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	open := map[string][]string{"alibaba-2026": {"access-key-networks", "logon-masks"}, "mlps-2.0-level-3": {"8.1.4.4c"}, "cis-1.0.0": byReports, "cis-2.0.0": byReports}
	for _, p := range baselines {
		expect(t, p.name+" failed", idsOf(t, c, addBaseline(t, c, p.name), p.name, failed), []string{})
		expect(t, p.name+" not evaluated", idsOf(t, c, addBaseline(t, c, p.name), p.name, notEvaluated), append([]string{}, open[p.name]...))
	}
}

// No account satisfies all baselines. The test lists the controls that conflict.
func TestBaseline_conflicts(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	for _, x := range []struct {
		follows, judgedBy string
		want              []string
	}{
		{"cis-1.0.0", "cis-2.0.0", []string{"1.13"}},
		{"cis-2.0.0", "cis-1.0.0", []string{"1.13"}},
		{"cis-1.0.0", "alibaba-2026", []string{"password-reuse"}},
		{"cis-2.0.0", "alibaba-2026", []string{"password-age", "password-reuse"}},
		{"alibaba-2026", "cis-1.0.0", []string{}},
		{"alibaba-2026", "cis-2.0.0", []string{"1.13"}},
		{"mlps-2.0-level-3", "cis-1.0.0", []string{"1.11"}},
		{"nist-800-63b-4", "cis-2.0.0", []string{"1.10", "1.7", "1.8", "1.9"}},
		{"cis-2.0.0", "nist-800-63b-4", []string{"3.1.1.2-age", "3.1.1.2-lowercase", "3.1.1.2-number", "3.1.1.2-symbol", "3.1.1.2-uppercase"}},
	} {
		expect(t, x.follows+" judged by "+x.judgedBy, idsOf(t, c, addBaseline(t, c, x.follows), x.judgedBy, failed), x.want)
	}
	docs := c.Schemas.Functions["baseline"].Description
	contains(t, docs, "cis-2.0.0` 1.13", "365 days or more: no value satisfies both", "Steampipe's check passes at exactly 5", "| `password_policy.max_password_age` | `{\"minimum\":1,\"maximum\":90}` (1.13) | `{\"anyOf\":[{\"const\":0},{\"minimum\":365}]}` (1.13)")
}

// idsOf evaluates settings, and returns the ids of the controls with a status, sorted.
func idsOf(t *testing.T, c *acctest.Driver, settings tftypes.Value, name, status string) []string {
	t.Helper()
	ids := []string{}
	for _, v := range verdicts(t, c, settings, name) {
		if v.Status == status {
			ids = append(ids, v.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// verdicts evaluates settings.
func verdicts(t *testing.T, c *acctest.Driver, settings tftypes.Value, name string) (found []verdict) {
	t.Helper()
	list, fault := c.Call("evaluate", settings, hcl(name))
	if fault != nil {
		t.Fatal(fault.Text)
	}
	var elements []tftypes.Value
	must(t, list.As(&elements))
	for _, e := range elements {
		s := func(name string) string { return in(t, e, name).(string) }
		v := verdict{s("id"), s("title"), s("attribute"), s("wanted"), s("found"), s("status"), in(t, e, "who").([]string), s("note")}
		if !json.Valid([]byte(v.Wanted)) || !json.Valid([]byte(v.Found)) {
			t.Errorf("%s: wanted %s or found %s is no JSON", v.ID, v.Wanted, v.Found)
		}
		found = append(found, v)
	}
	return found
}

// The data is consistent: names are unique, attributes exist, each value passes its own rule, and each has a title
// and a source.
func TestBaselines_data(t *testing.T) {
	t.Parallel()
	known := map[string]attr.Value{}
	for _, s := range assessedSettings() {
		for _, a := range s.arguments {
			known[s.name+"."+a.name] = a.null
		}
	}
	for _, p := range baselines {
		ids, asked := map[string]bool{}, map[string]bool{}
		for _, c := range p.controls {
			where := c.setting + "." + c.attribute
			if c.audit != nil && c.setting == "" {
				where = "an audit of " + c.id
				known[where] = types.StringNull()
			}
			null, exists := known[where]
			if !exists || ids[c.id] || asked[where] || c.title == "" || c.source == "" || c.id == "" {
				t.Errorf("%s %s: %s exists: %t, id twice: %t, attribute twice: %t, title %q, source %q", p.name, c.id, where, exists, ids[c.id], asked[where], c.title, c.source)
				continue
			}
			ids[c.id], asked[where] = true, true
			if c.conflict != "" && !sentences.MatchString(c.conflict) {
				t.Errorf("%s %s: %q is no sentence", p.name, c.id, c.conflict)
			}
			v := valueOr(c.value, null)
			if v.Type(t.Context()) != null.Type(t.Context()) && c.value != nil || c.value != nil && c.audit == nil && !c.wanted.passes(v) {
				t.Errorf("%s %s: the baseline's own %v does not pass %s", p.name, c.id, v, c.wanted.text)
			}
		}
	}
}

// A rule accepts its bounds and nothing beyond.
func TestBaselines_rules(t *testing.T) {
	t.Parallel()
	number := func(n int64) attr.Value { return types.Int64Value(n) }
	for _, x := range []struct {
		rule rule
		v    attr.Value
		want bool
	}{
		{least(14), number(14), true},
		{least(14), number(13), false},
		{most(90), number(90), true},
		{most(90), number(91), false},
		{oneTo(90), number(0), false},
		{oneTo(90), number(1), true},
		{oneTo(90), number(90), true},
		{oneTo(90), number(91), false},
		{equals(true), types.BoolValue(true), true},
		{equals(true), types.BoolValue(false), false},
		{equals(false), types.BoolValue(false), true},
		{equals("mandatory"), types.StringValue("mandatory"), true},
		{equals("mandatory"), types.StringValue("adaptive"), false},
		{zeroOrYear(), number(0), true},
		{zeroOrYear(), number(364), false},
		{zeroOrYear(), number(365), true},
		{knownNetworks(), tf.StringSet([]string{}), false},
		{knownNetworks(), tf.StringSet([]string{"192.0.2.1"}), true},
		{knownNetworks(), tf.StringSet([]string{"10.0.0.0/8", "2000::/12"}), true},
		{knownNetworks(), tf.StringSet([]string{"10.0.0.0/7"}), false},
		{knownNetworks(), tf.StringSet([]string{"192.0.2.1", "2000::/11"}), false},
	} {
		if got := x.rule.passes(x.v); got != x.want {
			t.Errorf("%s passes %s: %t", x.rule.text, x.v, got)
		}
	}
}

func TestBaseline_unknownName(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	_, fault := c.Call("baseline", hcl("cis-3.0.0"))
	_, other := c.Call("evaluate", hcl(attributes{}), hcl("cis-3.0.0"))
	for position, f := range map[int64]*tfprotov6.FunctionError{0: fault, 1: other} {
		if f == nil || f.FunctionArgument == nil || *f.FunctionArgument != position {
			t.Fatalf("argument %d is not blamed: %v", position, f)
		}
		contains(t, f.Text+".", `There is no baseline "cis-3.0.0"`, "cis-1.0.0, cis-2.0.0, alibaba-2026, mlps-2.0-level-3, nist-800-63b-4.")
	}
}

// A new account is assessed by its data sources, which are passed whole.
func TestEvaluate_dataSources(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv, fakeClock())
	settings := attributes{}
	for _, name := range []string{inPreference, inPolicy, inKeyPolicy} {
		v, diags := c.ReadData("ram_"+name, attributes{})
		clean(t, diags)
		settings[name] = v
	}
	expect(t, "failed", idsOf(t, c, hcl(settings), "cis-2.0.0", failed), []string{"1.10", "1.11", "1.12", "1.14", "1.7", "1.8", "1.9"})
	expect(t, "not evaluated", idsOf(t, c, hcl(settings), "cis-2.0.0", notEvaluated), byReports)
	expect(t, "failed by the other", idsOf(t, c, hcl(settings), "alibaba-2026", failed), []string{
		"access-key-networks", "idle-access-keys", "idle-users", "logon-masks", "mfa-at-logon", "password-age", "password-attempts", "password-hard-expiry",
		"password-length", "password-lowercase", "password-number", "password-reuse", "password-symbol", "password-uppercase",
	})
	every := verdicts(t, c, hcl(settings), "cis-2.0.0")
	expect(t, "one without its report", every[3], verdict{
		"1.4", "Each user with a console password has MFA", "security_preference.mfa_operation_for_login", `[]`, `null`, notEvaluated, []string{}, "settings.credential_report is not given.",
	})
	expect(t, "one by its attribute", every[12], verdict{
		"1.13", "Passwords last 365 days or longer", "password_policy.max_password_age", `{"anyOf":[{"const":0},{"minimum":365}]}`, `0`, passed, []string{}, "",
	})
}

func TestEvaluate_input(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	const all = 16 // controls of cis-1.0.0
	policyOf := func(name string, v any) attributes { return attributes{inPolicy: attributes{name: v}} }
	nets := func(v any) attributes { return attributes{inPreference: attributes{"login_network_masks": v}} }
	vpcs := func(v any) attributes { return attributes{inKeyPolicy: attributes{"vpc_allow_list": v}} }
	for _, x := range []struct {
		name     string
		settings any
		left     int // how many controls do not pass
		says     []string
	}{
		{name: "nothing", settings: attributes{}, left: all},
		{name: "nulls", settings: attributes{inPreference: nil, inPolicy: nil, inKeyPolicy: nil}, left: all},
		{name: "null attributes", settings: attributes{inPolicy: attributes{"minimum_password_length": nil}}, left: all},
		{name: "one that passes", settings: policyOf("minimum_password_length", 14), left: all - 1},
		{name: "one that fails", settings: policyOf("minimum_password_length", 13), left: all},
		{name: "a typed map", settings: attributes{inPolicy: tftypes.NewValue(tftypes.Map{ElementType: tftypes.Bool}, map[string]tftypes.Value{"require_symbols": hcl(true), "hard_expiry": hcl(false)})}, left: all - 1},
		{name: "what is no argument", settings: attributes{inPolicy: attributes{"account_id": "1", "timeouts": nil}}, left: all},
		{name: "a set", settings: nets(textSet("192.0.2.1")), left: all},
		{name: "a tuple", settings: nets([]any{"192.0.2.1"}), left: all},
		{name: "an empty tuple", settings: nets([]any{}), left: all},
		{name: "a map of sets", settings: vpcs(attributes{"vpc-a": []any{"10.0.0.0/8"}, "vpc-b": textSet()}), left: all},
		{name: "a string for the whole", settings: "x", says: []string{"Settings is a string, not an object."}},
		{name: "a list for the whole", settings: []any{}, says: []string{"Settings is a list or set, not an object."}},
		{name: "a data source without its key", settings: attributes{"minimum_password_length": 14}, says: []string{"Settings.minimum_password_length does not exist; settings may have security_preference,"}},
		{name: "a string for a setting", settings: attributes{inPolicy: "x"}, says: []string{"Settings.password_policy is a string, not an object."}},
		{name: "a number for a bool", settings: policyOf("require_symbols", 1), says: []string{"Settings.password_policy.require_symbols is a number, not true or false."}},
		{name: "a string for a bool", settings: policyOf("require_symbols", "true"), says: []string{"require_symbols is a string, not true or false."}},
		{name: "a string for a number", settings: policyOf("max_password_age", "90"), says: []string{"max_password_age is a string, not a whole number."}},
		{name: "a fraction", settings: policyOf("max_password_age", 90.5), says: []string{"max_password_age is not a whole number."}},
		{name: "a huge number", settings: policyOf("max_password_age", 1e30), says: []string{"max_password_age is not a whole number."}},
		{name: "a bool for a string", settings: attributes{inPreference: attributes{"mfa_operation_for_login": true}}, says: []string{"mfa_operation_for_login is a bool, not a string."}},
		{name: "a string for a set", settings: nets("192.0.2.1"), says: []string{"login_network_masks is a string, not a set of strings."}},
		{name: "a number in a set", settings: nets([]any{"192.0.2.1", 2}), says: []string{"login_network_masks[1] is a number, not a string."}},
		{name: "a null in a set", settings: nets([]any{nil}), says: []string{"login_network_masks[0] is null, not a string."}},
		{name: "a list for a map", settings: vpcs([]any{}), says: []string{"vpc_allow_list is a list or set, not a map of sets of strings."}},
		{name: "a string in a map", settings: vpcs(attributes{"vpc-a": "10.0.0.1"}), says: []string{`vpc_allow_list["vpc-a"] is a string, not a set of strings.`}},
		{name: "a null in a map", settings: vpcs(attributes{"vpc-a": nil}), says: []string{`vpc_allow_list["vpc-a"] is null, not a set of strings.`}},
		{name: "an object for a number", settings: policyOf("max_password_age", attributes{}), says: []string{"is an object, not a whole number."}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			list, fault := c.Call("evaluate", hcl(x.settings), hcl("cis-1.0.0"))
			if fault != nil || x.says != nil {
				judge(t, x.name, list, fault, "", 0, x.says)
				return
			}
			left := 0
			for _, e := range acctest.Elements(list) {
				if in(t, e, "status") != passed {
					left++
				}
			}
			expect(t, "controls that did not pass", left, x.left)
		})
	}
}

// A value that is unknown, at any depth, makes the result unknown. The name of the baseline is checked nevertheless.
func TestEvaluate_unknown(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	for name, settings := range map[string]any{
		"an attribute":     attributes{inPolicy: attributes{"max_password_age": acctest.Unknown{}}},
		"a typed one":      attributes{inPolicy: attributes{"max_password_age": tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)}},
		"an ignored one":   attributes{inPolicy: attributes{"account_id": acctest.Unknown{}}},
		"a setting":        attributes{inPolicy: acctest.Unknown{}, inPreference: attributes{}},
		"inside a set":     attributes{inPreference: attributes{"login_network_masks": textSet("192.0.2.1", acctest.Unknown{})}},
		"inside a tuple":   attributes{inPreference: attributes{"login_network_masks": []any{acctest.Unknown{}}}},
		"everything there": acctest.Unknown{},
	} {
		list, fault := c.Call("evaluate", hcl(settings), hcl("cis-1.0.0"))
		if fault != nil {
			t.Errorf("%s: %s", name, fault.Text)
			continue
		}
		expect(t, name, list.IsKnown(), false)
		if _, fault := c.Call("evaluate", hcl(settings), hcl("cis-9")); fault == nil {
			t.Errorf("%s: the name is not checked", name)
		}
	}
}

// FuzzEvaluate gives evaluate settings of any shape, as a JSON text has them: it
// returns an argument error that names a path, or a verdict on each control.
func FuzzEvaluate(f *testing.F) {
	for _, s := range []string{
		`{}`, `null`, `[]`, `"x"`, `1`, `{"password_policy":null}`, `{"password_policy":{"max_password_age":90,"require_symbols":true}}`, `{"password_policy":{"max_password_age":1e99}}`,
		`{"credential_report":{"generated_time":"2026-11-01T00:00:00Z","rows":[{"user":"<root>","mfa_active":null,"notes":{"mfa_active":"x"}},{"user":"a"}]}}`,
		`{"user_access":{"users":[{"user_name":"a","policies":[]}]},"policies":[{"policy_name":"p","policy_document":"{\"Statement\":[1]}"}]}`,
		`{"password_policy":[1,{"a":null}]}`, `{"security_preference":{"login_network_masks":["192.0.2.1",null]},"x":[]}`, `{"account_access_key_policy":{"vpc_allow_list":{"":["a"],"b":{}}}}`,
	} {
		f.Add(s)
	}
	p := baselines[len(baselines)-1]
	f.Fuzz(func(t *testing.T, s string) {
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			return
		}
		found, err := readEvidence(hcl(fromJSON(v)))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "settings") {
				t.Errorf("%s: the error names no path: %s", s, err)
			}
			return
		}
		if got := p.evaluate(found); len(got) != len(p.controls) {
			t.Errorf("%s: %d verdicts on %d controls", s, len(got), len(p.controls))
		}
	})
}

func fromJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := attributes{}
		for key, e := range v {
			out[key] = fromJSON(e)
		}
		return out
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, fromJSON(e))
		}
		return out
	default:
		return v
	}
}
