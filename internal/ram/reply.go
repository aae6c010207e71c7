// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ErrUnchanged is what a [Merge] returns to end a change without a write, because
// the live values are already as wanted.
var ErrUnchanged = errors.New("nothing to change")

// Merge returns what to write, made from the live values. It is called for each
// attempt, after the attempt has waited for its turn and immediately before it is
// sent, so nothing that it was given is older than the wait. reply holds every
// field that the service returned. Its error ends the call without a write;
// [ErrUnchanged] does so successfully.
type Merge[S any] func(ctx context.Context, live S, reply Reply) (S, error)

// Reply holds the fields of a setting as the service returned them, also those that
// this client does not know: parameter values by name. A Set operation names its
// parameters like the fields that the Get operation returns (documented), so a Reply
// can be sent back.
type Reply struct{ fields params }

// Has reports whether the service returned a value for the field.
func (r Reply) Has(name string) bool {
	_, returned := r.fields[name]
	return returned
}

// Names are the names of the fields that the service returned, sorted.
func (r Reply) Names() []string { return slices.Sorted(maps.Keys(r.fields)) }

// UnmarshalJSON collects the fields of an object and of the objects in it.
func (r *Reply) UnmarshalJSON(data []byte) error {
	r.fields = params{}
	return r.collect(data)
}

func (r *Reply) collect(object []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil {
		return &unexpectedValue{"an object"}
	}
	for name, value := range fields {
		if err := r.add(name, bytes.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

// add takes one field. A null is no value. A list is sent as a JSON array, as the
// known list of these operations is (documented for VerificationTypes).
func (r *Reply) add(name string, value []byte) error {
	switch {
	case len(value) == 0 || bytes.Equal(value, []byte("null")):
		return nil
	case value[0] == '{':
		return r.collect(value)
	case value[0] == '[':
		r.fields[name] = jsonText(plainList(value))
		return nil
	}
	text, _, err := scalar(value, "a text")
	r.fields[name] = text
	return err
}

// plainList is a list as it is sent. One that comes as a text with JSON in it, as in one of
// the vendor's samples, is refused when it is sent back so.
func plainList(value []byte) []byte {
	var list textList
	if !bytes.Contains(value, []byte(`"[`)) || list.UnmarshalJSON(value) != nil {
		return value
	}
	plain, err := json.Marshal(list)
	if err != nil {
		return value
	}
	return plain
}

// overlay returns the parameters of a full write: everything that the service
// returned as it came, with each parameter that differs between live and want
// replaced.
func (r Reply) overlay(live, want params) params {
	merged := maps.Clone(r.fields)
	if merged == nil {
		merged = params{}
	}
	for name, value := range want {
		if before, known := live[name]; !known || before != value {
			merged[name] = value
		}
	}
	return merged
}

// IncompleteReplyError refuses a write that would have to be based on a reply that
// lacks fields: the service resets what a Set leaves out (observed for
// SetSecurityPreference), so an unmanaged value would be lost.
type IncompleteReplyError struct {
	Action string   // the Set that is not sent
	Fields []string // what the reply lacks
}

func (e *IncompleteReplyError) Error() string {
	return fmt.Sprintf("%s: not sent: the service did not return %s, and a write without it could reset it", e.Action, strings.Join(e.Fields, ", "))
}

// compose makes the parameters of one attempt.
type compose func(ctx context.Context) (params, error)

// fixed are parameters that are the same for each attempt.
func fixed(in params) compose { return func(context.Context) (params, error) { return in, nil } }

// notComposed is the error of a call whose parameters could not be made.
func notComposed(op operation, err error) error {
	var prerequisite *prerequisiteError
	var required *NoResponseError
	var incomplete *IncompleteReplyError
	switch { // those that name the call already
	case errors.As(err, &prerequisite) && prerequisite.action == op.action,
		errors.As(err, &required) && required.Action == op.action,
		errors.As(err, &incomplete):
		return err
	}
	return &prerequisiteError{op.action, "not sent", err}
}

// returned is an object of an answer: the fields that are known, and all of them.
type returned[T any] struct {
	known T
	reply Reply
}

// UnmarshalJSON decodes the object twice.
func (r *returned[T]) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &r.known); err != nil {
		return err
	}
	return json.Unmarshal(data, &r.reply)
}

// settingWrite says how a setting is written in full.
type settingWrite[S any] struct {
	get, set operation
	read     func(context.Context) (S, Reply, error) // bypasses the cache
	params   func(S) (params, error)
	// required are fields that every reply has: a Set without one of them could reset
	// it. newer are fields that older deployments lack: all or none are returned.
	required, newer []string
	known           []string           // fields that an earlier reply had, also those that this client does not know
	adjust          func(params) error // may be nil; the last step before the check
}

// ReturnedFields are the names of the fields that the last answer of a Get operation
// of a setting had, sorted; none if there was no answer.
func (c *Client) ReturnedFields(get string) []string {
	names, _ := c.returned.Load(get)
	list, _ := names.([]string)
	return slices.Clone(list)
}

// UnsentFields are those of the [Client.ReturnedFields] that the last write of the
// setting did not send, because the answer that it was made from lacked them. The
// service may have reset them.
func (c *Client) UnsentFields(get string) []string {
	names, wrote := c.sent.Load(get)
	sent, _ := names.([]string)
	if !wrote {
		return nil
	}
	return slices.DeleteFunc(c.ReturnedFields(get), func(name string) bool { return slices.Contains(sent, name) })
}

// changeSetting reads a setting, merges, and writes the full set of its fields: all
// of it again for each attempt.
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
