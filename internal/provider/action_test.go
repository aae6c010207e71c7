// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	deactivate   = "ram_deactivate_access_keys"
	serviceOff   = "ram_deactivate_service_credentials"
	logonOff     = "ram_disable_console_logon"
	unbindAction = "ram_unbind_mfa"
	makeReport   = "ram_generate_credential_report"
	restoreBin   = "ram_restore_access_key"
	purgeBin     = "ram_purge_access_key"
	userBack     = "ram_restore_user"
	userGone     = "ram_purge_user"
	passkeyGone  = "ram_delete_passkeys"
	lockAction   = "ram_lock_user"

	lostPhone = "acs:ram::" + defaultAccount + ":mfa/lost"
)

// incident is an account with something for every action: alice has two keys, a login
// profile and a device, and a key of hers is in the recycle bin.
func incident(t *testing.T) *ramtest.Server {
	t.Helper()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIone", 3*day)
	addKey(srv, "alice", "LTAItwo", day)
	addKey(srv, "bob", "LTAIbob", day)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].LoginProfile = &ramtest.LoginProfile{Password: "a-Password-0", Status: "Active", CreateDate: now, UpdateDate: now}
		a.Users["alice"].MFASerial = lostPhone
		a.Users["alice"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop", CreateDate: now}, {ID: "PASSKEY-2", Name: "phone", CreateDate: now}}
		a.Users["alice"].Credentials = []*ramtest.ServiceCredential{{ID: "SC1", Name: "ci", ServiceName: "dashscope.aliyuncs.com", Secret: "a-service-secret", Status: "Active", CreateTime: now}}
		a.MFADevices[lostPhone] = &ramtest.MFADevice{Name: "lost", Serial: lostPhone, Seed: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", CreateDate: now, ActivateDate: now, UserID: aliceID}
		a.RecycledKeys = append(a.RecycledKeys, &ramtest.RecycledKey{
			Key:    ramtest.AccessKey{ID: "LTAIold", Secret: "an-old-secret", Status: "Inactive", CreateDate: now.Add(-90 * day)},
			UserID: aliceID, UserName: "alice", RecycleDate: now.Add(-day), DeleteDate: now.Add(29 * day),
		})
		a.RecycledUsers = append(a.RecycledUsers, &ramtest.RecycledUser{
			User: ramtest.User{
				ID: daveID, Name: "dave", DisplayName: "Dave", Status: "active", ProvisionType: "Manual", CreateDate: now.Add(-90 * day),
				Keys: []*ramtest.AccessKey{{ID: "LTAIdave", Secret: "daves-secret", Status: "Inactive", CreateDate: now.Add(-90 * day)}},
			},
			RecycleDate: now.Add(-day), DeleteDate: now.Add(29 * day),
		})
	})
	return srv
}

// daveID is the id of the user who is in the recycle bin in an incident.
const daveID = "200000000000000009"

