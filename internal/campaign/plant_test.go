// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a planted bug changes stands in the code, once, and the test that is named for
// it is there; otherwise the list has rotted.
func TestPlants_areThere(t *testing.T) {
	t.Parallel()
	list, err := plants()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Errorf("there are only %d", len(list))
	}
	seen, tests := map[string]bool{}, map[string]string{}
	for _, p := range list {
		if seen[p.Name] || p.Old == p.New || !regexp.MustCompile(`^[A-Z]+-\d\d$`).MatchString(p.Promise) {
			t.Errorf("%q is there twice, changes nothing, or breaks no promise: %q", p.Name, p.Promise)
		}
		seen[p.Name] = true
		if _, err := p.overlaid("../..", t.TempDir()); err != nil {
			t.Error(err)
		}
		of, test := p.expected()
		if tests[of] == "" {
			tests[of] = testsOf(t, filepath.Join("../..", of))
		}
		if test == "" || !strings.Contains(tests[of], "\nfunc "+test+"(") {
			t.Errorf("%q is to be noticed by %q, which is not there", p.Name, p.By)
		}
	}
}

// testsOf is the code of all tests in a directory.
func testsOf(t *testing.T, directory string) (code string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(directory, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code += string(text)
	}
	return code
}

// smallRepository is one with the packages in which bugs are planted.
func smallRepository(t *testing.T) *Options {
	t.Helper()
	root := t.TempDir()
	test := func(name, condition string) string {
		return "\nfunc " + name + "(t *testing.T) {\n\tif " + condition + " {\n\t\tt.Fail()\n\t}\n}\n"
	}
	for name, code := range map[string]string{
		"go.mod":                 "module example.com/small\n\ngo 1.26\n",
		"internal/ram/a.go":      "package ram\n\nfunc Three() int { return 3 }\n\nfunc Four() int { return 4 }\n\nfunc Five() int { return 5 }\n",
		"internal/provider/a.go": "package provider\n",
		"internal/campaign/a.go": "package campaign\n",
		"internal/ram/a_test.go": "package ram\n\nimport \"testing\"\n" +
			test("TestThree", "Three() != 3") + test("TestFour", "Four() < 4") + test("TestSmall", "Three() > 9"),
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &Options{Root: root, Temp: t.TempDir()}
}

func bugIn(old, changed, by string) plant {
	return plant{Name: changed + " for " + old, Promise: "TEST-03", File: "internal/ram/a.go", Old: old, New: changed, By: by}
}

// A bug that its own test notices, one that only another test notices, and one that
// nobody notices are told apart, and the last is forbidden.
func TestPlanting_tellsWhoNotices(t *testing.T) {
	t.Parallel()
	p := &planting{Options: smallRepository(t), tests: newFigures("plants"), list: []plant{
		bugIn("return 3", "return 2", "ram.TestThree"),
		bugIn("return 4", "return 3", "ram.TestSmall"),
		bugIn("return 5", "return 4", "ram.TestFour"),
	}}
	if err := p.play(t.Context()); err != nil {
		t.Fatal(err)
	}
	if counts := p.tests.counts; len(counts) != 2 || counts["survived"] != 1 || counts["killed by the tests of ./internal/ram"] != 2 {
		t.Errorf("counted: %v", counts)
	}
	for _, line := range []figure{
		{"planted bugs", "3"},
		{"noticed by the one test that is named for it", "1"},
		{`ram.TestSmall misses "return 3 for return 4"`, "but TestFour"},
	} {
		if !slices.Contains(p.tests.lines, line) {
			t.Errorf("%v is not in %v", line, p.tests.lines)
		}
	}
	if wrong := p.tests.wrong; len(wrong) != 1 || !strings.HasPrefix(wrong[0].What, `no test notices the planted bug "return 4 for return 5", which breaks TEST-03`) {
		t.Errorf("forbidden: %v", wrong)
	}
}

// A list that has rotted, a bug that is no Go, and a test that fails without a bug end
// the piece: nothing may be counted then.
func TestPlanting_judgesNothingThatIsBroken(t *testing.T) {
	t.Parallel()
	o := smallRepository(t)
	for _, test := range []struct {
		bug  plant
		says string
		is   error
	}{
		{bugIn("return 3", "return", "ram.TestThree"), "does not compile", errNotBuilt},
		{bugIn("return 9", "return 1", "ram.TestThree"), "stands 0 times", nil},
		{bugIn("func ", "func  ", "ram.TestThree"), "stands 3 times", nil},
	} {
		p := &planting{Options: o, tests: newFigures("plants"), list: []plant{test.bug}}
		err := p.play(t.Context())
		if err == nil || !strings.Contains(err.Error(), test.says) || test.is != nil && !errors.Is(err, test.is) || len(p.tests.counts) != 0 {
			t.Errorf("%s: %v, and %d were counted", test.bug.Name, err, len(p.tests.counts))
		}
	}
	ill := "package ram\n\nimport \"testing\"\n\nfunc TestThree(t *testing.T) { t.Fail() }\n"
	if err := os.WriteFile(filepath.Join(o.Root, "internal", "ram", "a_test.go"), []byte(ill), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &planting{Options: o, tests: newFigures("plants"), list: []plant{bugIn("return 3", "return 2", "ram.TestThree")}}
	if err := p.play(t.Context()); err == nil || !strings.Contains(err.Error(), "fail without a planted bug") || len(p.tests.counts) != 0 {
		t.Errorf("a test that fails anyway: %v, and %d were counted", err, len(p.tests.counts))
	}
}
