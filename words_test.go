// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// words are words and phrases that are not plain technical English, each with what to
// write instead. A pattern matches whole words in any case.
var words = []struct{ pattern, instead string }{
	{`nobody|no-one`, "the actor, such as no user, no caller; or the passive"},
	{`somebody|someone else`, "the actor, such as another user, an administrator, another run"},
	{`anybody|everybody`, "all users, each caller"},
	{`anew`, "again, or a fresh read"},
	{`tells?|told`, "reports whether, returns, describes"},
	{`answer(s|ed|ing)?`, "response, return; verdict or result of the provider's own"},
	{`sought`, "filter, matches"},
	{`sealed`, "encrypted"},
	{`(un)?doubt(s|ed)?|unsettled`, "unknown outcome"},
	{`asked for|asks? for`, "requested, configured, requires"},
	{`lets? go of|letting go`, "stop to manage, remove from the state"},
	{`neighbou?rs?`, "the next, the adjacent"},
	{`thrown away|for ever|for naught`, "discarded, permanently, needlessly"},
	{`thus|hence|hitherto`, "so, from where"},
	{`hunts?|strokes?|trials?`, "scan; step, case, attempt"},
	{`(nothing|something) to look at|looked for`, "to check; searched for"},
	{`younger|too young`, "more recent"},
	{`stands? (in|on|beside|for|to|below|above|with|still|there)|stood`, "is in, uses, means"},
	{`of late`, "recently"},
	{`in (its|their) turn`, "then, or in order"},
	{`farewells?`, "destroy warning"},
	{`leavings|before-images?`, "captured values, destroy values"},
	{`strays?`, "candidates"},
	{`looser`, "weaker"},
	{`spelt`, "written, notation"},
	{`shut out|keeps? (people|users) out`, "lock out"},
	{`self-harm`, "lock-out of the provider itself"},
	{`to be had`, "available"},
	{`at hand`, "available, installed"},
	{`lets? in|been found out|not be found out`, "allows; determined"},
	{`(policy|key|it) goes by`, "governs"},
	{`past what is known`, "bypasses the cache"},
	{`what was made`, "the created object"},
	{`whose it is`, "the owner"},
	{`hearings?`, "transcript, check"},
	{`rules? \d+ of the (design|house)|rules of the house`, "what the rule says; conventions"},
	{`(design|style|words|peers|toolchain|api)\.md`, "what the document says: it is not in this repository"},
}

// exceptions are the files that may contain a word, with the reason.
var exceptions = map[string]map[string]string{
	"words_test.go": {"": "the list itself"},
}

// texts are the files that a person of this project writes. docs/ is generated from
// them, and testdata is what programs wrote.
func texts(t *testing.T) (paths []string) {
	t.Helper()
	skipped := []string{".git", "bin", "dist", "docs", "node_modules", "testdata", "LICENSE"}
	kinds := []string{".go", ".md", ".tmpl", ".tf", ".hcl", ".sh", ".yml", ".yaml", ".jq", ".rego"}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains(skipped, entry.Name()):
			if entry.IsDir() {
				return filepath.SkipDir
			}
		case entry.Type().IsRegular() && (slices.Contains(kinds, filepath.Ext(path)) || isScript(path)):
			paths = append(paths, filepath.ToSlash(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// isScript reports whether a file without an extension is a script or a makefile.
func isScript(path string) bool {
	if filepath.Ext(path) != "" && !strings.HasPrefix(path, ".ci") {
		return false
	}
	text, err := os.ReadFile(path)
	return err == nil && (strings.HasPrefix(string(text), "#!") || filepath.Base(path) == "GNUmakefile")
}

// The texts use plain technical English.
func TestWords_arePlain(t *testing.T) {
	t.Parallel()
	paths := texts(t)
	patterns := make([]*regexp.Regexp, len(words))
	for i, word := range words {
		patterns[i] = regexp.MustCompile(`(?i)\b(?:` + word.pattern + `)\b`)
	}
	// One pattern for all of them: most lines match none.
	var all []string
	for _, word := range words {
		all = append(all, word.pattern)
	}
	some := regexp.MustCompile(`(?i)\b(?:` + strings.Join(all, "|") + `)\b`)
	for _, path := range paths {
		if _, whole := exceptions[path][""]; whole {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		for line := range strings.Lines(string(content)) {
			number++
			line = strings.ReplaceAll(line, "http.NoBody", "") // Go's name
			if !some.MatchString(line) {
				continue
			}
			for i, pattern := range patterns {
				found := pattern.FindString(line)
				if _, allowed := exceptions[path][strings.ToLower(found)]; found != "" && !allowed {
					t.Errorf("%s:%d: %q; write instead: %s", path, number, found, words[i].instead)
				}
			}
		}
	}
	if len(paths) < 300 {
		t.Errorf("only %d files were found", len(paths))
	}
}

// An exception that is not needed any more is removed.
func TestWords_exceptionsAreNeeded(t *testing.T) {
	t.Parallel()
	for path, allowed := range exceptions {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		for word := range allowed {
			if !strings.Contains(strings.ToLower(string(content)), word) {
				t.Errorf("%s does not contain %q", path, word)
			}
		}
	}
}
