// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
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
	_ resource.ResourceWithConfigure   = (*serviceCredentialResource)(nil)
	_ resource.ResourceWithIdentity    = (*serviceCredentialResource)(nil)
	_ resource.ResourceWithImportState = (*serviceCredentialResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*serviceCredentialResource)(nil)
	_ list.ListResourceWithConfigure   = (*serviceCredentialResource)(nil)
)

func newServiceCredential() *serviceCredentialResource { return &serviceCredentialResource{} }

// serviceCredentialResource is a credential of a user for one service. The service shows its secret once.
type serviceCredentialResource struct{ instance.Resource }

type serviceCredentialModel struct {
	owner.Object
	secretOnce

	ID             types.String `tfsdk:"service_credential_id"`
	Name           types.String `tfsdk:"service_credential_name"`
	ServiceName    types.String `tfsdk:"service_name"`
	AgeDays        types.Int64  `tfsdk:"credential_age_days"`
	Status         types.String `tfsdk:"status"`
	CreateTime     types.String `tfsdk:"create_time"`
	ExpirationTime types.String `tfsdk:"expiration_time"`
}

type serviceCredentialIdentity struct {
	owner.UserIdentity

	ID types.String `tfsdk:"service_credential_id"`
}

func (m serviceCredentialModel) identity() any {
	return serviceCredentialIdentity{owner.UserIdentity{AccountID: m.AccountID, UserName: m.UserName}, m.ID}
}

// show puts what the service lists of the credential into the model. Its times do not change, so the spelling that is there
// stays.
func (m *serviceCredentialModel) show(live ram.ServiceCredential) {
	m.ID, m.Status, m.Name = types.StringValue(live.ID), types.StringValue(live.Status), types.StringValue(live.Name)
	if live.ServiceName != "" {
		m.ServiceName = types.StringValue(live.ServiceName)
	}
	if m.CreateTime.IsNull() || m.CreateTime.IsUnknown() {
		m.CreateTime = tf.Timestamp(live.CreateTime)
	}
	if m.ExpirationTime.IsNull() || m.ExpirationTime.IsUnknown() {
		m.ExpirationTime = tf.Timestamp(live.ExpirationTime)
	}
	if (m.AgeDays.IsNull() || m.AgeDays.IsUnknown()) && !live.CreateTime.IsZero() {
		m.AgeDays = ageInDays(live)
	}
}

// ageInDays is the age that the credential was created with; null: it is permanent.
func ageInDays(live ram.ServiceCredential) types.Int64 {
	if live.ExpirationTime.IsZero() {
		return types.Int64Null()
	}
	return types.Int64Value(int64((live.ExpirationTime.Sub(live.CreateTime) + day/2) / day))
}

func (r *serviceCredentialResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_service_credential"
	resp.ResourceBehavior.MutableIdentity = true // a user may be renamed
}

