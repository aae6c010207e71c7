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

// Opens the console to a user, with a password that meets the policy. (documented) Without a password it is refused.
// (assumed; Behaviour.ProfilesWithoutPassword)
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

// A user's console logon, without its password. (documented)
func getLoginProfile(r *request) (reply, error) {
	user, err := r.userWithProfile()
	if err != nil {
		return nil, err
	}
	return reply{"LoginProfile": r.showLoginProfile(user)}, nil
}

// Changes what the request gives. Ims answers the profile, Ram nothing. (documented)
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

// Closes the console to a user. Nothing prevents it. (documented)
func deleteLoginProfile(r *request) (reply, error) {
	user, err := r.userWithProfile()
	if err != nil {
		return nil, err
	}
	user.LoginProfile = nil
	return reply{}, nil
}

// A RAM user changes its own password, where the account allows it.
// (documented; that another may not is NoPermission, as is a password that ran out: assumed)
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

// userWithProfile is the user named, if it has a login profile. (documented)
// Ram, which has no status, shows one that is Inactive like any other. (assumed; Behaviour.InactiveProfilesHidden)
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

// fill reads the profile's fields. What is absent keeps its value; only Ims has Status. (documented)
func (r *request) fill(user *User) error {
	profile := user.LoginProfile
	err := first(
		r.boolean("PasswordResetRequired", &profile.PasswordResetRequired),
		r.boolean("MFABindRequired", &profile.MFABindRequired),
	)
	if err != nil {
		return err
	}
	if r.product == "Ims" && r.has("Status") {
		profile.Status = r.text("Status")
		if profile.Status != "Active" && profile.Status != "Inactive" {
			return incorrect("Status")
		}
	}
	if r.has("Password") {
		if err := r.checkPassword(user, "Password", r.text("Password")); err != nil {
			return err
		}
		user.setPassword(r.text("Password"), true, r.now)
	}
	profile.UpdateDate = r.now
	return nil
}

// showLoginProfile is the profile in the fields that the version and the operation have. (documented)
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
	shown["Status"] = cmp.Or(profile.Status, "Active")
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

// The account may demand MFA of everybody, which the profile does not show. (assumed; Behaviour.MandatoryMFAShown)
func (r *request) mfaBindRequired(profile *LoginProfile) bool {
	demanded := r.account.Preference.MFAOperationForLogin == "mandatory"
	return profile.MFABindRequired || demanded && r.server.behaviour.ShowMandatoryMFA
}
