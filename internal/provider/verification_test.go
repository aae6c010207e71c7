// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const verificationKind = "ram_verification"

var securityOfAlice = attributes{"user_name": "alice", "security_email": "alice@example.com", "security_phone": "86-13900001234"}

// securityBut is securityOfAlice with other values.
func securityBut(other attributes) attributes {
	config := maps.Clone(securityOfAlice)
	maps.Copy(config, other)
	return config
}

// secure gives alice addresses, as she herself or another user would.
func secure(srv *ramtest.Server, email, phone ramtest.Verification) {
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].SecurityEmail, a.Users["alice"].SecurityPhone = email, phone
	})
}

func TestVerification_setConfirmAndRemove(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*ramtest.Behaviour){
		"as documented":    func(*ramtest.Behaviour) {},
		"phone in numbers": func(b *ramtest.Behaviour) { b.PhoneAsNumbers = true },
		"absent":           func(b *ramtest.Behaviour) { b.OmitEmptyFields = true },
		"not found":        func(b *ramtest.Behaviour) { b.VerificationNotFound = true },
		"late":             func(b *ramtest.Behaviour) { b.StaleReads = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t, ramtest.WithBehaviour(behave))
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(verificationKind, securityOfAlice)
			expect(t, "what was said", acctest.Messages(diags), "")
			for name, want := range map[string]any{
				"user_id": aliceUserID, "account_id": defaultAccount, "security_email": "alice@example.com", "security_email_status": "pending",
				"security_phone": "86-13900001234", "security_phone_status": "pending",
			} {
				expect(t, name, in(t, o.State, name), want)
			}
			fixed(t, c, verificationKind, securityOfAlice, o)
			expect(t, "writes", writes(srv), []string{"SetVerificationInfo", "SetVerificationInfo"})

			secure(srv, ramtest.Verification{Address: "alice@example.com", Status: "active"}, ramtest.Verification{Address: "86-13900001234", Status: "active"})
			for range 3 { // past what is read late
				o, diags = c.Read(verificationKind, o)
				clean(t, diags)
			}
			expect(t, "status", in(t, o.State, "security_phone_status"), "active")
			fixed(t, c, verificationKind, securityOfAlice, o)

			// Another e-mail address leaves the phone confirmed.
			srv.ForgetCalls()
			config := securityBut(attributes{"security_email": "al@example.com"})
			o, diags = c.Apply(verificationKind, config, o)
			clean(t, diags)
			expect(t, "e-mail", in(t, o.State, "security_email_status"), "pending")
			expect(t, "phone", in(t, o.State, "security_phone_status"), "active")
			expect(t, "writes", writes(srv), []string{"SetVerificationInfo"})

			plan, diags := c.PlanDestroy(verificationKind, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "A user loses the security phone", "al@example.com")
			expect(t, "plan", c.Planned(verificationKind, plan).IsNull(), true)
			_, diags = c.Destroy(verificationKind, o)
			clean(t, diags)
			alice := account(srv).Users["alice"]
			expect(t, "e-mail", alice.SecurityEmail, ramtest.Verification{})
			expect(t, "phone", alice.SecurityPhone, ramtest.Verification{})
			_, diags = c.Destroy(verificationKind, o)
			clean(t, diags)
			expect(t, "violations", srv.Violations(), []string{})
		})
	}
}

// What cannot be removed stays in the state.
func TestVerification_thatCannotBeRemoved(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(verificationKind, securityOfAlice)
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "UnbindVerification", Fault: "code", Status: 403, Code: "NoPermission"})
	after, diags := newCore(t, srv.Getenv, fakeClock()).Destroy(verificationKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "may still be there. The verification is still in the state. Run again.")
	expect(t, "the state is unchanged", after.State.Equal(o.State), true)
	expect(t, "address", account(srv).Users["alice"].SecurityEmail.Address, "alice@example.com")
}

