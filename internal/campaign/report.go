// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is the contents of campaign.json.
type report struct {
	Commit  string   `json:"commit"` // empty: no commit, or uncommitted changes
	CLIs    []string `json:"clis"`
	CPUs    int      `json:"cpus"`
	Go      string   `json:"go"`
	Records []record `json:"pieces"`
}

// record is the result of one piece.
type record struct {
	Piece     string         `json:"piece"`
	Commit    string         `json:"commit"` // of the code that ran
	Began     time.Time      `json:"began"`
	Took      time.Duration  `json:"took"`
	Headline  string         `json:"headline"` // the result in a few words
	Lines     []figure       `json:"figures"`
	Counts    map[string]int `json:"outcomes"`
	Forbidden []finding      `json:"forbidden"`
}

// reportOf begins a report with the saved pieces of the same code, so a campaign can run
// in parts.
func reportOf(ctx context.Context, o *Options) (*report, error) {
	r := &report{CPUs: runtime.NumCPU(), Go: runtime.Version(), Commit: commitOf(ctx, o.Root)}
	for _, cli := range o.CLIs {
		version, err := versionOf(ctx, cli)
		if err != nil {
			return nil, err
		}
		r.CLIs = append(r.CLIs, version)
	}
	if o.Keep == "" {
		return r, nil
	}
	text, err := os.ReadFile(o.Keep)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	} else if err != nil {
		return nil, err
	}
	var kept report
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, fmt.Errorf("cannot read the figures in %s: %w", o.Keep, err)
	}
	if r.Records = kept.of(ctx, o.Root, r.Commit); len(r.Records) > 0 {
		for _, cli := range kept.CLIs {
			if !slices.Contains(r.CLIs, cli) {
				r.CLIs = append(r.CLIs, cli)
			}
		}
	}
	return r, nil
}

// of returns the pieces that are valid for a commit: those of the commit itself, and those of
// another commit since which only tests and texts have changed, unless they run tests.
func (r *report) of(ctx context.Context, root, commit string) []record {
	return slices.DeleteFunc(slices.Clone(r.Records), func(one record) bool {
		if commit == "" || one.Commit == "" {
			return true
		}
		at := slices.IndexFunc(pieces, func(p piece) bool { return p.name == one.Piece })
		return one.Commit != commit && (at >= 0 && pieces[at].tests || !sameCode(ctx, root, one.Commit))
	})
}

// sameCode reports whether only tests and texts have changed since a commit.
func sameCode(ctx context.Context, root, commit string) bool {
	cmd := exec.CommandContext(ctx, "git", "diff", "--quiet", commit, "HEAD", "--", //nolint:gosec // a commit that this program wrote down
		"*.go", "*.json", "go.mod", "go.sum", ":!*_test.go", ":!docs", ":!internal/mutants/mutants.json")
	cmd.Dir = root
	return cmd.Run() == nil
}

// commitOf returns the commit of the files below root; empty if there are uncommitted changes.
func commitOf(ctx context.Context, root string) string {
	git := func(arguments ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "git", arguments...) //nolint:gosec // as written below
		cmd.Dir = root
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
	changes, err := git("status", "--porcelain", "--", "*.go", "*.json", "go.mod", "go.sum", "testdata")
	if err != nil || changes != "" {
		return ""
	}
	commit, err := git("rev-parse", "--short=12", "HEAD")
	if err != nil {
		return ""
	}
	return commit
}

// versionOf returns the version that a CLI prints.
func versionOf(ctx context.Context, cli string) (string, error) {
	cmd := exec.CommandContext(ctx, cli, "version")
	cmd.Env = append(cmd.Environ(), "CHECKPOINT_DISABLE=1")
	out, err := cmd.Output()
	first, _, _ := strings.Cut(string(out), "\n")
	return first, err
}

// note prints the result of a piece. If the piece was not aborted, it replaces an earlier result and is saved.
func (r *report) note(out io.Writer, o *Options, f *figures) error {
	one := f.record()
	one.Commit = r.Commit
	one.write(out)
	if f.aborted {
		return nil
	}
	if at := slices.IndexFunc(r.Records, func(old record) bool { return old.Piece == one.Piece }); at >= 0 {
		r.Records[at] = one
	} else {
		r.Records = append(r.Records, one)
	}
	if o.Keep == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.Keep, append(text, '\n'), 0o600)
}

// record returns the result of a piece that has ended.
func (f *figures) record() record {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := record{Piece: f.piece, Began: f.began, Took: f.took, Headline: f.headline, Lines: f.lines, Counts: f.counts, Forbidden: f.wrong}
	if one.Headline == "" {
		one.Headline = fmt.Sprintf("%s cases", grouped(one.cases()))
	}
	return one
}

// cases counts the cases with an outcome of the fault matrix; if there is none, all cases.
func (r record) cases() (n int) {
	all := 0
	for outcome, m := range r.Counts {
		all += m
		if outcomeMeanings[outcome] != "" {
			n += m
		}
	}
	if n == 0 {
		return all
	}
	return n
}

