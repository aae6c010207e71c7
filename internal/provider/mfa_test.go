// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	deviceKind  = "ram_virtual_mfa_device"
	bindingKind = "ram_mfa_binding"
	phoneSerial = "acs:ram::" + defaultAccount + ":mfa/phone"
	aliceUserID = "200000000000000001"
	bobUserID   = "200000000000000002"
)

// staffed is an account with the users alice and bob, who have no device.
func staffed(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := ramtest.New(t, options...)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		for name, id := range map[string]string{"alice": aliceUserID, "bob": bobUserID} {
			a.Users[name] = &ramtest.User{ID: id, Name: name, DisplayName: name, Status: "active", ProvisionType: "Manual", CreateDate: now, UpdateDate: now}
		}
	})
	return srv
}

// inStep is a clock that moves the fake's with it, and begins at an offset from it.
func inStep(srv *ramtest.Server, offset time.Duration) Option {
	h := acctest.NewClock(offset, srv.Advance)
	return WithClock(h.Now, h.Pause)
}

// phone is the one device of a test, as the account has it; nil if it is not there.
func phone(srv *ramtest.Server) *ramtest.MFADevice { return account(srv).MFADevices[phoneSerial] }

// bindTo lets another user bind the device, or unbind it for "".
func bindTo(srv *ramtest.Server, userID string) {
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		for _, user := range a.Users {
			if user.MFASerial == phoneSerial {
				user.MFASerial = ""
			}
			if user.ID == userID {
				user.MFASerial = phoneSerial
			}
		}
		device := a.MFADevices[phoneSerial]
		device.UserID, device.ActivateDate = userID, time.Time{}
		if userID != "" {
			device.ActivateDate = now
		}
	})
}

// phoneWithoutZeros lets another user make the device, and returns its seed.
func phoneWithoutZeros(srv *ramtest.Server) (seed string) {
	seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.MFADevices[phoneSerial] = &ramtest.MFADevice{Name: "phone", Serial: phoneSerial, Seed: seed, CreateDate: now}
	})
	return seed
}

// fixed checks that a refresh changes not a byte, and that the next plan is empty.
func fixed(t *testing.T, c *acctest.Driver, kind string, config attributes, o acctest.Object) {
	t.Helper()
	after, diags := c.Read(kind, o)
	clean(t, diags)
	if !after.State.Equal(o.State) {
		t.Errorf("a refresh changed the state from %v to %v", o.State, after.State)
	}
	expect(t, "private state after a refresh", string(after.Private), string(o.Private))
	expect(t, "identity after a refresh", fmt.Sprint(after.Identity.IdentityData), fmt.Sprint(o.Identity.IdentityData))
	plan, diags := c.Plan(kind, config, after)
	clean(t, diags)
	if got := c.Planned(kind, plan); !got.Equal(after.State) {
		t.Errorf("the next plan is not empty: %v, the state is %v", got, after.State)
	}
}

func TestMFADevice_createBindDestroy(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	o, diags := c.Create(deviceKind, config)
	clean(t, diags)
	device := phone(srv)
	expect(t, "owner", device.UserID, aliceUserID)
	for name, want := range map[string]any{
		"account_id": defaultAccount, "serial_number": phoneSerial, "base32_string_seed": device.Seed, "bind_to_user": "alice", "user_id": aliceUserID,
		"encrypted_seed": nil, "key_fingerprint": nil, "activate_date": device.ActivateDate.Format(time.RFC3339),
	} {
		expect(t, name, in(t, o.State, name), want)
	}
	picture, err := base64.StdEncoding.DecodeString(in(t, o.State, "qr_code_png").(string))
	must(t, err)
	_, err = png.Decode(bytes.NewReader(picture))
	must(t, err)
	fixed(t, c, deviceKind, config, o)
	expect(t, "writes", writes(srv), []string{"CreateVirtualMFADevice", "BindMFADevice"})
	expect(t, "pauses", srv.Now().Sub(device.ActivateDate) < 5*time.Second, true)

	_, diags = c.PlanDestroy(deviceKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "A user loses the MFA device", `"alice"`)
	gone, diags := c.Destroy(deviceKind, o)
	clean(t, diags)
	expect(t, "state", gone.State.IsNull(), true)
	expect(t, "devices", len(account(srv).MFADevices), 0)
	expect(t, "alice's device", account(srv).Users["alice"].MFASerial, "")
	again, diags := c.Destroy(deviceKind, o) // each half may have been done before
	clean(t, diags)
	expect(t, "state", again.State.IsNull(), true)
	expect(t, "violations", len(srv.Violations()), 0)
}

