// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// fake is the fake service in its own process.
type fake struct {
	cmd         *exec.Cmd
	address     string
	accountID   string
	environment []string // variables with which the provider uses it
}

// conditions are the latency and the quota of the service.
type conditions struct {
	Latency time.Duration `json:"latency"`
	Quota   bool          `json:"quota"`
}

// start serves the account in a file, or a new account with that many users.
func (p programs) start(ctx context.Context, file string, users int, is conditions) (*fake, error) {
	args := []string{"-listen", "127.0.0.1:0", "-users", strconv.Itoa(users), "-latency", is.Latency.String(), "-quota=" + strconv.FormatBool(is.Quota)}
	if file != "" {
		args = append(args, "-state", file)
	}
	cmd := exec.CommandContext(ctx, p.fake, args...) //nolint:gosec // chosen by the person who measures
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the fake is not ready: %w", err)
	}
	var ready struct {
		Address   string `json:"address"`
		AccountID string `json:"account_id"`
		KeyID     string `json:"access_key_id"`
		KeySecret string `json:"access_key_secret"`
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		return nil, fmt.Errorf("the fake printed no address: %w", err)
	}
	return &fake{cmd: cmd, address: ready.Address, accountID: ready.AccountID, environment: []string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID=" + ready.KeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + ready.KeySecret,
		"RAM_ENDPOINT=" + ready.Address, "IMS_ENDPOINT=" + ready.Address, "STS_ENDPOINT=" + ready.Address,
	}}, nil
}

// stop stops the fake and waits until the account is saved.
func (f *fake) stop() error {
	if err := f.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return f.cmd.Wait()
}

// control calls the control interface of the fake.
func (f *fake) control(ctx context.Context, method, what string, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, f.address+"/_ramfake/"+what, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // what was read is what counts
	if out == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(out)
}

func (f *fake) forgetCalls(ctx context.Context) error {
	return f.control(ctx, http.MethodDelete, "calls", nil)
}

// traffic counts the calls of a run.
type traffic struct {
	Calls     int            `json:"calls"`
	Reads     int            `json:"reads"`
	Writes    int            `json:"writes"`
	ByAction  map[string]int `json:"by_action"`
	Peak      int            `json:"peak_per_100ms"` // of all actions together
	Throttled int            `json:"throttled"`
	Repeats   int            `json:"repeats"` // calls that repeat an action with the same parameters

	// InOrder is the time that the writes take at the published quota if each second keeps its mix of actions. The
	// CLI decides which actions are concurrent: it creates the instances of one block after those of another.
	InOrder time.Duration `json:"in_order"`
}

func (f *fake) traffic(ctx context.Context) (traffic, error) {
	var calls []call
	err := f.control(ctx, http.MethodGet, "calls", &calls)
	return trafficOf(calls), err
}

// call is the part of a call that is counted.
type call struct {
	Action, Code string
	Params       json.RawMessage
	Time         time.Time
}

func trafficOf(calls []call) traffic {
	t := traffic{Calls: len(calls), ByAction: map[string]int{}}
	perTenth, asked := map[int64]int{}, map[string]bool{}
	perSecond := map[int64]map[string]int{} // writes by action
	for _, c := range calls {
		t.ByAction[c.Action]++
		tenth := c.Time.UnixMilli() / 100
		perTenth[tenth]++
		t.Peak = max(t.Peak, perTenth[tenth])
		if strings.Contains(c.Code, "Throttling") {
			t.Throttled++
			continue // a throttled call is not a repeat
		}
		if reading(c.Action) {
			t.Reads++
		} else {
			t.Writes++
			second := c.Time.Unix()
			if perSecond[second] == nil {
				perSecond[second] = map[string]int{}
			}
			perSecond[second][c.Action]++
		}
		if question := c.Action + string(c.Params); asked[question] {
			t.Repeats++
		} else {
			asked[question] = true
		}
	}
	for _, writes := range perSecond {
		t.InOrder += time.Duration(slices.Max(slices.Collect(maps.Values(writes)))) * time.Second / writeQuota
	}
	return t
}

// reading reports whether an action changes nothing.
func reading(action string) bool {
	return strings.HasPrefix(action, "Get") || strings.HasPrefix(action, "List")
}

// busiest returns the number of calls of the most frequent read action, or of the most
// frequent write action.
func (t traffic) busiest(reads bool) (calls int) {
	for name, count := range t.ByAction {
		if reading(name) == reads {
			calls = max(calls, count)
		}
	}
	return calls
}
