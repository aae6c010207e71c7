// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const userKind = "ram_user"

// steady fails the test unless a refresh changes not a byte, and the next plan is empty.
func steady(t *testing.T, c *acctest.Driver, kind string, config attributes, o acctest.Object) {
	t.Helper()
	after, diags := c.Read(kind, o)
	expect(t, "what a refresh says", acctest.Messages(diags), "")
	if !after.State.Equal(o.State) || !bytes.Equal(after.Private, o.Private) || !bytes.Equal(after.Identity.IdentityData.MsgPack, o.Identity.IdentityData.MsgPack) {
		t.Errorf("a refresh changed the state from %v to %v", o.State, after.State)
	}
	plan, diags := c.Plan(kind, config, after)
	clean(t, diags)
	if !c.Planned(kind, plan).Equal(after.State) {
		t.Errorf("the next plan is not empty: %v", c.Planned(kind, plan))
	}
}

// tagsIn are the tags in a state; nil if there are none at all.
func tagsIn(t *testing.T, o acctest.Object) map[string]string {
	t.Helper()
	v := acctest.Fields(o.State)["tags"]
	if v.IsNull() {
		return nil
	}
	members := map[string]tftypes.Value{}
	must(t, v.As(&members))
	tags := map[string]string{}
	for key, member := range members {
		tags[key], _ = acctest.Native(member).(string)
	}
	return tags
}

func TestUser_createAndRead(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{
		"name": "carol", "display_name": "Carol", "mobile_phone": "86-13900001234", "email": "carol@example.com", "comments": "on call", "tags": map[string]string{"team": "ops", "empty": ""},
	}
	o, diags := c.Create(userKind, config)
	expect(t, "what was said", acctest.Messages(diags), "")
	carol := account(srv).Users["carol"]
	expect(t, "id", stateOf(t, o, "user_id"), carol.ID)
	expect(t, "account", stateOf(t, o, "account_id"), defaultAccount)
	expect(t, "phone", carol.MobilePhone, "86-13900001234")
	expect(t, "mail", carol.Email, "carol@example.com")
	expect(t, "tags", tagsIn(t, o), map[string]string{"team": "ops", "empty": ""})
	expect(t, "tags of the account", carol.Tags, map[string]string{"team": "ops", "empty": ""})
	expect(t, "force_destroy", in(t, o.State, "force_destroy"), false)
	expect(t, "writes", writes(srv), []string{"CreateUser"})
	steady(t, c, userKind, config, o)
	srv.ForgetCalls()
	_, diags = c.Destroy(userKind, o)
	clean(t, diags)
	if account(srv).Users["carol"] != nil {
		t.Error("the user is there")
	}
	expect(t, "violations", srv.Violations(), []string{})
}

func TestUser_createWithOnlyAName(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, name := range []string{"a", strings.Repeat("n", 64)} {
		config := attributes{"name": name}
		o, diags := c.Create(userKind, config)
		clean(t, diags)
		for _, absent := range []string{"mobile_phone", "email", "comments", "tags"} {
			expect(t, absent, in(t, o.State, absent), nil)
		}
		expect(t, "display name", stateOf(t, o, "display_name"), name[:min(len(name), 24)])
		steady(t, c, userKind, config, o)
	}
	config := attributes{"name": "empty", "mobile_phone": "", "email": "", "comments": "", "tags": map[string]string{}}
	o, diags := c.Create(userKind, config)
	clean(t, diags)
	expect(t, "email", in(t, o.State, "email"), "")
	expect(t, "tags", tagsIn(t, o), map[string]string{})
	steady(t, c, userKind, config, o)
}

func TestUser_invalidInputIsRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, bad := range []struct {
		attribute string
		value     any
	}{
		{"name", ""},
		{"name", " "},
		{"name", "alice@acme.onaliyun.com"},
		{"name", strings.Repeat("n", 65)},
		{"name", "al ice"},
		{"display_name", ""},
		{"display_name", strings.Repeat("n", 129)},
		{"mobile_phone", "13900001234"},
		{"email", "carol"},
		{"comments", strings.Repeat("n", 129)},
		{"tags", map[string]string{"acs:x": "y"}},
		{"tags", map[string]string{"aliyun-x": "y"}},
		{"tags", map[string]string{"https://x": "y"}},
		{"tags", map[string]string{"": "y"}},
		{"tags", map[string]string{"x": strings.Repeat("n", 129)}},
	} {
		config := attributes{"name": "carol"}
		config[bad.attribute] = bad.value
		_, diags := c.Create(userKind, config)
		contains(t, acctest.Messages(acctest.Errors(diags)), `AttributeName("`+bad.attribute+`")`)
	}
	expect(t, "calls", len(srv.Calls()), 0)
	for _, key := range []string{"acsx", "ali", "a", "ACS:x"} {
		_, diags := c.Plan(userKind, attributes{"name": "carol", "tags": map[string]string{key: "y"}}, c.Null(userKind))
		clean(t, diags)
	}
}

func TestUser_thatExistsIsNotAdopted(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, attributes{"name": "alice", "comments": "mine"})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the user", `AttributeName("name")`, aliceID, "terraform import <address> alice")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))

	// One that appears between the look and the create is as much another user's.
	srv.ChangeBefore("CreateUser", func(a *ramtest.Account) {
		a.Users["carol"] = &ramtest.User{ID: "200000000000000003", Name: "carol", DisplayName: "carol", Status: "active", CreateDate: srv0(a)}
	})
	o, diags = c.Create(userKind, attributes{"name": "carol"})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the user", "terraform import <address> carol")
	expect(t, "state", o.State.IsNull(), true)
	expect(t, "creates", len(srv.Calls("CreateUser")), 1)
}

func TestUser_changesInPlaceAndSendsOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, attributes{"name": "carol", "email": "c@example.com", "comments": "one", "tags": map[string]string{"a": "1", "b": "2"}})
	clean(t, diags)
	srv.ForgetCalls()
	config := attributes{"name": "carol", "comments": "two", "tags": map[string]string{"b": "3", "c": "4"}}
	plan, diags := c.Plan(userKind, config, o)
	clean(t, diags)
	expect(t, "replacement", len(plan.RequiresReplace), 0)
	expect(t, "the plan clears what is no longer mentioned", in(t, c.Planned(userKind, plan), "email"), nil)
	expect(t, "the display name stays", in(t, c.Planned(userKind, plan), "display_name"), "carol")
	o, diags = c.Apply(userKind, config, o)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string{"UpdateUser", "UntagResources", "TagResources"})
	sent := srv.Calls("UpdateUser")[0].Params
	if email, there := sent["NewEmail"]; email != "" || !there {
		t.Errorf("the e-mail address is not cleared: %v", sent)
	}
	for _, name := range []string{"NewDisplayName", "NewUserPrincipalName", "NewMobilePhone"} {
		if _, there := sent[name]; there {
			t.Errorf("%s was sent", name)
		}
	}
	carol := account(srv).Users["carol"]
	expect(t, "mail", carol.Email, "")
	expect(t, "comments", carol.Comments, "two")
	expect(t, "tags", carol.Tags, map[string]string{"b": "3", "c": "4"})
	steady(t, c, userKind, config, o)

	srv.ForgetCalls()
	o, diags = c.Apply(userKind, attributes{"name": "carol"}, o)
	clean(t, diags)
	expect(t, "cleared", account(srv).Users["carol"].Comments, "")
	expect(t, "tags", len(account(srv).Users["carol"].Tags), 0)
	steady(t, c, userKind, attributes{"name": "carol"}, o)

	srv.ForgetCalls()
	o, diags = c.Apply(userKind, attributes{"name": "carol", "force_destroy": true}, o)
	clean(t, diags)
	expect(t, "writes for what is only ours", writes(srv), []string(nil))
	expect(t, "force_destroy", in(t, o.State, "force_destroy"), true)
}

// Attributes that were never configured keep the values of the user.
func TestUser_unmanagedValuesAreNeverChanged(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		u.Email, u.Comments, u.MobilePhone, u.Tags = "alice@example.com", "hers", "86-1390000", map[string]string{"team": "hers"}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(userKind, "alice")
	clean(t, diags)
	expect(t, "mail", stateOf(t, o, "email"), "alice@example.com")
	steady(t, c, userKind, attributes{"name": "alice"}, o)
	o, diags = c.Apply(userKind, attributes{"name": "alice", "comments": "ours"}, o)
	clean(t, diags)
	expectUnchanged(t, srv, "Email", "MobilePhone", "Tags", "DisplayName")
	expect(t, "comments", account(srv).Users["alice"].Comments, "ours")
	steady(t, c, userKind, attributes{"name": "alice", "comments": "ours"}, o)
}

// A contact that another administrator takes away since the plan is not one that the service does not store.
func TestUser_reportsChangesOfOthersSinceThePlan(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]attributes{
		"comments": {"name": "alice", "comments": "ours"},
		"tags":     {"name": "alice", "tags": map[string]string{"team": "ours"}},
	} {
		srv := withAlice(t)
		srv.Change(func(a *ramtest.Account) {
			a.Users["alice"].Email, a.Users["alice"].MobilePhone = "alice@example.com", "86-1390000"
		})
		clock := &acctest.Clock{}
		c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
		o, diags := c.Import(userKind, "alice")
		clean(t, diags)
		plan, diags := c.Plan(userKind, config, o)
		clean(t, diags)
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Email, a.Users["alice"].MobilePhone = "", "86-1391111" })
		o, diags = c.ApplyPlan(userKind, config, o, plan)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "The user changed since the plan", "mobile_phone, email", "the account keeps the new values")
		expect(t, name+": mail", account(srv).Users["alice"].Email, "")
		expect(t, name+": waited for less than ten seconds", clock.Paused() < 10*time.Second, true)
		o, diags = c.Read(userKind, o)
		clean(t, diags)
		expect(t, name+": phone", stateOf(t, o, "mobile_phone"), "86-1391111")
		steady(t, c, userKind, config, o)
	}
}

func TestUser_tagsOfTheServiceAreNotChanged(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Tags = map[string]string{"acs:rm:rgId": "x", "mine": "y"} })
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(userKind, "alice")
	clean(t, diags)
	expect(t, "tags", tagsIn(t, o), map[string]string{"mine": "y"})
	o, diags = c.Apply(userKind, attributes{"name": "alice", "tags": map[string]string{"mine": "z"}}, o)
	clean(t, diags)
	expect(t, "tags of the account", account(srv).Users["alice"].Tags, map[string]string{"acs:rm:rgId": "x", "mine": "z"})
	steady(t, c, userKind, attributes{"name": "alice", "tags": map[string]string{"mine": "z"}}, o)
}

// Whether a name that is not known yet renames the user is checked by the apply.
func TestUser_renameToAnUnknownName(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(userKind, "alice")
	clean(t, diags)
	srv.ForgetCalls()
	_, diags = c.Plan(userKind, attributes{"name": acctest.Unknown{}}, o)
	clean(t, diags)
	lacks(t, acctest.Messages(diags), "The logon name")
	expect(t, "reads of a user without a name", len(srv.Calls("GetUser")), 0)
}

