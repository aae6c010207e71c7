// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// bindingCore drives the provider at a clock that moves the fake's with it.
func bindingCore(t *testing.T, srv *ramtest.Server) *acctest.Driver {
	t.Helper()
	return newCore(t, srv.Getenv, inStep(srv, 0))
}

// bindingOf is a configuration that binds the device.
func bindingOf(user, seed string) attributes {
	return attributes{"user_name": user, "serial_number": phoneSerial, "seed_wo": seed, "seed_wo_version": 1}
}

func TestMFABinding_bindAndUnbindStoreNoSeed(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	seed := phoneWithoutZeros(srv)
	c := bindingCore(t, srv)
	config := bindingOf("alice", seed)
	o, diags := c.Create(bindingKind, config)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
	for name, want := range map[string]any{
		"account_id": defaultAccount, "user_name": "alice", "user_id": aliceUserID, "serial_number": phoneSerial,
		"seed_wo": nil, "seed_wo_version": int64(1), "activate_date": phone(srv).ActivateDate.Format(time.RFC3339),
	} {
		expect(t, name, in(t, o.State, name), want)
	}
	fixed(t, c, bindingKind, config, o)

	// Another version alone is only written down.
	config["seed_wo_version"] = 2
	o, diags = c.Apply(bindingKind, config, o)
	clean(t, diags)
	expect(t, "version", in(t, o.State, "seed_wo_version"), int64(2))
	expect(t, "seed", in(t, o.State, "seed_wo"), nil)
	expect(t, "writes", writes(srv), []string{"BindMFADevice"})

	_, diags = c.PlanDestroy(bindingKind, o)
	contains(t, acctest.Messages(diags), "A user loses the MFA device", `"alice"`)
	_, diags = c.Destroy(bindingKind, o)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, "")
	_, diags = c.Destroy(bindingKind, o)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string{"BindMFADevice", "UnbindMFADevice"})
	expect(t, "violations", len(srv.Violations()), 0)
}

func TestMFABinding_invalidInputBindsNoDevice(t *testing.T) {
	t.Parallel()
	const noSeed = "not-base32-canary-1890"
	for name, test := range map[string]struct {
		arrange func(*ramtest.Server)
		config  attributes
		want    []string
	}{
		"seed that is none":        {nil, attributes{"seed_wo": noSeed}, []string{"Cannot use the seed", "is not Base32"}},
		"empty seed":               {nil, attributes{"seed_wo": ""}, []string{"Cannot use the seed"}},
		"no seed":                  {nil, attributes{"seed_wo": nil, "seed_wo_version": nil}, []string{"Binding a device requires its seed"}},
		"seed without version":     {nil, attributes{"seed_wo_version": nil}, []string{"seed_wo_version"}},
		"version without seed":     {nil, attributes{"seed_wo": nil}, []string{"seed_wo"}},
		"empty user":               {nil, attributes{"user_name": ""}, []string{"user_name"}},
		"blank user":               {nil, attributes{"user_name": " "}, []string{"user_name"}},
		"user that is not there":   {nil, attributes{"user_name": "carol"}, []string{`There is no RAM user "carol"`}},
		"serial of something else": {nil, attributes{"serial_number": "phone"}, []string{"must be a serial number"}},
		"device that is not there": {nil, attributes{"serial_number": phoneSerial + "2"}, []string{"There is no virtual MFA device " + phoneSerial + "2"}},
		"device of another user":   {func(srv *ramtest.Server) { bindTo(srv, bobUserID) }, nil, []string{`bound to another user, "bob"`, "terraform import ADDRESS bob"}},
		"device that is hers":      {func(srv *ramtest.Server) { bindTo(srv, aliceUserID) }, nil, []string{`"alice" already has the device`, "terraform import ADDRESS alice"}},
		"user with another": {func(srv *ramtest.Server) {
			srv.Change(func(a *ramtest.Account) { a.Users["alice"].MFASerial = "U2F-0815" })
		}, nil, []string{"already has the MFA device U2F-0815"}},
		"seed of another device": {nil, attributes{"seed_wo": "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"}, []string{"CheckAuthenticationCodeFail", "seed may belong to another device", "not bound"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			config := bindingOf("alice", phoneWithoutZeros(srv))
			for name, v := range test.config {
				config[name] = v
			}
			if test.arrange != nil {
				test.arrange(srv)
			}
			before := phone(srv).UserID
			c := bindingCore(t, srv)
			o, diags := c.Create(bindingKind, config)
			contains(t, acctest.Messages(acctest.Errors(diags)), test.want...)
			if strings.Contains(acctest.Messages(diags), "canary") {
				t.Errorf("the seed is echoed:\n%s", acctest.Messages(diags))
			}
			if len(acctest.Errors(diags)) == 0 || !o.State.IsNull() {
				t.Error("it was accepted")
			}
			for _, d := range diags {
				if d.Attribute != nil && d.Attribute.String() == `AttributeName("seed_wo")` && strings.Contains(d.Summary, "seed") && config["seed_wo"] == noSeed {
					t.Error("a CLI would quote the line with the seed")
				}
			}
			expect(t, "owner", phone(srv).UserID, before)
		})
	}
}

