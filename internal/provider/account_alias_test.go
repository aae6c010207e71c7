// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestAccountAlias_lifecycle(t *testing.T) {
	t.Parallel()
	for _, unset := range []string{"", "not_found", "empty", "absent"} {
		t.Run("unset is "+unset, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			srv.SetBehaviour(func(b *ramtest.Behaviour) { b.UnsetAliasResponse = unset })
			c := newCore(t, srv.Getenv, fakeClock())
			o, diags := c.Create(alias, attributes{})
			clean(t, diags)
			expect(t, "no alias", in(t, o.State, "account_alias"), "")
			expect(t, "its domain", in(t, o.State, "default_domain"), "1234567890123456.onaliyun.com")

			o, diags = c.Apply(alias, attributes{"account_alias": "acme"}, o)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "Every RAM user's logon name changes")
			expect(t, "domain", in(t, o.State, "default_domain"), "acme.onaliyun.com")
			expect(t, "address", in(t, o.State, "login_url"), "https://signin.alibabacloud.com/acme.onaliyun.com/login.htm")

			srv.Change(func(a *ramtest.Account) { a.Alias = "" }) // an administrator clears it
			o, diags = c.Read(alias, o)
			clean(t, diags)
			expect(t, "cleared outside", in(t, o.State, "account_alias"), "")
			o, diags = c.Apply(alias, attributes{"account_alias": "acme"}, o)
			clean(t, diags)
			expect(t, "repaired", account(srv).Alias, "acme")

			_, diags = c.Apply(alias, attributes{"account_alias": ""}, o)
			clean(t, diags)
			expect(t, "cleared by configuration", account(srv).Alias, "")
			contains(t, acctest.Messages(diags), `The alias "acme" becomes free`)
			expect(t, "writes", strings.Join(writes(srv), " "), "SetAccountAlias SetAccountAlias ClearAccountAlias")
		})
	}
}

func TestAccountAlias_aChangeIsOneCall(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.Alias = "before" })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(alias, attributes{"account_alias": "after"})
	clean(t, diags)
	expect(t, "writes", writes(srv), []string{"SetAccountAlias"})
}

// Another client clears the alias immediately before the provider does.
func TestAccountAlias_isClearedByAnotherClient(t *testing.T) {
	t.Parallel()
	eachSide(t, func(b *ramtest.Behaviour) { b.RefuseClearingNoAlias = true }, func(t *testing.T, _ bool, option ramtest.Option) {
		srv := ramtest.New(t, option)
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(alias, attributes{"account_alias": "acme"})
		clean(t, diags)
		srv.ChangeBefore("ClearAccountAlias", func(a *ramtest.Account) { a.Alias = "" })
		o, diags = c.Apply(alias, attributes{"account_alias": ""}, o)
		clean(t, diags)
		expect(t, "clears", len(srv.Calls("ClearAccountAlias")), 1)
		steady(t, c, alias, attributes{"account_alias": ""}, o)
	})
}

// An alias that is cleared to set another one is free for other accounts.
func TestAccountAlias_isKeptIfTheNewOneIsTaken(t *testing.T) {
	t.Parallel()
	for _, insists := range []bool{false, true} {
		srv := ramtest.New(t)
		srv.AddAccount("2222222222222222")
		srv.ChangeAccount("2222222222222222", func(a *ramtest.Account) { a.Alias = "taken" })
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.AliasMustBeCleared = insists })
		srv.Change(func(a *ramtest.Account) { a.Alias = "before" })
		c := newCore(t, srv.Getenv, fakeClock())
		_, diags := c.Create(alias, attributes{"account_alias": "taken"})
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create the account alias", `keeps the alias "before"`, "EntityAlreadyExists.AccountAlias", "belongs to another account", "Request id")
		expect(t, "alias", account(srv).Alias, "before")
		expect(t, "writes", writes(srv), []string{"SetAccountAlias"})
	}
}

