// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/move"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// misspeltAttempts is the name in the old provider.
const misspeltAttempts = "max_login_attemps" //nolint:misspell // it is that provider's word

// formerTypes maps each resource type to the types of the provider aliyun/alicloud that
// can be moved to it, by the schemas of releases 1.0.0 to 1.287.0.
var formerTypes = map[string][]move.FormerType{
	"ram_security_preference": {{Name: "alicloud_ram_security_preference", Required: nil, Attributes: slices.Concat(
		sameNames("allow_user_to_change_password", "allow_user_to_login_with_passkey", "allow_user_to_manage_access_keys", "allow_user_to_manage_mfa_devices",
			"allow_user_to_manage_personal_ding_talk", "enable_save_mfa_ticket", "login_session_duration", "max_idle_days_for_access_keys", "max_idle_days_for_users",
			"mfa_operation_for_login", "verification_types"),
		formerly("login_network_masks", "The string separated by `;` becomes a set.", convertMasks, "login_network_masks"),
		[]move.FormerAttribute{{
			Name: "enforce_mfa_for_login", Targets: []string{"mfa_operation_for_login"}, Convert: convertEnforcedMFA, Warn: warnEnforcedMFA,
			Docs: "`true` becomes `\"mandatory\"`, with a warning: newer releases of the old provider never sent it. `false` is ignored.",
		}},
		dropped("operation_for_risk_login", "Deprecated by the service. The account keeps the value. A value other than `autonomous` results in a warning.", warnRiskLogin),
		formerly("id", "If it is the id of an account.", convertAccountID, "account_id"), formerTimeouts,
	)}},
	"ram_password_policy": {
		{Name: "alicloud_ram_password_policy", Required: nil, Attributes: slices.Concat(
			sameNames(append(formerPasswordRules(), "minimum_password_different_character", "password_not_contain_user_name")...),
			formerly(misspeltAttempts, "The name is corrected.", nil, "max_login_attempts"),
			formerly("id", "If it is the id of an account.", convertAccountID, "account_id"), formerTimeouts,
		)},
		{Name: "alicloud_ram_account_password_policy", Required: nil, Attributes: slices.Concat(
			sameNames(append(formerPasswordRules(), "max_login_attempts")...), formerly("id", "If it is the id of an account.", convertAccountID, "account_id"), formerTimeouts,
		)},
	},
	"ram_account_alias": {
		{Name: "alicloud_ram_account_alias", Required: nil, Attributes: slices.Concat(sameNames("account_alias"), formerly("id", "If it is the id of an account.", convertAccountID, "account_id"), formerTimeouts)},
		{Name: "alicloud_ram_alias", Required: nil, Attributes: slices.Concat(sameNames("account_alias"), formerly("id", "If it is the id of an account.", convertAccountID, "account_id"), formerTimeouts)},
	},
	"ram_user": {{Name: "alicloud_ram_user", Required: []string{"name"}, Attributes: slices.Concat(
		sameNames("name", "display_name"),
		formerly("mobile", "", nil, "mobile_phone"),
		sameNames("email", "comments"),
		formerly("force", "", nil, "force_destroy"),
		formerly("id", "", convertUserID, "user_id"), formerTimeouts,
	)}},
	"ram_group": {{Name: "alicloud_ram_group", Required: []string{"name"}, Attributes: slices.Concat(
		formerly("name", "", convertNonEmpty("name"), "name"),
		formerly("group_name", "", convertNonEmpty("name"), "name"),
		sameNames("comments"),
		formerly("force", "", nil, "force_destroy"),
		dropped("id", "", nil), dropped("create_time", "", nil), formerTimeouts,
	)}},
	"ram_group_membership": {
		{Name: "alicloud_ram_user_group_attachment", Required: []string{"user_name", "group_name"}, Attributes: slices.Concat(
			sameNames("user_name", "group_name"), dropped("id", "", nil), formerTimeouts,
		)},
		{Name: "alicloud_ram_group_membership", Required: []string{"group_name"}, Attributes: slices.Concat(
			sameNames("group_name"),
			formerly("user_names", "Only if the group has one member. Otherwise the move is refused, and the script writes an `import` block for each user.", convertOneMember, "user_name"),
			dropped("id", "", nil), formerTimeouts,
		)},
	},
	"ram_policy_attachment": {formerAttachment("user"), formerAttachment("group"), formerAttachment("role")},
	"ram_login_profile": {{Name: "alicloud_ram_login_profile", Required: []string{"user_name"}, Attributes: slices.Concat(
		formerly("id", "If `user_name` is missing.", convertProfileID, "user_name"),
		formerly("user_name", "", convertNonEmpty("user_name"), "user_name"),
		sameNames("mfa_bind_required"),
		dropped("password", "Removed from the state, with a warning. The user keeps the password. Use `password_wo` to set a new one.", warnPassword),
		dropped("password_reset_required", "Removed. It applies only together with `password_wo`, and is not read from the service.", nil),
		dropped("create_time", "", nil), formerTimeouts,
	)}},
	"ram_access_key": {{Name: "alicloud_ram_access_key", Required: []string{"access_key_id"}, Attributes: slices.Concat(
		formerly("id", "", nil, "access_key_id"),
		formerly("user_name", "Required. If it is missing, the first refresh reads it from the service.", convertNonEmpty("user_name"), "user_name"),
		formerly("status", "", convertNonEmpty("status"), "status"),
		formerly("pgp_key", "A `keybase:` name is removed, with a warning. Set the public key itself.", convertPGPKey, "pgp_key"),
		formerly("secret", "Kept in the state.", convertNonEmpty("secret"), "secret"),
		formerly("encrypted_secret", "", convertNonEmpty("encrypted_secret"), "encrypted_secret"),
		formerly("key_fingerprint", "", convertNonEmpty("key_fingerprint"), "key_fingerprint"),
		dropped("secret_file", "Removed, with a warning. The file is not deleted, and contains the secret in plain text.", warnSecretFile),
		dropped("create_time", "", nil), formerTimeouts,
	)}},
	"ram_access_key_policy": {{Name: "alicloud_ram_access_key_policy", Required: []string{"access_key_id"}, Attributes: slices.Concat(
		formerly("id", "If `user_access_key_id` is missing.", convertPolicyID, "access_key_id", "user_name"),
		formerly("user_access_key_id", "", convertNonEmpty("access_key_id"), "access_key_id"),
		formerly("user_principal_name", "The part before the `@`. If it is missing, the first refresh reads it from the service.", convertPrincipalName, "user_name"),
		formerly("access_key_policy", "The JSON document becomes typed arguments. Other statements stay in the account.", convertPolicy, "status", "classic_allow_list", "vpc_allow_list"),
		formerTimeouts,
	)}},
}

