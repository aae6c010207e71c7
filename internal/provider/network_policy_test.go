// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

const (
	keyPolicy = "ram_account_access_key_policy"
	userSso   = "ram_user_sso_settings"

	// oldKeyPolicy is what the owners of an account once tried and switched off.
	oldKeyPolicy = `{"Version":1,"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24","198.51.100.7"]},{"Type":"VPCWhiteList","Value":"vpc-old","IPList":["10.0.0.0/8"]}]}`
)

// vpcs is a map of sets, as a configuration has it.
func vpcs(by map[string][]string) map[string]tftypes.Value {
	out := map[string]tftypes.Value{}
	for vpc, list := range by {
		elements := []tftypes.Value{}
		for _, s := range list {
			elements = append(elements, tftypes.NewValue(tftypes.String, s))
		}
		out[vpc] = tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
	}
	return out
}

// vpcsIn is the map of sets in a state.
func vpcsIn(t *testing.T, v tftypes.Value) map[string]any {
	t.Helper()
	by := map[string]tftypes.Value{}
	must(t, acctest.Fields(v)["vpc_allow_list"].As(&by))
	out := map[string]any{}
	for vpc, list := range by {
		out[vpc] = acctest.Native(list)
	}
	return out
}

// many are n addresses.
func many(n int) []string {
	list := []string{}
	for i := range n {
		list = append(list, fmt.Sprintf("203.0.113.%d", i))
	}
	return list
}

func TestNetworkPolicy_invalidInputIsRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	nine := map[string][]string{}
	for i := range 9 {
		nine[fmt.Sprintf("vpc-%d", i)] = []string{"10.0.0.0/8"}
	}
	eight := maps.Clone(nine)
	delete(eight, "vpc-8")
	one := func(vpc string, list ...string) attributes {
		return attributes{"vpc_allow_list": vpcs(map[string][]string{vpc: list})}
	}
	for _, bad := range []struct {
		config attributes
		says   []string
	}{
		{attributes{"status": "active"}, []string{`"Inactive" "Active"`, `AttributeName("status")`}},
		{attributes{"classic_allow_list": []string{"203.0.113.5/24"}}, []string{`the block is "203.0.113.0/24"`, `AttributeName("classic_allow_list")`}},
		{attributes{"classic_allow_list": []string{"203.0.113.5-203.0.113.9"}}, []string{`"203.0.113.5-203.0.113.9" is neither`}},
		{attributes{"classic_allow_list": []string{"fe80::1%eth0"}}, []string{`"fe80::1%eth0" has a zone`}},
		{attributes{"classic_allow_list": []string{"vpc-bp1234567890abcdef"}}, []string{`"vpc-bp1234567890abcdef" is a VPC. Set it as a key of vpc_allow_list`}},
		{attributes{"classic_allow_list": []string{"AllowAllVPC"}}, []string{`"AllowAllVPC" is a VPC`}},
		{attributes{"classic_allow_list": []string{"2001:DB8::1", "2001:db8:0::1/128"}}, []string{"are the same network", "2001:DB8::1"}},
		{one("203.0.113.0/24", "10.0.0.0/8"), []string{`"203.0.113.0/24" is an address`, `AttributeName("vpc_allow_list")`}},
		{one("allowallvpc", "10.0.0.0/8"), []string{`"allowallvpc" must be written "AllowAllVPC"`}},
		{one("office", "10.0.0.0/8"), []string{`"office" is neither the id of a VPC`}},
		{one("vpc-1", "10.0.0.1/8"), []string{`the block is "10.0.0.0/8"`, `ElementKeyString("vpc-1")`}},
		{one("vpc-1", "10.0.0.1", "10.0.0.1/32"), []string{"are the same network"}},
		{attributes{"must_allow": []string{"here"}}, []string{`"here" is neither`}},
	} {
		for kind, more := range map[string]attributes{keyPolicy: {}, "ram_access_key_policy": {"user_name": "alice", "access_key_id": "LTAI5t"}} {
			config := maps.Clone(bad.config)
			maps.Copy(config, more)
			_, diags := c.Create(kind, config)
			contains(t, strings.Join(strings.Fields(acctest.Messages(acctest.Errors(diags))), " "), bad.says...)
		}
	}
	expect(t, "calls", len(srv.Calls()), 0)

	for _, fine := range []attributes{
		{"classic_allow_list": many(50)},
		{"vpc_allow_list": vpcs(eight)},
		one("vpc-1"), one("AllowAllVPC", "0.0.0.0/0", "::/0"),
		{"classic_allow_list": []string{}, "vpc_allow_list": vpcs(eight)},
	} {
		_, diags := c.Plan(keyPolicy, fine, c.Null(keyPolicy))
		clean(t, diags)
	}
	// Past the documented quotas the service decides.
	for _, many := range []struct {
		config attributes
		says   string
	}{
		{attributes{"classic_allow_list": many(51)}, "would have 51 addresses"},
		{one("vpc-1", many(51)...), "would have 51 addresses"},
		{attributes{"vpc_allow_list": vpcs(nine)}, "would have 9 statements"},
		{attributes{"vpc_allow_list": vpcs(eight), "classic_allow_list": many(1)}, "would have 9 statements"},
		{attributes{"classic_allow_list": many(26), "vpc_allow_list": vpcs(map[string][]string{"vpc-1": many(25)})}, "would have 51 addresses"},
	} {
		_, diags := c.Plan(keyPolicy, many.config, c.Null(keyPolicy))
		clean(t, diags)
		contains(t, acctest.Messages(diags), many.says, "The service accepts or rejects the policy")
	}
	_, diags := c.Create(keyPolicy, attributes{"classic_allow_list": many(26), "vpc_allow_list": vpcs(map[string][]string{"vpc-1": many(25)})})
	contains(t, acctest.Messages(acctest.Errors(diags)), "The account was not changed")
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.AddressesPerStatement = true })
	_, diags = c.Create(keyPolicy, attributes{"classic_allow_list": many(26), "vpc_allow_list": vpcs(map[string][]string{"vpc-1": many(25)})})
	clean(t, diags)
}