func TestAccountAlias_isClearedOnlyIfConfigured(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.AliasMustBeCleared = true })
	srv.Change(func(a *ramtest.Account) { a.Alias = "before" })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(alias, attributes{"account_alias": "after"})
	contains(t, acctest.Messages(acctest.Errors(diags)), `account_alias = ""`, `"before"`, `"after"`)
	expect(t, "kept", account(srv).Alias, "before")
	o, diags := c.Create(alias, attributes{"account_alias": ""})
	clean(t, diags)
	_, diags = c.Apply(alias, attributes{"account_alias": "after"}, o)
	clean(t, diags)
	expect(t, "alias", account(srv).Alias, "after")
	expect(t, "writes", strings.Join(writes(srv), " "), "SetAccountAlias ClearAccountAlias SetAccountAlias")
}

// An identity provider may send names with the domain of the old alias.
func TestAccountAlias_singleSignOn(t *testing.T) {
	t.Parallel()
	const refusal = "The names that the identity provider sends may no longer be accepted"
	for name, one := range map[string]struct {
		sso     func(*ramtest.Account)
		refused bool
	}{
		"disabled":                            {func(a *ramtest.Account) { a.UserSso.Enabled = false }, false},
		"names with a domain":                 {func(*ramtest.Account) {}, true},
		"names with another auxiliary domain": {func(a *ramtest.Account) { a.UserSso.AuxiliaryDomain = "example.com" }, true},
		"the old domain is accepted":          {func(a *ramtest.Account) { a.UserSso.AuxiliaryDomain = "before.onaliyun.com" }, false},
		"names without a domain":              {func(a *ramtest.Account) { a.UserSso.LoginWithDomain = false }, false},
		"no alias before":                     {func(a *ramtest.Account) { a.Alias = "" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			srv.Change(func(a *ramtest.Account) {
				a.Alias, a.UserSso.Enabled, a.UserSso.MetadataDocument, a.UserSso.LoginWithDomain = "before", true, acctest.IDPMetadata, true
				one.sso(a)
			})
			c := newCore(t, srv.Getenv, fakeClock())
			before := account(srv)
			_, diags := c.Create(alias, attributes{"account_alias": "after"})
			contains(t, acctest.Messages(diags), "NAME@after.onaliyun.com instead of NAME@"+before.Domain())
			if lost := !account(srv).ConsoleAccess(ramtest.Logon{UserName: "admin", NameID: "admin@" + before.Domain()}).Allowed; lost && before.UserSso.LoginWithDomain && before.UserSso.Enabled {
				t.Error("the logon is lost")
			}
			if !one.refused {
				clean(t, diags)
				expect(t, "alias", account(srv).Alias, "after")
				return
			}
			contains(t, acctest.Messages(acctest.Errors(diags)), refusal, "before.onaliyun.com", "auxiliary_domain")
			expect(t, "writes", writes(srv), []string(nil))
			o, diags := c.Create(alias, attributes{"account_alias": "after", "allow_lock_out": true})
			clean(t, diags)
			contains(t, acctest.Messages(diags), "WARNING: "+refusal)
			expect(t, "alias", account(srv).Alias, "after")
			_, diags = newCore(t, srv.Getenv, fakeClock()).Apply(alias, attributes{"account_alias": "", "allow_lock_out": false}, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), refusal, "after.onaliyun.com")
		})
	}
	denied := ramtest.New(t)
	denied.Change(func(a *ramtest.Account) { a.Alias = "before" })
	denied.Inject(ramtest.Rule{Action: "GetUserSsoSettings", Fault: "code", Status: 403, Code: "NoPermission"})
	_, diags := newCore(t, denied.Getenv, fakeClock()).Create(alias, attributes{"account_alias": "after"})
	contains(t, acctest.Messages(acctest.Errors(diags)), refusal, "could not be determined")
	expect(t, "writes", writes(denied), []string(nil))
}
