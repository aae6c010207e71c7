// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// visible replaces characters that are invisible, or that change how the following text is
// displayed, with escapes: line breaks, ANSI sequences, and marks that change the direction
// of text.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == ' ' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(escaped(r))
	}
	return b.String()
}

// escaped returns a character as HCL escapes it.
func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	default:
		return fmt.Sprintf(`\u%04x`, r)
	}
}

// hcl returns a value in the syntax of a configuration.
func hcl(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return hclString(v)
	case json.Number:
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = hcl(element)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, hclString(key)+" = "+hcl(v[key]))
		}
		if len(parts) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	default:
		return fmt.Sprint(v) // true, false or a number
	}
}

func hclString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(escaped(r))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// short shortens a text for a table.
func short(s string) string {
	runes := []rune(s)
	if len(runes) <= 120 {
		return s
	}
	return fmt.Sprintf("%s … (%d characters)", string(runes[:100]), len(runes))
}

var errUnprintable = errors.New("it holds characters that cannot be shown")

// Shell is the shell for which commands are written.
type Shell string

// The supported shells.
const (
	POSIX      Shell = "sh"
	PowerShell Shell = "powershell"
)

// quote quotes a word for the shell.
func (s Shell) quote(word string) string {
	if s == PowerShell {
		return "'" + strings.ReplaceAll(word, "'", "''") + "'"
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// --- Markdown -----------------------------------------------------------------

// code returns a text as a Markdown code span, in which Markdown has no effect. Only the
// characters that could end the span or the table cell remain. These are escaped as in HCL.
func code(s string) string {
	s = visible(s)
	if strings.TrimSpace(s) == "" {
		return "—"
	}
	return "`" + strings.NewReplacer("|", `\u007c`, "`", `\u0060`).Replace(s) + "`"
}

// fenced returns a Markdown code block. The fence is longer than any fence in the text.
func fenced(language, body string) string {
	fence := "```"
	for strings.Contains(body, fence) {
		fence += "`"
	}
	return fence + language + "\n" + body + "\n" + fence
}
