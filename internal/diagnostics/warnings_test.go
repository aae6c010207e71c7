// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package diagnostics

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func warning(summary, detail, attribute string) *tfprotov6.Diagnostic {
	return &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityWarning, Summary: summary, Detail: detail,
		Attribute: tftypes.NewAttributePath().WithAttributeName(attribute),
	}
}

func failure(summary, detail string) *tfprotov6.Diagnostic {
	return &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: summary, Detail: detail}
}

func summaries(diags []*tfprotov6.Diagnostic) string {
	all := []string{}
	for _, d := range diags {
		all = append(all, d.Summary)
	}
	return strings.Join(all, "; ")
}

func TestArrange_namesTheObjectAndPutsErrorsFirst(t *testing.T) {
	t.Parallel()
	got := Arrange([]*tfprotov6.Diagnostic{
		warning("Cannot confirm the policy", "x is not shown", "x"),
		warning("The policy of account 12 gets weaker", "x", "x"),
		warning("Cannot confirm the policy", "y is not shown", "y"),
		warning("User alice may be locked out", "z", "z"),
		failure("Cannot read the policy", "no"),
	}, []Part{{"user", "alice"}, {"AccessKey pair", ""}, {"account", "12"}})
	want := "Cannot read the policy; Cannot confirm the policy (user alice, account 12); The policy of account 12 gets weaker (user alice); User alice may be locked out (account 12)"
	if summaries(got) != want {
		t.Errorf("got  %s\nwant %s", summaries(got), want)
	}
	if merged := got[1]; merged.Detail != "x is not shown\n\ny is not shown" || merged.Attribute != nil {
		t.Errorf("merged warning %q at %s", merged.Detail, merged.Attribute)
	}
	if got[2].Attribute == nil {
		t.Error("a warning about one attribute lost the attribute path")
	}
}

// The warning about all moved passwords of a run names none of their users, so that a CLI prints it once.
func TestArrange_passwordsRemovedNamesNoUser(t *testing.T) {
	t.Parallel()
	got := Arrange([]*tfprotov6.Diagnostic{warning(PasswordsRemoved, "x", "x")}, []Part{{"user", "alice"}})
	if summaries(got) != PasswordsRemoved {
		t.Errorf("got %s", summaries(got))
	}
}

func TestArrange_nameInsideAnotherName(t *testing.T) {
	t.Parallel()
	got := Arrange([]*tfprotov6.Diagnostic{warning("User alice2 is gone", "", "x")}, []Part{{"user", "alice"}})
	if want := "User alice2 is gone (user alice)"; summaries(got) != want {
		t.Errorf("got %s", summaries(got))
	}
}

func TestTold_repeatsNoWarningAndExplainsAnErrorOnce(t *testing.T) {
	t.Parallel()
	var reported Reported
	refused := func(id string) *tfprotov6.Diagnostic {
		return failure("Cannot read the user", "The state is unchanged.\n\nThe key is disabled.\n\nCode: InvalidAccessKeyId (HTTP 404)\nRequest id: "+id)
	}
	first := reported.Once([]*tfprotov6.Diagnostic{warning("A", "a", "x"), warning("A", "b", "x"), refused("1")})
	if len(first) != 3 || !strings.Contains(first[2].Detail, "Request id: 1") {
		t.Fatalf("got %v", first)
	}
	again := reported.Once([]*tfprotov6.Diagnostic{warning("A", "a", "x"), warning("A", "a", "y"), refused("2")})
	if len(again) != 2 || again[0].Attribute.String() != `AttributeName("y")` {
		t.Fatalf("got %v", again)
	}
	if detail := again[1].Detail; strings.Contains(detail, "disabled") || !strings.HasSuffix(detail, "\n\nCode: InvalidAccessKeyId (HTTP 404)") {
		t.Errorf("the repeated error is %q", detail)
	}
	if other := reported.Once([]*tfprotov6.Diagnostic{failure("Cannot read the user", "The state is unchanged.\n\nThere is no response.")}); !strings.Contains(other[0].Detail, "no response") {
		t.Errorf("another error is %q", other[0].Detail)
	}
}
