// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// upgradeFixture is a directory of testdata/upgrade: a configuration, the state that a version
// of the provider wrote for it, and the account after that run.
type upgradeFixture struct{ directory string }

const (
	upgrades     = "testdata/upgrade"
	writtenState = "state.json"
	leftAccount  = "account.json"
)

// ofPresent is the fixture of the unreleased version. When a release is tagged, the directory gets the
// tag's name, and is never written again.
const ofPresent = "v0.1.0-dev"

func pasts(t *testing.T) (all []upgradeFixture) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(upgrades, "*", "main.tf"))
	must(t, err)
	for _, file := range found {
		all = append(all, upgradeFixture{filepath.Dir(file)})
	}
	if len(all) == 0 {
		t.Fatal("there is no past to upgrade from")
	}
	return all
}

func (p upgradeFixture) name() string { return filepath.Base(p.directory) }

func (p upgradeFixture) read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.directory, name))
	must(t, err)
	return text
}

// serve starts the fixture's account at the fixture's time, so what depends on dates, such as a
// rotation, is not due yet.
func (p upgradeFixture) serve(t *testing.T) *ramtest.Server {
	t.Helper()
	state, err := ramtest.ReadState(filepath.Join(p.directory, leftAccount))
	must(t, err)
	left := state.Accounts[0].Users["alice"].CreateDate
	state.Advanced = time.Until(left) + time.Minute
	return ramtest.New(t, ramtest.WithState(state))
}

// savedObject is one object of a state file.
type savedObject struct {
	kind       string
	Version    int64           `json:"schema_version"`
	Attributes json.RawMessage `json:"attributes"`
	Private    string          `json:"private"`
	Identity   json.RawMessage `json:"identity"`

	IdentityVersion int64 `json:"identity_schema_version"`
}

func (p upgradeFixture) objects(t *testing.T) (all []savedObject) {
	t.Helper()
	var file struct {
		Resources []struct {
			Mode, Type string
			Instances  []savedObject
		}
	}
	must(t, json.Unmarshal(p.read(t, writtenState), &file))
	for _, r := range file.Resources {
		for _, one := range r.Instances {
			one.kind = r.Type
			all = append(all, one)
		}
	}
	return all
}

// The state of an older version is read without a change, with every secret, and again after a refresh of the
// unchanged account.
func TestUpgrade_readsOlderStates(t *testing.T) {
	t.Parallel()
	for _, p := range pasts(t) {
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			srv := p.serve(t)
			c := newCore(t, srv.Getenv, fakeClock())
			for _, o := range p.objects(t) {
				o.survives(t, c)
			}
			expect(t, "writes", writes(srv), []string(nil))
		})
	}
}

func (o savedObject) survives(t *testing.T, c *acctest.Driver) {
	t.Helper()
	upgraded, err := c.Server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: o.kind, Version: o.Version, RawState: &tfprotov6.RawState{JSON: o.Attributes},
	})
	must(t, err)
	clean(t, upgraded.Diagnostics)
	private, err := base64.StdEncoding.DecodeString(o.Private)
	must(t, err)
	before := acctest.Object{State: c.Value(o.kind, upgraded.UpgradedState), Private: private, Identity: o.named(t, c)}
	after, diags := c.Read(o.kind, before)
	expect(t, "what a refresh of "+o.kind+" says", acctest.Messages(diags), "")
	var was map[string]any
	must(t, json.Unmarshal(o.Attributes, &was))
	for when, got := range map[string]tftypes.Value{"the upgrade": before.State, "the refresh": after.State} {
		is, ok := raw(t, got).(map[string]any)
		if !ok {
			t.Fatalf("%s: %s leaves nothing", o.kind, when)
		}
		for name, value := range was {
			if value != nil && writtenOut(t, is[name]) != writtenOut(t, value) {
				t.Errorf("%s.%s: %s changes %s to %s", o.kind, name, when, writtenOut(t, value), writtenOut(t, is[name]))
			}
		}
	}
	if !bytes.Equal(after.Private, before.Private) {
		t.Errorf("%s: the refresh changes the private state", o.kind)
	}
}

// named returns the identity, if the CLI that wrote the state saved one.
func (o savedObject) named(t *testing.T, c *acctest.Driver) *tfprotov6.ResourceIdentityData {
	t.Helper()
	if len(o.Identity) == 0 || string(o.Identity) == "null" {
		return nil
	}
	saved, schema := &tfprotov6.RawState{JSON: o.Identity}, c.Identities[o.kind]
	if o.IdentityVersion != schema.Version {
		upgraded, err := c.Server.UpgradeResourceIdentity(t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{
			TypeName: o.kind, Version: o.IdentityVersion, RawIdentity: saved,
		})
		must(t, err)
		clean(t, upgraded.Diagnostics)
		return upgraded.UpgradedIdentity
	}
	value, err := saved.Unmarshal(schema.ValueType())
	must(t, err)
	return &tfprotov6.ResourceIdentityData{IdentityData: c.Dynamic(value)}
}

func writtenOut(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return string(text)
}

// cli prepares a CLI with the fixture's configuration.
func (p upgradeFixture) cli(t *testing.T, srv *ramtest.Server) *cli {
	t.Helper()
	c := newCLI(t, srv.Getenv, "")
	c.write("main.tf", string(p.read(t, "main.tf")))
	c.write("pgp.txt", string(p.read(t, "pgp.txt")))
	return c
}

