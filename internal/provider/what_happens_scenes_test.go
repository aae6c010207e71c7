// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

// run is a new run of Terraform: another process, with the provider's state of mind gone.
func (h *transcript) run(srv *ramtest.Server) *acctest.Driver {
	return newCore(h.T, srv.Getenv, inStep(srv, 0))
}

// imports takes an object into an empty state.
func (h *transcript) imports(c *acctest.Driver, kind, id string) acctest.Object {
	h.Helper()
	return h.fine(c.Import(kind, id))
}

// removeKey is what the two commands of a message do, in the hands of a person.
func removeKey(srv *ramtest.Server, user, id string) {
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		u := a.Users[user]
		for i, key := range u.Keys {
			if key.ID == id {
				a.RecycledKeys = append(a.RecycledKeys, &ramtest.RecycledKey{Key: *key, UserID: u.ID, UserName: u.Name, RecycleDate: now, DeleteDate: now.Add(30 * day)})
				u.Keys = append(u.Keys[:i:i], u.Keys[i+1:]...)
				return
			}
		}
	})
}

// steady checks that the next plan is empty, and that no key is missing in the state.
func (h *transcript) steady(c *acctest.Driver, srv *ramtest.Server, config attributes, o acctest.Object) {
	h.Helper()
	steady(h.T, c, accessKey, config, o)
	keys := keysOf(srv, "alice")
	if len(keys) != 1 || keys[0].ID != stateOf(h.T, o, "access_key_id") {
		h.Errorf("alice has %d keys, and %s is in the state", len(keys), stateOf(h.T, o, "access_key_id"))
	}
}

func keyInDoubt(h *transcript) {
	srv, config := withAlice(h.T), attributes{"user_name": "alice"}
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "reset"})
	c := h.run(srv)
	o := h.refused(c.Create(accessKey, config))
	expect(h.T, "state", o.State.IsNull(), true)
	lost := keysOf(srv, "alice")[0]
	contains(h.T, h.all.String(), lost.ID, lost.CreateDate.Format(time.RFC3339), "aliyun ram DeleteAccessKey --UserName alice --UserAccessKeyId "+lost.ID)
	removeKey(srv, "alice", lost.ID)
	c = h.run(srv)
	o = h.fine(c.Create(accessKey, config))
	expect(h.T, "secret", stateOf(h.T, o, "secret"), keysOf(srv, "alice")[0].Secret)
	h.steady(c, srv, config, o)
}

func keyBesideOurs(h *transcript) {
	srv, config := withAlice(h.T), attributes{"user_name": "alice"}
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Fault: "duplicate"})
	c := h.run(srv)
	o := h.fine(c.Create(accessKey, config))
	keys := keysOf(srv, "alice")
	expect(h.T, "keys", len(keys), 2)
	for _, key := range keys {
		ours := key.ID == stateOf(h.T, o, "access_key_id")
		expect(h.T, "a command for "+key.ID, strings.Contains(h.all.String(), "--UserAccessKeyId "+key.ID), !ours)
		if !ours {
			removeKey(srv, "alice", key.ID)
		}
	}
	h.steady(h.run(srv), srv, config, o)
}

func restoreLost(h *transcript) {
	srv, config := old(h.T), attributes{"minimum_password_length": 14, "on_destroy": setting.Restore}
	c := h.run(srv)
	whole := h.fine(c.Create(policy, config))
	bare := whole
	bare.Private = nil // as a CLI leaves it whose provider was killed
	h.refused(c.Apply(policy, config, bare))
	srv.ForgetCalls()
	kept := h.fine(c.Apply(policy, attributes{"minimum_password_length": 14, "on_destroy": setting.Retain}, bare))
	expect(h.T, "writes", writes(srv), []string(nil))
	h.fine(c.Apply(policy, attributes{"minimum_password_length": 12, "on_destroy": setting.Retain}, kept)) // written as it shall stay
	h.fine(c.Destroy(policy, h.fine(c.Read(policy, whole))))                                               // the older copy has the values
	expect(h.T, "restored", account(srv).Policy.MinimumPasswordLength, 10)
}

