// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/claim"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*verificationResource)(nil)
	_ resource.ResourceWithIdentity    = (*verificationResource)(nil)
	_ resource.ResourceWithImportState = (*verificationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*verificationResource)(nil)
	_ list.ListResourceWithConfigure   = (*verificationResource)(nil)
)

func newVerification() *verificationResource { return &verificationResource{} }

// verificationResource is the security e-mail address and phone of a user. An
// address that is null is not managed; "" is that there is none.
type verificationResource struct{ instance.Resource }

type verificationModel struct {
	owner.Object

	SecurityEmail       types.String `tfsdk:"security_email"`
	SecurityEmailStatus types.String `tfsdk:"security_email_status"`
	SecurityPhone       types.String `tfsdk:"security_phone"`
	SecurityPhoneStatus types.String `tfsdk:"security_phone_status"`
	AllowLockOut        types.Bool   `tfsdk:"allow_lock_out"`
}

// claims are the claims to the addresses, in the order of the slots. An address that is not managed is
// not claimed.
func (m *verificationModel) claims() (all []claim.Claim) {
	for _, slot := range m.slots() {
		c := claim.Claim{
			Noun: "verification", Conflict: "Each of them replaces, at every apply, what the other one sets.",
			Values: slot.attribute + " = " + tf.Display(*slot.address),
		}
		if !slot.address.IsNull() && !tf.IsAbsent(m.UserName) {
			c.Object = slot.noun + " of the user " + m.UserName.ValueString()
		}
		if slot.address.IsUnknown() || slot.address.ValueString() != "" {
			c.Destroy = "which removes it"
		}
		all = append(all, c)
	}
	return all
}

// A securitySlot is one of the two addresses of a model.
type securitySlot struct {
	kind      ram.VerifyType
	attribute string
	noun      string

	address, status *types.String
}

func (m *verificationModel) slots() []securitySlot {
	return []securitySlot{
		{ram.VerifyEmail, "security_email", "security e-mail address", &m.SecurityEmail, &m.SecurityEmailStatus},
		{ram.VerifyPhone, "security_phone", "security phone", &m.SecurityPhone, &m.SecurityPhoneStatus},
	}
}

// in returns the address of the slot.
func (s securitySlot) in(live ram.Verification) ram.SecurityAddress {
	if s.kind == ram.VerifyPhone {
		return live.Phone
	}
	return live.Email
}

// equals reports whether an address is the one of the slot, in any notation: the case
// of a domain means nothing, and a phone that comes in numbers has lost its zeros.
func (s securitySlot) equals(address string) bool {
	have := s.address.ValueString()
	if s.kind == ram.VerifyEmail || have == "" || address == "" {
		return strings.EqualFold(have, address)
	}
	bare := func(phone string) string {
		area, number, _ := strings.Cut(phone, "-")
		return strings.TrimLeft(area, "0") + "-" + strings.TrimLeft(number, "0")
	}
	return bare(have) == bare(address)
}

// show copies the user's addresses to the managed attributes, or to all attributes after an import.
func (m *verificationModel) show(live ram.Verification, imported bool) {
	for _, slot := range m.slots() {
		has := slot.in(live)
		if imported && has.Address != "" {
			*slot.address = types.StringValue(has.Address)
		}
		*slot.status = types.StringNull()
		if slot.address.IsNull() {
			continue
		}
		if !slot.equals(has.Address) {
			*slot.address = types.StringValue(has.Address)
		}
		if has.Address != "" && has.Status != "" {
			*slot.status = types.StringValue(has.Status)
		}
	}
}

// isSet reports whether a user has the addresses of the model.
func (m *verificationModel) isSet(live ram.Verification) bool {
	for _, slot := range m.slots() {
		if !slot.address.IsNull() && !slot.equals(slot.in(live).Address) {
			return false
		}
	}
	return true
}

func (r *verificationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_verification"
	resp.ResourceBehavior.MutableIdentity = true // a user may be renamed
}

// The forms that the service documents, and "" for none.
var (
	securityPhoneForm = tf.NewLazyRegexp(`^([0-9]{1,4}-[0-9]{4,20})?$`)
	securityMailForm  = tf.NewLazyRegexp(`^([^@\s]+@[^@\s]+\.[^@\s]+)?$`)
)

