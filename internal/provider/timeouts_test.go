// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// Each operation of each type ends when its timeout has passed, changes nothing, and leaves the state as it was.
func TestTimeouts_limitEachOperation(t *testing.T) {
	t.Parallel()
	for _, s := range acctest.Subjects() {
		t.Run(s.Kind, func(t *testing.T) {
			t.Parallel()
			a := acctest.PopulatedAccount(time.Now())
			if s.Arrange != nil {
				s.Arrange(a)
			}
			srv := ramtest.New(t, ramtest.WithAccounts(a))
			core := func() *acctest.Driver { return newCore(t, srv.Getenv, inStep(srv, time.Until(srv.Now()))) }
			passed := func(operation string) attributes { return attributes{"timeouts": attributes{operation: "1ns"}} }

			c := core()
			o, diags := c.Apply(s.Kind, s.Config.Merge(passed("create")), c.Null(s.Kind))
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot create")
			expect(t, "writes of the create", writes(srv), []string(nil))
			expect(t, "state", o.State.IsNull(), true)

			c = core()
			o, diags = c.Apply(s.Kind, s.Config.Merge(passed("read")), c.Null(s.Kind))
			clean(t, diags)
			after, diags := core().Read(s.Kind, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read")
			expect(t, "state after the read", after.State.Equal(o.State), true)

			srv.Advance(s.TimeBeforeUpdate)
			srv.ForgetCalls()
			_, diags = core().Apply(s.Kind, s.Next.Merge(passed("update")), o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot")
			expect(t, "writes of the update", writes(srv), []string(nil))

			o, diags = core().Apply(s.Kind, s.Config.Merge(passed("delete")), o)
			clean(t, diags)
			srv.ForgetCalls()
			_, diags = core().Destroy(s.Kind, o)
			if s.Creates != "" { // the destroy of a setting or of a rule leaves the account as it is
				contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot")
			}
			expect(t, "writes of the destroy", writes(srv), []string(nil))
		})
	}
}
