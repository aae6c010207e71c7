// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package network

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

func TestParseNetwork(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "192.0.2.0/24": "192.0.2.0/24", "0.0.0.0/0": "0.0.0.0/0", "2001:DB8::1": "2001:db8::1/128", "::/0": "::/0",
		"192.0.2.1/24": "", "192.0.2.1-192.0.2.9": "", "fe80::1%eth0": "", "fe80::%eth0/64": "", "": "", " 192.0.2.1": "", "192.0.2": "", "192.0.2.0/33": "", "example.com": "", "010.0.0.1": "",
	} {
		got, err := Parse(text)
		if want == "" && err == nil {
			t.Errorf("%q: got %s, want an error", text, got)
		}
		if want != "" && (err != nil || got.String() != want) {
			t.Errorf("%q: got %s, %v, want %s", text, got, err, want)
		}
	}
}

func TestCovered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		network  string
		networks []string
		want     bool
	}{
		{"10.0.0.0/8", []string{"10.0.0.0/8"}, true},
		{"10.0.0.0/8", []string{"10.0.0.0/9", "10.128.0.0/9"}, true},
		{"10.0.0.0/8", []string{"10.0.0.0/9", "10.128.0.0/10"}, false},
		{"10.0.0.7/32", []string{"10.0.0.6/31"}, true},
		{"10.0.0.7/32", []string{"10.0.0.5/32", "10.0.0.6/32"}, false},
		{"2001:db8::/32", []string{"::/0"}, true},
		{"2001:db8::/32", []string{"0.0.0.0/0"}, false},
		{"2001:db8::/126", []string{"2001:db8::/127", "2001:db8::2/128", "2001:db8::3/128"}, true},
		{"10.0.0.0/8", nil, false},
	} {
		if got := Covers(netip.MustParsePrefix(c.network), ParseAll(c.networks)); got != c.want {
			t.Errorf("%s in %v: got %t", c.network, c.networks, got)
		}
	}
}

func TestPrivateOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		networks []string
		want     bool
	}{
		{[]string{"10.0.0.0/8", "192.168.1.1", "fd00::/8"}, true},
		{[]string{"10.0.0.0/7"}, false},
		{[]string{"10.0.0.0/8", "203.0.113.1"}, false},
		{nil, false},
	} {
		if got := PrivateOnly(ParseAll(c.networks)); got != c.want {
			t.Errorf("%v: got %t", c.networks, got)
		}
	}
}

func TestCanonicalNetwork(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", " 192.0.2.1/32 ": "192.0.2.1/32", "10.1.2.3/8": "10.0.0.0/8", "2001:DB8::/32": "2001:db8::/32", "odd": "odd",
	} {
		if got := Canonical(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// A list may have entries in a form that this package does not know, such as a range.
func TestWider_invalidNetworkIsNotCovered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after []string
		want          bool
	}{
		{[]string{"198.51.100.7/24"}, []string{"198.51.100.0/24"}, false},
		{[]string{"198.51.100.0/24"}, []string{"198.51.100.7/24"}, false},
		{[]string{"198.51.100.7"}, []string{"198.51.100.7/24"}, true},
		{[]string{"198.51.100.0/24"}, []string{"198.51.100.1-198.51.100.9"}, true},
		{[]string{"198.51.100.1-198.51.100.9"}, []string{"198.51.100.1-198.51.100.9"}, false},
		{[]string{"198.51.100.1-198.51.100.9"}, []string{"198.51.100.2"}, true},
	} {
		if got := Wider(c.before, c.after); got != c.want {
			t.Errorf("%v → %v: got %t", c.before, c.after, got)
		}
	}
}

// A list within the documented limits gets no warning, and one beyond both gets one that names both.
func TestLimits_warn(t *testing.T) {
	t.Parallel()
	const entries, characters = "has 3 entries, and at most 2 are documented", `has 11 characters when joined by ";", and at most 10 are documented`
	for _, c := range []struct {
		limits              Limits
		entries, characters int
		want                string
	}{
		{Limits{}, 1000, 1000, ""},
		{Limits{Entries: 2, Characters: 10}, 2, 10, ""},
		{Limits{Entries: 2, Characters: 10}, 3, 10, "The list " + entries + "."},
		{Limits{Entries: 2, Characters: 10}, 2, 11, "The list " + characters + "."},
		{Limits{Entries: 2, Characters: 10}, 3, 11, "The list " + entries + "; it " + characters + "."},
	} {
		var diags diag.Diagnostics
		c.limits.warn(c.entries, c.characters, path.Root("networks"), &diags)
		if c.want == "" != (len(diags) == 0) || len(diags) > 1 || len(diags) == 1 && !strings.HasPrefix(diags[0].Detail(), c.want+" The service may refuse it") {
			t.Errorf("%+v: %v", c, diags)
		}
	}
}