func (r *verificationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	either := stringvalidator.AtLeastOneOf(path.MatchRoot("security_email"), path.MatchRoot("security_phone"))
	const managed = " If omitted, it is not managed and keeps its value. `\"\"` removes it."
	const status = "`pending` until the owner has confirmed it, then `active`. The provider cannot confirm an address and does not wait for it. It is null if the address is not managed or not set."
	resp.Schema = schema.Schema{
		MarkdownDescription: "The security e-mail address and the security phone of a RAM user, with which the user can verify the logon. They are not the contacts `email` and `mobile_phone` of `ram_user`.\n\n" +
			"Only the owner can confirm an address; until then its status is `pending`. A changed address must be confirmed again. The state contains the addresses.\n\n" +
			"Destroying removes the managed addresses if they still have the values of the state. The user can then no longer use them as a second factor. A plan that takes the last second factor off a user who needs one and may not bind one is an error.",
		Attributes: owner.Attributes(ctx, map[string]schema.Attribute{
			"security_email": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{securityMailForm.Validator("must be an e-mail address, or empty for none"), either},
				MarkdownDescription: "The security e-mail address, such as `alice@example.com`." + managed,
			},
			"security_email_status": schema.StringAttribute{Computed: true, MarkdownDescription: "The status of the security e-mail address: " + status},
			"security_phone": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{securityPhoneForm.Validator("must be <country code>-<number>, such as 86-13900001234, or empty for none")},
				MarkdownDescription: "The security phone, as `<country code>-<number>`, such as `86-13900001234`." + managed,
			},
			"security_phone_status": schema.StringAttribute{Computed: true, MarkdownDescription: "The status of the security phone: " + status},
			"allow_lock_out":        allowFactorLoss("address"),
		}),
	}
}

func (r *verificationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(nil)
}

func (r *verificationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	owner.ImportUser(ctx, r.Instance, "verification", req, resp)
}

func failedVerification(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the verification", State: state}
}