func TestVerification_unmanagedValuesAreKept(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	phone := ramtest.Verification{Address: "49-1700000001", Status: "active"}
	secure(srv, ramtest.Verification{}, phone)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "alice", "security_email": "alice@example.com"}
	o, diags := c.Create(verificationKind, config)
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "phone", in(t, o.State, "security_phone"), nil)
	fixed(t, c, verificationKind, config, o)
	// No longer managed: it stays, and the plan says so.
	o, diags = c.Apply(verificationKind, attributes{"user_name": "alice", "security_phone": "49-1700000001"}, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The security e-mail address is no longer managed", "alice@example.com", `security_email = ""`)
	expect(t, "phone", in(t, o.State, "security_phone_status"), "active")
	expect(t, "writes", writes(srv), []string{"SetVerificationInfo"})
	_, diags = c.Destroy(verificationKind, o)
	clean(t, diags)
	alice := account(srv).Users["alice"]
	expect(t, "e-mail", alice.SecurityEmail.Address, "alice@example.com")
	expect(t, "phone", alice.SecurityPhone, ramtest.Verification{})
}

func TestVerification_emptyRemovesAndReplacingWarns(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	secure(srv, ramtest.Verification{Address: "old@example.com", Status: "active"}, ramtest.Verification{Address: "49-1700000001", Status: "active"})
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"user_name": "alice", "security_email": "new@example.com", "security_phone": ""}
	o, diags := c.Create(verificationKind, config)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "A user loses the security e-mail address", "old@example.com (active)", "A user loses the security phone", "49-1700000001")
	expect(t, "phone", in(t, o.State, "security_phone"), "")
	expect(t, "phone", in(t, o.State, "security_phone_status"), nil)
	fixed(t, c, verificationKind, config, o)
	expect(t, "phone", account(srv).Users["alice"].SecurityPhone, ramtest.Verification{})

	// What another user changes is drift, and is put right.
	secure(srv, ramtest.Verification{}, ramtest.Verification{Address: "49-1700000002", Status: "pending"})
	o, diags = c.Read(verificationKind, o)
	clean(t, diags)
	expect(t, "e-mail", in(t, o.State, "security_email"), "")
	expect(t, "phone", in(t, o.State, "security_phone"), "49-1700000002")
	o, diags = c.Apply(verificationKind, config, o)
	clean(t, diags)
	fixed(t, c, verificationKind, config, o)

	// What another user put in its place is left alone by a destroy.
	secure(srv, ramtest.Verification{Address: "other@example.com", Status: "active"}, ramtest.Verification{})
	_, diags = c.Destroy(verificationKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The user keeps another security e-mail address", "other@example.com")
	expect(t, "e-mail", account(srv).Users["alice"].SecurityEmail.Address, "other@example.com")
}

func TestVerification_invalidInputSetsNothing(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, test := range []struct {
		config attributes
		want   string
	}{
		{attributes{"user_name": "alice"}, "security_email"},
		{attributes{"user_name": "", "security_email": "a@example.com"}, "user_name"},
		{attributes{"user_name": "alice", "security_email": "alice"}, "must be an e-mail address"},
		{attributes{"user_name": "alice", "security_email": "a b@example.com"}, "must be an e-mail address"},
		{attributes{"user_name": "alice", "security_phone": "13900001234"}, "must be <country code>-<number>"},
		{attributes{"user_name": "alice", "security_phone": "+86-13900001234"}, "must be <country code>-<number>"},
		{attributes{"user_name": "carol", "security_phone": "86-13900001234"}, `There is no RAM user "carol"`},
	} {
		o, diags := c.Create(verificationKind, test.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), test.want)
		expect(t, "state", o.State.IsNull(), true)
	}
	expect(t, "writes", writes(srv), []string(nil))
	plan, diags := c.Plan(verificationKind, attributes{"user_name": acctest.Unknown{}, "security_email": acctest.Unknown{}}, c.Null(verificationKind))
	clean(t, diags)
	expect(t, "status", in(t, c.Planned(verificationKind, plan), "security_email_status"), acctest.Unknown{})
	expect(t, "status", in(t, c.Planned(verificationKind, plan), "security_phone_status"), nil)
}

