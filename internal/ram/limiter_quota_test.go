// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// throttled callers how long to wait, as the service does (documented).
// throttled callers how long to wait, as the service does (documented).
type rationed struct {
	quota    int
	farther  time.Duration // additional delay of some calls
	mu       sync.Mutex
	granted  []time.Time
	arrivals []time.Time
	refusals []time.Time
}

// RoundTrip delays the request and the response.
func (s *rationed) RoundTrip(request *http.Request) (*http.Response, error) {
	away := func() error {
		return sleep(request.Context(), 10*time.Millisecond+rand.N(30*time.Millisecond+s.farther))
	}
	if err := away(); err != nil {
		return nil, err
	}
	response := s.respond()
	return response, away()
}

func (s *rationed) respond() *http.Response {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.arrivals = append(s.arrivals, now)
	for len(s.granted) > 0 && now.Sub(s.granted[0]) >= time.Second {
		s.granted = s.granted[1:]
	}
	if len(s.granted) < s.quota {
		s.granted = append(s.granted, now)
		return s.say(http.StatusOK, `{"RequestId":"R"}`, "")
	}
	s.refusals = append(s.refusals, now)
	left := time.Second - now.Sub(s.granted[0])
	return s.say(http.StatusBadRequest, `{"RequestId":"R","Code":"Throttling.User"}`, fmt.Sprintf("Limit:%d,Remain:0,TimeLeft:%d,Reset:1", s.quota, left.Milliseconds()+1))
}

func (s *rationed) say(status int, body, quota string) *http.Response {
	header := http.Header{"Content-Type": {"application/json"}}
	if quota != "" {
		header.Set("X-Ratelimit-User-Api", quota)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

// crowdCalls runs fifty workers per client until they have made that many calls of an
// action. It returns how long that took.
func crowdCalls(t *testing.T, service *rationed, op operation, clients, calls int) time.Duration {
	t.Helper()
	start := time.Now()
	var workers sync.WaitGroup
	for range clients {
		client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = time.Now, sleep })
		client.http = &http.Client{Transport: service}
		left := make(chan struct{}, calls)
		for range calls {
			left <- struct{}{}
		}
		close(left)
		for range 50 {
			workers.Go(func() {
				for range left {
					if err := client.call(t.Context(), op, nil, nil); err != nil {
						t.Errorf("%s: %v", op.action, err)
					}
				}
			})
		}
	}
	workers.Wait()
	return time.Since(start)
}

// LOAD-04: one run does not exceed the published quota, whatever -parallelism is.
func TestOneRunIsNeverThrottled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		op    operation
		quota int
	}{
		{operation{product: imsProduct, action: "GetThing", repeat: read}, 100},
		{operation{product: imsProduct, action: "SetThing", repeat: set}, 20},
		{operation{product: imsProduct, action: "TagThing", repeat: set, pace: attachment}, 10},
		{operation{product: stsProduct, action: "AssumeRole", repeat: read, pace: session}, 100},
	} {
		t.Run(test.op.action, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				service := &rationed{quota: test.quota}
				calls := test.quota * 10
				took := crowdCalls(t, service, test.op, 1, calls)
				if len(service.refusals) != 0 {
					t.Errorf("%d of %d calls were throttled", len(service.refusals), calls)
				}
				if most := 13500 * time.Millisecond; took > most { // ten seconds at the quota, plus a fifth
					t.Errorf("%d calls took %s, want %s at most", calls, took, most)
				}
			})
		})
	}
}

// Calls that overtake each other on the network do not exceed the quota.
func TestOneRun_isNotThrottledDespiteNetworkDelays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &rationed{quota: 20, farther: time.Second}
		crowdCalls(t, service, operation{product: imsProduct, action: "SetThing", repeat: set}, 1, 300)
		if len(service.refusals) != 0 {
			t.Errorf("%d calls were throttled", len(service.refusals))
		}
	})
}

// LOAD-02: two runs share a quota that is too small for both. Each adapts its rate to leave
// room for the other, and then speeds up again without a burst.
func TestTwoRuns_adaptTheirRates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &rationed{quota: 100}
		const calls = 3000
		took := crowdCalls(t, service, operation{product: imsProduct, action: "GetThing", repeat: read}, 2, calls)
		if len(service.refusals) == 0 {
			t.Fatal("no call was throttled, so nothing was tested")
		}
		t.Logf("%s, %d of %d calls throttled", took, len(service.refusals), len(service.arrivals))
		if share := float64(len(service.refusals)) / float64(len(service.arrivals)); share > 0.05 {
			t.Errorf("%.1f%% of the calls were throttled", 100*share)
		}
		if ideal := 2 * calls / 100 * time.Second; took > ideal*3/2 {
			t.Errorf("it took %s, ideal is %s", took, ideal)
		}
		if most := busiestTenth(service.arrivals, service.refusals[0].Add(time.Second)); most > 25 {
			t.Errorf("after the first throttling, %d calls came within 100 ms", most)
		}
		// Calls that are throttled repeatedly would otherwise wait in step with each other.
		apart := map[time.Time]bool{}
		for _, arrival := range service.arrivals {
			apart[arrival.Truncate(time.Millisecond)] = true
		}
		if len(apart) < len(service.arrivals)/2 {
			t.Errorf("%d calls came at %d different milliseconds", len(service.arrivals), len(apart))
		}
	})
}

func busiestTenth(arrivals []time.Time, from time.Time) (most int) {
	perTenth := map[time.Time]int{}
	for _, arrival := range arrivals {
		if arrival.After(from) {
			tenth := arrival.Truncate(100 * time.Millisecond)
			perTenth[tenth]++
			most = max(most, perTenth[tenth])
		}
	}
	return most
}

// A throttled call pauses all calls that wait for the same action, and no others.
func TestAThrottledCallPausesAllBehindIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &rationed{quota: 3} // far below the published quota
		took := crowdCalls(t, service, operation{product: imsProduct, action: "GetThing", repeat: read}, 1, 40)
		if refused := len(service.refusals); refused == 0 || refused > 40 {
			t.Errorf("%d of %d calls were throttled", refused, len(service.arrivals))
		}
		if took > 40*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
