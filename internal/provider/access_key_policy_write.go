// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *accessKeyPolicy) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var s setting.Setting[ram.NetworkPolicy]
	plan, config := s.Values(ctx, req.Plan, &resp.Diagnostics), s.Values(ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts().Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	o, id := ownedOf(plan), tf.String(plan["access_key_id"])
	f := failedOwnPolicy("create", "Nothing was changed. The resource is not in the state.")
	if !owner.PrepareCreate(ctx, r.Instance, f, &o, &resp.Diagnostics) || !r.waitKnown(ctx, f, o, id, &resp.Diagnostics) {
		return
	}
	putOwner(plan, o)
	policy := r.of(&o, id)
	w := setting.Write[ram.NetworkPolicy]{Setting: policy, Verb: "create", Config: config, Plan: plan}
	if w.Create(ctx, resp.Private, &resp.Diagnostics) {
		r.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// waitKnown waits until the service knows the key as the user's.
func (r *accessKeyPolicy) waitKnown(ctx context.Context, f diagnostics.Operation, o owner.Object, id string, diags *diag.Diagnostics) bool {
	seen, err := r.keys().WaitUntil(ctx, instance.UseWindow, func(ctx context.Context) (bool, error) {
		_, err := r.Client.AccessKeyPolicy(ctx, o.UserName.ValueString(), id)
		if ram.NotFound(err, "User", "User.AccessKey") {
			return false, nil
		}
		return err == nil, err
	})
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if !seen {
		diags.AddAttributeError(path.Root("access_key_id"), "Cannot "+f.Name, fmt.Sprintf(
			"The RAM user %q of account %s has no AccessKey pair %q. %s\n\nRefer to both attributes of one ram_access_key, so that the key belongs to the user and Terraform knows the order.",
			o.UserName.ValueString(), o.AccountID.ValueString(), id, f.State))
	}
	return seen
}

func (r *accessKeyPolicy) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var s setting.Setting[ram.NetworkPolicy]
	plan, config := s.Values(ctx, req.Plan, &resp.Diagnostics), s.Values(ctx, req.Config, &resp.Diagnostics)
	state := s.Values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts().Update, &resp.Diagnostics)
	defer cancel()
	before := setting.ReadAdoption(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	o := ownedOf(plan)
	o.AccountID, o.UserID = ownedOf(state).AccountID, ownedOf(state).UserID
	f, id, moved := failedOwnPolicy("update", "Nothing was changed."), tf.String(plan["access_key_id"]), o.UserID.ValueString() == ""
	if !owner.PrepareUpdate(ctx, r.Instance, f, &o, &resp.Diagnostics) || moved && !owner.CheckKeyOwner(ctx, r.Instance, f, o, id, &resp.Diagnostics) {
		return
	}
	putOwner(plan, o)
	w := setting.Write[ram.NetworkPolicy]{Setting: r.of(&o, id), Verb: "update", Config: config, Plan: plan, Adoption: before}
	w.Run(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	w.Adoption.Save(ctx, resp.Private, &resp.Diagnostics)
	r.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *accessKeyPolicy) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var s setting.Setting[ram.NetworkPolicy]
	state := s.Values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	o, id := ownedOf(state), tf.String(state["access_key_id"])
	f := failedOwnPolicy("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, o.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	o.AccountID = types.StringValue(account)
	policy, found, err := r.find(ctx, &o, id)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	if !found {
		vanished, err := r.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			var err error
			if policy, found, err = r.find(ctx, &o, id); found || err != nil {
				return found, err
			}
			listing, err := credential.AccessKeys(r.Instance, &o).Refresh(ctx, id)
			_, listed := credential.In(listing.All, id)
			if err == nil && listed {
				err = errKeyListed
			}
			return listed, err
		})
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		if vanished {
			r.RemoveFromState(ctx, ownPolicyIdentity(state), resp, "The AccessKey pair is gone", fmt.Sprintf(
				"The key %s of %s does not exist any more, and with it its network policy, which leaves the state.", id, tf.String(state["user_name"])))
			return
		}
	}
	if o.UserID.ValueString() == "" { // moved here, or from before there were user ids
		user, err := r.Client.User(ctx, o.UserName.ValueString())
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		o.UserID = types.StringValue(user.ID)
	}
	putOwner(state, o)
	r.of(&o, id).RecordCaptured(setting.ReadAdoption(ctx, req.Private, &resp.Diagnostics))
	r.of(&o, id).Show(state, &policy)
	r.save(ctx, state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// errKeyListed is what nothing is concluded from.
var errKeyListed = errors.New("the service lists the key, and says that it does not exist when asked for its network policy. Run again")

// find reads the policy of a key, and follows the user to another name. A key that
// is not there, or whose user is not, is not found.
func (r *accessKeyPolicy) find(ctx context.Context, o *owner.Object, id string) (ram.NetworkPolicy, bool, error) {
	if o.UserName.ValueString() == "" { // moved here from where the name could be left out
		if _, err := owner.FollowKeyOwner(ctx, r.Instance, o, id); err != nil {
			return ram.NetworkPolicy{}, false, err
		}
	}
	policy, err := r.Client.AccessKeyPolicy(ctx, o.UserName.ValueString(), id)
	if !ram.NotFound(err, "User", "User.AccessKey") {
		return policy, err == nil, err
	}
	renamed, err := owner.FollowKeyOwner(ctx, r.Instance, o, id)
	if err != nil || !renamed {
		return policy, false, err
	}
	policy, err = r.Client.AccessKeyPolicy(ctx, o.UserName.ValueString(), id)
	if ram.NotFound(err, "User", "User.AccessKey") {
		return policy, false, nil
	}
	return policy, err == nil, err
}

// Delete resets the policy. A key that is gone has none.
func (r *accessKeyPolicy) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var s setting.Setting[ram.NetworkPolicy]
	state := s.Values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts().Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	o, id := ownedOf(state), tf.String(state["access_key_id"])
	f := failedOwnPolicy("destroy", "The policy is as it was.")
	if _, ok := r.CheckAccount(ctx, f, o.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	policy := r.resetting(&o, id)
	if policy.HandOver(ctx, req.Private, state, &resp.Diagnostics) {
		return
	}
	find := func(ctx context.Context) (bool, error) {
		_, found, err := r.find(ctx, &o, id)
		return found, err
	}
	found, err := r.FindTwice(ctx, find, find)
	if diagnostics.Report(&resp.Diagnostics, f, err) || !found {
		return
	}
	w := setting.Write[ram.NetworkPolicy]{Setting: policy, Verb: "destroy", Config: policy.AccountDefaults(), Plan: policy.AccountDefaults(), Arguments: state}
	w.Plan["account_id"] = state["account_id"]
	w.Run(ctx, &resp.Diagnostics)
}

// resetting is the policy of a key that is destroyed. A key that no longer exists has none.
func (r *accessKeyPolicy) resetting(o *owner.Object, id string) *setting.Setting[ram.NetworkPolicy] {
	policy := r.of(o, id)
	fetch, write := policy.Refresh, policy.Write
	live := ram.NoNetworkPolicy()
	read := func(ctx context.Context) (bool, error) {
		found, err := fetch(ctx, r.Client)
		if ram.NotFound(err, "User", "User.AccessKey") {
			live = ram.NoNetworkPolicy()
			return false, nil
		}
		live = found
		return err == nil, err
	}
	policy.Refresh = func(ctx context.Context, _ *ram.Client) (ram.NetworkPolicy, error) {
		_, err := r.FindTwice(ctx, read, read)
		return live, err
	}
	policy.Write = func(ctx context.Context, c *ram.Client, merge ram.Merge[ram.NetworkPolicy], o setting.WriteOptions) error {
		err := write(ctx, c, merge, o)
		if !ram.NotFound(err, "User", "User.AccessKey") {
			return err
		}
		gone, err := r.ConfirmGone(ctx, read)
		if err != nil || gone {
			return err
		}
		return write(ctx, c, merge, o)
	}
	return policy
}
