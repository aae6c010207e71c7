// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// settingKind is a type whose values are tested.
type settingKind struct {
	kind, object, id string // the type, the object in the history, and what to import
	get, set         string // operations
	product          string // prefix of get for the API that has the most fields, if another API has an operation of that name
	required         acctest.Attributes
	imported         bool // it is only imported and updated
	clears           bool // an attribute that is no longer configured is cleared
	fields           []settingFields
	responseFields   []string // fields and objects that a response may lack
	ignored          []string // fields of the history that the service sets
	document         func(*ramtest.Account) *string
}

// settingFields is one field of a setting.
type settingFields struct {
	name, attribute, wire string // in the history, in Terraform ("": unknown to the provider), in the responses
	optional, newer       bool   // deployments may lack it, or all newer fields
	draw                  func(t *rapid.T, label string) any
	put                   func(*ramtest.Account, any)
	read                  func(*ramtest.Account) string
	text                  func(any) string // in one spelling
	weaker                func(before, after string) bool
}

// responseObjects are the objects of responses, and the fields in them.
var responseObjects = map[string][]string{
	"LoginProfilePreference": {"AllowUserToChangePassword", "EnableSaveMFATicket", "LoginNetworkMasks", "LoginSessionDuration", "MFAOperationForLogin", "OperationForRiskLogin", "AllowUserToLoginWithPasskey", "ExtraFlag", "ExtraText"},
	"MaxIdleDays":            {"MaxIdleDaysForUsers", "MaxIdleDaysForAccessKeys"},
	"AccessKeyPreference":    {"AllowUserToManageAccessKeys", "AllowUserToManageServiceCredentials"},
	"SecurityPreference":     {}, "PasswordPolicy": {}, "UserSsoSettings": {},
}

func (k *settingKind) field(name string) settingFields {
	for _, f := range k.fields {
		if f.name == name {
			return f
		}
	}
	return settingFields{name: name}
}

// newer marks fields that older deployments lack.
func (k *settingKind) newer(names ...string) {
	for i := range k.fields {
		k.fields[i].newer = slices.Contains(names, k.fields[i].name)
	}
}

// values are the values of all fields.
func (k *settingKind) values(a *ramtest.Account) map[string]string {
	all := map[string]string{}
	for _, f := range k.fields {
		all[f.name] = f.read(a)
	}
	return all
}

// texts are the values of all fields, for a report.
func (k *settingKind) texts(a *ramtest.Account) (all []string) {
	values := k.values(a)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, name+" = "+values[name])
	}
	return all
}

// addMetadata gives an account the metadata that enabled single sign-on needs.
func (k *settingKind) addMetadata(a *ramtest.Account) {
	if a.UserSso.Enabled && a.UserSso.MetadataDocument == "" {
		a.UserSso.MetadataDocument = acctest.IDPMetadata
	}
}

// changes are the values before and after an event, by field.
func (k *settingKind) changes(e ramtest.Event) map[string][2]string {
	if k.document == nil || e.Object != k.object {
		f := k.field(e.Field)
		if f.text == nil {
			return map[string][2]string{e.Field: {fmt.Sprint(e.Before), fmt.Sprint(e.After)}}
		}
		return map[string][2]string{e.Field: {f.text(e.Before), f.text(e.After)}}
	}
	changed, before, after := map[string][2]string{}, parts(fmt.Sprint(e.Before)), parts(fmt.Sprint(e.After))
	for name := range before {
		if before[name] != after[name] {
			changed[name] = [2]string{before[name], after[name]}
		}
	}
	return changed
}

// stateText is a value of the state as text.
func (f settingFields) stateText(v tftypes.Value) string {
	if !v.Type().Is(tftypes.Map{}) {
		return f.text(acctest.Native(v))
	}
	lists := map[string][]string{}
	for name, list := range acctest.Fields(v) {
		lists[name], _ = acctest.Native(list).([]string)
	}
	return f.text(lists)
}

// pointerField is a field behind a pointer.
func pointerField[T any](name, attribute, wire string, at func(*ramtest.Account) *T, draw *rapid.Generator[T], weaker func(before, after string) bool) settingFields {
	return settingFields{
		name: name, attribute: attribute, wire: wire, weaker: weaker,
		draw: func(t *rapid.T, label string) any { return draw.Draw(t, label) },
		put:  func(a *ramtest.Account, v any) { *at(a), _ = v.(T) },
		read: func(a *ramtest.Account) string { return fmt.Sprint(*at(a)) },
		text: func(v any) string { return fmt.Sprint(v) },
	}
}

