// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const deployKey = "ram_access_key.this"

// keyImport is the import id of the key in the state.
func keyImport(withUser bool) resource.ImportStateIdFunc {
	return func(s *terraform.State) (string, error) {
		a := s.RootModule().Resources[deployKey].Primary.Attributes
		if withUser {
			return a["user_name"] + ":" + a["access_key_id"], nil
		}
		return a["access_key_id"], nil
	}
}

func TestAccAccessKey_lifecycle(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	unlost := []string{"secret", "pgp_key", "encrypted_secret", "key_fingerprint", "rotate_when_changed", "timeouts"}
	same := statecheck.CompareValue(sameValue{})
	scenario(t, srv,
		resource.TestStep{
			Config: `resource "ram_access_key" "this" { user_name = "alice" }`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectSensitiveValue(deployKey, tfjsonpath.New("secret")),
				plancheck.ExpectUnknownValue(deployKey, tfjsonpath.New("secret")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectSensitiveValue(deployKey, tfjsonpath.New("secret")),
				known(deployKey, "secret", knownvalue.StringRegexp(regexp.MustCompile(`^\w{30}$`))),
				known(deployKey, "status", knownvalue.StringExact("Active")),
				known(deployKey, "user_id", knownvalue.StringExact(aliceID)),
				known(deployKey, "encrypted_secret", knownvalue.Null()),
				same.AddStateValue(deployKey, tfjsonpath.New("secret")),
			},
		},
		resource.TestStep{ResourceName: deployKey, ImportState: true, ImportStateIdFunc: keyImport(false), ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "access_key_id", ImportStateVerifyIgnore: unlost},
		resource.TestStep{ResourceName: deployKey, ImportState: true, ImportStateIdFunc: keyImport(true), ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "access_key_id", ImportStateVerifyIgnore: unlost},
		resource.TestStep{ // the first value is recorded, the secret kept
			Config: `resource "ram_access_key" "this" {
				user_name           = "alice"
				rotate_when_changed = { quarter = "1" }
			}`,
			ConfigPlanChecks:  planned(deployKey, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(deployKey, tfjsonpath.New("secret"))},
		},
		resource.TestStep{ // disabled by another user: no diff
			PreConfig: func() { srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Inactive" }) },
			Config: `resource "ram_access_key" "this" {
				user_name           = "alice"
				rotate_when_changed = { quarter = "1" }
			}`,
			ConfigPlanChecks:  planned(deployKey, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{known(deployKey, "status", knownvalue.StringExact("Inactive"))},
		},
		resource.TestStep{ // the user is renamed, here and there
			PreConfig: func() {
				srv.Change(func(a *ramtest.Account) {
					a.Users["alicia"] = a.Users["alice"]
					a.Users["alicia"].Name = "alicia"
					delete(a.Users, "alice")
				})
			},
			Config: `resource "ram_access_key" "this" {
				user_name           = "alicia"
				status              = "Active"
				rotate_when_changed = { quarter = "1" }
			}`,
			ConfigPlanChecks: planned(deployKey, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				known(deployKey, "status", knownvalue.StringExact("Active")),
				same.AddStateValue(deployKey, tfjsonpath.New("secret")),
			},
		},
		resource.TestStep{
			Config: `resource "ram_access_key" "this" {
				user_name           = "alicia"
				rotate_when_changed = { quarter = "2" }
			}`,
			ConfigPlanChecks: planned(deployKey, plancheck.ResourceActionDestroyBeforeCreate),
		},
		resource.TestStep{ // the key disappears
			PreConfig: func() { srv.Change(func(a *ramtest.Account) { a.Users["alicia"].Keys = nil }) },
			Config: `resource "ram_access_key" "this" {
				user_name           = "alicia"
				rotate_when_changed = { quarter = "2" }
			}`,
			ConfigPlanChecks: planned(deployKey, plancheck.ResourceActionCreate),
		},
		resource.TestStep{ // the user disappears: the plan offers to make the key again, although its user does not exist
			PreConfig:          func() { srv.Change(func(a *ramtest.Account) { delete(a.Users, "alicia") }) },
			RefreshState:       true,
			ExpectNonEmptyPlan: true,
		},
	)
	expect(t, "violations", len(srv.Violations()), 0)
}

// sameValue checks that all values are the same, a secret among them.
type sameValue struct{}

func (sameValue) CompareValues(values ...any) error {
	for _, v := range values {
		if v != values[0] {
			return os.ErrInvalid // which names no secret
		}
	}
	return nil
}

// With create_before_destroy the new key exists before the old one is deleted.
func TestAccAccessKey_createBeforeDestroy(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	config := func(quarter string) string {
		return `resource "ram_access_key" "this" {
			user_name           = "alice"
			rotate_when_changed = { quarter = "` + quarter + `" }
			lifecycle { create_before_destroy = true }
		}`
	}
	scenario(t, srv,
		resource.TestStep{Config: config("1")},
		resource.TestStep{
			PreConfig:        srv.ForgetCalls,
			Config:           config("2"),
			ConfigPlanChecks: planned(deployKey, plancheck.ResourceActionCreateBeforeDestroy),
		},
		resource.TestStep{ // no place for a third
			PreConfig: func() {
				expect(t, "order", writes(srv), []string{"CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"})
				addKey(srv, "alice", "LTAIother", 10*day)
			},
			Config:      config("3"),
			ExpectError: regexp.MustCompile(`(?s)alice\s+has\s+2\s+keys\s+already.*LTAIother`),
		},
		resource.TestStep{Config: config("2"), ConfigPlanChecks: planned(deployKey, plancheck.ResourceActionNoop)},
	)
	expect(t, "what is left", len(keysOf(srv, "alice")), 1)
}

// Arguments may be unknown during the plan.
func TestAccAccessKey_unknownValuesInThePlan(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	entity := pgpPair(t, nil)
	config := func(quarter string) string {
		return `
			resource "terraform_data" "name" { input = "alice" }
			resource "terraform_data" "quarter" { input = "` + quarter + `" }
			resource "terraform_data" "key" {
				input = <<-EOT
` + publicKey(t, entity) + `
				EOT
			}
			resource "ram_access_key" "this" {
				user_name           = terraform_data.name.output
				pgp_key             = terraform_data.key.output
				rotate_when_changed = { quarter = terraform_data.quarter.output }
			}`
	}
	var first string
	scenario(t, srv,
		resource.TestStep{
			Config: config("1"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(deployKey, tfjsonpath.New("secret")), plancheck.ExpectUnknownValue(deployKey, tfjsonpath.New("encrypted_secret")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				known(deployKey, "secret", knownvalue.Null()),
				known(deployKey, "encrypted_secret", knownvalue.StringFunc(func(ciphertext string) error {
					expect(t, "secret", decrypted(t, entity, ciphertext), keysOf(srv, "alice")[0].Secret)
					first = keysOf(srv, "alice")[0].ID
					return nil
				})),
			},
		},
		resource.TestStep{Config: config("2"), ConfigPlanChecks: planned(deployKey, plancheck.ResourceActionDestroyBeforeCreate)},
	)
	for _, call := range srv.Calls("DeleteAccessKey")[:1] {
		expect(t, "replaced", call.Params["UserAccessKeyId"], first)
	}
}

func TestAccAccessKey_importByIdentity(t *testing.T) {
	t.Parallel()
	acceptance(t, withAlice(t), resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: `resource "ram_access_key" "this" { user_name = "alice" }`,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentityValueMatchesState(deployKey, tfjsonpath.New("account_id")),
					statecheck.ExpectIdentityValueMatchesState(deployKey, tfjsonpath.New("user_name")),
					statecheck.ExpectIdentityValueMatchesState(deployKey, tfjsonpath.New("access_key_id")),
				},
			},
			{ResourceName: deployKey, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

func TestAccAccessKey_list(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIold", 100*day)
	addKey(srv, "alice", "LTAInew", time.Hour)
	addKey(srv, "bob", "LTAIbobs", 100*day)
	acceptance(t, srv, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: `provider "ram" {}`},
			{
				Query: true,
				Config: "list \"ram_access_key\" \"all\" {\n  provider = ram\n}\n" +
					"list \"ram_access_key\" \"old\" {\n  provider = ram\n  include_resource = true\n  config {\n    user_name = \"alice\"\n    older_than_days = 90\n  }\n}\n" +
					"list \"ram_access_key\" \"unused\" {\n  provider = ram\n  config {\n    status = \"Active\"\n    unused_for_days = 90\n  }\n}",
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("ram_access_key.all", 4),
					querycheck.ExpectLength("ram_access_key.old", 1),
					querycheck.ExpectLength("ram_access_key.unused", 2),
					querycheck.ExpectResourceKnownValues("ram_access_key.old",
						queryfilter.ByResourceIdentity(map[string]knownvalue.Check{
							"account_id": knownvalue.StringExact(defaultAccount), "user_name": knownvalue.StringExact("alice"), "access_key_id": knownvalue.StringExact("LTAIold"),
						}),
						[]querycheck.KnownValueCheck{{Path: tfjsonpath.New("status"), KnownValue: knownvalue.StringExact("Active")}}),
				},
			},
		},
	})
}

