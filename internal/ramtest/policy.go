// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var policyActions = table{
	"Ram/CreatePolicy":            {run: createPolicy, write: true},
	"Ram/GetPolicy":               {run: getPolicy},
	"Ram/ListPolicies":            {run: listPolicies},
	"Ram/DeletePolicy":            {run: deletePolicy, write: true},
	"Ram/UpdatePolicyDescription": {run: updatePolicyDescription, write: true},
	"Ram/CreatePolicyVersion":     {run: createPolicyVersion, write: true},
	"Ram/GetPolicyVersion":        {run: getPolicyVersion},
	"Ram/ListPolicyVersions":      {run: listPolicyVersions},
	"Ram/DeletePolicyVersion":     {run: deletePolicyVersion, write: true},
	"Ram/SetDefaultPolicyVersion": {run: setDefaultPolicyVersion, write: true},
}

// systemPolicies are some system policies with their actions.
var systemPolicies = map[string]string{
	"AdministratorAccess":       "*",
	"ReadOnlyAccess":            "*:Get*",
	"AliyunRAMFullAccess":       "ram:*",
	"AliyunRAMReadOnlyAccess":   "ram:Get*",
	"AliyunSTSAssumeRoleAccess": "sts:AssumeRole",
	"AliyunECSFullAccess":       "ecs:*",
	"AliyunOSSFullAccess":       "oss:*",
	"AliyunOSSReadOnlyAccess":   "oss:Get*",
}

var policyName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// spelledPolicy returns the name of a policy as it was created: the case in the request does not matter (observed, for a
// policy of the service; Behaviour.CaseSensitivePolicies).
func (r *request) spelledPolicy(kind, name string) string {
	if r.server.behaviour.CaseSensitivePolicies {
		return name
	}
	created := slices.Sorted(maps.Keys(systemPolicies))
	if kind == "Custom" {
		created = slices.Sorted(maps.Keys(r.account.Policies))
	}
	if at := slices.IndexFunc(created, func(other string) bool { return strings.EqualFold(name, other) }); at >= 0 {
		return created[at]
	}
	return name
}

// hasPolicy reports whether a policy exists. Every system policy whose name starts with Aliyun exists. (assumed)
func (a *Account) hasPolicy(policy string) bool {
	kind, name := typedPolicy(policy)
	if kind == "Custom" {
		return a.Policies[name] != nil
	}
	return systemPolicies[name] != "" || strings.HasPrefix(name, "Aliyun")
}

func noPolicy() error { return notExist("Policy", "The policy does not exist.") } // (documented)

func noPolicyVersion() error {
	return notExist("Policy.Version", "The policy version does not exist.") // (documented)
}

// createPolicy creates a custom policy with its first version. (documented)
func createPolicy(r *request) (reply, error) {
	name, err := r.required("PolicyName")
	if err != nil {
		return nil, err
	}
	document, err := r.policyDocument("PolicyDocument")
	if err != nil {
		return nil, err
	}
	tags, err := r.tags()
	switch {
	case err != nil:
		return nil, err
	case len(name) > 128:
		return nil, tooLong("PolicyName")
	case !policyName.MatchString(name):
		return nil, invalidChars("PolicyName")
	case utf8.RuneCountInString(r.text("Description")) > 1024:
		return nil, tooLong("Description")
	case r.account.Policies[r.spelledPolicy("Custom", name)] != nil:
		return nil, exists("Policy", "The policy does already EXIST.")
	case len(r.account.Policies) >= r.account.Quotas.Policies:
		return nil, exceeded("Policy", "The count of policies beyond the current limits.")
	}
	policy := &Policy{
		Name: name, Description: r.text("Description"), CreateDate: r.now, UpdateDate: r.now, DefaultVersion: "v1", LastVersion: 1,
		Versions: []PolicyVersion{{ID: "v1", Document: document, CreateDate: r.now}},
	}
	if err := r.addTags(&policy.Tags, tags); err != nil {
		return nil, err
	}
	if r.account.Policies == nil {
		r.account.Policies = map[string]*Policy{}
	}
	r.account.Policies[name] = policy
	return reply{"Policy": r.showPolicy(policy)}, nil
}

// policyDocument returns a JSON document with statements, whose size is limited. (documented; the codes are assumed)
func (r *request) policyDocument(parameter string) (string, error) {
	text, err := r.required(parameter)
	if err != nil {
		return "", err
	}
	if len(text) > r.account.Quotas.PolicySize {
		return "", tooLong(parameter)
	}
	var document struct {
		Version   string
		Statement []struct{ Effect string }
	}
	if json.Unmarshal([]byte(text), &document) != nil || document.Version != "1" || len(document.Statement) == 0 {
		return "", malformedDocument(parameter)
	}
	for _, statement := range document.Statement {
		if statement.Effect != "Allow" && statement.Effect != "Deny" {
			return "", malformedDocument(parameter)
		}
	}
	return text, nil
}

func malformedDocument(parameter string) error {
	return fail(http.StatusBadRequest, "MalformedPolicyDocument", "The %s is malformed.", parameter)
}

