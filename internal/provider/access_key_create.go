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
