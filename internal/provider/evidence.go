// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// evidence is the input of the controls: the settings of an account, and what
// reports say about its root account, users and policies.
type evidence struct {
	settings map[string]tf.Values
	report   *reportEvidence               // nil: not value
	access   *listEvidence[accessEvidence] // nil: not value
	policies *listEvidence[policyEvidence] // nil: not value
}

// listEvidence has the results of a data source that lists objects.
type listEvidence[T any] struct {
	items    []T
	filtered bool // the data source has a filter: there may be others
}

// The members of the argument settings that are no settings.
const (
	fromReport   = "credential_report"
	fromAccess   = "user_access"
	fromPolicies = "policies"
)

// reportEvidence is a credential report.
type reportEvidence struct {
	generated time.Time // zero: not value
	root      *rowEvidence
	users     []rowEvidence
}

// rowEvidence is a row of a credential report. A column that is in none of the maps
// has no value.
type rowEvidence struct {
	user  string
	is    map[string]bool
	at    map[string]time.Time
	notes map[string]string
}

// accessEvidence is the permissions of a user.
type accessEvidence struct {
	user   string
	direct []string // the names of the policies that are attached to the user
}

// policyEvidence is a policy.
type policyEvidence struct {
	name, kind, document string
	attachments          int64 // negative: not value
}

// evidenceNames are the names that the argument settings may have.
func evidenceNames() []string {
	names := []string{}
	for _, s := range assessedSettings() {
		names = append(names, s.name)
	}
	return append(names, fromReport, fromAccess, fromPolicies)
}

// readEvidence reads the argument settings. Everything in it is known. An error names
// the path of a value of the wrong type, and a name that does not exist.
func readEvidence(value tftypes.Value) (e evidence, err error) {
	members, err := membersOf("settings", value)
	if err != nil {
		return e, err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(evidenceNames(), name) {
			return e, fmt.Errorf("settings.%s does not exist; settings may have %s", name, strings.Join(evidenceNames(), ", "))
		}
	}
	e.settings = map[string]tf.Values{}
	for _, s := range assessedSettings() {
		if setting, named := members[s.name]; named {
			if e.settings[s.name], err = s.read("settings."+s.name, setting); err != nil {
				return e, err
			}
		}
	}
	if report, ok := members[fromReport]; ok && !report.IsNull() {
		if e.report, err = readReport("settings."+fromReport, report); err != nil {
			return e, err
		}
	}
	if access, ok := members[fromAccess]; ok && !access.IsNull() {
		if e.access, err = readAccess("settings."+fromAccess, access); err != nil {
			return e, err
		}
	}
	if policies, ok := members[fromPolicies]; ok && !policies.IsNull() {
		if e.policies, err = readPolicies("settings."+fromPolicies, policies); err != nil {
			return e, err
		}
	}
	return e, nil
}

func readReport(path string, value tftypes.Value) (*reportEvidence, error) {
	o, err := openObject(path, value)
	if err != nil {
		return nil, err
	}
	report := &reportEvidence{}
	if report.generated, err = o.time("generated_time"); err != nil {
		return nil, err
	}
	rows, err := o.objects("rows")
	if err != nil {
		return nil, err
	}
	for _, o := range rows {
		row, err := readRow(o)
		if err != nil {
			return nil, err
		}
		if row.user == ram.RootUser {
			report.root = &row
		} else {
			report.users = append(report.users, row)
		}
	}
	return report, nil
}

func readRow(o settingObject) (row rowEvidence, err error) {
	row = rowEvidence{is: map[string]bool{}, at: map[string]time.Time{}}
	if row.user, err = o.required("user"); err != nil {
		return row, err
	}
	for _, column := range ram.CredentialColumns {
		if column.Time {
			at, err := o.time(column.Name)
			if err != nil {
				return row, err
			}
			if !at.IsZero() {
				row.at[column.Name] = at
			}
			continue
		}
		is, err := o.bool(column.Name)
		if err != nil {
			return row, err
		}
		if is != nil {
			row.is[column.Name] = *is
		}
	}
	row.notes, err = o.texts("notes")
	return row, err
}

// readAccess reads users with the policies that are attached to them. A policy that
// has a group_name is attached to that group, not to the user.
func readAccess(path string, value tftypes.Value) (*listEvidence[accessEvidence], error) {
	o, err := openObject(path, value)
	if err != nil {
		return nil, err
	}
	users, err := o.objects("users")
	if err != nil {
		return nil, err
	}
	access := &listEvidence[accessEvidence]{filtered: o.has("user_name") || o.has("name_regex")}
	for _, user := range users {
		a := accessEvidence{}
		if a.user, err = user.required("user_name"); err != nil {
			return nil, err
		}
		policies, err := user.objects("policies")
		if err != nil {
			return nil, err
		}
		for _, policy := range policies {
			name, err := policy.required("policy_name")
			if err != nil {
				return nil, err
			}
			group, err := policy.text("group_name")
			if err != nil {
				return nil, err
			}
			if group == "" {
				a.direct = append(a.direct, name)
			}
		}
		access.items = append(access.items, a)
	}
	return access, nil
}

