// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// The addresses under which the provider of the former types is known.
var alicloudAddresses = []string{
	"registry.terraform.io/aliyun/alicloud", "registry.opentofu.org/aliyun/alicloud", "mirror.example.com/aliyun/alicloud",
	"registry.terraform.io/hashicorp/alicloud", "registry.opentofu.org/hashicorp/alicloud", "mirror.example.com/hashicorp/alicloud", "alicloud",
	"mirror.example.com/acme/alicloud", "registry.terraform.io/ram-security/ram",
}

const (
	formerPassword = "Former-pass/word-4-alice"
	formerSecret   = "FormerSecretFormerSecretFormer"
	formerDocument = `{"Statements":[{"IPList":["203.0.113.0/24","192.0.2.1"],"Type":"ClassicWhiteList"},{"IPList":["10.0.0.0/8"],"Type":"VPCWhiteList","Value":"vpc-1"}],"Status":"Active"}`
)

// A moved is an object as the old provider left it in its state and in the
// account, and the configuration that takes it over.
type moved struct {
	kind, former string
	state        string                 // as it is in a state file
	arrange      func(*ramtest.Account) // what the state says is so in the account
	config       attributes
	warned       []string       // summaries
	wants        map[string]any // in the state, before anything is read
	dropped      string         // must be nowhere any more
}