var (
	credentialNamePattern = tf.NewLazyRegexp(`^[A-Za-z0-9._-]{1,128}$`)
	serviceNamePattern    = tf.NewLazyRegexp(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
)

func (r *serviceCredentialResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	constant := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A service credential of a RAM user: a long-lived key for one service, which the service also calls an API key.\n\n" +
			"The service returns the secret once, when the credential is created. **Without `pgp_key` the secret is in the state**, as `secret`, so everyone who can read the state can use it; " +
			"with `pgp_key` only `encrypted_secret` is.\n\n" +
			"A user can have two credentials for one service. A third is refused before the request is sent, with an error that names the two. " +
			"To rotate without a gap, set `rotate_when_changed` and `lifecycle { create_before_destroy = true }`. An expired credential is not replaced by itself: the plan warns of it.\n\n" +
			"The create is sent once. If its outcome is unknown, because the connection broke or the response cannot be read, the provider lists the credentials and, if there is one that was not there before, " +
			"stops with an error that names it: a credential that cannot be identified is never deleted.\n\n" +
			"Destroying disables the credential, deletes it, and reads the list of credentials to confirm the deletion. It cannot be restored. Service credentials exist since July 2026; some of their rules are not documented.",
		Attributes: owner.Attributes(ctx, withSecret("service credential", map[string]schema.Attribute{
			"service_credential_id": schema.StringAttribute{
				Computed: true, PlanModifiers: constant,
				MarkdownDescription: "The id of the credential, which is not secret.",
			},
			"service_credential_name": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{credentialNamePattern.Validator("must be 1 to 128 letters, digits, dots, dashes and underscores")},
				MarkdownDescription: "The name of the credential: 1 to 128 letters, digits, dots, dashes and underscores. It is changed in place.",
			},
			"service_name": schema.StringAttribute{
				Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
				Validators:          []validator.String{serviceNamePattern.Validator("must be the name of a service, such as dashscope.aliyuncs.com")},
				MarkdownDescription: "The service that accepts the credential, such as `dashscope.aliyuncs.com`. Another service replaces the credential.",
			},
			"credential_age_days": schema.Int64Attribute{
				Optional: true, Computed: true, PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
				Validators: []validator.Int64{int64validator.Between(1, 36600)},
				MarkdownDescription: "After how many days the credential expires: 1 to 36600. If it is omitted, a new credential does not expire, and an existing one keeps its expiration. " +
					"The service cannot change the age, so another value replaces the credential.",
			},
			// Computed too: a status that the configuration omits keeps its value, and is shown.
			"status": schema.StringAttribute{
				Optional: true, Computed: true, PlanModifiers: constant,
				Validators: []validator.String{stringvalidator.OneOf(ram.Active, ram.Inactive)},
				MarkdownDescription: "`Active` or `Inactive`. If it is omitted, the status is not managed: a credential that was disabled during an incident stays disabled. " +
					"`Active` in the configuration enables such a credential again, and the plan warns of it.",
			},
			"create_time": schema.StringAttribute{
				Computed: true, PlanModifiers: constant,
				MarkdownDescription: "When the credential was created, by the service's clock.",
			},
			"expiration_time": schema.StringAttribute{
				Computed: true, PlanModifiers: constant,
				MarkdownDescription: "When the credential expires; null: never.",
			},
		})),
	}
}

func (r *serviceCredentialResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = owner.IdentitySchema(map[string]identityschema.Attribute{
		"service_credential_id": identityschema.StringAttribute{RequiredForImport: true, Description: "The id of the service credential."},
	})
}

func failedServiceCredential(verb, state string) diagnostics.Operation {
	return diagnostics.Operation{Name: verb + " the service credential", State: state}
}

// credentials are the service credentials of the user of an object, for whatever service.
func (r *serviceCredentialResource) credentials(o *owner.Object) credential.Set[ram.ServiceCredential] {
	return credential.ServiceCredentials(r.Instance, o, ram.NewServiceCredential{}, "")
}

// serviceCredentialObject is the name under which this run records that it manages a service credential.
func serviceCredentialObject(id string) string { return "service credential " + id }

