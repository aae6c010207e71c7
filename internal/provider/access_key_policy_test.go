// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	ownPolicy = "ram_access_key_policy"
	aliceKey  = "LTAI5tAliceAliceAliceAli"
	noPolicy  = `{"Version":1,"Status":"Inactive","Statements":[]}`
)

// withKey is an account whose user alice has a key, with a policy of its own or without.
func withKey(t *testing.T, document string, behave ...func(*ramtest.Behaviour)) *ramtest.Server {
	t.Helper()
	srv := withAlice(t)
	addKey(srv, "alice", aliceKey, day)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Policy = document })
	for _, b := range behave {
		srv.SetBehaviour(b)
	}
	return srv
}

// of alice's key, with more.
func ofAlice(more attributes) attributes {
	config := attributes{"user_name": "alice", "access_key_id": aliceKey}
	for name, v := range more {
		config[name] = v
	}
	return config
}

func policyOf(srv *ramtest.Server, user string) string { return keysOf(srv, user)[0].Policy }

// behaviours are the ways in which the service may keep, show and lack a policy.
var behaviours = map[string]func(*ramtest.Behaviour){
	"as assumed":       func(*ramtest.Behaviour) {},
	"unset is 404":     func(b *ramtest.Behaviour) { b.UnsetKeyPolicyNotFound = true },
	"rewritten":        func(b *ramtest.Behaviour) { b.NormalizeKeyPolicies = true },
	"stale for a read": func(b *ramtest.Behaviour) { b.StaleReads = 1 },
	"stale for ten":    func(b *ramtest.Behaviour) { b.StaleReads = 10 },
}

func TestAccessKeyPolicy_createReadUpdateDelete(t *testing.T) {
	t.Parallel()
	for name, behave := range behaviours {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withKey(t, "", behave)
			c := newCore(t, srv.Getenv, fakeClock())
			config := ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24", "192.0.2.1/32"}})
			o, diags := c.Create(ownPolicy, config)
			expect(t, "what was said", acctest.Messages(diags), "")
			expect(t, "user id", in(t, o.State, "user_id"), aliceID)
			expect(t, "account", in(t, o.State, "account_id"), defaultAccount)
			expect(t, "by VPC", vpcsIn(t, o.State), map[string]any{})
			unmoved(t, c, ownPolicy, o)
			plan, diags := c.Plan(ownPolicy, config, o)
			clean(t, diags)
			expect(t, "the next plan is empty", c.Planned(ownPolicy, plan).Equal(o.State), true)

			config["vpc_allow_list"] = vpcs(map[string][]string{"AllowAllVPC": {"0.0.0.0/0"}})
			delete(config, "classic_allow_list")
			o, diags = c.Apply(ownPolicy, config, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "classic_allow_list stays")
			contains(t, policyOf(srv, "alice"), "203.0.113.0/24", "AllowAllVPC")
			unmoved(t, c, ownPolicy, o)

			_, diags = c.PlanDestroy(ownPolicy, o)
			contains(t, acctest.Messages(diags), "Destroying the network policy of the AccessKey pair resets it", "status: \"Active\" → \"Inactive\" (weaker)")
			_, diags = c.Destroy(ownPolicy, o)
			clean(t, diags)
			expect(t, "reset", policyOf(srv, "alice"), noPolicy)
			srv.Change(func(*ramtest.Account) {})
			v, diags := newCore(t, srv.Getenv, fakeClock()).ReadData(ownPolicy, attributes{"access_key_id": aliceKey})
			clean(t, diags)
			if !strings.HasPrefix(name, "stale") {
				expect(t, "configured", in(t, v, "configured"), false)
			}
			expect(t, "violations", len(srv.Violations()), 0)
		})
	}
}

func TestAccessKeyPolicy_adoptsAnExistingPolicy(t *testing.T) {
	t.Parallel()
	srv := withKey(t, oldKeyPolicy)
	c := newCore(t, srv.Getenv, fakeClock())
	plan, diags := c.Plan(ownPolicy, ofAlice(attributes{"status": "Active"}), c.Null(ownPolicy))
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Adopting the network policy of the AccessKey pair changes it", aliceKey, `status: "Inactive" → "Active"`)
	expect(t, "unmanaged", in(t, c.Planned(ownPolicy, plan), "classic_allow_list"), acctest.Unknown{})
	o, diags := c.Create(ownPolicy, ofAlice(attributes{"status": "Active"}))
	clean(t, diags)
	expect(t, "policy", policyOf(srv, "alice"), `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24","198.51.100.7"]},{"Type":"VPCWhiteList","Value":"vpc-old","IPList":["10.0.0.0/8"]}]}`)
	_, diags = c.Create(ownPolicy, ofAlice(attributes{"status": "Inactive"}))
	contains(t, acctest.Messages(acctest.Errors(diags)), "Another resource")

	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Policy = noPolicy })
	o, diags = c.Read(ownPolicy, o)
	clean(t, diags)
	expect(t, "drift", in(t, o.State, "status"), "Inactive")
	_, diags = c.Apply(ownPolicy, ofAlice(attributes{"status": "Active"}), o)
	clean(t, diags)
	contains(t, policyOf(srv, "alice"), `"Status":"Active"`)
}