func TestUser_isRenamedInPlace(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	id := stateOf(t, o, "user_id")
	plan, diags := c.Plan(userKind, attributes{"name": "caroline"}, o)
	clean(t, diags)
	expect(t, "replacement", len(plan.RequiresReplace), 0)
	o, diags = c.Apply(userKind, attributes{"name": "caroline"}, o)
	expect(t, "what was said", summaries(diags), []string{"The logon name of the user carol changes"})
	contains(t, acctest.Messages(diags), id, `"carol"`, `"caroline"`, "log on with the old name")
	expect(t, "id", stateOf(t, o, "user_id"), id)
	expect(t, "id in the account", account(srv).Users["caroline"].ID, id)
	expect(t, "display name", stateOf(t, o, "display_name"), "carol")
	steady(t, c, userKind, attributes{"name": "caroline"}, o)

	// Behind Terraform's back: the next plan takes it back.
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["caroline"]
		u.Name = "karoline"
		delete(a.Users, "caroline")
		a.Users["karoline"] = u
	})
	o, diags = c.Read(userKind, o)
	clean(t, diags)
	expect(t, "name", stateOf(t, o, "name"), "karoline")
	o, diags = c.Apply(userKind, attributes{"name": "caroline"}, o)
	clean(t, diags)
	expect(t, "id in the account", account(srv).Users["caroline"].ID, id)

	// The name of another user is refused in the plan, which names both users.
	dave, diags := c.Create(userKind, attributes{"name": "dave"})
	clean(t, diags)
	srv.ForgetCalls()
	_, diags = c.Plan(userKind, attributes{"name": "dave"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", `AttributeName("name")`, `has the name "dave" already`, id, stateOf(t, dave, "user_id"), "third name", "for_each")
	expect(t, "writes", writes(srv), []string(nil))

	// A user who gets the name after the plan keeps it too.
	plan, diags = c.Plan(userKind, attributes{"name": "erin"}, o)
	expect(t, "warnings", len(diags), 1)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Create(userKind, attributes{"name": "erin"})
	clean(t, diags)
	after, diags := c.ApplyPlan(userKind, attributes{"name": "erin"}, o, plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", `AttributeName("name")`, `already has the name "erin"`)
	expect(t, "name", stateOf(t, after, "name"), "caroline")
}

func TestUser_isRemovedFromTheStateOnlyIfDeletionIsConfirmed(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]ramtest.Rule{
		"denied":                   {Fault: "code", Status: 403, Code: "NoPermission"},
		"gateway says not found":   {Fault: "code", Status: 404, Code: "InvalidApi.NotFound"},
		"page says not found":      {Fault: "html", Status: 404},
		"key was deleted":          {Fault: "code", Status: 404, Code: "InvalidAccessKeyId.NotFound"},
		"another kind of document": {Fault: "garble", Body: `{"RequestId":"X"}`},
		"another object is absent": {Fault: "code", Status: 404, Code: "EntityNotExist.User.LoginProfile"},
		"internal error":           {Fault: "code", Status: 500, Code: "InternalError"},
		"throttled for a day":      {Fault: "code", Status: 429, Code: "Throttling", RetryAfter: "86400"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(userKind, attributes{"name": "carol"})
			clean(t, diags)
			rule.Action = "GetUser"
			srv.Inject(rule)
			after, diags := c.Read(userKind, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the user", "The state is unchanged.")
			expect(t, "state", after.State.Equal(o.State), true)
		})
	}
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "GetUser", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User"})
	after, diags := c.Read(userKind, o)
	expect(t, "a false not-found", acctest.Messages(diags), "")
	expect(t, "state", after.State.Equal(o.State), true)
	// A new user of the same name is not the one that is gone.
	srv.Change(func(a *ramtest.Account) { a.Users["carol"] = &ramtest.User{ID: "7", Name: "carol", DisplayName: "x"} })
	after, diags = c.Read(userKind, o)
	contains(t, acctest.Messages(diags), "WARNING: The user no longer exists", stateOf(t, o, "user_id"))
	expect(t, "state", after.State.IsNull(), true)
	_, diags = c.Destroy(userKind, o)
	clean(t, diags)
	expect(t, "the other user", account(srv).Users["carol"].ID, "7")
}

func TestUser_ofAnotherAccountIsNotChanged(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.AddAccount("2222222222222222")
	mine, theirs := newCore(t, srv.Getenv, fakeClock()), newCore(t, srv.GetenvFor("2222222222222222"), fakeClock())
	o, diags := mine.Create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	srv.ForgetCalls()
	after, diags := theirs.Read(userKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	expect(t, "state", after.State.Equal(o.State), true)
	_, diags = theirs.Apply(userKind, attributes{"name": "carol", "comments": "x"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	_, diags = theirs.Destroy(userKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	expect(t, "writes", writes(srv), []string(nil))
}

// laden gives alice one of everything that keeps a user from being deleted.
func laden(t *testing.T) *ramtest.Server {
	t.Helper()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIalice", 0)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		u.LoginProfile = &ramtest.LoginProfile{Password: "hers", Status: "Active", CreateDate: srv0(a)}
		a.MFADevices[phoneSerial] = &ramtest.MFADevice{Name: "phone", Serial: phoneSerial, Seed: "JBSWY3DPEHPK3PXP", UserID: u.ID}
		u.MFASerial = phoneSerial
		a.Groups["ops"] = &ramtest.Group{Name: "ops"}
		u.Groups, u.Policies = []string{"ops"}, []string{"System/ReadOnlyAccess"}
		u.Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop", CreateDate: srv0(a)}}
	})
	return srv
}

func TestUser_withObjectsIsNotDestroyed(t *testing.T) {
	t.Parallel()
	srv := laden(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(userKind, "alice")
	clean(t, diags)
	before := len(srv.History())
	after, diags := c.Destroy(userKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", "a login profile", "LTAIalice (Active)", phoneSerial, `the group "ops"`, `the policy "ReadOnlyAccess" (System)`, "force_destroy = true")
	expect(t, "state", after.State.IsNull(), false)
	expect(t, "changes", len(srv.History()), before)

	bob, diags := c.Import(userKind, "bob")
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "DeleteUser", Fault: "code", Status: 403, Code: "NoPermission"})
	_, diags = c.Destroy(userKind, bob)
	contains(t, acctest.Messages(acctest.Errors(diags)), "The user exists, unless only the response was lost.")
	lacks(t, acctest.Messages(diags), "may be removed already")
}

func TestUser_forceDestroyRemovesAllObjects(t *testing.T) {
	t.Parallel()
	for _, behave := range []func(*ramtest.Behaviour){
		func(*ramtest.Behaviour) {},
		func(b *ramtest.Behaviour) { b.RefuseDeletingActiveKeys = true },
		func(b *ramtest.Behaviour) { b.StaleReads = 3 },
	} {
		srv := laden(t)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Import(userKind, "alice")
		clean(t, diags)
		o, diags = c.Apply(userKind, attributes{"name": "alice", "force_destroy": true}, o)
		clean(t, diags)
		srv.SetBehaviour(behave)
		plan, diags := c.PlanDestroy(userKind, o)
		clean(t, diags)
		_ = plan
		contains(t, acctest.Messages(diags), "WARNING: Destroying the user \"alice\" removes all its objects")
		after, diags := c.Destroy(userKind, o)
		clean(t, diags)
		expect(t, "state", after.State.IsNull(), true)
		a := account(srv)
		if a.Users["alice"] != nil {
			t.Error("the user is there")
		}
		if a.MFADevices[phoneSerial] == nil || a.MFADevices[phoneSerial].UserID != "" {
			t.Error("the device is not there, or bound")
		}
		expect(t, "bob", a.Users["bob"] != nil, true)
	}
}

// Whichever step fails, the user stays in the state, and the next destroy continues.
func TestUser_everyStepOfForceDestroyCanBeRepeated(t *testing.T) {
	t.Parallel()
	for _, action := range []string{
		"GetLoginProfile", "DeleteLoginProfile", "ListServiceCredentials", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey", "ListPasskeys", "DeletePasskey", "GetUserMFAInfo", "UnbindMFADevice",
		"ListPoliciesForUser", "DetachPolicyFromUser", "ListGroupsForUser", "RemoveUserFromGroup", "DeleteUser",
	} {
		for _, phase := range []string{"before_commit", "after_commit"} {
			t.Run(action+" "+phase, func(t *testing.T) {
				t.Parallel()
				srv := laden(t)
				c := newCore(t, srv.Getenv, fakeClock())
				o, diags := c.Import(userKind, "alice")
				clean(t, diags)
				o, diags = c.Apply(userKind, attributes{"name": "alice", "force_destroy": true}, o)
				clean(t, diags)
				srv.Inject(ramtest.Rule{Action: action, Nth: "1", Phase: phase, Fault: "code", Status: 403, Code: "NoPermission"})
				resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, userKind, o)) // the plan reads the lists too
				must(t, err)
				if len(acctest.Errors(resp.Diagnostics)) == 0 {
					t.Fatalf("no error, though %s was denied", action)
				}
				contains(t, acctest.Messages(acctest.Errors(resp.Diagnostics)), "Cannot delete the user", "NoPermission")
				if action == "DeleteUser" {
					contains(t, acctest.Messages(resp.Diagnostics), "Some of its objects may be removed already. Run again to continue")
				}
				expect(t, "state", c.Value(userKind, resp.NewState).IsNull(), false)
				_, diags = c.Destroy(userKind, o)
				clean(t, diags)
				expect(t, "alice", account(srv).Users["alice"] == nil, true)
			})
		}
	}
}

func TestUser_ofTheProviderIsNotDestroyed(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(userKind, "admin")
	clean(t, diags)
	o, diags = c.Apply(userKind, attributes{"name": "admin", "force_destroy": true}, o)
	clean(t, diags)
	_, diags = c.PlanDestroy(userKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", "runs with an AccessKey pair of this user", "state rm")
	expect(t, "what is said beside the refusal", len(diags), 1)
	// A plan that could not see it is no way around.
	resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, userKind, o))
	must(t, err)
	contains(t, acctest.Messages(acctest.Errors(resp.Diagnostics)), "Cannot delete the user", "runs with an AccessKey pair of this user")
	expect(t, "writes", writes(srv), []string(nil))
}

