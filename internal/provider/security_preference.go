// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Limits of the service for logon masks (documented).
const (
	mostMasks    = 40  // entries
	longestMasks = 512 // characters, joined by ";"
)

// maskLimits are the limits of the logon masks. The console allows more than the reference.
func maskLimits() network.Limits {
	return network.Limits{Entries: mostMasks, Characters: longestMasks, Note: " The API reference states this limit; the page of the console in 2026 allows 200 IPv4 addresses."}
}

func newSecurityPreference() *setting.Setting[ram.SecurityPreference] {
	return &setting.Setting[ram.SecurityPreference]{
		Name:   "security_preference",
		Noun:   "security preference",
		Object: "security preference",
		Docs: "The security preference of an account: how RAM users log on to the console, and which of their own credentials they may change. " +
			"Every account has one. The resource adopts it and changes only the attributes that the configuration sets. `on_destroy` determines what a destroy changes.\n\n" +
			"Logon masks (`login_network_masks`) apply only to the console, not to calls that are signed with an AccessKey pair.\n\n" +
			"The attributes by purpose:\n\n" +
			"* Logon to the console: `login_network_masks`, `login_session_duration`, `allow_user_long_term_login`, `allow_user_to_login_with_passkey`\n" +
			"* Second factors: `mfa_operation_for_login`, `enable_save_mfa_ticket`, `verification_types`\n" +
			"* What users may manage themselves: `allow_user_to_change_password`, `allow_user_to_manage_mfa_devices`, `allow_user_to_manage_access_keys`, `allow_user_to_manage_service_credentials`, " +
			"`allow_user_to_manage_personal_ding_talk`, `allow_user_to_manage_public_keys`\n" +
			"* Idle limits: `max_idle_days_for_users`, `max_idle_days_for_access_keys`\n" +
			"* Never sent to the service: `must_allow`, `allow_lock_out`, `on_destroy`, `reset_may_weaken`, `timeouts`\n\n" +
			"The guide \"Locked out\" describes how each limit works, and which changes can lock users out.",
		Fields:    securityPreferenceFields(),
		Arguments: lockOutArguments("`login_network_masks`"),
		Get:       "GetSecurityPreference",
		Fetch: func(ctx context.Context, c *ram.Client) (ram.SecurityPreference, error) {
			return c.SecurityPreference(ctx)
		},
		Refresh: func(ctx context.Context, c *ram.Client) (ram.SecurityPreference, error) {
			return c.RefreshSecurityPreference(ctx)
		},
		Write: func(ctx context.Context, c *ram.Client, merge ram.Merge[ram.SecurityPreference], o setting.WriteOptions) error {
			if o.Elsewhere {
				return c.ChangePreferenceAndPublicKeys(ctx, merge, o.Known...)
			}
			return c.ChangeSecurityPreference(ctx, merge, o.Known...)
		},
		Complete: func(ctx context.Context, c *ram.Client, p *ram.SecurityPreference) (err error) {
			p.AllowUserToManagePublicKeys, err = c.PublicKeyPreference(ctx)
			return err
		},
		Risks:    securityPreferenceRisks,
		LockName: access.LockName,
	}
}

