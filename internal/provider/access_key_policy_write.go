// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func (r *accessKeyPolicy) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var s setting[ram.NetworkPolicy]
	plan, config := s.values(ctx, req.Plan, &resp.Diagnostics), s.values(ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := bound(ctx, plan.timeouts().Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	o, id := ownedOf(plan), text(plan["access_key_id"])
	f := failedOwnPolicy("create", "Nothing was changed. The resource is not in the state.")
	if !prepareCreate(ctx, r.instance, f, &o, &resp.Diagnostics) || !r.there(ctx, f, o, id, &resp.Diagnostics) {
		return
	}
	putOwner(plan, o)
	policy := r.of(&o, id)
	if !r.adopt(policy.name) {
		resp.Diagnostics.AddError("Cannot "+f.what, fmt.Sprintf("This run has already taken over the network policy of the key %s in another resource; "+
			"two resources for one policy would undo each other's work for ever. The policy is as the other resource left it.\n\nKeep one of the two.", id))
		return
	}
	w := writing[ram.NetworkPolicy]{setting: policy, verb: "create", config: config, plan: plan}
	w.run(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		r.release(policy.name) // a failed create leaves no state, so the next one is the first again
		return
	}
	w.adoption.keep(ctx, resp.Private, &resp.Diagnostics)
	r.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// shownWithin is how long a key that was just made may be unknown to the service's
// reads (assumed: it is eventually consistent, and does not say for how long).
const shownWithin = 30 * time.Second

// there waits until the service knows the key as the user's.
func (r *accessKeyPolicy) there(ctx context.Context, f failure, o owned, id string, diags *diag.Diagnostics) bool {
	seen, err := r.keys().waitUntil(ctx, shownWithin, func(ctx context.Context) (bool, error) {
		_, err := r.client.AccessKeyPolicy(ctx, o.UserName.ValueString(), id)
		if ram.NotFound(err, "User", "User.AccessKey") {
			return false, nil
		}
		return err == nil, err
	})
	if report(diags, f, err) {
		return false
	}
	if !seen {
		diags.AddAttributeError(path.Root("access_key_id"), "Cannot "+f.what, fmt.Sprintf(
			"The RAM user %q of account %s has no AccessKey pair %q. %s\n\nRefer to both attributes of one ram_access_key, so that the key belongs to the user and Terraform knows the order.",
			o.UserName.ValueString(), o.AccountID.ValueString(), id, f.now))
	}
	return seen
}

func (r *accessKeyPolicy) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var s setting[ram.NetworkPolicy]
	plan, config := s.values(ctx, req.Plan, &resp.Diagnostics), s.values(ctx, req.Config, &resp.Diagnostics)
	state := s.values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := bound(ctx, plan.timeouts().Update, &resp.Diagnostics)
	defer cancel()
	before := adoptionIn(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	o := ownedOf(plan)
	o.AccountID, o.UserID = ownedOf(state).AccountID, ownedOf(state).UserID
	f, id, moved := failedOwnPolicy("update", "Nothing was changed."), text(plan["access_key_id"]), o.UserID.ValueString() == ""
	if !prepareUpdate(ctx, r.instance, f, &o, &resp.Diagnostics) || moved && !checkKeyOwner(ctx, r.instance, f, o, id, &resp.Diagnostics) {
		return
	}
	putOwner(plan, o)
	w := writing[ram.NetworkPolicy]{setting: r.of(&o, id), verb: "update", config: config, plan: plan, adoption: before}
	w.run(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	w.adoption.keep(ctx, resp.Private, &resp.Diagnostics)
	r.save(ctx, plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *accessKeyPolicy) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var s setting[ram.NetworkPolicy]
	state := s.values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := bound(ctx, state.timeouts().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	o, id := ownedOf(state), text(state["access_key_id"])
	f := failedOwnPolicy("read", "The state is as it was.")
	account, ok := r.opened(ctx, f, o.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	o.AccountID = types.StringValue(account)
	policy, found, err := r.look(ctx, &o, id)
	if report(&resp.Diagnostics, f, err) {
		return
	}
	if !found {
		vanished, err := r.confirmGone(ctx, func(ctx context.Context) (bool, error) {
			var err error
			if policy, found, err = r.look(ctx, &o, id); found || err != nil {
				return found, err
			}
			_, listed, err := r.keys().lookNow(ctx, &o, id)
			if err == nil && listed {
				err = errKeyListed
			}
			return listed, err
		})
		if report(&resp.Diagnostics, f, err) {
			return
		}
		if vanished {
			gone(ctx, ownPolicyIdentity(state), resp, "The AccessKey pair is gone", fmt.Sprintf(
				"The key %s of %s does not exist any more, and with it its network policy, which leaves the state.", id, text(state["user_name"])))
			return
		}
	}
	if o.UserID.ValueString() == "" { // moved here, or from before there were user ids
		user, err := r.client.User(ctx, o.UserName.ValueString())
		if report(&resp.Diagnostics, f, err) {
			return
		}
		o.UserID = types.StringValue(user.ID)
	}
	putOwner(state, o)
	r.of(&o, id).show(state, &policy)
	r.save(ctx, state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// errKeyListed is what nothing is concluded from.
var errKeyListed = errors.New("the service lists the key, and says that it does not exist when asked for its network policy. Run again")

// look reads the policy of a key, and follows the user to another name. A key that
// is not there, or whose user is not, is not found.
func (r *accessKeyPolicy) look(ctx context.Context, o *owned, id string) (ram.NetworkPolicy, bool, error) {
	if o.UserName.ValueString() == "" { // moved here from where the name could be left out
		if _, err := followKeyOwner(ctx, r.instance, o, id); err != nil {
			return ram.NetworkPolicy{}, false, err
		}
	}
	policy, err := r.client.AccessKeyPolicy(ctx, o.UserName.ValueString(), id)
	if !ram.NotFound(err, "User", "User.AccessKey") {
		return policy, err == nil, err
	}
	renamed, err := followKeyOwner(ctx, r.instance, o, id)
	if err != nil || !renamed {
		return policy, false, err
	}
	policy, err = r.client.AccessKeyPolicy(ctx, o.UserName.ValueString(), id)
	if ram.NotFound(err, "User", "User.AccessKey") {
		return policy, false, nil
	}
	return policy, err == nil, err
}

// Delete resets the policy. A key that is gone has none.
func (r *accessKeyPolicy) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var s setting[ram.NetworkPolicy]
	state := s.values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := bound(ctx, state.timeouts().Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	o, id := ownedOf(state), text(state["access_key_id"])
	f := failedOwnPolicy("destroy", "The policy is as it was.")
	if _, ok := r.opened(ctx, f, o.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	_, found, err := r.look(ctx, &o, id)
	if report(&resp.Diagnostics, f, err) || !found {
		return
	}
	policy := r.resetting(&o, id)
	w := writing[ram.NetworkPolicy]{setting: policy, verb: "destroy", config: policy.accountDefaults(), plan: policy.accountDefaults()}
	w.plan["account_id"] = state["account_id"]
	w.run(ctx, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		r.release(policy.name)
	}
}

// resetting is the policy of a key that is on its way out: gone is as good as
// reset, and statements of other kinds go too.
func (r *accessKeyPolicy) resetting(o *owned, id string) *setting[ram.NetworkPolicy] {
	policy := r.of(o, id)
	fetch := policy.fetchNow
	policy.fetchNow = func(ctx context.Context, c *ram.Client) (ram.NetworkPolicy, error) {
		live, err := fetch(ctx, c)
		if ram.NotFound(err, "User", "User.AccessKey") {
			return ram.NoNetworkPolicy(), nil
		}
		return live, err
	}
	policy.put = func(ctx context.Context, c *ram.Client, _, _ ram.NetworkPolicy) error {
		err := c.SetAccessKeyPolicy(ctx, o.UserName.ValueString(), id, ram.NoNetworkPolicy())
		if ram.NotFound(err, "User", "User.AccessKey") {
			return nil
		}
		return err
	}
	return policy
}
