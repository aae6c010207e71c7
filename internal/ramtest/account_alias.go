// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/http"
	"regexp"
	"strings"
)

// The alias in Ram and the default domain in Ims are the same setting: the alias "acme" is the domain "acme.onaliyun.com", the
// suffix of every user's principal name. (documented)

var accountAliasActions = table{
	"Ram/GetAccountAlias":   {run: getAccountAlias},
	"Ram/SetAccountAlias":   {run: setAccountAlias, write: true},
	"Ram/ClearAccountAlias": {run: clearAccountAlias, write: true},
	"Ims/GetDefaultDomain":  {run: getDefaultDomain},
	"Ims/SetDefaultDomain":  {run: setDefaultDomain, write: true},
}

// getAccountAlias returns the alias, or the account id if there is none. (assumed; Behaviour.UnsetAliasResponse)
func getAccountAlias(r *request) (reply, error) {
	if r.account.Alias != "" {
		return reply{"AccountAlias": r.account.Alias}, nil
	}
	switch r.server.behaviour.UnsetAliasResponse {
	case "not_found":
		return nil, noAccountAlias()
	case "empty":
		return reply{"AccountAlias": ""}, nil
	case "absent":
		return reply{}, nil
	default:
		return reply{"AccountAlias": r.account.ID}, nil
	}
}

// setAccountAlias sets an alias of 3 to 63 lower-case letters, digits and single hyphens in between. (documented; other texts say
// 32 and 64; Behaviour.ShortAliasesOnly).
func setAccountAlias(r *request) (reply, error) {
	alias, err := r.required("AccountAlias")
	if err != nil {
		return nil, err
	}
	if len(alias) < 3 || len(alias) > r.longestAlias() {
		return nil, aliasLength()
	}
	if !aliasText.MatchString(alias) {
		return nil, aliasFormat()
	}
	return reply{}, r.alias(alias)
}

func (r *request) longestAlias() int {
	if r.server.behaviour.ShortAliasesOnly {
		return 32
	}
	return 63
}

var aliasText = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// alias sets an alias that no other account has. (documented) It replaces an existing alias. (observed;
// Behaviour.AliasMustBeCleared).
func (r *request) alias(alias string) error {
	for _, other := range r.server.accounts {
		if other.ID != r.account.ID && (other.Alias == alias || other.ID == alias) {
			return accountAliasExists()
		}
	}
	if r.server.behaviour.AliasMustBeCleared && r.account.Alias != "" && r.account.Alias != alias {
		return accountAliasExists()
	}
	r.account.Alias = alias
	return nil
}

// clearAccountAlias removes the alias. It succeeds without an alias. (assumed;
// Behaviour.RefuseClearingNoAlias).
func clearAccountAlias(r *request) (reply, error) {
	if r.account.Alias == "" && r.server.behaviour.RefuseClearingNoAlias {
		return nil, fail(http.StatusNotFound, "EntityNotExist.AccountAlias", "The account alias does not exist.")
	}
	r.account.Alias = ""
	return reply{}, nil
}

// getDefaultDomain returns the default domain. (documented)
func getDefaultDomain(r *request) (reply, error) {
	return reply{"DefaultDomainName": r.account.Domain()}, nil
}

// setDefaultDomain sets the alias. (documented) The account's own id clears it, and the code of the conflict is that of the alias.
// (assumed, both)
func setDefaultDomain(r *request) (reply, error) {
	name, err := r.required("DefaultDomainName")
	if err != nil {
		return nil, err
	}
	alias, ours := strings.CutSuffix(name, domainSuffix)
	if !ours || len(name) > 64 || !aliasText.MatchString(alias) {
		return nil, incorrect("DefaultDomainName")
	}
	if alias == r.account.ID {
		r.account.Alias = ""
		return reply{"DefaultDomainName": name}, nil
	}
	return reply{"DefaultDomainName": name}, r.alias(alias)
}
