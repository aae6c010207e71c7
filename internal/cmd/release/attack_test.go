// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// needs skips a test on a machine without the programs that create and verify signatures.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no %s on this machine, which signatures need", program)
		}
	}
}

func tool(t *testing.T, c command, program string, arguments ...string) string {
	t.Helper()
	c.log = io.Discard
	out, err := c.run(t.Context(), program, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// refused fails the test unless the error contains a text.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want a refusal with %q", err, want)
	}
}

// signer is an SSH key, and the line of an allowed-signers file for it.
type signer struct{ file, allowed string }

func newSigner(t *testing.T, directory, name string) signer {
	t.Helper()
	file := filepath.Join(directory, name)
	tool(t, command{}, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file)
	return signer{file, name + ` namespaces="git" ` + read(t, file+".pub")}
}

// repository is a Git repository with one commit and a user who signs with one key.
type repository struct {
	directory   string
	environment []string
}

func (r repository) git(t *testing.T, arguments ...string) string {
	t.Helper()
	return tool(t, command{directory: r.directory, environment: r.environment}, "git", arguments...)
}

func newRepository(t *testing.T) repository {
	t.Helper()
	directory := t.TempDir()
	r := repository{directory, append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")}
	r.git(t, "init", "-q")
	r.git(t, "commit", "-q", "--allow-empty", "-m", "first")
	return r
}

func (r repository) sign(t *testing.T, with signer, name string) {
	t.Helper()
	r.git(t, "-c", "gpg.format=ssh", "-c", "user.signingKey="+with.file, "tag", "-s", "-m", name, name)
}

// forge writes a tag object that Git would not create.
func (r repository) forge(t *testing.T, name, object string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tag")
	write(t, file, object)
	hash := strings.TrimSpace(r.git(t, "hash-object", "-t", "tag", "-w", file))
	r.git(t, "update-ref", "refs/tags/"+name, hash)
}

func TestAttack_tag(t *testing.T) {
	t.Parallel()
	needs(t, "git", "ssh-keygen")
	keys := t.TempDir()
	maintainer, attacker := newSigner(t, keys, "maintainer"), newSigner(t, keys, "attacker")
	allowed := filepath.Join(keys, "allowed_signers")
	write(t, allowed, "# comment\n"+maintainer.allowed)
	r := newRepository(t)
	r.sign(t, maintainer, "v1.0.0")
	check := func(t *testing.T, name string) error {
		t.Helper()
		_, err := verifyTag(t.Context(), r.directory, allowed, name)
		return err
	}
	if err := check(t, "v1.0.0"); err != nil {
		t.Fatal(err)
	}
	object := r.git(t, "cat-file", "tag", "v1.0.0")
	for _, c := range []struct { //nolint:paralleltest // each attack changes the files of the one before
		name, version, want string
		attack              func(version string)
	}{
		{"garbage signature", "v1.0.1", "verify-tag", func(v string) {
			unsigned, _, _ := strings.Cut(object, "-----BEGIN")
			r.forge(t, v, strings.Replace(unsigned, "tag v1.0.0", "tag "+v, 1)+"-----BEGIN PGP SIGNATURE-----\n\ngarbage\n-----END PGP SIGNATURE-----\n")
		}},
		{"other key", "v1.0.2", "verify-tag", func(v string) { r.sign(t, attacker, v) }},
		{"changed message", "v1.0.0", "verify-tag", func(v string) { r.forge(t, v, strings.Replace(object, "\n\nv1.0.0", "\n\nv9.9.9", 1)) }},
		{"tag of another version", "v1.0.4", "another name", func(v string) { r.forge(t, v, object) }},
		{"no signature", "v1.0.5", "verify-tag", func(v string) { r.git(t, "tag", "-a", "-m", v, v) }},
		{"two dates", "v1.0.7", "2 dates", func(v string) {
			r.forge(t, v, strings.Replace(strings.Replace(object, "tag v1.0.0", "tag "+v, 1), "\n\n", "\ntagger A <a@example.com> 1 +0000\n\n", 1))
		}},
		{"replaced tag", "v1.0.8", "verify-tag", func(v string) {
			r.sign(t, maintainer, v)
			signed := strings.TrimSpace(r.git(t, "rev-parse", v))
			r.git(t, "tag", "-d", v)
			r.sign(t, attacker, v)
			r.git(t, "update-ref", "refs/replace/"+strings.TrimSpace(r.git(t, "rev-parse", v)), signed)
		}},
		{"lightweight tag", "v1.0.6", "lightweight", func(v string) { r.git(t, "tag", v) }},
		{"program of the repository", "v1.0.9", "verify-tag", func(v string) {
			r.sign(t, attacker, v)
			program := filepath.Join(keys, "program")
			write(t, program, `#!/bin/sh
case "$*" in
*find-principals*) echo a ;;
*) echo 'Good "git" signature for a with ED25519 key SHA256:a' ;;
esac
`)
			if err := os.Chmod(program, 0o700); err != nil {
				t.Fatal(err)
			}
			r.git(t, "config", "gpg.ssh.program", program)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.attack(c.version)
			refused(t, check(t, c.version), c.want)
		})
	}
	write(t, allowed, "# no key yet\n")
	refused(t, check(t, "v1.0.2"), "contains no key")
}

// A lost key whose period has ended can sign a new tag with an old date. An old tag remains
// verifiable.
func TestAttack_oldDate(t *testing.T) {
	t.Parallel()
	needs(t, "git", "ssh-keygen")
	keys := t.TempDir()
	lost := newSigner(t, keys, "lost")
	allowed := filepath.Join(keys, "allowed_signers")
	write(t, allowed, strings.Replace(lost.allowed, " namespaces", ` valid-before="20250101",namespaces`, 1))
	r := newRepository(t)
	r.environment = append(r.environment, "GIT_COMMITTER_DATE=1704067200 +0000") // 2024
	r.sign(t, lost, "v1.0.0")
	date, err := verifyTag(t.Context(), r.directory, allowed, "v1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, isRecent(date, time.Now()), "2024-01-01 00:00:00, differs from now")
	refused(t, isRecent(time.Now().Add(25*time.Hour), time.Now()), "differs from now")
	if err := isRecent(time.Now().Add(-23*time.Hour), time.Now()); err != nil {
		t.Error(err)
	}
}

// gpgKey is a key without passphrase: its home directory, its public key and its
// fingerprint.
type gpgKey struct{ home, public, fingerprint string }

func newGPGKey(t *testing.T, options ...string) gpgKey {
	t.Helper()
	// The path is short, because the length of a socket's path is limited.
	home, err := os.MkdirTemp("", "gpg") //nolint:usetesting // the socket of gpg-agent needs a short path
	if err != nil {
		t.Fatal(err)
	}
	k := gpgKey{home: home, public: filepath.Join(home, "public.asc")}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		_ = os.RemoveAll(home)
	})
	k.gpg(t, append(options, "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", "test@example.com", "ed25519", "sign", "1d")...)
	k.gpg(t, "--armor", "--output", k.public, "--export")
	k.fingerprint = fingerprintPattern.FindString(k.gpg(t, "--with-colons", "--list-keys"))
	return k
}

