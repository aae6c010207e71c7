// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

const (
	// reportTimeout is the default time limit for a report. How long the service needs
	// is not documented.
	reportTimeout = 15 * time.Minute
	// firstLook is the pause before the second check of a report. Each pause is longer
	// than the one before, up to lastLook.
	firstLook = 2 * time.Second
	lastLook  = 30 * time.Second
	// newReads is how often a report is read if another report replaces it during the read.
	newReads = 3
)

// waitForReport checks a report until it is complete. Each check makes one or two calls.
func waitForReport(ctx context.Context, i *instance.Instance, noun string, patience time.Duration, look func(context.Context) (ram.ReportState, bool, error)) error {
	start := i.Client.Now()
	for wait := firstLook; ; wait = min(wait*3/2, lastLook) {
		state, there, err := look(ctx)
		if err != nil || there {
			return err
		}
		waited := i.Client.Now().Sub(start)
		tflog.Info(ctx, "Waiting for the "+noun, map[string]any{"state": string(state), "waited_seconds": int64(waited.Seconds())})
		if waited+wait > patience {
			return &lateReport{noun: noun, state: state, waited: waited}
		}
		if err := i.Client.Pause(ctx, wait); err != nil {
			return fmt.Errorf("the %s is %s: %w", noun, state, err)
		}
	}
}

// lateReport is the error for a report that is not complete within the time limit.
type lateReport struct {
	noun   string
	state  ram.ReportState
	waited time.Duration
}

func (e *lateReport) Error() string {
	return fmt.Sprintf("the %s is not there after %s; its last state was %q. The service goes on with it: run again, or give it longer in timeouts", e.noun, e.waited.Round(time.Second), e.state)
}

// untilWhole repeats a read if another report replaced the report during the read.
func untilWhole(read func() error) error {
	for number := 1; ; number++ {
		err := read()
		var replaced *ram.ReportReplacedError
		if !errors.As(err, &replaced) || number == newReads {
			return err
		}
	}
}

// oldest is the maximum age of a report.
type oldest struct {
	age   time.Duration
	asked bool // by the configuration
}

// oldestOf parses max_age, which its validator has checked.
func oldestOf(text types.String, otherwise time.Duration) oldest {
	age, err := time.ParseDuration(text.ValueString())
	if err != nil {
		return oldest{age: otherwise}
	}
	return oldest{age, true}
}

// lasting validates a duration.
type lasting struct {
	least time.Duration
	why   string
}

func (l lasting) Description(context.Context) string {
	return fmt.Sprintf("must be a span of time such as `24h`, and no less than %s", l.least)
}

func (l lasting) MarkdownDescription(ctx context.Context) string { return l.Description(ctx) }

func (l lasting) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	span, err := time.ParseDuration(text)
	switch {
	case err != nil:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid span of time", fmt.Sprintf("%q is no span of time. Write one such as \"24h\" or \"90m\"; a day is \"24h\".", text))
	case span < l.least:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid span of time", fmt.Sprintf("%q is less than %s. %s", text, l.least, l.why))
	}
}

// readTimeout is the timeouts attribute of a report's data source.
func readTimeout(ctx context.Context) schema.Attribute {
	attribute, ok := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		ReadDescription: "How long the read may take, the wait for the report included, such as `30m`. The default is `15m`.",
	}).(schema.SingleNestedAttribute)
	if !ok {
		panic("the timeouts are no nested attribute any more")
	}
	attribute.MarkdownDescription = "How long the read may take. It is never sent to the service."
	return attribute
}
