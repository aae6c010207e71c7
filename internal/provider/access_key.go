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
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var (
	_ resource.ResourceWithConfigure   = (*accessKeyResource)(nil)
	_ resource.ResourceWithIdentity    = (*accessKeyResource)(nil)
	_ resource.ResourceWithImportState = (*accessKeyResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*accessKeyResource)(nil)
	_ list.ListResourceWithConfigure   = (*accessKeyResource)(nil)
)

func newAccessKey() *accessKeyResource { return &accessKeyResource{} }

// accessKeyResource is an AccessKey pair of a user. The service shows its secret once.
type accessKeyResource struct{ instance.Resource }

type accessKeyModel struct {
	owner.Object
	secretOnce

	AccessKeyID types.String `tfsdk:"access_key_id"`
	Status      types.String `tfsdk:"status"`
	CreateDate  types.String `tfsdk:"create_date"`
	AllowSelf   types.Bool   `tfsdk:"allow_self"`
}

// accessKeyIdentity reports which key it is, and whose.
type accessKeyIdentity struct {
	owner.UserIdentity

	AccessKeyID types.String `tfsdk:"access_key_id"`
}

func (m accessKeyModel) identity() any {
	return accessKeyIdentity{owner.UserIdentity{AccountID: m.AccountID, UserName: m.UserName}, m.AccessKeyID}
}

// show puts what the service lists of the key into the model. When it was created
// does not change, so the spelling that is there stays.
func (m *accessKeyModel) show(key ram.AccessKey) {
	m.AccessKeyID, m.Status = types.StringValue(key.ID), types.StringValue(key.Status)
	if m.CreateDate.IsNull() || m.CreateDate.IsUnknown() {
		m.CreateDate = tf.Timestamp(key.CreateDate)
	}
}

func (r *accessKeyResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_key"
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *accessKeyResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	constant := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "An AccessKey pair of a RAM user, with which programs sign their calls.\n\n" +
			"The service returns the secret once, when the key is created. **Without `pgp_key`, the state contains the secret in plain text**, as `secret`, and everyone who can read the state can use the key. " +
			"With `pgp_key`, the state contains only `encrypted_secret`. The provider writes no secret to a file. It is better to pass the secret to a secret store in the same configuration, or to encrypt it, than to save it to a file. " +
			"If you need a file, use `local_sensitive_file` of the provider `hashicorp/local`.\n\n" +
			"A user can have two keys. Creating a third is an error that names the two keys, and no request is sent. " +
			"To rotate without an interruption, set `rotate_when_changed` and `lifecycle { create_before_destroy = true }`. The user then has two keys for a short time, so the user can have only one such resource and no other key. " +
			"Without `create_before_destroy`, the old key is deleted first, and programs cannot sign their calls until they have the new key.\n\n" +
			"The create is sent once. If its outcome is unknown, because the connection broke or the response cannot be read, the provider lists the keys of the user. If the list contains a key that was not there before, " +
			"the provider stops with an error that names the key. It never deletes a key that it cannot identify.\n\n" +
			"Destroying disables the key, deletes it, and reads the list of keys to confirm the deletion. A deleted key can be restored from the recycle bin for about a month.",
		Attributes: owner.Attributes(ctx, withSecret("key", map[string]schema.Attribute{
			"access_key_id": schema.StringAttribute{
				Computed: true, PlanModifiers: constant,
				MarkdownDescription: "The id of the key, which is not secret.",
			},
			// Computed too: a status that the configuration omits keeps its value, and is shown.
			"status": schema.StringAttribute{
				Optional: true, Computed: true, PlanModifiers: constant,
				Validators: []validator.String{stringvalidator.OneOf(ram.Active, ram.Inactive)},
				MarkdownDescription: "`Active` or `Inactive`. If it is omitted, the status is not managed: a key that was disabled, by an administrator during an incident or by the service because it was idle, stays disabled. " +
					"If it is `Active`, the apply enables such a key again, and the plan warns of it.",
			},
			"create_date": schema.StringAttribute{
				Computed: true, PlanModifiers: constant,
				MarkdownDescription: "When the key was created, by the service's clock.",
			},
			"allow_self": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether Terraform may disable, replace or delete a key that the provider itself uses. If it is `false` (the default), such a plan is an error. " +
					"A replacement and a destroy use the value of the last apply, so apply a changed value first.",
			},
		})),
	}
}