// securityPreferenceFields are the fields of Ims SetSecurityPreference. What a
// new account has is documented, but for the switch of service credentials, of
// which only an example exists (assumed).
var securityPreferenceFields = sync.OnceValue(func() []setting.Field[ram.SecurityPreference] {
	type p = ram.SecurityPreference
	idle := int64validator.OneOf(90, 180, 365, 730)
	longTerm := setting.Flag("allow_user_long_term_login", "Whether RAM users may stay signed in to the Alibaba Cloud app and client. The API reference does not describe this parameter: "+
		"the provider sends it only if it is set, and warns if the service does not return it.", func(s *p) **bool { return &s.AllowUserLongTermLogin }, false, setting.WeakWhen(true))
	longTerm.NeverReturned = true
	longTerm.Resource = schema.BoolAttribute{Optional: true, MarkdownDescription: longTerm.Resource.GetMarkdownDescription()}
	publicKeys := setting.Flag("allow_user_to_manage_public_keys", "Whether RAM users may manage their own public keys. Only accounts of the Japan site have the setting (documented): on another site, a plan that sets it is an error. "+
		"The provider reads it only if the configuration sets it. A new account has `false`.", func(s *p) **bool { return &s.AllowUserToManagePublicKeys }, false, setting.WeakWhen(true))
	publicKeys.NeverReturned, publicKeys.Elsewhere = true, "Only accounts of the Japan site have this setting (documented)."
	publicKeys.Resource = schema.BoolAttribute{Optional: true, MarkdownDescription: publicKeys.Resource.GetMarkdownDescription()}
	return []setting.Field[p]{
		setting.Flag("allow_user_to_change_password", "Whether RAM users may change their own passwords. A new account has `true`.",
			func(s *p) **bool { return &s.AllowUserToChangePassword }, true, setting.Neutral[bool]),
		setting.Flag("allow_user_to_manage_access_keys", "Whether RAM users may manage their own AccessKey pairs. A new account has `false`.",
			func(s *p) **bool { return &s.AllowUserToManageAccessKeys }, false, setting.WeakWhen(true)),
		setting.Flag("allow_user_to_manage_mfa_devices", "Whether RAM users may bind and unbind their own MFA devices. A new account has `true`.",
			func(s *p) **bool { return &s.AllowUserToManageMFADevices }, true, setting.Neutral[bool]),
		setting.Flag("allow_user_to_manage_personal_ding_talk", "Whether RAM users may bind and unbind their own DingTalk accounts. A new account has `true`.",
			func(s *p) **bool { return &s.AllowUserToManagePersonalDingTalk }, true, setting.Neutral[bool]),
		setting.Flag("allow_user_to_manage_service_credentials", "Whether RAM users may manage their own service credentials. A new account has `false`.",
			func(s *p) **bool { return &s.AllowUserToManageServiceCredentials }, false, setting.WeakWhen(true)),
		setting.Flag("allow_user_to_login_with_passkey", "Whether RAM users may log on with a passkey. A new account has `true`.",
			func(s *p) **bool { return &s.AllowUserToLoginWithPasskey }, true, setting.Neutral[bool]),
		longTerm,
		setting.Flag("enable_save_mfa_ticket", "Whether a device on which a RAM user has entered a second factor can remember it for seven days, during which no second factor is required on this device. A new account has `false`.",
			func(s *p) **bool { return &s.EnableSaveMFATicket }, false, setting.WeakWhen(true)),
		setting.Number("login_session_duration", "How long a console session lasts, in hours, from 1 to 24. A new account has `6`.",
			func(s *p) **int64 { return &s.LoginSessionDuration }, 6, setting.Ascending, setting.Between(1, 24)),
		setting.Words("login_network_masks", "The IP addresses and CIDR blocks from which RAM users may log on to the console, by password or single sign-on. The API reference limits the list to "+
			"40 entries, and to 512 characters when joined by `;`. The page of the console (2026) allows 200 addresses. If the list exceeds the limits of the API reference, the provider warns and sends it, and the service accepts or rejects it. An empty set, as in a new account, allows every address. The order of the entries and their notation (`192.0.2.1` or `192.0.2.1/32`) do not matter.",
			func(s *p) *[]string { return &s.LoginNetworkMasks }, network.Canonical, network.Wider, network.Validators(maskLimits())...),
		setting.Choice("mfa_operation_for_login", "When a RAM user needs a second factor at logon: `mandatory` (always), `independent` (if the user's login profile requires it) or `adaptive` (only for a suspicious logon). "+
			"A new account has `independent` according to the API reference, and `mandatory` according to the page of the console (2026).",
			func(s *p) **string { return &s.MFAOperationForLogin }, "independent", "independent", "adaptive", access.Mandatory).Since("2026", setting.ConsolePage+", unlike the API reference", types.StringValue(access.Mandatory)),
		setting.Words("verification_types", "The second factors that may replace an MFA device: `sms`, `email` and `mfa`. The API reference does not list `mfa`. A new account has none according to the API reference, and all according to the page of the console (2026).",
			func(s *p) *[]string { return &s.VerificationTypes }, strings.ToLower, setting.Neutral[[]string],
			setvalidator.ValueStringsAre(stringvalidator.OneOf("sms", "email", "mfa"))).Since("2026", setting.ConsolePage+": all methods are on", tf.StringSet([]string{"email", "sms"})),
		setting.Number("max_idle_days_for_users", "The number of days without a logon after which the console logon of a RAM user is disabled: `90`, `180`, `365` or `730`. An account that was created before 8 April 2026 started with `730`.",
			func(s *p) **int64 { return &s.MaxIdleDaysForUsers }, 730, setting.Ascending, idle).Since(setting.NoticeDay, setting.Notice, types.Int64Value(365)),
		setting.Number("max_idle_days_for_access_keys", "The number of days without use after which an AccessKey pair is disabled: `90`, `180`, `365` or `730`. An account that was created before 8 April 2026 started with `730`.",
			func(s *p) **int64 { return &s.MaxIdleDaysForAccessKeys }, 730, setting.Ascending, idle).Since(setting.NoticeDay, setting.Notice+"; the page of the console in 2026 says `730`", types.Int64Value(365)),
		publicKeys,
	}
})

