// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestUserAccessData(t *testing.T) {
	t.Parallel()
	srv := withDevelopers(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 1 }))
	srv.Change(func(a *ramtest.Account) {
		a.Groups["developers"].Policies = []string{"System/AdministratorAccess"}
		alice := a.Users["alice"]
		alice.Groups, alice.Policies = []string{"developers"}, []string{"System/AliyunOSSFullAccess"}
		alice.LastLoginDate = srv0(a).Add(-50 * day)
		a.Users["bob"].Policies = []string{"System/AliyunRAMFullAccess"}
		acctest.AddKey(a, "alice", "LTAI5tOldOldOldOldOldOld", srv0(a).Add(-100*day))
		acctest.AddKey(a, "alice", "LTAI5tNewNewNewNewNewNew", srv0(a).Add(-time.Hour))
		acctest.AddServiceCredential(a, "alice", "SCold", srv0(a).Add(-70*day))
		alice.Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", CreateDate: srv0(a).Add(-60 * day), LastUseDate: srv0(a).Add(-20 * day)}}
		a.Users["bob"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-2", CreateDate: srv0(a).Add(-60 * day)}}
	})
	read := func(config attributes) map[string]map[string]any {
		c := newCore(t, srv.Getenv, fakeClock())
		v, diags := c.ReadData("ram_user_access", config)
		clean(t, diags)
		users := map[string]map[string]any{}
		for _, user := range elementsOf(t, v, "users") {
			shown := map[string]any{}
			for _, name := range []string{"administrator", "can_change_ram", "idle_days", "mfa_serial_number"} {
				shown[name] = in(t, user, name)
			}
			var policies, keys []string
			for _, policy := range elementsOf(t, user, "policies") {
				policies = append(policies, acctest.Attribute(policy, "policy_name")+" of "+acctest.Attribute(policy, "group_name"))
			}
			for _, key := range elementsOf(t, user, "access_keys") {
				keys = append(keys, acctest.Attribute(key, "access_key_id")+" "+acctest.Attribute(key, "age_days"))
			}
			var others []string
			for _, credential := range elementsOf(t, user, "service_credentials") {
				others = append(others, acctest.Attribute(credential, "service_credential_id")+" "+acctest.Attribute(credential, "age_days"))
			}
			for _, passkey := range elementsOf(t, user, "passkeys") {
				others = append(others, acctest.Attribute(passkey, "passkey_id"))
			}
			shown["others"] = others
			shown["policies"], shown["keys"], shown["groups"] = policies, keys, in(t, user, "group_names")
			users[acctest.Attribute(user, "user_name")] = shown
		}
		return users
	}
	all := read(attributes{})
	alice := all["alice"]
	expect(t, "administrator", alice["administrator"], true)
	expect(t, "policies", alice["policies"], []string{"AliyunOSSFullAccess of null", "AdministratorAccess of developers"})
	expect(t, "keys", alice["keys"], []string{"LTAI5tOldOldOldOldOldOld 100", "LTAI5tNewNewNewNewNewNew 0"})
	expect(t, "groups", alice["groups"], []string{"developers"})
	expect(t, "idle since the passkey was used", alice["idle_days"], int64(20))
	expect(t, "other credentials", alice["others"], []string{"SCold 70", "PASSKEY-1"})
	bob := all["bob"]
	expect(t, "administrator", bob["administrator"], false)
	expect(t, "can change RAM", bob["can_change_ram"], true)
	expect(t, "idle", bob["idle_days"], nil)
	expect(t, "other credentials", bob["others"], []string{"PASSKEY-2"})
	for _, call := range srv.Calls("ListServiceCredentials") { // of all users at once
		expect(t, "user", call.Params["UserPrincipalName"], "")
	}
	// One user is read without the groups of the others.
	srv.ForgetCalls()
	one := read(attributes{"user_name": "alice"})
	expect(t, "users", len(one), 1)
	expect(t, "policies", one["alice"]["policies"], alice["policies"])
	expect(t, "calls", len(srv.Calls("ListUsersForGroup"))+len(srv.Calls("ListGroups")), 0)
	expect(t, "writes", writes(srv), []string(nil))
	// An endpoint may have neither service credentials nor passkeys.
	srv.Inject(ramtest.Rule{Action: "ListServiceCredentials", Fault: "code", Status: 404, Code: "InvalidAction.NotFound"}, ramtest.Rule{Action: "ListPasskeys", Fault: "code", Status: 404, Code: "InvalidAction.NotFound"})
	for _, config := range []attributes{{}, {"user_name": "alice"}} {
		alice := read(config)["alice"]
		expect(t, "other credentials", alice["others"], []string(nil))
		expect(t, "idle", alice["idle_days"], int64(50))
	}
}
