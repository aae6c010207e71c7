// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// TestMain removes the user's CLI configuration from the environment, and chooses the
// first CLI of TF_ACC_TERRAFORM_PATH, terraform and tofu on PATH, and bin/tofu.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"TF_CLI_CONFIG_FILE":        os.DevNull,
		"TF_ACC_PROVIDER_NAMESPACE": "hashicorp", // OpenTofu refuses the test framework's default, "-"
		"CHECKPOINT_DISABLE":        "1",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	if os.Getenv("TF_ACC_TERRAFORM_PATH") == "" {
		for _, candidate := range []string{"terraform", "tofu", "../../bin/tofu"} {
			if found, err := exec.LookPath(candidate); err == nil {
				if found, err = filepath.Abs(found); err == nil {
					_ = os.Setenv("TF_ACC_TERRAFORM_PATH", found)
					break
				}
			}
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // more memory, less time
	}
	var err error
	if programs, err = os.MkdirTemp("", "ram-provider-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}

// programs is the directory for what tests build.
var programs string

// fakeClock gives a provider a clock whose pauses take no time.
func fakeClock() Option {
	c := &acctest.Clock{}
	return WithClock(c.Now, c.Pause)
}

// clockOf is the clock of a service that a test moves, with pauses that take no time. The service
// refuses a caller whose clock differs from its own by more than 15 minutes (documented).
func clockOf(srv *ramtest.Server) Option {
	c := &acctest.Clock{}
	return WithClock(func() time.Time { return srv.Now().Add(c.Paused()) }, c.Pause)
}

func factories(srv *ramtest.Server) map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"ram": func() (tfprotov6.ProviderServer, error) { return Server(New("test", srv.Getenv, clockOf(srv))()), nil },
	}
}

// needsCLI skips a test if there is no CLI. The names of tests that need one let make run
// them once on each CLI, and all others once.
func needsCLI(t *testing.T) {
	t.Helper()
	if !acceptanceName.MatchString(t.Name()) {
		t.Fatal("a test that runs a CLI is named TestAcc and the noun, as in TestAccPasswordPolicy")
	}
	if os.Getenv("TF_ACC_TERRAFORM_PATH") == "" {
		t.Skip("no terraform and no tofu on this machine; make test builds one")
	}
}

var acceptanceName = regexp.MustCompile(`^TestAcc[A-Z]`)

// acceptance runs a test case with a real CLI against a fake.
func acceptance(t *testing.T, srv *ramtest.Server, c resource.TestCase) {
	t.Helper()
	needsCLI(t)
	c.ProtoV6ProviderFactories = factories(srv)
	resource.UnitTest(t, c)
}

// scenario is an acceptance test of steps alone.
func scenario(t *testing.T, srv *ramtest.Server, steps ...resource.TestStep) {
	t.Helper()
	acceptance(t, srv, resource.TestCase{Steps: steps})
}

// account returns a copy of the fake's default account.
func account(srv *ramtest.Server) (copied *ramtest.Account) {
	srv.Change(func(a *ramtest.Account) { copied = a.Clone() })
	return copied
}

// writes returns the calls that may change something.
func writes(srv *ramtest.Server) (actions []string) {
	for _, call := range srv.Calls() {
		if !strings.HasPrefix(call.Action, "Get") && !strings.HasPrefix(call.Action, "List") {
			actions = append(actions, call.Action)
		}
	}
	return actions
}

// expectUnchanged fails the test if anything but the test itself changed one of the fields.
func expectUnchanged(t *testing.T, srv *ramtest.Server, fields ...string) {
	t.Helper()
	for _, e := range srv.History() {
		if e.Actor != "test" && slices.Contains(fields, e.Field) {
			t.Errorf("%s changed %s from %v to %v", e.Actor, e.Field, e.Before, e.After)
		}
	}
}

// expect compares two values, and names them if they differ.
func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}

// contains fails the test unless the text contains all parts.
func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}
