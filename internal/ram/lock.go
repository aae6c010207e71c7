// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"sync"
)

// locks are mutexes by name, with a wait that ends with a context.
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

// Lock takes the lock of that name in this client, to keep a read and the write that is
// based on it together (SING-05). unlock is to be called once; it is nil if the wait ended
// with ctx.
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