func (r *serviceCredentialResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	ctx, cancel := context.WithTimeout(ctx, tf.DefaultTimeout)
	defer cancel()
	var who serviceCredentialIdentity
	if req.ID == "" {
		who = tf.Get[serviceCredentialIdentity](ctx, req.Identity, &resp.Diagnostics)
	} else {
		name, id, _ := strings.Cut(req.ID, ":")
		who.UserName, who.ID = types.StringValue(name), types.StringValue(id)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedServiceCredential("import", "The state is unchanged.")
	account, ok := instance.CheckNamedAccount(ctx, r.Instance, f, who.AccountID, &resp.Diagnostics)
	if !ok {
		return
	}
	user, live, ok := r.imported(ctx, f, account, who, &resp.Diagnostics)
	if !ok {
		return
	}
	who.AccountID, who.UserName = types.StringValue(account), types.StringValue(user.Name)
	for name, value := range map[string]any{
		"account_id": account, "user_name": user.Name, "user_id": user.ID, "service_credential_id": live.ID, "service_name": live.ServiceName,
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
	tf.Set(ctx, who, resp.Identity, &resp.Diagnostics)
}

// imported reads the credential that is imported, and its user.
func (r *serviceCredentialResource) imported(ctx context.Context, f diagnostics.Operation, account string, who serviceCredentialIdentity, diags *diag.Diagnostics) (user ram.User, live ram.ServiceCredential, ok bool) {
	name, id := who.UserName.ValueString(), who.ID.ValueString()
	if id == "" || !owner.UserNamePattern.MatchString(name) {
		diags.AddError("Cannot "+f.Name, "A service credential is imported by its user's name and its id, such as \"alice:SC...\". "+f.State)
		return user, live, false
	}
	user, err := r.Client.User(ctx, name)
	if err == nil {
		live, err = r.Client.ServiceCredential(ctx, name, id)
	}
	if ram.NotFound(err, "User", "User.ServiceCredential") {
		diags.AddError("Cannot "+f.Name, fmt.Sprintf("No RAM user %s of account %s has the service credential %s. It may be deleted, or belong to another user or account. %s\n\n%s", name, account, id, f.State, diagnostics.Explain(err)))
		return user, live, false
	}
	return user, live, !diagnostics.Report(diags, f, err)
}

func (r *serviceCredentialResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[serviceCredentialModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedServiceCredential("create", r.credentials(&plan.Object).Kind.NotCreated())
	creation, ok := r.prepareCreate(ctx, f, &plan, &resp.Diagnostics)
	if !ok {
		return
	}
	// Creates for one user wait for each other: otherwise one of them, whose outcome is
	// unknown, would count the credential of the other as its own.
	unlock, err := r.Client.Lock(ctx, "service credentials of "+plan.UserName.ValueString())
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	defer unlock()
	if creation.Before, err = creation.Kind.Refresh(ctx, plan.UserName.ValueString()); diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	enough := quotaCheck[ram.ServiceCredential]{
		Set: creation.Set, operation: f, quota: "ServiceCredentialsPerUserPerServiceQuota", object: serviceCredentialObject,
		full: "%s has %d service credentials for " + plan.ServiceName.ValueString() + " already, and a user cannot have more. %s",
	}.check(ctx, creation.Before, &resp.Diagnostics)
	if enough {
		r.create(ctx, f, creation, plan, resp)
	}
}

// prepareCreate checks everything that can be checked without creating a credential (KEY-06). What was unknown when the plan
// was made is checked here for the first time.
func (r *serviceCredentialResource) prepareCreate(ctx context.Context, f diagnostics.Operation, plan *serviceCredentialModel, diags *diag.Diagnostics) (*credential.Creation[ram.ServiceCredential], bool) {
	if name := plan.UserName.ValueString(); !owner.UserNamePattern.MatchString(name) {
		diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf(
			"%q is not the name of a RAM user. Without a name, the service would create a service credential for the caller itself. %s", name, f.State))
		return nil, false
	}
	encrypt, ok := plan.encryption(r.Client.Now(), diags)
	if !ok || !owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, diags) {
		return nil, false
	}
	domain, err := r.Client.DefaultDomain(ctx)
	if diagnostics.Report(diags, f, err) {
		return nil, false
	}
	wanted := ram.NewServiceCredential{Name: plan.Name.ValueString(), ServiceName: plan.ServiceName.ValueString(), AgeDays: plan.AgeDays.ValueInt64()}
	return &credential.Creation[ram.ServiceCredential]{Set: credential.ServiceCredentials(r.Instance, &plan.Object, wanted, domain), Encrypt: encrypt}, true
}

// create creates the credential and saves it before anything else can fail (KEY-05).
func (r *serviceCredentialResource) create(ctx context.Context, f diagnostics.Operation, creation *credential.Creation[ram.ServiceCredential], plan serviceCredentialModel, resp *resource.CreateResponse) {
	wanted := plan.Status.ValueString()
	created, err := creation.Create(ctx)
	if created.ID() != "" {
		r.Adopt(serviceCredentialObject(created.ID()))
		plan.showCreated(created)
		tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	r.finishCreate(ctx, creation, plan, wanted == ram.Inactive, resp)
}

// showCreated fills the model from a created credential. The name and the age are those of the request.
func (m *serviceCredentialModel) showCreated(created credential.Created[ram.ServiceCredential]) {
	live := created.Credential
	m.ID, m.Status = types.StringValue(live.ID), types.StringValue(ram.Active)
	m.CreateTime, m.ExpirationTime = tf.Timestamp(live.CreateTime), tf.Timestamp(live.ExpirationTime)
	if m.AgeDays.IsUnknown() {
		m.AgeDays = types.Int64Null()
	}
	m.showSecret(created.Secret, created.EncryptedSecret)
}

// finishCreate waits until the service lists the credential, gives it its status, and warns of others that appear beside it.
func (r *serviceCredentialResource) finishCreate(ctx context.Context, creation *credential.Creation[ram.ServiceCredential], created serviceCredentialModel, disable bool, resp *resource.CreateResponse) {
	id := created.ID.ValueString()
	all, listed := creation.WaitListed(ctx, id, ram.Active, &resp.Diagnostics)
	defer func() { creation.Warn(id, listed, &resp.Diagnostics) }()
	if !listed {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, neverListed, []byte("true"))...)
	}
	if live, found := credential.In(all, id); found && (created.CreateTime.IsNull() || created.ExpirationTime.IsNull()) {
		if created.CreateTime.IsNull() {
			created.CreateTime = tf.Timestamp(live.CreateTime)
		}
		created.ExpirationTime = tf.Timestamp(live.ExpirationTime)
		tf.Save(ctx, created.identity(), created, &resp.State, resp.Identity, &resp.Diagnostics)
	}
	if !disable || !disableCreated(ctx, failedServiceCredential("create", ""), creation.Set, id, &resp.Diagnostics) {
		return
	}
	created.Status = types.StringValue(ram.Inactive)
	tf.Save(ctx, created.identity(), created, &resp.State, resp.Identity, &resp.Diagnostics)
	creation.WaitListed(ctx, id, ram.Inactive, &resp.Diagnostics)
}