// inState is what terraform.tfstate has of the one key.
func (c *cli) inState() (attributes map[string]any, tainted bool) {
	c.t.Helper()
	content, err := os.ReadFile(filepath.Join(c.Directory, "terraform.tfstate"))
	must(c.t, err)
	var state struct {
		Resources []struct {
			Instances []struct {
				Status     string
				Attributes map[string]any
			}
		}
	}
	must(c.t, json.Unmarshal(content, &state))
	if len(state.Resources) != 1 || len(state.Resources[0].Instances) != 1 {
		c.t.Fatalf("there is not one key in the state, but %d", len(state.Resources))
	}
	one := state.Resources[0].Instances[0]
	return one.Attributes, one.Status == "tainted"
}

// A provider that is killed after its create took effect leaves a key that is in no state. The next apply names the
// key, and does not change it.
func TestAccAccessKey_killedAfterTheCreate(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCLI(t, srv.Getenv, `resource "ram_access_key" "this" { user_name = "alice" }`)
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "delay", Delay: time.Hour})
	c.runAndKill(func() bool {
		calls := srv.Calls("CreateAccessKey")
		return len(calls) == 1 && calls[0].Committed
	}, "apply", "-auto-approve")
	must(t, srv.SetSchedule(ramtest.Schedule{}))
	unknown := keysOf(srv, "alice")[0]
	output := c.run(0, "apply", "-auto-approve")
	contains(t, output, unknown.ID)
	keys := keysOf(srv, "alice")
	expect(t, "keys", len(keys), 2)
	for _, key := range keys {
		if key.ID != unknown.ID {
			contains(t, c.state(), key.ID, key.Secret)
		}
	}
	if strings.Contains(c.state(), unknown.ID) || strings.Contains(output, unknown.Secret) {
		t.Error("the unknown key is in the state, or its secret was printed")
	}
}

