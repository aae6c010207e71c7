// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

var recycledKeyActions = table{
	"Ims/ListAccessKeysInRecycleBin":     {run: listAccessKeysInRecycleBin},
	"Ims/GetAccessKeyInfoInRecycleBin":   {run: getAccessKeyInfoInRecycleBin},
	"Ims/RestoreAccessKeyFromRecycleBin": {run: restoreAccessKeyFromRecycleBin, write: true},
	"Ims/DeleteAccessKeyInRecycleBin":    {run: deleteAccessKeyInRecycleBin, write: true},
}

// recycledUntil returns when a recycled object is purged, after 30 days. (documented; samples show a calendar month)
func (r *request) recycledUntil() time.Time {
	return r.now.AddDate(0, 0, 30)
}

// recycleKey moves a key to the recycle bin, which holds the last three keys of an owner. (documented) The account id is
// the owner of the root account's keys. (assumed)
func (r *request) recycleKey(key *AccessKey, owner *User) {
	recycled := &RecycledKey{Key: *key, UserID: r.account.ID, RecycleDate: r.now, DeleteDate: r.recycledUntil()}
	if owner != nil {
		recycled.UserID, recycled.UserName = owner.ID, owner.Name
	}
	r.account.RecycledKeys = append(r.recycledKeys(), recycled)
	same := slices.DeleteFunc(r.recycledKeys(), func(other *RecycledKey) bool { return other.UserID != recycled.UserID })
	if len(same) > r.account.Quotas.RecycledKeysPerUser {
		r.account.RecycledKeys = without(r.account.RecycledKeys, same[0])
	}
}

// recycledKeys returns the keys in the recycle bin, oldest first.
func (r *request) recycledKeys() []*RecycledKey {
	return slices.DeleteFunc(slices.Clone(r.account.RecycledKeys), func(recycled *RecycledKey) bool {
		return !recycled.DeleteDate.After(r.now)
	})
}

// ownerID returns the id of the user whose recycled keys the request addresses. A RAM user can omit its own id. The root
// account must name a user. (documented)
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

// listAccessKeysInRecycleBin returns an owner's recycled keys on one page. (documented) An unknown user is an error. (assumed)
func listAccessKeysInRecycleBin(r *request) (reply, error) {
	id, err := r.ownerID()
	if err != nil {
		return nil, err
	}
	if !r.known(id) {
		return nil, noUser()
	}
	keys := slices.DeleteFunc(r.recycledKeys(), func(recycled *RecycledKey) bool { return recycled.UserID != id })
	return reply{"AccessKeys": wrapped("AccessKey", shuffled(r, keys), showRecycledKey)}, nil
}

func (r *request) known(id string) bool {
	return id == r.account.ID || r.account.UserByID(id) != nil || r.recycledUser(id) != nil
}

func showRecycledKey(recycled *RecycledKey) reply {
	return reply{
		"AccessKeyId": recycled.Key.ID, "CreateDate": stamp(recycled.Key.CreateDate),
		"RecycleDate": stamp(recycled.RecycleDate), "DeleteDate": stamp(recycled.DeleteDate),
	}
}

// getAccessKeyInfoInRecycleBin returns a recycled key and its owner, who can be in the recycle bin too. (documented) It
// also returns a key that was recycled with its user. (assumed)
func getAccessKeyInfoInRecycleBin(r *request) (reply, error) {
	id, err := r.required("UserAccessKeyId")
	if err != nil {
		return nil, err
	}
	recycled := r.recycledKey(id)
	if recycled == nil {
		return nil, noAccessKey()
	}
	shown := showRecycledKey(recycled)
	shown["UserId"], shown["UserRecycled"] = recycled.UserID, r.recycledUser(recycled.UserID) != nil
	name := recycled.UserName
	if user := r.account.UserByID(recycled.UserID); user != nil {
		name = user.Name // the user may have been renamed
	}
	if name != "" {
		shown["UserPrincipalName"] = r.principalName(name)
	}
	return reply{"AccessKey": shown}, nil
}

