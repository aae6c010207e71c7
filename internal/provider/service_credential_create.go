// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

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

// showCreated takes over a credential that was just created. The name and the age are those that were asked for.
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