func TestMFADevice_planShowsWhichSecretsAreStored(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	key := publicKey(t, pgpPair(t, nil))
	for name, test := range map[string]struct {
		config attributes
		want   map[string]any
	}{
		"plain":   {attributes{}, map[string]any{"base32_string_seed": acctest.Unknown{}, "qr_code_png": acctest.Unknown{}, "encrypted_seed": nil, "key_fingerprint": nil, "bind_to_user": "", "user_id": nil, "activate_date": nil}},
		"pgp":     {attributes{"pgp_key": key, "bind_to_user": "alice"}, map[string]any{"base32_string_seed": nil, "qr_code_png": nil, "encrypted_seed": acctest.Unknown{}, "bind_to_user": "alice", "user_id": acctest.Unknown{}}},
		"unknown": {attributes{"pgp_key": acctest.Unknown{}, "bind_to_user": acctest.Unknown{}}, map[string]any{"base32_string_seed": acctest.Unknown{}, "encrypted_seed": acctest.Unknown{}, "bind_to_user": acctest.Unknown{}}},
		"unbound": {attributes{"bind_to_user": ""}, map[string]any{"bind_to_user": "", "user_id": nil}},
	} {
		test.config["virtual_mfa_device_name"] = "phone"
		plan, diags := c.Plan(deviceKind, test.config, c.Null(deviceKind))
		clean(t, diags)
		for attribute, want := range test.want {
			expect(t, name+": "+attribute, in(t, c.Planned(deviceKind, plan), attribute), want)
		}
	}
	expect(t, "writes", writes(srv), []string(nil))
}

func TestMFADevice_invalidInputCreatesNoDevice(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Change(func(a *ramtest.Account) { a.Users["bob"].MFASerial = "U2F-0815" })
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	secretKey := armoured(t, "PGP PRIVATE KEY BLOCK", private(t, pgpPair(t, nil)))
	for name, test := range map[string]struct {
		config attributes
		want   []string
	}{
		"name with a blank":      {attributes{"virtual_mfa_device_name": "my phone"}, []string{"1 to 64 letters, digits, dots and hyphens"}},
		"empty name":             {attributes{"virtual_mfa_device_name": ""}, []string{"1 to 64 letters"}},
		"blank user":             {attributes{"bind_to_user": " "}, []string{"name of a RAM user"}},
		"principal name":         {attributes{"bind_to_user": "alice@example.onaliyun.com"}, []string{"not a principal name"}},
		"user that is not there": {attributes{"bind_to_user": "carol"}, []string{`There is no RAM user "carol"`, "Nothing was created."}},
		"user who has one":       {attributes{"bind_to_user": "bob"}, []string{`The user "bob" already has the MFA device U2F-0815`, "Nothing was created."}},
		"no PGP key":             {attributes{"pgp_key": "nonsense"}, []string{"Cannot use the PGP key"}},
		"private PGP key":        {attributes{"pgp_key": secretKey}, []string{"it is a private key"}},
		"keybase":                {attributes{"pgp_key": "keybase:alice"}, []string{"does not download keys from Keybase"}},
		"name that is taken":     {attributes{"virtual_mfa_device_name": "taken"}, []string{"already has a device with this name", "not bound to a user", "terraform import ADDRESS acs:ram::" + defaultAccount + ":mfa/taken"}},
	} {
		srv.Change(func(a *ramtest.Account) {
			a.MFADevices["acs:ram::"+defaultAccount+":mfa/taken"] = &ramtest.MFADevice{Name: "taken", Serial: "acs:ram::" + defaultAccount + ":mfa/taken", Seed: "AAAAAAAA"}
		})
		if test.config["virtual_mfa_device_name"] == nil {
			test.config["virtual_mfa_device_name"] = "phone"
		}
		o, diags := c.Create(deviceKind, test.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), test.want...)
		if len(acctest.Errors(diags)) == 0 || !o.State.IsNull() {
			t.Errorf("%s was accepted", name)
		}
		if strings.Contains(acctest.Messages(diags), secretKey[100:130]) {
			t.Errorf("%s: the private key is echoed", name)
		}
	}
	expect(t, "creates", len(srv.Calls("CreateVirtualMFADevice")), 0)
}

