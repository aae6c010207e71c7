// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// KeyChange is a change of a network policy.
type KeyChange struct {
	Change[ram.NetworkPolicy]

	OfKey  bool   // it is the policy of a key, not of the account
	KeyID  string // of that key; "" if it is not known yet
	UserID string // of its owner
	Kept   RequiredNetworks
}

// Object returns the object of the run that the change is about.
func (c KeyChange) Object() string {
	if c.OfKey {
		return KeyPolicy + c.KeyID
	}
	return AccountPolicy
}

// KeyVerdict describes what a change of a network policy takes away.
type KeyVerdict struct {
	Refused  ram.NetworkPolicy // the policy that refuses networks which must be accepted
	Public   []string          // such networks
	VPC      map[string][]string
	Lost     *OwnKey // a key of the provider that may be refused; nil: none
	By       ram.NetworkPolicy
	Accepted bool // what is refused or lost is accepted by allow_lock_out of another resource

	Fallback  bool  // the key's own policy would not be active, so the account's policy decides
	Unread    error // why the worst case was assumed; nil: everything was read
	Unchecked bool  // it is unknown whether the networks that must be accepted are accepted, as the policy of the account could not be read
	Unclear   bool  // it is unknown, as a statement of an unknown type or effect would be enforced
}

// Judge returns what a change takes away. It reads only what the question needs.
func (c KeyChange) Judge(ctx context.Context, i *instance.Instance) (a KeyVerdict, used bool) {
	k := keyJudge{KeyChange: c, ctx: ctx, client: i.Client, run: Of(i)}
	if c.OfKey {
		k.run.record(MustAllow+c.KeyID, c.Kept, false)
		k.own(i)
	} else {
		k.account()
	}
	return k.verdict, k.used
}

// Keep records what the policy of a key must allow although it does not change, and judges the other policies that this run plans
// for the key.
func (c KeyChange) Keep(ctx context.Context, i *instance.Instance, accepted bool) (verdict KeyVerdict, err error) {
	k := keyJudge{KeyChange: c, ctx: ctx, client: i.Client, run: Of(i)}
	err = k.run.Hold(ctx, c.Object(), c.After, accepted, func() {
		k.run.record(MustAllow+c.KeyID, c.Kept, false)
		k.refuseRotated()
		if account, planned := Planned[ram.NetworkPolicy](k.run, "")[AccountPolicy]; planned && !c.After.Active() && k.verdict.Refused.Status == nil {
			k.refuse(c.Kept, Policies{Own: c.Before}, Policies{c.After, account.Value, account.Accepted})
			k.verdict.Fallback = k.verdict.Refused.Status != nil
		}
	})
	return k.verdict, err
}

// refuseRotated judges the policy that a rotation gives the key.
func (k *keyJudge) refuseRotated() {
	if rotated, planned := Planned[ram.NetworkPolicy](k.run, Rotated)[k.KeyID]; planned {
		k.refuse(k.Kept, Policies{Own: k.Before}, Policies{Own: rotated.Value})
	}
}

type keyJudge struct {
	KeyChange

	ctx     context.Context
	client  *ram.Client
	run     *Run
	verdict KeyVerdict
	used    bool // other objects were read
}

// account judges a change of the account's policy. Keys that have an active policy of their own do not depend on it.
func (k *keyJudge) account() {
	before, after := Policies{Account: k.Before}, Policies{Account: k.After}
	k.refuse(k.Kept, before, after)
	k.refuseOthers(before)
	if k.Kept.Any() || !Narrower(before, after) {
		return
	}
	k.used = true
	for _, key := range OwnKeys(k.ctx, k.client) {
		live := k.policyOf(key)
		before.Own = live
		for _, own := range Values(k.run, KeyPolicy+key.ID, live) {
			k.recordLoss(key, before, Policies{own.Value, k.After, own.Accepted})
		}
	}
}

