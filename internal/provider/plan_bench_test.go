// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// BenchmarkPlan measures what the provider does for one instance of a plan: validate,
// upgrade, refresh and plan, over the protocol, without the CLI. The allocations of the
// fake service are included. Its allocations are steady on a busy machine; its time is not.
func BenchmarkPlan(b *testing.B) {
	srv := ramtest.New(b)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) { acctest.AddExisting(a, now) })
	for _, kind := range []string{userKind, profileKind, accessKey, policy} {
		b.Run(kind, func(b *testing.B) {
			c := base().WithSchemas(b.Context(), b, Server(New("test", srv.Getenv, fakeClock())()))
			if diags := acctest.Errors(c.Configure(attributes{})); len(diags) > 0 {
				b.Fatal(acctest.Messages(diags))
			}
			existing := subjects()[kind]
			o, diags := c.Import(kind, existing.ID)
			if len(acctest.Errors(diags)) > 0 {
				b.Fatal(acctest.Messages(diags))
			}
			one := newPlanRequests(c, kind, existing.Config, o)
			b.ReportAllocs()
			for b.Loop() {
				one.run(b, c.Server)
			}
		})
	}
}

// planRequests are the requests of a CLI for one instance of a plan.
type planRequests struct {
	validate *tfprotov6.ValidateResourceConfigRequest
	read     *tfprotov6.ReadResourceRequest
	plan     *tfprotov6.PlanResourceChangeRequest
}

func newPlanRequests(c *acctest.Driver, kind string, config attributes, o acctest.Object) planRequests {
	written := c.Build(c.Schemas.ResourceSchemas[kind], config)
	state, configured := c.Dynamic(o.State), c.Dynamic(written)
	return planRequests{
		validate: &tfprotov6.ValidateResourceConfigRequest{TypeName: kind, Config: configured},
		read:     &tfprotov6.ReadResourceRequest{TypeName: kind, CurrentState: state, Private: o.Private, CurrentIdentity: o.Identity},
		plan: &tfprotov6.PlanResourceChangeRequest{
			TypeName: kind, Config: configured, PriorState: state, PriorPrivate: o.Private, PriorIdentity: o.Identity,
			ProposedNewState: c.Dynamic(c.Propose(kind, written, o.State)),
		},
	}
}

func (r planRequests) run(b *testing.B, server tfprotov6.ProviderServer) {
	ctx := context.WithoutCancel(b.Context())
	valid, err := server.ValidateResourceConfig(ctx, r.validate)
	if err != nil || len(acctest.Errors(valid.Diagnostics)) > 0 {
		b.Fatal(err, acctest.Messages(valid.Diagnostics))
	}
	read, err := server.ReadResource(ctx, r.read)
	if err != nil || len(acctest.Errors(read.Diagnostics)) > 0 {
		b.Fatal(err, acctest.Messages(read.Diagnostics))
	}
	plan, err := server.PlanResourceChange(ctx, r.plan)
	if err != nil || len(acctest.Errors(plan.Diagnostics)) > 0 {
		b.Fatal(err, acctest.Messages(plan.Diagnostics))
	}
}
