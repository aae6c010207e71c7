// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := tf.Get[userModel](ctx, req.State, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, state.Timeouts.Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	f := diagnostics.Operation{Name: "delete the user", State: "Nothing was changed."}
	if _, ok := r.CheckAccount(ctx, f, state.AccountID.ValueString(), &resp.Diagnostics); !ok {
		return
	}
	live, err := r.refresh(ctx, state) // the dependants are listed by the present name
	if ram.NotFound(err, "User") {
		var gone bool
		if live, gone, err = r.confirmGone(ctx, state); gone {
			return
		}
	}
	if diagnostics.Report(&resp.Diagnostics, f, err) || !r.notOwn(ctx, live.ID, f, &resp.Diagnostics) {
		return
	}
	d := userDeletion{
		userResource: r, user: live, forced: state.ForceDestroy.ValueBool(), deleteDevice: state.DeleteVirtualMFADevice.ValueBool(), diags: &resp.Diagnostics,
	}
	if d.forced || d.hasNothing(ctx) {
		d.run(ctx)
	}
}

// notOwn refuses to destroy the user that Terraform runs as (LOCK-05): its key would
// go with it, in the middle of the run.
func (r *userResource) notOwn(ctx context.Context, id string, f diagnostics.Operation, diags *diag.Diagnostics) bool {
	own, err := owner.IsOwnUser(ctx, r.Instance, id)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	if own {
		diags.AddError("Cannot "+f.Name, "Terraform runs with an AccessKey pair of this user and would lose it during the run. Nothing was changed.\n\n"+
			"Run with the credentials of another user, or remove the user from the state without deleting it: terraform state rm <address>")
	}
	return !own
}

// dependant is an object that a user has, and that is lost with the user.
type dependant struct {
	text    string // such as: the group "ops"
	command string // removes it
	remove  func(context.Context) error
	kind    string // see dependantKind.conflict
}

// dependantKind is a kind of dependant, in the order in which they are removed: first what
// opens the account.
type dependantKind struct {
	noun  string
	list  func(ctx context.Context, userName string) ([]dependant, error)
	opens bool // it gives access, so one empty list does not prove that there is none

	conflict string // kind that a conflict of DeleteUser names (for credentials and passkeys, assumed)
}

// dependantKinds are all kinds. A passkey is a way to log on to the console (documented), so
// without a login profile, which is listed twice, it opens nothing (assumed). Policies that
// are attached in a resource group are not among the kinds, because RAM does not list them
// (documented). Neither are security addresses: they only receive codes for the logon of
// the user, hold nothing that could be lost, and exist for no one else.
func (d *userDeletion) dependantKinds() []dependantKind {
	return []dependantKind{
		{"a login profile", d.loginProfile, true, "User.LoginProfile"},
		{"AccessKey pairs", d.accessKeys, true, "User.AccessKey"},
		{"service credentials", d.serviceCredentials, true, "User.ServiceCredential"},
		{"passkeys", d.passkeys, false, "User.Passkey"},
		{"an MFA device", d.mfaDevice, false, "User.MFADevice"},
		{"policies", d.policies, false, "User.Policy"},
		{"groups", d.groups, false, "User.Group"},
	}
}

// userDeletion is one deletion of a user.
type userDeletion struct {
	*userResource
	user         ram.User
	forced       bool // the dependants are removed
	deleteDevice bool // with forced: a virtual MFA device is deleted, and not only unbound
	diags        *diag.Diagnostics
	removed      []dependant
}

func (d *userDeletion) loginProfile(ctx context.Context, name string) ([]dependant, error) {
	if _, err := d.Client.LoginProfile(ctx, name); err != nil {
		return nil, ram.IgnoreNotFound(err, "User.LoginProfile")
	}
	return []dependant{{text: "a login profile", command: "aliyun ram DeleteLoginProfile --UserName " + name, remove: func(ctx context.Context) error {
		return ram.IgnoreNotFound(d.Client.DeleteLoginProfile(ctx, name), "User.LoginProfile")
	}}}, nil
}