func stateLost(h *transcript) {
	srv := withAlice(h.T)
	settings, key := attributes{"minimum_password_length": 14}, attributes{"user_name": "alice"}
	c := h.run(srv)
	h.fine(c.Create(policy, settings))
	h.fine(c.Create(accessKey, key))

	c = h.run(srv) // with an empty state
	h.refused(c.Create(userKind, attributes{"name": "alice"}))
	srv.ForgetCalls()
	steady(h.T, c, policy, settings, h.fine(c.Create(policy, settings)))
	user := h.imports(c, userKind, "alice")
	steady(h.T, c, userKind, attributes{"name": "alice"}, user)
	o := h.imports(c, accessKey, "alice:"+keysOf(srv, "alice")[0].ID)
	expect(h.T, "secret", in(h.T, o.State, "secret"), nil)
	h.steady(c, srv, key, o)
	expect(h.T, "writes", writes(srv), []string(nil))

	h.fine(c.Destroy(accessKey, o)) // -replace
	o = h.fine(c.Create(accessKey, key))
	expect(h.T, "secret", stateOf(h.T, o, "secret"), keysOf(srv, "alice")[0].Secret)
	h.steady(c, srv, key, o)
}

func stateOld(h *transcript) {
	srv, config := withAlice(h.T), attributes{"user_name": "alice"}
	c := h.run(srv)
	copied := h.fine(c.Create(accessKey, config))
	h.fine(c.Destroy(accessKey, copied))
	living := h.fine(c.Create(accessKey, config))

	c = h.run(srv)
	after := h.fine(c.Read(accessKey, copied))
	expect(h.T, "the old key stays", after.State.IsNull(), true)
	srv.ForgetCalls()
	o := h.imports(c, accessKey, "alice:"+keysOf(srv, "alice")[0].ID)
	expect(h.T, "key", stateOf(h.T, o, "access_key_id"), stateOf(h.T, living, "access_key_id"))
	h.steady(c, srv, config, o)
	expect(h.T, "writes", writes(srv), []string(nil))
}

func twoKeys(h *transcript) {
	srv, config := withAlice(h.T), attributes{"user_name": "alice"}
	addKey(srv, "alice", "LTAIused", 400*day)
	addKey(srv, "alice", "LTAIidle", 30*day)
	c := h.run(srv)
	h.refused(c.Create(accessKey, config))
	contains(h.T, h.all.String(), "LTAIused, Active", "LTAIidle, Active")
	expect(h.T, "writes", writes(srv), []string(nil))
	removeKey(srv, "alice", "LTAIidle")
	steady(h.T, c, accessKey, config, h.fine(c.Create(accessKey, config)))
	steady(h.T, c, accessKey, config, h.imports(c, accessKey, "alice:LTAIused"))
}

func existsAlready(h *transcript) {
	srv := withAlice(h.T)
	srv.Change(addProfile)
	c := h.run(srv)
	h.refused(c.Create(profileKind, logon(nil)))
	h.refused(c.Create(userKind, attributes{"name": "alice"}))
	contains(h.T, h.all.String(), "terraform import <address> alice")
	expect(h.T, "writes", writes(srv), []string(nil))
	steady(h.T, c, userKind, attributes{"name": "alice"}, h.imports(c, userKind, "alice"))
	o := h.fine(c.Apply(profileKind, logon(nil), h.imports(c, profileKind, "alice")))
	expect(h.T, "password", profile(srv).Password, "chosen by the user")
	h.fine(c.Apply(profileKind, logon(attributes{"password_wo_version": 2}), o))
	expect(h.T, "password", profile(srv).Password, password)
}

func managedTwice(h *transcript) {
	srv := withAlice(h.T)
	ours, theirs := attributes{"minimum_password_length": 14}, attributes{"minimum_password_length": 12}
	c, other := h.run(srv), h.run(srv)
	o := h.fine(c.Create(policy, ours))
	h.refused(c.Create(policy, theirs)) // in the same run
	h.fine(other.Create(policy, theirs))
	c = h.run(srv)
	o = h.fine(c.Read(policy, o))
	expect(h.T, "drift", in(h.T, o.State, "minimum_password_length"), int64(12))
	theirs = attributes{"max_login_attempts": 5} // what is ours is not in theirs any more
	h.fine(h.run(srv).Create(policy, theirs))
	o = h.fine(c.Apply(policy, ours, h.fine(h.run(srv).Read(policy, o))))
	steady(h.T, h.run(srv), policy, ours, o)
	expect(h.T, "attempts", account(srv).Policy.MaxLoginAttempts, 5)

	addKey(srv, "alice", "LTAIshared", day)
	one, two := h.imports(c, accessKey, "LTAIshared"), h.imports(c, accessKey, "LTAIshared")
	h.fine(c.Destroy(accessKey, one))
	two = h.fine(h.run(srv).Read(accessKey, two))
	expect(h.T, "gone for both", two.State.IsNull(), true)
}

