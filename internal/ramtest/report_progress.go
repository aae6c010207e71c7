// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// ReportProgress is how far a report is.
type ReportProgress struct {
	Pending bool      // one is being made
	Started time.Time // when that began
	Polls   int       // the number of requests since
}

// begin begins a report. It may be complete at once.
func (p *ReportProgress) begin(r *request) (complete bool) {
	*p = ReportProgress{Pending: true, Started: r.now}
	return p.complete(r)
}

// ask is a question how far the report is, by which it goes on. (assumed; Behaviour.ReportAsks, Behaviour.ReportTime)
func (p *ReportProgress) ask(r *request) (complete bool) {
	p.Polls++
	return p.complete(r)
}

func (p *ReportProgress) complete(r *request) bool {
	b := r.server.behaviour
	asks := 2
	if b.ReportPolls != 0 {
		asks = b.ReportPolls + 1
	}
	if p.Polls < max(asks, 0) {
		return false
	}
	p.Pending = false
	return true
}
