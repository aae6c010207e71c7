// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"fmt"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// SING-12: a destroy and a create of one setting in one run leave the setting as it is, and the new
// resource has the values from before the first one.
func TestAccSettingOwner_replacementsAndRenames(t *testing.T) {
	t.Parallel()
	const lifecycle = "lifecycle {\n create_before_destroy = true\n }"
	resource := func(name, onDestroy, extra string) string {
		return fmt.Sprintf("resource \"ram_password_policy\" %q {\n minimum_password_length = 14\n on_destroy = %q\n %s\n}\n", name, onDestroy, extra)
	}
	for name, test := range map[string]struct {
		onDestroy, extra string
		change           func(c *cli, arguments ...string)
		restored         int
	}{
		"replace":                {setting.Restore, "", replaced, 10},
		"replace, reset":         {setting.Reset, "", replaced, 10},
		"replace, created first": {setting.Restore, lifecycle, replaced, 14},
		"reset, created first":   {setting.Reset, lifecycle, replaced, 14},
		"taint":                  {setting.Restore, "", tainted, 10},
		"taint, created first":   {setting.Reset, lifecycle, tainted, 14},
		"rename, retain": {setting.Retain, "", func(c *cli, arguments ...string) {
			must(c.t, c.Configure(resource("b", setting.Retain, "")))
			c.run(0, append([]string{"apply", "-auto-approve"}, arguments...)...)
		}, 14},
		"rename, moved": {setting.Restore, "", func(c *cli, arguments ...string) {
			must(c.t, c.Configure(resource("b", setting.Restore, "")+"moved {\n from = ram_password_policy.a\n to = ram_password_policy.b\n}\n"))
			c.run(0, append([]string{"apply", "-auto-approve"}, arguments...)...)
		}, 10},
		"rename, reset": {setting.Reset, "", func(c *cli, arguments ...string) {
			must(c.t, c.Configure(resource("b", setting.Reset, "")))
			contains(c.t, c.run(1, append([]string{"apply", "-auto-approve"}, arguments...)...), "Cannot plan the password policy", "moved block")
			must(c.t, c.Configure(resource("a", setting.Restore, "")))
			c.run(0, "apply", "-auto-approve")
		}, 10},
	} {
		for _, parallelism := range []string{"-parallelism=1", "-parallelism=10"} {
			t.Run(name+" "+parallelism, func(t *testing.T) {
				t.Parallel()
				srv := old(t)
				c := newCLI(t, srv.Getenv, resource("a", test.onDestroy, test.extra))
				c.run(0, "apply", "-auto-approve")
				srv.ForgetHistory()
				test.change(c, parallelism)
				for _, e := range srv.History() {
					t.Errorf("%s changed %s from %v to %v", e.Actor, e.Field, e.Before, e.After)
				}
				contains(t, c.run(0, "plan"), "No changes.")
				if test.onDestroy == setting.Reset && name != "rename, reset" {
					must(t, c.Configure(resource("a", setting.Restore, test.extra)))
					c.run(0, "apply", "-auto-approve")
				}
				c.run(0, "destroy", "-auto-approve")
				expect(t, "length after the destroy", account(srv).Policy.MinimumPasswordLength, test.restored)
			})
		}
	}
}

func replaced(c *cli, arguments ...string) {
	c.run(0, append([]string{"apply", "-auto-approve", "-replace=ram_password_policy.a"}, arguments...)...)
}

func tainted(c *cli, arguments ...string) {
	c.run(0, "taint", "ram_password_policy.a")
	c.run(0, append([]string{"apply", "-auto-approve"}, arguments...)...)
}

// A key's policy has no on_destroy: a destroy resets it.
func TestAccSettingOwner_ofAKeysPolicy(t *testing.T) {
	t.Parallel()
	const config = "resource \"ram_access_key_policy\" %q {\n user_name = \"alice\"\n access_key_id = %q\n status = \"Active\"\n classic_allow_list = [\"192.0.2.0/24\"]\n %s\n}\n"
	for _, extra := range []string{"", "lifecycle {\n create_before_destroy = true\n }"} {
		for name, change := range map[string][]string{"replace": nil, "taint": {"taint", "ram_access_key_policy.a"}} {
			srv := withKey(t, noPolicy)
			c := newCLI(t, srv.Getenv, fmt.Sprintf(config, "a", aliceKey, extra))
			c.run(0, "apply", "-auto-approve")
			srv.ForgetHistory()
			if change == nil {
				c.run(0, "apply", "-auto-approve", "-replace=ram_access_key_policy.a")
			} else {
				c.run(0, change...)
				c.run(0, "apply", "-auto-approve")
			}
			for _, e := range srv.History() {
				t.Errorf("%s %q: %s changed %s from %v to %v", name, extra, e.Actor, e.Field, e.Before, e.After)
			}
			must(t, c.Configure(fmt.Sprintf(config, "b", aliceKey, "")))
			contains(t, c.run(1, "apply", "-auto-approve"), "moved block")
			contains(t, policyOf(srv, "alice"), `"Status":"Active"`)
		}
	}
}

// A second resource for a setting is noticed in the plan that adds it.
func TestAccSettingOwner_aSecondResource(t *testing.T) {
	t.Parallel()
	const config = "resource \"ram_password_policy\" %q {\n minimum_password_length = %d\n}\n"
	srv := ramtest.New(t)
	c := newCLI(t, srv.Getenv, fmt.Sprintf(config, "a", 14))
	c.run(0, "apply", "-auto-approve")
	must(t, c.Configure(fmt.Sprintf(config, "a", 14)+fmt.Sprintf(config, "b", 15)))
	contains(t, c.run(1, "plan"), "Another resource of this configuration", "Remove one of the two")
	for range 2 {
		contains(t, c.run(1, "apply", "-auto-approve", "-parallelism=1"), "Another resource of this configuration")
	}
	expect(t, "length", account(srv).Policy.MinimumPasswordLength, 14)
}
