// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// facts are the size and the dependencies of a release. facts.json contains those of the
// last release. A larger value, or one above the tolerance, must be recorded by a person.
type facts struct {
	Version string         `json:"version"`
	Go      string         `json:"go"`
	Modules []string       `json:"modules"` // linked on any platform
	Bytes   map[string]int `json:"bytes"`   // size of the binary by platform
}

// sizeTolerance is the percentage by which a binary may grow without being recorded.
const sizeTolerance = 5

// weigh returns the facts of the archives that goreleaser created.
func weigh(dist, version string) (facts, []module, error) {
	f := facts{Version: version, Bytes: map[string]int{}}
	paths, err := archives(dist)
	if err != nil {
		return f, nil, err
	}
	linked := map[string]module{}
	for _, archive := range paths {
		b, err := unpack(archive)
		if err != nil {
			return f, nil, err
		}
		f.Go = b.info.GoVersion
		f.Bytes[platformOf(archive, version)] = len(b.content)
		for _, m := range b.modules() {
			linked[m.Path] = m
		}
	}
	f.Modules = slices.Sorted(maps.Keys(linked))
	var modules []module
	for _, path := range f.Modules {
		modules = append(modules, linked[path])
	}
	return f, modules, nil
}

func platformOf(archive, version string) string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(archive), project+"_"+version+"_"), ".zip")
}

// compare returns an error for everything that grew.
func (f facts) compare(last facts) (problems []error) {
	for _, path := range f.Modules {
		if !slices.Contains(last.Modules, path) {
			problems = append(problems, fmt.Errorf("%s is linked now, and was not in %s", path, last.Version))
		}
	}
	for _, platform := range slices.Sorted(maps.Keys(f.Bytes)) {
		now, before := f.Bytes[platform], last.Bytes[platform]
		if before > 0 && now*100 > before*(100+sizeTolerance) {
			problems = append(problems, fmt.Errorf("%s grew from %s to %s, by more than %d percent", platform, mebibytes(before), mebibytes(now), sizeTolerance))
		}
	}
	return problems
}

// summary returns the facts in one line.
func (f facts) summary(last facts) string {
	const shown = "linux_amd64"
	return fmt.Sprintf("%d modules (last %d), %s %s (last %s), %s", len(f.Modules), len(last.Modules), shown, mebibytes(f.Bytes[shown]), mebibytes(last.Bytes[shown]), f.Go)
}

func mebibytes(n int) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func readFacts(file string) (facts, error) {
	var f facts
	text, err := os.ReadFile(file)
	if err != nil {
		return f, fmt.Errorf("cannot read the facts of the last release: %w", err)
	}
	return f, json.Unmarshal(text, &f)
}

func (f facts) write(file string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}

var errGrown = errors.New("to accept it: make release-check ARGS=-record, and commit the file")