// If the devices of the user may not be read, the bind reports the conflict.
func TestMFADevice_withoutPermissionToReadUsersDevices(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Inject(ramtest.Rule{Action: "GetUserMFAInfo", Fault: "code", Status: 403, Code: "NoPermission"})
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	o, diags := c.Create(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"})
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
	_ = o
}

func TestMFADevice_withPGPThePlainSeedIsNotStored(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	pair := pgpPair(t, nil)
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice", "pgp_key": publicKey(t, pair)}
	o, diags := c.Create(deviceKind, config)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
	expect(t, "seed", in(t, o.State, "base32_string_seed"), nil)
	expect(t, "QR code", in(t, o.State, "qr_code_png"), nil)
	expect(t, "seed in the message", decrypted(t, pair, in(t, o.State, "encrypted_seed").(string)), phone(srv).Seed)
	expect(t, "fingerprint", in(t, o.State, "key_fingerprint"), fmt.Sprintf("%X", pair.PrimaryKey.Fingerprint))
	fixed(t, c, deviceKind, config, o)

	// Another key holds for the next device, and taking it away replaces nothing either.
	config["pgp_key"] = publicKey(t, pgpPair(t, nil))
	plan, diags := c.Plan(deviceKind, config, o)
	clean(t, diags)
	expect(t, "replacements", len(plan.RequiresReplace), 0)
	after, diags := c.Apply(deviceKind, config, o)
	clean(t, diags)
	expect(t, "message", in(t, after.State, "encrypted_seed"), in(t, o.State, "encrypted_seed"))
	expect(t, "writes", writes(srv), []string{"CreateVirtualMFADevice", "BindMFADevice"})

	// Without the seed, another user is another device.
	config["bind_to_user"] = "bob"
	plan, diags = c.Plan(deviceKind, config, after)
	clean(t, diags)
	expect(t, "replacements", len(plan.RequiresReplace), 1)
	contains(t, acctest.Messages(diags), "The virtual MFA device is replaced", "A user loses the MFA device")
}

// The test encryption succeeded, that of the seed did not: the created device is deleted, because its seed is in no state.
func TestMFADevice_deletedIfItsSeedCannotBeEncrypted(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"":                                "so the device was deleted.",
		"NoPermission":                    "and deleting the device failed too",
		"EntityNotExist.VirtualMFADevice": "so the device was deleted.",
	} {
		srv := staffed(t)
		if code != "" {
			srv.Inject(ramtest.Rule{Action: "DeleteVirtualMFADevice", Fault: "code", Status: 404, Code: code})
		}
		d := &virtualMFADevice{}
		d.Instance = instance.New(clientFor(t, srv))
		var diags diag.Diagnostics
		fails := func(string) (string, error) { return "", errors.New("no entropy") }
		created, err := d.Client.CreateMFADevice(t.Context(), "phone")
		must(t, err)
		m := &deviceCreation{virtualMFADevice: d, encrypt: fails, diags: &diags}
		expect(t, "done", m.setSecrets(t.Context(), created), false)
		contains(t, diags[0].Detail(), "encrypting its seed failed", want, "No entropy")
		lacks(t, fmt.Sprint(diags, m.model), created.Seed)
		expect(t, code+": left", phone(srv) != nil, code != "")
	}
}

