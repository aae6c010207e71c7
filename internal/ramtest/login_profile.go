// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "cmp"

var loginProfileActions = table{
	"Ram/CreateLoginProfile": {run: createLoginProfile, write: true},
	"Ims/CreateLoginProfile": {run: createLoginProfile, write: true},
	"Ram/GetLoginProfile":    {run: getLoginProfile},
	"Ims/GetLoginProfile":    {run: getLoginProfile},
	"Ram/UpdateLoginProfile": {run: updateLoginProfile, write: true},
	"Ims/UpdateLoginProfile": {run: updateLoginProfile, write: true},
	"Ram/DeleteLoginProfile": {run: deleteLoginProfile, write: true},
	"Ims/DeleteLoginProfile": {run: deleteLoginProfile, write: true},
	"Ram/ChangePassword":     {run: changePassword, write: true},
	"Ims/ChangePassword":     {run: changePassword, write: true},
}

// createLoginProfile enables console logon for a user, with a password that satisfies the policy. (documented) Without a
// password it is refused. (assumed; Behaviour.PasswordOptional)
func createLoginProfile(r *request) (reply, error) {
	user, err := r.named()
	if err != nil {
		return nil, err
	}
	if !r.has("Password") && !r.server.behaviour.PasswordOptional {
		return nil, missing("Password")
	}
	if user.LoginProfile != nil {
		return nil, loginProfileExists()
	}
	user.LoginProfile = &LoginProfile{Status: "Active", CreateDate: r.now}
	if err := r.fill(user); err != nil {
		return nil, err
	}
	return reply{"LoginProfile": r.showLoginProfile(user)}, nil
}

// getLoginProfile returns a user's login profile, without the password. (documented)
func getLoginProfile(r *request) (reply, error) {
	user, err := r.userWithProfile()
	if err != nil {
		return nil, err
	}
	return reply{"LoginProfile": r.showLoginProfile(user)}, nil
}

// updateLoginProfile changes the values that the request passes. Ims returns the profile, Ram nothing. (documented)
func updateLoginProfile(r *request) (reply, error) {
	user, err := r.userWithProfile()
	if err != nil {
		return nil, err
	}
	if err := r.fill(user); err != nil {
		return nil, err
	}
	if r.product == "Ram" {
		return reply{}, nil
	}
	return reply{"LoginProfile": r.showLoginProfile(user)}, nil
}

// deleteLoginProfile disables a user's console logon. No object prevents it. (documented) The MFA device stays bound.
// (assumed; Behaviour.DeleteProfileUnbindsMFA).
func deleteLoginProfile(r *request) (reply, error) {
	user, err := r.userWithProfile()
	if err != nil {
		return nil, err
	}
	user.LoginProfile = nil
	if r.server.behaviour.DeleteProfileUnbindsMFA && user.MFASerial != "" {
		r.unbind(user)
	}
	return reply{}, nil
}

// changePassword changes the password of the calling RAM user, if the account allows it. (documented) It returns
// NoPermission if the account does not allow it or the password has expired. (assumed)
func changePassword(r *request) (reply, error) {
	if r.caller.kind != "RAMUser" {
		return nil, onlyForUsers()
	}
	if !r.account.Preference.AllowUserToChangePassword {
		return nil, noPermission(r)
	}
	old, err := r.required("OldPassword")
	if err != nil {
		return nil, err
	}
	password, err := r.required("NewPassword")
	if err != nil {
		return nil, err
	}
	user, err := r.self(r.nameParameter())
	if err != nil {
		return nil, err
	}
	if user.LoginProfile == nil {
		return nil, noLoginProfile()
	}
	if r.passwordExpired(user.LoginProfile) {
		return nil, noPermission(r)
	}
	if user.LoginProfile.Password != old {
		return nil, oldPasswordIncorrect()
	}
	if err := r.checkPassword(user, "NewPassword", password); err != nil {
		return nil, err
	}
	user.setPassword(password, false, r.now)
	user.LoginProfile.PasswordResetRequired = false
	user.LoginProfile.UpdateDate = r.now
	return reply{}, nil
}

// userWithProfile returns the named user, who must have a login profile. (documented) Ram, which has no status, returns an
// inactive profile like any other. (assumed; Behaviour.HideInactiveProfiles)
func (r *request) userWithProfile() (*User, error) {
	user, err := r.named()
	if err != nil {
		return nil, err
	}
	profile := user.LoginProfile
	hidden := r.product == "Ram" && r.server.behaviour.HideInactiveProfiles
	if profile == nil || hidden && profile.Status == "Inactive" {
		return nil, noLoginProfile()
	}
	return user, nil
}

// fill reads the profile's fields. An absent parameter leaves its value unchanged. Only Ims has Status. A password is
// initial when the profile is created or console logon is enabled again. (documented) Whether a password that an
// administrator sets later is initial is not documented. (Behaviour.ResetPasswordsInitial).
func (r *request) fill(user *User) error {
	profile := user.LoginProfile
	err := first(
		r.boolean("PasswordResetRequired", &profile.PasswordResetRequired),
		r.boolean("MFABindRequired", &profile.MFABindRequired),
	)
	if err != nil {
		return err
	}
	initial := r.action == "CreateLoginProfile" || r.server.behaviour.ResetPasswordsInitial
	if r.product == "Ims" && r.has("Status") {
		was := profile.Status
		if err := r.oneOf("Status", &profile.Status, "Active", "Inactive"); err != nil {
			return err
		}
		if was == "Inactive" && profile.Status == "Active" {
			profile.PasswordInitial, initial = true, true
		}
	}
	if r.has("Password") {
		if err := r.checkPassword(user, "Password", r.text("Password")); err != nil {
			return err
		}
		user.setPassword(r.text("Password"), initial, r.now)
	}
	profile.UpdateDate = r.now
	return nil
}

// showLoginProfile returns the profile in the fields of the product and the operation. (documented)
func (r *request) showLoginProfile(user *User) reply {
	profile := user.LoginProfile
	name, value := r.nameOf(user.Name)
	shown := reply{
		name: value, "PasswordResetRequired": profile.PasswordResetRequired, "MFABindRequired": r.mfaBindRequired(profile),
	}
	if r.product == "Ram" {
		shown["CreateDate"] = stamp(profile.CreateDate)
		return shown
	}
	shown["Status"] = r.status(cmp.Or(profile.Status, "Active"))
	shown["UpdateDate"] = stamp(profile.UpdateDate)
	if r.action == "GetLoginProfile" {
		r.put(shown, "LastLoginTime", stamp(profile.LastLogin))
	}
	if r.action != "CreateLoginProfile" {
		shown["AutoDisableLoginStatus"] = "true" // it cannot be switched off (documented)
	}
	if !r.server.behaviour.HideNewerFields { // since January 2026
		shown["PasswordStatus"] = r.passwordStatus(profile)
	}
	return shown
}

// mfaBindRequired returns the profile's own value even if the account requires MFA of all users (assumed;
// Behaviour.ShowMandatoryMFA).
func (r *request) mfaBindRequired(profile *LoginProfile) bool {
	demanded := r.account.Preference.MFAOperationForLogin == "mandatory"
	return profile.MFABindRequired || demanded && r.server.behaviour.ShowMandatoryMFA
}