// securityPreferenceRisks returns the risks of a change of the security preference: lock-outs, which are refused, and warnings.
func securityPreferenceRisks(ctx context.Context, c setting.Change[ram.SecurityPreference]) []setting.Risk {
	change := access.ConsoleChange{Preference: &access.Change[ram.SecurityPreference]{Before: c.Before, After: c.After}}
	refused := consoleRisks(ctx, c.Instance(), consoleQuestion{
		object: access.Preference, value: c.After, accepted: c.Accepted, change: change,
		expiry: "allow_user_to_change_password", reset: "allow_user_to_change_password", factor: "allow_user_to_manage_mfa_devices",
	}, c.Used)
	general := slices.DeleteFunc(slices.Concat(mfaRisks(c), passwordChangeRisks(c)), func(d setting.Risk) bool { // said by what is refused
		return slices.ContainsFunc(refused, func(r setting.Risk) bool { return r.Attribute == d.Attribute })
	})
	return slices.Concat(maskRisks(c), general, idleRisks(c), refused)
}

func maskRisks(c setting.Change[ram.SecurityPreference]) (found []setting.Risk) {
	masks := c.After.LoginNetworkMasks
	if out := network.Uncovered(c.MustAllow, masks); len(out) > 0 {
		found = append(found, setting.Risk{
			Attribute: "login_network_masks", Refuse: true, Summary: "The logon masks exclude addresses that must be allowed",
			Detail: fmt.Sprintf("must_allow contains %s, but login_network_masks would be %s: users could not log on to the console from there.",
				strings.Join(out, ", "), strings.Join(masks, ", ")),
		})
	}
	if added := slices.DeleteFunc(slices.Clone(masks), func(s string) bool {
		return !strings.Contains(s, ":") || slices.Contains(c.Before.LoginNetworkMasks, s)
	}); len(added) > 0 {
		found = append(found, setting.Risk{
			Attribute: "login_network_masks", Rank: diagnostics.Other, Summary: "The logon masks contain IPv6 networks",
			Detail: fmt.Sprintf("%s: the page of the console says that logon masks are IPv4, and the API reference does not mention IPv6. The service may reject these networks or ignore them.", strings.Join(added, ", ")),
		})
	}
	if network.PrivateOnly(network.ParseAll(masks)) && !slices.Equal(masks, c.Before.LoginNetworkMasks) {
		found = append(found, setting.Risk{
			Attribute: "login_network_masks", Summary: "The logon masks contain private addresses only",
			Detail: "The console compares the masks with the public address of a user, never with a private one. With these masks, no user can log on from the internet.",
		})
	}
	return found
}