func TestAccessKeyPolicy_importByKeyAndByUser(t *testing.T) {
	t.Parallel()
	srv := withKey(t, oldKeyPolicy)
	for _, id := range []string{aliceKey, "alice:" + aliceKey} {
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Import(ownPolicy, id)
		clean(t, diags)
		expect(t, "user", in(t, o.State, "user_name"), "alice")
		config := ofAlice(attributes{
			"status": "Inactive", "classic_allow_list": []string{"203.0.113.0/24", "198.51.100.7"}, "vpc_allow_list": vpcs(map[string][]string{"vpc-old": {"10.0.0.0/8"}}),
		})
		plan, diags := c.Plan(ownPolicy, config, o)
		expect(t, "what was said", acctest.Messages(diags), "")
		expect(t, "the next plan is empty", c.Planned(ownPolicy, plan).Equal(o.State), true)
		whole := c.List(ownPolicy, attributes{"status": "Inactive"}, true, 10)
		expect(t, "listed", len(whole), 1)
		expect(t, "listed as imported", whole[0].State.Equal(o.State), true)
	}
	c := newCore(t, srv.Getenv, fakeClock())
	expect(t, "other status", len(c.List(ownPolicy, attributes{"status": "Active", "user_name": "alice"}, false, 10)), 0)
	for _, bad := range []string{"LTAIunknown", "bob:" + aliceKey, ":"} {
		_, diags := c.Import(ownPolicy, bad)
		if bad == "bob:"+aliceKey {
			contains(t, acctest.Messages(diags), "No RAM user bob of this account has the key "+aliceKey)
			continue
		}
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the network policy of the AccessKey pair")
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestAccessKeyPolicyData_withoutAPolicy(t *testing.T) {
	t.Parallel()
	for name, behave := range behaviours {
		srv := withKey(t, "", behave)
		c := newCore(t, srv.Getenv, fakeClock())
		for _, config := range []attributes{{"access_key_id": aliceKey}, ofAlice(nil)} {
			v, diags := c.ReadData(ownPolicy, config)
			clean(t, diags)
			expect(t, name, []any{in(t, v, "configured"), in(t, v, "status"), in(t, v, "user_name")}, []any{false, "Inactive", "alice"})
			expect(t, name, in(t, v, "classic_allow_list"), []string{})
		}
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Policy = oldKeyPolicy })
		if !strings.HasPrefix(name, "stale") {
			v, diags := c.ReadData(ownPolicy, ofAlice(nil))
			clean(t, diags)
			expect(t, name, in(t, v, "configured"), true)
		}
		_, diags := c.ReadData(ownPolicy, attributes{"access_key_id": "LTAIunknown"})
		contains(t, acctest.Messages(acctest.Errors(diags)), "has the key LTAIunknown")
	}
}

func TestAccessKeyPolicy_deletedKeyRenamedUserAndReplacement(t *testing.T) {
	t.Parallel()
	config := ofAlice(attributes{"status": "Inactive", "classic_allow_list": []string{"192.0.2.1"}})
	for name, away := range map[string]func(*ramtest.Account){
		"key":  func(a *ramtest.Account) { a.Users["alice"].Keys = nil },
		"user": func(a *ramtest.Account) { delete(a.Users, "alice") },
	} {
		srv := withKey(t, "")
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(ownPolicy, config)
		clean(t, diags)
		srv.Change(away)
		left, diags := c.Read(ownPolicy, o)
		clean(t, diags)
		expect(t, name+" is gone", left.State.IsNull(), true)
		contains(t, acctest.Messages(diags), "The AccessKey pair no longer exists")
		_, diags = c.Destroy(ownPolicy, o)
		clean(t, diags)
		expect(t, name, strings.Join(writes(srv), " "), "SetAccessKeyPolicy")
	}
	srv := withKey(t, "")
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(ownPolicy, config)
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "GetAccessKeyPolicy", Nth: "1-2", Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"})
	kept, diags := c.Read(ownPolicy, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "lists the key")
	expect(t, "the state is kept", kept.State.Equal(o.State), true)

	srv.Change(func(a *ramtest.Account) {
		a.Users["alicia"] = a.Users["alice"]
		a.Users["alicia"].Name = "alicia"
		delete(a.Users, "alice")
	})
	c = newCore(t, srv.Getenv, fakeClock())
	o, diags = c.Read(ownPolicy, o)
	clean(t, diags)
	expect(t, "renamed", in(t, o.State, "user_name"), "alicia")
	renamed := ofAlice(attributes{"user_name": "alicia", "status": "Inactive", "classic_allow_list": []string{"192.0.2.2"}})
	o, diags = c.Apply(ownPolicy, renamed, o)
	clean(t, diags)
	contains(t, policyOf(srv, "alicia"), "192.0.2.2")
	plan, _ := c.Plan(ownPolicy, ofAlice(attributes{"user_name": "bob", "status": "Inactive"}), o)
	expect(t, "another user", len(plan.RequiresReplace), 1)
	plan, _ = c.Plan(ownPolicy, attributes{"user_name": "alicia", "access_key_id": "LTAIother", "status": "Inactive"}, o)
	expect(t, "another key", len(plan.RequiresReplace), 1)
}

