// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// userConflicts are what the service may refuse to delete a user for. No assumption of it
// may decide whether a live credential is lost.
var userConflicts = []string{"", "documented", "none"}

// objectsOfUser give alice one object each.
var objectsOfUser = map[string]struct {
	give    func(*ramtest.Server)
	text    string
	command string
}{
	"login profile": {func(srv *ramtest.Server) { srv.Change(addProfile) }, "a login profile", "aliyun ram DeleteLoginProfile --UserName alice"},
	"AccessKey": {
		func(srv *ramtest.Server) { addKey(srv, "alice", "LTAIalice", 0) },
		"the AccessKey pair LTAIalice (Active)", "aliyun ram DeleteAccessKey --UserName alice --UserAccessKeyId LTAIalice",
	},
	"service credential": {
		func(srv *ramtest.Server) {
			srv.Change(func(a *ramtest.Account) {
				a.Users["alice"].Credentials = []*ramtest.ServiceCredential{{ID: "SC1", Name: "ci", ServiceName: "dashscope.aliyuncs.com", Status: "Active", CreateTime: srv0(a)}}
			})
		},
		"the service credential SC1 of dashscope.aliyuncs.com (Active)",
		"aliyun ims DeleteServiceCredential --UserPrincipalName alice@" + defaultAccount + ".onaliyun.com --ServiceCredentialId SC1",
	},
	"passkey": {
		func(srv *ramtest.Server) {
			srv.Change(func(a *ramtest.Account) {
				a.Users["alice"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop", CreateDate: srv0(a)}}
			})
		},
		`the passkey PASSKEY-1 ("laptop")`,
		"aliyun ims DeletePasskey --UserPrincipalName alice@" + defaultAccount + ".onaliyun.com --PasskeyId PASSKEY-1",
	},
	"virtual MFA device": {
		func(srv *ramtest.Server) { phoneWithoutZeros(srv); bindTo(srv, aliceID) },
		"an MFA device " + phoneSerial, "aliyun ram UnbindMFADevice --UserName alice",
	},
	"U2F device": {
		func(srv *ramtest.Server) {
			srv.Change(func(a *ramtest.Account) { a.Users["alice"].MFASerial = "U2F-0815" })
		},
		"an MFA device U2F-0815", "aliyun ram UnbindMFADevice --UserName alice",
	},
	"policy": {
		func(srv *ramtest.Server) {
			srv.Change(func(a *ramtest.Account) { a.Users["alice"].Policies = []string{"System/ReadOnlyAccess"} })
		},
		`the policy "ReadOnlyAccess" (System)`, "aliyun ram DetachPolicyFromUser --UserName alice --PolicyType System --PolicyName ReadOnlyAccess",
	},
	"group": {
		func(srv *ramtest.Server) {
			srv.Change(func(a *ramtest.Account) {
				a.Groups["ops"], a.Users["alice"].Groups = &ramtest.Group{Name: "ops"}, []string{"ops"}
			})
		},
		`the group "ops"`, "aliyun ram RemoveUserFromGroup --UserName alice --GroupName ops",
	},
}

// importedAlice is the user alice as a resource.
func importedAlice(t *testing.T, srv *ramtest.Server, more attributes) (*acctest.Driver, acctest.Object) {
	t.Helper()
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Import(userKind, "alice")
	clean(t, diags)
	config := attributes{"name": "alice"}.Merge(more)
	o, diags = c.Apply(userKind, config, o)
	clean(t, diags)
	srv.ForgetCalls()
	return c, o
}

// Without force_destroy, a user that has objects is not deleted, even if the service would delete it, and the error
// has the commands that remove them.
func TestUser_isDeletedOnlyWithoutObjects(t *testing.T) {
	t.Parallel()
	for _, conflicts := range userConflicts {
		for name, object := range objectsOfUser {
			t.Run(name+" "+conflicts, func(t *testing.T) {
				t.Parallel()
				srv := withAlice(t)
				srv.SetBehaviour(func(b *ramtest.Behaviour) { b.UserConflicts = conflicts })
				object.give(srv)
				c, o := importedAlice(t, srv, nil)
				after, diags := c.Destroy(userKind, o)
				contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", object.text, "  "+object.command, `name          = "alice"`, "force_destroy = true")
				expect(t, "state", after.State.IsNull(), false)
				expect(t, "writes", writes(srv), []string(nil))
			})
		}
	}
	srv := withAlice(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.OmitEmptyFields = true })
	c, o := importedAlice(t, srv, nil)
	after, diags := c.Destroy(userKind, o)
	clean(t, diags)
	expect(t, "state", after.State.IsNull(), true)
	expect(t, "writes", writes(srv), []string{"DeleteUser"})
}

