// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	goflag "flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

var rewrite = goflag.Bool("rewrite", false, "write the golden messages again")

// changing matches what differs from run to run.
var changing = regexp.MustCompile(`[0-9A-F]{8}-[0-9A-F-]{27}|127\.0\.0\.1:\d+|LTAI\w+`)

// golden compares a message with a file in testdata/messages.
func golden(t *testing.T, name string, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	got := changing.ReplaceAllString(acctest.Messages(diags), "(varies)")
	file := filepath.Join("testdata", "messages", name+".txt")
	if *rewrite {
		must(t, os.MkdirAll(filepath.Dir(file), 0o750))
		must(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s says:\n%s\nwant:\n%s", name, got, want)
	}
}

// Errors and warnings are part of the product: each says what was attempted, what exists
// now, what to do, and the request id.
func TestMessages(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]ramtest.Rule{
		"read_denied":            {Action: "GetPasswordPolicy", Fault: "code", Status: 403, Code: "NoPermission", Message: "You are not authorized to do this action."},
		"read_page":              {Action: "GetPasswordPolicy", Fault: "html", Status: 502},
		"read_throttled":         {Action: "GetPasswordPolicy", Fault: "code", Status: 400, Code: "Throttling.User", Message: "Request was denied due to user flow control."},
		"write_denied":           {Action: "SetPasswordPolicy", Fault: "code", Status: 403, Code: "NoPermission", Message: "You are not authorized to do this action."},
		"write_without_response": {Action: "SetPasswordPolicy", Fault: "refuse"},
		"write_internal_error":   {Action: "SetPasswordPolicy", Fault: "code", Status: 500, Code: "InternalError", Message: "An internal error occurred."},
		"caller_key_disabled":    {Action: "GetCallerIdentity", Fault: "code", Status: 400, Code: "InvalidAccessKeyId.Inactive", Message: "Specified access key is disabled."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t)
			srv.Inject(fault)
			c := newCore(t, srv.Getenv, fakeClock())
			_, diags := c.Create(policy, attributes{"minimum_password_length": 14})
			golden(t, name, diags)
		})
	}
	t.Run("destroy_retain", func(t *testing.T) {
		t.Parallel()
		c := newCore(t, old(t).Getenv, fakeClock())
		o, diags := c.Create(policy, attributes{"minimum_password_length": 14, "max_login_attempts": 5})
		clean(t, diags)
		_, diags = c.PlanDestroy(policy, o)
		golden(t, "destroy_retain", diags)
	})
	t.Run("destroy_reset", func(t *testing.T) {
		t.Parallel()
		c := newCore(t, old(t).Getenv, fakeClock())
		o, diags := c.Create(preference, attributes{"login_session_duration": 8, "on_destroy": setting.Reset})
		clean(t, diags)
		_, diags = c.PlanDestroy(preference, o)
		golden(t, "destroy_reset", diags)
	})
}