func (r *accessKeyResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(map[string]identityschema.Attribute{
		"user_name":     identityschema.StringAttribute{OptionalForImport: true, Description: "The name of the RAM user to whom the key belongs."},
		"access_key_id": identityschema.StringAttribute{RequiredForImport: true, Description: "The id of the key."},
	})
}

func failedKey(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the AccessKey pair", State: state}
}

func (r *accessKeyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importKey(ctx, r.Instance, failedKey("import", "The state is unchanged."), "allow_self", req, resp)
}

// importKey imports a key, or what there is one of for each key: by `<key_id>`, whose
// owner it requests, by `<user_name>:<key_id>`, or by identity. The argument of ours
// gets its default, false.
func importKey(ctx context.Context, i *instance.Instance, f diagnostics.Operation, ours string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	var who accessKeyIdentity
	if req.ID == "" {
		who = tf.Get[accessKeyIdentity](ctx, req.Identity, &resp.Diagnostics)
	} else if name, id, both := strings.Cut(req.ID, ":"); both {
		who.UserName, who.AccessKeyID = types.StringValue(name), types.StringValue(id)
	} else {
		who.AccessKeyID = types.StringValue(req.ID)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	account, ok := instance.CheckNamedAccount(ctx, i, f, who.AccountID, &resp.Diagnostics)
	if !ok {
		return
	}
	user, ok := importedOwner(ctx, i, f, who, &resp.Diagnostics)
	if !ok {
		return
	}
	who.AccountID, who.UserName = types.StringValue(account), types.StringValue(user.Name)
	for name, value := range map[string]any{
		"account_id": account, "user_name": user.Name, "user_id": user.ID, "access_key_id": who.AccessKeyID, ours: false,
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
	tf.Set(ctx, who, resp.Identity, &resp.Diagnostics)
}

// importedOwner is the user whose key is imported.
func importedOwner(ctx context.Context, i *instance.Instance, f diagnostics.Operation, who accessKeyIdentity, diags *diag.Diagnostics) (ram.User, bool) {
	name, id := who.UserName.ValueString(), who.AccessKeyID.ValueString()
	if id == "" || !who.UserName.IsNull() && !owner.UserNamePattern.MatchString(name) {
		diags.AddError("Cannot "+f.Name, fmt.Sprintf("An AccessKey pair is imported by its id, such as \"LTAI5t...\", or by its user's name and its id, such as \"alice:LTAI5t...\". %s", f.State))
		return ram.User{}, false
	}
	user, found, err := keyOwner(ctx, i, name, id)
	if !found && (err == nil || ram.NotFound(err, "User", "User.AccessKey")) {
		because := ""
		if err != nil {
			because = "\n\n" + diagnostics.Explain(err)
		}
		diags.AddError("Cannot "+f.Name, fmt.Sprintf(
			"No RAM user %sof this account has the key %s. The key may be deleted, or belong to another user, to another account, or to the root account, whose keys the provider does not manage. %s%s",
			map[bool]string{true: name + " "}[name != ""], id, f.State, because))
		return ram.User{}, false
	}
	return user, !diagnostics.Report(diags, f, err)
}

// keyOwner is the user who has a key: the one who is named, if any.
func keyOwner(ctx context.Context, i *instance.Instance, name, id string) (user ram.User, found bool, err error) {
	if name == "" {
		user, err = i.Client.AccessKeyOwner(ctx, id)
		return user, err == nil, err
	}
	if user, err = i.Client.User(ctx, name); err != nil {
		return user, false, err
	}
	keys, err := i.Client.AccessKeys(ctx, name)
	_, found = credential.In(keys, id)
	return user, found, err
}

func (r *accessKeyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[accessKeyModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedKey("create", r.keys(&plan.Object).Kind.NotCreated())
	encrypt, ok := r.prepareCreate(ctx, f, &plan, &resp.Diagnostics)
	if !ok {
		return
	}
	// Creates for one user wait for each other: otherwise one of them, whose outcome is
	// unknown, would count the key of the other as its own.
	unlock, err := r.Client.Lock(ctx, keysLock(plan.Object))
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	before, ok := r.checkQuota(ctx, f, plan, &resp.Diagnostics)
	if !ok {
		return
	}
	creation := &credential.Creation[ram.AccessKey]{Set: r.keys(&plan.Object), Encrypt: encrypt, Before: before}
	r.create(ctx, f, creation, plan, resp)
}

// prepareCreate checks everything that can be checked without creating a key (KEY-06).
// What was unknown when the plan was made is checked here for the first time.
func (r *accessKeyResource) prepareCreate(ctx context.Context, f diagnostics.Operation, plan *accessKeyModel, diags *diag.Diagnostics) (encrypt func(string) (string, error), ok bool) {
	if name := plan.UserName.ValueString(); !owner.UserNamePattern.MatchString(name) {
		diags.AddAttributeError(path.Root("user_name"), "Cannot create the AccessKey pair", fmt.Sprintf(
			"%q is not the name of a RAM user. Without a name, the service would create a key for the caller itself. %s", name, f.State))
		return nil, false
	}
	if encrypt, ok = plan.encryption(r.Client.Now(), diags); !ok {
		return nil, false
	}
	return encrypt, owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, diags)
}

// checkQuota lists the user's keys, and refuses to create one that would be too many (KEY-08).
func (r *accessKeyResource) checkQuota(ctx context.Context, f diagnostics.Operation, plan accessKeyModel, diags *diag.Diagnostics) (keys []ram.AccessKey, ok bool) {
	keys, known := r.Client.ConfirmedAccessKeys(plan.UserName.ValueString())
	if !known {
		var err error
		if keys, err = r.Client.RefreshAccessKeys(ctx, plan.UserName.ValueString()); diagnostics.Report(diags, f, err) {
			return nil, false
		}
	}
	return keys, r.quotaCheck(f, plan).check(ctx, keys, diags)
}

func (r *accessKeyResource) quotaCheck(f diagnostics.Operation, plan accessKeyModel) quotaCheck[ram.AccessKey] {
	return quotaCheck[ram.AccessKey]{
		Set: r.keys(&plan.Object), operation: f, quota: "AccessKeysPerUserQuota", object: accessKeyObject,
		full: "%s has %d keys already, and a user cannot have more. %s",
	}
}

// create creates the key and saves it before anything else can fail (KEY-05).
func (r *accessKeyResource) create(ctx context.Context, f diagnostics.Operation, creation *credential.Creation[ram.AccessKey], plan accessKeyModel, resp *resource.CreateResponse) {
	created, err := creation.Create(ctx)
	wanted := plan.Status
	if created.ID() != "" {
		r.Adopt(accessKeyObject(created.ID()))
		plan.showCreated(created)
		tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	r.finishCreate(ctx, creation, plan, wanted.ValueString() == ram.Inactive, resp)
}

// showCreated writes a key that was just created to the model.
func (m *accessKeyModel) showCreated(created credential.Created[ram.AccessKey]) {
	m.AccessKeyID, m.Status, m.CreateDate = types.StringValue(created.ID()), types.StringValue(ram.Active), tf.Timestamp(created.Credential.CreateDate)
	m.showSecret(created.Secret, created.EncryptedSecret)
}

// finishCreate waits until the service lists the key, gives it its status, and warns of
// keys that appear beside it.
func (r *accessKeyResource) finishCreate(ctx context.Context, creation *credential.Creation[ram.AccessKey], created accessKeyModel, disable bool, resp *resource.CreateResponse) {
	id := created.AccessKeyID.ValueString()
	keys, listed := creation.WaitListed(ctx, id, ram.Active, &resp.Diagnostics)
	defer func() { creation.Warn(id, listed, &resp.Diagnostics) }()
	if !listed {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, neverListed, []byte("true"))...)
	}
	if key, found := credential.In(keys, id); found && created.CreateDate.IsNull() {
		created.CreateDate = tf.Timestamp(key.CreateDate)
		tf.Save(ctx, created.identity(), created, &resp.State, resp.Identity, &resp.Diagnostics)
	}
	if !disable || !disableCreated(ctx, failedKey("create", ""), r.keys(&created.Object), id, &resp.Diagnostics) {
		return
	}
	created.Status = types.StringValue(ram.Inactive)
	tf.Save(ctx, created.identity(), created, &resp.State, resp.Identity, &resp.Diagnostics)
	creation.WaitListed(ctx, id, ram.Inactive, &resp.Diagnostics)
}

func (r *accessKeyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[accessKeyModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	unlisted, more := req.Private.GetKey(ctx, neverListed)
	resp.Diagnostics.Append(more...)
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedKey("read", "The state is unchanged.")
	account, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics)
	if !ok {
		return
	}
	state.AccountID = types.StringValue(account)
	id := state.AccessKeyID.ValueString()
	r.Adopt(accessKeyObject(id))
	listing, err := r.keys(&state.Object).Read(ctx, id)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	key, found := credential.In(listing.All, id)
	if !found {
		r.missing(ctx, state, unlisted != nil, resp)
		return
	}
	if state.UserID.IsNull() { // moved here, or from before there were user ids
		user, err := r.Client.User(ctx, state.UserName.ValueString())
		if diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
		state.UserID = types.StringValue(user.ID)
	}
	if unlisted != nil {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, neverListed, nil)...)
	}
	state.show(key)
	tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// keys is the keys of the user of an object.
