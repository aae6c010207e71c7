// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

var recycleBinActions = table{
	"Ims/ListAccessKeysInRecycleBin":     {run: listAccessKeysInRecycleBin},
	"Ims/GetAccessKeyInfoInRecycleBin":   {run: getAccessKeyInfoInRecycleBin},
	"Ims/RestoreAccessKeyFromRecycleBin": {run: restoreAccessKeyFromRecycleBin, write: true},
	"Ims/DeleteAccessKeyInRecycleBin":    {run: deleteAccessKeyInRecycleBin, write: true},
	"Ims/ListUsersInRecycleBin":          {run: listUsersInRecycleBin},
	"Ims/GetUserInRecycleBin":            {run: getUserInRecycleBin},
	"Ims/RestoreUserFromRecycleBin":      {run: restoreUserFromRecycleBin, write: true},
	"Ims/DeleteUserInRecycleBin":         {run: deleteUserInRecycleBin, write: true},
}

// What is deleted can be restored for 30 days. (documented; Behaviour.RecycleForAMonth)
func (r *request) recycledUntil() time.Time {
	if r.server.behaviour.RecycleForAMonth {
		return r.now.AddDate(0, 1, 0)
	}
	return r.now.AddDate(0, 0, 30)
}

// recycleKey keeps a deleted key; of one owner's keys the three deleted last. (documented)
// Keys of the root account count by the account's id. (assumed)
func (r *request) recycleKey(key *AccessKey, owner *User) {
	kept := &RecycledKey{Key: *key, UserID: r.account.ID, RecycleDate: r.now, DeleteDate: r.recycledUntil()}
	if owner != nil {
		kept.UserID, kept.UserName = owner.ID, owner.Name
	}
	r.account.RecycledKeys = append(r.recycledKeys(), kept)
	same := slices.DeleteFunc(r.recycledKeys(), func(other *RecycledKey) bool { return other.UserID != kept.UserID })
	if len(same) > r.account.Quotas.RecycledKeysPerUser {
		r.account.RecycledKeys = without(r.account.RecycledKeys, same[0])
	}
}

// recycleUser keeps a deleted user with its keys and its login profile, which cannot be used meanwhile; of an account's users the
// thousand deleted last. (documented) Its MFA device stays in the account, unbound. (assumed)
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

// recycledKeys are those whose time has not run out, the oldest first.
func (r *request) recycledKeys() []*RecycledKey {
	return slices.DeleteFunc(slices.Clone(r.account.RecycledKeys), func(kept *RecycledKey) bool {
		return !kept.DeleteDate.After(r.now)
	})
}

func (r *request) recycledUsers() []*RecycledUser {
	return slices.DeleteFunc(slices.Clone(r.account.RecycledUsers), func(kept *RecycledUser) bool {
		return !kept.DeleteDate.After(r.now)
	})
}

// ownerID is the user whose recycled keys are meant: a RAM user means itself when it names none, the root account has to name one. (documented)
func (r *request) ownerID() (string, error) {
	if id := r.text("UserId"); id != "" {
		return id, nil
	}
	user, err := r.self("UserId")
	if err != nil {
		return "", err
	}
	if user == nil {
		return "", missing("UserId")
	}
	return user.ID, nil
}

// An owner's deleted keys, on one page. (documented) A user that is neither there nor recycled is an error. (assumed)
func listAccessKeysInRecycleBin(r *request) (reply, error) {
	id, err := r.ownerID()
	if err != nil {
		return nil, err
	}
	if !r.known(id) {
		return nil, noUser()
	}
	keys := slices.DeleteFunc(r.recycledKeys(), func(kept *RecycledKey) bool { return kept.UserID != id })
	return reply{"AccessKeys": wrapped("AccessKey", shuffled(r, keys), showRecycledKey)}, nil
}

func (r *request) known(id string) bool {
	return id == r.account.ID || r.account.UserByID(id) != nil || r.recycledUser(id) != nil
}

