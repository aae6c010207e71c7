// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

var passwordPolicyActions = table{
	"Ims/GetPasswordPolicy": {run: getPasswordPolicy},
	"Ims/SetPasswordPolicy": {run: setPasswordPolicy, write: true, extra: true},
	"Ram/GetPasswordPolicy": {run: getPasswordPolicy},
	"Ram/SetPasswordPolicy": {run: setPasswordPolicy, write: true, extra: true},
}

// getPasswordPolicy returns the policy. A new account has the defaults; the policy is never absent. (documented)
func getPasswordPolicy(r *request) (reply, error) {
	return reply{"PasswordPolicy": r.passwordPolicy(r.account.Policy)}, nil
}

// setPasswordPolicy resets the values that the request does not pass. (assumed, as SetSecurityPreference does;
// Behaviour.KeepOmittedPolicies) Ram does not change values that only Ims has. (documented) The response is the whole
// policy. (documented)
func setPasswordPolicy(r *request) (reply, error) {
	next := r.account.Policy
	if !r.server.behaviour.KeepOmittedPolicies {
		next = DefaultsAt(r.account.FirstUse).Policy
	}
	if err := r.sharedPolicy(&next); err != nil {
		return nil, err
	}
	if err := r.productPolicy(&next); err != nil {
		return nil, err
	}
	r.account.Policy = next
	return reply{"PasswordPolicy": r.passwordPolicy(next)}, nil
}

// sharedPolicy reads the parameters of both products. The ranges are documented. The error of MinimumPasswordLength is
// documented, and the others are assumed to be alike. Both products spell "MaxLoginAttemps". (documented)
func (r *request) sharedPolicy(next *PasswordPolicy) error {
	return first(
		r.integer("MinimumPasswordLength", 8, 32, &next.MinimumPasswordLength),
		r.boolean("RequireLowercaseCharacters", &next.RequireLowercaseCharacters),
		r.boolean("RequireUppercaseCharacters", &next.RequireUppercaseCharacters),
		r.boolean("RequireNumbers", &next.RequireNumbers),
		r.boolean("RequireSymbols", &next.RequireSymbols),
		r.integer("MaxPasswordAge", 0, 1095, &next.MaxPasswordAge),
		r.integer("PasswordReusePrevention", 0, 24, &next.PasswordReusePrevention),
		r.integer("MaxLoginAttemps", 0, 32, &next.MaxLoginAttempts),
		r.extraFields(&next.Extra),
	)
}

// productPolicy reads the parameters of one product. The hard expiry is HardExpiry in Ram and HardExpire in Ims. (documented)
func (r *request) productPolicy(next *PasswordPolicy) error {
	if r.product == "Ram" {
		imsOnly := r.account.Policy
		next.MinimumPasswordDifferentCharacter = imsOnly.MinimumPasswordDifferentCharacter
		next.PasswordNotContainUserName = imsOnly.PasswordNotContainUserName
		next.InitialPasswordAge = imsOnly.InitialPasswordAge
		next.InterceptRiskPasswordOnAPI = imsOnly.InterceptRiskPasswordOnAPI
		return r.boolean("HardExpiry", &next.HardExpiry)
	}
	if err := first(
		r.boolean("HardExpire", &next.HardExpiry),
		r.integer("MinimumPasswordDifferentCharacter", 0, 8, &next.MinimumPasswordDifferentCharacter),
		r.boolean("PasswordNotContainUserName", &next.PasswordNotContainUserName),
	); err != nil || r.server.behaviour.HideNewerFields {
		return err
	}
	return first(
		r.integer("InitialPasswordAge", 0, 90, &next.InitialPasswordAge),
		r.boolean("InterceptRiskPasswordOnApi", &next.InterceptRiskPasswordOnAPI),
	)
}

// passwordPolicy returns the policy in the fields of the product. (documented)
func (r *request) passwordPolicy(policy PasswordPolicy) reply {
	shown := reply{
		"MinimumPasswordLength":      policy.MinimumPasswordLength,
		"RequireLowercaseCharacters": policy.RequireLowercaseCharacters,
		"RequireUppercaseCharacters": policy.RequireUppercaseCharacters,
		"RequireNumbers":             policy.RequireNumbers,
		"RequireSymbols":             policy.RequireSymbols,
		"MaxPasswordAge":             policy.MaxPasswordAge,
		"PasswordReusePrevention":    policy.PasswordReusePrevention,
		"MaxLoginAttemps":            policy.MaxLoginAttempts,
	}
	r.putExtra(shown, policy.Extra)
	if r.product == "Ram" {
		shown["HardExpiry"] = policy.HardExpiry
		return shown
	}
	shown["HardExpire"] = policy.HardExpiry
	shown["MinimumPasswordDifferentCharacter"] = policy.MinimumPasswordDifferentCharacter
	shown["PasswordNotContainUserName"] = policy.PasswordNotContainUserName
	if !r.server.behaviour.HideNewerFields {
		shown["InitialPasswordAge"] = policy.InitialPasswordAge
		shown["InterceptRiskPasswordOnApi"] = policy.InterceptRiskPasswordOnAPI
	}
	return shown
}
