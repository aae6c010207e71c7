// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package network compares IP networks and defines the fields and risks of network policies.
package network

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Parse parses an IP address or a CIDR block. An address becomes a block that contains only that address. Host
// bits, zones and blanks are errors, because the service would apply a different value.
func Parse(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		address, err := netip.ParseAddr(s)
		switch {
		case err != nil:
			return netip.Prefix{}, fmt.Errorf("%q is neither an IP address nor a CIDR block", s)
		case address.Zone() != "":
			return netip.Prefix{}, fmt.Errorf("%q has a zone, which is only valid on one machine", s)
		}
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an IP address nor a CIDR block", s)
	}
	if masked := prefix.Masked(); masked != prefix {
		return netip.Prefix{}, fmt.Errorf("%q has bits set outside its mask; the block is %q", s, masked)
	}
	return prefix, nil
}

// ParseAll parses networks. It omits strings that are not networks.
func ParseAll(list []string) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(list))
	for _, s := range list {
		if prefix, err := Parse(s); err == nil {
			out = append(out, prefix)
		}
	}
	return out
}

// Canonical returns the canonical form of a network. It returns any other string unchanged.
func Canonical(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return prefix.Masked().String()
	}
	if address, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(address, address.BitLen()).String()
	}
	return s
}

// ParseLive parses an entry of an account's list. It accepts host bits, which the service accepts and ignores
// (assumed).
func ParseLive(s string) (netip.Prefix, error) {
	if prefix, err := netip.ParsePrefix(strings.TrimSpace(s)); err == nil {
		return prefix.Masked(), nil
	}
	return Parse(strings.TrimSpace(s))
}

// Covers reports whether every address of p is in one of the networks.
func Covers(p netip.Prefix, networks []netip.Prefix) bool {
	touching := slices.DeleteFunc(slices.Clone(networks), func(n netip.Prefix) bool { return !n.Overlaps(p) })
	for _, n := range touching {
		if n.Bits() <= p.Bits() {
			return true
		}
	}
	if len(touching) == 0 || p.IsSingleIP() {
		return false
	}
	low, high := halves(p)
	return Covers(low, touching) && Covers(high, touching)
}

// halves splits a network into two.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	low = netip.PrefixFrom(p.Addr(), p.Bits()+1)
	bytes := p.Addr().AsSlice()
	bytes[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	address, _ := netip.AddrFromSlice(bytes)
	return low, netip.PrefixFrom(address, p.Bits()+1)
}

// Reserved are the networks from which no request of the internet can arrive.
var Reserved = ParseAll([]string{
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/32",
	"fc00::/7", "fe80::/10", "::1/128", "::/128",
})

// PrivateOnly reports whether the networks contain no address of the internet.
func PrivateOnly(networks []netip.Prefix) bool {
	return len(networks) > 0 && !slices.ContainsFunc(networks, func(n netip.Prefix) bool { return !Covers(n, Reserved) })
}

// Wider reports whether a list of logon masks allows an address that the previous
// list did not allow. An empty list allows every address.
func Wider(before, after []string) bool {
	switch {
	case before == nil || after == nil || len(before) == 0:
		return false
	case len(after) == 0:
		return true
	}
	return slices.ContainsFunc(after, func(s string) bool { return !covered(s, before) })
}

// covered reports whether a list allows all addresses of an entry. The meaning of an entry in an unknown form is
// unknown, so only an equal entry covers it.
func covered(s string, list []string) bool {
	if slices.Contains(list, s) {
		return true
	}
	networks := []netip.Prefix{}
	for _, entry := range list {
		if prefix, err := ParseLive(entry); err == nil {
			networks = append(networks, prefix)
		}
	}
	prefix, err := ParseLive(s)
	return err == nil && Covers(prefix, networks)
}

// Uncovered returns the wanted networks that a list does not allow. An empty list allows every address. An entry
// of the list in an unknown form covers nothing.
func Uncovered(wanted, list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(s string) bool { return covered(s, list) })
}

// Limits are the documented limits of a list. The service decides: past them, a validator warns.
type Limits struct {
	Entries, Characters int // zero: any number; the characters when joined by ";"
	Note                string
}

// Validators checks a set of IP addresses and CIDR blocks: each is one, and none occurs twice in two
// spellings. It warns past the limits.
func Validators(limits Limits) []validator.Set {
	return []validator.Set{networksValidator{limits}}
}

type networksValidator struct{ limits Limits }

func (v networksValidator) Description(context.Context) string {
	return "each element must be an IP address or a CIDR block without host bits, without duplicates"
}

func (v networksValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v networksValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if tf.IsAbsent(req.ConfigValue) {
		return
	}
	seen, length := map[netip.Prefix]string{}, len(req.ConfigValue.Elements())-1
	for _, element := range req.ConfigValue.Elements() {
		if element.IsUnknown() {
			continue
		}
		s := tf.String(element)
		length += len(s)
		prefix, err := Parse(s)
		if err != nil {
			resp.Diagnostics.AddAttributeError(req.Path.AtSetValue(element), "Invalid network", "The value "+err.Error()+".")
			continue
		}
		if other, twice := seen[prefix]; twice {
			resp.Diagnostics.AddAttributeError(req.Path, "Network given twice",
				fmt.Sprintf("%q and %q are the same network. Remove one of them.", min(s, other), max(s, other)))
		}
		seen[prefix] = s
	}
	v.limits.warn(len(req.ConfigValue.Elements()), length, req.Path, &resp.Diagnostics)
}

// warn warns of a list that is longer than documented.
func (l Limits) warn(entries, characters int, at path.Path, diags *diag.Diagnostics) {
	found := []string{}
	if l.Entries > 0 && entries > l.Entries {
		found = append(found, fmt.Sprintf("has %d entries, and at most %d are documented", entries, l.Entries))
	}
	if l.Characters > 0 && characters > l.Characters {
		found = append(found, fmt.Sprintf("has %d characters when joined by \";\", and at most %d are documented", characters, l.Characters))
	}
	if len(found) > 0 {
		diags.AddAttributeWarning(at, "More networks than documented", fmt.Sprintf(
			"The list %s.%s The service may refuse it: joining neighbouring blocks makes it shorter.", strings.Join(found, "; it "), l.Note))
	}
}

var _ validator.Set = networksValidator{}