func showRecycledKey(kept *RecycledKey) reply {
	return reply{
		"AccessKeyId": kept.Key.ID, "CreateDate": stamp(kept.Key.CreateDate),
		"RecycleDate": stamp(kept.RecycleDate), "DeleteDate": stamp(kept.DeleteDate),
	}
}

// A deleted key and its owner, who may be in the recycle bin too. (documented) A key that was recycled with its user counts. (assumed)
func getAccessKeyInfoInRecycleBin(r *request) (reply, error) {
	id, err := r.required("UserAccessKeyId")
	if err != nil {
		return nil, err
	}
	kept := r.recycledKey(id)
	if kept == nil {
		return nil, noAccessKey()
	}
	shown := showRecycledKey(kept)
	shown["UserId"], shown["UserRecycled"] = kept.UserID, r.recycledUser(kept.UserID) != nil
	name := kept.UserName
	if user := r.account.UserByID(kept.UserID); user != nil {
		name = user.Name // it may have been renamed
	}
	if name != "" {
		shown["UserPrincipalName"] = r.principalName(name)
	}
	return reply{"AccessKey": shown}, nil
}

func (r *request) recycledKey(id string) *RecycledKey {
	for _, kept := range r.recycledKeys() {
		if kept.Key.ID == id {
			return kept
		}
	}
	for _, kept := range r.recycledUsers() {
		for _, key := range kept.User.Keys {
			if key.ID == id {
				return &RecycledKey{
					Key: *key, UserID: kept.User.ID, UserName: kept.User.Name,
					RecycleDate: kept.RecycleDate, DeleteDate: kept.DeleteDate,
				}
			}
		}
	}
	return nil
}

// ownedRecycledKey is the key in the recycle bin that the request names with its owner. (documented; the code is assumed)
func (r *request) ownedRecycledKey() (*RecycledKey, error) {
	id, err := r.required("UserAccessKeyId")
	if err != nil {
		return nil, err
	}
	owner, err := r.ownerID()
	if err != nil {
		return nil, err
	}
	for _, kept := range r.recycledKeys() {
		if kept.Key.ID == id && kept.UserID == owner {
			return kept, nil
		}
	}
	return nil, noAccessKey()
}

// Gives an owner its deleted key back, which counts against the limit. It comes back Inactive and with its network policy.
// (documented; limit, status and policy are assumed: Behaviour.RestoredKeysActive, Behaviour.RestoredKeysOpen)
func restoreAccessKeyFromRecycleBin(r *request) (reply, error) {
	kept, err := r.ownedRecycledKey()
	if err != nil {
		return nil, err
	}
	owner := r.account.UserByID(kept.UserID)
	if owner == nil && kept.UserID != r.account.ID {
		return nil, noUser()
	}
	ring := r.keyringOf(owner)
	if len(*ring.keys) >= ring.quota {
		return nil, tooManyAccessKeys()
	}
	key := kept.Key
	key.Status, key.UpdateDate = "Inactive", r.now
	if r.server.behaviour.RestoredKeysActive {
		key.Status = "Active"
	}
	if r.server.behaviour.RestoredKeysOpen {
		key.Policy = ""
	}
	*ring.keys = append(*ring.keys, &key)
	r.account.RecycledKeys = without(r.recycledKeys(), kept)
	return reply{}, nil
}

// Deletes a key for good. (documented)
func deleteAccessKeyInRecycleBin(r *request) (reply, error) {
	kept, err := r.ownedRecycledKey()
	if err != nil {
		return nil, err
	}
	r.account.RecycledKeys = without(r.recycledKeys(), kept)
	return reply{}, nil
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

// Brings a user back with its keys; console logon has to be enabled again. (documented; that the profile is Inactive, and the answers when the name is
// taken or the account full, are assumed: Behaviour.RestoredLogonActive)
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
	if user.LoginProfile != nil && !r.server.behaviour.RestoredLogonActive {
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
