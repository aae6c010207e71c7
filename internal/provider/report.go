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
	// replacedReads is how often a report is read if another report replaces it during
	// the read.
	replacedReads = 3
)

// waitForReport checks a report until it is complete. Each check makes one or two calls.
func waitForReport(ctx context.Context, i *instance.Instance, noun string, timeout time.Duration, check func(context.Context) (ram.ReportState, bool, error)) error {
	start := i.Client.Now()
	var state ram.ReportState
	complete, err := i.WaitPaused(ctx, instance.ReportPauses, timeout, func(ctx context.Context) (complete bool, err error) {
		state, complete, err = check(ctx)
		if err == nil && !complete {
			tflog.Info(ctx, "Waiting for the "+noun, map[string]any{"state": string(state), "waited_seconds": int64(i.Client.Now().Sub(start).Seconds())})
		}
		return complete, err
	})
	switch waited := i.Client.Now().Sub(start); {
	case complete:
		return nil
	case err == nil || errors.Is(err, context.DeadlineExceeded) && state != "":
		return &reportTimeoutError{noun: noun, state: state, waited: waited}
	}
	return err
}

// reportTimeoutError is a report that is not complete within the time limit.
type reportTimeoutError struct {
	noun   string
	state  ram.ReportState
	waited time.Duration
}

func (e *reportTimeoutError) Error() string {
	return fmt.Sprintf("the %s is not complete after %s; its last state is %q. The service continues to generate it. Run again later, or increase the time in timeouts", e.noun, e.waited.Round(time.Second), e.state)
}

// retryReplaced repeats a read if another report replaced the report during the read.
func retryReplaced(read func() error) error {
	for number := 1; ; number++ {
		err := read()
		var replaced *ram.ReportReplacedError
		if !errors.As(err, &replaced) || number == replacedReads {
			return err
		}
	}
}

// maxAge is the maximum age of a report.
type maxAge struct {
	age        time.Duration
	configured bool // by the configuration
}

// maxAgeOf parses max_age, which its validator has checked.
func maxAgeOf(text types.String, fallback time.Duration) maxAge {
	age, err := time.ParseDuration(text.ValueString())
	if err != nil {
		return maxAge{age: fallback}
	}
	return maxAge{age, true}
}

// minimumDuration validates a duration.
type minimumDuration struct {
	least time.Duration
	why   string
}

func (l minimumDuration) Description(context.Context) string {
	return fmt.Sprintf("value must be a duration such as `24h`, and at least %s", l.least)
}

func (l minimumDuration) MarkdownDescription(ctx context.Context) string { return l.Description(ctx) }

func (l minimumDuration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	span, err := time.ParseDuration(text)
	switch {
	case err != nil:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", fmt.Sprintf("%q is not a duration. Write for example \"24h\" (a day) or \"90m\".", text))
	case span < l.least:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", fmt.Sprintf("%q is less than the minimum of %s. %s", text, l.least, l.why))
	}
}

// readTimeout is the timeouts attribute of a report's data source.
func readTimeout(ctx context.Context) schema.Attribute {
	attribute, ok := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		ReadDescription: "The maximum time for the read, including the wait for the report, such as `30m`. The default is `15m`.",
	}).(schema.SingleNestedAttribute)
	if !ok {
		panic("timeouts is not a nested attribute")
	}
	attribute.MarkdownDescription = "The time limit of the read. It is never sent to the service."
	return attribute
}