// statuses are a user's keys with what they are, by id.
func statuses(srv *ramtest.Server, user string) string {
	list := []string{}
	for _, key := range keysOf(srv, user) {
		list = append(list, key.ID+" "+key.Status)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func recycled(srv *ramtest.Server) (ids []string) {
	for _, kept := range account(srv).RecycledKeys {
		ids = append(ids, kept.Key.ID)
	}
	return ids
}

// An actionStory is one action, invoked and invoked again.
type actionStory struct {
	kind   string
	config attributes
	first  []string // what it reports
	again  []string
	writes []string
	write  string                              // the one that faults are put on
	done   func(*testing.T, *ramtest.Server)   // the account is as it should be
	undone func(srv *ramtest.Server) (as bool) // the account is as it was
}

var actionStories = map[string]actionStory{
	"all keys": {
		kind: deactivate, config: attributes{"user_name": "alice"}, write: "UpdateAccessKey", writes: []string{"UpdateAccessKey", "UpdateAccessKey"},
		first: []string{
			`Disabling the AccessKey pair LTAIone of "alice".`, `Disabling the AccessKey pair LTAItwo of "alice".`,
			`The AccessKey pair LTAIone of "alice" is inactive now.`, `The AccessKey pair LTAItwo of "alice" is inactive now.`,
		},
		again: []string{`The AccessKey pair LTAIone of "alice" is inactive already.`, `The AccessKey pair LTAItwo of "alice" is inactive already.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Inactive, LTAItwo Inactive")
			expect(t, "bob's keys", statuses(srv, "bob"), "LTAIbob Active")
		},
		undone: func(srv *ramtest.Server) bool { return statuses(srv, "alice") == "LTAIone Active, LTAItwo Active" },
	},
	"a key": {
		kind: deactivate, config: attributes{"user_name": "alice", "access_key_ids": []string{"LTAItwo"}, "account_id": defaultAccount}, write: "UpdateAccessKey", writes: []string{"UpdateAccessKey"},
		first: []string{`Disabling the AccessKey pair LTAItwo of "alice".`, `The AccessKey pair LTAItwo of "alice" is inactive now.`},
		again: []string{`The AccessKey pair LTAItwo of "alice" is inactive already.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Active, LTAItwo Inactive")
		},
		undone: func(srv *ramtest.Server) bool { return statuses(srv, "alice") == "LTAIone Active, LTAItwo Active" },
	},
	"service credentials": {
		kind: serviceOff, config: attributes{"user_name": "alice"}, write: "UpdateServiceCredential", writes: []string{"UpdateServiceCredential"},
		first: []string{`Disabling the service credential SC1 of "alice".`, `The service credential SC1 of "alice" is inactive now.`},
		again: []string{`The service credential SC1 of "alice" is inactive already.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "status", account(srv).Users["alice"].Credentials[0].Status, "Inactive")
		},
		undone: func(srv *ramtest.Server) bool { return account(srv).Users["alice"].Credentials[0].Status == "Active" },
	},
	"logon": {
		kind: logonOff, config: attributes{"user_name": "alice"}, write: "UpdateLoginProfile", writes: []string{"UpdateLoginProfile"},
		first: []string{`Disabling the console logon of "alice".`, `The console logon of "alice" is disabled.`},
		again: []string{`The console logon of "alice" is already disabled.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			profile := account(srv).Users["alice"].LoginProfile
			expect(t, "profile", profile.Status+" "+profile.Password, "Inactive a-Password-0")
		},
		undone: func(srv *ramtest.Server) bool { return account(srv).Users["alice"].LoginProfile.Status == "Active" },
	},
	"device off": {
		kind: unbindAction, config: attributes{"user_name": "alice"}, write: "UnbindMFADevice", writes: []string{"UnbindMFADevice"},
		first: []string{`Unbinding the MFA device ` + lostPhone + ` from "alice".`, `The MFA device ` + lostPhone + ` is unbound.`},
		again: []string{`The user "alice" has no MFA device. There is nothing to unbind.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			a := account(srv)
			expect(t, "device", a.Users["alice"].MFASerial+a.MFADevices[lostPhone].UserID, "")
		},
		undone: func(srv *ramtest.Server) bool { return account(srv).Users["alice"].MFASerial == lostPhone },
	},
	"device deleted": {
		kind: unbindAction, config: attributes{"user_name": "alice", "delete_device": true, "serial_number": lostPhone}, write: "DeleteVirtualMFADevice", writes: []string{"UnbindMFADevice", "DeleteVirtualMFADevice"},
		first: []string{
			`Unbinding the MFA device ` + lostPhone + ` from "alice".`, `The MFA device ` + lostPhone + ` is unbound.`,
			`Deleting the MFA device ` + lostPhone + `.`, `The MFA device ` + lostPhone + ` is deleted.`,
		},
		again: []string{`The user "alice" has no MFA device. There is nothing to unbind.`, `The MFA device ` + lostPhone + ` is already deleted.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "devices", len(account(srv).MFADevices), 0)
		},
		undone: func(srv *ramtest.Server) bool { return account(srv).MFADevices[lostPhone] != nil },
	},
	"passkeys": {
		kind: passkeyGone, config: attributes{"user_name": "alice"}, write: "DeletePasskey", writes: []string{"DeletePasskey", "DeletePasskey"},
		first: []string{
			`Deleting the passkey PASSKEY-1 of "alice".`, `Deleting the passkey PASSKEY-2 of "alice".`,
			`The passkey PASSKEY-1 of "alice" is deleted now.`, `The passkey PASSKEY-2 of "alice" is deleted now.`,
		},
		again: []string{`The user "alice" has no passkey. There is nothing to delete.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "passkeys", len(account(srv).Users["alice"].Passkeys), 0)
		},
		undone: func(srv *ramtest.Server) bool { return len(account(srv).Users["alice"].Passkeys) == 2 },
	},
	"lock": {
		kind: lockAction, config: attributes{"user_name": "alice"}, write: "UpdateAccessKey",
		writes: []string{"UpdateLoginProfile", "UpdateAccessKey", "UpdateAccessKey", "UpdateServiceCredential", "DeletePasskey", "DeletePasskey"},
		first: []string{
			`Disabling the console logon of "alice".`, `The console logon of "alice" is disabled.`,
			`Disabling the AccessKey pair LTAIone of "alice".`, `Disabling the AccessKey pair LTAItwo of "alice".`,
			`The AccessKey pair LTAIone of "alice" is inactive now.`, `The AccessKey pair LTAItwo of "alice" is inactive now.`,
			`Disabling the service credential SC1 of "alice".`, `The service credential SC1 of "alice" is inactive now.`,
			`Deleting the passkey PASSKEY-1 of "alice".`, `Deleting the passkey PASSKEY-2 of "alice".`,
			`The passkey PASSKEY-1 of "alice" is deleted now.`, `The passkey PASSKEY-2 of "alice" is deleted now.`,
			`The user "alice" is locked. Console sessions that are open, and sessions through a role, remain valid until they expire.`,
		},
		again: []string{
			`The console logon of "alice" is already disabled.`,
			`The AccessKey pair LTAIone of "alice" is inactive already.`, `The AccessKey pair LTAItwo of "alice" is inactive already.`,
			`The service credential SC1 of "alice" is inactive already.`,
			`The user "alice" has no passkey. There is nothing to delete.`, "*",
		},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			alice := account(srv).Users["alice"]
			expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Inactive, LTAItwo Inactive")
			expect(t, "the rest", alice.LoginProfile.Status+" "+alice.Credentials[0].Status+" "+strconv.Itoa(len(alice.Passkeys)), "Inactive Inactive 0")
			expect(t, "bob's keys", statuses(srv, "bob"), "LTAIbob Active")
		},
		undone: func(srv *ramtest.Server) bool { return statuses(srv, "alice") == "LTAIone Active, LTAItwo Active" },
	},
	"restore": {
		kind: restoreBin, config: attributes{"access_key_id": "LTAIold"}, write: "RestoreAccessKeyFromRecycleBin", writes: []string{"RestoreAccessKeyFromRecycleBin"},
		first: []string{"*", `The AccessKey pair LTAIold of "alice" is restored. It is Inactive.`},
		again: []string{`The AccessKey pair LTAIold of "alice" is not deleted. It is Inactive.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			contains(t, statuses(srv, "alice"), "LTAIold Inactive")
			expect(t, "recycle bin", recycled(srv), []string(nil))
		},
		undone: func(srv *ramtest.Server) bool { return len(recycled(srv)) == 1 },
	},
	"purge": {
		kind: purgeBin, config: attributes{"access_key_id": "LTAIold"}, write: "DeleteAccessKeyInRecycleBin", writes: []string{"DeleteAccessKeyInRecycleBin"},
		first: []string{`Permanently deleting the AccessKey pair LTAIold of the user ` + aliceID + `.`, `The AccessKey pair LTAIold is permanently deleted.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "recycle bin", recycled(srv), []string(nil))
			expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Active, LTAItwo Active")
		},
		undone: func(srv *ramtest.Server) bool { return len(recycled(srv)) == 1 },
	},
	"restore user": {
		kind: userBack, config: attributes{"user_id": daveID}, write: "RestoreUserFromRecycleBin", writes: []string{"RestoreUserFromRecycleBin"},
		first: []string{"*", `The user "dave" is restored.`, `AccessKey pairs of "dave": LTAIdave (Inactive).`},
		again: []string{`The user "dave", id ` + daveID + `, is not deleted.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "recycle bin", len(account(srv).RecycledUsers), 0)
			expect(t, "dave's keys", statuses(srv, "dave"), "LTAIdave Inactive")
		},
		undone: daveIsRecycled,
	},
	"purge user": {
		kind: userGone, config: attributes{"user_id": daveID}, write: "DeleteUserInRecycleBin", writes: []string{"DeleteUserInRecycleBin"},
		first: []string{`Deleting the user "dave", id ` + daveID + `, permanently.`, `The user "dave", id ` + daveID + `, is deleted permanently.`},
		done: func(t *testing.T, srv *ramtest.Server) {
			t.Helper()
			expect(t, "recycle bin", len(account(srv).RecycledUsers), 0)
			expect(t, "dave", account(srv).Users["dave"] == nil, true)
		},
		undone: daveIsRecycled,
	},
}

