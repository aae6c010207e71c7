// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAssumptions_listEverySwitch(t *testing.T) {
	t.Parallel()
	rows := Assumptions()
	switches := []string{}
	for _, a := range rows {
		switches = append(switches, a.Switch)
		if !slices.Contains([]string{isDocumented, isObserved, isAssumed}, a.Sourcing) || a.Subject == "" || a.Source == "" {
			t.Errorf("%s lacks the sourcing, subject or source: %+v", a.Switch, a)
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Behaviour]()) {
		if n := count(switches, field.Name) + count(Conditions(), field.Name); n != 1 {
			t.Errorf("%s occurs %d times in the tables, want 1", field.Name, n)
		}
	}
	equal(t, "rows", len(rows)+len(Conditions()), len(reflect.VisibleFields(reflect.TypeFor[Behaviour]())))
}

func count(all []string, one string) (n int) {
	for _, text := range all {
		if text == one {
			n++
		}
	}
	return n
}

func TestAssumptions_haveTests(t *testing.T) {
	t.Parallel()
	tests := testsOutside(t)
	for _, a := range Assumptions() {
		if text, ok := tests[a.Test]; !ok {
			t.Errorf("%s names the test %q, which does not exist outside this package", a.Switch, a.Test)
		} else if !regexp.MustCompile(`\.` + a.Switch + `\b`).MatchString(text) {
			t.Errorf("%s names %s, which sets the switch neither itself nor by what it names", a.Switch, a.Test)
		}
	}
}

// The tests and the assumptions that firstSides names exist.
func TestSides_pinOnlyTestsThatExist(t *testing.T) {
	t.Parallel()
	tests, switches := testsOutside(t), []string{}
	for _, a := range Assumptions() {
		switches = append(switches, a.Switch)
	}
	for test, kept := range firstSides {
		if tests[test] == "" {
			t.Errorf("the test %s does not exist outside this package", test)
		}
		for _, name := range strings.Fields(kept) {
			if !slices.Contains(switches, name) {
				t.Errorf("%s names %q, which is not an assumption", test, name)
			}
		}
		all := turned(sides("other", test+"/a subtest"))
		equal(t, test, reflect.ValueOf(all).FieldByName(strings.Fields(kept)[0]).IsZero(), true)
	}
	equal(t, "none", turned(sides("", "TestAny")), Behaviour{})
	equal(t, "one", turned(sides("NormalizeMasks", "TestAny")), Behaviour{NormalizeMasks: true})
	equal(t, "a half", turned(sides("4", "TestAny")) == Behaviour{}, false)
	all := turned(OtherSide())
	all.OmitEmptyLists = false
	equal(t, "all but what is refused", turned(sides("other", "TestAny")), all)
}

// testsOutside returns the tests of other packages, each with its own text and that of the functions and variables of its
// package that it names.
func testsOutside(t *testing.T) map[string]string {
	t.Helper()
	declared, tests := map[string]map[string]string{}, map[string]string{} // by directory
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../ramtest") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		if declared[dir] == nil {
			declared[dir] = map[string]string{}
		}
		return declarations(string(text), declared[dir])
	})
	if err != nil {
		t.Fatal(err)
	}
	word := regexp.MustCompile(`\w+`)
	for _, all := range declared {
		for name, text := range all {
			if !strings.HasPrefix(name, "Test") {
				continue
			}
			whole := text
			for _, named := range word.FindAllString(text, -1) {
				if named != name {
					whole += all[named]
				}
			}
			tests[name] = whole
		}
	}
	return tests
}

// declarations adds the text of each function and variable of a file.
func declarations(text string, all map[string]string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	add := func(name string, node ast.Node) {
		all[name] = text[files.Position(node.Pos()).Offset:files.Position(node.End()).Offset]
	}
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			if declaration.Recv == nil {
				add(declaration.Name.Name, declaration)
			}
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				if values, ok := spec.(*ast.ValueSpec); ok {
					for _, name := range values.Names {
						add(name.Name, values)
					}
				}
			}
		}
	}
	return nil
}

func TestDeclarations_haveTheirOwnText(t *testing.T) {
	t.Parallel()
	all := map[string]string{}
	if err := declarations("package p\nvar v = 1\nfunc a() { b.One = true }\nfunc (x) b() {}\nfunc c() { _ = v }", all); err != nil {
		t.Fatal(err)
	}
	equal(t, "all", all, map[string]string{"v": "v = 1", "a": "func a() { b.One = true }", "c": "func c() { _ = v }"})
}

func TestAssumptions_otherSide(t *testing.T) {
	t.Parallel()
	all := turned(OtherSide())
	for _, a := range Assumptions() {
		if reflect.ValueOf(all).FieldByName(a.Switch).IsZero() {
			t.Errorf("%s is not on the other side", a.Switch)
		}
	}
	equal(t, "same seed", turned(RandomSides(3)), turned(RandomSides(3)))
	if turned(RandomSides(3)) == turned(RandomSides(4)) {
		t.Error("two seeds selected the same sides")
	}
}

func turned(option Option) Behaviour {
	s := &Server{}
	option(s)
	return s.behaviour
}