func (r *request) recycledKey(id string) *RecycledKey {
	for _, recycled := range r.recycledKeys() {
		if recycled.Key.ID == id {
			return recycled
		}
	}
	for _, recycled := range r.recycledUsers() {
		for _, key := range recycled.User.Keys {
			if key.ID == id {
				return &RecycledKey{
					Key: *key, UserID: recycled.User.ID, UserName: recycled.User.Name,
					RecycleDate: recycled.RecycleDate, DeleteDate: recycled.DeleteDate,
				}
			}
		}
	}
	return nil
}

// ownedRecycledKey returns the recycled key that the request names together with its owner (documented; the code is
// assumed).
func (r *request) ownedRecycledKey() (*RecycledKey, error) {
	id, err := r.required("UserAccessKeyId")
	if err != nil {
		return nil, err
	}
	owner, err := r.ownerID()
	if err != nil {
		return nil, err
	}
	for _, recycled := range r.recycledKeys() {
		if recycled.Key.ID == id && recycled.UserID == owner {
			return recycled, nil
		}
	}
	return nil, noAccessKey()
}

// restoreAccessKeyFromRecycleBin restores a key (documented), which counts toward the quota. The key is inactive and
// retains its network policy. (assumed; Behaviour.RestoreKeysActive, Behaviour.RestoreKeysWithoutPolicy)
func restoreAccessKeyFromRecycleBin(r *request) (reply, error) {
	recycled, err := r.ownedRecycledKey()
	if err != nil {
		return nil, err
	}
	owner := r.account.UserByID(recycled.UserID)
	if owner == nil && recycled.UserID != r.account.ID {
		return nil, noUser()
	}
	ring := r.keyringOf(owner)
	if len(*ring.keys) >= ring.quota {
		return nil, tooManyAccessKeys()
	}
	key := recycled.Key
	key.Status, key.UpdateDate = "Inactive", r.now
	if r.server.behaviour.RestoreKeysActive {
		key.Status = "Active"
	}
	if r.server.behaviour.RestoreKeysWithoutPolicy {
		key.Policy = ""
	}
	*ring.keys = append(*ring.keys, &key)
	r.account.RecycledKeys = without(r.recycledKeys(), recycled)
	return reply{}, nil
}

// deleteAccessKeyInRecycleBin purges a key. (documented)
func deleteAccessKeyInRecycleBin(r *request) (reply, error) {
	recycled, err := r.ownedRecycledKey()
	if err != nil {
		return nil, err
	}
	r.account.RecycledKeys = without(r.recycledKeys(), recycled)
	return reply{}, nil
}

var recycledUserActions = table{
	"Ims/ListUsersInRecycleBin":     {run: listUsersInRecycleBin},
	"Ims/GetUserInRecycleBin":       {run: getUserInRecycleBin},
	"Ims/RestoreUserFromRecycleBin": {run: restoreUserFromRecycleBin, write: true},
	"Ims/DeleteUserInRecycleBin":    {run: deleteUserInRecycleBin, write: true},
}

// recycleUser moves a user to the recycle bin with its keys and its login profile, which do not work there. The bin holds
// the last 1000 users. (documented) The MFA device stays in the account, unbound. (assumed)
func (r *request) recycleUser(user *User) {
	if device := r.account.MFADevices[user.MFASerial]; device != nil {
		device.UserID, device.ActivateDate = "", time.Time{}
	}
	user.MFASerial = ""
	delete(r.account.Users, user.Name)
	recycled := &RecycledUser{User: *user, RecycleDate: r.now, DeleteDate: r.recycledUntil()}
	r.account.RecycledUsers = append(r.recycledUsers(), recycled)
	if excess := len(r.account.RecycledUsers) - r.account.Quotas.RecycledUsers; excess > 0 {
		r.account.RecycledUsers = r.account.RecycledUsers[excess:]
	}
}

func (r *request) recycledUsers() []*RecycledUser {
	return slices.DeleteFunc(slices.Clone(r.account.RecycledUsers), func(recycled *RecycledUser) bool {
		return !recycled.DeleteDate.After(r.now)
	})
}

const recycleBinFilter = "UserPrincipalName eq "

