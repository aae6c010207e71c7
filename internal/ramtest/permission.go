// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"path"
	"slices"
	"strings"
)

// permitted checks the permission of the caller. GetCallerIdentity needs none. (documented) The root account may call every
// operation. Users and roles may call those that their patterns allow; without patterns, all. (assumed: policies are not
// evaluated) A network policy is checked first. (documented; the code is assumed)
func permitted(r *request) error {
	if !r.fromAllowedNetwork() {
		return noPermission(r)
	}
	if r.action == "GetCallerIdentity" {
		return nil
	}
	var denied, allowed []string
	switch {
	case r.caller.user != nil:
		denied, allowed = r.caller.user.Denied, r.caller.user.Allowed
	case r.caller.role != nil:
		denied, allowed = r.caller.role.Denied, r.caller.role.Allowed
	}
	if matches(denied, r.action) || len(allowed) > 0 && !matches(allowed, r.action) {
		return noPermission(r)
	}
	return nil
}

// matches reports whether a pattern matches an action. It may have the prefix ram:, for both Ram and Ims. (documented)
func matches(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		for _, prefix := range []string{"ram:", "sts:"} {
			pattern = strings.TrimPrefix(pattern, prefix)
		}
		return glob(pattern, action)
	})
}

// glob matches a text against a pattern with * and ?. A malformed pattern matches only itself.
func glob(pattern, text string) bool {
	matched, err := path.Match(pattern, text)
	return matched || err != nil && pattern == text
}

// deniedDetail returns which principal lacks which permission. (documented)
func deniedDetail(r *request) reply {
	prefix := "ram:"
	if r.product == "Sts" {
		prefix = "sts:"
	}
	kind, name := "RootUser", r.caller.accountID
	switch {
	case r.caller.user != nil:
		kind, name = "SubUser", r.caller.user.ID
	case r.caller.role != nil:
		kind, name = "AssumedRoleUser", r.caller.role.ID+":"+r.caller.session
	}
	return reply{
		"AuthAction":               prefix + r.action,
		"AuthPrincipalType":        kind,
		"AuthPrincipalOwnerId":     r.caller.accountID,
		"AuthPrincipalDisplayName": name,
		"PolicyType":               "AccountLevelIdentityBasedPolicy",
		"NoPermissionType":         "ImplicitDeny",
		"EncodedDiagnosticMessage": "AQEAAAAAFAKE",
	}
}
