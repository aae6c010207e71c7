// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
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
		} else if !regexp.MustCompile(`\b` + a.Switch + `\b`).MatchString(text) {
			t.Errorf("%s names %s, whose file does not set the switch", a.Switch, a.Test)
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

// testsOutside returns the tests of other packages, each with the text of its file.
func testsOutside(t *testing.T) map[string]string {
	t.Helper()
	tests := map[string]string{}
	named := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../ramtest") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range named.FindAllStringSubmatch(string(text), -1) {
			tests[match[1]] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
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
