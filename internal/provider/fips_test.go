// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/fips140"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const fipsConfig = `
resource "ram_password_policy" "this" {
  minimum_password_length = 14
}
`

// under makes the CLI start the provider with a mode of the cryptographic module. Only
// the provider gets it: it would end some CLIs.
func (c *cli) under(mode string) {
	c.t.Helper()
	provider, err := binary()
	must(c.t, err)
	wrapped := c.t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nGODEBUG=fips140=%s exec %q \"$@\"\n", mode, filepath.Join(provider, "terraform-provider-ram"))
	must(c.t, os.WriteFile(filepath.Join(wrapped, "terraform-provider-ram"), []byte(script), 0o700))
	must(c.t, c.Override(map[string]string{acctest.Source: wrapped}))
}

// The built provider starts, serves its schema, and signs calls that the service takes.
func TestAccFIPS(t *testing.T) {
	t.Parallel()
	for mode, signature := range map[string]string{"on": "HMAC-SHA1", "only": "ACS3-HMAC-SHA256"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			c := newCLI(t, srv.Getenv, fipsConfig)
			c.under(mode)
			c.run(0, "apply", "-auto-approve")
			expect(t, "the policy", account(srv).Policy.MinimumPasswordLength, 14)
			for _, call := range srv.Calls() {
				expect(t, "the signature of "+call.Action, call.Signed, signature)
			}
		})
	}
}

// What needs SHA-1 is an error of the configuration under only, before any call: a device or
// a key would be created first, and the module would end the provider after that.
func TestAccFIPS_onlyRefusesSHA1(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCLI(t, srv.Getenv, fmt.Sprintf(`
resource "ram_user" "alice" {
  name = "alice"
}

resource "ram_access_key" "alice" {
  user_name = ram_user.alice.name
  pgp_key   = %q
}

resource "ram_virtual_mfa_device" "alice" {
  virtual_mfa_device_name = "alice"
  bind_to_user            = ram_user.alice.name
}

resource "ram_mfa_binding" "alice" {
  user_name       = ram_user.alice.name
  serial_number   = "acs:ram::1234567890123456:mfa/other"
  seed_wo         = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
  seed_wo_version = 1
}
`, publicKey(t, pgpPair(t, nil))))
	c.under("only")
	printed := unframed(c.run(1, "apply", "-auto-approve"))
	contains(t, printed, "fips140=only", "SHA-1", "Cannot use the PGP key")
	expect(t, "errors about MFA codes", strings.Count(printed, "Error: Cannot compute MFA codes"), 2)
	expect(t, "calls", len(srv.Calls()), 0)

	c.write("main.tf", `terraform {
  required_providers {
    ram = { source = "ram-security/ram" }
  }
}

provider "ram" {
  signature_algorithm = "HMAC-SHA1"
}
`+fipsConfig)
	contains(t, c.run(1, "plan"), "Cannot configure the provider", "Use ACS3-HMAC-SHA256")
}

// To bind an MFA device takes SHA-1, so it is refused before any call.
func TestAccFIPS_onlyRefusesToBindMFADevices(t *testing.T) {
	t.Parallel()
	srv := staffed(t)
	c := newCLI(t, srv.Getenv, `
resource "ram_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  bind_to_user            = "alice"
}
`)
	c.under("only")
	contains(t, c.run(1, "apply", "-auto-approve"), "SHA-1", "GODEBUG=fips140=only")
	c.write("main.tf", `terraform {
  required_providers {
    ram = { source = "ram-security/ram" }
  }
}
resource "ram_mfa_binding" "phone" {
  user_name       = "alice"
  serial_number   = "`+phoneSerial+`"
  seed_wo         = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
  seed_wo_version = 1
}
`)
	contains(t, c.run(1, "apply", "-auto-approve"), "SHA-1", "GODEBUG=fips140=only")
	c.write("main.tf", `terraform {
  required_providers {
    ram = { source = "ram-security/ram" }
  }
}
resource "ram_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
}
`)
	c.run(0, "apply", "-auto-approve")
	expect(t, "writes", writes(srv), []string{"CreateVirtualMFADevice"})
}

// A process reads fips140=only when it starts, so the test starts itself again.
func TestFIPS_onlyRefusesMFACodes(t *testing.T) {
	t.Parallel()
	if !fips140.Enforced() {
		program, err := os.Executable()
		must(t, err)
		again := exec.CommandContext(t.Context(), program, "-test.run", "^"+t.Name()+"$")
		again.Env = append(os.Environ(), "GODEBUG=fips140=only")
		output, err := again.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %s", err, output)
		}
		return
	}
	var diags diag.Diagnostics
	expect(t, "allowed", checkCodes(diagnostics.Operation{Name: "bind the device", State: "Nothing was changed."}, &diags), false)
	expect(t, "errors", diags.ErrorsCount(), 1)
	contains(t, diags[0].Detail(), "which use SHA-1", "Nothing was changed.", "Run without GODEBUG=fips140=only")
}
