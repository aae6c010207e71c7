// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretScan_findsEverySpelling(t *testing.T) {
	t.Parallel()
	const secret = `Tr0ub4dor/&3 "horse" staple`
	for form, spelling := range spellings(secret) {
		found := FindSecret([]byte("before "+spelling+" after"), secret)
		if len(found) == 0 {
			t.Errorf("the secret in the form %s was not found", form)
		}
		if strings.Contains(strings.Join(found, "\n"), spelling) {
			t.Errorf("the report contains the secret in the form %s", form)
		}
	}
	if found := FindSecret([]byte("short"), "short"); found != nil {
		t.Errorf("a text of five characters counts as a secret: %s", found)
	}
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, name := range []string{"tfstate", "tfconfig/main.tf"} {
		part, err := w.Create(name)
		if err == nil {
			_, err = fmt.Fprintf(part, `{%q:%q}`, name, secret)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	for name, content := range map[string][]byte{"plan.out": file.Bytes(), "main.tf": []byte(secret), "allowed": []byte(secret), "log": []byte(secret)} {
		if err := os.WriteFile(filepath.Join(directory, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := ScanFiles(directory, secret, func(path string) bool { return filepath.Base(path) == "allowed" })
	text := strings.Join(found, "\n")
	if err != nil || !strings.Contains(text, "plan.out") || !strings.Contains(text, "log") || strings.Contains(text, "main.tf") || strings.Contains(text, "allowed") {
		t.Errorf("found in %s, %v", text, err)
	}
}