// A Ctrl-C while the create is in flight loses nothing (KEY-07).
func TestAccAccessKey_interruptedInFlight(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCLI(t, srv.Getenv, `resource "ram_access_key" "this" { user_name = "alice" }`)
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "delay", Delay: 3 * time.Second})
	var out bytes.Buffer
	cmd := c.command("apply", "-auto-approve")
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a terminal does, so that the provider gets the Ctrl-C too
	must(t, cmd.Start())
	waitFor(t, func() bool { return len(srv.Calls("CreateAccessKey")) == 1 })
	must(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	err := cmd.Wait()
	contains(t, out.String(), "Interrupt received")
	attributes, tainted := c.inState()
	key := keysOf(srv, "alice")[0]
	expect(t, "key", attributes["access_key_id"], key.ID)
	expect(t, "secret", attributes["secret"], key.Secret)
	expect(t, "tainted", tainted, false)
	expect(t, "creates", len(srv.Calls("CreateAccessKey")), 1)
	if t.Failed() {
		t.Logf("%v\n%s", err, out.String())
	}
	c.run(0, "plan", "-detailed-exitcode")
	c.run(0, "destroy", "-auto-approve")
	expect(t, "keys", len(keysOf(srv, "alice")), 0)
}

// waitFor looks until something is so, for a minute at most.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatal("it did not come to be")
		case <-tick.C:
		}
	}
}

