// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"slices"
	"strings"
)

var accessKeyActions = table{
	"Ram/CreateAccessKey":      {run: createAccessKey, write: true},
	"Ims/CreateAccessKey":      {run: createAccessKey, write: true},
	"Ram/UpdateAccessKey":      {run: updateAccessKey, write: true},
	"Ims/UpdateAccessKey":      {run: updateAccessKey, write: true},
	"Ram/DeleteAccessKey":      {run: deleteAccessKey, write: true},
	"Ims/DeleteAccessKey":      {run: deleteAccessKey, write: true},
	"Ram/ListAccessKeys":       {run: listAccessKeys},
	"Ims/ListAccessKeys":       {run: listAccessKeys},
	"Ram/GetAccessKeyLastUsed": {run: getAccessKeyLastUsed},
	"Ims/GetAccessKeyLastUsed": {run: getAccessKeyLastUsed},
}

// keyring holds the keys of one owner: a user or the root account.
type keyring struct {
	owner *User // nil: the root account
	keys  *[]*AccessKey
	quota int
}

// keyring returns the keys of the named user, or else of the caller. (documented)
func (r *request) keyring() (keyring, error) {
	user, err := r.namedOrCaller()
	if err != nil {
		return keyring{}, err
	}
	return r.keyringOf(user), nil
}

func (r *request) keyringOf(user *User) keyring {
	if user == nil {
		return keyring{keys: &r.account.Keys, quota: r.account.Quotas.AccountAccessKeys}
	}
	return keyring{owner: user, keys: &user.Keys, quota: r.account.Quotas.AccessKeysPerUser}
}

// key returns the owner's key that the request must name. (documented)
func (r *request) key() (*AccessKey, keyring, error) {
	id, err := r.required("UserAccessKeyId")
	if err != nil {
		return nil, keyring{}, err
	}
	ring, err := r.keyring()
	if err != nil {
		return nil, keyring{}, err
	}
	at := slices.IndexFunc(*ring.keys, func(key *AccessKey) bool { return key.ID == id })
	if at < 0 {
		return nil, keyring{}, noAccessKey()
	}
	return (*ring.keys)[at], ring, nil
}

// createAccessKey creates a key and returns its secret, which no other operation returns. A user has at most two keys, and
// so has the root account. (documented)
func createAccessKey(r *request) (reply, error) {
	ring, err := r.keyring()
	if err != nil {
		return nil, err
	}
	if len(*ring.keys) >= ring.quota {
		return nil, tooManyAccessKeys()
	}
	key := &AccessKey{
		ID: r.server.newKeyID(), Secret: r.server.newSecret(), Status: "Active",
		CreateDate: r.now, UpdateDate: r.now,
	}
	*ring.keys = append(*ring.keys, key)
	return reply{"AccessKey": reply{
		"AccessKeyId": key.ID, "AccessKeySecret": key.Secret, "Status": r.status(key.Status), "CreateDate": stamp(key.CreateDate),
	}}, nil
}

// updateAccessKey sets the status of a key. (documented; that setting the current status succeeds, and the code for an
// unknown status, are assumed; Behaviour.RefuseSameKeyStatus).
func updateAccessKey(r *request) (reply, error) {
	status, err := r.required("Status")
	if err != nil {
		return nil, err
	}
	if status != "Active" && status != "Inactive" {
		return nil, incorrect("Status")
	}
	key, _, err := r.key()
	if err != nil {
		return nil, err
	}
	if key.Status == status && r.server.behaviour.RefuseSameKeyStatus {
		return nil, incorrect("Status")
	}
	key.Status, key.UpdateDate = status, r.now
	return reply{}, nil
}

// deleteAccessKey moves a key to the recycle bin (documented), even an active key, as the official provider does.
// (observed; Behaviour.RefuseDeletingActiveKeys).
func deleteAccessKey(r *request) (reply, error) {
	key, ring, err := r.key()
	if err != nil {
		return nil, err
	}
	if key.Status != "Inactive" && r.server.behaviour.RefuseDeletingActiveKeys {
		return nil, conflict("User.AccessKey.Active", "The access key MUST be inactive while deleting it.")
	}
	*ring.keys = without(*ring.keys, key)
	r.recycleKey(key, ring.owner)
	return reply{}, nil
}

// listAccessKeys returns an owner's keys on one page, without secrets. Only Ims returns the update date. (documented)
func listAccessKeys(r *request) (reply, error) {
	ring, err := r.keyring()
	if err != nil {
		return nil, err
	}
	keys := slices.SortedFunc(slices.Values(*ring.keys), func(x, y *AccessKey) int {
		return cmp.Or(x.CreateDate.Compare(y.CreateDate), cmp.Compare(x.ID, y.ID))
	})
	return reply{"AccessKeys": wrapped("AccessKey", shuffled(r, keys), r.showKey)}, nil
}

// status returns the status of a credential in a response. (documented: Active or Inactive;
// Behaviour.LowerCaseStatuses).
func (r *request) status(status string) string {
	if r.server.behaviour.LowerCaseStatuses {
		return strings.ToLower(status)
	}
	return status
}

func (r *request) showKey(key *AccessKey) reply {
	shown := reply{"AccessKeyId": key.ID, "Status": r.status(key.Status), "CreateDate": stamp(key.CreateDate)}
	if r.product == "Ims" {
		shown["UpdateDate"] = stamp(key.UpdateDate)
	}
	return shown
}

// getAccessKeyLastUsed returns the last use of a key. Ims also returns the service that was used. (documented) Both are
// empty for a key that was never used. (assumed) The service records a use after two hours (documented), the fake at once.
func getAccessKeyLastUsed(r *request) (reply, error) {
	key, _, err := r.key()
	if err != nil {
		return nil, err
	}
	shown := reply{}
	r.put(shown, "LastUsedDate", stamp(key.LastUsed))
	if r.product == "Ims" {
		r.put(shown, "ServiceName", key.LastUsedService)
	}
	return reply{"AccessKeyLastUsed": shown}, nil
}
