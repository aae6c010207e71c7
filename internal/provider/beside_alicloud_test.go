// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// hclOf returns the blocks of HCL code in a section of a guide, without their indentation.
func hclOf(t *testing.T, guide, section string) (blocks []string) {
	t.Helper()
	_, text, found := strings.Cut(contentOf(t, projectRoot, "templates/guides", guide+".md.tmpl"), "\n## "+section+"\n")
	if !found {
		t.Fatalf("%s has no section %q", guide, section)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	for _, match := range regexp.MustCompile("(?ms)^ *```hcl\n(.*?)^ *```$").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// newBoth returns a CLI with this provider and the former one.
func newBoth(t *testing.T, srv *ramtest.Server) *cli {
	t.Helper()
	c := newCLI(t, srv.Getenv, "")
	former, err := formerProvider()
	must(t, err)
	ours, err := binary()
	must(t, err)
	must(t, c.Override(map[string]string{acctest.Source: ours, "aliyun/alicloud": former}))
	return c
}

const bothProviders = "terraform {\n  required_providers {\n    alicloud = { source = \"aliyun/alicloud\" }\n    ram      = { source = \"ram-security/ram\" }\n  }\n}\n"

// The guide's code removes a user and its membership in one apply. Without create_before_destroy, the list of the
// other provider prevents it, and the commands of the error solve it although the user is no longer configured.
func TestAccBesideAlicloud_usersInAGroup(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	blocks := hclOf(t, "living-beside-alicloud", "Users in a group")
	if len(blocks) != 2 {
		t.Fatalf("the guide has %d blocks", len(blocks))
	}
	own, list := blocks[0], blocks[1]
	users, _, _ := strings.Cut(own, `resource "ram_group_membership"`)
	unordered := regexp.MustCompile(`(?s)\s+lifecycle \{.*?\n\s+\}\n`).ReplaceAllString(list, "\n")
	for name, x := range map[string]struct {
		config string
		fails  bool
	}{
		"one resource for each membership":  {config: own},
		"a list with create_before_destroy": {config: users + list},
		"a list":                            {config: users + unordered, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			c := newBoth(t, srv)
			c.write("main.tf", bothProviders+x.config)
			c.run(0, "apply", "-auto-approve")
			expect(t, "groups of bob", account(srv).Users["bob"].Groups, []string{"admins"})
			c.write("main.tf", bothProviders+strings.Replace(x.config, `"alice", "bob"`, `"alice"`, 1))
			if x.fails {
				printed := strings.Join(strings.Fields(strings.ReplaceAll(c.run(1, "apply", "-auto-approve"), "│", "")), " ")
				contains(t, printed, "aliyun ram RemoveUserFromGroup --UserName bob --GroupName admins", `name = "bob" force_destroy = true`)
				expect(t, "bob exists", account(srv).Users["bob"] != nil, true)
				srv.Change(func(a *ramtest.Account) { a.Users["bob"].Groups = nil }) // the command
			}
			c.run(0, "apply", "-auto-approve")
			expect(t, "bob is deleted", account(srv).Users["bob"] == nil, true)
			expect(t, "groups of alice", account(srv).Users["alice"].Groups, []string{"admins"})
			c.run(0, "plan", "-detailed-exitcode")
		})
	}
}