func TestNetworkPolicy_unmanagedValuesAreKept(t *testing.T) {
	t.Parallel()
	srv := old(t)
	const other = `{"IPList":["192.0.2.9"],"Type":"RegionWhiteList","Value":"cn-hangzhou"}`
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.AcceptUnknownStatements = true })
	srv.Change(func(a *ramtest.Account) {
		a.AccessKeyPolicy = strings.Replace(oldKeyPolicy, `]}]}`, `]},`+other+`]}`, 1)
	})
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"classic_allow_list": []string{"192.0.2.0/24", "198.51.100.7/32"}, "on_destroy": setting.Restore}
	plan, diags := c.Plan(keyPolicy, config, c.Null(keyPolicy))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Adopting the AccessKey network policy of the account changes the account",
		`classic_allow_list: ["198.51.100.7","203.0.113.0/24"] → ["192.0.2.0/24","198.51.100.7/32"] (weaker)`)
	expect(t, "an unmanaged value in the plan", in(t, c.Planned(keyPolicy, plan), "vpc_allow_list"), acctest.Unknown{})
	o, diags := c.Create(keyPolicy, config)
	clean(t, diags)
	want := `{"Statements":[{"IPList":["192.0.2.0/24","198.51.100.7/32"],"Type":"ClassicWhiteList"},{"IPList":["10.0.0.0/8"],"Type":"VPCWhiteList","Value":"vpc-old"},` + other + `],"Status":"Inactive","Version":1}`
	expect(t, "account", account(srv).AccessKeyPolicy, want)
	expect(t, "unmanaged in the state", vpcsIn(t, o.State), map[string]any{"vpc-old": []string{"10.0.0.0/8"}})
	expect(t, "status", in(t, o.State, "status"), "Inactive")

	_, diags = c.PlanDestroy(keyPolicy, o)
	contains(t, acctest.Messages(diags), "→ [\"198.51.100.7\",\"203.0.113.0/24\"]")
	_, diags = c.Destroy(keyPolicy, o)
	clean(t, diags)
	contains(t, account(srv).AccessKeyPolicy, `"IPList":["198.51.100.7","203.0.113.0/24"]`, "vpc-old", other)
}

