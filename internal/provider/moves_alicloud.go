// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// misspeltAttempts is spelt so in the old provider.
const misspeltAttempts = "max_login_attemps" //nolint:misspell // it is that provider's word

// formerTypes are the types of the provider aliyun/alicloud that each of ours takes
// over, by the schemas of its releases 1.0.0 to 1.287.0.
var formerTypes = map[string][]formerType{
	"ram_security_preference": {{name: "alicloud_ram_security_preference", needs: nil, attributes: slices.Concat(
		kept("allow_user_to_change_password", "allow_user_to_login_with_passkey", "allow_user_to_manage_access_keys", "allow_user_to_manage_mfa_devices",
			"allow_user_to_manage_personal_ding_talk", "enable_save_mfa_ticket", "login_session_duration", "max_idle_days_for_access_keys", "max_idle_days_for_users",
			"mfa_operation_for_login", "verification_types"),
		formerly("login_network_masks", "The string separated by `;` becomes a set.", takeMasks, "login_network_masks"),
		[]formerAttribute{{
			name: "enforce_mfa_for_login", becomes: []string{"mfa_operation_for_login"}, take: takeEnforcedMFA, tell: tellEnforcedMFA,
			docs: "`true` becomes `\"mandatory\"`, with a warning: newer releases of the old provider never sent it. `false` is ignored.",
		}},
		left("operation_for_risk_login", "Deprecated by the service. The account keeps the value. A value other than `autonomous` results in a warning.", tellRiskLogin),
		left("id", "", nil), keptTimeouts,
	)}},
	"ram_password_policy": {
		{name: "alicloud_ram_password_policy", needs: nil, attributes: slices.Concat(
			kept(append(formerPasswordRules(), "minimum_password_different_character", "password_not_contain_user_name")...),
			formerly(misspeltAttempts, "The name is corrected.", nil, "max_login_attempts"),
			left("id", "", nil), keptTimeouts,
		)},
		{name: "alicloud_ram_account_password_policy", needs: nil, attributes: slices.Concat(
			kept(append(formerPasswordRules(), "max_login_attempts")...), left("id", "", nil), keptTimeouts,
		)},
	},
	"ram_account_alias": {
		{name: "alicloud_ram_account_alias", needs: nil, attributes: slices.Concat(kept("account_alias"), left("id", "", nil), keptTimeouts)},
		{name: "alicloud_ram_alias", needs: nil, attributes: slices.Concat(kept("account_alias"), left("id", "", nil), keptTimeouts)},
	},
	"ram_user": {{name: "alicloud_ram_user", needs: []string{"name"}, attributes: slices.Concat(
		kept("name", "display_name"),
		formerly("mobile", "", nil, "mobile_phone"),
		kept("email", "comments"),
		formerly("force", "", nil, "force_destroy"),
		formerly("id", "", takeUserID, "user_id"), keptTimeouts,
	)}},
	"ram_login_profile": {{name: "alicloud_ram_login_profile", needs: []string{"user_name"}, attributes: slices.Concat(
		formerly("id", "If `user_name` is missing.", takeProfileID, "user_name"),
		formerly("user_name", "", takeNonEmpty("user_name"), "user_name"),
		kept("mfa_bind_required"),
		left("password", "Removed from the state, with a warning. The user keeps the password. Use `password_wo` to set a new one.", tellPassword),
		left("password_reset_required", "Removed. It applies only together with `password_wo`, and is not read from the service.", nil),
		left("create_time", "", nil), keptTimeouts,
	)}},
	"ram_access_key": {{name: "alicloud_ram_access_key", needs: []string{"access_key_id"}, attributes: slices.Concat(
		formerly("id", "", nil, "access_key_id"),
		formerly("user_name", "Required. If it is missing, the first refresh reads it from the service.", takeNonEmpty("user_name"), "user_name"),
		formerly("status", "", takeNonEmpty("status"), "status"),
		formerly("pgp_key", "A `keybase:` name is removed, with a warning. Set the public key itself.", takePGPKey, "pgp_key"),
		formerly("secret", "Kept in the state.", takeNonEmpty("secret"), "secret"),
		formerly("encrypted_secret", "", takeNonEmpty("encrypted_secret"), "encrypted_secret"),
		formerly("key_fingerprint", "", takeNonEmpty("key_fingerprint"), "key_fingerprint"),
		left("secret_file", "Removed, with a warning. The file is not deleted, and contains the secret in plain text.", tellSecretFile),
		left("create_time", "", nil), keptTimeouts,
	)}},
	"ram_access_key_policy": {{name: "alicloud_ram_access_key_policy", needs: []string{"access_key_id"}, attributes: slices.Concat(
		formerly("id", "If `user_access_key_id` is missing.", takePolicyID, "access_key_id", "user_name"),
		formerly("user_access_key_id", "", takeNonEmpty("access_key_id"), "access_key_id"),
		formerly("user_principal_name", "The part before the `@`. If it is missing, the first refresh reads it from the service.", takePrincipalName, "user_name"),
		formerly("access_key_policy", "The JSON document becomes typed arguments. Other statements stay in the account.", takePolicy, "status", "classic_allow_list", "vpc_allow_list"),
		keptTimeouts,
	)}},
}

