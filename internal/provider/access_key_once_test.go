// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// wrongOnce are responses that are wrong once: an object that exists is not found, or not listed (F31).
func wrongOnce(nth int) map[string]ramtest.Rule {
	at := fmt.Sprint(nth)
	return map[string]ramtest.Rule{
		"key not found when it is disabled":  {Action: "UpdateAccessKey", Nth: at, Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"},
		"user not found when it is disabled": {Action: "UpdateAccessKey", Nth: at, Fault: "code", Status: 404, Code: "EntityNotExist.User"},
		"key not found when it is deleted":   {Action: "DeleteAccessKey", Nth: at, Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"},
		"user not found when it is deleted":  {Action: "DeleteAccessKey", Nth: at, Fault: "code", Status: 404, Code: "EntityNotExist.User"},
		"short list":                         {Action: "ListAccessKeys", Nth: at, Fault: "short_list"},
		"user not found when it is listed":   {Action: "ListAccessKeys", Nth: at, Fault: "code", Status: 404, Code: "EntityNotExist.User"},
	}
}

// A destroy ends with the key deleted: a request to delete it is always sent, and accepted.
func TestAccessKey_deletedDespiteOneWrongResponse(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 2; nth++ {
		for name, rule := range wrongOnce(nth) {
			t.Run(fmt.Sprintf("%s, %d", name, nth), func(t *testing.T) {
				t.Parallel()
				srv := withAlice(t)
				c := newCore(t, srv.Getenv, fakeClock())
				o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
				clean(t, diags)
				r, diags := c.Create(rotationKind, attributes{"user_name": "bob"})
				clean(t, diags)
				srv.Inject(rule)
				_, diags = c.Destroy(accessKey, o)
				clean(t, diags)
				expect(t, "keys", len(keysOf(srv, "alice")), 0)
				must(t, srv.SetSchedule(ramtest.Schedule{}))
				srv.Inject(rule)
				_, diags = c.Destroy(rotationKind, r)
				clean(t, diags)
				expect(t, "keys of the rotation", len(keysOf(srv, "bob")), 0)
			})
		}
	}
}

// A service that refuses to delete active keys, and at first does not find the key that is to be disabled.
func TestAccessKey_deletedWhereActiveKeysAreRefused(t *testing.T) {
	t.Parallel()
	for kind, config := range map[string]attributes{accessKey: {"user_name": "alice"}, rotationKind: {"user_name": "alice", "rotate_after_days": 90}} {
		srv := withAlice(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseDeletingActiveKeys = true }))
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(kind, config)
		clean(t, diags)
		srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"})
		after, diags := c.Destroy(kind, o)
		clean(t, diags)
		expect(t, "state", after.State.IsNull(), true)
		expect(t, "keys", len(keysOf(srv, "alice")), 0)
	}
}

