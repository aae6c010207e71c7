// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// platforms are those of .goreleaser.yml. A release without one of them fails on that
// platform.
var platforms = []string{
	"darwin_amd64", "darwin_arm64",
	"freebsd_386", "freebsd_amd64", "freebsd_arm", "freebsd_arm64",
	"linux_386", "linux_amd64", "linux_arm", "linux_arm64",
	"windows_386", "windows_amd64", "windows_arm64",
}

const protocol = "6.0"

// layout is the files of one release, named as in the registries.
type layout struct{ directory, version string }

func (l layout) path(name string) string    { return filepath.Join(l.directory, name) }
func (l layout) sums() string               { return project + "_" + l.version + "_SHA256SUMS" }
func (l layout) manifest() string           { return project + "_" + l.version + "_manifest.json" }
func (l layout) archive(of string) string   { return project + "_" + l.version + "_" + of + ".zip" }
func (l layout) materials(of string) string { return l.archive(of) + ".spdx.json" }
func (l layout) executable(of string) string {
	name := project + "_v" + l.version
	if strings.HasPrefix(of, "windows") {
		name += ".exe"
	}
	return name
}

// verify checks a directory with all files of a release. The manifest is that of the
// repository.
func (l layout) verify(manifest string) error {
	if err := l.verifySums(manifest); err != nil {
		return err
	}
	var problems []error
	for _, p := range platforms {
		problems = append(problems, l.verifyArchive(p), l.verifyMaterials(p))
	}
	return errors.Join(problems...)
}

// verifySums checks that the checksum file contains exactly the files of the release, that
// each checksum is correct, and that the manifest is that of the repository.
func (l layout) verifySums(manifest string) error {
	listed, err := l.readSums()
	if err != nil {
		return err
	}
	wanted := []string{l.manifest()}
	for _, p := range platforms {
		wanted = append(wanted, l.archive(p), l.materials(p))
	}
	slices.Sort(wanted)
	if got := slices.Sorted(maps.Keys(listed)); !slices.Equal(got, wanted) {
		return fmt.Errorf("%s lists %v, want %v", l.sums(), got, wanted)
	}
	problems := []error{l.unlisted(listed), l.sameManifest(manifest)}
	for _, name := range wanted {
		content, err := os.ReadFile(l.path(name))
		if err != nil {
			return err
		}
		if hexSum(content) != listed[name] {
			problems = append(problems, fmt.Errorf("%s does not have the sum that %s lists", name, l.sums()))
		}
	}
	return errors.Join(problems...)
}

// sumPattern is a line of a checksum file. Other forms of sha256sum(1), such as the escaped
// and the binary one, could name a file in two ways.
var sumPattern = regexp.MustCompile(`^([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)\n$`)

// readSums returns the checksums by file name. Each name occurs once.
func (l layout) readSums() (map[string]string, error) {
	text, err := os.ReadFile(l.path(l.sums()))
	if err != nil {
		return nil, err
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum := sumPattern.FindStringSubmatch(line)
		if sum == nil {
			return nil, fmt.Errorf("%s contains the line %q", l.sums(), line)
		}
		if listed[sum[2]] != "" {
			return nil, fmt.Errorf("%s lists %s twice", l.sums(), sum[2])
		}
		listed[sum[2]] = sum[1]
	}
	return listed, nil
}

// sameManifest compares the manifest of the release with that of the repository.
func (l layout) sameManifest(manifest string) error {
	if err := checkManifest(manifest); err != nil {
		return err
	}
	want, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	got, err := os.ReadFile(l.path(l.manifest()))
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s differs from %s", l.manifest(), manifest)
	}
	return nil
}

func checkManifest(file string) error {
	var m struct {
		Version  int
		Metadata struct {
			Protocols []string `json:"protocol_versions"`
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if m.Version != 1 || !slices.Equal(m.Metadata.Protocols, []string{protocol}) {
		return fmt.Errorf("%s says version %d and protocols %v, want 1 and %s", file, m.Version, m.Metadata.Protocols, protocol)
	}
	return nil
}

// verifyArchive checks that the archive contains the executable binary under its name, and
// the license.
func (l layout) verifyArchive(of string) error {
	files, err := zip.OpenReader(l.path(l.archive(of)))
	if err != nil {
		return err
	}
	defer files.Close() //nolint:errcheck // it was only read
	var names []string
	for _, file := range files.File {
		names = append(names, file.Name)
		if file.Name == l.executable(of) && file.Mode().Perm()&0o111 == 0 {
			return fmt.Errorf("%s: %s cannot be run", l.archive(of), file.Name)
		}
	}
	slices.Sort(names)
	if want := []string{"LICENSE", l.executable(of)}; !slices.Equal(names, want) {
		return fmt.Errorf("%s holds %v, want %v", l.archive(of), names, want)
	}
	b, err := unpack(l.path(l.archive(of)))
	if err != nil {
		return err
	}
	return b.built(of)
}

// built compares how a binary was built with its platform.
func (b binary) built(platform string) error {
	settings := map[string]string{}
	for _, s := range b.info.Settings {
		settings[s.Key] = s.Value
	}
	for key, want := range map[string]string{"-trimpath": "true", "CGO_ENABLED": "0", "vcs.revision": ""} {
		if settings[key] != want {
			return fmt.Errorf("%s was built with %s=%q, want %q", b.name, key, settings[key], want)
		}
	}
	if got := settings["GOOS"] + "_" + settings["GOARCH"]; got != platform {
		return fmt.Errorf("%s is for %s, want %s", b.name, got, platform)
	}
	return nil
}

// verifyMaterials compares a bill of materials with its archive: it names exactly the modules
// that the linker wrote into the binary (go version -m), and contains nothing else.
func (l layout) verifyMaterials(of string) error {
	text, err := os.ReadFile(l.path(l.materials(of)))
	if err != nil {
		return err
	}
	var got document
	if err := json.Unmarshal(text, &got); err != nil {
		return fmt.Errorf("%s: %w", l.materials(of), err)
	}
	packed, err := os.ReadFile(l.path(l.archive(of)))
	if err != nil {
		return err
	}
	b, err := unpack(l.path(l.archive(of)))
	if err != nil {
		return err
	}
	// The archive contains neither the date nor the licenses of the modules.
	created, err := time.Parse(time.RFC3339, got.Creation.Created)
	if err != nil {
		return fmt.Errorf("%s: %w", l.materials(of), err)
	}
	want := b.describe(l.archive(of), packed, l.version, created.Format(time.RFC3339), got.licenses())
	if err := want.samePackages(got); err != nil {
		return fmt.Errorf("%s %w", l.materials(of), err)
	}
	exact, err := want.text()
	if err == nil && !bytes.Equal(exact, text) {
		err = fmt.Errorf("%s differs from what its archive and the allowed licenses result in", l.materials(of))
	}
	return err
}
