// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getPasswordPolicy = operation{product: imsProduct, action: "GetPasswordPolicy", repeat: read}
	setPasswordPolicy = operation{product: imsProduct, action: "SetPasswordPolicy", repeat: set}
)

// PasswordPolicy holds the rules for the passwords of an account's users. Nil means that
// the service did not return the field, or that a Set does not send it.
type PasswordPolicy struct {
	MinimumPasswordLength             *int64
	RequireLowercaseCharacters        *bool
	RequireUppercaseCharacters        *bool
	RequireNumbers                    *bool
	RequireSymbols                    *bool
	MinimumPasswordDifferentCharacter *int64
	PasswordNotContainUserName        *bool
	MaxPasswordAge                    *int64 // in days; 0: passwords do not expire
	HardExpiry                        *bool  // named HardExpire by Ims
	PasswordReusePrevention           *int64
	MaxLoginAttempts                  *int64 // named MaxLoginAttemps by the service; 0: unlimited
	InitialPasswordAge                *int64 // in days; 0: initial passwords do not expire
	InterceptRiskPasswordOnAPI        *bool
}

type passwordPolicyResponse struct {
	PasswordPolicy *returned[passwordPolicyFields]
}

type passwordPolicyFields struct {
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

func (a *passwordPolicyResponse) missing() string {
	if a.PasswordPolicy == nil {
		return "PasswordPolicy"
	}
	return ""
}

// PasswordPolicy returns the policy of the account. It comes from the cache unless this
// client has changed it since it was read.
func (c *Client) PasswordPolicy(ctx context.Context) (PasswordPolicy, error) {
	return c.caches.policy.get(ctx, "", c.readPolicy)
}

// RefreshPasswordPolicy returns the policy of the account. It bypasses the cache.
func (c *Client) RefreshPasswordPolicy(ctx context.Context) (PasswordPolicy, error) {
	return c.caches.policy.refresh(ctx, "", c.readPolicy)
}

func (c *Client) readPolicy(ctx context.Context) (PasswordPolicy, error) {
	p, _, err := c.readPolicyReply(ctx)
	return p, err
}

func (c *Client) readPolicyReply(ctx context.Context) (PasswordPolicy, Reply, error) {
	var response passwordPolicyResponse
	if err := c.call(ctx, getPasswordPolicy, nil, &response); err != nil {
		return PasswordPolicy{}, Reply{}, err
	}
	c.returned.Store(getPasswordPolicy.action, response.PasswordPolicy.reply)
	return response.PasswordPolicy.known.policy(), response.PasswordPolicy.reply, nil
}

func (f *passwordPolicyFields) policy() PasswordPolicy {
	return PasswordPolicy{
		MinimumPasswordLength:             f.MinimumPasswordLength.value,
		RequireLowercaseCharacters:        f.RequireLowercaseCharacters.value,
		RequireUppercaseCharacters:        f.RequireUppercaseCharacters.value,
		RequireNumbers:                    f.RequireNumbers.value,
		RequireSymbols:                    f.RequireSymbols.value,
		MinimumPasswordDifferentCharacter: f.MinimumPasswordDifferentCharacter.value,
		PasswordNotContainUserName:        f.PasswordNotContainUserName.value,
		MaxPasswordAge:                    f.MaxPasswordAge.value,
		HardExpiry:                        f.HardExpire.value,
		PasswordReusePrevention:           f.PasswordReusePrevention.value,
		MaxLoginAttempts:                  f.MaxLoginAttemps.value,
		InitialPasswordAge:                f.InitialPasswordAge.value,
		InterceptRiskPasswordOnAPI:        f.InterceptRiskPasswordOnAPI.value,
	}
}

func (p PasswordPolicy) params() (params, error) {
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
	return in, nil
}

// ChangePasswordPolicy writes the policy that merge returns for the live policy. It is not
// documented whether the service keeps or resets fields that a request leaves out, so the
// request holds every returned field. If the response lacks one of the known fields and
// merge does not set it, nothing is written.
func (c *Client) ChangePasswordPolicy(ctx context.Context, merge Merge[PasswordPolicy], known ...string) error {
	return changeSetting(ctx, c, settingWrite[PasswordPolicy]{
		invalidateIfSent: c.caches.policy.invalidateIfSent,
		get:              getPasswordPolicy, set: setPasswordPolicy, read: c.readPolicyReply, params: PasswordPolicy.params,
		required: []string{
			"MinimumPasswordLength", "RequireLowercaseCharacters", "RequireUppercaseCharacters", "RequireNumbers", "RequireSymbols",
			"MinimumPasswordDifferentCharacter", "PasswordNotContainUserName", "MaxPasswordAge", "HardExpire", "PasswordReusePrevention", "MaxLoginAttemps",
		},
		newer: []string{"InitialPasswordAge", "InterceptRiskPasswordOnApi"},
		known: known,
	}, merge)
}
