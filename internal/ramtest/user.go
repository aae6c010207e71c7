// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var userActions = table{
	"Ram/CreateUser":         {run: createUser, write: true},
	"Ims/CreateUser":         {run: createUser, write: true},
	"Ram/GetUser":            {run: getUser},
	"Ims/GetUser":            {run: getUser},
	"Ram/UpdateUser":         {run: updateUser, write: true},
	"Ims/UpdateUser":         {run: updateUser, write: true},
	"Ram/DeleteUser":         {run: deleteUser, write: true},
	"Ims/DeleteUser":         {run: deleteUser, write: true},
	"Ram/ListUsers":          {run: listUsers},
	"Ims/ListUsers":          {run: listUsers},
	"Ims/ListUserBasicInfos": {run: listUserBasicInfos},
}

// createUser creates a user whose name is not in use. The number of users is limited. Ims requires DisplayName and accepts
// tags. (documented)
func createUser(r *request) (reply, error) {
	name, err := r.newName(r.nameParameter(), nil)
	if err != nil {
		return nil, err
	}
	user := &User{
		Name: name, ProvisionType: "Manual", Status: "active",
		CreateDate: r.now, UpdateDate: r.now, Tags: map[string]string{},
	}
	if err := r.describe(user, ""); err != nil {
		return nil, err
	}
	if r.product == "Ims" && !r.has("DisplayName") {
		return nil, missing("DisplayName")
	}
	tags, err := r.tags()
	if err != nil {
		return nil, err
	}
	if err := r.addTags(&user.Tags, tags); err != nil {
		return nil, err
	}
	if len(r.account.Users) >= r.account.Quotas.Users {
		return nil, tooManyUsers()
	}
	user.ID = r.server.newUserID()
	r.account.Users[name] = user
	return reply{"User": r.showUser(user)}, nil
}

// getUser returns one user, in Ims by principal name, id or the id of a key. (documented)
func getUser(r *request) (reply, error) {
	user, err := r.namedBy(r.userParameters("UserId", "UserAccessKeyId")...)
	if err != nil {
		return nil, err
	}
	return reply{"User": r.showUser(user)}, nil
}

// updateUser changes the values that the request passes. A renamed user keeps its id and objects. (documented) An empty
// text clears the value: observed for Ram, unknown for Ims. (Behaviour.RefuseClearing).
func updateUser(r *request) (reply, error) {
	user, err := r.namedBy(r.userParameters("UserId")...)
	if err != nil {
		return nil, err
	}
	if err := r.rename(user); err != nil {
		return nil, err
	}
	if err := r.describe(user, "New"); err != nil {
		return nil, err
	}
	user.UpdateDate = r.now
	return reply{"User": r.showUser(user)}, nil
}

// rename applies the new name of the request, which is optional. (assumed; a text of 2024 calls it required in Ram)
func (r *request) rename(user *User) error {
	parameter := "New" + r.nameParameter()
	if !r.has(parameter) {
		return nil
	}
	name, err := r.newName(parameter, user)
	if err != nil {
		return err
	}
	delete(r.account.Users, user.Name)
	user.Name = name
	r.account.Users[name] = user
	return nil
}

// deleteUser moves a user without dependants to the recycle bin. The tables of Ram have a conflict for each kind of
// dependant (documented, 2018 to 2021). Newer texts name groups and policies only, and say that keys move to the recycle
// bin with the user. (documented; Behaviour.UserConflicts) The order of the conflicts is assumed.
func deleteUser(r *request) (reply, error) {
	user, err := r.namedBy(r.userParameters("UserId")...)
	if err != nil {
		return nil, err
	}
	if err := r.userConflict(user); err != nil {
		return nil, err
	}
	r.recycleUser(user)
	return reply{}, nil
}

func (r *request) userConflict(u *User) error {
	b := r.server.behaviour
	switch documented := b.UserConflicts == "documented"; {
	case b.UserConflicts == "none":
	case len(u.Groups) > 0:
		return userStillInGroup()
	case len(u.Keys) > 0 && !documented:
		return userStillHasKey()
	case u.LoginProfile != nil && !documented:
		return userStillHasLoginProfile()
	case u.MFASerial != "" && !documented:
		return userStillHasMFADevice()
	case len(u.Policies)+len(u.GroupPolicies) > 0:
		return userStillHasPolicy()
	case len(u.Passkeys) > 0 && b.PasskeysConflict:
		return conflict("User.Passkey", "The user CAN NOT has any passkey while deleting the user.")
	case len(u.Credentials) > 0 && b.CredentialsConflict:
		return conflict("User.ServiceCredential", "The user CAN NOT has any service credential while deleting the user.")
	}
	return nil
}

// listUsers returns a page of users. Ims returns only active ones unless the request passes Status or Tag. Ram, which has
// no status, returns all. (documented; for Ram assumed)
func listUsers(r *request) (reply, error) {
	byDefault := 100
	if r.product == "Ims" {
		byDefault = 1000
	}
	users, err := r.filtered()
	if err != nil {
		return nil, err
	}
	page, body, err := paged(r, users, byDefault, 1000)
	if err != nil {
		return nil, err
	}
	body["Users"] = wrapped("User", page, r.showUser)
	return body, nil
}

