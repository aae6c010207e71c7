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
	deprecated      []string           // fields that the service may stop to return, and that no attribute sets
	adjust          func(params) error // last step before the check; may be nil
	// invalidateIfSent drops the cached results that the write changes.
	invalidateIfSent func(compose) (composed compose, changed func())
	// rewrite puts values that are sent back as they were returned into the form that a Set
	// documents, and reports whether that changes one. It is used after the service refused
	// them; may be nil.
	rewrite func(params) bool
}

// ofRAM is before the names of the fields, and of the operation, of a setting that the API of
// RAM returns in addition to that of IMS.
const ofRAM = "Ram/"

// ReturnedFields returns the names of the fields in the last response of a Get operation of a
// setting. It returns none before the first response.
func (c *Client) ReturnedFields(get string) []string {
	names := c.lastReply(get).Names()
	for _, name := range c.lastReply(ofRAM + get).Names() {
		names = append(names, ofRAM+name)
	}
	return names
}

// lastReply is the last response of a Get operation of a setting.
func (c *Client) lastReply(get string) Reply {
	last, _ := c.returned.Load(get)
	reply, _ := last.(Reply)
	return reply
}

// sentSetting is the last write of a setting.
type sentSetting struct {
	in, known params   // the parameters, and those of them that this client knows
	reply     Reply    // that they were made from
	without   []string // deprecated fields that the reply lacked
}

func (c *Client) lastSent(get string) (sentSetting, bool) {
	last, _ := c.sent.Load(get)
	sent, wrote := last.(sentSetting)
	return sent, wrote
}

// WithoutFields returns the deprecated fields that the last write of the setting did not send,
// because the service did not return them. It may have reset them.
func (c *Client) WithoutFields(get string) []string {
	sent, _ := c.lastSent(get)
	return sent.without
}

// UnsentFields returns the returned fields that the last write of the setting did not send,
// because the response on which it was based lacked them. The service may have reset them.
func (c *Client) UnsentFields(get string) (unsent []string) {
	for _, get := range []string{get, ofRAM + get} {
		sent, wrote := c.lastSent(get)
		for _, name := range c.lastReply(get).Names() {
			if _, is := sent.in[name]; wrote && !is && !sent.reply.Has(name) && !slices.Contains(unsent, name) {
				unsent = append(unsent, name)
			}
		}
	}
	return unsent
}

// FieldChange is a field that this client does not know, and that changed after a write.
type FieldChange struct{ Name, Sent, Returned string }

// LaterChanges are the fields that this client does not know, and that the last response has
// with another value than the last write sent: another client changed them after the write. A
// list or an object may be the same in another order, and is left out.
func (c *Client) LaterChanges(get string) (changes []FieldChange) {
	sent, _ := c.lastSent(get)
	reply := c.lastReply(get)
	for _, name := range reply.Names() {
		was, sentIt := sent.in[name]
		_, known := sent.known[name]
		if now := reply.fields[name]; sentIt && !known && now != was && !strings.HasPrefix(now, "[") && !strings.HasPrefix(now, "{") {
			changes = append(changes, FieldChange{name, was, now})
		}
	}
	return changes
}

// changeSetting reads a setting, merges, and writes all its fields. It repeats all three
// steps for each attempt.
func changeSetting[S any](ctx context.Context, c *Client, w settingWrite[S], merge Merge[S]) error {
	refused, rewritten := params(nil), false
	build, changed := w.invalidateIfSent(func(ctx context.Context) (params, error) {
		sent, err := w.compose(ctx, merge)
		if err != nil {
			return nil, err
		}
		if rewritten {
			w.rewrite(sent.in)
		}
		refused = maps.Clone(sent.in)
		c.sent.Store(w.get.action, sent)
		return sent.in, nil
	})
	defer changed()
	err := c.callComposed(ctx, w.set, build, nil)
	if !Invalid(err) || w.rewrite == nil || !w.rewrite(refused) {
		return err
	}
	rewritten = true
	return c.callComposed(ctx, w.set, build, nil)
}

func (w *settingWrite[S]) compose(ctx context.Context, merge Merge[S]) (sent sentSetting, err error) {
	live, reply, err := w.read(ctx)
	if err != nil {
		return sent, err
	}
	before, err := w.params(live)
	if err != nil {
		return sent, err
	}
	want, err := merge(ctx, live, reply)
	if err != nil {
		return sent, err
	}
	after, err := w.params(want)
	if err != nil {
		return sent, err
	}
	sent = sentSetting{in: reply.overlay(before, after), known: after, reply: reply}
	sent.without = slices.DeleteFunc(slices.Clone(w.deprecated), reply.Has)
	if w.adjust != nil {
		if err := w.adjust(sent.in); err != nil {
			return sent, err
		}
	}
	return sent, w.check(sent.in, reply)
}

// check refuses a write that lacks fields.
func (w *settingWrite[S]) check(in params, reply Reply) error {
	required := slices.Concat(w.required, w.known, reply.ambiguous)
	returned := func(name string) bool { return reply.Has(name) || slices.Contains(w.known, name) }
	if slices.ContainsFunc(w.newer, returned) {
		required = append(required, w.newer...)
	}
	slices.Sort(required)
	missing := slices.DeleteFunc(slices.Compact(required), func(name string) bool { _, has := in[name]; return has })
	for i, name := range missing {
		if slices.Contains(reply.ambiguous, name) {
			missing[i] = "one value of " + name
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &IncompleteReplyError{Action: w.set.action, Fields: missing}
}