func (r *verificationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Instance == nil {
		return // the provider could not be configured yet, so nothing can be checked
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	if req.Plan.Raw.IsNull() {
		state := tf.Get[verificationModel](ctx, req.State, &resp.Diagnostics)
		claim.PlanDestroy(ctx, r.Instance, resp.Private, &resp.Diagnostics, state.claims()...)
		r.planDestroy(state, resp)
		r.refuseLoss(ctx, state, state.removed(state.addresses()), state.AllowLockOut, &resp.Diagnostics)
		return
	}
	plan := tf.Get[verificationModel](ctx, req.Plan, &resp.Diagnostics)
	var state verificationModel
	existed := !req.State.Raw.IsNull()
	if existed {
		state = tf.Get[verificationModel](ctx, req.State, &resp.Diagnostics)
		owner.PlanUserName(ctx, r.Instance, state.Object, plan.Object, resp)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case !existed:
		claim.PlanCreate(ctx, r.Instance, resp.Private, &resp.Diagnostics, plan.claims()...)
		r.planCreate(ctx, &plan, resp)
	case len(resp.RequiresReplace) > 0: // the old user loses the addresses; planned again, as a create
		r.planDestroy(state, resp)
		r.refuseLoss(ctx, state, state.removed(state.addresses()), state.AllowLockOut, &resp.Diagnostics)
		r.planCreate(ctx, &plan, resp)
	default:
		claim.PlanUpdate(ctx, r.Instance, resp.Private, &resp.Diagnostics, plan.claims()...)
		plan.warnReverted(state, readWrites(ctx, req.Private, &resp.Diagnostics), &resp.Diagnostics)
		plan.change(state, resp)
		r.refuseLoss(ctx, state, plan.removedFactors(state.addresses()), plan.AllowLockOut, &resp.Diagnostics)
	}
	tf.Set(ctx, plan, &resp.Plan, &resp.Diagnostics)
}

// addresses returns the addresses and their status in the model.
func (m *verificationModel) addresses() (live ram.Verification) {
	live.Email = ram.SecurityAddress{Address: m.SecurityEmail.ValueString(), Status: m.SecurityEmailStatus.ValueString()}
	live.Phone = ram.SecurityAddress{Address: m.SecurityPhone.ValueString(), Status: m.SecurityPhoneStatus.ValueString()}
	return live
}

// removedFactors are the confirmed addresses that a write of the model removes.
func (m *verificationModel) removedFactors(live ram.Verification) (gone access.Factors) {
	for _, slot := range m.slots() {
		has := slot.in(live)
		if tf.IsAbsent(slot.address) || has.Status != "active" || slot.equals(has.Address) {
			continue
		}
		gone.Email, gone.Phone = gone.Email || slot.kind == ram.VerifyEmail, gone.Phone || slot.kind == ram.VerifyPhone
	}
	return gone
}

// removed are the confirmed addresses that a destroy removes: those that are still as in the state.
func (m *verificationModel) removed(live ram.Verification) (gone access.Factors) {
	gone.Email = live.Email.Status == "active" && m.slots()[0].equals(live.Email.Address) && live.Email.Address != ""
	gone.Phone = live.Phone.Status == "active" && m.slots()[1].equals(live.Phone.Address) && live.Phone.Address != ""
	return gone
}

// refuseLoss refuses to remove the addresses of a user who cannot log on without them.
func (r *verificationResource) refuseLoss(ctx context.Context, state verificationModel, gone access.Factors, accepted types.Bool, diags *diag.Diagnostics) {
	if accepted.IsUnknown() || diags.HasError() {
		return // checked again before the write
	}
	refuseFactorLoss(ctx, r.Instance, state.User(), gone, accepted, diags)
}

func (r *verificationResource) planDestroy(state verificationModel, resp *resource.ModifyPlanResponse) {
	for _, slot := range state.slots() {
		if slot.address.ValueString() != "" {
			diagnostics.ObjectRemoved.Warn(&resp.Diagnostics, "A user loses the "+slot.noun, fmt.Sprintf(
				"Destroying the verification removes the %s %s of the user %q, who can then no longer verify the logon with it. If the security preference requires a second factor, the user needs another one.",
				slot.noun, slot.address.ValueString(), state.UserName.ValueString()))
		}
	}
}

// change plans the status of each address, and warns of those that an update removes or no longer manages.
func (m *verificationModel) change(state verificationModel, resp *resource.ModifyPlanResponse) {
	before := state.slots()
	for n, slot := range m.slots() {
		was := before[n]
		switch {
		case slot.address.Equal(*was.address):
			*slot.status = *was.status
		case slot.address.IsNull():
			*slot.status = types.StringNull()
			if was.address.ValueString() != "" {
				resp.Diagnostics.AddAttributeWarning(path.Root(slot.attribute), "The "+slot.noun+" is no longer managed", fmt.Sprintf(
					"The user %q keeps it: %s. To remove it, set %s = \"\".", state.UserName.ValueString(), was.address.ValueString(), slot.attribute))
			}
		case slot.address.ValueString() == "" && !slot.address.IsUnknown():
			*slot.status = types.StringNull()
			was.warnLoss(state.UserName.ValueString(), "removes", resp)
		default:
			*slot.status = types.StringUnknown()
			if !slot.address.IsUnknown() && !slot.equals(was.address.ValueString()) {
				was.warnLoss(state.UserName.ValueString(), "replaces", resp)
			}
		}
	}
}

// warnLoss warns if an update removes an address that the user has confirmed.
func (s securitySlot) warnLoss(userName, verb string, resp *resource.ModifyPlanResponse) {
	if s.address.ValueString() == "" || s.status.ValueString() != "active" {
		return
	}
	diagnostics.ObjectRemoved.WarnAt(&resp.Diagnostics, path.Root(s.attribute), "A user loses the "+s.noun, fmt.Sprintf(
		"The user %q has confirmed the %s %s, which the configuration %s. Until the user has confirmed another one, the user cannot verify its identity with it.",
		userName, s.noun, s.address.ValueString(), verb))
}

// planCreate warns of addresses that the user has already and loses.
func (r *verificationResource) planCreate(ctx context.Context, plan *verificationModel, resp *resource.ModifyPlanResponse) {
	var live ram.Verification
	if !plan.UserName.IsUnknown() {
		var err error
		live, err = r.Client.Verification(ctx, plan.UserName.ValueString())
		if err != nil && !ram.NotFound(err, "User") { // created in this run
			diagnostics.Report(&resp.Diagnostics, failedVerification("plan", "Nothing was changed."), err)
			return
		}
	}
	if !plan.AllowLockOut.IsUnknown() {
		refuseFactorLoss(ctx, r.Instance, ram.User{Name: plan.UserName.ValueString()}, plan.removedFactors(live), plan.AllowLockOut, &resp.Diagnostics)
	}
	for _, slot := range plan.slots() {
		has, known := slot.in(live), !slot.address.IsUnknown()
		*slot.status = types.StringUnknown()
		if known && slot.address.ValueString() == "" {
			*slot.status = types.StringNull()
		}
		if known && !slot.address.IsNull() && has.Address != "" && !slot.equals(has.Address) {
			diagnostics.ObjectRemoved.WarnAt(&resp.Diagnostics, path.Root(slot.attribute), "A user loses the "+slot.noun, fmt.Sprintf(
				"The user %q has the %s %s (%s), which the configuration replaces. Another one has to be confirmed by its owner before it can be used.",
				plan.UserName.ValueString(), slot.noun, has.Address, has.Status))
		}
	}
}

func (r *verificationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[verificationModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if !owner.PrepareCreate(ctx, r.Instance, failedVerification("create", "Nothing was changed."), &plan.Object, &resp.Diagnostics) {
		return
	}
	claims := plan.claims()
	if _, ok := claim.Create(ctx, r.Instance, resp.Private, &resp.Diagnostics, claims...); !ok {
		return
	}
	// Nothing is left in the state if it fails: an object that is tainted would be
	// replaced, and what the owner has confirmed would be taken away and set again.
	before, ok := r.writeLocked(ctx, "create", &plan, verificationModel{}, &resp.Diagnostics)
	if !ok {
		claim.Release(r.Instance, claims...)
		return
	}
	plan.saveWrites(ctx, before, claim.Writes{}, resp.Private, &resp.Diagnostics)
	if !r.confirm(ctx, &plan, &resp.Diagnostics) {
		tf.WritePrivate(ctx, resp.Private, writesKey, claim.Writes{}, &resp.Diagnostics)
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *verificationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[verificationModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedVerification("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	var live ram.Verification
	found, err := r.FindTwice(ctx, func(ctx context.Context) (found bool, err error) {
		live, found, err = r.find(ctx, &state.Object)
		return found, err
	}, func(ctx context.Context) (found bool, err error) {
		live, found, err = r.refresh(ctx, &state.Object)
		return found, err
	})
	if err == nil && !found {
		r.RemoveFromState(ctx, state.Identity(), resp, "The user of the verification no longer exists", fmt.Sprintf(
			"The RAM user %q no longer exists in account %s. The verification was removed from the state.", state.UserName.ValueString(), account))
		return
	}
	imported := state.UserID.IsNull()
	if err == nil && imported {
		var user ram.User
		user, err = r.Client.User(ctx, state.UserName.ValueString())
		state.UserID = types.StringValue(user.ID)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	state.show(live, imported)
	tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// find reads the addresses of the user. It finds the user by id, also after a rename: a new
// user with the old name is another user.
func (r *verificationResource) find(ctx context.Context, o *owner.Object) (live ram.Verification, there bool, err error) {
	if there, err = owner.UserExists(ctx, r.Instance, o); err != nil || !there {
		return live, false, err
	}
	return r.read(ctx, o)
}

// refresh is find that bypasses the cache.
func (r *verificationResource) refresh(ctx context.Context, o *owner.Object) (live ram.Verification, there bool, err error) {
	if id := o.UserID.ValueString(); id != "" {
		user, err := r.Client.RefreshUserByID(ctx, id)
		if err != nil {
			return live, false, ram.IgnoreNotFound(err, "User")
		}
		o.UserName = types.StringValue(user.Name)
	}
	return r.read(ctx, o)
}

func (r *verificationResource) read(ctx context.Context, o *owner.Object) (live ram.Verification, there bool, err error) {
	live, err = r.Client.Verification(ctx, o.UserName.ValueString())
	return live, err == nil, ram.IgnoreNotFound(err, "User")
}

func (r *verificationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := tf.Get[verificationModel](ctx, req.Plan, &resp.Diagnostics)
	state := tf.Get[verificationModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if !owner.PrepareUpdate(ctx, r.Instance, failedVerification("update", "Nothing was changed."), &plan.Object, &resp.Diagnostics) {
		return
	}
	before, ok := r.writeLocked(ctx, "update", &plan, state, &resp.Diagnostics)
	if !ok {
		return
	}
	earlier := readWrites(ctx, req.Private, &resp.Diagnostics)
	plan.saveWrites(ctx, before, earlier, resp.Private, &resp.Diagnostics)
	if !r.confirm(ctx, &plan, &resp.Diagnostics) {
		tf.WritePrivate(ctx, resp.Private, writesKey, earlier, &resp.Diagnostics)
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (r *verificationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[verificationModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedVerification("delete", "The user is unchanged.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	for n, c := range state.claims() {
		if claim.HandOver(ctx, r.Instance, req.Private, &resp.Diagnostics, c) {
			*state.slots()[n].address = types.StringNull() // another resource of the run manages it
		}
	}
	there, err := owner.UserExists(ctx, r.Instance, &state.Object)
	if err == nil && there {
		var unlock func()
		if unlock, err = r.Client.Lock(ctx, access.LockName); err == nil {
			defer unlock()
			f.State = ""
			err = r.unbind(ctx, state, &resp.Diagnostics)
		}
	}
	diagnostics.Report(&resp.Diagnostics, f, err)
}