// Values that are unknown in the plan are checked before the bind.
func TestMFABinding_unknownValuesAreCheckedInTheApply(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	seed := phoneWithoutZeros(srv)
	c := bindingCore(t, srv)
	config := bindingOf("alice", seed)
	config["seed_wo"] = acctest.Unknown{}
	plan, diags := c.Plan(bindingKind, config, c.Null(bindingKind))
	clean(t, diags)
	for _, v := range []any{nil, "not-base32-canary-1890"} {
		config["seed_wo"] = v
		srv.ForgetCalls()
		o, diags := c.ApplyPlan(bindingKind, config, c.Null(bindingKind), plan)
		if len(acctest.Errors(diags)) != 1 || len(srv.Calls()) != 0 || !o.State.IsNull() || strings.Contains(acctest.Messages(diags), "canary") {
			t.Errorf("%v was accepted, or is echoed: %s", v, acctest.Messages(diags))
		}
	}
	config["seed_wo"] = seed
	o, diags := c.ApplyPlan(bindingKind, config, c.Null(bindingKind), plan)
	clean(t, diags)
	expect(t, "seed", in(t, o.State, "seed_wo"), nil)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
}

func TestMFABinding_absentBindingIsRemovedFromTheState(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*ramtest.Server){
		"unbound":               func(srv *ramtest.Server) { bindTo(srv, "") },
		"bound to another user": func(srv *ramtest.Server) { bindTo(srv, bobUserID) },
		"device deleted": func(srv *ramtest.Server) {
			bindTo(srv, "")
			srv.Change(func(a *ramtest.Account) { delete(a.MFADevices, phoneSerial) })
		},
		"user deleted": func(srv *ramtest.Server) {
			bindTo(srv, "")
			srv.Change(func(a *ramtest.Account) { delete(a.Users, "alice") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			c := bindingCore(t, srv)
			o, diags := c.Create(bindingKind, bindingOf("alice", phoneWithoutZeros(srv)))
			clean(t, diags)
			// One response without it is not believed (CONS-02).
			srv.Inject(ramtest.Rule{Action: "ListVirtualMFADevices", Nth: "1", Fault: "garble", Body: `{"RequestId":"X","IsTruncated":false,"VirtualMFADevices":{"VirtualMFADevice":[]}}`})
			kept, diags := bindingCore(t, srv).Read(bindingKind, o)
			clean(t, diags)
			expect(t, "state after one response without it", kept.State.Equal(o.State), true)
			act(srv)
			before := account(srv)
			_, diags = bindingCore(t, srv).Destroy(bindingKind, o) // there is nothing of ours to unbind
			clean(t, diags)
			expect(t, "bob's device", account(srv).Users["bob"].MFASerial, before.Users["bob"].MFASerial)
			after, diags := bindingCore(t, srv).Read(bindingKind, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "The MFA binding no longer exists")
			expect(t, "state", after.State.IsNull(), true)
		})
	}
}

