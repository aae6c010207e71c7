// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rule is one entry of the fault schedule.
//
// A rule applies only to calls that are signed by a known key and name an existing operation. Every rule counts the calls
// that it matches, whether it acts on them or not. All rules of the kinds inject, delay, stale, duplicate and date act on a
// call. Of the other kinds only the first matching rule acts. Faults that spoil the operation's own response (truncate,
// cut, drip, drop_fields, retype, short_list) let the operation take effect in either phase, because otherwise that
// response does not exist.
type Rule struct {
	Action  string // exact or a pattern such as "List*"; "" matches every operation
	Account string // id; "" matches every account
	User    string // pattern for the user named in the request; "" matches all
	Nth     string // which of the matching calls: "1", "1-5", "3-"; "" for all
	Phase   string // before_commit (default) or after_commit: whether a write takes effect before the response is spoiled

	// Fault is the kind of fault:
	//	code          an error response with Status, Code and Message, and with RetryAfter if set
	//	http          a response with Status and Body, as from an intermediary
	//	foreign       a JSON response of an intermediary: Status (403), without RequestId and Code; Body replaces its text
	//	refuse        the connection is closed without a response
	//	reset         the connection is reset without a response
	//	cut           the connection is closed in the middle of the response
	//	truncate      the response is complete HTTP with half a document
	//	empty, null, array, html, garble   another body: none, null, [], a page, or Body
	//	short_list    without the items of lists that contain Body; without any item if Body is empty
	//	drop_fields   without the fields named in Body, "AccessKeySecret,Status"
	//	retype        with another kind of value for the fields named in Body, or with the values of a Body like {"Status":[]}
	//	redirect      Status (307) to the Location in Header
	//	stall         no byte until the client disconnects or Delay is over; then the connection is closed
	//	informational responses 1xx of Status (103) every Delay (1ms) that do not end; with 101 one of them, and then no byte
	//	date          the Date header is wrong by Delay
	//	drip          a byte every Delay (10ms)
	//	delay         Delay before the operation, or with after_commit before the response, even if the client disconnects
	//	late          the connection is closed without a response; the request is executed after Delay (a number) further
	//	              calls, or by [Server.ExecuteLate], but not if Delay is negative
	//	stale         a read returns the state before the account's last Stale writes (1)
	//	huge, gzip_bomb, endless_headers   more than a client should read
	//	duplicate     the request is executed once more after Delay (a number) further calls
	//	inject        Inject is executed as another administrator, before or after the operation
	// It can be omitted with Code, Inject or Stale. In Message and Body, {Password} is replaced with that parameter of the
	// request or that field of the response, {Password:hex} with the same in an encoding, and {Password:*} with all
	// encodings.
	Fault string

	Status       int
	Code         string
	Message      string
	Body         string
	Header       map[string]string
	RetryAfter   string
	Delay        time.Duration
	Inject       string
	InjectParams map[string]string
	Stale        int
}

// scheduled is a rule and the number of calls that it has matched.
type scheduled struct {
	Rule

	from, to int
	matched  int
}

var faultKinds = []string{
	"code", "http", "refuse", "reset", "cut", "truncate", "empty", "null", "array", "html", "garble", "drop_fields", "retype",
	"redirect", "stall", "drip", "delay", "stale", "huge", "gzip_bomb", "endless_headers", "duplicate", "inject",
	"foreign", "short_list", "informational", "date", "late",
}

