// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// recycledObject is an object in the recycle bin.
type recycledObject struct {
	noun string // in a sentence, such as key
	kind string // what a not-found names, such as User.AccessKey

	restore, purge func(context.Context) error
	isLive         func(context.Context) (bool, error)
	isRecycled     func(context.Context) (bool, error)
}

// restoreRecycled restores the object and waits until the service lists it.
func (a *actsOnInstance) restoreRecycled(ctx context.Context, r recycledObject) error {
	return a.leaveRecycleBin(ctx, r, r.restore, "restored", "did not list the "+r.noun+" within", r.isLive)
}

// purgeRecycled deletes the object permanently and waits until it is no longer in the recycle bin.
func (a *actsOnInstance) purgeRecycled(ctx context.Context, r recycledObject) error {
	return a.leaveRecycleBin(ctx, r, r.purge, "permanently deleted", "still showed the "+r.noun+" in the recycle bin after", func(ctx context.Context) (bool, error) {
		found, err := r.isRecycled(ctx)
		return err == nil && !found, err
	})
}

// leaveRecycleBin sends a request and waits until the service shows its result. That the object is not found may be the result of an
// earlier request: only what the service shows counts then.
func (a *actsOnInstance) leaveRecycleBin(ctx context.Context, r recycledObject, request func(context.Context) error, done, late string, shows func(context.Context) (bool, error)) error {
	failure := request(ctx)
	if failure != nil && !ram.NotFound(failure, r.kind) {
		return diagnostics.WithState(afterRequest(failure, fmt.Sprintf("The %s is still in the recycle bin.", r.noun), fmt.Sprintf("It is unknown whether the %s is %s.", r.noun, done)), failure)
	}
	shown, err := a.WaitUntil(ctx, instance.ConfirmLimit, shows)
	if err == nil && !shown {
		err = cmp.Or(failure, fmt.Errorf("the service accepted the request, but %s %s", late, instance.ConfirmLimit))
	}
	state := "The service accepted the request, but it could not be confirmed that the %s is %s. %s"
	if failure != nil {
		state = "The service did not find the %[1]s in the recycle bin, and it could not be confirmed that the %[1]s is %[2]s. %[3]s"
	}
	return diagnostics.WithState(fmt.Sprintf(state, r.noun, done, runAgain), err)
}
