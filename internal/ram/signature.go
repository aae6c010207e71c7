// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"crypto/fips140"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// SignatureAlgorithm is the service's name of an algorithm that signs calls.
type SignatureAlgorithm string

const (
	// HMACSHA1 signs the parameters with signature version 1. The vendor's SDK implements
	// it.
	HMACSHA1 SignatureAlgorithm = "HMAC-SHA1"
	// ACS3 signs the request with signature version 3, in a header.
	ACS3 SignatureAlgorithm = "ACS3-HMAC-SHA256"
)

// ErrSHA1Forbidden means that GODEBUG=fips140=only forbids SHA-1. The cryptographic module
// would end the process.
var ErrSHA1Forbidden = errors.New("GODEBUG=fips140=only is set, and forbids SHA-1")

// CheckSHA1Allowed returns ErrSHA1Forbidden if SHA-1 may not be used.
func CheckSHA1Allowed() error {
	if fips140.Enforced() {
		return ErrSHA1Forbidden
	}
	return nil
}

// resolve returns the algorithm, or the default if none is set.
func (a SignatureAlgorithm) resolve() (SignatureAlgorithm, error) {
	switch a {
	case ACS3:
		return a, nil
	case HMACSHA1:
		if err := CheckSHA1Allowed(); err != nil {
			return a, fmt.Errorf("cannot sign with %s: %w. Use %s", a, err, ACS3)
		}
		return a, nil
	case "":
		if fips140.Enforced() {
			return ACS3, nil
		}
		return HMACSHA1, nil
	default:
		return a, fmt.Errorf("%q is not an algorithm of the service", string(a))
	}
}

// signedRequest is the content of one attempt: the form in the body, and the signed
// headers.
type signedRequest struct {
	form    url.Values
	headers map[string]string
}

// signACS3 returns the headers of signature version 3 for a form that is posted to host.
// The parameters stay in the body, as with signature version 1. The gateway accepts that
// for form parameters (documented) and for parameters that it lists as query parameters
// (assumed).
func signACS3(op operation, key Key, host string, now time.Time, nonce string, params map[string]string) signedRequest {
	form := url.Values{}
	for name, value := range params {
		form.Set(name, value)
	}
	headers := map[string]string{
		"host":                  host,
		"content-type":          formType,
		"x-acs-action":          op.action,
		"x-acs-version":         versions[op.product],
		"x-acs-date":            now.UTC().Format("2006-01-02T15:04:05Z"),
		"x-acs-signature-nonce": nonce,
		"x-acs-content-sha256":  hexSHA256(form.Encode()),
	}
	if key.Token != "" {
		headers["x-acs-security-token"] = key.Token
		headers["x-acs-accesskey-id"] = key.ID
	}
	headers["Authorization"] = authorization(key, headers, "", headers["x-acs-content-sha256"])
	delete(headers, "host") // net/http sends it
	return signedRequest{form: form, headers: headers}
}

// authorization returns the header that signs a POST to "/" with this query, headers and
// hash of the body (documented).
func authorization(key Key, headers map[string]string, query, body string) string {
	names := slices.Sorted(maps.Keys(headers))
	var canonical strings.Builder
	for _, name := range names {
		fmt.Fprintf(&canonical, "%s:%s\n", name, strings.TrimSpace(headers[name]))
	}
	signed := strings.Join(names, ";")
	request := strings.Join([]string{http.MethodPost, "/", query, canonical.String(), signed, body}, "\n")
	mac := hmac.New(sha256.New, []byte(key.Secret))
	mac.Write([]byte(string(ACS3) + "\n" + hexSHA256(request)))
	return fmt.Sprintf("%s Credential=%s,SignedHeaders=%s,Signature=%s", ACS3, key.ID, signed, hex.EncodeToString(mac.Sum(nil)))
}

func hexSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// sign signs the parameters of an attempt.
func (c *Client) sign(op operation, key Key, params map[string]string) (signedRequest, error) {
	switch {
	case op.unsigned:
		form := unsignedForm(op, time.Now(), params)
		if c.keyPair == nil {
			return signedRequest{form: form}, nil
		}
		return signedRequest{form: form}, c.keyPair.sign(form)
	case c.config.SignatureAlgorithm == ACS3:
		return signACS3(op, key, c.endpoints.of(op.product).Host, time.Now(), rand.Text(), params), nil
	}
	form, err := signHMACSHA1(op, key, c.config.Region, params)
	return signedRequest{form: form}, err
}

// unsignedForm returns the form of an operation that is authenticated by its parameters,
// such as AssumeRoleWithOIDC. It has a nonce and a time, but no key and no signature.
func unsignedForm(op operation, now time.Time, params map[string]string) url.Values {
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
