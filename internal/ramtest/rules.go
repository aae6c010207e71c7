// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Duration is a time span, which JSON writes as "2s".
type Duration = time.Duration

// Rule is one entry of the fault schedule.
//
// Only calls that are signed by a known key and name an operation that there is count. Every rule counts the calls that it
// matches, whether it acts on them or not. Of the rules that act on one call, inject, delay, stale and duplicate all do;
// of the others the first does. Faults that spoil the operation's own answer (truncate, cut, drip, drop_fields, retype)
// let it take effect in either phase, for without it there is no such answer.
type Rule struct {
	Action  string // exact or a pattern such as "List*"; "" matches every operation
	Account string // id; "" matches every account
	User    string // pattern for the user named in the request; "" matches all
	Nth     string // which of the matching calls: "1", "1-5", "3-"; "" every
	Phase   string // before_commit (default) or after_commit: whether a write takes effect before the answer is spoilt

	// Fault is what happens:
	//	code          an error answer of Status, Code and Message, with RetryAfter if given
	//	http          an answer of Status and Body, as from something between
	//	refuse        the connection is closed without an answer
	//	reset         the connection is reset without an answer
	//	cut           the connection is closed in the middle of the answer
	//	truncate      the answer is complete HTTP, but half a document
	//	empty, null, array, html, garble   another body: none, null, [], a page, or Body
	//	drop_fields   without the fields named in Body, "AccessKeySecret,Status"
	//	retype        with another kind of value for the fields named in Body, or with the values of a Body like {"Status":[]}
	//	redirect      Status (307) to the Location in Header
	//	stall         not a byte until the client leaves or Delay is over; then the connection is closed
	//	drip          a byte every Delay (10ms)
	//	delay         Delay before the operation, or with after_commit before the answer, even if the client leaves
	//	stale         a read is answered as before the account's last Stale writes (1)
	//	huge, gzip_bomb, endless_headers   far more than anybody should read
	//	duplicate     the request is executed once more after Delay (a number) further calls
	//	inject        Inject is executed as another administrator, before the operation or after it
	// It may be left out beside Code, Inject or Stale. In Message and Body {Password} becomes that parameter of the request.
	Fault string

	Status       int
	Code         string
	Message      string
	Body         string
	Header       map[string]string
	RetryAfter   string
	Delay        Duration
	Inject       string
	InjectParams map[string]string
	Stale        int
}

// scheduled is a rule and the calls it has matched.
type scheduled struct {
	Rule

	from, to int
	matched  int
}

var faultKinds = []string{
	"code", "http", "refuse", "reset", "cut", "truncate", "empty", "null", "array", "html", "garble", "drop_fields", "retype",
	"redirect", "stall", "drip", "delay", "stale", "huge", "gzip_bomb", "endless_headers", "duplicate", "inject",
}

// Inject adds rules to the schedule.
func (s *Server) Inject(rules ...Rule) {
	prepared, err := schedule(rules)
	if err != nil {
		s.complain("Cannot schedule the faults: %s", err)
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
		return nil, fmt.Errorf("there is no fault %q", rule.Fault)
	}
	if !slices.Contains([]string{"", "before_commit", "after_commit"}, rule.Phase) {
		return nil, fmt.Errorf("there is no phase %q", rule.Phase)
	}
	if rule.Fault == "inject" && rule.Inject == "" {
		return nil, errors.New("inject needs the operation to execute")
	}
	if rule.Fault == "code" && rule.Code == "" {
		return nil, errors.New("an error answer needs its code")
	}
	from, to, err := positions(rule.Nth)
	if err != nil {
		return nil, err
	}
	return &scheduled{Rule: rule, from: from, to: to}, nil
}

// positions reads "1", "1-5", "3-" or "".
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

// acts counts a call if it matches and says whether the rule acts on it.
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

// intervention is somebody else's act right before an operation.
type intervention struct {
	action string
	act    func(*Account)
}

// Before lets somebody else act once, right before the next call of an action.
func (s *Server) ChangeBefore(action string, f func(*Account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = append(s.before, &intervention{action, f})
}

// repeat is a request that will be executed once more, as networks sometimes do.
type repeat struct {
	request *request
	calls   int // still to come before it
}