// A key that the service has never listed is deleted only by a request that it accepts.
func TestAccessKey_neverListedDoesNotCountAsDeleted(t *testing.T) {
	t.Parallel()
	for kind, config := range map[string]attributes{accessKey: {"user_name": "alice"}, rotationKind: {"user_name": "alice", "rotate_after_days": 90}} {
		srv := withAlice(t)
		c := newCore(t, srv.Getenv, fakeClock())
		unlisted := ramtest.Rule{Action: "ListAccessKeys", Nth: "1-", Fault: "short_list"}
		srv.Inject(unlisted)
		o, diags := c.Create(kind, config)
		clean(t, acctest.Errors(diags))
		srv.Inject(unlisted,
			ramtest.Rule{Action: "UpdateAccessKey", Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"},
			ramtest.Rule{Action: "DeleteAccessKey", Nth: "1-9", Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"})
		after, diags := c.Destroy(kind, o)
		clean(t, diags)
		expect(t, "state", after.State.IsNull(), true)
		expect(t, "keys", len(keysOf(srv, "alice")), 0)

		must(t, srv.SetSchedule(ramtest.Schedule{}))
		srv.Inject(unlisted)
		o, diags = c.Create(kind, config)
		clean(t, acctest.Errors(diags))
		srv.Inject(ramtest.Rule{Action: "*eAccessKey", Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"})
		after, diags = c.Destroy(kind, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "has never listed it", "1h0m0s")
		expect(t, "state", after.State.Equal(o.State), true)
	}
}

// A key without a secret that the service does not find at first is not reported as deleted while it exists.
func TestAccessKey_withdrawnOnlyByAnAcceptedRequest(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Inject(
		ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Fault: "drop_fields", Body: "AccessKeySecret"},
		ramtest.Rule{Action: "UpdateAccessKey", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"},
		ramtest.Rule{Action: "DeleteAccessKey", Nth: "1-4", Fault: "code", Status: 404, Code: "EntityNotExist.User.AccessKey"},
		ramtest.Rule{Action: "ListAccessKeys", Nth: "2-9", Fault: "short_list"},
	)
	_, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "alice"})
	contains(t, acctest.Messages(diags), "The provider then deleted the key")
	expect(t, "keys", len(keysOf(srv, "alice")), 0)
}

// Two years of a rotation in which each list, one after the other, is incomplete once, also while a step is due: no
// key that exists leaves the state, none stays active for longer than configured, and no third key is created.
func TestRotation_oneIncompleteListRemovesNoKey(t *testing.T) {
	t.Parallel()
	for _, rule := range []ramtest.Rule{
		{Action: "ListAccessKeys", Fault: "short_list"},
		{Action: "ListAccessKeys", Fault: "code", Status: 404, Code: "EntityNotExist.User"},
	} {
		for nth := 1; nth <= 8; nth++ {
			rule.Nth = fmt.Sprint(nth)
			srv := rotates(t)
			o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(rotationKind, turning)
			clean(t, diags)
			srv.Advance(2 * time.Hour) // no key was created so recently that the service may not list it yet
			created := 1
			for _, wait := range []time.Duration{30 * day, 5 * day, 3 * day} {
				srv.Advance(wait)
				srv.Inject(rule)
				done := rotate(t, srv, turning, o)
				must(t, srv.SetSchedule(ramtest.Schedule{}))
				if !done.changed { // the due step was not planned because of the wrong response: the next run does it
					done = rotate(t, srv, turning, done.after)
				}
				o = done.after
				for _, key := range keysOf(srv, "alice") {
					if !slices.Contains(slots(t, o), key.ID) {
						t.Fatalf("list %d is wrong: the key %s is not in the state:\n%s", nth, key.ID, done.messages)
					}
					if at := slices.Index(slots(t, o), key.ID); in(t, o.State, []string{"current_secret", "previous_secret"}[at]) != key.Secret {
						t.Errorf("list %d is wrong: the secret of %s is lost", nth, key.ID)
					}
				}
				if strings.Contains(done.messages, "aliyun ram DeleteAccessKey") {
					t.Errorf("list %d is wrong: the message says how to delete a key of the state:\n%s", nth, done.messages)
				}
				created = max(created, len(srv.Calls("CreateAccessKey")))
			}
			expect(t, "creates", created, 2)
			expect(t, "keys", len(keysOf(srv, "alice")), 1)
		}
	}
}

// What the plan showed is deleted, although one list after the plan is incomplete.
func TestExclusive_oneIncompleteListDoesNotPreventADelete(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 4; nth++ {
		srv := withAlice(t)
		addKey(srv, "alice", "LTAIother", 10*day)
		c := newCore(t, srv.Getenv, fakeClock())
		config := exclusively("alice", "delete")
		o, diags := c.Create(exclusiveKind, config)
		clean(t, diags)
		plan, diags := c.Plan(exclusiveKind, config, o)
		clean(t, diags)
		srv.Inject(ramtest.Rule{Action: "ListAccessKeys", Nth: fmt.Sprint(nth), Fault: "short_list"})
		_, diags = c.ApplyPlan(exclusiveKind, config, o, plan)
		clean(t, diags)
		expect(t, "keys", len(keysOf(srv, "alice")), 0)
	}
}

// The service executes the first request later than every time limit. Whatever the result of the second request is,
// the message names what may exist and until when it may be listed (F34).
func TestAccessKey_lateCreateIsNamed(t *testing.T) {
	t.Parallel()
	late := ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Fault: "late"}
	for name, second := range map[string]struct {
		rules []ramtest.Rule
		fails bool
		says  []string
	}{
		"succeeds":                {nil, false, []string{"WARNING: User alice may have another new AccessKey beside LTAI"}},
		"is denied":               {[]ramtest.Rule{{Action: "CreateAccessKey", Nth: "2", Fault: "code", Status: 403, Code: "NoPermission"}}, true, nil},
		"exceeds the limit":       {[]ramtest.Rule{{Action: "CreateAccessKey", Nth: "2", Fault: "code", Status: 409, Code: "LimitExceeded.User.AccessKey"}}, true, []string{"the first request has probably created one"}},
		"is lost too":             {[]ramtest.Rule{{Action: "CreateAccessKey", Nth: "2", Fault: "reset"}}, true, []string{", and of the one at"}},
		"has no secret":           {[]ramtest.Rule{{Action: "CreateAccessKey", Nth: "2", Fault: "drop_fields", Body: "AccessKeySecret"}}, true, []string{"The provider then deleted the key"}},
		"the list is denied":      {[]ramtest.Rule{{Action: "ListAccessKeys", Nth: "4-", Fault: "code", Status: 403, Code: "NoPermission"}}, true, []string{"The user's keys cannot be listed"}},
		"the user is not found":   {[]ramtest.Rule{{Action: "ListAccessKeys", Nth: "3", Fault: "code", Status: 404, Code: "EntityNotExist.User"}}, false, []string{"may have another new AccessKey"}},
		"a proxy responds for it": {[]ramtest.Rule{{Action: "CreateAccessKey", Nth: "2", Fault: "foreign", Status: 403}}, true, []string{", and of the one at"}},
	} {
		for kind, config := range map[string]attributes{accessKey: {"user_name": "alice"}, rotationKind: {"user_name": "alice", "rotate_after_days": 90}} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				srv := withAlice(t)
				srv.Inject(append([]ramtest.Rule{late}, second.rules...)...)
				o, diags := newCore(t, srv.Getenv, fakeClock()).Create(kind, config)
				srv.ExecuteLate()
				text := acctest.Messages(diags)
				expect(t, "fails", len(acctest.Errors(diags)) > 0, second.fails)
				expect(t, "no state", o.State.IsNull(), second.fails)
				contains(t, text, append(second.says, "is unknown. It may have created a key of alice, whose secret is then lost", "it may be listed as late as", "Before the create, alice had no key\n", "aliyun ram ListAccessKeys --UserName alice\n", "aliyun ram DeleteAccessKey --UserName alice --UserAccessKeyId KEY_ID\n")...)
				if strings.Contains(text, "No key was created") {
					t.Errorf("it is not proven that no key was created:\n%s", text)
				}
				if name != "exceeds the limit" && name != "is denied" {
					return
				}
				expect(t, "keys", len(keysOf(srv, "alice")), 1)
			})
		}
	}
}

