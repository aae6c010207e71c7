// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// life returns the account alias, a user and all objects of the user.
func life(alias, name, comments string) string {
	return fmt.Sprintf(`
	variable "password" {
		type      = string
		ephemeral = true
		default   = "Chosen-4-the-first-logon"
	}
	resource "ram_account_alias" "this" {
		account_alias = %q
		on_destroy    = "restore"
	}
	resource "ram_user" "this" {
		name          = %q
		comments      = %q
		force_destroy = true
	}
	resource "ram_login_profile" "this" {
		user_name           = ram_user.this.name
		password_wo         = var.password
		password_wo_version = 1
		mfa_bind_required   = true
	}
	resource "ram_access_key" "this" { user_name = ram_user.this.name }
	resource "ram_virtual_mfa_device" "this" {
		virtual_mfa_device_name = "phone"
		bind_to_user            = ram_user.this.name
	}`, alias, name, comments)
}

// A user gets a login profile, a key and an MFA device; the account alias changes, and with it every principal name;
// the user is renamed; and one destroy removes all of it, including objects that others added to the user. No object
// is created twice.
func TestAccWholeLife(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	// plans checks the planned actions for the alias, the user, and each object of the user.
	plans := func(alias, user, others plancheck.ResourceActionType) resource.ConfigPlanChecks {
		checks := []plancheck.PlanCheck{plancheck.ExpectResourceAction("ram_account_alias.this", alias), plancheck.ExpectResourceAction("ram_user.this", user)}
		for _, address := range []string{"ram_login_profile.this", "ram_access_key.this", "ram_virtual_mfa_device.this"} {
			checks = append(checks, plancheck.ExpectResourceAction(address, others))
		}
		return resource.ConfigPlanChecks{PreApply: checks}
	}
	// The attributes that must never change.
	same := map[string][]string{
		"ram_user.this": {"user_id", "create_date"}, "ram_login_profile.this": {"user_id"}, "ram_access_key.this": {"access_key_id", "secret", "user_id"},
		"ram_virtual_mfa_device.this": {"serial_number", "base32_string_seed", "user_id"},
	}
	compared := map[string]interface {
		AddStateValue(address string, path tfjsonpath.Path) statecheck.StateCheck
	}{}
	stays := func() []statecheck.StateCheck {
		checks := []statecheck.StateCheck{}
		for address, attributes := range same {
			for _, attribute := range attributes {
				at := address + "." + attribute
				if compared[at] == nil {
					compared[at] = statecheck.CompareValue(compare.ValuesSame())
				}
				checks = append(checks, compared[at].AddStateValue(address, tfjsonpath.New(attribute)))
			}
		}
		return checks
	}
	clocked(t, srv, resource.TestCase{
		Steps: []resource.TestStep{
			{
				Config:           life("acme", "alice", "one"),
				ConfigPlanChecks: plans(plancheck.ResourceActionCreate, plancheck.ResourceActionCreate, plancheck.ResourceActionCreate), ConfigStateChecks: stays(),
			},
			{
				Config:           life("acme-two", "alice", "one"),
				ConfigPlanChecks: plans(plancheck.ResourceActionUpdate, plancheck.ResourceActionNoop, plancheck.ResourceActionNoop), ConfigStateChecks: stays(),
			},
			{ // the alias and the name in one run
				Config:           life("acme-three", "alicia", "two"),
				ConfigPlanChecks: plans(plancheck.ResourceActionUpdate, plancheck.ResourceActionUpdate, plancheck.ResourceActionUpdate),
				ConfigStateChecks: append(stays(),
					known("ram_login_profile.this", "user_name", knownvalue.StringExact("alicia")), known("ram_access_key.this", "user_name", knownvalue.StringExact("alicia")),
					known("ram_virtual_mfa_device.this", "bind_to_user", knownvalue.StringExact("alicia"))),
			},
			{ // another administrator renames the user and changes the alias: both are reverted
				PreConfig: func() {
					srv.Change(func(a *ramtest.Account) {
						u := a.Users["alicia"]
						u.Name, a.Alias = "lisa", "other"
						delete(a.Users, "alicia")
						a.Users["lisa"] = u
					})
				},
				Config:           life("acme-three", "alicia", "two"),
				ConfigPlanChecks: plans(plancheck.ResourceActionUpdate, plancheck.ResourceActionUpdate, plancheck.ResourceActionUpdate), ConfigStateChecks: stays(),
			},
			{ // others give the user more objects, which the final destroy has to remove
				PreConfig: func() {
					addKey(srv, "alicia", "LTAIothers", 0)
					srv.Change(func(a *ramtest.Account) {
						a.Groups["ops"] = &ramtest.Group{Name: "ops"}
						a.Users["alicia"].Groups, a.Users["alicia"].Policies = []string{"ops"}, []string{"System/ReadOnlyAccess"}
					})
				},
				Config:           life("acme-three", "alicia", "two"),
				ConfigPlanChecks: plans(plancheck.ResourceActionNoop, plancheck.ResourceActionNoop, plancheck.ResourceActionNoop), ConfigStateChecks: stays(),
			},
		},
		CheckDestroy: func(*terraform.State) error {
			a := account(srv)
			if len(a.Users) != 1 || len(a.MFADevices) != 0 || a.Alias != "" {
				return fmt.Errorf("left over: %d users, %d devices, the alias %q", len(a.Users), len(a.MFADevices), a.Alias)
			}
			return nil
		},
	})
	for action, want := range map[string]int{"CreateUser": 1, "CreateLoginProfile": 1, "CreateAccessKey": 1, "CreateVirtualMFADevice": 1, "BindMFADevice": 1, "DeleteUser": 1} {
		expect(t, action, len(srv.Calls(action)), want)
	}
	expect(t, "violations", srv.Violations(), []string{})
}
