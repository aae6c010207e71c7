// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklog"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/provider"
)

// driver drives one run of the provider, and records all that a person could read of it.
type driver struct {
	*acctest.Driver

	transcript *transcript
}

// transcript is what a run wrote, wherever it wrote it.
type transcript struct {
	mu         sync.Mutex
	diags      []*tfprotov6.Diagnostic
	outputs    []string // what reaches a file or a screen, without the attributes that hold a secret
	violations []string // what Terraform calls a bug of the provider
	log        bytes.Buffer
}

// Write receives the log.
func (t *transcript) Write(line []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.log.Write(line)
}

// Helper does nothing.
func (t *transcript) Helper() {}

// Errorf records a bug of the provider.
func (t *transcript) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.violations = append(t.violations, fmt.Sprintf(format, args...))
}

// Fatalf ends the campaign: its own code is wrong.
func (t *transcript) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// record records diagnostics, and reports whether one of them is an error.
func (t *transcript) record(diags []*tfprotov6.Diagnostic) (failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.diags = append(t.diags, diags...)
	return len(acctest.Errors(diags)) > 0
}

// text joins all that was written, for the secret scan.
func (t *transcript) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return acctest.Messages(t.diags) + strings.Join(t.outputs, "\n") + strings.Join(t.violations, "\n") + t.log.String()
}

// errors joins the errors and the violations.
func (t *transcript) errors() string {
	return acctest.Messages(acctest.Errors(t.diags)) + strings.Join(t.violations, "\n")
}

// clear removes what was recorded, for a run of many operations.
func (t *transcript) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.diags, t.outputs = nil, nil
	t.log.Reset()
}

// newBase returns a driver from which others take the schema. It needs no account.
func newBase(ctx context.Context) *acctest.Driver {
	server := provider.Server(provider.New("campaign", func(string) string { return "" })())
	return acctest.NewDriver(ctx, acctest.Panics{}, server)
}

// newDriver configures a provider of its own, as every run of a CLI does.
func newDriver(ctx context.Context, base *acctest.Driver, getenv func(string) string, options ...provider.Option) (*driver, error) {
	return continueDriver(ctx, base, &transcript{}, getenv, options...)
}

// continueDriver is newDriver for a run that has a transcript.
func continueDriver(ctx context.Context, base *acctest.Driver, t *transcript, getenv func(string) string, options ...provider.Option) (*driver, error) {
	ctx = tfsdklogtest.RootLogger(tflogtest.RootLogger(ctx, t), t)
	ctx = tfsdklog.SetField(ctx, "run", "campaign")
	d := &driver{base.WithSchemas(ctx, t, provider.Server(provider.New("campaign", getenv, options...)())), t}
	d.Observe = d.observe
	diags := d.Configure(nil)
	if t.record(diags) {
		return nil, fmt.Errorf("cannot configure the provider: %s", acctest.Messages(diags))
	}
	return d, nil
}

// fork returns a driver of the same provider with a transcript of its own.
func (d *driver) fork(ctx context.Context) *driver {
	t := &transcript{}
	other := &driver{d.WithSchemas(ctx, t, d.Server), t}
	other.Observe = other.observe
	return other
}

// observe records an object without the attributes that hold a secret.
func (d *driver) observe(kind string, o acctest.Object) {
	fields := acctest.Fields(o.State)
	d.transcript.mu.Lock()
	defer d.transcript.mu.Unlock()
	d.transcript.outputs = append(d.transcript.outputs, string(o.Private))
	for _, a := range d.Schemas.ResourceSchemas[kind].Block.Attributes {
		if value, has := fields[a.Name]; has && !a.Sensitive {
			d.transcript.outputs = append(d.transcript.outputs, a.Name+" = "+acctest.Format(value))
		}
	}
}

// plan plans. The plan is nil if there is an error.
func (d *driver) plan(kind string, config acctest.Attributes, prior acctest.Object) *tfprotov6.PlanResourceChangeResponse {
	plan, diags := d.Plan(kind, config, prior)
	if d.transcript.record(diags) {
		return nil
	}
	return plan
}

// apply plans and applies.
func (d *driver) apply(kind string, config acctest.Attributes, prior acctest.Object) (after acctest.Object, failed bool) {
	after, diags := d.Apply(kind, config, prior)
	return after, d.transcript.record(diags)
}

// applyPlan applies a plan. A nil configuration applies a destroy.
func (d *driver) applyPlan(kind string, config acctest.Attributes, prior acctest.Object, plan *tfprotov6.PlanResourceChangeResponse) (after acctest.Object, failed bool) {
	after, diags := d.ApplyPlan(kind, config, prior, plan)
	return after, d.transcript.record(diags)
}

// destroy plans and applies the removal of an object.
func (d *driver) destroy(kind string, prior acctest.Object) (after acctest.Object, failed bool) {
	after, diags := d.Destroy(kind, prior)
	return after, d.transcript.record(diags)
}

// read refreshes an object.
func (d *driver) read(kind string, prior acctest.Object) (after acctest.Object, failed bool) {
	if prior.State.IsNull() {
		return prior, false
	}
	after, diags := d.Read(kind, prior)
	if d.transcript.record(diags) {
		return prior, true
	}
	return after, false
}

// importID imports by id. An object that does not exist is a failure, as it is for a CLI.
func (d *driver) importID(kind, id string) (after acctest.Object, failed bool) {
	after, diags := d.Import(kind, id)
	if d.transcript.record(diags) {
		return d.Null(kind), true
	}
	return after, after.State.IsNull()
}

// continueFrom adds what an earlier run did to this one's.
func (d *driver) continueFrom(earlier *driver) {
	d.transcript.diags = append(earlier.transcript.diags, d.transcript.diags...)
	d.transcript.violations = append(earlier.transcript.violations, d.transcript.violations...)
	d.Applied.Add(earlier.Applied.Load())
}
