// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
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

// secretOnce holds the attributes of a credential whose secret the service shows once, when it creates the credential.
type secretOnce struct {
	PGPKey            types.String `tfsdk:"pgp_key"`
	Secret            types.String `tfsdk:"secret"`
	EncryptedSecret   types.String `tfsdk:"encrypted_secret"`
	KeyFingerprint    types.String `tfsdk:"key_fingerprint"`
	RotateWhenChanged types.Map    `tfsdk:"rotate_when_changed"`
}

// withSecret adds the schema attributes of secretOnce to those of a type of credential.
func withSecret(word string, own map[string]schema.Attribute) map[string]schema.Attribute {
	constant := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	attributes := map[string]schema.Attribute{
		"pgp_key": schema.StringAttribute{
			Optional:   true,
			Validators: []validator.String{pgp.KeyValidator{}},
			MarkdownDescription: "A PGP public key, ASCII-armored or in Base64, for which the secret is encrypted, so that it is never in the state. " +
				"Before the " + word + " is created, the provider encrypts a test message to check it. A changed value is used for the next " + word + ": it replaces nothing, and the secret in the state does not change. `keybase:` names are not supported.",
		},
		"secret": schema.StringAttribute{
			Computed: true, Sensitive: true, PlanModifiers: constant,
			MarkdownDescription: "The secret of the " + word + ". The state contains it in plain text. It is null if `pgp_key` was set when the " + word + " was created, and for an imported " + word + ".",
		},
		"encrypted_secret": schema.StringAttribute{
			Computed: true, PlanModifiers: constant,
			MarkdownDescription: "The secret, encrypted for `pgp_key`: a binary OpenPGP message in Base64. `terraform output -raw encrypted_secret | base64 --decode | gpg --decrypt` decrypts it.",
		},
		"key_fingerprint": schema.StringAttribute{
			Computed: true, PlanModifiers: constant,
			MarkdownDescription: "The fingerprint of the PGP key for which `encrypted_secret` was encrypted.",
		},
		"rotate_when_changed": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			Validators: []validator.Map{mapvalidator.SizeAtLeast(1)},
			MarkdownDescription: "Values of any kind, such as `{ rotation = time_rotating.quarter.id }`. If the map changes, the " + word + " is replaced by a new one. " +
				"Adding the map, also after an import or a move, and removing it replace nothing.",
		},
	}
	maps.Copy(attributes, own)
	return attributes
}

// planSecret plans which attribute of a new credential will contain the secret, and checks the PGP key.
func (m *secretOnce) planSecret(now time.Time, diags *diag.Diagnostics) bool {
	switch {
	case m.PGPKey.IsUnknown():
	case m.PGPKey.IsNull():
		m.EncryptedSecret, m.KeyFingerprint = types.StringNull(), types.StringNull()
	default:
		to, err := pgp.CheckKey(m.PGPKey.ValueString(), now)
		if pgp.ReportKeyError(diags, err) {
			return false
		}
		m.Secret, m.KeyFingerprint = types.StringNull(), types.StringValue(to.Fingerprint)
	}
	return true
}

// encryption checks the PGP key before a create (KEY-06). What was unknown when the plan was made is checked here for the
// first time.
func (m *secretOnce) encryption(now time.Time, diags *diag.Diagnostics) (encrypt func(string) (string, error), ok bool) {
	m.KeyFingerprint = types.StringNull()
	if m.PGPKey.IsNull() {
		return nil, true
	}
	to, err := pgp.CheckKey(m.PGPKey.ValueString(), now)
	if pgp.ReportKeyError(diags, err) {
		return nil, false
	}
	m.KeyFingerprint = types.StringValue(to.Fingerprint)
	return to.Encrypt, true
}

// showSecret writes the secret of a credential that was just created to the model: plain, or encrypted, or missing.
func (m *secretOnce) showSecret(plain, encrypted string) {
	m.Secret, m.EncryptedSecret = types.StringNull(), types.StringNull()
	switch {
	case plain != "":
		m.Secret = types.StringValue(plain)
	case encrypted != "":
		m.EncryptedSecret = types.StringValue(encrypted)
	default:
		m.KeyFingerprint = types.StringNull()
	}
}