func daveIsRecycled(srv *ramtest.Server) bool {
	return len(account(srv).RecycledUsers) == 1 && account(srv).Users["dave"] == nil
}

// begin is the account of a story, and a provider.
func (s actionStory) begin(t *testing.T) (*ramtest.Server, *acctest.Driver) {
	t.Helper()
	srv := incident(t)
	if s.kind == restoreBin { // there is room for it
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys = a.Users["alice"].Keys[:1] })
	}
	return srv, newCore(t, srv.Getenv, fakeClock())
}

func checkProgress(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(g, w string) bool { return w == "*" || g == w }) {
		t.Errorf("progress:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAction_actsOnceAndReportsIt(t *testing.T) {
	t.Parallel()
	for name, story := range actionStories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := story.begin(t)
			progress, diags := c.Invoke(story.kind, story.config)
			expect(t, "what was said", acctest.Messages(diags), "")
			checkProgress(t, progress, story.first)
			expect(t, "writes", writes(srv), story.writes)
			story.done(t, srv)

			progress, diags = c.Invoke(story.kind, story.config)
			clean(t, diags)
			checkProgress(t, progress, story.again)
			expect(t, "writes", writes(srv), story.writes)
			story.done(t, srv)
		})
	}
}

// actionFaults are what can happen to the one write, and whether the action gets over it.
var actionFaults = map[string]struct {
	rule ramtest.Rule
	over bool
}{
	"F01 refused":                     {ramtest.Rule{Fault: "refuse", Nth: "1"}, true},
	"F02 reset":                       {ramtest.Rule{Fault: "reset", Nth: "1"}, true},
	"F02 reset, committed":            {ramtest.Rule{Fault: "reset", Nth: "1", Phase: "after_commit"}, true},
	"F05 error":                       {ramtest.Rule{Code: "InternalError", Status: 500, Nth: "1"}, true},
	"F06 error, committed":            {ramtest.Rule{Code: "InternalError", Status: 500, Nth: "1", Phase: "after_commit"}, true},
	"F07 unavailable":                 {ramtest.Rule{Code: "ServiceUnavailable", Status: 503, Nth: "1"}, true},
	"F08 throttled":                   {ramtest.Rule{Code: "Throttling.User", Status: 400, Nth: "1-3"}, true},
	"F09 throttled, with Retry-After": {ramtest.Rule{Code: "Throttling.Api", Status: 429, RetryAfter: "2", Nth: "1"}, true},
	"F10 truncated":                   {ramtest.Rule{Fault: "truncate", Nth: "1"}, true},
	"F11 empty":                       {ramtest.Rule{Fault: "empty", Nth: "1"}, true},
	"F11 null, committed":             {ramtest.Rule{Fault: "null", Nth: "1", Phase: "after_commit"}, true},
	"F11 a page, committed":           {ramtest.Rule{Fault: "html", Status: 502, Nth: "1", Phase: "after_commit"}, true},
	"F22 denied":                      {ramtest.Rule{Code: "NoPermission", Status: 403}, false},
	"F24 redirected":                  {ramtest.Rule{Fault: "redirect", Status: 307, Header: map[string]string{"Location": "http://127.0.0.1:1/"}}, false},
	"F05 error for good":              {ramtest.Rule{Code: "InternalError", Status: 500}, false},
	"F07 down":                        {ramtest.Rule{Fault: "reset"}, false},
}

