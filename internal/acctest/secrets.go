// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/quotedprintable"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// shortestSecret is the minimum length of a secret that is searched for. Shorter secrets would match by chance.
const shortestSecret = 8

// spellings returns the forms in which a secret may leak (LOG-03).
func spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret) // a string can always be encoded
	var printable bytes.Buffer
	w := quotedprintable.NewWriter(&printable)
	_, _ = w.Write([]byte(secret)) // writes to memory
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

// FindSecret returns the forms in which a text contains a secret, each with the preceding text. It does not return
// the secret.
func FindSecret(text []byte, secret string) (found []string) {
	if len(secret) < shortestSecret {
		return nil
	}
	forms := spellings(secret)
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		if at := bytes.Index(text, []byte(forms[form])); at >= 0 {
			found = append(found, fmt.Sprintf("%s, after %q", form, text[max(at-40, 0):at]))
		}
	}
	return found
}

// FindSecrets returns which secrets a text contains, and in which forms.
func FindSecrets(text string, secrets []string) (found []string) {
	for i, secret := range secrets {
		for _, form := range FindSecret([]byte(text), secret) {
			found = append(found, fmt.Sprintf("secret %d, %s", i+1, form))
		}
	}
	return found
}

// ScanFiles searches all files in a directory for a secret, including the contents of zip files such as a saved plan.
// It ignores main.tf, which the caller wrote, and the files for which skip returns true.
func ScanFiles(directory, secret string, skip func(path string) bool) (found []string, err error) {
	err = filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == configurationFile || skip != nil && skip(path) {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, form := range FindSecret(append(content, unzip(content)...), secret) {
			found = append(found, path+": "+form)
		}
		return nil
	})
	return found, err
}

// unzip returns the concatenated contents of a zip file, or nothing if it is not a zip file. It omits the
// configuration in a saved plan, as ScanFiles omits main.tf.
func unzip(content []byte) (all []byte) {
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
		part, _ := io.ReadAll(io.LimitReader(reader, 64<<20)) // a damaged file is searched as far as it is readable
		_ = reader.Close()
		all = append(all, part...)
	}
	return all
}
