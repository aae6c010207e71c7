// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// committed returns a repository of one committed file.
func committed(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	git(t, root, "init", "-q")
	commit(t, root, "main.go", "package main\n")
	return root
}

// commit commits one file.
func commit(t *testing.T, root, file, text string) {
	t.Helper()
	put(t, filepath.Join(root, file), text)
	git(t, root, "add", ".")
	git(t, root, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "commit", "-qm", file)
}

func git(t *testing.T, root string, arguments ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", arguments...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %s: %s", arguments, err, out)
	}
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// noted returns a report with the saved pieces and one more.
func noted(t *testing.T, o *Options, piece string, wrong bool) *report {
	t.Helper()
	r, err := reportOf(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	f := newFigures(piece)
	f.count(converged)
	f.count("ram_user") // names what the cases are about, and is no case
	f.add("places", 3)
	if wrong {
		f.forbid("again", "it is so")
	}
	if err := r.note(io.Discard, o, f); err != nil {
		t.Fatal(err)
	}
	return r
}

// A campaign continues a report of the same code.
func TestReport_continuesTheSameCommit(t *testing.T) {
	t.Parallel()
	root := committed(t)
	o := &Options{Root: root, Keep: filepath.Join(t.TempDir(), "campaign.json")}
	noted(t, o, "sweep", true)
	r := noted(t, o, "walks", false)
	if _, all := r.outcomes(); all != 2 || r.forbidden() != 1 || len(r.Records) != 2 {
		t.Errorf("two pieces give %+v", r)
	}
	if r = noted(t, o, "sweep", false); len(r.Records) != 2 || r.forbidden() != 0 {
		t.Errorf("a piece that ran again gives %+v", r)
	}
	put(t, filepath.Join(root, "main.go"), "package main // is another\n")
	if r = noted(t, o, "walks", false); r.Commit != "" || len(r.Records) != 1 {
		t.Errorf("changed code gives %+v", r)
	}
}

// An aborted piece is not saved.
func TestReport_savesNoAbortedPiece(t *testing.T) {
	t.Parallel()
	o := &Options{Root: committed(t), Keep: filepath.Join(t.TempDir(), "campaign.json")}
	noted(t, o, "sweep", false)
	r, err := reportOf(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	f := newFigures("walks")
	if err := f.timed(func() error { return context.Canceled }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := r.note(io.Discard, o, f); err != nil {
		t.Fatal(err)
	}
	if r := noted(t, o, "soak", false); len(r.Records) != 2 || r.Records[0].Piece != "sweep" || r.Records[1].Piece != "soak" {
		t.Errorf("an aborted piece is saved: %+v", r.Records)
	}
}

// After a change of tests alone, only the pieces that run tests are dropped.
func TestReport_continuesAfterAChangeOfTests(t *testing.T) {
	t.Parallel()
	o := &Options{Root: committed(t), Keep: filepath.Join(t.TempDir(), "campaign.json")}
	noted(t, o, "sweep", false)
	first := noted(t, o, "mutants", false).Commit
	commit(t, o.Root, "main_test.go", "package main\n")
	r := noted(t, o, "walks", false)
	if len(r.Records) != 2 || r.Records[0].Piece != "sweep" || r.Records[0].Commit != first || r.Records[1].Commit == first {
		t.Errorf("after a change of tests: %+v", r)
	}
	commit(t, o.Root, "main.go", "package another\n")
	if r := noted(t, o, "soak", false); len(r.Records) != 1 {
		t.Errorf("after a change of code: %+v", r)
	}
}

// Published figures are those of a commit.
func TestReport_publish(t *testing.T) {
	t.Parallel()
	o := &Options{Root: committed(t)}
	r := noted(t, o, "sweep", false)
	guide := filepath.Join(t.TempDir(), "guide.md")
	put(t, guide, "Before.\n"+figuresBegin+"old\n"+figuresEnd+"After.\n")
	if err := r.publish(guide); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Before.\n<!--", "Commit " + r.Commit, "| sweep | " + r.Commit + " | 1 cases | 0 |", "| C | " + outcomeMeanings[converged] + " | 1 |", "| sweep | places | 3 |", "-->\nAfter.\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the guide lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "old") {
		t.Error("the guide has both")
	}
	put(t, guide, "No place.\n")
	if err := r.publish(guide); err == nil {
		t.Error("a guide without a place was written")
	}
	put(t, filepath.Join(o.Root, "main.go"), "package changed\n")
	put(t, guide, figuresBegin+figuresEnd)
	if err := noted(t, o, "sweep", false).publish(guide); err == nil {
		t.Error("figures of changed code were published")
	}
}

// The guide describes every piece in the order of the campaign, and no other.
func TestGuide_describesEveryPiece(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../templates/guides/reliability.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	word := regexp.MustCompile("`(\\w+)`")
	named := regexp.MustCompile("\\bpieces? ((?:`\\w+`(?:, )?)+)").FindAllStringSubmatch(string(text), -1)
	if len(named) == 0 {
		t.Error("the guide names no piece")
	}
	for _, list := range named {
		for _, name := range word.FindAllStringSubmatch(list[1], -1) {
			if !slices.Contains(Pieces(), name[1]) {
				t.Errorf("the campaign has no piece %s", name[1])
			}
		}
	}
	_, table, _ := strings.Cut(string(text), "| Piece | Description |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var described []string
	for row := range strings.Lines(table) {
		described = append(described, word.FindStringSubmatch(row)[1])
	}
	if !slices.Equal(described, Pieces()) {
		t.Errorf("the guide describes %q, the campaign has %q", described, Pieces())
	}
}

func TestGrouped(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 21164: "21,164", 16000000: "16,000,000"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is %q, not %q", n, got, want)
		}
	}
}