func TestNetworkPolicy_onDestroy(t *testing.T) {
	t.Parallel()
	for onDestroy, want := range map[string]string{
		setting.Retain:  `{"Version":1,"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"vpc-new","IPList":["172.16.0.0/12"]}]}`,
		setting.Restore: `{"Version":1,"Status":"Inactive","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.7","203.0.113.0/24"]},{"Type":"VPCWhiteList","Value":"vpc-old","IPList":["10.0.0.0/8"]}]}`,
		setting.Reset:   `{"Version":1,"Status":"Inactive","Statements":[]}`,
	} {
		srv := old(t)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(keyPolicy, attributes{
			"status": "Active", "classic_allow_list": []string{}, "vpc_allow_list": vpcs(map[string][]string{"vpc-new": {"172.16.0.0/12"}}), "must_allow": []string{"192.0.2.1"},
			"on_destroy": onDestroy, "reset_may_weaken": []string{"classic_allow_list", "vpc_allow_list"},
		})
		clean(t, diags)
		contains(t, acctest.Messages(diags), "The network policy contains no public address", `{"vpc-old":["10.0.0.0/8"]} → {"vpc-new":["172.16.0.0/12"]} (weaker)`)
		_, diags = c.Destroy(keyPolicy, o)
		clean(t, diags)
		expect(t, onDestroy, account(srv).AccessKeyPolicy, want)
	}
}

// A policy that was never set equals one that was reset, which is the value of a new account.
func TestNetworkPolicy_neverSetAndResetAreEqual(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(*ramtest.Server){
		"{}": func(*ramtest.Server) {},
		"not found": func(s *ramtest.Server) {
			s.SetBehaviour(func(b *ramtest.Behaviour) { b.UnsetAccountPolicyNotFound = true })
		},
		"reset": func(s *ramtest.Server) {
			s.Change(func(a *ramtest.Account) { a.AccessKeyPolicy = `{"Version":1,"Status":"Inactive","Statements":[]}` })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			arrange(srv)
			c := newCore(t, srv.Getenv, fakeClock())
			v, diags := c.ReadData(keyPolicy, attributes{})
			clean(t, diags)
			expect(t, "status", in(t, v, "status"), "Inactive")
			expect(t, "list", in(t, v, "classic_allow_list"), []string{})
			expect(t, "by VPC", vpcsIn(t, v), map[string]any{})
			o, diags := c.Create(keyPolicy, attributes{"status": "Inactive", "classic_allow_list": []string{}, "vpc_allow_list": vpcs(nil)})
			clean(t, diags)
			expect(t, "writes", writes(srv), []string(nil))
			unmoved(t, c, keyPolicy, o)
		})
	}
}

// unmoved fails the test if a refresh changes anything.
func unmoved(t *testing.T, c *acctest.Driver, kind string, o acctest.Object) {
	t.Helper()
	again, diags := c.Read(kind, o)
	clean(t, diags)
	if !o.State.Equal(again.State) || !bytes.Equal(o.Private, again.Private) || !bytes.Equal(o.Identity.IdentityData.MsgPack, again.Identity.IdentityData.MsgPack) {
		t.Errorf("%s: a refresh changed %v to %v, %s to %s", kind, o.State, again.State, o.Private, again.Private)
	}
}

func TestNetworkPolicy_notationAndOrderAreNoDrift(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.NormalizeKeyPolicies = true })
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{
		"status": "Active", "must_allow": []string{"203.0.113.9"}, "classic_allow_list": []string{"203.0.113.0/24", "192.0.2.1/32", "2001:DB8::1/128"},
		"vpc_allow_list": vpcs(map[string][]string{"vpc-2": {"10.0.0.1/32"}, "AllowAllVPC": {"::/0", "0.0.0.0/0"}}),
	}
	o, diags := c.Create(keyPolicy, config)
	clean(t, diags)
	unmoved(t, c, keyPolicy, o)
	expect(t, "spelling", in(t, o.State, "classic_allow_list"), []string{"192.0.2.1/32", "2001:DB8::1/128", "203.0.113.0/24"})
	plan, diags := c.Plan(keyPolicy, config, o)
	clean(t, diags)
	if !c.Planned(keyPolicy, plan).Equal(o.State) {
		t.Error("the next plan is not empty")
	}
	config["vpc_allow_list"] = vpcs(map[string][]string{"vpc-2": {"10.0.0.1"}, "AllowAllVPC": {"0.0.0.0/0", "::/0"}})
	if plan, _ = c.Plan(keyPolicy, config, o); !c.Planned(keyPolicy, plan).Equal(o.State) {
		t.Error("another spelling is a change")
	}
	srv.Change(func(a *ramtest.Account) {
		a.AccessKeyPolicy = `{"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"vpc-2","IPList":["10.0.0.2"]},{"Type":"ClassicWhiteList","IPList":["192.0.2.1"]},{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}]}`
	})
	o, diags = c.Read(keyPolicy, o)
	clean(t, diags)
	expect(t, "drift", in(t, o.State, "classic_allow_list"), []string{"192.0.2.1", "203.0.113.0/24"})
	expect(t, "drift by VPC", vpcsIn(t, o.State), map[string]any{"vpc-2": []string{"10.0.0.2"}})
	_, diags = c.Apply(keyPolicy, config, o)
	clean(t, diags)
	contains(t, account(srv).AccessKeyPolicy, "AllowAllVPC", "2001:DB8::1")
}

