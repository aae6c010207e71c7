// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// functionsCore drives a provider without configuration: a CLI calls functions
// without credentials, and before it has any.
func functionsCore(t *testing.T) *acctest.Driver {
	t.Helper()
	return acctest.NewDriver(t.Context(), t, Server(New("test", func(string) string { return "" })()))
}

// hcl makes a value as an expression of the configuration has it: objects and
// tuples, never maps and lists. A nil is a null of no type.
func hcl(v any) tftypes.Value {
	switch v := v.(type) {
	case nil:
		return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	case tftypes.Value:
		return v
	case acctest.Unknown:
		return tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)
	case bool:
		return tftypes.NewValue(tftypes.Bool, v)
	case int:
		return tftypes.NewValue(tftypes.Number, big.NewFloat(float64(v)))
	case float64:
		return tftypes.NewValue(tftypes.Number, big.NewFloat(v))
	case string:
		return tftypes.NewValue(tftypes.String, v)
	case []any:
		kind, elements := tftypes.Tuple{ElementTypes: []tftypes.Type{}}, []tftypes.Value{}
		for _, e := range v {
			element := hcl(e)
			kind.ElementTypes, elements = append(kind.ElementTypes, element.Type()), append(elements, element)
		}
		return tftypes.NewValue(kind, elements)
	case attributes:
		kind, members := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}, map[string]tftypes.Value{}
		for name, a := range v {
			members[name] = hcl(a)
			kind.AttributeTypes[name] = members[name].Type()
		}
		return tftypes.NewValue(kind, members)
	default:
		panic("no value of the configuration")
	}
}

// textSet is a set of strings; an unknown is an unknown element.
func textSet(elements ...any) tftypes.Value {
	out := []tftypes.Value{}
	for _, e := range elements {
		if _, waits := e.(acctest.Unknown); waits {
			e = tftypes.UnknownValue
		}
		out = append(out, tftypes.NewValue(tftypes.String, e))
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, out)
}

// The CLI refuses null and does not call the function with unknown values, unless the parameters allow them: text,
// set and bool.
func TestFunctions_coreHandlesNullAndUnknown(t *testing.T) {
	t.Parallel()
	for name, f := range functionsCore(t).Schemas.Functions {
		for _, p := range f.Parameters {
			if p.AllowNullValue || p.AllowUnknownValues {
				t.Errorf("%s: the parameter %s takes null (%t) or unknown (%t)", name, p.Name, p.AllowNullValue, p.AllowUnknownValues)
			}
		}
	}
}

func TestFunctions_texts(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // of RFC 6238, appendix B
	for _, x := range []struct {
		function, first, second string
		want                    string // the result, or
		blamed                  int64  // the argument to blame, and
		says                    []string
	}{
		{function: "principal_name", first: "alice", second: "example-corp.onaliyun.com", want: "alice@example-corp.onaliyun.com"},
		{function: "principal_name", first: "a.b_c-1", second: "1234567890123456.onaliyun.com", want: "a.b_c-1@1234567890123456.onaliyun.com"},
		{function: "principal_name", first: "alice", second: "corp.example.com", want: "alice@corp.example.com"},
		{function: "principal_name", first: "", second: "a.com", says: []string{`"" is not the name of a RAM user`}},
		{function: "principal_name", first: "al ice", second: "a.com", says: []string{"letters, digits"}},
		{function: "principal_name", first: "alice@a.com", second: "a.com", says: []string{"is already a principal name"}},
		{function: "principal_name", first: strings.Repeat("a", 65), second: "a.com", says: []string{"1 to 64"}},
		{function: "principal_name", first: "alice", second: "example-corp", blamed: 1, says: []string{`"example-corp.onaliyun.com"`}},
		{function: "principal_name", first: "alice", second: "", blamed: 1, says: []string{"is not a domain"}},
		{function: "principal_name", first: "alice", second: "a..com", blamed: 1, says: []string{"is not a domain"}},
		{function: "principal_name", first: strings.Repeat("a", 64), second: strings.Repeat("b", 60) + ".com", blamed: 1, says: []string{"129 characters", "at most 128"}},
		{function: "totp", first: seed, second: "1970-01-01T00:00:59Z", want: "287082"},
		{function: "totp", first: seed, second: "2005-03-18T01:58:29Z", want: "081804"},
		{function: "totp", first: seed, second: "2005-03-18T09:58:29+08:00", want: "081804"},
		{function: "totp", first: "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", second: "2009-02-13T23:31:30Z", want: "005924"},
		{function: "totp", first: seed, second: "yesterday", blamed: 1, says: []string{"The time is not in the format of RFC 3339"}},
		{function: "totp", first: "2026-11-23T08:00:00Z", second: seed, blamed: 1, says: []string{"The first argument is the seed"}},
		{function: "totp", first: seed, second: "1969-12-31T23:59:59Z", blamed: 1, says: []string{"before 1970"}},
		{function: "totp", first: "secret-seed-1", second: "2026-11-23T08:00:00Z", says: []string{"The seed is not Base32."}},
		{function: "totp", first: "", second: "2026-11-23T08:00:00Z", says: []string{"The seed is not Base32."}},
	} {
		got, fault := c.Call(x.function, hcl(x.first), hcl(x.second))
		judge(t, x.function+"("+x.first+", "+x.second+")", got, fault, x.want, x.blamed, x.says)
		if fault != nil && x.function == "totp" && (x.first != "" && x.first != "2026-11-23T08:00:00Z" && strings.Contains(fault.Text, x.first) || strings.Contains(fault.Text, seed)) {
			t.Errorf("totp shows the seed: %s", fault.Text)
		}
	}
	for _, x := range []struct {
		alias, want string
		says        []string
	}{
		{alias: "example-corp", want: "https://signin.alibabacloud.com/example-corp.onaliyun.com/login.htm"},
		{alias: "1234567890123456", want: "https://signin.alibabacloud.com/1234567890123456.onaliyun.com/login.htm"},
		{alias: "", says: []string{"is not an alias"}},
		{alias: "Example", says: []string{"lower-case"}},
		{alias: "a--b", says: []string{"single hyphens"}},
		{alias: "example-corp.onaliyun.com", says: []string{"is not a domain"}},
		{alias: "evil.example/", says: []string{"is not an alias"}},
		{alias: strings.Repeat("a", 64), says: []string{"is not an alias"}},
	} {
		got, fault := c.Call("login_url", hcl(x.alias))
		judge(t, "login_url("+x.alias+")", got, fault, x.want, 0, x.says)
	}
}