func TestAccessKeyPolicy_keyOfAnotherUser(t *testing.T) {
	t.Parallel()
	srv := withKey(t, "")
	c := newCore(t, srv.Getenv, fakeClock())
	for _, who := range []attributes{{"user_name": "bob", "access_key_id": aliceKey}, {"user_name": "alice", "access_key_id": "LTAIunknown"}} {
		who["status"] = "Inactive"
		o, diags := c.Create(ownPolicy, who)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the network policy of the AccessKey pair", "has no AccessKey pair", "Refer to both attributes")
		expect(t, "state", o.State.IsNull(), true)
	}
	_, diags := c.Create(ownPolicy, attributes{"user_name": "unknown", "access_key_id": aliceKey, "status": "Inactive"})
	contains(t, acctest.Messages(acctest.Errors(diags)), `There is no RAM user "unknown"`)
	expect(t, "writes", writes(srv), []string(nil))
}

func TestAccessKeyPolicy_doesNotLockOutTheProvidersKey(t *testing.T) {
	t.Parallel()
	srv := withKey(t, "", func(b *ramtest.Behaviour) { b.CallerAddress = "192.0.2.77" })
	c := newCore(t, srv.Getenv, fakeClock())
	own := srv.Credential(defaultAccount).AccessKeyID
	config := attributes{"user_name": "admin", "access_key_id": own, "status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}
	_, diags := c.Create(ownPolicy, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "may be locked out", own, "that key's own")
	config["access_key_id"] = acctest.Unknown{}
	plan, diags := c.Plan(ownPolicy, config, c.Null(ownPolicy))
	clean(t, diags)
	config["access_key_id"] = own
	plan.PlannedState = c.Dynamic(c.Propose(ownPolicy, c.Build(c.Schemas.ResourceSchemas[ownPolicy], config), c.Planned(ownPolicy, plan)))
	_, diags = c.ApplyPlan(ownPolicy, config, c.Null(ownPolicy), plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "may be locked out")
	config["must_allow"] = []string{"192.0.2.77"}
	_, diags = c.Create(ownPolicy, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "must_allow contains 192.0.2.77")
	expect(t, "writes", writes(srv), []string(nil))
	config["classic_allow_list"] = []string{"192.0.2.0/24"}
	_, diags = c.Create(ownPolicy, config)
	clean(t, diags)
	_, diags = c.Create(ownPolicy, ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}})) // not ours
	clean(t, diags)
}

func TestAccessKeyPolicy_ofAnotherAccountIsNotChanged(t *testing.T) {
	t.Parallel()
	srv := withKey(t, "")
	srv.AddAccount("2222222222222222")
	mine, other := newCore(t, srv.Getenv, fakeClock()), newCore(t, srv.GetenvFor("2222222222222222"), fakeClock())
	o, diags := mine.Create(ownPolicy, ofAlice(attributes{"status": "Inactive"}))
	clean(t, diags)
	srv.ForgetCalls()
	kept, diags := other.Read(ownPolicy, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), defaultAccount, "2222222222222222")
	expect(t, "state", kept.State.Equal(o.State), true)
	_, diags = other.Destroy(ownPolicy, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot destroy")
	for _, call := range srv.Calls() {
		expect(t, "called", call.Action, "GetCallerIdentity")
	}
}