// formerPasswordRules are those that both former password policies have.
func formerPasswordRules() []string {
	return []string{
		"minimum_password_length", "require_lowercase_characters", "require_uppercase_characters", "require_numbers", "require_symbols",
		"hard_expiry", "max_password_age", "password_reuse_prevention",
	}
}

// formerTimeouts are a block in the old configuration, and an argument here.
var formerTimeouts = formerly("timeouts", "A block becomes an argument: `timeouts = { … }`.", nil, "timeouts")

// sameNames are attributes of the same name and meaning.
func sameNames(names ...string) (all []move.FormerAttribute) {
	for _, name := range names {
		all = append(all, formerly(name, "", nil, name)...)
	}
	return all
}

// formerly is an attribute that is converted to others. Without a take function, its value
// is copied to the first of them.
func formerly(name, docs string, convert func(context.Context, *move.State, string) error, becomes ...string) []move.FormerAttribute {
	if convert == nil {
		convert = func(ctx context.Context, m *move.State, name string) error { return m.CopyAs(ctx, name, becomes[0]) }
	}
	return []move.FormerAttribute{{Name: name, Targets: becomes, Docs: docs, Convert: convert}}
}

// left is an attribute that is not moved. warn returns a warning about it; it may be nil.
func dropped(name, docs string, warn func(*move.State) (summary, detail string)) []move.FormerAttribute {
	return []move.FormerAttribute{{Name: name, Docs: docs, Warn: warn}}
}

