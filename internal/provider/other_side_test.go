// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// limits are what a type cannot do on one side of an assumption, with what the error says.
// An empty list that is left out is refused where what is not listed counts as deleted, and a
// taken alias cannot be distinguished from one that has to be cleared first.
var limits = map[string][]string{
	userKind:                         {"the response lacks AccessKeys", "the response lacks ServiceCredentials"},
	"ram_service_credential":         {"the response lacks ServiceCredentials"},
	"ram_virtual_mfa_device":         {"the response lacks VirtualMFADevices"},
	"ram_mfa_binding":                {"the response lacks VirtualMFADevices"},
	"ram_access_key":                 {"the response lacks AccessKeys"},
	"ram_access_key_rotation":        {"the response lacks AccessKeys"},
	"ram_user_credentials_exclusive": {"the response lacks AccessKeys", "the response lacks Passkeys", "the response lacks ServiceCredentials"},
	"ram_group":                      {"the response lacks Users", "the response lacks Policies"},
	"ram_group_membership":           {"the response lacks Users"},
	"ram_policy_attachment":          {"the response lacks Policies"},
	groupMembersKind:                 {"the response lacks Users"},
	policySetKind:                    {"the response lacks Policies"},
	"ram_account_alias":              {"the service requires that \"acme\" is cleared first"},
}

// limited reports whether the errors are those of a limit of the type.
func limited(kind string, diags []*tfprotov6.Diagnostic) bool {
	text := acctest.Messages(acctest.Errors(diags))
	return slices.ContainsFunc(limits[kind], func(limit string) bool { return strings.Contains(text, limit) })
}

// withinLimits turns back what makes a limit, to let each type live with everything else.
func withinLimits(b *ramtest.Behaviour) { b.OmitEmptyLists, b.AliasMustBeCleared = false, false }

// lifeOn runs the life of one object of a type against a service that behaves as the options
// say: each step is free of errors, a refresh after it changes nothing, and no secret of
// the configuration is in what the provider returns.
func lifeOn(t *testing.T, s acctest.Subject, options ...ramtest.Option) {
	t.Helper()
	a := acctest.PopulatedAccount(time.Now())
	if s.Arrange != nil {
		s.Arrange(a)
	}
	srv := ramtest.New(t, append([]ramtest.Option{ramtest.WithAccounts(a)}, options...)...)
	var sides ramtest.Behaviour
	srv.SetBehaviour(func(b *ramtest.Behaviour) { sides = *b })
	limited := func(kind string, diags []*tfprotov6.Diagnostic) bool {
		return (sides.OmitEmptyLists || sides.AliasMustBeCleared) && limited(kind, diags)
	}
	core := func() *acctest.Driver { return newCore(t, srv.Getenv, inStep(srv, time.Until(srv.Now()))) }
	safe := func(text string, o acctest.Object) {
		t.Helper()
		for _, secret := range s.Secrets {
			for where, content := range map[string]string{"a message": text, "the state": o.State.String(), "the private state": string(o.Private)} {
				if found := acctest.FindSecret([]byte(content), secret); len(found) > 0 {
					t.Errorf("a secret is in %s %v", where, found)
				}
			}
		}
	}
	o := core().Null(s.Kind)
	for _, config := range []attributes{s.Config, s.Next} {
		if s.Kind == userKind { // which the site may not store
			config = config.With("email", nil)
		}
		after, diags := core().Apply(s.Kind, config, o)
		if limited(s.Kind, diags) {
			return
		}
		clean(t, diags)
		safe(acctest.Messages(diags), after)
		if after.State.IsNull() {
			return // the errors are reported
		}
		steady(t, core(), s.Kind, config, after)
		o = after
		srv.Advance(s.TimeBeforeUpdate)
		if s.TimeBeforeUpdate > 0 {
			o, diags = core().Read(s.Kind, o)
			clean(t, diags)
		}
	}
	imported, diags := core().Import(s.Kind, s.ImportID(o))
	clean(t, diags)
	expect(t, "identity after an import", core().FormatIdentity(s.Kind, imported), core().FormatIdentity(s.Kind, o))
	srv.Change(s.Others)
	_, diags = core().Destroy(s.Kind, o)
	if limited(s.Kind, diags) {
		return
	}
	clean(t, diags)
	safe(acctest.Messages(diags), o)
	expect(t, "violations", srv.Violations(), []string{})
}

