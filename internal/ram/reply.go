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

// ErrUnchanged is the error with which a [Merge] ends a change without a write, because the
// live values are already as wanted.
var ErrUnchanged = errors.New("nothing to change")

// Merge returns the values to write, based on the live values. It is called for each
// attempt, immediately before the request is sent and after the wait for the rate limit, so
// the live values are current. reply holds every field that the service returned. An error
// ends the call without a write. With [ErrUnchanged] the call succeeds.
type Merge[S any] func(ctx context.Context, live S, reply Reply) (S, error)

// Reply holds all fields of a setting that the service returned, including those that this
// client does not know, as parameter values by name. The parameters of a Set operation have
// the names of the fields that the Get operation returns (documented), so a Reply can be
// sent back.
type Reply struct{ fields params }

// Has reports whether the service returned a value for the field.
func (r Reply) Has(name string) bool {
	_, returned := r.fields[name]
	return returned
}

// Names returns the sorted names of the returned fields.
func (r Reply) Names() []string { return slices.Sorted(maps.Keys(r.fields)) }

// UnmarshalJSON collects the fields of an object and of its nested objects.
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

// add adds one field. It ignores null. A list is sent as a JSON array, as is documented for
// VerificationTypes, the only known list of these operations.
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

// plainList returns a list in the form in which it is sent. One of the vendor's samples
// returns the list as a string that holds JSON, which the service does not accept as input.
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

// overlay returns the parameters of a full write: every returned field unchanged, except
// the parameters that differ between live and want.
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

// compose returns the parameters of one attempt.
type compose func(ctx context.Context) (params, error)

// fixed returns a compose function for parameters that are the same in each attempt.
func fixed(in params) compose { return func(context.Context) (params, error) { return in, nil } }

// notComposed returns the error of a call whose parameters could not be composed.
func notComposed(op operation, err error) error {
	var prerequisite *prerequisiteError
	var required *NoResponseError
	var incomplete *IncompleteReplyError
	switch { // errors that already name the call
	case errors.As(err, &prerequisite) && prerequisite.action == op.action,
		errors.As(err, &required) && required.Action == op.action,
		errors.As(err, &incomplete):
		return err
	}
	return &prerequisiteError{op.action, "not sent", err}
}

// returned is an object of a response: its known fields, and all its fields.
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