// ordered compares numbers.
func ordered(weaker func(before, after int) bool) func(before, after string) bool {
	return func(before, after string) bool {
		x, _ := strconv.Atoi(before)
		y, _ := strconv.Atoi(after)
		return weaker(x, y)
	}
}

var (
	larger    = ordered(func(before, after int) bool { return after > before })
	smaller   = ordered(func(before, after int) bool { return after < before })
	unlimited = ordered(func(before, after int) bool { return before != 0 && (after == 0 || after > before) })
)

// weakIf states which of the two values of a switch is the weaker.
func weakIf(weak bool) func(before, after string) bool {
	return func(before, after string) bool { return before != after && after == strconv.FormatBool(weak) }
}

// settingKinds are all types that are tested.
func settingKinds() []settingKind {
	return []settingKind{preferenceKind(), policyKind(), ssoKind(), aliasKind(), accountPolicyKind(), keyPolicyKind(), profileKind(), userKind()}
}

// extraFields are those of the fake that the provider does not know.
func extraFields(at func(*ramtest.Account) *ramtest.ExtraFields) []settingFields {
	return []settingFields{
		pointerField("Extra.Flag", "", "ExtraFlag", func(a *ramtest.Account) *bool { return &at(a).Flag }, rapid.Bool(), nil),
		pointerField("Extra.Number", "", "ExtraNumber", func(a *ramtest.Account) *int { return &at(a).Number }, rapid.IntRange(0, 99), nil),
		pointerField("Extra.Text", "", "ExtraText", func(a *ramtest.Account) *string { return &at(a).Text }, rapid.SampledFrom([]string{"", "x", "a;b,c"}), nil),
	}
}

// wires are the names of the fields in responses, and the objects around them.
func wires(fields []settingFields, objects ...string) []string {
	for _, f := range fields {
		objects = append(objects, f.wire)
	}
	return objects
}

func preferenceKind() settingKind {
	type p = ramtest.Preference
	flag := func(attribute, name string, weaker func(before, after string) bool, at func(*p) *bool) settingFields {
		return pointerField(name, attribute, name, func(a *ramtest.Account) *bool { return at(&a.Preference) }, rapid.Bool(), weaker)
	}
	number := func(attribute, name string, draw *rapid.Generator[int], at func(*p) *int) settingFields {
		return pointerField(name, attribute, name, func(a *ramtest.Account) *int { return at(&a.Preference) }, draw, larger)
	}
	idle := rapid.SampledFrom([]int{90, 180, 365, 730})
	credentials := flag("allow_user_to_manage_service_credentials", "AllowUserToManageServiceCredentials", weakIf(true), func(s *p) *bool { return &s.AllowUserToManageServiceCredentials })
	longTerm := flag("allow_user_long_term_login", "AllowUserLongTermLogin", nil, func(s *p) *bool { return &s.AllowUserLongTermLogin })
	publicKeys := flag("allow_user_to_manage_public_keys", "AllowUserToManagePublicKeys", weakIf(true), func(s *p) *bool { return &s.AllowUserToManagePublicKeys })
	credentials.optional, longTerm.optional, publicKeys.optional = true, true, true
	k := settingKind{
		kind: "ram_security_preference", object: "security_preference", id: "current", get: "GetSecurityPreference", set: "SetSecurityPreference", product: "Ims/",
		fields: append([]settingFields{
			flag("allow_user_to_change_password", "AllowUserToChangePassword", nil, func(s *p) *bool { return &s.AllowUserToChangePassword }),
			flag("allow_user_to_login_with_passkey", "AllowUserToLoginWithPasskey", nil, func(s *p) *bool { return &s.AllowUserToLoginWithPasskey }),
			flag("allow_user_to_manage_access_keys", "AllowUserToManageAccessKeys", weakIf(true), func(s *p) *bool { return &s.AllowUserToManageAccessKeys }),
			flag("allow_user_to_manage_mfa_devices", "AllowUserToManageMFADevices", nil, func(s *p) *bool { return &s.AllowUserToManageMFADevices }),
			flag("allow_user_to_manage_personal_ding_talk", "AllowUserToManagePersonalDingTalk", nil, func(s *p) *bool { return &s.AllowUserToManagePersonalDingTalk }),
			flag("enable_save_mfa_ticket", "EnableSaveMFATicket", weakIf(true), func(s *p) *bool { return &s.EnableSaveMFATicket }),
			credentials, longTerm, publicKeys,
			number("login_session_duration", "LoginSessionDuration", rapid.IntRange(1, 24), func(s *p) *int { return &s.LoginSessionDuration }),
			number("max_idle_days_for_users", "MaxIdleDaysForUsers", idle, func(s *p) *int { return &s.MaxIdleDaysForUsers }),
			number("max_idle_days_for_access_keys", "MaxIdleDaysForAccessKeys", idle, func(s *p) *int { return &s.MaxIdleDaysForAccessKeys }),
			pointerField("MFAOperationForLogin", "mfa_operation_for_login", "MFAOperationForLogin", func(a *ramtest.Account) *string { return &a.Preference.MFAOperationForLogin },
				rapid.SampledFrom(words["mfa_operation_for_login"]), func(before, after string) bool {
					strength := []string{"independent", "adaptive", "mandatory"}
					return slices.Index(strength, after) < slices.Index(strength, before)
				}),
			pointerField("OperationForRiskLogin", "", "OperationForRiskLogin", func(a *ramtest.Account) *string { return &a.Preference.OperationForRiskLogin }, rapid.SampledFrom([]string{"autonomous", "enforceVerify"}), nil),
			masksField(), typesField(),
		}, extraFields(func(a *ramtest.Account) *ramtest.ExtraFields { return &a.Preference.Extra })...),
	}
	k.newer("AllowUserToLoginWithPasskey", "MaxIdleDaysForUsers", "MaxIdleDaysForAccessKeys")
	k.responseFields = wires(k.fields, "LoginProfilePreference", "MaxIdleDays", "AccessKeyPreference")
	return k
}

