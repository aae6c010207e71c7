// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"net/http"
	"testing"
)

// Each row is one response and what the client does next.
var classCases = []struct {
	status int
	code   string
	want   class
}{
	{400, "Throttling", notExecuted},
	{400, "Throttling.User", notExecuted},
	{503, "Throttling.Api", notExecuted},
	{429, "Throttling.User", notExecuted},
	{400, "Rejected.Throttling", notExecuted},
	{429, "", notExecuted},
	{429, "TooManyRequests", notExecuted},
	{400, "SignatureNonceUsed", unknown},
	{500, "InternalError", unknown},
	{503, "ServiceUnavailable", unknown},
	{502, "", unknown},
	{500, "SomethingNew", unknown},
	{408, "", unknown},
	{200, "SomethingNew", unknown},
	{101, "", unknown},
	{400, "InvalidSecurityToken.Expired", expired},
	{400, "InvalidSecurityToken.Malformed", permanent},
	{400, "InvalidSecurityToken.MismatchWithAccessKey", permanent},
	{400, "MissingSecurityToken", permanent},
	{400, "InvalidTimeStamp.Expired", permanent},
	{400, "SignatureDoesNotMatch", permanent},
	{400, "IncompleteSignature", permanent},
	{404, "InvalidAccessKeyId.NotFound", permanent},
	{400, "InvalidAccessKeyId.Inactive", permanent},
	{404, "InvalidApi.NotFound", permanent},
	{404, "InvalidProtocol.NeedSsl", permanent},
	{403, "UnsupportedHTTPMethod", permanent},
	{404, "EntityNotExist.User", permanent},
	{409, "EntityAlreadyExists.User", permanent},
	{409, "LimitExceeded.User.AccessKey", permanent},
	{409, "DeleteConflict.User.Group", permanent},
	{403, "NoPermission", permanent},
	{403, "Forbidden.RAM", permanent},
	{403, "Inactive", permanent},
	{400, "InvalidParameter.UserName.Length", permanent},
	{400, "MissingUserName", permanent},
	{500, "InvalidParameter.UserName.Length", permanent},
	{404, "", permanent},
	{418, "SomethingNew", permanent},
}

func TestClassify_usesTheCodeFirst(t *testing.T) {
	t.Parallel()
	for _, test := range classCases {
		if got := classify(test.code, test.status); got != test.want {
			t.Errorf("%d %q is class %d, want %d", test.status, test.code, got, test.want)
		}
	}
}

func TestClassify_everyRowMatches(t *testing.T) {
	t.Parallel()
	for index, row := range codes {
		code := row.text
		for earlier := range index {
			if codes[earlier].fits(code, codes[earlier].text) {
				t.Errorf("%q is hidden by the row of %q", code, codes[earlier].text)
			}
		}
		if got := classify(code, 500); got != row.class {
			t.Errorf("%q with HTTP 500 is class %d, want %d", code, got, row.class)
		}
		if got := classify(code, 400); got != row.class {
			t.Errorf("%q with HTTP 400 is class %d, want %d", code, got, row.class)
		}
	}
}

// The number of times that each kind of operation is sent if every response is of one
// class.
var sends = map[class]map[repeat]int{
	permanent:   {once: 1, read: 1, set: 1},
	notExecuted: {once: 5, read: 5, set: 5},
	unknown:     {once: 1, read: 5, set: 5},
	expired:     {once: 2, read: 2, set: 2},
}

func TestOnlyWhatMayBeRepeatedIsSentAgain(t *testing.T) {
	t.Parallel()
	for _, test := range classCases {
		for _, kind := range []repeat{once, read, set} {
			t.Run(fmt.Sprintf("%d %s repeat %d", test.status, test.code, kind), func(t *testing.T) {
				t.Parallel()
				if test.status < 200 {
					t.Skip("net/http continues to read after this status")
				}
				server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
					respond(t, w, test.status, fmt.Sprintf(`{"RequestId":"R","Code":%q,"Message":"m"}`, test.code))
				})
				if test.status == 200 && test.code == "" {
					t.Fatal("the row is a successful response")
				}
				client := newTestClient(t, server.URL)

				err := client.call(t.Context(), operation{product: imsProduct, action: "Act", repeat: kind}, nil, nil)
				if err == nil {
					t.Fatal("got no error")
				}
				if got, want := len(server.received()), sends[test.want][kind]; got != want {
					t.Errorf("sent %d times, want %d", got, want)
				}
				if got, want := OutcomeUnknown(err), test.want == unknown; got != want {
					t.Errorf("OutcomeUnknown is %v, want %v: %v", got, want, err)
				}
			})
		}
	}
}
