// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// Rules returns the names of the rules that derive mutants from the code.
func Rules() []string {
	return []string{"drop-guard", "negate-guard", "drop-call", "drop-error", "bound", "logic", "equality", "swap"}
}

// critical finds code that refuses, warns, removes, or handles a secret. That an error of a call is passed on is not part of it.
var critical = regexp.MustCompile(`AddError|AddWarning|AddAttribute|[rR]efus|[wW]arn|RemoveResource|[dD]elete|[rR]emove|[uU]nbind|[sS]ecret|[pP]assw|[sS]eed|[rR]edact|[lL]ockOut|errors\.New|Errorf`)

// call finds the calls whose removal is a mutant: those that report, refuse or remove.
var removable = regexp.MustCompile(`(?i)^(add(attribute)?(error|warning)|append|removeresource|refuse\w*|warn\w*|check\w*|forget\w*|delete\w*|remove\w*|expire\w*|unlock|set\w*)$`)

// derived returns the mutants that the rules derive from the code.
func derived(s *source, rules []string, all bool) (mutants []Mutant) {
	seen := map[string]int{} // the same change may be possible twice in a function
	for _, d := range s.declarations {
		function, ok := d.node.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		add := func(rule string, around, changed ast.Node, replacement string) {
			if !slices.Contains(rules, rule) || !all && !critical.MatchString(s.text(d.file, around)) {
				return
			}
			start := s.offset(changed.Pos())
			m := Mutant{
				Name: rule + " " + oneLine(s.text(d.file, changed)), Rule: rule,
				file: d.file, pkg: d.pkg, in: d.name, line: s.line(d.file, start),
				start: start, end: s.offset(changed.End()), replacement: replacement,
			}
			if pair, ok := changed.(*statements); ok {
				m.second = s.offset(pair.second.Pos())
			}
			if seen[m.key()]++; seen[m.key()] > 1 {
				m.Name += fmt.Sprintf(" (%d)", seen[m.key()])
			}
			mutants = append(mutants, m)
		}
		ast.Inspect(function.Body, func(n ast.Node) bool {
			mutate(s, d.file, n, add)
			return true
		})
	}
	return mutants
}

// mutate applies every rule to a node. A mutant is critical if the code around it is.
func mutate(s *source, file string, n ast.Node, add func(rule string, around, changed ast.Node, replacement string)) {
	text := func(n ast.Node) string { return s.text(file, n) }
	switch n := n.(type) {
	case *ast.IfStmt:
		add("drop-guard", n, n.Cond, "("+text(n.Cond)+") && false")
		add("negate-guard", n, n.Cond, "!("+text(n.Cond)+")")
		conditions(n.Cond, func(changed ast.Node, rule, replacement string) {
			if rule != "equality" || changed != n.Cond { // which is the negated guard
				add(rule, n, changed, replacement)
			}
		}, text)
	case *ast.SwitchStmt:
		for _, clause := range n.Body.List {
			if clause, ok := clause.(*ast.CaseClause); ok && n.Tag == nil && len(clause.List) == 1 {
				add("drop-guard", clause, clause.List[0], "("+text(clause.List[0])+") && false")
				add("negate-guard", clause, clause.List[0], "!("+text(clause.List[0])+")")
			}
		}
	case *ast.CaseClause:
		for _, condition := range n.List {
			conditions(condition, func(changed ast.Node, rule, replacement string) {
				if rule != "equality" || changed != condition || len(n.List) > 1 { // which is the negated guard
					add(rule, n, changed, replacement)
				}
			}, text)
		}
	case *ast.ExprStmt:
		if call, ok := n.X.(*ast.CallExpr); ok && removable.MatchString(nameOf(call.Fun)) {
			add("drop-call", n, n, "if false {\n"+text(n)+"\n}")
		}
	case *ast.ReturnStmt:
		for i, result := range n.Results {
			if id, ok := result.(*ast.Ident); ok && id.Name == "err" && i == len(n.Results)-1 {
				add("drop-error", n, result, "error(nil)")
			}
		}
		for _, result := range n.Results {
			conditions(result, func(changed ast.Node, rule, replacement string) { add(rule, n, changed, replacement) }, text)
		}
	case *ast.BlockStmt:
		for i := 1; i < len(n.List); i++ {
			first, second := n.List[i-1], n.List[i]
			if swappable(first) && swappable(second) && (decides(first) || decides(second)) {
				pair := &statements{first, second}
				add("swap", pair, pair, text(second)+"\n"+text(first))
			}
		}
	}
}

// conditions mutates the comparisons and connectives of an expression.
func conditions(e ast.Node, add func(changed ast.Node, rule, replacement string), text func(ast.Node) string) {
	other := map[token.Token]struct{ rule, op string }{
		token.LSS: {"bound", "<="}, token.LEQ: {"bound", "<"}, token.GTR: {"bound", ">="}, token.GEQ: {"bound", ">"},
		token.LAND: {"logic", "||"}, token.LOR: {"logic", "&&"}, token.EQL: {"equality", "!="}, token.NEQ: {"equality", "=="},
	}
	ast.Inspect(e, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if _, function := n.(*ast.FuncLit); function {
			return false // its statements are visited by themselves
		}
		if !ok {
			return true
		}
		change, known := other[b.Op]
		if known && (change.rule != "equality" || !isNil(b.X) && !isNil(b.Y)) {
			add(b, change.rule, text(b.X)+" "+change.op+" "+text(b.Y))
		}
		return true
	})
}

func isNil(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "nil"
}

// nameOf returns the last name of what is called.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// swappable reports whether the order of a statement and the next one may matter: it is a call.
func swappable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		_, call := s.X.(*ast.CallExpr)
		return call
	case *ast.IfStmt:
		return s.Init != nil
	}
	return false
}

// decides reports whether a statement can end the function, or takes something away. The order of two that do
// neither, such as those that fill in two fields, is not a rule of the provider.
func decides(s ast.Stmt) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			found = true
		case *ast.CallExpr:
			found = found || removes.MatchString(nameOf(n.Fun))
		}
		return !found
	})
	return found
}

// removes finds the calls after which something is gone or free.
var removes = regexp.MustCompile(`(?i)^(delete|remove|unbind|detach|disable|release|unlock|forget|clear)`)

// statements are two neighbouring statements as one node.
type statements struct{ first, second ast.Stmt }

// Pos is where the first begins.
func (s *statements) Pos() token.Pos { return s.first.Pos() }

// End is where the second ends.
func (s *statements) End() token.Pos { return s.second.End() }

// oneLine shortens code to a line.
func oneLine(code string) string {
	code = strings.Join(strings.Fields(code), " ")
	if runes := []rune(code); len(runes) > 90 {
		return string(runes[:90]) + "…"
	}
	return code
}