func TestVerification_followsARenamedUserAndItsDeletion(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(verificationKind, securityOfAlice)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		delete(a.Users, "alice")
		u.Name = "alicia"
		a.Users["alicia"] = u
	})
	o, diags = newCore(t, srv.Getenv, fakeClock()).Read(verificationKind, o)
	clean(t, diags)
	expect(t, "name", in(t, o.State, "user_name"), "alicia")
	fixed(t, c, verificationKind, securityBut(attributes{"user_name": "alicia"}), o)

	// The name of another user is another object.
	plan, diags := c.Plan(verificationKind, securityBut(attributes{"user_name": "bob"}), o)
	clean(t, diags)
	expect(t, "replaced", len(plan.RequiresReplace), 1)

	// A destroy with an old name does not touch who has that name now.
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"] = &ramtest.User{ID: "200000000000000009", Name: "alice", Status: "active", SecurityEmail: ramtest.Verification{Address: "alice@example.com", Status: "active"}}
	})
	stale, diags := c.Import(verificationKind, "alicia")
	clean(t, diags)
	expect(t, "import", stale.State.Equal(o.State), true)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(verificationKind, o)
	clean(t, diags)
	expect(t, "the other alice", account(srv).Users["alice"].SecurityEmail.Address, "alice@example.com")
	expect(t, "alicia", account(srv).Users["alicia"].SecurityEmail.Address, "")

	srv.Change(func(a *ramtest.Account) { delete(a.Users, "alicia") })
	late := newCore(t, srv.Getenv, fakeClock())
	after, diags := late.Read(verificationKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The user of the verification no longer exists")
	expect(t, "state", after.State.IsNull(), true)
	_, diags = late.Destroy(verificationKind, o)
	clean(t, diags)
}

// verificationFaults are what goes wrong with every operation.
var verificationFaults = map[string]ramtest.Rule{
	"F01 connection closed": {Fault: "refuse"},
	"F02 connection reset":  {Fault: "reset"},
	"F05 internal error":    {Fault: "code", Status: 500, Code: "InternalError"},
	"F06 denied":            {Fault: "code", Status: 403, Code: "NoPermission"},
	"F08 throttled":         {Fault: "code", Status: 429, Code: "Throttling.User"},
	"F10 truncated":         {Fault: "truncate"},
	"F11 page":              {Fault: "html", Status: 502},
	"F11 empty":             {Fault: "empty"},
	"F12 nothing in it":     {Fault: "garble", Body: "{}"},
	"F15 of a gateway":      {Fault: "code", Status: 404, Code: "InvalidApi.NotFound"},
}

func TestVerification_underFaults(t *testing.T) {
	t.Parallel()
	for name, rule := range verificationFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, action := range []string{"SetVerificationInfo", "GetVerificationInfo", "UnbindVerification"} {
				for _, phase := range []string{"before_commit", "after_commit"} {
					for _, lasting := range []bool{false, true} {
						srv := staffed(t)
						c := newCore(t, srv.Getenv, fakeClock())
						fault := rule
						fault.Action, fault.Phase = action, phase
						if !lasting {
							fault.Nth = "1"
						}
						if action == "SetVerificationInfo" {
							srv.Inject(fault)
							o, diags := c.Create(verificationKind, securityOfAlice)
							failed := len(acctest.Errors(diags)) > 0
							expect(t, "state exists, unless it failed", o.State.IsNull(), failed)
							if failed {
								contains(t, acctest.Messages(diags), "Cannot create the verification", "Run again")
							}
						}
						repaired := staffedLike(t, srv)
						o, diags := newCore(t, repaired.Getenv, fakeClock()).Create(verificationKind, securityOfAlice)
						clean(t, diags)
						repaired.Inject(fault)
						c = newCore(t, repaired.Getenv, fakeClock())
						after, diags := c.Read(verificationKind, o)
						if len(acctest.Errors(diags)) > 0 {
							contains(t, acctest.Messages(diags), "Cannot read the verification", "The state is unchanged.")
						}
						if !after.State.Equal(o.State) {
							t.Errorf("%s, %s: a refresh changed %v to %v", action, phase, o.State, after.State)
						}
						_, diags = c.Destroy(verificationKind, o)
						if left := account(repaired).Users["alice"].SecurityPhone.Address; left != "" && len(acctest.Errors(diags)) == 0 {
							t.Errorf("%s, %s: %s is left and nothing was said", action, phase, left)
						}
					}
				}
			}
		})
	}
}

