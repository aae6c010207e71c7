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

// SignatureAlgorithm is how calls are signed, in the words of the service.
type SignatureAlgorithm string

const (
	// HMACSHA1 signs the parameters: signature version 1, which the vendor's SDK makes.
	HMACSHA1 SignatureAlgorithm = "HMAC-SHA1"
	// ACS3 signs the request: signature version 3, in a header.
	ACS3 SignatureAlgorithm = "ACS3-HMAC-SHA256"
)

// ErrSHA1Forbidden is what GODEBUG=fips140=only forbids. The cryptographic module
// would end the process instead.
var ErrSHA1Forbidden = errors.New("GODEBUG=fips140=only is set, and forbids SHA-1")

// CheckSHA1Allowed is ErrNotApproved where SHA-1 may not be used, and else nil.
func CheckSHA1Allowed() error {
	if fips140.Enforced() {
		return ErrSHA1Forbidden
	}
	return nil
}

// settle answers the algorithm to use where none was chosen.
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
		return a, fmt.Errorf("%q is no algorithm that the service knows", string(a))
	}
}

// A letter is what one attempt sends: the form in the body, and the headers that
// are signed with it.
type signedRequest struct {
	form    url.Values
	headers map[string]string
}

// signedRequest makes the headers of signature version 3 over a form that is posted
// to a host. The parameters stay in the body, where signature version 1 has them
// too: the gateway takes them from there for form parameters (documented), and for
// those that it lists as query parameters as well (assumed).
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

// authorization is the header that signs a POST to "/" with a query, with these
// headers and a body of this hash. (documented)
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

// letter signs an attempt.
func (c *Client) sign(op operation, key Key, params map[string]string) (signedRequest, error) {
	switch {
	case op.unsigned:
		return signedRequest{form: unsignedForm(op, time.Now(), params)}, nil
	case c.config.SignatureAlgorithm == ACS3:
		return signACS3(op, key, c.endpoints.of(op.product).Host, time.Now(), rand.Text(), params), nil
	}
	form, err := signHMACSHA1(op, key, c.config.Region, params)
	return signedRequest{form: form}, err
}

// unsignedForm is the form of an attempt that carries its own proof, as
// AssumeRoleWithOIDC does: no key, no signature, but a nonce and a time.
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