// readPolicies reads the data source ram_policies, or a list of policies.
func readPolicies(path string, value tftypes.Value) (*listEvidence[policyEvidence], error) {
	policies := &listEvidence[policyEvidence]{}
	if value.Type().Is(tftypes.Object{}) {
		o, err := openObject(path, value)
		if err != nil {
			return nil, err
		}
		kind, err := o.text("policy_type")
		if err != nil {
			return nil, err
		}
		policies.filtered = o.has("name_regex") || kind == systemPolicy
		list, named := o.members["policies"]
		if !named {
			return nil, fmt.Errorf("%s has no policies", path)
		}
		path, value = path+".policies", list
	}
	list, err := openObjects(path, value)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		p, err := readPolicy(o)
		if err != nil {
			return nil, err
		}
		policies.items = append(policies.items, p)
	}
	return policies, nil
}

// systemPolicy is the type of the service's own policies.
const systemPolicy = "System"

// readPolicy reads a policy. ram_policies names its type policy_type, alicloud_ram_policies
// type. The control does not need the document of a system policy.
func readPolicy(o settingObject) (p policyEvidence, err error) {
	p.attachments = -1
	if p.name, err = o.required("policy_name"); err != nil {
		return p, err
	}
	for _, name := range []string{"policy_type", "type"} {
		if p.kind == "" {
			if p.kind, err = o.text(name); err != nil {
				return p, err
			}
		}
	}
	document := o.required
	if p.kind == systemPolicy {
		document = o.text
	}
	if p.document, err = document("policy_document"); err != nil {
		return p, err
	}
	if count, named := o.member("attachment_count"); named {
		var f big.Float
		if err := readAs(o.path+".attachment_count", "a number", count, tftypes.Number, &f); err != nil {
			return p, err
		}
		p.attachments, _ = f.Int64()
	}
	return p, nil
}

// grantsAll reports whether a policy has a statement that allows every action on every
// resource, with or without a condition: CIS 1.15 requires only the statement.
func grantsAll(document string) (bool, error) {
	var policy struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return false, err
	}
	type statement struct {
		Effect           string
		Action, Resource json.RawMessage
	}
	var statements []statement
	if json.Unmarshal(policy.Statement, &statements) != nil {
		var one statement
		if err := json.Unmarshal(policy.Statement, &one); err != nil {
			return false, err
		}
		statements = []statement{one}
	}
	return slices.ContainsFunc(statements, func(s statement) bool {
		return strings.EqualFold(s.Effect, "Allow") && containsAny(s.Action, "*", "*:*") && containsAny(s.Resource, "*")
	}), nil
}

// containsAny reports whether a text, or a list of strings, is or has one of the values.
func containsAny(raw json.RawMessage, values ...string) bool {
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		var one string
		if json.Unmarshal(raw, &one) != nil {
			return false
		}
		list = []string{one}
	}
	return slices.ContainsFunc(list, func(s string) bool { return slices.Contains(values, s) })
}

// settingObject is an object of the argument settings, with its path.
type settingObject struct {
	path    string
	members map[string]tftypes.Value
}

func openObject(path string, value tftypes.Value) (settingObject, error) {
	members, err := membersOf(path, value)
	if err == nil && members == nil {
		err = fmt.Errorf("%s is null, not an object", path)
	}
	return settingObject{path, members}, err
}

func openObjects(path string, value tftypes.Value) ([]settingObject, error) {
	var elements []tftypes.Value
	if value.IsNull() || value.As(&elements) != nil {
		return nil, fmt.Errorf("%s is %s, not a list of objects", path, kindOf(value))
	}
	list := make([]settingObject, 0, len(elements))
	for i, element := range elements {
		o, err := openObject(fmt.Sprintf("%s[%d]", path, i), element)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// member returns a member that is not null.
func (o settingObject) member(name string) (tftypes.Value, bool) {
	v, named := o.members[name]
	return v, named && !v.IsNull()
}

// has reports whether a member is not null.
func (o settingObject) has(name string) bool {
	_, named := o.member(name)
	return named
}

func (o settingObject) objects(name string) ([]settingObject, error) {
	v, named := o.members[name]
	if !named {
		return nil, fmt.Errorf("%s has no %s", o.path, name)
	}
	return openObjects(o.path+"."+name, v)
}

// text reads a string; empty if it is missing or null.
func (o settingObject) text(name string) (s string, err error) {
	if v, named := o.member(name); named {
		err = readAs(o.path+"."+name, "a string", v, tftypes.String, &s)
	}
	return s, err
}

func (o settingObject) required(name string) (string, error) {
	s, err := o.text(name)
	if err == nil && s == "" {
		err = fmt.Errorf("%s has no %s", o.path, name)
	}
	return s, err
}

// bool reads true or false; nil if it is missing or null.
func (o settingObject) bool(name string) (*bool, error) {
	v, named := o.member(name)
	if !named {
		return nil, nil
	}
	var is bool
	err := readAs(o.path+"."+name, "true or false", v, tftypes.Bool, &is)
	return &is, err
}

// time reads a time; zero if it is missing or null.
func (o settingObject) time(name string) (time.Time, error) {
	s, err := o.text(name)
	if err != nil || s == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s.%s is not a time in the format of RFC 3339", o.path, name)
	}
	return at, nil
}

// texts reads strings by name; none if they are missing or null.
func (o settingObject) texts(name string) (map[string]string, error) {
	v, named := o.member(name)
	if !named {
		return nil, nil
	}
	members, err := membersOf(o.path+"."+name, v)
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	inner := settingObject{o.path + "." + name, members}
	for key := range members {
		if texts[key], err = inner.text(key); err != nil {
			return nil, err
		}
	}
	return texts, nil
}
