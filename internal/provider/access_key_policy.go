// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*accessKeyPolicy)(nil)
	_ resource.ResourceWithIdentity    = (*accessKeyPolicy)(nil)
	_ resource.ResourceWithImportState = (*accessKeyPolicy)(nil)
	_ resource.ResourceWithModifyPlan  = (*accessKeyPolicy)(nil)
	_ list.ListResourceWithConfigure   = (*accessKeyPolicy)(nil)
)

func newAccessKeyPolicy() *accessKeyPolicy { return &accessKeyPolicy{} }

// accessKeyPolicy is the network policy of one key. A key has exactly one, so it is
// written as a setting is; a destroy resets it.
type accessKeyPolicy struct{ instance.Resource }

// ownPolicyNoun is its name in messages.
const ownPolicyNoun = "network policy of the AccessKey pair"

func (r *accessKeyPolicy) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_key_policy"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *accessKeyPolicy) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	own := map[string]schema.Attribute{
		"access_key_id": schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "The id of the key. A change replaces the policy.",
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
	}
	maps.Copy(own, networkPolicyArguments())
	for _, f := range network.PolicyFields() {
		own[f.Name] = f.Resource
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The network policy of one AccessKey pair: the addresses from which the service accepts calls that are signed with it. While it is active, the policy of the account " +
			"(`ram_account_access_key_policy`) is not evaluated for the key. Some products of Alibaba Cloud enforce neither.\n\n" +
			"An existing policy of the key is adopted: attributes that the configuration does not set keep their values, and statements of types that the provider does not know remain. " +
			"After a write, the provider waits until the service returns the new policy.\n\n" +
			"**Destroying resets the policy** to inactive and without addresses, because the service has no operation to delete it. The policy of the account then applies to the key.\n\n" +
			"If the key is one that the provider itself uses, a plan that enforces or narrows `classic_allow_list` needs `must_allow`, with the addresses from which Terraform runs, or `allow_lock_out = true`.",
		Attributes: owner.Attributes(ctx, own),
	}
}

func (r *accessKeyPolicy) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(map[string]identityschema.Attribute{
		"user_name":     identityschema.StringAttribute{OptionalForImport: true, Description: "The name of the RAM user to whom the key belongs."},
		"access_key_id": identityschema.StringAttribute{RequiredForImport: true, Description: "The id of the key."},
	})
}

func failedOwnPolicy(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the " + ownPolicyNoun, State: state}
}

// keys is the same instance, to find keys.
func (r *accessKeyPolicy) keys() *accessKeyResource { return &accessKeyResource{r.Resource} }

// of is the policy of one key as a setting: what reads, compares, merges and
// writes a setting does so here. Where a user is renamed, o follows.
func (r *accessKeyPolicy) of(o *owner.Object, id string) *setting.Setting[ram.NetworkPolicy] {
	fetch := func(ctx context.Context, c *ram.Client) (ram.NetworkPolicy, error) {
		return c.AccessKeyPolicy(ctx, o.UserName.ValueString(), id)
	}
	object := ""
	if id != "" {
		object = ownPolicyNoun + " " + id
	}
	return &setting.Setting[ram.NetworkPolicy]{
		Resource: r.Resource, Name: "access_key_policy " + id, Noun: ownPolicyNoun, Object: object,
		Fields: network.PolicyFields(), Arguments: networkPolicyArguments(),
		Fetch: fetch, Refresh: fetch,
		Write: func(ctx context.Context, c *ram.Client, merge ram.Merge[ram.NetworkPolicy], _ setting.WriteOptions) error {
			return c.ChangeAccessKeyPolicy(ctx, o.UserName.ValueString(), id, merge)
		},
		Risks: func(ctx context.Context, c setting.Change[ram.NetworkPolicy]) []setting.Risk {
			return networkPolicyRisks(ctx, c, access.KeyChange{OfKey: true, KeyID: id, UserID: o.UserID.ValueString()})
		},
		LockName: r.lockName(id),
	}
}

// lockName is the lock of a policy's write: that of all changes that can take access away, if the key is one that the provider
// itself uses.
func (r *accessKeyPolicy) lockName(id string) string {
	if owner.IsOwnKey(r.Instance, id) {
		return access.LockName
	}
	return ""
}

