// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// cliTests are the tests that need a CLI. The others run with the race detector.
const cliTests = "^TestAcc[A-Z]"

func (c *checkup) here() command { return command{directory: c.root, log: c.log} }

// goreleaser runs the version in internal/tools/release/go.mod.
func (c *checkup) goreleaser(ctx context.Context, directory string, environment []string, arguments ...string) (string, error) {
	tool := command{directory: directory, environment: append(os.Environ(), environment...), log: c.log}
	return tool.run(ctx, "go", append([]string{"tool", "-modfile=internal/tools/release/go.mod", "goreleaser"}, arguments...)...)
}

// commit returns the commit that is checked. A release consists of a commit: uncommitted
// files are not in the builds, and an error with -strict.
func (c *checkup) commit(ctx context.Context) (string, error) {
	head, err := c.here().run(ctx, "git", "log", "-1", "--format=%H %h of %cs")
	if err != nil {
		return "", err
	}
	c.head, head, _ = strings.Cut(head, " ")
	left, err := c.here().run(ctx, "git", "status", "--porcelain")
	if err != nil {
		return "", err
	}
	found := strings.TrimSpace(head)
	if left != "" && c.strict {
		return "", fmt.Errorf("these files are not committed:\n%s", left)
	}
	if left != "" {
		found += fmt.Sprintf("; %d files are not committed, and not in the builds", strings.Count(left, "\n"))
	}
	return found, nil
}

func (c *checkup) configuration(ctx context.Context) (string, error) {
	_, err := c.goreleaser(ctx, c.root, nil, "check")
	return "goreleaser check", err
}

func (c *checkup) vet(ctx context.Context) (string, error) {
	_, err := c.here().run(ctx, "go", "vet", "./...")
	return "./...", err
}

func (c *checkup) race(ctx context.Context) (string, error) {
	out, err := c.here().run(ctx, "go", "test", "-race", "-timeout", "20m", "-skip", cliTests, "./...")
	return fmt.Sprintf("%d packages", strings.Count(out, "ok  \t")), err
}

// key creates an RSA key for this run, in its own directory.
func (c *checkup) key(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("gpg"); err != nil {
		return "", notRun("there is no gpg")
	}
	// The path is short, because it contains the socket of the agent, and the length of a
	// socket's path is limited.
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		return "", err
	}
	c.keyring = home
	const who = "release-check@example.com"
	environment := []string{"GNUPGHOME=" + home}
	gpg := command{environment: append(os.Environ(), environment...), log: c.log}
	_, err = gpg.run(ctx, "gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", who, "rsa4096", "sign", "1d")
	if err != nil {
		return "", err
	}
	c.gpg = environment
	return "RSA 4096, not kept", nil
}

// forget stops the agent that gpg started and deletes the key.
func (c *checkup) forget() {
	if c.keyring == "" {
		return
	}
	// This must run after an interrupt, too.
	_, _ = command{log: c.log}.run(context.Background(), "gpgconf", "--homedir", c.keyring, "--kill", "all")
	_ = os.RemoveAll(c.keyring)
}

// build builds a release of the commit in a clone, as the workflow does, without publishing
// it.
func (c *checkup) build(ctx context.Context) (string, error) {
	var err error
	c.first, err = c.snapshot(ctx, "one", nil)
	return fmt.Sprintf("%s, %d archives", c.first.version, len(platforms)), err
}

// rebuild builds the release again in another directory with an empty cache. With the cache
// of the first build it would not compile anything.
func (c *checkup) rebuild(ctx context.Context) (string, error) {
	var environment []string
	found := "another path, empty build cache"
	if c.warm {
		found = "another path, the same build cache"
	} else {
		environment = []string{"GOCACHE=" + filepath.Join(c.work, "cache")}
	}
	var err error
	c.second, err = c.snapshot(ctx, filepath.Join("somewhere", "else"), environment)
	return found, err
}