// applyOfDestroy carries out a destroy that no plan has looked at.
func applyOfDestroy(c *acctest.Driver, kind string, o acctest.Object) *tfprotov6.ApplyResourceChangeRequest {
	null := c.Dynamic(c.Null(kind).State)
	return &tfprotov6.ApplyResourceChangeRequest{TypeName: kind, Config: null, PriorState: c.Dynamic(o.State), PlannedState: null, PlannedPrivate: o.Private, PlannedIdentity: o.Identity}
}

func TestUser_import(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for id, says := range map[string]string{
		"unknown": `There is no RAM user "unknown"`, "alice@other.onaliyun.com": `"other.onaliyun.com" is not a domain of account 1234567890123456`,
		"200000000000000999": `There is no RAM user "200000000000000999"`, "alice@": `"" is not a domain`, "a b@other.onaliyun.com": "is not the name of a RAM user", aliceID + " ": "is not the name of a RAM user",
	} {
		_, diags := c.Import(userKind, id)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the user", says)
	}
	// A name, a principal name of either domain, and the id that the old provider has.
	for _, id := range []string{"alice", "alice@1234567890123456.onaliyun.com", "alice@ACME.onaliyun.com", aliceID} {
		o, diags := c.Import(userKind, id)
		clean(t, diags)
		expect(t, "id", stateOf(t, o, "user_id"), aliceID)
		expect(t, "name", stateOf(t, o, "name"), "alice")
		steady(t, c, userKind, attributes{"name": "alice", "display_name": "Alice"}, o)
		srv.Change(func(a *ramtest.Account) { a.Alias = "acme" })
		c = newCore(t, srv.Getenv, fakeClock())
	}
	// A name that looks like an id is a name.
	srv.Change(func(a *ramtest.Account) {
		named := *a.Users["alice"]
		named.ID, named.Name = "200000000000000777", aliceID
		a.Users[aliceID] = &named
	})
	o, diags := c.Import(userKind, aliceID)
	clean(t, diags)
	expect(t, "id of the user with such a name", stateOf(t, o, "user_id"), "200000000000000777")
	expect(t, "writes", writes(srv), []string(nil))
}

