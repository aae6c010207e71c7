// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"path"
	"slices"
	"strings"
)

// Nobody needs a permission to ask who they are. (documented)
// The root account may do everything. Users and roles may do what their patterns let them; without patterns, everything. (assumed: policies are not evaluated)
// A key's network policy comes before any of it. (documented; the code is assumed)
func permitted(r *request) error {
	if r.keyBlocked() {
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

// A pattern may name the product's prefix, which is ram: for Ram and Ims alike. (documented)
func matches(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		for _, prefix := range []string{"ram:", "sts:"} {
			pattern = strings.TrimPrefix(pattern, prefix)
		}
		return glob(pattern, action)
	})
}

// glob matches a text with a pattern of * and ?. A malformed pattern matches itself only.
func glob(pattern, text string) bool {
	matched, err := path.Match(pattern, text)
	return matched || err != nil && pattern == text
}

// Permission errors may say who lacked what. (documented)
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
