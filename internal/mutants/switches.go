// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package mutants

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// switchesPath is the package of the switches. It exists only in the overlay.
const switchesPath = "internal/mutants/switches"

// The environment of a test program: the number of the mutant that is switched on, and the file to which a
// program without one writes the numbers of the mutants that it reaches.
const (
	activeVariable = "RAM_MUTANT"
	reachVariable  = "RAM_MUTANTS_REACHED"
)

const switchesCode = `package switches

import (
	"os"
	"strconv"
	"sync/atomic"
)

var (
	active, _ = strconv.Atoi(os.Getenv("` + activeVariable + `"))
	reached   = open(os.Getenv("` + reachVariable + `"))
	seen      [%d]atomic.Bool
)

func open(name string) *os.File {
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	return f
}

func On(n int) bool {
	if reached != nil && !seen[n].Swap(true) {
		reached.WriteString(strconv.Itoa(n) + "\n")
	}
	return n == active
}

func Drop[T any](n int, value T) T {
	if On(n) {
		var zero T
		return zero
	}
	return value
}
`

// switched is a copy of the code that contains all derived mutants, each behind a switch: a program is compiled once
// and not once for each mutant.
type switched struct {
	s         *source
	module    string
	overlay   string // the file
	directory string // of the changed files
	mutants   map[int]Mutant
}

// newSwitched writes the overlay. The number of a mutant is its place in the list and 1.
func newSwitched(ctx context.Context, s *source, o Options, mutants []Mutant) (*switched, error) {
	mod, err := os.ReadFile(filepath.Join(s.root, "go.mod"))
	if err != nil {
		return nil, err
	}
	w := &switched{s: s, directory: filepath.Join(o.Temp, "switched"), mutants: map[int]Mutant{}}
	w.module = strings.Fields(string(mod))[1]
	w.overlay = filepath.Join(w.directory, "overlay.json")
	for i, m := range mutants {
		w.mutants[i+1] = m
	}
	for range 50 { // each time without those that do not compile
		if err := w.write(len(mutants) + 1); err != nil {
			return nil, err
		}
		bad, err := w.notCompiling(ctx)
		if err != nil || len(bad) == 0 {
			return w, err
		}
		for _, n := range bad {
			delete(w.mutants, n)
		}
	}
	return nil, fmt.Errorf("%w: too many mutants", errNotBuilt)
}

// write writes the changed files and the overlay.
func (w *switched) write(size int) error {
	files := map[string][]int{}
	for n, m := range w.mutants {
		files[m.file] = append(files[m.file], n)
	}
	replace := map[string]string{}
	put := func(name, code string) error {
		target, err := filepath.Abs(filepath.Join(w.s.root, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		changed := filepath.Join(w.directory, filepath.FromSlash(name))
		replace[target] = changed
		return errors.Join(os.MkdirAll(filepath.Dir(changed), 0o750), os.WriteFile(changed, []byte(code), 0o600))
	}
	if err := put(switchesPath+"/switches.go", fmt.Sprintf(switchesCode, size)); err != nil {
		return err
	}
	for name, numbers := range files {
		if err := put(name, w.code(name, numbers)); err != nil {
			return err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(w.overlay, text, 0o600)
}

// around is code that is inserted before and after a part of a file.
type around struct {
	start, end    int
	before, after string
}

// code returns a file with the switches of its mutants. The code of a switched mutant is the original one with its
// change: no two are on at once.
func (w *switched) code(name string, numbers []int) string {
	code, all := w.s.files[name], []around{}
	for _, n := range slices.Sorted(slices.Values(numbers)) {
		all = append(all, w.mutants[n].switches(n, code)...)
	}
	slices.SortStableFunc(all, func(a, b around) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	var out bytes.Buffer
	at, open := 0, []around{}
	to := func(next int) {
		out.Write(code[at:next])
		at = next
	}
	closeUntil := func(next int) {
		for len(open) > 0 && open[len(open)-1].end <= next {
			last := open[len(open)-1]
			to(last.end)
			out.WriteString(last.after)
			open = open[:len(open)-1]
		}
	}
	for _, a := range all {
		closeUntil(a.start)
		to(a.start)
		out.WriteString(a.before)
		open = append(open, a)
	}
	closeUntil(len(code))
	to(len(code))
	clause := regexp.MustCompile(`(?m)^package \w+`).FindIndex(out.Bytes())
	return out.String()[:clause[1]] + fmt.Sprintf("; import switches_ %q", w.module+"/"+switchesPath) + out.String()[clause[1]:]
}

// switches returns what a mutant inserts.
func (m Mutant) switches(n int, code []byte) []around {
	on := fmt.Sprintf("switches_.On(%d)", n)
	switch m.Rule {
	case "drop-call":
		return []around{{m.start, m.end, "if !" + on + " {\n", "\n}"}}
	case "drop-error":
		return []around{{m.start, m.end, fmt.Sprintf("switches_.Drop(%d, ", n), ")"}}
	case "swap": // the second before the first, and not after it
		second := string(code[m.second:m.end])
		return []around{{m.start, m.second, "if " + on + " {\n" + second + "\n}\n", ""}, {m.second, m.end, "if !" + on + " {\n", "\n}"}}
	}
	return []around{{m.start, m.end, "(" + on + " && (" + m.replacement + ") || !" + on + " && (", "))"}}
}

var (
	errorLine    = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):\d+: .*$`)
	switchNumber = regexp.MustCompile(`switches_\.(?:On|Drop)\((\d+)`)
)

// allErrors makes the compiler report more than ten errors of a package. It is in each build: other flags would compile
// everything again.
func (w *switched) allErrors() string { return "-gcflags=" + w.module + "/...=-e" }

// notCompiling returns the mutants in the lines that the compiler refuses.
func (w *switched) notCompiling(ctx context.Context) (bad []int, err error) {
	packages := map[string]bool{}
	for _, m := range w.mutants {
		packages["./"+m.pkg] = true
	}
	arguments := append([]string{"build", w.allErrors(), "-overlay=" + w.overlay}, slices.Sorted(maps.Keys(packages))...)
	cmd := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // of this repository
	cmd.Dir = w.s.root
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil, nil
	}
	for _, match := range errorLine.FindAllStringSubmatch(string(out), -1) {
		code := []byte{}
		for name := range w.s.files {
			if strings.HasSuffix(filepath.ToSlash(match[1]), name) {
				code, err = os.ReadFile(filepath.Join(w.directory, filepath.FromSlash(name)))
				if err != nil {
					return nil, err
				}
			}
		}
		lines := strings.Split(string(code), "\n")
		line, _ := strconv.Atoi(match[2]) // digits
		for at := min(line, len(lines)) - 1; at >= 0; at-- {
			if found := switchNumber.FindAllStringSubmatch(lines[at], -1); len(found) > 0 {
				for _, f := range found {
					n, _ := strconv.Atoi(f[1]) // digits
					bad = append(bad, n)
				}
				break
			}
		}
	}
	if len(bad) == 0 {
		return nil, fmt.Errorf("%w: %s", errNotBuilt, out)
	}
	return bad, ctx.Err()
}
