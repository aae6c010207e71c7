// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var tagActions = table{
	"Ims/TagResources":     {run: tagResources, write: true},
	"Ims/UntagResources":   {run: untagResources, write: true},
	"Ims/ListTagResources": {run: listTagResources},
}

// tag is one Tag.N. Without a value it filters by key alone.
type tag struct {
	key, value string
	hasValue   bool
}

// repeated are the values of Name.1, Name.2 and so on, which are consecutive. (documented)
func (r *request) repeated(name string) []string {
	var values []string
	for n := 1; r.has(name + "." + strconv.Itoa(n)); n++ {
		values = append(values, r.text(name+"."+strconv.Itoa(n)))
	}
	return values
}

// tags are up to 20 of Tag.N.Key and Tag.N.Value. A key is not empty, has at most 128 characters, does not start with
// aliyun or acs:, and has no http:// or https:// in it; a value has at most 128 and none of these either.
// (documented; the codes are assumed)
func (r *request) tags() ([]tag, error) {
	var tags []tag
	for n := 1; ; n++ {
		name := "Tag." + strconv.Itoa(n)
		if !r.has(name+".Key") && !r.has(name+".Value") {
			return tags, nil
		}
		one := tag{r.text(name + ".Key"), r.text(name + ".Value"), r.has(name + ".Value")}
		if n > r.account.Quotas.TagsPerUser || !one.valid() {
			return nil, incorrect("Tag")
		}
		tags = append(tags, one)
	}
}

func (t tag) valid() bool {
	lower := strings.ToLower(t.key)
	return t.key != "" && utf8.RuneCountInString(t.key) <= 128 && utf8.RuneCountInString(t.value) <= 128 &&
		!strings.HasPrefix(lower, "aliyun") && !strings.HasPrefix(lower, "acs:") && !hasLink(t.key) && !hasLink(t.value)
}

func hasLink(text string) bool {
	return strings.Contains(text, "http://") || strings.Contains(text, "https://")
}

// A user matches when it has every tag of the filter. (documented)
func (u *User) tagged(filter []tag) bool {
	return !slices.ContainsFunc(filter, func(wanted tag) bool {
		value, ok := u.Tags[wanted.key]
		return !ok || wanted.hasValue && value != wanted.value
	})
}

// At most 20 tags on a user. (documented; the code is assumed)
func (r *request) tag(user *User, tags []tag) error {
	if user.Tags == nil {
		user.Tags = map[string]string{}
	}
	for _, one := range tags {
		user.Tags[one.key] = one.value
	}
	if len(user.Tags) > r.account.Quotas.TagsPerUser {
		return exceeded("User.Tag", "The count of tags beyond the current limits.")
	}
	return nil
}

func showTags(user *User) reply {
	return wrapped("Tag", user.tagKeys(), func(key string) reply {
		return reply{"TagKey": key, "TagValue": user.Tags[key]}
	})
}

func (u *User) tagKeys() []string {
	keys := make([]string, 0, len(u.Tags))
	for key := range u.Tags {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Adds tags to users, or changes their values. (documented)
func tagResources(r *request) (reply, error) {
	users, err := r.resources()
	if err != nil {
		return nil, err
	}
	tags, err := r.tags()
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, missing("ResourceId")
	}
	if len(tags) == 0 {
		return nil, missing("Tag")
	}
	for _, user := range users {
		if err := r.tag(user, tags); err != nil {
			return nil, err
		}
	}
	return reply{}, nil
}

// Takes the named tags off, or all of them, but All is heard only where no TagKey.N is given.
// (documented) A tag that is not there is no error. (assumed)
func untagResources(r *request) (reply, error) {
	users, err := r.resources()
	if err != nil {
		return nil, err
	}
	all, keys := false, r.repeated("TagKey")
	if err := r.boolean("All", &all); err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, missing("ResourceId")
	}
	for _, user := range users {
		if all && len(keys) == 0 {
			user.Tags = nil
		}
		for _, key := range keys {
			delete(user.Tags, key)
		}
	}
	return reply{}, nil
}

// One line per user and tag, for the users named or for all, of those that have every tag asked for. The page is
// PageSize (1 to 100, default 100) long and goes on by NextToken. (documented)
func listTagResources(r *request) (reply, error) {
	users, err := r.resources()
	if err != nil {
		return nil, err
	}
	filter, err := r.tags()
	if err != nil {
		return nil, err
	}
	if len(users) == 0 && len(filter) == 0 {
		return nil, missing("ResourceId")
	}
	if len(users) == 0 {
		users = r.account.sortedUsers()
	}
	var lines []reply
	for _, user := range users {
		if user.tagged(filter) {
			lines = append(lines, tagLines(user, filter)...)
		}
	}
	return tagPage(r, lines)
}

func tagLines(user *User, filter []tag) []reply {
	var lines []reply
	for _, key := range user.tagKeys() {
		if len(filter) > 0 && !slices.ContainsFunc(filter, func(t tag) bool { return t.key == key }) {
			continue
		}
		lines = append(lines, reply{
			"ResourceType": "user", "ResourceId": user.ID, "TagKey": key, "TagValue": user.Tags[key],
		})
	}
	return lines
}

// The same paging as elsewhere, under other names. (documented)
func tagPage(r *request, lines []reply) (reply, error) {
	other := *r
	other.params = map[string]string{"Marker": r.text("NextToken")}
	if r.has("PageSize") {
		other.params["MaxItems"] = r.text("PageSize")
	}
	page, more, err := paged(&other, lines, 100, 100)
	if err != nil {
		return nil, incorrect("PageSize")
	}
	answer := reply{
		"IsTruncated":  more["IsTruncated"],
		"TagResources": wrapped("TagResource", page, func(line reply) reply { return line }),
	}
	if next, ok := more["Marker"]; ok {
		answer["NextToken"] = next
	}
	return answer, nil
}

// resources are the users that ResourceId.N or ResourcePrincipalName.N name, 50 of one kind at most. ResourceType is
// always user. (documented; the codes are assumed)
func (r *request) resources() ([]*User, error) {
	kind, err := r.required("ResourceType")
	if err != nil {
		return nil, err
	}
	ids, names := r.repeated("ResourceId"), r.repeated("ResourcePrincipalName")
	if kind != "user" {
		return nil, incorrect("ResourceType")
	}
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
	return users, nil
}
