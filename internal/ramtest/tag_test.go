// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strconv"
	"testing"
)

func tagsOf(s *Server, name string) map[string]string { return s.defaultAccount().Users[name].Tags }

func TestTags_addAndRemove(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice", "bob")
	users := []string{"ResourceType", "user", "ResourceId.1", idOf(s, "alice"), "ResourceId.2", idOf(s, "bob")}
	alice := []string{"ResourceType", "user", "ResourcePrincipalName.1", of("Ims", "alice")[1]}
	tag := func(resources []string, pairs ...string) []string {
		params := append([]string{}, resources...)
		for i := 0; i < len(pairs); i += 2 {
			n := strconv.Itoa(i/2 + 1)
			params = append(params, "Tag."+n+".Key", pairs[i], "Tag."+n+".Value", pairs[i+1])
		}
		return params
	}
	c.ok("Ims", "TagResources", tag(users, "team", "red", "stage", "")...)
	c.ok("Ims", "TagResources", tag(alice, "team", "blue")...)
	equal(t, "alice", tagsOf(s, "alice"), map[string]string{"team": "blue", "stage": ""})
	equal(t, "bob", tagsOf(s, "bob"), map[string]string{"team": "red", "stage": ""})

	// All is used only without TagKey.N.
	c.ok("Ims", "UntagResources", append(alice, "TagKey.1", "stage", "TagKey.2", "none", "All", "true")...)
	equal(t, "alice", tagsOf(s, "alice"), map[string]string{"team": "blue"})
	c.ok("Ims", "UntagResources", append(users, "All", "false")...)
	equal(t, "bob", len(tagsOf(s, "bob")), 2)
	c.ok("Ims", "UntagResources", append(users, "All", "true")...)
	equal(t, "both", len(tagsOf(s, "alice"))+len(tagsOf(s, "bob")), 0)
}

// Ram returns tags without a wrapper and names the resource, as the vendor's SDKs read it.
func TestTags_listOfRam(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.Change(func(a *Account) {
		a.Roles["deploy"] = &Role{ID: "3", Name: "deploy", Tags: map[string]string{"team": "red"}}
	})
	got := c.ok("Ram", "ListTagResources", "ResourceType", "role", "ResourceNames", `["deploy"]`)
	line := got.list("TagResources", "TagKey")[0]
	equal(t, "tag", []any{line["ResourceName"], line["ResourceType"], line["TagKey"], line["TagValue"]}, []string{"deploy", "role", "team", "red"})
}

func TestTags_list(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	inhabited(s, "alice", "bob", "carol")
	s.Change(func(a *Account) {
		a.Users["alice"].Tags = map[string]string{"team": "red", "stage": "test", "cost": "1"}
		a.Users["bob"].Tags = map[string]string{"team": "blue"}
	})
	list := func(params ...string) (lines []any, pages int) {
		next := []string{}
		for pages = 1; ; pages++ {
			got := c.ok("Ims", "ListTagResources", append(append([]string{"ResourceType", "user"}, params...), next...)...)
			for _, line := range got.list("TagResources.TagResource", "TagKey") {
				lines = append(lines, []any{line["ResourceId"], line["TagKey"], line["TagValue"]})
			}
			if got.at("IsTruncated") != true {
				equal(t, "token of the last page", got.at("NextToken"), nil)
				return lines, pages
			}
			next = []string{"NextToken", got.at("NextToken").(string)}
		}
	}
	alice, bob := idOf(s, "alice"), idOf(s, "bob")
	lines, pages := list("ResourceId.1", alice)
	equal(t, "by id", lines, []any{[]string{alice, "cost", "1"}, []string{alice, "stage", "test"}, []string{alice, "team", "red"}})
	equal(t, "pages", pages, 2)
	lines, _ = list("Tag.1.Key", "team")
	equal(t, "by key", len(lines), 2)
	lines, _ = list("Tag.1.Key", "team", "Tag.1.Value", "blue")
	equal(t, "by value", lines, []any{[]string{bob, "team", "blue"}})
	_, pages = list("ResourceId.1", alice, "PageSize", "1")
	equal(t, "small pages", pages, 3)
}

func TestTags_refusals(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	id, name := idOf(s, "admin"), of("Ims", "admin")[1]
	for _, test := range []struct {
		code, action string
		params       []string
	}{
		{"MissingResourceType", "TagResources", []string{"ResourceId.1", id}},
		{"InvalidParameter.ResourceType", "TagResources", []string{"ResourceType", "role", "ResourceId.1", id}},
		{"MissingResourceId", "TagResources", []string{"ResourceType", "user", "Tag.1.Key", "k"}},
		{"MissingTag", "TagResources", []string{"ResourceType", "user", "ResourceId.1", id}},
		{"InvalidParameter.ResourcePrincipalName", "TagResources", []string{"ResourceType", "user", "ResourceId.1", id, "ResourcePrincipalName.1", name, "Tag.1.Key", "k"}},
		{"InvalidParameter.ResourcePrincipalName.InvalidChars", "TagResources", []string{"ResourceType", "user", "ResourcePrincipalName.1", "admin", "Tag.1.Key", "k"}},
		{"EntityNotExist.User", "TagResources", []string{"ResourceType", "user", "ResourceId.1", id, "ResourceId.2", "200000000000000000", "Tag.1.Key", "k"}},
		{"EntityNotExist.User", "TagResources", []string{"ResourceType", "user", "ResourcePrincipalName.1", "admin@other.onaliyun.com", "Tag.1.Key", "k"}},
		{"MissingResourceId", "UntagResources", []string{"ResourceType", "user", "All", "true"}},
		{"InvalidParameter.All", "UntagResources", []string{"ResourceType", "user", "ResourceId.1", id, "All", "maybe"}},
		{"MissingResourceId", "ListTagResources", []string{"ResourceType", "user"}},
		{"InvalidParameter.PageSize", "ListTagResources", []string{"ResourceType", "user", "ResourceId.1", id, "PageSize", "101"}},
	} {
		c.refused(test.code, "Ims", test.action, test.params...)
	}
	equal(t, "tags", len(tagsOf(s, "admin")), 0)
	s.Change(func(a *Account) { a.Quotas.TagsPerUser = 1 })
	c.ok("Ims", "TagResources", "ResourceType", "user", "ResourceId.1", id, "Tag.1.Key", "a")
	c.refused("LimitExceeded.User.Tag", "Ims", "TagResources", "ResourceType", "user", "ResourceId.1", id, "Tag.1.Key", "b")
	equal(t, "tags", tagsOf(s, "admin"), map[string]string{"a": ""})
}
