// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package network

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Limits of the service for a network policy (documented; whether the addresses
// count by statement or by policy is not).
const (
	mostStatements = 8
	mostAddresses  = 50
)

// PolicyFields are the fields of a network policy, of the account's as of a
// key's. That a new one has none is observed for a key, and assumed for the account.
var PolicyFields = sync.OnceValue(func() []setting.Field[ram.NetworkPolicy] {
	type p = ram.NetworkPolicy
	return []setting.Field[p]{
		setting.Choice("status", "Whether the policy is enforced: `Active` or `Inactive`. Where none was ever set, it is `Inactive`.",
			func(s *p) **string { return &s.Status }, ram.NetworkPolicyInactive, ram.NetworkPolicyInactive, ram.NetworkPolicyActive),
		setting.Words("classic_allow_list", "The IP addresses and CIDR blocks of the internet, IPv4 or IPv6, from which the keys may be used. At most 50. An empty set is no list, and lets in every address "+
			"of the internet (assumed: the service's reference says only that a list has addresses). Order and spelling (`192.0.2.1`, `192.0.2.1/32`) do not matter.",
			func(s *p) *[]string { return &s.Public }, Canonical, Wider, publicNetworks()...),
		setting.WordsBy("vpc_allow_list", "From which addresses inside which VPC the keys may be used: a map of IP addresses and CIDR blocks by the id of a VPC, or by `AllowAllVPC` for all VPCs. "+
			"The policy has at most 8 statements: one for each VPC, and one for `classic_allow_list`. At most 50 addresses.",
			func(s *p) *map[string][]string { return &s.VPC }, Canonical, WiderVPCs, vpcNetworks{}),
	}
})

// WiderVPCs reports whether a list by VPC allows an address that the previous list did
// not allow. No list allows every address, and a VPC without addresses allows the whole VPC
// (both assumed, as for the list of public addresses).
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
		known := ParseAll(slices.Concat(own, everywhere))
		for _, network := range ParseAll(list) {
			if !Covers(network, known) {
				return true
			}
		}
	}
	return false
}

// OwnKeys is how a policy applies to the provider's own credentials.
type OwnKeys struct {
	Key      string // the long-lived key that the policy governs, if any
	Unknown  bool   // whether there is one could not be found out
	Governed string // which keys the policy is about, for messages
}

// enforced reports whether a policy restricts public addresses.
func enforced(p ram.NetworkPolicy) bool {
	return tf.Deref(p.Status) == ram.NetworkPolicyActive && len(p.Public) > 0
}

// Narrows reports whether a change denies a public address that was allowed.
func Narrows(before, after ram.NetworkPolicy) bool {
	return enforced(after) && (!enforced(before) || Wider(after.Public, before.Public))
}

// PolicyRisks are the lock-outs that a network policy can cause.
func PolicyRisks(c setting.Change[ram.NetworkPolicy], self func() OwnKeys) []setting.Risk {
	found := sizeDangers(c)
	if tf.Deref(c.After.Status) != ram.NetworkPolicyActive {
		return found
	}
	if out := Uncovered(c.MustAllow, c.After.Public); len(out) > 0 {
		found = append(found, setting.Risk{
			Attribute: "classic_allow_list", Refuse: true, Summary: "The network policy keeps out what must be allowed",
			Detail: fmt.Sprintf("must_allow names %s, but classic_allow_list would be %s: keys that the policy governs would be refused from there.",
				strings.Join(out, ", "), strings.Join(c.After.Public, ", ")),
		})
	}
	if !Narrows(c.Before, c.After) {
		return append(found, vpcOnlyDangers(c)...)
	}
	if PrivateOnly(ParseAll(c.After.Public)) {
		found = append(found, setting.Risk{
			Attribute: "classic_allow_list", Summary: "The network policy holds private addresses only",
			Detail: "classic_allow_list is compared with the public address of a caller, never with a private one. Addresses inside a VPC belong into vpc_allow_list.",
		})
	}
	return append(found, selfDangers(c, self())...)
}

