// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

var roleActions = table{
	"Ram/CreateRole": {run: createRole, write: true},
	"Ram/GetRole":    {run: getRole},
	"Ram/UpdateRole": {run: updateRole, write: true},
	"Ram/ListRoles":  {run: listRoles},
	"Ram/DeleteRole": {run: deleteRole, write: true},
}

var (
	roleNameChars    = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
	trustedAccount   = regexp.MustCompile(`^acs:ram::(\d{16}):root$`)
	trustedFederated = regexp.MustCompile(`^acs:ram::\d{16}:oidc-provider/(.+)$`)
)

// createRole creates a role with the document that defines who may assume it. (documented)
func createRole(r *request) (reply, error) {
	name, err := r.required("RoleName")
	if err != nil {
		return nil, err
	}
	tags, err := r.tags()
	switch {
	case err != nil:
		return nil, err
	case len(name) > 64:
		return nil, tooLong("RoleName")
	case !roleNameChars.MatchString(name):
		return nil, invalidChars("RoleName")
	case r.account.Roles[name] != nil:
		return nil, exists("Role", "The role does already EXIST.")
	case len(r.account.Roles) >= r.account.Quotas.Roles:
		return nil, exceeded("Role", "The count of roles beyond the current limits.")
	}
	role := &Role{ID: r.server.newRoleID(), Name: name, CreateDate: r.now, UpdateDate: r.now}
	if err := first(r.trust(role, "AssumeRolePolicyDocument"), r.describeRole(role, ""), r.addTags(&role.Tags, tags)); err != nil {
		return nil, err
	}
	r.account.Roles[name] = role
	return reply{"Role": r.showRole(role)}, nil
}

// trust reads who may assume the role: accounts, OIDC providers, services. (documented) The fake evaluates accounts and
// providers, but no conditions.
func (r *request) trust(role *Role, parameter string) error {
	text, err := r.policyDocument(parameter)
	if err != nil {
		return err
	}
	var document struct {
		Statement []struct {
			Effect    string
			Principal map[string]any
		}
	}
	if json.Unmarshal([]byte(text), &document) != nil {
		return malformedDocument(parameter)
	}
	role.AssumePolicy, role.TrustedAccounts, role.TrustedOIDCProviders = text, nil, nil
	for _, statement := range document.Statement {
		if statement.Effect != "Allow" {
			continue
		}
		for _, arn := range texts(statement.Principal["RAM"]) {
			if parts := trustedAccount.FindStringSubmatch(arn); parts != nil {
				role.TrustedAccounts = append(role.TrustedAccounts, parts[1])
			}
		}
		for _, arn := range texts(statement.Principal["Federated"]) {
			if parts := trustedFederated.FindStringSubmatch(arn); parts != nil {
				role.TrustedOIDCProviders = append(role.TrustedOIDCProviders, parts[1])
			}
		}
	}
	return nil
}

// texts reads a string or a list of strings.
func texts(value any) []string {
	if text, ok := value.(string); ok {
		return []string{text}
	}
	var all []string
	list, _ := value.([]any)
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// describeRole reads the description, at most 1024 characters, and the maximum session duration, 3600 to 43200 seconds.
// (documented)
func (r *request) describeRole(role *Role, prefix string) error {
	if utf8.RuneCountInString(r.text(prefix+"Description")) > 1024 {
		return tooLong(prefix + "Description")
	}
	if r.has(prefix + "Description") {
		role.Description = r.text(prefix + "Description")
	}
	return r.integer(prefix+"MaxSessionDuration", 3600, 43200, &role.MaxSessionDuration)
}

// namedRole returns the role that the request must name. (documented)
func (r *request) namedRole() (*Role, error) {
	name, err := r.required("RoleName")
	if err != nil {
		return nil, err
	}
	if role := r.account.Roles[name]; role != nil {
		return role, nil
	}
	return nil, noRoleNamed()
}

func noRoleNamed() error { return notExist("Role", "The role does not exist.") } // (documented)

func (r *request) showRole(role *Role) reply {
	shown := reply{
		"RoleId": role.ID, "RoleName": role.Name, "Arn": arn(r.account.ID, "role", role.Name), "Description": role.Description,
		"CreateDate": stamp(role.CreateDate), "MaxSessionDuration": cmp.Or(role.MaxSessionDuration, defaultSessionSeconds),
	}
	if r.action != "CreateRole" {
		shown["UpdateDate"] = stamp(role.UpdateDate)
	}
	if r.action == "ListRoles" {
		shown["Tags"] = showTags(role.Tags)
		return shown
	}
	shown["AssumeRolePolicyDocument"] = cmp.Or(role.AssumePolicy, r.composedTrust(role))
	return shown
}

// composedTrust returns the trust document of a role that a test created without one.
func (r *request) composedTrust(role *Role) string {
	accounts, providers := []any{}, []any{}
	for _, id := range role.TrustedAccounts {
		accounts = append(accounts, arn(id, "root"))
	}
	for _, name := range role.TrustedOIDCProviders {
		providers = append(providers, arn(r.account.ID, "oidc-provider", name))
	}
	principals := reply{}
	if len(accounts) > 0 || len(providers) == 0 {
		principals["RAM"] = accounts
	}
	if len(providers) > 0 {
		principals["Federated"] = providers
	}
	return string(asJSON(reply{"Version": "1", "Statement": []any{
		reply{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": principals},
	}}))
}

// getRole returns one role. (documented)
func getRole(r *request) (reply, error) {
	role, err := r.namedRole()
	if err != nil {
		return nil, err
	}
	return reply{"Role": r.showRole(role)}, nil
}

// updateRole changes the values that the request passes. (documented)
func updateRole(r *request) (reply, error) {
	role, err := r.namedRole()
	if err != nil {
		return nil, err
	}
	if r.has("NewAssumeRolePolicyDocument") {
		if err := r.trust(role, "NewAssumeRolePolicyDocument"); err != nil {
			return nil, err
		}
	}
	if err := r.describeRole(role, "New"); err != nil {
		return nil, err
	}
	role.UpdateDate = r.now
	return reply{"Role": r.showRole(role)}, nil
}

func (a *Account) sortedRoles() []*Role {
	return slices.SortedFunc(maps.Values(a.Roles), func(x, y *Role) int { return cmp.Compare(x.Name, y.Name) })
}

// listRoles returns a page of roles: all, or those with a tag. (documented)
func listRoles(r *request) (reply, error) {
	tags, err := r.tags()
	if err != nil {
		return nil, err
	}
	roles := slices.DeleteFunc(r.account.sortedRoles(), func(role *Role) bool { return !hasTags(role.Tags, tags) })
	page, body, err := paged(r, roles, 100, 1000)
	if err != nil {
		return nil, err
	}
	body["Roles"] = wrapped("Role", page, r.showRole)
	return body, nil
}

// deleteRole deletes a role without policies. (documented)
func deleteRole(r *request) (reply, error) {
	role, err := r.namedRole()
	if err != nil {
		return nil, err
	}
	if len(role.Policies)+len(role.GroupPolicies) > 0 {
		return nil, conflict("Role.Policy", "The role CAN NOT has any attached policy while deleting the role.")
	}
	delete(r.account.Roles, role.Name)
	return reply{}, nil
}