func (r *serviceCredentialResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := tf.Get[serviceCredentialModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Read, &resp.Diagnostics)
	defer cancel()
	unlisted, more := req.Private.GetKey(ctx, neverListed)
	resp.Diagnostics.Append(more...)
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedServiceCredential("read", "The state is unchanged.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	id := state.ID.ValueString()
	r.Adopt(serviceCredentialObject(id))
	listing, err := r.credentials(&state.Object).Read(ctx, id)
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		return
	}
	live, found := credential.In(listing.All, id)
	if !found {
		r.missing(ctx, state, unlisted != nil, resp)
		return
	}
	if unlisted != nil {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, neverListed, nil)...)
	}
	state.show(live)
	tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// missing removes a credential that two reads have missed from the state, and with it the secret, unless the service may not
// list it yet.
func (r *serviceCredentialResource) missing(ctx context.Context, state serviceCredentialModel, unlisted bool, resp *resource.ReadResponse) {
	id, user := state.ID.ValueString(), state.UserName.ValueString()
	if unlisted && createdRecently(ctx, r.Instance, state.CreateTime) {
		resp.Diagnostics.AddWarning(fmt.Sprintf("The service credential %s is not listed yet", id), fmt.Sprintf(
			"The service created the service credential %s of %s less than %s ago and has not listed it since. The state, with the secret, is unchanged. Run terraform plan again later.", id, user, instance.LateLimit))
		tf.Save(ctx, state.identity(), state, &resp.State, resp.Identity, &resp.Diagnostics)
		return
	}
	why := ""
	if r.expired(state) {
		why = " It expired at " + state.ExpirationTime.ValueString() + "."
	}
	r.RemoveFromState(ctx, state.identity(), resp, fmt.Sprintf("The service credential %s no longer exists", id), fmt.Sprintf(
		"The service credential %s of %s no longer exists, so it was removed from the state, and its secret is lost.%s A deleted service credential cannot be restored.", id, user, why))
}