var moves = map[string]moved{
	"security preference": {
		kind: preference, former: "alicloud_ram_security_preference",
		state: `{"id":"` + defaultAccount + `","allow_user_to_change_password":true,"allow_user_to_login_with_passkey":false,"allow_user_to_manage_access_keys":true,
			"allow_user_to_manage_mfa_devices":true,"allow_user_to_manage_personal_ding_talk":false,"enable_save_mfa_ticket":false,"enforce_mfa_for_login":null,
			"login_network_masks":"203.0.113.0/24;192.0.2.1","login_session_duration":8,"max_idle_days_for_access_keys":365,"max_idle_days_for_users":180,
			"mfa_operation_for_login":"adaptive","operation_for_risk_login":"autonomous","verification_types":["sms","email"],"timeouts":null}`,
		arrange: func(a *ramtest.Account) {
			p := &a.Preference
			p.AllowUserToLoginWithPasskey, p.AllowUserToManageAccessKeys, p.AllowUserToManagePersonalDingTalk = false, true, false
			p.LoginNetworkMasks, p.LoginSessionDuration, p.MaxIdleDaysForAccessKeys, p.MaxIdleDaysForUsers = "203.0.113.0/24;192.0.2.1", 8, 365, 180
			p.MFAOperationForLogin, p.VerificationTypes = "adaptive", []string{"sms", "email"}
		},
		config: attributes{"login_network_masks": []string{"192.0.2.1/32", "203.0.113.0/24"}, "login_session_duration": 8, "mfa_operation_for_login": "adaptive"},
		wants: map[string]any{
			"account_id": defaultAccount, "on_destroy": "retain", "allow_lock_out": false, "must_allow": nil, "login_network_masks": []string{"192.0.2.1", "203.0.113.0/24"},
			"verification_types": []string{"email", "sms"}, "login_session_duration": int64(8), "allow_user_to_manage_access_keys": true, "allow_user_to_login_with_passkey": false,
			"max_idle_days_for_users": int64(180), "allow_user_long_term_login": nil, "allow_user_to_manage_service_credentials": nil,
		},
	},
	"security preference of 2022": {
		kind: preference, former: "alicloud_ram_security_preference",
		state: `{"id":"RamSecurityPreference","allow_user_to_change_password":true,"allow_user_to_manage_access_keys":false,"allow_user_to_manage_mfa_devices":true,
			"enable_save_mfa_ticket":false,"enforce_mfa_for_login":true,"login_network_masks":"","login_session_duration":6}`,
		arrange: func(a *ramtest.Account) { a.Preference.MFAOperationForLogin = access.Mandatory },
		config:  attributes{"mfa_operation_for_login": access.Mandatory},
		warned:  []string{"enforce_mfa_for_login becomes mfa_operation_for_login"},
		wants:   map[string]any{"mfa_operation_for_login": access.Mandatory, "login_network_masks": []string{}, "verification_types": nil, "max_idle_days_for_users": nil},
	},
	"password policy": {
		kind: policy, former: "alicloud_ram_password_policy",
		state: `{"id":"` + defaultAccount + `","hard_expiry":false,"` + misspeltAttempts + `":5,"max_password_age":90,"minimum_password_different_character":3,"minimum_password_length":14,
			"password_not_contain_user_name":true,"password_reuse_prevention":4,"require_lowercase_characters":true,"require_numbers":true,"require_symbols":true,
			"require_uppercase_characters":true,"timeouts":{"create":"10m","delete":null,"update":null}}`,
		arrange: strict,
		config:  attributes{"minimum_password_length": 14, "max_login_attempts": 5, "timeouts": attributes{"create": "10m"}},
		wants: map[string]any{
			"account_id": defaultAccount, "max_login_attempts": int64(5), "minimum_password_length": int64(14), "password_not_contain_user_name": true, "initial_password_age": nil,
			"minimum_password_different_character": int64(3), "on_destroy": "retain", "allow_lock_out": false,
		},
	},
	"account password policy": {
		kind: policy, former: "alicloud_ram_account_password_policy",
		state: `{"id":"ram-account-password-policy","hard_expiry":false,"max_login_attempts":5,"max_password_age":90,"minimum_password_length":14,"password_reuse_prevention":4,
			"require_lowercase_characters":true,"require_numbers":true,"require_symbols":true,"require_uppercase_characters":true}`,
		arrange: strict,
		config:  attributes{"minimum_password_length": 14, "max_login_attempts": 5},
		wants:   map[string]any{"max_login_attempts": int64(5), "minimum_password_different_character": nil, "timeouts": nil},
	},
	"account alias": {
		kind: alias, former: "alicloud_ram_account_alias",
		state:   `{"id":"` + defaultAccount + `","account_alias":"acme"}`,
		arrange: func(a *ramtest.Account) { a.Alias = "acme" },
		config:  attributes{"account_alias": "acme"},
		wants:   map[string]any{"account_id": defaultAccount, "account_alias": "acme", "default_domain": nil, "login_url": nil, "on_destroy": "retain"},
	},
	"alias": {
		kind: alias, former: "alicloud_ram_alias",
		state:   `{"id":"acme","account_alias":"acme"}`,
		arrange: func(a *ramtest.Account) { a.Alias = "acme" },
		config:  attributes{"account_alias": "acme"},
		wants:   map[string]any{"account_alias": "acme"},
	},
	"user": {
		kind: "ram_user", former: "alicloud_ram_user",
		state: `{"id":"` + aliceID + `","name":"alice","display_name":"Alice","mobile":"86-13900001234","email":"alice@example.com","comments":"","force":true,
			"timeouts":{"create":null,"delete":"20m","update":null}}`,
		arrange: func(a *ramtest.Account) {
			a.Users["alice"].MobilePhone, a.Users["alice"].Email = "86-13900001234", "alice@example.com"
		},
		config: attributes{
			"name": "alice", "display_name": "Alice", "mobile_phone": "86-13900001234", "email": "alice@example.com", "force_destroy": true, "timeouts": attributes{"delete": "20m"},
		},
		wants: map[string]any{
			"account_id": nil, "name": "alice", "user_id": aliceID, "display_name": "Alice", "mobile_phone": "86-13900001234", "email": "alice@example.com", "comments": "",
			"force_destroy": true, "tags": nil, "create_date": nil,
		},
	},
	"user of the first releases": {
		kind: "ram_user", former: "alicloud_ram_user",
		state:  `{"id":"alice","name":"alice","display_name":"","mobile":"","email":"","comments":"","force":null}`,
		config: attributes{"name": "alice", "comments": ""},
		wants:  map[string]any{"name": "alice", "user_id": nil, "force_destroy": false},
	},
	"group": {
		kind: groupKind, former: "alicloud_ram_group",
		state: `{"id":"developers","group_name":"developers","name":"developers","comments":"one","create_time":"2026-01-01T00:00:00Z","force":true,"timeouts":null}`,
		arrange: func(a *ramtest.Account) {
			a.Groups["developers"] = &ramtest.Group{ID: "g-dev", Name: "developers", Comments: "one"}
		},
		config: attributes{"name": "developers", "comments": "one", "force_destroy": true},
		wants:  map[string]any{"account_id": nil, "group_id": nil, "name": "developers", "comments": "one", "display_name": nil, "force_destroy": true},
	},
	"group of the first releases": {
		kind: groupKind, former: "alicloud_ram_group",
		state:   `{"id":"developers","name":"developers","comments":"","force":null}`,
		arrange: func(a *ramtest.Account) { a.Groups["developers"] = &ramtest.Group{ID: "g-dev", Name: "developers"} },
		config:  attributes{"name": "developers", "comments": ""},
		wants:   map[string]any{"name": "developers", "force_destroy": false},
	},
	"user group attachment": {
		kind: membershipKind, former: "alicloud_ram_user_group_attachment",
		state:   `{"id":"developers:alice","group_name":"developers","user_name":"alice","timeouts":null}`,
		arrange: arrangeDevelopers,
		config:  attributes{"group_name": "developers", "user_name": "alice"},
		wants:   map[string]any{"account_id": nil, "group_id": nil, "user_id": nil, "group_name": "developers", "user_name": "alice", "allow_self": false},
	},
	"group membership of one user": {
		kind: membershipKind, former: "alicloud_ram_group_membership",
		state:   `{"id":"developers","group_name":"developers","user_names":["alice"]}`,
		arrange: arrangeDevelopers,
		config:  attributes{"group_name": "developers", "user_name": "alice"},
		wants:   map[string]any{"group_name": "developers", "user_name": "alice"},
	},
	"user policy attachment": {
		kind: attachmentKind, former: "alicloud_ram_user_policy_attachment",
		state:   `{"id":"user:ReadOnlyAccess:System:alice","policy_name":"ReadOnlyAccess","policy_type":"System","user_name":"alice","timeouts":null}`,
		arrange: attachReadOnly,
		config:  attributes{"user_name": "alice", "policy_name": "ReadOnlyAccess", "policy_type": "System"},
		wants:   map[string]any{"account_id": nil, "principal_id": nil, "user_name": "alice", "policy_name": "ReadOnlyAccess", "policy_type": "System", "allow_self": false},
	},
	"group policy attachment": {
		kind: attachmentKind, former: "alicloud_ram_group_policy_attachment",
		state:   `{"id":"group:ReadOnlyAccess:System:developers","policy_name":"ReadOnlyAccess","policy_type":"System","group_name":"developers","timeouts":null}`,
		arrange: attachReadOnly,
		config:  attributes{"group_name": "developers", "policy_name": "ReadOnlyAccess", "policy_type": "System"},
		wants:   map[string]any{"account_id": nil, "principal_id": nil, "group_name": "developers", "policy_name": "ReadOnlyAccess", "policy_type": "System", "allow_self": false},
	},
	"role policy attachment": {
		kind: attachmentKind, former: "alicloud_ram_role_policy_attachment",
		state:   `{"id":"role:ReadOnlyAccess:System:deploy","policy_name":"ReadOnlyAccess","policy_type":"System","role_name":"deploy","timeouts":null}`,
		arrange: attachReadOnly,
		config:  attributes{"role_name": "deploy", "policy_name": "ReadOnlyAccess", "policy_type": "System"},
		wants:   map[string]any{"account_id": nil, "principal_id": nil, "role_name": "deploy", "policy_name": "ReadOnlyAccess", "policy_type": "System", "allow_self": false},
	},
	"login profile": {
		kind: "ram_login_profile", former: "alicloud_ram_login_profile",
		state: `{"id":"alice","create_time":"2026-01-01T00:00:00Z","mfa_bind_required":true,"password":` + jsonText(formerPassword) + `,"password_reset_required":false,"user_name":"alice","timeouts":null}`,
		arrange: func(a *ramtest.Account) {
			addProfile(a)
			a.Users["alice"].LoginProfile.MFABindRequired = true
		},
		config:  attributes{"user_name": "alice", "mfa_bind_required": true},
		warned:  []string{"Passwords are removed from the state"},
		dropped: formerPassword,
		wants: map[string]any{
			"account_id": nil, "user_id": nil, "user_name": "alice", "mfa_bind_required": true, "password_wo": nil, "password_wo_version": nil, "password_reset_required": nil,
			"status": nil, "allow_lock_out": false,
		},
	},
	"access key": {
		kind: accessKey, former: "alicloud_ram_access_key",
		state: `{"id":"` + aliceKey + `","create_time":"2026-01-01T00:00:00Z","encrypted_secret":null,"key_fingerprint":null,"pgp_key":null,"secret":"` + formerSecret + `",
			"secret_file":"/home/ops/alice.txt","status":"Active","user_name":"alice","timeouts":null}`,
		config: attributes{"user_name": "alice", "status": "Active"},
		warned: []string{"The file with the secret was not deleted"},
		wants: map[string]any{
			"account_id": nil, "user_id": nil, "user_name": "alice", "access_key_id": aliceKey, "secret": formerSecret, "encrypted_secret": nil, "key_fingerprint": nil,
			"pgp_key": nil, "status": "Active", "create_date": nil, "rotate_when_changed": nil, "allow_self": false,
		},
	},
	"access key, encrypted": {
		kind: accessKey, former: "alicloud_ram_access_key",
		state:  `{"id":"` + aliceKey + `","encrypted_secret":"wcBMA0Zha2U=","key_fingerprint":"96cc37d088872f482bedbcd6d8e3126643ed61fb","pgp_key":"keybase:ops","secret":"","secret_file":"","status":"","user_name":"alice"}`,
		config: attributes{"user_name": "alice"},
		warned: []string{"The name of the PGP key was not moved"},
		wants: map[string]any{
			"secret": nil, "encrypted_secret": "wcBMA0Zha2U=", "key_fingerprint": "96cc37d088872f482bedbcd6d8e3126643ed61fb", "pgp_key": nil, "status": nil,
		},
	},
	"access key without owner": {
		kind: accessKey, former: "alicloud_ram_access_key",
		state:  `{"id":"` + aliceKey + `","secret":"` + formerSecret + `","status":"Active","user_name":null}`,
		config: attributes{"user_name": "alice"},
		wants:  map[string]any{"user_name": nil, "secret": formerSecret},
	},
	"access key of a user who was renamed": {
		kind: accessKey, former: "alicloud_ram_access_key",
		state:  `{"id":"` + aliceKey + `","secret":"` + formerSecret + `","status":"Active","user_name":"alicia"}`,
		config: attributes{"user_name": "alice"},
		wants:  map[string]any{"user_name": "alicia"},
	},
	"access key policy": {
		kind: ownPolicy, former: "alicloud_ram_access_key_policy",
		state: `{"id":"alice@acme.onaliyun.com:` + aliceKey + `","access_key_policy":` + jsonText(formerDocument) + `,"user_access_key_id":"` + aliceKey + `",
			"user_principal_name":"alice@acme.onaliyun.com","timeouts":null}`,
		arrange: func(a *ramtest.Account) { a.Users["alice"].Keys[0].Policy = formerDocument },
		config: ofAlice(attributes{
			"status": "Active", "classic_allow_list": []string{"192.0.2.1", "203.0.113.0/24"},
		}),
		wants: map[string]any{
			"account_id": nil, "user_id": nil, "user_name": "alice", "access_key_id": aliceKey, "status": "Active", "classic_allow_list": []string{"192.0.2.1", "203.0.113.0/24"},
			"must_allow": nil, "allow_lock_out": false,
		},
	},
	"access key policy by key alone": {
		kind: ownPolicy, former: "alicloud_ram_access_key_policy",
		state:   `{"id":"` + aliceKey + `","access_key_policy":"","user_access_key_id":null,"user_principal_name":""}`,
		config:  ofAlice(attributes{"status": "Inactive"}),
		wants:   map[string]any{"user_name": nil, "access_key_id": aliceKey, "status": "Inactive", "classic_allow_list": []string{}},
		arrange: func(*ramtest.Account) {},
	},
	"access key policy by its id": {
		kind: ownPolicy, former: "alicloud_ram_access_key_policy",
		state:  `{"id":"alice@acme.onaliyun.com:` + aliceKey + `","access_key_policy":"{}"}`,
		config: ofAlice(attributes{"status": "Inactive"}),
		wants:  map[string]any{"user_name": "alice", "access_key_id": aliceKey},
	},
}

