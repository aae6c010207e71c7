// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// create makes a profile where there is none. When the response is lost, a profile that
// was not there before, has the requested flags and was written since is
// taken for the requested one.
func (r *loginProfileResource) create(ctx context.Context, plan *loginProfileModel, password types.String, diags *diag.Diagnostics) (ram.LoginProfile, bool) {
	f := diagnostics.Operation{Name: "create the login profile", State: "Nothing was created."}
	var none ram.LoginProfile
	name := plan.UserName.ValueString()
	if password.IsNull() {
		reportNoPassword(diags)
		return none, false
	}
	exists, err := r.profileExists(ctx, name)
	if diagnostics.Report(diags, f, err) {
		return none, false
	}
	if exists {
		reportProfileExists(plan, "", diags)
		return none, false
	}
	unlock, err := r.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(diags, f, err) {
		return none, false
	}
	defer unlock()
	want := plan.createRequest(password.ValueStringPointer())
	if !r.checkAccess(ctx, *plan, want, diags) || !r.checkPassword(ctx, f, *plan, want, diags) {
		return none, false
	}
	began := r.ServerNow()
	// One interrupt must not part the profile from the state.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*instance.SendLimit)
	defer cancel()
	for unknowns := range 2 {
		var created ram.LoginProfile
		created, err = r.Client.CreateLoginProfile(ctx, name, want)
		switch {
		case err == nil:
			return created, true
		case ram.Exists(err) && unknowns == 0:
			reportProfileExists(plan, "It was created during this apply. ", diags)
			return none, false
		case !ram.Exists(err) && !ram.OutcomeUnknown(err):
			r.reportRefused(f, err, diags)
			return none, false
		}
		f.State = fmt.Sprintf("It is unknown whether the login profile was created, and it is not in the state. If the user %q has one now, import it, and set its password with another password_wo_version: terraform import <address> %[1]s", name)
		found, lost := r.WaitUntil(ctx, instance.LagWindow, func(ctx context.Context) (found bool, err error) {
			created, err = r.Client.LoginProfile(ctx, name)
			if ram.NoLoginProfile(err) {
				return false, nil
			}
			return err == nil, err
		})
		switch {
		case diagnostics.Report(diags, f, lost):
			return none, false
		case found && (!matchesRequest(want, created) || !r.writtenSince(began, created)):
			reportProfileExists(plan, "The response to the request was lost, and the login profile differs from the requested one, so another administrator created it. ", diags)
			return none, false
		case found:
			diags.AddWarning("The login profile was created, and its response was lost", fmt.Sprintf(
				"The user %q had no login profile before the request, and has one now, with the requested values. So the provider assumes that the request created it, with the password of the configuration. "+
					"A password cannot be read back: if another administrator may have created a profile for this user at the same moment, send the password again with another password_wo_version.", name))
			return created, true
		}
	}
	diagnostics.Report(diags, f, err)
	return none, false
}

// profileExists reports whether a user has a profile. One that this run created has none
// but of this run, which the service refuses to create twice.
func (r *loginProfileResource) profileExists(ctx context.Context, name string) (bool, error) {
	if _, created := r.Client.ConfirmedUser(name); created {
		return false, nil
	}
	_, err := r.Client.LoginProfile(ctx, name)
	if ram.NotFound(err, "User.LoginProfile") {
		return false, nil
	}
	return err == nil, err
}

// reportNoPassword reports that a new profile needs a password.
func reportNoPassword(diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("password_wo"), "Cannot create the login profile",
		"A new login profile requires a password, and the configuration does not set one. Nothing was created.\n\n"+
			"Set password_wo and password_wo_version, or pgp_key and password_wo_version for a random password. If the user already has a login profile, import it: that needs no password.")
}

// reportPasswordDue reports that a new version needs a password that is missing.
func reportPasswordDue(diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("password_wo"), "Cannot update the login profile",
		"password_wo_version changes, which requires a password, and the configuration does not set one. Nothing was changed.\n\nSet password_wo or pgp_key, or restore the previous version.")
}

