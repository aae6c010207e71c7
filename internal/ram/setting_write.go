// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// IncompleteReplyError means that a write was not sent because the live values lack fields.
// The service resets fields that a Set leaves out (observed for SetSecurityPreference), so
// unmanaged values would be lost.
type IncompleteReplyError struct {
	Action string   // the Set operation that was not sent
	Fields []string // fields that the response lacks
}

func (e *IncompleteReplyError) Error() string {
	return fmt.Sprintf("%s: not sent: the service did not return %s, and a write without it could reset it", e.Action, strings.Join(e.Fields, ", "))
}

// settingWrite describes the full write of a setting.
type settingWrite[S any] struct {
	get, set operation
	read     func(context.Context) (S, Reply, error) // bypasses the cache
	params   func(S) (params, error)
	// required are fields that every response has, because a Set without one of them could
	// reset it. newer are fields that older deployments lack; a deployment returns all or
	// none of them.
	required, newer []string
	known           []string           // fields of an earlier response, including unknown ones
	adjust          func(params) error // last step before the check; may be nil
}

// ReturnedFields returns the sorted names of the fields in the last response of a Get
// operation of a setting. It returns none before the first response.
func (c *Client) ReturnedFields(get string) []string {
	names, _ := c.returned.Load(get)
	list, _ := names.([]string)
	return slices.Clone(list)
}

// UnsentFields returns those of the [Client.ReturnedFields] that the last write of the
// setting did not send, because the response on which it was based lacked them. The service
// may have reset them.
func (c *Client) UnsentFields(get string) []string {
	names, wrote := c.sent.Load(get)
	sent, _ := names.([]string)
	if !wrote {
		return nil
	}
	return slices.DeleteFunc(c.ReturnedFields(get), func(name string) bool { return slices.Contains(sent, name) })
}

// changeSetting reads a setting, merges, and writes all its fields. It repeats all three
// steps for each attempt.
func changeSetting[S any](ctx context.Context, c *Client, w settingWrite[S], merge Merge[S]) error {
	return c.callComposed(ctx, w.set, func(ctx context.Context) (params, error) {
		in, reply, err := w.compose(ctx, merge)
		if err == nil {
			c.sent.Store(w.get.action, slices.AppendSeq(reply.Names(), maps.Keys(in)))
		}
		return in, err
	}, nil)
}

func (w *settingWrite[S]) compose(ctx context.Context, merge Merge[S]) (params, Reply, error) {
	live, reply, err := w.read(ctx)
	if err != nil {
		return nil, reply, err
	}
	before, err := w.params(live)
	if err != nil {
		return nil, reply, err
	}
	want, err := merge(ctx, live, reply)
	if err != nil {
		return nil, reply, err
	}
	after, err := w.params(want)
	if err != nil {
		return nil, reply, err
	}
	in := reply.overlay(before, after)
	if w.adjust != nil {
		if err := w.adjust(in); err != nil {
			return nil, reply, err
		}
	}
	return in, reply, w.check(in, reply)
}

// check refuses a write that lacks fields.
func (w *settingWrite[S]) check(in params, reply Reply) error {
	required := slices.Concat(w.required, w.known)
	if slices.ContainsFunc(w.newer, reply.Has) {
		required = append(required, w.newer...)
	}
	slices.Sort(required)
	missing := slices.DeleteFunc(slices.Compact(required), func(name string) bool { _, has := in[name]; return has })
	if len(missing) == 0 {
		return nil
	}
	return &IncompleteReplyError{Action: w.set.action, Fields: missing}
}