// revoke publishes the revocation that gpg created with the key.
func (k gpgKey) revoke(t *testing.T) {
	t.Helper()
	file := filepath.Join(k.home, "openpgp-revocs.d", k.fingerprint+".rev")
	write(t, file, strings.Replace(read(t, file), ":-----BEGIN", "-----BEGIN", 1))
	k.gpg(t, "--import", file)
	k.gpg(t, "--armor", "--output", k.public, "--export")
}

func (k gpgKey) gpg(t *testing.T, arguments ...string) string {
	t.Helper()
	return tool(t, command{environment: append(os.Environ(), "GNUPGHOME="+k.home)}, "gpg", append([]string{"--batch", "--yes"}, arguments...)...)
}

func (k gpgKey) sign(t *testing.T, l layout) {
	t.Helper()
	k.gpg(t, "--output", l.path(l.sums()+".sig"), "--detach-sign", l.path(l.sums()))
}

const manifestFile = "../../../" + registryManifest

// newRelease creates every file of a release. The archives have no content.
func newRelease(t *testing.T) layout {
	t.Helper()
	l := layout{directory: t.TempDir(), version: "1.2.3"}
	write(t, l.path(l.manifest()), read(t, manifestFile))
	names := []string{l.manifest()}
	for _, p := range platforms {
		write(t, l.path(l.archive(p)), "archive "+p)
		write(t, l.path(l.materials(p)), "materials "+p)
		names = append(names, l.archive(p), l.materials(p))
	}
	var sums strings.Builder
	for _, name := range names {
		fmt.Fprintf(&sums, "%s  %s\n", hexSum([]byte(read(t, l.path(name)))), name)
	}
	write(t, l.path(l.sums()), sums.String())
	return l
}