// ownedOf are the attributes that identify the key's owner.
func ownedOf(v tf.Values) owner.Object {
	o := owner.Object{Timeouts: v.Timeouts()}
	o.AccountID, _ = v["account_id"].(types.String)
	o.UserName, _ = v["user_name"].(types.String)
	o.UserID, _ = v["user_id"].(types.String)
	return o
}

// putOwner writes what is known of the owner into the attributes.
func putOwner(v tf.Values, o owner.Object) {
	v["account_id"], v["user_name"], v["user_id"] = o.AccountID, o.UserName, o.UserID
}

func ownPolicyIdentity(v tf.Values) accessKeyIdentity {
	o, id := ownedOf(v), types.StringValue(tf.String(v["access_key_id"]))
	return accessKeyIdentity{owner.UserIdentity{AccountID: o.AccountID, UserName: o.UserName}, id}
}

func (r *accessKeyPolicy) save(ctx context.Context, v tf.Values, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	var broken diag.Diagnostics
	o := v.Object(state.Schema.Type(), &broken)
	diags.Append(broken...)
	if !broken.HasError() {
		tf.Save(ctx, ownPolicyIdentity(v), o, state, identity, diags)
	}
}

func (r *accessKeyPolicy) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importKey(ctx, r.Instance, failedOwnPolicy("import", "The state is unchanged."), "allow_lock_out", req, resp)
}

func (r *accessKeyPolicy) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the provider could not be configured yet, so nothing can be checked
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	var s setting.Setting[ram.NetworkPolicy]
	state, plan := s.Values(ctx, req.State, &resp.Diagnostics), s.Values(ctx, req.Plan, &resp.Diagnostics)
	whose := plan
	if req.Plan.Raw.IsNull() {
		whose = state
	}
	o := ownedOf(whose)
	p := setting.Plan[ram.NetworkPolicy]{
		Setting: r.of(&o, tf.String(whose["access_key_id"])), State: state, Plan: plan,
		Config: s.Values(ctx, req.Config, &resp.Diagnostics), Adoption: setting.ReadAdoption(ctx, req.Private, &resp.Diagnostics), Diags: &resp.Diagnostics,
	}
	switch {
	case resp.Diagnostics.HasError():
		return
	case req.Plan.Raw.IsNull():
		p.ClaimDestroy(ctx, resp.Private)
		planReset(ctx, &p)
		return
	case req.State.Raw.IsNull():
		p.ClaimCreate(ctx, resp.Private)
		planAdoption(ctx, &p, o)
	default:
		if owner.PlanUserName(ctx, r.Instance, ownedOf(state), o, resp); len(resp.RequiresReplace) > 0 || tf.String(plan["access_key_id"]) != tf.String(state["access_key_id"]) {
			old := ownedOf(state)
			p.Setting = r.of(&old, tf.String(state["access_key_id"]))
			planReset(ctx, &p) // of the old key
			warnMoved(&p)
			return // planned again, as a create
		}
		p.ClaimUpdate(ctx, resp.Private)
		p.Update(ctx)
		keepNetworks(ctx, &p, o)
	}
	if object := p.Plan.Object(resp.Plan.Schema.Type(), &resp.Diagnostics); !resp.Diagnostics.HasError() {
		tf.Set(ctx, object, &resp.Plan, &resp.Diagnostics)
	}
}

// keepNetworks lets the other network policies of the run know from where the key must be accepted. A policy that does not change is not
// planned again by the apply, so the plan is where it counts.
func keepNetworks(ctx context.Context, p *setting.Plan[ram.NetworkPolicy], o owner.Object) {
	kept := access.RequiredNetworks{Public: tf.Strings(p.Plan["must_allow"]), VPC: tf.StringsByKey(p.Plan["must_allow_vpcs"])}
	if p.Diags.HasError() || !kept.Any() {
		return
	}
	before := p.Model(p.State)
	accepted := p.Plan["allow_lock_out"].Equal(types.BoolValue(true))
	verdict, err := access.KeyChange{
		Change: access.Change[ram.NetworkPolicy]{Before: before, After: p.Effect(before)},
		OfKey:  true, KeyID: tf.String(p.Plan["access_key_id"]), UserID: o.UserID.ValueString(), Kept: kept,
	}.Keep(ctx, p.Instance, accepted)
	if diagnostics.Report(p.Diags, p.Operation("plan", "Nothing was changed."), err) {
		return
	}
	for _, d := range append(refusedRisks(verdict), uncheckedRisks(verdict)...) {
		d.Report(accepted, p.Diags)
	}
}