// staffedLike is a new service with the account of another, whose faults are over.
func staffedLike(t *testing.T, srv *ramtest.Server) *ramtest.Server {
	t.Helper()
	return ramtest.New(t, ramtest.WithAccounts(account(srv)))
}

func TestVerification_isListed(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	secure(srv, ramtest.Verification{}, ramtest.Verification{Address: "49-1700000001", Status: "active"})
	c := newCore(t, srv.Getenv, fakeClock())
	results := c.List(verificationKind, attributes{}, true, 0)
	expect(t, "results", len(results), 1)
	expect(t, "name", results[0].Name, "alice")
	imported, diags := c.Import(verificationKind, "alice")
	clean(t, diags)
	if !results[0].State.Equal(imported.State) {
		t.Errorf("listed as %v, imported as %v", results[0].State, imported.State)
	}
	_, diags = c.Import(verificationKind, "alice@acme")
	contains(t, acctest.Messages(diags), "Cannot import the verification")
	_, diags = c.Import(verificationKind, "carol")
	contains(t, acctest.Messages(diags), `There is no RAM user "carol"`)
}

func TestAccVerification_lifeCycle(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	const config = `
resource "ram_verification" "alice" {
  user_name      = "alice"
  security_email = "alice@example.com"
  security_phone = "86-13900001234"
}
check "confirmed" {
  assert {
    condition     = ram_verification.alice.security_email_status != null
    error_message = "There is no status."
  }
}`
	nothing := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	scenario(t, srv,
		resource.TestStep{Config: config, Check: resource.TestCheckResourceAttr("ram_verification.alice", "security_email_status", "pending")},
		resource.TestStep{ResourceName: "ram_verification.alice", ImportState: true, ImportStateId: "alice", ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "user_name"},
		resource.TestStep{
			PreConfig: func() {
				secure(srv, ramtest.Verification{Address: "alice@example.com", Status: "active"}, ramtest.Verification{Address: "86-13900001234", Status: "active"})
			},
			Config: config, ConfigPlanChecks: nothing,
		},
		resource.TestStep{
			PreConfig: func() {
				secure(srv, ramtest.Verification{}, ramtest.Verification{Address: "86-13900001234", Status: "active"})
			},
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("ram_verification.alice", plancheck.ResourceActionUpdate)}},
			Check:            resource.TestCheckResourceAttr("ram_verification.alice", "security_phone_status", "active"),
		},
		resource.TestStep{
			PreConfig: func() { srv.Change(func(a *ramtest.Account) { delete(a.Users, "alice") }) },
			Config:    config, ExpectError: regexp.MustCompile(`There is no RAM user "alice"`),
		},
	)
	if called := writes(srv); slices.ContainsFunc(called, func(a string) bool { return strings.HasPrefix(a, "Unbind") }) {
		t.Errorf("something was unbound: %v", called)
	}
}

func TestAccVerification_isImportedByIdentity(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	secure(srv, ramtest.Verification{Address: "alice@example.com", Status: "active"}, ramtest.Verification{})
	acceptance(t, srv, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{{
			Config: `
import {
  to       = ram_verification.alice
  identity = { user_name = "alice" }
}
resource "ram_verification" "alice" {
  user_name      = "alice"
  security_email = "alice@example.com"
}`,
			Check: resource.TestCheckResourceAttr("ram_verification.alice", "security_email_status", "active"),
		}},
	})
}

