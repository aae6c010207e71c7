// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestPredicatesGoByTheCode(t *testing.T) {
	t.Parallel()
	predicates := map[string]func(error) bool{
		"no user":    func(err error) bool { return NotFound(err, "User") },
		"no profile": func(err error) bool { return NotFound(err, "User.LoginProfile", "User") },
		"exists":     Exists,
		"limit":      LimitExceeded,
		"conflict":   Conflict,
		"denied":     Denied,
		"throttled":  Throttled,
	}
	for _, test := range []struct {
		status int
		code   string
		want   string // names of the predicates that are true
	}{
		{404, "EntityNotExist.User", "no user, no profile"},
		{404, "EntityNotExist.User.LoginProfile", "no profile"},
		{404, "EntityNotExist.LoginProfile", "no profile"},
		{404, "EntityNotExist.User.User", ""},
		{404, "EntityNotExist.User.AccessKey", ""},
		{404, "EntityNotExist.UserGroup", ""},
		{404, "EntityNotExist", ""},
		{404, "InvalidApi.NotFound", ""},
		{404, "InvalidAccessKeyId.NotFound", ""},
		{404, "", ""},
		{403, "", ""},
		{409, "EntityAlreadyExists.User", "exists"},
		{409, "EntityAlreadyExist.User", "exists"},
		{409, "EntityAlreadyExistsNot", ""},
		{409, "LimitExceeded.User.AccessKey", "limit"},
		{409, "DeleteConflict.User.Group", "conflict"},
		{403, "NoPermission", "denied"},
		{403, "Forbidden.RAM", "denied"},
		{403, "Forbidden", "denied"},
		{400, "Throttling.User", "throttled"},
		{429, "", "throttled"},
		{503, "Rejected.Throttling", "throttled"},
	} {
		err := fmt.Errorf("wrapped: %w", &Error{Action: "A", Status: test.status, Code: test.code})
		for name, holds := range predicates {
			want := false
			for part := range strings.SplitSeq(test.want, ", ") {
				want = want || part == name
			}
			if got := holds(err); got != want {
				t.Errorf("%d %q: %s is %v", test.status, test.code, name, got)
			}
			if holds(nil) || holds(errors.New(test.code)) || holds(&CredentialsError{Err: err}) || holds(&NoResponseError{Sent: true, Err: errSomething}) {
				t.Errorf("%s is true for an error that is not a response to the call", name)
			}
		}
	}
}

// The codes of some operations are not published. Parent and child stay apart.
func TestNotFound_operationsWithOneKind(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		action, code, kind string
		want               bool
	}{
		{"GetLoginProfile", "EntityNotExist", "User.LoginProfile", true},
		{"GetLoginProfile", "EntityNotExist", "User", false},
		{"GetLoginProfile", "EntityNotExist.User", "User.LoginProfile", false},
		{"GetLoginProfile", "EntityNotExist.User.User", "User.LoginProfile", false},
		{"GetLoginProfile", "EntityNotExist.User.User", "User", false},
		{"GetUser", "EntityNotExist", "User", false},
		{"DeleteServiceCredential", "EntityNotExist.Credential", "User.ServiceCredential", true},
		{"DeleteServiceCredential", "EntityNotExist.User", "User.ServiceCredential", false},
		{"DeleteServiceCredential", "EntityNotExist.User", "User", true},
		{"DeleteServiceCredential", "InvalidApi.NotFound", "User.ServiceCredential", false},
		{"DeletePasskey", "EntityNotExist.User.Passkey", "Passkey", true},
		{"DeletePasskey", "EntityNotExist.PasskeyInfo", "Passkey", true},
		{"RestoreAccessKeyFromRecycleBin", "EntityNotExist.RecycledAccessKey", "User.AccessKey", true},
		{"RestoreAccessKeyFromRecycleBin", "EntityNotExist.User", "User.AccessKey", false},
		{"GetUserInRecycleBin", "EntityNotExist.RecycledUser", "User", true},
		{"GetAccessKeyPolicyForAccount", "EntityNotExist.Policy", "AccessKeyPolicy", true},
		{"UnbindVerification", "EntityNotExist.VerifyInfo", "User.Verification", true},
		{"UnbindVerification", "EntityNotExist.User", "User.Verification", false},
	} {
		err := &Error{Action: test.action, Status: 404, Code: test.code}
		if got := NotFound(err, test.kind); got != test.want {
			t.Errorf("%s, %s: no %s is %v", test.action, test.code, test.kind, got)
		}
	}
}

func TestNotServed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code, message string
		want          bool
	}{
		{"InvalidParameter", `The specified parameter "Action or Version" is not valid.`, true},
		{"InvalidParameter", `The specified parameter "Format" is not valid.`, false},
		{"InvalidParameter.Comments", `The specified parameter "Action or Version" is not valid.`, false},
		{"InvalidAction.NotFound", "", true},
		{"InvalidApi.NotFound", "", true},
		{"EntityNotExist.User", "", false},
	} {
		err := &Error{Status: 400, Code: test.code, Message: test.message}
		if got := NotServed(err); got != test.want {
			t.Errorf("%s, %q: not served is %v", test.code, test.message, got)
		}
		if test.want && Invalid(err) {
			t.Errorf("%s, %q: invalid", test.code, test.message)
		}
	}
}

var errSomething = errors.New("something")

