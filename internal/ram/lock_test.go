// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

func TestALockIsHeldByOne(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, "http://127.0.0.1:1")
	var group sync.WaitGroup
	counts := map[string]int{} // protected by the locks, which the race detector checks
	for range 50 {
		group.Go(func() {
			unlock, err := client.Lock(t.Context(), "alias")
			if err != nil {
				t.Error(err)
				return
			}
			counts["alias"]++
			unlock()
			unlock() // a second call has no effect
		})
	}
	group.Wait()
	if counts["alias"] != 50 {
		t.Errorf("%d", counts["alias"])
	}
}

// Without the race detector too: the second caller waits for the first.
func TestALockIsNotHeldByTwo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := &Client{}
		first, err := client.Lock(t.Context(), "alias")
		if err != nil {
			t.Fatal(err)
		}
		held := make(chan func(), 1)
		go func() {
			second, err := client.Lock(t.Context(), "alias")
			if err != nil {
				t.Error(err)
			}
			held <- second
		}()
		synctest.Wait()
		if len(held) != 0 {
			t.Error("two callers hold the lock")
		}
		first()
		(<-held)()
	})
}

func TestALockIsWaitedForWithAContext(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, "http://127.0.0.1:1")
	unlock, err := client.Lock(t.Context(), "alias")
	if err != nil {
		t.Fatal(err)
	}
	other, err := client.Lock(t.Context(), "policy")
	if err != nil {
		t.Fatal(err)
	}
	other()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := client.Lock(ctx, "alias")
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	unlock()
	if unlock, err = client.Lock(t.Context(), "alias"); err != nil {
		t.Fatal(err)
	}
	unlock()
	if _, err := client.Lock(ctx, "alias"); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock succeeded with an ended context: %v", err)
	}
}
