// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func output(name string, values ...string) statecheck.StateCheck {
	var list []knownvalue.Check
	for _, value := range values {
		list = append(list, knownvalue.StringExact(value))
	}
	return statecheck.ExpectKnownOutputValue(name, knownvalue.ListExact(list))
}

// quiet expects that nothing is to be done.
func quiet() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
}

func TestAccCredentialReport_findsViolations(t *testing.T) {
	t.Parallel()
	srv := populated(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.ExtraReportColumns = true }))
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		delete(a.MFADevices, a.Users["user-0002"].MFASerial)
		a.Users["user-0002"].MFASerial = ""
		a.Users["user-0001"].Keys[0].LastUsed = now.AddDate(-1, 0, 0)
		a.Users["admin"].Keys[0].LastUsed = now
	})
	const config = `
		data "ram_credential_report" "this" {
			max_age  = "24h"
			timeouts = { read = "10m" }
		}
		locals { rows = data.ram_credential_report.this.rows }
		output "without_mfa" { value = [for row in local.rows : row.user_name if row.password_active == true && row.mfa_active == false] }
		output "never_used"  { value = [for row in local.rows : row.user_name if row.access_key_1_active == true && lookup(row.notes, "access_key_1_last_used", "") == "never"] }
		output "long_unused" {
			value = [
				for row in local.rows : row.user_name
				if row.access_key_1_active == true && timecmp(coalesce(row.access_key_1_last_used, data.ram_credential_report.this.generated_time), timeadd(data.ram_credential_report.this.generated_time, "-2160h")) < 0
			]
		}
		output "names" { value = [for row in local.rows : row.additional_columns["display_name"] if row.user_name == "alice"] }
		output "first" { value = [local.rows[0].user] }`
	scenario(
		t, srv,
		resource.TestStep{Config: `data "ram_credential_report" "this" { max_age = "2h" }`, ExpectError: regexp.MustCompile(`every four\s+hours`)},
		resource.TestStep{
			Config: config, ConfigPlanChecks: quiet(),
			ConfigStateChecks: []statecheck.StateCheck{
				output("without_mfa", "user-0002"), output("never_used", "user-0002"), output("long_unused", "user-0001"), output("names", "Alice"), output("first", "<root>"),
			},
		},
	)
}

func TestAccSecurityReport_scores(t *testing.T) {
	t.Parallel()
	srv := populated(t)
	scenario(t, srv, resource.TestStep{
		Config: `data "ram_security_report" "this" {}`, ConfigPlanChecks: quiet(),
		ConfigStateChecks: []statecheck.StateCheck{
			known("data.ram_security_report.this", "score", knownvalue.Int64Exact(50)), known("data.ram_security_report.this", "sub_user", knownvalue.Int64Exact(5)),
			known("data.ram_security_report.this", "bind_mfa", knownvalue.Bool(false)), known("data.ram_security_report.this", "sub_user_pwd_level", knownvalue.StringExact("low")),
			known("data.ram_security_report.this", "account_id", knownvalue.StringExact(defaultAccount)),
		},
	})
}

func TestAccGovernanceReport_valuesAreJSON(t *testing.T) {
	t.Parallel()
	srv := populated(t)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].LastLoginDate = now })
	scenario(t, srv, resource.TestStep{
		Config: `
			data "ram_governance_report" "this" { item_types = ["RecentAccountLoginTimes", "SSOLoginEnabled"] }
			locals { items = { for item in data.ram_governance_report.this.items : item.item => item } }
			output "who"    { value = [for row in local.items["RecentAccountLoginTimes"].rows : jsondecode(row.UserName)] }
			output "states" { value = [for item in data.ram_governance_report.this.items : item.status] }
			output "sso"    { value = jsondecode(local.items["SSOLoginEnabled"].metric_value) ? ["on"] : ["off"] }`,
		ConfigPlanChecks:  quiet(),
		ConfigStateChecks: []statecheck.StateCheck{output("who", "alice"), output("states", "completed", "completed"), output("sso", "off")},
	})
}

func TestAccRecycledKeys_afterADestroy(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIdeleted", time.Hour)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.RecycledKeys = append(a.RecycledKeys, &ramtest.RecycledKey{
			Key: *a.Users["alice"].Keys[0], UserID: aliceID, UserName: "alice", RecycleDate: now, DeleteDate: now.Add(30 * day),
		})
		a.Users["alice"].Keys = nil
	})
	const address = "data.ram_access_keys_in_recycle_bin.this"
	scenario(
		t, srv,
		resource.TestStep{
			Config:      "data \"ram_access_keys_in_recycle_bin\" \"this\" {\n user_name = \"alice\"\n user_id = \"1\"\n}",
			ExpectError: regexp.MustCompile(`(?s)user_id.*cannot be specified`),
		},
		resource.TestStep{
			Config: `
				data "ram_access_keys_in_recycle_bin" "this" {}
				data "ram_access_keys_in_recycle_bin" "alice" { user_name = "alice" }
				output "all"   { value = [for key in ` + address + `.access_keys : "${key.user_name} ${key.access_key_id} ${key.delete_date}"] }
				output "alice" { value = data.ram_access_keys_in_recycle_bin.alice.access_keys[*].user_id }`,
			ConfigPlanChecks:  quiet(),
			ConfigStateChecks: []statecheck.StateCheck{output("all", "alice LTAIdeleted "+now.Add(30*day).Format(time.RFC3339)), output("alice", aliceID)},
		},
	)
}

func TestAccPasskeys_ofEveryUser(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Users["bob"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-3", Name: "key", CreateDate: time.Unix(1737450279, 0)}}
	})
	scenario(t, srv, resource.TestStep{
		Config: `
			data "ram_passkeys" "this" {}
			output "unused" { value = [for one in data.ram_passkeys.this.passkeys : "${one.user_name} ${one.passkey_name} ${one.create_date}" if one.last_use_date == null] }`,
		ConfigPlanChecks:  quiet(),
		ConfigStateChecks: []statecheck.StateCheck{output("unused", "bob key 2025-01-21T09:04:39Z")},
	})
}
