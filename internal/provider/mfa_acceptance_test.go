// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// clocked is an acceptance test at a clock that moves the fake's with it, so that
// codes which were waited for are those of the fake's time.
func clocked(t *testing.T, srv *ramtest.Server, c resource.TestCase) {
	t.Helper()
	needsCLI(t)
	c.ProtoV6ProviderFactories = map[string]func() (tfprotov6.ProviderServer, error){
		"ram": func() (tfprotov6.ProviderServer, error) {
			return Server(New("test", srv.Getenv, inStep(srv, 0))()), nil
		},
	}
	resource.UnitTest(t, c)
}

func TestAccMFADevice_lifecycle(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	const address = "ram_virtual_mfa_device.phone"
	phoneFor := func(bind string) string {
		return `resource "ram_virtual_mfa_device" "phone" {
			virtual_mfa_device_name = "phone"
			` + bind + `
		}`
	}
	owner := func(name, id string) []statecheck.StateCheck {
		return []statecheck.StateCheck{known(address, "bind_to_user", knownvalue.StringExact(name)), known(address, "user_id", knownvalue.StringExact(id))}
	}
	var seed string
	seedStays := func(s *terraform.State) error {
		got := s.RootModule().Resources[address].Primary.Attributes["base32_string_seed"]
		if seed == "" {
			seed = phone(srv).Seed
		}
		if got != seed || phone(srv).Seed != seed {
			return fmt.Errorf("the seed in the state is not the first one, or not the account's")
		}
		return nil
	}
	clocked(t, srv, resource.TestCase{
		Steps: []resource.TestStep{
			{ // the user is not known when the plan is made
				Config: `resource "terraform_data" "user" { input = "alice" }` + "\n" + phoneFor(`bind_to_user = terraform_data.user.output`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("base32_string_seed")),
					plancheck.ExpectSensitiveValue(address, tfjsonpath.New("base32_string_seed")),
					plancheck.ExpectSensitiveValue(address, tfjsonpath.New("qr_code_png")),
				}},
				ConfigStateChecks: append(owner("alice", aliceUserID),
					statecheck.ExpectSensitiveValue(address, tfjsonpath.New("base32_string_seed")),
					statecheck.ExpectSensitiveValue(address, tfjsonpath.New("qr_code_png")),
					known(address, "encrypted_seed", knownvalue.Null()),
					known(address, "serial_number", knownvalue.StringExact(phoneSerial)),
				),
				Check: seedStays,
			},
			{
				ResourceName: address, ImportState: true, ImportStateId: phoneSerial,
				ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "serial_number", ImportStateVerifyIgnore: []string{"base32_string_seed", "qr_code_png"},
			},
			{ // unbound by another user
				PreConfig:         func() { bindTo(srv, "") },
				Config:            phoneFor(`bind_to_user = "alice"`),
				ConfigPlanChecks:  planned(address, plancheck.ResourceActionUpdate),
				ConfigStateChecks: owner("alice", aliceUserID),
				Check:             seedStays,
			},
			{ // another user
				Config:            phoneFor(`bind_to_user = "bob"`),
				ConfigPlanChecks:  planned(address, plancheck.ResourceActionUpdate),
				ConfigStateChecks: owner("bob", bobUserID),
				Check:             seedStays,
			},
			{ // the user is renamed by another user, and the configuration follows
				PreConfig: func() {
					srv.Change(func(a *ramtest.Account) {
						a.Users["robert"] = a.Users["bob"]
						a.Users["robert"].Name = "robert"
						delete(a.Users, "bob")
					})
				},
				Config:            phoneFor(`bind_to_user = "robert"`),
				ConfigPlanChecks:  planned(address, plancheck.ResourceActionNoop),
				ConfigStateChecks: owner("robert", bobUserID),
			},
			{ // not managed any more
				Config:            phoneFor(``),
				ConfigPlanChecks:  planned(address, plancheck.ResourceActionNoop),
				ConfigStateChecks: owner("robert", bobUserID),
			},
			{ // no user
				Config:           phoneFor(`bind_to_user = ""`),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					known(address, "bind_to_user", knownvalue.StringExact("")), known(address, "user_id", knownvalue.Null()), known(address, "activate_date", knownvalue.Null()),
				},
				Check: seedStays,
			},
			{ // deleted by another user
				PreConfig: func() {
					seed = ""
					srv.Change(func(a *ramtest.Account) { delete(a.MFADevices, phoneSerial) })
				},
				Config:            phoneFor(`bind_to_user = "alice"`),
				ConfigPlanChecks:  planned(address, plancheck.ResourceActionCreate),
				ConfigStateChecks: owner("alice", aliceUserID),
				Check:             seedStays,
			},
			{ // the user is deleted with what hangs on it, and the device stays
				PreConfig: func() {
					bindTo(srv, "")
					srv.Change(func(a *ramtest.Account) { delete(a.Users, "alice") })
				},
				Config:             phoneFor(`bind_to_user = "alice"`),
				PlanOnly:           true,
				ExpectNonEmptyPlan: true,
			},
			{
				Config:      phoneFor(`bind_to_user = "alice"`),
				ExpectError: regexp.MustCompile(`There is no RAM user "alice"`),
			},
			{ // another name is another device
				Config: strings.Replace(phoneFor(`bind_to_user = "robert"`), `"phone"
`, `"tablet"
`, 1),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionDestroyBeforeCreate),
			},
		},
	})
	expect(t, "devices", len(account(srv).MFADevices), 0)
	expect(t, "violations", len(srv.Violations()), 0)
}