// accessKeys are disabled before they are deleted: a deleted key can be restored, with the
// status that it had (assumed).
func (d *userDeletion) accessKeys(ctx context.Context, name string) (found []dependant, err error) {
	keys, err := d.Client.RefreshAccessKeys(ctx, name)
	for _, key := range keys {
		found = append(found, dependant{
			text:    fmt.Sprintf("the AccessKey pair %s (%s)", key.ID, key.Status),
			command: fmt.Sprintf("aliyun ram DeleteAccessKey --UserName %s --UserAccessKeyId %s", name, key.ID),
			remove: func(ctx context.Context) error {
				if key.Status == ram.Active {
					if err := ram.IgnoreNotFound(d.Client.UpdateAccessKey(ctx, name, key.ID, ram.Inactive), "User.AccessKey"); err != nil {
						return err
					}
				}
				return ram.IgnoreNotFound(d.Client.DeleteAccessKey(ctx, name, key.ID), "User.AccessKey")
			},
		})
	}
	return found, err
}

// serviceCredentials do not exist where the endpoint has no operation that lists them: it
// was added in July 2026. They are disabled before they are deleted: the service may refuse
// to delete an active one (assumed).
func (d *userDeletion) serviceCredentials(ctx context.Context, name string) (found []dependant, err error) {
	credentials, err := d.Client.RefreshServiceCredentials(ctx, name)
	if ram.NotServed(err) {
		return nil, nil
	}
	for _, credential := range credentials {
		found = append(found, dependant{
			text:    fmt.Sprintf("the service credential %s of %s (%s)", credential.ID, credential.ServiceName, credential.Status),
			command: fmt.Sprintf("aliyun ims DeleteServiceCredential --UserPrincipalName %s --ServiceCredentialId %s", d.user.PrincipalName, credential.ID),
			remove: func(ctx context.Context) error {
				if off := ram.Inactive; credential.Status == ram.Active {
					if err := ram.IgnoreNotFound(d.Client.UpdateServiceCredential(ctx, name, credential.ID, ram.ServiceCredentialChange{Status: &off}), "User.ServiceCredential"); err != nil {
						return err
					}
				}
				return ram.IgnoreNotFound(d.Client.DeleteServiceCredential(ctx, name, credential.ID), "User.ServiceCredential")
			},
		})
	}
	return found, err
}

// passkeys do not exist where the endpoint has no operation that lists them.
func (d *userDeletion) passkeys(ctx context.Context, name string) (found []dependant, err error) {
	passkeys, err := d.Client.Passkeys(ctx, name)
	if ram.NotServed(err) {
		return nil, nil
	}
	for _, passkey := range passkeys {
		found = append(found, dependant{
			text:    fmt.Sprintf("the passkey %s (%q)", passkey.ID, passkey.Name),
			command: fmt.Sprintf("aliyun ims DeletePasskey --UserPrincipalName %s --PasskeyId %s", d.user.PrincipalName, passkey.ID),
			remove: func(ctx context.Context) error {
				return ram.IgnoreNotFound(d.Client.DeletePasskey(ctx, name, passkey.ID), "Passkey")
			},
		})
	}
	return found, err
}

// mfaDevice unbinds the device. A virtual one stays in the account, unless it is to be
// deleted.
func (d *userDeletion) mfaDevice(ctx context.Context, name string) ([]dependant, error) {
	device, err := d.Client.UserMFA(ctx, name)
	if err != nil || !device.Enabled {
		return nil, err
	}
	virtual := serialForm.MatchString(device.SerialNumber)
	return []dependant{{text: strings.TrimSpace("an MFA device " + device.SerialNumber), command: "aliyun ram UnbindMFADevice --UserName " + name, remove: func(ctx context.Context) error {
		if virtual && d.deleteDevice {
			return ram.IgnoreNotFound(d.Client.DisableVirtualMFA(ctx, name), "User.MFADevice")
		}
		err := ram.IgnoreNotFound(d.Client.UnbindMFADevice(ctx, name), "User.MFADevice")
		if err == nil && virtual {
			d.warnDeviceStays(device.SerialNumber)
		}
		return err
	}}}, nil
}