func TestMFADevice_bindsAnotherUser(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	o, diags := c.Create(deviceKind, config)
	clean(t, diags)
	seed := in(t, o.State, "base32_string_seed")

	config["bind_to_user"] = "bob"
	plan, diags := c.Plan(deviceKind, config, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "A user loses the MFA device", `"alice"`)
	expect(t, "replacements", len(plan.RequiresReplace), 0)
	o, diags = c.Apply(deviceKind, config, o)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, bobUserID)
	expect(t, "seed", in(t, o.State, "base32_string_seed"), seed)
	expect(t, "user id", in(t, o.State, "user_id"), bobUserID)
	fixed(t, c, deviceKind, config, o)

	config["bind_to_user"] = ""
	o, diags = c.Apply(deviceKind, config, o)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, "")
	expect(t, "user id", in(t, o.State, "user_id"), nil)
	fixed(t, c, deviceKind, config, o)

	config["bind_to_user"] = "alice"
	o, diags = c.Apply(deviceKind, config, o)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, aliceUserID)

	// Without the line, nothing is managed: who has the device keeps it.
	delete(config, "bind_to_user")
	_, diags = c.Plan(deviceKind, config, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "no longer managed", `bound to the user "alice"`)
	fixed(t, c, deviceKind, config, o)
	steps := []string{}
	for _, call := range srv.Calls("BindMFADevice") {
		steps = append(steps, call.Params["AuthenticationCode1"], call.Params["AuthenticationCode2"])
	}
	expect(t, "codes, and how many of them differ", len(slices.Compact(slices.Sorted(slices.Values(steps)))), len(steps))
}

func TestMFADevice_followsARenamedUser(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	o, diags := c.Create(deviceKind, config)
	clean(t, diags)
	rename := func(from, to string) {
		srv.Change(func(a *ramtest.Account) {
			user := a.Users[from]
			user.Name = to
			delete(a.Users, from)
			a.Users[to] = user
		})
	}

	// The rename is in the same run: the plan does not find the new name yet.
	config["bind_to_user"] = "alicia"
	plan, diags := c.Plan(deviceKind, config, o)
	clean(t, diags)
	expect(t, "replacements", len(plan.RequiresReplace), 0)
	rename("alice", "alicia")
	fresh := newCore(t, srv.Getenv, inStep(srv, 0))
	o, diags = fresh.ApplyPlan(deviceKind, config, o, plan)
	clean(t, diags)
	expect(t, "user id", in(t, o.State, "user_id"), aliceUserID)

	// The rename is behind Terraform's back.
	rename("alicia", "alix")
	fresh = newCore(t, srv.Getenv, inStep(srv, 0))
	o, diags = fresh.Read(deviceKind, o)
	clean(t, diags)
	expect(t, "name", in(t, o.State, "bind_to_user"), "alix")
	config["bind_to_user"] = "alix"
	fixed(t, fresh, deviceKind, config, o)
	expect(t, "writes", writes(srv), []string{"CreateVirtualMFADevice", "BindMFADevice"})
}

func TestMFADevice_repairsDrift(t *testing.T) {
	t.Parallel()
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	for name, owner := range map[string]string{"unbound": "", "bound to another user": bobUserID} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			c := newCore(t, srv.Getenv, inStep(srv, 0))
			o, diags := c.Create(deviceKind, config)
			clean(t, diags)
			bindTo(srv, owner)
			fresh := newCore(t, srv.Getenv, inStep(srv, 0))
			o, diags = fresh.Read(deviceKind, o)
			clean(t, diags)
			if owner == bobUserID {
				_, diags = fresh.PlanDestroy(deviceKind, o)
				contains(t, acctest.Messages(diags), "is bound to another user", `"bob"`)
				kept, diags := fresh.Destroy(deviceKind, o)
				contains(t, acctest.Messages(acctest.Errors(diags)), "It was not changed.", `"bob"`, "bind_to_user = \"\"")
				expect(t, "state", kept.State.Equal(o.State), true)
				expect(t, "owner", phone(srv).UserID, bobUserID)
			}
			plan, diags := fresh.Plan(deviceKind, config, o)
			clean(t, diags)
			if owner == bobUserID {
				contains(t, acctest.Messages(diags), "A user loses the MFA device", `"bob"`)
			}
			expect(t, "replacements", len(plan.RequiresReplace), 0)
			o, diags = fresh.Apply(deviceKind, config, o)
			clean(t, diags)
			expect(t, "owner", phone(srv).UserID, aliceUserID)
			fixed(t, fresh, deviceKind, config, o)
		})
	}
}