// formerPasswordRules are those that both former password policies have.
func formerPasswordRules() []string {
	return []string{
		"minimum_password_length", "require_lowercase_characters", "require_uppercase_characters", "require_numbers", "require_symbols",
		"hard_expiry", "max_password_age", "password_reuse_prevention",
	}
}

// keptTimeouts are a block in the old configuration, and an argument here.
var keptTimeouts = formerly("timeouts", "A block becomes an argument: `timeouts = { … }`.", nil, "timeouts")

// kept are attributes of the same name and meaning.
func kept(names ...string) (all []formerAttribute) {
	for _, name := range names {
		all = append(all, formerly(name, "", nil, name)...)
	}
	return all
}

// formerly is an attribute that becomes others. Without a translation it becomes
// one that holds the same.
func formerly(name, docs string, take func(context.Context, *moving, string) error, becomes ...string) []formerAttribute {
	if take == nil {
		take = func(ctx context.Context, m *moving, name string) error { return m.takeAs(ctx, name, becomes[0]) }
	}
	return []formerAttribute{{name: name, becomes: becomes, docs: docs, take: take}}
}

// left is an attribute that is left behind.
func left(name, docs string, tell func(*moving) (summary, detail string)) []formerAttribute {
	return []formerAttribute{{name: name, docs: docs, tell: tell}}
}



// takeNonEmpty carries a text over to an attribute that is null where there is none.
func takeNonEmpty(as string) func(context.Context, *moving, string) error {
	return func(ctx context.Context, m *moving, name string) error {
		if m.nothing(name) {
			return nil
		}
		return m.takeAs(ctx, name, as)
	}
}

// takeMasks cuts a list of networks. The empty text is the empty list, of which the
// old provider could not say whether it was configured.
func takeMasks(ctx context.Context, m *moving, name string) error {
	joined, err := m.read(ctx, name, types.StringType)
	if err != nil {
		return err
	}
	masks := []string{}
	for mask := range strings.SplitSeq(text(joined), ";") {
		if mask = strings.TrimSpace(mask); mask != "" {
			masks = append(masks, mask)
		}
	}
	m.into[name] = setOf(masks)
	return nil
}

// takeEnforcedMFA is true if a second factor was mandatory, in releases that read it
// from the service. Later ones keep what the configuration says and read
// mfa_operation_for_login instead, which therefore is believed where it is there
// (observed in their source; that true means mandatory is documented).
func takeEnforcedMFA(ctx context.Context, m *moving, name string) error {
	enforced, err := m.read(ctx, name, types.BoolType)
	if err == nil && enforced.Equal(types.BoolValue(true)) && m.nothing("mfa_operation_for_login") {
		m.into["mfa_operation_for_login"] = types.StringValue(mandatory)
	}
	return err
}

func tellEnforcedMFA(m *moving) (summary, detail string) {
	const how = "This provider does not have it. Write mfa_operation_for_login = \"mandatory\" in the configuration instead, to ask every RAM user for a second factor at every logon."
	switch said := text(m.into["mfa_operation_for_login"]); said {
	case mandatory:
		return "enforce_mfa_for_login becomes mfa_operation_for_login", "The configuration of " + m.former.name + " said enforce_mfa_for_login = true. " + how
	case "": // false, spelt as a text
		return "", ""
	default:
		return "enforce_mfa_for_login was not enforced", fmt.Sprintf(
			"The configuration of %s said enforce_mfa_for_login = true, which the old provider accepted and never sent: when it last looked, the account had mfa_operation_for_login = %q. %s", m.former.name, said, how)
	}
}