func TestAccessKeyPolicy_retriesTemporaryFaults(t *testing.T) {
	t.Parallel()
	first := ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}})
	next := ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"198.51.100.0/24"}})
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, at := range [][2]string{{"SetAccessKeyPolicy", "before_commit"}, {"SetAccessKeyPolicy", "after_commit"}, {"GetAccessKeyPolicy", ""}, {"GetUser", ""}} {
				if strings.HasPrefix(name, "F12") && at[0] == "SetAccessKeyPolicy" {
					continue // such a response is a good one: "it is set"
				}
				for _, nth := range []string{"1", "2"} {
					rule := fault
					rule.Action, rule.Phase, rule.Nth = at[0], at[1], nth
					srv := withKey(t, "")
					srv.Inject(rule)
					c := newCore(t, srv.Getenv, fakeClock())
					o, diags := c.Create(ownPolicy, first)
					clean(t, diags)
					o, diags = c.Apply(ownPolicy, next, o)
					clean(t, diags)
					unmoved(t, c, ownPolicy, o)
					contains(t, policyOf(srv, "alice"), "198.51.100.0/24")
					_, diags = c.Destroy(ownPolicy, o)
					clean(t, diags)
					expect(t, "reset", policyOf(srv, "alice"), noPolicy)
				}
			}
		})
	}
}

func TestAccessKeyPolicy_failedReadKeepsTheState(t *testing.T) {
	t.Parallel()
	srv := withKey(t, "")
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(ownPolicy, ofAlice(attributes{"status": "Inactive", "classic_allow_list": []string{"192.0.2.1"}}))
	clean(t, diags)
	for _, rule := range []ramtest.Rule{
		{Fault: "code", Status: 403, Code: "NoPermission"},
		{Fault: "code", Status: 404, Code: "InvalidApi.NotFound"},
		{Fault: "html", Status: 404},
		{Fault: "redirect", Header: map[string]string{"Location": "http://127.0.0.1:9/"}},
		{Fault: "drop_fields", Body: "AccessKeyPolicy"},
		{Fault: "retype", Body: `{"AccessKeyPolicy":7}`},
		{Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "86400"},
		{Fault: "empty"},
	} {
		srv := withKey(t, noPolicy)
		rule.Action = "GetAccessKeyPolicy"
		srv.Inject(rule)
		c := newCore(t, srv.Getenv, fakeClock())
		kept, diags := c.Read(ownPolicy, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the network policy of the AccessKey pair")
		expect(t, "state", kept.State.Equal(o.State), true)
		if n := len(srv.Calls("GetAccessKeyPolicy")); n > 5 {
			t.Errorf("%+v: sent %d times", rule, n)
		}
	}
}

func TestAccAccessKeyPolicy_lifecycle(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 1 })
	const address = "ram_access_key_policy.this"
	config := func(list string) string {
		return `
			resource "ram_access_key" "this" { user_name = "alice" }
			resource "ram_access_key_policy" "this" {
				user_name          = ram_access_key.this.user_name
				access_key_id      = ram_access_key.this.access_key_id
				status             = "Active"
				classic_allow_list = ` + list + `
				vpc_allow_list     = { "vpc-1" = ["10.0.0.0/8"] }
			}
			data "ram_access_key_policy" "this" {
				access_key_id = ram_access_key_policy.this.access_key_id
			}`
	}
	key := func() *ramtest.AccessKey { return keysOf(srv, "alice")[0] }
	acceptance(t, srv, resource.TestCase{
		Steps: []resource.TestStep{
			{
				Config: config(`["192.0.2.0/24"]`),
				ConfigStateChecks: []statecheck.StateCheck{
					known(address, "user_id", knownvalue.StringExact(aliceID)),
					known(address, "vpc_allow_list", knownvalue.MapExact(map[string]knownvalue.Check{"vpc-1": knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("10.0.0.0/8")})})),
					known("data.ram_access_key_policy.this", "configured", knownvalue.Bool(true)),
				},
			},
			{Config: config(`["192.0.2.0/24"]`), ConfigPlanChecks: planned(address, plancheck.ResourceActionNoop)},
			{
				PreConfig: func() {
					srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 0 })
					srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Policy = noPolicy })
				},
				Config:           config(`["192.0.2.1/32", "2001:db8::/32"]`),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
			},
			{
				PreConfig: func() {
					expect(t, "policy", strings.Contains(key().Policy, "2001:db8::/32"), true)
					srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys = nil })
				},
				Config:           config(`["192.0.2.1"]`),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionCreate),
			},
		},
	})
}

func TestAccAccessKeyPolicy_import(t *testing.T) {
	t.Parallel()
	srv := withKey(t, oldKeyPolicy)
	config := `resource "ram_access_key_policy" "this" {
		user_name     = "alice"
		access_key_id = "` + aliceKey + `"
		status        = "Inactive"
	}`
	const address = "ram_access_key_policy.this"
	scenario(t, srv,
		resource.TestStep{Config: config},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: aliceKey, ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "access_key_id"},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "alice:" + aliceKey, ImportStateKind: resource.ImportBlockWithID},
	)
	acceptance(t, withKey(t, oldKeyPolicy), resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{Config: config},
			{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}