func masksField() settingFields {
	f := settingFields{name: "LoginNetworkMasks", attribute: "login_network_masks", wire: "LoginNetworkMasks", text: joinedNetworks}
	f.draw = func(t *rapid.T, label string) any {
		return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"203.0.113.0/24", "198.51.100.7", "192.0.2.1/32", "10.0.0.0/8"}), 0, 4, rapid.ID[string]).Draw(t, label)
	}
	f.put = func(a *ramtest.Account, v any) {
		list, _ := v.([]string)
		separator := ";"
		if len(list) == 3 {
			separator = ", " // of the console
		}
		a.Preference.LoginNetworkMasks = strings.Join(list, separator)
	}
	f.read = func(a *ramtest.Account) string { return f.text(a.Preference.LoginNetworkMasks) }
	f.weaker = func(before, after string) bool { return before != "" && after == "" }
	return f
}

// joinedNetworks are networks in one order and spelling.
func joinedNetworks(v any) string {
	list, isList := v.([]string)
	if text, isText := v.(string); isText || !isList {
		list = strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("; ,", c) })
	}
	canonical := []string{}
	for _, item := range list {
		canonical = append(canonical, network.Canonical(item))
	}
	slices.Sort(canonical)
	return strings.Join(slices.Compact(canonical), " ")
}

func typesField() settingFields {
	f := settingFields{name: "VerificationTypes", attribute: "verification_types", wire: "VerificationTypes"}
	f.text = func(v any) string {
		list, _ := v.([]string)
		list = slices.Clone(list)
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	f.draw = func(t *rapid.T, label string) any {
		return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"sms", "email", "mfa"}), 0, 3, rapid.ID[string]).Draw(t, label)
	}
	f.put = func(a *ramtest.Account, v any) { a.Preference.VerificationTypes, _ = v.([]string) }
	f.read = func(a *ramtest.Account) string { return f.text(a.Preference.VerificationTypes) }
	return f
}