// All assumptions about the service are wrong at the same time.
func TestOtherSide_lifecycleOfEveryType(t *testing.T) {
	t.Parallel()
	for _, s := range acctest.Subjects() {
		t.Run(s.Kind, func(t *testing.T) {
			t.Parallel()
			for name, options := range map[string][]ramtest.Option{
				"with limits":   {ramtest.OtherSide()},
				"within limits": {ramtest.OtherSide(), ramtest.WithBehaviour(withinLimits)},
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					lifeOn(t, s, options...)
				})
			}
		})
	}
}

// A random half of the assumptions is wrong.
func TestOtherSide_lifecycleOfEveryTypeOnRandomSides(t *testing.T) {
	t.Parallel()
	seeds := 50
	if testing.Short() {
		seeds = 5
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			for _, s := range acctest.Subjects() {
				t.Run(s.Kind, func(t *testing.T) { lifeOn(t, s, ramtest.RandomSides(seed)) })
			}
		})
	}
}

// eachSide runs a test on both sides of a switch.
func eachSide(t *testing.T, turn func(*ramtest.Behaviour), story func(t *testing.T, other bool, option ramtest.Option)) {
	t.Helper()
	for _, other := range []bool{false, true} {
		t.Run(fmt.Sprint("other side ", other), func(t *testing.T) {
			t.Parallel()
			story(t, other, ramtest.WithBehaviour(func(b *ramtest.Behaviour) {
				if other {
					turn(b)
				}
			}))
		})
	}
}

// The field that only a Japanese site has is unchanged.
func TestOtherSide_publicKeys(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.HidePublicKeys = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		srv.Change(func(a *ramtest.Account) { a.Preference.AllowUserToManagePublicKeys = true })
		c := newCore(t, srv.Getenv, fakeClock())
		config := attributes{"login_session_duration": 8}
		o, diags := c.Create(preference, config)
		clean(t, diags)
		steady(t, c, preference, config, o)
		_, diags = c.Destroy(preference, o)
		clean(t, diags)
		expect(t, "public keys", account(srv).Preference.AllowUserToManagePublicKeys, true)
	})
}

// Masks are in the state as configured, in whichever form the service returns them.
func TestOtherSide_masks(t *testing.T) {
	t.Parallel()
	for name, turn := range map[string]func(*ramtest.Behaviour){
		"normalized":        func(b *ramtest.Behaviour) { b.NormalizeMasks = true },
		"IPv6 refused":      func(b *ramtest.Behaviour) { b.RefuseIPv6Masks = true },
		"many":              func(b *ramtest.Behaviour) { b.LongMasks = true },
		"other separators":  func(b *ramtest.Behaviour) { b.AcceptMaskSeparators = true },
		"types in one text": func(b *ramtest.Behaviour) { b.VerificationTypesAsText = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachSide(t, turn, func(t *testing.T, other bool, option ramtest.Option) {
				srv := ramtest.New(t, option)
				srv.Change(func(a *ramtest.Account) { a.Preference.VerificationTypes = []string{"sms", "email"} })
				c := newCore(t, srv.Getenv, fakeClock())
				config := attributes{"login_network_masks": []string{"203.0.113.9/32", "10.0.0.0/8"}, "allow_lock_out": true}
				o, diags := c.Create(preference, config)
				clean(t, diags)
				steady(t, c, preference, config, o)
				expect(t, "types", slices.Sorted(slices.Values(account(srv).Preference.VerificationTypes)), []string{"email", "sms"})

				_, diags = c.Apply(preference, attributes{"login_network_masks": []string{"2001:db8::/32"}, "allow_lock_out": true}, o)
				if refused := name == "IPv6 refused" && other; refused != (len(acctest.Errors(diags)) > 0) {
					t.Errorf("an IPv6 mask: %s", acctest.Messages(diags))
				}
				many := []string{}
				for n := range 60 {
					many = append(many, fmt.Sprintf("10.0.%d.0/24", n))
				}
				o, diags = c.Read(preference, o)
				clean(t, diags)
				_, diags = c.Apply(preference, attributes{"login_network_masks": many, "allow_lock_out": true}, o)
				contains(t, acctest.Messages(diags), "More networks than documented", "60 entries")
				if name == "many" && other {
					clean(t, diags)
					expect(t, "masks", strings.Count(account(srv).Preference.LoginNetworkMasks, "/"), 60)
				} else { // refused by the service, and nothing is lost
					contains(t, acctest.Messages(acctest.Errors(diags)), "The account was not changed")
					expect(t, "masks", strings.Contains(account(srv).Preference.LoginNetworkMasks, "10.0.59.0/24"), false)
				}
				if name == "other separators" && other { // another client used them
					srv.Change(func(a *ramtest.Account) { a.Preference.LoginNetworkMasks = "10.0.0.0/8, 203.0.113.9" })
					imported, diags := newCore(t, srv.Getenv, fakeClock()).Import(preference, defaultAccount)
					clean(t, diags)
					after, diags := newCore(t, srv.Getenv, fakeClock()).Read(preference, imported)
					clean(t, diags)
					expect(t, "a refresh changes nothing", after.State.Equal(imported.State), true)
				}
			})
		})
	}
}

