// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The files with the keys whose signatures are accepted, and the page with the fingerprint
// of the OpenPGP key. They contain no key until the keys exist.
const (
	allowedSigners = ".github/allowed_signers" // SSH keys that sign tags
	publishedKey   = ".github/release-key.asc" // OpenPGP key that signs the checksums
	policyPage     = "SECURITY.md"
)

// registryManifest is the manifest of the repository, which a release contains unchanged.
const registryManifest = "terraform-registry-manifest.json"

// gather copies the published files of a build into one directory.
func gather(_ context.Context, arguments []string, _, progress io.Writer) error {
	flags := flag.NewFlagSet("release gather", flag.ContinueOnError)
	flags.SetOutput(progress)
	version := flags.String("version", "", "`version` of the release")
	dist := flags.String("dist", "dist", "`directory` of the build")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *version == "" || flags.NArg() != 1 {
		return errors.New("usage: release gather -version VERSION [-dist DIRECTORY] DIRECTORY")
	}
	return gatherAssets(layout{directory: *dist, version: *version}, registryManifest, flags.Arg(0))
}

func gatherAssets(from layout, manifest, into string) error {
	if err := os.MkdirAll(into, 0o750); err != nil {
		return err
	}
	if err := copyFile(manifest, filepath.Join(into, from.manifest())); err != nil {
		return err
	}
	names := []string{from.sums()}
	for _, p := range platforms {
		names = append(names, from.archive(p), from.materials(p))
	}
	for _, name := range names {
		if err := copyFile(from.path(name), filepath.Join(into, name)); err != nil {
			return err
		}
	}
	return nil
}

// verify checks the files of a release as users can: with the published key, and against
// their own build.
func verify(ctx context.Context, arguments []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("release verify", flag.ContinueOnError)
	flags.SetOutput(progress)
	version := flags.String("version", "", "`version` of the release")
	key := flags.String("key", publishedKey, "`file` with the public key that signed the sums")
	policy := flags.String("policy", policyPage, "`file` with the fingerprint of that key")
	rebuilt := flags.String("rebuilt", "", "`directory` with the files of another build of the same tag")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *version == "" || flags.NArg() != 1 {
		return errors.New("usage: release verify -version VERSION [-key FILE] [-policy FILE] [-rebuilt DIRECTORY] DIRECTORY")
	}
	l := layout{directory: flags.Arg(0), version: *version}
	fingerprint, err := publishedFingerprint(*policy)
	if err != nil {
		return err
	}
	if err := verifySignature(ctx, *key, fingerprint, l); err != nil {
		return err
	}
	if err := l.verify(registryManifest); err != nil {
		return err
	}
	if *rebuilt != "" {
		if err := l.sameAs(layout{directory: *rebuilt, version: *version}); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "signature, sums, list of files, archives, bills of materials and manifest are as they should be")
	return nil
}

// fingerprintPattern matches the fingerprint of an OpenPGP key, version 4.
var fingerprintPattern = regexp.MustCompile(`\b[0-9A-F]{40}\b`)

// publishedFingerprint returns the only fingerprint in a page.
func publishedFingerprint(page string) (string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return "", err
	}
	found := fingerprintPattern.FindAllString(string(text), -1)
	if len(found) != 1 {
		return "", fmt.Errorf("%s contains %d fingerprints, want 1", page, len(found))
	}
	return found[0], nil
}

// verifySignature verifies the detached signature of the checksums with exactly one key,
// which has a fingerprint, and is neither revoked nor expired.
func verifySignature(ctx context.Context, key, fingerprint string, l layout) error {
	lines, err := keyLines(key)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fmt.Errorf("%s contains no key: no release can be verified", key)
	}
	signature, err := os.ReadFile(l.path(l.sums() + ".sig"))
	if err != nil {
		return err
	}
	if len(signature) == 0 || signature[0] == '-' {
		return errors.New("the signature is armored, but the registries require a binary one")
	}
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home) //nolint:errcheck // it is below the system's temporary directory
	gpg := command{environment: append(os.Environ(), "GNUPGHOME="+home), log: io.Discard}
	if err := gpg.onlyKey(ctx, key, fingerprint); err != nil {
		return err
	}
	if _, err := gpg.run(ctx, "gpg", "--batch", "--no-autostart", "--import", key); err != nil {
		return err
	}
	status, err := gpg.run(ctx, "gpg", "--batch", "--no-autostart", "--status-fd", "1", "--verify", l.path(l.sums()+".sig"), l.path(l.sums()))
	if err != nil {
		return err
	}
	return goodSignature(status, fingerprint)
}

