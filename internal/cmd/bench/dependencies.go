// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// dependencies prints what each module brings to the binary: the code that the linker
// kept of it. The tables that go with the code are half as much again.
func dependencies(ctx context.Context, directory string, out io.Writer) error {
	binary := filepath.Join(directory, "unstripped")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, ".") //nolint:gosec // into a directory of our own
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build the provider: %w\n%s", err, text)
	}
	symbols, err := exec.CommandContext(ctx, "go", "tool", "nm", "-size", binary).Output() //nolint:gosec // what was just built
	if err != nil {
		return fmt.Errorf("cannot read the symbols: %w", err)
	}
	sizes := sizesIn(symbols)
	names := make([]string, 0, len(sizes))
	for name := range sizes {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return int(sizes[b] - sizes[a]) })
	fmt.Fprint(out, "| module | code in the binary |\n| --- | --- |\n")
	for _, name := range names {
		if sizes[name] >= 20<<10 {
			fmt.Fprintf(out, "| %s | %d KiB |\n", name, sizes[name]>>10)
		}
	}
	return nil
}

// sizesIn adds up the symbols by module. A line is address, size, kind and name.
func sizesIn(symbols []byte) map[string]int64 {
	sizes := map[string]int64{}
	lines := bufio.NewScanner(bytes.NewReader(symbols))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		parts := strings.Fields(lines.Text())
		if len(parts) < 4 || !strings.EqualFold(parts[2], "t") { // tables belong to nobody
			continue
		}
		if size, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			sizes[moduleOf(parts[3])] += size
		}
	}
	return sizes
}

// moduleOf is the module that a symbol belongs to, by its name.
func moduleOf(symbol string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(symbol, "type:"), ".eq.")
	name = strings.TrimLeft(name, "*.[]()")
	elements := strings.Split(name, "/")
	if !strings.Contains(elements[0], ".") || len(elements) == 1 {
		return "the standard library and the runtime"
	}
	length := 3
	if elements[0] != "github.com" {
		length = 2
	}
	module := strings.Join(elements[:min(length, len(elements))], "/")
	if at := strings.IndexAny(module[len(elements[0]):], ".,{[("); at >= 0 && len(elements) <= length {
		module = module[:len(elements[0])+at]
	}
	return module
}
