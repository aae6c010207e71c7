// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// knowsIdentities reports whether a CLI supports identities: both do since 1.12.
func (c *cli) knowsIdentities(program string) bool {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), program, "version", "-json")
	cmd.Dir, cmd.Env = c.Directory, c.Environment
	out, err := cmd.Output()
	must(c.t, err)
	var said struct {
		Version string `json:"terraform_version"`
	}
	must(c.t, json.Unmarshal(out, &said))
	var major, minor int
	_, err = fmt.Sscanf(said.Version, "%d.%d", &major, &minor)
	must(c.t, err)
	return major > 1 || minor >= 12
}

// importBlock returns an import block with one argument.
func importBlock(kind, argument string) string {
	return fmt.Sprintf("import {\n  to = %s.this\n  %s\n}\n", kind, argument)
}

var toArgument = regexp.MustCompile(`(?m)^(\s*)to\s*=.*$`)

// generate makes the CLI write the configuration of what import blocks name. To generate one,
// Terraform 1.16 requires the provider in the block, and to apply it, its absence (observed).
func (c *cli) generate(imports string) {
	c.t.Helper()
	must(c.t, c.Configure(toArgument.ReplaceAllString(imports, "$0\n${1}provider = ram")))
	c.run(0, "plan", "-generate-config-out=generated.tf")
	must(c.t, c.Configure(imports))
}

// The configuration that the CLI generates for an import applies without a change, for
// each type, by id and by identity. It has no secret.
func TestAccEveryType_generatedConfigurationAppliesUnchanged(t *testing.T) {
	t.Parallel()
	for by, how := range map[string]func(acctest.Existing) string{
		"id": func(s acctest.Existing) string { return fmt.Sprintf("id = %q", s.ID) },
		"identity": func(s acctest.Existing) string {
			text, err := json.Marshal(s.Identity)
			must(t, err)
			return "identity = jsondecode(" + fmt.Sprintf("%q", text) + ")"
		},
	} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			srv := withOneOfEach(t)
			imports := ""
			for kind, s := range subjects() {
				if s.Unread == "" {
					imports += importBlock(kind, how(s))
				}
			}
			c := newCLI(t, srv.Getenv, imports)
			if by == "identity" && !c.knowsIdentities(os.Getenv("TF_ACC_TERRAFORM_PATH")) {
				t.Skip("this CLI knows no identities")
			}
			c.generate(imports)
			generated, err := os.ReadFile(filepath.Join(c.Directory, "generated.tf"))
			must(t, err)
			for kind, s := range subjects() {
				if s.Unread == "" {
					contains(t, string(generated), fmt.Sprintf("resource %q \"this\"", kind))
				}
			}
			for _, secret := range secretsOf(srv) {
				if strings.Contains(string(generated), secret) {
					t.Errorf("the generated configuration holds %q", secret)
				}
			}
			contains(t, c.run(0, "apply", "-auto-approve"), fmt.Sprintf("%d imported, 0 added, 0 changed, 0 destroyed", strings.Count(imports, "import {")))
			c.run(0, "plan", "-detailed-exitcode")
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

// secretsOf returns the secrets that only the service has.
func secretsOf(srv *ramtest.Server) (secrets []string) {
	a := account(srv)
	for _, user := range a.Users {
		for _, key := range user.Keys {
			secrets = append(secrets, key.Secret)
		}
		if user.LoginProfile != nil {
			secrets = append(secrets, user.LoginProfile.Password)
		}
	}
	for _, device := range a.MFADevices {
		secrets = append(secrets, device.Seed)
	}
	return secrets
}

// A CLI with identities reads the state of one without: the plan is empty, and an
// apply adds the identities.
func TestAccEveryType_stateOfACLIWithoutIdentities(t *testing.T) {
	t.Parallel()
	srv := withOneOfEach(t)
	c := newCLI(t, srv.Getenv, "")
	older, err := exec.LookPath("terraform")
	if err != nil || c.knowsIdentities(older) || !c.knowsIdentities(os.Getenv("TF_ACC_TERRAFORM_PATH")) {
		t.Skip("it takes a terraform on the PATH that is older than identities, and another CLI that is not")
	}
	config := ""
	known := subjects()
	for _, kind := range slices.Sorted(maps.Keys(known)) {
		s := known[kind]
		config += importBlock(kind, fmt.Sprintf("id = %q", s.ID)) + block(t, kind, s.Config)
	}
	const address = "registry.terraform.io/ram-security/ram"
	c.write("main.tf", fmt.Sprintf("terraform {\n  required_providers {\n    ram = { source = %q }\n  }\n}\n", address)+config)
	directory, err := binary()
	must(t, err)
	must(t, c.Override(map[string]string{address: directory}))
	old := exec.CommandContext(t.Context(), older, "apply", "-auto-approve", "-no-color")
	old.Dir, old.Env = c.Directory, c.Environment
	if out, err := old.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains(c.state(), `"identity"`) {
		t.Fatal("the older CLI wrote an identity, so nothing is tested")
	}
	expect(t, "version in the state", strings.Count(c.state(), `"schema_version": 0`), len(known))
	c.run(0, "plan", "-detailed-exitcode")
	c.run(0, "plan", "-detailed-exitcode", "-refresh=false")
	c.run(0, "apply", "-auto-approve", "-refresh-only")
	expect(t, "identities in the state", strings.Count(c.state(), `"identity": {`), len(known))
	c.run(0, "plan", "-detailed-exitcode")
	expect(t, "writes", writes(srv), []string(nil))
}

// block returns a configuration as text.
func block(t *testing.T, kind string, config attributes) string {
	t.Helper()
	text := fmt.Sprintf("resource %q \"this\" {\n", kind)
	for _, name := range slices.Sorted(maps.Keys(config)) {
		value, err := json.Marshal(config[name])
		must(t, err)
		text += fmt.Sprintf("  %s = jsondecode(%q)\n", name, value)
	}
	return text + "}\n"
}
