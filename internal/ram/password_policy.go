// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getPasswordPolicy = operation{product: imsProduct, action: "GetPasswordPolicy", repeat: read}
	setPasswordPolicy = operation{product: imsProduct, action: "SetPasswordPolicy", repeat: set}
)

// PasswordPolicy holds the rules for the passwords of an account's users. Nil is
// what the service did not say, or what a Set leaves alone.
type PasswordPolicy struct {
	MinimumPasswordLength             *int64
	RequireLowercaseCharacters        *bool
	RequireUppercaseCharacters        *bool
	RequireNumbers                    *bool
	RequireSymbols                    *bool
	MinimumPasswordDifferentCharacter *int64
	PasswordNotContainUserName        *bool
	MaxPasswordAge                    *int64 // days, 0: passwords do not expire
	HardExpiry                        *bool  // HardExpire on the wire of Ims
	PasswordReusePrevention           *int64
	MaxLoginAttempts                  *int64 // MaxLoginAttemps on the wire, 0: unlimited
	InitialPasswordAge                *int64 // days, 0: initial passwords do not expire
	InterceptRiskPasswordOnAPI        *bool
}

type passwordPolicyAnswer struct {
	PasswordPolicy *struct {
		MinimumPasswordLength             number
		RequireLowercaseCharacters        flag
		RequireUppercaseCharacters        flag
		RequireNumbers                    flag
		RequireSymbols                    flag
		MinimumPasswordDifferentCharacter number
		PasswordNotContainUserName        flag
		MaxPasswordAge                    number
		HardExpire                        flag
		PasswordReusePrevention           number
		MaxLoginAttemps                   number
		InitialPasswordAge                number
		InterceptRiskPasswordOnAPI        flag `json:"InterceptRiskPasswordOnApi"`
	}
}

func (a *passwordPolicyAnswer) missing() string {
	if a.PasswordPolicy == nil {
		return "PasswordPolicy"
	}
	return ""
}

// PasswordPolicy is the policy of the account. It may have been read before
// (planLife, sharedLife), unless this client changed it since.
func (c *Client) PasswordPolicy(ctx context.Context) (PasswordPolicy, error) {
	return c.caches.policy.get(ctx, "", c.readPolicy)
}

// PasswordPolicyNow is the policy of the account, past what is known.
func (c *Client) RefreshPasswordPolicy(ctx context.Context) (PasswordPolicy, error) {
	return c.caches.policy.refresh(ctx, "", c.readPolicy)
}

func (c *Client) readPolicy(ctx context.Context) (PasswordPolicy, error) {
	var answer passwordPolicyAnswer
	if err := c.call(ctx, getPasswordPolicy, nil, &answer); err != nil {
		return PasswordPolicy{}, err
	}
	said := answer.PasswordPolicy
	return PasswordPolicy{
		MinimumPasswordLength:             said.MinimumPasswordLength.value,
		RequireLowercaseCharacters:        said.RequireLowercaseCharacters.value,
		RequireUppercaseCharacters:        said.RequireUppercaseCharacters.value,
		RequireNumbers:                    said.RequireNumbers.value,
		RequireSymbols:                    said.RequireSymbols.value,
		MinimumPasswordDifferentCharacter: said.MinimumPasswordDifferentCharacter.value,
		PasswordNotContainUserName:        said.PasswordNotContainUserName.value,
		MaxPasswordAge:                    said.MaxPasswordAge.value,
		HardExpiry:                        said.HardExpire.value,
		PasswordReusePrevention:           said.PasswordReusePrevention.value,
		MaxLoginAttempts:                  said.MaxLoginAttemps.value,
		InitialPasswordAge:                said.InitialPasswordAge.value,
		InterceptRiskPasswordOnAPI:        said.InterceptRiskPasswordOnAPI.value,
	}, nil
}

// SetPasswordPolicy sends every field that is not nil. Whether the service keeps
// or resets the others is not documented.
func (c *Client) SetPasswordPolicy(ctx context.Context, p PasswordPolicy) error {
	in := params{}
	in.number("MinimumPasswordLength", p.MinimumPasswordLength)
	in.flag("RequireLowercaseCharacters", p.RequireLowercaseCharacters)
	in.flag("RequireUppercaseCharacters", p.RequireUppercaseCharacters)
	in.flag("RequireNumbers", p.RequireNumbers)
	in.flag("RequireSymbols", p.RequireSymbols)
	in.number("MinimumPasswordDifferentCharacter", p.MinimumPasswordDifferentCharacter)
	in.flag("PasswordNotContainUserName", p.PasswordNotContainUserName)
	in.number("MaxPasswordAge", p.MaxPasswordAge)
	in.flag("HardExpire", p.HardExpiry)
	in.number("PasswordReusePrevention", p.PasswordReusePrevention)
	in.number("MaxLoginAttemps", p.MaxLoginAttempts)
	in.number("InitialPasswordAge", p.InitialPasswordAge)
	in.flag("InterceptRiskPasswordOnApi", p.InterceptRiskPasswordOnAPI)
	defer c.caches.policy.invalidateAround()()
	return c.call(ctx, setPasswordPolicy, in, nil)
}
