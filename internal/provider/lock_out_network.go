// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// networkPolicyArguments are the guards of a network policy.
func networkPolicyArguments() map[string]schema.Attribute {
	arguments := lockOutArguments("`classic_allow_list`")
	arguments["must_allow_vpcs"] = schema.MapAttribute{
		ElementType: tf.StringSetType, Optional: true, Validators: []validator.Map{network.VPCsValidator{}},
		MarkdownDescription: "IP addresses and CIDR blocks by the id of a VPC, or by `AllowAllVPC`, that `vpc_allow_list` must allow, even if the configuration does not manage that attribute. An empty set means all addresses of the VPC. " +
			"A plan that excludes one of them is an error. It is never sent to the service.",
	}
	return arguments
}

// networkPolicyRisks are the lock-outs that a change of a network policy can cause. whose names the key that it is about, if it is one.
func networkPolicyRisks(ctx context.Context, c setting.Change[ram.NetworkPolicy], whose access.KeyChange) []setting.Risk {
	change := whose
	change.Change = access.Change[ram.NetworkPolicy]{Before: c.Before, After: c.After}
	change.Kept = access.RequiredNetworks{Public: c.MustAllow, VPC: tf.StringsByKey(c.Argument("must_allow_vpcs"))}
	found := slices.Concat(sizeRisks(c), listRisks(c), idleListRisks(c))
	err := access.Of(c.Instance()).Hold(ctx, change.Object(), c.After, c.Accepted, func() {
		verdict, used := change.Judge(ctx, c.Instance())
		if used {
			c.Used()
		}
		found = append(found, refusedRisks(verdict)...)
		if verdict.Lost != nil {
			found = append(found, ownKeyRisk(verdict, change.OfKey))
		}
		found = append(found, uncheckedRisks(verdict)...)
	})
	if err != nil {
		found = append(found, setting.Risk{Attribute: "status", Refuse: true, Summary: ownKeyLost, Detail: "Whether a key is locked out could not be determined: " + diagnostics.Sentence(err.Error())})
	}
	return found
}

// uncheckedRisks are networks that must be accepted, and perhaps are not.
func uncheckedRisks(a access.KeyVerdict) (found []setting.Risk) {
	const summary = "What must be allowed cannot be checked"
	if a.Unchecked {
		found = append(found, setting.Risk{
			Attribute: "status", Refuse: true, Summary: summary,
			Detail: "The key has no active policy of its own, so the policy of the account governs it, which could not be read: " + diagnostics.Sentence(a.Unread.Error()) + " So it is not known whether that policy allows the addresses in must_allow.",
		})
	}
	if a.Unclear {
		found = append(found, setting.Risk{
			Attribute: "status", Refuse: !a.Accepted, Summary: summary,
			Detail: "The policy that would be enforced has a statement of a type or an effect that the provider does not know, such as one that denies. It was not enforced before, and may reject addresses in must_allow and must_allow_vpcs. Remove the statement in the console, or check which addresses it rejects.",
		})
	}
	return found
}

// refusedRisks are networks that must be accepted, and are not.
func refusedRisks(a access.KeyVerdict) (found []setting.Risk) {
	const summary = "The network policy excludes addresses that must be allowed"
	policy := ""
	if a.Fallback {
		policy = ", which is the account's list, because the policy of the key would not be Active"
	}
	if len(a.Public) > 0 {
		found = append(found, setting.Risk{
			Attribute: "classic_allow_list", Refuse: !a.Accepted, Summary: summary,
			Detail: fmt.Sprintf("must_allow contains %s, but classic_allow_list would be %s%s: keys that the policy governs would be rejected from there.",
				strings.Join(a.Public, ", "), strings.Join(a.Refused.Public, ", "), policy),
		})
	}
	if len(a.VPC) > 0 {
		found = append(found, setting.Risk{
			Attribute: "vpc_allow_list", Refuse: !a.Accepted, Summary: summary,
			Detail: fmt.Sprintf("must_allow_vpcs contains %s, but vpc_allow_list would be %s%s: keys that the policy governs would be rejected from there.",
				byVPC(a.VPC), byVPC(a.Refused.VPC), policy),
		})
	}
	return found
}

// byVPC shows networks by VPC.
func byVPC(networks map[string][]string) string {
	parts := []string{}
	for _, vpc := range slices.Sorted(maps.Keys(networks)) {
		parts = append(parts, strings.TrimSpace(vpc+" "+strings.Join(networks[vpc], ", ")))
	}
	return strings.Join(parts, "; ")
}

const ownKeyLost = "The provider's own key may be locked out"

// ownKeyRisk refuses to lock out a key of the provider. The provider does not know from which address its calls reach the service, so
// the configuration has to contain it.
func ownKeyRisk(a access.KeyVerdict, ofKey bool) setting.Risk {
	const after = " The provider does not know from which address its calls reach the service, and a key that is locked out cannot undo the change. " +
		"Add the addresses from which Terraform runs to must_allow, or to must_allow_vpcs if they are inside a VPC; the plan then checks that the lists allow them. Or use temporary credentials, to which no network policy applies."
	d := setting.Risk{Attribute: "classic_allow_list", Refuse: !a.Accepted, Summary: ownKeyLost}
	governed := "this policy governs every long-lived key of the account that has no policy of its own, or an inactive one"
	if ofKey {
		governed = "this policy is that key's own"
	}
	if len(a.By.Public) == 0 {
		d.Attribute = "vpc_allow_list"
	}
	switch {
	case a.Fallback && a.Unread != nil:
		d.Attribute = "status"
		governed = "without an active policy of its own it is governed by the policy of the account, which could not be read: " + diagnostics.Sentence(a.Unread.Error())
	case a.Fallback:
		d.Attribute = "status"
		governed = "without an active policy of its own it is governed by the policy of the account, which allows only " + listsOf(a.By)
	}
	if !a.Lost.Signs {
		governed += "; a role is assumed with that key"
	}
	d.Detail = fmt.Sprintf("The provider uses the long-lived AccessKey pair %s, and %s.", keyName(*a.Lost), strings.TrimSuffix(governed, "."))
	if a.Lost.Uncertain != nil {
		d.Detail += " Whether the key belongs to this account could not be determined, so it may: " + diagnostics.Sentence(a.Lost.Uncertain.Error())
	}
	d.Detail += after
	return d
}