func policyKind() settingKind {
	type p = ramtest.PasswordPolicy
	flag := func(attribute, name, wire string, at func(*p) *bool) settingFields {
		return pointerField(name, attribute, wire, func(a *ramtest.Account) *bool { return at(&a.Policy) }, rapid.Bool(), weakIf(false))
	}
	number := func(attribute, name, wire string, weaker func(before, after string) bool, at func(*p) *int) settingFields {
		return pointerField(name, attribute, wire, func(a *ramtest.Account) *int { return at(&a.Policy) }, rapid.IntRange(ranges[attribute][0], ranges[attribute][1]), weaker)
	}
	intercept := flag("intercept_risk_password_on_api", "InterceptRiskPasswordOnAPI", "InterceptRiskPasswordOnApi", func(s *p) *bool { return &s.InterceptRiskPasswordOnAPI })
	k := settingKind{
		kind: "ram_password_policy", object: "password_policy", id: "current", get: "GetPasswordPolicy", set: "SetPasswordPolicy",
		fields: append([]settingFields{
			flag("require_lowercase_characters", "RequireLowercaseCharacters", "RequireLowercaseCharacters", func(s *p) *bool { return &s.RequireLowercaseCharacters }),
			flag("require_uppercase_characters", "RequireUppercaseCharacters", "RequireUppercaseCharacters", func(s *p) *bool { return &s.RequireUppercaseCharacters }),
			flag("require_numbers", "RequireNumbers", "RequireNumbers", func(s *p) *bool { return &s.RequireNumbers }),
			flag("require_symbols", "RequireSymbols", "RequireSymbols", func(s *p) *bool { return &s.RequireSymbols }),
			flag("password_not_contain_user_name", "PasswordNotContainUserName", "PasswordNotContainUserName", func(s *p) *bool { return &s.PasswordNotContainUserName }),
			flag("hard_expiry", "HardExpiry", "HardExpire", func(s *p) *bool { return &s.HardExpiry }),
			intercept,
			number("minimum_password_length", "MinimumPasswordLength", "MinimumPasswordLength", smaller, func(s *p) *int { return &s.MinimumPasswordLength }),
			number("minimum_password_different_character", "MinimumPasswordDifferentCharacter", "MinimumPasswordDifferentCharacter", smaller, func(s *p) *int { return &s.MinimumPasswordDifferentCharacter }),
			number("max_password_age", "MaxPasswordAge", "MaxPasswordAge", unlimited, func(s *p) *int { return &s.MaxPasswordAge }),
			number("password_reuse_prevention", "PasswordReusePrevention", "PasswordReusePrevention", smaller, func(s *p) *int { return &s.PasswordReusePrevention }),
			number("max_login_attempts", "MaxLoginAttempts", "MaxLoginAttemps", unlimited, func(s *p) *int { return &s.MaxLoginAttempts }),
			number("initial_password_age", "InitialPasswordAge", "InitialPasswordAge", unlimited, func(s *p) *int { return &s.InitialPasswordAge }),
		}, extraFields(func(a *ramtest.Account) *ramtest.ExtraFields { return &a.Policy.Extra })...),
	}
	k.newer("InitialPasswordAge", "InterceptRiskPasswordOnAPI")
	k.responseFields = wires(k.fields)
	return k
}

func ssoKind() settingKind {
	type p = ramtest.UserSso
	flag := func(attribute, name, wire string, weaker func(before, after string) bool, at func(*p) *bool) settingFields {
		return pointerField(name, attribute, wire, func(a *ramtest.Account) *bool { return at(&a.UserSso) }, rapid.Bool(), weaker)
	}
	text := func(attribute, name string, at func(*p) *string, values ...string) settingFields {
		f := pointerField(name, attribute, name, func(a *ramtest.Account) *string { return at(&a.UserSso) }, rapid.SampledFrom(values), nil)
		f.optional = name != "AuthnSignAlgo" // a response may lack an empty text
		return f
	}
	k := settingKind{
		kind: "ram_user_sso_settings", object: "user_sso_settings", id: "current", get: "GetUserSsoSettings", set: "SetUserSsoSettings",
		fields: append([]settingFields{
			flag("sso_enabled", "Enabled", "SsoEnabled", weakIf(false), func(s *p) *bool { return &s.Enabled }),
			flag("sso_login_with_domain", "LoginWithDomain", "SsoLoginWithDomain", nil, func(s *p) *bool { return &s.LoginWithDomain }),
			flag("", "UseTenantSpecificSp", "UseTenantSpecificSp", nil, func(s *p) *bool { return &s.UseTenantSpecificSp }),
			text("authn_sign_algo", "AuthnSignAlgo", func(s *p) *string { return &s.AuthnSignAlgo }, "rsa-sha1", "rsa-sha256"),
			text("auxiliary_domain", "AuxiliaryDomain", func(s *p) *string { return &s.AuxiliaryDomain }, "", "a.example.com", "b.example.com"),
			text("metadata_document", "MetadataDocument", func(s *p) *string { return &s.MetadataDocument }, "", acctest.IDPMetadata),
		}, extraFields(func(a *ramtest.Account) *ramtest.ExtraFields { return &a.UserSso.Extra })...),
	}
	k.responseFields = wires(k.fields)
	return k
}