func TestUser_list(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Populate(30)
	c := newCore(t, srv.Getenv, fakeClock())
	all := c.List(userKind, attributes{}, true, 0)
	expect(t, "users", len(all), 33)
	few := c.List(userKind, attributes{"name_regex": "^(alice|bob)$"}, true, 0)
	expect(t, "two", []string{few[0].Name, few[1].Name}, []string{"alice", "bob"})
	expect(t, "id", in(t, few[0].State, "user_id"), aliceID)
	expect(t, "force_destroy", in(t, few[0].State, "force_destroy"), false)
	expect(t, "identity", in(t, few[0].Identity, "name"), "alice")
	expect(t, "limit", len(c.List(userKind, attributes{}, false, 5)), 5)
	contains(t, acctest.Messages(c.List(userKind, attributes{"name_regex": "("}, false, 5)[0].Diagnostics), "Cannot use the regular expression", `AttributeName("name_regex")`)
	srv.Inject(ramtest.Rule{Action: "ListUsers", Fault: "code", Code: "NoPermission"})
	contains(t, acctest.Messages(newCore(t, srv.Getenv, fakeClock()).List(userKind, attributes{}, false, 5)[0].Diagnostics), "Cannot list the users", "NoPermission")
}

func TestUsersData(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Alias = "acme"
		a.Users["alice"].Email, a.Users["alice"].Tags, a.Users["alice"].ProvisionType = "a@example.com", map[string]string{"t": "u"}, "SCIM"
	})
	c := newCore(t, srv.Getenv, fakeClock())
	v, diags := c.ReadData("ram_users", attributes{"name_regex": "^a"})
	clean(t, diags)
	var users []tftypes.Value
	must(t, acctest.Fields(v)["users"].As(&users))
	expect(t, "users", fmt.Sprintln(len(users), in(t, users[0], "user_name"), in(t, users[1], "user_name")), "2 admin alice\n")
	expect(t, "principal name", in(t, users[1], "principal_name"), "alice@acme.onaliyun.com")
	expect(t, "origin", in(t, users[1], "provision_type"), "SCIM")
	expect(t, "mail", in(t, users[1], "email"), "a@example.com")
	expect(t, "no mail", in(t, users[0], "email"), nil)
	expect(t, "never logged on", in(t, users[1], "last_login_date"), nil)
	expect(t, "writes", writes(srv), []string(nil))
}

// A site that ignores contacts is reported without a wait, and the created user is not replaced for it.
func TestUser_contactsThatTheSiteDoesNotStore(t *testing.T) {
	t.Parallel()
	contacts := attributes{"name": "carol", "email": "carol@example.com", "mobile_phone": "86-13900001234"}
	for _, lost := range []string{"", "CreateUser"} { // the response of the create is lost
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.IgnoreContacts = true }))
		clock := &acctest.Clock{}
		c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
		if lost != "" {
			srv.Inject(ramtest.Rule{Action: lost, Nth: "1", Phase: "after_commit", Fault: "reset"})
		}
		o, diags := c.Create(userKind, contacts)
		clean(t, diags)
		contains(t, acctest.Messages(diags), "WARNING: The service does not store email", `AttributeName("email")`, "WARNING: The service does not store mobile_phone", "China site")
		expect(t, "waited for less than ten seconds", clock.Paused() < 10*time.Second, true)
		o, diags = c.Read(userKind, o)
		clean(t, diags)
		expect(t, "email after a refresh", in(t, o.State, "email"), nil)
		o, diags = c.Apply(userKind, contacts.Merge(attributes{"comments": "new"}), o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", `AttributeName("email")`, "did not store email", "Everything else was updated.", "Remove email from the configuration.")
		expect(t, "comments", account(srv).Users["carol"].Comments, "new")
		expect(t, "comments in the state", stateOf(t, o, "comments"), "new")
		config := attributes{"name": "carol", "comments": "new"}
		o, diags = c.Apply(userKind, config, o)
		clean(t, diags)
		steady(t, c, userKind, config, o)
		expect(t, "creates", len(srv.Calls("CreateUser")), 1)
	}
	// A site that stores them and shows them late is waited for.
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	srv.Advance(2 * time.Second) // times are known to the second
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 9 })
	_, diags = c.Apply(userKind, contacts, o)
	expect(t, "what was said", acctest.Messages(diags), "")
}

