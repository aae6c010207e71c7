// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

var recycledUserActions = table{
	"Ims/ListUsersInRecycleBin":     {run: listUsersInRecycleBin},
	"Ims/GetUserInRecycleBin":       {run: getUserInRecycleBin},
	"Ims/RestoreUserFromRecycleBin": {run: restoreUserFromRecycleBin, write: true},
	"Ims/DeleteUserInRecycleBin":    {run: deleteUserInRecycleBin, write: true},
}

// recycleUser keeps a deleted user with its keys and its login profile, which cannot be used meanwhile; of an account's
// users the thousand deleted last. (documented) Its MFA device stays in the account, unbound. (assumed)
func (r *request) recycleUser(user *User) {
	if device := r.account.MFADevices[user.MFASerial]; device != nil {
		device.UserID, device.ActivateDate = "", time.Time{}
	}
	user.MFASerial = ""
	delete(r.account.Users, user.Name)
	kept := &RecycledUser{User: *user, RecycleDate: r.now, DeleteDate: r.recycledUntil()}
	r.account.RecycledUsers = append(r.recycledUsers(), kept)
	if excess := len(r.account.RecycledUsers) - r.account.Quotas.RecycledUsers; excess > 0 {
		r.account.RecycledUsers = r.account.RecycledUsers[excess:]
	}
}

func (r *request) recycledUsers() []*RecycledUser {
	return slices.DeleteFunc(slices.Clone(r.account.RecycledUsers), func(kept *RecycledUser) bool {
		return !kept.DeleteDate.After(r.now)
	})
}

const recycleBinFilter = "UserPrincipalName eq "

// A page of deleted users, all or those of one principal name. (documented; the code for another filter is assumed)
func listUsersInRecycleBin(r *request) (reply, error) {
	users := r.recycledUsers()
	if r.text("Filter") != "" {
		wanted, ok := strings.CutPrefix(r.text("Filter"), recycleBinFilter)
		if !ok {
			return nil, incorrect("Filter")
		}
		users = slices.DeleteFunc(users, func(kept *RecycledUser) bool { return r.principalName(kept.User.Name) != wanted })
	}
	slices.SortFunc(users, func(x, y *RecycledUser) int {
		return cmp.Or(x.RecycleDate.Compare(y.RecycleDate), cmp.Compare(x.User.ID, y.User.ID))
	})
	page, answer, err := paged(r, users, 100, 100)
	if err != nil {
		return nil, err
	}
	answer["Users"] = wrapped("User", page, r.showRecycledUser)
	return answer, nil
}

func (r *request) showRecycledUser(kept *RecycledUser) reply {
	return reply{
		"UserId": kept.User.ID, "UserPrincipalName": r.principalName(kept.User.Name), "DisplayName": kept.User.DisplayName,
		"CreateDate": stamp(kept.User.CreateDate), "RecycleDate": stamp(kept.RecycleDate), "DeleteDate": stamp(kept.DeleteDate),
	}
}

// One deleted user, by its id or by that of a key which it had. (documented; the codes are assumed)
func getUserInRecycleBin(r *request) (reply, error) {
	id, keyID := r.text("UserId"), r.text("UserAccessKeyId")
	if id == "" && keyID == "" {
		return nil, missing("UserId")
	}
	if id != "" && keyID != "" {
		return nil, incorrect("UserAccessKeyId")
	}
	if key := r.recycledKey(keyID); key != nil {
		id = key.UserID
	}
	kept := r.recycledUser(id)
	if kept == nil {
		return nil, noUser()
	}
	return reply{"User": r.showRecycledUser(kept)}, nil
}

func (r *request) recycledUser(id string) *RecycledUser {
	for _, kept := range r.recycledUsers() {
		if kept.User.ID == id {
			return kept
		}
	}
	return nil
}

// Brings a user back with its keys; console logon has to be enabled again. (documented)
// So its profile is Inactive; groups that are gone are forgotten; a taken name and a full account are refused as in
// CreateUser. (assumed; Behaviour.RestoredLogonActive)
func restoreUserFromRecycleBin(r *request) (reply, error) {
	kept, err := r.namedRecycledUser()
	if err != nil {
		return nil, err
	}
	if r.account.Users[kept.User.Name] != nil {
		return nil, userExists()
	}
	if len(r.account.Users) >= r.account.Quotas.Users {
		return nil, tooManyUsers()
	}
	user := kept.User
	user.UpdateDate = r.now
	user.Groups = slices.DeleteFunc(user.Groups, func(name string) bool { return r.account.Groups[name] == nil })
	if user.LoginProfile != nil && !r.server.behaviour.RestoreLogonActive {
		user.LoginProfile.Status = "Inactive"
	}
	r.account.Users[user.Name] = &user
	r.account.RecycledUsers = without(r.recycledUsers(), kept)
	return reply{}, nil
}

// Deletes a user, and its keys in the recycle bin, for good. (documented; the keys are assumed)
func deleteUserInRecycleBin(r *request) (reply, error) {
	kept, err := r.namedRecycledUser()
	if err != nil {
		return nil, err
	}
	r.account.RecycledUsers = without(r.recycledUsers(), kept)
	r.account.RecycledKeys = slices.DeleteFunc(r.recycledKeys(), func(key *RecycledKey) bool { return key.UserID == kept.User.ID })
	return reply{}, nil
}

// namedRecycledUser is the user that the request has to name by its id. (documented; the code is assumed)
func (r *request) namedRecycledUser() (*RecycledUser, error) {
	id, err := r.required("UserId")
	if err != nil {
		return nil, err
	}
	if kept := r.recycledUser(id); kept != nil {
		return kept, nil
	}
	return nil, noUser()
}
