// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// consoleQuestion is a change that can lock users out of the console, and the attributes that its errors name.
type consoleQuestion struct {
	object                string // in package access
	value                 any
	accepted              bool
	change                access.ConsoleChange
	expiry, reset, factor string
	initial, hard         string
}

// consoleRisks judges a change that can lock users out of the console, with what else this run changes. It calls used if it
// read other objects.
func consoleRisks(ctx context.Context, i *instance.Instance, q consoleQuestion, used func()) (found []setting.Risk) {
	if !q.change.MayRemoveAccess() {
		used = func() {}
	}
	err := access.Of(i).Hold(ctx, q.object, q.value, q.accepted, func() {
		verdict := q.change.Judge(ctx, i)
		found = append(found, q.expiryRisk(verdict)...)
		for _, loss := range verdict.Losses {
			found = append(found, q.lossRisk(loss))
		}
		if verdict.UnreadUsers != nil {
			found = append(found, q.unreadRisk(verdict.UnreadUsers))
		}
	})
	used()
	if err != nil {
		found = append(found, q.unreadRisk(err))
	}
	return found
}

const expiryForGood = "Passwords expire, and only an administrator can renew them"

func (q consoleQuestion) expiryRisk(a access.ConsoleVerdict) []setting.Risk {
	switch {
	case a.Expiry == 0:
		return nil
	case a.Unread != nil:
		return []setting.Risk{{
			Attribute: q.expiry, Refuse: true, Summary: expiryForGood,
			Detail: "Passwords would expire, and whether users may change them before could not be determined: " + diagnostics.Sentence(a.Unread.Error()) + " If they may not, every RAM user is locked out when the password expires.",
		}}
	}
	return []setting.Risk{{
		Attribute: q.expiry, Refuse: a.Expiry <= access.ShortPasswordAge && !a.ExpiryAccepted, Summary: expiryForGood,
		Detail: fmt.Sprintf("max_password_age is %d days and allow_user_to_change_password is false%s: every RAM user is locked out once the password is that old. This does not depend on hard_expiry: if it is false, users must set another password at the logon, which they may not do.", a.Expiry, togetherWith),
	}}
}

// togetherWith says where the values come from.
const togetherWith = ", in the account or once this run has been applied"

func (q consoleQuestion) lossRisk(loss access.Loss) setting.Risk {
	switch loss.Reason {
	case access.Initial:
		return setting.Risk{
			Attribute: q.initial, Refuse: !loss.Accepted, Summary: "Initial passwords may expire at once",
			Detail: fmt.Sprintf("These users still have the password that an administrator set, and it is older than initial_password_age, or may be older, because the service does not return when it was set: %s. Once it has expired, they cannot log on until an administrator sets another password. "+
				"Let them log on and change it first, or set another password after this change.", loss.Names()),
		}
	case access.Hard:
		return setting.Risk{
			Attribute: q.hard, Refuse: !loss.Accepted, Summary: "Passwords may expire at once, and only an administrator can renew them",
			Detail: fmt.Sprintf("hard_expiry is true, and the login profiles of these users were not changed for longer than max_password_age, so their passwords may be older than that: %s. They could not log on until an administrator sets another password. "+
				"Let them change their passwords first, for example with hard_expiry = false, which requires the change at the next logon.", loss.Names()),
		}
	case access.Reset:
		return setting.Risk{
			Attribute: q.reset, Refuse: !loss.Accepted, Summary: "Users have to change their passwords, and may not",
			Detail: fmt.Sprintf("%s must set another password at the next logon, and allow_user_to_change_password is false%s: they cannot log on until an administrator sets another password.", loss.Names(), togetherWith),
		}
	case access.Second: // below
	}
	return setting.Risk{
		Attribute: q.factor, Refuse: !loss.Accepted, Summary: "A second factor is mandatory, but users may not bind one",
		Detail: fmt.Sprintf("A second factor is required and allow_user_to_manage_mfa_devices is false%s, but these users have none that the account accepts: %s. They could not log on. "+
			"Bind their devices in an earlier apply, or let users bind them.", togetherWith, loss.Names()),
	}
}

func (q consoleQuestion) unreadRisk(err error) setting.Risk {
	attribute := q.factor
	if !q.change.MayRequireFactors() {
		attribute = cmp.Or(q.reset, q.hard)
	}
	return setting.Risk{
		Attribute: attribute, Refuse: true, Summary: "Users may be locked out of the console",
		Detail: "Whether users would be locked out could not be determined: " + diagnostics.Sentence(err.Error()) + " A user cannot log on who needs a second factor, has none and may not bind one, who has to change the password and may not, or whose password has expired.",
	}
}

