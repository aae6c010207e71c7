// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// license is a license, recognized by words that only its text contains.
type license struct {
	id      string // SPDX id
	phrases []string
	without []string
}

// licenses are the licenses of modules that may be linked. Each allows what MPL-2.0 allows.
// Any other license fails the check, so that a person reads it first.
var licenses = []license{
	{id: "Apache-2.0", phrases: []string{"apache license", "version 2.0"}},
	{id: "MPL-2.0", phrases: []string{"mozilla public license version 2.0"}},
	{id: "MPL-2.0", phrases: []string{"mozilla public license, version 2.0"}},
	{id: "BSD-3-Clause", phrases: []string{"redistribution and use in source and binary forms", "endorse or promote products derived"}, without: []string{"all advertising materials"}},
	{id: "BSD-2-Clause", phrases: []string{"redistribution and use in source and binary forms"}, without: []string{"endorse or promote", "all advertising materials"}},
	{id: "MIT", phrases: []string{"permission is hereby granted, free of charge", "the software is provided \"as is\""}},
	{id: "ISC", phrases: []string{"permission to use, copy, modify, and/or distribute this software for any purpose"}},
}

func allowedLicense(id string) bool {
	return slices.ContainsFunc(licenses, func(l license) bool { return l.id == id })
}

// forbidden are words of licenses whose conditions would apply to distributors of the
// provider.
var forbidden = []string{"gnu general public license", "gnu affero", "gnu lesser", "server side public license", "business source license"}

var errNoLicense = errors.New("no file names its license")

// licenseOf returns the license of the source in a directory.
func licenseOf(directory string) (string, error) {
	files, err := os.ReadDir(directory)
	if err != nil {
		return "", err
	}
	for _, file := range files {
		name := strings.ToLower(file.Name())
		if file.IsDir() || !strings.HasPrefix(name, "license") && !strings.HasPrefix(name, "licence") && !strings.HasPrefix(name, "copying") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(directory, file.Name()))
		if err != nil {
			return "", err
		}
		id := classify(string(text))
		if id == "" {
			return "", fmt.Errorf("%s is none of the licenses that may be linked", file.Name())
		}
		return id, nil
	}
	return "", errNoLicense
}

// classify returns the SPDX id of a license text, or "" if it does not know the license.
func classify(text string) string {
	plain := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, l := range licenses {
		holds := func(phrase string) bool { return strings.Contains(plain, phrase) }
		missing := func(phrase string) bool { return !holds(phrase) }
		if slices.ContainsFunc(l.phrases, missing) || slices.ContainsFunc(l.without, holds) {
			continue
		}
		// The text of MPL-2.0 mentions the GNU licenses as secondary licenses.
		if l.id != "MPL-2.0" && slices.ContainsFunc(forbidden, holds) {
			return ""
		}
		return l.id
	}
	return ""
}

// licensed returns the license of each module.
func licensed(ctx context.Context, modules []module) (map[module]string, error) {
	found := map[module]string{}
	var problems []error
	for _, m := range modules {
		directory, err := m.directory(ctx)
		if err != nil {
			return nil, err
		}
		id, err := licenseOf(directory)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", m.Path, err))
			continue
		}
		found[m] = id
	}
	return found, errors.Join(problems...)
}