func keyDeleted(h *transcript) {
	srv, config := withAlice(h.T), attributes{"user_name": "alice"}
	c := h.run(srv)
	o := h.fine(c.Create(accessKey, config))
	id := stateOf(h.T, o, "access_key_id")
	removeKey(srv, "alice", id)
	c = h.run(srv)
	gone := h.fine(c.Read(accessKey, o))
	expect(h.T, "state", gone.State.IsNull(), true)
	_, diags := c.Invoke(restoreBin, attributes{"access_key_id": id})
	clean(h.T, diags)
	expect(h.T, "restored", keysOf(srv, "alice")[0].Status, "Inactive")
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Active" })
	c = h.run(srv)
	h.steady(c, srv, config, h.imports(c, accessKey, "alice:"+id))
	h.steady(c, srv, config, o) // the last copy of the state, secret and all
}

func keyInactivated(h *transcript) {
	srv, silent := withAlice(h.T), attributes{"user_name": "alice"}
	o := h.fine(h.run(srv).Create(accessKey, silent))
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Inactive" })
	c := h.run(srv)
	o = h.fine(c.Read(accessKey, o))
	h.steady(c, srv, silent, o)
	expect(h.T, "without status", h.all.Len(), 0)
	insisting := attributes{"user_name": "alice", "status": "Active"}
	o = h.fine(c.Apply(accessKey, insisting, o))
	expect(h.T, "enabled", keysOf(srv, "alice")[0].Status, "Active")
	h.steady(c, srv, insisting, o)
}

func userDeleted(h *transcript) {
	srv := withAlice(h.T)
	of := map[string]attributes{userKind: {"name": "alice"}, profileKind: logon(nil), accessKey: {"user_name": "alice"}}
	c, objects := h.run(srv), map[string]acctest.Object{}
	objects[userKind] = h.imports(c, userKind, "alice")
	objects[profileKind] = h.fine(c.Create(profileKind, of[profileKind]))
	objects[accessKey] = h.fine(c.Create(accessKey, of[accessKey]))
	var user *ramtest.User
	srv.Change(func(a *ramtest.Account) {
		user = a.Users["alice"]
		delete(a.Users, "alice")
	})
	c = h.run(srv)
	for kind, o := range objects {
		expect(h.T, kind+" leaves the state", h.fine(c.Read(kind, o)).State.IsNull(), true)
	}
	contains(h.T, h.all.String(), aliceID)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"] = user }) // restored from the recycle bin
	c = h.run(srv)
	for kind, o := range objects {
		steady(h.T, c, kind, of[kind], o) // with the last copy of the state
		id := "alice"
		if kind == accessKey {
			id += ":" + user.Keys[0].ID
		}
		h.imports(c, kind, id)
	}
	srv.Change(func(a *ramtest.Account) { delete(a.Users, "alice") })
	c = h.run(srv)
	o := h.fine(c.Create(userKind, of[userKind]))
	if stateOf(h.T, o, "user_id") == aliceID {
		h.Error("the new user has the old id")
	}
	for _, kind := range []string{profileKind, accessKey} {
		steady(h.T, c, kind, of[kind], h.fine(c.Create(kind, of[kind])))
	}
}

