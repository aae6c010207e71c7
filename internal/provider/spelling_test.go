// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// A spelling is compiled when it is first used, so a wrong one would show at a
// person's. Here all of the package's are compiled.
func TestEverySpellingCompiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	must(t, err)
	found := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called, ok := call.Fun.(*ast.Ident); !ok || called.Name != "spelt" {
				return true
			}
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a spelling is written out where it is made", name)
				return true
			}
			expression, err := strconv.Unquote(literal.Value)
			must(t, err)
			if _, err := regexp.Compile(expression); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			found++
			return true
		})
	}
	if found == 0 {
		t.Error("no spelling was found")
	}
}