func (r *accessKeyResource) keys(o *owner.Object) credential.Set[ram.AccessKey] {
	return credential.AccessKeys(r.Instance, o)
}

// missing removes a key that two reads have missed from the state, and with it the
// secret, unless the service may not list it yet.
func (r *accessKeyResource) missing(ctx context.Context, state accessKeyModel, unlisted bool, resp *resource.ReadResponse) {
	id := state.AccessKeyID.ValueString()
	if unlisted && createdRecently(ctx, r.Instance, state.CreateDate) {
		resp.Diagnostics.AddWarning(fmt.Sprintf("The AccessKey %s is not listed yet", id), fmt.Sprintf(
			"The service created the key %s of %s less than %s ago and has not listed it since. The state, with the secret, is unchanged. Run terraform plan again later.",
			id, state.UserName.ValueString(), instance.LateLimit))
		tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
		return
	}
	r.RemoveFromState(ctx, state.identity(), resp, fmt.Sprintf("The AccessKey %s no longer exists", id), fmt.Sprintf(
		"The key %s of %s no longer exists, so it was removed from the state, and its secret is lost. If it was deleted by mistake, restore it within about a month of its deletion "+
			"from the recycle bin (aliyun ims RestoreAccessKeyFromRecycleBin --UserAccessKeyId %[1]s --UserId %[3]s), and import it.",
		id, state.UserName.ValueString(), state.UserID.ValueString()))
}