// strict is the password policy of the fixtures.
func strict(a *ramtest.Account) {
	p := &a.Policy
	p.MinimumPasswordLength, p.MaxLoginAttempts, p.MaxPasswordAge, p.PasswordReusePrevention, p.MinimumPasswordDifferentCharacter = 14, 5, 90, 4, 3
	p.RequireLowercaseCharacters, p.RequireUppercaseCharacters, p.RequireNumbers, p.RequireSymbols, p.PasswordNotContainUserName = true, true, true, true, true
}

func jsonText(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// A former is a state that a CLI asks to be moved.
type former struct {
	address, kind string
	version       int64
	state         string
	private       string
	identity      string
}

// move requests a move, as the CLIs do: of a provider that is not configured.
func moveState(t *testing.T, c *acctest.Driver, kind string, from former) (acctest.Object, []*tfprotov6.Diagnostic) {
	t.Helper()
	req := &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: from.address, SourceTypeName: from.kind, SourceSchemaVersion: from.version, TargetTypeName: kind,
		SourceState: &tfprotov6.RawState{JSON: []byte(from.state)}, SourcePrivate: []byte(from.private),
	}
	if from.identity != "" {
		req.SourceIdentity = &tfprotov6.RawState{JSON: []byte(from.identity)}
	}
	resp, err := c.Server.MoveResourceState(t.Context(), req)
	must(t, err)
	if len(acctest.Errors(resp.Diagnostics)) > 0 {
		if resp.TargetState != nil {
			t.Errorf("a move that failed left a state")
		}
		return c.Null(kind), resp.Diagnostics
	}
	return acctest.Object{State: c.Value(kind, resp.TargetState), Private: resp.TargetPrivate, Identity: resp.TargetIdentity}, resp.Diagnostics
}