// rotates reports whether the plan replaces the credential because of rotate_when_changed.
func (m *secretOnce) rotates(state secretOnce) bool {
	return !state.RotateWhenChanged.IsNull() && !m.RotateWhenChanged.IsNull() && !m.RotateWhenChanged.Equal(state.RotateWhenChanged)
}

// planPGPKey checks a changed PGP key, and warns that the secret of the existing credential is not encrypted for it.
func (m *secretOnce) planPGPKey(state secretOnce, word, which string, now time.Time, diags *diag.Diagnostics) {
	if m.PGPKey.IsNull() || m.PGPKey.IsUnknown() || m.PGPKey.Equal(state.PGPKey) {
		return
	}
	_, err := pgp.CheckKey(m.PGPKey.ValueString(), now)
	if !pgp.ReportKeyError(diags, err) && !state.Secret.IsNull() {
		diags.AddAttributeWarning(path.Root("pgp_key"), "The secret stays in the state", fmt.Sprintf(
			"pgp_key is used for the next %[1]s. The secret of the %[1]s %[2]s was not encrypted when it was created, and stays in the state in plain text until the %[1]s is replaced.", word, which))
	}
}

// neverListed marks in the private state a credential that the service created and had not listed when the create ended.
// Until [instance.LateLimit] its absence proves nothing.
const neverListed = "never_listed"

// createdRecently reports whether a credential was created so short a time ago that the service may not list it yet.
func createdRecently(ctx context.Context, i *instance.Instance, created types.String) bool {
	at, err := time.Parse(time.RFC3339, created.ValueString())
	if err != nil {
		return true
	}
	now, err := i.Client.ServerTime(ctx)
	return err != nil || now.Sub(at) < instance.LateLimit
}

// errMissing is the error of a change if the service reports that the credential does not exist, although the state contains it.
func errMissing[C credential.Credential](kind credential.Kind[C]) error {
	return fmt.Errorf("the service reports that the %[1]s does not exist. Run terraform plan: it reads again whether the %[1]s exists", kind.Word)
}

// disableCreated disables a credential that was just created and saved.
func disableCreated[C credential.Credential](ctx context.Context, f diagnostics.Operation, all credential.Set[C], id string, diags *diag.Diagnostics) bool {
	missing, err := all.SetStatus(ctx, id, ram.Inactive)
	if missing {
		err = errMissing(all.Kind)
	}
	if err != nil {
		err = diagnostics.WithState(fmt.Sprintf("%s %s was created and saved with its secret, but disabling it failed, so treat it as Active. "+
			"It is marked as tainted: the next apply replaces it, unless you run terraform untaint ADDRESS.", diagnostics.Capitalize(all.Kind.Noun), id), err)
	}
	return !diagnostics.Report(diags, f, err)
}

// confirmStatus waits until the service lists a credential with the status that an update set. It reports an error if a disabled
// credential is still listed as Active, because it can then be used; other results without a confirmation are warnings.
func confirmStatus[C credential.Credential](ctx context.Context, f diagnostics.Operation, all credential.Set[C], id, status string, diags *diag.Diagnostics) bool {
	live, listed, err := all.WaitListed(ctx, id, status)
	one, found := credential.In(live, id)
	switch {
	case listed:
		return true
	case err != nil, !found, status != ram.Inactive || one.Facts().Status != ram.Active:
		all.WarnUnconfirmed(diags, id, status, err)
		return true
	}
	f.State = fmt.Sprintf("The service accepted the request to disable the %s %s, but lists it as Active, so treat it as Active.", all.Kind.Word, id)
	return !diagnostics.Report(diags, f, fmt.Errorf("the service still listed the %s as Active after %s. Run again", all.Kind.Word, instance.ListLimit))
}

// quotaCheck is the check, before a create, of how many credentials there are (KEY-08).
type quotaCheck[C credential.Credential] struct {
	credential.Set[C]

	operation diagnostics.Operation
	quota     string                 // its name in the account summary
	object    func(id string) string // the name under which this run records that it manages one
	full      string                 // format of: the user, how many there are, and that none was created
}

