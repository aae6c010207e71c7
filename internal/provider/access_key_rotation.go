// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure      = (*rotationResource)(nil)
	_ resource.ResourceWithIdentity       = (*rotationResource)(nil)
	_ resource.ResourceWithImportState    = (*rotationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*rotationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*rotationResource)(nil)
)

// The days of a rotation, unless the configuration says otherwise.
const (
	rotateAfterDays = 90
	overlapDays     = 7
	deleteAfterDays = 7
)

func newRotation() *rotationResource { return &rotationResource{} }

// rotationResource has both keys that a user may have: the current one, and for a
// while after a rotation the previous one.
type rotationResource struct{ instance.Resource }

type rotationModel struct {
	owner.Object

	RotateAfterDays types.Int64  `tfsdk:"rotate_after_days"`
	OverlapDays     types.Int64  `tfsdk:"overlap_days"`
	DeleteAfterDays types.Int64  `tfsdk:"delete_after_days"`
	PGPKey          types.String `tfsdk:"pgp_key"`

	CurrentID          types.String `tfsdk:"current_access_key_id"`
	CurrentStatus      types.String `tfsdk:"current_status"`
	CurrentCreateDate  types.String `tfsdk:"current_create_date"`
	CurrentSecret      types.String `tfsdk:"current_secret"`
	CurrentEncrypted   types.String `tfsdk:"current_encrypted_secret"`
	CurrentFingerprint types.String `tfsdk:"current_key_fingerprint"`

	PreviousID          types.String `tfsdk:"previous_access_key_id"`
	PreviousStatus      types.String `tfsdk:"previous_status"`
	PreviousCreateDate  types.String `tfsdk:"previous_create_date"`
	PreviousSecret      types.String `tfsdk:"previous_secret"`
	PreviousEncrypted   types.String `tfsdk:"previous_encrypted_secret"`
	PreviousFingerprint types.String `tfsdk:"previous_key_fingerprint"`
}

// A rotated is one of the two keys of a model.
type rotated struct{ id, status, createDate, secret, encrypted, fingerprint *types.String }

func (m *rotationModel) current() rotated {
	return rotated{&m.CurrentID, &m.CurrentStatus, &m.CurrentCreateDate, &m.CurrentSecret, &m.CurrentEncrypted, &m.CurrentFingerprint}
}

func (m *rotationModel) previous() rotated {
	return rotated{&m.PreviousID, &m.PreviousStatus, &m.PreviousCreateDate, &m.PreviousSecret, &m.PreviousEncrypted, &m.PreviousFingerprint}
}

func (r rotated) parts() []*types.String {
	return []*types.String{r.id, r.status, r.createDate, r.secret, r.encrypted, r.fingerprint}
}

// become makes the slot hold what another holds.
func (r rotated) become(other rotated) {
	theirs := other.parts()
	for n, part := range r.parts() {
		*part = *theirs[n]
	}
}

// clear empties the slot.
func (r rotated) clear() {
	for _, part := range r.parts() {
		*part = types.StringNull()
	}
}

// show takes over what the service lists of the key. When it was made does not change.
func (r rotated) show(key ram.AccessKey) {
	*r.id, *r.status = types.StringValue(key.ID), types.StringValue(key.Status)
	if r.createDate.IsNull() {
		*r.createDate = tf.Timestamp(key.CreateDate)
	}
}

// in finds the key of the slot; an empty slot has none.
func (r rotated) in(keys []ram.AccessKey) (ram.AccessKey, bool) {
	return keyIn(keys, r.id.ValueString())
}

// unknown promises nothing of either key.
func (m *rotationModel) unknown() {
	for _, slot := range []rotated{m.current(), m.previous()} {
		for _, part := range slot.parts() {
			*part = types.StringUnknown()
		}
	}
}

// adopt takes over the keys of an import: the newest that is active is the current
// one, and the newest of the others the previous one.
func (m *rotationModel) adopt(keys []ram.AccessKey) {
	rest := slices.Clone(keys) // the oldest first
	slices.Reverse(rest)
	at := max(slices.IndexFunc(rest, func(key ram.AccessKey) bool { return key.Status == keyActive }), 0)
	if len(rest) == 0 {
		return
	}
	m.current().show(rest[at])
	if rest = slices.Delete(rest, at, at+1); len(rest) > 0 {
		m.previous().show(rest[0])
	}
}