func TestOtherSide_longAliases(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.ShortAliasesOnly = true }, func(t *testing.T, other bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(alias, attributes{"account_alias": strings.Repeat("a", 40)})
		if other {
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the account alias", "InvalidParameter.AccountAlias")
			expect(t, "state", o.State.IsNull(), true)
			return
		}
		clean(t, diags)
	})
}

// A list that a response leaves out is empty if the response says that the list ends. Lists of AccessKeys and of attached
// policies do not say that, and a live key must not count as deleted: without them, the user is not deleted.
func TestOtherSide_emptyListsAreLeftOut(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.OmitEmptyLists = true }, func(t *testing.T, other bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		srv.Change(func(a *ramtest.Account) {
			a.Users["alice"] = &ramtest.User{ID: aliceID, Name: "alice", DisplayName: "alice", Status: "active"}
		})
		c := newCore(t, srv.Getenv, fakeClock())
		for _, kind := range []string{"ram_passkeys", "ram_virtual_mfa_devices", "ram_access_keys_in_recycle_bin"} {
			_, diags := c.ReadData(kind, attributes{})
			clean(t, diags)
		}
		group, diags := c.Create("ram_group", attributes{"name": "ops"})
		clean(t, diags)
		steady(t, c, "ram_group", attributes{"name": "ops"}, group)
		_, diags = c.Destroy("ram_group", group)
		clean(t, diags)
		srv.ForgetCalls()
		v, diags := c.ReadData("ram_user_mfa", attributes{"user_name": "alice"})
		clean(t, diags)
		expect(t, "a device", in(t, v, "enabled"), false)
		o, diags := c.Import(userKind, "alice")
		clean(t, diags)
		after, diags := c.Destroy(userKind, o)
		if other { // that there is no key is not certain, and the error says which list is missing
			contains(t, acctest.Messages(acctest.Errors(diags)), "possibly AccessKey pairs, which cannot be listed", "the response lacks AccessKeys", "possibly policies, which cannot be listed", "the response lacks Policies")
			if text := acctest.Messages(diags); strings.Contains(text, "possibly groups") || strings.Contains(text, "possibly passkeys") || strings.Contains(text, "possibly service") {
				t.Error(text)
			}
			expect(t, "writes", writes(srv), []string(nil))
			return
		}
		clean(t, diags)
		expect(t, "state", after.State.IsNull(), true)
	})
}

// A list whose pages do not say whether they are the last ones continues while they have a marker.
func TestOtherSide_listsThatDoNotSayThatTheyEnd(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.OmitIsTruncated = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := ramtest.New(t, option, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 1 }))
		srv.Populate(5)
		srv.Change(func(a *ramtest.Account) {
			for _, name := range []string{"ops", "dev", "sec"} {
				a.Groups[name] = &ramtest.Group{ID: "g-" + name, Name: name}
				a.Users["admin"].Groups = append(a.Users["admin"].Groups, name)
			}
		})
		c := newCore(t, srv.Getenv, fakeClock())
		users, diags := c.ReadData("ram_users", attributes{})
		clean(t, diags)
		for name := range account(srv).Users {
			contains(t, fmt.Sprint(users), name)
		}
		groups, diags := c.ReadData("ram_groups", attributes{})
		clean(t, diags)
		contains(t, fmt.Sprint(groups), "ops", "dev", "sec")
		_, diags = c.ReadData("ram_virtual_mfa_devices", attributes{})
		clean(t, diags)
		o, diags := c.Create(userKind, attributes{"name": "carol"})
		clean(t, diags)
		_, diags = c.Destroy(userKind, o)
		clean(t, diags)
		expect(t, "carol", account(srv).Users["carol"] == nil, true)
	})
}