// check refuses to create one that would be too many.
func (r quotaCheck[C]) check(ctx context.Context, all []C, diags *diag.Diagnostics) bool {
	user := r.Owner.UserName.ValueString()
	if len(all) < credential.PerUser {
		r.warnRecent(user, all, diags)
		return true
	}
	// The quota can be raised. Without the permission to read it, the documented one counts.
	quota := credential.PerUser
	if summary, err := r.Client.AccountSummary(ctx); err == nil {
		quota = max(quota, int(summary[r.quota]))
	}
	if len(all) < quota {
		return true
	}
	word := r.Kind.Word
	diags.AddAttributeError(path.Root("user_name"), "Cannot "+r.operation.Name, fmt.Sprintf(
		r.full+"\n\n%s\n\nDelete one that is not needed, or import it: terraform import ADDRESS %s. To replace a %s with create_before_destroy, the user must not have a second one.",
		user, len(all), r.operation.State, credential.Describe(r.Instance, all), r.Kind.ImportID(user, all), word))
	return false
}

// warnRecent warns of credentials that were created a short time ago, and that this run does not manage: a run that was
// killed between its create and the write of its state leaves one that is in no state. Commands that delete it are given
// only by a process that has read the objects of the state: a CLI plans and applies in two processes, and in the second one
// it shows the provider only what changes (observed).
func (r quotaCheck[C]) warnRecent(user string, all []C, diags *diag.Diagnostics) {
	recent := r.recent(all)
	if len(recent) == 0 {
		return
	}
	ids := []string{}
	for _, one := range recent {
		ids = append(ids, one.Facts().ID)
	}
	word := r.Kind.Word
	found := "This run did not create it. Terraform may manage it nevertheless: an apply shows the provider only the objects that change."
	remedy := fmt.Sprintf("Otherwise disable it in the RAM console, and delete it when nothing uses it. This command lists all of %s:\n\n  %s", user, r.Kind.List(user))
	if r.Refreshes.Load() {
		found, remedy = "This run did not create it, and the state of this run does not contain it.", "Otherwise disable and delete it:\n\n"+r.Kind.Remedy(user, recent...)
	}
	diagnostics.LessSecure.Warn(diags, fmt.Sprintf("User %s has %s created less than a day ago: %s", user, r.Kind.One, strings.Join(ids, ", ")), fmt.Sprintf(
		"%s\n\n%s\n\n"+
			"If a Terraform state contains the %[3]s (terraform show), or an administrator created it, there is nothing to do. If a run was killed while it created a %[3]s, this may be that %[3]s, and its secret is lost. "+
			"%[4]s", found, credential.Describe(r.Instance, recent), word, remedy))
}

// recent are the credentials that were created a short time ago, and that this run does not manage.
func (r quotaCheck[C]) recent(all []C) []C {
	now := r.ServerNow()
	return slices.DeleteFunc(slices.Clone(all), func(one C) bool {
		f := one.Facts()
		return now.Sub(f.CreateDate) > day || r.Managed(r.object(f.ID)) || owner.IsOwnKey(r.Instance, f.ID)
	})
}

// plan warns of recent credentials in the plan, because only then the provider has read the state. A user that the run creates has no credentials.
func (r quotaCheck[C]) plan(ctx context.Context, diags *diag.Diagnostics) {
	user := r.Owner.UserName
	if !r.Refreshes.Load() || tf.IsAbsent(user) || r.Managed(owner.NewUser(user.ValueString())) {
		return
	}
	all, err := r.Kind.Read(ctx, user.ValueString())
	if err != nil {
		return // the create reads again, and reports it
	}
	_, _ = r.WaitUntil(ctx, instance.PlanReads, func(context.Context) (bool, error) { return len(r.recent(all)) == 0, nil })
	r.warnRecent(user.ValueString(), all, diags)
}

// keysLock is the name of the lock of a user's keys.
func keysLock(o owner.Object) string { return "access keys of " + o.UserName.ValueString() }

// accessKeyObject is the name under which this run records that it manages a key.
func accessKeyObject(id string) string { return "access key " + id }
