// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// workflows returns the texts of the project's workflows, and of those that users copy.
// GitHub runs files with either ending.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, directory := range []string{"../../../.github/workflows/", "../../../examples/*/github-"} {
		before := len(found)
		for _, ending := range []string{"*.yml", "*.yaml"} {
			files, err := filepath.Glob(directory + ending)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				found[file] = read(t, file)
			}
		}
		if len(found) == before {
			t.Fatalf("%s contains no workflow", directory)
		}
	}
	return found
}

var jobPattern = regexp.MustCompile(`(?m)^  ([a-z]+):\n`)

// jobs returns the texts of the jobs of a workflow by name.
func jobs(workflow string) map[string]string {
	found := map[string]string{}
	_, workflow, _ = strings.Cut(workflow, "\njobs:\n")
	places := jobPattern.FindAllStringSubmatchIndex(workflow, -1)
	for i, place := range places {
		end := len(workflow)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		found[workflow[place[2]:place[3]]] = workflow[place[1]:end]
	}
	return found
}

// Every action is pinned by commit, with its version in a comment, and to the same commit
// everywhere.
func TestWorkflows_arePinned(t *testing.T) {
	t.Parallel()
	uses := regexp.MustCompile(`uses:\s*(\S+)(.*)`)
	pinned := regexp.MustCompile(`^([\w.-]+/[\w.-]+)[\w./-]*@([0-9a-f]{40})$`)
	version := regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`)
	seen := map[string]string{}
	for file, text := range workflows(t) {
		for _, use := range uses.FindAllStringSubmatch(text, -1) {
			pin := pinned.FindStringSubmatch(use[1])
			if pin == nil || !version.MatchString(use[2]) {
				t.Errorf("%s: %s%s is not pinned by commit with its version beside it", file, use[1], use[2])
				continue
			}
			if other := seen[pin[1]]; other != "" && other != pin[2]+use[2] {
				t.Errorf("%s is pinned to %s and to %s", pin[1], other, pin[2]+use[2])
			}
			seen[pin[1]] = pin[2] + use[2]
		}
	}
}

// The linters zizmor and Scorecard have the same rules.
func TestWorkflows_followTheRules(t *testing.T) {
	t.Parallel()
	expression := regexp.MustCompile(`\$\{\{\s*((?:github\.(?:event|head_ref|ref_name|actor)|inputs|steps|needs)[\w.]*)`)
	for file, text := range workflows(t) {
		for what, broken := range map[string]bool{
			"no permissions at the top":           !strings.Contains(text, "\npermissions:"),
			"pull_request_target or workflow_run": strings.Contains(text, "pull_request_target") || strings.Contains(text, "workflow_run:"),
			"no concurrency":                      !strings.Contains(text, "\nconcurrency:"),
			"a checkout that leaves its token":    strings.Count(text, "actions/checkout@") != strings.Count(text, "persist-credentials: false"),
			"a shared cache in a release":         strings.HasSuffix(file, "release.yml") && strings.Count(text, "actions/setup-go@") != strings.Count(text, "cache: false"),
			"all permissions":                     strings.Contains(text, "write-all") || strings.Contains(text, "read-all"),
			"an action that continues on error":   strings.Contains(text, "continue-on-error"),
			"a self-hosted runner":                strings.Contains(strings.ReplaceAll(text, "--deny-self-hosted-runners", ""), "self-hosted"),
			"secrets handed on as a whole":        strings.Contains(text, "secrets: inherit"),
		} {
			if broken {
				t.Errorf("%s has %s", file, what)
			}
		}
		for name, job := range jobs(text) {
			if !strings.Contains(job, "timeout-minutes:") {
				t.Errorf("%s: job %s has no timeout", file, name)
			}
		}
		for _, script := range scripts(text) {
			if found := expression.FindStringSubmatch(script); found != nil {
				t.Errorf("%s: a script contains %s, and would run its value", file, found[1])
			}
		}
	}
}

// A job of an example that has credentials of the account does not write to GitHub, and a
// job that writes has no credentials. Both run code of the repository: that of the protected
// branch, and in a pull request that of its branch, without the right to write.
func TestWorkflows_separateCredentialsFromWrites(t *testing.T) {
	t.Parallel()
	roles := map[string]string{}
	for file, text := range workflows(t) {
		if !strings.Contains(file, "/examples/") {
			continue
		}
		for _, role := range regexp.MustCompile(`vars\.RAM_\w+_ROLE_ARN`).FindAllString(text, -1) {
			if other := roles[role]; other != "" && other != file {
				t.Errorf("%s and %s use %s: the branch main and pull requests need different roles", file, other, role)
			}
			roles[role] = file
		}
		for name, job := range jobs(text) {
			writes := regexp.MustCompile(`(issues|pull-requests|contents|checks): *write`).FindString(job)
			if reads := regexp.MustCompile(`id-token: *write|secrets\.|ALIBABA_CLOUD`).FindString(job); writes != "" && reads != "" {
				t.Errorf("%s: job %s has %q and %q", file, name, writes, reads)
			}
			if strings.Contains(text, "pull_request:") && strings.Contains(job, "id-token: write") && !strings.Contains(job, "head.repo.full_name == github.repository") {
				t.Errorf("%s: job %s has a token, and runs for forks", file, name)
			}
		}
	}
}

// What the examples install and run has a version that users choose and that cannot change:
// a variable without a default, or a digest.
func TestExamples_arePinned(t *testing.T) {
	t.Parallel()
	moving := regexp.MustCompile(`@(main|master|latest|HEAD)\b`)
	image := regexp.MustCompile(`(?m)^\s+(?:image|name): +(\S*[:$]\S*)`)
	install := regexp.MustCompile(`go install (\S+)`)
	images, installs := 0, 0
	for _, pattern := range []string{"*.yml", "*.yaml", "*.sh", "*.md"} {
		files, err := filepath.Glob("../../../examples/*/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text := read(t, file)
			if found := moving.FindString(text); found != "" {
				t.Errorf("%s uses %s, which changes", file, found)
			}
			if !strings.HasSuffix(pattern, "ml") {
				continue
			}
			for _, match := range image.FindAllStringSubmatch(text, -1) {
				images++
				if !strings.HasPrefix(match[1], "$") && !strings.Contains(match[1], "@sha256:") {
					t.Errorf("%s: the image %s has no digest", file, match[1])
				}
			}
			for _, match := range install.FindAllStringSubmatch(text, -1) {
				installs++
				if !strings.HasSuffix(match[1], `@$RAMREPORT_VERSION"`) {
					t.Errorf("%s installs %s", file, match[1])
				}
			}
		}
	}
	if images < 2 || installs < 4 {
		t.Errorf("%d images and %d installations were found", images, installs)
	}
}

