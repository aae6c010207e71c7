// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	profileBody = `{"RequestId":"E517F18B-632C-48FC-93F1-CDCBCC6F8444","LoginProfile":{"UserPrincipalName":"alice@example.onaliyun.com","Status":"Active","PasswordResetRequired":false,"MFABindRequired":false,"PasswordStatus":"InitialValid","UpdateDate":"2026-01-12T09:15:00Z","LastLoginTime":"2026-01-12T10:00:00Z","AutoDisableLoginStatus":"true"}}`
	userBody    = `{"UserId":"20732900249392%04d","UserPrincipalName":"user-%04d@example.onaliyun.com","DisplayName":"alice","MobilePhone":"","Email":"","Comments":"platform team","CreateDate":"2026-01-12T09:12:00Z","UpdateDate":"2026-01-12T09:12:00Z","LastLoginDate":"2026-01-12T09:12:00Z","ProvisionType":"Manual","Status":"active","Tags":{"Tag":[{"TagKey":"operator","TagValue":"alice"}]}}`
)

func usersBody(users int) string {
	var all []string
	for n := range users {
		all = append(all, fmt.Sprintf(userBody, n, n))
	}
	return `{"RequestId":"4B450CA1-36E8-4AA2-8461-86B42BF4CC4E","IsTruncated":false,"Users":{"User":[` + strings.Join(all, ",") + `]}}`
}

func responseOf(body string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json;charset=utf-8"}}, Body: io.NopCloser(strings.NewReader(body))}
}

func BenchmarkDecode(b *testing.B) {
	client := newTestClient(b, "http://127.0.0.1:1")
	for _, bench := range []struct {
		name, body string
		out        any
	}{
		{"a profile", profileBody, &loginProfileResponse{}},
		{"a thousand users", usersBody(1000), &usersResponse{}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			response := responseOf(bench.body)
			defer response.Body.Close() //nolint:errcheck // it is not read
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.body)))
			for b.Loop() {
				if err := client.decode(&exchange{op: getLoginProfile}, response, []byte(bench.body), bench.out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncodeAndSign(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		form, err := signHMACSHA1(getLoginProfile, testKey, "", params{"UserPrincipalName": "alice@example.onaliyun.com"})
		if err != nil {
			b.Fatal(err)
		}
		if form.Encode() == "" {
			b.Fatal("nothing was encoded")
		}
	}
}

// BenchmarkCall measures a whole call without the network.
func BenchmarkCall(b *testing.B) {
	clock := newFakeTime()
	client := newTestClient(b, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	client.http = &http.Client{Transport: always(profileBody)}
	b.ReportAllocs()
	for b.Loop() {
		var response loginProfileResponse
		if err := client.call(b.Context(), getLoginProfile, params{"UserPrincipalName": "alice@example.onaliyun.com"}, &response); err != nil {
			b.Fatal(err)
		}
	}
}

// always is a service that returns one response.
type always string

func (a always) RoundTrip(*http.Request) (*http.Response, error) { return responseOf(string(a)), nil }

func BenchmarkLimiter(b *testing.B) {
	clock := newFakeTime()
	client := newTestClient(b, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			done, err := client.waitTurn(b.Context(), getLoginProfile)
			if err != nil {
				b.Error(err)
				return
			}
			done()
		}
	})
}

func BenchmarkCache(b *testing.B) {
	s := newUncheckedCache[int](getUser, func() time.Duration { return lifeAfterWrite }, time.Now)
	ask := func(context.Context) (int, error) { return 1, nil }
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.get(b.Context(), "a", ask); err != nil {
				b.Fatal(err)
			}
		}
	})
}
