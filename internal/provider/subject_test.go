// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A subject is what a furnished account has of a registered type.
type subject struct {
	id       string     // to import it by
	identity attributes // the whole of it
	config   attributes // fits what the account has
	// unlisted says why it is in no list.
	unlisted string
	// unread says what of the configuration is in no account, so that the first apply after an
	// import writes it down, and a configuration that is made from the state alone lacks it.
	unread string
}

// subjects are one of each type. Whoever registers another type adds it here.
func subjects() map[string]subject {
	ofAccount := attributes{"account_id": defaultAccount}
	ofUser := attributes{"account_id": defaultAccount, "user_name": "alice"}
	ofKey := attributes{"account_id": defaultAccount, "user_name": "alice", "access_key_id": aliceKey}
	user := attributes{"user_name": "alice"}
	return map[string]subject{
		preference: {id: defaultAccount, identity: ofAccount, config: attributes{"login_session_duration": 24}},
		policy:     {id: defaultAccount, identity: ofAccount, config: attributes{"minimum_password_length": 10}},
		alias:      {id: defaultAccount, identity: ofAccount, config: attributes{"account_alias": "acme"}},
		keyPolicy:  {id: defaultAccount, identity: ofAccount, config: attributes{"status": "Inactive"}},
		userSso:    {id: defaultAccount, identity: ofAccount, config: attributes{"auxiliary_domain": "old.example.com"}},
		userKind: {
			id: "alice", identity: attributes{"account_id": defaultAccount, "name": "alice"},
			config: attributes{"name": "alice", "email": "alice@example.com", "tags": map[string]string{"team": "ops"}},
		},
		profileKind:      {id: "alice", identity: ofUser, config: attributes{"user_name": "alice", "status": "Active"}},
		accessKey:        {id: aliceKey, identity: ofKey, config: user},
		ownPolicy:        {id: "alice:" + aliceKey, identity: ofKey, config: attributes{"user_name": "alice", "access_key_id": aliceKey, "status": "Inactive"}},
		verificationKind: {id: "alice", identity: ofUser, config: attributes{"user_name": "alice", "security_email": "alice@example.com", "security_phone": "86-13900001234"}},
		deviceKind: {
			id: phoneSerial, identity: attributes{"account_id": defaultAccount, "serial_number": phoneSerial},
			config: attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"},
		},
		bindingKind:  {id: "alice", identity: ofUser, config: attributes{"user_name": "alice", "serial_number": phoneSerial}},
		rotationKind: {id: "alice", identity: ofUser, config: user, unlisted: "there is none in the account: it is a way to treat the keys that there are"},
		exclusiveKind: {
			id: "alice", identity: ofUser, config: attributes{"user_name": "alice", "allowed_access_key_ids": []string{aliceKey}},
			unlisted: "there is none in the account: it is a wish about the keys that there are",
			unread:   "which keys are allowed is nowhere but in the configuration",
		},
	}
}

// furnished is an account that has one of everything.
func furnished(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := ramtest.New(t, options...)
	srv.Change(furnish)
	giveKey(srv, "alice", aliceKey, day)
	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Keys[0].Policy = oldKeyPolicy })
	return srv
}

func furnish(a *ramtest.Account) {
	made := a.Users["admin"].CreateDate
	a.Alias, a.AccessKeyPolicy = "acme", oldKeyPolicy
	a.Preference.LoginNetworkMasks, a.Preference.LoginSessionDuration, a.Preference.VerificationTypes = "203.0.113.0/24;198.51.100.7", 24, []string{"sms"}
	a.Policy.MinimumPasswordLength, a.Policy.RequireNumbers, a.Policy.PasswordReusePrevention = 10, true, 3
	a.UserSso.AuxiliaryDomain, a.UserSso.MetadataDocument = "old.example.com", idpMetadata
	a.Users["alice"] = &ramtest.User{
		ID: aliceUserID, Name: "alice", DisplayName: "Alice", Email: "alice@example.com", Status: "active", ProvisionType: "Manual", CreateDate: made, UpdateDate: made,
		Tags: map[string]string{"team": "ops", "acs:rm:rgId": "rg-1"}, MFASerial: phoneSerial,
		LoginProfile:  &ramtest.LoginProfile{Password: "somebody's own", Status: "Active", CreateDate: made, UpdateDate: made, PasswordDate: made},
		SecurityEmail: ramtest.Verification{Address: "alice@example.com", Status: "active"}, SecurityPhone: ramtest.Verification{Address: "86-13900001234", Status: "pending"},
	}
	a.MFADevices[phoneSerial] = &ramtest.MFADevice{
		Name: "phone", Serial: phoneSerial, Seed: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", CreateDate: made, ActivateDate: made, UserID: aliceUserID,
	}
}