func TestMFADevice_deletedDeviceIsRemovedFromTheState(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	config := attributes{"virtual_mfa_device_name": "phone"}
	o, diags := c.Create(deviceKind, config)
	clean(t, diags)
	seed := in(t, o.State, "base32_string_seed")

	// One response without it is not believed (CONS-02).
	fresh := newCore(t, srv.Getenv, inStep(srv, 0))
	srv.Inject(ramtest.Rule{Action: "ListVirtualMFADevices", Nth: "1", Fault: "garble", Body: `{"RequestId":"X","IsTruncated":false,"VirtualMFADevices":{"VirtualMFADevice":[]}}`})
	o, diags = fresh.Read(deviceKind, o)
	clean(t, diags)
	expect(t, "seed", in(t, o.State, "base32_string_seed"), seed)

	srv.Change(func(a *ramtest.Account) { delete(a.MFADevices, phoneSerial) })
	fresh = newCore(t, srv.Getenv, inStep(srv, 0))
	after, diags := fresh.Read(deviceKind, o)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "The virtual MFA device no longer exists")
	expect(t, "state", after.State.IsNull(), true)

	// An old state, of a CLI without identities, leaves too.
	o.Identity = nil
	after, diags = fresh.Read(deviceKind, o)
	clean(t, diags)
	expect(t, "state", after.State.IsNull(), true)
}

func TestMFADevice_otherAccounts(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	o, diags := c.Create(deviceKind, attributes{"virtual_mfa_device_name": "phone"})
	clean(t, diags)
	srv.AddAccount("2222222222222222")
	other := newCore(t, srv.GetenvFor("2222222222222222"), inStep(srv, 0))
	after, diags := other.Read(deviceKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	expect(t, "state", after.State.Equal(o.State), true)
	_, diags = other.Destroy(deviceKind, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	_, diags = other.Import(deviceKind, phoneSerial)
	contains(t, acctest.Messages(acctest.Errors(diags)), "belongs to account "+defaultAccount)
	for _, id := range []string{"phone", "acs:ram::" + defaultAccount + ":user/alice", ""} {
		_, diags = c.Import(deviceKind, id)
		if len(acctest.Errors(diags)) == 0 {
			t.Errorf("%q was imported", id)
		}
	}
	imported, diags := c.Import(deviceKind, phoneSerial)
	clean(t, diags)
	expect(t, "seed", in(t, imported.State, "base32_string_seed"), nil)
	expect(t, "name", in(t, imported.State, "virtual_mfa_device_name"), "phone")
	fixed(t, c, deviceKind, attributes{"virtual_mfa_device_name": "phone"}, imported)

	// A first pgp_key after an import is written down, and replaces nothing.
	config := attributes{"virtual_mfa_device_name": "phone", "pgp_key": publicKey(t, pgpPair(t, nil))}
	plan, diags := c.Plan(deviceKind, config, imported)
	clean(t, diags)
	expect(t, "replacements", len(plan.RequiresReplace), 0)
	kept, diags := c.Apply(deviceKind, config, imported)
	clean(t, diags)
	expect(t, "message", in(t, kept.State, "encrypted_seed"), nil)
	fixed(t, c, deviceKind, config, kept)

	// To bind it takes the seed that an imported device does not have.
	plan, diags = c.Plan(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}, imported)
	clean(t, diags)
	expect(t, "replacements", len(plan.RequiresReplace), 1)
	plan, diags = c.Plan(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": acctest.Unknown{}}, imported)
	clean(t, diags)
	failed, diags := c.ApplyPlan(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}, imported, resolved(t, c, plan, "alice"))
	contains(t, acctest.Messages(acctest.Errors(diags)), "seed, which is not in the state", "-replace")
	expect(t, "state", failed.State.Equal(imported.State), true)
}

// resolved is a plan in which bind_to_user has become known.
func resolved(t *testing.T, c *acctest.Driver, plan *tfprotov6.PlanResourceChangeResponse, name string) *tfprotov6.PlanResourceChangeResponse {
	t.Helper()
	fields := acctest.Fields(c.Planned(deviceKind, plan))
	fields["bind_to_user"] = c.Convert(fields["bind_to_user"].Type(), name)
	plan.PlannedState = c.Dynamic(c.Build(c.Schemas.ResourceSchemas[deviceKind], attributes{}))
	value := c.Value(deviceKind, plan.PlannedState)
	plan.PlannedState = c.Dynamic(tftypes.NewValue(value.Type(), fields))
	return plan
}

// A device that was bound when it was imported belongs to the user it was bound to.
func TestMFADevice_destroyUnbindsAnImportedDevice(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	phoneWithoutZeros(srv)
	bindTo(srv, aliceUserID)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	o, diags := c.Import(deviceKind, phoneSerial)
	clean(t, diags)
	expect(t, "user", in(t, o.State, "bind_to_user"), "alice")
	fixed(t, c, deviceKind, attributes{"virtual_mfa_device_name": "phone"}, o)
	fixed(t, c, deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}, o)
	_, diags = c.Destroy(deviceKind, o)
	clean(t, diags)
	expect(t, "devices", len(account(srv).MFADevices), 0)
}

