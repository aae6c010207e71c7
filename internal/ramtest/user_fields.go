// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	phone = regexp.MustCompile(`^\d{1,4}-\d{4,20}$`)
	email = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

// describe reads what describes a user; the names of UpdateUser start with New. DisplayName has up to 24 characters in
// Ims and 128 in Ram, Comments 128, MobilePhone is <country code>-<number>.
// (documented; what an e-mail address looks like is assumed)
func (r *request) describe(user *User, prefix string) error {
	displayName, comments := prefix+"DisplayName", prefix+"Comments"
	mobilePhone, address := prefix+"MobilePhone", prefix+"Email"
	for parameter, into := range map[string]*string{
		displayName: &user.DisplayName, comments: &user.Comments, mobilePhone: &user.MobilePhone, address: &user.Email,
	} {
		if r.has(parameter) {
			*into = r.text(parameter)
		}
	}
	if r.has(displayName) {
		if err := r.displayName(displayName); err != nil {
			return err
		}
	}
	if utf8.RuneCountInString(r.text(comments)) > 128 {
		return tooLong(comments)
	}
	if text := r.text(mobilePhone); text != "" && !phone.MatchString(text) {
		return badFormat(mobilePhone)
	}
	if text := r.text(address); text != "" && !email.MatchString(text) {
		return badFormat(address)
	}
	return nil
}

// In Ims it cannot be empty. (documented) Control characters are refused. (assumed)
func (r *request) displayName(parameter string) error {
	text, longest := r.text(parameter), 128
	if r.product == "Ims" {
		longest = 24
	}
	if utf8.RuneCountInString(text) > longest || text == "" && r.product == "Ims" {
		return tooLong(parameter)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return invalidChars(parameter)
	}
	return nil
}

// showUser is the user in the fields that the version and the operation have. (documented)
func (r *request) showUser(user *User) reply {
	name, value := r.nameOf(user.Name)
	shown := reply{"UserId": user.ID, name: value, "DisplayName": user.DisplayName, "CreateDate": stamp(user.CreateDate)}
	r.put(shown, "MobilePhone", user.MobilePhone)
	r.put(shown, "Email", user.Email)
	r.put(shown, "Comments", user.Comments)
	if r.product == "Ims" {
		r.showUserInIms(shown, user)
		return shown
	}
	if r.action != "CreateUser" {
		shown["UpdateDate"] = stamp(user.UpdateDate)
	}
	if r.action == "GetUser" {
		r.put(shown, "LastLoginDate", stamp(user.LastLoginDate))
	}
	return shown
}

func (r *request) showUserInIms(shown reply, user *User) {
	shown["UpdateDate"] = stamp(user.UpdateDate)
	shown["ProvisionType"] = cmp.Or(user.ProvisionType, "Manual")
	r.put(shown, "LastLoginDate", stamp(user.LastLoginDate))
	if r.action != "UpdateUser" {
		shown["Tags"] = showTags(user)
	}
	switch r.action {
	case "GetUser":
		shown["UserName"] = user.Name
	case "ListUsers":
		shown["Status"] = cmp.Or(user.Status, "active")
		if r.server.behaviour.LastLoginInMilliseconds && !user.LastLoginDate.IsZero() {
			shown["LastLoginDate"] = strconv.FormatInt(user.LastLoginDate.UnixMilli(), 10)
		}
	}
}