// The key that the provider signs with is not locked out, unless allow_lock_out is set.
func TestNetworkPolicy_doesNotLockOutTheProvidersKey(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CallerAddress = "192.0.2.77" })
	c := newCore(t, srv.Getenv, fakeClock())
	key := srv.Credential(defaultAccount).AccessKeyID
	elsewhere := attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}
	_, diags := c.Create(keyPolicy, elsewhere)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The provider's own key may be locked out", key, "must_allow", "allow_lock_out = true", "no policy of its own")
	elsewhere["must_allow"] = []string{"192.0.2.77"}
	_, diags = c.Create(keyPolicy, elsewhere)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The network policy excludes addresses that must be allowed", "must_allow contains 192.0.2.77", "203.0.113.0/24")
	expect(t, "writes", writes(srv), []string(nil))

	o, diags := c.Create(keyPolicy, attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24", "192.0.2.0/24"}, "must_allow": []string{"192.0.2.77"}})
	clean(t, diags)
	for what, config := range map[string]attributes{
		"unmanaged list":  {"status": "Active"},
		"wider list":      {"classic_allow_list": []string{"203.0.113.0/24", "192.0.2.0/23"}},
		"not enforced":    {"status": "Inactive", "classic_allow_list": []string{"203.0.113.0/24"}},
		"no list":         {"classic_allow_list": []string{}},
		"allowed is less": {"classic_allow_list": []string{"192.0.2.77"}, "must_allow": []string{"192.0.2.77"}},
	} {
		_, diags = c.Plan(keyPolicy, config, o)
		if len(acctest.Errors(diags)) > 0 {
			t.Errorf("%s: %s", what, acctest.Messages(diags))
		}
	}
	_, diags = c.Apply(keyPolicy, attributes{"classic_allow_list": []string{"192.0.2.77"}}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "may be locked out")
	_, diags = c.Apply(keyPolicy, attributes{"status": "Active", "must_allow": []string{"198.51.100.1"}}, o) // the live list
	contains(t, acctest.Messages(acctest.Errors(diags)), "must_allow contains 198.51.100.1")
	_, diags = c.Apply(keyPolicy, attributes{"classic_allow_list": []string{"192.0.2.64/26"}, "allow_lock_out": true}, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "allow_lock_out = true accepts this")
	_, diags = c.Plan(keyPolicy, attributes{"classic_allow_list": []string{"10.0.0.0/8"}, "allow_lock_out": true}, o)
	contains(t, acctest.Messages(diags), "The network policy contains private addresses only")
}

// Values that are unknown in the plan are checked before the write.
func TestNetworkPolicy_valuesUnknownInThePlanAreCheckedBeforeTheWrite(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	known := attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}
	plan, diags := c.Plan(keyPolicy, attributes{"status": "Active", "classic_allow_list": acctest.Unknown{}}, c.Null(keyPolicy))
	clean(t, diags)
	plan.PlannedState = c.Dynamic(c.Propose(keyPolicy, c.Build(c.Schemas.ResourceSchemas[keyPolicy], known), c.Planned(keyPolicy, plan)))
	_, diags = c.ApplyPlan(keyPolicy, known, c.Null(keyPolicy), plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The provider's own key may be locked out")
	expect(t, "writes", writes(srv), []string(nil))
}

