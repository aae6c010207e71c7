// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCatchPanic_showsThePlaceAndNotTheValue(t *testing.T) {
	t.Parallel()
	var none []int
	for name, test := range map[string]struct {
		do    func() error
		cause string
	}{
		"a text":          {func() error { panic("the-secret") }, "a panic with a string"},
		"an error":        {func() error { panic(errors.New("the-secret")) }, "a panic with a *errors.errorString"},
		"a runtime error": {func() error { none[len(none)] = 1; return nil }, "runtime error: index out of range [0] with length 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var bug *PanicError
			if err := CatchPanic(test.do); !errors.As(err, &bug) || bug.Cause != test.cause || !strings.Contains(bug.Stack, "panic_test.go:") || strings.Contains(bug.Error()+bug.Stack, "the-secret") {
				t.Errorf("error %+v", err)
			}
		})
	}
	if err := CatchPanic(func() error { return context.Canceled }); !errors.Is(err, context.Canceled) {
		t.Errorf("an error is %v", err)
	}
}

// A shared read runs in its own goroutine, whose panic only CatchPanic can catch. All
// waiting callers get the error.
func TestAPanicInASharedReadIsAnError(t *testing.T) {
	t.Parallel()
	s := newUncheckedCache[int](getUser, func() time.Duration { return lifeAfterWrite }, time.Now)
	var bug *PanicError
	if _, err := s.get(t.Context(), "a", func(context.Context) (int, error) { panic(1) }); !errors.As(err, &bug) {
		t.Errorf("the error is %v", err)
	}
	if got, err := s.get(t.Context(), "a", func(context.Context) (int, error) { return 1, nil }); err != nil || got != 1 {
		t.Errorf("after the panic: got %d, error %v", got, err)
	}
}