// policyOf reads the policy of an own key. One that cannot be read may be missing.
func (k *keyJudge) policyOf(key OwnKey) ram.NetworkPolicy {
	if key.ID == "" || key.UserName == "" {
		return ram.NoNetworkPolicy()
	}
	policy, err := k.client.AccessKeyPolicy(k.ctx, key.UserName, key.ID)
	if err != nil {
		return ram.NoNetworkPolicy()
	}
	return policy
}

// own judges a change of a key's policy. While that is not active, the account's policy decides.
func (k *keyJudge) own(i *instance.Instance) {
	key, own := OwnKeyOf(k.ctx, i, k.KeyID, k.UserID)
	if k.After.Active() {
		k.refuse(k.Kept, Policies{Own: k.Before}, Policies{Own: k.After})
	}
	k.refuseRotated()
	if k.Kept.Any() && k.After.Active() || !k.Kept.Any() && (!own || !k.Before.Active() && !k.After.Active()) ||
		k.After.Active() && !Narrower(Policies{Own: k.Before}, Policies{Own: k.After}) {
		return
	}
	k.used, k.verdict.Fallback = true, !k.After.Active()
	live, err := k.client.RefreshAccountAccessKeyPolicy(k.ctx)
	before := Policies{k.Before, live, false}
	if err != nil {
		k.verdict.Unread = err
		live, before.Account = ram.NoNetworkPolicy(), ram.NoNetworkPolicy()
		if k.verdict.Unchecked = !k.After.Active() && k.Kept.Any(); own && k.verdict.Fallback && !k.verdict.Unchecked {
			k.verdict.Lost = &key
		}
	}
	for _, account := range Values(k.run, AccountPolicy, live) {
		after := Policies{k.After, account.Value, account.Accepted}
		if !k.After.Active() {
			k.refuse(k.Kept, before, after)
		}
		if own && !k.Kept.Any() {
			k.recordLoss(key, before, after)
		}
	}
}

// refuseOthers judges the policy of the account by what the run plans for single keys: without an active policy of its own, a key goes
// by the policy of the account.
func (k *keyJudge) refuseOthers(before Policies) {
	policies := Planned[ram.NetworkPolicy](k.run, KeyPolicy)
	for id, kept := range Planned[RequiredNetworks](k.run, MustAllow) {
		own := policies[id]
		if own.Value.Active() || k.verdict.Refused.Status != nil {
			continue
		}
		k.refuse(kept.Value, before, Policies{own.Value, k.After, own.Accepted})
		k.verdict.Fallback = k.verdict.Refused.Status != nil
	}
}

// refuse records networks that must be accepted, and are not. A list that covers them says nothing about a statement that is not understood: if
// it was not enforced before, it may refuse them.
func (k *keyJudge) refuse(kept RequiredNetworks, before, after Policies) {
	effective := after.Effective()
	public, vpc := kept.Refused(effective)
	switch {
	case len(public)+len(vpc) > 0:
		k.verdict.Refused, k.verdict.Public, k.verdict.VPC, k.verdict.Accepted = effective, public, vpc, after.Accepted
	case kept.Any() && effective.Active() && effective.AddsUnknown(before.Effective()):
		k.verdict.Unclear, k.verdict.Accepted = true, after.Accepted
	}
}

// recordLoss records a key of the provider that may be accepted before the change and refused after it.
func (k *keyJudge) recordLoss(key OwnKey, before, after Policies) {
	if Narrower(before, after) && (k.verdict.Lost == nil || k.verdict.Accepted) {
		k.verdict.Lost, k.verdict.By, k.verdict.Accepted = &key, after.Effective(), after.Accepted
	}
}

// JudgeRotated records the policy that a rotation gives a key, and returns the networks that it refuses although the policy of the
// key, which another resource of the run manages, must allow them.
func JudgeRotated(ctx context.Context, i *instance.Instance, keyID string, policy ram.NetworkPolicy) (public []string, vpc map[string][]string, err error) {
	run := Of(i)
	err = run.Hold(ctx, Rotated+keyID, policy, false, func() {
		public, vpc = Planned[RequiredNetworks](run, MustAllow)[keyID].Value.Refused(policy)
	})
	return public, vpc, err
}