// summaries returns the summaries without the object, which is that of the state.
func summaries(diags []*tfprotov6.Diagnostic) (all []string) {
	for _, d := range diags {
		summary, _, _ := strings.Cut(d.Summary, " (")
		all = append(all, summary)
	}
	return all
}

// sdkPrivate is private state as the old SDK writes it, which is not as the framework does.
const sdkPrivate = `{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":600000000000,"delete":300000000000},"schema_version":"0"}`

// The account that the fixtures are of.
func formerly2026(t *testing.T, m moved) *ramtest.Server {
	t.Helper()
	srv := withKey(t, "")
	srv.Change(func(a *ramtest.Account) {
		if m.arrange != nil {
			m.arrange(a)
		}
	})
	return srv
}

// namesOnly reports whether the former state has only names, which another account may have as well.
func (m moved) namesOnly() bool {
	return !slices.ContainsFunc([]string{defaultAccount, aliceID, aliceKey}, func(id string) bool { return strings.Contains(m.state, id) })
}

// coreFor returns a driver whose configuration allows the account where the former state
// does not show it.
func coreFor(t *testing.T, srv *ramtest.Server, m moved) *acctest.Driver {
	t.Helper()
	config := attributes{}
	if m.namesOnly() {
		config["allowed_account_ids"] = []string{defaultAccount}
	}
	c := newCoreWith(t, config, srv.Getenv, fakeClock())
	srv.ForgetCalls() // such a configuration checks the account
	return c
}

// An object that was moved by its names alone may be of any account that has these names: it is
// neither read nor written before the configuration names the account.
func TestMove_byNameNeedsTheAccount(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	for name, m := range moves {
		if !m.namesOnly() {
			continue
		}
		kinds[m.kind] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := formerly2026(t, m)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
			clean(t, acctest.Errors(diags))
			read, diags := c.Read(m.kind, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "The account of the object is unknown", `allowed_account_ids = ["`+defaultAccount+`"]`, "provider alias")
			expect(t, "state", read.State.Equal(o.State), true)
			_, diags = c.Plan(m.kind, m.config, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "The account of the object is unknown", "Another error of this run explains what to do")
			_, diags = c.Destroy(m.kind, o)
			expect(t, "errors of the destroy", len(acctest.Errors(diags)), 1)
			for _, call := range srv.Calls() {
				expect(t, "product of "+call.Action, call.Product, "Sts")
			}
		})
	}
	for _, kind := range []string{preference, policy, alias, "ram_user", groupKind, membershipKind, attachmentKind, "ram_login_profile"} {
		expect(t, kind, kinds[kind], true)
	}
}

// With the credentials of an account that has objects of the same names, no moved object is read as one of that account,
// leaves the state or is written.
func TestMove_withTheCredentialsOfAnotherAccount(t *testing.T) {
	t.Parallel()
	each := func(t *testing.T, m moved, provider attributes) {
		t.Helper()
		srv := formerly2026(t, m)
		srv.AddAccount(strangerAccount)
		srv.ChangeAccount(strangerAccount, func(a *ramtest.Account) {
			a.Users["alice"] = &ramtest.User{ID: "500000000000000001", Name: "alice", DisplayName: "Alice", Status: "active", ProvisionType: "Manual", CreateDate: srv0(a), UpdateDate: srv0(a)}
			acctest.AddKey(a, "alice", "LTAI5tStrangerStrangerSt", srv0(a))
			if m.arrange != nil {
				m.arrange(a)
			}
		})
		c := newCoreWith(t, provider, srv.GetenvFor(strangerAccount), fakeClock())
		o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
		clean(t, acctest.Errors(diags))
		read, diags := c.Read(m.kind, o)
		expect(t, "errors of the refresh: "+acctest.Messages(diags), len(acctest.Errors(diags)), 1)
		expect(t, "state after the refresh", read.State.Equal(o.State), true)
		for what, config := range map[string]attributes{"update": m.config.With("timeouts", attributes{"read": "1m"}), "destroy": nil} {
			plan, diags := c.Plan(m.kind, config, o)
			if len(acctest.Errors(diags)) > 0 {
				continue
			}
			after, diags := c.ApplyPlan(m.kind, config, o, plan)
			expect(t, "errors of the "+what+": "+acctest.Messages(diags), len(acctest.Errors(diags)), 1)
			expect(t, "state after the "+what, after.State.Equal(o.State), true)
		}
		expect(t, "writes", writes(srv), []string(nil))
	}
	for name, m := range moves {
		for which, provider := range map[string]attributes{
			"any account":  {},
			"two accounts": {"allowed_account_ids": []string{defaultAccount, strangerAccount}}, // each may be that of the object
		} {
			t.Run(name+"/"+which, func(t *testing.T) {
				t.Parallel()
				each(t, m, provider)
			})
		}
	}
}

// A state is moved from every address without a call; the first refresh reads the missing values; and the plan after
// it is empty.
func TestMove_fromEveryFormerType(t *testing.T) {
	t.Parallel()
	for name, m := range moves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := formerly2026(t, m)
			c := coreFor(t, srv, m)
			var first acctest.Object
			for i, address := range alicloudAddresses {
				o, diags := moveState(t, c, m.kind, former{address: address, kind: m.former, state: m.state, private: sdkPrivate})
				expect(t, "what "+address+" made it say", summaries(diags), m.warned)
				if len(acctest.Errors(diags)) > 0 {
					t.Fatal(acctest.Messages(diags))
				}
				if m.dropped != "" {
					for _, form := range acctest.FindSecret(fmt.Append(nil, acctest.Messages(diags), o.State, string(o.Private)), m.dropped) {
						t.Errorf("the secret is not dropped: %s", form)
					}
				}
				if i > 0 && !o.State.Equal(first.State) {
					t.Errorf("%s makes it another state", address)
				}
				first = o
			}
			for name, want := range m.wants {
				expect(t, name, in(t, first.State, name), want)
			}
			if first.Identity != nil {
				t.Errorf("the identity is guessed: %v", first.Identity)
			}
			if len(srv.Calls()) > 0 {
				t.Fatal("a move called the service")
			}
			read, diags := c.Read(m.kind, first)
			expect(t, "what the refresh said", acctest.Messages(diags), "")
			expect(t, "account", in(t, read.State, "account_id"), defaultAccount)
			if read.Identity == nil {
				t.Fatal("the refresh did not fill the identity")
			}
			for name, value := range acctest.Fields(first.State) {
				if !value.IsNull() && name != "user_name" && name != "display_name" && !value.Equal(acctest.Fields(read.State)[name]) {
					t.Errorf("the refresh changed %s from %v to %v", name, value, acctest.Fields(read.State)[name])
				}
			}
			steady(t, c, m.kind, m.config, read)
			o, diags := c.Apply(m.kind, m.config, read)
			expect(t, "what the apply said", acctest.Messages(diags), "")
			steady(t, c, m.kind, m.config, o)
			expect(t, "writes", writes(srv), []string(nil))
			if m.dropped != "" && len(acctest.FindSecret(fmt.Append(nil, o.State, string(o.Private)), m.dropped)) > 0 {
				t.Error("the secret came back")
			}
		})
	}
}