// convertNonEmpty carries a text over to an attribute that is null where there is none.
func convertNonEmpty(as string) func(context.Context, *move.State, string) error {
	return func(ctx context.Context, m *move.State, name string) error {
		if m.Nothing(name) {
			return nil
		}
		return m.CopyAs(ctx, name, as)
	}
}

// convertMasks cuts a list of networks. The empty text is the empty list, of which the
// old provider could not say whether it was configured.
func convertMasks(ctx context.Context, m *move.State, name string) error {
	joined, err := m.Read(ctx, name, types.StringType)
	if err != nil {
		return err
	}
	masks := []string{}
	for mask := range strings.SplitSeq(tf.String(joined), ";") {
		if mask = strings.TrimSpace(mask); mask != "" {
			masks = append(masks, mask)
		}
	}
	m.Into[name] = tf.StringSet(masks)
	return nil
}

// convertEnforcedMFA is true if a second factor was mandatory, in releases that read it
// from the service. Later ones keep what the configuration says and read
// mfa_operation_for_login instead, which therefore is believed where it is there
// (observed in their source; that true means mandatory is documented).
func convertEnforcedMFA(ctx context.Context, m *move.State, name string) error {
	enforced, err := m.Read(ctx, name, types.BoolType)
	if err == nil && enforced.Equal(types.BoolValue(true)) && m.Nothing("mfa_operation_for_login") {
		m.Into["mfa_operation_for_login"] = types.StringValue(access.Mandatory)
	}
	return err
}

func warnEnforcedMFA(m *move.State) (summary, detail string) {
	const how = "This provider does not have this argument. Set mfa_operation_for_login = \"mandatory\" in the configuration instead, to require a second factor of every RAM user at every logon."
	switch said := tf.String(m.Into["mfa_operation_for_login"]); said {
	case access.Mandatory:
		return "enforce_mfa_for_login becomes mfa_operation_for_login", "The configuration of " + m.Former.Name + " set enforce_mfa_for_login = true.  " + how
	case "": // false, as a text
		return "", ""
	default:
		return "enforce_mfa_for_login was not enforced", fmt.Sprintf(
			"The configuration of %s set enforce_mfa_for_login = true, which the old provider accepted and never sent: at its last refresh, the account had mfa_operation_for_login = %q. %s", m.Former.Name, said, how)
	}
}

func warnRiskLogin(m *move.State) (summary, detail string) {
	if move.IsBlank(m.Old["operation_for_risk_login"], `"autonomous"`) {
		return "", ""
	}
	return "operation_for_risk_login is no longer managed", "The service has deprecated it, and this provider does not support it. The account keeps the value. Remove the argument from the configuration."
}

// convertAccountID takes the account from the id of a setting: newer releases of the old
// provider used the account id, older ones a constant or the alias (by their source).
func convertAccountID(ctx context.Context, m *move.State, name string) error {
	if id := m.Text(ctx, name); instance.AccountIDPattern.MatchString(id) && id != m.Text(ctx, "account_alias") {
		m.Into["account_id"] = types.StringValue(id)
	}
	return nil
}

// userIDForm matches the id of a RAM user (documented).
var userIDForm = tf.NewLazyRegexp(`^[0-9]{6,32}$`)

// convertUserID distinguishes the id of a user from its name, which the first releases of the
// old provider used as the id of the resource.
func convertUserID(ctx context.Context, m *move.State, name string) error {
	if id := m.Text(ctx, name); userIDForm.MatchString(id) && id != m.Text(ctx, "name") {
		m.Into["user_id"] = types.StringValue(id)
	}
	return nil
}

