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