// attachReadOnly attaches a policy to a user, a group and a role.
func attachReadOnly(a *ramtest.Account) {
	policies := func() []string { return []string{"System/ReadOnlyAccess"} }
	a.Users["alice"].Policies = policies()
	a.Groups["developers"] = &ramtest.Group{ID: "g-dev", Name: "developers", Policies: policies()}
	a.Roles["deploy"] = &ramtest.Role{ID: "300000000000000001", Name: "deploy", Policies: policies()}
}

// arrangeDevelopers puts alice into the group developers.
func arrangeDevelopers(a *ramtest.Account) {
	a.Groups["developers"] = &ramtest.Group{ID: "g-dev", Name: "developers"}
	a.Users["alice"].Groups = []string{"developers"}
}

// Every former type has a fixture, and every fixture a table.
func TestMove_everyFormerTypeHasAFixture(t *testing.T) {
	t.Parallel()
	tried, tabled := []string{}, []string{}
	for _, m := range moves {
		tried = append(tried, m.kind+" from "+m.former)
	}
	c := newCore(t, ramtest.New(t).Getenv)
	for kind, types := range formerTypes {
		for _, f := range types {
			tabled = append(tabled, kind+" from "+f.Name)
			for _, a := range f.Attributes {
				for _, name := range a.Targets {
					if _, exists := acctest.Fields(c.Build(c.Schemas.ResourceSchemas[kind], attributes{}))[name]; !exists {
						t.Errorf("%s.%s becomes %s, which %s does not have", f.Name, a.Name, name, kind)
					}
				}
			}
		}
	}
	slices.Sort(tried)
	slices.Sort(tabled)
	expect(t, "tried", slices.Compact(tried), tabled)
}

// Without a refresh a moved object can be planned and changed as well: the write adds the missing values.
func TestMove_updateWithoutARefresh(t *testing.T) {
	t.Parallel()
	changes := map[string]attributes{
		preference: {"login_session_duration": 4}, policy: {"minimum_password_length": 16}, alias: {"account_alias": "acme-two"}, "ram_user": {"comments": "moved"}, groupKind: {"comments": "moved"},
		membershipKind: {"allow_self": true}, attachmentKind: {"allow_self": true},
		"ram_login_profile": {"mfa_bind_required": false}, accessKey: {"status": "Inactive"}, ownPolicy: {"classic_allow_list": []string{"198.51.100.7"}},
	}
	for name, m := range moves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := formerly2026(t, m)
			c := coreFor(t, srv, m)
			o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
			clean(t, diags)
			config := maps.Clone(m.config)
			maps.Copy(config, changes[m.kind])
			plan, diags := c.Plan(m.kind, config, o)
			clean(t, diags)
			o, diags = c.ApplyPlan(m.kind, config, o, plan)
			clean(t, diags)
			for name, promised := range acctest.Fields(c.Planned(m.kind, plan)) {
				if kept := acctest.Fields(o.State)[name]; promised.IsKnown() && !promised.Equal(kept) {
					t.Errorf("the plan promised %s = %v, and the apply made it %v", name, promised, kept)
				}
			}
			expect(t, "account", in(t, o.State, "account_id"), defaultAccount)
			if o.Identity == nil {
				t.Fatal("there is no identity")
			}
			after, diags := c.Read(m.kind, o)
			clean(t, diags)
			steady(t, c, m.kind, config, after)
			if secret, kept := m.wants["secret"]; kept {
				expect(t, "secret", in(t, after.State, "secret"), secret)
			}
		})
	}
}

// A moved object can be destroyed, refreshed or not.
func TestMove_destroy(t *testing.T) {
	t.Parallel()
	for name, m := range moves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := formerly2026(t, m)
			srv.Change(func(a *ramtest.Account) {
				if m.kind == "ram_user" {
					a.Users["alice"].Keys = nil
				}
			})
			c := coreFor(t, srv, m)
			o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
			clean(t, diags)
			gone, diags := c.Destroy(m.kind, o)
			clean(t, diags)
			if !gone.State.IsNull() {
				t.Error("it is still in the state")
			}
			a := account(srv)
			switch m.kind {
			case "ram_user":
				expect(t, "alice", a.Users["alice"], (*ramtest.User)(nil))
			case attachmentKind:
				name, _, _ := strings.Cut(m.former, "_policy_attachment")
				left := map[string][]string{"alicloud_ram_user": a.Users["alice"].Policies, "alicloud_ram_group": a.Groups["developers"].Policies, "alicloud_ram_role": a.Roles["deploy"].Policies}
				expect(t, "policies", len(left[name]), 0)
			case membershipKind:
				expect(t, "groups", len(a.Users["alice"].Groups), 0)
			case groupKind:
				expect(t, "group", a.Groups["developers"], (*ramtest.Group)(nil))
			case "ram_login_profile":
				expect(t, "profile", a.Users["alice"].LoginProfile, (*ramtest.LoginProfile)(nil))
			case accessKey:
				expect(t, "keys", len(a.Users["alice"].Keys), 0)
			case ownPolicy:
				if m.arrange != nil {
					contains(t, a.Users["alice"].Keys[0].Policy+noPolicy, "Inactive")
				}
			default:
				expect(t, "writes", writes(srv), []string(nil))
			}
		})
	}
}