func TestAccMFADevice_identityAndList(t *testing.T) {
	t.Parallel()
	const address = "ram_virtual_mfa_device.phone"
	const config = `resource "ram_virtual_mfa_device" "phone" {
		virtual_mfa_device_name = "phone"
		bind_to_user            = "alice"
	}`
	t.Run("identity", func(t *testing.T) {
		t.Parallel()
		clocked(t, staffed(t), resource.TestCase{
			TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
			Steps: []resource.TestStep{
				{
					Config: config,
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectIdentity(address, map[string]knownvalue.Check{
							"account_id": knownvalue.StringExact(defaultAccount), "serial_number": knownvalue.StringExact(phoneSerial),
						}),
					},
				},
			},
		})
	})
	t.Run("list", func(t *testing.T) {
		t.Parallel()
		clocked(t, staffed(t), resource.TestCase{
			TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
			Steps: []resource.TestStep{
				{Config: config},
				{
					Query: true,
					Config: `
						list "ram_virtual_mfa_device" "bound" {
							provider         = ram
							include_resource = true
							config { unbound = false }
						}
						list "ram_mfa_binding" "all" { provider = ram }`,
					QueryResultChecks: []querycheck.QueryResultCheck{
						querycheck.ExpectLength("ram_virtual_mfa_device.bound", 1),
						querycheck.ExpectLength("ram_mfa_binding.all", 1),
						querycheck.ExpectResourceKnownValues("ram_virtual_mfa_device.bound",
							queryfilter.ByResourceIdentity(map[string]knownvalue.Check{"account_id": knownvalue.StringExact(defaultAccount), "serial_number": knownvalue.StringExact(phoneSerial)}),
							[]querycheck.KnownValueCheck{{Path: tfjsonpath.New("bind_to_user"), KnownValue: knownvalue.StringExact("alice")}}),
					},
				},
			},
		})
	})
}

