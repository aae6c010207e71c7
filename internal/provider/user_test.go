// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const userKind = "ram_user"

// steady fails the test unless a refresh changes not a byte, and the next plan is empty.
func steady(t *testing.T, c *core, kind string, config attributes, o object) {
	t.Helper()
	after, diags := c.refresh(kind, o)
	expect(t, "what a refresh says", said(diags), "")
	if !after.state.Equal(o.state) || !bytes.Equal(after.private, o.private) || !bytes.Equal(after.identity.IdentityData.MsgPack, o.identity.IdentityData.MsgPack) {
		t.Errorf("a refresh changed the state from %v to %v", o.state, after.state)
	}
	plan, diags := c.plan(kind, config, after)
	clean(t, diags)
	if !c.planned(kind, plan).Equal(after.state) {
		t.Errorf("the next plan is not empty: %v", c.planned(kind, plan))
	}
}

// tagsIn are the tags in a state; nil if there are none at all.
func tagsIn(t *testing.T, o object) map[string]string {
	t.Helper()
	v := fieldsOf(t, o.state)["tags"]
	if v.IsNull() {
		return nil
	}
	members := map[string]tftypes.Value{}
	must(t, v.As(&members))
	tags := map[string]string{}
	for key, member := range members {
		tags[key], _ = native(t, member).(string)
	}
	return tags
}

func TestUser_isMadeAndReadsAsItIs(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	config := attributes{
		"name": "carol", "display_name": "Carol", "mobile_phone": "86-13900001234", "email": "carol@example.com", "comments": "on call", "tags": map[string]string{"team": "ops", "empty": ""},
	}
	o, diags := c.create(userKind, config)
	expect(t, "what was said", said(diags), "")
	carol := account(srv).Users["carol"]
	expect(t, "id", stateOf(t, o, "user_id"), carol.ID)
	expect(t, "account", stateOf(t, o, "account_id"), defaultAccount)
	expect(t, "phone", carol.MobilePhone, "86-13900001234")
	expect(t, "mail", carol.Email, "carol@example.com")
	expect(t, "tags", tagsIn(t, o), map[string]string{"team": "ops", "empty": ""})
	expect(t, "tags of the account", carol.Tags, map[string]string{"team": "ops", "empty": ""})
	expect(t, "force_destroy", in(t, o.state, "force_destroy"), false)
	expect(t, "writes", writes(srv), []string{"CreateUser"})
	steady(t, c, userKind, config, o)
	srv.ForgetCalls()
	_, diags = c.destroy(userKind, o)
	clean(t, diags)
	if account(srv).Users["carol"] != nil {
		t.Error("the user is there")
	}
	expect(t, "violations", srv.Violations(), []string{})
}

func TestUser_ofLittleIsMadeOfLittle(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	for _, name := range []string{"a", strings.Repeat("n", 64)} {
		config := attributes{"name": name}
		o, diags := c.create(userKind, config)
		clean(t, diags)
		for _, absent := range []string{"mobile_phone", "email", "comments", "tags"} {
			expect(t, absent, in(t, o.state, absent), nil)
		}
		expect(t, "display name", stateOf(t, o, "display_name"), name[:min(len(name), 24)])
		steady(t, c, userKind, config, o)
	}
	config := attributes{"name": "empty", "mobile_phone": "", "email": "", "comments": "", "tags": map[string]string{}}
	o, diags := c.create(userKind, config)
	clean(t, diags)
	expect(t, "email", in(t, o.state, "email"), "")
	expect(t, "tags", tagsIn(t, o), map[string]string{})
	steady(t, c, userKind, config, o)
}

func TestUser_badInputIsRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
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
		_, diags := c.create(userKind, config)
		contains(t, said(errorsIn(diags)), `AttributeName("`+bad.attribute+`")`)
	}
	expect(t, "calls", len(srv.Calls()), 0)
	for _, key := range []string{"acsx", "ali", "a", "ACS:x"} {
		_, diags := c.plan(userKind, attributes{"name": "carol", "tags": map[string]string{key: "y"}}, c.nothing(userKind))
		clean(t, diags)
	}
}