func (d *userDeletion) warnDeviceStays(serial string) {
	d.diags.AddWarning("The virtual MFA device "+serial+" stays in the account", fmt.Sprintf(
		"The device was unbound from the user %q and is not bound to any user now. While it exists, no other device can have its name.\n\n"+
			"If it is not needed, delete it:\n\n  aliyun ims DeleteVirtualMFADevice --SerialNumber %s\n\n"+
			"To delete the device together with a user, also set delete_virtual_mfa_device = true, together with force_destroy.", d.user.Name, serial))
}

func (d *userDeletion) policies(ctx context.Context, name string) (found []dependant, err error) {
	user := ram.Principal{Kind: ram.UserPrincipal, Name: name}
	policies, err := d.Client.RefreshAttachedPolicies(ctx, user)
	for _, policy := range policies {
		found = append(found, dependant{
			text:    fmt.Sprintf("the policy %q (%s)", policy.Name, policy.Type),
			command: fmt.Sprintf("aliyun ram DetachPolicyFromUser --UserName %s --PolicyType %s --PolicyName %s", name, policy.Type, policy.Name),
			remove: func(ctx context.Context) error {
				return ram.IgnoreNotFound(d.Client.DetachPolicy(ctx, user, policy, ""), "User.Policy")
			},
		})
	}
	return found, err
}

func (d *userDeletion) groups(ctx context.Context, name string) (found []dependant, err error) {
	groups, err := d.Client.UserGroups(ctx, name)
	for _, group := range groups {
		found = append(found, dependant{
			text:    fmt.Sprintf("the group %q", group),
			command: fmt.Sprintf("aliyun ram RemoveUserFromGroup --UserName %s --GroupName %s", name, group),
			remove: func(ctx context.Context) error {
				return ram.IgnoreNotFound(d.Client.RemoveUserFromGroup(ctx, name, group), "User.Group", "Group")
			},
		})
	}
	return found, err
}

// dependants are all that the user has. A kind that cannot be listed counts as present,
// with the reason, and can be removed by no request. The error is that of the first one.
func (d *userDeletion) dependants(ctx context.Context) (found []dependant, unlisted error) {
	return d.dependantsOf(ctx, d.dependantKinds())
}

func (d *userDeletion) dependantsOf(ctx context.Context, kinds []dependantKind) (found []dependant, unlisted error) {
	for _, kind := range kinds {
		some, err := d.list(ctx, kind)
		if err != nil {
			some = []dependant{{text: fmt.Sprintf("possibly %s, which cannot be listed: %s", kind.noun, err)}}
			if unlisted == nil {
				unlisted = err
			}
		}
		for _, one := range some {
			one.kind = kind.conflict
			found = append(found, one)
		}
	}
	return found, unlisted
}

// list returns the dependants of one kind. They are listed by name, so a response that the
// user does not exist does not mean that it has none: another client may have renamed it.
func (d *userDeletion) list(ctx context.Context, kind dependantKind) ([]dependant, error) {
	found, err := kind.list(ctx, d.user.Name)
	if !ram.NotFound(err, "User") || d.user.ID == "" {
		return found, err
	}
	live, err := d.Client.RefreshUserByID(ctx, d.user.ID)
	if err != nil { // a user that does not exist has nothing
		return nil, ram.IgnoreNotFound(err, "User")
	}
	d.user = live
	return kind.list(ctx, d.user.Name)
}

func texts(found []dependant) string {
	lines := []string{}
	for _, one := range found {
		lines = append(lines, "  - "+one.text)
	}
	return strings.Join(lines, "\n")
}

// commandsOf are the commands that remove the dependants, as far as they can be listed.
func commandsOf(found []dependant) string {
	lines := []string{}
	for _, one := range found {
		if one.command != "" {
			lines = append(lines, "  "+one.command)
		}
	}
	return strings.Join(lines, "\n")
}