// A tag that another client removes immediately before the provider does is removed.
func TestOtherSide_tagsThatAreRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.RefuseAbsentTags = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		for _, left := range []map[string]string{{"a": "1"}, {}} {
			srv := ramtest.New(t, option)
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(userKind, attributes{"name": "carol", "tags": map[string]string{"a": "1", "b": "2"}})
			clean(t, diags)
			srv.ChangeBefore("UntagResources", func(a *ramtest.Account) { a.Users["carol"].Tags = left })
			config := attributes{"name": "carol", "tags": map[string]string{"c": "3"}}
			o, diags = c.Apply(userKind, config, o)
			clean(t, diags)
			expect(t, "tags", account(srv).Users["carol"].Tags, map[string]string{"c": "3"})
			steady(t, c, userKind, config, o)
		}
	})
}

// A key that another client disables immediately before the provider does is disabled, and one whose response was lost.
func TestOtherSide_keysThatAreDisabledMeanwhile(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.RefuseSameKeyStatus = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		disable := func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Inactive" }
		srv := withOneOfEach(t, option)
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys = nil })
		addKey(srv, "alice", aliceKey, day)
		srv.ChangeBefore("UpdateAccessKey", disable)
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).Invoke(deactivate, attributes{"user_name": "alice"})
		clean(t, diags)
		expect(t, "key", statuses(srv, "alice"), aliceKey+" Inactive")

		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Active" })
		srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Nth: "1", Phase: "after_commit", Fault: "reset"})
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Invoke(deactivate, attributes{"user_name": "alice"})
		clean(t, diags)
		expect(t, "key", statuses(srv, "alice"), aliceKey+" Inactive")

		// A refusal of a status that the key does not have is an error.
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Status = "Active" })
		srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Fault: "code", Status: 400, Code: "InvalidParameter.Status"})
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Invoke(deactivate, attributes{"user_name": "alice"})
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot disable the AccessKey pair "+aliceKey, "InvalidParameter.Status")
	})
}

// A credential whose status is written in another case is disabled like any other.
func TestOtherSide_statusesInLowerCase(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.LowerCaseStatuses = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := withOneOfEach(t, option)
		now := srv.Now()
		srv.Change(func(a *ramtest.Account) {
			alice := a.Users["alice"]
			alice.Keys, alice.LoginProfile = nil, &ramtest.LoginProfile{Password: "a-Password-0", Status: "Active", CreateDate: now, UpdateDate: now}
			alice.Credentials = []*ramtest.ServiceCredential{{ID: "SC1", Name: "ci", ServiceName: "dashscope.aliyuncs.com", Status: "Active", CreateTime: now}}
		})
		addKey(srv, "alice", aliceKey, day)
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).Invoke("ram_lock_user", attributes{"user_name": "alice"})
		clean(t, diags)
		alice := account(srv).Users["alice"]
		expect(t, "statuses", []string{alice.Keys[0].Status, alice.Credentials[0].Status, alice.LoginProfile.Status}, []string{"Inactive", "Inactive", "Inactive"})

		// A status that no source has may be one with which the credential can be used.
		srv.Change(func(a *ramtest.Account) {
			a.Users["alice"].Keys[0].Status, a.Users["alice"].Credentials[0].Status = "Other", "Other"
		})
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Invoke("ram_lock_user", attributes{"user_name": "alice"})
		clean(t, diags)
		alice = account(srv).Users["alice"]
		expect(t, "statuses", []string{alice.Keys[0].Status, alice.Credentials[0].Status}, []string{"Inactive", "Inactive"})

		srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys = nil })
		c := newCore(t, srv.Getenv, clockOf(srv))
		config := attributes{"user_name": "alice", "status": "Active"}
		o, diags := c.Create("ram_access_key", config)
		expect(t, "what was said", acctest.Messages(diags), "")
		steady(t, c, "ram_access_key", config, o)
	})
}

