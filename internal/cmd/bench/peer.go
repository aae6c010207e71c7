// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// pair is the same work by this provider and by its peer, aliyun/alicloud.
type pair struct {
	cell
	Ours        sample  `json:"ours"`
	Peer        sample  `json:"peer"`
	OurTraffic  traffic `json:"our_traffic"`
	PeerTraffic traffic `json:"peer_traffic"`
}

// peerRuns returns how often each side of a pair runs. The medians are reported.
func (a arguments) peerRuns() int {
	if a.tiny {
		return 1
	}
	return 3
}

// peerUsers returns the number of users that each side creates.
func (a arguments) peerUsers() int {
	if a.tiny {
		return 3
	}
	return 60
}

// measurePeer runs both providers alternately. Each creates, plans and destroys users with
// a login profile and an AccessKey pair, without a quota and under usual conditions.
func (l *bench) measurePeer(ctx context.Context, users, times int) (pairs []pair, err error) {
	for _, is := range []conditions{ideal, usual} {
		var ours, peers [][]pairRun
		for run := range times {
			directory := filepath.Join(l.directory, "peer", fmt.Sprint(is.Quota, run))
			mine, err := l.pairRuns(ctx, filepath.Join(directory, "ram"), "ram", l.provider, users, is)
			if err != nil {
				return nil, err
			}
			other, err := l.pairRuns(ctx, filepath.Join(directory, "alicloud"), "alicloud", l.peer, users, is)
			if err != nil {
				return nil, err
			}
			ours, peers = append(ours, mine), append(peers, other)
		}
		for at, operation := range pairOperations {
			p := pair{cell: cell{operation, users, 10, is, times}, OurTraffic: ours[0][at].traffic, PeerTraffic: peers[0][at].traffic}
			p.Ours, p.Peer = medianAt(ours, at), medianAt(peers, at)
			l.logf("%s", strings.Join(p.row(), "  "))
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// pairOperations are the operations of a pair, in order.
var pairOperations = []string{apply, plan, destroy}

type pairRun struct {
	sample
	traffic traffic
}

func medianAt(runs [][]pairRun, at int) sample {
	var samples []sample
	for _, run := range runs {
		samples = append(samples, run[at].sample)
	}
	return median(samples)
}

// pairRuns runs the operations of a pair with one provider in an empty account.
func (l *bench) pairRuns(ctx context.Context, directory, name, provider string, users int, is conditions) (runs []pairRun, err error) {
	f, err := l.start(ctx, "", 0, is)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	w, err := l.workspace(directory, name, provider, pairConfiguration(name, f.address, users))
	if err != nil {
		return nil, err
	}
	for _, operation := range pairOperations {
		arguments := []string{operation, "-auto-approve"}
		if operation == plan {
			arguments = []string{plan, "-detailed-exitcode"}
		}
		if err := f.forgetCalls(ctx); err != nil {
			return nil, err
		}
		var run pairRun
		if run.sample, err = w.run(ctx, f.environment, arguments...); err != nil {
			return nil, err
		}
		if run.traffic, err = f.traffic(ctx); err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// pairConfiguration is the configuration of a pair for one of the providers. The peer takes
// the endpoints from the provider block only.
func pairConfiguration(name, address string, users int) string {
	text, prefix := block(name, users), "ram_"
	password := "  password_wo = \"Chosen-4-the-first-logon\"\n  password_wo_version = 1\n"
	if name != "ram" {
		prefix, password = "alicloud_ram_", "  password = \"Chosen-4-the-first-logon\"\n"
		text += fmt.Sprintf(`
provider "alicloud" {
  region                 = "cn-hangzhou"
  protocol               = "HTTP"
  skip_region_validation = true
  endpoints {
    ram = %[1]q
    ims = %[1]q
    sts = %[1]q
  }
}
`, strings.TrimPrefix(address, "http://"))
	}
	return text + fmt.Sprintf(`
resource "%[1]suser" "this" {
  for_each = local.users
  name     = each.key
}

resource "%[1]slogin_profile" "this" {
  for_each  = local.users
  user_name = each.key
%[2]s  depends_on = [%[1]suser.this]
}

resource "%[1]saccess_key" "this" {
  for_each   = local.users
  user_name  = each.key
  depends_on = [%[1]suser.this]
}
`, prefix, password)
}

// peerColumns are the headers of the table of pairs.
var peerColumns = []string{"operation", "users", "latency", "quota", "wall", "alicloud", "ratio", "CPU", "alicloud", "ratio", "RSS", "alicloud", "calls", "alicloud"}

func (p pair) row() []string {
	return []string{
		p.Operation, fmt.Sprint(p.Users), p.Latency.String(), p.quota(),
		seconds(p.Ours.Wall), seconds(p.Peer.Wall), fmt.Sprintf("%.2f", ratio(p.Ours.Wall, p.Peer.Wall)),
		seconds(p.Ours.ProviderCPU), seconds(p.Peer.ProviderCPU), fmt.Sprintf("%.2f", ratio(p.Ours.ProviderCPU, p.Peer.ProviderCPU)),
		mebibytes(p.Ours.ProviderRSS), mebibytes(p.Peer.ProviderRSS), fmt.Sprint(p.OurTraffic.Calls), fmt.Sprint(p.PeerTraffic.Calls),
	}
}

// targets returns the targets of pairs without a quota.
func (p pair) targets() []target {
	if p.Quota {
		return nil
	}
	name := fmt.Sprintf("%s of %d users beside alicloud: ", p.Operation, p.Users)
	wall := ratio(p.Ours.Wall, p.Peer.Wall)
	if p.Operation != plan {
		return []target{ratioTarget(name+"wall", 1.6, wall)}
	}
	return []target{ratioTarget(name+"wall", 1.2, wall), ratioTarget(name+"CPU", 1.2, ratio(p.Ours.ProviderCPU, p.Peer.ProviderCPU))}
}