// onlyKey checks that a file contains one primary key, which has a fingerprint and is
// valid.
func (c command) onlyKey(ctx context.Context, file, fingerprint string) error {
	listed, err := c.run(ctx, "gpg", "--batch", "--no-autostart", "--with-colons", "--show-keys", file)
	if err != nil {
		return err
	}
	found, err := fingerprintOf(listed)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if found != fingerprint {
		return fmt.Errorf("%s contains the key %s, but the published fingerprint is %s", file, found, fingerprint)
	}
	return nil
}

// fingerprintOf returns the fingerprint of the only primary key in a listing of gpg.
func fingerprintOf(listed string) (string, error) {
	primary, fingerprint := 0, ""
	for line := range strings.Lines(listed) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		switch {
		case fields[0] == "pub":
			primary++
			// The validity (documented in DETAILS of GnuPG): disabled, expired, invalid or revoked.
			if len(fields) < 2 || strings.ContainsAny(fields[1], "deir") {
				return "", fmt.Errorf("the key is revoked, expired or invalid: %s", strings.TrimSpace(line))
			}
		case fields[0] == "fpr" && fingerprint == "" && len(fields) > 9:
			fingerprint = fields[9]
		}
	}
	if primary != 1 || fingerprint == "" {
		return "", fmt.Errorf("%d keys, want 1", primary)
	}
	return fingerprint, nil
}

// goodSignature checks the status that gpg writes about a verification: exactly one
// signature, which is good and by the key with a fingerprint. The exit code of gpg is not
// sufficient: it is 0 for a signature of a revoked or expired key (observed with 2.2.40).
func goodSignature(status, fingerprint string) error {
	count, by := map[string]int{}, ""
	for line := range strings.Lines(status) {
		fields := strings.Fields(strings.TrimPrefix(line, "[GNUPG:] "))
		if len(fields) == 0 {
			continue
		}
		count[fields[0]]++
		if fields[0] == "VALIDSIG" {
			by = fields[len(fields)-1] // the fingerprint of the primary key
		}
	}
	for _, bad := range []string{"BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "KEYREVOKED", "SIGEXPIRED"} {
		if count[bad] > 0 {
			return fmt.Errorf("gpg reports %s for the signature", bad)
		}
	}
	if count["NEWSIG"] > 1 || count["GOODSIG"] != 1 || count["VALIDSIG"] != 1 {
		return fmt.Errorf("gpg reports %d good and %d valid signatures, want 1", count["GOODSIG"], count["VALIDSIG"])
	}
	if by != fingerprint {
		return fmt.Errorf("the signature is by the key %s, but the published fingerprint is %s", by, fingerprint)
	}
	return nil
}

// sameAs compares the checksums of two builds.
func (l layout) sameAs(other layout) error {
	one, err := l.readSums()
	if err != nil {
		return err
	}
	two, err := other.readSums()
	if err != nil {
		return err
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(one)) {
		if two[name] != one[name] {
			problems = append(problems, fmt.Errorf("%s differs between the two builds", name))
		}
	}
	if len(two) != len(one) {
		problems = append(problems, fmt.Errorf("one build has %d files, the other %d", len(one), len(two)))
	}
	return errors.Join(problems...)
}

// unlisted returns an error if the checksum file lacks files of the release.
func (l layout) unlisted(listed map[string]string) error {
	files, err := os.ReadDir(l.directory)
	if err != nil {
		return err
	}
	var names []string
	for _, file := range files {
		if name := file.Name(); listed[name] == "" && name != l.sums() && name != l.sums()+".sig" {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		return fmt.Errorf("%s does not list %s", l.sums(), strings.Join(names, ", "))
	}
	return nil
}
