// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"go.uber.org/goleak"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// usage is what a process uses.
type usage struct {
	goroutines, descriptors int
	resident                int // KiB; 0: unknown on this system
}

// used measures this process after it has returned unused memory.
func used() usage {
	debug.FreeOSMemory()
	u := usage{goroutines: runtime.NumGoroutine()}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		u.descriptors = len(open)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return u
	}
	for line := range bytes.Lines(status) {
		if value, found := strings.CutPrefix(string(line), "VmRSS:"); found {
			u.resident, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB")) // digits
		}
	}
	return u
}

func (u usage) String() string {
	return fmt.Sprintf("%d, %d, %d MiB", u.goroutines, u.descriptors, u.resident>>10)
}

// How much more a process may use at the end than when it is warm.
const (
	moreGoroutines  = 10
	moreDescriptors = 10
	moreResident    = 48 << 10 // the fake grows too: its ids and its recycle bins
)

// runSoak applies and destroys again and again with one provider.
func runSoak(ctx context.Context, o *Options, f *figures) error {
	base := newBase(ctx)
	ignored := goleak.IgnoreCurrent()
	s, err := newEnvironment(ctx, base, nil)
	if err != nil {
		return err
	}
	err = s.soak(o.Loops, f)
	s.close()
	if err != nil {
		return err
	}
	if err := goleak.Find(ignored); err != nil {
		f.forbid("go run ./internal/cmd/campaign -pieces soak", "goroutines are left over: %s", err)
	}
	return nil
}

func (s *environment) soak(loops int, f *figures) error {
	c, err := s.newDriver()
	if err != nil {
		return err
	}
	lives := slices.DeleteFunc(acctest.Subjects(), func(one acctest.Subject) bool { return one.Arrange != nil })
	var warm usage
	for n := range loops {
		if n == loops/10 {
			warm = used()
			f.add("goroutines, descriptors, memory when it is warm", warm)
		}
		one := lives[n%len(lives)]
		created, failed := c.apply(one.Kind, one.Config, c.Null(one.Kind))
		if !failed {
			_, failed = c.destroy(one.Kind, created)
		}
		if failed || len(c.transcript.violations) > 0 {
			f.forbid("go run ./internal/cmd/campaign -pieces soak", "apply %d, of %s, fails: %s", n, one.Kind, c.transcript.errors())
			return nil
		}
		f.count(one.Kind)
		s.clock.Advance(minute)
		s.srv.ForgetCalls()
		s.srv.ForgetHistory()
		c.transcript.clear()
	}
	end := used()
	f.add("goroutines, descriptors, memory at the end", end)
	if end.goroutines > warm.goroutines+moreGoroutines || end.descriptors > warm.descriptors+moreDescriptors || end.resident > warm.resident+moreResident {
		f.forbid("go run ./internal/cmd/campaign -pieces soak", "it uses %s at the end, and %s when it was warm", end, warm)
	}
	return nil
}