// judge compares what a function that returns a text returned.
func judge(t *testing.T, what string, got tftypes.Value, fault *tfprotov6.FunctionError, want string, blamed int64, says []string) {
	t.Helper()
	switch {
	case fault == nil && says != nil:
		t.Errorf("%s: got %v, want an error", what, got)
	case fault == nil:
		expect(t, what, acctest.Native(got), any(want))
	case says == nil:
		t.Errorf("%s: %s", what, fault.Text)
	case fault.FunctionArgument == nil || *fault.FunctionArgument != blamed:
		t.Errorf("%s: blames %v, want argument %d", what, fault.FunctionArgument, blamed)
	default:
		printed := fault.Text + "." // as the CLI prints it
		contains(t, printed, says...)
		if strings.HasSuffix(printed, "..") || !sentences.MatchString(strings.ReplaceAll(printed, `"`, "`")) {
			t.Errorf("%s: no sentence: %s", what, printed)
		}
	}
}

// The function and the attribute agree on the address of the logon page.
func TestLoginURL_equalsTheDataSource(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.Alias = "example-corp" })
	c := newCore(t, srv.Getenv, fakeClock())
	read, diags := c.ReadData(alias, attributes{})
	clean(t, diags)
	created, fault := c.Call("login_url", hcl("example-corp"))
	if fault != nil {
		t.Fatal(fault.Text)
	}
	expect(t, "login_url", acctest.Native(created), in(t, read, "login_url"))
}

func TestAllows(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	for _, x := range []struct {
		name    string
		masks   tftypes.Value
		address string
		want    any
		blamed  int64
		says    []string
	}{
		{name: "none allows all", masks: textSet(), address: "203.0.113.7", want: true},
		{name: "none allows all of IPv6", masks: textSet(), address: "2001:db8::1", want: true},
		{name: "in a block", masks: textSet("203.0.113.0/24"), address: "203.0.113.7", want: true},
		{name: "outside", masks: textSet("203.0.113.0/24", "192.0.2.1"), address: "192.0.2.2", want: false},
		{name: "the address itself", masks: textSet("192.0.2.1"), address: "192.0.2.1", want: true},
		{name: "IPv6 in a block", masks: textSet("2001:db8::/32"), address: "2001:db8:1::1", want: true},
		{name: "IPv6 outside", masks: textSet("2001:db8::/32"), address: "2001:db9::1", want: false},
		{name: "IPv6 is in no IPv4 block", masks: textSet("0.0.0.0/0"), address: "2001:db8::1", want: false},
		{name: "a block in two halves", masks: textSet("203.0.113.0/25", "203.0.113.128/25"), address: "203.0.113.0/24", want: true},
		{name: "half a block", masks: textSet("203.0.113.0/25"), address: "203.0.113.0/24", want: false},
		{name: "allowed whatever is unknown", masks: textSet("203.0.113.0/24", acctest.Unknown{}), address: "203.0.113.7", want: true},
		{name: "may be allowed", masks: textSet("203.0.113.0/24", acctest.Unknown{}), address: "192.0.2.2", want: acctest.Unknown{}},
		{name: "may be all there is", masks: textSet(acctest.Unknown{}), address: "192.0.2.2", want: acctest.Unknown{}},
		{name: "no address", masks: textSet(), address: "bastion", blamed: 1, says: []string{`The address "bastion" is neither`}},
		{name: "an empty address", masks: textSet(), address: "", blamed: 1, says: []string{"neither"}},
		{name: "host bits, as an account can have them", masks: textSet("10.1.2.3/8"), address: "10.200.0.1", want: true},
		{name: "outside of a block with host bits", masks: textSet("10.1.2.3/8"), address: "11.0.0.1", want: false},
		{name: "host bits in the address", masks: textSet("10.0.0.0/8"), address: "10.1.2.3/16", blamed: 1, says: []string{`"10.1.0.0/16"`}},
		{name: "blanks, as a list that was split at semicolons has them", masks: textSet(" 192.0.2.1 "), address: "192.0.2.1", want: true},
		{name: "no mask", masks: textSet("office"), address: "10.0.0.1", says: []string{`The mask "office"`}},
		{name: "a null among the masks", masks: textSet(nil), address: "10.0.0.1", says: []string{`The mask "" is neither`}},
	} {
		got, fault := c.Call("allows", x.masks, hcl(x.address))
		if fault != nil || x.says != nil {
			judge(t, x.name, got, fault, "", x.blamed, x.says)
			continue
		}
		expect(t, x.name, acctest.Native(got), x.want)
	}
}

