// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"sync"
)

// locks are mutexes by name. Waiting for one ends when the context ends.
type locks struct {
	mu    sync.Mutex
	slots map[string]chan struct{}
}

func (l *locks) slot(name string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.slots == nil {
		l.slots = map[string]chan struct{}{}
	}
	if l.slots[name] == nil {
		l.slots[name] = make(chan struct{}, 1)
	}
	return l.slots[name]
}

// Lock takes the lock of that name in this client, which protects a read and the write that
// is based on it (SING-05). Call unlock once. unlock is nil if ctx ended during the wait.
func (c *Client) Lock(ctx context.Context, name string) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	slot := c.locks.slot(name)
	select {
	case slot <- struct{}{}:
		return sync.OnceFunc(func() { <-slot }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
