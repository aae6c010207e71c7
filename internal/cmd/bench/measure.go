// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cell is one measurement, and how often it is run.
type cell struct {
	Operation   string `json:"operation"`
	Users       int    `json:"users"`
	Parallelism int    `json:"parallelism"`
	conditions
	Runs int `json:"runs"`
}

// result holds the medians of a cell's runs. Runs of this provider and of the floor
// alternate.
type result struct {
	cell
	Instances int     `json:"instances"`
	Ours      sample  `json:"ours"`
	Floor     *sample `json:"floor"`            // nil for read and query, which the floor lacks
	Silent    *sample `json:"silent,omitempty"` // the floor without logs; only for plans under ideal conditions
	Traffic   traffic `json:"traffic"`
}

const (
	plan    = "plan"         // with a refresh, without changes
	refresh = "refresh-only" // apply -refresh-only
	apply   = "apply"        // creates all objects
	destroy = "destroy"
	read    = "read"  // over the protocol: a refresh of all objects by the provider alone
	query   = "query" // over the protocol: users, profiles, keys and devices with their resources
)

// bench runs the measurements.
type bench struct {
	programs

	directory, host string
	logf            func(format string, arguments ...any)
	floors          map[string][]sample // the cost of the floor does not depend on the service
}

// measureSize measures all cells for one number of users.
func (l *bench) measureSize(ctx context.Context, users int, cells []cell) (results []result, err error) {
	for _, c := range cells {
		if c.Operation != read {
			continue
		}
		r, err := l.readAll(ctx, c)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	cells = slices.DeleteFunc(slices.Clone(cells), func(c cell) bool { return c.Operation == read })
	if len(cells) == 0 {
		return results, nil
	}
	base := filepath.Join(l.directory, strconv.Itoa(users))
	ours, floor, err := l.workspaces(base, users)
	if err != nil {
		return nil, err
	}
	var fromEmpty, onExisting []cell // cells that start with an empty account, and with a populated one
	for _, c := range cells {
		if c.Operation == apply || c.Operation == destroy {
			fromEmpty = append(fromEmpty, c)
			continue
		}
		onExisting = append(onExisting, c)
	}
	for _, c := range fromEmpty {
		if c.Operation == destroy {
			continue // measured after its apply
		}
		more, err := l.applyAndDestroy(ctx, ours, floor, c, fromEmpty)
		if err != nil {
			return nil, err
		}
		results = append(results, more...)
	}
	if len(onExisting) == 0 {
		return results, nil
	}
	account := filepath.Join(base, "account.json")
	if err := l.populate(ctx, ours, floor, users, account); err != nil {
		return nil, err
	}
	for _, c := range onExisting {
		r, err := l.measure(ctx, ours, floor, c, account)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// workspaces prepares the directories of this provider and of the floor.
func (l *bench) workspaces(base string, users int) (mine, floor *workspace, err error) {
	mine, err = l.workspace(filepath.Join(base, "ram"), "ram", l.provider, ourConfiguration(users, ordered))
	if err != nil {
		return nil, nil, err
	}
	floor, err = l.workspace(filepath.Join(base, "floor"), "floor", l.floor, floorConfiguration(users, ordered))
	return mine, floor, err
}

// populate gives both workspaces a state with all objects, and saves the account of this
// provider.
func (l *bench) populate(ctx context.Context, mine, floor *workspace, users int, account string) error {
	if err := errors.Join(mine.Write("main.tf", ourConfiguration(users, unordered)), floor.Write("main.tf", floorConfiguration(users, unordered))); err != nil {
		return err
	}
	state, err := floorState(l.host, users)
	if err != nil {
		return err
	}
	if err := floor.Write("terraform.tfstate", string(state)); err != nil {
		return err
	}
	f, err := l.start(ctx, account, users, conditions{})
	if err != nil {
		return err
	}
	l.logf("%d users: adopting them", users)
	return errors.Join(l.adopt(ctx, mine, f), f.stop())
}

func (l *bench) adopt(ctx context.Context, ours *workspace, f *fake) error {
	var seen account
	if err := f.control(ctx, "GET", "state", &seen); err != nil {
		return err
	}
	state, err := importedState(l.host, seen)
	if err != nil {
		return err
	}
	if err := ours.Write("terraform.tfstate", string(state)); err != nil {
		return err
	}
	_, err = ours.run(ctx, f.environment, "apply", "-auto-approve", "-parallelism=50")
	return err
}

// measure runs a cell on existing objects.
func (l *bench) measure(ctx context.Context, ours, floor *workspace, c cell, account string) (r result, err error) {
	f, err := l.start(ctx, account, 0, c.conditions)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	r = result{cell: c, Instances: c.Users*perUser + len(settings)}
	arguments := []string{"plan", "-detailed-exitcode", "-parallelism=" + strconv.Itoa(c.Parallelism)}
	if c.Operation == refresh {
		arguments = []string{"apply", "-refresh-only", "-auto-approve", "-parallelism=" + strconv.Itoa(c.Parallelism)}
	}
	var mine, floors []sample
	for run := range c.Runs {
		if err := f.forgetCalls(ctx); err != nil {
			return r, err
		}
		s, err := l.runOurs(ctx, ours, f, c, arguments)
		if err != nil {
			return r, err
		}
		mine = append(mine, s)
		if r.Traffic, err = f.traffic(ctx); err != nil {
			return r, err
		}
		if c.Operation == query {
			continue
		}
		s, err = l.runFloor(ctx, floor, c, run, arguments)
		if err != nil {
			return r, err
		}
		floors = append(floors, s)
	}
	r.Ours = median(mine)
	if len(floors) > 0 {
		m := median(floors)
		r.Floor = &m
	}
	if c.Operation == plan && c.conditions == ideal && c.Parallelism == 10 {
		s, err := floor.run(ctx, noLogs, arguments...)
		if err != nil {
			return r, err
		}
		r.Silent = &s
	}
	l.logf("%s", r)
	return r, nil
}

// noLogs is the environment in which the SDK and the framework write no logs.
var noLogs = []string{"TF_LOG_SDK=off", "TF_LOG_SDK_PROTO=off", "TF_LOG_SDK_FRAMEWORK=off"}

func (l *bench) runOurs(ctx context.Context, ours *workspace, f *fake, c cell, arguments []string) (sample, error) {
	if c.Operation != query {
		return ours.run(ctx, f.environment, arguments...)
	}
	return l.queryAll(ctx, f, c)
}

// runFloor runs the floor, or returns the result of an earlier run, because the floor does
// not call the service.
func (l *bench) runFloor(ctx context.Context, floor *workspace, c cell, run int, arguments []string) (sample, error) {
	name := fmt.Sprint(c.Operation, c.Users, c.Parallelism)
	if known := l.floors[name]; run < len(known) && (c.Latency > 0 || c.Quota) {
		return known[run], nil
	}
	s, err := floor.run(ctx, nil, arguments...)
	l.floors[name] = append(l.floors[name], s)
	return s, err
}

// queryAll lists all objects of the users.
func (l *bench) queryAll(ctx context.Context, f *fake, c cell) (s sample, err error) {
	start := time.Now()
	p, err := launch(ctx, l.provider, f.environment)
	if err != nil {
		return s, err
	}
	if _, err = p.schema(ctx); err == nil {
		err = p.configure(ctx)
	}
	for _, kind := range []string{"ram_user", "ram_login_profile", "ram_access_key", "ram_virtual_mfa_device"} {
		if err != nil {
			break
		}
		var found int
		if found, err = p.list(ctx, kind); err == nil && found < c.Users {
			err = fmt.Errorf("%d of %s were found, and there are %d users", found, kind, c.Users)
		}
	}
	s.Wall = time.Since(start)
	cost, ended := p.stop()
	s.ProviderCPU, s.ProviderRSS, s.LiveHeap = cost.CPU, cost.RSS, cost.LiveHeap
	return s, errors.Join(err, ended)
}

// applyAndDestroy creates all objects and destroys them, once.
func (l *bench) applyAndDestroy(ctx context.Context, ours, floor *workspace, c cell, cells []cell) (results []result, err error) {
	f, err := l.start(ctx, "", 0, c.conditions)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	for _, operation := range []string{apply, destroy} {
		c.Operation = operation
		if !slices.Contains(cells, c) {
			continue
		}
		arguments := []string{operation, "-auto-approve", "-parallelism=" + strconv.Itoa(c.Parallelism)}
		if err := f.forgetCalls(ctx); err != nil {
			return nil, err
		}
		r := result{cell: c, Instances: c.Users*perUser + len(settings), Floor: new(sample)}
		if r.Ours, err = ours.run(ctx, f.environment, arguments...); err != nil {
			return nil, err
		}
		if r.Traffic, err = f.traffic(ctx); err != nil {
			return nil, err
		}
		if *r.Floor, err = floor.run(ctx, nil, arguments...); err != nil {
			return nil, err
		}
		l.logf("%s", r)
		results = append(results, r)
	}
	return results, errors.Join(removeState(ours), removeState(floor))
}

// removeState removes the state.
func removeState(w *workspace) error {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.RemoveAll(filepath.Join(w.Directory, name)); err != nil {
			return err
		}
	}
	return nil
}

// median returns the median of each figure.
func median(samples []sample) sample {
	return sample{
		Wall:        middle(samples, func(s sample) time.Duration { return s.Wall }),
		CLICPU:      middle(samples, func(s sample) time.Duration { return s.CLICPU }),
		ProviderCPU: middle(samples, func(s sample) time.Duration { return s.ProviderCPU }),
		ProviderRSS: middle(samples, func(s sample) int64 { return s.ProviderRSS }),
		LiveHeap:    middle(samples, func(s sample) int64 { return s.LiveHeap }),
	}
}

func middle[S any, T cmp.Ordered](samples []S, of func(S) T) T {
	var figures []T
	for _, s := range samples {
		figures = append(figures, of(s))
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// hostOf returns the registry that a CLI uses for addresses without a host.
func hostOf(version string) string {
	if strings.HasPrefix(version, "OpenTofu") {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}
