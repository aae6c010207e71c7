// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package diagnostics

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// A not-found that is not believed shows the response of the service, if there is one.
func TestExplain_ofAnUnknownAccount(t *testing.T) {
	t.Parallel()
	refused := Explain(&ram.UnknownAccountError{AccountID: "1", Err: &ram.Error{Action: "GetUser", Status: 404, Code: "EntityNotExist.User", RequestID: "REQUEST-1"}})
	for _, want := range []string{"allowed_account_ids", "GetUser", "EntityNotExist.User", "REQUEST-1"} {
		if !strings.Contains(refused, want) {
			t.Errorf("%q is not in %s", want, refused)
		}
	}
	if alone := Explain(&ram.UnknownAccountError{AccountID: "1", Err: errors.New("not found")}); !strings.HasSuffix(alone, "terraform state rm.") {
		t.Error(alone)
	}
}

// The service fails from HTTP 500 on, and refuses below. A response without a request id, or with a code for which there is no
// advice, has no empty paragraph.
func TestExplain_ofARefusal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		refusal ram.Error
		want    string
	}{
		{ram.Error{Action: "GetUser", Status: 499, Code: "Odd", Message: "it is odd", RequestID: "R"}, "The service refused GetUser: It is odd.\n\nCode: Odd (HTTP 499)\nRequest id: R"},
		{ram.Error{Action: "GetUser", Status: 500, Code: "Odd"}, "The service failed at GetUser: The service gave no reason.\n\nCode: Odd (HTTP 500)"},
		{ram.Error{Action: "GetUser", Status: 403, Code: "InvalidTimeStamp.Expired", Message: "late"}, "The service refused GetUser: Late.\n\nThe clock of this machine may differ from the service's clock by at most 15 minutes; correct it.\n\nCode: InvalidTimeStamp.Expired (HTTP 403)"},
	} {
		if got := Explain(&c.refusal); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// An object that is still there is an error, which keeps it in the state. A failed check is a warning, also if a late read
// still returned the object.
func TestReportDelete(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		gone             bool
		err              error
		errors, warnings string
	}{
		{true, nil, "", ""},
		{false, nil, "Cannot delete the user", ""},
		{true, errors.New("denied"), "", "Cannot confirm that the user is deleted"},
		{false, errors.New("denied"), "", "Cannot confirm that the user is deleted"},
	} {
		var diags diag.Diagnostics
		ReportDelete("user", c.gone, c.err, &diags)
		got := map[diag.Severity]string{}
		for _, d := range diags {
			got[d.Severity()] += d.Summary()
		}
		if got[diag.SeverityError] != c.errors || got[diag.SeverityWarning] != c.warnings {
			t.Errorf("gone %t, %v: %v", c.gone, c.err, diags)
		}
	}
}
