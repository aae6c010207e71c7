// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestEachOperationStaysUnderItsQuota(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		op        operation
		published float64
	}{
		{operation{product: imsProduct, action: "GetThing", repeat: read}, 100},
		{operation{product: imsProduct, action: "SetThing", repeat: set}, 20},
		{operation{product: imsProduct, action: "CreateThing", repeat: once}, 20},
		{operation{product: imsProduct, action: "TagThing", repeat: set, pace: attachment}, 10},
		{operation{product: stsProduct, action: "AssumeRole", repeat: once, pace: session}, 100},
	} {
		clock := newFakeTime()
		client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
		var turns []time.Time
		for range 300 {
			takeTurn(t, client, test.op)
			turns = append(turns, clock.now())
		}
		most := busiestSecond(turns)
		if float64(most) > test.published || float64(most) < test.published*0.7 {
			t.Errorf("%s: %d calls in one second, published quota %g", test.op.action, most, test.published)
		}
		if took := clock.now().Sub(turns[0]); took < time.Duration(float64(250)/test.published*float64(time.Second)) {
			t.Errorf("%s: 300 calls in %s", test.op.action, took)
		}
	}
}

// takeTurn takes a turn for a call whose response arrives at once.
func takeTurn(t *testing.T, client *Client, op operation) {
	t.Helper()
	done, err := client.waitTurn(t.Context(), op)
	if err != nil {
		t.Fatal(err)
	}
	done()
}

func busiestSecond(turns []time.Time) int {
	most, first := 0, 0
	for last, turn := range turns {
		for turn.Sub(turns[first]) >= time.Second {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

func TestLimiter_actionsAreIndependentExceptForTheCap(t *testing.T) {
	t.Parallel()
	one, two := operation{product: ramProduct, action: "SetA", repeat: set}, operation{product: imsProduct, action: "SetA", repeat: set}
	for _, test := range []struct {
		cap      float64
		min, max time.Duration
	}{{0, 0, 0}, {2, 1500 * time.Millisecond, 1500 * time.Millisecond}} {
		clock := newFakeTime()
		client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) {
			c.Now, c.Pause, c.RequestsPerSecond = clock.now, clock.pause, test.cap
		})
		start := clock.now()
		for _, op := range []operation{one, two, one, two} {
			takeTurn(t, client, op)
		}
		if took := clock.now().Sub(start); took < test.min || took > test.max {
			t.Errorf("a cap of %g: %s", test.cap, took)
		}
	}
}

func TestThrottlingHalvesTheRateOnceASecond(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = clock.now, clock.pause })
	op := operation{product: ramProduct, action: "SetA", repeat: set}
	limit := client.limits.of(op)
	rateIs := func(want float64) {
		t.Helper()
		if got := float64(limit.bucket.Limit()); got < want-0.01 || got > want+0.01 {
			t.Errorf("the rate is %g, want %g", got, want)
		}
	}
	rateIs(19)
	limit.slowDown(clock.now(), 0)
	limit.slowDown(clock.now(), 0)
	rateIs(9.5)
	clock.advance(time.Second)
	limit.slowDown(clock.now(), 0)
	rateIs(4.75)
	for range 5 {
		clock.advance(time.Second)
		limit.slowDown(clock.now(), 0)
	}
	rateIs(1)

	start := clock.now()
	for range 1000 {
		takeTurn(t, client, op)
		limit.speedUp(clock.now())
		if limit.bucket.Limit() >= 19 {
			break
		}
	}
	rateIs(19)
	if took := clock.now().Sub(start); took < recoverySeconds/2*time.Second || took > recoverySeconds*time.Second {
		t.Errorf("full rate after %s", took)
	}
	limit.speedUp(clock.now())
	rateIs(19)
}

func TestResponsesChangeTheRate(t *testing.T) {
	t.Parallel()
	throttled := true
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		if throttled {
			respond(t, w, 400, `{"Code":"Throttling.User"}`)
			return
		}
		respond(t, w, 200, `{"RequestId":"R"}`)
	})
	clock := newFakeTime()
	client := newTestClient(t, server.URL, func(c *Config) { c.Now, c.Pause, c.MaxRetries = clock.now, clock.pause, 0 })
	limit := client.limits.of(setAction)

	if err := client.call(t.Context(), setAction, nil, nil); !Throttled(err) || limit.bucket.Limit() != 9.5 {
		t.Fatalf("rate %g, %v", limit.bucket.Limit(), err)
	}
	throttled = false
	if err := client.call(t.Context(), setAction, nil, nil); err != nil || limit.bucket.Limit() <= 9.5 {
		t.Fatalf("rate %g, %v", limit.bucket.Limit(), err)
	}
}

func TestLimiter_lateTurnIsNotAwaited(t *testing.T) {
	t.Parallel()
	clock := newFakeTime()
	waits := &pauses{}
	client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) {
		c.Now, c.Pause, c.RequestsPerSecond = clock.now, waits.pause, 0.001
	})
	takeTurn(t, client, setAction)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := client.waitTurn(ctx, setAction); !errors.Is(err, context.DeadlineExceeded) || len(waits.all()) != 0 {
		t.Errorf("error %v, waits %v", err, waits.all())
	}
}

func TestTheEndOfTheContextEndsTheWaitForATurn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) {
		c.RequestsPerSecond = 0.01
		c.Pause = func(ctx context.Context, d time.Duration) error {
			cancel()
			return sleep(ctx, d)
		}
	})
	takeTurn(t, client, setAction)
	if _, err := client.waitTurn(ctx, setAction); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
}
