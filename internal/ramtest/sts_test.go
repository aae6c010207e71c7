// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strings"
	"testing"
	"time"
)

const (
	trusting = "9999999999999999"
	roleName = "acs:ram::9999999999999999:role/deployer"
)

// trust adds an account with a role that trusts the default account and an identity provider.
func trust(t *testing.T, s *Server) {
	t.Helper()
	s.AddAccount(trusting)
	s.ChangeAccount(trusting, func(a *Account) {
		a.Roles["deployer"] = &Role{
			ID: "300000000000000001", Name: "deployer", TrustedAccounts: []string{s.first}, TrustedOIDCProviders: []string{"ci"},
			MaxSessionDuration: 7200,
		}
		a.OIDCProviders["ci"] = &OIDCProvider{
			Name: "ci", Issuer: "https://ci.example.com", Client: "ram", Tokens: map[string]string{"good token": "repo:a/b"},
		}
	})
}

func assumed(t *testing.T, s *Server) Credential {
	t.Helper()
	trust(t, s)
	return credentials(admin(t, s).ok("Sts", "AssumeRole", "RoleArn", roleName, "RoleSessionName", "alice"))
}

func credentials(got result) Credential {
	id, _ := got.at("Credentials.AccessKeyId").(string)
	secret, _ := got.at("Credentials.AccessKeySecret").(string)
	token, _ := got.at("Credentials.SecurityToken").(string)
	return Credential{id, secret, token}
}

func TestGetCallerIdentity(t *testing.T) {
	t.Parallel()
	s := New(t)
	key := assumed(t, s)
	s.Change(func(a *Account) {
		a.Keys = []*AccessKey{{ID: "LTAIroot", Secret: "root", Status: "Active"}}
		a.Users["admin"].ID = "200000000000000001"
	})
	for want, c := range map[string]*client{
		"RAMUser 1234567890123456 200000000000000001 acs:ram::1234567890123456:user/admin":                                admin(t, s),
		"Account 1234567890123456 1234567890123456 acs:ram::1234567890123456:root":                                        as(t, s, Credential{"LTAIroot", "root", ""}),
		"AssumedRoleUser 9999999999999999 300000000000000001:alice acs:ram::9999999999999999:assumed-role/deployer/alice": as(t, s, key),
	} {
		got := c.ok("Sts", "GetCallerIdentity")
		parts := []string{}
		for _, name := range []string{"IdentityType", "AccountId", "PrincipalId", "Arn"} {
			text, _ := got.at(name).(string)
			parts = append(parts, text)
		}
		equal(t, "caller", strings.Join(parts, " "), want)
	}
}

func TestAssumeRole_anotherAccount(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := as(t, s, assumed(t, s))
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "theirs")
	s.ChangeAccount(trusting, func(a *Account) { equal(t, "alias", a.Alias, "theirs") })
	s.Change(func(a *Account) { equal(t, "alias", a.Alias, "") })
}

func TestAssumeRole_conditions(t *testing.T) {
	t.Parallel()
	s := New(t)
	trust(t, s)
	c, stranger := admin(t, s), as(t, s, *s.AddAccount("2222222222222222"))
	s.Change(func(a *Account) { a.Keys = []*AccessKey{{ID: "LTAIroot", Secret: "root", Status: "Active"}} })
	assume := func(c *client, code string, params ...string) {
		t.Helper()
		c.refused(code, "Sts", "AssumeRole", append([]string{"RoleArn", roleName, "RoleSessionName", "alice"}, params...)...)
	}
	assume(stranger, "NoPermission")
	assume(as(t, s, Credential{"LTAIroot", "root", ""}), "NoPermission")
	assume(c, "InvalidParameter.RoleArn", "RoleArn", "deployer")
	assume(c, "EntityNotExist.Role", "RoleArn", roleName+"2")
	assume(c, "InvalidParameter.RoleSessionName", "RoleSessionName", "a")
	assume(c, "InvalidParameter.DurationSeconds", "DurationSeconds", "899")
	assume(c, "InvalidParameter.DurationSeconds", "DurationSeconds", "7201")
	assume(c, "InvalidParameter.PolicyGrammar", "Policy", "{}")
	assume(c, "InvalidParameter.PolicySize", "Policy", strings.Repeat(" ", 2049))
	assume(c, "InvalidParameter.ExternalId", "ExternalId", "x")
	assume(c, "", "ExternalId", "not requested", "ExternalId", "abc", "Policy", `{"Statement":[]}`, "DurationSeconds", "7200")

	s.ChangeAccount(trusting, func(a *Account) { a.Roles["deployer"].ExternalID = "abc" })
	assume(c, "NoPermission")
	got := c.ok("Sts", "AssumeRole", "RoleArn", roleName, "RoleSessionName", "alice", "ExternalId", "abc", "SourceIdentity", "me")
	equal(t, "source", got.at("SourceIdentity"), "me")
	equal(t, "arn", got.at("AssumedRoleUser.Arn"), roleName+"/alice")
}