// expired reports whether the credential has expired, by the service's clock.
func (r *serviceCredentialResource) expired(m serviceCredentialModel) bool {
	at, err := time.Parse(time.RFC3339, m.ExpirationTime.ValueString())
	return err == nil && !r.ServerNow().Before(at)
}

func (r *serviceCredentialResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	state := tf.Get[serviceCredentialModel](ctx, req.State, &resp.Diagnostics)
	plan := tf.Get[serviceCredentialModel](ctx, req.Plan, &resp.Diagnostics)
	config := tf.Get[serviceCredentialModel](ctx, req.Config, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedServiceCredential("update", "It is unchanged.")
	if !owner.PrepareUpdate(ctx, r.Instance, f, &plan.Object, &resp.Diagnostics) {
		return
	}
	wanted := plan.Status.ValueString()
	if !plan.Name.Equal(state.Name) {
		if !r.rename(ctx, f, plan, &resp.Diagnostics) {
			return
		}
		plan.Status = state.Status
		f.State = "Its name was changed, and its status was not."
	}
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	if config.Status.IsNull() || wanted == state.Status.ValueString() {
		return
	}
	id, all := plan.ID.ValueString(), r.credentials(&plan.Object)
	missing, err := all.SetStatus(ctx, id, wanted)
	if missing {
		err = errMissing(all.Kind)
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) {
		plan.Status = state.Status
		tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
		return
	}
	plan.Status = types.StringValue(wanted)
	tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	if !confirmStatus(ctx, f, all, id, wanted, &resp.Diagnostics) {
		plan.Status = state.Status
		tf.Save(ctx, plan.identity(), plan, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// rename changes the name of the credential, and waits until the service lists it by its new name.
func (r *serviceCredentialResource) rename(ctx context.Context, f diagnostics.Operation, plan serviceCredentialModel, diags *diag.Diagnostics) bool {
	user, id, name := plan.UserName.ValueString(), plan.ID.ValueString(), plan.Name.ValueString()
	err := r.Client.UpdateServiceCredential(ctx, user, id, ram.ServiceCredentialChange{Name: &name})
	if ram.NotFound(err, "User", "User.ServiceCredential") {
		err = errMissing(r.credentials(&plan.Object).Kind)
	}
	if diagnostics.Report(diags, f, err) {
		return false
	}
	shown, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		all, err := r.Client.RefreshServiceCredentials(ctx, user)
		live, found := credential.In(all, id)
		return found && live.Name == name, err
	})
	if !shown {
		why := fmt.Sprintf("The service has not listed it by that name within %s.", instance.ConfirmLimit)
		if err != nil {
			why = diagnostics.Explain(err)
		}
		diags.AddWarning(fmt.Sprintf("Cannot confirm the name of the service credential %s", id), fmt.Sprintf(
			"The service accepted the name %q for the service credential %s of %s. %s\n\nThe next refresh shows its name.", name, id, user, why))
	}
	return true
}

func (r *serviceCredentialResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[serviceCredentialModel](ctx, req.State, &resp.Diagnostics)
	unlisted, more := req.Private.GetKey(ctx, neverListed)
	resp.Diagnostics.Append(more...)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := failedServiceCredential("delete", "The service credential is unchanged.")
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	listed := unlisted == nil || !createdRecently(ctx, r.Instance, state.CreateTime)
	err := r.credentials(&state.Object).Remove(ctx, state.ID.ValueString(), listed)
	diagnostics.Report(&resp.Diagnostics, failedServiceCredential("delete", "The state contains the service credential."), err)
}