func (c *checkup) snapshot(ctx context.Context, name string, environment []string) (layout, error) {
	directory := filepath.Join(c.work, name)
	if _, err := c.here().run(ctx, "git", "clone", "--quiet", c.root, directory); err != nil {
		return layout{}, err
	}
	// The branch may have new commits since the check started.
	at := c.head
	if at == "" {
		at = "HEAD"
	}
	if _, err := c.here().run(ctx, "git", "-C", directory, "checkout", "--quiet", "--detach", at); err != nil {
		return layout{}, err
	}
	if _, err := c.goreleaser(ctx, directory, environment, "release", "--snapshot", "--clean", "--skip=publish", "--timeout", "6h", "--parallelism", fmt.Sprint(runtime.NumCPU())); err != nil {
		return layout{}, err
	}
	text, err := os.ReadFile(filepath.Join(directory, "dist", "metadata.json"))
	if err != nil {
		return layout{}, err
	}
	var made struct{ Version string }
	if err := json.Unmarshal(text, &made); err != nil {
		return layout{}, err
	}
	assets := layout{directory: filepath.Join(directory, "assets"), version: made.Version}
	built := layout{directory: filepath.Join(directory, "dist"), version: made.Version}
	return assets, gatherAssets(built, filepath.Join(directory, registryManifest), assets.directory)
}

// built returns an error if there is no build to check.
func (c *checkup) built() error {
	if c.first.directory == "" {
		return notRun("there is no build")
	}
	return nil
}

func (c *checkup) compare(context.Context) (string, error) {
	if c.first.directory == "" || c.second.directory == "" {
		return "", notRun("there are no two builds")
	}
	return fmt.Sprintf("%d files", 2*len(platforms)+1), c.first.sameAs(c.second)
}

func (c *checkup) layout(context.Context) (string, error) {
	if err := c.built(); err != nil {
		return "", err
	}
	err := c.first.verify(filepath.Join(c.root, registryManifest))
	return "zips, sums, manifest, bills of materials", err
}

// signature signs the output of the build without a key, as the release workflow does, and
// verifies the signature as a user does.
func (c *checkup) signature(ctx context.Context) (string, error) {
	if err := c.built(); err != nil {
		return "", err
	}
	if len(c.gpg) == 0 {
		return "", notRun("there is no signing key")
	}
	gpg := command{environment: append(os.Environ(), c.gpg...), log: c.log}
	sums := c.first.path(c.first.sums())
	if _, err := gpg.run(ctx, "gpg", "--batch", "--yes", "--output", sums+".sig", "--detach-sign", sums); err != nil {
		return "", err
	}
	key := filepath.Join(c.work, "release-key.asc")
	if _, err := gpg.run(ctx, "gpg", "--batch", "--yes", "--armor", "--output", key, "--export"); err != nil {
		return "", err
	}
	listed, err := gpg.run(ctx, "gpg", "--batch", "--with-colons", "--show-keys", key)
	if err != nil {
		return "", err
	}
	fingerprint, err := fingerprintOf(listed)
	if err != nil {
		return "", err
	}
	if err := verifySignature(ctx, key, fingerprint, c.first); err != nil {
		return "", err
	}
	return "binary, detached, verified with the public key alone", c.first.verify(filepath.Join(c.root, registryManifest))
}

// attacks runs the tests that tamper with a tag, a signature, a file and the checksums.
func (c *checkup) attacks(ctx context.Context) (string, error) {
	out, err := c.here().run(ctx, "go", "test", "-count=1", "-v", "-run", "^TestAttack", "./internal/cmd/release")
	if err == nil && strings.Contains(out, "--- SKIP") {
		return "", notRun("git, ssh-keygen or gpg is missing")
	}
	return fmt.Sprintf("%d refused", strings.Count(out, "    --- PASS: TestAttack")), err
}