// The HCL of the refusal works for an instance that is no longer in the configuration: it
// is added again, applied, and removed.
func TestUser_adviceOfARefusalWorks(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	for _, object := range objectsOfUser {
		object.give(srv)
	}
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].MFASerial = phoneSerial })
	c, o := importedAlice(t, srv, nil)
	o, diags := c.Destroy(userKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user")
	o, diags = c.Apply(userKind, attributes{"name": "alice", "force_destroy": true}, o)
	clean(t, diags)
	_, diags = c.PlanDestroy(userKind, o)
	for _, object := range objectsOfUser {
		if object.text != "an MFA device U2F-0815" {
			contains(t, acctest.Messages(diags), `WARNING: Destroying the user "alice" removes all its objects`, object.text)
		}
	}
	_, diags = c.Destroy(userKind, o)
	clean(t, diags)
	expect(t, "alice", account(srv).Users["alice"] == nil, true)
}

// Objects that the provider may not list count as present: nothing is deleted.
func TestUser_objectsThatCannotBeListedCountAsPresent(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"GetLoginProfile", "ListAccessKeys", "ListServiceCredentials", "ListPasskeys", "GetUserMFAInfo", "ListPoliciesForUser", "ListGroupsForUser"} {
		for _, fault := range []ramtest.Rule{{Fault: "code", Status: 403, Code: "NoPermission"}, {Fault: "garble", Body: `{"RequestId":"X","IsTruncated":true,"MFADevice":7}`}} {
			t.Run(action+" "+fault.Fault, func(t *testing.T) {
				t.Parallel()
				srv := withAlice(t)
				srv.SetBehaviour(func(b *ramtest.Behaviour) { b.UserConflicts = "none" })
				c, o := importedAlice(t, srv, nil)
				fault.Action = action
				srv.Inject(fault)
				_, diags := c.Destroy(userKind, o)
				contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", "possibly", "cannot be listed", action, "Objects that cannot be listed are assumed to exist")
				if text := acctest.Messages(acctest.Errors(diags)); strings.Contains(text, "force_destroy = true") {
					t.Errorf("force_destroy has to list the objects too, and is the advice:\n%s", text)
				}
				expect(t, "writes", writes(srv), []string(nil))
			})
		}
	}
	// An endpoint without service credentials or passkeys does not have any.
	for _, action := range []string{"ListServiceCredentials", "ListPasskeys"} {
		srv := withAlice(t)
		c, o := importedAlice(t, srv, nil)
		srv.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 404, Code: "InvalidAction.NotFound"})
		_, diags := c.Destroy(userKind, o)
		clean(t, diags)
	}
}

// Passkeys are deleted before the user, whether the service refuses to delete a user who has some or not.
func TestUser_passkeysAreDeletedFirst(t *testing.T) {
	t.Parallel()
	for _, conflicts := range []bool{false, true} {
		for _, forced := range []bool{false, true} {
			srv := withAlice(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.PasskeysConflict = conflicts })
			objectsOfUser["passkey"].give(srv)
			c, o := importedAlice(t, srv, attributes{"force_destroy": forced})
			after, diags := c.Destroy(userKind, o)
			expect(t, "deleted", after.State.IsNull(), forced)
			if !forced {
				contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", objectsOfUser["passkey"].text)
				expect(t, "writes", writes(srv), []string(nil))
				continue
			}
			clean(t, diags)
			contains(t, acctest.Messages(diags), objectsOfUser["passkey"].text)
			expect(t, "writes", writes(srv), []string{"DeletePasskey", "DeleteUser"})
		}
	}
}

// An object that was just removed may still be listed.
func TestUser_staleListDoesNotPreventADestroy(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(addProfile)
	c, o := importedAlice(t, srv, nil)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].LoginProfile = nil })
	srv.Inject(ramtest.Rule{Action: "GetLoginProfile", Nth: "1", Fault: "garble", Body: `{"RequestId":"X","LoginProfile":{"Status":"Active","PasswordResetRequired":false,"MFABindRequired":false}}`})
	after, diags := c.Destroy(userKind, o)
	clean(t, diags)
	expect(t, "state", after.State.IsNull(), true)
}

