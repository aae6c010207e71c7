// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"fmt"
	"strings"
	"time"
)

// report is the result of one run, as in bench.json.
type report struct {
	Date    time.Time `json:"date"`
	CLI     string    `json:"cli"`
	CPUs    int       `json:"cpus"`
	Go      string    `json:"go"`
	Ours    startup   `json:"ours_startup"`
	Floor   startup   `json:"floor_startup"`
	Results []result  `json:"results"`
	Peers   []pair    `json:"peers,omitempty"` // with -peer
}

// The quotas that the service publishes per action and account, in calls per second.
const (
	readQuota  = 100
	writeQuota = 20
)

// ratio returns a divided by b.
func ratio[T time.Duration | int64](a, b T) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// least returns the minimum duration of a run: that of the floor, or that of the most
// frequent action at the published quota. A run that writes is limited by its writes, whose
// quota is smaller.
func (r result) least() time.Duration {
	var floor time.Duration
	if r.Floor != nil {
		floor = r.Floor.Wall
	}
	if !r.Quota {
		return floor
	}
	paced := time.Duration(r.Traffic.busiest(true)) * time.Second / readQuota
	if !r.reads() {
		paced = time.Duration(r.Traffic.busiest(false)) * time.Second / writeQuota
	}
	return max(floor, paced)
}

// quota returns the table cell of the quota.
func (c conditions) quota() string {
	if c.Quota {
		return "on"
	}
	return "off"
}

// columns are the headers of the table.
var columns = []string{"operation", "users", "latency", "quota", "-parallelism", "wall", "× least", "CLI CPU", "CPU", "× floor", "per instance", "live heap", "× floor", "RSS", "calls", "reads per write", "repeats", "peak/100 ms", "throttled"}

func (r result) row() []string {
	cpu, heap, wall, repeats, perWrite := "", "", "", "", ""
	if r.reads() {
		repeats = fmt.Sprint(r.Traffic.Repeats)
	} else {
		perWrite = fmt.Sprintf("%.2f", r.readsPerWrite())
	}
	if r.Floor != nil {
		wall = fmt.Sprintf("%.2f", ratio(r.Ours.Wall, r.least()))
		cpu, heap = fmt.Sprintf("%.2f", ratio(r.Ours.ProviderCPU, r.Floor.ProviderCPU)), fmt.Sprintf("%.2f", ratio(r.Ours.LiveHeap, r.Floor.LiveHeap))
	}
	return []string{
		r.Operation, fmt.Sprint(r.Users), r.Latency.String(), r.quota(), fmt.Sprint(r.Parallelism), seconds(r.Ours.Wall), wall, seconds(r.Ours.CLICPU),
		seconds(r.Ours.ProviderCPU), cpu, fmt.Sprintf("%.2f ms", float64(r.Ours.ProviderCPU.Microseconds())/1000/float64(r.Instances)),
		mebibytes(r.Ours.LiveHeap), heap, mebibytes(r.Ours.ProviderRSS), fmt.Sprint(r.Traffic.Calls), perWrite, repeats, fmt.Sprint(r.Traffic.Peak), fmt.Sprint(r.Traffic.Throttled),
	}
}

// readsPerWrite returns the number of reads per write.
func (r result) readsPerWrite() float64 {
	return ratio(int64(r.Traffic.Reads), int64(r.Traffic.Writes))
}

// reads reports whether the operation changes nothing, so that no call needs to be
// repeated.
func (r result) reads() bool { return r.Operation != apply && r.Operation != destroy }

// String returns a line of progress.
func (r result) String() string { return strings.Join(r.row(), "  ") }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func mebibytes(size int64) string { return fmt.Sprintf("%.0f MiB", float64(size)/(1<<20)) }

// table returns the report in Markdown.
func (r report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d CPUs, %s. Ours and the floor alternate; medians of lines that ran more than once.\n\n", r.CLI, r.CPUs, r.Date.Format("2006-01-02"))
	fmt.Fprintf(&b, "| start | ours | floor | ratio |\n| --- | --- | --- | --- |\n")
	for _, line := range []struct {
		name        string
		mine, floor string
		ratio       float64
	}{
		{"binary", fmt.Sprintf("%.1f MiB", float64(r.Ours.Binary)/(1<<20)), fmt.Sprintf("%.1f MiB", float64(r.Floor.Binary)/(1<<20)), ratio(r.Ours.Binary, r.Floor.Binary)},
		{"first schema", milliseconds(r.Ours.Schema), milliseconds(r.Floor.Schema), ratio(r.Ours.Schema, r.Floor.Schema)},
		{"resident then", mebibytes(r.Ours.Idle), mebibytes(r.Floor.Idle), ratio(r.Ours.Idle, r.Floor.Idle)},
		{"CPU so far", milliseconds(r.Ours.CPU), milliseconds(r.Floor.CPU), ratio(r.Ours.CPU, r.Floor.CPU)},
	} {
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f |\n", line.name, line.mine, line.floor, line.ratio)
	}
	fmt.Fprintf(&b, "\n| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat(" --- |", len(columns)))
	for _, result := range r.Results {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(result.row(), " | "))
	}
	if len(r.Peers) > 0 {
		fmt.Fprintf(&b, "\n| %s |\n|%s\n", strings.Join(peerColumns, " | "), strings.Repeat(" --- |", len(peerColumns)))
		for _, p := range r.Peers {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(p.row(), " | "))
		}
	}
	fmt.Fprint(&b, "\n| target | wanted | measured | |\n| --- | --- | --- | --- |\n")
	for _, t := range r.targets() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", t.name, t.wanted, t.measured, t.verdict())
	}
	return b.String()
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
