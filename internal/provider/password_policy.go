// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

func newPasswordPolicy() *setting.Setting[ram.PasswordPolicy] {
	return &setting.Setting[ram.PasswordPolicy]{
		Name:   "password_policy",
		Noun:   "password policy",
		Object: "password policy",
		Docs: "The password policy of an account: what the passwords of RAM users must look like, and how long they last. " +
			"Every account has one. The resource adopts it and changes only the attributes that the configuration sets. `on_destroy` determines what a destroy changes.\n\n" +
			"The attributes by purpose:\n\n" +
			"* Characters: `minimum_password_length`, `require_lowercase_characters`, `require_uppercase_characters`, `require_numbers`, `require_symbols`, `minimum_password_different_character`, " +
			"`password_not_contain_user_name`, `intercept_risk_password_on_api`\n" +
			"* Age: `max_password_age`, `hard_expiry`, `initial_password_age`, `password_reuse_prevention`\n" +
			"* Wrong passwords: `max_login_attempts`\n" +
			"* Never sent to the service: `allow_lock_out`, `on_destroy`, `reset_may_weaken`, `timeouts`\n\n" +
			"A change applies to the next password that is set. Existing passwords stay valid.",
		Fields:    passwordPolicyFields(),
		Arguments: lockOutArguments(""),
		Get:       "GetPasswordPolicy",
		Fetch: func(ctx context.Context, c *ram.Client) (ram.PasswordPolicy, error) {
			return c.PasswordPolicy(ctx)
		},
		Refresh: func(ctx context.Context, c *ram.Client) (ram.PasswordPolicy, error) {
			return c.RefreshPasswordPolicy(ctx)
		},
		Write: func(ctx context.Context, c *ram.Client, merge ram.Merge[ram.PasswordPolicy], o setting.WriteOptions) error {
			return c.ChangePasswordPolicy(ctx, merge, o.Known...)
		},
		Risks:    passwordPolicyRisks,
		LockName: access.LockName,
	}
}

// passwordPolicyFields are the fields of Ims SetPasswordPolicy, with their ranges
// and the values of a new account (documented).
var passwordPolicyFields = sync.OnceValue(func() []setting.Field[ram.PasswordPolicy] {
	type p = ram.PasswordPolicy
	return []setting.Field[p]{
		setting.Number("minimum_password_length", "The fewest characters a password may have, from 8 to 32. A new account has `8`.",
			func(s *p) **int64 { return &s.MinimumPasswordLength }, 8, setting.Descending, setting.Between(8, 32)),
		setting.Flag("require_lowercase_characters", "Whether a password must contain a lower-case letter. A new account had `false` until 7 April 2026.",
			func(s *p) **bool { return &s.RequireLowercaseCharacters }, false, setting.WeakWhen(false)).Since(setting.NoticeDay, setting.Notice, types.BoolValue(true)),
		setting.Flag("require_uppercase_characters", "Whether a password must contain an upper-case letter. A new account has `false`.",
			func(s *p) **bool { return &s.RequireUppercaseCharacters }, false, setting.WeakWhen(false)),
		setting.Flag("require_numbers", "Whether a password must contain a digit. A new account had `false` until 7 April 2026.",
			func(s *p) **bool { return &s.RequireNumbers }, false, setting.WeakWhen(false)).Since(setting.NoticeDay, setting.Notice, types.BoolValue(true)),
		setting.Flag("require_symbols", "Whether a password must contain a special character. A new account has `false`.",
			func(s *p) **bool { return &s.RequireSymbols }, false, setting.WeakWhen(false)),
		setting.Number("minimum_password_different_character", "How many different characters a password must contain at least, from 0 to 8. A new account has `0`, which requires nothing.",
			func(s *p) **int64 { return &s.MinimumPasswordDifferentCharacter }, 0, setting.Descending, setting.Between(0, 8)),
		setting.Flag("password_not_contain_user_name", "Whether a password must not hold the user's name. A new account has `false`.",
			func(s *p) **bool { return &s.PasswordNotContainUserName }, false, setting.WeakWhen(false)),
		setting.Number("max_password_age", "How long a password lasts, in days, from 0 to 1095. A new account has `0`: passwords do not expire.",
			func(s *p) **int64 { return &s.MaxPasswordAge }, 0, setting.Unlimited, setting.Between(0, 1095)),
		setting.Flag("hard_expiry", "Whether only an administrator can reset a password that has expired. `false`, as in a new account, lets the user change it at the next logon.",
			func(s *p) **bool { return &s.HardExpiry }, false, setting.WeakWhen(false)),
		setting.Number("password_reuse_prevention", "How many former passwords may not be used again, from 0 to 24. A new account has `0`: all may be.",
			func(s *p) **int64 { return &s.PasswordReusePrevention }, 0, setting.Descending, setting.Between(0, 24)),
		setting.Number("max_login_attempts", "The number of wrong passwords after which the console logon is locked for an hour, from 0 to 32. A new account has `0`: never.",
			func(s *p) **int64 { return &s.MaxLoginAttempts }, 0, setting.Unlimited, setting.Between(0, 32)),
		setting.Number("initial_password_age", "How long an initial password lasts, in days, from 0 to 90. With `0`, it does not expire. A new account has `14`.",
			func(s *p) **int64 { return &s.InitialPasswordAge }, 14, setting.Unlimited, setting.Between(0, 90)),
		setting.Flag("intercept_risk_password_on_api", "Whether a password that is known to have leaked is refused when it is set through the API. A new account has `false`.",
			func(s *p) **bool { return &s.InterceptRiskPasswordOnAPI }, false, setting.WeakWhen(false)),
	}
})

// passwordPolicyRisks returns the risks of a change of the password policy: lock-outs, which are refused, and warnings.
func passwordPolicyRisks(ctx context.Context, c setting.Change[ram.PasswordPolicy]) []setting.Risk {
	change := access.ConsoleChange{Passwords: &access.Change[ram.PasswordPolicy]{Before: c.Before, After: c.After}}
	found := consoleRisks(ctx, c.Instance(), consoleQuestion{
		object: access.Passwords, value: c.After, accepted: c.Accepted, change: change, expiry: "max_password_age", initial: "initial_password_age", hard: "max_password_age",
	}, c.Used)
	if len(found) == 0 && ram.Is(c.After.HardExpiry, true) && change.Expires() {
		found = append(found, setting.Risk{
			Attribute: "hard_expiry", Summary: "Passwords expire, and only an administrator can renew them",
			Detail: fmt.Sprintf("hard_expiry is true and max_password_age is %d days: a RAM user who does not change the password in time is locked out until an administrator resets it.", *c.After.MaxPasswordAge),
		})
	}
	if access.Shorter(c.After.InitialPasswordAge, c.Before.InitialPasswordAge) {
		found = append(found, setting.Risk{
			Attribute: "initial_password_age", Summary: "Initial passwords expire sooner",
			Detail: fmt.Sprintf("A RAM user who does not change the password that an administrator set within %d days is locked out until an administrator sets another one.", *c.After.InitialPasswordAge),
		})
	}
	return found
}