// The user is deleted while the outcome is unknown: only a user who stays missing proves that there is no key.
func TestAccessKey_deletedUserEndsAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	lost := ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "reset"}
	srv := withAlice(t)
	srv.Inject(lost, ramtest.Rule{Action: "ListAccessKeys", Nth: "2", Fault: "code", Status: 404, Code: "EntityNotExist.User"}, ramtest.Rule{Action: "GetUser", Nth: "2-3", Fault: "code", Status: 404, Code: "EntityNotExist.User"})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "alice"})
	contains(t, acctest.Messages(acctest.Errors(diags)), "these keys have appeared", keysOf(srv, "alice")[0].ID)

	deletedBefore := func(nth int) (said string, reads, creates int) {
		srv := withAlice(t)
		srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Phase: "before_commit", Fault: "reset"})
		for range nth - 1 {
			srv.ChangeBefore("ListAccessKeys", func(*ramtest.Account) {})
		}
		srv.ChangeBefore("ListAccessKeys", func(a *ramtest.Account) { delete(a.Users, "alice") })
		_, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "alice"})
		return acctest.Messages(acctest.Errors(diags)), len(srv.Calls("ListAccessKeys")), len(srv.Calls("CreateAccessKey"))
	}
	_, reads, _ := deletedBefore(2)
	for nth, requests := range map[int]int{2: 1, reads - 1: 1, reads: 2} { // the last read alone does not prove it
		said, _, creates := deletedBefore(nth)
		contains(t, said, "No key was created. The user no longer exists.")
		expect(t, fmt.Sprint("requests after ", nth), creates, requests)
	}
}

