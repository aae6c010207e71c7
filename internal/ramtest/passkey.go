// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// No operation creates a passkey, because that needs a browser. (documented)
var passkeyActions = table{
	"Ims/ListPasskeys":  {run: listPasskeys},
	"Ims/UpdatePasskey": {run: updatePasskey, write: true},
	"Ims/DeletePasskey": {run: deletePasskey, write: true},
}

// listPasskeys returns a user's passkeys on one page. The list is a plain array, and times are Unix seconds in strings.
// (documented)
func listPasskeys(r *request) (reply, error) {
	user, err := r.namedOrSelf()
	if err != nil {
		return nil, err
	}
	passkeys := slices.SortedFunc(slices.Values(user.Passkeys), func(x, y *Passkey) int { return cmp.Compare(x.ID, y.ID) })
	shown := []any{}
	for _, passkey := range shuffled(r, passkeys) {
		one := reply{"PasskeyId": passkey.ID, "PasskeyName": passkey.Name, "CreateDate": seconds(passkey.CreateDate)}
		r.put(one, "LastUseDate", seconds(passkey.LastUseDate))
		shown = append(shown, one)
	}
	return reply{"Passkeys": shown}, nil
}

func seconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}

// updatePasskey renames a passkey. (documented; that the name must not be empty is assumed)
func updatePasskey(r *request) (reply, error) {
	name, err := r.required("PasskeyName")
	if err != nil {
		return nil, err
	}
	_, passkey, err := r.passkey()
	if err != nil {
		return nil, err
	}
	passkey.Name = name
	return reply{}, nil
}

// deletePasskey deletes a passkey. (documented)
func deletePasskey(r *request) (reply, error) {
	user, passkey, err := r.passkey()
	if err != nil {
		return nil, err
	}
	user.Passkeys = without(user.Passkeys, passkey)
	return reply{}, nil
}

// passkey returns the user's passkey that the request must name. (documented; the code is assumed)
func (r *request) passkey() (*User, *Passkey, error) {
	id, err := r.required("PasskeyId")
	if err != nil {
		return nil, nil, err
	}
	user, err := r.namedOrSelf()
	if err != nil {
		return nil, nil, err
	}
	for _, passkey := range user.Passkeys {
		if passkey.ID == id {
			return user, passkey, nil
		}
	}
	return nil, nil, noPasskey()
}
