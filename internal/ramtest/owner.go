// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"regexp"
	"strings"
)

// nameParameter returns the parameter that identifies a user: the user name in Ram, the principal name in Ims. (documented)
func (r *request) nameParameter() string {
	if r.product == "Ims" {
		return "UserPrincipalName"
	}
	return "UserName"
}

// principalName returns the user name with the current default domain. (documented)
func (r *request) principalName(name string) string {
	return name + "@" + r.account.Domain()
}

// nameOf returns the response field that identifies a user, by version. (documented)
func (r *request) nameOf(name string) (field, value string) {
	if r.product == "Ims" {
		return "UserPrincipalName", r.principalName(name)
	}
	return "UserName", name
}

// named returns the user that the request must name. (documented)
func (r *request) named() (*User, error) {
	text, err := r.required(r.nameParameter())
	if err != nil {
		return nil, err
	}
	name, ours, err := r.readName(r.nameParameter(), text)
	if err != nil {
		return nil, err
	}
	user, ok := r.account.Users[name]
	if !ok || !ours {
		return nil, noUser()
	}
	return user, nil
}

// namedOrCaller returns the user that the request names, or else the caller; nil is the root account. (documented) An empty
// name counts as absent, and a role session must name a user. (assumed)
func (r *request) namedOrCaller() (*User, error) {
	if r.text(r.nameParameter()) != "" {
		return r.named()
	}
	return r.self(r.nameParameter())
}

// namedOrSelf is like namedOrCaller, but the root account must name a user. (documented)
func (r *request) namedOrSelf() (*User, error) {
	user, err := r.namedOrCaller()
	if err == nil && user == nil {
		return nil, missing(r.nameParameter())
	}
	return user, err
}

func (r *request) self(parameter string) (*User, error) {
	switch r.caller.kind {
	case "Account":
		return nil, nil //nolint:nilnil // nil is the root account
	case "RAMUser":
		if user := r.account.UserByID(r.caller.user.ID); user != nil {
			return user, nil
		}
		return nil, noUser()
	default:
		return nil, missing(parameter)
	}
}

// namedBy returns the user that is identified by exactly one of the parameters (documented; the code for several is
// assumed).
func (r *request) namedBy(parameters ...string) (*User, error) {
	given := ""
	for _, parameter := range parameters {
		if r.text(parameter) == "" {
			continue
		}
		if given != "" {
			return nil, incorrect(parameter)
		}
		given = parameter
	}
	switch given {
	case "":
		return nil, missing(parameters[0])
	case "UserId":
		return r.userWithID()
	case "UserAccessKeyId":
		// This is the only operation that finds the owner of a key. (documented) A key of the root account has no user.
		// (assumed)
		if _, user := r.account.KeyByID(r.text(given)); user != nil {
			return user, nil
		}
		return nil, noUser()
	default:
		return r.named()
	}
}

func (r *request) userWithID() (*User, error) {
	id, err := r.required("UserId")
	if err != nil {
		return nil, err
	}
	if user := r.account.UserByID(id); user != nil {
		return user, nil
	}
	return nil, noUser()
}

var (
	userNameChars      = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	principalNameChars = regexp.MustCompile(`^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+$`)
)

// readName returns the user name in a UserName or UserPrincipalName, and whether its domain belongs to the account. A user
// name has 1 to 64 letters, digits, '.', '-' and '_', a principal name at most 128 characters. (documented) Ims returns the
// codes of Ram. (assumed)
func (r *request) readName(parameter, text string) (name string, ours bool, err error) {
	name, ours = text, true
	if r.product == "Ims" {
		if len(text) > 128 {
			return "", false, tooLong(parameter)
		}
		if !principalNameChars.MatchString(text) {
			return "", false, invalidChars(parameter)
		}
		var domain string
		name, domain, _ = strings.Cut(text, "@")
		ours = r.ourDomain(domain)
	}
	if len(name) > 64 {
		return "", false, tooLong(parameter)
	}
	if !userNameChars.MatchString(name) {
		return "", false, invalidChars(parameter)
	}
	return name, ours, nil
}

// ourDomain reports whether a domain is the default domain of the account or <account id>.onaliyun.com, which is always
// valid. (documented for logon, assumed here; Behaviour.RefuseAccountDomain).
func (r *request) ourDomain(domain string) bool {
	if domain == r.account.Domain() {
		return true
	}
	return domain == r.account.ID+domainSuffix && !r.server.behaviour.RefuseAccountDomain
}

// newName returns the new name of a user, which must be in a domain of the account and not in use. (documented; the code
// for another domain is assumed).
func (r *request) newName(parameter string, user *User) (string, error) {
	text, err := r.required(parameter)
	if err != nil {
		return "", err
	}
	name, ours, err := r.readName(parameter, text)
	if err != nil {
		return "", err
	}
	if !ours {
		return "", incorrect(parameter)
	}
	if other, taken := r.account.Users[name]; taken && other != user {
		return "", userExists()
	}
	return name, nil
}