// isState reports whether a file is meant to contain a secret.
func isState(path string) bool { return strings.HasPrefix(filepath.Base(path), "terraform.tfstate") }

func TestAccAccessKey_secretIsOnlyInTheState(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]ramtest.Rule{
		"success":      {Action: "GetUserMFAInfo", Fault: "refuse"},
		"F06 error":    {Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "code", Status: 500, Code: "InternalError"},
		"F10 cut":      {Action: "CreateAccessKey", Nth: "1", Fault: "truncate"},
		"F12 odd":      {Action: "CreateAccessKey", Nth: "1", Fault: "retype", Body: "AccessKeyId"},
		"F22 disabled": {Action: "UpdateAccessKey", Nth: "1", Fault: "code", Code: "NoPermission"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			srv.Inject(fault)
			status := "Active"
			if strings.HasPrefix(name, "F22") {
				status = "Inactive"
			}
			c := newCLI(t, srv.Getenv, `resource "ram_access_key" "this" {
				user_name = "alice"
				status    = "`+status+`"
				timeouts  = { create = "8s" }
			}
			output "secret" {
				value     = ram_access_key.this.secret
				sensitive = true
			}`).trace()
			code := 0
			if name != "success" {
				code = 1
			}
			printed := c.run(0, "plan", "-out=plan.bin") + c.run(0, "show", "plan.bin") + c.run(0, "show", "-json", "plan.bin")
			printed += c.run(code, "apply", "-auto-approve", "plan.bin") + c.run(0, "show")
			secret := keysOf(srv, "alice")[0].Secret
			c.scan(srv, printed, secret, isState)
			if name == "success" {
				expect(t, "in the state", len(acctest.FindSecret([]byte(c.run(0, "show", "-json")), secret)) > 0, true)
				c.run(0, "destroy", "-auto-approve")
				c.scan(srv, "", secret, isState)
			}
		})
	}
}

// The network delivers a response twice: the second one arrives on an idle connection, and net/http writes its
// beginning to the standard logger.
func TestAccAccessKey_duplicateResponseIsNotLogged(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Acs-Action") != "CreateAccessKey" {
			srv.ServeHTTP(w, r)
			return
		}
		recorded := httptest.NewRecorder()
		srv.ServeHTTP(recorded, r)
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { _ = connection.Close() })
		text := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", recorded.Body.Len(), recorded.Body)
		_, _ = io.WriteString(connection, text+text)
	}))
	t.Cleanup(front.Close)
	c := newCLI(t, func(name string) string {
		if name == "RAM_ENDPOINT" {
			return front.URL
		}
		return srv.Getenv(name)
	}, `resource "ram_access_key" "this" {
		user_name = "alice"
	}`).trace()
	printed := c.run(0, "apply", "-auto-approve")
	secret := keysOf(srv, "alice")[0].Secret
	c.scan(srv, printed, secret, isState)
	state, err := c.ReadState()
	must(t, err)
	expect(t, "in the state", len(acctest.FindSecret(state, secret)) > 0, true)
}

func TestAccAccessKey_withPGPThePlainSecretIsNotStored(t *testing.T) {
	t.Parallel()
	entity := pgpPair(t, nil)
	for name, fault := range map[string]ramtest.Rule{
		"success":   {Action: "GetUserMFAInfo", Fault: "refuse"},
		"F06 error": {Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "code", Status: 500, Code: "InternalError"},
		"F10 cut":   {Action: "CreateAccessKey", Nth: "1", Fault: "cut"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			srv.Inject(fault)
			c := newCLI(t, srv.Getenv, `resource "ram_access_key" "this" {
				user_name = "alice"
				pgp_key   = file("alice.asc")
				timeouts  = { create = "8s" }
			}
			output "encrypted" { value = ram_access_key.this.encrypted_secret }`).trace()
			c.write("alice.asc", publicKey(t, entity))
			if name != "success" {
				printed := c.run(1, "apply", "-auto-approve")
				c.scan(srv, printed, keysOf(srv, "alice")[0].Secret, nil)
				return
			}
			printed := c.run(0, "apply", "-auto-approve") + c.run(0, "show", "-json") + c.run(0, "plan", "-detailed-exitcode")
			secret := keysOf(srv, "alice")[0].Secret
			c.scan(srv, printed, secret, nil)
			attributes, _ := c.inState()
			ciphertext, _ := attributes["encrypted_secret"].(string)
			expect(t, "opened", decrypted(t, entity, ciphertext), secret)
		})
	}
}