// Inject adds rules to the schedule.
func (s *Server) Inject(rules ...Rule) {
	prepared, err := schedule(rules)
	if err != nil {
		s.report("Cannot schedule the faults: %s", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, prepared...)
}

func schedule(rules []Rule) ([]*scheduled, error) {
	prepared := make([]*scheduled, 0, len(rules))
	for i, rule := range rules {
		one, err := prepareRule(rule)
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
		prepared = append(prepared, one)
	}
	return prepared, nil
}

func prepareRule(rule Rule) (*scheduled, error) {
	switch {
	case rule.Fault != "":
	case rule.Inject != "":
		rule.Fault = "inject"
	case rule.Stale > 0:
		rule.Fault = "stale"
	case rule.Code != "":
		rule.Fault = "code"
	}
	if !slices.Contains(faultKinds, rule.Fault) {
		return nil, fmt.Errorf("unknown fault %q", rule.Fault)
	}
	if !slices.Contains([]string{"", "before_commit", "after_commit"}, rule.Phase) {
		return nil, fmt.Errorf("unknown phase %q", rule.Phase)
	}
	if rule.Fault == "inject" && rule.Inject == "" {
		return nil, errors.New("inject needs the operation to execute")
	}
	if rule.Fault == "code" && rule.Code == "" {
		return nil, errors.New("an error response needs its code")
	}
	from, to, err := positions(rule.Nth)
	if err != nil {
		return nil, err
	}
	return &scheduled{Rule: rule, from: from, to: to}, nil
}

// positions parses "1", "1-5", "3-" or "".
func positions(nth string) (from, to int, err error) {
	const endless = int(^uint(0) >> 1)
	if nth == "" {
		return 1, endless, nil
	}
	low, high, ranged := strings.Cut(nth, "-")
	if from, err = strconv.Atoi(low); err != nil || from < 1 {
		return 0, 0, fmt.Errorf("%q is not a position", nth)
	}
	switch {
	case !ranged:
		return from, from, nil
	case high == "":
		return from, endless, nil
	}
	if to, err = strconv.Atoi(high); err != nil || to < from {
		return 0, 0, fmt.Errorf("%q is not a position", nth)
	}
	return from, to, nil
}

// acts counts a call if it matches. It reports whether the rule acts on the call.
func (r *scheduled) acts(call *Call) bool {
	if r.Action != "" && !glob(r.Action, call.Action) || r.Account != "" && r.Account != call.AccountID || !r.names(call) {
		return false
	}
	r.matched++
	return r.matched >= r.from && r.matched <= r.to
}

func (r *scheduled) names(call *Call) bool {
	if r.User == "" {
		return true
	}
	principal := call.Params["UserPrincipalName"]
	name, _, _ := strings.Cut(principal, "@")
	return slices.ContainsFunc([]string{call.Params["UserName"], principal, name}, func(text string) bool {
		return text != "" && glob(r.User, text)
	})
}

func (r *scheduled) afterCommit() bool { return r.Phase == "after_commit" }

// intervention is a change by another administrator immediately before an operation.
type intervention struct {
	action string // with its product, such as Ims/GetUser, or of every product
	act    func(*Account)
}

// ChangeBefore changes the account once, as another administrator, immediately before the next call of an action. Two APIs can have an
// action of one name: Ims/GetSecurityPreference is that of one.
func (s *Server) ChangeBefore(action string, f func(*Account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = append(s.before, &intervention{action, f})
}

// AfterWrites calls f after each write operation that succeeds, before its response is sent. f must not call the server, nor keep
// the account. A nil f ends it.
func (s *Server) AfterWrites(f func(action string, account *Account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = f
}

// repeat is a request that will be executed again or late.
type repeat struct {
	request *request
	calls   int  // number of calls before it is executed
	late    bool // it has not been executed yet
}

// ruleJSON is a rule in a file. Nth and Delay may be numbers.
type ruleJSON struct {
	Action       string            `json:"action,omitempty"`
	Account      string            `json:"account,omitempty"`
	User         string            `json:"user,omitempty"`
	Nth          textOrNumber      `json:"nth,omitempty"`
	Phase        string            `json:"phase,omitempty"`
	Fault        string            `json:"fault,omitempty"`
	Status       int               `json:"status,omitempty"`
	Code         string            `json:"code,omitempty"`
	Message      string            `json:"message,omitempty"`
	Body         string            `json:"body,omitempty"`
	Header       map[string]string `json:"header,omitempty"`
	RetryAfter   textOrNumber      `json:"retry_after,omitempty"`
	Delay        textOrNumber      `json:"delay,omitempty"`
	Inject       string            `json:"inject,omitempty"`
	InjectParams map[string]string `json:"inject_params,omitempty"`
	Stale        int               `json:"stale,omitempty"`
}

// textOrNumber is a text that a file may also write as a number.
type textOrNumber string

// UnmarshalJSON accepts a string or a number.
func (l *textOrNumber) UnmarshalJSON(text []byte) error {
	var number json.Number
	if json.Unmarshal(text, &number) == nil && text[0] != '"' {
		*l = textOrNumber(number.String())
		return nil
	}
	return json.Unmarshal(text, (*string)(l))
}

// MarshalJSON writes the rule in the form of a schedule file.
func (r Rule) MarshalJSON() ([]byte, error) {
	delay := ""
	if r.Delay != 0 {
		delay = r.Delay.String()
	}
	return json.Marshal(ruleJSON{
		r.Action, r.Account, r.User, textOrNumber(r.Nth), r.Phase, r.Fault, r.Status, r.Code, r.Message, r.Body, r.Header,
		textOrNumber(r.RetryAfter), textOrNumber(delay), r.Inject, r.InjectParams, r.Stale,
	})
}

// UnmarshalJSON reads the rule in the form of a schedule file. It refuses unknown names.
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

// Schedule is the content of a schedule file.
type Schedule struct {
	Seed  uint64 `json:"seed"`
	Rules []Rule `json:"rules"`
}
