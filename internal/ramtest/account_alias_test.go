// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/http"
	"strings"
	"testing"
)

func TestAccountAlias_isTheDefaultDomain(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	equal(t, "domain", c.ok("Ims", "GetDefaultDomain").at("DefaultDomainName"), "1234567890123456.onaliyun.com")
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "acme")
	equal(t, "domain", c.ok("Ims", "GetDefaultDomain").at("DefaultDomainName"), "acme.onaliyun.com")
	c.ok("Ims", "SetDefaultDomain", "DefaultDomainName", "acme-2.onaliyun.com")
	equal(t, "alias", c.ok("Ram", "GetAccountAlias").at("AccountAlias"), "acme-2")
	c.ok("Ims", "SetDefaultDomain", "DefaultDomainName", "1234567890123456.onaliyun.com")
	s.Change(func(a *Account) { equal(t, "alias", a.Alias, "") })
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "acme")
	c.ok("Ram", "ClearAccountAlias")
	c.ok("Ram", "ClearAccountAlias")
	s.Change(func(a *Account) { equal(t, "domain", a.Domain(), "1234567890123456.onaliyun.com") })
}

func TestGetAccountAlias_withoutAlias(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for way, want := range map[string]any{"": "1234567890123456", "empty": "", "absent": nil} {
		s.SetBehaviour(func(b *Behaviour) { b.UnsetAliasResponse = way })
		equal(t, way, c.ok("Ram", "GetAccountAlias").at("AccountAlias"), want)
	}
	s.SetBehaviour(func(b *Behaviour) { b.UnsetAliasResponse = "not_found" })
	equal(t, "status", c.refused("EntityNotExist.AccountAlias", "Ram", "GetAccountAlias").status, http.StatusNotFound)
}

func TestSetAccountAlias_refusals(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.AddAccount("2222222222222222")
	s.ChangeAccount("2222222222222222", func(a *Account) { a.Alias = "taken" })
	for alias, code := range map[string]string{
		"": "MissingAccountAlias", "ab": "InvalidParameter.AccountAlias.Length", strings.Repeat("a", 64): "InvalidParameter.AccountAlias.Length",
		"Acme": "InvalidParameter.AccountAlias.Format", "-acme": "InvalidParameter.AccountAlias.Format",
		"ac--me": "InvalidParameter.AccountAlias.Format", "taken": "EntityAlreadyExists.AccountAlias",
		"2222222222222222": "EntityAlreadyExists.AccountAlias", strings.Repeat("a", 63): "",
	} {
		c.refused(code, "Ram", "SetAccountAlias", "AccountAlias", alias)
	}
	c.refused("EntityAlreadyExists.AccountAlias", "Ims", "SetDefaultDomain", "DefaultDomainName", "taken.onaliyun.com")
	c.refused("InvalidParameter.DefaultDomainName", "Ims", "SetDefaultDomain", "DefaultDomainName", "acme.example.com")
}

func TestSetAccountAlias_mustBeCleared(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.AliasMustBeCleared = true }))
	c := admin(t, s)
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "acme")
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "acme")
	c.refused("EntityAlreadyExists.AccountAlias", "Ram", "SetAccountAlias", "AccountAlias", "other")
	c.ok("Ram", "ClearAccountAlias")
	c.ok("Ram", "SetAccountAlias", "AccountAlias", "other")
}

func TestSetAccountAlias_shortOnly(t *testing.T) {
	t.Parallel()
	s := New(t, WithBehaviour(func(b *Behaviour) { b.ShortAliasesOnly = true }))
	c := admin(t, s)
	c.refused("InvalidParameter.AccountAlias.Length", "Ram", "SetAccountAlias", "AccountAlias", strings.Repeat("a", 33))
	c.ok("Ram", "SetAccountAlias", "AccountAlias", strings.Repeat("a", 32))
	c.ok("Ram", "ClearAccountAlias")
}