// The owner confirms the phone between plan and apply, or the account cannot be read after a write: the planned value
// of the other address stays, because Terraform reports a different one as a bug of the provider.
func TestVerification_unchangedAddressStaysAsPlanned(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*ramtest.Server){
		"the phone is confirmed": func(srv *ramtest.Server) {
			secure(srv, ramtest.Verification{Address: "alice@example.com", Status: "pending"}, ramtest.Verification{Address: "86-13900001234", Status: "active"})
		},
		"nothing can be read after the write": func(srv *ramtest.Server) {
			srv.Inject(ramtest.Rule{Action: "GetVerificationInfo", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(verificationKind, securityOfAlice)
			clean(t, diags)
			config := securityBut(attributes{"security_email": "al@example.com"})
			plan, diags := c.Plan(verificationKind, config, o)
			clean(t, diags)
			expect(t, "planned", in(t, c.Planned(verificationKind, plan), "security_phone_status"), "pending")
			meanwhile(srv)
			o, diags = c.ApplyPlan(verificationKind, config, o, plan)
			clean(t, diags)
			expect(t, "phone", in(t, o.State, "security_phone_status"), "pending")
			must(t, srv.SetSchedule(ramtest.Schedule{}))
			o, diags = c.Read(verificationKind, o)
			clean(t, diags)
			expect(t, "e-mail", in(t, o.State, "security_email_status"), "pending")
			expect(t, "phone after a refresh", in(t, o.State, "security_phone_status"), account(srv).Users["alice"].SecurityPhone.Status)
		})
	}
}

// A phone whose leading zero the service does not return is removed by the number that it has.
func TestVerification_leadingZeroOfAPhone(t *testing.T) {
	t.Parallel()
	const number = "39-0612345678"
	for _, numbers := range []bool{false, true} {
		for name, remove := range map[string]func(*acctest.Driver, acctest.Object) []*tfprotov6.Diagnostic{
			"destroy": func(c *acctest.Driver, o acctest.Object) []*tfprotov6.Diagnostic {
				_, diags := c.Destroy(verificationKind, o)
				return diags
			},
			"update": func(c *acctest.Driver, o acctest.Object) []*tfprotov6.Diagnostic {
				_, diags := c.Apply(verificationKind, attributes{"user_name": "alice", "security_phone": ""}, o)
				return diags
			},
			"update of an imported one": func(c *acctest.Driver, _ acctest.Object) []*tfprotov6.Diagnostic {
				o, diags := c.Import(verificationKind, "alice")
				clean(t, diags)
				_, diags = c.Apply(verificationKind, attributes{"user_name": "alice", "security_phone": ""}, o)
				return diags
			},
		} {
			srv := staffed(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PhoneAsNumbers = numbers }))
			c := newCore(t, srv.Getenv, fakeClock())
			config := attributes{"user_name": "alice", "security_phone": number}
			o, diags := c.Create(verificationKind, config)
			clean(t, diags)
			fixed(t, c, verificationKind, config, o)
			clean(t, remove(newCore(t, srv.Getenv, fakeClock()), o))
			expect(t, name, account(srv).Users["alice"].SecurityPhone, ramtest.Verification{})
		}
	}
}

// A new user with the name of the old one has addresses of its own.
func TestVerification_ofAUserThatWasCreatedAgain(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(verificationKind, securityOfAlice)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"] = &ramtest.User{ID: "200000000000000009", Name: "alice", Status: "active", SecurityEmail: ramtest.Verification{Address: "hers@example.com", Status: "active"}}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	after, diags := c.Read(verificationKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The user of the verification no longer exists")
	expect(t, "state", after.State.IsNull(), true)
	_, diags = c.Destroy(verificationKind, o)
	clean(t, diags)
	expect(t, "her address", account(srv).Users["alice"].SecurityEmail.Address, "hers@example.com")
}

func TestVerification_warnsOfLosingAConfirmedAddress(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(verificationKind, securityOfAlice)
	clean(t, diags)
	change := securityBut(attributes{"security_email": "al@example.com", "security_phone": ""})
	_, diags = c.Plan(verificationKind, change, o)
	expect(t, "pending addresses", acctest.Messages(diags), "")
	secure(srv, ramtest.Verification{Address: "alice@example.com", Status: "active"}, ramtest.Verification{Address: "86-13900001234", Status: "active"})
	o, diags = c.Read(verificationKind, o)
	clean(t, diags)
	_, diags = c.Plan(verificationKind, change, o)
	contains(t, acctest.Messages(diags), "WARNING: A user loses the security e-mail address", "alice@example.com, which the configuration replaces", "WARNING: A user loses the security phone", "86-13900001234, which the configuration removes")
	_, diags = c.Plan(verificationKind, securityBut(attributes{"security_email": "ALICE@example.com"}), o)
	expect(t, "another notation", acctest.Messages(diags), "")
}

