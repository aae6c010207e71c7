// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each listed mutant is in the code exactly once, and the test that has to detect it exists. A renamed
// function or a changed expression makes a mutant stale: correct its line in mutants.json.
func TestListed_areInTheCode(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a stale mutant matters to make mutants alone")
	}
	s, err := readSource("../..")
	if err != nil {
		t.Fatal(err)
	}
	all, err := readList()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 60 {
		t.Errorf("only %d mutants are listed", len(all))
	}
	seen, tests := map[string]bool{}, map[string]string{}
	for _, l := range all {
		if seen[l.Name] || l.Old == l.New || !regexp.MustCompile(`^[A-Z]+-\d\d$`).MatchString(l.Requirement) {
			t.Errorf("%q is listed twice, changes nothing, or breaks no requirement: %q", l.Name, l.Requirement)
		}
		seen[l.Name] = true
		m, err := l.mutant(s)
		if err != nil {
			t.Error(err)
			continue
		}
		code := slices.Concat(s.files[m.file][:m.start], []byte(m.replacement), s.files[m.file][m.end:])
		if _, err := format.Source(code); err != nil {
			t.Errorf("mutants.json: the mutant %q is no Go: %s", l.Name, err)
		}
		pkg, test, _ := strings.Cut(l.Test, ".")
		if tests[pkg] == "" {
			tests[pkg] = testsOf(t, filepath.Join("../../internal", pkg))
		}
		if test == "" || !strings.Contains(tests[pkg], "\nfunc "+test+"(") {
			t.Errorf("mutants.json: the test %q of the mutant %q does not exist", l.Test, l.Name)
		}
	}
}

// An accepted survivor is in the code, once, and has a reason.
func TestAccepted_areInTheCode(t *testing.T) {
	t.Parallel()
	s, err := readSource("../..")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := accepted()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, m := range derived(s, Rules(), true) {
		found[m.key()]++
	}
	for key, reason := range reasons {
		if found[key] != 1 || len(reason) < 20 {
			t.Errorf("accepted.json: %q is %d times in the code, not once, or its reason is too short: %q", key, found[key], reason)
		}
	}
}

// testsOf returns the code of all tests in a directory.
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

const smallCode = `package ram

import "errors"

// Client is one.
type Client struct{ most int }

// Delete refuses some numbers.
func (c *Client) Delete(n int) error {
	if n > c.most {
		return errors.New("too many to delete")
	}
	return nil
}

func three() int {
	return 3
}

func five() int { return 5 }
`

