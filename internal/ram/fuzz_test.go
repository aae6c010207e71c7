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
)

// seeds are answers of the service and what goes wrong with them.
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

// FuzzAnswer gives every decoder any body: none may panic, believe an error, or
// let the text of the body into its own (ROB-01).
func FuzzAnswer(f *testing.F) {
	for _, body := range seeds {
		f.Add(200, "application/json", body)
		f.Add(404, "text/xml", body)
		f.Add(500, "", body)
		f.Add(101, "", body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		client, err := New(Config{Credentials: &fixedKey{Key: testKey}, MaxRetries: 0, Pause: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		client.http.Transport = canned{status, kind, body}
		for name, noun := range map[string]noun{
			"preference": preferenceNoun, "policy": policyNoun, "alias": aliasNoun, "domain": domainNoun, "summary": summaryNoun, "root MFA": rootMFANoun,
		} {
			_, err := noun(t.Context(), client)
			judge(t, name, status, err)
		}
		judge(t, "set", status, client.SetPasswordPolicy(t.Context(), PasswordPolicy{HardExpiry: new(true)}))
		judge(t, "create", status, client.call(t.Context(), createAction, nil, nil))
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
	var answer *Error
	var silence *Unanswered
	if !errors.As(err, &answer) && !errors.As(err, &silence) {
		t.Errorf("%s: an error of another type: %v", name, err)
	}
	if strings.Contains(err.Error(), testKey.Secret) {
		t.Errorf("%s: the secret is in %v", name, err)
	}
	if len(err.Error()) > 4*maxMessage {
		t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
	}
}

// canned answers without a network.
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
	f.Fuzz(func(t *testing.T, secret, message string) {
		got := newRedactor(secret).clean(message + secret + message)
		if len(secret) > len(removed) && strings.Contains(got, secret) {
			t.Errorf("%q is in %q", secret, got)
		}
	})
}
