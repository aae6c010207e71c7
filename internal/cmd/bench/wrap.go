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

// A CLI starts this program under the provider's name. The program starts the provider and
// records the cost when the provider has ended.
const (
	wrappedProgram = "RAM_BENCH_PROVIDER" // the program to start
	recordFile     = "RAM_BENCH_RECORDS"  // file to write to, one line per process
)

// cost is the cost of one provider process.
type cost struct {
	CPU      time.Duration `json:"cpu"`
	RSS      int64         `json:"rss"`       // maximum resident memory
	LiveHeap int64         `json:"live_heap"` // largest heap after a garbage collection
}

// wrapProvider runs a provider in place of this program.
func wrapProvider(provider, records string) error {
	signal.Ignore(os.Interrupt)   // the provider in the same process group handles it
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

// collection matches a line of gctrace: the heap at the start, at the end, and the live
// heap.
var collection = regexp.MustCompile(`^gc \d+ @.* (\d+)->(\d+)->(\d+) MB, `)

// watchHeap reads the trace of the garbage collector until it ends, and passes other lines
// to rest. It returns the largest live heap.
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

// costs adds up the costs of the processes of one run. For memory it returns the maximum.
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