// settled runs a plan, as after an upgrade. It has to be empty.
func (p upgradeFixture) settled(t *testing.T, c *cli, srv *ramtest.Server, state []byte) {
	t.Helper()
	c.write("terraform.tfstate", ofCLI(state))
	before := secretsIn(t, state)
	if len(before) < 4 {
		t.Fatalf("the state of %s holds %d secrets; those of two keys and two devices were expected", p.name(), len(before))
	}
	began := len(writes(srv))
	c.run(0, "plan", "-detailed-exitcode")
	c.run(0, "apply", "-refresh-only", "-auto-approve")
	expect(t, "writes", len(writes(srv))-began, 0)
	expect(t, "secrets", secretsIn(t, []byte(c.state())), before)
}

// ofCLI returns the state as the CLI of this run would have written it: each CLI has its own registry
// host, and rejects the state of a newer version.
func ofCLI(state []byte) string {
	host := hostOfTerraform
	if strings.HasPrefix(filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH")), "tofu") {
		host = hostOfOpenTofu
	}
	text := strings.NewReplacer(hostOfTerraform, host, hostOfOpenTofu, host).Replace(string(state))
	return writer.ReplaceAllString(text, `"terraform_version": "1.11.0"`)
}

const (
	hostOfTerraform = "registry.terraform.io"
	hostOfOpenTofu  = "registry.opentofu.org"
)

var writer = regexp.MustCompile(`"terraform_version": "[^"]*"`)

// secretsIn returns the secrets of a state file by address and attribute.
func secretsIn(t *testing.T, state []byte) map[string]string {
	t.Helper()
	var file struct {
		Resources []struct {
			Type, Name string
			Instances  []struct{ Attributes map[string]any }
		}
	}
	must(t, json.Unmarshal(state, &file))
	found := map[string]string{}
	for _, r := range file.Resources {
		for i, one := range r.Instances {
			for name, value := range one.Attributes {
				if text, ok := value.(string); ok && (secretNames.MatchString(name) || strings.HasPrefix(name, "encrypted_")) {
					found[fmt.Sprintf("%s.%s[%d].%s", r.Type, r.Name, i, name)] = text
				}
			}
		}
	}
	return found
}

// The plan with the state of each version is empty.
func TestAccUpgrade_plansNothing(t *testing.T) {
	t.Parallel()
	for _, p := range pasts(t) {
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			srv := p.serve(t)
			p.settled(t, p.cli(t, srv), srv, p.read(t, writtenState))
		})
	}
}

// The binary of each tag applies, and the present one plans. RAM_TEST_UPGRADE_FROM names
// commits instead of the tags.
func TestAccUpgrade_fromEachTag(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	list := os.Getenv("RAM_TEST_UPGRADE_FROM")
	if list == "" {
		tags, err := exec.CommandContext(t.Context(), "git", "tag", "--list", "v*").Output()
		if err != nil {
			t.Skipf("Git cannot list the tags: %s", err)
		}
		list = string(tags)
	}
	if strings.TrimSpace(list) == "" {
		t.Skip("there is no tag yet; RAM_TEST_UPGRADE_FROM can name a commit")
	}
	for _, tag := range strings.Fields(list) {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			source, older := t.TempDir(), t.TempDir()
			archive := exec.CommandContext(t.Context(), "sh", "-c", `git -C "$(git rev-parse --show-toplevel)" archive "$0" | tar -x -C "$1"`, tag, source)
			out, err := archive.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(older, "terraform-provider-ram"), ".")
			build.Dir = source
			if out, err = build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			found, err := filepath.Glob(filepath.Join(source, "internal/provider", upgrades, "*", "main.tf"))
			must(t, err)
			if len(found) == 0 {
				t.Fatalf("%s has no configuration to upgrade from", tag)
			}
			p := upgradeFixture{filepath.Dir(found[len(found)-1])}
			srv := ramtest.New(t)
			c := p.cli(t, srv)
			present, err := binary()
			must(t, err)
			must(t, c.Override(map[string]string{acctest.Source: older}))
			c.run(0, "apply", "-auto-approve")
			must(t, c.Override(map[string]string{acctest.Source: present}))
			p.settled(t, c, srv, []byte(c.state()))
		})
	}
}

// TestAccUpgrade_write writes the fixture of the unreleased version: make upgrade-fixture.
func TestAccUpgrade_write(t *testing.T) {
	t.Parallel()
	if os.Getenv("RAM_TEST_WRITE_UPGRADE") == "" {
		t.Skip("make upgrade-fixture writes it")
	}
	p := upgradeFixture{filepath.Join(upgrades, ofPresent)}
	must(t, os.WriteFile(filepath.Join(p.directory, "pgp.txt"), []byte(publicKey(t, pgpPair(t, nil))+"\n"), 0o600))
	srv := ramtest.New(t)
	c := p.cli(t, srv)
	c.run(0, "apply", "-auto-approve")
	c.run(0, "apply", "-refresh-only", "-auto-approve") // a device shows its user after the binding
	c.run(0, "plan", "-detailed-exitcode")
	must(t, os.WriteFile(filepath.Join(p.directory, writtenState), []byte(c.state()), 0o600))
	must(t, srv.State().Write(filepath.Join(p.directory, leftAccount)))
}