func settingChanged(h *transcript) {
	srv, config := old(h.T), attributes{"minimum_password_length": 14}
	c := h.run(srv)
	o := h.fine(c.Create(policy, config))
	change := func(length, attempts int) {
		srv.Change(func(a *ramtest.Account) { a.Policy.MinimumPasswordLength, a.Policy.MaxLoginAttempts = length, attempts })
	}
	change(20, 4) // stricter, and something that is not managed
	c = h.run(srv)
	o = h.fine(c.Read(policy, o))
	expect(h.T, "shown", in(h.T, o.State, "minimum_password_length"), int64(20))
	steady(h.T, c, policy, attributes{"minimum_password_length": 20}, o) // written into the configuration
	plan := h.plans(c.Plan(policy, config, o))
	change(20, 9)
	o = h.fine(c.ApplyPlan(policy, config, o, plan))
	expect(h.T, "repaired", account(srv).Policy.MinimumPasswordLength, 14)
	expect(h.T, "not ours", account(srv).Policy.MaxLoginAttempts, 9)
	c = h.run(srv)
	steady(h.T, c, policy, config, h.fine(c.Read(policy, o)))
}

func aliasChanged(h *transcript) {
	srv, config := withAlice(h.T), attributes{"account_alias": "acme"}
	c := h.run(srv)
	o, user := h.fine(c.Create(alias, config)), h.imports(c, userKind, "alice")
	srv.Change(func(a *ramtest.Account) { a.Alias = "acme-two" })
	c = h.run(srv)
	o = h.fine(c.Read(alias, o))
	steady(h.T, c, userKind, attributes{"name": "alice"}, user)
	steady(h.T, c, alias, attributes{"account_alias": "acme-two"}, o) // the new one is right
	h.plans(c.Plan(alias, config, o))
	o = h.fine(c.Apply(alias, config, o))
	expect(h.T, "put back", account(srv).Alias, "acme")
	steady(h.T, c, alias, config, o)
}

func deviceLost(h *transcript) {
	srv, config := staffed(h.T), attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	o := h.fine(h.run(srv).Create(deviceKind, config))
	seed := phone(srv).Seed

	bindTo(srv, "") // unbound
	c := h.run(srv)
	o = h.fine(c.Apply(deviceKind, config, h.fine(c.Read(deviceKind, o))))
	expect(h.T, "the same seed", phone(srv).Seed, seed)
	expect(h.T, "owner", phone(srv).UserID, aliceUserID)
	fixed(h.T, c, deviceKind, config, o)

	bindTo(srv, "") // deleted
	srv.Change(func(a *ramtest.Account) { delete(a.MFADevices, phoneSerial) })
	c = h.run(srv)
	expect(h.T, "state", h.fine(c.Read(deviceKind, o)).State.IsNull(), true)
	o = h.fine(c.Create(deviceKind, config))
	second := phone(srv).Seed

	h.fine(c.Destroy(deviceKind, o)) // lost, so -replace
	o = h.fine(c.Create(deviceKind, config))
	if third := phone(srv).Seed; second == seed || third == second {
		h.Error("a seed is used again")
	}
	expect(h.T, "owner", phone(srv).UserID, aliceUserID)
	fixed(h.T, c, deviceKind, config, o)
}

func masksLockOut(h *transcript) {
	srv := ramtest.New(h.T)
	locked := attributes{"login_network_masks": []string{"10.0.0.0/8"}, "must_allow": []string{"203.0.113.10"}}
	c := h.run(srv)
	h.refused(c.Create(preference, locked))
	expect(h.T, "writes", writes(srv), []string(nil))
	locked["allow_lock_out"] = true
	o := h.fine(c.Create(preference, locked))
	session := account(srv).Preference.LoginSessionDuration
	for _, masks := range [][]string{{}, {"203.0.113.0/24"}} { // from anywhere for the time being, then as it shall be
		config := attributes{"login_network_masks": masks, "must_allow": []string{"203.0.113.10"}}
		o = h.fine(h.run(srv).Apply(preference, config, o))
		steady(h.T, h.run(srv), preference, config, o)
		expect(h.T, "masks", account(srv).Preference.LoginNetworkMasks, strings.Join(masks, ";"))
	}
	expect(h.T, "session", account(srv).Preference.LoginSessionDuration, session)
	h.fine(c.Destroy(preference, o))
	expect(h.T, "masks after a destroy", account(srv).Preference.LoginNetworkMasks, "203.0.113.0/24")
}