// Two resources for one address of a user overwrite each other's value at every apply.
func TestVerification_twoResourcesForOneAddress(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	mail, phone := attributes{"user_name": "alice", "security_email": "a@example.com"}, attributes{"user_name": "alice", "security_phone": "86-13900001234"}
	other := attributes{"user_name": "alice", "security_email": "b@example.com"}
	newRun := func() *acctest.Driver { return newCore(t, srv.Getenv, fakeClock()) }

	c := newRun()
	first, diags := c.Create(verificationKind, mail)
	expect(t, "the e-mail address", acctest.Messages(diags), "")
	_, diags = c.Create(verificationKind, phone)
	expect(t, "the phone of the same user", acctest.Messages(diags), "")
	_, diags = c.Create(verificationKind, other)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Another resource of this configuration manages the security e-mail address of the user alice")

	// Planned beside one that is in the state, in either order, and beside another create.
	for _, plans := range [][]func(*acctest.Driver) []*tfprotov6.Diagnostic{
		{planOf(mail, &first), planOf(other, nil)}, {planOf(other, nil), planOf(mail, &first)},
	} {
		c = newRun()
		clean(t, plans[0](c))
		contains(t, acctest.Messages(acctest.Errors(plans[1](c))), "Cannot plan the verification", "Another resource", "security_email = ")
	}
	c = newRun()
	clean(t, planOf(mail, nil)(c))
	contains(t, acctest.Messages(planOf(other, nil)(c)), "Two resources manage the security e-mail address of the user alice", `security_email = "a@example.com"`)

	// Both in the state: a warning, and neither is destroyed beside the other.
	second, diags := newRun().Create(verificationKind, other)
	clean(t, diags)
	c = newRun()
	clean(t, planOf(mail, &first)(c))
	contains(t, acctest.Messages(planOf(other, &second)(c)), "Two resources manage the security e-mail address", "a@example.com", "destroy = false")
	for _, plans := range [][]func(*acctest.Driver) []*tfprotov6.Diagnostic{
		{planOf(mail, &first), planOf(nil, &second)}, {planOf(nil, &second), planOf(mail, &first)},
	} {
		c = newRun()
		clean(t, plans[0](c))
		contains(t, acctest.Messages(acctest.Errors(plans[1](c))), "Cannot plan the verification", "still manages it", "destroy = false")
	}
}

// SING-12: without a moved block, the destroy of the old address could remove what the new one sets.
func TestVerification_isNotRenamedWithoutAMove(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(verificationKind, securityOfAlice)
	clean(t, diags)
	for _, plans := range [][]func(*acctest.Driver) []*tfprotov6.Diagnostic{
		{planOf(securityOfAlice, nil), planOf(nil, &o)}, {planOf(nil, &o), planOf(securityOfAlice, nil)},
	} {
		c := newCore(t, srv.Getenv, fakeClock())
		clean(t, plans[0](c))
		refused := acctest.Errors(plans[1](c))
		contains(t, acctest.Messages(refused), "Cannot plan the verification", "moved block", "Nothing was changed")
		expect(t, "errors", len(refused), 1)
	}
	c := newCore(t, srv.Getenv, fakeClock()) // of another user
	clean(t, planOf(nil, &o)(c))
	clean(t, planOf(attributes{"user_name": "bob", "security_email": "alice@example.com"}, nil)(c))
}

// planOf plans a verification; a nil configuration is a destroy, a nil object a create.
func planOf(config attributes, o *acctest.Object) func(*acctest.Driver) []*tfprotov6.Diagnostic {
	return func(c *acctest.Driver) []*tfprotov6.Diagnostic {
		prior := c.Null(verificationKind)
		if o != nil {
			prior = *o
		}
		_, diags := c.Plan(verificationKind, config, prior)
		return diags
	}
}

