// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
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
type Reply struct {
	fields params
	// ambiguous are the names that several objects have with different values.
	ambiguous []string
}

// Has reports whether the service returned a value for the field.
func (r Reply) Has(name string) bool {
	_, returned := r.fields[name]
	return returned
}

// Names returns the sorted names of the returned fields.
func (r Reply) Names() []string { return slices.Sorted(maps.Keys(r.fields)) }

// UnmarshalJSON collects the fields of an object and of its nested objects.
func (r *Reply) UnmarshalJSON(data []byte) error {
	*r = Reply{fields: params{}}
	return r.collect(data)
}

// groups are the objects of a setting whose fields are parameters of their own (documented).
var groups = []string{
	"AccessKeyPreference", "ApplicationLoginPreference", "LoginProfilePreference", "MFAPreference", "MaxIdleDays",
	"PersonalInfoPreference", "PublicKeyPreference", "VerificationPreference",
}

// commonParameters are the parameters that every operation has (documented). A field of the
// same name cannot be a parameter of a setting.
var commonParameters = []string{
	"AccessKeyId", "Action", "BearerToken", "Format", "RegionId", "SecurityToken", "Signature", "SignatureMethod",
	"SignatureNonce", "SignatureType", "SignatureVersion", "Timestamp", "Version",
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
// VerificationTypes, the only known list of these operations. An object that is not known may
// be a group or a parameter in JSON: it is sent as both, because the service ignores
// parameters that it does not know.
func (r *Reply) add(name string, value []byte) error {
	switch {
	case len(value) == 0 || bytes.Equal(value, []byte("null")) || slices.Contains(commonParameters, name):
		return nil
	case value[0] == '{':
		if !slices.Contains(groups, name) {
			r.set(name, jsonText(value))
		}
		return r.collect(value)
	case value[0] == '[':
		r.set(name, jsonText(plainList(value)))
		return nil
	}
	text, _, err := scalar(value, "a text")
	r.set(name, text)
	return err
}

func (r *Reply) set(name, text string) {
	if other, returned := r.fields[name]; returned && other != text && !slices.Contains(r.ambiguous, name) {
		r.ambiguous = append(r.ambiguous, name)
	}
	r.fields[name] = text
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
// the parameters that differ between live and want. A name that several objects have is a
// parameter of live if it is known. Otherwise its value is not known, and it is left out.
func (r Reply) overlay(live, want params) params {
	merged := maps.Clone(r.fields)
	if merged == nil {
		merged = params{}
	}
	for _, name := range r.ambiguous {
		delete(merged, name)
		if value, known := live[name]; known {
			merged[name] = value
		}
	}
	for name, value := range want {
		if before, known := live[name]; !known || before != value {
			merged[name] = value
		}
	}
	return merged
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