// listUserBasicInfos returns a page of users with few fields. Status and Tag exclude each other. (documented; the code is assumed)
func listUserBasicInfos(r *request) (reply, error) {
	if r.has("Status") && r.has("Tag.1.Key") {
		return nil, incorrect("Status")
	}
	users, err := r.filtered()
	if err != nil {
		return nil, err
	}
	page, body, err := paged(r, users, 100, 1000)
	if err != nil {
		return nil, err
	}
	body["UserBasicInfos"] = wrapped("UserBasicInfo", page, func(user *User) reply {
		return reply{
			"UserId": user.ID, "UserPrincipalName": r.principalName(user.Name),
			"DisplayName": user.DisplayName, "Status": user.Status,
		}
	})
	return body, nil
}

// filtered returns the users that match the request. With tags it returns users of both statuses. (documented)
func (r *request) filtered() ([]*User, error) {
	users := r.account.sortedUsers()
	if r.product == "Ram" {
		return users, nil
	}
	tags, err := r.tags()
	if err != nil {
		return nil, err
	}
	states := []string{"active"}
	switch r.text("Status") {
	case "", "active":
	case "freeze":
		states = []string{"freeze"}
	case "active,freeze":
		states = []string{"active", "freeze"}
	default:
		return nil, incorrect("Status")
	}
	if len(tags) > 0 {
		states = []string{"active", "freeze"}
	}
	return slices.DeleteFunc(users, func(user *User) bool {
		return !hasTags(user.Tags, tags) || !slices.Contains(states, cmp.Or(user.Status, "active"))
	}), nil
}

func (a *Account) sortedUsers() []*User {
	return slices.SortedFunc(maps.Values(a.Users), func(x, y *User) int { return cmp.Compare(x.Name, y.Name) })
}

// userParameters returns the parameters that identify a user: in Ram the name, in Ims others as well. (documented)
func (r *request) userParameters(others ...string) []string {
	if r.product == "Ram" {
		return []string{"UserName"}
	}
	return append([]string{"UserPrincipalName"}, others...)
}

var (
	phone = regexp.MustCompile(`^\d{1,4}-\d{4,20}$`)
	email = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

// describe reads the descriptive fields of a user. In UpdateUser their names start with New. DisplayName has up to 24
// characters in Ims and 128 in Ram, Comments 128, and MobilePhone is <country code>-<number>. (documented; the form of an
// e-mail address is assumed) E-mail and phone are valid on the China site only. What other sites do with them is unknown.
// (Behaviour.IgnoreContacts).
func (r *request) describe(user *User, prefix string) error {
	displayName, comments := prefix+"DisplayName", prefix+"Comments"
	mobilePhone, address := prefix+"MobilePhone", prefix+"Email"
	b := r.server.behaviour
	for parameter, into := range map[string]*string{
		displayName: &user.DisplayName, comments: &user.Comments, mobilePhone: &user.MobilePhone, address: &user.Email,
	} {
		contact := parameter == mobilePhone || parameter == address
		ignored := contact && (b.IgnoreContacts || b.EchoContacts) ||
			prefix == "New" && (b.IgnoreClearing || b.EchoClearing) && r.product == "Ims" && r.text(parameter) == "" && parameter != displayName
		if r.has(parameter) && !ignored {
			*into = r.text(parameter)
		}
		if prefix == "New" && b.RefuseClearing && r.product == "Ims" && r.has(parameter) && r.text(parameter) == "" {
			return tooLong(parameter)
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

// displayName checks the display name. In Ims it cannot be empty. (documented) Control characters are refused. (assumed)
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

// showUser returns the user in the fields of the product and the operation. (documented)
func (r *request) showUser(user *User) reply {
	name, value := r.nameOf(user.Name)
	shown := reply{"UserId": user.ID, name: value, "DisplayName": user.DisplayName, "CreateDate": stamp(user.CreateDate)}
	r.put(shown, "MobilePhone", r.contact("MobilePhone", user.MobilePhone))
	r.put(shown, "Email", r.contact("Email", user.Email))
	r.put(shown, "Comments", r.echoed("Comments", user.Comments))
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

// contact returns a contact of a user in a response: the stored one, or that of the request.
// (Behaviour.EchoContacts, Behaviour.NormalizeEmails).
func (r *request) contact(parameter, stored string) string {
	b := r.server.behaviour
	if b.EchoContacts && !b.IgnoreContacts {
		stored = cmp.Or(r.text("New"+parameter), r.text(parameter), stored)
	}
	if b.NormalizeEmails && parameter == "Email" {
		stored = strings.ToLower(stored)
	}
	return r.echoed(parameter, stored)
}

// echoed returns a text of a user in a response: the stored one, or nothing if the request should clear it.
// (Behaviour.EchoClearing).
func (r *request) echoed(parameter, stored string) string {
	if r.server.behaviour.EchoClearing && r.product == "Ims" && r.has("New"+parameter) && r.text("New"+parameter) == "" {
		return ""
	}
	return stored
}

func (r *request) showUserInIms(shown reply, user *User) {
	shown["UpdateDate"] = stamp(user.UpdateDate)
	shown["ProvisionType"] = cmp.Or(user.ProvisionType, "Manual")
	r.put(shown, "LastLoginDate", stamp(user.LastLoginDate))
	if r.action != "UpdateUser" {
		shown["Tags"] = showTags(user.Tags)
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
