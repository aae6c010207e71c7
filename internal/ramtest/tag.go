// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var tagActions = table{
	"Ims/TagResources":     {run: tagResources, write: true},
	"Ims/UntagResources":   {run: untagResources, write: true},
	"Ims/ListTagResources": {run: listTagResources},
	"Ram/TagResources":     {run: tagResources, write: true},
	"Ram/UntagResources":   {run: untagResources, write: true},
	"Ram/ListTagResources": {run: listTagResources},
}

// tag is one tag of a request. A filter without a value matches the key alone.
type tag struct {
	key, value string
	hasValue   bool
}

// tagged is an object that can have tags.
type tagged struct {
	kind, id string
	tags     *map[string]string
}

// repeated returns the values of Name.1, Name.2 and so on. The numbers are consecutive. (documented)
func (r *request) repeated(name string) []string {
	var values []string
	for n := 1; r.has(name + "." + strconv.Itoa(n)); n++ {
		values = append(values, r.text(name+"."+strconv.Itoa(n)))
	}
	return values
}

// list returns the values of a JSON array in one parameter, which is the form of Ram. (documented; the code is assumed)
func (r *request) list(name string) ([]string, error) {
	var values []string
	if r.text(name) != "" && json.Unmarshal([]byte(r.text(name)), &values) != nil {
		return nil, incorrect(name)
	}
	return values, nil
}

// tags returns up to 20 tags: in Ims Tag.N.Key and Tag.N.Value, in Ram one JSON array. A key is not empty, has at most 128
// characters, does not start with aliyun or acs:, and contains no URL. A value has at most 128 characters, does not start
// with acs:, and contains no URL. (documented; the codes are assumed; Behaviour.AcceptAnyTagValue)
func (r *request) tags() ([]tag, error) {
	tags, err := r.readTags()
	if err != nil {
		return nil, err
	}
	if len(tags) > r.account.Quotas.TagsPerUser || slices.ContainsFunc(tags, func(t tag) bool {
		return !t.validKey() || !t.validValue() && !r.server.behaviour.AcceptAnyTagValue
	}) {
		return nil, incorrect("Tag")
	}
	return tags, nil
}

func (r *request) readTags() ([]tag, error) {
	var tags []tag
	if r.product == "Ram" {
		var read []struct {
			Key   string
			Value *string
		}
		if r.text("Tag") != "" && json.Unmarshal([]byte(r.text("Tag")), &read) != nil {
			return nil, incorrect("Tag")
		}
		for _, one := range read {
			t := tag{key: one.Key, hasValue: one.Value != nil}
			if one.Value != nil {
				t.value = *one.Value
			}
			tags = append(tags, t)
		}
		return tags, nil
	}
	for n := 1; ; n++ {
		name := "Tag." + strconv.Itoa(n)
		if !r.has(name+".Key") && !r.has(name+".Value") {
			return tags, nil
		}
		tags = append(tags, tag{r.text(name + ".Key"), r.text(name + ".Value"), r.has(name + ".Value")})
	}
}

func (t tag) validKey() bool {
	lower := strings.ToLower(t.key)
	return t.key != "" && utf8.RuneCountInString(t.key) <= 128 &&
		!strings.HasPrefix(lower, "aliyun") && !strings.HasPrefix(lower, "acs:") && !hasURL(t.key)
}

func (t tag) validValue() bool {
	return utf8.RuneCountInString(t.value) <= 128 && !strings.HasPrefix(t.value, "acs:") && !hasURL(t.value)
}

func hasURL(text string) bool {
	return strings.Contains(text, "http://") || strings.Contains(text, "https://")
}

// hasTags reports whether an object has every tag of a filter. (documented)
func hasTags(tags map[string]string, filter []tag) bool {
	return !slices.ContainsFunc(filter, func(wanted tag) bool {
		value, ok := tags[wanted.key]
		return !ok || wanted.hasValue && value != wanted.value
	})
}

// addTags adds tags to an object and replaces the values of existing tags. An object has at most 20 tags (documented; the
// code is assumed).
func (r *request) addTags(to *map[string]string, tags []tag) error {
	if *to == nil {
		*to = map[string]string{}
	}
	for _, one := range tags {
		(*to)[one.key] = one.value
	}
	if len(*to) > r.account.Quotas.TagsPerUser {
		return exceeded("User.Tag", "The count of tags beyond the current limits.")
	}
	return nil
}

func showTags(tags map[string]string) reply {
	return wrapped("Tag", slices.Sorted(maps.Keys(tags)), func(key string) reply {
		return reply{"TagKey": key, "TagValue": tags[key]}
	})
}

// tagResources adds tags to resources and replaces the values of existing tags. (documented)
func tagResources(r *request) (reply, error) {
	resources, err := r.resources()
	if err != nil {
		return nil, err
	}
	tags, err := r.tags()
	if err != nil {
		return nil, err
	}
	if len(resources) == 0 {
		return nil, missing(r.resourceParameter())
	}
	if len(tags) == 0 {
		return nil, missing("Tag")
	}
	for _, one := range resources {
		if err := r.addTags(one.tags, tags); err != nil {
			return nil, err
		}
	}
	return reply{}, nil
}

// untagResources removes the named tags, or all tags. All is used only without keys. (documented) A tag that does not exist
// is no error. (assumed; Behaviour.RefuseAbsentTags)
func untagResources(r *request) (reply, error) {
	resources, err := r.resources()
	if err != nil {
		return nil, err
	}
	all, keys := false, r.repeated("TagKey")
	if r.product == "Ram" {
		if keys, err = r.list("TagKeys"); err != nil {
			return nil, err
		}
	}
	if err := r.boolean("All", &all); err != nil {
		return nil, err
	}
	if len(resources) == 0 {
		return nil, missing(r.resourceParameter())
	}
	for _, one := range resources {
		if r.server.behaviour.RefuseAbsentTags && slices.ContainsFunc(keys, func(key string) bool { _, has := (*one.tags)[key]; return !has }) {
			return nil, fail(http.StatusNotFound, "EntityNotExist.Tag", "The tag does not exist.")
		}
	}
	for _, one := range resources {
		if all && len(keys) == 0 {
			*one.tags = nil
		}
		for _, key := range keys {
			delete(*one.tags, key)
		}
	}
	return reply{}, nil
}