func TestMFABinding_followsARenamedUser(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	seed := phoneWithoutZeros(srv)
	c := bindingCore(t, srv)
	o, diags := c.Create(bindingKind, bindingOf("alice", seed))
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alicia"] = a.Users["alice"]
		a.Users["alicia"].Name = "alicia"
		delete(a.Users, "alice")
	})
	fresh := bindingCore(t, srv)
	o, diags = fresh.Read(bindingKind, o)
	clean(t, diags)
	expect(t, "name", in(t, o.State, "user_name"), "alicia")
	fixed(t, fresh, bindingKind, bindingOf("alicia", seed), o)

	// Another user is another binding, and that takes the seed.
	plan, diags := fresh.Plan(bindingKind, bindingOf("bob", seed), o)
	clean(t, diags)
	expect(t, "replacements", len(plan.RequiresReplace), 1)
	_, diags = fresh.Plan(bindingKind, attributes{"user_name": "bob", "serial_number": phoneSerial}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "requires its seed")

	// A name that is not there yet is a rename in the same run.
	plan, diags = fresh.Plan(bindingKind, bindingOf("alice", seed), o)
	clean(t, diags)
	expect(t, "replacements", len(plan.RequiresReplace), 0)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"] = a.Users["alicia"]
		a.Users["alice"].Name = "alice"
		delete(a.Users, "alicia")
	})
	o, diags = bindingCore(t, srv).ApplyPlan(bindingKind, bindingOf("alice", seed), o, plan)
	clean(t, diags)
	expect(t, "name", in(t, o.State, "user_name"), "alice")
	expect(t, "writes", writes(srv), []string{"BindMFADevice"})
}

func TestMFABinding_import(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	phoneWithoutZeros(srv)
	bindTo(srv, aliceUserID)
	c := bindingCore(t, srv)
	o, diags := c.Import(bindingKind, "alice")
	clean(t, diags)
	expect(t, "serial", in(t, o.State, "serial_number"), phoneSerial)
	fixed(t, c, bindingKind, attributes{"user_name": "alice", "serial_number": phoneSerial}, o)
	// A first version after an import is written down.
	o, diags = c.Apply(bindingKind, bindingOf("alice", "GEZDGNBVGY3TQOJQ"), o)
	clean(t, diags)
	expect(t, "version", in(t, o.State, "seed_wo_version"), int64(1))
	expect(t, "writes", writes(srv), []string(nil))
	for _, id := range []string{"", " ", "alice@example.onaliyun.com"} {
		_, diags = c.Import(bindingKind, id)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the MFA binding")
	}
	bob, diags := c.Import(bindingKind, "bob")
	clean(t, diags)
	expect(t, "a binding that is not there", bob.State.IsNull(), true)
}