// hasNothing reports whether the user has nothing that would be lost with it, and refuses
// the deletion otherwise. Which objects prevent it on the side of the service is not
// certain (two sources of the vendor disagree), so they are listed before. One list may be
// stale in either direction, so two consecutive ones of what opens the account must be
// empty. A third is needed after an object that was removed a moment ago.
func (d *userDeletion) hasNothing(ctx context.Context) bool {
	found, _ := d.dependants(ctx)
	for empty := len(found) == 0; ; empty = true {
		kinds := d.dependantKinds()
		if empty {
			kinds = slices.DeleteFunc(kinds, func(kind dependantKind) bool { return !kind.opens })
		}
		_, err := d.ConfirmGone(ctx, func(ctx context.Context) (bool, error) {
			found, _ = d.dependantsOf(ctx, kinds)
			return len(found) > 0, nil
		})
		switch {
		case diagnostics.Report(d.diags, d.failed("Nothing was changed."), err):
			return false
		case len(found) > 0:
			d.refuse(found, nil)
			return false
		case empty:
			return true
		}
	}
}

// strip removes all dependants. It lists all kinds before it removes the first object, to
// remove nothing if a kind cannot be listed. It can be repeated.
func (d *userDeletion) strip(ctx context.Context) error {
	found, unlisted := d.dependants(ctx)
	if unlisted != nil {
		state := "The user exists. Nothing was removed."
		if len(d.removed) > 0 {
			state = "The user exists. Some of its objects are removed already. Run again to continue: each step can be repeated."
		}
		return diagnostics.WithState(state+" It still has:\n\n"+texts(found), unlisted)
	}
	for _, one := range found {
		if err := one.remove(ctx); err != nil {
			return diagnostics.WithState(fmt.Sprintf("The user exists, and may still have %s. Run again to continue: each step can be repeated.", one.text), err)
		}
		if !slices.ContainsFunc(d.removed, func(r dependant) bool { return r.command == one.command }) { // a stale list has it again
			d.removed = append(d.removed, one)
		}
	}
	return nil
}

// stripTwice strips the user again after a pause, because one list may be stale and lack an
// object.
func (d *userDeletion) stripTwice(ctx context.Context) error {
	if err := d.strip(ctx); err != nil {
		return err
	}
	_, err := d.ConfirmGone(ctx, func(ctx context.Context) (bool, error) { return false, d.strip(ctx) })
	return err
}

// warnRemoved names the objects that were removed together with the user. In a replacement,
// the plan does not.
func (d *userDeletion) warnRemoved() {
	if len(d.removed) > 0 {
		d.diags.AddWarning(fmt.Sprintf("Objects of the user %q were removed", d.user.Name), "force_destroy is true, so all objects of the user were removed before it, including those that Terraform does not manage:\n\n"+texts(d.removed))
	}
}

func (d *userDeletion) failed(state string) diagnostics.Operation {
	return diagnostics.Operation{Name: "delete the user", State: state}
}

// run deletes the user. What was just removed may still seem to prevent it for a while
// (CONS-01).
func (d *userDeletion) run(ctx context.Context) {
	f := d.failed("The user exists, unless only the response was lost.")
	if d.forced {
		f.State = "The user exists. Some of its objects may be removed already. Run again to continue: each step can be repeated."
	}
	defer d.warnRemoved()
	var conflict error
	var found []dependant
	var stable stableConflict
	_, err := d.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		if d.forced {
			if err := d.stripTwice(ctx); err != nil {
				return false, err
			}
		}
		conflict = d.Client.DeleteUser(ctx, d.user.ID)
		if !ram.Conflict(conflict) {
			err := ram.IgnoreNotFound(conflict, "User")
			conflict = nil
			return err == nil, err
		}
		var unlisted error
		found, unlisted = d.dependants(ctx)
		lasts := stable.lasts(ram.ConflictKind(conflict), d.Client.Now())
		return len(found) > 0 && !d.forced || len(found) == 0 && unlisted == nil && lasts && !d.hasRemoved(conflict), nil
	})
	if diagnostics.Report(d.diags, f, err) {
		return
	}
	if conflict != nil {
		d.refuse(found, conflict)
		return
	}
	gone, err := d.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		_, err := d.Client.RefreshUserByID(ctx, d.user.ID)
		return ram.NotFound(err, "User"), ram.IgnoreNotFound(err, "User")
	})
	diagnostics.ReportDelete("user", gone, err, d.diags)
}