// MFA-03: the codes follow the clock of the service, not that of this machine.
func TestMFADevice_clocksThatDiffer(t *testing.T) {
	t.Parallel()
	for _, punctual := range []bool{false, true} {
		for _, offset := range []time.Duration{0, 20 * time.Second, -20 * time.Second, 45 * time.Second, -45 * time.Second, 14 * time.Minute, -14 * time.Minute} {
			t.Run(fmt.Sprint(punctual, offset), func(t *testing.T) {
				t.Parallel()
				srv := staffed(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.RefuseOlderCodes = punctual }))
				c := newCore(t, srv.Getenv, inStep(srv, offset))
				o, diags := c.Create(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"})
				clean(t, diags)
				expect(t, "owner", phone(srv).UserID, aliceUserID)
				_ = o
			})
		}
	}
	// A clock that is off by more than the service takes for a signature is an error before anything is created.
	for _, offset := range []time.Duration{20 * time.Minute, -20 * time.Minute} {
		t.Run(fmt.Sprint("signatures", offset), func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			srv.SetSkew(offset)
			srv.Advance(offset)
			c := newCore(t, srv.Getenv, inStep(srv, 0))
			o, diags := c.Create(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"})
			contains(t, acctest.Messages(acctest.Errors(diags)), "clock of this machine", "InvalidTimeStamp")
			expect(t, "state", o.State.IsNull(), true)
			expect(t, "devices", len(account(srv).MFADevices), 0)
		})
	}
}