func TestUser_thatExistsIsNotTakenOver(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(userKind, attributes{"name": "alice", "comments": "mine"})
	contains(t, said(errorsIn(diags)), "Cannot create the user", `AttributeName("name")`, aliceID, "terraform import <address> alice")
	expect(t, "state", o.state.IsNull(), true)
	expect(t, "writes", writes(srv), []string(nil))

	// One that appears between the look and the create is as much somebody else's.
	srv.ChangeBefore("CreateUser", func(a *ramtest.Account) {
		a.Users["carol"] = &ramtest.User{ID: "200000000000000003", Name: "carol", DisplayName: "carol", Status: "active", CreateDate: srv0(a)}
	})
	o, diags = c.create(userKind, attributes{"name": "carol"})
	contains(t, said(errorsIn(diags)), "Cannot create the user", "terraform import <address> carol")
	expect(t, "state", o.state.IsNull(), true)
	expect(t, "creates", len(srv.Calls("CreateUser")), 1)
}

func TestUser_changesInPlaceAndSendsOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(userKind, attributes{"name": "carol", "email": "c@example.com", "comments": "one", "tags": map[string]string{"a": "1", "b": "2"}})
	clean(t, diags)
	srv.ForgetCalls()
	config := attributes{"name": "carol", "comments": "two", "tags": map[string]string{"b": "3", "c": "4"}}
	plan, diags := c.plan(userKind, config, o)
	clean(t, diags)
	expect(t, "replacement", len(plan.RequiresReplace), 0)
	expect(t, "the plan clears what is no longer mentioned", in(t, c.planned(userKind, plan), "email"), nil)
	expect(t, "the display name stays", in(t, c.planned(userKind, plan), "display_name"), "carol")
	o, diags = c.apply(userKind, config, o)
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
	o, diags = c.apply(userKind, attributes{"name": "carol"}, o)
	clean(t, diags)
	expect(t, "cleared", account(srv).Users["carol"].Comments, "")
	expect(t, "tags", len(account(srv).Users["carol"].Tags), 0)
	steady(t, c, userKind, attributes{"name": "carol"}, o)

	srv.ForgetCalls()
	o, diags = c.apply(userKind, attributes{"name": "carol", "force_destroy": true}, o)
	clean(t, diags)
	expect(t, "writes for what is only ours", writes(srv), []string(nil))
	expect(t, "force_destroy", in(t, o.state, "force_destroy"), true)
}

// What the configuration never mentioned keeps what the user has.
func TestUser_unmanagedValuesAreNeverTouched(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		u.Email, u.Comments, u.MobilePhone, u.Tags = "alice@example.com", "hers", "86-1390000", map[string]string{"team": "hers"}
	})
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.adopt(userKind, "alice")
	clean(t, diags)
	expect(t, "mail", stateOf(t, o, "email"), "alice@example.com")
	steady(t, c, userKind, attributes{"name": "alice"}, o)
	o, diags = c.apply(userKind, attributes{"name": "alice", "comments": "ours"}, o)
	clean(t, diags)
	noTouch(t, srv, "Email", "MobilePhone", "Tags", "DisplayName")
	expect(t, "comments", account(srv).Users["alice"].Comments, "ours")
	steady(t, c, userKind, attributes{"name": "alice", "comments": "ours"}, o)
}

func TestUser_tagsOfTheServiceAreLeftAlone(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Tags = map[string]string{"acs:rm:rgId": "x", "mine": "y"} })
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.adopt(userKind, "alice")
	clean(t, diags)
	expect(t, "tags", tagsIn(t, o), map[string]string{"mine": "y"})
	o, diags = c.apply(userKind, attributes{"name": "alice", "tags": map[string]string{"mine": "z"}}, o)
	clean(t, diags)
	expect(t, "tags of the account", account(srv).Users["alice"].Tags, map[string]string{"acs:rm:rgId": "x", "mine": "z"})
	steady(t, c, userKind, attributes{"name": "alice", "tags": map[string]string{"mine": "z"}}, o)
}

