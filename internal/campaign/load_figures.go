// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// throng is how it went when many did the same at once.
type throng struct {
	began time.Time
	wall  time.Duration
	calls []ramtest.Call

	mu      sync.Mutex
	longest time.Duration // of one member
	stood   time.Duration // the longest that this machine itself stood still
}

const (
	beat = 10 * time.Millisecond
	// standstill is after how long the sends of one second may arrive in another: then the
	// service throttles what was sent at the right pace.
	standstill = 100 * time.Millisecond
	// burst is what no action may be sent within a tenth of a second where it is throttled:
	// fifty who come back together would be more.
	burst = 10
	// mostSends is how often one call is sent, at most (LOAD-03).
	mostSends = 5
)

func (t *throng) took(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.longest = max(t.longest, d)
}

// watch notes when this machine stands still, until it is stopped.
func (t *throng) watch() (stop func()) {
	ticker, done := time.NewTicker(beat), make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for last := time.Now(); ; {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			now := time.Now()
			t.mu.Lock()
			t.stood = max(t.stood, now.Sub(last)-beat)
			t.mu.Unlock()
			last = now
		}
	})
	return func() { close(done); ticker.Stop(); watching.Wait() }
}

// sends are when each action was sent, throttled or not.
func (t *throng) sends() map[string][]time.Time {
	sent := map[string][]time.Time{}
	for _, call := range t.calls {
		sent[call.Action] = append(sent[call.Action], call.Time)
	}
	for _, times := range sent {
		slices.SortFunc(times, time.Time.Compare)
	}
	return sent
}

// throttled are the calls that the service refused for their rate.
func (t *throng) throttled() (n int) {
	for _, call := range t.calls {
		if strings.HasPrefix(call.Code, "Throttling") {
			n++
		}
	}
	return n
}

// peak is the most that were sent within a span.
func peak(times []time.Time, span time.Duration) (most int) {
	first := 0
	for at, sent := range times {
		for sent.Sub(times[first]) >= span {
			first++
		}
		most = max(most, at-first+1)
	}
	return most
}

// gaps are the median between two sends, and how much gaps vary by it: 0 for a beat, 1 for mere chance.
func gaps(times []time.Time) (median time.Duration, variation float64) {
	between := []time.Duration{}
	for at := 1; at < len(times); at++ {
		between = append(between, times[at].Sub(times[at-1]))
	}
	if len(between) == 0 {
		return 0, 0
	}
	sum, squares := 0.0, 0.0
	for _, gap := range between {
		sum, squares = sum+gap.Seconds(), squares+gap.Seconds()*gap.Seconds()
	}
	n := float64(len(between))
	mean := sum / n
	slices.Sort(between)
	return between[len(between)/2], math.Sqrt(max(0, squares/n-mean*mean)) / mean
}

// reading tells whether an action changes nothing.
func reading(action string) bool {
	return strings.HasPrefix(action, "Get") || strings.HasPrefix(action, "List")
}

// told notes the figures of a phase.
func (l *load) told(phase string, t *throng) {
	l.f.add(fmt.Sprintf("%s: %s, longest of one, throttled", l.title, phase),
		fmt.Sprintf("%s, %s, %d of %d", t.wall.Round(100*time.Millisecond), t.longest.Round(100*time.Millisecond), t.throttled(), len(t.calls)))
	sent := t.sends()
	l.f.add("  calls, most in 1 s, in 0.1 s, median gap, variation", "")
	for _, action := range slices.Sorted(maps.Keys(sent)) {
		median, variation := gaps(sent[action])
		l.f.add("    "+action, fmt.Sprintf("%d, %d, %d, %s, %.1f",
			len(sent[action]), peak(sent[action], time.Second), peak(sent[action], 100*time.Millisecond), median.Round(time.Millisecond), variation))
	}
	l.f.count(phase)
}

// mayNot says what must not be where nobody else uses the quota: a call that is throttled, a write
// that is sent twice, more reads of each of the three resources than it may have (LOAD-04, LOAD-05).
func (l *load) mayNot(phase string, reads int, t *throng) {
	if n := t.throttled(); n > 0 && t.stood < standstill {
		l.f.forbid(loadAgain, "%s: %d calls of %s were throttled, and this machine never stood still for more than %s", l.title, n, phase, t.stood)
	}
	size, read := len(l.members), 0
	for action, times := range t.sends() {
		switch {
		case reading(action):
			read += len(times)
		case len(times) > size+t.throttled():
			l.f.forbid(loadAgain, "%s: %s is sent %d times by %s", l.title, action, len(times), phase)
		}
	}
	if read > 3*size*reads+t.throttled()+2 { // who the caller is, and what its domain is, count for nobody
		l.f.forbid(loadAgain, "%s: %s sends %d reads for %d resources", l.title, phase, read, 3*size)
	}
}

// mayNotBurst says what must not be where others use half the quota: that those who were throttled
// come back together, and more sends of one call than there may be (LOAD-02, LOAD-03).
func (l *load) mayNotBurst(phase string, t *throng) {
	for action, times := range t.sends() {
		if most := peak(times, 100*time.Millisecond); !reading(action) && most > burst && t.stood < standstill {
			l.f.forbid(loadAgain, "%s: %s is sent %d times within a tenth of a second by %s", l.title, action, most, phase)
		}
		if !reading(action) && len(times) > mostSends*len(l.members) {
			l.f.forbid(loadAgain, "%s: %s is sent %d times by %s", l.title, action, len(times), phase)
		}
	}
}