// The first write meets a fault: a temporary one is retried, and a permanent one is an error that states what exists
// now. After both, another run completes the task.
func TestAction_faultsAtTheWrite(t *testing.T) {
	t.Parallel()
	for name, story := range actionStories {
		for fault, one := range actionFaults {
			t.Run(name+", "+fault, func(t *testing.T) {
				t.Parallel()
				srv, c := story.begin(t)
				one.rule.Action = story.write
				srv.Inject(one.rule)
				_, diags := c.Invoke(story.kind, story.config)
				if one.over {
					clean(t, diags)
					story.done(t, srv)
					return
				}
				if len(acctest.Errors(diags)) == 0 || !story.undone(srv) {
					t.Fatalf("%v: it is not refused: %s", story.undone(srv), acctest.Messages(diags))
				}
				contains(t, acctest.Messages(diags), "ERROR: Cannot ", "un the same command again")
				if !strings.Contains(acctest.Messages(diags), "Request id: ") && strings.HasPrefix(fault, "F22") {
					t.Errorf("there is no request id: %s", acctest.Messages(diags))
				}
			})
		}
	}
}

// Reads are stale after the write: the action waits until the account shows the change.
func TestAction_waitsForStaleReads(t *testing.T) {
	t.Parallel()
	for name, story := range actionStories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := story.begin(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = 4 })
			progress, diags := c.Invoke(story.kind, story.config)
			clean(t, diags)
			checkProgress(t, progress, story.first)
			story.done(t, srv)
		})
	}
}

// If the first read is denied, nothing is changed. If the confirming read is denied, that is an error too, because
// the result is unknown.
func TestAction_withoutPermissionToRead(t *testing.T) {
	t.Parallel()
	reads := map[string][]string{
		deactivate: {"GetUser", "ListAccessKeys"}, logonOff: {"GetUser", "GetLoginProfile"}, unbindAction: {"GetUser", "GetUserMFAInfo", "ListVirtualMFADevices"},
		passkeyGone: {"GetUser", "ListPasskeys"}, lockAction: {"GetUser", "GetLoginProfile", "ListAccessKeys", "ListServiceCredentials", "ListPasskeys"},
		restoreBin: {"GetAccessKeyInfoInRecycleBin", "GetUser", "ListAccessKeys"}, purgeBin: {"GetAccessKeyInfoInRecycleBin"},
		userBack: {"GetUserInRecycleBin", "GetUser", "ListAccessKeys"}, userGone: {"GetUserInRecycleBin"},
	}
	for name, story := range actionStories {
		for _, read := range reads[story.kind] {
			t.Run(name+", "+read, func(t *testing.T) {
				t.Parallel()
				srv, c := story.begin(t)
				srv.Inject(ramtest.Rule{Action: read, Code: "NoPermission", Status: 403})
				_, diags := c.Invoke(story.kind, story.config)
				if len(acctest.Errors(diags)) == 0 {
					t.Fatalf("it is not refused: %s", acctest.Messages(diags))
				}
				contains(t, acctest.Messages(diags), "Code: NoPermission")
				if created := len(writes(srv)); created == 0 != strings.Contains(acctest.Messages(diags), "Nothing was changed.") {
					t.Errorf("%d writes, and said: %s", created, acctest.Messages(diags))
				}
			})
		}
	}
}