// A device that another client unbinds immediately before the provider does is unbound.
func TestOtherSide_devicesThatAreUnboundMeanwhile(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.AcceptUnbindingNothing = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		unbind := func(a *ramtest.Account) {
			a.Users["alice"].MFASerial = ""
			for _, device := range a.MFADevices {
				device.UserID, device.ActivateDate = "", time.Time{}
			}
		}
		bound := func(a *ramtest.Account) {
			a.Users["alice"] = &ramtest.User{ID: aliceUserID, Name: "alice", DisplayName: "alice", Status: "active", MFASerial: phoneSerial}
			a.MFADevices[phoneSerial] = &ramtest.MFADevice{Name: "phone", Serial: phoneSerial, UserID: aliceUserID}
		}
		srv := ramtest.New(t, option)
		srv.Change(bound)
		srv.ChangeBefore("UnbindMFADevice", unbind)
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).Invoke(unbindAction, attributes{"user_name": "alice", "allow_lock_out": true})
		clean(t, diags)
		expect(t, "the provider tried to unbind it", len(srv.Calls("UnbindMFADevice")), 1)
		for operation, deleteDevice := range map[string]bool{"UnbindMFADevice": false, "DisableVirtualMFA": true} {
			srv := ramtest.New(t, option)
			srv.Change(bound)
			c := newCore(t, srv.Getenv, clockOf(srv))
			config := attributes{"name": "alice", "force_destroy": true, "delete_virtual_mfa_device": deleteDevice}
			o, diags := c.Import(userKind, "alice")
			clean(t, diags)
			o, diags = c.Apply(userKind, config, o)
			clean(t, diags)
			srv.ChangeBefore(operation, unbind)
			_, diags = c.Destroy(userKind, o)
			clean(t, diags)
			expect(t, "calls of "+operation, len(srv.Calls(operation)), 1)
			expect(t, "alice", account(srv).Users["alice"] == nil, true)
		}
	})
}

// An operation that a site lacks has nothing to list, whichever code says so.
func TestOtherSide_operationsThatASiteLacks(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.OlderUnknownActions = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := ramtest.New(t, option, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.MissingOperations = "ListServiceCredentials,ListPasskeys" }))
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(userKind, attributes{"name": "carol"})
		clean(t, diags)
		_, diags = c.ReadData("ram_user_access", attributes{"user_name": "carol"})
		clean(t, diags)
		_, diags = c.Destroy(userKind, o)
		clean(t, diags)
		expect(t, "carol", account(srv).Users["carol"] == nil, true)
		expect(t, "lists", len(srv.Calls("ListServiceCredentials", "ListPasskeys")) > 1, true)
	})
}

// Both forms of the code mean that an object of a user is missing, and only its own code that the user is.
func TestOtherSide_shortCodesOfMissingObjects(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.ShortEntityCodes, b.VerificationNotFound = true, true }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := withOneOfEach(t, option)
		for kind, remove := range map[string]func(*ramtest.Account){
			profileKind: func(a *ramtest.Account) { a.Users["alice"].LoginProfile = nil },
			verificationKind: func(a *ramtest.Account) {
				a.Users["alice"].SecurityEmail, a.Users["alice"].SecurityPhone = ramtest.Verification{}, ramtest.Verification{}
			},
		} {
			o, diags := newCore(t, srv.Getenv, clockOf(srv)).Import(kind, "alice")
			clean(t, diags)
			srv.Change(remove)
			after, diags := newCore(t, srv.Getenv, clockOf(srv)).Read(kind, o)
			clean(t, diags)
			expect(t, kind+" left the state", after.State.IsNull(), kind == profileKind)
			_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(kind, o)
			clean(t, diags)
		}
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).ReadData("ram_user_mfa", attributes{"user_name": "admin"})
		clean(t, diags)
	})
}

