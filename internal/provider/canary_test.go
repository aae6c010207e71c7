// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/quotedprintable"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// spellings are the forms in which a secret may leak (LOG-03).
func spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	var printable bytes.Buffer
	w := quotedprintable.NewWriter(&printable)
	_, _ = w.Write([]byte(secret))
	_ = w.Close()
	forms := map[string]string{
		"as it is":         secret,
		"URL-encoded":      url.QueryEscape(secret),
		"JSON-escaped":     strings.Trim(string(quoted), `"`),
		"base64":           strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
		"hex":              hex.EncodeToString([]byte(secret)),
		"quoted-printable": printable.String(),
		"with slashes":     strings.ReplaceAll(secret, "/", `\/`),
	}
	if len(secret) >= 16 {
		forms["its first eight"] = secret[:8]
		forms["its last eight"] = secret[len(secret)-8:]
	}
	return forms
}

// findings tells in which forms a text holds a secret.
func findings(text []byte, secret string) (found []string) {
	for form, spelling := range spellings(secret) {
		if bytes.Contains(text, []byte(spelling)) {
			found = append(found, form)
		}
	}
	return found
}

// hunt looks for a secret wherever a run of the CLI leaves something: what was
// printed, and every file in the run's directory, which is its home and its
// temporary directory too; zip files, such as a plan, are looked into. Files of
// which allowed holds for the whole path are left out, and so is main.tf, which
// the test wrote itself. What the fake saw in URLs is looked at as well.
func (c *cli) hunt(srv *ramtest.Server, printed, secret string, allowed func(path string) bool) {
	c.t.Helper()
	if len(secret) < 8 {
		c.t.Fatalf("%q is too short to be looked for", secret)
	}
	for _, form := range findings([]byte(printed), secret) {
		c.t.Errorf("the secret was printed, %s:\n%s", form, printed)
	}
	for _, call := range srv.Calls() {
		for _, form := range findings([]byte(call.URL), secret) {
			c.t.Errorf("the secret is in a URL, %s: %s", form, call.URL)
		}
	}
	must(c.t, filepath.WalkDir(c.directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "main.tf" || allowed != nil && allowed(path) {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, form := range findings(append(content, unzipped(content)...), secret) {
			c.t.Errorf("the secret is in %s, %s", path, form)
		}
		return nil
	}))
}

// unzipped is what a zip file holds, one file after the other; nothing if it is none.
// The configuration that a plan carries is left out: the test wrote it.
func unzipped(content []byte) (all []byte) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil
	}
	for _, file := range archive.File {
		if strings.HasPrefix(file.Name, "tfconfig/") {
			continue
		}
		reader, err := file.Open()
		if err != nil {
			continue
		}
		part, _ := io.ReadAll(io.LimitReader(reader, 64<<20))
		_ = reader.Close()
		all = append(all, part...)
	}
	return all
}

// traced makes the CLI and the provider log everything they can, into a file that hunt looks into.
func (c *cli) traced() *cli {
	c.environment = append(c.environment, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(c.directory, "trace.log"))
	return c
}

// The hunt finds what it is meant to find.
func TestHunt_findsEverySpelling(t *testing.T) {
	t.Parallel()
	const secret = `Tr0ub4dor/&3 "horse" staple`
	for form, spelling := range spellings(secret) {
		if len(findings([]byte("before "+spelling+" after"), secret)) == 0 {
			t.Errorf("a secret %s is not found", form)
		}
	}
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	part, err := w.Create("tfstate")
	must(t, err)
	_, err = fmt.Fprintf(part, `{"secret":%q}`, secret)
	must(t, err)
	must(t, w.Close())
	if len(findings(unzipped(file.Bytes()), secret)) == 0 {
		t.Error("a secret inside a zip file is not found")
	}
}
