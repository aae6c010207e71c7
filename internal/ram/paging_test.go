// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pageOf returns a page of users with these ids and the fields about the next page.
func pageOf(next string, ids ...int) string {
	var users []string
	for _, id := range ids {
		users = append(users, fmt.Sprintf(`{"UserId":"%d","UserPrincipalName":"u%d@a.onaliyun.com"}`, id, id))
	}
	return `{` + next + `"Users":{"User":[` + strings.Join(users, ",") + `]}}`
}

const (
	last     = `"IsTruncated":false,`
	untold   = ``
	more     = `"IsTruncated":true,"Marker":"%d",`
	moreOf   = `"IsTruncated":true,"Marker":"same",`
	nowhere  = `"IsTruncated":true,`
	emptied  = `"IsTruncated":true,"Marker":"",`
	onward   = `"Marker":"%d",`
	finished = `"IsTruncated":"false","Marker":"%d",`
)

func TestPaging_ends(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pages  []string // the last page is returned repeatedly
		want   []int
		calls  int
		broken bool
	}{
		"one page":                           {[]string{pageOf(last, 1, 2)}, []int{1, 2}, 1, false},
		"one page that says nothing":         {[]string{pageOf(untold, 1)}, []int{1}, 1, false},
		"nothing":                            {[]string{pageOf(last)}, nil, 1, false},
		"three pages":                        {[]string{pageOf(more, 1), pageOf(more, 2), pageOf(last, 3)}, []int{1, 2, 3}, 3, false},
		"an empty page in the middle":        {[]string{pageOf(more, 1), pageOf(more), pageOf(last, 3)}, []int{1, 3}, 3, false},
		"the same user twice":                {[]string{pageOf(more, 1, 2), pageOf(last, 2, 3, 3)}, []int{1, 2, 3}, 2, false},
		"a marker and no flag":               {[]string{pageOf(onward, 1), pageOf(last, 2)}, []int{1, 2}, 2, false},
		"a marker after the end":             {[]string{pageOf(finished, 1)}, []int{1}, 1, false},
		"more, and no marker":                {[]string{pageOf(nowhere, 1)}, []int{1}, 1, true},
		"more, and an empty marker":          {[]string{pageOf(more, 1), pageOf(emptied, 2)}, []int{1, 2}, 2, true},
		"the same marker again":              {[]string{pageOf(moreOf, 1), pageOf(moreOf, 2)}, []int{1, 2}, 2, true},
		"no users, and the end":              {[]string{pageOf(more, 1), `{"IsTruncated":false}`}, []int{1}, 2, false},
		"no users, and no flag":              {[]string{pageOf(more, 1), `{"RequestId":"R"}`}, []int{1}, 6, true},
		"no users, and more":                 {[]string{pageOf(more, 1), `{"IsTruncated":true,"Marker":"m"}`}, []int{1}, 6, true},
		"users of another kind":              {[]string{`{"Users":{"User":{"UserId":"1"}}}`}, nil, 5, true},
		"no list of users":                   {[]string{`{"Users":{}}`}, nil, 5, true},
		"a user without an id":               {[]string{`{"Users":{"User":[{"UserPrincipalName":"a@b"}]}}`}, nil, 5, true},
		"a user without a name":              {[]string{`{"Users":{"User":[{"UserId":"1"}]}}`}, nil, 5, true},
		"a page that fails and comes better": {[]string{pageOf(more, 1), `{"Code":"InternalError"}`, pageOf(last, 2)}, []int{1, 2}, 3, false},
		"a page that is refused":             {[]string{pageOf(more, 1), `{"Code":"NoPermission"}`}, []int{1}, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
				respond(t, w, 200, strings.ReplaceAll(test.pages[min(number, len(test.pages))-1], "%d", strconv.Itoa(number)))
			})
			client := newTestClient(t, server.URL)
			var got []int
			var failures []error
			for user, err := range client.cachedUsers(t.Context()) {
				if err != nil {
					failures = append(failures, err)
					continue
				}
				id, _ := strconv.Atoi(user.ID)
				got = append(got, id)
			}
			if !slices.Equal(got, test.want) || (len(failures) > 0) != test.broken || len(failures) > 1 {
				t.Errorf("got %v, want %v, errors %v", got, test.want, failures)
			}
			if calls := len(server.received()); calls != test.calls {
				t.Errorf("%d calls, want %d", calls, test.calls)
			}
			for i, form := range server.received() {
				if form.Get("MaxItems") != "1000" || form.Get("Status") != "active,freeze" || i == 0 && form.Has("Marker") {
					t.Errorf("call %d: %v", i+1, business(form))
				}
			}
		})
	}
}

func TestPaging_incompleteListIsRefused(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 200, `{"IsTruncated":true,"VirtualMFADevices":{"VirtualMFADevice":[{"SerialNumber":"acs:ram::1:mfa/a"}]}}`)
	})
	devices, err := newTestClient(t, server.URL).MFADevices(t.Context())
	if !errors.Is(err, errIncomplete) || devices != nil || NotFound(err, "VirtualMFADevice") {
		t.Errorf("devices %v, error %v", devices, err)
	}
}

func TestPaging_endlessListIsRefused(t *testing.T) {
	t.Parallel()
	passed := seenMarkers{}
	for number := range maxPages + 1 {
		next, err := passed.next(page{IsTruncated: flag{new(true)}, Marker: text(strconv.Itoa(number))})
		if done := number == maxPages; errors.Is(err, errIncomplete) != done || (next == "") != done {
			t.Fatalf("page %d: next %q, error %v", number, next, err)
		}
	}
}

func TestPaging_readerMayStopEarly(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		respond(t, w, 200, strings.ReplaceAll(pageOf(more, number*2, number*2+1), "%d", strconv.Itoa(number)))
	})
	users := newTestClient(t, server.URL).cachedUsers(t.Context())
	// A list can be read again from its beginning, and continued further.
	for _, most := range []int{3, 3, 5} {
		read := 0
		for _, err := range users {
			if err != nil {
				t.Fatal(err)
			}
			if read++; read == most {
				break
			}
		}
	}
	forms := server.received()
	if len(forms) != 3 || forms[0].Has("Marker") || !forms[1].Has("Marker") || forms[2].Get("Marker") == forms[1].Get("Marker") {
		t.Errorf("%d calls: %v", len(forms), forms)
	}
}