// The private state of an import counts after a move as well.
func TestMove_firstPasswordVersionSendsNothing(t *testing.T) {
	t.Parallel()
	m := moves["login profile"]
	srv := formerly2026(t, m)
	c := coreFor(t, srv, m)
	o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
	clean(t, diags)
	o, diags = c.Read(m.kind, o)
	clean(t, diags)
	config := attributes{"user_name": "alice", "password_wo": "Another-pass-4-alice", "password_wo_version": 1, "password_reset_required": true}
	o, diags = c.Apply(m.kind, config, o)
	contains(t, acctest.Messages(diags), "The password is not sent")
	expect(t, "writes", writes(srv), []string(nil))
	config["password_wo_version"] = 2
	_, diags = c.Apply(m.kind, config, o)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string{"UpdateLoginProfile"})
	expect(t, "password", profile(srv).Password, "Another-pass-4-alice")
}

// The secret stays, whichever argument of the key is configured for the first time.
func TestMove_firstPGPKeyOrTriggerReplacesNothing(t *testing.T) {
	t.Parallel()
	m := moves["access key"]
	srv := formerly2026(t, m)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
	clean(t, diags)
	o, diags = c.Read(m.kind, o)
	clean(t, diags)
	config := attributes{"user_name": "alice", "rotate_when_changed": map[string]string{"quarter": "1"}}
	plan, diags := c.Plan(m.kind, config, o)
	clean(t, diags)
	expect(t, "replaces", len(plan.RequiresReplace), 0)
	o, diags = c.Apply(m.kind, config, o)
	clean(t, diags)
	expect(t, "secret", in(t, o.State, "secret"), formerSecret)
	config["rotate_when_changed"] = map[string]string{"quarter": "2"}
	plan, diags = c.Plan(m.kind, config, o)
	clean(t, diags)
	expect(t, "replaces", len(plan.RequiresReplace), 1)
	expect(t, "writes", writes(srv), []string(nil))
}

// A setting that was moved has no captured values, like one that was imported.
func TestMove_restoreHasNoCapturedValues(t *testing.T) {
	t.Parallel()
	m := moves["password policy"]
	srv := formerly2026(t, m)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
	clean(t, diags)
	o, diags = c.Read(m.kind, o)
	clean(t, diags)
	_, diags = c.Plan(m.kind, attributes{"on_destroy": setting.Restore}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "on_destroy", "imported or moved")
}

// A configuration that names the wrong user does not lose the key, nor its secret.
func TestMove_keyOfAnotherUserDoesNotCountAsDeleted(t *testing.T) {
	t.Parallel()
	m := moves["access key without owner"]
	srv := formerly2026(t, m)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
	clean(t, diags)
	after, diags := c.Apply(m.kind, attributes{"user_name": "bob"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the AccessKey pair", aliceKey, `"alice"`, `"bob"`)
	expect(t, "secret", in(t, after.State, "secret"), formerSecret)
	read, diags := c.Read(m.kind, o)
	expect(t, "what the refresh said", acctest.Messages(diags), "")
	expect(t, "user", in(t, read.State, "user_name"), "alice")

	policy := moves["access key policy by key alone"]
	o, diags = moveState(t, c, policy.kind, former{address: "alicloud", kind: policy.former, state: policy.state})
	clean(t, diags)
	_, diags = c.Apply(policy.kind, attributes{"user_name": "bob", "access_key_id": aliceKey, "status": "Active"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the network policy", `"alice"`, `"bob"`)
	expect(t, "writes", writes(srv), []string(nil))
}

// A key that no user of the account has may be one of the root account: its secret stays until an administrator has
// decided.
func TestMove_keyWithoutAnOwnerStays(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"access key without owner", "access key policy by key alone"} {
		m := moves[name]
		srv := formerly2026(t, m)
		srv.Change(func(a *ramtest.Account) { a.Keys, a.Users["alice"].Keys = a.Users["alice"].Keys, nil })
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
		clean(t, diags)
		after, diags := c.Read(m.kind, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "The owner of the key is unknown", "root account")
		if !after.State.Equal(o.State) {
			t.Errorf("%s: the state changed", name)
		}
	}
}

// A deleted key is removed from the state only if the account is known: otherwise the key may exist in another
// account, and its secret would be lost.
func TestMove_deletedKeyIsRemovedOnlyIfTheAccountIsKnown(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"access key", "access key policy"} {
		m := moves[name]
		srv := formerly2026(t, m)
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys = nil })
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := moveState(t, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
		clean(t, diags)
		after, diags := c.Read(m.kind, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "the state does not name the account", "allowed_account_ids", "provider alias", "terraform state rm")
		expect(t, name+" is kept", after.State.Equal(o.State), true)
		_, diags = c.Destroy(m.kind, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "the state does not name the account")

		c = newCoreWith(t, attributes{"allowed_account_ids": []string{defaultAccount}}, srv.Getenv, fakeClock())
		after, diags = c.Read(m.kind, o)
		clean(t, diags)
		if !after.State.IsNull() || after.Identity == nil {
			t.Errorf("%s: it is still there", name)
		}
	}
}

// The old provider accepted enforce_mfa_for_login and ignored it. The value of the account counts, and a warning says
// so.
func TestMove_formerSwitchForMFA(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	for _, tried := range []struct {
		state  string
		want   any
		warned []string
	}{
		{`{"enforce_mfa_for_login":true,"mfa_operation_for_login":"independent"}`, "independent", []string{"enforce_mfa_for_login was not enforced"}},
		{`{"enforce_mfa_for_login":true,"mfa_operation_for_login":"mandatory"}`, access.Mandatory, []string{"enforce_mfa_for_login becomes mfa_operation_for_login"}},
		{`{"enforce_mfa_for_login":"true","mfa_operation_for_login":""}`, access.Mandatory, []string{"enforce_mfa_for_login becomes mfa_operation_for_login"}},
		{`{"enforce_mfa_for_login":"true","mfa_operation_for_login":null}`, access.Mandatory, []string{"enforce_mfa_for_login becomes mfa_operation_for_login"}},
		{`{"enforce_mfa_for_login":false}`, nil, nil},
		{`{"enforce_mfa_for_login":"false"}`, nil, nil},
		{`{"enforce_mfa_for_login":""}`, nil, nil},
		{`{"enforce_mfa_for_login":null,"mfa_operation_for_login":"adaptive"}`, "adaptive", nil},
		{`{"operation_for_risk_login":"enforceVerify"}`, nil, []string{"operation_for_risk_login is no longer managed"}},
	} {
		o, diags := moveState(t, c, preference, former{address: "alicloud", kind: "alicloud_ram_security_preference", state: tried.state})
		clean(t, diags)
		expect(t, tried.state, in(t, o.State, "mfa_operation_for_login"), tried.want)
		expect(t, tried.state, summaries(diags), tried.warned)
	}
}

// States of old SDKs contain texts instead of numbers and booleans, and "" instead of null; some attributes are
// missing.
func TestMove_statesOfOldSDKs(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	for _, tried := range []struct {
		kind, former, state, name string
		want                      any
	}{
		{policy, "alicloud_ram_password_policy", `{"minimum_password_length":"12"}`, "minimum_password_length", int64(12)},
		{policy, "alicloud_ram_password_policy", `{"minimum_password_length":""}`, "minimum_password_length", nil},
		{policy, "alicloud_ram_password_policy", `{"hard_expiry":"true"}`, "hard_expiry", true},
		{policy, "alicloud_ram_password_policy", `{"hard_expiry":""}`, "hard_expiry", nil},
		{policy, "alicloud_ram_password_policy", `{}`, "on_destroy", "retain"},
		{preference, "alicloud_ram_security_preference", `{"login_network_masks":" 10.0.0.0/8 ;; 192.0.2.1;"}`, "login_network_masks", []string{"10.0.0.0/8", "192.0.2.1"}},
		{preference, "alicloud_ram_security_preference", `{"login_network_masks":null}`, "login_network_masks", nil},
		{preference, "alicloud_ram_security_preference", `{"verification_types":[]}`, "verification_types", []string{}},
		{alias, "alicloud_ram_alias", `{"account_alias":""}`, "account_alias", ""},
		{alias, "alicloud_ram_alias", `{"account_alias":null}`, "account_alias", nil},
		{"ram_user", "alicloud_ram_user", `{"name":"alice","force":"true"}`, "force_destroy", true},
		{"ram_user", "alicloud_ram_user", `{"name":"alice","force":""}`, "force_destroy", false},
		{"ram_user", "alicloud_ram_user", `{"name":"200000000000000009","id":"200000000000000009"}`, "user_id", nil},
		{"ram_login_profile", "alicloud_ram_login_profile", `{"id":"alice","user_name":""}`, "user_name", "alice"},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"id":"k","user_principal_name":"alice"}`, "user_name", "alice"},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"id":"k","user_principal_name":"@x"}`, "user_name", nil},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"id":"k","access_key_policy":null}`, "status", nil},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"id":"k","access_key_policy":"{\"Version\":1,\"Status\":\"Active\",\"Statements\":[]}"}`, "status", "Active"},
	} {
		o, diags := moveState(t, c, tried.kind, former{address: "alicloud", kind: tried.former, state: tried.state})
		expect(t, tried.state, acctest.Messages(diags), "")
		expect(t, tried.state, in(t, o.State, tried.name), tried.want)
	}
}