// The wrong account is refused before anything of it is read, in the plan and in the invocation.
func TestAction_inTheWrongAccount(t *testing.T) {
	t.Parallel()
	all := map[string]actionStory{"report": {kind: makeReport, config: attributes{}}}
	for name, story := range actionStories {
		all[name] = story
	}
	for name, story := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			other := attributes{}
			for name, value := range story.config {
				other[name] = value
			}
			other["account_id"] = "2222222222222222"
			c := newCore(t, srv.Getenv, fakeClock())
			guarded, wrong := configured(t, attributes{"forbidden_account_ids": []string{defaultAccount}}, srv.Getenv, fakeClock())
			refused(t, wrong, "", "Cannot configure the provider", defaultAccount+", which is forbidden")
			for _, diags := range [][]*tfprotov6.Diagnostic{
				c.PlanAction(story.kind, other), second(c.InvokeAction(t.Context(), story.kind, other, func(string) {})),
			} {
				refused(t, diags, "account_id", "account_id is 2222222222222222, but the credentials belong to account "+defaultAccount)
			}
			for _, diags := range [][]*tfprotov6.Diagnostic{
				guarded.PlanAction(story.kind, story.config), second(guarded.InvokeAction(t.Context(), story.kind, story.config, func(string) {})),
			} {
				refused(t, diags, "", "Cannot ", defaultAccount+", which is forbidden")
			}
			expect(t, "calls but for the account's", len(srv.Calls())-len(srv.Calls("GetCallerIdentity")), 0)
		})
	}
}

func second[A, B any](_ A, b B) B { return b }