func (r *request) showPolicy(policy *Policy) reply {
	shown := reply{
		"PolicyName": policy.Name, "PolicyType": "Custom", "Description": policy.Description, "DefaultVersion": policy.DefaultVersion,
		"CreateDate": stamp(policy.CreateDate),
	}
	if r.action != "CreatePolicy" {
		shown["UpdateDate"] = stamp(policy.UpdateDate)
		shown["AttachmentCount"] = r.account.attachments("Custom/" + policy.Name)
	}
	if r.action == "ListPolicies" {
		shown["Tags"] = showTags(policy.Tags)
	}
	return shown
}

func (r *request) showSystemPolicy(name string) reply {
	return reply{
		"PolicyName": name, "PolicyType": "System", "Description": "", "DefaultVersion": "v1", "CreateDate": "2015-04-28T17:12:57Z",
		"UpdateDate": "2015-04-28T17:12:57Z", "AttachmentCount": r.account.attachments("System/" + name),
	}
}

// attachments returns the number of users, groups and roles to which a policy is attached.
func (a *Account) attachments(policy string) int {
	n := 0
	count := func(policies []string, inGroups []GroupPolicy) {
		if slices.ContainsFunc(policies, samePolicy(policy)) ||
			slices.ContainsFunc(inGroups, func(g GroupPolicy) bool { return g.Policy == policy }) {
			n++
		}
	}
	for _, user := range a.Users {
		count(user.Policies, user.GroupPolicies)
	}
	for _, group := range a.Groups {
		count(group.Policies, group.GroupPolicies)
	}
	for _, role := range a.Roles {
		count(role.Policies, role.GroupPolicies)
	}
	return n
}

// customPolicy returns the custom policy that the request must name. (documented)
func (r *request) customPolicy() (*Policy, error) {
	name, err := r.required("PolicyName")
	if err != nil {
		return nil, err
	}
	if policy := r.account.Policies[r.spelledPolicy("Custom", name)]; policy != nil {
		return policy, nil
	}
	return nil, noPolicy()
}

func systemDocument(name string) string {
	return fmt.Sprintf(`{"Version":"1","Statement":[{"Action":%q,"Resource":"*","Effect":"Allow"}]}`, cmp.Or(systemPolicies[name], "*:Get*"))
}

// getPolicy returns one policy and its default version. (documented)
func getPolicy(r *request) (reply, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	if !r.account.hasPolicy(policy) {
		return nil, noPolicy()
	}
	kind, name := typedPolicy(policy)
	if kind == "System" {
		version := &PolicyVersion{ID: "v1", Document: systemDocument(name)}
		return reply{"Policy": r.showSystemPolicy(name), "DefaultPolicyVersion": showVersion(version, "v1", true)}, nil
	}
	custom := r.account.Policies[name]
	return reply{
		"Policy":               r.showPolicy(custom),
		"DefaultPolicyVersion": showVersion(custom.version(custom.DefaultVersion), custom.DefaultVersion, true),
	}, nil
}

func (p *Policy) version(id string) *PolicyVersion {
	at := slices.IndexFunc(p.Versions, func(v PolicyVersion) bool { return v.ID == id })
	if at < 0 {
		return nil
	}
	return &p.Versions[at]
}

func showVersion(version *PolicyVersion, byDefault string, document bool) reply { //nolint:unparam // it says which response has a document
	shown := reply{"VersionId": version.ID, "IsDefaultVersion": version.ID == byDefault, "CreateDate": stamp(version.CreateDate)}
	if document {
		shown["PolicyDocument"] = version.Document
	}
	return shown
}

func (a *Account) sortedPolicies() []*Policy {
	return slices.SortedFunc(maps.Values(a.Policies), func(x, y *Policy) int { return cmp.Compare(x.Name, y.Name) })
}

// listPolicies returns a page of the policies of one or both types. Custom policies can be filtered by tag. (documented)
func listPolicies(r *request) (reply, error) {
	kind := r.text("PolicyType")
	if kind != "" && kind != "System" && kind != "Custom" {
		return nil, incorrect("PolicyType")
	}
	tags, err := r.tags()
	if err != nil {
		return nil, err
	}
	var all []reply
	if kind != "System" {
		for _, policy := range r.account.sortedPolicies() {
			if hasTags(policy.Tags, tags) {
				all = append(all, r.showPolicy(policy))
			}
		}
	}
	if kind != "Custom" && len(tags) == 0 {
		for _, name := range slices.Sorted(maps.Keys(systemPolicies)) {
			all = append(all, r.showSystemPolicy(name))
		}
	}
	page, body, err := paged(r, all, 100, 1000)
	if err != nil {
		return nil, err
	}
	body["Policies"] = wrapped("Policy", page, func(item reply) reply { return item })
	return body, nil
}

