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
		return []stage{{3, slices.Concat(lives(3), every(3, 1), alone(3))}}
	case a.alone:
		return []stage{{100, alone(100)}, {1000, alone(1000)}, {5000, alone(5000)}}
	case a.short:
		return []stage{{10, slices.Concat(lives(10), every(10, 1))}, {100, slices.Concat(lives(100), every(100, 1), alone(100))}}
	}
	stages := []stage{
		{10, slices.Concat(lives(10), every(10, 5))},
		{100, slices.Concat(lives(100), every(100, 5), crossed(100), alone(100))},
		{1000, slices.Concat(plans(1000, 5), alone(1000))},
		{5000, alone(5000)},
	}
	if a.full {
		stages[2].cells = slices.Concat(lives(1000), every(1000, 5), []cell{{plan, 1000, 50, usual, 1}, {plan, 1000, 10, remote, 1}}, alone(1000))
	}
	if a.most >= 5000 {
		stages[3].cells = append(plans(5000, 1), stages[3].cells...)
	}
	// The provider alone takes seconds for what a CLI takes minutes for.
	return slices.DeleteFunc(stages, func(s stage) bool { return s.users > a.most && a.most < 1000 })
}

// plans are what takes the most time, and what the targets are for.
func plans(users, runs int) []cell {
	return []cell{{plan, users, 10, ideal, runs}, {plan, users, 10, usual, runs}}
}

// alone is a refresh by the provider alone.
func alone(users int) []cell { return []cell{{read, users, 10, ideal, 1}} }

// every is each operation on what is there; a plan as often as is said, under ideal
// and under usual conditions.
func every(users, runs int) []cell {
	return append(plans(users, runs),
		cell{refresh, users, 10, ideal, 1},
		cell{query, users, 10, ideal, 1},
		cell{query, users, 10, usual, 1},
	)
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