// Another client deletes the object of a user immediately before the provider does. Whatever kind the not-found code
// names, the object is deleted.
func TestOtherSide_codesThatAreNotPublished(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.UnpublishedCodes = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		for kind, story := range map[string]struct{ id, operation string }{
			profileKind:              {"alice", "DeleteLoginProfile"},
			verificationKind:         {"alice", "UnbindVerification"},
			"ram_service_credential": {"alice:" + acctest.AliceCredential, "UpdateServiceCredential"},
		} {
			srv := withOneOfEach(t, option)
			o, diags := newCore(t, srv.Getenv, clockOf(srv)).Import(kind, story.id)
			clean(t, diags)
			srv.ChangeBefore(story.operation, func(a *ramtest.Account) {
				alice := a.Users["alice"]
				alice.LoginProfile, alice.Credentials = nil, nil
				alice.SecurityEmail, alice.SecurityPhone = ramtest.Verification{}, ramtest.Verification{}
			})
			_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(kind, o)
			clean(t, diags)
			expect(t, kind+": the provider tried to delete it", len(srv.Calls(story.operation)) > 0, true)
		}
		srv := withOneOfEach(t, option)
		srv.Change(func(a *ramtest.Account) {
			a.Users["alice"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop"}}
		})
		srv.ChangeBefore("DeletePasskey", func(a *ramtest.Account) { a.Users["alice"].Passkeys = nil })
		_, diags := newCore(t, srv.Getenv, clockOf(srv)).Invoke(passkeyGone, attributes{"user_name": "alice", "allow_lock_out": true})
		clean(t, diags)

		// What is not in the recycle bin is searched for outside of it.
		addKey(srv, "alice", aliceKey, day)
		core := newCore(t, srv.Getenv, clockOf(srv))
		for action, story := range map[string]struct {
			config attributes
			said   string
		}{
			restoreBin: {attributes{"access_key_id": aliceKey}, ""},
			purgeBin:   {attributes{"access_key_id": "LTAInone"}, "WARNING"},
			userBack:   {attributes{"user_id": aliceID}, ""},
			userGone:   {attributes{"user_id": "42"}, "WARNING: The user with the id 42 does not exist"},
		} {
			_, diags := core.Invoke(action, story.config)
			clean(t, diags)
			contains(t, acctest.Messages(diags), story.said)
		}
	})
}

// The code distinguishes a wrong secret from an unknown key.
func TestOtherSide_statusesOfWrongCredentials(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.SwapStatuses = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		key := srv.Credential(defaultAccount)
		for code, v := range map[string]variables{
			"SignatureDoesNotMatch":       {"ALIBABA_CLOUD_ACCESS_KEY_ID": key.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong"},
			"InvalidAccessKeyId.NotFound": {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAIunknown", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.AccessKeySecret},
		} {
			_, diags := newCore(t, endpointsOf(srv.URL()).and(v).get, fakeClock()).Create(preference, attributes{"login_session_duration": 8})
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot plan the security preference", code)
		}
		expect(t, "writes", writes(srv), []string(nil))
	})
}

// An inactive profile exists: it is not created again, and the user is not deleted with it.
func TestOtherSide_inactiveProfiles(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.HideInactiveProfiles, b.UserConflicts = true, "none" }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := withOneOfEach(t, option)
		srv.Change(func(a *ramtest.Account) { a.Users["alice"].LoginProfile.Status = "Inactive" })
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Import(profileKind, "alice")
		clean(t, diags)
		steady(t, c, profileKind, attributes{"user_name": "alice"}, o)
		user, diags := c.Import(userKind, "alice")
		clean(t, diags)
		_, diags = c.Destroy(userKind, user)
		contains(t, acctest.Messages(acctest.Errors(diags)), "a login profile")
	})
}

// Whether a password counts as initial changes nothing in the state.
func TestOtherSide_passwordsThatAreInitial(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.ResetPasswordsInitial = true }, func(t *testing.T, other bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		srv.Change(func(a *ramtest.Account) {
			a.Users["alice"] = &ramtest.User{ID: aliceID, Name: "alice", DisplayName: "alice", Status: "active"}
			addProfile(a)
		})
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Import(profileKind, "alice")
		clean(t, diags)
		o, diags = c.Apply(profileKind, logon(nil), o)
		clean(t, diags)
		config := logon(attributes{"password_wo": password2, "password_wo_version": 2})
		o, diags = c.Apply(profileKind, config, o)
		clean(t, diags)
		steady(t, c, profileKind, config, o)
		v, diags := newCore(t, srv.Getenv, clockOf(srv)).ReadData(profileKind, attributes{"user_name": "alice"})
		clean(t, diags)
		expect(t, "password status", in(t, v, "password_status") == "NotInitial", !other)
	})
}

// A device that is unbound because a login profile was deleted is drift, and is bound again.
func TestOtherSide_devicesOfDeletedProfiles(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.DeleteProfileUnbindsMFA = true }, func(t *testing.T, other bool, option ramtest.Option) {
		srv := staffed(t, option)
		srv.Change(addProfile)
		config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
		device, diags := newCore(t, srv.Getenv, inStep(srv, 0)).Create(deviceKind, config)
		clean(t, diags)
		c := newCore(t, srv.Getenv, inStep(srv, 0))
		profile, diags := c.Import(profileKind, "alice")
		clean(t, diags)
		_, diags = c.Destroy(profileKind, profile)
		clean(t, diags)
		c = newCore(t, srv.Getenv, inStep(srv, 0))
		device, diags = c.Read(deviceKind, device)
		clean(t, diags)
		expect(t, "bound", stateOf(t, device, "bind_to_user") == "alice", !other)
		device, diags = c.Apply(deviceKind, config, device)
		clean(t, diags)
		expect(t, "owner", phone(srv).UserID, aliceUserID)
		fixed(t, c, deviceKind, config, device)
		_, diags = newCore(t, srv.Getenv, inStep(srv, 0)).Destroy(deviceKind, device)
		clean(t, diags)
	})
}

