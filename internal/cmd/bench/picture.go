// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"fmt"
	"html"
	"strings"
)

// bar is one figure of the picture, in milliseconds per instance.
type bar struct {
	name, colour string
	value        float64
}

// group is what is said of one number of users.
type group struct {
	name string
	bars []bar
}

// groups are the plans at the default parallelism: what Terraform takes with a
// provider that does nothing, what it takes with ours, and what ours computes.
func (r report) groups() (groups []group) {
	for _, result := range r.Results {
		if result.Operation != plan || result.Parallelism != 10 || result.Floor == nil {
			continue
		}
		per := func(s float64) float64 { return s * 1000 / float64(result.Instances) }
		switch result.conditions {
		case ideal:
			groups = append(groups, group{fmt.Sprintf("%d users, %d instances", result.Users, result.Instances), []bar{
				{"a provider that does nothing", "#9aa5b1", per(result.Floor.Wall.Seconds())},
				{"this provider", "#2f6fde", per(result.Ours.Wall.Seconds())},
				{"its own CPU", "#7fb2ff", per(result.Ours.ProviderCPU.Seconds())},
			}})
		case usual:
			if last := len(groups) - 1; last >= 0 && strings.HasPrefix(groups[last].name, fmt.Sprintf("%d users", result.Users)) && len(groups[last].bars) == 3 {
				groups[last].bars = append(groups[last].bars, bar{"20 ms away, quota on", "#e08a2e", per(result.Ours.Wall.Seconds())})
			}
		}
	}
	return groups
}

// picture draws the time of a plan per instance, as bars.
func (r report) picture() string {
	const left, width, height, gap = 210, 420, 18, 26
	groups := r.groups()
	longest, y := 0.0, 56
	for _, g := range groups {
		for _, b := range g.bars {
			longest = max(longest, b.value)
		}
	}
	var s strings.Builder
	for _, g := range groups {
		fmt.Fprintf(&s, "  <text x=\"10\" y=\"%d\" font-weight=\"bold\">%s</text>\n", y, html.EscapeString(g.name))
		y += 10
		for _, b := range g.bars {
			long := b.value / longest * width
			fmt.Fprintf(&s, "  <text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left-8, y+height-5, html.EscapeString(b.name))
			fmt.Fprintf(&s, "  <rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", left, y, long, height-3, b.colour)
			fmt.Fprintf(&s, "  <text x=\"%.1f\" y=\"%d\">%.2f ms</text>\n", left+long+6, y+height-5, b.value)
			y += height
		}
		y += gap
	}
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"+
		"  <rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n  <text x=\"10\" y=\"24\" font-size=\"15\">Time of a plan per instance (%s, %d CPUs, %s)</text>\n%s</svg>\n",
		left+width+80, y, html.EscapeString(r.CLI), r.CPUs, r.Date.Format("2006-01-02"), s.String())
}