func TestUser_isRenamedInPlace(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	id := stateOf(t, o, "user_id")
	plan, diags := c.plan(userKind, attributes{"name": "caroline"}, o)
	clean(t, diags)
	expect(t, "replacement", len(plan.RequiresReplace), 0)
	o, diags = c.apply(userKind, attributes{"name": "caroline"}, o)
	expect(t, "what was said", said(diags), "")
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
	o, diags = c.refresh(userKind, o)
	clean(t, diags)
	expect(t, "name", stateOf(t, o, "name"), "karoline")
	o, diags = c.apply(userKind, attributes{"name": "caroline"}, o)
	clean(t, diags)
	expect(t, "id in the account", account(srv).Users["caroline"].ID, id)

	// Another user's name cannot be had.
	_, diags = c.create(userKind, attributes{"name": "dave"})
	clean(t, diags)
	after, diags := c.apply(userKind, attributes{"name": "dave"}, o)
	contains(t, said(errorsIn(diags)), "Cannot update the user", `AttributeName("name")`, `has the name "dave" already`)
	expect(t, "name", stateOf(t, after, "name"), "caroline")
}

func TestUser_thatIsGoneLeavesTheStateOnlyIfItIsSure(t *testing.T) {
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
			c := newCore(t, srv.Getenv, hurried())
			o, diags := c.create(userKind, attributes{"name": "carol"})
			clean(t, diags)
			rule.Action = "GetUser"
			srv.Inject(rule)
			after, diags := c.refresh(userKind, o)
			contains(t, said(errorsIn(diags)), "Cannot read the user", "The state is as it was.")
			expect(t, "state", after.state.Equal(o.state), true)
		})
	}
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "GetUser", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User"})
	after, diags := c.refresh(userKind, o)
	expect(t, "a false not-found", said(diags), "")
	expect(t, "state", after.state.Equal(o.state), true)
	// A new user of the same name is not the one that is gone.
	srv.Change(func(a *ramtest.Account) { a.Users["carol"] = &ramtest.User{ID: "7", Name: "carol", DisplayName: "x"} })
	after, diags = c.refresh(userKind, o)
	contains(t, said(diags), "WARNING: The user is gone", stateOf(t, o, "user_id"))
	expect(t, "state", after.state.IsNull(), true)
	_, diags = c.destroy(userKind, o)
	clean(t, diags)
	expect(t, "the other user", account(srv).Users["carol"].ID, "7")
}

func TestUser_ofAnotherAccountIsNotTouched(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.AddAccount("2222222222222222")
	mine, theirs := newCore(t, srv.Getenv, hurried()), newCore(t, srv.GetenvFor("2222222222222222"), hurried())
	o, diags := mine.create(userKind, attributes{"name": "carol"})
	clean(t, diags)
	srv.ForgetCalls()
	after, diags := theirs.refresh(userKind, o)
	contains(t, said(errorsIn(diags)), "belongs to account "+defaultAccount)
	expect(t, "state", after.state.Equal(o.state), true)
	_, diags = theirs.apply(userKind, attributes{"name": "carol", "comments": "x"}, o)
	contains(t, said(errorsIn(diags)), "belongs to account "+defaultAccount)
	_, diags = theirs.destroy(userKind, o)
	contains(t, said(errorsIn(diags)), "belongs to account "+defaultAccount)
	expect(t, "writes", writes(srv), []string(nil))
}