func TestParseARN(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	for _, x := range []struct {
		arn  string
		want [6]any // service, region, account id, resource, its type, its name
		says []string
	}{
		{arn: "acs:ram::1234567890123456:user/alice", want: [6]any{"ram", "", "1234567890123456", "user/alice", "user", "alice"}},
		{arn: "acs:ram::1234567890123456:root", want: [6]any{"ram", "", "1234567890123456", "root", "root", nil}},
		{arn: "acs:ram::1:mfa/device001", want: [6]any{"ram", "", "1", "mfa/device001", "mfa", "device001"}},
		{arn: "acs:ram::1:assumed-role/audit/nightly", want: [6]any{"ram", "", "1", "assumed-role/audit/nightly", "assumed-role", "audit/nightly"}},
		{arn: "acs:ram::system:policy/AdministratorAccess", want: [6]any{"ram", "", "system", "policy/AdministratorAccess", "policy", "AdministratorAccess"}},
		{arn: "acs:ram:*:1:user/*", want: [6]any{"ram", "*", "1", "user/*", "user", "*"}},
		{arn: "acs:log:cn-hangzhou:1:project/a:b", want: [6]any{"log", "cn-hangzhou", "1", "project/a:b", "project", "a:b"}},
		{arn: "acs:oss:*:*:*", want: [6]any{"oss", "*", "*", "*", "*", nil}},
		{arn: "", says: []string{"1 of 5 parts"}},
		{arn: "alice", says: []string{"is not an ARN, such as"}},
		{arn: "acs:ram::1234567890123456", says: []string{"4 of 5 parts"}},
		{arn: "arn:aws:iam::123456789012:user/alice", says: []string{`begins with "acs:"`}},
		{arn: "ACS:ram::1:user/alice", says: []string{`begins with "acs:"`}},
		{arn: "acs:ram::1:", want: [6]any{"ram", "", "1", "", "", nil}},
		{arn: "acs:ram::1:user/", want: [6]any{"ram", "", "1", "user/", "user", ""}},
		{arn: "acs:ram::1:/alice", want: [6]any{"ram", "", "1", "/alice", "", "alice"}},
		{arn: "acs:ram::1:saml-provider/My Company", want: [6]any{"ram", "", "1", "saml-provider/My Company", "saml-provider", "My Company"}},
		{arn: "acs:ram::1:user/alice ", want: [6]any{"ram", "", "1", "user/alice ", "user", "alice "}},
		{arn: "acs:::1:user/alice", want: [6]any{"", "", "1", "user/alice", "user", "alice"}},
	} {
		got, fault := c.Call("parse_arn", hcl(x.arn))
		if fault != nil || x.says != nil {
			judge(t, x.arn, got, fault, "", 0, x.says)
			continue
		}
		for i, name := range []string{"service", "region", "account_id", "resource", "resource_type", "resource_name"} {
			expect(t, x.arn+" "+name, in(t, got, name), x.want[i])
		}
	}
}

// FuzzParseARN parses any text: it is refused, or its parts form the same text again.
func FuzzParseARN(f *testing.F) {
	for _, s := range []string{"", "acs:ram::1:user/alice", "acs:ram::1:root", "acs:ram:*:1:mfa/a/b:c", ":::::", "acs:a:b:c:d/", "acs:\x00:b:c:d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := parseARN(s)
		if err != nil {
			return
		}
		if whole := strings.Join([]string{"acs", a.Service, a.Region, a.AccountID, a.Resource}, ":"); whole != s {
			t.Errorf("%q came apart as %q", s, whole)
		}
		resource := a.ResourceType
		if a.ResourceName != nil {
			resource += "/" + *a.ResourceName
		}
		if resource != a.Resource || strings.Contains(a.ResourceType, "/") {
			t.Errorf("%q has the type %q and the resource %q", s, a.ResourceType, a.Resource)
		}
	})
}