// The provider's own key and user are refused in the plan, and again in the invocation.
func TestAction_refusesTheProvidersOwnKeyAndUser(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		kind      string
		config    func(own string) attributes
		attribute string
		says      string
	}{
		"all keys of the own user": {deactivate, func(string) attributes { return attributes{"user_name": "admin"} }, "user_name", "Name the other keys in access_key_ids"},
		"the own key":              {deactivate, func(own string) attributes { return attributes{"user_name": "admin", "access_key_ids": []string{own}} }, "access_key_ids", "Remove the key from access_key_ids"},
		"the own key, and another": {deactivate, func(own string) attributes {
			return attributes{"user_name": "admin", "access_key_ids": []string{"LTAIspare", own}}
		}, "access_key_ids", "Terraform itself uses the key"},
		"the own logon":  {logonOff, func(string) attributes { return attributes{"user_name": "admin"} }, "user_name", "Run with the credentials of another user."},
		"the own device": {unbindAction, func(string) attributes { return attributes{"user_name": "admin"} }, "user_name", "Run with the credentials of another user."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			addKey(srv, "admin", "LTAIspare", day)
			c := newCore(t, srv.Getenv, fakeClock())
			config := one.config(srv.Credential(defaultAccount).AccessKeyID)
			refused(t, c.PlanAction(one.kind, config), one.attribute, one.says, "Nothing was changed.")
			progress, diags := c.InvokeAction(t.Context(), one.kind, config, func(string) {})
			refused(t, diags, one.attribute, one.says, "Nothing was changed.")
			expect(t, "progress", len(progress), 0)
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

// Another key of the provider's user is not in use, and can be disabled by its id.
func TestAction_anotherKeyOfTheProvidersUser(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	addKey(srv, "admin", "LTAIspare", day)
	own := srv.Credential(defaultAccount).AccessKeyID
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(deactivate, attributes{"user_name": "admin", "access_key_ids": []string{"LTAIspare"}})
	expect(t, "what was said", acctest.Messages(diags), "")
	contains(t, statuses(srv, "admin"), "LTAIspare Inactive", own+" Active")
}

func TestAction_onMissingObjects(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		kind      string
		config    attributes
		attribute string
		says      []string
	}{
		"no user, keys":       {deactivate, attributes{"user_name": "carol"}, "user_name", []string{`There is no RAM user "carol" in account ` + defaultAccount, "Nothing was changed."}},
		"no user, logon":      {logonOff, attributes{"user_name": "carol"}, "user_name", []string{`There is no RAM user "carol"`, "Nothing was changed."}},
		"no user, device":     {unbindAction, attributes{"user_name": "carol"}, "user_name", []string{`There is no RAM user "carol"`, "Nothing was changed."}},
		"another user's key":  {deactivate, attributes{"user_name": "alice", "access_key_ids": []string{"LTAIone", "LTAIbob"}}, "access_key_ids", []string{`"alice" has no AccessKey pair LTAIbob`, "LTAIone (Active), LTAItwo (Active)", "Nothing was changed."}},
		"a key that was gone": {deactivate, attributes{"user_name": "bob", "access_key_ids": []string{"LTAIold"}}, "access_key_ids", []string{`"bob" has no AccessKey pair LTAIold`, "LTAIbob (Active)"}},
		"another device":      {unbindAction, attributes{"user_name": "alice", "serial_number": "acs:ram::" + defaultAccount + ":mfa/found"}, "serial_number", []string{"has the MFA device " + lostPhone, "Nothing was changed."}},
		"restore no user":     {userBack, attributes{"user_id": "1"}, "user_id", []string{"The account has no user with the id 1, neither in the recycle bin", "Nothing was changed."}},
		"restore nothing":     {restoreBin, attributes{"access_key_id": "LTAInone"}, "access_key_id", []string{"The AccessKey pair LTAInone is not in the recycle bin, and no RAM user has it", "Nothing was changed."}},
		"restore a third":     {restoreBin, attributes{"access_key_id": "LTAIold"}, "", []string{"the maximum number of AccessKey pairs: LTAIone (Active), LTAItwo (Active)", "Nothing was changed."}},
		"purge a live key":    {purgeBin, attributes{"access_key_id": "LTAIone"}, "access_key_id", []string{`the user "alice" has it, and it is Active`, "Nothing was changed."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			c := newCore(t, srv.Getenv, fakeClock())
			expect(t, "the plan said", acctest.Messages(c.PlanAction(one.kind, one.config)), "")
			_, diags := c.InvokeAction(t.Context(), one.kind, one.config, func(string) {})
			refused(t, diags, one.attribute, one.says...)
			for _, e := range srv.History() {
				if e.Actor != "test" {
					t.Errorf("%s changed %s", e.Actor, e.Field)
				}
			}
		})
	}
}

// A state that another actor already caused is a success.
func TestAction_nothingToDo(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		kind    string
		config  attributes
		reports []string
		warns   string
	}{
		"user purged": {userGone, attributes{"user_id": "1"}, nil, "It is deleted permanently already, or the id is wrong."},
		"no keys":     {deactivate, attributes{"user_name": "carol"}, []string{`The user "carol" has no AccessKey pair. There is nothing to disable.`}, ""},
		"no profile":  {logonOff, attributes{"user_name": "carol"}, []string{`The user "carol" has no login profile, so there is no console logon to disable.`}, ""},
		"no device":   {unbindAction, attributes{"user_name": "carol", "delete_device": true}, []string{`The user "carol" has no MFA device. There is nothing to unbind.`}, ""},
		"purged":      {purgeBin, attributes{"access_key_id": "LTAInone"}, nil, "It may already be permanently deleted. Check the id."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			srv.Change(func(a *ramtest.Account) {
				a.Users["carol"] = &ramtest.User{ID: "200000000000000003", Name: "carol", Status: "active", CreateDate: srv0(a)}
			})
			progress, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(one.kind, one.config)
			clean(t, diags)
			checkProgress(t, progress, one.reports)
			if one.warns == "" {
				expect(t, "what was said", acctest.Messages(diags), "")
			}
			contains(t, acctest.Messages(diags), one.warns)
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

func TestAction_invalidConfigurationSendsNothing(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, bad := range []struct {
		kind      string
		config    attributes
		attribute string
		says      string
	}{
		{deactivate, attributes{"user_name": ""}, "user_name", "must be 1 to 64"},
		{deactivate, attributes{"user_name": "alice@example.onaliyun.com"}, "user_name", "not a principal name"},
		{deactivate, attributes{"user_name": "alice", "access_key_ids": []string{"LTAI one"}}, `access_key_ids[Value("LTAI one")]`, "must be the id of an AccessKey pair"},
		{deactivate, attributes{"user_name": "alice", "account_id": "12"}, "account_id", "16 digits"},
		{deactivate, attributes{"user_name": "alice", "timeouts": attributes{"invoke": "soon"}}, "timeouts.invoke", "Time Duration"},
		{logonOff, attributes{"user_name": " "}, "user_name", "must be 1 to 64"},
		{unbindAction, attributes{"user_name": "alice", "serial_number": "lost"}, "serial_number", "must be a serial number"},
		{makeReport, attributes{"account_id": "mine"}, "account_id", "16 digits"},
		{restoreBin, attributes{"access_key_id": ""}, "access_key_id", "must be the id of an AccessKey pair"},
		{purgeBin, attributes{"access_key_id": "a b"}, "access_key_id", "must be the id of an AccessKey pair"},
		{userBack, attributes{"user_id": ""}, "user_id", "must be the id of a RAM user"},
		{userGone, attributes{"user_id": "a.b"}, "user_id", "must be the id of a RAM user"},
	} {
		diags := c.PlanAction(bad.kind, bad.config)
		if len(diags) != 1 || at(diags[0]) != bad.attribute && bad.kind+bad.attribute != deactivate+`access_key_ids[Value("LTAI one")]` {
			t.Errorf("%s %v: %s", bad.kind, bad.config, acctest.Messages(diags))
		}
		contains(t, acctest.Messages(diags), bad.says)
	}
	expect(t, "calls", len(srv.Calls()), 0)
}

// A plan in which the user or the key is unknown reports nothing and does not fail.
func TestAction_planOfUnknownValues(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for kind, config := range map[string]attributes{
		deactivate: {"user_name": acctest.Unknown{}, "access_key_ids": acctest.Unknown{}, "account_id": acctest.Unknown{}}, logonOff: {"user_name": acctest.Unknown{}},
		unbindAction: {"user_name": acctest.Unknown{}, "serial_number": acctest.Unknown{}, "delete_device": acctest.Unknown{}},
		makeReport:   {"account_id": acctest.Unknown{}}, restoreBin: {"access_key_id": acctest.Unknown{}}, purgeBin: {"access_key_id": acctest.Unknown{}},
		userBack: {"user_id": acctest.Unknown{}}, userGone: {"user_id": acctest.Unknown{}},
	} {
		expect(t, kind, acctest.Messages(c.PlanAction(kind, config)), "")
	}
	expect(t, "the plan said", acctest.Messages(c.PlanAction(deactivate, attributes{"user_name": "not.there.yet"})), "")
}

// One key cannot be disabled: the other one is disabled, and the error distinguishes them.
func TestDeactivate_partialFailure(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Nth: "1", Code: "NoPermission", Status: 403})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(deactivate, attributes{"user_name": "alice"})
	refused(t, diags, "", "Cannot disable the AccessKey pair LTAIone", "Inactive: LTAItwo.", "Usable when last listed: LTAIone.", "Code: NoPermission", "Request id: ")
	expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Active, LTAItwo Inactive")
}

// The owner of the stolen key creates another one while all keys are being disabled.
func TestDeactivate_keyCreatedMeanwhile(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.ChangeBefore("UpdateAccessKey", func(a *ramtest.Account) {
		u := a.Users["alice"]
		u.Keys = append(u.Keys, &ramtest.AccessKey{ID: "LTAIthird", Secret: "made-by-the-intruder", Status: "Active", CreateDate: srv0(a)})
	})
	progress, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(deactivate, attributes{"user_name": "alice"})
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Inactive, LTAIthird Inactive, LTAItwo Inactive")
	contains(t, strings.Join(progress, "\n"), `The AccessKey pair LTAIthird of "alice" is inactive now.`)
}

// The key is deleted at the same time: that is a success.
func TestDeactivate_keyDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.ChangeBefore("UpdateAccessKey", func(a *ramtest.Account) { a.Users["alice"].Keys = a.Users["alice"].Keys[1:] })
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(deactivate, attributes{"user_name": "alice"})
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "alice's keys", statuses(srv, "alice"), "LTAItwo Inactive")
}

