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

	"github.com/ram-security/terraform-provider-ram/internal/credential"
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

// The default days of a rotation.
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
	NetworkPolicy   types.Object `tfsdk:"network_policy"`

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

// copyFrom copies the attributes of another slot to this one.
func (r rotated) copyFrom(other rotated) {
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

// show writes what the service lists of the key to the model. The creation date does not change.
func (r rotated) show(key ram.AccessKey) {
	*r.id, *r.status = types.StringValue(key.ID), types.StringValue(key.Status)
	if r.createDate.IsNull() {
		*r.createDate = tf.Timestamp(key.CreateDate)
	}
}

// in finds the key of the slot; an empty slot has none.
func (r rotated) in(keys []ram.AccessKey) (ram.AccessKey, bool) {
	return credential.In(keys, r.id.ValueString())
}

// ids are the ids of the keys in both slots.
func (m *rotationModel) ids() (ids []string) {
	for _, slot := range []rotated{m.current(), m.previous()} {
		if !slot.id.IsNull() {
			ids = append(ids, slot.id.ValueString())
		}
	}
	return ids
}

// unknown plans all attributes of both keys as unknown.
func (m *rotationModel) unknown() {
	for _, slot := range []rotated{m.current(), m.previous()} {
		for _, part := range slot.parts() {
			*part = types.StringUnknown()
		}
	}
}

// adopt assigns the imported keys: the newest that is Active becomes the current one,
// and the newest of the others the previous one.
func (m *rotationModel) adopt(keys []ram.AccessKey) {
	rest := slices.Clone(keys) // the oldest first
	slices.Reverse(rest)
	at := max(slices.IndexFunc(rest, func(key ram.AccessKey) bool { return key.Status == ram.Active }), 0)
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
		"rotate_after_days": days(1, rotateAfterDays, "The age in days at which the current key is replaced by a new one. It must be greater than the sum of `overlap_days` and `delete_after_days`."),
		"overlap_days":      days(1, overlapDays, "The number of days after a rotation during which the previous key stays active, so that programs can change to the new key."),
		"delete_after_days": days(0, deleteAfterDays, "The number of days between the disabling and the deletion of the previous key, during which the key can be enabled again."),
		"pgp_key": schema.StringAttribute{
			Optional: true, Validators: []validator.String{pgp.KeyValidator{}},
			MarkdownDescription: "A PGP public key, ASCII-armored or in Base64, for which the secrets of new keys are encrypted, so that they are never in the state. A change applies to the next key.",
		},
	}
	attributes["network_policy"] = rotationPolicyAttribute()
	computed := func(name, docs string, sensitive bool) {
		for _, slot := range []string{"current", "previous"} {
			attributes[slot+"_"+name] = schema.StringAttribute{Computed: true, Sensitive: sensitive, MarkdownDescription: fmt.Sprintf(docs, slot)}
		}
	}
	computed("access_key_id", "The id of the %s key; null if there is none.", false)
	computed("status", "`Active` or `Inactive`: the status of the %s key.", false)
	computed("create_date", "When the %s key was created, by the service's clock.", false)
	computed("secret", "The secret of the %s key. The state contains it in plain text. It is null if `pgp_key` was set when the key was created, and for an imported key.", true)
	computed("encrypted_secret", "The secret of the %s key, encrypted for `pgp_key`: a binary OpenPGP message in Base64.", false)
	computed("key_fingerprint", "The fingerprint of the PGP key for which the secret of the %s key was encrypted.", false)
	resp.Schema = schema.Schema{
		MarkdownDescription: "Rotates the AccessKey pair of a RAM user without downtime. It uses **both keys** that a user can have. When the current key is older than `rotate_after_days`, the resource creates a new one. " +
			"The old key stays active for `overlap_days`, is then disabled, and is deleted `delete_after_days` after that.\n\n" +
			"A step is performed by the first apply after it is due. When a step is due, the plan shows a change and a warning that names the step, so a nightly plan with `-detailed-exitcode` reports it. " +
			"When no step is due, the plan is empty. The provider derives the steps from the dates of the keys and the service's clock, so a late run, or a run after an interruption, continues where the previous run ended.\n\n" +
			"A key that this resource did not create or import is never changed: while such a key is the second key of the user, a due rotation only results in a warning. The last active key is never disabled. " +
			"A previous key that was used during the last `delete_after_days` days is not deleted, and the plan reports this in a warning. After an import, a previous key that was used during the last `overlap_days` days is not disabled either, because the provider does not know whether programs already use the current key. A key that the provider itself uses is never disabled or deleted: a plan that would do so is an error.\n\n" +
			"If the user already has keys, import the resource: creating it is an error. Destroying the resource disables and deletes both keys. Without `pgp_key`, the state contains the secrets in plain text.",
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
	config.checkPolicy(&resp.Diagnostics)
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
	diags.AddAttributeError(path.Root("rotate_after_days"), "Invalid rotation period", fmt.Sprintf(
		"A user can have two keys. After %d days a third key would be required, because the previous key is kept for %d days. Set rotate_after_days to more than overlap_days and delete_after_days together.", rotate, taken))
	return false
}

func failedRotation(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the AccessKey rotation", State: state}
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
	f := failedRotation("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	r.adoptKeys(&state)
	listing, err := r.keys(&state.Object).Read(ctx, state.ids()...)
	if err == nil && state.UserID.IsNull() && listing.UserExists { // imported
		state.adopt(listing.All)
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
	notes := readNotes(ctx, req.Private, &resp.Diagnostics)
	state.applyListing(listing, notes, now)
	if state.CurrentID.IsNull() && state.PreviousID.IsNull() {
		r.RemoveFromState(ctx, state.Identity(), resp, "The AccessKey rotation of "+state.UserName.ValueString()+" no longer exists", fmt.Sprintf(
			"The RAM user %q of account %s, or both of its keys, no longer exist, and the secrets of the keys are lost. A deleted key can be restored from the recycle bin for about a month.", state.UserName.ValueString(), account))
		return
	}
	if diagnostics.Report(&resp.Diagnostics, f, r.showPolicy(ctx, &state)) {
		return
	}
	if notes.update(&state, listing.All, now) {
		notes.write(ctx, resp.Private, &resp.Diagnostics)
	}
	tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// keys is the keys of the user of an object.
func (r *rotationResource) keys(o *owner.Object) credential.Set[ram.AccessKey] {
	return credential.AccessKeys(r.Instance, o)
}

// adoptKeys records that this run manages both keys.
func (r *rotationResource) adoptKeys(m *rotationModel) {
	for _, id := range m.ids() {
		r.Adopt(accessKeyObject(id))
	}
}

// applyListing copies the keys that two reads listed, and clears the slot of a key that neither of them
// contains, unless the service may not list it yet.
func (m *rotationModel) applyListing(listing credential.Listing[ram.AccessKey], notes rotationNotes, now time.Time) {
	for _, slot := range []rotated{m.current(), m.previous()} {
		key, found := slot.in(listing.All)
		switch {
		case slot.id.IsNull():
		case found:
			slot.show(key)
		case !listing.UserExists || !notes.mayBeUnlisted(slot, now):
			slot.clear()
		}
	}
}

// rotationNotes is the private state of a rotation: facts that the service does not return.
type rotationNotes struct {
	Created  string    // the current key, if this resource created it
	Unlisted string    // a key that the service created, and has not listed yet
	Inactive string    // the previous key
	Since    time.Time // when it was disabled, or first seen as Inactive, by the service's clock
}

const notesKey = "rotation"

func readNotes(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) rotationNotes {
	if notes := tf.ReadPrivate[rotationNotes](ctx, private, notesKey, "AccessKey rotation", diags); notes != nil {
		return *notes
	}
	return rotationNotes{}
}

func (n rotationNotes) write(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, notesKey, n, diags)
}

// mayBeUnlisted reports whether the service has never listed the key of a slot, and may still
// list it.
func (n rotationNotes) mayBeUnlisted(slot rotated, now time.Time) bool {
	created, err := time.Parse(time.RFC3339, slot.createDate.ValueString())
	return n.Unlisted == slot.id.ValueString() && (err != nil || now.Sub(created) < instance.LateLimit)
}

// update records that a key was listed for the first time, or that the previous key is Inactive if the service
// does not return since when, and reports whether the notes have changed.
func (n *rotationNotes) update(m *rotationModel, keys []ram.AccessKey, now time.Time) (changed bool) {
	if _, listed := credential.In(keys, n.Unlisted); listed {
		n.Unlisted, changed = "", true
	}
	key, found := m.previous().in(keys)
	if !found || key.Status == ram.Active || !key.UpdateDate.IsZero() || n.Inactive == key.ID {
		return changed
	}
	n.Inactive, n.Since = key.ID, now
	return true
}

// inactiveSince is when a key that is Inactive was disabled, as far as that is known.
func (n rotationNotes) inactiveSince(key ram.AccessKey) (since time.Time, known bool) {
	since = key.UpdateDate
	if n.Inactive == key.ID && n.Since.After(since) {
		since = n.Since
	}
	return since, !since.IsZero()
}

func (r *rotationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[rotationModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() || !plan.fits(&resp.Diagnostics) || !plan.checkPolicy(&resp.Diagnostics) || !r.checkPGP(plan, &resp.Diagnostics) {
		return
	}
	f := failedRotation("create", r.keys(&plan.Object).Kind.NotCreated())
	if !owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	unlock, err := r.Client.Lock(ctx, keysLock(plan.Object))
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	keys, err := r.Client.RefreshAccessKeys(ctx, plan.UserName.ValueString())
	if diagnostics.Report(&resp.Diagnostics, f, err) || !r.checkNoKeys(plan, keys, &resp.Diagnostics) {
		return
	}
	plan.current().clear()
	plan.previous().clear()
	creation, err := r.createKey(ctx, &plan, keys)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, plan.Identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	notes := rotationNotes{Created: plan.CurrentID.ValueString(), Unlisted: plan.CurrentID.ValueString()}
	notes.write(ctx, resp.Private, &resp.Diagnostics)
	if waitCreated(ctx, creation, plan, &resp.Diagnostics) {
		notes.Unlisted = ""
		notes.write(ctx, resp.Private, &resp.Diagnostics)
	}
}

// maxSteps is more than can be due at once: to disable and to delete the previous key, and
// to create a new one.
const maxSteps = 4

// Update does what is due, step by step, and saves each step before the next: it can be
// interrupted at any time, and run again.
func (r *rotationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
	m := tf.Get[rotationModel](ctx, req.Plan, &resp.Diagnostics)
	notes := readNotes(ctx, req.Private, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, m.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	f := failedRotation("update", "Nothing was changed.")
	if resp.Diagnostics.HasError() || !m.fits(&resp.Diagnostics) || !r.checkPGP(m, &resp.Diagnostics) || !owner.PrepareUpdate(ctx, r.Instance, f, &m.Object, &resp.Diagnostics) {
		return
	}
	m.current().copyFrom(state.current())
	m.previous().copyFrom(state.previous())
	unlock, err := r.Client.Lock(ctx, keysLock(m.Object))
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	r.adoptKeys(&m)
	if !m.checkPolicy(&resp.Diagnostics) || r.refusePolicy(ctx, m, &resp.Diagnostics) || diagnostics.Report(&resp.Diagnostics, f, r.protectAll(ctx, &m)) {
		return
	}
	f.State = "The steps that were done are in the state; the next apply does the rest."
	for range maxSteps {
		listing, err := r.keys(&m.Object).Refresh(ctx, m.ids()...)
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		now, err := r.Client.ServerTime(ctx)
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		m.applyListing(listing, notes, now)
		notes.update(&m, listing.All, now)
		tf.Save(ctx, m.Identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
		more, err := r.advance(ctx, &m, &notes, listing.All, &resp.Diagnostics)
		tf.Save(ctx, m.Identity(), m, &resp.State, resp.Identity, &resp.Diagnostics)
		notes.write(ctx, resp.Private, &resp.Diagnostics)
		if diagnostics.Report(&resp.Diagnostics, f, err) || !more {
			return
		}
	}
}

// advance does the one step that is due, and reports whether another one may be due.
func (r *rotationResource) advance(ctx context.Context, m *rotationModel, notes *rotationNotes, keys []ram.AccessKey, diags *diag.Diagnostics) (bool, error) {
	step, err := r.step(ctx, m, *notes, keys)
	if err != nil || step.kind == stepNone || step.blocked != "" {
		return false, err
	}
	if step.key.ID != "" && owner.IsOwnKey(r.Instance, step.key.ID) {
		ownKeyRefused("retire", step.key.ID, diags)
		return false, nil
	}
	switch step.kind {
	case stepNone:
	case stepCreate:
		creation, err := r.createKey(ctx, m, keys)
		if err != nil {
			return false, err
		}
		*notes = rotationNotes{Created: m.CurrentID.ValueString()}
		if !waitCreated(ctx, creation, *m, diags) {
			notes.Unlisted = notes.Created
			return false, nil
		}
	case stepDisable:
		if err := r.keys(&m.Object).Disable(ctx, step.key.ID); err != nil {
			return false, diagnostics.WithState("The previous key may be disabled. The next apply continues with it.", err)
		}
		m.PreviousStatus = types.StringValue(ram.Inactive)
		notes.Inactive = step.key.ID
		notes.Since, err = r.Client.ServerTime(ctx)
		return true, err
	case stepDelete:
		// It is not disabled again: that would count as a change of today, from which the
		// days until the deletion would be counted again if this fails.
		if err := r.keys(&m.Object).Delete(ctx, step.key.ID, true); err != nil {
			return false, diagnostics.WithState("The previous key may be deleted. The next apply continues with it.", err)
		}
		m.previous().clear()
	}
	return true, nil
}

// createKey creates a key, and puts it and its secret into the model.
func (r *rotationResource) createKey(ctx context.Context, m *rotationModel, before []ram.AccessKey) (*credential.Creation[ram.AccessKey], error) {
	creation := &credential.Creation[ram.AccessKey]{Set: r.keys(&m.Object), Before: before}
	fingerprint := types.StringNull()
	if !m.PGPKey.IsNull() {
		to, err := pgp.CheckKey(m.PGPKey.ValueString(), r.Client.Now())
		if err != nil {
			return creation, diagnostics.WithState(creation.Kind.NotCreated(), err)
		}
		creation.Encrypt, fingerprint = to.Encrypt, types.StringValue(to.Fingerprint)
	}
	if _, managed := m.policy(); managed {
		creation.Protect = func(ctx context.Context, id string) error { return r.protect(ctx, m, id) }
	}
	created, err := creation.Create(ctx)
	if err != nil {
		return creation, err
	}
	r.Adopt(accessKeyObject(created.ID()))
	if !m.CurrentID.IsNull() {
		m.previous().copyFrom(m.current())
	}
	m.current().clear()
	key := created.Credential
	key.Status = ram.Active
	m.current().show(key)
	m.CurrentFingerprint = fingerprint
	if creation.Encrypt == nil {
		m.CurrentSecret = types.StringValue(created.Secret)
	} else {
		m.CurrentEncrypted = types.StringValue(created.EncryptedSecret)
	}
	return creation, nil
}

// waitCreated waits until the new key is listed, and warns of keys that appear beside it.
// If it is not listed, nothing more is done: the next step depends on the list.
func waitCreated(ctx context.Context, creation *credential.Creation[ram.AccessKey], m rotationModel, diags *diag.Diagnostics) bool {
	id := m.CurrentID.ValueString()
	_, listed := creation.WaitListed(ctx, id, ram.Active, diags)
	creation.Warn(id, listed, diags)
	return listed
}

func (r *rotationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[rotationModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedRotation("delete", "Both keys are unchanged.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok || r.refuseOwn("delete", state, &resp.Diagnostics) {
		return
	}
	now, err := r.Client.ServerTime(ctx)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	notes := readNotes(ctx, req.Private, &resp.Diagnostics)
	for _, slot := range []rotated{state.previous(), state.current()} {
		if slot.id.IsNull() {
			continue
		}
		err := r.keys(&state.Object).Remove(ctx, slot.id.ValueString(), !notes.mayBeUnlisted(slot, now))
		if diagnostics.Report(&resp.Diagnostics, failedRotation("delete", ""), err) {
			return
		}
		slot.clear()
		tf.Save(ctx, state.Identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// refuseOwn refuses to delete a key that the provider itself uses.
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
		"The provider itself signs with the key %s, or assumes a role with it. This run could not continue without it, and the next run could not start. Nothing was changed.\n\n"+
			"Configure the provider with the current key or with other credentials, and run again.", id))
}
