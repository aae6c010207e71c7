// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the service's signature version 1 is HMAC-SHA1
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Signature version 1 covers all parameters of query and form except the signature, sorted. (documented)
func (in *incoming) signatureV1(secret string) (signature, stringToSign string) {
	stringToSign = in.method + "&%2F&" + percent(canonicalQuery(in.signedParameters()))
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)), stringToSign
}

const acs3 = "ACS3-HMAC-SHA256"

var acs3Header = regexp.MustCompile(`^` + acs3 + ` Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$`)

func credentialOf(authorization string) string {
	if parts := acs3Header.FindStringSubmatch(authorization); parts != nil {
		return parts[1]
	}
	return ""
}

// Signature version 3 covers method, path, query, the signed headers and the hash of the body. (documented)
func (in *incoming) signatureV3(secret string, signedHeaders []string) (signature, stringToSign string) {
	query := map[string]string{}
	for name, values := range in.query {
		query[name] = values[0]
	}
	var headers strings.Builder
	for _, name := range signedHeaders {
		headers.WriteString(name + ":" + in.headerValue(name) + "\n")
	}
	canonical := strings.Join([]string{
		in.method, in.path, canonicalQuery(query), headers.String(), strings.Join(signedHeaders, ";"), hash(in.body),
	}, "\n")
	stringToSign = acs3 + "\n" + hash([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stringToSign))
	return hex.EncodeToString(mac.Sum(nil)), stringToSign
}

func (in *incoming) headerValue(name string) string {
	if name == "host" {
		return in.host
	}
	return strings.TrimSpace(strings.Join(in.header.Values(name), ","))
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func canonicalQuery(params map[string]string) string {
	pairs := []string{}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		pairs = append(pairs, percent(name)+"="+percent(params[name]))
	}
	return strings.Join(pairs, "&")
}

// percent encodes every byte except letters, digits and - _ . ~ as %XX. (documented)
func percent(text string) string {
	var encoded strings.Builder
	for _, b := range []byte(text) {
		switch {
		case 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z', '0' <= b && b <= '9', strings.IndexByte("-_.~", b) >= 0:
			encoded.WriteByte(b)
		default:
			fmt.Fprintf(&encoded, "%%%02X", b)
		}
	}
	return encoded.String()
}

// algorithm returns the algorithm that the request names.
func (in *incoming) algorithm() string {
	if in.signedInHeaders {
		return acs3
	}
	return in.parameter("SignatureMethod")
}

// verify compares the signature of the request with that of the secret.
func (in *incoming) verify(secret string) error {
	if !in.signedInHeaders {
		wanted, text := in.signatureV1(secret)
		return in.compare(in.parameter("Signature"), wanted, text)
	}
	parts := acs3Header.FindStringSubmatch(in.header.Get("Authorization"))
	if parts == nil {
		return signatureIncomplete()
	}
	signed := strings.Split(parts[2], ";")
	if !slices.IsSorted(signed) || !slices.Contains(signed, "host") || in.header.Get("X-Acs-Content-Sha256") != hash(in.body) {
		return signatureIncomplete()
	}
	for name := range in.header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-acs-") && !slices.Contains(signed, name) {
			return signatureIncomplete()
		}
	}
	wanted, text := in.signatureV3(secret, signed)
	return in.compare(parts[3], wanted, text)
}

func (in *incoming) compare(given, wanted, stringToSign string) error {
	if !hmac.Equal([]byte(given), []byte(wanted)) {
		return signatureMismatch(stringToSign)
	}
	return nil
}