// Ctrl-C after the first message: no further key is changed, and the error states what exists now.
func TestDeactivate_cancelled(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Fault: "stall", Delay: time.Minute})
	c := newCore(t, srv.Getenv)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	start := time.Now()
	progress, diags := c.InvokeAction(ctx, deactivate, attributes{"user_name": "alice"}, func(string) { cancel() })
	expect(t, "messages", len(progress), 1)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot ", "Usable when last listed: LTAIone, LTAItwo.", "interrupted", "Run the same command again")
	if len(srv.Calls("UpdateAccessKey")) > 1 {
		t.Error("it continued after the cancellation")
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	expect(t, "alice's keys", statuses(srv, "alice"), "LTAIone Active, LTAItwo Active")
}

// The configured timeout expires.
func TestAction_timeout(t *testing.T) {
	t.Parallel()
	for name, story := range actionStories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, _ := story.begin(t)
			srv.Inject(ramtest.Rule{Action: story.write, Fault: "stall", Delay: time.Minute})
			config := attributes{"timeouts": attributes{"invoke": "1s"}}
			for name, value := range story.config {
				config[name] = value
			}
			start := time.Now()
			_, diags := newCore(t, srv.Getenv).Invoke(story.kind, config)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot ", "time")
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// The service accepts the request, and never returns the change.
func TestAction_changeThatIsNeverReturnedIsAnError(t *testing.T) {
	t.Parallel()
	for name, story := range actionStories {
		if story.write == "DeleteVirtualMFADevice" {
			continue // its unbind never shows
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := story.begin(t)
			srv.Inject(ramtest.Rule{Action: story.write, Fault: "garble", Body: `{"RequestId":"R","LoginProfile":{"Status":"Inactive","PasswordResetRequired":false,"MFABindRequired":false}}`})
			_, diags := c.Invoke(story.kind, story.config)
			if len(acctest.Errors(diags)) == 0 {
				t.Fatalf("it is taken for done: %s", acctest.Messages(diags))
			}
			contains(t, acctest.Messages(diags), "Cannot ", "m0s.", "un the same command again")
		})
	}
}

func TestUnbindMFA_hardwareKeyIsNotDeleted(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Inject(ramtest.Rule{Action: "GetUserMFAInfo", Fault: "garble", Body: `{"RequestId":"R","MFADevice":{"SerialNumber":"u2f-1234","Type":"U2F"}}`})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(unbindAction, attributes{"user_name": "alice"})
	refused(t, diags, "user_name", "no virtual MFA device, but another one (U2F u2f-1234)", "Nothing was changed.")
	expect(t, "writes", writes(srv), []string(nil))
}

// The service still takes a device that was just unbound for bound.
func TestUnbindMFA_deviceStillCountsAsBound(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Inject(ramtest.Rule{Action: "DeleteVirtualMFADevice", Nth: "1-2", Code: "DeleteConflict.VirtualMFADevice.User", Status: 409})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(unbindAction, attributes{"user_name": "alice", "delete_device": true})
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "devices", len(account(srv).MFADevices), 0)
}