func (r *rotationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_key_rotation"
	resp.ResourceBehavior.MutableIdentity = true // a user may be renamed
}

func (r *rotationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	days := func(least, fallback int64, docs string) schema.Attribute {
		return schema.Int64Attribute{
			Optional: true, Computed: true, Default: int64default.StaticInt64(fallback),
			Validators: []validator.Int64{int64validator.Between(least, 3650)}, MarkdownDescription: fmt.Sprintf("%s The default is `%d`.", docs, fallback),
		}
	}
	attributes := map[string]schema.Attribute{
		"rotate_after_days": days(1, rotateAfterDays, "How many days old the current key becomes before a new one is made. It has to be more than `overlap_days` and `delete_after_days` together."),
		"overlap_days":      days(1, overlapDays, "For how many days after a rotation the previous key stays active, while programs learn the new one."),
		"delete_after_days": days(0, deleteAfterDays, "For how many days after that the previous key stays disabled, so that it can be enabled again, before it is deleted."),
		"pgp_key": schema.StringAttribute{
			Optional: true, Validators: []validator.String{pgp.KeyValidator{}},
			MarkdownDescription: "A PGP public key, in armour or in Base64, for which the secrets of new keys are encrypted, so that they are never in the state. A change holds for the next key.",
		},
	}
	computed := func(name, docs string, sensitive bool) {
		for _, slot := range []string{"current", "previous"} {
			attributes[slot+"_"+name] = schema.StringAttribute{Computed: true, Sensitive: sensitive, MarkdownDescription: fmt.Sprintf(docs, slot)}
		}
	}
	computed("access_key_id", "The id of the %s key; null if there is none.", false)
	computed("status", "`Active` or `Inactive`: the status of the %s key.", false)
	computed("create_date", "When the %s key was made, by the service's clock.", false)
	computed("secret", "The secret of the %s key. It is in the state, in plain. It is null if `pgp_key` was set when the key was made, and for an imported key.", true)
	computed("encrypted_secret", "The secret of the %s key, encrypted for `pgp_key`: a binary OpenPGP message in Base64.", false)
	computed("key_fingerprint", "The fingerprint of the PGP key for which the secret of the %s key was encrypted.", false)
	resp.Schema = schema.Schema{
		MarkdownDescription: "Rotates the AccessKey pair of a RAM user without a gap. It takes **both keys** that a user can have: when the current key is older than `rotate_after_days`, a new one is made; " +
			"the old one stays active for `overlap_days`, is then disabled, and `delete_after_days` later deleted.\n\n" +
			"Terraform does nothing by itself: a step is done by the first apply after it is due. As soon as one is due, a plan shows a change and warns which step it is, so a nightly plan with `-detailed-exitcode` reports it. " +
			"In between, plans are empty. What is due follows from the dates of the keys themselves, by the service's clock, so a run that was broken off, or that comes late, goes on where the other ended.\n\n" +
			"A key that this resource did not make or import is never touched: while such a key takes the second place, a rotation that is due is only warned of. The last active key is never disabled. " +
			"A previous key that was used within `delete_after_days` is not deleted, and the plan warns. A key that the provider itself uses is never disabled or deleted: such a plan is an error.\n\n" +
			"A user with keys is imported; creating the resource for one is an error. Destroying disables and deletes both keys. Without `pgp_key` the secrets are in the state.",
		Attributes: owner.Attributes(ctx, attributes),
	}
}

func (r *rotationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(nil)
}

// ValidateConfig refuses a rotation that would need a third key.
func (r *rotationResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	config := tf.Get[rotationModel](ctx, req.Config, &resp.Diagnostics)
	config.fits(&resp.Diagnostics)
}

func (m rotationModel) fits(diags *diag.Diagnostics) bool {
	of := func(days types.Int64, fallback int64) int64 {
		if days.IsNull() {
			return fallback
		}
		return days.ValueInt64()
	}
	if m.RotateAfterDays.IsUnknown() || m.OverlapDays.IsUnknown() || m.DeleteAfterDays.IsUnknown() {
		return true
	}
	rotate, taken := of(m.RotateAfterDays, rotateAfterDays), of(m.OverlapDays, overlapDays)+of(m.DeleteAfterDays, deleteAfterDays)
	if rotate > taken {
		return true
	}
	diags.AddAttributeError(path.Root("rotate_after_days"), "Cannot rotate so soon", fmt.Sprintf(
		"A user can have two keys. After %d days there would have to be a third one, because the previous one stays for %d days. Set rotate_after_days to more than overlap_days and delete_after_days together.", rotate, taken))
	return false
}

