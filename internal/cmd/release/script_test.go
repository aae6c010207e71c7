// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// script is a shell script of the workflow or of SECURITY.md, and how it is run.
type script struct {
	text, directory string
	environment     []string
}

// run runs the script as GitHub runs a step. The named programs are replaced by the given
// shell scripts.
func (s script) run(t *testing.T, programs map[string]string) (string, error) {
	t.Helper()
	bin := t.TempDir()
	programs = maps.Clone(programs)
	if gpg, err := exec.LookPath("gpg"); err == nil {
		programs["gpg"] = "exec " + gpg + ` --no-autostart "$@"` // an agent would outlive the test
	}
	for name, text := range programs {
		file := filepath.Join(bin, name)
		write(t, file, "#!/bin/sh\n"+text+"\n")
		if err := os.Chmod(file, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(bin, "script.sh")
	write(t, file, s.text)
	run := exec.CommandContext(t.Context(), "bash", "-e", file)
	run.Dir = s.directory
	run.Env = append(append(os.Environ(), s.environment...), "LC_ALL=C", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := run.CombinedOutput()
	return string(out), err
}

// documented returns the commands with which SECURITY.md verifies a version.
func documented(t *testing.T, version string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)```shell\n(export GNUPGHOME.*?)```").FindStringSubmatch(read(t, "../../../"+policyPage))
	if found == nil {
		t.Fatal("SECURITY.md contains no commands that verify a release")
	}
	return strings.ReplaceAll(found[1], "VERSION", version)
}

// The commands of SECURITY.md refuse an archive that the signed sums do not contain, even
// beside files that they contain.
func TestAttack_documentedCommands(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "gpg", "awk", "sha256sum")
	key := newGPGKey(t)
	verify := func(t *testing.T, attack func(l layout)) (string, error) {
		t.Helper()
		l := newRelease(t)
		attack(l)
		key.sign(t, l)
		mkdir(t, l.path(".github"))
		write(t, l.path(publishedKey), read(t, key.public))
		s := script{documented(t, l.version), l.directory, []string{"TMPDIR=" + t.TempDir()}}
		return s.run(t, map[string]string{"gh": "exit 0"})
	}
	archive := layout{version: "1.2.3"}.archive("linux_amd64")
	out, err := verify(t, func(layout) {})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"1 key " + key.fingerprint, "GOODSIG", archive + ": OK"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	without := func(l layout, name string) (sums string) {
		for line := range strings.Lines(read(t, l.path(l.sums()))) {
			if !strings.HasSuffix(line, "  "+name+"\n") {
				sums += line
			}
		}
		return sums
	}
	for name, attack := range map[string]func(l layout){
		"changed archive":          func(l layout) { write(t, l.path(archive), "changed") },
		"no archive":               func(l layout) { remove(t, l.path(archive)) },
		"sums without the archive": func(l layout) { write(t, l.path(l.sums()), without(l, archive)) },
		"sums of another version": func(l layout) {
			write(t, l.path(l.sums()), strings.ReplaceAll(read(t, l.path(l.sums())), l.version, "1.2.2"))
		},
		"sums of a name that matches": func(l layout) {
			write(t, l.path(l.sums()), strings.ReplaceAll(read(t, l.path(l.sums())), archive, "x"+archive))
		},
		"listed twice": func(l layout) {
			write(t, l.path(l.sums()), read(t, l.path(l.sums()))+strings.Repeat("0", 64)+"  "+archive+"\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out, err := verify(t, attack); err == nil {
				t.Errorf("the archive is accepted:\n%s", out)
			}
		})
	}
}

// Users and the workflow accept only an attestation of the release workflow of this
// repository, for the tag, and by a hosted runner.
func TestAttack_attestationOfAnotherWorkflow(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "gpg", "awk", "sha256sum")
	const repository = "ram-security/terraform-provider-ram"
	key, l := newGPGKey(t), newRelease(t)
	key.sign(t, l)
	mkdir(t, l.path(".github"))
	write(t, l.path(publishedKey), read(t, key.public))
	job := t.TempDir()
	mkdir(t, filepath.Join(job, "signed"))
	write(t, filepath.Join(job, "signed", "file"), "")
	for name, c := range map[string]struct {
		s    script
		more []string
	}{
		"SECURITY.md": {script{documented(t, l.version), l.directory, []string{"TMPDIR=" + t.TempDir()}}, nil},
		"workflow": {
			script{scriptOf(t, "verify", "Verify the attestations"), job, []string{"GITHUB_REPOSITORY=" + repository, "GITHUB_REF=refs/tags/v1.2.3", "GITHUB_SHA=" + strings.Repeat("a", 40)}},
			[]string{"--source-digest " + strings.Repeat("a", 40)},
		},
	} {
		out, err := c.s.run(t, map[string]string{"gh": `echo "gh: $*"`})
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		for _, want := range append([]string{
			"gh: attestation verify", "--repo " + repository, "--signer-workflow " + repository + "/.github/workflows/release.yml",
			"--source-ref refs/tags/v1.2.3", "--deny-self-hosted-runners",
		}, c.more...) {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, out)
			}
		}
		if out, err := c.s.run(t, map[string]string{"gh": "exit 1"}); err == nil {
			t.Errorf("%s: an attestation that gh refuses is accepted:\n%s", name, out)
		}
	}
}