// password returns the password to send: that of the configuration or, with pgp_key, a
// random one that meets the account's policy. A random one is encrypted before it is sent,
// and only its encrypted form is saved in the model.
func (r *loginProfileResource) password(ctx context.Context, f diagnostics.Operation, m *loginProfileModel, config loginProfileModel, diags *diag.Diagnostics) (types.String, bool) {
	m.EncryptedPassword, m.KeyFingerprint = types.StringNull(), types.StringNull()
	if config.PGPKey.IsNull() {
		return config.PasswordWO, true
	}
	recipient, err := pgp.CheckKey(config.PGPKey.ValueString(), r.Client.Now())
	if pgp.ReportKeyError(diags, err) {
		return types.String{}, false
	}
	policy, err := r.Client.PasswordPolicy(ctx)
	if ram.Denied(err) {
		f.State += " The account's password policy decides what a random password has to contain. Allow ram:GetPasswordPolicy, or set password_wo instead of pgp_key."
	}
	if diagnostics.Report(diags, f, err) {
		return types.String{}, false
	}
	rules, ok := passwordModel{UserName: m.UserName}.rules(policy, diags)
	if !ok {
		return types.String{}, false
	}
	password, err := rules.draw(rand.Reader)
	if err == nil {
		var encrypted string
		encrypted, err = recipient.Encrypt(password)
		m.EncryptedPassword, m.KeyFingerprint = types.StringValue(encrypted), types.StringValue(recipient.Fingerprint)
	}
	return types.StringValue(password), !diagnostics.Report(diags, f, err)
}

// reportProfileExists reports that the user has a profile already. It is never overwritten (PWD-05).
func reportProfileExists(plan *loginProfileModel, why string, diags *diag.Diagnostics) {
	name := plan.UserName.ValueString()
	diags.AddAttributeError(path.Root("user_name"), "Cannot create the login profile", fmt.Sprintf(
		"The RAM user %q of account %s already has a login profile. %sIt was not changed, and is not in the state.\n\nTo manage it with Terraform, import it; the user keeps the password:\n\n  terraform import <address> %[1]s",
		name, plan.AccountID.ValueString(), why))
}

// matchesRequest reports whether a profile has the requested values. A flag that was not requested can have any.
func matchesRequest(want ram.LoginProfileChange, have ram.LoginProfile) bool {
	return (want.PasswordResetRequired == nil || *want.PasswordResetRequired == have.PasswordResetRequired) &&
		(want.MFABindRequired == nil || !*want.MFABindRequired || have.MFABindRequired) && // an account may demand it of all users
		(want.Status == nil || *want.Status == have.Status)
}

// writtenSince reports whether a profile was written after a moment of the service's time,
// which is known to the second. One without a date may have been.
func (r *loginProfileResource) writtenSince(began time.Time, live ram.LoginProfile) bool {
	return live.UpdateDate.IsZero() || !live.UpdateDate.Before(began.Add(-2*time.Second))
}

// update sends a change to a profile that is there.
func (r *loginProfileResource) update(ctx context.Context, plan loginProfileModel, change ram.LoginProfileChange, diags *diag.Diagnostics) bool {
	f := diagnostics.Operation{Name: "update the login profile", State: "Nothing was changed."}
	name := plan.UserName.ValueString()
	unlock, err := r.Client.Lock(ctx, access.LockName)
	if diagnostics.Report(diags, f, err) {
		return false
	}
	defer unlock()
	if !r.checkAccess(ctx, plan, change, diags) {
		return false
	}
	var before ram.LoginProfile
	if change.Password != nil {
		var err error
		if before, err = r.Client.LoginProfile(ctx, name); diagnostics.Report(diags, f, err) {
			return false
		}
		if !r.checkPassword(ctx, f, plan, change, diags) {
			return false
		}
	}
	// One interrupt must not part a password from its version in the state: sent once
	// more, it may be refused as one that was used before.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*instance.SendLimit)
	defer cancel()
	err = r.Client.UpdateLoginProfile(ctx, name, change)
	if change.Password != nil && ram.OutcomeUnknown(err) {
		// Of the same password sent twice, the service may refuse the second as one that was
		// used before. Then the first was taken.
		live, lost := r.Client.LoginProfile(ctx, name)
		if lost == nil && live.UpdateDate.After(before.UpdateDate) && matchesRequest(change, live) {
			return true
		}
		f.State = "It is unknown whether the password was set. The state does not contain its version, so the next apply sends it again."
	}
	if err == nil {
		return true
	}
	if change.Password == nil && ram.OutcomeUnknown(err) {
		f.State = "It is not known whether the login profile was changed. The next refresh shows what the account has."
	}
	r.reportRefused(f, err, diags)
	return false
}

// refused reports what the service refused, on the password if that is to blame.
func (r *loginProfileResource) reportRefused(f diagnostics.Operation, err error, diags *diag.Diagnostics) {
	if !passwordRefused(err) {
		diagnostics.Report(diags, f, err)
		return
	}
	diags.AddAttributeError(path.Root("password_wo"), "Cannot "+f.Name, f.State+
		" The service refused the password. It may break a rule of the account's password policy, have been used before, or be known to have leaked.\n\n"+diagnostics.Explain(err))
}