// A conflict with objects that no list contains is explained: policies in a resource group, whether
// ListPoliciesForUser returns them or not, and service credentials.
func TestUser_conflictsWithUnlistedObjects(t *testing.T) {
	t.Parallel()
	for _, listed := range []bool{false, true} {
		for _, forced := range []bool{false, true} {
			srv := withAlice(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ListResourceGroupPolicies = listed })
			srv.Change(func(a *ramtest.Account) {
				a.Users["alice"].GroupPolicies = []ramtest.GroupPolicy{{Policy: "System/ReadOnlyAccess", ResourceGroupID: "rg-1"}}
			})
			c, o := importedAlice(t, srv, attributes{"force_destroy": forced})
			_, diags := c.Destroy(userKind, o)
			text := acctest.Messages(acctest.Errors(diags))
			contains(t, text, "Cannot delete the user")
			if forced || !listed {
				contains(t, text, "DeleteConflict.User.Policy", "aliyun resourcemanager ListPolicyAttachments --PrincipalType IMSUser --PrincipalName alice@"+defaultAccount+".onaliyun.com", "--ResourceGroupId")
			}
			if forced && strings.Contains(text, "force_destroy = true") {
				t.Errorf("the advice is what was done already:\n%s", text)
			}
			expect(t, "alice", account(srv).Users["alice"] != nil, true)
		}
	}
	for _, conflicts := range []bool{false, true} {
		srv := withAlice(t)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.CredentialsConflict = conflicts })
		objectsOfUser["service credential"].give(srv)
		c, o := importedAlice(t, srv, attributes{"force_destroy": true})
		_, diags := c.Destroy(userKind, o)
		clean(t, diags)
		expect(t, "writes", writes(srv), []string{"UpdateServiceCredential", "DeleteServiceCredential", "DeleteUser"})
	}
}

func TestUser_deviceOfADestroyedUser(t *testing.T) {
	t.Parallel()
	for _, deleted := range []bool{false, true} {
		srv := withAlice(t)
		objectsOfUser["virtual MFA device"].give(srv)
		c, o := importedAlice(t, srv, attributes{"force_destroy": true, "delete_virtual_mfa_device": deleted})
		_, diags := c.Destroy(userKind, o)
		clean(t, diags)
		expect(t, "alice", account(srv).Users["alice"] == nil, true)
		expect(t, "the device exists", phone(srv) != nil, !deleted)
		if !deleted {
			contains(t, acctest.Messages(diags), "WARNING: The virtual MFA device "+phoneSerial+" stays in the account", "aliyun ims DeleteVirtualMFADevice --SerialNumber "+phoneSerial)
			expect(t, "owner", phone(srv).UserID, "")
		}
	}
	// A device of another kind is only unbound.
	srv := withAlice(t)
	objectsOfUser["U2F device"].give(srv)
	c, o := importedAlice(t, srv, attributes{"force_destroy": true, "delete_virtual_mfa_device": true})
	_, diags := c.Destroy(userKind, o)
	clean(t, diags)
	expect(t, "writes", writes(srv), []string{"UnbindMFADevice", "DeleteUser"})
	_, diags = c.Create(userKind, attributes{"name": "carol", "delete_virtual_mfa_device": true})
	contains(t, acctest.Messages(acctest.Errors(diags)), "force_destroy")
}

// One response does not prove that a user is deleted.
func TestUser_oneNotFoundDoesNotEndADestroy(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c, o := importedAlice(t, srv, nil)
	srv.Inject(ramtest.Rule{Action: "GetUser", Nth: "1", Fault: "code", Status: 404, Code: "EntityNotExist.User"})
	_, diags := c.Destroy(userKind, o)
	clean(t, diags)
	expect(t, "alice", account(srv).Users["alice"] == nil, true)
}

// A list that does not find the user by name does not prove that the user has nothing: another client may have renamed
// the user, or the response is wrong.
func TestUser_notFoundByNameIsNotWithoutObjects(t *testing.T) {
	t.Parallel()
	lists := []string{"GetLoginProfile", "ListAccessKeys", "ListServiceCredentials", "ListPasskeys", "GetUserMFAInfo", "ListPoliciesForUser", "ListGroupsForUser"}
	for _, conflicts := range userConflicts {
		for _, forced := range []bool{false, true} {
			srv := withAlice(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.UserConflicts = conflicts })
			addKey(srv, "alice", "LTAIalice", 0)
			c, o := importedAlice(t, srv, attributes{"force_destroy": forced})
			for _, action := range lists {
				srv.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 404, Code: "EntityNotExist.User"})
			}
			_, diags := c.Destroy(userKind, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", "EntityNotExist.User")
			expect(t, "writes", writes(srv), []string(nil))
		}
	}
	// The user is renamed between the read of the user and the lists.
	for _, forced := range []bool{false, true} {
		srv := withAlice(t)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.UserConflicts = "none" })
		addKey(srv, "alice", "LTAIalice", 0)
		c, o := importedAlice(t, srv, attributes{"force_destroy": forced})
		srv.ChangeBefore("GetLoginProfile", func(a *ramtest.Account) {
			if alice := a.Users["alice"]; alice != nil {
				delete(a.Users, "alice")
				alice.Name, a.Users["alicia"] = "alicia", alice
			}
		})
		resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, userKind, o)) // the plan reads the lists too
		must(t, err)
		diags := resp.Diagnostics
		if forced {
			clean(t, diags)
			expect(t, "writes", writes(srv), []string{"UpdateAccessKey", "DeleteAccessKey", "DeleteUser"})
		} else {
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", "the AccessKey pair LTAIalice (Active)", "--UserName alicia")
			expect(t, "writes", writes(srv), []string(nil))
		}
	}
}

