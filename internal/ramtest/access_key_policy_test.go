// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// withKey starts a server with a user alice who has a key.
func withKey(t *testing.T, options ...Option) (s *Server, c, alice *client) {
	t.Helper()
	s = New(t, options...)
	inhabited(s, "alice")
	return s, admin(t, s), aliceOf(t, s)
}

func policyOf(key *client, document string) []string {
	return of("Ims", "alice", "UserAccessKeyId", key.key.AccessKeyID, "AccessKeyPolicy", document)
}

const (
	openPolicy = `{"Version":1,"Status":"Inactive","Statements":[]}`
	onlyUs     = `{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.1/32","198.51.100.0/24"]}]}`
	oneOfUs    = `{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["192.0.2.1"]}]}`
)

func TestAccessKeyPolicy_unsetThenSet(t *testing.T) {
	t.Parallel()
	s, c, alice := withKey(t)
	id := alice.key.AccessKeyID
	get := of("Ims", "alice", "UserAccessKeyId", id)
	equal(t, "unset", c.ok("Ims", "GetAccessKeyPolicy", get...).at("AccessKeyPolicy"), "{}")
	s.SetBehaviour(func(b *Behaviour) { b.UnsetKeyPolicyNotFound = true })
	c.refused("EntityNotExist.AccessKeyPolicy", "Ims", "GetAccessKeyPolicy", get...)

	kept := `{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.1/32","198.51.100.0/24"]}]}`
	set := c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, onlyUs)...)
	equal(t, "set", set.at("AccessKeyPolicy"), kept)
	equal(t, "key", set.at("AccessKeyId"), id)
	equal(t, "read", c.ok("Ims", "GetAccessKeyPolicy", get...).at("AccessKeyPolicy"), kept)
	equal(t, "read by itself", alice.ok("Ims", "GetAccessKeyPolicy", "UserAccessKeyId", id).at("AccessKeyPolicy"), kept)

	c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, openPolicy)...)
	equal(t, "reset", c.ok("Ims", "GetAccessKeyPolicy", get...).at("AccessKeyPolicy"), openPolicy)
	s.SetBehaviour(func(b *Behaviour) { b.NormalizeKeyPolicies = true })
	equal(t, "rewritten", c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, onlyUs)...).at("AccessKeyPolicy"),
		`{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["198.51.100.0/24","203.0.113.1"]}]}`)
	c.refused("EntityNotExist.User.AccessKey", "Ims", "GetAccessKeyPolicy", of("Ims", "alice", "UserAccessKeyId", "LTAInone")...)
	c.refused("EntityNotExist.User.AccessKey", "Ims", "SetAccessKeyPolicy",
		of("Ims", "alice", "UserAccessKeyId", "LTAInone", "AccessKeyPolicy", openPolicy)...)
}

func TestAccessKeyPolicy_refusesMalformedDocuments(t *testing.T) {
	t.Parallel()
	_, c, alice := withKey(t)
	statement := func(inner string) string { return `{"Status":"Active","Statements":[` + inner + `]}` }
	for _, document := range []string{
		`{}`, `null`, `[]`, `nonsense`, openPolicy + `{}`,
		`{"Status":"Active"}`,
		`{"Status":"Active","Statements":null}`,
		`{"Statements":[]}`,
		`{"Status":"active","Statements":[]}`,
		`{"Version":2,"Status":"Active","Statements":[]}`,
		`{"Status":"Active","Statements":[],"More":1}`,
		statement(`{"Type":"ClassicWhiteList","IPList":[]}`),
		statement(`{"Type":"ClassicWhiteList","Value":"vpc-1","IPList":["203.0.113.1"]}`),
		statement(`{"Type":"ClassicWhiteList","IPList":["203.0.113"]}`),
		statement(`{"Type":"ClassicWhiteList","IPList":["203.0.113.0/33"]}`),
		statement(`{"Type":"VPCWhiteList","IPList":["10.0.0.0/8"]}`),
		statement(`{"Type":"VPCWhiteList","Value":"everything","IPList":["10.0.0.0/8"]}`),
		statement(`{"Type":"BlackList","IPList":["203.0.113.1"]}`),
	} {
		c.refused("InvalidParameter.AccessKeyPolicy", "Ims", "SetAccessKeyPolicy", policyOf(alice, document)...)
	}
	for _, document := range []string{
		statement(`{"Type":"VPCWhiteList","Value":"AllowAllVPC","IPList":["0.0.0.0/0","::/0"]}`),
		statement(`{"Type":"VPCWhiteList","Value":"vpc-bp1234567890abcdef","IPList":["172.16.0.0/16"]}`),
		statement(`{"Type":"ClassicWhiteList","IPList":["2001:db8:85a3::8a2e:370:7334"]}`),
	} {
		c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, document)...)
	}
}

