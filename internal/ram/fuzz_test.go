// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// seeds are responses of the service, and faulty variants of them.
var seeds = []string{
	``, `null`, `[]`, `{}`, `""`, `0`, `{`, `<html></html>`, "\x00", "\ufeff{}",
	`<Error><Code>NoPermission</Code><RequestId>R</RequestId></Error>`,
	`{"Code":500}`, `{"Code":{"a":[]},"Message":[],"RequestId":1e999}`, `{"Code":"Throttling.User","Message":"m","RequestId":"R"}`,
	`{"SecurityPreference":{"LoginProfilePreference":{"LoginNetworkMasks":"10.0.0.0/8;;","LoginSessionDuration":"6"},"VerificationPreference":{"VerificationTypes":["[\"sms\"]"]}}}`,
	`{"SecurityPreference":{"VerificationPreference":{"VerificationTypes":"[[[["}}}`,
	`{"PasswordPolicy":{"MaxPasswordAge":90,"HardExpire":"true","MaxLoginAttemps":null}}`,
	`{"AccountAlias":"acme"}`, `{"AccountId":"1968132000120001","Arn":"acs:ram::1:root"}`, `{"DefaultDomainName":"a.onaliyun.com"}`,
	`{"SummaryMap":{"Users":1}}`, `{"IsMFAEnable":"TRUE"}`, strings.Repeat(`{"a":`, 2000),
}

// settingDecoders decode the responses about an account and about the credentials.
var settingDecoders = map[string]decoder{
	"preference": decodes(getSecurityPreference, func(a *securityPreferenceResponse) { _ = a.SecurityPreference.known.preference() }),
	"policy":     decodes(getPasswordPolicy, nothing[passwordPolicyResponse]),
	"domain":     decodes(getDefaultDomain, nothing[defaultDomainResponse]),
	"summary":    decodes(getAccountSummary, nothing[accountSummaryResponse]),
	"root MFA":   decodes(getAccountMFAInfo, nothing[accountMFAResponse]),
	"caller":     decodes(getCallerIdentity, nothing[callerResponse]),
	"key policy": decodes(getAccountAccessKeyPolicy, func(a *networkPolicyResponse) {
		if d, err := a.document(nil); err == nil {
			_, _ = d.policy.Size()
		}
	}),
	"SSO":    decodes(getUserSsoSettings, nothing[userSsoSettingsResponse]),
	"create": decodes(createAction, nothing[struct{}]),
}

// wholeNouns are tested with a complete call, one of them for each body.
var wholeNouns = []noun{
	preferenceNoun, policyNoun, aliasNoun, domainNoun, summaryNoun, rootMFANoun, keyPolicyNoun, userSsoNoun,
	func(ctx context.Context, c *Client) (any, error) {
		return nil, c.ChangePasswordPolicy(ctx, replaceWith(PasswordPolicy{HardExpiry: new(true)}))
	},
	func(ctx context.Context, c *Client) (any, error) { return nil, c.call(ctx, createAction, nil, nil) },
	func(ctx context.Context, c *Client) (any, error) {
		var response sessionResponse
		err := c.call(ctx, assumeRoleOperation, nil, &response)
		if err == nil {
			_ = response.lease(c, 0)
		}
		return nil, err
	},
}

// FuzzResponse decodes arbitrary bodies with every decoder, and makes a complete call for one
// noun. None of them may panic, treat an error as a success, or quote the body in an error
// (ROB-01).
func FuzzResponse(f *testing.F) {
	for at, body := range seeds {
		f.Add(uint(at), 200, "application/json", body)
		f.Add(uint(at), 404, "text/xml", body)
		f.Add(uint(at), 500, "", body)
		f.Add(uint(at), 101, "", body)
	}
	client := returning(f, 0, "", "")
	f.Fuzz(func(t *testing.T, which uint, status int, kind, body string) {
		decoding(t, client, settingDecoders, status, kind, body)
		_, err := wholeNouns[which%uint(len(wholeNouns))](t.Context(), returning(t, status, kind, body))
		if status != 404 { // for some nouns, 404 is a valid response: the object does not exist
			judge(t, "a noun", status, err)
		}
	})
}

func judge(t *testing.T, name string, status int, err error) {
	t.Helper()
	if err == nil {
		if status < 200 || status > 299 {
			t.Errorf("%s: HTTP %d is a success", name, status)
		}
		return
	}
	var serviceErr *Error
	var silence *NoResponseError
	if !errors.As(err, &serviceErr) && !errors.As(err, &silence) {
		t.Errorf("%s: an error of another type: %v", name, err)
	}
	if strings.Contains(err.Error(), testKey.Secret) {
		t.Errorf("%s: the secret is in %v", name, err)
	}
	if len(err.Error()) > 4*maxMessage {
		t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
	}
}

// canned returns fixed responses without a network.
type canned struct {
	status     int
	kind, body string
}

func (c canned) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := request.Body.Close(); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: c.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{"Content-Type": {c.kind}}, Body: io.NopCloser(strings.NewReader(c.body)),
	}, nil
}

func FuzzWaits(f *testing.F) {
	for _, value := range []string{"", "7", "-1", "86400", "99999999999999999999", "Fri, 02 Jan 2026 03:04:12 GMT", "Limit:1,TimeLeft:2000", "TimeLeft:18446744073709551615"} {
		f.Add(value, value)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value, date string) {
		for _, wait := range []time.Duration{parseRetryAfter(value, date, now), timeLeft(value)} {
			if wait < 0 || wait > maxRetryAfter {
				t.Errorf("%q, %q: %s", value, date, wait)
			}
		}
	})
}

func FuzzParseEndpoint(f *testing.F) {
	for _, text := range []string{"ram.aliyuncs.com", "http://127.0.0.1:1", "http://[::1%25lo]:1", "https://u:p@h", "https://h/?#", "//h", "https://[fe80::1%25a]/"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, _, err := ParseEndpoint(text)
		if err != nil {
			return
		}
		if u.Scheme != "https" && !isLoopback(u.Hostname()) || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" {
			t.Fatalf("%q is %#v", text, u)
		}
		again, _, err := ParseEndpoint(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q is %s, which is %v, %v", text, u, again, err)
		}
		if _, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.String()+"/", nil); err != nil {
			t.Fatalf("%q is %s: %v", text, u, err)
		}
	})
}

func FuzzRedact(f *testing.F) {
	f.Add("hunter2hunter2", "bad: hunter2hunter2")
	f.Add(awkward, awkward+awkward)
	f.Add("two words", "two\twords")
	f.Fuzz(func(t *testing.T, secret, message string) {
		if !utf8.ValidString(secret) {
			t.Skip("Terraform's strings are UTF-8")
		}
		got := newRedactor(secret).clean(message + secret + message)
		if len(secret) > len(removed) && strings.Contains(got, secret) {
			t.Errorf("%q is in %q", secret, got)
		}
	})
}