// Another client may delete the user while its objects are listed.
func TestUser_deletedByOthersDuringTheDestroy(t *testing.T) {
	t.Parallel()
	for _, forced := range []bool{false, true} {
		srv := withAlice(t)
		c, o := importedAlice(t, srv, attributes{"force_destroy": forced})
		srv.ChangeBefore("GetLoginProfile", func(a *ramtest.Account) { delete(a.Users, "alice") })
		resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, userKind, o))
		must(t, err)
		clean(t, resp.Diagnostics)
		expect(t, "writes", writes(srv), []string{"DeleteUser"})
	}
}

// One empty list may be stale: a user is deleted only after two that are empty, and with force_destroy, an object that
// only the second one has is removed as well.
func TestUser_oneEmptyListDoesNotProveThatNothingExists(t *testing.T) {
	t.Parallel()
	for action, empty := range map[string]string{
		"ListAccessKeys":         `{"RequestId":"X","AccessKeys":{"AccessKey":[]}}`,
		"ListServiceCredentials": `{"RequestId":"X","IsTruncated":false,"ServiceCredentials":[]}`,
		"GetLoginProfile":        "",
	} {
		for _, nth := range []string{"1", "2"} {
			for _, forced := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s forced %v", action, nth, forced), func(t *testing.T) {
					t.Parallel()
					srv := withAlice(t)
					srv.SetBehaviour(func(b *ramtest.Behaviour) { b.UserConflicts = "none" })
					object := map[string]string{"ListAccessKeys": "AccessKey", "ListServiceCredentials": "service credential", "GetLoginProfile": "login profile"}[action]
					objectsOfUser[object].give(srv)
					c, o := importedAlice(t, srv, attributes{"force_destroy": forced})
					fault := ramtest.Rule{Action: action, Nth: nth, Fault: "garble", Body: empty}
					if empty == "" {
						fault = ramtest.Rule{Action: action, Nth: nth, Fault: "code", Status: 404, Code: "EntityNotExist.User.LoginProfile"}
					}
					srv.Inject(fault)
					resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, userKind, o))
					must(t, err)
					text := acctest.Messages(resp.Diagnostics)
					contains(t, text, objectsOfUser[object].text)
					if forced {
						clean(t, resp.Diagnostics)
						contains(t, text, `WARNING: Objects of the user "alice" were removed`)
						return
					}
					contains(t, text, "ERROR: Cannot delete the user")
					expect(t, "writes", writes(srv), []string(nil))
				})
			}
		}
	}
}

// force_destroy removes nothing if it cannot list everything.
func TestUser_forceDestroyListsBeforeItRemoves(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"GetLoginProfile", "ListAccessKeys", "ListServiceCredentials", "ListPasskeys", "GetUserMFAInfo", "ListPoliciesForUser", "ListGroupsForUser"} {
		srv := laden(t)
		c, o := importedAlice(t, srv, attributes{"force_destroy": true})
		srv.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 403, Code: "NoPermission"})
		_, diags := c.Destroy(userKind, o)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", "Nothing was removed", "which cannot be listed", "NoPermission")
		expect(t, "writes after a refused "+action, writes(srv), []string(nil))
	}
}

// A conflict with a kind of object that no list contains is reported after seconds. An object of the kind that was just
// removed may be seen for longer.
func TestUser_lastingConflictIsReportedSoon(t *testing.T) {
	t.Parallel()
	for _, removed := range []bool{false, true} {
		for _, forced := range []bool{false, true} {
			srv := withAlice(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.ListResourceGroupPolicies, b.UserConflicts = false, "" })
			clock := &acctest.Clock{}
			c := newCore(t, srv.Getenv, WithClock(clock.Now, clock.Pause))
			o, diags := c.Import(userKind, "alice")
			clean(t, diags)
			o, diags = c.Apply(userKind, attributes{"name": "alice", "force_destroy": forced}, o)
			clean(t, diags)
			srv.Change(func(a *ramtest.Account) {
				a.Users["alice"].GroupPolicies = []ramtest.GroupPolicy{{Policy: "System/ReadOnlyAccess", ResourceGroupID: "rg-1"}}
				if removed && forced {
					a.Users["alice"].Policies = []string{"System/AdministratorAccess"}
				}
			})
			before := clock.Paused()
			_, diags = c.Destroy(userKind, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot delete the user", "DeleteConflict.User.Policy", "--ResourceGroupId")
			expect(t, fmt.Sprintf("waited for less than half a minute (removed %v, forced %v)", removed, forced), clock.Paused()-before < 30*time.Second, !removed || !forced)
		}
	}
}
