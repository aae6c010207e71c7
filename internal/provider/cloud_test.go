// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/rand"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// ours begins the name of everything that a run against a real account creates. Nothing
// else is changed or swept there.
const ours = "tfacc-"

// cloud is a run against a real account. All that it may do is in this file, and
// the same code runs against the fake in every test run.
type cloud struct {
	*acctest.Driver

	t        *testing.T
	name     string // of the user and the device
	settings bool   // whether one setting may be changed and restored
}

// TestCloud needs an account: see make testacc-cloud and CONTRIBUTING.md.
func TestCloud(t *testing.T) {
	t.Parallel()
	account := os.Getenv("RAM_TESTACC_ACCOUNT_ID")
	if account == "" {
		t.Skip("RAM_TESTACC_ACCOUNT_ID does not name the account to test in, so nothing is called; see CONTRIBUTING.md")
	}
	c := cloud{
		t:        t,
		Driver:   newCoreWith(t, attributes{"allowed_account_ids": []string{account}}, os.Getenv),
		name:     ours + strings.ToLower(rand.Text()[:12]),
		settings: os.Getenv("RAM_TESTACC_SETTINGS") == "yes",
	}
	c.run()
}

// On the fake, the test checks that other users, their keys and the settings are unchanged.
func TestCloud_changesOnlyItsOwnObjects(t *testing.T) {
	t.Parallel()
	for _, settings := range []bool{false, true} {
		srv := withOneOfEach(t)
		srv.Change(func(a *ramtest.Account) {
			a.Users[ours+"left"] = &ramtest.User{ID: "200000000000000009", Name: ours + "left", Status: "active", LoginProfile: &ramtest.LoginProfile{Status: "Active"}}
			a.MFADevices["acs:ram::"+a.ID+":mfa/"+ours+"left"] = &ramtest.MFADevice{Name: ours + "left", Serial: "acs:ram::" + a.ID + ":mfa/" + ours + "left", Seed: "JBSWY3DPEHPK3PXP"}
		})
		addKey(srv, ours+"left", "LTAI5tLeftBehindKey000001", day)
		before := account(srv)
		others := map[string]bool{} // keys that are not ours
		for _, user := range before.Users {
			for _, key := range user.Keys {
				others[key.ID] = !strings.HasPrefix(user.Name, ours)
			}
		}
		c := cloud{
			t:        t,
			Driver:   newCoreWith(t, attributes{"allowed_account_ids": []string{before.ID}}, srv.Getenv, fakeClock()),
			name:     ours + "now",
			settings: settings,
		}
		c.run()
		after := account(srv)
		for name := range after.Users {
			if strings.HasPrefix(name, ours) {
				t.Errorf("the user %s is left", name)
			}
		}
		for _, device := range after.MFADevices {
			if strings.HasPrefix(device.Name, ours) {
				t.Errorf("the device %s is left", device.Name)
			}
		}
		for _, e := range srv.History() {
			allowed := strings.Contains(e.Object, ours) || strings.HasPrefix(e.Object, "recycled_") || settings && e.Object == "password_policy"
			if id, isKey := strings.CutPrefix(e.Object, "access_key/"); isKey {
				allowed = !others[id]
			}
			if e.Actor != "test" && !allowed {
				t.Errorf("%s changed %s of %s from %v to %v", e.Actor, e.Field, e.Object, e.Before, e.After)
			}
		}
		wrote := slices.ContainsFunc(writes(srv), func(action string) bool { return action == "SetPasswordPolicy" })
		expect(t, "the settings were written", wrote, settings)
		expect(t, "the settings", []any{after.Preference, after.Policy, after.Alias}, []any{before.Preference, before.Policy, before.Alias})
	}
}

func (c cloud) run() {
	c.t.Helper()
	c.sweep() // objects of an earlier run
	// A run that fails is swept as well.
	defer c.sweep()
	c.read()
	c.live()
	if c.settings {
		c.rewrite()
	}
}

// read imports the settings, which only reads.
func (c cloud) read() {
	c.t.Helper()
	for _, kind := range []string{preference, policy, alias} {
		o, diags := c.Import(kind, "current")
		clean(c.t, diags)
		again, diags := c.Read(kind, o)
		clean(c.t, diags)
		if !again.State.Equal(o.State) {
			c.t.Errorf("%s: a second read differs from the first", kind)
		}
	}
	for _, kind := range []string{"ram_caller_identity", "ram_account_summary"} {
		_, diags := c.ReadData(kind, attributes{})
		clean(c.t, diags)
	}
}

// live creates a user with all objects, reads them twice, and removes them.
func (c cloud) live() {
	c.t.Helper()
	created := []acctest.Object{}
	kinds := []string{userKind, profileKind, accessKey, deviceKind}
	for i, config := range []attributes{
		{"name": c.name, "comments": "made by a test of terraform-provider-ram; it may be deleted", "force_destroy": true},
		{"user_name": c.name, "password_wo": "Tf-" + rand.Text()[:20] + "-9a!", "password_wo_version": 1},
		{"user_name": c.name},
		{"virtual_mfa_device_name": c.name, "bind_to_user": c.name},
	} {
		o, diags := c.Create(kinds[i], config)
		clean(c.t, diags)
		created = append(created, o)
	}
	for i, o := range created {
		after, diags := c.Read(kinds[i], o)
		clean(c.t, diags)
		if !after.State.Equal(o.State) {
			c.t.Errorf("%s: a read differs from what the create left", kinds[i])
		}
	}
	for i := len(created) - 1; i >= 0; i-- {
		_, diags := c.Destroy(kinds[i], created[i])
		clean(c.t, diags)
	}
}

// rewrite requires one more character in passwords, and restores the old number.
func (c cloud) rewrite() {
	c.t.Helper()
	o, diags := c.Import(policy, "current")
	clean(c.t, diags)
	length, ok := in(c.t, o.State, "minimum_password_length").(int64)
	if !ok || length == 32 {
		c.t.Fatalf("the account wants %d characters, and more than 32 cannot be required", length)
	}
	o, diags = c.Create(policy, attributes{"minimum_password_length": int(length) + 1, "on_destroy": "restore"})
	clean(c.t, diags)
	_, diags = c.Destroy(policy, o)
	clean(c.t, diags)
}

// sweep removes the users and devices that a run created, by their names.
func (c cloud) sweep() {
	c.t.Helper()
	for _, name := range c.named(userKind, "name") {
		o, diags := c.Import(userKind, name)
		clean(c.t, diags)
		o, diags = c.Apply(userKind, attributes{"name": name, "force_destroy": true}, o)
		clean(c.t, diags)
		_, diags = c.Destroy(userKind, o)
		clean(c.t, diags)
	}
	for _, serial := range c.named(deviceKind, "serial_number") {
		o, diags := c.Import(deviceKind, serial)
		clean(c.t, diags)
		_, diags = c.Destroy(deviceKind, o)
		clean(c.t, diags)
	}
}

// named returns the ids of the listed objects that are ours.
func (c cloud) named(kind, id string) (ids []string) {
	c.t.Helper()
	for _, f := range c.List(kind, attributes{}, false, 0) {
		clean(c.t, f.Diagnostics)
		if f.Identity.Type() == nil || f.Identity.Equal(tftypes.Value{}) {
			continue
		}
		text, ok := in(c.t, f.Identity, id).(string)
		if ok && (strings.HasPrefix(text, ours) || strings.Contains(text, ":mfa/"+ours)) {
			ids = append(ids, text)
		}
	}
	return ids
}
