// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a planted bug changes stands in the code, once; otherwise the list has rotted.
func TestPlants_areThere(t *testing.T) {
	t.Parallel()
	list, err := plants()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Errorf("there are only %d", len(list))
	}
	seen := map[string]bool{}
	for _, p := range list {
		if seen[p.Name] || p.Old == p.New || !regexp.MustCompile(`^[A-Z]+-\d\d$`).MatchString(p.Promise) {
			t.Errorf("%q is there twice, changes nothing, or breaks no promise: %q", p.Name, p.Promise)
		}
		seen[p.Name] = true
		if _, err := p.overlaid("../..", t.TempDir()); err != nil {
			t.Error(err)
		}
	}
}

// A list that has rotted, a bug that is no Go, one that is noticed and one that is not are told apart.
func TestPlant_isKilledOrSurvives(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, code := range map[string]string{
		"go.mod":                      "module example.com/small\n\ngo 1.26\n",
		"internal/ram/a.go":           "package ram\n\nfunc Three() int { return 3 }\n\nfunc Four() int { return 4 }\n",
		"internal/ram/a_test.go":      "package ram\n\nimport \"testing\"\n\nfunc TestThree(t *testing.T) {\n\tif Three() != 3 {\n\t\tt.Fail()\n\t}\n}\n",
		"internal/provider/a.go":      "package provider\n",
		"internal/campaign/a.go":      "package campaign\n",
		"internal/campaign/a_test.go": "package campaign\n\nimport \"testing\"\n\nfunc TestSweep(t *testing.T) {}\n",
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := &Options{Root: root}
	for _, test := range []struct {
		old, new, killer string
		broken           error
	}{
		{"return 3", "return 4", "./internal/ram", nil},
		{"return 4", "return 5", "", nil},
		{"return 3", "return", "", errNotBuilt},
	} {
		killer, err := plant{Name: "x", File: "internal/ram/a.go", Old: test.old, New: test.new}.killer(t.Context(), o, t.TempDir())
		if killer != test.killer || !errors.Is(err, test.broken) {
			t.Errorf("%s for %s: %q, %v", test.new, test.old, killer, err)
		}
	}
	if _, err := (plant{Name: "x", File: "internal/ram/a.go", Old: "return 9"}).killer(t.Context(), o, t.TempDir()); err == nil || !strings.Contains(err.Error(), "0 times") {
		t.Errorf("a list that has rotted: %v", err)
	}
}