// planAdoption looks at the policy that a key has already, if the key is there, and
// says what changes of it.
func planAdoption(ctx context.Context, p *setting.Plan[ram.NetworkPolicy], o owner.Object) {
	f := p.Operation("plan", "Nothing was changed.")
	account, ok := p.CheckAccount(ctx, f, "", p.Diags)
	if !ok {
		return
	}
	p.Plan["account_id"] = types.StringValue(account)
	live := p.Model(p.AccountDefaults())
	if id := tf.String(p.Plan["access_key_id"]); id != "" && !o.UserName.IsUnknown() {
		seen, err := p.Fetch(ctx, p.Client)
		switch {
		case ram.NotFound(err, "User", "User.AccessKey"): // created in this run, or refused by the apply
		case diagnostics.Report(p.Diags, f, err):
			return
		default:
			live = seen
		}
	}
	none, after := p.Model(p.AccountDefaults()), p.Effect(live)
	if changes := p.Differences(&live, &after); len(changes) > 0 && !p.Equal(live, none) {
		p.Diags.AddWarning("Adopting the "+p.Noun+" changes it", fmt.Sprintf(
			"The key %s of %s already has a network policy. These attributes change:\n\n%s\n\nAttributes that the configuration does not set keep their values.",
			tf.String(p.Plan["access_key_id"]), o.UserName.ValueString(), changes))
	}
	p.CheckRisks(ctx, live, after)
}

// planReset warns of what a destroy opens, and refuses to lock out the provider's own key.
func planReset(ctx context.Context, p *setting.Plan[ram.NetworkPolicy]) {
	before, after := p.Model(p.State), p.Model(p.AccountDefaults())
	changes := p.Differences(&before, &after)
	if len(changes) == 0 {
		return
	}
	diagnostics.LessSecure.Warn(p.Diags, "Destroying the "+p.Noun+" resets it", fmt.Sprintf(
		"The policy of the account then applies to the key %s of %s. If that has no addresses, the service accepts the key from everywhere. These attributes change:\n\n%s",
		tf.String(p.State["access_key_id"]), tf.String(p.State["user_name"]), changes))
	p.CheckDestroyRisks(ctx, p.AccountDefaults(), before, after)
}

// warnMoved warns that a policy which moves to another key opens the old one, which may still be in use, before the new one is restricted.
func warnMoved(p *setting.Plan[ram.NetworkPolicy]) {
	before := p.Model(p.State)
	if !before.Active() || len(before.Public)+len(before.VPC) == 0 {
		return
	}
	old, user := tf.String(p.State["access_key_id"]), tf.String(p.State["user_name"])
	diagnostics.LessSecure.WarnAt(p.Diags, path.Root("access_key_id"), "The network policy of the key "+old+" is removed before another key gets one", fmt.Sprintf(
		"Terraform destroys the policy of the key %s of %s first. If that key is still Active, as during the overlap of a rotation, it is then accepted from every address that the policy of the account allows. If the new key cannot be created, it remains so. "+
			"If the id comes from ram_access_key_rotation, remove this resource from the configuration with a removed block (destroy = false), and let the rotation restrict all of its keys:\n\n"+
			"  resource \"ram_access_key_rotation\" \"...\" {\n    user_name = %[2]q\n    network_policy = {\n      classic_allow_list = [%[3]s]\n    }\n  }", old, user, listElements(before.Public)))
}

// listElements are texts as the elements of a list in a configuration.
func listElements(list []string) string {
	parts := []string{}
	for _, s := range list {
		parts = append(parts, fmt.Sprintf("%q", s))
	}
	return strings.Join(parts, ", ")
}

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
			r.RemoveFromState(ctx, ownPolicyIdentity(state), resp, "The AccessKey pair no longer exists", fmt.Sprintf(
				"The key %s of %s no longer exists, so its network policy was removed from the state.", id, tf.String(state["user_name"])))
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

// errKeyListed is a contradiction, from which the provider concludes nothing.
var errKeyListed = errors.New("the service lists the key, and reports that it does not exist when its network policy is read. Run again")

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
	f := failedOwnPolicy("destroy", "The policy is unchanged.")
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