// A site may return contacts in its response to a write and not store them. That is reported without the wait of a
// minute, and only if the reads are not older than the write.
func TestUser_contactsThatOnlyTheResponseHas(t *testing.T) {
	t.Parallel()
	contacts := attributes{"name": "carol", "email": "carol@example.com", "mobile_phone": "86-13900001234"}
	for _, echo := range []bool{false, true} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.IgnoreContacts, b.EchoContacts = false, echo }))
		clock := &acctest.Clock{}
		c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
		o, diags := c.Create(userKind, contacts)
		clean(t, diags)
		expect(t, "a warning about the e-mail address", strings.Contains(acctest.Messages(diags), "The service does not store email"), echo)
		expect(t, "a warning about the phone number", strings.Contains(acctest.Messages(diags), "The service does not store mobile_phone"), echo)
		expect(t, "waited for less than fifteen seconds", clock.Paused() < 15*time.Second, true)
		o, diags = c.Read(userKind, o)
		clean(t, diags)
		srv.Advance(2 * time.Second)
		before := clock.Paused()
		o, diags = c.Apply(userKind, contacts.Merge(attributes{"comments": "new"}), o)
		expect(t, "waited for less than fifteen seconds", clock.Paused()-before < 15*time.Second, true)
		expect(t, "comments", account(srv).Users["carol"].Comments, "new")
		if !echo {
			clean(t, diags)
			continue
		}
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", `AttributeName("email")`, "did not store email", "Everything else was updated.")
		config := attributes{"name": "carol", "comments": "new"}
		o, diags = c.Apply(userKind, config, o)
		clean(t, diags)
		steady(t, c, userKind, config, o)
	}
}

// Where Ims accepts an empty value and keeps the former one, Ram clears it; where Ram keeps it too, the error says so.
func TestUser_clearsWhatImsIgnores(t *testing.T) {
	t.Parallel()
	contacts := attributes{"name": "carol", "display_name": "Carol", "email": "c@example.com", "mobile_phone": "86-13900001234", "comments": "one"}
	for _, ignored := range []bool{false, true} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) {
			b.IgnoreClearing, b.RefuseClearing, b.IgnoreContacts, b.EchoContacts, b.EchoClearing = ignored, false, false, false, false
		}))
		clock := &acctest.Clock{}
		c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
		o, diags := c.Create(userKind, contacts)
		clean(t, diags)
		config := attributes{"name": "caroline", "display_name": "Caroline"}
		o, diags = c.Apply(userKind, config, o)
		expect(t, "what was said", summaries(diags), []string{"The logon name of the user carol changes"})
		caroline := account(srv).Users["caroline"]
		expect(t, "cleared", []string{caroline.Email, caroline.MobilePhone, caroline.Comments, caroline.DisplayName}, []string{"", "", "", "Caroline"})
		steady(t, c, userKind, config, o)

		o, diags = c.Apply(userKind, config.With("comments", "two"), o)
		clean(t, diags)
		kept := fmt.Sprintf(`{"RequestId":"X","User":{"UserId":%q,"UserName":"caroline","UserPrincipalName":"caroline@x.onaliyun.com","DisplayName":"Caroline","Comments":"two"}}`, stateOf(t, o, "user_id"))
		srv.Inject(ramtest.Rule{Action: "UpdateUser", Fault: "garble", Body: kept})
		before := clock.Paused()
		o, diags = c.Apply(userKind, config, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", `AttributeName("comments")`, "accepted an empty value of comments", "one to Ims and one to Ram")
		expect(t, "waited for less than ten seconds", clock.Paused()-before < 10*time.Second, true)
		expect(t, "comments in the state", stateOf(t, o, "comments"), "two")
		must(t, srv.SetSchedule(ramtest.Schedule{}))
		o, diags = c.Apply(userKind, config, o) // the next apply clears it again
		clean(t, diags)
		expect(t, "comments", account(srv).Users["caroline"].Comments, "")
		steady(t, c, userKind, config, o)
	}
}

// Where Ims refuses an empty value, Ram clears it; where both refuse, the error says so.
func TestUser_clearsWhatImsRefusesToClear(t *testing.T) {
	t.Parallel()
	for _, refused := range []bool{false, true} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseClearing = refused }))
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(userKind, attributes{"name": "carol", "display_name": "Carol", "email": "c@example.com", "mobile_phone": "86-13900001234", "comments": "one"})
		clean(t, diags)
		config := attributes{"name": "caroline", "display_name": "Caroline"}
		o, diags = c.Apply(userKind, config, o)
		expect(t, "what was said", summaries(diags), []string{"The logon name of the user carol changes"})
		caroline := account(srv).Users["caroline"]
		expect(t, "cleared", []string{caroline.Email, caroline.MobilePhone, caroline.Comments, caroline.DisplayName}, []string{"", "", "", "Caroline"})
		steady(t, c, userKind, config, o)
	}
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, attributes{"name": "carol", "comments": "one"})
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "UpdateUser", Fault: "code", Status: 400, Code: "InvalidParameter.NewComments.Length"})
	after, diags := c.Apply(userKind, attributes{"name": "carol"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", "does not accept an empty value of comments")
	expect(t, "state", after.State.Equal(o.State), true)
}

// Ims made all other changes when the request to clear a value through Ram fails.
// Ims returns the values as cleared, and reads still return them.
func TestUser_clearsWhatOnlyTheResponseClears(t *testing.T) {
	t.Parallel()
	filled := attributes{"name": "carol", "email": "c@example.com", "mobile_phone": "86-13900001234", "comments": "one"}
	for _, echo := range []bool{false, true} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) {
			b.EchoClearing, b.IgnoreClearing, b.RefuseClearing, b.IgnoreContacts, b.EchoContacts = echo, false, false, false, false
		}))
		clock := &acctest.Clock{}
		c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
		o, diags := c.Create(userKind, filled)
		clean(t, diags)
		srv.Advance(2 * time.Second)
		config, before := attributes{"name": "carol"}, clock.Paused()
		o, diags = c.Apply(userKind, config, o)
		clean(t, diags)
		expect(t, "waited for less than fifteen seconds", clock.Paused()-before < 15*time.Second, true)
		carol := account(srv).Users["carol"]
		expect(t, "cleared", []string{carol.Email, carol.MobilePhone, carol.Comments}, []string{"", "", ""})
		steady(t, c, userKind, config, o)
		if !echo {
			continue
		}

		// Ram refuses it.
		o, diags = c.Apply(userKind, filled, o)
		clean(t, diags)
		srv.Advance(2 * time.Second)
		srv.Inject(ramtest.Rule{Action: "UpdateUser", Nth: "2", Fault: "code", Status: 403, Code: "NoPermission"})
		o, diags = c.Apply(userKind, config, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", "The request to clear comments and email and mobile_phone failed", "Code: NoPermission")
		expect(t, "state", []any{stateOf(t, o, "email"), stateOf(t, o, "comments")}, []any{"c@example.com", "one"})
		must(t, srv.SetSchedule(ramtest.Schedule{}))
		o, diags = c.Apply(userKind, config, o)
		clean(t, diags)
		expect(t, "comments", account(srv).Users["carol"].Comments, "")
		steady(t, c, userKind, config, o)
	}
}

