// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// Where a CLI starts a provider, it finds this program under the provider's name.
// That starts the provider, and writes down what it has cost once it has ended.
const (
	witnessed = "RAM_BENCH_PROVIDER" // the program to start
	recordsAt = "RAM_BENCH_RECORDS"  // the file to write to, a line for each process
)

// cost is what one process of a provider has cost.
type cost struct {
	CPU      time.Duration `json:"cpu"`
	RSS      int64         `json:"rss"`       // the most that it had resident
	LiveHeap int64         `json:"live_heap"` // the most that a garbage collection left
}

// witness runs a provider in place of itself.
func witness(provider, records string) error {
	signal.Ignore(os.Interrupt)   // it is for the provider, which is in the same group
	cmd := exec.Command(provider) //nolint:noctx,gosec // it is the bench that names it, and the CLI that ends it
	cmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout
	cmd.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	heap := watchHeap(stderr, os.Stderr)
	if err := cmd.Wait(); err != nil {
		return err
	}
	return write(records, costOf(cmd.ProcessState, heap))
}

// collection is a line of gctrace: heap at the start, at the end, and what is live.
var collection = regexp.MustCompile(`^gc \d+ @.* (\d+)->(\d+)->(\d+) MB, `)

// watchHeap reads what a provider says of its collections, to the end, and passes
// on the rest. It returns the largest live heap.
func watchHeap(from io.Reader, rest io.Writer) int64 {
	var most int64
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		parts := collection.FindStringSubmatch(lines.Text())
		if parts == nil {
			fmt.Fprintln(rest, lines.Text())
			continue
		}
		live, _ := strconv.ParseInt(parts[3], 10, 64) // digits only
		most = max(most, live<<20)
	}
	return most
}

func costOf(state *os.ProcessState, heap int64) cost {
	c := cost{CPU: state.UserTime() + state.SystemTime(), LiveHeap: heap}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		c.RSS = usage.Maxrss << 10 // Linux counts KiB
	}
	return c
}

func write(records string, c cost) error {
	file, err := os.OpenFile(records, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return closing(file, json.NewEncoder(file).Encode(c))
}

func closing(file io.Closer, err error) error {
	if lost := file.Close(); err == nil {
		return lost
	}
	return err
}

// costs adds up the processes of one run of a CLI. Memory is that of the largest.
func costs(records string) (sum cost, err error) {
	file, err := os.Open(records)
	if err != nil {
		return sum, err
	}
	decoder := json.NewDecoder(file)
	for {
		var one cost
		if err = decoder.Decode(&one); err != nil {
			break
		}
		sum.CPU += one.CPU
		sum.RSS, sum.LiveHeap = max(sum.RSS, one.RSS), max(sum.LiveHeap, one.LiveHeap)
	}
	if err == io.EOF { //nolint:errorlint // a decoder's own
		err = nil
	}
	return sum, closing(file, err)
}
