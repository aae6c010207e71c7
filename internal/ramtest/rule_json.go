// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// ruleJSON is a rule in a file. A position may be a number, and so may a delay.
type ruleJSON struct {
	Action       string            `json:"action,omitempty"`
	Account      string            `json:"account,omitempty"`
	User         string            `json:"user,omitempty"`
	Nth          loose             `json:"nth,omitempty"`
	Phase        string            `json:"phase,omitempty"`
	Fault        string            `json:"fault,omitempty"`
	Status       int               `json:"status,omitempty"`
	Code         string            `json:"code,omitempty"`
	Message      string            `json:"message,omitempty"`
	Body         string            `json:"body,omitempty"`
	Header       map[string]string `json:"header,omitempty"`
	RetryAfter   loose             `json:"retry_after,omitempty"`
	Delay        loose             `json:"delay,omitempty"`
	Inject       string            `json:"inject,omitempty"`
	InjectParams map[string]string `json:"inject_params,omitempty"`
	Stale        int               `json:"stale,omitempty"`
}

// loose is a text that a file may also write as a number.
type loose string

// UnmarshalJSON takes a string or a number.
func (l *loose) UnmarshalJSON(text []byte) error {
	var number json.Number
	if json.Unmarshal(text, &number) == nil && text[0] != '"' {
		*l = loose(number.String())
		return nil
	}
	return json.Unmarshal(text, (*string)(l))
}

// MarshalJSON writes the rule as a schedule's file does.
func (r Rule) MarshalJSON() ([]byte, error) {
	delay := ""
	if r.Delay != 0 {
		delay = r.Delay.String()
	}
	return json.Marshal(ruleJSON{
		r.Action, r.Account, r.User, loose(r.Nth), r.Phase, r.Fault, r.Status, r.Code, r.Message, r.Body, r.Header,
		loose(r.RetryAfter), loose(delay), r.Inject, r.InjectParams, r.Stale,
	})
}

// UnmarshalJSON reads the rule as a schedule's file writes it. A name that no rule has is an error.
func (r *Rule) UnmarshalJSON(text []byte) error {
	var read ruleJSON
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return err
	}
	delay, err := span(string(read.Delay))
	if err != nil {
		return err
	}
	*r = Rule{
		read.Action, read.Account, read.User, string(read.Nth), read.Phase, read.Fault, read.Status, read.Code, read.Message, read.Body,
		read.Header, string(read.RetryAfter), delay, read.Inject, read.InjectParams, read.Stale,
	}
	return nil
}

func span(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(n), nil
	}
	return time.ParseDuration(text)
}

// Schedule is a file of rules.
type Schedule struct {
	Seed  uint64 `json:"seed"`
	Rules []Rule `json:"rules"`
}