func keyName(key access.OwnKey) string {
	if key.ID == "" {
		return "of its credential source"
	}
	return key.ID
}

// listsOf shows the lists of a policy.
func listsOf(p ram.NetworkPolicy) string {
	parts := []string{}
	if len(p.Public) > 0 {
		parts = append(parts, strings.Join(p.Public, ", "))
	}
	if len(p.VPC) > 0 {
		parts = append(parts, byVPC(p.VPC))
	}
	return strings.Join(parts, "; ")
}

// idleListRisks warns of a policy that enforces nothing.
func idleListRisks(c setting.Change[ram.NetworkPolicy]) []setting.Risk {
	lists := c.Manages("classic_allow_list") && len(c.After.Public) > 0 || c.Manages("vpc_allow_list") && len(c.After.VPC) > 0
	switch status := tf.Deref(c.After.Status); {
	case lists && !c.Manages("status") && status == ram.NetworkPolicyInactive:
		return []setting.Risk{{
			Attribute: "status", Rank: diagnostics.LessSecure, Summary: "The lists are not enforced",
			Detail: "The configuration sets lists but no status, and the policy is Inactive: the lists are saved, and keys are accepted from everywhere. Set status = \"Active\" to enforce them.",
		}}
	case status == ram.NetworkPolicyActive && c.After.Public != nil && c.After.VPC != nil && len(c.After.Public)+len(c.After.VPC) == 0 &&
		(tf.Deref(c.Before.Status) != status || len(c.Before.Public)+len(c.Before.VPC) > 0):
		return []setting.Risk{{
			Attribute: "status", Rank: diagnostics.LessSecure, Summary: "The network policy is Active and has no lists",
			Detail: "A policy without classic_allow_list and vpc_allow_list allows every address (assumed: the service's reference does not describe it).",
		}}
	}
	return nil
}

// listRisks warns of lists that enforce something else than a person may expect.
func listRisks(c setting.Change[ram.NetworkPolicy]) []setting.Risk {
	if !c.After.Active() {
		return nil
	}
	if !access.NarrowsPublic(c.Before, c.After) {
		return vpcOnlyRisks(c)
	}
	if !network.PrivateOnly(network.ParseAll(c.After.Public)) {
		return nil
	}
	return []setting.Risk{{
		Attribute: "classic_allow_list", Summary: "The network policy contains private addresses only",
		Detail: "classic_allow_list is compared with the public address of a caller, never with a private one. Addresses inside a VPC belong in vpc_allow_list.",
	}}
}

// vpcOnlyRisks are those of a policy that names VPCs and no public address.
func vpcOnlyRisks(c setting.Change[ram.NetworkPolicy]) []setting.Risk {
	only := func(p ram.NetworkPolicy) bool {
		return p.Active() && p.Public != nil && len(p.Public) == 0 && len(p.VPC) > 0
	}
	if !only(c.After) || only(c.Before) {
		return nil
	}
	return []setting.Risk{{
		Attribute: "classic_allow_list", Summary: "The network policy contains no public address",
		Detail: "The policy would be Active, with VPCs and without classic_allow_list. The service's reference does not say whether keys are then refused from the internet; " +
			"the provider assumes that they are not. To exclude the internet, or to be sure that this run is allowed, set classic_allow_list.",
	}}
}

// sizeRisks are policies that the service may refuse, once what the
// configuration does not manage is counted too.
func sizeRisks(c setting.Change[ram.NetworkPolicy]) []setting.Risk {
	statements, addresses := c.After.Size()
	statementsBefore, addressesBefore := c.Before.Size()
	attribute := "classic_allow_list"
	if c.Manages("vpc_allow_list") {
		attribute = "vpc_allow_list"
	}
	const tail = " The service accepts or rejects the policy; if it rejects it, nothing changes."
	switch {
	case statements > network.MostStatements && statements > statementsBefore:
		return []setting.Risk{{
			Attribute: attribute, Rank: diagnostics.Other, Summary: "The network policy has more statements than documented",
			Detail: fmt.Sprintf("Together with the statements that the configuration does not manage, the policy would have %d statements; the documented quota is %d, which an account may have raised.", statements, network.MostStatements) + tail,
		}}
	case addresses > network.MostAddresses && addresses > addressesBefore:
		return []setting.Risk{{
			Attribute: attribute, Rank: diagnostics.Other, Summary: "The network policy has more addresses than documented",
			Detail: fmt.Sprintf("Together with the addresses that the configuration does not manage, the policy would have %d addresses; the documented quota is %d. Whether the service counts them by policy or by statement is not documented.", addresses, network.MostAddresses) + tail,
		}}
	}
	return nil
}