// laden gives alice one of everything that keeps a user from being deleted.
func laden(t *testing.T) *ramtest.Server {
	t.Helper()
	srv := withAlice(t)
	giveKey(srv, "alice", "LTAIalice", 0)
	srv.Change(func(a *ramtest.Account) {
		u := a.Users["alice"]
		u.LoginProfile = &ramtest.LoginProfile{Password: "hers", Status: "Active", CreateDate: srv0(a)}
		a.MFADevices[phoneSerial] = &ramtest.MFADevice{Name: "phone", Serial: phoneSerial, Seed: "JBSWY3DPEHPK3PXP", UserID: u.ID}
		u.MFASerial = phoneSerial
		a.Groups["ops"] = &ramtest.Group{Name: "ops"}
		u.Groups, u.Policies = []string{"ops"}, []string{"System/ReadOnlyAccess"}
	})
	return srv
}

func TestUser_onWhichSomethingHangsStays(t *testing.T) {
	t.Parallel()
	srv := laden(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.adopt(userKind, "alice")
	clean(t, diags)
	before := len(srv.History())
	after, diags := c.destroy(userKind, o)
	contains(t, said(errorsIn(diags)), "Cannot delete the user", "a login profile", "LTAIalice (Active)", phoneSerial, `the group "ops"`, `the policy "ReadOnlyAccess" (System)`, "force_destroy = true", "DeleteConflict.User")
	expect(t, "state", after.state.IsNull(), false)
	expect(t, "changes", len(srv.History()), before)
}

func TestUser_forceDestroyTakesAllThatHangsOnIt(t *testing.T) {
	t.Parallel()
	for _, behave := range []func(*ramtest.Behaviour){
		func(*ramtest.Behaviour) {},
		func(b *ramtest.Behaviour) { b.RefuseDeletingActiveKeys = true },
		func(b *ramtest.Behaviour) { b.StaleReads = 3 },
	} {
		srv := laden(t)
		c := newCore(t, srv.Getenv, hurried())
		o, diags := c.adopt(userKind, "alice")
		clean(t, diags)
		o, diags = c.apply(userKind, attributes{"name": "alice", "force_destroy": true}, o)
		clean(t, diags)
		srv.SetBehaviour(behave)
		plan, diags := c.destroyPlan(userKind, o)
		clean(t, diags)
		_ = plan
		contains(t, said(diags), "WARNING: Destroying the user removes all that hangs on it")
		after, diags := c.destroy(userKind, o)
		clean(t, diags)
		expect(t, "state", after.state.IsNull(), true)
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

// Whichever step fails, the user stays in the state, and the next destroy goes on.
func TestUser_everyStepOfForceDestroyCanBeRepeated(t *testing.T) {
	t.Parallel()
	for _, action := range []string{
		"DeleteLoginProfile", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey", "GetUserMFAInfo", "UnbindMFADevice",
		"ListPoliciesForUser", "DetachPolicyFromUser", "ListGroupsForUser", "RemoveUserFromGroup", "DeleteUser",
	} {
		for _, phase := range []string{"before_commit", "after_commit"} {
			t.Run(action+" "+phase, func(t *testing.T) {
				t.Parallel()
				srv := laden(t)
				c := newCore(t, srv.Getenv, hurried())
				o, diags := c.adopt(userKind, "alice")
				clean(t, diags)
				o, diags = c.apply(userKind, attributes{"name": "alice", "force_destroy": true}, o)
				clean(t, diags)
				srv.Inject(ramtest.Rule{Action: action, Nth: "1", Phase: phase, Fault: "code", Status: 403, Code: "NoPermission"})
				after, diags := c.destroy(userKind, o)
				if len(errorsIn(diags)) == 0 {
					t.Fatalf("no error, though %s was denied", action)
				}
				contains(t, said(errorsIn(diags)), "Cannot delete the user", "NoPermission")
				expect(t, "state", after.state.IsNull(), false)
				_, diags = c.destroy(userKind, after)
				clean(t, diags)
				expect(t, "alice", account(srv).Users["alice"] == nil, true)
			})
		}
	}
}

func TestUser_ofTheProviderItselfIsNotDestroyed(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, hurried())
	o, diags := c.adopt(userKind, "admin")
	clean(t, diags)
	o, diags = c.apply(userKind, attributes{"name": "admin", "force_destroy": true}, o)
	clean(t, diags)
	_, diags = c.destroyPlan(userKind, o)
	contains(t, said(errorsIn(diags)), "Cannot delete the user", "runs with a key of this user", "state rm")
	// A plan that could not see it is no way around.
	resp, err := c.server.ApplyResourceChange(t.Context(), applyOfDestroy(c, userKind, o))
	must(t, err)
	contains(t, said(errorsIn(resp.Diagnostics)), "Cannot delete the user", "runs with a key of this user")
	expect(t, "writes", writes(srv), []string(nil))
}

// applyOfDestroy carries out a destroy that no plan has looked at.
func applyOfDestroy(c *core, kind string, o object) *tfprotov6.ApplyResourceChangeRequest {
	null := c.dynamic(c.nothing(kind).state)
	return &tfprotov6.ApplyResourceChangeRequest{TypeName: kind, Config: null, PriorState: c.dynamic(o.state), PlannedState: null, PlannedPrivate: o.private, PlannedIdentity: o.identity}
}

func TestUser_import(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, hurried())
	for id, says := range map[string]string{
		"nobody": `There is no RAM user "nobody"`, "alice@1234567890123456.onaliyun.com": "is not the name of a RAM user", aliceID + " ": "is not the name of a RAM user",
	} {
		_, diags := c.adopt(userKind, id)
		contains(t, said(errorsIn(diags)), "Cannot import the user", says)
	}
	o, diags := c.adopt(userKind, "alice")
	clean(t, diags)
	expect(t, "id", stateOf(t, o, "user_id"), aliceID)
	steady(t, c, userKind, attributes{"name": "alice", "display_name": "Alice"}, o)
	expect(t, "writes", writes(srv), []string(nil))
}

func TestUser_list(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Populate(30)
	c := newCore(t, srv.Getenv, hurried())
	all := c.list(userKind, attributes{}, true, 0)
	expect(t, "users", len(all), 33)
	few := c.list(userKind, attributes{"name_regex": "^(alice|bob)$"}, true, 0)
	expect(t, "two", []string{few[0].name, few[1].name}, []string{"alice", "bob"})
	expect(t, "id", in(t, few[0].state, "user_id"), aliceID)
	expect(t, "force_destroy", in(t, few[0].state, "force_destroy"), false)
	expect(t, "identity", in(t, few[0].identity, "name"), "alice")
	expect(t, "limit", len(c.list(userKind, attributes{}, false, 5)), 5)
	contains(t, said(c.list(userKind, attributes{"name_regex": "("}, false, 5)[0].diags), "Cannot use the regular expression", `AttributeName("name_regex")`)
	srv.Inject(ramtest.Rule{Action: "ListUsers", Fault: "code", Code: "NoPermission"})
	contains(t, said(newCore(t, srv.Getenv, hurried()).list(userKind, attributes{}, false, 5)[0].diags), "Cannot list the users", "NoPermission")
}

func TestUsersData(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Alias = "acme"
		a.Users["alice"].Email, a.Users["alice"].Tags, a.Users["alice"].ProvisionType = "a@example.com", map[string]string{"t": "u"}, "SCIM"
	})
	c := newCore(t, srv.Getenv, hurried())
	v, diags := c.data("ram_users", attributes{"name_regex": "^a"})
	clean(t, diags)
	var users []tftypes.Value
	must(t, fieldsOf(t, v)["users"].As(&users))
	expect(t, "users", fmt.Sprintln(len(users), in(t, users[0], "user_name"), in(t, users[1], "user_name")), "2 admin alice\n")
	expect(t, "principal name", in(t, users[1], "principal_name"), "alice@acme.onaliyun.com")
	expect(t, "origin", in(t, users[1], "provision_type"), "SCIM")
	expect(t, "mail", in(t, users[1], "email"), "a@example.com")
	expect(t, "no mail", in(t, users[0], "email"), nil)
	expect(t, "never logged on", in(t, users[1], "last_login_date"), nil)
	expect(t, "writes", writes(srv), []string(nil))
}