// listUsersInRecycleBin returns a page of recycled users: all, or those with a principal name. (documented; the code for
// another filter is assumed).
func listUsersInRecycleBin(r *request) (reply, error) {
	users := r.recycledUsers()
	if r.text("Filter") != "" {
		wanted, ok := strings.CutPrefix(r.text("Filter"), recycleBinFilter)
		if !ok {
			return nil, incorrect("Filter")
		}
		users = slices.DeleteFunc(users, func(recycled *RecycledUser) bool { return r.principalName(recycled.User.Name) != wanted })
	}
	slices.SortFunc(users, func(x, y *RecycledUser) int {
		return cmp.Or(x.RecycleDate.Compare(y.RecycleDate), cmp.Compare(x.User.ID, y.User.ID))
	})
	page, body, err := paged(r, users, 100, 100)
	if err != nil {
		return nil, err
	}
	body["Users"] = wrapped("User", page, r.showRecycledUser)
	return body, nil
}

func (r *request) showRecycledUser(recycled *RecycledUser) reply {
	return reply{
		"UserId": recycled.User.ID, "UserPrincipalName": r.principalName(recycled.User.Name), "DisplayName": recycled.User.DisplayName,
		"CreateDate": stamp(recycled.User.CreateDate), "RecycleDate": stamp(recycled.RecycleDate), "DeleteDate": stamp(recycled.DeleteDate),
	}
}

// getUserInRecycleBin returns a recycled user, by its id or the id of one of its keys. (documented; the codes are assumed)
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
	recycled := r.recycledUser(id)
	if recycled == nil {
		return nil, noUser()
	}
	return reply{"User": r.showRecycledUser(recycled)}, nil
}

func (r *request) recycledUser(id string) *RecycledUser {
	for _, recycled := range r.recycledUsers() {
		if recycled.User.ID == id {
			return recycled
		}
	}
	return nil
}

// restoreUserFromRecycleBin restores a user with its keys; console logon must be enabled again. (documented) The profile is
// therefore inactive (Behaviour.RestoreLogonActive), memberships of deleted groups are dropped, and a name in use
// (Behaviour.RestoreTakenName) and a full account are refused as in CreateUser. (assumed)
func restoreUserFromRecycleBin(r *request) (reply, error) {
	recycled, err := r.namedRecycledUser()
	if err != nil {
		return nil, err
	}
	name := recycled.User.Name
	if r.account.Users[name] != nil {
		switch r.server.behaviour.RestoreTakenName {
		case "conflict":
			return nil, fail(http.StatusConflict, "RestoreConflict.User.Name", "The name of the user is in use.")
		case "renamed":
			name += "-" + recycled.User.ID
		default:
			return nil, userExists()
		}
	}
	if len(r.account.Users) >= r.account.Quotas.Users {
		return nil, tooManyUsers()
	}
	user := recycled.User
	user.Name, user.UpdateDate = name, r.now
	user.Groups = slices.DeleteFunc(user.Groups, func(name string) bool { return r.account.Groups[name] == nil })
	if user.LoginProfile != nil && !r.server.behaviour.RestoreLogonActive {
		user.LoginProfile.Status = "Inactive"
	}
	r.account.Users[user.Name] = &user
	r.account.RecycledUsers = without(r.recycledUsers(), recycled)
	return reply{}, nil
}

// deleteUserInRecycleBin purges a user (documented) and its recycled keys. (assumed)
func deleteUserInRecycleBin(r *request) (reply, error) {
	recycled, err := r.namedRecycledUser()
	if err != nil {
		return nil, err
	}
	r.account.RecycledUsers = without(r.recycledUsers(), recycled)
	r.account.RecycledKeys = slices.DeleteFunc(r.recycledKeys(), func(key *RecycledKey) bool { return key.UserID == recycled.User.ID })
	return reply{}, nil
}

// namedRecycledUser returns the recycled user that the request must identify by id. (documented; the code is assumed)
func (r *request) namedRecycledUser() (*RecycledUser, error) {
	id, err := r.required("UserId")
	if err != nil {
		return nil, err
	}
	if recycled := r.recycledUser(id); recycled != nil {
		return recycled, nil
	}
	return nil, noUser()
}