// A contact that changes from one value to another, and is not stored, or in another form.
func TestUser_textsThatReadDifferently(t *testing.T) {
	t.Parallel()
	first := attributes{"name": "carol", "email": "carol@example.com", "mobile_phone": "86-13900001234"}
	second := first.Merge(attributes{"email": "caro@example.com", "comments": "new"})
	for name, turn := range map[string]func(*ramtest.Behaviour){
		"ignored": func(b *ramtest.Behaviour) { b.IgnoreContacts, b.EchoContacts = true, false },
		"echoed":  func(b *ramtest.Behaviour) { b.IgnoreContacts, b.EchoContacts = false, true },
	} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.IgnoreContacts, b.EchoContacts = false, false }))
		clock := &acctest.Clock{}
		c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
		o, diags := c.Create(userKind, first)
		clean(t, diags)
		srv.Advance(2 * time.Second)
		srv.SetBehaviour(turn)
		before := clock.Paused()
		o, diags = c.Apply(userKind, second, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the user", `AttributeName("email")`, `returns email "carol@example.com" instead of "caro@example.com"`, "Everything else was updated.")
		expect(t, name+": waited for less than fifteen seconds", clock.Paused()-before < 15*time.Second, true)
		expect(t, name+": state", []any{stateOf(t, o, "email"), stateOf(t, o, "comments")}, []any{"carol@example.com", "new"})
		config := first.With("comments", "new")
		o, diags = c.Apply(userKind, config, o)
		clean(t, diags)
		steady(t, c, userKind, config, o)
	}
	for _, lower := range []bool{false, true} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.NormalizeEmails, b.IgnoreContacts, b.EchoContacts = lower, false, false }))
		clock := &acctest.Clock{}
		c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
		o, diags := c.Create(userKind, attributes{"name": "carol", "email": "Carol@Example.com"})
		clean(t, diags)
		said := acctest.Messages(diags)
		expect(t, "waited for less than fifteen seconds", clock.Paused() < 15*time.Second, true)
		if !lower {
			expect(t, "what was said", said, "")
			continue
		}
		contains(t, said, "WARNING: The service returns another email", `returns email "carol@example.com" instead of "Carol@Example.com"`)
		o, diags = c.Read(userKind, o)
		clean(t, diags)
		steady(t, c, userKind, attributes{"name": "carol", "email": "carol@example.com"}, o)
	}
	// A site that shows the new value late is waited for.
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.IgnoreContacts, b.EchoContacts = false, false }))
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, first)
	clean(t, diags)
	srv.Advance(2 * time.Second)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 9 })
	_, diags = c.Apply(userKind, second, o)
	expect(t, "what was said", acctest.Messages(diags), "")
}

// One value that the service does not clear leaves the others.
func TestUser_clearsEachValueByItself(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"InvalidParameter.NewComments.Length", "MissingNewComments"} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseClearing, b.IgnoreContacts, b.EchoContacts = true, false, false }))
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(userKind, attributes{"name": "carol", "email": "c@example.com", "mobile_phone": "86-13900001234", "comments": "one"})
		clean(t, diags)
		for _, nth := range []string{"2", "5"} { // Ims, Ram, and in Ram the phone number, the e-mail address and the comments
			srv.Inject(ramtest.Rule{Action: "UpdateUser", Nth: nth, Fault: "code", Status: 400, Code: code})
		}
		config := attributes{"name": "carol"}
		o, diags = c.Apply(userKind, config, o)
		text := acctest.Messages(acctest.Errors(diags))
		contains(t, text, "The request to clear comments failed", "does not accept an empty value of comments.", "Set another value", "Code: "+code)
		expect(t, "names values that are cleared", strings.Contains(text, "mobile_phone"), false)
		carol := account(srv).Users["carol"]
		expect(t, "account", []string{carol.Email, carol.MobilePhone, carol.Comments}, []string{"", "", "one"})
		expect(t, "state", []any{stateOf(t, o, "email"), stateOf(t, o, "mobile_phone"), stateOf(t, o, "comments")}, []any{"", "", "one"})
		must(t, srv.SetSchedule(ramtest.Schedule{}))
		o, diags = c.Apply(userKind, config, o)
		clean(t, diags)
		steady(t, c, userKind, config, o)
	}
}