func TestMFADevice_refusedCodesAreRetriedOnceWithUnusedSteps(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Inject(ramtest.Rule{Action: "BindMFADevice", Nth: "1", Fault: "code", Status: 403, Code: "CheckAuthenticationCodeFail", Message: `The parameter - "AuthenticationCode" is inccorrect.`})
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	before := srv.Now()
	o, diags := c.Create(deviceKind, attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"})
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
	calls := srv.Calls("BindMFADevice")
	expect(t, "binds", len(calls), 2)
	seed, step := in(t, o.State, "base32_string_seed").(string), ram.TOTPStep(before)
	for n, want := range []int64{step - 1, step, step + 1, step + 2} {
		code, err := ram.TOTP(seed, want)
		must(t, err)
		got := calls[n/2].Params[fmt.Sprintf("AuthenticationCode%d", n%2+1)]
		if got != code && ram.TOTPStep(before) == ram.TOTPStep(before.Add(2*time.Second)) {
			t.Errorf("code %d is not of step %+d", n, want-step)
		}
	}
	if waited := srv.Now().Sub(before); waited < 30*time.Second || waited > 70*time.Second {
		t.Errorf("waited %s for two unused steps", waited)
	}
}

// The response to a bind that took effect is lost: the second request is refused, and the list of devices cannot be
// read. The user's own record shows whose the device is; if that cannot be read either, the error says that the
// result is unknown, and the private state contains the user, so that the next apply can unbind the device.
func TestMFADevice_bindWithALostResponse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lists  string // that are refused
		also   []ramtest.Rule
		warned bool
	}{
		"the user is shown": {"2-3", nil, true}, // after the bind, and to confirm it
		"nothing is shown":  {"2", []ramtest.Rule{{Action: "GetUserMFAInfo", Nth: "2-6", Fault: "html", Status: 404}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := staffed(t)
			srv.Inject(append(test.also,
				ramtest.Rule{Action: "BindMFADevice", Nth: "1", Phase: "after_commit", Fault: "reset"},
				ramtest.Rule{Action: "ListVirtualMFADevices", Nth: test.lists, Fault: "code", Status: 403, Code: "NoPermission"},
			)...)
			o, diags := newCore(t, srv.Getenv, inStep(srv, 0)).Create(deviceKind, boundPhone)
			expect(t, "seed", in(t, o.State, "base32_string_seed"), phone(srv).Seed)
			if test.warned {
				clean(t, acctest.Errors(diags))
				expect(t, "user", in(t, o.State, "user_id"), aliceUserID)
			} else {
				contains(t, acctest.Messages(acctest.Errors(diags)), "it is not known whether it is bound to alice")
			}
			_, diags = newCore(t, srv.Getenv, inStep(srv, 0)).Destroy(deviceKind, o)
			clean(t, diags)
			expect(t, "devices", len(account(srv).MFADevices), 0)
		})
	}
}

func TestMFADevice_failedBindKeepsItInTheState(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	srv.Inject(ramtest.Rule{Action: "BindMFADevice", Nth: "1-2", Fault: "code", Status: 403, Code: "CheckAuthenticationCodeFail"})
	c := newCore(t, srv.Getenv, inStep(srv, 3*time.Minute))
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "alice"}
	o, diags := c.Create(deviceKind, config)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the virtual MFA device", "saved with its seed", "not bound", "tainted", "untaint ADDRESS",
		"the clock of this machine is 3m0s ahead", "Code: CheckAuthenticationCodeFail")
	expect(t, "binds", len(srv.Calls("BindMFADevice")), 2)
	expect(t, "seed", in(t, o.State, "base32_string_seed"), phone(srv).Seed)
	expect(t, "user", in(t, o.State, "bind_to_user"), "")

	// Untainted, the next apply binds it; within the same process with steps of its own.
	o, diags = c.Read(deviceKind, o)
	clean(t, diags)
	o, diags = c.Apply(deviceKind, config, o)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, aliceUserID)
	fixed(t, c, deviceKind, config, o)

	// A bind that fails after the device was taken off its user is shown as it is.
	srv.Inject(ramtest.Rule{Action: "BindMFADevice", Nth: "1-2", Fault: "code", Status: 403, Code: "CheckAuthenticationCodeFail"})
	config["bind_to_user"] = "bob"
	o, diags = c.Apply(deviceKind, config, o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot bind the virtual MFA device", "not bound", "The next apply tries again.")
	expect(t, "owner", phone(srv).UserID, "")
	expect(t, "user", in(t, o.State, "bind_to_user"), "")
	o, diags = c.Apply(deviceKind, config, o)
	clean(t, diags)
	expect(t, "owner", phone(srv).UserID, bobUserID)
}

// A device whose last user may not lose it stays bound: the refusal is the one error, and nothing is sent.
func TestMFADevice_thatStaysBoundIsNotBoundToAnotherUser(t *testing.T) {
	t.Parallel()
	srv, device := aliceWithDevice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "bob"}
	plan, diags := c.Plan(deviceKind, config, device)
	clean(t, diags)
	strictly(srv) // since the plan
	before := len(writes(srv))
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(deviceKind, config, device, plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), noFactorLeft)
	expect(t, "errors", len(acctest.Errors(diags)), 1)
	resp, err := c.Server.ApplyResourceChange(t.Context(), applyOfDestroy(c, deviceKind, device))
	must(t, err)
	refused(t, resp.Diagnostics, "allow_lock_out", noFactorLeft)
	expect(t, "writes", len(writes(srv)), before)
}

