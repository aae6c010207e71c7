// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"strings"
)

// spellings are the forms in which a secret may leak (LOG-03).
func spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret) // a text is encoded
	var printable bytes.Buffer
	w := quotedprintable.NewWriter(&printable)
	_, _ = w.Write([]byte(secret)) // to memory
	_ = w.Close()
	forms := map[string]string{
		"as it is":         secret,
		"URL-encoded":      url.QueryEscape(secret),
		"JSON-escaped":     strings.Trim(string(quoted), `"`),
		"base64":           strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
		"hex":              hex.EncodeToString([]byte(secret)),
		"quoted-printable": printable.String(),
		"with slashes":     strings.ReplaceAll(secret, "/", `\/`),
	}
	if len(secret) >= 16 {
		forms["its first eight"] = secret[:8]
		forms["its last eight"] = secret[len(secret)-8:]
	}
	return forms
}

// leaks tells which secrets a text holds, and in which form. It does not tell the secret.
func leaks(text string, secrets []string) (found []string) {
	for i, secret := range secrets {
		if len(secret) < 8 {
			continue
		}
		for form, spelling := range spellings(secret) {
			if at := strings.Index(text, spelling); at >= 0 {
				found = append(found, fmt.Sprintf("secret %d is there, %s, after %q", i+1, form, text[max(at-40, 0):at]))
			}
		}
	}
	return found
}