func aliasKind() settingKind {
	return settingKind{
		kind: "ram_account_alias", object: "account_alias", id: "current", get: "GetAccountAlias", set: "SetAccountAlias", responseFields: []string{"HostId"},
		fields: []settingFields{
			pointerField("Alias", "account_alias", "AccountAlias", func(a *ramtest.Account) *string { return &a.Alias }, rapid.SampledFrom(words["account_alias"]), nil),
		},
	}
}

func accountPolicyKind() settingKind {
	return documentKind(settingKind{
		kind: "ram_account_access_key_policy", object: "account_access_key_policy", id: "current", get: "GetAccessKeyPolicyForAccount", set: "SetAccessKeyPolicyForAccount",
		document: func(a *ramtest.Account) *string { return &a.AccessKeyPolicy },
	})
}

func keyPolicyKind() settingKind {
	return documentKind(settingKind{
		kind: "ram_access_key_policy", object: "access_key/" + acctest.BobKey, id: "bob:" + acctest.BobKey, get: "GetAccessKeyPolicy", set: "SetAccessKeyPolicy",
		required: acctest.Attributes{"user_name": "bob", "access_key_id": acctest.BobKey}, ignored: []string{"UpdateDate"},
		document: func(a *ramtest.Account) *string {
			key, _ := a.KeyByID(acctest.BobKey)
			return &key.Policy
		},
	})
}

// profileKind is a type whose service keeps what a request leaves out.
func profileKind() settingKind {
	profile := func(a *ramtest.Account) *ramtest.LoginProfile { return a.Users["bob"].LoginProfile }
	return settingKind{
		kind: "ram_login_profile", object: "login_profile/bob", id: "bob", get: "GetLoginProfile", set: "UpdateLoginProfile", imported: true,
		required: acctest.Attributes{"user_name": "bob"}, responseFields: []string{"HostId"}, ignored: []string{"UpdateDate", "PasswordDate", "PasswordInitial"},
		fields: []settingFields{
			pointerField("Status", "status", "Status", func(a *ramtest.Account) *string { return &profile(a).Status }, rapid.SampledFrom(words["status"]), nil),
			pointerField("MFABindRequired", "mfa_bind_required", "MFABindRequired", func(a *ramtest.Account) *bool { return &profile(a).MFABindRequired }, rapid.Bool(), nil),
			pointerField("PasswordResetRequired", "", "PasswordResetRequired", func(a *ramtest.Account) *bool { return &profile(a).PasswordResetRequired }, rapid.Bool(), nil),
		},
	}
}

// userKind is a type whose service keeps what a request leaves out. An attribute that is no longer configured is cleared.
func userKind() settingKind {
	text := func(name, attribute string, at func(*ramtest.User) *string) settingFields {
		return pointerField(name, attribute, name, func(a *ramtest.Account) *string { return at(a.Users["bob"]) }, rapid.SampledFrom(words[attribute]), nil)
	}
	k := settingKind{
		kind: "ram_user", object: "user/bob", id: "bob", get: "GetUser", set: "UpdateUser", imported: true, clears: true,
		required: acctest.Attributes{"name": "bob"}, ignored: []string{"UpdateDate"},
		fields: []settingFields{
			text("DisplayName", "display_name", func(u *ramtest.User) *string { return &u.DisplayName }),
			text("MobilePhone", "mobile_phone", func(u *ramtest.User) *string { return &u.MobilePhone }),
			text("Email", "email", func(u *ramtest.User) *string { return &u.Email }),
			text("Comments", "comments", func(u *ramtest.User) *string { return &u.Comments }),
		},
	}
	k.responseFields = []string{"HostId"}
	return k
}

// policyParts are the parts of a network policy.
type policyParts struct {
	status string
	public []string
	vpc    map[string][]string
	others []any          // statements of unknown types
	more   map[string]any // fields that the provider does not know
}