func TestUser_saysWhatIsUpdatedIfClearingFails(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		turn        func(*ramtest.Behaviour)
		ofAll, last string // which UpdateUser is the one of Ram, with other changes and without
	}{
		"Ims ignores it": {func(b *ramtest.Behaviour) { b.IgnoreClearing, b.RefuseClearing, b.EchoClearing = true, false, false }, "2", "2"},
		"Ims refuses it": {func(b *ramtest.Behaviour) { b.IgnoreClearing, b.RefuseClearing, b.EchoClearing = false, true, false }, "3", "2"},
	} {
		for _, tags := range []any{nil, map[string]string{"team": "a"}} {
			srv := ramtest.New(t, ramtest.WithBehaviour(one.turn))
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(userKind, attributes{"name": "carol", "comments": "one"})
			clean(t, diags)
			srv.Inject(ramtest.Rule{Action: "UpdateUser", Nth: one.ofAll, Fault: "code", Status: 403, Code: "NoPermission"})
			config := attributes{"name": "caroline", "display_name": "Caroline", "tags": tags}
			o, diags = c.Apply(userKind, config, o)
			text := acctest.Messages(acctest.Errors(diags))
			contains(t, text, "Cannot update the user", "The request to clear comments failed, and the values may still exist.", "Code: NoPermission")
			expect(t, name+": says that it is unchanged", strings.Contains(text, "The user is unchanged"), false)
			expect(t, name+": says that the tags are unchanged", strings.Contains(text, "The tags are unchanged, and the other"), tags != nil)
			expect(t, name+": state", []any{stateOf(t, o, "name"), stateOf(t, o, "display_name"), stateOf(t, o, "comments")}, []any{"caroline", "Caroline", "one"})
			must(t, srv.SetSchedule(ramtest.Schedule{}))
			o, diags = c.Apply(userKind, config, o)
			clean(t, diags)
			expect(t, name+": comments", account(srv).Users["caroline"].Comments, "")
			steady(t, c, userKind, config, o)

			// Nothing else was to be changed.
			o, diags = c.Apply(userKind, config.With("comments", "two"), o)
			clean(t, diags)
			srv.Inject(ramtest.Rule{Action: "UpdateUser", Nth: one.last, Fault: "code", Status: 403, Code: "NoPermission"})
			_, diags = c.Apply(userKind, config, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "The user is unchanged, unless only the response was lost.")
			must(t, srv.SetSchedule(ramtest.Schedule{}))

			// Both products refuse to clear it.
			srv.Inject(ramtest.Rule{Action: "UpdateUser", Nth: one.ofAll, Fault: "code", Status: 400, Code: "InvalidParameter.NewComments.Length"})
			_, diags = c.Apply(userKind, config.With("display_name", "Caro"), o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "The other attributes were updated. The service does not accept an empty value of comments.")
		}
	}
}

// The gateway refuses an empty value with a code of its own.
func TestUser_clearsWhatTheGatewayRefuses(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"MissingNewComments", "InvalidNewComments", "MissingParameter.NewComments", "InvalidParameter"} {
		srv := ramtest.New(t)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(userKind, attributes{"name": "carol", "comments": "one"})
		clean(t, diags)
		srv.Inject(ramtest.Rule{Action: "UpdateUser", Nth: "1", Fault: "code", Status: 400, Code: code})
		config := attributes{"name": "carol"}
		o, diags = c.Apply(userKind, config, o)
		clean(t, diags)
		expect(t, code+": comments", account(srv).Users["carol"].Comments, "")
		steady(t, c, userKind, config, o)
	}
}

// The SDK forbids these values, even if a site accepts them.
func TestUser_tagValuesThatTheServiceForbids(t *testing.T) {
	t.Parallel()
	for _, accepted := range []bool{false, true} {
		srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.AcceptAnyTagValue = accepted }))
		c := newCore(t, srv.Getenv, fakeClock())
		for _, value := range []string{"acs:ram", "see https://example.com", "http://x"} {
			_, diags := c.Create(userKind, attributes{"name": "carol", "tags": map[string]string{"k": value}})
			contains(t, acctest.Messages(acctest.Errors(diags)), "Invalid tag", value)
		}
		expect(t, "writes", writes(srv), []string(nil))
		// What another client wrote is shown, and is no change.
		srv.Change(func(a *ramtest.Account) { a.Users["admin"].Tags = map[string]string{"k": "https://example.com"} })
		o, diags := c.Import(userKind, "admin")
		clean(t, diags)
		steady(t, c, userKind, attributes{"name": "admin"}, o)
	}
}

// With single sign-on, the identity provider knows the user by name.
func TestUser_renameUnderSingleSignOn(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	unprotected, diags := c.Plan(userKind, attributes{"name": "caroline"}, o) // a plan from before
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { a.UserSso.Enabled, a.UserSso.MetadataDocument = true, acctest.IDPMetadata })
	const refusal = "The identity provider may send the current name of the user carol"
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(userKind, attributes{"name": "caroline"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), refusal, "sends caroline", "allow_lock_out = true")
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(userKind, attributes{"name": "caroline"}, o, unprotected)
	contains(t, acctest.Messages(acctest.Errors(diags)), refusal)
	if account(srv).Users["carol"] == nil {
		t.Error("the user was renamed")
	}
	srv.Inject(ramtest.Rule{Action: "GetUserSsoSettings", Fault: "code", Status: 403, Code: "NoPermission", Nth: "1"})
	_, diags = newCore(t, srv.Getenv, fakeClock()).Plan(userKind, attributes{"name": "caroline"}, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), refusal, "could not be determined")
	_, diags = newCore(t, srv.Getenv, fakeClock()).Apply(userKind, attributes{"name": "caroline", "allow_lock_out": true}, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: "+refusal)
	if account(srv).Users["caroline"] == nil {
		t.Error("the user was not renamed")
	}
}
