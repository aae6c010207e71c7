// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

const (
	publicList = "classic_allow_list"
	vpcList    = "vpc_allow_list"
)

// rotationPolicyAttribute is the network policy that each key of a rotation has from its creation to its deletion.
func rotationPolicyAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The network policy of every key of the rotation. A new key gets it before its secret is saved, and the previous key keeps it until it is deleted. " +
			"Do not manage these keys with `ram_access_key_policy`: at a rotation, Terraform removes the policy of the old key, which is still active, before it restricts the new one. The policy is always `Active`. If it is omitted, the policies of the keys are not managed. If it is removed, the keys keep their policies. " +
			"It cannot be set for a key that the provider itself uses.",
		Attributes: map[string]schema.Attribute{
			publicList: schema.SetAttribute{
				ElementType: types.StringType, Optional: true, Validators: network.PublicValidators(),
				MarkdownDescription: "The IP addresses and CIDR blocks of the internet from which the keys may be used.",
			},
			vpcList: schema.MapAttribute{
				ElementType: tf.StringSetType, Optional: true, Validators: network.VPCValidators(),
				MarkdownDescription: "The addresses inside VPCs from which the keys may be used: a map from the id of a VPC, or `AllowAllVPC` for all VPCs, to IP addresses and CIDR blocks.",
			},
		},
	}
}

var rotationPolicyType = map[string]attr.Type{publicList: types.SetType{ElemType: types.StringType}, vpcList: types.MapType{ElemType: tf.StringSetType}}

// policy returns the network policy that each key has, and whether there is one.
func (m *rotationModel) policy() (p ram.NetworkPolicy, managed bool) {
	if tf.IsAbsent(m.NetworkPolicy) {
		return p, false
	}
	values := m.NetworkPolicy.Attributes()
	p = ram.NetworkPolicy{Status: new(ram.NetworkPolicyActive), Public: []string{}, VPC: map[string][]string{}}
	if list := tf.Strings(values[publicList]); list != nil {
		p.Public = list
	}
	if lists := tf.StringsByKey(values[vpcList]); lists != nil {
		p.VPC = lists
	}
	return p, true
}

// checkPolicy refuses a policy without lists, which would allow every address.
func (m *rotationModel) checkPolicy(diags *diag.Diagnostics) bool {
	p, managed := m.policy()
	if !managed || !policyKnown(m.NetworkPolicy) || len(p.Public)+len(p.VPC) > 0 {
		return true
	}
	diags.AddAttributeError(path.Root("network_policy"), "The network policy has no lists", "Without classic_allow_list and vpc_allow_list the policy would allow every address. Set one of them, or remove network_policy.")
	return false
}

func policyKnown(o types.Object) bool {
	for _, v := range o.Attributes() {
		if setting.UnknownInside(v) {
			return false
		}
	}
	return !o.IsUnknown()
}

// samePolicy reports whether a key has the policy of the rotation.
func samePolicy(want, have ram.NetworkPolicy) bool {
	return setting.SameFields(network.PolicyFields(), want, have)
}

// refusePolicy refuses a network policy for a key that the provider itself uses, and one that excludes networks that the policy of the
// key must allow.
func (r *rotationResource) refusePolicy(ctx context.Context, m rotationModel, diags *diag.Diagnostics) bool {
	policy, managed := m.policy()
	if !managed || !policyKnown(m.NetworkPolicy) {
		return false
	}
	for _, id := range m.ids() {
		public, vpc, err := access.JudgeRotated(ctx, r.Instance, id, policy)
		if diagnostics.Report(diags, failedRotation("plan", "Nothing was changed."), err) {
			return true
		}
		if len(public)+len(vpc) > 0 {
			diags.AddAttributeError(path.Root("network_policy"), "The network policy excludes addresses that must be allowed", fmt.Sprintf(
				"A ram_access_key_policy of this configuration manages the policy of the key %s too, and must allow %s, from which network_policy would reject the key. Nothing was changed.\n\nRemove one of the two.",
				id, listsOf(ram.NetworkPolicy{Public: public, VPC: vpc})))
			return true
		}
		if owner.IsOwnKey(r.Instance, id) {
			diags.AddAttributeError(path.Root("network_policy"), "The provider's own key may be locked out", fmt.Sprintf(
				"The provider itself signs with the key %s, or assumes a role with it, and the provider does not know from which address its calls reach the service. Nothing was changed.\n\nRestrict this key with ram_access_key_policy and must_allow, or use other credentials.", id))
			return true
		}
	}
	return false
}