// Plans may contain secrets, so the examples upload reports only.
func TestWorkflows_uploadOnlyReports(t *testing.T) {
	t.Parallel()
	upload := regexp.MustCompile(`actions/upload-artifact@[^\n]*\n\s+with:\n(?:\s+name:[^\n]*\n)?\s+path: ([^\n]+)`)
	uploads := 0
	for file, text := range workflows(t) {
		if !strings.Contains(file, "/examples/") {
			continue
		}
		found := upload.FindAllStringSubmatch(text, -1)
		if len(found) != strings.Count(text, "actions/upload-artifact@") {
			t.Errorf("%s: an upload without a path", file)
		}
		for _, match := range found {
			uploads++
			if !regexp.MustCompile(`^(report|drift)\b[\w./-]*$`).MatchString(match[1]) {
				t.Errorf("%s uploads %s", file, match[1])
			}
		}
	}
	if uploads == 0 {
		t.Error("no upload was found")
	}
}

// scripts returns the shell scripts of a workflow.
func scripts(workflow string) (found []string) {
	const none = -1
	in := none // indentation of the step whose script is being read
	for line := range strings.Lines(workflow) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		before, script, isRun := strings.Cut(line, "run: ")
		switch {
		case isRun && strings.Trim(before, " -") == "":
			in = len(before)
			found = append(found, script)
		case in != none && indent <= in && strings.TrimSpace(line) != "":
			in = none
		case in != none:
			found[len(found)-1] += line
		}
	}
	return found
}

// The release and its attestation are verified before the release is published.
func TestWorkflow_ofTheReleaseVerifiesBeforeItPublishes(t *testing.T) {
	t.Parallel()
	text := read(t, "../../../.github/workflows/release.yml")
	at := -1
	for _, step := range []string{
		"release tag -recent -allowed", "make release-check", "goreleaser release --clean --skip=publish", "environment: release", "sha256sum --check --strict",
		"--detach-sign", "actions/attest@", "release verify", "-rebuilt", "gh attestation verify", "contents: write", "gh release create", "--draft",
	} {
		next := strings.Index(text, step)
		if next <= at {
			t.Errorf("%q is missing, or comes before the step that it depends on", step)
		}
		at = next
	}
}

