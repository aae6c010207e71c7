// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// passingReads are the faults of the matrix that a read gets over when they pass, and
// that are an error when they stay.
var passingReads = map[string]ramtest.Rule{
	"F01 connection closed":           {Fault: "refuse"},
	"F02 connection reset":            {Fault: "reset"},
	"F05 internal error":              {Fault: "code", Status: 500, Code: "InternalError"},
	"F07 unavailable":                 {Fault: "code", Status: 503, Code: "ServiceUnavailable"},
	"F08 throttled":                   {Fault: "code", Status: 400, Code: "Throttling.User"},
	"F08 throttled, 503":              {Fault: "code", Status: 503, Code: "Throttling"},
	"F09 throttled, with Retry-After": {Fault: "code", Status: 429, Code: "Throttling.Api", RetryAfter: "1"},
	"F10 truncated":                   {Fault: "truncate"},
	"F10 cut":                         {Fault: "cut"},
	"F11 empty":                       {Fault: "empty"},
	"F11 null":                        {Fault: "null"},
	"F11 array":                       {Fault: "array"},
	"F11 page":                        {Fault: "html"},
	"F11 page of a gateway":           {Fault: "html", Status: 502},
	"F13 stall":                       {Fault: "stall", Delay: time.Millisecond},
	"F20 nonce was used":              {Fault: "code", Status: 400, Code: "SignatureNonceUsed"},
	"F26 huge":                        {Fault: "huge"},
	"F26 gzip bomb":                   {Fault: "gzip_bomb"},
	"F26 endless headers":             {Fault: "endless_headers"},
	"F12 without a state":             {Fault: "garble", Body: `{"RequestId":"R"}`},
	"F12 of odd types":                {Fault: "garble", Body: `{"RequestId":"R","State":[],"GeneratedTime":{},"AccountSecurityPracticeInfo":[],"AccessKeys":[],"Passkeys":{},"MetricType":[],"GovernanceMetrics":[],"WholeReportStatus":{}}`},
	"F21 a page to nowhere":           {Fault: "garble", Body: `{"RequestId":"R","IsTruncated":"true"}`},
	"F10 throttled in words":          {Fault: "code", Status: 400, Code: "Rejected.Throttling"},
}

// lastingReads are errors at once.
var lastingReads = map[string]ramtest.Rule{
	"F09 a day":            {Fault: "code", Status: 429, Code: "Throttling.Api", RetryAfter: "86400"},
	"F15 clock":            {Fault: "code", Status: 400, Code: "InvalidTimeStamp.Expired"},
	"F22 denied":           {Fault: "code", Status: 403, Code: "NoPermission"},
	"F24 redirect":         {Fault: "redirect", Status: 307, Header: map[string]string{"Location": "http://127.0.0.1:1/"}},
	"a gateway's 404":      {Fault: "code", Status: 404, Code: "InvalidApi.NotFound"},
	"a page of a 404":      {Fault: "html", Status: 404},
	"a key that is locked": {Fault: "code", Status: 403, Code: "Forbidden"},
}

// reportReads are the operations of each data source.
var reportReads = map[string][]string{
	credentialReport: {"GetCredentialReport", "GenerateCredentialReport"},
	securityReport:   {"GetAccountSecurityPracticeReport"},
	governanceReport: {"ListRecentGovernanceMetrics", "GenerateGovernanceReport", "GetGovernanceReportStatus", "GetGovernanceItemReport"},
	recycledKeys:     {"ListUsers", "ListAccessKeysInRecycleBin"},
	passkeys:         {"ListPasskeys"},
}

// emptyLists are faults that leave a list out, where that is an empty list.
var emptyLists = map[string]bool{
	"ListPasskeys F12 without a state":               true,
	"ListAccessKeysInRecycleBin F12 without a state": true,
}

// Every fault of the matrix at the first and at every call of each read: a temporary one is retried with the same
// result, a permanent one is an error, and no result is incomplete.
func TestReports_faultsOfTheMatrix(t *testing.T) {
	t.Parallel()
	for kind, actions := range reportReads {
		for _, action := range actions {
			t.Run(kind+" "+action, func(t *testing.T) {
				t.Parallel()
				for name, rule := range passingReads {
					if emptyLists[action+" "+name] {
						continue
					}
					rule.Action, rule.Nth = action, "1"
					readAnyway(t, kind, name, rule)
					rule.Nth = ""
					if !strings.HasPrefix(name, "F26") || action == "GetCredentialReport" { // it takes its time
						readFails(t, kind, name, rule)
					}
				}
				for name, rule := range lastingReads {
					rule.Action = action
					readFails(t, kind, name, rule)
				}
			})
		}
	}
}

// faulty is an account with something to read, and a fault.
func faulty(t *testing.T, rule ramtest.Rule) *acctest.Driver {
	t.Helper()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Passkeys = []*ramtest.Passkey{{ID: "PASSKEY-1", Name: "laptop", CreateDate: time.Unix(1737450279, 0)}}
	})
	srv.Inject(rule)
	return newCore(t, srv.Getenv, clockOf(srv))
}

func readAnyway(t *testing.T, kind, name string, rule ramtest.Rule) {
	t.Helper()
	v, diags := faulty(t, rule).ReadData(kind, attributes{})
	if len(acctest.Errors(diags)) > 0 {
		t.Errorf("%s: %s", name, acctest.Messages(diags))
		return
	}
	switch kind {
	case credentialReport:
		expect(t, name, len(elementsOf(t, v, "rows")), 4)
	case securityReport:
		expect(t, name, in(t, v, "score"), int64(50))
	case governanceReport:
		expect(t, name, len(elementsOf(t, v, "items")), 3)
	case passkeys:
		expect(t, name, columnOf(t, v, "passkeys", "passkey_id"), []any{"PASSKEY-1"})
	}
}

func readFails(t *testing.T, kind, name string, rule ramtest.Rule) {
	t.Helper()
	v, diags := faulty(t, rule).ReadData(kind, attributes{})
	if len(acctest.Errors(diags)) == 0 {
		t.Errorf("%s: no error, but %v", name, v)
	}
	contains(t, acctest.Messages(diags), "Cannot read the ")
}

// F14: reads are stale after the write that begins a report.
func TestReports_areNotStale(t *testing.T) {
	t.Parallel()
	for _, reads := range []int{1, 3, 10} {
		srv := ramtest.New(t)
		haveReport(srv)
		srv.Advance(5 * time.Hour)
		old := srv.Now().Add(-5 * time.Hour).Format(time.RFC3339)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads, b.ReportPolls = reads, 1 })
		c := newCore(t, srv.Getenv, clockOf(srv))
		v, diags := c.ReadData(credentialReport, attributes{})
		clean(t, diags)
		if got := in(t, v, "generated_time"); got == old {
			t.Errorf("%d stale reads: the report is the old one", reads)
		}
		v, diags = c.ReadData(governanceReport, attributes{})
		clean(t, diags)
		expect(t, "items", len(elementsOf(t, v, "items")), 3)
	}
}

// The credentials are of an account that the configuration does not allow.
func TestReports_ofAnotherAccountAreNotRead(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c, diags := configured(t, attributes{"forbidden_account_ids": []string{defaultAccount}}, srv.Getenv, fakeClock())
	contains(t, acctest.Messages(diags), "Cannot configure the provider", defaultAccount)
	for kind := range reportReads {
		refusedData(t, c, kind, attributes{}, "Cannot read the ", defaultAccount)
	}
	expect(t, "calls", len(srv.Calls())-len(srv.Calls("GetCallerIdentity")), 0)
}
