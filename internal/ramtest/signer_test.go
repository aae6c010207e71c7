// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// client is an HTTP client with a key. It signs as documented and uses no code of the fake.
type client struct {
	t      *testing.T
	server *Server
	key    Credential
	signed func() time.Time // time in the signature
	format string
	host   string
}

func admin(t *testing.T, s *Server) *client {
	t.Helper()
	return as(t, s, s.Credential(s.first))
}

func as(t *testing.T, s *Server, key Credential) *client {
	t.Helper()
	return &client{t: t, server: s, key: key, signed: time.Now, format: "JSON"}
}

// result is a response.
type result struct {
	status int
	code   string
	header http.Header
	body   map[string]any
	text   string
}

// at returns the value at a path, such as "PasswordPolicy.HardExpire".
func (r result) at(path string) any {
	var value any = r.body
	for name := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

var serial atomic.Int64

// request returns a signed POST request of an operation. params alternates names and values.
func (c *client) request(product, action string, params ...string) *http.Request {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	common := map[string]string{
		"Action": action, "Version": versionOf(product), "Format": c.format, "AccessKeyId": c.key.AccessKeyID,
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": fmt.Sprint("n", serial.Add(1)),
		"Timestamp": c.signed().UTC().Format(timestampLayout),
	}
	if c.key.SecurityToken != "" {
		common["SecurityToken"] = c.key.SecurityToken
	}
	for name, value := range common {
		if value != "" && !form.Has(name) {
			form.Set(name, value)
		}
	}
	signature, _ := (&incoming{method: http.MethodPost, form: form}).signatureV1(c.key.AccessKeySecret)
	form.Set("Signature", signature)
	return c.post(form)
}

func (c *client) post(form url.Values) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.server.URL(), strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.host != "" {
		r.Host = c.host
	}
	return r
}

func versionOf(product string) string {
	for version, name := range products {
		if name == product {
			return version
		}
	}
	return product
}

// do calls an operation and returns any response.
func (c *client) do(product, action string, params ...string) result {
	c.t.Helper()
	return c.send(c.request(product, action, params...))
}

func (c *client) send(r *http.Request) result {
	c.t.Helper()
	result, err := try(r)
	if err != nil {
		c.t.Fatalf("%s: %s", r.URL, err)
	}
	return result
}

// plain follows no redirects and reuses no connections.
func plain() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func try(r *http.Request) (result, error) {
	response, err := plain().Do(r)
	if err != nil {
		return result{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	got := result{status: response.StatusCode, header: response.Header, text: string(text)}
	if json.Unmarshal(text, &got.body) == nil {
		got.code, _ = got.body["Code"].(string)
	}
	return got, err
}

// ok calls an operation and fails the test unless it succeeds.
func (c *client) ok(product, action string, params ...string) result {
	c.t.Helper()
	got := c.do(product, action, params...)
	if got.status != http.StatusOK {
		c.t.Fatalf("%s/%s %q: %d %s", product, action, params, got.status, got.text)
	}
	return got
}

// refused calls an operation and fails the test unless it returns the code.
func (c *client) refused(code, product, action string, params ...string) result {
	c.t.Helper()
	got := c.do(product, action, params...)
	if got.code != code {
		c.t.Fatalf("%s/%s %q: got %d %s, want the code %s", product, action, params, got.status, got.text, code)
	}
	return got
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := string(asJSON(got)), string(asJSON(want)); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
