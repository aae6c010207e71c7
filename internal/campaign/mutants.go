// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/mutants"
)

// runMutants runs the mutants that are listed by hand. One that survives is forbidden.
func runMutants(ctx context.Context, o *Options, f *figures) error {
	results, err := mutants.Run(ctx, io.Discard, mutants.Options{Root: o.Root, Temp: o.Temp, CLI: o.CLI, Only: o.Only, Rules: []string{"listed"}})
	if err != nil {
		return err
	}
	survived, slowest := 0, time.Duration(0)
	for _, r := range results {
		slowest = max(slowest, r.Took)
		switch r.Outcome {
		case mutants.Killed:
			f.count("killed by the tests of " + r.Package)
		default:
			survived++
			f.forbid(replayCommand("mutants", r.Name), "no test detects the mutant %q, which breaks %s, at %s", r.Name, r.Requirement, r.Place())
		}
	}
	f.headline = fmt.Sprintf("%d mutants, %d survived", len(results), survived)
	f.add("mutants", len(results))
	f.add("the slowest took", slowest.Round(time.Second))
	return nil
}
