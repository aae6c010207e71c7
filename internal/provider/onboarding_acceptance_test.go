// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A new person needs one apply, and one who leaves needs one removed line and one apply. Objects that others added to
// the user are deleted with it, while the groups of others stay.
func TestAccOnboarding_arrivesAndLeaves(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { // a group of the official provider, with a policy
		a.Groups["legacy"] = &ramtest.Group{ID: "g-legacy", Name: "legacy", Policies: []string{"System/ReadOnlyAccess"}}
	})
	content, err := os.ReadFile(filepath.Join(examples, "onboarding/main.tf"))
	must(t, err)
	c := newCLI(t, srv.Getenv, "")
	c.write("main.tf", string(content))
	alice, bob := pgpPair(t, nil), pgpPair(t, nil)
	keys, err := json.Marshal(map[string]any{"pgp_keys": map[string]string{"alice": publicKey(t, alice), "bob": publicKey(t, bob)}})
	must(t, err)
	c.write("keys.auto.tfvars.json", string(keys))

	c.run(0, "apply", "-auto-approve")
	a := account(srv)
	user := a.Users["alice"]
	expect(t, "alice's groups", len(user.Groups), 2)
	expect(t, "alice's keys", len(user.Keys), 1)
	expect(t, "alice's device", a.MFADevices[user.MFASerial].UserID, user.ID)
	expect(t, "policies of the operators", len(a.Groups["operators"].Policies), 2)
	var welcome map[string]map[string]string
	must(t, json.Unmarshal([]byte(c.run(0, "output", "-json", "welcome")), &welcome))
	expect(t, "first password", decrypted(t, alice, welcome["alice"]["encrypted_password"]), user.LoginProfile.Password)
	expect(t, "secret", decrypted(t, alice, welcome["alice"]["encrypted_secret"]), user.Keys[0].Secret)
	expect(t, "seed", decrypted(t, alice, welcome["alice"]["encrypted_seed"]), a.MFADevices[user.MFASerial].Seed)
	state, err := os.ReadFile(filepath.Join(c.Directory, "terraform.tfstate"))
	must(t, err)
	for _, secret := range []string{user.LoginProfile.Password, user.Keys[0].Secret, a.MFADevices[user.MFASerial].Seed} {
		if strings.Contains(string(state), secret) {
			t.Error("the state contains a secret")
		}
	}
	c.run(0, "plan", "-detailed-exitcode") // nothing to do

	// The official provider adds alice to its group, and an administrator attaches a policy.
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Groups = append(a.Users["alice"].Groups, "legacy")
		a.Users["alice"].Policies = []string{"System/AliyunOSSFullAccess"}
	})
	lines := []string{}
	for line := range strings.SplitSeq(string(content), "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "alice = {") {
			lines = append(lines, line)
		}
	}
	c.write("main.tf", strings.Join(lines, "\n"))
	c.run(0, "apply", "-auto-approve")
	a = account(srv)
	expect(t, "alice is gone", a.Users["alice"] == nil, true)
	expect(t, "devices", len(a.MFADevices), 1)
	expect(t, "bob's groups", a.Users["bob"].Groups, []string{"developers"})
	expect(t, "the group of others", a.Groups["legacy"].Policies, []string{"System/ReadOnlyAccess"})
	if printed := c.run(0, "state", "list"); strings.Contains(printed, "alice") {
		t.Errorf("the state has more of alice:\n%s", printed)
	}
	c.run(0, "plan", "-detailed-exitcode")
}