// selfDangers are those for the provider's own key. From which address the
// service sees for this run is not known here, so the configuration has to contain it.
func selfDangers(c setting.Change[ram.NetworkPolicy], self OwnKeys) []setting.Risk {
	if len(c.MustAllow) > 0 || self.Key == "" && !self.Unknown {
		return nil
	}
	const after = "From which address the service sees this run is not known here, and a key that is locked out cannot undo the change. " +
		"Name the addresses from which Terraform runs in must_allow; the plan then makes sure that the list lets them in."
	if self.Unknown {
		return []setting.Risk{{
			Attribute: "classic_allow_list", Summary: "The provider's own key may be locked out",
			Detail: "Whether the provider uses a long-lived AccessKey pair to which this policy applies could not be determined. " + after,
		}}
	}
	return []setting.Risk{{
		Attribute: "classic_allow_list", Refuse: true, Summary: "The provider's own key may be locked out",
		Detail: fmt.Sprintf("The provider uses the long-lived AccessKey pair %s, and %s. %s Or use temporary credentials, to which no network policy applies.", self.Key, self.Governed, after),
	}}
}

// vpcOnlyDangers are those of a policy that names VPCs and no public address.
func vpcOnlyDangers(c setting.Change[ram.NetworkPolicy]) []setting.Risk {
	only := func(p ram.NetworkPolicy) bool {
		return tf.Deref(p.Status) == ram.NetworkPolicyActive && p.Public != nil && len(p.Public) == 0 && len(p.VPC) > 0
	}
	if !only(c.After) || only(c.Before) {
		return nil
	}
	return []setting.Risk{{
		Attribute: "classic_allow_list", Summary: "The network policy names no public address",
		Detail: "The policy would be Active, with VPCs and without classic_allow_list. The service's reference does not say whether keys are then refused from the internet; " +
			"the provider assumes that they are not. To keep the internet out, or to be sure that this run is let in, give classic_allow_list.",
	}}
}

// sizeDangers are policies that the service may refuse, once what the
// configuration does not manage is counted too.
func sizeDangers(c setting.Change[ram.NetworkPolicy]) []setting.Risk {
	statements, addresses := c.After.Size()
	statementsBefore, addressesBefore := c.Before.Size()
	attribute := "classic_allow_list"
	if c.Manages("vpc_allow_list") {
		attribute = "vpc_allow_list"
	}
	const tail = " With allow_lock_out = true the service decides; if it refuses, nothing changes."
	switch {
	case statements > mostStatements && statements > statementsBefore:
		return []setting.Risk{{
			Attribute: attribute, Refuse: true, Summary: "The network policy has too many statements",
			Detail: fmt.Sprintf("With what the configuration does not manage, the policy would have %d statements; the service takes %d, unless the account's quota is higher.", statements, mostStatements) + tail,
		}}
	case addresses > mostAddresses && addresses > addressesBefore:
		return []setting.Risk{{
			Attribute: attribute, Refuse: true, Summary: "The network policy has too many addresses",
			Detail: fmt.Sprintf("With what the configuration does not manage, the policy would have %d addresses; the service takes %d. Whether it counts them by policy or by statement is not documented.", addresses, mostAddresses) + tail,
		}}
	}
	return nil
}

// vpcsOf are the VPCs that a value names, sorted.
func vpcsOf(elements map[string]attr.Value) []string { return slices.Sorted(maps.Keys(elements)) }

// AccountOwnKeys determines whether the policy of the account applies to a key that
// the provider uses: the key that signs requests, or a key of this account that
// assumes a role.
func AccountOwnKeys(ctx context.Context, client *ram.Client) OwnKeys {
	const governed = "this policy governs every long-lived key of the account that has no policy of its own"
	chain, known := client.CredentialChain()
	if !known {
		return OwnKeys{Unknown: true}
	}
	for _, key := range chain.LongLivedKeyIDs() {
		if chain.SignsWithLongLivedKey() {
			return OwnKeys{Key: key, Governed: governed}
		}
		_, err := client.AccessKeyOwner(ctx, key)
		switch {
		case err == nil:
			return OwnKeys{Key: key, Governed: governed + "; a role is assumed with that key"}
		case !ram.NotFound(err, "User", "User.AccessKey"): // a key of another account is not found here
			return OwnKeys{Unknown: true}
		}
	}
	return OwnKeys{}
}
