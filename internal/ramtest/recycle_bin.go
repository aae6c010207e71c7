// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"slices"
	"time"
)

var recycledKeyActions = table{
	"Ims/ListAccessKeysInRecycleBin":     {run: listAccessKeysInRecycleBin},
	"Ims/GetAccessKeyInfoInRecycleBin":   {run: getAccessKeyInfoInRecycleBin},
	"Ims/RestoreAccessKeyFromRecycleBin": {run: restoreAccessKeyFromRecycleBin, write: true},
	"Ims/DeleteAccessKeyInRecycleBin":    {run: deleteAccessKeyInRecycleBin, write: true},
}

// What is deleted can be restored for 30 days. (documented; samples show a calendar month)
func (r *request) recycledUntil() time.Time {
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

// recycledKeys are those whose time has not run out, the oldest first.
func (r *request) recycledKeys() []*RecycledKey {
	return slices.DeleteFunc(slices.Clone(r.account.RecycledKeys), func(kept *RecycledKey) bool {
		return !kept.DeleteDate.After(r.now)
	})
}

// ownerID is the user whose recycled keys are meant: a RAM user means itself when it names none, the root account has
// to name one. (documented)
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

// A deleted key and its owner, who may be in the recycle bin too. (documented) A key that was recycled with its user
// counts. (assumed)
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

// ownedRecycledKey is the key in the recycle bin that the request names with its owner.
// (documented; the code is assumed)
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

// Gives an owner its deleted key back, which counts against the limit. It comes back Inactive and with its network
// policy. (documented; limit, status and policy are assumed: Behaviour.RestoredKeysActive, Behaviour.RestoredKeysOpen)
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
	if r.server.behaviour.RestoreKeysActive {
		key.Status = "Active"
	}
	if r.server.behaviour.RestoreKeysWithoutPolicy {
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
