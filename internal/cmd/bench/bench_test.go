// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain wraps the provider if a CLI starts this program as a provider.
func TestMain(m *testing.M) {
	if provider := os.Getenv(wrappedProgram); provider != "" {
		if err := wrapProvider(provider, os.Getenv(recordFile)); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// The smallest run shows that the benchmark works. Its figures are not checked, because a
// busy machine would miss them.
func TestAccBench(t *testing.T) {
	t.Parallel()
	cli := os.Getenv("TF_ACC_TERRAFORM_PATH")
	for _, name := range []string{"terraform", "tofu", "../../../bin/tofu"} {
		if found, err := exec.LookPath(name); cli == "" && err == nil {
			cli = found
		}
	}
	if cli == "" {
		t.Skip("no terraform and no tofu on this machine")
	}
	directory := t.TempDir()
	at := func(name string) string { return filepath.Join(directory, name) }
	for name, source := range map[string]string{"provider": "../../..", "floor": "../floor", "ramfake": "../ramfake", "peer": "./testdata/peer"} {
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", at(name), source).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	guide := at("guide.md")
	if err := os.WriteFile(guide, []byte("before\n"+figuresBegin+"old\n"+figuresEnd+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := run(t.Context(), []string{
		"-tiny", "-cli", cli, "-provider", at("provider"), "-floor", at("floor"), "-fake", at("ramfake"), "-peer", at("peer"), "-json", at("bench.json"), "-guide", guide,
	}, &out, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	text, err := os.ReadFile(at("bench.json"))
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil || len(r.Results) != 10 {
		t.Fatalf("%d results, %v", len(r.Results), err)
	}
	if targets := r.targets(); len(targets) != 24 || !strings.Contains(out.String(), "| "+targets[0].name+" |") {
		t.Errorf("%d targets: %+v\n%s", len(targets), targets, out.String())
	}
	if len(r.Peers) != 6 {
		t.Errorf("%d pairs", len(r.Peers))
	}
	for _, p := range r.Peers {
		if p.Ours.Wall == 0 || p.Peer.Wall == 0 || p.Peer.ProviderCPU == 0 || p.OurTraffic.Calls == 0 || p.Operation == apply && p.OurTraffic.ByAction["CreateAccessKey"] != 3 {
			t.Errorf("a figure of a pair is missing: %+v", p)
		}
	}
	for _, result := range r.Results {
		if result.Traffic.Calls == 0 || result.Ours.Wall == 0 || result.Ours.ProviderCPU == 0 || result.Ours.ProviderRSS == 0 {
			t.Errorf("a figure is missing: %+v", result)
		}
		if result.reads() && result.Operation != query && result.Traffic.Repeats > 0 {
			t.Errorf("repeats: %+v", result)
		}
		if (result.Operation == plan || result.Operation == read) && result.Traffic.ByAction["GetLoginProfile"] != 3 {
			t.Errorf("calls: %v", result.Traffic.ByAction)
		}
		if !strings.Contains(out.String(), "| "+result.Operation+" |") {
			t.Errorf("%s is not in the table:\n%s", result.Operation, out.String())
		}
	}
	if page, err := os.ReadFile(guide); err != nil || !strings.HasPrefix(string(page), "before\n") || !strings.HasSuffix(string(page), "after\n") || !strings.Contains(string(page), out.String()) {
		t.Errorf("the guide: %v\n%s", err, page)
	}
}

func TestHeap_isReadFromTheTraceOfTheCollector(t *testing.T) {
	t.Parallel()
	said := "gc 1 @0.010s 2%: 0.02+1.1+0.01 ms clock, 0.1+0/1/2+0.1 ms cpu, 3->4->2 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P\n" +
		"{\"@level\":\"debug\"}\n" +
		"gc 2 @0.110s 2%: 0.02+1.1+0.01 ms clock, 0.1+0/1/2+0.1 ms cpu, 9->9->7 MB, 10 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
	var rest bytes.Buffer
	if most := watchHeap(strings.NewReader(said), &rest); most != 7<<20 || rest.String() != "{\"@level\":\"debug\"}\n" {
		t.Errorf("%d, rest %q", most, rest.String())
	}
}

func TestTraffic_countsByActionAndByTenthOfASecond(t *testing.T) {
	t.Parallel()
	start := time.UnixMilli(1_000_000)
	var calls []call
	for n := range 10 {
		calls = append(calls, call{Action: "GetUser", Time: start.Add(time.Duration(n) * 30 * time.Millisecond)})
	}
	for n := range calls {
		calls[n].Params = json.RawMessage(fmt.Sprintf(`{"UserId":"%d"}`, n/2))
	}
	calls = append(calls, call{Action: "ListUsers", Code: "Throttling.User", Time: start})
	for n := range 60 { // two writes of an action and one of another in each tenth, for two seconds
		calls = append(calls, call{Action: []string{"CreateUser", "CreateUser", "TagResources"}[n%3], Time: start.Add(time.Duration(n/3) * 100 * time.Millisecond), Params: json.RawMessage(fmt.Sprintf(`{"UserName":"%d"}`, n))})
	}
	got := trafficOf(calls)
	if most := got.busiest(true); got.Calls != 71 || got.Peak != 8 || got.Repeats != 5 || got.Throttled != 1 || most != 10 || got.Reads != 10 || got.Writes != 60 || got.InOrder != 40*time.Second/writeQuota {
		t.Errorf("%+v", got)
	}
}

func TestMinimum_isTheFloorOrTheQuota(t *testing.T) {
	t.Parallel()
	r := result{Floor: &sample{Wall: 3 * time.Second}, Traffic: traffic{ByAction: map[string]int{"GetLoginProfile": 1000, "ListUsers": 10}}}
	if got := r.least(); got != 3*time.Second {
		t.Errorf("without a quota: %s", got)
	}
	if r.Quota = true; r.least() != 10*time.Second {
		t.Errorf("with a quota: %s", r.least())
	}
	r = result{cell: cell{Operation: apply, conditions: usual}, Floor: &sample{Wall: 3 * time.Second}, Traffic: traffic{ByAction: map[string]int{"GetUser": 1000, "CreateUser": 100, "CreateAccessKey": 200}}}
	if r.least() != 10*time.Second {
		t.Errorf("a run that writes: %s", r.least())
	}
}

func TestMedian_ofEachFigure(t *testing.T) {
	t.Parallel()
	got := median([]sample{{Wall: 3, ProviderCPU: 1}, {Wall: 1, ProviderCPU: 9}, {Wall: 2, ProviderCPU: 5}})
	if got.Wall != 2 || got.ProviderCPU != 5 {
		t.Errorf("%+v", got)
	}
}

// Long measurements are not part of the default, and every size contains the two cells of
// the targets.
func TestProgramme_measuresEveryTarget(t *testing.T) {
	t.Parallel()
	stages := (arguments{most: 1000}).cellsBySize()
	if len(stages) != 4 {
		t.Fatalf("%d sizes", len(stages))
	}
	for _, of := range stages {
		if alone := (cell{read, of.users, 10, ideal, 1}); of.users >= 100 && !slices.Contains(of.cells, alone) {
			t.Errorf("the refresh by the provider alone lacks %d users", of.users)
		}
		if of.users > 1000 {
			if len(of.cells) != 1 {
				t.Errorf("%d users are planned by default", of.users)
			}
			continue
		}
		for _, is := range []conditions{ideal, usual} {
			if !slices.Contains(of.cells, cell{plan, of.users, 10, is, 5}) {
				t.Errorf("%d users lack a plan under %+v", of.users, is)
			}
		}
	}
}

// reportWith returns the report of a provider that reaches every target, with one change.
func reportWith(change func(*report)) report {
	plain := sample{Wall: time.Second, ProviderCPU: time.Second, LiveHeap: 10 << 20}
	calls := traffic{Calls: 2*100 + 1 + 1 + 10, ByAction: map[string]int{"GetLoginProfile": 100, "ListAccessKeys": 100, "ListVirtualMFADevices": 1}}
	r := report{
		Ours: startup{Binary: 20 << 20, Schema: 3, Idle: 3}, Floor: startup{Schema: 2, Idle: 2},
		Results: []result{
			{cell: cell{plan, 100, 10, ideal, 1}, Instances: 500, Ours: plain, Floor: &sample{Wall: time.Second, ProviderCPU: 2 * time.Second, LiveHeap: 10 << 20}, Silent: &plain, Traffic: calls},
			{cell: cell{plan, 100, 10, usual, 1}, Instances: 500, Ours: plain, Floor: &sample{Wall: time.Second}, Traffic: calls},
			{cell: cell{read, 50, 10, ideal, 1}, Instances: 250, Ours: sample{ProviderCPU: time.Second}},
			{cell: cell{read, 100, 10, ideal, 1}, Instances: 500, Ours: sample{ProviderCPU: 2 * time.Second}, Traffic: calls},
			{cell: cell{apply, 100, 10, ideal, 1}, Traffic: traffic{Repeats: 99, Throttled: 99, Calls: 9999}},
			{cell: cell{query, 100, 10, ideal, 1}, Traffic: traffic{Repeats: 1, Calls: 9999}},
			{cell: cell{apply, 100, 10, usual, 1}, Ours: plain, Floor: &plain, Traffic: traffic{Reads: 10, Writes: 10, Calls: 1000, Throttled: 10, InOrder: 2 * time.Second}},
		},
		Peers: []pair{
			{cell: cell{apply, 60, 10, ideal, 3}, Ours: sample{Wall: 16}, Peer: sample{Wall: 10}},
			{cell: cell{plan, 60, 10, ideal, 3}, Ours: sample{Wall: 12, ProviderCPU: 12}, Peer: sample{Wall: 10, ProviderCPU: 10}},
			{cell: cell{plan, 60, 10, usual, 3}, Ours: sample{Wall: 99, ProviderCPU: 99}, Peer: sample{Wall: 10, ProviderCPU: 10}},
		},
	}
	change(&r)
	return r
}

func TestTarget_isMissedByAHigherFigure(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		missed int // index of the missed target; -1: none
		change func(*report)
	}{
		"everything is reached": {-1, func(*report) {}},
		"a list too many": {0, func(r *report) {
			r.Results[3].Traffic.ByAction = map[string]int{"ListVirtualMFADevices": 2, "GetLoginProfile": 100, "ListAccessKeys": 100}
		}},
		"a call too many":   {1, func(r *report) { r.Results[0].Traffic.Calls++ }},
		"a repeat":          {2, func(r *report) { r.Results[1].Traffic.Repeats = 1 }},
		"a throttled query": {3, func(r *report) { r.Results[5].Traffic.Throttled = 1 }},
		"wall":              {4, func(r *report) { r.Results[0].Ours.Wall = 2 * time.Second }},
		"CPU":               {5, func(r *report) { r.Results[0].Floor.ProviderCPU = time.Second }},
		"live heap":         {6, func(r *report) { r.Results[0].Ours.LiveHeap = 16 << 20 }},
		"CPU, no logs":      {7, func(r *report) { r.Results[0].Silent.ProviderCPU = time.Second / 2 }},
		"wall, far away":    {8, func(r *report) { r.Results[1].Ours.Wall = 2 * time.Second }},
		"cost that grows":   {9, func(r *report) { r.Results[3].Ours.ProviderCPU = 4 * time.Second }},
		"a read too many":   {10, func(r *report) { r.Results[6].Traffic.Reads++ }},
		"a slow apply":      {11, func(r *report) { r.Results[6].Ours.Wall = 2 * time.Second }},
		"a slower order": {12, func(r *report) {
			r.Results[6].Ours.Wall, r.Results[6].Traffic.InOrder = 2*time.Second, time.Second
			r.Results[6].Traffic.ByAction = map[string]int{"CreateUser": 2 * writeQuota}
		}},
		"throttled writes": {13, func(r *report) { r.Results[6].Traffic.Throttled++ }},
		"a faster peer":    {14, func(r *report) { r.Peers[0].Peer.Wall = 9 }},
		"a peer's plan":    {15, func(r *report) { r.Peers[1].Peer.Wall = 9 }},
		"a peer's CPU":     {16, func(r *report) { r.Peers[1].Peer.ProviderCPU = 9 }},
		"a large binary":   {17, func(r *report) { r.Ours.Binary = 31 << 20 }},
		"a slow schema":    {18, func(r *report) { r.Ours.Schema = 4 }},
		"memory at rest":   {19, func(r *report) { r.Ours.Idle = 4 }},
	} {
		targets := reportWith(test.change).targets()
		if len(targets) != 20 {
			t.Fatalf("%s: %d targets", name, len(targets))
		}
		for at, target := range targets {
			if target.reached == (at == test.missed) {
				t.Errorf("%s: %+v", name, target)
			}
		}
	}
}

func TestState_isReadFromAResponse(t *testing.T) {
	t.Parallel()
	state, private := field(1, []byte("state")), field(3, []byte("private"))
	for name, test := range map[string]struct {
		response []byte
		want     string
		fails    bool
	}{
		"a state":            {response: slices.Concat(field(1, state), private), want: string(state)},
		"a long state":       {response: field(1, bytes.Repeat([]byte("s"), 300)), want: strings.Repeat("s", 300)},
		"diagnostics":        {response: slices.Concat(field(1, state), field(2, []byte("broken"))), fails: true},
		"no state":           {response: private, fails: true},
		"the half of one":    {response: field(1, state)[:4], fails: true},
		"a number for bytes": {response: []byte{1 << 3, 7}, fails: true},
	} {
		got, err := stateIn(test.response, nil)
		if (err != nil) != test.fails || err == nil && string(got) != test.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestProcessTime_isReadForAnyName(t *testing.T) {
	t.Parallel()
	got, err := cpuIn("123 (a b) c) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20")
	if err != nil || got != 1750*time.Millisecond {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := cpuIn("123 (a) S 1 2"); err == nil {
		t.Error("a short line is accepted")
	}
}