func mfaLocksOut(h *transcript) {
	srv := staffed(h.T)
	withProfile(srv, "alice")
	config := attributes{"mfa_operation_for_login": "mandatory", "allow_user_to_manage_mfa_devices": false}
	c := h.run(srv)
	h.refused(c.Create(preference, config))
	config["allow_lock_out"] = true
	o := h.fine(c.Create(preference, config))
	device := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	fixed(h.T, c, deviceKind, device, h.fine(c.Create(deviceKind, device)))
	config = attributes{"mfa_operation_for_login": "mandatory", "allow_user_to_manage_mfa_devices": true}
	o = h.fine(h.run(srv).Apply(preference, config, o))
	expect(h.T, "users help themselves", account(srv).Preference.AllowUserToManageMFADevices, true)
	expect(h.T, "MFA", account(srv).Preference.MFAOperationForLogin, "mandatory")
	steady(h.T, h.run(srv), preference, config, o)
}

func keyLockedOut(h *transcript) {
	srv := ramtest.New(h.T)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CallerAddress = "192.0.2.77" })
	config := attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}}
	c := h.run(srv)
	h.refused(c.Create(keyPolicy, config))
	expect(h.T, "writes", writes(srv), []string(nil))
	config["allow_lock_out"] = true
	o := h.fine(c.Create(keyPolicy, config))
	after := h.refused(h.run(srv).Read(keyPolicy, o)) // denied from here
	expect(h.T, "state", after.State.Equal(o.State), true)

	config = attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24", "192.0.2.77"}}
	role := newCoreWith(h.T, attributes{"assume_role": attributes{"role_arn": trusting(srv, defaultAccount), "session_name": "repair"}}, srv.Getenv, inStep(srv, 0))
	h.refused(role.Read(keyPolicy, o)) // the key that the role is assumed with is kept out as well
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CallerAddress = "203.0.113.5" })
	config["must_allow"] = []string{"192.0.2.77"}
	o = h.fine(h.run(srv).Apply(keyPolicy, config, o)) // from an address on the list
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CallerAddress = "192.0.2.77" })
	steady(h.T, h.run(srv), keyPolicy, config, o)
}

func ownKeyGone(h *transcript) {
	srv, config := old(h.T), attributes{"minimum_password_length": 14}
	with := func(id, secret string) *acctest.Driver {
		key := variables{"ALIBABA_CLOUD_ACCESS_KEY_ID": id, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret}
		return newCore(h.T, endpointsOf(srv.URL()).and(key).get, inStep(srv, 0))
	}
	own, next := srv.Credential(defaultAccount), person(srv, "ops")
	c := with(own.AccessKeyID, own.AccessKeySecret)
	h.refused(c.Apply(accessKey, attributes{"user_name": "admin", "status": "Inactive"}, h.imports(c, accessKey, own.AccessKeyID)))
	o := h.fine(c.Create(policy, config))
	for _, does := range []func(*ramtest.User){
		func(u *ramtest.User) { u.Keys[0].Status = "Inactive" },
		func(u *ramtest.User) { u.Keys = nil },
	} {
		srv.Change(func(a *ramtest.Account) { does(a.Users["admin"]) })
		after := h.refused(with(own.AccessKeyID, own.AccessKeySecret).Read(policy, o))
		expect(h.T, "state", after.State.Equal(o.State), true)
	}
	steady(h.T, with(next.ID, next.Secret), policy, config, o)
}

func otherAccount(h *transcript) {
	srv, config := withAlice(h.T), attributes{"user_name": "alice"}
	srv.AddAccount("2222222222222222")
	o := h.fine(h.run(srv).Create(accessKey, config))
	wrong := newCore(h.T, srv.GetenvFor("2222222222222222"), inStep(srv, 0))
	expect(h.T, "state", h.refused(wrong.Read(accessKey, o)).State.Equal(o.State), true)
	_, diags := wrong.Destroy(accessKey, o)
	h.refused(o, diags)
	_, diags = configured(h.T, attributes{"allowed_account_ids": []string{defaultAccount}}, srv.GetenvFor("2222222222222222"), inStep(srv, 0))
	h.refused(o, diags)
	h.steady(h.run(srv), srv, config, o)
}

