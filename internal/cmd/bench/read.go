// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// object is one resource instance with its state.
type object struct {
	kind  string
	state []byte // a DynamicValue
}

// readAll refreshes all objects over the protocol with a provider that was just started.
// This is the cost of a large account for the provider alone, without the larger cost of a
// CLI.
func (l *bench) readAll(ctx context.Context, c cell) (r result, err error) {
	f, err := l.start(ctx, "", c.Users, c.conditions)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	r = result{cell: c, Instances: c.Users*perUser + len(settings)}
	p, err := launch(ctx, l.provider, f.environment)
	if err != nil {
		return r, err
	}
	before, wall, err := l.refreshAll(ctx, p, f, c)
	cost, ended := p.stop()
	if err := errors.Join(err, ended); err != nil {
		return r, err
	}
	r.Ours = sample{Wall: wall, ProviderCPU: cost.CPU - before, ProviderRSS: cost.RSS, LiveHeap: cost.LiveHeap}
	if r.Traffic, err = f.traffic(ctx); err == nil {
		l.logf("%s", r)
	}
	return r, err
}

// refreshAll returns the CPU time that the provider had used before the refresh, and the
// duration of the refresh.
func (l *bench) refreshAll(ctx context.Context, p *plugin, f *fake, c cell) (before, wall time.Duration, err error) {
	if _, err = p.schema(ctx); err == nil {
		err = p.configure(ctx)
	}
	if err != nil {
		return 0, 0, err
	}
	objects, err := p.objects(ctx, f)
	if err != nil {
		return 0, 0, err
	}
	if len(objects) != c.Users*perUser+len(settings) {
		return 0, 0, fmt.Errorf("the account has %d objects of %d users", len(objects), c.Users)
	}
	if err := f.forgetCalls(ctx); err != nil {
		return 0, 0, err
	}
	if before, err = p.cpu(); err != nil {
		return 0, 0, err
	}
	start := time.Now()
	err = inParallel(objects, c.Parallelism, func(o object) error { return p.refresh(ctx, o) })
	return before, time.Since(start), err
}

// inParallel calls a function for each element, with a limit on concurrent calls.
func inParallel[T any](all []T, most int, do func(T) error) error {
	var wait sync.WaitGroup
	free, failed := make(chan struct{}, most), make(chan error, len(all))
	for _, each := range all {
		free <- struct{}{}
		wait.Go(func() {
			if err := do(each); err != nil {
				failed <- err
			}
			<-free
		})
	}
	wait.Wait()
	close(failed)
	return <-failed // the first error, or nil
}

// objects returns all objects of the account with their states, without calling the
// service: the provider completes imported states, as after an upgrade. All users come
// first, then all profiles, and so on, so the objects of one user are as far apart as in
// Terraform's worst case.
func (p *plugin) objects(ctx context.Context, f *fake) (objects []object, err error) {
	var seen account
	if err := f.control(ctx, "GET", "state", &seen); err != nil {
		return nil, err
	}
	all := resourcesOf(seen)
	for _, setting := range settings {
		all = append(all, resource{Type: "ram_" + setting, Instances: []instance{{Attributes: map[string]any{"account_id": seen.ID, "on_destroy": "retain"}}}})
	}
	for _, resource := range all {
		for _, instance := range resource.Instances {
			state, err := p.complete(ctx, resource.Type, instance.Attributes)
			if err != nil {
				return nil, err
			}
			objects = append(objects, object{resource.Type, state})
		}
	}
	return objects, nil
}

// complete returns a state with the known attributes.
func (p *plugin) complete(ctx context.Context, kind string, attributes map[string]any) ([]byte, error) {
	raw, err := json.Marshal(attributes)
	if err != nil {
		return nil, err
	}
	message := append(field(1, []byte(kind)), field(3, field(1, raw))...)
	return stateIn(p.unary(ctx, "UpgradeResourceState", message))
}

// refresh reads one object, which must exist.
func (p *plugin) refresh(ctx context.Context, o object) error {
	message := append(field(1, []byte(o.kind)), field(2, o.state)...)
	state, err := stateIn(p.unary(ctx, "ReadResource", message))
	if err == nil && bytes.Equal(state, nothing) {
		err = errors.New("it does not exist")
	}
	if err != nil {
		return fmt.Errorf("cannot refresh a %s: %w", o.kind, err)
	}
	return nil
}

// nothing is a DynamicValue of null in MessagePack.
var nothing = field(1, []byte{0xc0})

// stateIn returns the state, which is the first field of a response. The second field has
// diagnostics, which must be empty.
func stateIn(response []byte, err error) (state []byte, _ error) {
	for err == nil && len(response) > 0 {
		var number byte
		var value []byte
		if number, value, response, err = cutField(response); err != nil {
			break
		}
		switch number {
		case 1:
			state = value
		case 2:
			return nil, fmt.Errorf("the provider returns diagnostics: %q", value)
		}
	}
	if err == nil && state == nil {
		err = errors.New("a response of the provider has no state")
	}
	return state, err
}

// cutField splits the first field, which must be a bytes field, from a message.
func cutField(message []byte) (number byte, value, rest []byte, err error) {
	length, size := binary.Uvarint(message[1:])
	if message[0]&7 != 2 || size <= 0 || length > math.MaxInt32 || len(message)-1-size < int(length) {
		return 0, nil, nil, errors.New("a response of the provider cannot be read")
	}
	end := 1 + size + int(length)
	return message[0] >> 3, message[1+size : end], message[end:], nil
}

// tick is the unit of the CPU times that Linux reports.
const tick = 10 * time.Millisecond

// cpu returns the CPU time that the provider has used so far.
func (p *plugin) cpu() (time.Duration, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0, err
	}
	return cpuIn(string(text))
}

// cpuIn reads the time in user and in system mode, which are the 14th and the 15th field.
// The second field is the program's name in brackets, which may contain blanks.
func cpuIn(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if len(fields) < 13 {
		return 0, errors.New("the kernel does not report the CPU time")
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	system, more := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(err, more)
}