// The step that verifies the tag refuses a run for anything but a tag of main.
func TestAttack_refOfTheRelease(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "git")
	origin := newRepository(t)
	mkdir(t, filepath.Join(origin.directory, ".github"))
	write(t, filepath.Join(origin.directory, allowedSigners), "")
	write(t, filepath.Join(origin.directory, "CHANGELOG.md"), "## 1.2.4 (Unreleased)\n\n## 1.2.3 (1 May 2026)\n")
	origin.git(t, "branch", "-M", "main")
	origin.git(t, "add", ".")
	origin.git(t, "commit", "-q", "-m", "release")
	for _, name := range []string{"v1.2.3", "v1.2.4", "v1.2.5"} {
		origin.git(t, "tag", "-a", "-m", name, name)
	}
	released := strings.TrimSpace(origin.git(t, "rev-parse", "HEAD"))
	origin.git(t, "checkout", "-q", "-b", "other")
	origin.git(t, "commit", "-q", "--allow-empty", "-m", "other")
	other := strings.TrimSpace(origin.git(t, "rev-parse", "HEAD"))
	origin.git(t, "tag", "-a", "-m", "v1.2.3-rc1", "v1.2.3-rc1")
	check := func(ref, name, commit, signed string) (string, error) {
		clone := repository{filepath.Join(t.TempDir(), "clone"), origin.environment}
		origin.git(t, "clone", "-q", ".", clone.directory)
		s := script{scriptOf(t, "check", "Verify the tag"), clone.directory, append(slices.Clone(origin.environment),
			"GITHUB_REF="+ref, "GITHUB_REF_NAME="+name, "GITHUB_SHA="+commit, "RUNNER_TEMP="+t.TempDir())}
		return s.run(t, map[string]string{"go": signed})
	}
	if out, err := check("refs/tags/v1.2.3", "v1.2.3", released, `case "$*" in *" v1.2.3") ;; *) exit 1 ;; esac`); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, c := range map[string]struct{ ref, name, commit, signed string }{
		"branch with the name of a tag": {"refs/heads/v1.2.3", "v1.2.3", released, "exit 0"},
		"another tag":                   {"refs/tags/v1.2.4", "v1.2.3", released, "exit 0"},
		"tag that was moved":            {"refs/tags/v1.2.3", "v1.2.3", other, "exit 0"},
		"tag outside of main":           {"refs/tags/v1.2.3-rc1", "v1.2.3-rc1", other, "exit 0"},
		"signature refused":             {"refs/tags/v1.2.3", "v1.2.3", released, "exit 1"},
		"version without notes":         {"refs/tags/v1.2.5", "v1.2.5", released, "exit 0"},
		"version not released":          {"refs/tags/v1.2.4", "v1.2.4", released, "exit 0"},
	} {
		if out, err := check(c.ref, c.name, c.commit, c.signed); err == nil {
			t.Errorf("%s is accepted:\n%s", name, out)
		}
	}
}

// A commit can have several tags. Each build has the name of the tag that was verified.
func TestAttack_otherTagOfTheCommit(t *testing.T) {
	t.Parallel()
	needs(t, "bash")
	var w workflow
	if err := parse(read(t, "../../../.github/workflows/release.yml"), &w); err != nil {
		t.Fatal(err)
	}
	builds := 0
	for name, j := range w.Jobs {
		for _, step := range j.Steps {
			if !strings.Contains(step.Run, "goreleaser release") {
				continue
			}
			builds++
			s := script{step.Run, t.TempDir(), []string{"GITHUB_REF_NAME=v1.2.3", "GORELEASER_CURRENT_TAG=v9.9.9"}}
			out, err := s.run(t, map[string]string{"go": `case "$*" in *goreleaser*) echo "tag $GORELEASER_CURRENT_TAG" ;; esac`})
			if err != nil || strings.TrimSpace(out) != "tag v1.2.3" {
				t.Errorf("job %s builds %q (%v)", name, out, err)
			}
		}
	}
	if builds != 3 {
		t.Errorf("%d builds were found, want 3", builds)
	}
}

// The last step publishes the signed files only, and only while their tag is unchanged.
func TestAttack_beforeThePublication(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "sha256sum")
	const commit = "1111111111111111111111111111111111111111"
	directory := t.TempDir()
	mkdir(t, filepath.Join(directory, "assets"))
	write(t, filepath.Join(directory, "assets", "file"), "signed")
	digest := hexSum([]byte(hexSum([]byte("signed")) + "  file\n"))
	publish := func(digest, tagged string) (string, error) {
		s := script{scriptOf(t, "publish", "Draft"), directory, []string{
			"DIGEST=" + digest, "GITHUB_REF_NAME=v1.2.3", "GITHUB_REPOSITORY=a/b", "GITHUB_SHA=" + commit,
		}}
		return s.run(t, map[string]string{"gh": `case "$*" in "api repos/a/b/commits/tags/v1.2.3 --jq .sha") echo "` + tagged + `" ;; "release create v1.2.3 "*) echo created ;; *) exit 1 ;; esac`})
	}
	if out, err := publish(digest, commit); err != nil || out != "created\n" {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, c := range map[string][2]string{
		"other files":        {strings.Repeat("0", 64), commit},
		"tag that was moved": {digest, strings.Repeat("2", 40)},
		"no tag":             {digest, ""},
	} {
		if out, err := publish(c[0], c[1]); err == nil || strings.Contains(out, "created") {
			t.Errorf("%s: published\n%s", name, out)
		}
	}
}
