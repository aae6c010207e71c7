// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// randomRun is a run whose values are drawn, with a log of what was drawn and done.
type randomRun struct {
	t   *rapid.T
	log []string
}

// note adds a line to the log.
func (r *randomRun) note(format string, args ...any) {
	r.log = append(r.log, fmt.Sprintf(format, args...))
}

// violated ends the run, and reports its log.
func (r *randomRun) violated(format string, args ...any) {
	r.t.Fatalf("%s\n→ %s", strings.Join(r.log, "\n"), fmt.Sprintf(format, args...))
}

// checkTranscript reports what Terraform calls a bug of the provider.
func (r *randomRun) checkTranscript(d *driver) {
	for _, broken := range d.transcript.violations {
		r.violated("Terraform would report a bug of the provider: %s", broken)
	}
}