// Attributes of the old state that this provider does not know are named, without their values, and a state with a
// newer schema version is moved with a warning.
func TestMove_namesUnknownAttributes(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	o, diags := moveState(t, c, accessKey, former{
		address: "alicloud", kind: "alicloud_ram_access_key", version: 1,
		state: `{"id":"k","user_name":"alice","second_secret":"` + formerSecret + `","region":"","flags":[],"on":false}`,
	})
	clean(t, diags)
	expect(t, "warned", summaries(diags), []string{"Some attributes of the alicloud_ram_access_key were not moved", "The alicloud_ram_access_key has a newer schema"})
	contains(t, acctest.Messages(diags), "second_secret", "schema version 1")
	if strings.Contains(acctest.Messages(diags), "region") || strings.Contains(acctest.Messages(diags), formerSecret) {
		t.Errorf("too much is said:\n%s", acctest.Messages(diags))
	}
	expect(t, "key", in(t, o.State, "access_key_id"), "k")
}

// A state that cannot be read is not moved, and the error does not quote it.
func TestMove_invalidStateIsRefused(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	const said1 = "Nothing was moved."
	for _, tried := range []struct {
		kind, former, state string
		parts               []string
	}{
		{policy, "alicloud_ram_password_policy", `null`, []string{"not a JSON object"}},
		{policy, "alicloud_ram_password_policy", ``, []string{"not a JSON object"}},
		{policy, "alicloud_ram_password_policy", `[1]`, []string{"not a JSON object"}},
		{policy, "alicloud_ram_password_policy", `{"hard_expiry":`, []string{"not a JSON object"}},
		{policy, "alicloud_ram_password_policy", `{"hard_expiry":"` + canary + `"}`, []string{"hard_expiry", "is not true or false"}},
		{policy, "alicloud_ram_password_policy", `{"` + misspeltAttempts + `":"` + canary + `"}`, []string{misspeltAttempts, "is not a whole number"}},
		{policy, "alicloud_ram_password_policy", `{"` + misspeltAttempts + `":1.5}`, []string{"is not a whole number"}},
		{policy, "alicloud_ram_password_policy", `{"` + misspeltAttempts + `":"Inf"}`, []string{"is not a whole number"}},
		{policy, "alicloud_ram_password_policy", `{"` + misspeltAttempts + `":{}}`, []string{"is not a whole number"}},
		{policy, "alicloud_ram_password_policy", `{"timeouts":"` + canary + `"}`, []string{"timeouts"}},
		{preference, "alicloud_ram_security_preference", `{"login_network_masks":["10.0.0.0/8"]}`, []string{"login_network_masks", "is not a text"}},
		{preference, "alicloud_ram_security_preference", `{"verification_types":"` + canary + `"}`, []string{"verification_types", "is not a list of strings"}},
		{alias, "alicloud_ram_alias", `{"account_alias":{"a":1}}`, []string{"account_alias"}},
		{"ram_user", "alicloud_ram_user", `{"id":"1"}`, []string{"name", "Import"}},
		{"ram_login_profile", "alicloud_ram_login_profile", `{"password":"` + canary + `"}`, []string{"user_name", "Import"}},
		{accessKey, "alicloud_ram_access_key", `{"secret":"` + canary + `"}`, []string{"access_key_id", "Import"}},
		{accessKey, "alicloud_ram_access_key", `{"id":"k","secret":["` + canary + `"]}`, []string{"secret", "is not a text"}},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"access_key_policy":"{}"}`, []string{"access_key_id"}},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"id":"k","access_key_policy":"{\"Status\":"}`, []string{"access_key_policy", "is not the document of a network policy"}},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"id":"k","access_key_policy":"` + canary + `"}`, []string{"access_key_policy"}},
		{ownPolicy, "alicloud_ram_access_key_policy", `{"id":"k","access_key_policy":"[]"}`, []string{"access_key_policy"}},
	} {
		_, diags := moveState(t, c, tried.kind, former{address: "alicloud", kind: tried.former, state: tried.state})
		if len(acctest.Errors(diags)) == 0 {
			t.Errorf("%s was moved", tried.state)
		}
		contains(t, acctest.Messages(diags), append(tried.parts, "Cannot move the "+tried.former, said1)...)
		if strings.Contains(acctest.Messages(diags), canary) {
			t.Errorf("the state is quoted:\n%s", acctest.Messages(diags))
		}
	}
}

// An unsupported type is refused, and the error lists the supported ones.
func TestMove_fromUnsupportedTypesIsRefused(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	for _, tried := range []struct {
		kind, address, former string
		parts                 []string
	}{
		{"ram_user", "registry.terraform.io/aliyun/alicloud", "alicloud_ram_role", []string{"alicloud_ram_user of the provider aliyun/alicloud"}},
		{"ram_user", "registry.terraform.io/acme/fork", "alicloud_ram_user", []string{"terraform state replace-provider 'registry.terraform.io/acme/fork' aliyun/alicloud"}},
		{"ram_user", "registry.terraform.io/hashicorp/aws", "alicloud_ram_user", []string{"registry.terraform.io/hashicorp/aws"}},
		{"ram_user", "registry.terraform.io/hashicorp/aws", "ram_user", []string{"registry.terraform.io/hashicorp/aws"}},
		{"ram_user", "notalicloud", "alicloud_ram_user", nil},
		{"ram_user", "", "alicloud_ram_user", nil},
		{"ram_user", "registry.terraform.io/ram-security/ram", "ram_login_profile", nil},
		{"ram_login_profile", "alicloud", "alicloud_ram_user", []string{"alicloud_ram_login_profile"}},
		{policy, "alicloud", "alicloud_ram_security_preference", []string{"alicloud_ram_password_policy and alicloud_ram_account_password_policy"}},
		{"ram_mfa_binding", "alicloud", "alicloud_ram_user", []string{"only a state of its own type"}},
	} {
		_, diags := moveState(t, c, tried.kind, former{address: tried.address, kind: tried.former, state: `{"id":"x","name":"alice","user_name":"alice"}`})
		if len(acctest.Errors(diags)) != 1 {
			t.Fatalf("%s of %s was moved", tried.former, tried.address)
		}
		contains(t, acctest.Messages(diags), append(tried.parts, tried.kind, tried.former, "Nothing was moved.", "removed block")...)
	}
}

// Some CLIs request a move if only the address changes: every type returns its own states unchanged, with identity
// and private state.
func TestMove_fromTheSameTypeChangesNothing(t *testing.T) {
	t.Parallel()
	srv := withKey(t, "")
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "on_destroy": setting.Restore})
	clean(t, diags)
	raw := asStored(t, o)
	for _, address := range []string{"registry.terraform.io/ram-security/ram", "registry.opentofu.org/ram-security/ram", "mirror.example.com/acme/ram", "ram"} {
		after, diags := moveState(t, c, policy, former{address: address, kind: policy, state: raw, private: string(o.Private), identity: `{"account_id":"` + defaultAccount + `"}`})
		expect(t, "what "+address+" made it say", acctest.Messages(diags), "")
		if !after.State.Equal(o.State) {
			t.Errorf("%s: the state changed from %v to %v", address, o.State, after.State)
		}
		expect(t, "private state", string(after.Private), string(o.Private))
		if after.Identity == nil || string(after.Identity.IdentityData.MsgPack) != string(o.Identity.IdentityData.MsgPack) {
			t.Errorf("%s: the identity changed", address)
		}
		steady(t, c, policy, attributes{"minimum_password_length": 14, "on_destroy": setting.Restore}, after)
	}
	after, diags := moveState(t, c, policy, former{address: "ram", kind: policy, state: raw, private: string(o.Private)})
	clean(t, diags)
	if after.Identity != nil {
		t.Error("the identity is guessed")
	}
	for version, state := range map[int64]string{1: raw, 0: `{"minimum_password_length":"` + canary + `"}`} {
		_, diags = moveState(t, c, policy, former{address: "ram", kind: policy, state: state, version: version})
		contains(t, acctest.Messages(acctest.Errors(diags)), "Nothing was moved.")
		if strings.Contains(acctest.Messages(diags), canary) {
			t.Errorf("the state is quoted:\n%s", acctest.Messages(diags))
		}
	}
	for kind := range c.Schemas.ResourceSchemas {
		empty, diags := moveState(t, c, kind, former{address: "ram", kind: kind, state: `{"account_id":"1"}`})
		expect(t, kind, acctest.Messages(diags), "")
		if len(acctest.Errors(diags)) == 0 {
			expect(t, kind, in(t, empty.State, "account_id"), "1")
		}
	}
}

// asStored is a state as a state file has it.
func asStored(t *testing.T, o acctest.Object) string {
	t.Helper()
	attributes := map[string]any{}
	for name, v := range acctest.Fields(o.State) {
		if name != "timeouts" {
			attributes[name] = acctest.Native(v)
		}
	}
	text, err := json.Marshal(attributes)
	must(t, err)
	return string(text)
}