// smallRepository returns one with a package, and tests that detect part of the mutants.
func smallRepository(t *testing.T) Options {
	t.Helper()
	root := t.TempDir()
	for name, code := range map[string]string{
		"go.mod":                 "module example.com/small\n\ngo 1.26\n",
		"internal/ram/a.go":      smallCode,
		"internal/provider/b.go": "package provider\n",
		"internal/campaign/c.go": "package campaign\n",
		"internal/ram/a_test.go": `package ram

import "testing"

func TestThree(t *testing.T) {
	if three() != 3 {
		t.Fail()
	}
}

func TestSmall(t *testing.T) {
	if five() > 9 {
		t.Fail()
	}
}

func TestDelete(t *testing.T) {
	if (&Client{most: 3}).Delete(9) == nil {
		t.Fail()
	}
}
`,
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Options{Root: root, Temp: t.TempDir(), Seed: 7, Patience: 2 * time.Second}
}

func runSmall(t *testing.T, o Options, listed ...Listed) (map[string]Result, string, error) {
	t.Helper()
	s, err := readSource(o.Root)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	results, err := run(t.Context(), &out, o, s, listed)
	Print(&out, results)
	byName := map[string]Result{}
	for _, r := range results {
		byName[r.Name] = r
	}
	return byName, out.String(), err
}

// A mutant of which a test is named, one that another test detects, and one that survives.
func TestRun_listed(t *testing.T) {
	t.Parallel()
	o := smallRepository(t)
	o.Rules = []string{"listed"}
	results, out, err := runSmall(t, o,
		Listed{"named", "KEY-01", "ram.three", "return   3", "return 2", "ram.TestThree"},
		Listed{"other", "KEY-01", "ram.three", "return\n3", "return 1", "ram.TestSmall"},
		Listed{"lives", "KEY-01", "ram.five", "return 5", "return 4", "ram.TestSmall"})
	if err != nil {
		t.Fatal(err)
	}
	if r := results["named"]; r.Outcome != Killed || r.KilledBy != "TestThree" {
		t.Errorf("named: %+v", r)
	}
	if r := results["other"]; r.Outcome != Killed || r.KilledBy != "TestThree" {
		t.Errorf("other: %+v", r)
	}
	if r := results["lives"]; r.Outcome != Survived {
		t.Errorf("lives: %+v", r)
	}
	for _, want := range []string{"ram.TestSmall misses it, TestThree detects it", "SURVIVED: lives", `go run ./internal/cmd/mutants -only "ram.five: lives"`} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
}

// A stale mutant, one that is no Go, and a test that fails anyway are errors, not outcomes.
func TestRun_doesNotCountBrokenMutants(t *testing.T) {
	t.Parallel()
	o := smallRepository(t)
	o.Rules = []string{"listed"}
	for _, test := range []struct {
		listed Listed
		want   string
		is     error
	}{
		{Listed{"x", "KEY-01", "ram.three", "return 3", "return", "ram.TestThree"}, "does not compile", errNotBuilt},
		{Listed{"x", "KEY-01", "ram.three", "return 9", "return 1", "ram.TestThree"}, `"return 9" is 0 times in ram.three`, nil},
		{Listed{"x", "KEY-01", "provider.three", "return 3", "return 1", "ram.TestThree"}, "0 declarations are named provider.three; there is ram.three", nil},
	} {
		results, _, err := runSmall(t, o, test.listed)
		if err == nil || !strings.Contains(err.Error(), test.want) || test.is != nil && !errors.Is(err, test.is) || results["x"].Outcome == Killed {
			t.Errorf("%v: %v, %v", test.listed, results, err)
		}
	}
	failing := "package ram\n\nimport \"testing\"\n\nfunc TestThree(t *testing.T) { t.Fail() }\n"
	if err := os.WriteFile(filepath.Join(o.Root, "internal", "ram", "a_test.go"), []byte(failing), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := runSmall(t, o, Listed{"x", "KEY-01", "ram.three", "return 3", "return 2", "ram.TestThree"}); err == nil || !strings.Contains(err.Error(), "fail without a mutant") {
		t.Errorf("a test that fails anyway: %v", err)
	}
}

// The rules find the guard of a refusal. Only the tests that reach a mutant run.
func TestRun_derived(t *testing.T) {
	t.Parallel()
	o := smallRepository(t)
	more := `package ram

import "errors"

type refusal bool

func refuse(n int) (err error) {
	if n > 3 {
		err = errors.New("refused")
	}
	return err
}

func unused(n int) error {
	if n != 3 {
		return errors.New("refused")
	}
	return nil
}

func wait(n int) error {
	for i := 0; i < n; i++ {
		if i > 100 || n < 3 {
			return errors.New("refused")
		}
		if n == 4 {
			i = 0 // refused
		}
	}
	return nil
}

func odd(n int) refusal { return refusal(n > 1) && n < 8 }

func warnTwice(text *string) {
	warn(text, "a")
	warn(text, "b")
	removeLast(text)
}

func removeLast(text *string) { *text = (*text)[:len(*text)-1] }

func warn(text *string, more string) { *text += more }
`
	tests := `package ram

import "testing"

func TestRefuse(t *testing.T) {
	if refuse(3) != nil || refuse(4) == nil {
		t.Fail()
	}
}

func TestWait(t *testing.T) {
	if wait(3) != nil || odd(2) != true {
		t.Fail()
	}
}

func TestWarnTwice(t *testing.T) {
	if text := ""; true {
		warnTwice(&text)
		if text != "a" {
			t.Fail()
		}
	}
}
`
	for name, code := range map[string]string{"b.go": more, "b_test.go": tests} {
		if err := os.WriteFile(filepath.Join(o.Root, "internal", "ram", name), []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	results, _, err := runSmall(t, o)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Outcome{
		"drop-guard n > c.most": Killed, "negate-guard n > c.most": Killed, "bound n > c.most": Survived,
		"drop-guard n > 3": Killed, "bound n > 3": Killed, "negate-guard n != 3": Unreached,
		"drop-guard i > 100 || n < 3": Survived, "logic i > 100 || n < 3": Survived, "bound n < 3": Killed, "negate-guard n == 4": TimedOut,
		"bound n < 8":                           Invalid,
		`swap warn(text, "b") removeLast(text)`: Killed, `drop-call warn(text, "b")`: Killed,
	} {
		if results[name].Outcome != want {
			t.Errorf("%s: %q, want %q", name, results[name].Outcome, want)
		}
	}
	if by := results["drop-guard n > 3"]; by.KilledBy != "TestRefuse" || by.Package != "internal/ram" {
		t.Errorf("killed by %s of %s", by.KilledBy, by.Package)
	}
	o.Budget = 1
	results, _, err = runSmall(t, o)
	if err != nil || results["drop-guard n > c.most"].Outcome != NotRun {
		t.Errorf("without time a mutant is %v, %v", results["drop-guard n > c.most"].Outcome, err)
	}
}

// Every rule makes the code that its name says.
func TestRules(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	code := "package p\n\nfunc f(a, b int, err error) error {\n\tdelete(m, a)\n\tremove(b)\n\tif a < b && a != 1 {\n\t\treturn err\n\t}\n\treturn nil\n}\n" +
		"\nfunc g(a, b int) {\n\tfill(a)\n\tfill(b)\n\tif a == b {\n\t\tfill(a)\n\t}\n\tswitch {\n\tcase a == 1:\n\t\tfill(b)\n\t}\n}\n"
	if err := os.MkdirAll(filepath.Join(root, "internal", "p"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "internal", "p", "p.go"), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := readSource(root)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range derived(s, Rules(), true) {
		if m.in == "p.f" {
			got[m.Rule] = oneLine(m.replacement)
		} else if m.Rule == "swap" || m.Rule == "equality" { // calls that decide nothing, and what negate-guard does
			t.Errorf("%s adds nothing: %s", m.Rule, m.Name)
		}
	}
	want := map[string]string{
		"drop-guard": "(a < b && a != 1) && false", "negate-guard": "!(a < b && a != 1)", "drop-call": "if false { remove(b) }", "drop-error": "error(nil)",
		"bound": "a <= b", "logic": "a < b || a != 1", "equality": "a == 1", "swap": "remove(b) delete(m, a)",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