func TestMFAData(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"", "not_found", "empty", "absent", "null"} {
		t.Run("none is "+none, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.UnboundMFAResponse = none }))
			phoneWithoutZeros(srv)
			srv.Change(func(a *ramtest.Account) {
				a.MFADevices[phoneSerial+"-2"] = &ramtest.MFADevice{Name: "phone-2", Serial: phoneSerial + "-2", Seed: "AAAAAAAA"}
			})
			bindTo(srv, aliceUserID)
			c := newCore(t, srv.Getenv, inStep(srv, 0))
			v, diags := c.ReadData("ram_user_mfa", attributes{"user_name": "alice"})
			clean(t, diags)
			expect(t, "alice", []any{in(t, v, "enabled"), in(t, v, "serial_number"), in(t, v, "type")}, []any{true, phoneSerial, "VMFA"})
			v, diags = c.ReadData("ram_user_mfa", attributes{"user_name": "bob"})
			clean(t, diags)
			expect(t, "bob", []any{in(t, v, "enabled"), in(t, v, "serial_number"), in(t, v, "type")}, []any{false, nil, nil})
			_, diags = c.ReadData("ram_user_mfa", attributes{"user_name": "carol"})
			contains(t, acctest.Messages(acctest.Errors(diags)), `There is no RAM user "carol"`)

			for _, filter := range []struct {
				config attributes
				want   []string
			}{
				{attributes{}, []string{"phone", "phone-2"}},
				{attributes{"unbound": true}, []string{"phone-2"}},
				{attributes{"unbound": false}, []string{"phone"}},
			} {
				v, diags = c.ReadData("ram_virtual_mfa_devices", filter.config)
				clean(t, diags)
				var devices []tftypes.Value
				must(t, acctest.Fields(v)["devices"].As(&devices))
				names := []string{}
				for _, device := range devices {
					names = append(names, in(t, device, "virtual_mfa_device_name").(string))
					if bound := in(t, device, "virtual_mfa_device_name") == "phone"; bound != (in(t, device, "user_name") == "alice") || bound != (in(t, device, "activate_date") != nil) {
						t.Errorf("the user of a device is wrong: %v", device)
					}
				}
				expect(t, "devices", names, filter.want)
				found := []string{}
				for _, r := range c.List(deviceKind, filter.config, true, 100) {
					clean(t, r.Diagnostics)
					found = append(found, r.Name)
					expect(t, "identity", in(t, r.Identity, "serial_number"), in(t, r.State, "serial_number"))
					expect(t, "seed", in(t, r.State, "base32_string_seed"), nil)
				}
				expect(t, "listed", found, filter.want)
			}
			bindings := c.List(bindingKind, attributes{}, true, 100)
			expect(t, "bindings", len(bindings), 1)
			expect(t, "binding", []any{in(t, bindings[0].Identity, "user_name"), in(t, bindings[0].State, "serial_number")}, []any{"alice", phoneSerial})
			expect(t, "writes", writes(srv), []string(nil))
			expect(t, "one list serves all", len(srv.Calls("ListVirtualMFADevices")) <= 2, true) // two pages
		})
	}
	t.Run("denied", func(t *testing.T) {
		t.Parallel()
		srv := staffed(t)
		srv.Inject(ramtest.Rule{Action: "ListVirtualMFADevices", Fault: "code", Status: 403, Code: "NoPermission"})
		c := newCore(t, srv.Getenv, inStep(srv, 0))
		for _, kind := range []string{deviceKind, bindingKind} {
			results := c.List(kind, attributes{}, false, 100)
			if len(results) != 1 || !slices.ContainsFunc(results, func(f acctest.ListResult) bool {
				return strings.Contains(acctest.Messages(f.Diagnostics), "NoPermission")
			}) {
				t.Errorf("%s: %v", kind, results)
			}
		}
	})
}

// A seed is needed only to bind, and a list that lacks the device once does not end a destroy.
func TestMFABinding_seedIsNeededOnlyToBind(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := bindingCore(t, srv)
	o, diags := c.Create(bindingKind, bindingOf("alice", phoneWithoutZeros(srv)))
	clean(t, diags)
	without := bindingOf("alice", "").Merge(attributes{"seed_wo": nil})
	fixed(t, c, bindingKind, without, o)
	o, diags = c.Apply(bindingKind, without.With("seed_wo_version", 2), o)
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "ListVirtualMFADevices", Nth: "1", Fault: "garble", Body: `{"RequestId":"X","IsTruncated":false,"VirtualMFADevices":{"VirtualMFADevice":[]}}`})
	_, diags = bindingCore(t, srv).Destroy(bindingKind, o)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, "")
}
