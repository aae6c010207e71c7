// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// sbom writes the software bill of materials of one archive as SPDX 2.3. The output for an
// archive is always the same.
func sbom(ctx context.Context, arguments []string, _, progress io.Writer) error {
	flags := flag.NewFlagSet("release sbom", flag.ContinueOnError)
	flags.SetOutput(progress)
	out := flags.String("out", "", "`file` to write")
	created := flags.String("created", "", "`time` of the commit (RFC 3339)")
	version := flags.String("version", "", "`version` of the release")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() != 1 || *out == "" || *created == "" || *version == "" {
		return errors.New("sbom wants -out, -created, -version and an archive")
	}
	d, err := materials(ctx, flags.Arg(0), *version, *created)
	if err != nil {
		return err
	}
	text, err := d.text()
	if err != nil {
		return err
	}
	return os.WriteFile(*out, text, 0o600)
}

type document struct {
	Version       string         `json:"spdxVersion"`
	License       string         `json:"dataLicense"`
	ID            string         `json:"SPDXID"`
	Name          string         `json:"name"`
	Namespace     string         `json:"documentNamespace"`
	Creation      creation       `json:"creationInfo"`
	Packages      []pack         `json:"packages"`
	Relationships []relationship `json:"relationships"`
}

type creation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type pack struct {
	ID         string      `json:"SPDXID"`
	Name       string      `json:"name"`
	Version    string      `json:"versionInfo"`
	Supplier   string      `json:"supplier"`
	Location   string      `json:"downloadLocation"`
	Analyzed   bool        `json:"filesAnalyzed"`
	Checksums  []sum       `json:"checksums,omitempty"`
	Source     string      `json:"sourceInfo,omitempty"`
	Concluded  string      `json:"licenseConcluded"`
	Declared   string      `json:"licenseDeclared"`
	Copyright  string      `json:"copyrightText"`
	References []reference `json:"externalRefs,omitempty"`
}

type sum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type reference struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type relationship struct {
	Element string `json:"spdxElementId"`
	Type    string `json:"relationshipType"`
	Related string `json:"relatedSpdxElement"`
}

const unasserted = "NOASSERTION"

// materials describes an archive with the licenses of its modules.
func materials(ctx context.Context, archive, version, created string) (document, error) {
	packed, err := os.ReadFile(archive)
	if err != nil {
		return document{}, err
	}
	b, err := unpack(archive)
	if err != nil {
		return document{}, err
	}
	licenses, err := licensed(ctx, b.modules())
	if err != nil {
		return document{}, err
	}
	return b.describe(filepath.Base(archive), packed, version, created, licenses), nil
}

// describe describes an archive: the archive itself, its binary, and the modules and the
// standard library that were linked into the binary.
func (b binary) describe(name string, packed []byte, version, created string, licenses map[module]string) document {
	own := b.info.Main.Path
	download := "https://" + own + "/releases/download/v" + version + "/"
	d := document{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: name,
		Namespace: download + name + ".spdx.json#" + hexSum(packed),
		Creation:  creation{Created: created, Creators: []string{"Organization: The " + project + " authors", "Tool: " + own + "/internal/cmd/release"}},
		Packages: []pack{
			{
				ID: "SPDXRef-archive", Name: name, Version: version, Supplier: unasserted, Location: download + name,
				Checksums: []sum{{Algorithm: "SHA256", Value: hexSum(packed)}}, Concluded: "MPL-2.0", Declared: "MPL-2.0", Copyright: unasserted,
			},
			{
				ID: "SPDXRef-binary", Name: b.name, Version: version, Supplier: unasserted, Location: download + name,
				Checksums: []sum{{Algorithm: "SHA256", Value: hexSum(b.content)}}, Concluded: "MPL-2.0", Declared: "MPL-2.0", Copyright: unasserted,
				References: locators("pkg:golang/" + own + "@v" + version),
			},
			{
				ID: "SPDXRef-std", Name: "stdlib", Version: strings.TrimPrefix(b.info.GoVersion, "go"), Supplier: "Organization: The Go authors",
				Location: "https://go.dev/dl/", Concluded: "BSD-3-Clause", Declared: "BSD-3-Clause", Copyright: unasserted,
				References: locators("pkg:golang/stdlib@" + strings.TrimPrefix(b.info.GoVersion, "go")),
			},
		},
		Relationships: []relationship{
			{Element: "SPDXRef-DOCUMENT", Type: "DESCRIBES", Related: "SPDXRef-archive"},
			{Element: "SPDXRef-archive", Type: "CONTAINS", Related: "SPDXRef-binary"},
			{Element: "SPDXRef-binary", Type: "STATIC_LINK", Related: "SPDXRef-std"},
		},
	}
	for i, m := range b.modules() {
		id := fmt.Sprintf("SPDXRef-module-%d", i)
		d.Packages = append(d.Packages, pack{
			ID: id, Name: m.Path, Version: m.Version, Supplier: unasserted, Location: unasserted,
			Source: moduleSource + m.Sum, Concluded: licenses[m], Declared: licenses[m], Copyright: unasserted,
			References: locators("pkg:golang/" + strings.ToLower(m.Path) + "@" + m.Version),
		})
		d.Relationships = append(d.Relationships, relationship{Element: "SPDXRef-binary", Type: "STATIC_LINK", Related: id})
	}
	return d
}

// text returns the document as it is published.
func (d document) text() ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	return append(text, '\n'), err
}

// moduleSource is what a package says about the checksum of its module.
const moduleSource = "go.sum "

// licenses returns the licenses that a document declares for modules.
func (d document) licenses() map[module]string {
	found := map[module]string{}
	for _, p := range d.Packages {
		if sum, isModule := strings.CutPrefix(p.Source, moduleSource); isModule && allowedLicense(p.Declared) {
			found[module{p.Name, p.Version, sum}] = p.Declared
		}
	}
	return found
}

// samePackages compares the packages of a published document with those that it should name.
func (d document) samePackages(published document) error {
	want, got := d.count(), published.count()
	if missing := want.without(got); len(missing) > 0 {
		return fmt.Errorf("does not name %v", missing)
	}
	if extra := got.without(want); len(extra) > 0 {
		return fmt.Errorf("names %v, which its archive does not contain", extra)
	}
	return nil
}

// counts is how often a document names each package.
type counts map[string]int

// without returns the packages that occur less often in the other document.
func (c counts) without(other counts) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if other[name] < c[name] {
			names = append(names, name)
		}
	}
	return names
}

func (d document) count() counts {
	found := counts{}
	for _, p := range d.Packages {
		found[p.Name+"@"+p.Version]++
	}
	return found
}

func locators(purl string) []reference {
	return []reference{{Category: "PACKAGE-MANAGER", Type: "purl", Locator: purl}}
}

func hexSum(content []byte) string {
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:])
}