// A CLI plans and applies in two processes, and shows the provider the state in the first one only. There, the plan of a
// second key reports a key that is in no state, with the commands that delete it, and none that is in the state. The apply
// gives no such commands.
func TestAccessKey_aKeyInTheStateIsNotReportedAsLost(t *testing.T) {
	t.Parallel()
	for _, read := range []bool{true, false} {
		srv := withAlice(t)
		first, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "alice"})
		clean(t, diags)
		other, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "bob"})
		clean(t, diags)
		planning, config := newCore(t, srv.Getenv, fakeClock()), attributes{"user_name": "alice"}
		_, diags = planning.Read(accessKey, map[bool]acctest.Object{true: first, false: other}[read])
		clean(t, diags)
		_, diags = planning.Plan(accessKey, config, planning.Null(accessKey))
		said := acctest.Messages(diags)
		expect(t, "the plan names the key, with commands", strings.Contains(said, "DeleteAccessKey --UserName alice --UserAccessKeyId "+stateOf(t, first, "access_key_id")), !read)
		if read {
			expect(t, "plan", said, "")
		}
		_, diags = newCore(t, srv.Getenv, fakeClock()).Create(accessKey, config)
		clean(t, acctest.Errors(diags))
		expect(t, "commands in the apply", strings.Contains(acctest.Messages(diags), "DeleteAccessKey"), false)
	}
}

// Terraform reads the objects of a plan in any order: the plan of a second key waits until the first one is read.
func TestAccessKey_planWaitsForTheRefreshOfOtherKeys(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	first, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "alice"})
	clean(t, diags)
	other, diags := newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "bob"})
	clean(t, diags)
	var c *acctest.Driver
	clock := &acctest.Clock{}
	c = newCore(t, srv.Getenv, WithClock(clock.Now, func(ctx context.Context, d time.Duration) error {
		_, diags := c.Read(accessKey, first)
		clean(t, diags)
		return clock.Pause(ctx, d)
	}))
	_, diags = c.Read(accessKey, other)
	clean(t, diags)
	_, diags = c.Plan(accessKey, attributes{"user_name": "alice"}, c.Null(accessKey))
	expect(t, "messages", acctest.Messages(diags), "")
}

// One response that the user does not exist, at any read of a destroy, does not end the destroy: the network policy
// of the key and the security phone and e-mail address are removed, and the alias does not count as absent.
func TestOnce_oneUserNotFoundEndsNoDestroy(t *testing.T) {
	t.Parallel()
	wrong := func(action string, nth int) ramtest.Rule {
		return ramtest.Rule{Action: action, Nth: fmt.Sprint(nth), Fault: "code", Status: 404, Code: "EntityNotExist.User"}
	}
	for nth := 1; nth <= 3; nth++ {
		srv := withOneOfEach(t)
		policy, diags := newCore(t, srv.Getenv, clockOf(srv)).Import(ownPolicy, "alice:"+aliceKey)
		clean(t, diags)
		srv.Inject(wrong("GetAccessKeyPolicy", nth))
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(ownPolicy, policy)
		if len(acctest.Errors(diags)) == 0 {
			key, _ := account(srv).KeyByID(aliceKey)
			expect(t, fmt.Sprint("policy after not-found ", nth), strings.Contains(key.Policy, "IPList"), false)
		}
		verification, diags := newCore(t, srv.Getenv, clockOf(srv)).Import(verificationKind, "alice")
		clean(t, diags)
		srv.Inject(wrong("GetVerificationInfo", nth))
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(verificationKind, verification)
		if len(acctest.Errors(diags)) == 0 {
			expect(t, fmt.Sprint("address after not-found ", nth), account(srv).Users["alice"].SecurityEmail.Address, "")
		}
	}
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.Alias = "acme" })
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Import(alias, defaultAccount)
	clean(t, diags)
	srv.Inject(wrong("GetAccountAlias", 1))
	after, diags := newCore(t, srv.Getenv, clockOf(srv)).Read(alias, o)
	contains(t, acctest.Messages(diags), "EntityNotExist.User")
	expect(t, "alias", stateOf(t, after, "account_alias"), "acme")
}