// changesTo reports whether a text gets a value that it did not have.
func changesTo(before, after *string, value string) bool {
	return after != nil && *after == value && (before == nil || *before != value)
}

func mfaRisks(c setting.Change[ram.SecurityPreference]) (found []setting.Risk) {
	after := c.After
	if after.MFAOperationForLogin == nil || *after.MFAOperationForLogin != access.Mandatory {
		return nil
	}
	starts := changesTo(c.Before.MFAOperationForLogin, after.MFAOperationForLogin, access.Mandatory)
	if starts {
		found = append(found, setting.Risk{
			Attribute: "mfa_operation_for_login", Summary: "Every RAM user needs a second factor",
			Detail: "From the next logon on, a RAM user without a second factor has to bind one to log on.",
		})
	}
	if ram.Is(after.AllowUserToManageMFADevices, false) && (starts || !ram.Is(c.Before.AllowUserToManageMFADevices, false)) {
		found = append(found, setting.Risk{
			Attribute: "allow_user_to_manage_mfa_devices", Summary: "Users may not bind a second factor",
			Detail: "mfa_operation_for_login is \"mandatory\" and allow_user_to_manage_mfa_devices is false. A user without a second factor, such as a new one, or one who has lost it, cannot log on until an administrator binds one.",
		})
	}
	if c.Manages("verification_types") && after.VerificationTypes != nil && len(after.VerificationTypes) == 0 && (starts || len(c.Before.VerificationTypes) > 0) {
		found = append(found, setting.Risk{
			Attribute: "verification_types", Summary: "A second factor is mandatory, but no alternative is allowed",
			Detail: "mfa_operation_for_login is \"mandatory\" and verification_types is empty: an MFA device is the only second factor. " +
				"A RAM user who has none, or has lost it, cannot log on until one is bound. Users can do that at the next logon while allow_user_to_manage_mfa_devices is true.",
		})
	}
	return found
}

func idleRisks(c setting.Change[ram.SecurityPreference]) (found []setting.Risk) {
	for _, limit := range []struct {
		attribute, whom, what string
		before, after         *int64
	}{
		{"max_idle_days_for_users", "RAM users who did not log on", "lose their console access", c.Before.MaxIdleDaysForUsers, c.After.MaxIdleDaysForUsers},
		{"max_idle_days_for_access_keys", "AccessKey pairs that were not used", "are disabled", c.Before.MaxIdleDaysForAccessKeys, c.After.MaxIdleDaysForAccessKeys},
	} {
		if limit.after != nil && limit.before != nil && *limit.after < *limit.before {
			found = append(found, setting.Risk{
				Attribute: limit.attribute, Summary: "Idle credentials are disabled sooner",
				Detail: fmt.Sprintf("%s for %d days %s on the following day.", limit.whom, *limit.after, limit.what),
			})
		}
	}
	return found
}

// passwordChangeRisks warns if users may no longer change their passwords. consoleRisks refuses the cases that lock users out.
func passwordChangeRisks(c setting.Change[ram.SecurityPreference]) []setting.Risk {
	if !ram.Is(c.After.AllowUserToChangePassword, false) || ram.Is(c.Before.AllowUserToChangePassword, false) {
		return nil
	}
	return []setting.Risk{{
		Attribute: "allow_user_to_change_password", Summary: "Users may not change their passwords",
		Detail: "A RAM user whose password has expired, or has to be reset at the next logon, cannot log on until an administrator sets a new one. Users cannot replace initial passwords, which expire after initial_password_age.",
	}}
}
