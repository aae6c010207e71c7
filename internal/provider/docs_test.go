// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const projectRoot = "../.."

// pages returns all pages of documentation by their paths below the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	must(t, filepath.WalkDir(projectRoot, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "bin" || entry.Name() == "dist" || entry.Name() == ".git" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(projectRoot, path)
		found[name] = string(text)
		return err
	}))
	return found
}

var (
	linkPattern    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	anchorPattern  = regexp.MustCompile(`<a id="([^"]+)"`)
	headingPattern = regexp.MustCompile(`(?m)^#+ (.+)$`)
	fencedPattern  = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inlinePattern  = regexp.MustCompile("`[^`\n]*`")
	removedPattern = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the anchors of a page.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	page = fencedPattern.ReplaceAllString(page, "")
	for _, match := range anchorPattern.FindAllStringSubmatch(page, -1) {
		found[match[1]] = true
	}
	for _, match := range headingPattern.FindAllStringSubmatch(page, -1) {
		name := strings.ToLower(removedPattern.ReplaceAllString(match[1], ""))
		found[strings.ReplaceAll(name, " ", "-")] = true
	}
	return found
}

// Each link inside the project has a target.
func TestDocs_linksResolve(t *testing.T) {
	t.Parallel()
	all := pages(t)
	checked := 0
	for name, page := range all {
		for _, match := range linkPattern.FindAllStringSubmatch(inlinePattern.ReplaceAllString(fencedPattern.ReplaceAllString(page, ""), ""), -1) {
			if strings.Contains(match[1], "://") || strings.HasPrefix(match[1], "mailto:") {
				continue
			}
			checked++
			if err := resolve(all, name, match[1]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d links were found", checked)
	}
}

func resolve(all map[string]string, from, to string) error {
	path, fragment, _ := strings.Cut(to, "#")
	target := from
	if path != "" {
		target = filepath.Join(filepath.Dir(from), path)
	}
	// The registries show docs/ alone, so a relative link must not lead out of it.
	if strings.HasPrefix(from, "docs/") && !strings.HasPrefix(target, "docs/") {
		return fmt.Errorf("%s leads out of docs", to)
	}
	page, known := all[target]
	if !known {
		if _, err := os.Stat(filepath.Join(projectRoot, target)); err != nil {
			return fmt.Errorf("%s does not exist", to)
		}
	}
	if fragment != "" && !anchors(page)[fragment] {
		return fmt.Errorf("%s: %s has no such anchor", to, target)
	}
	return nil
}

var hclPattern = regexp.MustCompile("(?ms)^```terraform\n(.*?)^```$")

// Each configuration in the guides and the README is valid for the CLI.
func TestAccDocs_configurationsAreValid(t *testing.T) {
	t.Parallel()
	needsCLI(t)
	srv := ramtest.New(t)
	checked := 0
	for name, page := range pages(t) {
		if !strings.HasPrefix(name, "docs/guides/") && name != "README.md" {
			continue
		}
		for i, match := range hclPattern.FindAllStringSubmatch(page, -1) {
			checked++
			t.Run(fmt.Sprintf("%s %d", name, i+1), func(t *testing.T) {
				t.Parallel()
				c := newCLI(t, srv.Getenv, "")
				if strings.Contains(match[1], "required_providers") {
					c.write("main.tf", match[1])
				} else {
					c.write("block.tf", match[1])
				}
				c.run(0, "validate")
			})
		}
	}
	if checked == 0 {
		t.Error("no configuration was found")
	}
}

var (
	frontMatterPattern = regexp.MustCompile(`(?s)^---\n.*?subcategory: "([^"]*)"\ndescription: \|-\n((?:  [^\n]*\n)+)---\n`)
	subcategories      = []string{"Account settings", "Users and credentials", "Access", "Reports"}
)

// The registry shows the subcategory in its menu and the description in its search. Functions
// and guides have menus of their own.
func TestDocs_frontMatter(t *testing.T) {
	t.Parallel()
	found := 0
	for path, page := range pages(t) {
		if !strings.HasPrefix(path, "docs/") || path == "docs/index.md" {
			continue
		}
		found++
		matter := frontMatterPattern.FindStringSubmatch(page)
		if matter == nil {
			t.Errorf("%s has no front matter with a subcategory and a description", path)
			continue
		}
		alone := strings.HasPrefix(path, "docs/guides/") || strings.HasPrefix(path, "docs/functions/")
		if alone != (matter[1] == "") || !alone && !slices.Contains(subcategories, matter[1]) {
			t.Errorf("%s has the subcategory %q", path, matter[1])
		}
		if sentence := strings.TrimSpace(matter[2]); strings.Contains(sentence, "\n") || !strings.HasSuffix(sentence, ".") || regexp.MustCompile(`[.!?] [A-Z]`).MatchString(sentence) {
			t.Errorf("%s: the description is not one sentence: %s", path, sentence)
		}
	}
	if found < 70 {
		t.Errorf("only %d pages", found)
	}
}

// The page of a setting with many attributes groups them.
func TestDocs_attributesAreGrouped(t *testing.T) {
	t.Parallel()
	c := functionsCore(t)
	for _, name := range []string{"ram_security_preference", "ram_password_policy"} {
		block := c.Schemas.ResourceSchemas[name].Block
		groups := regexp.MustCompile(`(?m)^\* .*$`).FindAllString(block.Description, -1)
		for _, attribute := range block.Attributes {
			in := slices.DeleteFunc(slices.Clone(groups), func(group string) bool { return !strings.Contains(group, "`"+attribute.Name+"`") })
			if want := 1; attribute.Name != "account_id" && len(in) != want {
				t.Errorf("%s.%s is in %d groups, want %d", name, attribute.Name, len(in), want)
			}
		}
	}
}
