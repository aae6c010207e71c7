// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// F30: a response of a proxy or a DLP device is not a refusal by the service, whatever its
// status. The create may have been executed.
func TestResponse_withoutRequestIDIsNotARefusal(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 403, 404, 409, 429, 451, 500, 503} {
		for _, body := range []string{
			`{"Code":"LimitExceeded.User.AccessKey","Message":"no"}`, `{"Code":"EntityNotExist.User"}`, `{"Code":"Throttling"}`, `{"error":"blocked","request_id":"R"}`,
			`{"RequestId":"","Code":"NoPermission"}`, `{"RequestId":null,"Code":"NoPermission"}`, `{"RequestId":{},"Code":"NoPermission"}`,
		} {
			server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respondAs(t, w, status, body) })
			_, err := newTestClient(t, server.URL).CreateAccessKey(t.Context(), "alice")
			if !OutcomeUnknown(err) || NotFound(err, "User") || LimitExceeded(err) || Denied(err) || Throttled(err) || len(server.received()) != 1 {
				t.Errorf("%d %s: %d calls, error %v", status, body, len(server.received()), err)
			}
		}
	}
}

// F29: a response that is not the service's is a transient fault, whatever its status. A read and a set
// are sent again. A create is not, and its outcome is unknown.
func TestResponse_ofAnotherServerIsRepeatedWhateverItsStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 403, 404, 409, 429, 451, 502} {
		for _, body := range []string{"", "<html>blocked</html>", "[]", `{"RequestId":"1", "Code":"Entity`, `{"Code":"EntityNotExist.User"}`, `{"error":"blocked"}`} {
			for op, calls := range map[*operation]int{&readAction: 2, &setAction: 2, &createAction: 1} {
				server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
					if number == 1 {
						respondAs(t, w, status, body)
						return
					}
					respond(t, w, 200, "{}")
				})
				err := newTestClient(t, server.URL).call(t.Context(), *op, nil, nil)
				if len(server.received()) != calls || (err != nil) != (calls == 1) || calls == 1 && !OutcomeUnknown(err) {
					t.Errorf("%s, %d %s: %d calls, error %v", op.action, status, body, len(server.received()), err)
				}
			}
		}
	}
}

// A network that delivers a response a second time, as the response to another request.
func TestResponse_ofAnEarlierRequestIsNotBelieved(t *testing.T) {
	t.Parallel()
	const earlier = `{"RequestId":"0A1B2C3D-0000-4000-8000-0123456789AB","Code":"EntityNotExist.User.MFADevice","Message":"none"}`
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		if number < 4 {
			respondAs(t, w, 404, earlier)
			return
		}
		respond(t, w, 200, "{}")
	})
	client := newTestClient(t, server.URL)
	if err := client.call(t.Context(), readAction, nil, nil); !NotFound(err, "User.MFADevice") {
		t.Fatal(err)
	}
	if err := client.call(t.Context(), createAction, nil, nil); !OutcomeUnknown(err) || NotFound(err, "User.MFADevice") {
		t.Errorf("a create takes an earlier response: %v", err)
	}
	if err := client.call(t.Context(), readAction, nil, nil); err != nil || len(server.received()) != 4 {
		t.Errorf("%d calls, %v", len(server.received()), err)
	}
	var ids requestIDs
	for n := range 3000 { // only the latest are known
		if id := fmt.Sprintf("0A1B2C3D-0000-4000-8000-%012d", n); !ids.add(id) || ids.add(id) {
			t.Fatalf("%s", id)
		}
	}
	if len(ids.known) > len(ids.latest) || !ids.add("0A1B2C3D-0000-4000-8000-000000000001") || !ids.add("R") || !ids.add("R") {
		t.Errorf("%d ids are known", len(ids.known))
	}
}

// F31: a response whose body does not end is refused before the body is read.
func TestResponse_interimStatusIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: none\r\n\r\n")
		t.Cleanup(func() { _ = connection.Close() })
	})
	for _, op := range []operation{createAction, setAction, readAction} {
		start := time.Now()
		err := newTestClient(t, server.URL).call(t.Context(), op, nil, nil)
		if !OutcomeUnknown(err) || !strings.Contains(err.Error(), "101") || time.Since(start) > 10*time.Second {
			t.Errorf("%s: after %s: %v", op.action, time.Since(start), err)
		}
	}
	if got := len(server.received()); got != 3 {
		t.Errorf("%d calls", got)
	}
}

