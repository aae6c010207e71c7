// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// fromProgram is the environment of a provider that gets the key of admin from the program of a profile. With a role, the provider
// assumes it with that key.
func fromProgram(t *testing.T, srv *ramtest.Server, role string) func(string) string {
	t.Helper()
	key := srv.Credential(defaultAccount)
	printed := fmt.Sprintf(`{"mode":"AK","access_key_id":%q,"access_key_secret":%q}`, key.AccessKeyID, key.AccessKeySecret)
	content, err := json.Marshal(map[string]any{"current": "work", "profiles": []any{profileFields{"name": "work", "mode": "External", "process_command": program(t, printed, 0)}}})
	must(t, err)
	file := t.TempDir() + "/config.json"
	must(t, os.WriteFile(file, content, 0o600))
	return func(name string) string {
		switch name {
		case "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET":
			return ""
		case "ALIBABA_CLOUD_PROFILE":
			return "work"
		case "ALIBABA_CLOUD_CREDENTIALS_FILE":
			return file
		case "ALIBABA_CLOUD_ROLE_ARN":
			return role
		}
		return srv.Getenv(name)
	}
}

// The configuration does not name a key that a program prints. It is an own key nevertheless, also in a plan that reads nothing before.
func TestOwnKey_ofAProgram(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"", "acs:ram::" + defaultAccount + ":role/ops"} {
		srv := withAlice(t)
		srv.Change(func(a *ramtest.Account) {
			a.Roles["ops"] = &ramtest.Role{ID: "300000000000000001", Name: "ops", TrustedAccounts: []string{defaultAccount}}
		})
		own := srv.Credential(defaultAccount).AccessKeyID
		fresh := func() *acctest.Driver { return newCore(t, fromProgram(t, srv, role), clockOf(srv)) }
		imported := func(kind, id string) acctest.Object {
			o, diags := fresh().Import(kind, id)
			clean(t, diags)
			return o
		}
		key, rotation := imported(accessKey, own), imported(rotationKind, "admin")
		for name, one := range map[string]func(*acctest.Driver) string{
			"disable": func(c *acctest.Driver) string {
				_, diags := c.Plan(accessKey, attributes{"user_name": "admin", "status": "Inactive"}, key)
				return acctest.Messages(acctest.Errors(diags))
			},
			"delete": func(c *acctest.Driver) string {
				_, diags := c.PlanDestroy(accessKey, key)
				return acctest.Messages(acctest.Errors(diags))
			},
			"delete the rotation": func(c *acctest.Driver) string {
				_, diags := c.PlanDestroy(rotationKind, rotation)
				return acctest.Messages(acctest.Errors(diags))
			},
			"restrict the rotation": func(c *acctest.Driver) string {
				_, diags := c.Plan(rotationKind, attributes{"user_name": "admin", "network_policy": attributes{"classic_allow_list": []string{"192.0.2.1"}}}, rotation)
				return acctest.Messages(acctest.Errors(diags))
			},
			"deactivate": func(c *acctest.Driver) string {
				return acctest.Messages(acctest.Errors(c.PlanAction(deactivate, attributes{"user_name": "admin", "access_key_ids": []string{own}})))
			},
			"restrict the key": func(c *acctest.Driver) string {
				_, diags := c.Create(ownPolicy, attributes{"user_name": "admin", "access_key_id": own, "status": "Active", "classic_allow_list": []string{"192.0.2.1"}})
				return acctest.Messages(acctest.Errors(diags))
			},
			"restrict the account": func(c *acctest.Driver) string {
				_, diags := c.Create(keyPolicy, attributes{"status": "Active", "classic_allow_list": []string{"192.0.2.1"}})
				return acctest.Messages(acctest.Errors(diags))
			},
		} {
			if said := one(fresh()); said == "" {
				t.Errorf("role %q: %s: not refused", role, name)
			} else {
				contains(t, said, own)
			}
		}
		c := fresh()
		o, diags := c.Create(exclusiveKind, exclusively("admin", "delete"))
		clean(t, diags)
		_, diags = c.Apply(exclusiveKind, exclusively("admin", "delete"), o)
		clean(t, diags)
		expect(t, "own key", statusOf(srv, "admin")[own], "Active")
	}
}

// Another key of the user whose key a program prints is no own key.
func TestOwnKey_ofAProgramIsOneKey(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "admin", "LTAIspare", 10*day)
	c := newCore(t, fromProgram(t, srv, ""), clockOf(srv))
	spare, diags := c.Import(accessKey, "LTAIspare")
	clean(t, diags)
	_, diags = c.Create(ownPolicy, attributes{"user_name": "admin", "access_key_id": "LTAIspare", "status": "Active", "classic_allow_list": []string{"192.0.2.1"}})
	clean(t, diags)
	_, diags = c.Destroy(accessKey, spare)
	clean(t, diags)
}