func (r *accessKeyResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[accessKeyModel](ctx, req.State, &resp.Diagnostics)
	plan := tf.Get[accessKeyModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[accessKeyModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedKey("update", "It is unchanged.")
	if !owner.PrepareUpdate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	if state.UserID.IsNull() && !owner.CheckKeyOwner(ctx, r.Instance, f, plan.Object, plan.AccessKeyID.ValueString(), &resp.Diagnostics) {
		return
	}
	wanted := plan.Status.ValueString()
	if config.Status.IsNull() || wanted == state.Status.ValueString() {
		tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
		return
	}
	if wanted == ram.Inactive && r.refuseSelf("disable", plan, &resp.Diagnostics) {
		return
	}
	id, keys := plan.AccessKeyID.ValueString(), r.keys(&plan.Object)
	missing, err := keys.SetStatus(ctx, id, wanted)
	if missing {
		err = errMissing(keys.Kind)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	if !confirmStatus(ctx, f, keys, id, wanted, &resp.Diagnostics) {
		plan.Status = state.Status
		tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

func (r *accessKeyResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[accessKeyModel](ctx, req.State, &resp.Diagnostics)
	unlisted, more := req.Private.GetKey(ctx, neverListed)
	resp.Diagnostics.Append(more...)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedKey("delete", "The key is unchanged.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	if r.refuseSelf("delete", state, &resp.Diagnostics) {
		return
	}
	if state.UserID.IsNull() { // moved here, and not read since
		if _, err := owner.FollowKeyOwner(ctx, r.Instance, &state.Object, state.AccessKeyID.ValueString()); diagnostics.Report(&resp.Diagnostics, f, err) {
			return
		}
	}
	listed := unlisted == nil || !createdRecently(ctx, r.Instance, state.CreateDate)
	err := r.keys(&state.Object).Remove(ctx, state.AccessKeyID.ValueString(), listed)
	diagnostics.Report(&resp.Diagnostics, failedKey("delete", "The state contains the key."), err)
}