func TestAccMFABinding_lifecycle(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	const address = "ram_mfa_binding.alice"
	config := func(user, device string) string {
		return `
			resource "ram_virtual_mfa_device" "phone" { virtual_mfa_device_name = "` + device + `" }
			resource "ram_mfa_binding" "alice" {
				user_name       = "` + user + `"
				serial_number   = ram_virtual_mfa_device.phone.serial_number
				seed_wo         = ram_virtual_mfa_device.phone.base32_string_seed
				seed_wo_version = 1
			}`
	}
	clocked(t, srv, resource.TestCase{
		Steps: []resource.TestStep{
			{
				Config: config("alice", "phone"),
				ConfigStateChecks: []statecheck.StateCheck{
					known(address, "user_id", knownvalue.StringExact(aliceUserID)), known(address, "seed_wo", knownvalue.Null()), known(address, "serial_number", knownvalue.StringExact(phoneSerial)),
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateId: "alice",
				ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "user_name", ImportStateVerifyIgnore: []string{"seed_wo_version"},
			},
			{ // unbound by another user
				PreConfig:        func() { bindTo(srv, "") },
				Config:           config("alice", "phone"),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionCreate),
			},
			{ // another user
				Config:           config("bob", "phone"),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionDestroyBeforeCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					known(address, "user_id", knownvalue.StringExact(bobUserID)),
				},
			},
			{ // another device: the binding goes first, so that the old one can be deleted
				Config:           config("bob", "tablet"),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionDestroyBeforeCreate),
			},
			{ // the user is renamed by another user, and the configuration follows
				PreConfig: func() {
					srv.Change(func(a *ramtest.Account) {
						a.Users["robert"] = a.Users["bob"]
						a.Users["robert"].Name = "robert"
						delete(a.Users, "bob")
					})
				},
				Config:           config("robert", "tablet"),
				ConfigPlanChecks: planned(address, plancheck.ResourceActionNoop),
			},
			{ // the user disappears
				PreConfig: func() {
					srv.Change(func(a *ramtest.Account) {
						a.MFADevices["acs:ram::"+defaultAccount+":mfa/tablet"].UserID = ""
						delete(a.Users, "robert")
					})
				},
				Config:             config("robert", "tablet"),
				PlanOnly:           true,
				ExpectNonEmptyPlan: true,
			},
		},
	})
	expect(t, "devices", len(account(srv).MFADevices), 0)
	expect(t, "violations", len(srv.Violations()), 0)
}

// inState reports whether a file may contain what the configuration asked to keep.
func inState(path string) bool {
	return strings.HasPrefix(filepath.Base(path), "terraform.tfstate")
}

// codesHunted checks that no code that was sent was printed or logged, or is in a URL.
func codesHunted(t *testing.T, c *cli, srv *ramtest.Server, printed string) {
	t.Helper()
	trace, err := os.ReadFile(filepath.Join(c.Directory, "trace.log"))
	must(t, err)
	calls := srv.Calls("BindMFADevice")
	for _, call := range calls {
		for _, name := range []string{"AuthenticationCode1", "AuthenticationCode2"} {
			code := call.Params[name]
			alone := regexp.MustCompile(`(^|[^0-9A-Za-z.])` + code + `($|[^0-9A-Za-z])`)
			if len(code) != 6 || alone.MatchString(printed) || alone.Match(trace) || strings.Contains(call.URL, code) {
				t.Errorf("the code %q was printed or logged, or is in a URL", code)
			}
		}
	}
	if len(calls) == 0 {
		t.Error("nothing was bound, so nothing is shown")
	}
}