func TestAccessKeyPolicy_enforcesQuotas(t *testing.T) {
	t.Parallel()
	s, c, alice := withKey(t)
	statement := func(addresses int) string {
		list := []string{}
		for i := range addresses {
			list = append(list, fmt.Sprintf("%q", fmt.Sprintf("203.0.113.%d", i)))
		}
		return `{"Type":"ClassicWhiteList","IPList":[` + strings.Join(list, ",") + `]}`
	}
	document := func(statements ...string) []string {
		return policyOf(alice, `{"Status":"Active","Statements":[`+strings.Join(statements, ",")+`]}`)
	}
	set := func(code string, params []string) {
		t.Helper()
		if got := c.do("Ims", "SetAccessKeyPolicy", params...); got.code != code {
			t.Errorf("got %s, want the code %q", got.text, code)
		}
	}
	const refused = "InvalidParameter.AccessKeyPolicy"
	set("", document(slices.Repeat([]string{statement(1)}, 8)...))
	set(refused, document(slices.Repeat([]string{statement(1)}, 9)...))
	set("", document(statement(50)))
	set(refused, document(statement(51)))
	set(refused, document(statement(50), statement(1)))
	s.SetBehaviour(func(b *Behaviour) { b.AddressesPerStatement = true })
	set("", document(statement(50), statement(50)))
	set(refused, document(statement(51)))
	s.Change(func(a *Account) { a.Quotas.AddressesPerAccessPolicy = 51 })
	set("", document(statement(51)))
}

func TestAccessKeyPolicy_isEnforcedForTheCallerAddress(t *testing.T) {
	t.Parallel()
	s, c, alice := withKey(t)
	c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, onlyUs)...)
	alice.ok("Ims", "ListUsers")
	for address, locked := range map[string]bool{"203.0.113.1": false, "198.51.100.77": false, "203.0.113.2": true, "2001:db8::1": true} {
		s.SetBehaviour(func(b *Behaviour) { b.CallerAddress = address })
		got := alice.do("Ims", "ListUsers")
		if (got.code == "NoPermission") != locked {
			t.Errorf("from %s: %d %s", address, got.status, got.code)
		}
		c.ok("Ims", "ListUsers") // a key without a policy works from every address
	}
	s.SetBehaviour(func(b *Behaviour) { b.CallerAddress = "192.0.2.1" })
	alice.refused("NoPermission", "Sts", "GetCallerIdentity")
	c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, oneOfUs)...)
	alice.ok("Sts", "GetCallerIdentity")
	c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, openPolicy)...)
	alice.ok("Sts", "GetCallerIdentity")
	c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, `{"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"AllowAllVPC","IPList":["0.0.0.0/0"]}]}`)...)
	alice.ok("Sts", "GetCallerIdentity")
}

func TestAccountAccessKeyPolicy_unsetThenSet(t *testing.T) {
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

func TestAccountAccessKeyPolicy_appliesToKeysWithoutOne(t *testing.T) {
	t.Parallel()
	s, c, alice := withKey(t)
	s.SetBehaviour(func(b *Behaviour) { b.CallerAddress = "198.51.100.77" })
	c.ok("Ims", "SetAccessKeyPolicy", policyOf(alice, onlyUs)...)
	c.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", oneOfUs)
	c.refused("NoPermission", "Sts", "GetCallerIdentity") // the account policy locks out its own key
	alice.ok("Sts", "GetCallerIdentity")                  // the key's own policy takes precedence
	alice.ok("Ims", "SetAccessKeyPolicy", "UserAccessKeyId", alice.key.AccessKeyID, "AccessKeyPolicy", openPolicy)
	alice.refused("NoPermission", "Sts", "GetCallerIdentity")
	s.SetBehaviour(func(b *Behaviour) { b.InactiveKeyPolicyOverrides = true })
	alice.ok("Sts", "GetCallerIdentity")
	alice.ok("Ims", "SetAccessKeyPolicyForAccount", "AccessKeyPolicy", openPolicy)
	c.ok("Sts", "GetCallerIdentity")
}