// F32: a value that does not have the form of a secret is not stored as one.
func TestSecret_acceptsPlausibleStringsOnly(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`7`, `1234567890123456789`, `true`, `["a"]`, `{"a":"b"}`, `""`, `" "`, `"\t\n"`, `null`, `"******"`, `"LT***xy"`, `"<html>blocked</html>"`, `"a b"`, `"pässwörd"`, `"a\u0000b"`, `"null"`, `"[REDACTED]"`, `"(hidden)"`, `"--undefined--"`} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.PostForm.Get("Action") == "CreateVirtualMFADevice" {
				respond(t, w, 200, `{"VirtualMFADevice":{"SerialNumber":"acs:ram::1:mfa/a","Base32StringSeed":`+value+`}}`)
				return
			}
			respond(t, w, 200, `{"AccessKey":{"AccessKeyId":"LTAI1","Status":"Active","AccessKeySecret":`+value+`}}`)
		})
		client := newTestClient(t, server.URL)
		_, err := client.CreateAccessKey(t.Context(), "alice")
		var missing *MissingSecretError
		if !errors.As(err, &missing) || missing.ID != "LTAI1" {
			t.Errorf("%s: %v", value, err)
		}
		if device, err := client.CreateMFADevice(t.Context(), "a"); !OutcomeUnknown(err) {
			t.Errorf("%s: device %#v, error %v", value, device, err)
		}
	}
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 200, `{"AccessKey":{"AccessKeyId":"LTAI1","Status":"Active","AccessKeySecret":"FakeSecretFakeSecretFakeSecre1"}}`)
	})
	if key, err := newTestClient(t, server.URL).CreateAccessKey(t.Context(), "alice"); err != nil || key.Secret != "FakeSecretFakeSecretFakeSecre1" {
		t.Error(key, err)
	}
}

// F33: a service whose clock is months off would have refused the signature.
func TestClock_implausibleDateIsIgnored(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		off    time.Duration
		code   string
		status int
		used   bool
	}{
		{90 * 24 * time.Hour, "", 200, false},
		{-90 * 24 * time.Hour, "", 200, false},
		{time.Hour, "EntityNotExist.User", 404, false},
		{-10 * time.Minute, "", 200, true},
		{14 * time.Minute, "NoPermission", 403, true},
		{90 * time.Minute, timestampExpired, 400, true},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Date", time.Now().Add(test.off).UTC().Format(http.TimeFormat))
			respond(t, w, test.status, `{"Code":"`+test.code+`"}`)
		})
		client := newTestClient(t, server.URL)
		_ = client.call(t.Context(), createAction, nil, nil)
		want := time.Duration(0)
		if test.used {
			want = test.off
		}
		if got, known := client.ClockOffset(); !known || (got-want).Abs() > 5*time.Second {
			t.Errorf("%s, %s: offset %s, known %v", test.off, test.code, got, known)
		}
	}
}

// F34: if the request holds a secret, the error shows none of the service's text, so the
// encoding in which the service quotes the secret does not matter.
func TestError_ofARequestWithASecretQuotesNothing(t *testing.T) {
	t.Parallel()
	const password = `p&ss w<o>r"d-Ünïcode/0123456789`
	utf16 := func(text string) string {
		var out strings.Builder
		for _, r := range text {
			fmt.Fprintf(&out, `\\u%04x`, r)
		}
		return out.String()
	}
	reverse := func(text string) string {
		runes := []rune(text)
		for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
			runes[i], runes[j] = runes[j], runes[i]
		}
		return string(runes)
	}
	for name, echo := range map[string]string{
		"HTML": html.EscapeString(password), "numeric HTML": utf16(password), "own percent-encoding": strings.ReplaceAll(url.PathEscape(password), "%", "%25%"),
		"cut short": password[:12], "in lines": strings.Join(strings.Split(password, ""), "\n"), "reversed": reverse(password),
		"Base64 of the form": base64.StdEncoding.EncodeToString([]byte("UserName=alice&Password=" + password)), "upper case": strings.ToUpper(password),
	} {
		for _, code := range []string{"InvalidParameter.Password.TooWeak", "InvalidParameter.Password." + echo, echo, "NewCode." + echo} {
			server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
				respond(t, w, 400, fmt.Sprintf(`{"RequestId":%q,"Code":%q,"Message":%q}`, echo, code, "the password "+echo+" is too weak"))
			})
			client := newTestClient(t, server.URL)
			client.caches.domain.put("", "a.onaliyun.com")
			for _, err := range []error{
				second(client.CreateLoginProfile(t.Context(), "alice", LoginProfileChange{Password: new(password)})),
				client.UpdateLoginProfile(t.Context(), "alice", LoginProfileChange{Password: new(password)}),
				client.BindMFADevice(t.Context(), "alice", "serial", password, password),
			} {
				var serviceErr *Error
				errors.As(err, &serviceErr)
				if text := fmt.Sprintf("%v %+v %#v", err, serviceErr, serviceErr); strings.Contains(text, echo) {
					t.Errorf("%s, %s: %s", name, code, text)
				}
				if serviceErr != nil && serviceErr.Action == "UpdateLoginProfile" && strings.HasPrefix(code, "InvalidParameter.Password.") && !strings.Contains(serviceErr.Message, "password") {
					t.Errorf("%s: %s", code, serviceErr)
				}
			}
		}
	}
}

func TestError_ofARequestWithASecretQuotesNoUnreadableResponse(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(connection, "you sent "+strings.ToUpper(r.PostForm.Get("Password"))+"\r\n\r\n")
		_ = connection.Close()
	})
	op := createAction
	op.secrets = []string{"Password"}
	err := newTestClient(t, server.URL).call(t.Context(), op, params{"Password": "hunter2hunter2"}, nil)
	if !OutcomeUnknown(err) || strings.Contains(err.Error(), "HUNTER2") {
		t.Errorf("error: %v", err)
	}
}