// Temporary credentials are not evaluated, but the key that a role is assumed with is.
func TestNetworkPolicy_temporaryCredentialsAreNotEvaluated(t *testing.T) {
	t.Parallel()
	config := attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}
	assume := attributes{"assume_role": attributes{"role_arn": "acs:ram::2222222222222222:role/ops"}}
	srv := ramtest.New(t)
	srv.AddAccount("2222222222222222")
	srv.ChangeAccount("2222222222222222", func(a *ramtest.Account) {
		a.Roles["ops"] = &ramtest.Role{ID: "300", Name: "ops", TrustedAccounts: []string{defaultAccount, "2222222222222222"}}
	})
	c := newCoreWith(t, assume, srv.Getenv, fakeClock()) // with a key of another account
	_, diags := c.Create(keyPolicy, config)
	clean(t, diags)
	c = newCoreWith(t, assume, srv.GetenvFor("2222222222222222"), fakeClock())
	srv.ChangeAccount("2222222222222222", func(a *ramtest.Account) { a.AccessKeyPolicy = "" })
	_, diags = c.Create(keyPolicy, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "may be locked out", "a role is assumed with that key")
	srv.Inject(ramtest.Rule{Action: "GetUser", Fault: "code", Status: 403, Code: "NoPermission"})
	_, diags = c.Plan(keyPolicy, config, c.Null(keyPolicy))
	contains(t, acctest.Messages(acctest.Errors(diags)), "may be locked out", "could not be determined", "ram:GetUser", "a role is assumed with that key")
}

func TestNetworkPolicy_widerVPCs(t *testing.T) {
	t.Parallel()
	type by = map[string][]string
	for _, c := range []struct {
		before, after by
		want          bool
	}{
		{by{}, by{"vpc-1": {"10.0.0.0/8"}}, false},
		{by{"vpc-1": {"10.0.0.0/8"}}, by{}, true},
		{by{"vpc-1": {"10.0.0.0/8"}}, by{"vpc-1": {"10.1.0.0/16"}}, false},
		{by{"vpc-1": {"10.0.0.0/8"}}, by{"vpc-1": {"10.0.0.0/7"}}, true},
		{by{"vpc-1": {"10.0.0.0/8"}}, by{"vpc-1": {}}, true},
		{by{"vpc-1": {}}, by{"vpc-1": {"10.0.0.0/8"}}, false},
		{by{"vpc-1": {"10.0.0.0/8"}}, by{"vpc-2": {"10.0.0.0/8"}}, true},
		{by{"AllowAllVPC": {"10.0.0.0/8"}}, by{"vpc-2": {"10.0.0.0/9"}}, false},
		{by{"AllowAllVPC": {"10.0.0.0/8"}}, by{"vpc-2": {"172.16.0.0/12"}}, true},
		{by{"vpc-2": {"10.0.0.0/8"}}, by{"AllowAllVPC": {"10.0.0.0/8"}}, true},
		{by{"AllowAllVPC": {}}, by{"vpc-2": {}}, false},
		{by{"AllowAllVPC": {"10.0.0.0/9"}, "vpc-1": {"10.128.0.0/9"}}, by{"vpc-1": {"10.0.0.0/8"}}, false},
		{nil, by{"vpc-1": {}}, false},
	} {
		if got := network.WiderVPCs(c.before, c.after); got != c.want {
			t.Errorf("%v, %v: got %t", c.before, c.after, got)
		}
	}
}

// An unknown element equals no value, in particular not the empty set.
func TestField_unknownElementsEqualNothing(t *testing.T) {
	t.Parallel()
	f := network.PolicyFields()
	open := types.SetValueMust(types.StringType, []attr.Value{types.StringUnknown()})
	expect(t, "set", f[1].Same(open, tf.StringSet([]string{})), false)
	expect(t, "map", f[2].Same(types.MapValueMust(tf.StringSetType, map[string]attr.Value{"vpc-1": open}), tf.StringSetMap(map[string][]string{"vpc-1": {}})), false)
	expect(t, "map of nothing", f[2].Same(tf.StringSetMap(map[string][]string{}), tf.StringSetMap(map[string][]string{})), true)
	for _, odd := range []any{"text", map[string]any{"vpc-1": "text"}} {
		expect(t, "no map", f[2].Parse(odd).IsNull(), true)
	}
}

// The wait for the service to show a write is bounded, and SING-04 holds.
func TestNetworkPolicy_twoResourcesAreRefused(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(keyPolicy, attributes{"status": "Inactive"})
	clean(t, diags)
	_, diags = c.Create(keyPolicy, attributes{"status": "Inactive"})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Another resource")
	expect(t, "reads of the policy", slices.Contains(writes(srv), "SetAccessKeyPolicyForAccount"), false)
}
