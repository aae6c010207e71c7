// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// nounOfNoun are the types whose files use those of another type, with the reason.
var nounOfNoun = map[[2]string]string{
	{"access_key_policy", "access_key"}:   "the policy is found and imported by its AccessKey pair",
	{"user_access", "service_credential"}: "both list the service credentials of every user",
}

// References between files run one way: the files of a type (those that begin with its name) use the files that several types
// use, and not those of another type. A part of the provider can then be read without its users.
func TestFiles_referencesRunOneWay(t *testing.T) {
	t.Parallel()
	types := typeNames()
	uses := fileReferences(t, func(file string) string {
		name, longest := strings.TrimSuffix(file, ".go"), ""
		for _, one := range types {
			if (name == one || strings.HasPrefix(name, one+"_")) && len(one) > len(longest) {
				longest = one
			}
		}
		if longest == "" {
			longest, _, _ = strings.Cut(name, "_") // such as configuration_schema of configuration
		}
		return longest
	})
	delete(uses, "registry") // it has all types
	seen := map[[2]string]bool{}
	for _, from := range slices.Sorted(maps.Keys(uses)) {
		for to, declared := range uses[from] {
			pair := [2]string{from, to}
			if nounOfNoun[pair] != "" {
				seen[pair] = true
			} else if slices.Contains(types, from) && slices.Contains(types, to) {
				t.Errorf("the files of %s use %q of %s: move it to a file of its own", from, declared, to)
			}
		}
	}
	for pair := range nounOfNoun {
		if !seen[pair] {
			t.Errorf("%s does not use %s any longer", pair[0], pair[1])
		}
	}
	if circle := circleIn(uses); circle != nil {
		t.Errorf("references in a circle: %s", strings.Join(circle, " → "))
	}
}

// typeNames are the names of all types of the provider, without the prefix.
func typeNames() (names []string) {
	for kind, all := range registeredTypes() {
		for _, name := range all {
			if kind != "function" { // their files begin with function_
				names = append(names, strings.TrimPrefix(name, "ram_"))
			}
		}
	}
	return names
}

// fileReferences returns, by the group of a file, the groups of the files that it refers to, each with a name that it uses.
func fileReferences(t *testing.T, groupOf func(file string) string) map[string]map[string]string {
	t.Helper()
	entries, err := os.ReadDir(".")
	must(t, err)
	files, declaredIn := map[string]*ast.File{}, map[string]string{}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			must(t, err)
			files[name] = file
			for declared := range file.Scope.Objects {
				declaredIn[declared] = name
			}
		}
	}
	uses := map[string]map[string]string{}
	for name, file := range files {
		for _, identifier := range file.Unresolved {
			from, to := groupOf(name), groupOf(declaredIn[identifier.Name])
			if declaredIn[identifier.Name] == "" || from == to {
				continue
			}
			if uses[from] == nil {
				uses[from] = map[string]string{}
			}
			uses[from][to] = identifier.Name
		}
	}
	if len(uses) < 30 {
		t.Fatalf("%d groups of files", len(uses))
	}
	return uses
}

// circleIn returns a path that ends where it began, or nil.
func circleIn(uses map[string]map[string]string) []string {
	done := map[string]bool{}
	var visit func(at string, path []string) []string
	visit = func(at string, path []string) []string {
		if i := slices.Index(path, at); i >= 0 {
			return append(path[i:], at)
		}
		if done[at] {
			return nil
		}
		for _, next := range slices.Sorted(maps.Keys(uses[at])) {
			if circle := visit(next, append(slices.Clone(path), at)); circle != nil {
				return circle
			}
		}
		done[at] = true
		return nil
	}
	for _, from := range slices.Sorted(maps.Keys(uses)) {
		if circle := visit(from, nil); circle != nil {
			return circle
		}
	}
	return nil
}