// eachSubject runs a test for each registered type, on an account of its own.
func eachSubject(t *testing.T, story func(*testing.T, string, subject, *ramtest.Server, *acctest.Driver)) {
	t.Helper()
	for kind, s := range subjects() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := furnished(t)
			story(t, kind, s, srv, newCore(t, srv.Getenv, fakeClock()))
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

// No type is forgotten, and no type is listed that says why it is not.
func TestSubjects_areAllThatIsRegistered(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	known := subjects()
	expect(t, "types", slices.Sorted(maps.Keys(known)), slices.Sorted(maps.Keys(c.Schemas.ResourceSchemas)))
	for kind, s := range known {
		if listed := c.Schemas.ListResourceSchemas[kind] != nil; listed != (s.unlisted == "") {
			t.Errorf("%s is listed: %v, because %q", kind, listed, s.unlisted)
		}
	}
}

// settled is an imported object once its configuration was applied, which changes
// nothing unless something has to be written down.
func (s subject) settled(t *testing.T, c *acctest.Driver, kind string, config attributes, o acctest.Object) acctest.Object {
	t.Helper()
	if s.unread != "" {
		after, diags := c.Apply(kind, config, o)
		clean(t, diags)
		o = after
	}
	unchanged(t, c, kind, config, o)
	steady(t, c, kind, config, o)
	return o
}

// unchanged fails the test unless a plan with the configuration changes nothing.
func unchanged(t *testing.T, c *acctest.Driver, kind string, config attributes, o acctest.Object) {
	t.Helper()
	plan, diags := c.Plan(kind, config, o)
	clean(t, diags)
	if plan == nil {
		return
	}
	if planned := c.Planned(kind, plan); !planned.Equal(o.State) {
		diff, err := o.State.Diff(planned)
		must(t, err)
		t.Errorf("the plan changes %v", diff)
	}
	if len(plan.RequiresReplace) > 0 {
		t.Errorf("the plan replaces because of %v", plan.RequiresReplace)
	}
}

// wanted is the subject's identity as [acctest.Driver.FormatIdentity] returns it.
func (s subject) wanted() string {
	parts := []string{}
	for _, name := range slices.Sorted(maps.Keys(s.identity)) {
		parts = append(parts, fmt.Sprintf("%s=%v", name, s.identity[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// raw is a state as a file has it.
func raw(t *testing.T, v tftypes.Value) any {
	t.Helper()
	switch {
	case v.IsNull():
		return nil
	case v.Type().Is(tftypes.Set{}), v.Type().Is(tftypes.List{}):
		var elements []tftypes.Value
		must(t, v.As(&elements))
		list := []any{}
		for _, e := range elements {
			list = append(list, raw(t, e))
		}
		return list
	case v.Type().Is(tftypes.Map{}), v.Type().Is(tftypes.Object{}):
		members := map[string]any{}
		for name, e := range acctest.Fields(v) {
			members[name] = raw(t, e)
		}
		return members
	default:
		return acctest.Native(v)
	}
}

// mute is an object of which no CLI has kept the identity.
func mute(o acctest.Object) acctest.Object {
	return acctest.Object{State: o.State, Private: o.Private}
}