func TestAttack_release(t *testing.T) {
	t.Parallel()
	needs(t, "gpg")
	ours, other := newGPGKey(t), newGPGKey(t)
	// The files of a release are checked in the order in which users check them.
	check := func(l layout) error {
		if err := verifySignature(t.Context(), ours.public, ours.fingerprint, l); err != nil {
			return err
		}
		return l.verifySums(manifestFile)
	}
	good := newRelease(t)
	ours.sign(t, good)
	if err := check(good); err != nil {
		t.Fatal(err)
	}
	dropManifest := func(l layout) {
		var kept strings.Builder
		for line := range strings.Lines(read(t, l.path(l.sums()))) {
			if !strings.Contains(line, "manifest") {
				kept.WriteString(line)
			}
		}
		write(t, l.path(l.sums()), kept.String())
	}
	for _, c := range []struct { //nolint:paralleltest // each attack changes the files of the one before
		name, want string
		attack     func(l layout)
	}{
		{"garbage signature", "gpg", func(l layout) { write(t, l.path(l.sums()+".sig"), "\x89garbage") }},
		{"other key", "gpg", func(l layout) { other.sign(t, l) }},
		{"flipped byte", "does not have the sum", func(l layout) {
			ours.sign(t, l)
			name := l.path(l.archive("linux_amd64"))
			content := []byte(read(t, name))
			content[3] ^= 1
			write(t, name, string(content))
		}},
		{"flipped byte in the sums", "gpg", func(l layout) {
			ours.sign(t, l)
			sums := []byte(read(t, l.path(l.sums())))
			sums[0] ^= 1
			write(t, l.path(l.sums()), string(sums))
		}},
		{"manifest dropped from the sums", "lists", func(l layout) { dropManifest(l); ours.sign(t, l) }},
		{"other manifest", "differs from", func(l layout) {
			changed := read(t, l.path(l.manifest())) + "\n"
			write(t, l.path(l.sums()), strings.Replace(read(t, l.path(l.sums())), hexSum([]byte(read(t, l.path(l.manifest())))), hexSum([]byte(changed)), 1))
			write(t, l.path(l.manifest()), changed)
			ours.sign(t, l)
		}},
		{"sum that is listed twice", "twice", func(l layout) {
			first, _, _ := strings.Cut(read(t, l.path(l.sums())), "\n")
			write(t, l.path(l.sums()), read(t, l.path(l.sums()))+first+"\n")
			ours.sign(t, l)
		}},
		{"sum in another form", "contains the line", func(l layout) {
			write(t, l.path(l.sums()), strings.Replace(read(t, l.path(l.sums())), "  ", " *", 1))
			ours.sign(t, l)
		}},
		{"file that the sums do not list", "does not list", func(l layout) { ours.sign(t, l); write(t, l.path("install.sh"), "") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newRelease(t)
			c.attack(l)
			refused(t, check(l), c.want)
		})
	}
}

// The published file contains one key, which is valid and has the published fingerprint.
func TestAttack_releaseKey(t *testing.T) {
	t.Parallel()
	needs(t, "gpg")
	ours, other := newGPGKey(t), newGPGKey(t)
	old := newGPGKey(t, "--faked-system-time=20200101T000000")
	l := newRelease(t)
	ours.sign(t, l)
	check := func(public, fingerprint string) error { return verifySignature(t.Context(), public, fingerprint, l) }
	if err := check(ours.public, ours.fingerprint); err != nil {
		t.Fatal(err)
	}
	refused(t, check(ours.public, other.fingerprint), "contains the key "+ours.fingerprint)
	both := filepath.Join(t.TempDir(), "both.asc")
	write(t, both, read(t, ours.public)+read(t, other.public))
	refused(t, check(both, ours.fingerprint), "2 keys")
	ours.revoke(t)
	refused(t, check(ours.public, ours.fingerprint), "revoked")
	// An hour later, because the clock of the key's creation ran on.
	old.gpg(t, "--faked-system-time=20200101T010000", "--output", l.path(l.sums()+".sig"), "--detach-sign", l.path(l.sums()))
	refused(t, check(old.public, old.fingerprint), "expired")
}

