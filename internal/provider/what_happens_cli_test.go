// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// backend keeps the state of a test somewhere else, with a lock.
type backend struct {
	mu    sync.Mutex
	state []byte
	lock  []byte
	full  bool // stores nothing more
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case r.Method == "LOCK" && b.lock != nil:
		w.WriteHeader(http.StatusLocked)
		_, _ = w.Write(b.lock)
	case r.Method == "LOCK":
		b.lock = body
	case r.Method == "UNLOCK":
		b.lock = nil
	case r.Method == http.MethodPost && b.full:
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPost:
		b.state = body
	case b.state == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		_, _ = w.Write(b.state)
	}
}

// fill lets the backend store nothing more, or something again.
func (b *backend) fill(full bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.full = full
}

func (b *backend) stored() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.state)
}

// remotely lays out a configuration whose state is kept elsewhere. A backend takes an
// init, and that takes a place where the provider is installed from.
func remotely(t *testing.T, srv *ramtest.Server, config string) (*cli, *backend) {
	t.Helper()
	b := &backend{}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	c := newCLI(t, srv.Getenv, config+fmt.Sprintf(`
terraform {
  backend "http" {
    address        = "%[1]s"
    lock_address   = "%[1]s"
    unlock_address = "%[1]s"
    retry_max      = 0
  }
}
`, server.URL))
	provider, err := binary()
	must(t, err)
	mirror := t.TempDir()
	for _, host := range []string{hostOfTerraform, hostOfOpenTofu} {
		place := filepath.Join(mirror, host, "ram-security", "ram", "0.0.1", runtime.GOOS+"_"+runtime.GOARCH)
		must(t, os.MkdirAll(place, 0o750))
		must(t, os.Symlink(filepath.Join(provider, "terraform-provider-ram"), filepath.Join(place, "terraform-provider-ram")))
	}
	c.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  filesystem_mirror { path = %q }\n}\n", mirror))
	c.run(0, "init")
	return c, b
}

var lockPattern = regexp.MustCompile(`ID:\s+([0-9a-f-]{36})`)

// The machine fails during a create: the lock remains, and the secret is lost.
func TestAccWhatHappens_machineFails(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv := withAlice(t)
	c, _ := remotely(t, srv, `resource "ram_access_key" "this" { user_name = "alice" }`)
	srv.Inject(ramtest.Rule{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "delay", Delay: time.Hour})
	cmd := c.command("apply", "-auto-approve")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, cmd.Start())
	waitFor(t, func() bool {
		calls := srv.Calls("CreateAccessKey")
		return len(calls) == 1 && calls[0].Committed
	})
	must(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)) // the CLI and the provider at once
	_ = cmd.Wait()                                           // it was killed
	must(t, srv.SetSchedule(ramtest.Schedule{}))

	locked := c.run(1, "apply", "-auto-approve")
	contains(t, locked, "Error acquiring the state lock")
	id := lockPattern.FindStringSubmatch(locked)
	if id == nil {
		t.Fatalf("the lock has no id:\n%s", locked)
	}
	c.run(0, "force-unlock", "-force", id[1])
	unknown := keysOf(srv, "alice")[0]
	printed := unframed(c.run(0, "apply", "-auto-approve"))
	contains(t, printed, "has an AccessKey created less than a day ago:", "If a run was killed while it created a key, this may be that key, and its secret is lost")
	contains(t, printed, unknown.ID, "aliyun ram ListAccessKeys --UserName alice")
	removeKey(srv, "alice", unknown.ID)
	c.run(0, "plan", "-detailed-exitcode")
	expect(t, "keys", len(keysOf(srv, "alice")), 1)
}

// unframed is what a CLI prints without the frame beside it, on one line.
func unframed(printed string) string { return unbroken(strings.ReplaceAll(printed, "│", "")) }

// The key is created, and the CLI cannot store the state (F27).
func TestAccWhatHappens_stateCannotBeWritten(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv := withAlice(t)
	c, b := remotely(t, srv, `resource "ram_access_key" "this" { user_name = "alice" }`)
	b.fill(true)
	contains(t, c.run(1, "apply", "-auto-approve"), "errored.tfstate")
	secret := keysOf(srv, "alice")[0].Secret
	saved, err := os.ReadFile(filepath.Join(c.Directory, "errored.tfstate"))
	must(t, err)
	if !bytes.Contains(saved, []byte(secret)) {
		t.Error("the secret is not in errored.tfstate")
	}
	b.fill(false)
	c.run(0, "state", "push", "errored.tfstate")
	c.run(0, "plan", "-detailed-exitcode")
	contains(t, b.stored(), secret)
	expect(t, "keys", len(keysOf(srv, "alice")), 1)
	expect(t, "creates", len(srv.Calls("CreateAccessKey")), 1)
}