// protect gives a key the policy of the rotation, and waits until the service returns it. The service may not know a new key at once.
func (r *rotationResource) protect(ctx context.Context, m *rotationModel, id string) error {
	want, managed := m.policy()
	if !managed {
		return nil
	}
	user := m.UserName.ValueString()
	merge := func(_ context.Context, live ram.NetworkPolicy, _ ram.Reply) (ram.NetworkPolicy, error) {
		if samePolicy(want, live) {
			return live, ram.ErrUnchanged
		}
		live.Status, live.Public, live.VPC = want.Status, want.Public, want.VPC
		return live, nil
	}
	var refused error
	shown, err := r.WaitUntil(ctx, instance.UseWindow, func(ctx context.Context) (bool, error) {
		if refused = r.Client.ChangeAccessKeyPolicy(ctx, user, id, merge); refused != nil {
			return false, ram.IgnoreNotFound(refused, "User", "User.AccessKey")
		}
		live, err := r.Client.AccessKeyPolicy(ctx, user, id)
		return err == nil && samePolicy(want, live), ram.IgnoreNotFound(err, "User", "User.AccessKey")
	})
	switch {
	case err != nil || shown:
		return err
	case refused != nil:
		return refused
	}
	return errPolicyNotReturned
}

var errPolicyNotReturned = errors.New("the service does not return the network policy that it accepted")

// protectAll gives all keys of the rotation its policy.
func (r *rotationResource) protectAll(ctx context.Context, m *rotationModel) error {
	for _, slot := range []rotated{m.current(), m.previous()} {
		if slot.id.IsNull() {
			continue
		}
		err := r.protect(ctx, m, slot.id.ValueString())
		if ram.NotFound(err, "User", "User.AccessKey") {
			continue // the key no longer exists, which the steps report
		}
		if err != nil {
			return diagnostics.WithState(fmt.Sprintf("The network policy of the key %s may not be the configured one. If it is not, the key is accepted from every address that its current policy allows. The next apply writes the policy again.", slot.id.ValueString()), err)
		}
	}
	return nil
}

// showPolicy shows the policy of the first key that has another one than the state.
func (r *rotationResource) showPolicy(ctx context.Context, m *rotationModel) error {
	want, managed := m.policy()
	if !managed {
		return nil
	}
	for _, id := range m.ids() {
		live, err := r.Client.AccessKeyPolicy(ctx, m.UserName.ValueString(), id)
		switch {
		case ram.NotFound(err, "User", "User.AccessKey"):
			continue
		case err != nil:
			return err
		case samePolicy(want, live):
			continue
		}
		shown := map[string]attr.Value{publicList: types.SetNull(types.StringType), vpcList: types.MapNull(tf.StringSetType)}
		if live.Active() && len(live.Public) > 0 {
			shown[publicList] = tf.StringSet(live.Public)
		}
		if live.Active() && len(live.VPC) > 0 {
			shown[vpcList] = tf.StringSetMap(live.VPC)
		}
		m.NetworkPolicy = types.ObjectValueMust(rotationPolicyType, shown)
		return nil
	}
	return nil
}

// warnPolicy warns of a policy that allows more addresses than before, or that is no longer managed.
func (m *rotationModel) warnPolicy(state rotationModel, diags *diag.Diagnostics) {
	user := state.UserName.ValueString()
	before, had := state.policy()
	after, _ := m.policy()
	switch {
	case m.NetworkPolicy.IsNull() && had:
		diags.AddAttributeWarning(path.Root("network_policy"), "The network policies of the keys of "+user+" are no longer managed",
			"The keys keep their network policies, and the next new key has none: it is accepted from every address that the policy of the account allows.")
	case policyKnown(m.NetworkPolicy) && access.Narrower(access.Policies{Own: after}, access.Policies{Own: before}):
		diagnostics.LessSecure.WarnAt(diags, path.Root("network_policy"), "The keys of "+user+" will be accepted from more addresses",
			fmt.Sprintf("The network policy allows %s, and will allow %s after the apply.", listsOf(before), listsOf(after)))
	}
}