// userRisks judges a change that can lock one user out of the console, with what else this run changes. attributes are to blame,
// by the reason.
func userRisks(ctx context.Context, i *instance.Instance, change access.UserChange, accepted bool, attributes map[access.Reason]string) (found []setting.Risk) {
	losses, unread := access.JudgeUser(ctx, i, change, accepted)
	for _, loss := range losses {
		d := setting.Risk{Attribute: attributes[loss.Reason], Refuse: !loss.Accepted}
		switch loss.Reason {
		case access.Reset:
			d.Summary = "The user may not change the password that has to be reset"
			d.Detail = fmt.Sprintf("password_reset_required is true, and the account's allow_user_to_change_password is false%s: the user %s cannot log on until an administrator sets another password without this.", togetherWith, loss.Names())
		case access.Second:
			d.Summary = fmt.Sprintf("The user %s would have no second factor, and may not bind one", loss.Names())
			d.Detail = fmt.Sprintf("The account or the login profile requires a second factor, and allow_user_to_manage_mfa_devices is false%s: without this second factor, the user %s cannot log on to the console.", togetherWith, loss.Names())
		case access.Initial, access.Hard: // come from the password policy, never from one user
		}
		if unread != nil {
			d.Detail += " The security preference of the account could not be read, so the provider assumes the strictest one:  " + diagnostics.Sentence(unread.Error())
		}
		found = append(found, d)
	}
	if unread != nil && len(losses) == 0 {
		found = append(found, setting.Risk{
			Attribute: attributes[access.Second], Refuse: true, Summary: fmt.Sprintf("The user %s may be locked out of the console", change.Name),
			Detail: "Whether the user would be locked out could not be determined: " + diagnostics.Sentence(unread.Error()),
		})
	}
	return found
}

const namesRefused = "The names that the identity provider sends may no longer be accepted"

// lostNames says which users cannot log on under single sign-on.
func lostNames(a access.NameVerdict, names string) string {
	if a.Unread != nil {
		return "Whether single sign-on is enabled could not be determined: " + diagnostics.Sentence(a.Unread.Error()) + " If it is, and the identity provider sends " + names + ", its users cannot log on to the console."
	}
	return "Single sign-on is enabled, and the provider does not know which names the identity provider sends: if it sends " + names + ", its users cannot log on to the console."
}

// boundDevice is the second factor that an MFA device is.
var boundDevice = access.Factors{Device: true}

// allowFactorLoss is the guard of a second factor, which noun names.
func allowFactorLoss(noun string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: factorLossDocs(noun) +
			"Without it, such a plan is an error. A destroy and a replacement use the value of the last apply. It is never sent to the service.",
	}
}

// factorLossDocs says what a guard of a second factor allows.
func factorLossDocs(noun string) string {
	return "Whether the " + noun + " may be removed from a user who then cannot log on to the console: a second factor is required, the user has no other one, and users may not bind one themselves. "
}

// refuseFactorLoss refuses to take second factors off a user who then cannot log on. The user is known by the name, or by the id
// under a name that may be an earlier one.
func refuseFactorLoss(ctx context.Context, i *instance.Instance, user ram.User, gone access.Factors, accepted types.Bool, diags *diag.Diagnostics) {
	if user.Name == "" || gone == (access.Factors{}) {
		return
	}
	change := access.UserChange{Name: user.Name, ID: user.ID, Gone: gone}
	for _, d := range userRisks(ctx, i, change, accepted.ValueBool(), map[access.Reason]string{access.Second: "allow_lock_out"}) {
		d.Report(accepted.ValueBool(), diags)
	}
}

// lockOutArguments are the arguments of a resource that can lock users out: allow_lock_out and, for networks, must_allow.
func lockOutArguments(guarded string) map[string]schema.Attribute {
	arguments := map[string]schema.Attribute{
		"allow_lock_out": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether a plan may contain a change that locks out users or the provider. If it is `false` (the default), such a plan is an error; if it is `true`, the plan only warns. It is never sent to the service.",
		},
	}
	if guarded != "" {
		arguments["must_allow"] = schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Validators: append(network.Validators(network.Limits{}), setvalidator.SizeAtMost(1000)),
			MarkdownDescription: "IP addresses and CIDR blocks that " + guarded + " must allow, even if the configuration does not manage that attribute. A plan that excludes one of them is an error. It is never sent to the service.",
		}
	}
	return arguments
}
