// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package network

import (
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// The service's limits for a network policy.
const (
	MostStatements = 8  // (documented)
	MostAddresses  = 50 // (documented; it is not documented whether per statement or per policy)
)

// PolicyFields returns the fields of a network policy of the account or of a key. A new key has no policy (observed).
// The same is assumed for a new account.
var PolicyFields = sync.OnceValue(func() []setting.Field[ram.NetworkPolicy] {
	type p = ram.NetworkPolicy
	return []setting.Field[p]{
		setting.Choice("status", "Whether the policy is enforced: `Active` or `Inactive`. Where none was ever set, it is `Inactive`.",
			func(s *p) **string { return &s.Status }, ram.NetworkPolicyInactive, ram.NetworkPolicyInactive, ram.NetworkPolicyActive),
		setting.Words("classic_allow_list", "The IP addresses and CIDR blocks of the internet, IPv4 or IPv6, from which the keys may be used. An empty set allows every address "+
			"of the internet (assumed: the service's reference says only that a list has addresses). Order and spelling (`192.0.2.1`, `192.0.2.1/32`) do not matter.",
			func(s *p) *[]string { return &s.Public }, Canonical, Wider, PublicValidators()...),
		setting.WordsBy("vpc_allow_list", "The addresses inside VPCs from which the keys may be used: a map from the id of a VPC, or `AllowAllVPC` for all VPCs, to IP addresses and CIDR blocks. "+
			"A policy has one statement for each VPC, and one for `classic_allow_list`. Past the documented quotas of 8 statements and 50 addresses, the provider warns, and the service decides.",
			func(s *p) *map[string][]string { return &s.VPC }, Canonical, WiderVPCs, VPCValidators()...),
	}
})

// WiderVPCs reports whether a list by VPC allows an address that the previous list did not allow. An empty list allows
// every address, and a VPC without addresses allows the whole VPC (both assumed, as for the list of public addresses).
func WiderVPCs(before, after map[string][]string) bool {
	switch {
	case before == nil || after == nil || len(before) == 0:
		return false
	case len(after) == 0:
		return true
	}
	everywhere, general := before[ram.AllowAllVPC]
	for vpc, list := range after {
		own, listed := before[vpc]
		if listed && len(own) == 0 || general && len(everywhere) == 0 {
			continue
		}
		if !listed && !general || len(list) == 0 {
			return true
		}
		known := slices.Concat(own, everywhere)
		if slices.ContainsFunc(list, func(s string) bool { return !covered(s, known) }) {
			return true
		}
	}
	return false
}

// UncoveredVPCs returns the wanted networks by VPC that a list by VPC does not allow. A VPC without addresses is the
// whole VPC. An empty list allows every VPC.
func UncoveredVPCs(wanted, list map[string][]string) map[string][]string {
	out := map[string][]string{}
	for vpc, networks := range wanted {
		if WiderVPCs(list, map[string][]string{vpc: networks}) {
			out[vpc] = networks
		}
	}
	return out
}

// vpcsOf returns the VPCs that a value names, sorted.
func vpcsOf(elements map[string]attr.Value) []string { return slices.Sorted(maps.Keys(elements)) }