// listTagResources returns one item per resource and tag, for the named resources or for all resources with every tag of
// the filter. A page has PageSize items (1 to 100, default 100) and continues with NextToken. (documented)
func listTagResources(r *request) (reply, error) {
	resources, err := r.resources()
	if err != nil {
		return nil, err
	}
	filter, err := r.tags()
	if err != nil {
		return nil, err
	}
	if len(resources) == 0 && len(filter) == 0 {
		return nil, missing(r.resourceParameter())
	}
	if len(resources) == 0 {
		resources = r.allResources()
	}
	id := "ResourceId"
	if r.product == "Ram" { // (observed in the vendor's SDKs)
		id = "ResourceName"
	}
	var items []reply
	for _, one := range resources {
		if hasTags(*one.tags, filter) {
			items = append(items, one.items(id, filter)...)
		}
	}
	return tagPage(r, items)
}

func (t tagged) items(id string, filter []tag) []reply {
	var items []reply
	for _, key := range slices.Sorted(maps.Keys(*t.tags)) {
		if len(filter) > 0 && !slices.ContainsFunc(filter, func(t tag) bool { return t.key == key }) {
			continue
		}
		items = append(items, reply{"ResourceType": t.kind, id: t.id, "TagKey": key, "TagValue": (*t.tags)[key]})
	}
	return items
}

// tagPage returns a page as other lists do, but with other parameter names. (documented)
func tagPage(r *request, items []reply) (reply, error) {
	other := *r
	other.params = map[string]string{"Marker": r.text("NextToken")}
	if r.has("PageSize") {
		other.params["MaxItems"] = r.text("PageSize")
	}
	page, more, err := paged(&other, items, 100, 100)
	if err != nil {
		return nil, incorrect("PageSize")
	}
	body := reply{
		"IsTruncated":  more["IsTruncated"],
		"TagResources": wrapped("TagResource", page, func(item reply) reply { return item }),
	}
	if r.product == "Ram" { // a list without a wrapper, and no IsTruncated (observed in the vendor's SDKs)
		body = reply{"TagResources": body["TagResources"].(reply)["TagResource"]} //nolint:forcetypeassert // built above
	}
	if next, ok := more["Marker"]; ok {
		body["NextToken"] = next
	}
	return body, nil
}

func (r *request) resourceParameter() string {
	if r.product == "Ram" {
		return "ResourceNames"
	}
	return "ResourceId"
}

// resources returns the objects that the request names, at most 50. In Ims they are users, by ResourceId.N or
// ResourcePrincipalName.N; in Ram roles or policies, by a JSON array of names. (documented; the codes are assumed)
func (r *request) resources() ([]tagged, error) {
	kind, err := r.required("ResourceType")
	if err != nil {
		return nil, err
	}
	if r.product == "Ram" {
		return r.namedResources(kind)
	}
	if kind != "user" {
		return nil, incorrect("ResourceType")
	}
	return r.taggedUsers(r.repeated("ResourceId"), r.repeated("ResourcePrincipalName"))
}

func (r *request) taggedUsers(ids, names []string) ([]tagged, error) {
	if len(ids) > 50 || len(names) > 50 {
		return nil, incorrect("ResourceId")
	}
	if len(ids) > 0 && len(names) > 0 {
		return nil, incorrect("ResourcePrincipalName")
	}
	var users []*User
	for _, id := range ids {
		users = append(users, r.account.UserByID(id))
	}
	for _, text := range names {
		name, ours, err := r.readName("ResourcePrincipalName", text)
		if err != nil {
			return nil, err
		}
		if !ours {
			return nil, noUser()
		}
		users = append(users, r.account.Users[name])
	}
	if slices.Contains(users, nil) {
		return nil, noUser()
	}
	return taggedOf(users), nil
}

func taggedOf(users []*User) []tagged {
	var all []tagged
	for _, user := range users {
		all = append(all, tagged{"user", user.ID, &user.Tags})
	}
	return all
}

func (r *request) namedResources(kind string) ([]tagged, error) {
	names, err := r.list("ResourceNames")
	if err != nil {
		return nil, err
	}
	if len(names) > 50 {
		return nil, incorrect("ResourceNames")
	}
	var all []tagged
	for _, name := range names {
		switch role, policy := r.account.Roles[name], r.account.Policies[name]; {
		case kind == "role" && role != nil:
			all = append(all, tagged{kind, name, &role.Tags})
		case kind == "policy" && policy != nil:
			all = append(all, tagged{kind, name, &policy.Tags})
		case kind == "role":
			return nil, noRoleNamed()
		case kind == "policy":
			return nil, noPolicy()
		default:
			return nil, incorrect("ResourceType")
		}
	}
	return all, nil
}

func (r *request) allResources() []tagged {
	var all []tagged
	switch {
	case r.product == "Ims":
		return taggedOf(r.account.sortedUsers())
	case r.text("ResourceType") == "role":
		for _, role := range r.account.sortedRoles() {
			all = append(all, tagged{"role", role.Name, &role.Tags})
		}
	default:
		for _, policy := range r.account.sortedPolicies() {
			all = append(all, tagged{"policy", policy.Name, &policy.Tags})
		}
	}
	return all
}
