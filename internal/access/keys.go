// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// Policies are the network policies that govern a long-lived key.
type Policies struct {
	Own, Account ram.NetworkPolicy
	Accepted     bool // a planned one has allow_lock_out = true
}

// Effective returns the policy that is enforced for the key: its own if that is active, else the account's. An inactive one
// lets everything in.
func (p Policies) Effective() ram.NetworkPolicy {
	for _, policy := range []ram.NetworkPolicy{p.Own, p.Account} {
		if policy.Active() {
			return policy
		}
	}
	return ram.NoNetworkPolicy()
}

// Narrower reports whether the key is refused from an address, inside a VPC or of the internet, from which it was
// accepted. What a statement of an unknown type does is not known: one that was not enforced before counts as narrower.
func Narrower(before, after Policies) bool {
	b, a := before.Effective(), after.Effective()
	return a.Active() && (NarrowsPublic(b, a) || narrowsVPCs(b, a) || a.AddsUnknown(b))
}

// NarrowsPublic reports whether a change denies a public address that was allowed.
func NarrowsPublic(before, after ram.NetworkPolicy) bool {
	listed := func(p ram.NetworkPolicy) bool { return p.Active() && len(p.Public) > 0 }
	return listed(after) && (!listed(before) || network.Wider(after.Public, before.Public))
}

// narrowsVPCs reports whether a change denies an address inside a VPC that was allowed. All VPCs without addresses allow every one.
func narrowsVPCs(before, after ram.NetworkPolicy) bool {
	lists := map[string][]string{}
	if before.Active() && before.VPC != nil {
		lists = before.VPC
	}
	everywhere, general := after.VPC[ram.AllowAllVPC]
	return len(after.VPC) > 0 && (!general || len(everywhere) > 0) && network.WiderVPCs(after.VPC, lists)
}

// RequiredNetworks are the networks from which a key must be accepted.
type RequiredNetworks struct {
	Public []string
	VPC    map[string][]string
}

// Any reports whether networks are given.
func (k RequiredNetworks) Any() bool { return len(k.Public)+len(k.VPC) > 0 }

// Refused returns the networks from which the key is refused although it must be accepted.
func (k RequiredNetworks) Refused(p ram.NetworkPolicy) (public []string, vpc map[string][]string) {
	if !p.Active() {
		return nil, nil
	}
	if len(p.VPC) > 0 {
		vpc = network.UncoveredVPCs(k.VPC, p.VPC)
	}
	return network.Uncovered(k.Public, p.Public), vpc
}