// The bind to another user took effect, and neither its response nor a read shows it: the error says that, and a destroy unbinds it.
func TestMFADevice_bindToAnotherUserWithALostResponse(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	o, diags := newCore(t, srv.Getenv, inStep(srv, 0)).Create(deviceKind, boundPhone)
	clean(t, diags)
	srv.Advance(5 * time.Minute) // to codes that are not used
	srv.Inject(ramtest.Rule{Action: "BindMFADevice", Nth: "1", Phase: "after_commit", Fault: "reset"})
	srv.AfterWrites(func(action string, a *ramtest.Account) {
		if action == "BindMFADevice" {
			a.Users["admin"].Denied = []string{"ListVirtualMFADevices", "GetUserMFAInfo"}
		}
	})
	o, diags = newCore(t, srv.Getenv, inStep(srv, 0)).Apply(deviceKind, boundPhone.With("bind_to_user", "bob"), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot bind the virtual MFA device", "it is not known whether it is bound to bob", "The next apply tries again.")
	srv.AfterWrites(nil)
	srv.Change(func(a *ramtest.Account) { a.Users["admin"].Denied = nil })
	expect(t, "owner", phone(srv).UserID, bobUserID)
	_, diags = newCore(t, srv.Getenv, inStep(srv, 0)).Destroy(deviceKind, o)
	clean(t, diags)
	expect(t, "devices", len(account(srv).MFADevices), 0)
}

func TestMFASteps_areNeverUsedTwice(t *testing.T) {
	t.Parallel()
	var u instance.UsedSteps
	next, taken := u.Take("A", 100)
	expect(t, "first", taken, true)
	expect(t, "next", next, int64(0))
	for _, step := range []int64{99, 100, 101} {
		next, taken = u.Take("A", step)
		expect(t, "taken again", taken, false)
		expect(t, "next", next, int64(102))
	}
	_, taken = u.Take("B", 100)
	expect(t, "another seed", taken, true)
	_, taken = u.Take("A", 102)
	expect(t, "two later", taken, true)
	expect(t, "kept", u.Last[sha256.Sum256([]byte("A"))], int64(102))
}

func TestMFADevice_oneReadServesAllDevices(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCore(t, srv.Getenv, inStep(srv, 0))
	objects := []acctest.Object{}
	for n := range 5 {
		o, diags := c.Create(deviceKind, attributes{"virtual_mfa_device_name": fmt.Sprintf("phone-%d", n)})
		clean(t, diags)
		objects = append(objects, o)
	}
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 0 })
	srv.ForgetCalls()
	fresh := newCore(t, srv.Getenv, inStep(srv, 0))
	for _, o := range objects {
		after, diags := fresh.Read(deviceKind, o)
		clean(t, diags)
		expect(t, "state", after.State.Equal(o.State), true)
	}
	expect(t, "calls", len(srv.Calls()), 2) // the caller, and one list
}

// A device that was deleted between the plan and the apply is bound to no user, and the one it was bound to is not changed.
func TestMFADevice_deletedBeforeItIsBoundToAnotherUser(t *testing.T) {
	t.Parallel()
	srv, device := aliceWithDevice(t)
	withProfile(srv, "bob")
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"virtual_mfa_device_name": "phone", "bind_to_user": "bob"}
	plan, diags := c.Plan(deviceKind, config, device)
	clean(t, diags)
	srv.Change(func(a *ramtest.Account) { acctest.DeleteDevice(a, a.Users["alice"].MFASerial) })
	before := len(writes(srv))
	_, diags = newCore(t, srv.Getenv, fakeClock()).ApplyPlan(deviceKind, config, device, plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot bind the virtual MFA device", "is not in the account. Nothing was changed.")
	expect(t, "errors", len(acctest.Errors(diags)), 1)
	expect(t, "writes", len(writes(srv)), before)
	expect(t, "bob's device", account(srv).Users["bob"].MFASerial, "")
}