func tellRiskLogin(m *moving) (summary, detail string) {
	if blank(m.old["operation_for_risk_login"], `"autonomous"`) {
		return "", ""
	}
	return "operation_for_risk_login is not managed any more", "The service has deprecated it, and this provider does not know it. The account keeps what it has. Remove it from the configuration."
}

// userIDForm is what the id of a RAM user looks like (documented).
var userIDForm = spelt(`^[0-9]{6,32}$`)

// takeUserID tells the id of a user from its name, which the first releases of the
// old provider used as the id of the resource.
func takeUserID(ctx context.Context, m *moving, name string) error {
	if id := m.text(ctx, name); userIDForm.MatchString(id) && id != m.text(ctx, "name") {
		m.into["user_id"] = types.StringValue(id)
	}
	return nil
}

func takeProfileID(ctx context.Context, m *moving, name string) error {
	return m.takeAs(ctx, name, "user_name")
}

func tellPassword(m *moving) (summary, detail string) {
	return "The password leaves the state", fmt.Sprintf(
		"The state of %s held the password of %s in plain. It is not taken over: the user keeps it, and Terraform does not know it any more. "+
			"Remove password from the configuration, and password_reset_required, which only goes with a password here.\n\n"+
			"Earlier versions and backups of the state still hold the password. If others can read them, have the user change it, or set another one with password_wo and password_wo_version.",
		m.former.name, text(m.into["user_name"]))
}

// takePGPKey leaves a name of keybase.io behind, which nobody looks up here.
func takePGPKey(ctx context.Context, m *moving, name string) error {
	if !strings.HasPrefix(m.text(ctx, name), "keybase:") {
		return takeNonEmpty(name)(ctx, m, name)
	}
	m.diags.AddWarning("The name of the PGP key is left behind", fmt.Sprintf(
		"The configuration of %s named the PGP key at keybase.io. This provider looks no names up: give the public key itself as pgp_key, for the next key. "+
			"The secret that is in the state stays encrypted as it is.", m.former.name))
	return nil
}

func tellSecretFile(m *moving) (summary, detail string) {
	return "The file with the secret stays where it is", fmt.Sprintf(
		"The old provider wrote the secret of the key %s in plain into the file %s, which others on that machine can read. This provider writes no file, and does not touch that one. "+
			"Move what is in it into a secret store, delete the file, and remove secret_file from the configuration.",
		text(m.into["access_key_id"]), m.old["secret_file"])
}

// takePolicyID reads <key id>, and <principal name>:<key id>.
func takePolicyID(ctx context.Context, m *moving, name string) error {
	id := m.text(ctx, name)
	if principal, key, both := strings.Cut(id, ":"); both {
		m.into["user_name"], id = nameIn(principal), key
	}
	if id != "" {
		m.into["access_key_id"] = types.StringValue(id)
	}
	return nil
}

func takePrincipalName(ctx context.Context, m *moving, name string) error {
	if principal := m.text(ctx, name); principal != "" {
		m.into["user_name"] = nameIn(principal)
	}
	return nil
}

// nameIn is the user's name in a principal name. The domain is left out, since it
// changes with the alias of the account.
func nameIn(principal string) types.String {
	name, _, _ := strings.Cut(principal, "@")
	if name == "" {
		return types.StringNull()
	}
	return types.StringValue(name)
}

func takePolicy(ctx context.Context, m *moving, name string) error {
	document, err := m.read(ctx, name, types.StringType)
	if err != nil {
		return err
	}
	policy, err := ram.ParseNetworkPolicy(text(document))
	if err != nil {
		return &wrongValue{wanted: "the document of a network policy"}
	}
	for _, f := range networkPolicyFields() {
		m.into[f.name] = f.get(&policy)
	}
	return nil
}

// MoveState implements [resource.ResourceWithMoveState].
func (r *userResource) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, r, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (r *loginProfileResource) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, r, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (r *accessKeyResource) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, r, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (r *accessKeyPolicy) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, r, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (r *rotationResource) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, r, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (d *virtualMFADevice) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, d, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (b *mfaBinding) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, b, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (r *verificationResource) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, r, formerTypes)
}

// MoveState implements [resource.ResourceWithMoveState].
func (r *exclusiveResource) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, r, formerTypes)
}
