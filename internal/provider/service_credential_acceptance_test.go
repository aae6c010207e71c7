// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const botCredential = "ram_service_credential.this"

// botConfig is a configuration of a service credential of alice with more arguments.
func botConfig(more string) string {
	return fmt.Sprintf(`resource "ram_service_credential" "this" {
		user_name               = "alice"
		service_credential_name = "bot"
		service_name            = %q
		%s
	}`, dashscope, more)
}

func TestAccServiceCredential_lifecycle(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	same := statecheck.CompareValue(sameValue{})
	scenario(t, srv,
		resource.TestStep{
			Config: botConfig("credential_age_days = 30"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectSensitiveValue(botCredential, tfjsonpath.New("secret")), plancheck.ExpectUnknownValue(botCredential, tfjsonpath.New("secret")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectSensitiveValue(botCredential, tfjsonpath.New("secret")),
				known(botCredential, "secret", knownvalue.StringRegexp(regexp.MustCompile(`^\w{30}$`))),
				known(botCredential, "status", knownvalue.StringExact("Active")),
				known(botCredential, "encrypted_secret", knownvalue.Null()),
				same.AddStateValue(botCredential, tfjsonpath.New("secret")),
			},
		},
		resource.TestStep{
			ResourceName: botCredential, ImportState: true, ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "service_credential_id",
			ImportStateIdFunc: func(s *terraform.State) (string, error) {
				return "alice:" + s.RootModule().Resources[botCredential].Primary.Attributes["service_credential_id"], nil
			},
			ImportStateVerifyIgnore: []string{"secret", "pgp_key", "encrypted_secret", "key_fingerprint", "rotate_when_changed", "timeouts"},
		},
		resource.TestStep{ // disabled by another user: no diff
			PreConfig:         func() { srv.Change(func(a *ramtest.Account) { a.Users["alice"].Credentials[0].Status = "Inactive" }) },
			Config:            botConfig(""),
			ConfigPlanChecks:  planned(botCredential, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{known(botCredential, "status", knownvalue.StringExact("Inactive"))},
		},
		resource.TestStep{ // enabled, and the first value of rotate_when_changed is recorded
			Config:            botConfig("status = \"Active\"\nrotate_when_changed = { n = \"1\" }"),
			ConfigPlanChecks:  planned(botCredential, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(botCredential, tfjsonpath.New("secret"))},
		},
		resource.TestStep{
			Config:           botConfig("lifecycle { create_before_destroy = true }\nrotate_when_changed = { n = \"2\" }"),
			ConfigPlanChecks: planned(botCredential, plancheck.ResourceActionCreateBeforeDestroy),
		},
		resource.TestStep{ // it disappears
			PreConfig:        func() { srv.Change(func(a *ramtest.Account) { a.Users["alice"].Credentials = nil }) },
			Config:           botConfig("rotate_when_changed = { n = \"2\" }"),
			ConfigPlanChecks: planned(botCredential, plancheck.ResourceActionCreate),
		},
	)
	expect(t, "violations", len(srv.Violations()), 0)
}

// No secret is in what a CLI prints and logs, whether the create succeeds, fails after the service created the credential, or
// loses the response; and with pgp_key it is not in the state either.
func TestAccServiceCredential_noSecretIsPrinted(t *testing.T) {
	t.Parallel()
	entity := pgpPair(t, nil)
	for name, rule := range map[string]*ramtest.Rule{
		"success":     nil,
		"no response": {Action: "CreateServiceCredential", Phase: "after_commit", Fault: "reset"},
		"not listed":  {Action: "ListServiceCredentials", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			if rule != nil {
				srv.Inject(*rule)
			}
			c := newCLI(t, srv.Getenv, botConfig("pgp_key = <<-EOT\n"+publicKey(t, entity)+"\nEOT\ntimeouts = { create = \"10s\" }"))
			c.Environment = append(c.Environment, "TF_LOG=TRACE")
			code := 0
			if name == "no response" {
				code = 1
			}
			printed := c.run(code, "apply", "-auto-approve")
			secrets := credentialsOf(srv, "alice")
			expect(t, "credentials", len(secrets), 1)
			for where, text := range map[string]string{"output": printed, "state": c.state()} {
				if len(acctest.FindSecret([]byte(text), secrets[0].Secret)) > 0 {
					t.Errorf("the secret is in the %s", where)
				}
			}
		})
	}
}

func TestAccServiceCredential_list(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addServiceCredential(srv, "alice", "SCold", 100*day)
	addServiceCredential(srv, "bob", "SCnew", time.Hour)
	acceptance(t, srv, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: `provider "ram" {}`},
			{
				Query: true,
				Config: "list \"ram_service_credential\" \"all\" {\n  provider = ram\n}\n" +
					"list \"ram_service_credential\" \"old\" {\n  provider = ram\n  include_resource = true\n  config {\n    older_than_days = 90\n  }\n}",
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("ram_service_credential.all", 2), querycheck.ExpectLength("ram_service_credential.old", 1),
				},
			},
		},
	})
}
