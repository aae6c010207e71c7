// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"maps"
	"slices"
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

// Makes a user whose name is free, of which an account has so many at most. Ims asks for a DisplayName and takes tags.
// (documented)
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
	if err := r.tag(user, tags); err != nil {
		return nil, err
	}
	if len(r.account.Users) >= r.account.Quotas.Users {
		return nil, tooManyUsers()
	}
	user.ID = r.server.newUserID()
	r.account.Users[name] = user
	return reply{"User": r.showUser(user)}, nil
}

// One user, in Ims by principal name, id or a key's id. (documented)
func getUser(r *request) (reply, error) {
	user, err := r.namedBy(r.userParameters("UserId", "UserAccessKeyId")...)
	if err != nil {
		return nil, err
	}
	return reply{"User": r.showUser(user)}, nil
}

// Changes what the request gives; empty text clears. A rename keeps the id and all that hangs on the user.
// (documented; clearing observed)
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

// The new name is optional. (assumed; Behaviour.NewUserNameMandatory)
func (r *request) rename(user *User) error {
	parameter := "New" + r.nameParameter()
	mandatory := r.product == "Ram" && r.server.behaviour.RequireNewUserName
	if !r.has(parameter) && !mandatory {
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

// A user on which something hangs stays. (documented) The order of the conflicts is assumed, as is that nothing but
// these is in the way. A deleted user goes to the recycle bin, in the lenient way with all that hangs on it.
// (assumed; Behaviour.LenientUserDeletion)
func deleteUser(r *request) (reply, error) {
	user, err := r.namedBy(r.userParameters("UserId")...)
	if err != nil {
		return nil, err
	}
	if !r.server.behaviour.LenientUserDeletion {
		if err := user.conflict(); err != nil {
			return nil, err
		}
	}
	r.recycleUser(user)
	return reply{}, nil
}

func (u *User) conflict() error {
	switch {
	case len(u.Groups) > 0:
		return userStillInGroup()
	case len(u.Keys) > 0:
		return userStillHasKey()
	case u.LoginProfile != nil:
		return userStillHasLoginProfile()
	case u.MFASerial != "":
		return userStillHasMFADevice()
	case len(u.Policies) > 0:
		return userStillHasPolicy()
	}
	return nil
}

// A page of users. Ims has active ones only unless Status or Tag asks otherwise; Ram knows no status and has all.
// (documented; Ram's side assumed)
func listUsers(r *request) (reply, error) {
	byDefault := 100
	if r.product == "Ims" {
		byDefault = 1000
	}
	users, err := r.filtered()
	if err != nil {
		return nil, err
	}
	page, answer, err := paged(r, users, byDefault, 1000)
	if err != nil {
		return nil, err
	}
	answer["Users"] = wrapped("User", page, r.showUser)
	return answer, nil
}

// A page of users with little of each. Status and Tag exclude each other. (documented; the code is assumed)
func listUserBasicInfos(r *request) (reply, error) {
	if r.has("Status") && r.has("Tag.1.Key") {
		return nil, incorrect("Status")
	}
	users, err := r.filtered()
	if err != nil {
		return nil, err
	}
	page, answer, err := paged(r, users, 100, 1000)
	if err != nil {
		return nil, err
	}
	answer["UserBasicInfos"] = wrapped("UserBasicInfo", page, func(user *User) reply {
		return reply{
			"UserId": user.ID, "UserPrincipalName": r.principalName(user.Name),
			"DisplayName": user.DisplayName, "Status": user.Status,
		}
	})
	return answer, nil
}

// filtered are the users that the request asks for. With tags, users of both states are answered. (documented)
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
		return !user.tagged(tags) || !slices.Contains(states, cmp.Or(user.Status, "active"))
	}), nil
}

func (a *Account) sortedUsers() []*User {
	return slices.SortedFunc(maps.Values(a.Users), func(x, y *User) int { return cmp.Compare(x.Name, y.Name) })
}

// userParameters are the ways to name a user: in Ram the name, in Ims the others too. (documented)
func (r *request) userParameters(others ...string) []string {
	if r.product == "Ram" {
		return []string{"UserName"}
	}
	return append([]string{"UserPrincipalName"}, others...)
}
