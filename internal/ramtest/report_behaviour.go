// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "time"

// ReportBehaviour are the switches for what nobody says of reports.
// As with [Behaviour], the zero value is what this package assumes.
type ReportBehaviour struct {
	// ReportAsks is how many further calls are answered that a report is under way, before one that it is complete; 0: one,
	// negative: the call that begins it completes it.
	ReportPolls int
	// ReportTime is how long a report takes at least, by the server's clock.
	ReportDuration time.Duration

	// ReportsRefused refuses another credential report within four hours, instead of answering COMPLETED.
	RefuseEarlyReports bool
	// ReportsOfAll makes credential reports for more than 3500 users.
	UnlimitedReports bool
	// NoReportEmpty answers for a report that there is not without one, instead of 404.
	MissingReportEmpty bool

	// ReportInBase32 encodes credential reports as the vendor's sample does.
	ReportInBase32 bool
	// HeaderOnce has the names of the columns on the first page only.
	HeaderOnFirstPageOnly bool
	// NewReportColumns adds columns to credential reports that no text knows.
	ExtraReportColumns bool
	// LoginDisabledShown writes LOGIN_DISABLED for users whose console logon is off, which a third party's tool reads.
	ShowLoginDisabled bool
	// PasswordExistFalse writes FALSE as password_exist of users without a login profile, instead of N/A.
	PasswordExistFalse bool
}
