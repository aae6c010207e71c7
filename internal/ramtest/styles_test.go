// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Clients send requests in three styles: A has common parameters in the query and the others in the form, B has all in the
// query, C is signed in the headers. The test client sends all parameters in the form.

func TestStyles_accepted(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for i, style := range []func(*client, string, string, url.Values) *http.Request{styleA, styleB, styleC} {
		masks := fmt.Sprintf("10.0.%d.0/24", i)
		got := c.send(style(c, "Ims", "SetSecurityPreference", url.Values{"LoginNetworkMasks": {masks}, "RegionId": {"cn-hangzhou"}}))
		equal(t, "status", got.status, http.StatusOK)
		equal(t, "masks", got.at("SecurityPreference.LoginProfilePreference.LoginNetworkMasks"), masks)
	}
	for _, call := range s.Calls() {
		equal(t, "parameters", len(call.Params), 1)
	}
}

func TestStyles_wrongSignature(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	c.key.AccessKeySecret = "wrong"
	for _, style := range []func(*client, string, string, url.Values) *http.Request{styleA, styleB, styleC} {
		got := c.send(style(c, "Ims", "SetSecurityPreference", url.Values{"LoginNetworkMasks": {"10.0.0.0/8"}}))
		equal(t, "code", got.code, "SignatureDoesNotMatch")
		message, _ := got.body["Message"].(string)
		if !strings.Contains(message, "server string to sign is:") || strings.Contains(message, "wrong") {
			t.Errorf("the message is %q", message)
		}
	}
	equal(t, "history", s.History(), []Event{})
}

func TestStyles_unsignedHeaders(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	r := styleC(c, "Ims", "GetSecurityPreference", nil)
	r.Header.Set("X-Acs-Slipped-In", "later")
	equal(t, "code", c.send(r).code, "IncompleteSignature")

	r = styleC(c, "Ims", "GetSecurityPreference", nil)
	r.Header.Set("X-Acs-Content-Sha256", hash([]byte("another body")))
	equal(t, "code", c.send(r).code, "IncompleteSignature")
}

func TestStyles_temporaryKeys(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := as(t, s, assumed(t, s))
	equal(t, "kind", c.send(styleC(c, "Sts", "GetCallerIdentity", nil)).at("IdentityType"), "AssumedRoleUser")
}

func styleA(c *client, product, action string, own url.Values) *http.Request {
	query := url.Values{"SourceIp": {"192.0.2.1"}, "SecureTransport": {"true"}}
	sign(c, http.MethodPost, product, action, query, own)
	r := c.post(own)
	r.URL.RawQuery = query.Encode()
	r.Header.Set("X-Acs-Version", versionOf(product))
	r.Header.Set("X-Acs-Action", action)
	return r
}

func styleB(c *client, product, action string, own url.Values) *http.Request {
	query := url.Values{"SignatureType": {""}}
	for name, value := range own {
		query[name] = value
	}
	sign(c, http.MethodGet, product, action, query, nil)
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.server.URL()+"/?"+query.Encode(), http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func sign(c *client, method, product, action string, query, form url.Values) {
	for name, value := range map[string]string{
		"Action": action, "Version": versionOf(product), "Format": "json", "AccessKeyId": c.key.AccessKeyID, "SignatureMethod": "HMAC-SHA1",
		"SignatureVersion": "1.0", "SignatureNonce": fmt.Sprint("n", serial.Add(1)), "Timestamp": c.signed().UTC().Format(timestampLayout),
	} {
		query.Set(name, value)
	}
	signature, _ := (&incoming{method: method, query: query, form: form}).signatureV1(c.key.AccessKeySecret)
	query.Set("Signature", signature)
}

func styleC(c *client, product, action string, own url.Values) *http.Request {
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.server.URL()+"/?"+own.Encode(), http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	in := &incoming{method: r.Method, path: "/", host: r.Host, query: own, header: r.Header}
	signed := inHeaders(in, action, versionOf(product), time.Now().UTC().Format(timestampLayout), fmt.Sprint("n", serial.Add(1)))
	if c.key.SecurityToken != "" {
		r.Header.Set("X-Acs-Security-Token", c.key.SecurityToken)
		r.Header.Set("X-Acs-Accesskey-Id", c.key.AccessKeyID)
		signed = []string{
			"host", "x-acs-accesskey-id", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-security-token",
			"x-acs-signature-nonce", "x-acs-version",
		}
	}
	signature, _ := in.signatureV3(c.key.AccessKeySecret, signed)
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s,SignedHeaders=%s,Signature=%s",
		acs3, c.key.AccessKeyID, strings.Join(signed, ";"), signature))
	return r
}
