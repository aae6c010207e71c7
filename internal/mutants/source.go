// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// declaration is a function, or a variable, constant or type at the top level of a file.
type declaration struct {
	name       string // such as ram.Client.GetUser, of the package, the receiver and the name
	pkg        string // the directory below the root, such as internal/ram
	file       string // below the root
	start, end int    // in the file
	node       ast.Node
}

// source is the code that mutants are put into.
type source struct {
	root         string
	files        map[string][]byte
	set          *token.FileSet
	declarations []declaration
}

// excluded are the packages that are not part of the provider.
var excluded = []string{"internal/acctest", "internal/campaign", "internal/cmd", "internal/mutants", "internal/ramtest", "internal/tools"}

// readSource parses the packages of the provider below root/internal.
func readSource(root string) (*source, error) {
	s := &source{root: root, files: map[string][]byte{}, set: token.NewFileSet()}
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains(excluded, name) || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		return s.add(path, name)
	})
	return s, err
}

func (s *source) add(path, name string) error {
	code, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(s.set, name, code, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("cannot parse %s: %w", name, err)
	}
	s.files[name] = code
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			s.declare(name, receiverOf(d)+d.Name.Name, d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					s.declare(name, spec.Names[0].Name, spec)
				case *ast.TypeSpec:
					s.declare(name, spec.Name.Name, spec)
				}
			}
		}
	}
	return nil
}

func (s *source) declare(file, name string, node ast.Node) {
	pkg := file[:strings.LastIndex(file, "/")]
	start, end := s.offset(node.Pos()), s.offset(node.End())
	s.declarations = append(s.declarations, declaration{strings.TrimPrefix(pkg, "internal/") + "." + name, pkg, file, start, end, node})
}

func (s *source) offset(p token.Pos) int { return s.set.Position(p).Offset }

// text returns the code of a node.
func (s *source) text(file string, n ast.Node) string {
	return string(s.files[file][s.offset(n.Pos()):s.offset(n.End())])
}

// line returns the line of an offset.
func (s *source) line(file string, offset int) int {
	return 1 + strings.Count(string(s.files[file][:offset]), "\n")
}

// receiverOf returns the type of a method and a dot; nothing for a function.
func receiverOf(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) != 1 {
		return ""
	}
	t := d.Recv.List[0].Type
	for {
		switch inner := t.(type) {
		case *ast.StarExpr:
			t = inner.X
		case *ast.IndexExpr:
			t = inner.X
		case *ast.IndexListExpr:
			t = inner.X
		case *ast.Ident:
			return inner.Name + "."
		default:
			return ""
		}
	}
}

// named returns the declarations of a name.
func (s *source) named(name string) (found []declaration) {
	for _, d := range s.declarations {
		if d.name == name {
			found = append(found, d)
		}
	}
	return found
}
