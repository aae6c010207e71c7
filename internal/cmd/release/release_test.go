// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

func TestPlatforms_matchTheConfiguration(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../.goreleaser.yml")
	if err != nil {
		t.Fatal(err)
	}
	var configured []string
	for _, target := range regexp.MustCompile(`(?m)^      - ((?:darwin|freebsd|linux|windows)_\w+)$`).FindAllStringSubmatch(string(text), -1) {
		configured = append(configured, strings.TrimSuffix(target[1], "_6"))
	}
	if !slices.Equal(configured, platforms) {
		t.Errorf("%v is configured, %v is checked", configured, platforms)
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	const bsd = "Redistribution and use in source and binary forms, with or without modification, are permitted. "
	for name, c := range map[string]struct{ text, want string }{
		"MIT":                 {"Permission is hereby granted, free of charge, to any person. THE SOFTWARE IS PROVIDED \"AS IS\"", "MIT"},
		"BSD-2":               {bsd, "BSD-2-Clause"},
		"BSD-3":               {bsd + "Neither the name may be used to endorse or promote products\nderived from it", "BSD-3-Clause"},
		"BSD-4":               {bsd + "All advertising materials must name us. endorse or promote products derived", ""},
		"BSD-4, shorter":      {bsd + "All advertising materials must name us.", ""},
		"Apache":              {"Apache License\n   Version 2.0, January 2004", "Apache-2.0"},
		"MPL":                 {"Mozilla Public License Version 2.0. Secondary License means the GNU General Public License", "MPL-2.0"},
		"GPL":                 {"GNU GENERAL PUBLIC LICENSE Version 3", ""},
		"MIT, but also AGPL":  {"Permission is hereby granted, free of charge. THE SOFTWARE IS PROVIDED \"AS IS\". Or: GNU Affero", ""},
		"source available":    {"Business Source License 1.1", ""},
		"nothing of the kind": {"All rights reserved.", ""},
	} {
		if got := classify(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if _, err := licenseOf(t.TempDir()); !errors.Is(err, errNoLicense) {
		t.Error(err)
	}
}

func TestFacts_compare(t *testing.T) {
	t.Parallel()
	last := facts{Version: "0.1.0", Modules: []string{"a", "b"}, Bytes: map[string]int{"linux_amd64": 1000}}
	for name, c := range map[string]struct {
		now  facts
		want string
	}{
		"the same":   {last, ""},
		"less":       {facts{Modules: []string{"a"}, Bytes: map[string]int{"linux_amd64": 900}}, ""},
		"a bit more": {facts{Modules: last.Modules, Bytes: map[string]int{"linux_amd64": 1050}}, ""},
		"a platform": {facts{Modules: last.Modules, Bytes: map[string]int{"linux_arm": 5000}}, ""},
		"larger":     {facts{Modules: last.Modules, Bytes: map[string]int{"linux_amd64": 1051}}, "linux_amd64 grew"},
		"a module":   {facts{Modules: []string{"a", "c"}, Bytes: last.Bytes}, "c is linked now"},
	} {
		got := errors.Join(c.now.compare(last)...)
		if (got == nil) != (c.want == "") || got != nil && !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, got, c.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	good, bad := result{row: row{name: "good"}}, result{row: row{name: "bad"}, err: errors.New("broken")}
	left := result{row: row{name: "left"}, err: notRun("no gpg")}
	for name, c := range map[string]struct {
		results []result
		strict  bool
		fails   bool
	}{
		"all good":               {[]result{good}, true, false},
		"one failed":             {[]result{good, bad}, false, true},
		"one not run":            {[]result{good, left}, false, false},
		"one left out, strictly": {[]result{good, {err: errLeftOut}}, true, false},
		"one not run, strictly":  {[]result{good, left}, true, true},
	} {
		if err := verdict(c.results, c.strict); (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
		}
	}
	var table strings.Builder
	show(&table, []result{good, bad, left})
	for _, want := range []string{"good", "ok", "FAILED", "broken", "not run", "no gpg"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("%q is not in\n%s", want, table.String())
		}
	}
}

// made creates a release that contains this command as the provider, which works like any
// other binary.
func made(t *testing.T) layout {
	t.Helper()
	l := layout{directory: t.TempDir(), version: "1.2.3"}
	program := filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	l.pack(t, map[string][]byte{l.executable("linux_amd64"): content, "LICENSE": []byte("free")})
	return l
}

func (l layout) pack(t *testing.T, files map[string][]byte) {
	t.Helper()
	out, err := os.Create(l.path(l.archive("linux_amd64")))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	for name, content := range files {
		header := &zip.FileHeader{Name: name}
		header.SetMode(0o755)
		entry, err := w.CreateHeader(header)
		if err == nil {
			_, err = entry.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestMaterials_describeTheArchive(t *testing.T) {
	t.Parallel()
	l := made(t)
	out := l.path(l.materials("linux_amd64"))
	arguments := []string{"sbom", "-created", "2026-11-23T00:00:00Z", "-version", l.version, "-out", out, l.path(l.archive("linux_amd64"))}
	if err := run(t.Context(), arguments, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.verifyArchive("linux_amd64"), l.verifyMaterials("linux_amd64")); err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), arguments, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(out); err != nil || string(again) != string(first) {
		t.Errorf("the second document differs: %v", err)
	}
	var d document
	if err := json.Unmarshal(first, &d); err != nil || d.Version != "SPDX-2.3" || d.Creation.Created != "2026-11-23T00:00:00Z" || len(d.Packages) != 3 || d.Relationships[0].Type != "DESCRIBES" {
		t.Errorf("%+v %v", d, err)
	}
}

// A bill of materials names exactly what is linked: neither less nor more, and nothing that
// only some readers see.
func TestAttack_materials(t *testing.T) {
	t.Parallel()
	l := made(t)
	out := l.path(l.materials("linux_amd64"))
	arguments := []string{"sbom", "-created", "2026-11-23T00:00:00Z", "-version", l.version, "-out", out, l.path(l.archive("linux_amd64"))}
	if err := run(t.Context(), arguments, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := l.verifyMaterials("linux_amd64"); err != nil {
		t.Fatal(err)
	}
	good := read(t, out)
	edited := func(edit func(d *document)) string {
		var d document
		if err := json.Unmarshal([]byte(good), &d); err != nil {
			t.Fatal(err)
		}
		edit(&d)
		text, err := d.text()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	pkg := func(d *document, name string) *pack {
		return &d.Packages[slices.IndexFunc(d.Packages, func(p pack) bool { return p.Name == name })]
	}
	for name, c := range map[string]struct{ text, want string }{
		"module that is added": {edited(func(d *document) { d.Packages = append(d.Packages, pack{Name: "example.com/x", Version: "v1.0.0"}) }), "names [example.com/x@v1.0.0]"},
		"module that is listed": {edited(func(d *document) {
			d.Packages = append(d.Packages, pack{Name: "example.com/x", Version: "v1.0.0", Source: moduleSource + "h1:x", Declared: "MIT"})
		}), "names [example.com/x@v1.0.0]"},
		"package that is twice": {edited(func(d *document) { d.Packages = append(d.Packages, *pkg(d, "stdlib")) }), "names [stdlib@"},
		"no standard library":   {edited(func(d *document) { d.Packages = d.Packages[:2] }), "does not name [stdlib@"},
		"another library":       {edited(func(d *document) { pkg(d, "stdlib").Version = "1.0" }), "does not name [stdlib@"},
		"another sum":           {edited(func(d *document) { d.Packages[1].Checksums[0].Value = strings.Repeat("0", 64) }), "differs from"},
		"another locator":       {edited(func(d *document) { pkg(d, "stdlib").References[0].Locator = "pkg:golang/stdlib@1.0" }), "differs from"},
		"no relationships":      {edited(func(d *document) { d.Relationships = nil }), "differs from"},
		"no date":               {edited(func(d *document) { d.Creation.Created = "today" }), "cannot parse"},
		"unknown field":         {strings.Replace(good, "{", `{"files": [],`, 1), "differs from"},
		"repeated field":        {strings.Replace(good, "{", `{"name": "x",`, 1), "differs from"},
	} {
		write(t, out, c.text)
		if err := l.verifyMaterials("linux_amd64"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a refusal with %q", name, err, c.want)
		}
	}
}

// The modules of a binary are compared with their versions, sums and licenses.
func TestAttack_modulesOfTheMaterials(t *testing.T) {
	t.Parallel()
	linked := module{"example.com/a", "v1.0.0", "h1:a"}
	b := binary{name: "program", info: &debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{{Path: linked.Path, Version: linked.Version, Sum: linked.Sum}}}}
	describe := func(b binary, licenses map[module]string) document {
		return b.describe("archive", nil, "1.2.3", "2026-11-23T00:00:00Z", licenses)
	}
	want := describe(b, map[module]string{linked: "MIT"})
	if got := want.licenses(); len(got) != 1 || got[linked] != "MIT" {
		t.Errorf("the licenses are %v", got)
	}
	if got := describe(b, map[module]string{linked: "GPL-3.0"}).licenses(); len(got) > 0 {
		t.Errorf("the licenses %v are accepted", got)
	}
	if err := want.samePackages(want); err != nil {
		t.Error(err)
	}
	less := b
	less.info = &debug.BuildInfo{GoVersion: "go1.26.8"}
	refused(t, want.samePackages(describe(less, nil)), "does not name [example.com/a@v1.0.0]")
	refused(t, describe(less, nil).samePackages(want), "names [example.com/a@v1.0.0], which its archive does not contain")
	newer := b
	newer.info = &debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{{Path: linked.Path, Version: "v1.0.1", Sum: linked.Sum}}}
	refused(t, want.samePackages(describe(newer, nil)), "does not name [example.com/a@v1.0.0]")
}

func TestLayout_findsErrors(t *testing.T) {
	t.Parallel()
	l := made(t)
	if err := l.verifyArchive("linux_amd64"); err != nil {
		t.Fatal(err)
	}
	b, err := unpack(l.path(l.archive("linux_amd64")))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.built("darwin_arm64"); err == nil {
		t.Error("a binary for Linux is accepted as one for macOS")
	}
	for name, files := range map[string]map[string][]byte{
		"another name":  {"terraform-provider-ram": b.content, "LICENSE": nil},
		"no license":    {l.executable("linux_amd64"): b.content},
		"one file more": {l.executable("linux_amd64"): b.content, "LICENSE": nil, "notes": nil},
		"no program":    {l.executable("linux_amd64"): []byte("#!/bin/sh"), "LICENSE": nil},
	} {
		l.pack(t, files)
		if err := l.verifyArchive("linux_amd64"); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	if err := l.verify(manifestFile); err == nil {
		t.Error("a directory without checksums is accepted")
	}
	if err := checkManifest(manifestFile); err != nil {
		t.Error(err)
	}
}

// Uncommitted files are not in the builds.
func TestCommit_uncommittedFiles(t *testing.T) {
	t.Parallel()
	needs(t, "git")
	r := newRepository(t)
	c := &checkup{root: r.directory, log: io.Discard, strict: true}
	if _, err := c.commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(r.directory, "new.go"), "")
	_, err := c.commit(t.Context())
	refused(t, err, "not committed")
	c.strict = false
	if found, err := c.commit(t.Context()); err != nil || !strings.Contains(found, "1 files are not committed") {
		t.Errorf("%q %v", found, err)
	}
}