// The status of gpg decides, because its exit code is 0 for some signatures that are not
// good.
func TestAttack_signatureStatus(t *testing.T) {
	t.Parallel()
	needs(t, "gpg")
	key, other := newGPGKey(t), newGPGKey(t)
	l := newRelease(t)
	key.sign(t, l)
	status := func() string {
		return key.gpg(t, "--status-fd", "1", "--verify", l.path(l.sums()+".sig"), l.path(l.sums()))
	}
	good := status()
	if err := goodSignature(good, key.fingerprint); err != nil {
		t.Fatal(err)
	}
	refused(t, goodSignature(good, other.fingerprint), "is by the key "+key.fingerprint)
	refused(t, goodSignature(good+good, key.fingerprint), "2 good")
	refused(t, goodSignature("", key.fingerprint), "0 good")
	refused(t, goodSignature(strings.Replace(good, "GOODSIG", "X", 1), key.fingerprint), "0 good")
	refused(t, goodSignature(good+"[GNUPG:] NEWSIG\n", key.fingerprint), "want 1")
	for _, bad := range []string{"BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "KEYREVOKED", "SIGEXPIRED"} {
		refused(t, goodSignature(good+"[GNUPG:] "+bad+" 0 x\n", key.fingerprint), bad)
	}
	expired := key.gpg(t, "--faked-system-time=21000101T000000", "--status-fd", "1", "--verify", l.path(l.sums()+".sig"), l.path(l.sums()))
	refused(t, goodSignature(expired, key.fingerprint), "EXPKEYSIG")
	key.revoke(t)
	refused(t, goodSignature(status(), key.fingerprint), "REVKEYSIG")
}

// A page with two fingerprints would accept either key.
func TestPublishedFingerprint(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "page.md")
	one, two := strings.Repeat("A", 40), strings.Repeat("B", 40)
	for text, want := range map[string]string{"none": "0 fingerprints", one + " and " + two: "2 fingerprints", one + "A": "0 fingerprints"} {
		write(t, page, text)
		_, err := publishedFingerprint(page)
		refused(t, err, want)
	}
	write(t, page, "The key `"+one+"`.")
	if got, err := publishedFingerprint(page); err != nil || got != one {
		t.Errorf("got %q, %v", got, err)
	}
}

// A build of the same tag with other bytes differs from the published one.
func TestAttack_rebuild(t *testing.T) {
	t.Parallel()
	one, two := newRelease(t), newRelease(t)
	if err := one.sameAs(two); err != nil {
		t.Fatal(err)
	}
	text := read(t, two.path(two.sums()))
	write(t, two.path(two.sums()), strings.Repeat("0", 64)+text[64:])
	refused(t, one.sameAs(two), "differs between the two builds")
}

// The check of the published keys refuses what users would refuse.
func TestAttack_publishedKeys(t *testing.T) {
	t.Parallel()
	needs(t, "gpg")
	ours, other := newGPGKey(t), newGPGKey(t)
	c := &checkup{root: t.TempDir(), log: io.Discard}
	if err := os.Mkdir(filepath.Join(c.root, ".github"), 0o700); err != nil {
		t.Fatal(err)
	}
	publish := func(signers, key, page string) error {
		write(t, filepath.Join(c.root, allowedSigners), signers)
		write(t, filepath.Join(c.root, publishedKey), key)
		write(t, filepath.Join(c.root, policyPage), page)
		_, err := c.keys(t.Context())
		return err
	}
	const signers = "a namespaces=\"git\" ssh-ed25519 AAAA\n"
	key := read(t, ours.public)
	if err := publish(signers, key, "`"+ours.fingerprint+"`"); err != nil {
		t.Fatal(err)
	}
	refused(t, publish("# none\n", key, ours.fingerprint), "contains no key yet")
	refused(t, publish(signers, key, ""), "0 fingerprints")
	refused(t, publish(signers, key, other.fingerprint), "contains the key "+ours.fingerprint)
	refused(t, publish(signers, key+read(t, other.public), ours.fingerprint), "2 keys")
	ours.revoke(t)
	refused(t, publish(signers, read(t, ours.public), ours.fingerprint), "revoked")
}
