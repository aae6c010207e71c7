// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"time"
)

// startup is the cost of starting a provider.
type startup struct {
	Binary    int64         `json:"binary"`
	Handshake time.Duration `json:"handshake"` // from the start of the process
	Schema    time.Duration `json:"schema"`    // until the first schema is returned
	Message   int64         `json:"schema_bytes"`
	CPU       time.Duration `json:"cpu"`
	Idle      int64         `json:"idle_rss"` // resident memory after the schema was returned
}

// startups starts this provider and the floor alternately and returns the medians.
func (l *bench) startups(ctx context.Context, runs int) (mine, floor startup, err error) {
	var ours, floors []startup
	for range runs {
		for program, to := range map[string]*[]startup{l.provider: &ours, l.floor: &floors} {
			one, err := startOnce(ctx, program)
			if err != nil {
				return mine, floor, err
			}
			*to = append(*to, one)
		}
	}
	return medianStart(ours), medianStart(floors), nil
}

func startOnce(ctx context.Context, program string) (s startup, err error) {
	file, err := os.Stat(program)
	if err != nil {
		return s, err
	}
	s.Binary = file.Size()
	p, err := launch(ctx, program, nil)
	if err != nil {
		return s, err
	}
	s.Handshake = time.Since(p.started)
	s.Message, err = p.schema(ctx)
	s.Schema = time.Since(p.started)
	if err == nil {
		s.Idle, err = p.resident()
	}
	cost, ended := p.stop()
	s.CPU = cost.CPU
	return s, errors.Join(err, ended)
}

func medianStart(all []startup) startup {
	return startup{
		Binary: all[0].Binary, Message: all[0].Message,
		Handshake: middle(all, func(s startup) time.Duration { return s.Handshake }),
		Schema:    middle(all, func(s startup) time.Duration { return s.Schema }),
		CPU:       middle(all, func(s startup) time.Duration { return s.CPU }),
		Idle:      middle(all, func(s startup) int64 { return s.Idle }),
	}
}
