// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"crypto/rand"
	"net/url"
	"time"
)

// unsigned is the form of an attempt that carries its own proof, as
// AssumeRoleWithOIDC does: no key, no signature, but a nonce and a time.
func unsigned(op operation, now time.Time, params map[string]string) url.Values {
	form := url.Values{
		"Action":         {op.action},
		"Version":        {versions[op.product]},
		"Format":         {"JSON"},
		"SignatureNonce": {rand.Text()},
		"Timestamp":      {now.UTC().Format("2006-01-02T15:04:05Z")},
	}
	for name, value := range params {
		form.Set(name, value)
	}
	return form
}