// A restored user is imported with the logon that it has.
func TestOtherSide_logonOfARestoredUser(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.RestoreLogonActive, b.UserConflicts = true, "none" }, func(t *testing.T, other bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		now := srv.Now()
		srv.Change(func(a *ramtest.Account) {
			alice := ramtest.User{ID: aliceID, Name: "alice", DisplayName: "alice", Status: "active", LoginProfile: &ramtest.LoginProfile{Password: "hers", Status: "Active", CreateDate: now}}
			a.RecycledUsers = append(a.RecycledUsers, &ramtest.RecycledUser{User: alice, RecycleDate: now, DeleteDate: now.Add(30 * day)})
		})
		c := newCore(t, srv.Getenv, clockOf(srv))
		srv.Inject(ramtest.Rule{Action: "GetUserMFAInfo", Nth: "1", Inject: "Ims/RestoreUserFromRecycleBin", InjectParams: map[string]string{"UserId": aliceID}})
		_, diags := c.ReadData("ram_user_mfa", attributes{"user_name": "alice"}) // another client restores the user
		_ = diags
		must(t, srv.SetSchedule(ramtest.Schedule{}))
		c = newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Import(profileKind, "alice")
		clean(t, diags)
		want := inactive
		if other {
			want = active
		}
		expect(t, "status", stateOf(t, o, "status"), want)
		steady(t, c, profileKind, attributes{"user_name": "alice"}, o)
	})
}

// The network policy of a restored key is the one that the service returns.
func TestOtherSide_policyOfARestoredKey(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.RestoreKeysWithoutPolicy = true }, func(t *testing.T, other bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		srv.Change(func(a *ramtest.Account) {
			a.Users["alice"] = &ramtest.User{ID: aliceID, Name: "alice", DisplayName: "alice", Status: "active"}
		})
		addKey(srv, "alice", aliceKey, day)
		config := ofAlice(attributes{"status": "Active", "classic_allow_list": []string{"203.0.113.0/24"}})
		c := newCore(t, srv.Getenv, clockOf(srv))
		o, diags := c.Create(ownPolicy, config)
		clean(t, diags)
		srv.Inject(ramtest.Rule{Action: "GetCallerIdentity", Nth: "1", Inject: "Ims/DeleteAccessKey", InjectParams: map[string]string{"UserPrincipalName": "alice@" + defaultAccount + ".onaliyun.com", "UserAccessKeyId": aliceKey}})
		_, diags = newCore(t, srv.Getenv, clockOf(srv)).Invoke(restoreBin, attributes{"access_key_id": aliceKey})
		clean(t, diags)
		must(t, srv.SetSchedule(ramtest.Schedule{}))
		c = newCore(t, srv.Getenv, clockOf(srv))
		o, diags = c.Read(ownPolicy, o)
		clean(t, diags)
		expect(t, "status", stateOf(t, o, "status") == "Active", !other)
		o, diags = c.Apply(ownPolicy, config, o)
		clean(t, diags)
		steady(t, c, ownPolicy, config, o)
	})
}

// An account policy that excludes the caller is refused on both sides, because it is not certain that an inactive
// policy of the provider's key would help.
func TestOtherSide_inactivePoliciesOfKeys(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.InactiveKeyPolicyOverrides, b.CallerAddress = true, "203.0.113.7" }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		srv.Change(func(a *ramtest.Account) {
			for _, user := range a.Users {
				for _, key := range user.Keys {
					key.Policy = noPolicy
				}
			}
		})
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Create("ram_account_access_key_policy", attributes{"status": "Active", "classic_allow_list": []string{"192.0.2.0/24"}})
		contains(t, acctest.Messages(acctest.Errors(diags)), "allow_lock_out")
		expect(t, "writes", writes(srv), []string(nil))
	})
}