// formerAttachment is the type that attaches policies to one kind of principal.
func formerAttachment(kind string) move.FormerType {
	principal := kind + "_name"
	return move.FormerType{
		Name: "alicloud_ram_" + kind + "_policy_attachment", Required: []string{principal, "policy_name", "policy_type"},
		Attributes: slices.Concat(sameNames(principal, "policy_name", "policy_type"), dropped("id", "", nil), formerTimeouts),
	}
}

// convertOneMember converts a list of users with one name.
func convertOneMember(ctx context.Context, m *move.State, name string) error {
	value, err := m.Read(ctx, name, types.SetType{ElemType: types.StringType})
	if err != nil {
		return err
	}
	names := tf.Strings(value)
	if len(names) == 1 {
		m.Into["user_name"] = types.StringValue(names[0])
		return nil
	}
	m.Diags.AddError("Cannot move the "+m.Former.Name, fmt.Sprintf(
		"It has %d users, and ram_group_membership is one user in one group. Nothing was moved.\n\n"+
			"Remove the old resource from the state with a removed block that has destroy = false, and import one ram_group_membership for each user, by <user_name>:<group_name>.", len(names)))
	return nil
}

func convertProfileID(ctx context.Context, m *move.State, name string) error {
	return m.CopyAs(ctx, name, "user_name")
}

// warnPassword returns one text for all login profiles, which is reported once in a run.
func warnPassword(*move.State) (summary, detail string) {
	return diagnostics.PasswordsRemoved, "The former state contains passwords of login profiles in plain text. The users keep their passwords. " +
		"Remove password and password_reset_required from the configuration. Earlier versions of the state still contain the passwords."
}

// convertPGPKey leaves a name of keybase.io behind, which is not looked up here.
func convertPGPKey(ctx context.Context, m *move.State, name string) error {
	if !strings.HasPrefix(m.Text(ctx, name), "keybase:") {
		return convertNonEmpty(name)(ctx, m, name)
	}
	m.Diags.AddWarning("The name of the PGP key was not moved", fmt.Sprintf(
		"The configuration of %s contains the name of a PGP key at keybase.io, which this provider does not support. For the next key, set pgp_key to the public key itself. "+
			"The encrypted secret in the state does not change.", m.Former.Name))
	return nil
}

func warnSecretFile(m *move.State) (summary, detail string) {
	return "The file with the secret was not deleted", fmt.Sprintf(
		"The old provider wrote the secret of the key %s in plain text to the file %s, which other users of that machine can read. This provider writes no file, and does not change this one. "+
			"Save the secret to a secret store, delete the file, and remove secret_file from the configuration.",
		tf.String(m.Into["access_key_id"]), m.Old["secret_file"])
}

// convertPolicyID reads <key id>, and <principal name>:<key id>.
func convertPolicyID(ctx context.Context, m *move.State, name string) error {
	id := m.Text(ctx, name)
	if principal, key, both := strings.Cut(id, ":"); both {
		m.Into["user_name"], id = nameIn(principal), key
	}
	if id != "" {
		m.Into["access_key_id"] = types.StringValue(id)
	}
	return nil
}

func convertPrincipalName(ctx context.Context, m *move.State, name string) error {
	if principal := m.Text(ctx, name); principal != "" {
		m.Into["user_name"] = nameIn(principal)
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

func convertPolicy(ctx context.Context, m *move.State, name string) error {
	document, err := m.Read(ctx, name, types.StringType)
	if err != nil {
		return err
	}
	policy, err := ram.ParseNetworkPolicy(tf.String(document))
	if err != nil {
		return &move.WrongValue{Wanted: "the document of a network policy"}
	}
	for _, f := range network.PolicyFields() {
		m.Into[f.Name] = f.Get(&policy)
	}
	return nil
}
