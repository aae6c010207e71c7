// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"slices"
	"time"
)

// stage is the measurements for one number of users.
type stage struct {
	users int
	cells []cell
}

// The usual conditions, and those that show the cost of the network and of the quota.
var (
	ideal  = conditions{}
	usual  = conditions{Latency: 20 * time.Millisecond, Quota: true}
	remote = conditions{Latency: 80 * time.Millisecond, Quota: true}
)

func (a arguments) cellsBySize() []stage {
	switch {
	case a.tiny:
		return []stage{{3, slices.Concat(applyCells(3), allCells(3, 1), providerCells(3))}}
	case a.alone:
		return []stage{{100, providerCells(100)}, {1000, providerCells(1000)}, {5000, providerCells(5000)}}
	case a.short:
		return []stage{{10, slices.Concat(applyCells(10), allCells(10, 1))}, {100, slices.Concat(applyCells(100), allCells(100, 1), providerCells(100))}}
	}
	stages := []stage{
		{10, slices.Concat(applyCells(10), allCells(10, 5))},
		{100, slices.Concat(applyCells(100), allCells(100, 5), conditionCells(100), providerCells(100))},
		{1000, slices.Concat(planCells(1000, 5), providerCells(1000))},
		{5000, providerCells(5000)},
	}
	if a.full {
		stages[2].cells = slices.Concat(applyCells(1000), allCells(1000, 5), []cell{{plan, 1000, 50, usual, 1}, {plan, 1000, 10, remote, 1}}, providerCells(1000))
	}
	if a.most >= 5000 {
		stages[3].cells = append(planCells(5000, 1), stages[3].cells...)
	}
	// The provider alone needs seconds, a CLI minutes.
	return slices.DeleteFunc(stages, func(s stage) bool { return s.users > a.most && a.most < 1000 })
}

// planCells returns the plans to which the targets apply.
func planCells(users, runs int) []cell {
	return []cell{{plan, users, 10, ideal, runs}, {plan, users, 10, usual, runs}}
}

// providerCells returns refreshes by the provider alone.
func providerCells(users int) []cell { return []cell{{read, users, 10, ideal, 1}} }

// allCells returns all operations on existing objects. Plans run several times, under ideal
// and under usual conditions.
func allCells(users, runs int) []cell {
	return append(planCells(users, runs),
		cell{refresh, users, 10, ideal, 1},
		cell{query, users, 10, ideal, 1},
		cell{query, users, 10, usual, 1},
	)
}

// applyCells returns an apply of all objects and a destroy, once, without a quota and under
// usual conditions.
func applyCells(users int) []cell {
	return []cell{{apply, users, 10, ideal, 1}, {destroy, users, 10, ideal, 1}, {apply, users, 10, usual, 1}, {destroy, users, 10, usual, 1}}
}

// conditionCells returns plans under all conditions.
func conditionCells(users int) (cells []cell) {
	for _, parallelism := range []int{10, 50} {
		for _, latency := range []time.Duration{0, 20 * time.Millisecond, 80 * time.Millisecond} {
			for _, quota := range []bool{false, true} {
				cells = append(cells, cell{plan, users, parallelism, conditions{latency, quota}, 1})
			}
		}
	}
	return cells
}