// stableConflict is a conflict that names the same kind of object each time.
type stableConflict struct {
	kind  string
	since time.Time
}

// lasts reports whether the service has named the kind for longer than
// [instance.ConflictLimit].
func (s *stableConflict) lasts(kind string, now time.Time) bool {
	if s.since.IsZero() || s.kind != kind {
		s.kind, s.since = kind, now
	}
	return kind != "" && now.Sub(s.since) >= instance.ConflictLimit
}

// hasRemoved reports whether this deletion removed an object of the kind that a conflict
// names. The service may still see that object for a while.
func (d *userDeletion) hasRemoved(conflict error) bool {
	return slices.ContainsFunc(d.removed, func(one dependant) bool { return ram.ConflictWith(conflict, one.kind) })
}

// refuse says what the user has, and how to remove it, also where the user is no longer in
// the configuration.
func (d *userDeletion) refuse(found []dependant, conflict error) {
	parts := []string{fmt.Sprintf("The user %q was not deleted. It exists.", d.user.Name)}
	if len(found) > 0 {
		parts[0] = fmt.Sprintf("The user %q was not deleted, because it still has:\n\n%s", d.user.Name, texts(found))
	}
	if commands := commandsOf(found); commands != "" {
		parts = append(parts, "Remove these objects, and apply again:\n\n"+commands)
	}
	unlisted := slices.ContainsFunc(found, func(one dependant) bool { return one.remove == nil })
	if unlisted {
		parts = append(parts, "Objects that cannot be listed are assumed to exist. Remove the cause of these errors, such as a missing permission, and apply again.")
	}
	if !d.forced && len(found) > 0 && !unlisted { // force_destroy has to list all kinds too
		parts = append(parts, fmt.Sprintf("Or let Terraform remove all objects of the user, including those that Terraform does not manage: apply the following, and then remove the user from the configuration. "+
			"If the user is no longer in the configuration, add it again at its former address:\n\n  resource \"ram_user\" \"example\" {\n    name          = %q\n    force_destroy = true\n  }", d.user.Name))
	}
	if conflict != nil {
		parts = append(parts, diagnostics.Explain(conflict))
	}
	if ram.ConflictWith(conflict, "User.Policy") {
		parts = append(parts, d.explainResourceGroups())
	}
	d.diags.AddError("Cannot delete the user", strings.Join(parts, "\n\n"))
}

// explainResourceGroups says how to find the policies that RAM does not list (documented).
func (d *userDeletion) explainResourceGroups() string {
	return fmt.Sprintf("RAM does not list policies that are attached to the user in a resource group, so force_destroy does not detach them. List and detach them, and apply again:\n\n"+
		"  aliyun resourcemanager ListPolicyAttachments --PrincipalType IMSUser --PrincipalName %s\n"+
		"  aliyun ram DetachPolicyFromUser --UserName %s --PolicyType <type> --PolicyName <name> --ResourceGroupId <id>", d.user.PrincipalName, d.user.Name)
}

// warnForce says, when a destroy is planned, what is removed together with the user.
func (r *userResource) warnForce(ctx context.Context, state userModel, diags *diag.Diagnostics) {
	name := state.Name.ValueString()
	text := fmt.Sprintf("force_destroy is true. A destroy also removes all objects of the user %q, including those that Terraform does not manage: its login profile, all AccessKey pairs, "+
		"service credentials, passkeys, the binding of its MFA device, its memberships of groups and its attached policies.", name)
	d := userDeletion{userResource: r, user: ram.User{ID: state.UserID.ValueString(), Name: name}}
	if found, _ := d.dependants(ctx); len(found) > 0 {
		text += " At present it has:\n\n" + texts(found)
	}
	diagnostics.ObjectRemoved.Warn(diags, fmt.Sprintf("Destroying the user %q removes all its objects", name), text)
}
