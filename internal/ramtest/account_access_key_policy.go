// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

var accountAccessKeyPolicyActions = table{
	"Ims/SetAccessKeyPolicyForAccount": {run: setAccessKeyPolicyForAccount, write: true},
	"Ims/GetAccessKeyPolicyForAccount": {run: getAccessKeyPolicyForAccount},
}

// Gives the account a network policy, which holds for the keys that have none of their own.
// (documented; the parameter and the answer are assumed to be those of the key's own)
func setAccessKeyPolicyForAccount(r *request) (reply, error) {
	document, err := r.networkPolicy()
	if err != nil {
		return nil, err
	}
	r.account.AccessKeyPolicy = document
	return reply{"AccessKeyPolicy": document}, nil
}

// The account's network policy; unlike a key's it names no key. (documented) {} when there never was one.
// (assumed, by analogy; Behaviour.UnsetAccountPolicyNotFound)
func getAccessKeyPolicyForAccount(r *request) (reply, error) {
	switch {
	case r.account.AccessKeyPolicy != "":
		return reply{"AccessKeyPolicy": r.account.AccessKeyPolicy}, nil
	case r.server.behaviour.UnsetAccountPolicyNotFound:
		return nil, noAccessKeyPolicy()
	default:
		return reply{"AccessKeyPolicy": "{}"}, nil
	}
}
