// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"fmt"
	"strings"
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
		parallelisms := []string{"-parallelism=10"}
		if strings.HasPrefix(name, "rename") { // two instances, whose order is not fixed
			parallelisms = append(parallelisms, "-parallelism=1")
		}
		for _, parallelism := range parallelisms {
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

// The policy of a key and the verification of a user have no on_destroy: a destroy resets or removes them.
func TestAccSettingOwner_objectsOfAUser(t *testing.T) {
	t.Parallel()
	const lifecycle = "lifecycle {\n create_before_destroy = true\n }"
	for name, test := range map[string]struct {
		start   func(*testing.T) *ramtest.Server
		kind    string
		config  string // without the type and the name
		present func(*ramtest.Server) string
		want    string
	}{
		"policy": {
			func(t *testing.T) *ramtest.Server { return withKey(t, noPolicy) }, "ram_access_key_policy",
			fmt.Sprintf("user_name = \"alice\"\n access_key_id = %q\n status = \"Active\"\n classic_allow_list = [\"192.0.2.0/24\"]", aliceKey),
			func(srv *ramtest.Server) string { return policyOf(srv, "alice") }, `"Status":"Active"`,
		},
		"verification": {
			func(t *testing.T) *ramtest.Server { return staffed(t) }, verificationKind,
			"user_name = \"alice\"\n security_email = \"alice@example.com\"",
			func(srv *ramtest.Server) string { return account(srv).Users["alice"].SecurityEmail.Address }, "alice@example.com",
		},
	} {
		resource := func(name, extra string) string {
			return fmt.Sprintf("resource %q %q {\n %s\n %s\n}\n", test.kind, name, test.config, extra)
		}
		for _, extra := range []string{"", lifecycle} {
			for parallelism, tainted := range map[string]bool{"-parallelism=1": false, "-parallelism=10": true} { // which do not depend on each other
				t.Run(fmt.Sprintf("%s, created first: %t, tainted: %t, %s", name, extra != "", tainted, parallelism), func(t *testing.T) {
					t.Parallel()
					srv := test.start(t)
					c := newCLI(t, srv.Getenv, resource("a", extra))
					c.run(0, "apply", "-auto-approve")
					srv.ForgetHistory()
					arguments := []string{"apply", "-auto-approve", parallelism}
					if tainted {
						c.run(0, "taint", test.kind+".a")
					} else {
						arguments = append(arguments, "-replace="+test.kind+".a")
					}
					c.run(0, arguments...)
					for _, e := range srv.History() {
						t.Errorf("%s changed %s from %v to %v", e.Actor, e.Field, e.Before, e.After)
					}
					contains(t, c.run(0, "plan"), "No changes.")

					must(t, c.Configure(resource("b", extra)))
					contains(t, c.run(1, "apply", "-auto-approve", parallelism), "moved block")
					must(t, c.Configure(resource("b", extra)+fmt.Sprintf("moved {\n from = %s.a\n to = %[1]s.b\n}\n", test.kind)))
					c.run(0, "apply", "-auto-approve", parallelism)
					contains(t, test.present(srv), test.want)
					expect(t, "changes", len(srv.History()), 0)
					must(t, c.Configure("# nothing"))
					c.run(0, "apply", "-auto-approve", parallelism)
					if strings.Contains(test.present(srv), test.want) {
						t.Errorf("the destroy left %s", test.present(srv))
					}
				})
			}
		}
	}
}

// The plan that adds a second resource for a setting reports it.
func TestAccSettingOwner_secondResource(t *testing.T) {
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