// MFA-01, SEC-01, SEC-06, LOG-02: the seed and its picture are only in the state, or encrypted, and the codes are in
// no output, also after failures.
func TestAccMFADevice_secretsAreOnlyInTheState(t *testing.T) {
	t.Parallel()
	pair := pgpPair(t, nil)
	for name, fault := range map[string][]ramtest.Rule{
		"success":               nil,
		"bind is refused":       {{Action: "BindMFADevice", Fault: "code", Status: 403, Code: "NoPermission", Message: "No {AuthenticationCode1} and no {AuthenticationCode2} for you."}},
		"response is lost":      {{Action: "CreateVirtualMFADevice", Nth: "1", Phase: "after_commit", Fault: "reset"}},
		"response is truncated": {{Action: "CreateVirtualMFADevice", Nth: "1", Fault: "truncate"}},
		"reads fail after it":   {{Action: "ListVirtualMFADevices", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"}},
	} {
		for form, argument := range map[string]string{"plain": "", "pgp": "pgp_key = <<-EOT\n" + publicKey(t, pair) + "\nEOT\n"} {
			t.Run(name+" "+form, func(t *testing.T) {
				t.Parallel()
				srv := staffed(t)
				srv.Inject(fault...)
				c := newCLI(t, srv.Getenv, `
					resource "ram_virtual_mfa_device" "phone" {
						virtual_mfa_device_name = "phone"
						bind_to_user            = "alice"
						`+argument+`
					}`).trace()
				code := 0
				if name == "bind is refused" {
					code = 1
				}
				printed := c.run(0, "plan", "-out=plan.out")
				printed += c.run(0, "show", "plan.out")
				printed += c.run(code, "apply", "plan.out")
				printed += c.run(0, "state", "show", "ram_virtual_mfa_device.phone")
				if code == 0 && name != "reads fail after it" {
					printed += c.run(0, "plan", "-detailed-exitcode")
				}
				if form == "pgp" { // in these a plain seed is, as in the state
					printed += c.run(0, "show", "-json")
					printed += c.run(0, "plan", "-refresh=false", "-destroy", "-out=destroy.out")
					printed += c.run(0, "show", "-json", "destroy.out")
				}
				seeds := []string{}
				for _, e := range srv.History() {
					if device, ok := e.After.(map[string]any); ok && device["Seed"] != nil {
						seeds = append(seeds, fmt.Sprint(device["Seed"]))
					}
					if e.Field == "Seed" && e.After != nil {
						seeds = append(seeds, fmt.Sprint(e.After))
					}
				}
				if len(seeds) == 0 {
					t.Fatalf("the fake's history has no seed: %+v", srv.History())
				}
				live := phone(srv).Seed
				for _, seed := range append(seeds, live) {
					allowed := func(path string) bool { return form == "plain" && seed == live && inState(path) }
					c.scan(srv, printed, seed, allowed)
				}
				if form == "plain" {
					c.scan(srv, printed, attributeIn(t, c, "qr_code_png"), inState)
					expect(t, "seed in the state", attributeIn(t, c, "base32_string_seed"), live)
				} else {
					expect(t, "seed in the message", decrypted(t, pair, attributeIn(t, c, "encrypted_seed")), live)
				}
				codesHunted(t, c, srv, printed)
			})
		}
	}
}

// attributeIn is an attribute of the one resource in the state file.
func attributeIn(t *testing.T, c *cli, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(c.Directory, "terraform.tfstate"))
	must(t, err)
	var state struct {
		Resources []struct {
			Instances []struct{ Attributes map[string]any }
		}
	}
	must(t, json.Unmarshal(content, &state))
	if len(state.Resources) != 1 || len(state.Resources[0].Instances) != 1 {
		t.Fatalf("the state has not one resource: %+v", state.Resources)
	}
	text, _ := state.Resources[0].Instances[0].Attributes[name].(string)
	return text
}

// SEC-02: the seed of a binding is only in the configuration.
func TestAccMFABinding_seedIsNotStored(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault []ramtest.Rule
		seed  string
		code  int
	}{
		"success":          {},
		"bind is refused":  {fault: []ramtest.Rule{{Action: "BindMFADevice", Fault: "code", Status: 403, Code: "NoPermission", Message: "No {AuthenticationCode1} and no {AuthenticationCode2} for you."}}, code: 1},
		"response is lost": {fault: []ramtest.Rule{{Action: "BindMFADevice", Nth: "1", Phase: "after_commit", Fault: "reset"}}},
		"reads fail after": {fault: []ramtest.Rule{{Action: "ListVirtualMFADevices", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"}}},
		"it is no seed":    {seed: "not-base32-canary-1890", code: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			seed := phoneWithoutZeros(srv)
			if test.seed != "" {
				seed = test.seed
			}
			srv.Inject(test.fault...)
			c := newCLI(t, srv.Getenv, `
				resource "ram_mfa_binding" "alice" {
					user_name       = "alice"
					serial_number   = "`+phoneSerial+`"
					seed_wo         = "`+seed+`"
					seed_wo_version = 1
				}`).trace()
			if test.seed != "" {
				c.scan(srv, c.run(1, "plan", "-out=plan.out"), seed, nil)
				expect(t, "writes", writes(srv), []string(nil))
				return
			}
			printed := c.run(0, "plan", "-out=plan.out")
			printed += c.run(0, "show", "plan.out")
			printed += c.run(0, "show", "-json", "plan.out")
			printed += c.run(test.code, "apply", "plan.out")
			if test.code == 0 {
				printed += c.run(0, "state", "pull")
			}
			c.scan(srv, withoutConfiguration(printed), seed, nil)
			codesHunted(t, c, srv, printed)
		})
	}
}

// withoutConfiguration leaves out the line in which show -json repeats the
// configuration, which the test wrote itself.
func withoutConfiguration(printed string) string {
	lines := strings.Split(printed, "\n")
	for n, line := range lines {
		var plan map[string]json.RawMessage
		if strings.HasPrefix(line, `{"format_version"`) && json.Unmarshal([]byte(line), &plan) == nil {
			delete(plan, "configuration")
			rest, _ := json.Marshal(plan)
			lines[n] = string(rest)
		}
	}
	return strings.Join(lines, "\n")
}

// KEY-07: one Ctrl-C while the create is in flight, or right after it, does not lose the seed.
func TestAccMFADevice_interruptedCreateKeepsTheSeed(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Inject(ramtest.Rule{Action: "CreateVirtualMFADevice", Phase: "after_commit", Fault: "delay", Delay: 2 * time.Second})
	c := newCLI(t, srv.Getenv, `
		resource "ram_virtual_mfa_device" "phone" {
			virtual_mfa_device_name = "phone"
			bind_to_user            = "alice"
		}`)
	var out bytes.Buffer
	cmd := c.command("apply", "-auto-approve")
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	deadline := time.Now().Add(time.Minute)
	for phone(srv) == nil { // until the service has made it; the response is still to come
		if time.Now().After(deadline) {
			t.Fatalf("no device came up:\n%s", out.String())
		}
		<-time.After(5 * time.Millisecond)
	}
	must(t, cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait() // whether it ends well or not: what counts is the state
	contains(t, out.String(), "Interrupt received")
	expect(t, "creates", len(srv.Calls("CreateVirtualMFADevice")), 1)
	expect(t, "seed in the state", attributeIn(t, c, "base32_string_seed"), phone(srv).Seed)
	srv.Change(func(a *ramtest.Account) { a.MFADevices[phoneSerial].LastStep = 0 })
	must(t, srv.SetSchedule(ramtest.Schedule{}))
	c.run(0, "apply", "-auto-approve") // replaces it if it is tainted
	expect(t, "seed in the state", attributeIn(t, c, "base32_string_seed"), phone(srv).Seed)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
}

// A configuration that the CLI writes for what it imports applies unchanged.
func TestAccMFA_generatedConfigurationAppliesUnchanged(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	phoneWithoutZeros(srv)
	bindTo(srv, aliceUserID)
	c := newCLI(t, srv.Getenv, "")
	c.generate(`
		import {
			to = ram_virtual_mfa_device.phone
			id = "` + phoneSerial + `"
		}
		import {
			to = ram_mfa_binding.alice
			id = "alice"
		}`)
	c.run(0, "apply", "-auto-approve")
	c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
}