// keys checks that the keys with which users verify a release are published.
func (c *checkup) keys(ctx context.Context) (string, error) {
	signers, err := keyLines(filepath.Join(c.root, allowedSigners))
	if err != nil {
		return "", err
	}
	published, err := keyLines(filepath.Join(c.root, publishedKey))
	if err != nil {
		return "", err
	}
	if len(signers) == 0 || len(published) == 0 {
		return "", notRun(allowedSigners + " or " + publishedKey + " contains no key yet: nothing can be released")
	}
	fingerprint, err := publishedFingerprint(filepath.Join(c.root, policyPage))
	if err != nil {
		return "", err
	}
	if err := c.here().onlyKey(ctx, publishedKey, fingerprint); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d tag signers; %s", len(signers), fingerprint), nil
}

// mirror creates bin/mirror, and installs the provider from it with each available CLI. The
// provider that the first CLI unpacked remains in bin/released.
func (c *checkup) mirror(ctx context.Context) (string, error) {
	if err := c.built(); err != nil {
		return "", err
	}
	mirror := filepath.Join("bin", "mirror")
	if err := c.first.mirror(mirror); err != nil {
		return "", err
	}
	list, err := c.here().run(ctx, "internal/tools/clis")
	if err != nil {
		return "", err
	}
	var versions []string
	for _, cli := range strings.Fields(list) {
		if err := c.first.install(ctx, cli, mirror, filepath.Join("bin", "released"), c.log); err != nil {
			return "", err
		}
		// OpenTofu writes a warning about a missing configuration file to stdout.
		quiet := command{environment: append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull), log: c.log}
		said, err := quiet.run(ctx, cli, "version")
		if err != nil {
			return "", err
		}
		first, _, _ := strings.Cut(said, "\n")
		versions = append(versions, first)
	}
	if len(versions) == 0 {
		return "", notRun("there is no CLI; make tofu builds one")
	}
	return "init by " + strings.Join(versions, " and ") + "; now: make demo PROVIDER=bin/released", nil
}

func (c *checkup) licenses(ctx context.Context) (string, error) {
	if err := c.built(); err != nil {
		return "", err
	}
	_, modules, err := weigh(c.first.directory, c.first.version)
	if err != nil {
		return "", err
	}
	found, err := licensed(ctx, modules)
	count := map[string]int{}
	for _, id := range found {
		count[id]++
	}
	var parts []string
	for _, l := range licenses {
		if count[l.id] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[l.id], l.id))
			delete(count, l.id)
		}
	}
	return strings.Join(parts, ", "), err
}

func (c *checkup) growth(context.Context) (string, error) {
	if err := c.built(); err != nil {
		return "", err
	}
	now, _, err := weigh(c.first.directory, c.first.version)
	if err != nil {
		return "", err
	}
	if c.record {
		return now.summary(now) + "; recorded", now.write(c.last)
	}
	last, err := readFacts(c.last)
	if err != nil {
		return "", err
	}
	if problems := now.compare(last); len(problems) > 0 {
		return "", errors.Join(append(problems, errGrown)...)
	}
	return now.summary(last), nil
}

// fips starts the released binary with the validated cryptographic module and its
// self-test.
func (c *checkup) fips(ctx context.Context) (string, error) {
	program := filepath.Join(c.root, "bin", "released", project)
	if _, err := os.Stat(program); err != nil || c.first.directory == "" {
		return "", notRun("no CLI has installed the provider")
	}
	run := command{environment: append(os.Environ(), "GODEBUG=fips140=on"), log: c.log}
	_, err := run.run(ctx, program, "-version")
	return "starts under GODEBUG=fips140=on; make test signs calls under it", err
}

// vulnerabilities checks the called code against the Go vulnerability database.
func (c *checkup) vulnerabilities(ctx context.Context) (string, error) {
	_, err := c.here().run(ctx, "go", "tool", "-modfile=internal/tools/release/go.mod", "govulncheck", "./...")
	if err != nil && strings.Contains(err.Error(), "fetching vulnerabilities") {
		return "", notRun("vuln.go.dev cannot be reached from here; .github/workflows/security.yml runs it")
	}
	return "govulncheck ./... is clean", err
}

// attestation does not run here, because it needs the identity that GitHub issues to a
// workflow.
func (c *checkup) attestation(context.Context) (string, error) {
	return "", notRun("made, verified and published by .github/workflows/release.yml alone")
}
