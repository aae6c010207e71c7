// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "testing"

func TestAnAccountHasNoKeyPolicyUntilItGetsOne(t *testing.T) {
	t.Parallel()
	s, c, _ := withKey(t)
	equal(t, "unset", c.ok("Ims", "GetAccessKeyPolicyForAccount").at("AccessKeyPolicy"), "{}")
	s.SetBehaviour(func(b *Behaviour) { b.UnsetAccountPolicyNotFound = true })
	c.refused("EntityNotExist.AccessKeyPolicy", "Ims", "GetAccessKeyPolicyForAccount")

	kept := `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["192.0.2.1"]}]}`
	equal(t, "set", c.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", oneOfUs).at("AccessKeyPolicy"), kept)
	got := c.ok("Ims", "GetAccessKeyPolicyForAccount")
	equal(t, "read", got.at("AccessKeyPolicy"), kept)
	equal(t, "no key is named", got.at("AccessKeyId"), nil)
	for _, bad := range []string{`{}`, `nonsense`, `{"Status":"Active","Statements":[{"Type":"GreyList","IPList":["192.0.2.1"]}]}`} {
		c.refused("InvalidParameter.AccessKeyPolicy", "Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", bad)
	}
	s.SetBehaviour(func(b *Behaviour) { b.AcceptUnknownStatements = true })
	c.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", `{"Status":"Active","Statements":[{"Type":"GreyList","IPList":["192.0.2.1"]}]}`)
}

func TestTheAccountsPolicyHoldsForKeysWithoutTheirOwn(t *testing.T) {
	t.Parallel()
	s, c, alice := withKey(t)
	s.SetBehaviour(func(b *Behaviour) { b.CallerAddress = "198.51.100.77" })
	c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, onlyUs)...)
	c.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", oneOfUs)
	c.refused("NoPermission", "Sts", "GetCallerIdentity") // locked itself out
	alice.ok("Sts", "GetCallerIdentity")                  // has its own, which wins
	alice.ok("Ims", "SetAccessKeyPolicy", "UserAccessKeyId", alice.key.AccessKeyID, "AccessKeyPolicy", openPolicy)
	alice.refused("NoPermission", "Sts", "GetCallerIdentity")
	s.SetBehaviour(func(b *Behaviour) { b.InactiveKeyPolicyOverrides = true })
	alice.ok("Sts", "GetCallerIdentity")
	alice.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", openPolicy)
	c.ok("Sts", "GetCallerIdentity")
}