func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	lost, unsent := &NoResponseError{Sent: true, Err: errSomething}, &NoResponseError{Err: errSomething}
	failed, denied := &Error{Code: "InternalError", Status: 500}, &Error{Code: "NoPermission", Status: 403}
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":                    {nil, false},
		"another error":              {errSomething, false},
		"lost":                       {lost, true},
		"not sent":                   {unsent, false},
		"failed":                     {failed, true},
		"denied":                     {denied, false},
		"wrapped":                    {fmt.Errorf("more: %w", lost), true},
		"joined":                     {errors.Join(denied, lost), true},
		"joined, both certain":       {errors.Join(denied, unsent), false},
		"after an unknown outcome":   {&laterFailure{last: denied, earlier: failed}, true},
		"given up":                   {&retryAbandoned{last: failed, cause: errSomething}, true},
		"no key, lost by its source": {&CredentialsError{Err: lost}, false},
	} {
		if got := OutcomeUnknown(test.err); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAnErrorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{
			&Error{Action: "GetUser", Code: "EntityNotExist.User", Message: "The user does not exist.", Status: 404, RequestID: "R-1"},
			"GetUser: The user does not exist (EntityNotExist.User, HTTP 404, request ID R-1)",
		},
		{&Error{Action: "GetUser", Status: 502}, "GetUser: (HTTP 502)"},
		{
			&Error{Action: "GetUser", Code: "InvalidAccessKeyId.Inactive", Message: "Specified access key is disabled.", Status: 400},
			"GetUser: Specified access key is disabled (InvalidAccessKeyId.Inactive, HTTP 400): the AccessKey is disabled; enable it, or use another",
		},
		{
			&Error{Action: "GetUser", Code: "InvalidTimeStamp.Expired", Status: 400, clock: -20 * time.Minute},
			"GetUser: (InvalidTimeStamp.Expired, HTTP 400): this machine's clock is 20m0s ahead of the service's; the clock of this machine may differ from the service's clock by at most 15 minutes; correct it",
		},
		{
			&Error{Action: "GetUser", Code: "InvalidTimeStamp.Expired", Status: 400, clock: 20 * time.Minute},
			"GetUser: (InvalidTimeStamp.Expired, HTTP 400): this machine's clock is 20m0s behind the service's; the clock of this machine may differ from the service's clock by at most 15 minutes; correct it",
		},
		{
			&Error{Action: "GetUser", Code: "InvalidTimeStamp.Expired", Status: 400},
			"GetUser: (InvalidTimeStamp.Expired, HTTP 400): the clock of this machine may differ from the service's clock by at most 15 minutes; correct it",
		},
		{&NoResponseError{Action: "GetUser", Err: errSomething}, "GetUser: not sent: something"},
		{&NoResponseError{Action: "GetUser", Sent: true, Err: errSomething}, "GetUser: something"},
		{&AccountNotAllowedError{AccountID: "1", Allowed: []string{"2", "3"}}, "the credentials belong to account 1; allowed is 2, 3"},
		{&AccountNotAllowedError{AccountID: "1"}, "the credentials belong to account 1, which is forbidden"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestDecode_errorsOfEveryForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Error{
		`{"Code":500,"Message":true,"RequestId":7}`:                                 {Code: "500", Message: "true", RequestID: "7"},
		`{"Code":null,"Message":null}`:                                              {},
		`{"Code":["x"],"Message":{"a":1},"RequestId":"R"}`:                          {RequestID: "R"},
		`{"code":"NoPermission","message":"no","requestId":"R"}`:                    {Code: "NoPermission", Message: "no", RequestID: "R"},
		`{"Code":"NoPermission","Message":"a\u0000b\u001b[31mc\nd"}`:                {Code: "NoPermission", Message: "a b [31mc d"},
		"\ufeff" + `{"RequestId":"R","Code":"NoPermission"}`:                        {Code: "NoPermission"},
		`{"Code":"NoPermission","AccessDeniedDetail":{"AuthAction":"ram:GetUser"}}`: {Code: "NoPermission"},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 403, body) })
		err := newTestClient(t, server.URL).call(t.Context(), createAction, nil, nil)
		var got *Error
		if !errors.As(err, &got) {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if want.RequestID == "" {
			want.RequestID = "R" // every response of the service has one
		}
		if got.Code != want.Code || got.Message != want.Message || got.RequestID != want.RequestID || got.Status != 403 || got.Action != "CreateThing" {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

func TestClock_offsetIsMeasured(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Date", "Fri, 02 Jan 2026 03:24:05 GMT")
		respond(t, w, 400, `{"Code":"InvalidTimeStamp.Expired","Message":"Specified time stamp or date value is expired."}`)
	})
	clock := newFakeTime() // 20 minutes behind
	client := newTestClient(t, server.URL, func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	if _, known := client.ClockOffset(); known {
		t.Error("ClockOffset returned true before the first response")
	}
	if now, known := client.ServerNow(); known || !now.Equal(clock.now()) {
		t.Errorf("server time before the first response: now %s, known %v", now, known)
	}

	err := client.call(t.Context(), readAction, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "20m0s behind") && !strings.Contains(err.Error(), "20m1s behind") {
		t.Errorf("error: %v", err)
	}
	if got := len(server.received()); got != 1 {
		t.Errorf("sent %d times", got)
	}
	offset, known := client.ClockOffset()
	if !known || offset.Round(time.Minute) != 20*time.Minute {
		t.Errorf("offset %s, %v", offset, known)
	}
	clock.advance(time.Hour)
	if now, known := client.ServerNow(); !known || !now.Equal(clock.now().Add(offset)) {
		t.Errorf("server time %s, %v", now, known)
	}
}

func TestTheDateOfAProxyIsNotTheServices(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Date", "Fri, 02 Jan 2015 03:24:05 GMT")
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
	})
	client := newTestClient(t, server.URL)
	if err := client.call(t.Context(), readAction, nil, nil); err == nil {
		t.Fatal("got no error")
	}
	if offset, known := client.ClockOffset(); known {
		t.Errorf("offset %s", offset)
	}
}
