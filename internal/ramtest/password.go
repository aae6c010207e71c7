// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// checkPassword checks a new password against the account's policy. (documented) The code names the parameter.
func (r *request) checkPassword(user *User, parameter, password string) error {
	policy := r.account.Policy
	if !policy.Accepts(user.Name, password) {
		return passwordTooWeak(parameter)
	}
	// PasswordReusePrevention applies to the user (documented) and to an administrator. (assumed)
	if user.used(password, policy.PasswordReusePrevention) {
		return passwordReused(parameter)
	}
	return nil
}

// Accepts reports whether a password satisfies the policy, except PasswordReusePrevention. (documented)
func (p PasswordPolicy) Accepts(userName, password string) bool {
	weak := utf8.RuneCountInString(password) < p.MinimumPasswordLength ||
		p.RequireLowercaseCharacters && !strings.ContainsFunc(password, isLower) ||
		p.RequireUppercaseCharacters && !strings.ContainsFunc(password, isUpper) ||
		p.RequireNumbers && !strings.ContainsFunc(password, isDigit) ||
		p.RequireSymbols && !strings.ContainsFunc(password, isSymbol) ||
		distinct(password) < p.MinimumPasswordDifferentCharacter ||
		p.PasswordNotContainUserName && containsName(password, userName) ||
		p.InterceptRiskPasswordOnAPI && risky(password)
	return !weak
}

func isLower(c rune) bool { return 'a' <= c && c <= 'z' }
func isUpper(c rune) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c rune) bool { return '0' <= c && c <= '9' }

// isSymbol reports whether a character is printable ASCII other than letters, digits and blanks (assumed; no source lists
// them).
func isSymbol(c rune) bool {
	return c < unicode.MaxASCII && c > ' ' && !isLower(c) && !isUpper(c) && !isDigit(c)
}

func distinct(password string) int {
	characters := map[rune]bool{}
	for _, c := range password {
		characters[c] = true
	}
	return len(characters)
}

// containsName ignores case. (assumed)
func containsName(password, name string) bool {
	return strings.Contains(strings.ToLower(password), strings.ToLower(name))
}

// risky reports whether a password counts as leaked. The service's list is not public. (assumed)
func risky(password string) bool {
	return slices.Contains([]string{
		"password", "password1", "password1!", "passw0rd", "passw0rd!", "p@ssw0rd", "p@ssword1", "12345678", "123456789",
		"qwerty123", "qwerty123!", "abc12345", "abcd1234", "abcd1234!", "admin123", "admin@123", "aliyun123", "welcome1!",
	}, strings.ToLower(password))
}

// used reports whether a password is one of the user's last ones. (documented; that the current one counts is assumed)
func (u *User) used(password string, last int) bool {
	past := slices.Clone(u.PasswordHistory)
	if present := u.LoginProfile.Password; present != "" && (len(past) == 0 || past[len(past)-1] != present) {
		past = append(past, present)
	}
	return slices.Contains(past[max(len(past)-last, 0):], password)
}

// longestHistory is the maximum of PasswordReusePrevention. (documented)
const longestHistory = 24

// setPassword sets the user's password and adds it to the history.
func (u *User) setPassword(password string, initial bool, now time.Time) {
	profile := u.LoginProfile
	if present := profile.Password; present != "" && !slices.Contains(u.PasswordHistory, present) {
		u.PasswordHistory = append(u.PasswordHistory, present)
	}
	profile.Password, profile.PasswordDate, profile.PasswordInitial = password, now, initial
	u.PasswordHistory = append(u.PasswordHistory, password)
	u.PasswordHistory = u.PasswordHistory[max(len(u.PasswordHistory)-longestHistory, 0):]
}

// passwordStatus returns the state of the password. An initial one is valid for InitialPasswordAge days, or without limit
// if that is 0. (documented)
func (r *request) passwordStatus(profile *LoginProfile) string {
	switch {
	case !profile.PasswordInitial:
		return "NotInitial"
	case r.older(profile, r.account.Policy.InitialPasswordAge):
		return "InitialExpired"
	default:
		return "InitialValid"
	}
}

// passwordExpired reports whether only an administrator can reset the password: it is an expired initial password, or any
// expired password under HardExpiry. (documented; that both apply to ChangePassword is assumed)
func (r *request) passwordExpired(profile *LoginProfile) bool {
	policy := r.account.Policy
	return r.passwordStatus(profile) == "InitialExpired" || policy.HardExpiry && r.older(profile, policy.MaxPasswordAge)
}

// older reports whether the password is older than days; 0 means that it never expires. (documented)
func (r *request) older(profile *LoginProfile, days int) bool {
	return days > 0 && r.now.After(profile.PasswordDate.AddDate(0, 0, days))
}
