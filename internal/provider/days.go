// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

const day = 24 * time.Hour

func daysBetween(then, now time.Time) int64 { return max(int64(now.Sub(then)/day), 0) }

func longerThan(then, now time.Time, days types.Int64) bool {
	return now.Sub(then) > time.Duration(days.ValueInt64())*day
}

func daysOf(days types.Int64) time.Duration { return time.Duration(days.ValueInt64()) * day }