func TestAssumeRole_session(t *testing.T) {
	t.Parallel()
	s := New(t)
	key := assumed(t, s)
	second := credentials(admin(t, s).ok("Sts", "AssumeRole", "RoleArn", roleName, "RoleSessionName", "bob"))
	who := func(code string, key Credential) {
		t.Helper()
		as(t, s, key).refused(code, "Sts", "GetCallerIdentity")
	}
	who("MissingSecurityToken", Credential{key.AccessKeyID, key.AccessKeySecret, ""})
	who("InvalidSecurityToken.Malformed", Credential{key.AccessKeyID, key.AccessKeySecret, "other"})
	who("InvalidSecurityToken.MismatchWithAccessKey", Credential{key.AccessKeyID, key.AccessKeySecret, second.SecurityToken})
	long := s.Credential(s.first)
	who("InvalidSecurityToken.MismatchWithAccessKey", Credential{long.AccessKeyID, long.AccessKeySecret, key.SecurityToken})
	who("InvalidAccessKeyId.NotFound", Credential{"STS.unknown", key.AccessKeySecret, key.SecurityToken})
	who("", key)

	s.Advance(24 * time.Hour) // only the clock of the data
	who("", key)
	s.SetBehaviour(func(b *Behaviour) { b.SessionsOnServerClock = true })
	who("InvalidSecurityToken.Expired", key)
	s.SetBehaviour(func(b *Behaviour) { b.SessionsOnServerClock = false })
	s.ExpireSessions()
	who("InvalidSecurityToken.Expired", key)
	who("InvalidSecurityToken.Expired", second)
}

func TestAssumeRoleWithOIDC(t *testing.T) {
	t.Parallel()
	s := New(t)
	trust(t, s)
	unsigned := func(params ...string) result {
		t.Helper()
		c := admin(t, s)
		r := c.request("Sts", "AssumeRoleWithOIDC", append([]string{
			"RoleArn", roleName, "OIDCProviderArn", "acs:ram::9999999999999999:oidc-provider/ci", "OIDCToken", "good token",
			"RoleSessionName", "pipeline", "DurationSeconds", "900",
		}, params...)...)
		if err := r.ParseForm(); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion"} {
			r.PostForm.Del(name)
		}
		return c.send(c.post(r.PostForm))
	}
	got := unsigned()
	equal(t, "subject", got.at("OIDCTokenInfo.Subject"), "repo:a/b")
	equal(t, "account", as(t, s, credentials(got)).ok("Sts", "GetCallerIdentity").at("AccountId"), trusting)

	bad := unsigned("OIDCToken", "stolen")
	equal(t, "code", bad.code, "AuthenticationFail.OIDCToken.Invalid")
	equal(t, "code", unsigned("OIDCProviderArn", "acs:ram::9999999999999999:oidc-provider/other").code, "EntityNotExist.OIDCProvider")
	equal(t, "code", unsigned("OIDCProviderArn", "ci").code, "InvalidParameter.OIDCProviderArn")
	s.ChangeAccount(trusting, func(a *Account) { a.Roles["deployer"].TrustedOIDCProviders = nil })
	equal(t, "code", unsigned().code, "NoPermission")
	equal(t, "account", s.Calls("AssumeRoleWithOIDC")[0].AccountID, trusting)
}
