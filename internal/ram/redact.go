// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// removed replaces a secret.
const removed = "(removed)"

// maxMessage limits the length of a message.
const maxMessage = 1000

// stringToSignPattern matches the part of a signature error that quotes all parameters of
// the call, including passwords (documented).
var stringToSignPattern = regexp.MustCompile(`(?is)(string to sign is:).*`)

// redactor removes the secrets of one call from messages of the service (LOG-02).
type redactor struct{ secrets *strings.Replacer }

// newRedactor returns a redactor for the secrets in their usual encodings.
func newRedactor(secrets ...string) redactor {
	seen := map[string]bool{}
	for _, secret := range secrets {
		for _, form := range encodings(secret) {
			seen[withoutControls(form)] = true
		}
	}
	delete(seen, "")
	// Longer secrets come first, because a shorter one may be part of a longer one.
	longest := slices.SortedFunc(maps.Keys(seen), func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, form := range longest {
		pairs = append(pairs, form, removed)
	}
	return redactor{strings.NewReplacer(pairs...)}
}

// encodings returns the secret and its usual encodings.
func encodings(secret string) []string {
	if secret == "" {
		return nil
	}
	raw := []byte(secret)
	all := []string{secret, hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), quotedPrintable(secret)}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		all = append(all, encoding.EncodeToString(raw))
	}
	for _, escape := range []func(string) string{url.QueryEscape, url.PathEscape, percentEncode, jsonEscape, jsonEscapeHTML} {
		once := escape(secret)
		all = append(all, once, lowerHex(once), escape(once), lowerHex(escape(once)), strings.ReplaceAll(once, "/", `\/`))
	}
	return all
}

// percentEncode encodes as the signature does: a blank becomes %20.
func percentEncode(text string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(text))
}

var hexPair = regexp.MustCompile(`%[0-9A-F]{2}`)

func lowerHex(text string) string { return hexPair.ReplaceAllStringFunc(text, strings.ToLower) }

func jsonEscapeHTML(text string) string {
	escaped, err := json.Marshal(text)
	if err != nil {
		return ""
	}
	return string(escaped[1 : len(escaped)-1])
}

func jsonEscape(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(out.String()), `"`), `"`)
}

func quotedPrintable(text string) string {
	var out strings.Builder
	writer := quotedprintable.NewWriter(&out)
	if _, err := io.WriteString(writer, text); err != nil {
		return ""
	}
	if err := writer.Close(); err != nil {
		return ""
	}
	return out.String()
}

// withoutControls replaces control characters and invalid UTF-8 with blanks.
func withoutControls(text string) string {
	return strings.Map(func(character rune) rune {
		if unicode.IsControl(character) || character == unicode.ReplacementChar {
			return ' '
		}
		return character
	}, text)
}

// clean removes control characters, then the text after "string to sign is:", then the
// secrets, and finally shortens the text. The order matters: removing line breaks could
// join the parts of a secret, and a shortened secret would not be found.
func (r redactor) clean(text string) string {
	text = stringToSignPattern.ReplaceAllString(withoutControls(text), "$1 "+removed)
	text = strings.TrimSpace(r.secrets.Replace(text))
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "") + " …"
}