func failedRotation(verb, now string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the AccessKey rotation", State: now}
}

func (r *rotationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	owner.ImportUser(ctx, r.Instance, "AccessKey rotation", req, resp)
	for name, value := range map[string]int64{"rotate_after_days": rotateAfterDays, "overlap_days": overlapDays, "delete_after_days": deleteAfterDays} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

func (r *rotationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedRotation("read", "The state is as it was.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	keys, there, err := keysListed(ctx, r.Instance, &state.Object, r.Client.AccessKeys)
	if err == nil && (!there || !state.listed(keys)) {
		_, err = r.ConfirmGone(ctx, func(ctx context.Context) (found bool, err error) {
			keys, there, err = keysListed(ctx, r.Instance, &state.Object, r.Client.RefreshAccessKeys)
			return there && state.listed(keys), err
		})
	}
	if err == nil && state.UserID.IsNull() && there {
		state.adopt(keys)
		var user ram.User
		user, err = r.Client.User(ctx, state.UserName.ValueString())
		state.UserID = types.StringValue(user.ID)
	}
	var now time.Time
	if err == nil {
		now, err = r.Client.ServerTime(ctx)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	state.see(keys, now, there)
	if state.CurrentID.IsNull() && state.PreviousID.IsNull() {
		tf.Remove(ctx, state.Identity(), resp, "The AccessKey rotation is gone", fmt.Sprintf(
			"The RAM user %q of account %s, or both of its keys, do not exist any more; with them their secrets are lost. A deleted key can be restored from the recycle bin for about a month.", state.UserName.ValueString(), account))
		return
	}
	tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// listed reports whether every key of the model is among those.
func (m *rotationModel) listed(keys []ram.AccessKey) bool {
	for _, slot := range []rotated{m.current(), m.previous()} {
		if _, found := slot.in(keys); !found && !slot.id.IsNull() {
			return false
		}
	}
	return true
}

// see takes over what is listed, and empties the slot of a key that is gone. One
// that is so young that the service may not list it yet is not gone.
func (m *rotationModel) see(keys []ram.AccessKey, now time.Time, userThere bool) {
	for _, slot := range []rotated{m.current(), m.previous()} {
		key, found := slot.in(keys)
		made, err := time.Parse(time.RFC3339, slot.createDate.ValueString())
		switch {
		case slot.id.IsNull():
		case found:
			slot.show(key)
		case !userThere || err != nil || now.Sub(made) >= listedWithin:
			slot.clear()
		}
	}
}

func (r *rotationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedRotation("delete", "Both keys are as they were.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok || r.refuseOwn("delete", state, &resp.Diagnostics) {
		return
	}
	owner := &accessKeyResource{r.Resource}
	for _, slot := range []rotated{state.previous(), state.current()} {
		if slot.id.IsNull() {
			continue
		}
		err := owner.remove(ctx, &state.Object, slot.id.ValueString())
		if diagnostics.Report(&resp.Diagnostics, failedRotation("delete", ""), err) {
			return
		}
		slot.clear()
		tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// refuseOwn keeps the provider from cutting off the branch that it sits on.
func (r *rotationResource) refuseOwn(verb string, m rotationModel, diags *diag.Diagnostics) bool {
	for _, slot := range []rotated{m.current(), m.previous()} {
		if id := slot.id.ValueString(); id != "" && owner.IsOwnKey(r.Instance, id) {
			ownKeyRefused(verb, id, diags)
			return true
		}
	}
	return false
}

func ownKeyRefused(verb, id string, diags *diag.Diagnostics) {
	diags.AddError("Cannot "+verb+" the provider's own AccessKey pair", fmt.Sprintf(
		"The provider itself signs with the key %s, or assumes a role with it. Without it, this run could not go on, nor the next one begin. Nothing was changed.\n\n"+
			"Give the provider the current key, or other credentials, and run again.", id))
}
