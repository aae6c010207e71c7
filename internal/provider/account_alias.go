// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// accountAlias is the alias and the default domain that follows from it.
type accountAlias struct{ Alias, Domain *string }

func newAccountAlias() *setting.Setting[accountAlias] {
	alias := setting.Word("account_alias", "The alias, from 3 to 63 lower-case letters, digits and single dashes inside. It is unique among all accounts of Alibaba Cloud. "+
		"`\"\"` is no alias, as in a new account.",
		func(s *accountAlias) **string { return &s.Alias }, "",
		stringvalidator.Any(stringvalidator.LengthBetween(3, 63), stringvalidator.OneOf("")),
		aliasForm.Validator("must be lower-case letters, digits and single dashes, with no dash at either end"))
	return &setting.Setting[accountAlias]{
		Name:   "account_alias",
		Noun:   "account alias",
		Object: "account alias",
		Docs: "The alias of an account: the name that replaces the account's id in the logon names of RAM users and in the address of the logon page. " +
			"The default domain follows from it, so **changing the alias changes the logon name of every RAM user**. " +
			"An account may have none. The resource adopts an existing alias. `on_destroy` determines what a destroy changes. Other accounts can use an alias after it was cleared or replaced.",
		Fields: []setting.Field[accountAlias]{alias},
		Derived: []setting.Derived[accountAlias]{
			{Name: "default_domain", Docs: "The domain of the principal names of RAM users, `<user name>@<default domain>`.", Get: func(s *accountAlias) attr.Value { return types.StringPointerValue(s.Domain) }},
			{Name: "login_url", Docs: "The address at which RAM users log on to the console.", Get: func(s *accountAlias) attr.Value { return loginURL(s.Domain) }},
		},
		Arguments: lockOutArguments(""),
		LockName:  access.LockName,
		Fetch:     fetchAlias,
		Refresh:   refreshAlias,
		Write:     writeAlias,
		Risks:     aliasRisks,
		DestroyWarning: func(before, after accountAlias) string {
			if old, now := tf.Deref(before.Alias), tf.Deref(after.Alias); old != "" && old != now {
				return fmt.Sprintf("The alias %q becomes free, and another account may take it. The logon name of every RAM user changes.", old)
			}
			return ""
		},
	}
}

func loginURL(domain *string) attr.Value {
	if tf.Deref(domain) == "" {
		return types.StringNull()
	}
	return types.StringValue(loginURLOf(*domain))
}

func fetchAlias(ctx context.Context, client *ram.Client) (accountAlias, error) {
	alias, err := client.AccountAlias(ctx)
	if err != nil {
		return accountAlias{}, err
	}
	domain, err := client.DefaultDomain(ctx)
	return accountAlias{Alias: &alias, Domain: &domain}, err
}

func refreshAlias(ctx context.Context, client *ram.Client) (accountAlias, error) {
	alias, err := client.RefreshAccountAlias(ctx)
	if err != nil {
		return accountAlias{}, err
	}
	domain, err := client.RefreshDefaultDomain(ctx)
	return accountAlias{Alias: &alias, Domain: &domain}, err
}

// writeAlias sets the alias in one call, and never clears the old one first: in between,
// another account could take it. The service returns 409 for an alias of another account
// (documented), and its remedy text for the 409 can mean that the old
// alias must be cleared first (ambiguous).
func writeAlias(ctx context.Context, client *ram.Client, merge ram.Merge[accountAlias], _ setting.WriteOptions) error {
	live, err := refreshAlias(ctx, client)
	if err != nil {
		return err
	}
	want, err := merge(ctx, live, ram.Reply{})
	if errors.Is(err, ram.ErrUnchanged) {
		return nil
	}
	if err != nil {
		return err
	}
	alias, old := tf.Deref(want.Alias), tf.Deref(live.Alias)
	if alias == "" {
		return client.ClearAccountAlias(ctx)
	}
	err = client.SetAccountAlias(ctx, alias)
	if !ram.Exists(err) || old == "" {
		return err
	}
	return diagnostics.WithState(fmt.Sprintf("The account keeps the alias %q. Either another account has the alias %q, or the service requires that %[1]q is cleared first: its response is the same for both. "+
		"The provider does not clear an alias to find out which, because another account could then take %[1]q. "+
		"To take this risk, apply account_alias = \"\" first.", old, alias), err)
}

func aliasRisks(ctx context.Context, c setting.Change[accountAlias]) []setting.Risk {
	before, after := c.Before.Alias, c.After.Alias
	if after == nil || before != nil && *before == *after {
		return nil
	}
	account := tf.String(c.Argument("account_id"))
	old := cmp.Or(tf.Deref(c.Before.Domain), defaultDomain(tf.Deref(before), account))
	detail := fmt.Sprintf("The default domain follows from the alias, so every RAM user logs on with another name, NAME@%s instead of NAME@%s, and everything that contains a principal name, "+
		"such as a bookmark of the logon page or the mapping of an identity provider, has to be changed.", defaultDomain(*after, account), old)
	if old := tf.Deref(before); old != "" {
		detail += fmt.Sprintf(" The alias %q becomes free, and another account may take it.", old)
	}
	return append([]setting.Risk{{Attribute: "account_alias", Summary: "Every RAM user's logon name changes", Detail: detail}}, domainRisks(ctx, c, old, account)...)
}

// defaultDomain is the default domain of an account with an alias, or without one.
func defaultDomain(alias, account string) string { return domainOf(cmp.Or(alias, account)) }

// domainRisks refuse to take away a domain that the identity provider may send. The domain with the id of the account is always
// valid for a logon (documented).
func domainRisks(ctx context.Context, c setting.Change[accountAlias], old, account string) []setting.Risk {
	if strings.EqualFold(old, defaultDomain("", account)) {
		return nil
	}
	c.Used()
	verdict := access.NameChange{Domain: old}.Judge(ctx, c.Instance())
	if !verdict.Lost {
		return nil
	}
	return []setting.Risk{{
		Attribute: "account_alias", Refuse: !verdict.Accepted, Summary: namesRefused,
		Detail: lostNames(verdict, "names with the domain "+old) + fmt.Sprintf(" If auxiliary_domain is free, set it to %q in ram_user_sso_settings, and apply that first: names with the old domain are then still accepted.", old),
	}}
}