// releaseTeam owns everything that decides what is built, run and published, and what users
// copy.
var releaseTeam = []string{
	"/.ci/", "/.github/", "/.golangci.yml", "/.goreleaser.yml", "/GNUmakefile", "/SECURITY.md",
	"/examples/drift-detection/", "/examples/fleet/", "/examples/migrate-from-alicloud/", "/examples/policy-as-code/",
	"/internal/cmd/", "/internal/tools/", "/templates/", "/terraform-registry-manifest.json", "go.mod", "go.sum",
}

// owner is a line of CODEOWNERS.
type owner struct{ pattern, team string }

func codeowners(t *testing.T) (lines []owner) {
	t.Helper()
	for line := range strings.Lines(read(t, "../../../.github/CODEOWNERS")) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) != 2 {
			t.Fatalf("CODEOWNERS contains the line %q", line)
		}
		lines = append(lines, owner{fields[0], fields[1]})
	}
	return lines
}

// owns covers the forms of patterns in releaseTeam.
func (o owner) owns(file string) bool {
	switch {
	case o.pattern == "*":
		return true
	case strings.HasSuffix(o.pattern, "/"):
		return strings.HasPrefix("/"+file, o.pattern)
	case strings.HasPrefix(o.pattern, "/"):
		return "/"+file == o.pattern
	default:
		return path.Base(file) == o.pattern
	}
}

// decides reports whether a file decides what is built or run: programs, workflows and
// dependencies anywhere, and in the root all but code and texts.
func decides(mode, file string) bool {
	switch base := path.Base(file); {
	case mode != "100644", strings.HasPrefix(file, ".github/"), strings.HasPrefix(file, "internal/cmd/"), strings.HasPrefix(file, "templates/"):
		return true
	case !strings.Contains(file, "/"):
		return !slices.Contains([]string{".go", ".md"}, path.Ext(file)) && file != "LICENSE" && file != ".gitignore" || file == policyPage
	default:
		return slices.Contains([]string{"go.mod", "go.sum", "go.work", "package.json", "package-lock.json"}, base) ||
			slices.Contains([]string{".yml", ".yaml"}, path.Ext(file))
	}
}

// CODEOWNERS contains every file that decides what is built and run. The last line that
// matches a file decides (documented by GitHub).
func TestCodeowners_coverBuildAndWorkflows(t *testing.T) {
	t.Parallel()
	needs(t, "git")
	lines := codeowners(t)
	var owned []string
	for _, line := range lines {
		if line.team == "@ram-security/release" {
			owned = append(owned, line.pattern)
		}
	}
	slices.Sort(owned)
	if !slices.Equal(owned, releaseTeam) || len(lines) != len(owned)+1 || lines[0] != (owner{"*", "@ram-security/maintainers"}) {
		t.Errorf("the release team owns %v, want %v, after one line for all files", owned, releaseTeam)
	}
	unused := slices.Clone(owned)
	for line := range strings.Lines(tool(t, command{directory: "../../.."}, "git", "ls-files", "--stage")) {
		entry, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		mode, _, _ := strings.Cut(entry, " ")
		var last owner
		for _, line := range lines {
			if line.owns(file) {
				last = line
			}
		}
		if decides(mode, file) && last.team != "@ram-security/release" {
			t.Errorf("%s decides what is built or run, and is owned by %s", file, last.team)
		}
		unused = slices.DeleteFunc(unused, func(pattern string) bool { return owner{pattern, ""}.owns(file) })
	}
	if len(unused) > 0 {
		t.Errorf("no file matches %v", unused)
	}
}

// Updates are proposed for each directory with dependencies, and for the actions of the
// examples, which no other check of the dependencies covers.
func TestDependabot_coversEveryDirectory(t *testing.T) {
	t.Parallel()
	needs(t, "git")
	var config struct {
		Version int
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directories []string
			Schedule    map[string]string
			Cooldown    map[string]int
			Groups      map[string]map[string][]string
		}
	}
	if err := parse(read(t, "../../../.github/dependabot.yml"), &config); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, update := range config.Updates {
		got[update.Ecosystem] = slices.Sorted(slices.Values(update.Directories))
	}
	want := map[string][]string{}
	for ecosystem, name := range map[string]string{"gomod": "go.mod", "npm": "package.json", "github-actions": "github-*.yml"} {
		for line := range strings.Lines(tool(t, command{directory: "../../.."}, "git", "ls-files", name, "*/"+name)) {
			want[ecosystem] = append(want[ecosystem], path.Join("/", path.Dir(strings.TrimSpace(line))))
		}
	}
	want["github-actions"] = append(want["github-actions"], "/")
	for ecosystem := range want {
		want[ecosystem] = slices.Compact(slices.Sorted(slices.Values(want[ecosystem])))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
