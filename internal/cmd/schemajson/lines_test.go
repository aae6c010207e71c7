// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

const (
	snapshot  = "../../provider/testdata/schema.txt"
	ofRelease = "../../provider/testdata/schema-released.txt"
	changes   = "../../../CHANGELOG.md"
)

func present(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), true, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSnapshot_isThePresentSchema(t *testing.T) {
	t.Parallel()
	if present(t) != read(t, snapshot) {
		t.Error("the schema is not the one in " + snapshot + ": run make generate, and look at the difference before you commit it")
	}
}

// The changelog names every incompatible change of the released schema.
func TestReleasedSchema_isUnchanged(t *testing.T) {
	t.Parallel()
	changelog := read(t, changes)
	before, err := os.ReadFile(ofRelease)
	switch {
	case errors.Is(err, fs.ErrNotExist) && released(changelog):
		t.Fatal(changes + " has a released version, and " + ofRelease + " is not there: it is a copy of " + snapshot + " as it was released")
	case errors.Is(err, fs.ErrNotExist):
		return // nothing is released yet
	case err != nil:
		t.Fatal(err)
	}
	for _, b := range breaches(parse(string(before)), parse(present(t))) {
		if !b.announced(changelog) {
			t.Errorf("%s. Keep it, or name it in %s below BREAKING CHANGES", b, changes)
		}
	}
}

const before = `
provider ram.profile string optional
resource ram_user version=1
resource ram_user.name string required
resource ram_user.tags map[string] optional
resource ram_user.user_id string computed
resource ram_user.comments string computed optional
resource ram_user.policy nested:single optional
resource ram_user.policy.days number optional
resource ram_user.password_wo string optional write_only
identity ram_user version=0
identity ram_user.account_id string optional
data ram_users version=0
data ram_users.names set[string] computed
function allows version=0
function allows.1_masks list[string] nullable required
function allows.return object computed
function allows.return.ok bool computed
`

func TestBreaches(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"nothing":                     {"", "", ""},
		"an optional attribute":       {"data ram_users version=0", "data ram_users version=0\ndata ram_users.since string optional", ""},
		"a type":                      {"data ram_users version=0", "data ram_users version=0\ndata ram_keys version=0\ndata ram_keys.user string required", ""},
		"a newer schema":              {"resource ram_user version=1", "resource ram_user version=2", ""},
		"the result of a function":    {"allows.return.ok bool computed", "allows.return.ok bool computed\nfunction allows.return.why string computed", ""},
		"required inside of new":      {"data ram_users version=0", "data ram_users version=0\ndata ram_users.page nested:single optional\ndata ram_users.page.size number required", ""},
		"required becomes optional":   {"ram_user.name string required", "ram_user.name string optional", ""},
		"computed as well":            {"ram_user.tags map[string] optional", "ram_user.tags map[string] computed optional", ""},
		"an identity with version":    {"identity ram_user version=0\nidentity ram_user.account_id string optional", "identity ram_user version=1\nidentity ram_user.number string required", ""},
		"an attribute gone":           {"resource ram_user.tags map[string] optional\n", "", "resource ram_user.tags: is gone"},
		"a nest gone":                 {"resource ram_user.policy nested:single optional\nresource ram_user.policy.days number optional\n", "", "resource ram_user.policy: is gone"},
		"a type gone":                 {"data ram_users version=0\ndata ram_users.names set[string] computed\n", "", "data ram_users: is gone"},
		"a provider argument gone":    {"provider ram.profile string optional\n", "", "provider ram.profile: is gone"},
		"renamed":                     {"ram_user.tags map[string] optional", "ram_user.labels map[string] optional", "resource ram_user.tags: is gone"},
		"optional becomes required":   {"ram_user.tags map[string] optional", "ram_user.tags map[string] required", "resource ram_user.tags: has to be set now"},
		"new and required":            {"resource ram_user version=1", "resource ram_user version=1\nresource ram_user.mail string required", "resource ram_user.mail: is new and required"},
		"required in an old nest":     {"ram_user.policy.days number optional", "ram_user.policy.days number optional\nresource ram_user.policy.hours number required", "resource ram_user.policy.hours: is new and required"},
		"provider argument required":  {"provider ram.profile string optional", "provider ram.profile string optional\nprovider ram.zone string required", "provider ram.zone: is new and required"},
		"another type":                {"ram_user.tags map[string]", "ram_user.tags set[string]", "resource ram_user.tags: was map[string] and is set[string]"},
		"computed dropped":            {"ram_user.comments string computed optional", "ram_user.comments string optional", "resource ram_user.comments: has no value of its own any more"},
		"not settable":                {"ram_user.comments string computed optional", "ram_user.comments string computed", "resource ram_user.comments: cannot be set any more"},
		"write-only dropped":          {"password_wo string optional write_only", "password_wo string optional", "resource ram_user.password_wo: changed whether it is write-only"},
		"an older schema":             {"resource ram_user version=1", "resource ram_user version=0", "resource ram_user: went back from version=1 to version=0"},
		"an identity as it was":       {"identity ram_user.account_id string optional", "identity ram_user.account_id string optional\nidentity ram_user.name string optional", "identity ram_user.name: is new in the identity, and the identity has no new version"},
		"an identity without a part":  {"identity ram_user.account_id string optional\n", "", "identity ram_user.account_id: is gone"},
		"a parameter more":            {"allows.return object computed", "allows.2_how string required\nfunction allows.return object computed", "function allows.2_how: is new and required"},
		"a parameter that is no null": {"list[string] nullable required", "list[string] required", "function allows.1_masks: cannot be null any more"},
		"one result less":             {"function allows.return.ok bool computed\n", "", "function allows.return.ok: is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(before, c.old) {
				t.Fatalf("%q is not in the previous schema", c.old)
			}
			var got []string
			for _, b := range breaches(parse(before), parse(strings.Replace(before, c.old, c.new, 1))) {
				got = append(got, b.String())
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestBreach_isAnnounced(t *testing.T) {
	t.Parallel()
	found := breach{of: line{kind: "resource", name: "ram_user.policy.days"}}
	entry := "* resource/ram_user: `days` of `policy` is gone\n"
	for name, c := range map[string]struct {
		changelog string
		want      bool
	}{
		"named":                 {"## 0.2.0 (Unreleased)\n\nBREAKING CHANGES:\n\n" + entry, true},
		"named somewhere else":  {"## 0.2.0 (Unreleased)\n\nNOTES:\n\n" + entry, false},
		"another attribute":     {"## 0.2.0 (Unreleased)\n\nBREAKING CHANGES:\n\n* resource/ram_user: `tags` is gone\n", false},
		"another resource":      {"## 0.2.0 (Unreleased)\n\nBREAKING CHANGES:\n\n* resource/ram_group: `days` is gone\n", false},
		"in a release":          {"## 0.1.0 (May 1, 2027)\n\nBREAKING CHANGES:\n\n" + entry, false},
		"in the release before": {"## 0.2.0 (Unreleased)\n\n## 0.1.0 (May 1, 2027)\n\nBREAKING CHANGES:\n\n" + entry, false},
	} {
		if got := found.announced(c.changelog); got != c.want {
			t.Errorf("%s: got %t, want %t", name, got, c.want)
		}
	}
	if released("## 0.2.0 (Unreleased)\n") || !released("## 0.2.0 (Unreleased)\n\n## 0.1.0 (May 1, 2027)\n") {
		t.Error("a released version is not distinguished from an unreleased one")
	}
}
