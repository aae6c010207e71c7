// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import "fmt"

// target is a figure that the provider should reach. A missed target is printed and is not
// a failure, because the machine may be busy.
type target struct {
	name, wanted, measured string
	reached                bool
}

func (t target) verdict() string {
	if t.reached {
		return "reached"
	}
	return "**missed**"
}

// ratioTarget returns the target of a ratio.
func ratioTarget(name string, most, measured float64) target {
	return target{name, fmt.Sprintf("≤ %.2f", most), fmt.Sprintf("%.2f", measured), measured <= most}
}

// targets returns the targets for which this run has figures.
func (r report) targets() (all []target) {
	for _, size := range r.Results {
		if size.reads() && size.Operation != query {
			all = r.callTargets()
			break
		}
	}
	if of, measured := r.largest(plan, ideal); measured && of.Floor != nil {
		name := fmt.Sprintf("plan of %d users: ", of.Users)
		all = append(all,
			ratioTarget(name+"wall ÷ floor", 1.3, ratio(of.Ours.Wall, of.least())),
			ratioTarget(name+"CPU ÷ floor", 0.9, ratio(of.Ours.ProviderCPU, of.Floor.ProviderCPU)),
			ratioTarget(name+"live heap ÷ floor", 1.5, ratio(of.Ours.LiveHeap, of.Floor.LiveHeap)))
		if of.Silent != nil {
			all = append(all, ratioTarget(name+"CPU ÷ floor without logs", 1.5, ratio(of.Ours.ProviderCPU, of.Silent.ProviderCPU)))
		}
	}
	if of, measured := r.largest(plan, usual); measured && of.Floor != nil {
		all = append(all, ratioTarget(fmt.Sprintf("plan of %d users, 20 ms away with the quota on: wall ÷ the least", of.Users), 1.2, ratio(of.Ours.Wall, of.least())))
	}
	if few, many, measured := r.extremes(); measured {
		all = append(all, ratioTarget(fmt.Sprintf("CPU per instance of %d users ÷ of %d", many.Users, few.Users), 1.25, ratio(many.each(), few.each())))
	}
	all = append(all, r.writeTargets()...)
	for _, p := range r.Peers {
		all = append(all, p.targets()...)
	}
	binary := float64(r.Ours.Binary) / (1 << 20)
	return append(all,
		target{"binary, stripped", "≤ 30 MiB", fmt.Sprintf("%.1f MiB", binary), binary <= 30},
		ratioTarget("first schema ÷ floor", 1.5, ratio(r.Ours.Schema, r.Floor.Schema)),
		ratioTarget("resident then ÷ floor", 1.5, ratio(r.Ours.Idle, r.Floor.Idle)))
}

// writeTargets returns the targets of the largest apply and destroy.
func (r report) writeTargets() (all []target) {
	for _, operation := range []string{apply, destroy} {
		of, measured := r.largest(operation, usual)
		if !measured || of.Floor == nil {
			continue
		}
		name := fmt.Sprintf("%s of %d users, 20 ms away with the quota on: ", operation, of.Users)
		throttled := 100 * ratio(int64(of.Traffic.Throttled), int64(of.Traffic.Calls))
		all = append(all,
			ratioTarget(name+"reads per write", 1, of.readsPerWrite()),
			ratioTarget(name+"wall ÷ the least", 1.3, ratio(of.Ours.Wall, of.least())),
			ratioTarget(name+"wall ÷ the least in the CLI's order", 1.3, ratio(of.Ours.Wall, max(of.Floor.Wall, of.Traffic.InOrder))),
			target{name + "throttled responses", "≤ 1 %", fmt.Sprintf("%.1f %%", throttled), throttled <= 1})
	}
	return all
}

// callTargets returns the targets of the worst run that only reads.
func (r report) callTargets() []target {
	var rest, repeats, throttled int
	fewest := true
	for _, of := range r.Results {
		if !of.reads() {
			continue
		}
		throttled += of.Traffic.Throttled
		if of.Operation == query {
			continue
		}
		repeats = max(repeats, of.Traffic.Repeats)
		left, kept := of.otherCalls()
		rest, fewest = max(rest, left), fewest && kept
	}
	verdict := "no more"
	if !fewest {
		verdict = "more"
	}
	return []target{
		{"calls of a refresh, one for each login profile, each user's keys, 100 devices", "no more", verdict, fewest},
		{"calls beside those and one for 100 users", "≤ 10", fmt.Sprint(rest), rest <= 10},
		{"repeats in a refresh", "0", fmt.Sprint(repeats), repeats == 0},
		{"throttled responses in what only reads", "0", fmt.Sprint(throttled), throttled == 0},
	}
}

// otherCalls returns the number of calls that do not belong to an object, and whether the
// other calls are within their limits.
func (r result) otherCalls() (rest int, kept bool) {
	hundreds := (r.Users + 99) / 100
	rest, kept = r.Traffic.Calls-hundreds, true
	for action, most := range map[string]int{"GetLoginProfile": r.Users, "ListAccessKeys": r.Users, "ListVirtualMFADevices": hundreds} {
		calls := r.Traffic.ByAction[action]
		rest, kept = rest-calls, kept && calls <= most
	}
	return max(rest, 0), kept
}

// largest returns the run with the most users, up to 1,000.
func (r report) largest(operation string, is conditions) (found result, measured bool) {
	for _, of := range r.Results {
		if of.Operation == operation && of.conditions == is && of.Parallelism == 10 && of.Users <= 1000 && of.Users >= found.Users {
			found, measured = of, true
		}
	}
	return found, measured
}

// extremes returns the provider's refreshes of the fewest and of the most users.
func (r report) extremes() (few, many result, measured bool) {
	for _, of := range r.Results {
		if of.Operation != read {
			continue
		}
		if few.Users == 0 || of.Users < few.Users {
			few = of
		}
		if of.Users > many.Users {
			many = of
		}
	}
	return few, many, few.Users < many.Users
}

// each returns the provider's CPU time per instance, in nanoseconds.
func (r result) each() int64 { return int64(r.Ours.ProviderCPU) / int64(max(r.Instances, 1)) }