// deletePolicy deletes a custom policy that is not attached and has only its default version. CascadingDelete deletes the
// other versions too. (documented)
func deletePolicy(r *request) (reply, error) {
	policy, err := r.customPolicy()
	if err != nil {
		return nil, err
	}
	cascading := false
	if err := r.boolean("CascadingDelete", &cascading); err != nil {
		return nil, err
	}
	if r.account.attachments("Custom/"+policy.Name) > 0 {
		return nil, conflict("Policy.User", "The policy CAN NOT been attached to any entity while deleting the policy.")
	}
	if len(policy.Versions) > 1 && !cascading {
		return nil, conflict("Policy.Version", "The policy CAN NOT has any version except the default version while deleting the policy.")
	}
	delete(r.account.Policies, policy.Name)
	return reply{}, nil
}

// updatePolicyDescription changes the description. (documented)
func updatePolicyDescription(r *request) (reply, error) {
	policy, err := r.customPolicy()
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(r.text("NewDescription")) > 1024 {
		return nil, tooLong("NewDescription")
	}
	policy.Description, policy.UpdateDate = r.text("NewDescription"), r.now
	return reply{"Policy": r.showPolicy(policy)}, nil
}

// createPolicyVersion adds a version. A policy has at most five. With RotateStrategy the oldest version that is not the
// default is deleted. (documented)
func createPolicyVersion(r *request) (reply, error) {
	policy, err := r.customPolicy()
	if err != nil {
		return nil, err
	}
	document, err := r.policyDocument("PolicyDocument")
	if err != nil {
		return nil, err
	}
	asDefault := false
	if err := r.boolean("SetAsDefault", &asDefault); err != nil {
		return nil, err
	}
	if len(policy.Versions) >= r.account.Quotas.PolicyVersions {
		if r.text("RotateStrategy") != "DeleteOldestNonDefaultVersionWhenLimitExceeded" {
			return nil, exceeded("Policy.Version", "The count of policy versions beyond the current limits.")
		}
		at := slices.IndexFunc(policy.Versions, func(v PolicyVersion) bool { return v.ID != policy.DefaultVersion })
		policy.Versions = slices.Delete(policy.Versions, at, at+1)
	}
	policy.LastVersion++
	version := PolicyVersion{ID: fmt.Sprintf("v%d", policy.LastVersion), Document: document, CreateDate: r.now}
	policy.Versions = append(policy.Versions, version)
	if asDefault {
		policy.DefaultVersion = version.ID
	}
	policy.UpdateDate = r.now
	return reply{"PolicyVersion": showVersion(&version, policy.DefaultVersion, true)}, nil
}

// policyVersion returns the version of a custom policy that the request must name. (documented)
func (r *request) policyVersion() (*Policy, *PolicyVersion, error) {
	id, err := r.required("VersionId")
	if err != nil {
		return nil, nil, err
	}
	policy, err := r.customPolicy()
	if err != nil {
		return nil, nil, err
	}
	version := policy.version(id)
	if version == nil {
		return nil, nil, noPolicyVersion()
	}
	return policy, version, nil
}

// getPolicyVersion returns one version with its document. (documented)
func getPolicyVersion(r *request) (reply, error) {
	if name := r.spelledPolicy("System", r.text("PolicyName")); r.text("PolicyType") == "System" && r.account.hasPolicy("System/"+name) {
		if r.text("VersionId") != "v1" {
			return nil, noPolicyVersion()
		}
		return reply{"PolicyVersion": showVersion(&PolicyVersion{ID: "v1", Document: systemDocument(name)}, "v1", true)}, nil
	}
	policy, version, err := r.policyVersion()
	if err != nil {
		return nil, err
	}
	return reply{"PolicyVersion": showVersion(version, policy.DefaultVersion, true)}, nil
}

// listPolicyVersions returns the versions of a policy on one page. (documented)
func listPolicyVersions(r *request) (reply, error) {
	named, err := r.policy()
	if err != nil {
		return nil, err
	}
	kind, name := typedPolicy(named)
	versions, byDefault := []PolicyVersion{{ID: "v1", Document: systemDocument(name)}}, "v1"
	if !r.account.hasPolicy(named) {
		return nil, noPolicy()
	}
	if kind == "Custom" {
		versions, byDefault = r.account.Policies[name].Versions, r.account.Policies[name].DefaultVersion
	}
	return reply{"PolicyVersions": wrapped("PolicyVersion", shuffled(r, versions), func(v PolicyVersion) reply {
		return showVersion(&v, byDefault, true)
	})}, nil
}

// deletePolicyVersion deletes a version that is not the default. (documented)
func deletePolicyVersion(r *request) (reply, error) {
	policy, version, err := r.policyVersion()
	if err != nil {
		return nil, err
	}
	if version.ID == policy.DefaultVersion {
		return nil, conflict("Policy.Version.Default", "The default version of the policy CAN NOT been deleted.")
	}
	policy.Versions = without(policy.Versions, *version)
	policy.UpdateDate = r.now
	return reply{}, nil
}

// setDefaultPolicyVersion sets the default version. (documented)
func setDefaultPolicyVersion(r *request) (reply, error) {
	policy, version, err := r.policyVersion()
	if err != nil {
		return nil, err
	}
	policy.DefaultVersion, policy.UpdateDate = version.ID, r.now
	return reply{}, nil
}