// write prints the table of a piece.
func (r record) write(w io.Writer) {
	fmt.Fprintf(w, "\n%s (%s)\n", r.Piece, r.Took.Round(100*time.Millisecond))
	for _, line := range r.Lines {
		fmt.Fprintf(w, "  %-58s %12s\n", line.Name, line.Value)
	}
	if len(r.Counts) > 0 {
		fmt.Fprintf(w, "  %-58s %12d\n", "cases", r.cases())
	}
	for _, outcome := range slices.Sorted(maps.Keys(r.Counts)) {
		fmt.Fprintf(w, "    %-56s %12d\n", strings.TrimSpace(outcome+"  "+outcomeMeanings[outcome]), r.Counts[outcome])
	}
	fmt.Fprintf(w, "  %-58s %12d\n", "forbidden outcomes", len(r.Forbidden))
	for _, wrong := range r.Forbidden {
		fmt.Fprintf(w, "\n  FORBIDDEN: %s\n  Run it again: %s\n", strings.ReplaceAll(strings.TrimSpace(wrong.What), "\n", "\n    "), wrong.Replay)
	}
}

// forbidden counts the forbidden outcomes.
func (r *report) forbidden() (n int) {
	for _, one := range r.Records {
		n += len(one.Forbidden)
	}
	return n
}

// outcomes counts the cases of all pieces by the outcomes of the fault matrix.
func (r *report) outcomes() (counts map[string]int, all int) {
	counts = map[string]int{}
	for _, one := range r.Records {
		for outcome, n := range one.Counts {
			if outcomeMeanings[outcome] != "" {
				counts[outcome], all = counts[outcome]+n, all+n
			}
		}
	}
	return counts, all
}

// took returns the time of all pieces together.
func (r *report) took() (all time.Duration) {
	for _, one := range r.Records {
		all += one.Took
	}
	return all
}

// write prints the table of all pieces.
func (r *report) write(w io.Writer) {
	commit := r.Commit
	if commit == "" {
		commit = "with uncommitted changes"
	}
	fmt.Fprintf(w, "\nAll pieces (%s; %s; %s; %d CPUs)\n", commit, strings.Join(r.CLIs, ", "), r.Go, r.CPUs)
	for _, one := range r.Records {
		fmt.Fprintf(w, "  %-20s %10s  %3d forbidden  %s\n", one.Piece, one.Took.Round(time.Second), len(one.Forbidden), one.Headline)
	}
	counts, all := r.outcomes()
	fmt.Fprintf(w, "  %-58s %12d\n", "cases with an outcome of the fault matrix", all)
	for _, outcome := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "    %-56s %12d\n", outcome+"  "+outcomeMeanings[outcome], counts[outcome])
	}
	fmt.Fprintf(w, "  %-58s %12s\n  %-58s %12d\n", "wall time", r.took().Round(time.Second), "forbidden outcomes", r.forbidden())
}

// markdown returns the tables for the guide.
func (r *report) markdown() string {
	var b strings.Builder
	first := time.Now()
	for _, one := range r.Records {
		if one.Began.Before(first) {
			first = one.Began
		}
	}
	fmt.Fprintf(&b, "Commit %s, %s, %s, %s, %d CPUs, %s in all. If a piece names another commit, only tests and texts differ.\n\n", r.Commit, first.UTC().Format(time.DateOnly), strings.Join(r.CLIs, " and "), r.Go, r.CPUs, r.took().Round(time.Minute))
	fmt.Fprint(&b, "| Piece | Commit | Result | Forbidden outcomes | Took |\n| --- | --- | --- | --- | --- |\n")
	for _, one := range r.Records {
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %s |\n", one.Piece, one.Commit, one.Headline, len(one.Forbidden), one.Took.Round(time.Second))
	}
	counts, all := r.outcomes()
	fmt.Fprintf(&b, "| all | | %s cases with an outcome | %d | %s |\n", grouped(all), r.forbidden(), r.took().Round(time.Second))
	fmt.Fprint(&b, "\n| Outcome | Meaning | Cases |\n| --- | --- | --- |\n")
	for _, outcome := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", outcome, outcomeMeanings[outcome], grouped(counts[outcome]))
	}
	fmt.Fprint(&b, "\n| Piece | Figure | Value |\n| --- | --- | --- |\n")
	for _, one := range r.Records {
		for _, line := range one.Lines {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", one.Piece, line.Name, line.Value)
		}
	}
	return b.String()
}

// The figures of one campaign are between these lines of the guide.
const (
	figuresBegin = "<!-- figures of the campaign -->\n"
	figuresEnd   = "<!-- end of the figures -->\n"
)

// publish replaces the figures in a guide.
func (r *report) publish(guide string) error {
	text, err := os.ReadFile(guide)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(text), figuresBegin)
	_, after, ends := strings.Cut(rest, figuresEnd)
	switch {
	case !begins || !ends:
		return fmt.Errorf("%s has no place for figures", guide)
	case r.Commit == "":
		return errors.New("figures of uncommitted code are not published")
	}
	return os.WriteFile(guide, []byte(before+figuresBegin+"\n"+r.markdown()+"\n"+figuresEnd+after), 0o644) //nolint:gosec // all users may read it
}

// grouped returns a number with commas: 21,164.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