// outage injects a fault that ends: the state is kept, and the next run finds it as it was.
func (h *transcript) outage(rule ramtest.Rule) {
	h.Helper()
	srv, config := old(h.T), attributes{"minimum_password_length": 14}
	o := h.fine(h.run(srv).Create(policy, config))
	srv.Inject(rule)
	after := h.refused(h.run(srv).Read(policy, o))
	expect(h.T, "state", after.State.Equal(o.State), true)
	must(h.T, srv.SetSchedule(ramtest.Schedule{}))
	steady(h.T, h.run(srv), policy, config, o)
}

func permissionMissing(h *transcript) {
	h.outage(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "code", Status: 403, Code: "NoPermission", Message: "You are not authorized to do this action."})
}

func throttled(h *transcript) {
	h.outage(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "code", Status: 400, Code: "Throttling.User", Message: "Request was denied due to user flow control."})
}

func proxyResponds(h *transcript) {
	h.outage(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "html", Status: 404})
	h.outage(ramtest.Rule{Action: "GetPasswordPolicy", Fault: "refuse"})
	c := newCore(h.T, ramtest.New(h.T).Getenv)
	resp, err := c.Server.ValidateProviderConfig(h.Context(), &tfprotov6.ValidateProviderConfigRequest{
		Config: c.Dynamic(c.Build(c.Schemas.Provider, attributes{"endpoints": attributes{"ram": "http://ram.example.com"}})),
	})
	must(h.T, err)
	h.refused(acctest.Object{}, resp.Diagnostics)
}

func clockWrong(h *transcript) {
	srv, config := old(h.T), attributes{"minimum_password_length": 14}
	o := h.fine(h.run(srv).Create(policy, config))
	srv.SetSkew(20 * time.Minute)
	after := h.refused(h.run(srv).Read(policy, o))
	expect(h.T, "state", after.State.Equal(o.State), true)
	srv.SetSkew(0)
	steady(h.T, h.run(srv), policy, config, o)
}

func otherVersion(h *transcript) {
	srv, config := withAlice(h.T), attributes{"user_name": "alice"}
	c := h.run(srv)
	o := h.fine(c.Create(accessKey, config))
	var stored map[string]any
	must(h.T, json.Unmarshal([]byte(asStored(h.T, o)), &stored))
	stored["attribute_of_a_later_version"] = "x"
	text, err := json.Marshal(stored)
	must(h.T, err)
	older, err := c.Server.UpgradeResourceState(h.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: accessKey, RawState: &tfprotov6.RawState{JSON: text}})
	must(h.T, err)
	clean(h.T, older.Diagnostics)
	o.State = c.Value(accessKey, older.UpgradedState)
	expect(h.T, "secret", stateOf(h.T, o, "secret"), keysOf(srv, "alice")[0].Secret)
	h.steady(c, srv, config, o)
}

func movedAndBack(h *transcript) {
	m := moves["access key"]
	srv := formerly2026(h.T, m)
	c := newCore(h.T, srv.Getenv, fakeClock())
	before := account(srv)
	o, diags := moveState(h.T, c, m.kind, former{address: "alicloud", kind: m.former, state: m.state})
	clean(h.T, diags)
	config := maps.Clone(m.config)
	steady(h.T, c, m.kind, config, h.fine(c.Read(m.kind, o)))
	expect(h.T, "writes", writes(srv), []string(nil))
	expect(h.T, "what the old state contains", keysOf(srv, "alice")[0].ID, before.Users["alice"].Keys[0].ID)
}

func baselineDestroyed(h *transcript) {
	// A reset leaves nothing weaker than before the adoption, which was 10.
	for onDestroy, length := range map[string]int{setting.Retain: 14, setting.Restore: 10, setting.Reset: 10} {
		srv, config := old(h.T), attributes{"minimum_password_length": 14, "on_destroy": onDestroy}
		c := h.run(srv)
		o := h.fine(c.Create(policy, config))
		gone := h.fine(c.Destroy(policy, o))
		expect(h.T, "state", gone.State.IsNull(), true)
		expect(h.T, onDestroy+": length", account(srv).Policy.MinimumPasswordLength, length)
		c = h.run(srv)
		steady(h.T, c, policy, config, h.fine(c.Create(policy, config)))
		expect(h.T, onDestroy+": again", account(srv).Policy.MinimumPasswordLength, 14)
	}
}
