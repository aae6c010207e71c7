// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	_ "embed"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
)

// attributesJSON describes each type and attribute: who is affected, which values are
// weaker, how severe a weaker value is, which controls require it, and which events
// ActionTrail records for a change.
//
//go:embed attributes.json
var attributesJSON []byte

// objectType describes a resource type.
type objectType struct {
	Who        string               `json:"who"`
	Severity   Severity             `json:"severity"`
	Events     []string             `json:"events"`
	Computed   []string             `json:"computed"`
	Attributes map[string]attribute `json:"attributes"`
}

// attribute describes an attribute.
type attribute struct {
	Who      string   `json:"who"`
	Weaker   order    `json:"weaker"`
	Severity Severity `json:"severity"`
	Controls []string `json:"controls"`
}

var objectTypes = func() map[string]objectType {
	types := map[string]objectType{}
	if err := json.Unmarshal(attributesJSON, &types); err != nil {
		panic(err) // the file is part of the program
	}
	return types
}()

// order defines which of two values is weaker. It is a key of weakerBy, or the list of the
// values, weakest first.
type order []string

// UnmarshalJSON accepts a word or a list of values.
func (o *order) UnmarshalJSON(b []byte) error {
	var word string
	if json.Unmarshal(b, &word) == nil {
		*o = order{word}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// weakerBy reports whether the second value is weaker than the first.
var weakerBy = map[string]func(before, after any) bool{
	"true":    func(before, after any) bool { return before == false && after == true },
	"false":   func(before, after any) bool { return before == true && after == false },
	"larger":  numeric(func(before, after int64) bool { return after > before }),
	"smaller": numeric(func(before, after int64) bool { return after < before }),
	"zero-or-larger": numeric(func(before, after int64) bool {
		return before != after && before != 0 && (after == 0 || after > before)
	}),
	"wider":        func(before, after any) bool { return wider(networks(before), networks(after)) },
	"wider-by-vpc": widerByVPC,
}

func numeric(weaker func(before, after int64) bool) func(before, after any) bool {
	return func(before, after any) bool {
		b, ok := number(before)
		a, too := number(after)
		return ok && too && weaker(b, a)
	}
}

func number(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// direction returns the effect of a change from one value to another.
func (o order) direction(before, after any) Direction {
	switch {
	case o.weakens(before, after):
		return Weaker
	case o.weakens(after, before):
		return Stronger
	default:
		return Other
	}
}

func (o order) weakens(before, after any) bool {
	if len(o) == 0 || before == nil || after == nil {
		return false
	}
	if weaker := weakerBy[o[0]]; len(o) == 1 && weaker != nil {
		return weaker(before, after)
	}
	b, a := o.index(before), o.index(after)
	return a >= 0 && b >= 0 && a < b
}

func (o order) index(v any) int {
	s, ok := v.(string)
	if !ok {
		return -1
	}
	return slices.Index(o, s)
}

// networks parses the networks of a list. It omits entries that are not networks.
func networks(v any) []netip.Prefix {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	out := []netip.Prefix{}
	for _, element := range list {
		s, _ := element.(string)
		if prefix, err := netip.ParsePrefix(s); err == nil {
			out = append(out, prefix.Masked())
		} else if address, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(address, address.BitLen()))
		}
	}
	return out
}

// wider reports whether a list allows an address that the previous list did not allow. An
// empty list allows every address.
func wider(before, after []netip.Prefix) bool {
	switch {
	case before == nil || after == nil || len(before) == 0:
		return false
	case len(after) == 0:
		return true
	}
	return slices.ContainsFunc(after, func(n netip.Prefix) bool { return !covered(n, before) })
}

// covered reports whether every address of p is in one of the networks. The two halves of a
// network cover the whole.
func covered(p netip.Prefix, list []netip.Prefix) bool {
	touching := []netip.Prefix{}
	for _, n := range list {
		if n.Overlaps(p) {
			if n.Bits() <= p.Bits() {
				return true
			}
			touching = append(touching, n)
		}
	}
	if len(touching) == 0 || p.IsSingleIP() {
		return false
	}
	low, high := halves(p)
	return covered(low, touching) && covered(high, touching)
}

func halves(p netip.Prefix) (low, high netip.Prefix) {
	bits := p.Bits() + 1
	low = netip.PrefixFrom(p.Addr(), bits)
	bytes := p.Addr().AsSlice()
	bytes[(bits-1)/8] |= 1 << (7 - (bits-1)%8)
	address, _ := netip.AddrFromSlice(bytes)
	return low, netip.PrefixFrom(address, bits)
}

// widerByVPC is wider for lists by VPC. AllowAllVPC is every VPC, and a VPC without
// addresses is the whole VPC.
func widerByVPC(before, after any) bool {
	b, ok := before.(map[string]any)
	a, too := after.(map[string]any)
	switch {
	case !ok || !too || len(b) == 0:
		return false
	case len(a) == 0:
		return true
	}
	const every = "AllowAllVPC"
	everywhere, general := networks(b[every]), b[every] != nil
	for vpc, list := range a {
		own, listed := networks(b[vpc]), b[vpc] != nil
		if listed && len(own) == 0 || general && len(everywhere) == 0 {
			continue
		}
		now := networks(list)
		if !listed && !general || len(now) == 0 || wider(append(slices.Clone(own), everywhere...), now) {
			return true
		}
	}
	return false
}

// Attributes returns the JSON that describes the types and attributes.
func Attributes() []byte { return attributesJSON }

// DirectionOf returns the effect of a change of an attribute on the security of an account.
// The values are as encoding/json decodes them with json.Number.
func DirectionOf(kind, name string, before, after any) Direction {
	return objectTypes[kind].Attributes[name].Weaker.direction(before, after)
}

// open reports whether a list of networks allows every address.
func open(v any) bool {
	list := networks(v)
	return list != nil && (len(list) == 0 || slices.ContainsFunc(list, func(n netip.Prefix) bool { return n.Bits() == 0 }))
}

// assess sets the direction, severity, controls and texts of a difference. before and after
// are in the order in which the account changes.
func (d *Difference) assess(before, after any) {
	kind := objectTypes[d.Type]
	a := kind.Attributes[d.Attribute]
	d.Who, d.Events, d.Controls = kind.Who, slices.Clone(kind.Events), slices.Clone(a.Controls)
	if d.Events == nil {
		d.Events = []string{}
	}
	if d.Controls == nil {
		d.Controls = []string{}
	}
	if a.Who != "" {
		d.Who = a.Who
	}
	d.Direction = Other
	if d.Attribute == "" {
		d.Severity = severityOr(kind.Severity, Medium)
		return
	}
	d.Direction = a.Weaker.direction(before, after)
	severity := severityOr(a.Severity, Low)
	opened := len(a.Weaker) > 0 && strings.HasPrefix(a.Weaker[0], "wider") && open(after)
	if opened && d.Direction == Stronger {
		d.Direction = Other // the list was open before and is still open
	}
	switch {
	case d.Direction == Weaker && opened:
		severity = Critical
	case d.Direction == Stronger:
		severity = Low
	case d.Direction == Other && severity == Critical:
		severity = High
	}
	d.Severity = severity
}

func severityOr(s, otherwise Severity) Severity {
	if s.rank() < 0 {
		return otherwise
	}
	return s
}
