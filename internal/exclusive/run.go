// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package exclusive

import (
	"context"
	"strings"
	"sync"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
)

// run is what one provider instance, which serves one walk of a plan or an apply, knows of the members
// that it adds.
type run struct {
	mu    sync.Mutex
	added map[[2]string]bool // object and member
}

// runKey is the key of a run in its instance.
type runKey struct{}

func runOf(i *instance.Instance) *run {
	shared, _ := i.Shared.LoadOrStore(runKey{}, &run{added: map[[2]string]bool{}})
	return shared.(*run) //nolint:forcetypeassert // stored in the line above
}

// Add records that this run adds a member to an object, for example to a group. A declaration then leaves
// the member alone. It waits until a removal that has begun is finished.
func Add(ctx context.Context, i *instance.Instance, object, member string) error {
	unlock, err := i.Client.Lock(ctx, lockName(object, member))
	if err != nil {
		return err
	}
	defer unlock()
	r := runOf(i)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added[memberKey(object, member)] = true
	return nil
}

// Remove calls remove, unless this run adds the member. It reports whether it called it.
func Remove(ctx context.Context, i *instance.Instance, object, member string, remove func() error) (bool, error) {
	unlock, err := i.Client.Lock(ctx, lockName(object, member))
	if err != nil {
		return false, err
	}
	defer unlock()
	r := runOf(i)
	r.mu.Lock()
	added := r.added[memberKey(object, member)]
	r.mu.Unlock()
	if added {
		return false, nil
	}
	return true, remove()
}

// memberKey is the key of a member. It ignores case, as the service does in the names of policies.
func memberKey(object, member string) [2]string { return [2]string{object, strings.ToLower(member)} }

func lockName(object, member string) string {
	return "member " + strings.ToLower(member) + " of the " + object
}