// A second resource in another configuration is noticed if the value that this one replaced is set again.
func TestVerification_warnsOfAReplacedAddressThatIsSetAgain(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	secure(srv, ramtest.Verification{Address: "other@example.com", Status: "active"}, ramtest.Verification{})
	config := attributes{"user_name": "alice", "security_email": "alice@example.com"}
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(verificationKind, config)
	clean(t, diags)
	for address, warned := range map[string]bool{"other@example.com": true, "third@example.com": false, "alice@example.com": false} {
		secure(srv, ramtest.Verification{Address: address, Status: "active"}, ramtest.Verification{})
		c = newCore(t, srv.Getenv, fakeClock())
		seen, diags := c.Read(verificationKind, o)
		clean(t, diags)
		_, diags = c.Plan(verificationKind, config, seen)
		clean(t, diags)
		expect(t, address, strings.Contains(acctest.Messages(diags), `was changed back to "other@example.com"`), warned)
	}
	config = attributes{"user_name": "alice", "security_email": "new@example.com"} // it is meant to change
	_, diags = c.Plan(verificationKind, config, o)
	clean(t, diags)
	expect(t, "another configuration", strings.Contains(acctest.Messages(diags), "was changed back"), false)
}

// Without what the user has now, it is not known what to send and which confirmed address is lost.
// An address that the service never showed was not set back by another client.
func TestVerification_ignoredAddressIsNotCalledSetBack(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"", "alice@example.com"} {
		srv := staffed(t)
		c := newCore(t, srv.Getenv, fakeClock())
		var o acctest.Object
		var diags []*tfprotov6.Diagnostic
		if first != "" {
			o, diags = c.Create(verificationKind, attributes{"user_name": "alice", "security_email": first})
			clean(t, diags)
		}
		srv.Inject(ramtest.Rule{Action: "SetVerificationInfo", Fault: "garble", Body: `{"RequestId":"X"}`})
		config := attributes{"user_name": "alice", "security_email": "new@example.com"}
		if first == "" {
			o, diags = c.Create(verificationKind, config)
		} else {
			o, diags = c.Apply(verificationKind, config, o)
		}
		contains(t, acctest.Messages(diags), "WARNING: Cannot confirm the verification")
		must(t, srv.SetSchedule(ramtest.Schedule{}))
		o, diags = c.Read(verificationKind, o)
		clean(t, diags)
		expect(t, "address", stateOf(t, o, "security_email"), first)
		_, diags = c.Plan(verificationKind, config, o)
		clean(t, diags)
		expect(t, "says that another client set it back", strings.Contains(acctest.Messages(diags), "was set back"), false)
	}
}

func TestVerification_unreadableAddressesAreNotChanged(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(verificationKind, securityOfAlice)
	clean(t, diags)
	config := securityBut(attributes{"security_email": "", "security_phone": "86-13900009999"})
	plan, diags := c.Plan(verificationKind, config, o)
	clean(t, diags)
	before := len(writes(srv))
	srv.Inject(ramtest.Rule{Action: "GetVerificationInfo", Fault: "code", Status: 403, Code: "NoPermission"})
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(verificationKind, config, o, plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Nothing was changed.", "GetVerificationInfo")
	expect(t, "writes", len(writes(srv)), before)
	expect(t, "phone", account(srv).Users["alice"].SecurityPhone.Address, "86-13900001234")
}

// An allow_lock_out that is not known in the plan is judged in the apply.
func TestVerification_createWithoutAKnownAllowLockOut(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	withProfile(srv, "alice")
	strictly(srv)
	secure(srv, ramtest.Verification{}, ramtest.Verification{Address: "86-13900001234", Status: "active"})
	config := attributes{"user_name": "alice", "security_phone": "86-13900009999"}
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(verificationKind, config, c.Null(verificationKind))
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(verificationKind, config.With("allow_lock_out", acctest.Unknown{}), c.Null(verificationKind))
	clean(t, diags)
	before := len(writes(srv))
	_, diags = newCore(t, srv.Getenv, fakeClock()).Create(verificationKind, config.With("allow_lock_out", false))
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft)
	expect(t, "writes", len(writes(srv)), before)
}
