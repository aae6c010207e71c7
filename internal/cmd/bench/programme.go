// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"slices"
	"time"
)

// stage is all that is measured of one number of users.
type stage struct {
	users int
	cells []cell
}

// The conditions that the provider was built for, and those that show what the
// network and the quota add.
var (
	ideal  = conditions{}
	usual  = conditions{Latency: 20 * time.Millisecond, Quota: true}
	remote = conditions{Latency: 80 * time.Millisecond, Quota: true}
)

func (a arguments) programme() []stage {
	switch {
	case a.tiny:
		return []stage{{3, append(lives(3), every(3, 1)...)}}
	case a.short:
		return []stage{{10, append(lives(10), every(10, 1)...)}, {100, append(lives(100), every(100, 1)...)}}
	}
	// Terraform itself takes minutes for 5,000 instances, and the floor as many again.
	runs, life := 1, []cell{}
	if a.full {
		runs, life = 5, lives(1000)
	}
	stages := []stage{
		{10, append(lives(10), every(10, 5)...)},
		{100, append(append(lives(100), every(100, 5)...), crossed(100)...)},
		{1000, append(append(life, every(1000, runs)...), cell{plan, 1000, 50, usual, 1}, cell{plan, 1000, 10, remote, 1})},
		{5000, []cell{{plan, 5000, 10, ideal, 1}, {plan, 5000, 10, usual, 1}}},
	}
	stages = slices.DeleteFunc(stages, func(s stage) bool { return s.users > a.most })
	return stages
}

// every is each operation on what is there; a plan as often as is said, under ideal
// and under usual conditions.
func every(users, runs int) []cell {
	return []cell{
		{plan, users, 10, ideal, runs},
		{plan, users, 10, usual, runs},
		{refresh, users, 10, ideal, 1},
		{query, users, 10, ideal, 1},
		{query, users, 10, usual, 1},
	}
}

// lives are what begins with nothing, once.
func lives(users int) []cell {
	return []cell{{apply, users, 10, ideal, 1}, {destroy, users, 10, ideal, 1}}
}

// crossed is a plan under all conditions.
func crossed(users int) (cells []cell) {
	for _, parallelism := range []int{10, 50} {
		for _, latency := range []time.Duration{0, 20 * time.Millisecond, 80 * time.Millisecond} {
			for _, quota := range []bool{false, true} {
				cells = append(cells, cell{plan, users, parallelism, conditions{latency, quota}, 1})
			}
		}
	}
	return cells
}
