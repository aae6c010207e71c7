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
	"slices"
	"strings"
)

// The files with the keys whose signatures are accepted. Both are empty until the keys
// exist.
const (
	allowedSigners = ".github/allowed_signers" // SSH keys that sign tags
	publishedKey   = ".github/release-key.asc" // OpenPGP key that signs the checksums
)

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
	return gatherAssets(layout{directory: *dist, version: *version}, "terraform-registry-manifest.json", flags.Arg(0))
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
	rebuilt := flags.String("rebuilt", "", "`directory` with the files of another build of the same tag")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *version == "" || flags.NArg() != 1 {
		return errors.New("usage: release verify -version VERSION [-key FILE] [-rebuilt DIRECTORY] DIRECTORY")
	}
	l := layout{directory: flags.Arg(0), version: *version}
	if err := verifySignature(ctx, *key, l); err != nil {
		return err
	}
	if err := l.verify(); err != nil {
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

// verifySignature verifies the detached signature of the checksums with exactly one key.
func verifySignature(ctx context.Context, key string, l layout) error {
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
	if _, err := gpg.run(ctx, "gpg", "--batch", "--no-autostart", "--import", key); err != nil {
		return err
	}
	_, err = gpg.run(ctx, "gpg", "--batch", "--no-autostart", "--verify", l.path(l.sums()+".sig"), l.path(l.sums()))
	return err
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