// A private key that was pasted by mistake is refused and not printed.
func TestAccAccessKey_privateKeyIsNotPrinted(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	secret := armoured(t, "PGP PRIVATE KEY BLOCK", private(t, pgpPair(t, nil)))
	c := newCLI(t, srv.Getenv, "resource \"ram_access_key\" \"this\" {\n  user_name = \"alice\"\n  pgp_key   = <<-EOT\n"+secret+"\n  EOT\n}\n").trace()
	printed := c.run(1, "plan")
	contains(t, printed, "it is a private key")
	lines := 0
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); len(line) == 64 {
			lines++
			c.scan(srv, printed, line, nil)
		}
	}
	if lines < 3 {
		t.Errorf("only %d lines were searched for", lines)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestAccAccessKeys_data(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIold", 100*day+time.Hour)
	addKey(srv, "alice", "LTAIused", 100*day+time.Hour)
	addKey(srv, "bob", "LTAIbobs", 10*day+time.Hour)
	used := srv.Now().Add(-3 * day)
	srv.Change(func(a *ramtest.Account) {
		key := a.Users["alice"].Keys[1]
		key.LastUsed, key.LastUsedService, key.Status = used, "Ram", "Inactive"
	})
	ids := func(want ...string) knownvalue.Check {
		checks := []knownvalue.Check{}
		for _, id := range want {
			checks = append(checks, knownvalue.ObjectPartial(map[string]knownvalue.Check{"access_key_id": knownvalue.StringExact(id)}))
		}
		return knownvalue.ListExact(checks)
	}
	const data = "data.ram_access_keys."
	scenario(t, srv,
		resource.TestStep{
			Config: `
				data "ram_access_keys" "alice" { user_name = "alice" }
				data "ram_access_keys" "old" { older_than_days = 90 }
				data "ram_access_keys" "unused" { unused_for_days = 9 }
				data "ram_access_keys" "disabled" { status = "Inactive" }
				data "ram_access_keys" "none" {
					user_name       = "bob"
					older_than_days = 11
				}`,
			ConfigStateChecks: []statecheck.StateCheck{
				known(data+"alice", "account_id", knownvalue.StringExact(defaultAccount)),
				known(data+"alice", "access_keys", knownvalue.ListExact([]knownvalue.Check{
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"access_key_id": knownvalue.StringExact("LTAIold"), "user_name": knownvalue.StringExact("alice"), "user_id": knownvalue.StringExact(aliceID),
						"status": knownvalue.StringExact("Active"), "create_date": knownvalue.NotNull(), "age_days": knownvalue.Int64Exact(100),
						"last_used_date": knownvalue.Null(), "last_used_service": knownvalue.Null(),
					}),
					knownvalue.ObjectPartial(map[string]knownvalue.Check{
						"last_used_date": knownvalue.StringExact(used.Format(time.RFC3339)), "last_used_service": knownvalue.StringExact("Ram"),
					}),
				})),
				known(data+"old", "access_keys", ids("LTAIold", "LTAIused")),
				known(data+"unused", "access_keys", ids("LTAIold", "LTAIbobs")),
				known(data+"disabled", "access_keys", ids("LTAIused")),
				known(data+"none", "access_keys", ids()),
			},
		},
		resource.TestStep{Config: `data "ram_access_keys" "unknown" { user_name = "unknown" }`, ExpectError: regexp.MustCompile(`There is no RAM user "unknown"`)},
		resource.TestStep{Config: `data "ram_access_keys" "unknown" { user_name = "" }`, ExpectError: regexp.MustCompile(`1 to 64 letters`)},
		resource.TestStep{Config: `data "ram_access_keys" "bob" { user_name = "bob" }`},
	)
	expect(t, "writes", writes(srv), []string(nil))
}
