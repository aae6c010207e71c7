// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// ReportProgress is the progress of a report.
type ReportProgress struct {
	Pending bool      // a report is in progress
	Started time.Time // when it started
	Polls   int       // number of calls since then
}

// begin starts a report. It reports whether the report is complete at once.
func (p *ReportProgress) begin(r *request) (complete bool) {
	*p = ReportProgress{Pending: true, Started: r.now}
	return p.complete(r)
}

// poll counts a call, which advances the report (assumed; Behaviour.ReportPolls). It reports whether the report is
// complete.
func (p *ReportProgress) poll(r *request) (complete bool) {
	p.Polls++
	return p.complete(r)
}

func (p *ReportProgress) complete(r *request) bool {
	b := r.server.behaviour
	polls := 2
	if b.ReportPolls != 0 {
		polls = b.ReportPolls + 1
	}
	if p.Polls < max(polls, 0) {
		return false
	}
	p.Pending = false
	return true
}
