// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
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
	before, ok := r.checkRoom(ctx, f, plan, &resp.Diagnostics)
	if !ok {
		return
	}
	creation := &credential.Creation[ram.AccessKey]{Set: r.keys(&plan.Object), Encrypt: encrypt, Before: before}
	r.create(ctx, f, creation, plan, resp)
}

// keysLock is the name of the lock of a user's keys.
func keysLock(o owner.Object) string { return "access keys of " + o.UserName.ValueString() }

// prepareCreate checks everything that can be checked without creating a key (KEY-06).
// What was unknown when the plan was made is checked here for the first time.
func (r *accessKeyResource) prepareCreate(ctx context.Context, f diagnostics.Operation, plan *accessKeyModel, diags *diag.Diagnostics) (encrypt func(string) (string, error), ok bool) {
	if name := plan.UserName.ValueString(); !owner.UserNamePattern.MatchString(name) {
		diags.AddAttributeError(path.Root("user_name"), "Cannot create the AccessKey pair", fmt.Sprintf(
			"%q is not the name of a RAM user. Without a name, the service would create a key for the caller itself. %s", name, f.State))
		return nil, false
	}
	plan.KeyFingerprint = types.StringNull()
	if !plan.PGPKey.IsNull() {
		to, err := pgp.CheckKey(plan.PGPKey.ValueString(), r.Client.Now())
		if pgp.ReportKeyError(diags, err) {
			return nil, false
		}
		encrypt, plan.KeyFingerprint = to.Encrypt, types.StringValue(to.Fingerprint)
	}
	return encrypt, owner.PrepareCreate(ctx, r.Instance, f, &plan.Object, diags)
}

// checkRoom lists the user's keys, and refuses to create one that would be too many (KEY-08).
func (r *accessKeyResource) checkRoom(ctx context.Context, f diagnostics.Operation, plan accessKeyModel, diags *diag.Diagnostics) (keys []ram.AccessKey, ok bool) {
	keys, known := r.Client.ConfirmedAccessKeys(plan.UserName.ValueString())
	if !known {
		var err error
		if keys, err = r.Client.RefreshAccessKeys(ctx, plan.UserName.ValueString()); diagnostics.Report(diags, f, err) {
			return nil, false
		}
	}
	if len(keys) < credential.PerUser {
		r.warnRecentKeys(plan, keys, diags)
		return keys, true
	}
	// The quota can be raised. Without the permission to read it, the documented one counts.
	quota := credential.PerUser
	if summary, err := r.Client.AccountSummary(ctx); err == nil {
		quota = max(quota, int(summary["AccessKeysPerUserQuota"]))
	}
	if len(keys) < quota {
		return keys, true
	}
	user := plan.UserName.ValueString()
	diags.AddAttributeError(path.Root("user_name"), "Cannot create the AccessKey pair", fmt.Sprintf(
		"%s has %d keys already, and a user cannot have more. %s\n\n%s\n\n"+
			"Delete one that is not needed, or import it: terraform import ADDRESS %s. To replace a key with create_before_destroy, the user must not have a second one.",
		user, len(keys), f.State, credential.Describe(r.Instance, keys), r.keys(&plan.Object).Kind.ImportID(user, keys)))
	return nil, false
}

// warnRecentKeys warns of keys that were created a short time ago, and that this run does
// not manage: a run that was killed between its create and the write of its state leaves
// a key that is in no state.
func (r *accessKeyResource) warnRecentKeys(plan accessKeyModel, keys []ram.AccessKey, diags *diag.Diagnostics) {
	now, _ := r.Client.ServerNow()
	recent := slices.DeleteFunc(slices.Clone(keys), func(key ram.AccessKey) bool {
		return now.Sub(key.CreateDate) > day || r.Managed(accessKeyObject(key.ID)) || owner.IsOwnKey(r.Instance, key.ID)
	})
	if len(recent) == 0 {
		return
	}
	user, ids := plan.UserName.ValueString(), []string{}
	for _, key := range recent {
		ids = append(ids, key.ID)
	}
	diags.AddWarning(fmt.Sprintf("User %s has an AccessKey created less than a day ago: %s", user, strings.Join(ids, ", ")), fmt.Sprintf(
		"This run did not create or read it:\n\n%s\n\n"+
			"If a run was killed while it created a key, this may be that key, and its secret is lost. If a Terraform state contains the key (terraform show), or an administrator created it, there is nothing to do. "+
			"Otherwise disable and delete it:\n\n%s", credential.Describe(r.Instance, recent), r.keys(&plan.Object).Kind.Remedy(user, recent...)))
}

// accessKeyObject is the name under which this run records that it manages a key.
func accessKeyObject(id string) string { return "access key " + id }

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

// showCreated takes over a key that was just created.
func (m *accessKeyModel) showCreated(created credential.Created[ram.AccessKey]) {
	m.AccessKeyID, m.Status, m.CreateDate = types.StringValue(created.ID()), types.StringValue(ram.Active), tf.Timestamp(created.Credential.CreateDate)
	m.Secret, m.EncryptedSecret = types.StringNull(), types.StringNull()
	switch {
	case created.Secret != "":
		m.Secret = types.StringValue(created.Secret)
	case created.EncryptedSecret != "":
		m.EncryptedSecret = types.StringValue(created.EncryptedSecret)
	default:
		m.KeyFingerprint = types.StringNull()
	}
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
	if !disable {
		return
	}
	missing, err := r.keys(&created.Object).SetStatus(ctx, id, ram.Inactive)
	if missing {
		err = errKeyMissing
	}
	if err != nil {
		err = diagnostics.WithState(fmt.Sprintf("AccessKey %s was created and saved with its secret, but disabling it failed, so treat it as Active. "+
			"It is marked as tainted: the next apply replaces it, unless you run terraform untaint ADDRESS.", id), err)
	}
	if diagnostics.Report(&resp.Diagnostics, failedKey("create", ""), err) {
		return
	}
	created.Status = types.StringValue(ram.Inactive)
	tf.Save(ctx, created.identity(), created, &resp.State, resp.Identity, &resp.Diagnostics)
	creation.WaitListed(ctx, id, ram.Inactive, &resp.Diagnostics)
}