// confirm waits until the service returns the written profile. A password cannot be read back: if one was
// sent, the profile must have been written since began. The state keeps the written values.
func (r *loginProfileResource) confirm(ctx context.Context, written, config loginProfileModel, began time.Time, diags *diag.Diagnostics) {
	want := ram.LoginProfileChange{}
	if !config.MFABindRequired.IsNull() {
		want.MFABindRequired = written.MFABindRequired.ValueBoolPointer()
	}
	if !config.Status.IsNull() {
		want.Status = written.Status.ValueStringPointer()
	}
	var live ram.LoginProfile
	shows, err := r.WaitUntil(ctx, instance.ConfirmLimit, func(ctx context.Context) (bool, error) {
		var err error
		live, err = r.Client.LoginProfile(ctx, written.UserName.ValueString())
		if ram.NoLoginProfile(err) {
			return false, nil
		}
		return err == nil && matchesRequest(want, live) && r.writtenSince(began, live), err
	})
	const summary, kept = "Cannot confirm the login profile", "The state has the written values; the next refresh reads the account."
	switch {
	case err != nil:
		diags.AddWarning(summary, "The service accepted the request, but reading the login profile back failed. "+kept+"\n\n"+diagnostics.Explain(err))
	case !shows:
		diags.AddWarning(summary, "The service accepted the request, but still returns other values than the written ones. "+kept+" If a password was sent and does not work, send it again with another password_wo_version.")
	}
	if err == nil && live.Status != "" {
		warnProfileChanged(written, live, diags)
	}
}

// warnProfileChanged warns of attributes that the account has changed since the plan. The
// state has the planned values.
func warnProfileChanged(written loginProfileModel, live ram.LoginProfile, diags *diag.Diagnostics) {
	const summary, detail = "The login profile changed since the plan", "%s is %v in the account, and %v in the plan and in the state. The next refresh shows the account's value."
	if live.Status != written.Status.ValueString() {
		diags.AddAttributeWarning(path.Root("status"), summary, fmt.Sprintf(detail, "status", live.Status, written.Status.ValueString()))
	}
	if mfa := written.MFABindRequired.ValueBool(); live.MFABindRequired != mfa {
		diags.AddAttributeWarning(path.Root("mfa_bind_required"), summary, fmt.Sprintf(detail, "mfa_bind_required", live.MFABindRequired, mfa))
	}
}

// brokenRules are the rules of a policy that a password breaks, in words that reveal
// nothing of the password. What counts as a symbol is not documented: any printable
// ASCII character that is no letter, digit or blank does here, and of everything else
// the service decides. That a password was used before, or has leaked, only the
// service knows.
func brokenRules(policy ram.PasswordPolicy, userName, password string) (broken []string) {
	has := func(kind func(rune) bool) bool { return strings.ContainsFunc(password, kind) }
	rule := func(breaks bool, message string, arguments ...any) {
		if breaks {
			broken = append(broken, fmt.Sprintf(message, arguments...))
		}
	}
	least := func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return *n
	}
	different := map[rune]bool{}
	for _, c := range password {
		different[c] = true
	}
	length, distinct := least(policy.MinimumPasswordLength), least(policy.MinimumPasswordDifferentCharacter)
	rule(int64(utf8.RuneCountInString(password)) < length, "minimum_password_length: it must have at least %d characters", length)
	rule(ram.Is(policy.RequireLowercaseCharacters, true) && !has(unicode.IsLower), "require_lowercase_characters: it must contain a lower-case letter")
	rule(ram.Is(policy.RequireUppercaseCharacters, true) && !has(unicode.IsUpper), "require_uppercase_characters: it must contain an upper-case letter")
	rule(ram.Is(policy.RequireNumbers, true) && !has(unicode.IsDigit), "require_numbers: it must contain a digit")
	rule(ram.Is(policy.RequireSymbols, true) && !has(maybeSymbol), "require_symbols: it must contain a symbol")
	rule(int64(len(different)) < distinct, "minimum_password_different_character: it must have at least %d different characters", distinct)
	rule(ram.Is(policy.PasswordNotContainUserName, true) && userName != "" && strings.Contains(strings.ToLower(password), strings.ToLower(userName)),
		"password_not_contain_user_name: it must not contain the user's name")
	return broken
}

// maybeSymbol reports whether a character is one that the service may count as a symbol.
func maybeSymbol(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsSpace(c)
}

// reportBrokenRules names the rules, and never the password (PWD-02).
func reportBrokenRules(f diagnostics.Operation, broken []string, diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("password_wo"), "Cannot "+f.Name, fmt.Sprintf(
		"The password breaks the account's password policy. %s\n\n  - %s\n\nChange the password, or the policy, and apply again.", f.State, strings.Join(broken, "\n  - ")))
}

// passwordRefused reports whether the service found fault with the password.
func passwordRefused(err error) bool {
	var refusal *ram.Error
	return errors.As(err, &refusal) && strings.HasPrefix(refusal.Code, "InvalidParameter.Password")
}