func parsePolicyParts(document string) policyParts {
	p := policyParts{status: "Inactive", public: []string{}, vpc: map[string][]string{}, more: map[string]any{}}
	if document == "" || json.Unmarshal([]byte(document), &p.more) != nil {
		return p
	}
	if status, has := p.more["Status"].(string); has {
		p.status = status
	}
	statements, _ := p.more["Statements"].([]any)
	for _, one := range statements {
		fields, _ := one.(map[string]any)
		list := []string{}
		for _, item := range anyList(fields["IPList"]) {
			list = append(list, fmt.Sprint(item))
		}
		switch fields["Type"] {
		case "ClassicWhiteList":
			p.public = append(p.public, list...)
		case "VPCWhiteList":
			p.vpc[fmt.Sprint(fields["Value"])] = list
		default:
			p.others = append(p.others, one)
		}
	}
	delete(p.more, "Status")
	delete(p.more, "Statements")
	delete(p.more, "Version")
	return p
}

func anyList(v any) []any {
	list, _ := v.([]any)
	return list
}

// document composes the parts.
func (p policyParts) document() string {
	statements := []any{}
	if len(p.public) > 0 {
		statements = append(statements, map[string]any{"Type": "ClassicWhiteList", "IPList": p.public})
	}
	for _, vpc := range slices.Sorted(maps.Keys(p.vpc)) {
		statements = append(statements, map[string]any{"Type": "VPCWhiteList", "Value": vpc, "IPList": p.vpc[vpc]})
	}
	all := maps.Clone(p.more)
	all["Version"], all["Status"], all["Statements"] = 1, p.status, append(statements, p.others...)
	return asText(all)
}

func asText(v any) string {
	text, _ := json.Marshal(v) // it came from JSON
	return string(text)
}

// parts are the parts as texts.
func parts(document string) map[string]string {
	p := parsePolicyParts(document)
	return map[string]string{"status": p.status, "public": joinedNetworks(p.public), "vpc": networksByKey(p.vpc), "others": asText(p.others), "more": asText(p.more)}
}

func networksByKey(v any) string {
	lists, _ := v.(map[string][]string)
	texts := []string{}
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		texts = append(texts, key+"=["+joinedNetworks(lists[key])+"]")
	}
	return strings.Join(texts, " ")
}

// documentKind adds the fields of a network policy.
func documentKind(k settingKind) settingKind {
	networks := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"203.0.113.0/24", "192.0.2.1", "192.0.2.128/25"}), 0, 3, rapid.ID[string])
	part := func(name, attribute string, text func(any) string, draw func(t *rapid.T, label string) any, set func(*policyParts, any)) settingFields {
		return settingFields{
			name: name, attribute: attribute, wire: "AccessKeyPolicy", text: text, draw: draw,
			put: func(a *ramtest.Account, v any) {
				p := parsePolicyParts(*k.document(a))
				set(&p, v)
				*k.document(a) = p.document()
			},
			read: func(a *ramtest.Account) string { return parts(*k.document(a))[name] },
		}
	}
	k.responseFields = []string{"AccessKeyPolicy"}
	k.fields = []settingFields{
		part("status", "status", func(v any) string { return fmt.Sprint(v) }, func(t *rapid.T, label string) any { return rapid.SampledFrom(words["status"]).Draw(t, label) },
			func(p *policyParts, v any) { p.status = fmt.Sprint(v) }),
		part("public", "classic_allow_list", joinedNetworks, func(t *rapid.T, label string) any { return networks.Draw(t, label) },
			func(p *policyParts, v any) { p.public, _ = v.([]string) }),
		part("vpc", "vpc_allow_list", networksByKey, func(t *rapid.T, label string) any {
			lists := map[string][]string{}
			for _, vpc := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"vpc-a", "vpc-b"}), 0, 2, rapid.ID[string]).Draw(t, label) {
				lists[vpc] = []string{rapid.SampledFrom([]string{"10.0.0.0/8", "172.16.0.0/12"}).Draw(t, label)}
			}
			return lists
		}, func(p *policyParts, v any) { p.vpc, _ = v.(map[string][]string) }),
		part("others", "", asText, func(t *rapid.T, label string) any {
			if !rapid.Bool().Draw(t, label) {
				return []any(nil)
			}
			return []any{map[string]any{"Type": "FutureList", "IPList": []any{"198.51.100.0/24"}}}
		}, func(p *policyParts, v any) { p.others, _ = v.([]any) }),
		part("more", "", asText, func(t *rapid.T, label string) any {
			return map[string]any{"Note": rapid.SampledFrom([]string{"x", "y"}).Draw(t, label)}
		}, func(p *policyParts, v any) { p.more, _ = v.(map[string]any) }),
	}
	return k
}