// If the device counts as bound for too long, the error says how to go on.
func TestUnbindMFA_deviceCountsAsBoundForTooLong(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Inject(ramtest.Rule{Action: "DeleteVirtualMFADevice", Code: "DeleteConflict.VirtualMFADevice.User", Status: 409})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(unbindAction, attributes{"user_name": "alice", "delete_device": true})
	refused(t, diags, "", "Cannot delete the MFA device", "is unbound from \"alice\", and not deleted yet", "the service refused to delete the device because it is bound")
	expect(t, "devices", account(srv).MFADevices[lostPhone] != nil, true)

	must(t, srv.SetSchedule(ramtest.Schedule{}))
	srv.Inject(ramtest.Rule{Action: "DeleteVirtualMFADevice", Fault: "reset"})
	_, diags = newCore(t, srv.Getenv, fakeClock()).Invoke(unbindAction, attributes{"user_name": "alice", "serial_number": lostPhone, "delete_device": true})
	refused(t, diags, "", "Cannot delete the MFA device", "It is unknown whether it is deleted.")
}

// A device that is bound to another user by now is not deleted.
func TestUnbindMFA_deviceOfAnotherUserByNow(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].MFASerial, a.Users["bob"].MFASerial, a.MFADevices[lostPhone].UserID = "", lostPhone, bobID
	})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(unbindAction, attributes{"user_name": "alice", "serial_number": lostPhone, "delete_device": true})
	refused(t, diags, "serial_number", `belongs to the user "bob"`, "was not changed")
	expect(t, "writes", writes(srv), []string(nil))
}

func TestRestoreKey_warnsOfAnActiveKey(t *testing.T) {
	t.Parallel()
	story := actionStories["restore"]
	srv, c := story.begin(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.RestoreKeysActive = true })
	progress, diags := c.Invoke(restoreBin, story.config)
	contains(t, acctest.Messages(diags), "WARNING: The restored AccessKey pair LTAIold of user alice is active")
	contains(t, strings.Join(progress, "\n"), "is restored. It is Active.")
}

func TestRestoreKey_ofADeletedUser(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.RecycledUsers = append(a.RecycledUsers, &ramtest.RecycledUser{User: *a.Users["alice"], RecycleDate: now, DeleteDate: now.Add(30 * day)})
		delete(a.Users, "alice")
	})
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(restoreBin, attributes{"access_key_id": "LTAIold"})
	refused(t, diags, "access_key_id", "Its user, with the id "+aliceID+", is in the recycle bin as well", "aliyun ims RestoreUserFromRecycleBin")
	expect(t, "writes", writes(srv), []string(nil))
}

func TestGenerateReport_reportsProgress(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	progress, diags := c.Invoke(makeReport, attributes{})
	expect(t, "what was said", acctest.Messages(diags), "")
	if len(progress) < 2 {
		t.Fatalf("progress: %v", progress)
	}
	for _, message := range progress[:len(progress)-1] {
		contains(t, message, "Waiting for the credential report. Its state is ")
	}
	created := account(srv).CredentialReport.GeneratedTime.UTC().Format(time.RFC3339)
	expect(t, "the last message", progress[len(progress)-1], "The credential report of "+created+" is complete.")

	progress, diags = c.Invoke(makeReport, attributes{})
	expect(t, "what was said", acctest.Messages(diags), "")
	checkProgress(t, progress, []string{"The credential report of " + created + " is still current: the service generates at most one every four hours."})
}

func TestGenerateReport_faults(t *testing.T) {
	t.Parallel()
	for name, rule := range passingReads {
		if strings.HasPrefix(name, "F26") {
			continue
		}
		srv := withAlice(t)
		rule.Action, rule.Nth = "GenerateCredentialReport", "1"
		srv.Inject(rule)
		_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(makeReport, attributes{})
		if len(acctest.Errors(diags)) > 0 {
			t.Errorf("%s: %s", name, acctest.Messages(diags))
		}
	}
	for name, rule := range lastingReads {
		srv := withAlice(t)
		rule.Action = "GenerateCredentialReport"
		srv.Inject(rule)
		_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(makeReport, attributes{})
		if len(acctest.Errors(diags)) == 0 {
			t.Errorf("%s is not an error", name)
		}
		contains(t, acctest.Messages(diags), "Cannot generate the credential report", "An existing report is unchanged")
	}
}

// A report that is not complete in time is an error that describes how to continue.
func TestGenerateReport_late(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ReportPolls = 10_000 })
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(makeReport, attributes{"timeouts": attributes{"invoke": "2m"}})
	refused(t, diags, "", "The credential report is not complete after", "Run again later, or increase the time in timeouts")
}

// Progress and errors never contain a secret: the only secrets of the test are the provider's own.
func TestAction_containsNoSecret(t *testing.T) {
	t.Parallel()
	for name, story := range actionStories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := story.begin(t)
			secrets := []string{srv.Credential(defaultAccount).AccessKeySecret, "someones-LTAIone-secret", "an-old-secret", "a-Password-0", "a-service-secret", "GEZDGNBVGY3TQOJQ"}
			srv.Inject(ramtest.Rule{Action: story.write, Code: "InvalidParameter", Status: 400, Message: "who sent " + secrets[0] + "?"})
			progress, diags := c.Invoke(story.kind, story.config)
			for _, secret := range secrets {
				if strings.Contains(strings.Join(progress, "\n")+acctest.Messages(diags), secret) {
					t.Errorf("a message contains a secret: %v %s", progress, acctest.Messages(diags))
				}
			}
		})
	}
}
