// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// faults are the rules that act on one call.
type faults []*scheduled

// due counts the call for every rule and keeps those that act on it.
func (s *Server) due(call *Call) faults {
	var due faults
	for _, rule := range s.rules {
		if rule.acts(call) {
			due = append(due, rule)
		}
	}
	return due
}

// companions are faults that leave the answer alone, so that several can act on one call.
var companions = []string{"inject", "delay", "stale", "duplicate"}

// spoiler is the fault that spoils the answer, if there is one.
func (f faults) spoiler() *scheduled {
	for _, rule := range f {
		if !slices.Contains(companions, rule.Fault) {
			return rule
		}
	}
	return nil
}

func (f faults) of(kind string, after bool) faults {
	var found faults
	for _, rule := range f {
		if rule.Fault == kind && rule.afterCommit() == after {
			found = append(found, rule)
		}
	}
	return found
}

func (f faults) delay(after bool) (sum time.Duration) {
	for _, rule := range f.of("delay", after) {
		sum += rule.Delay
	}
	return sum
}

// stale is how many writes back a read is to look.
func (f faults) stale() (writes int) {
	for _, rule := range f {
		if rule.Fault == "stale" {
			writes = max(writes, rule.Stale, 1)
		}
	}
	return writes
}

// ownAnswer are the faults that spoil the operation's own answer, which there is only when it was executed.
var ownAnswer = []string{"truncate", "cut", "drip", "drop_fields", "retype"}

// perform answers the call, and says whether the connection may live on.
func (c *conversation) perform(w http.ResponseWriter, r *http.Request) bool {
	if !c.server.pause(c.faults.delay(false)) {
		return false
	}
	spoiler := c.faults.spoiler()
	if spoiler == nil || spoiler.afterCommit() || slices.Contains(ownAnswer, spoiler.Fault) {
		c.execute()
	}
	if !c.server.pause(c.faults.delay(true)) {
		return false
	}
	if spoiler != nil {
		return c.spoil(w, r, spoiler)
	}
	c.server.send(w, c.answer)
	return true
}

func (s *Server) send(w http.ResponseWriter, a answer) {
	header := w.Header()
	header.Set("Date", s.Now().Format(http.TimeFormat))
	header.Set("Content-Type", a.contentType)
	for name, value := range a.header {
		header.Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that has left needs no answer
}

// intervene lets others act right before the operation.
func (s *Server) intervene(c *conversation) {
	for i, other := range s.before {
		if other.action == c.call.Action {
			s.before = slices.Delete(s.before, i, i+1)
			old := c.request.account.Clone()
			other.act(c.request.account)
			s.record("test", old, c.request.account)
			break
		}
	}
	s.injectAll(c, false)
}

func (s *Server) injectAll(c *conversation, after bool) {
	for _, rule := range c.faults.of("inject", after) {
		if err := s.actAsAnother(c.request, rule); err != nil {
			s.violations = append(s.violations, "cannot inject "+rule.Inject+": "+err.Error())
		}
	}
}

// actAsAnother executes an operation in the same account as its other administrator.
func (s *Server) actAsAnother(during *request, rule *scheduled) error {
	product, name, prefixed := strings.Cut(rule.Inject, "/")
	if !prefixed {
		product, name = during.product, rule.Inject
		if _, ok := actions[product+"/"+name]; !ok {
			product = map[string]string{"Ims": "Ram", "Ram": "Ims"}[product]
		}
	}
	a, ok := actions[product+"/"+name]
	if !ok {
		return errors.New("there is no such operation")
	}
	_, err := s.write(&request{
		server: s, account: during.account, caller: &caller{kind: "Account", accountID: during.account.ID},
		product: product, action: name, params: rule.InjectParams, now: s.now(),
	}, a, "other-admin")
	return err
}

// deliverAgain plays what follows a write: others who act after it, and requests that arrive a second time.
func (s *Server) deliverAgain(c *conversation) {
	s.injectAll(c, true)
	for _, rule := range slices.Concat(c.faults.of("duplicate", false), c.faults.of("duplicate", true)) {
		s.later = append(s.later, &repeat{request: c.request, calls: int(rule.Delay)})
	}
	s.later = slices.DeleteFunc(s.later, func(again *repeat) bool {
		again.calls--
		if again.calls >= 0 {
			return false
		}
		s.repeat(again.request)
		return true
	})
}

// repeat executes a request once more. What it answers reaches nobody.
func (s *Server) repeat(again *request) {
	r := *again
	r.now = s.now()
	if account := s.accounts[r.account.ID]; account != nil && r.caller.user != nil {
		who := *r.caller
		who.user = account.UserByID(who.user.ID)
		r.caller = &who
	}
	_, _ = s.write(&r, actions[r.product+"/"+r.action], r.action+" duplicate") // nobody waits for it
}

// reshape drops or retypes what the rule names in the operation's answer.
func (c *conversation) reshape(rule *scheduled) {
	var body any
	if err := json.Unmarshal(asJSON(c.body), &body); err != nil {
		panic(err) // it was encoded a moment ago
	}
	whole, _ := body.(map[string]any)
	for field, other := range rule.fields() {
		reshape(whole, field, func(object map[string]any) {
			if rule.Fault == "drop_fields" {
				delete(object, field)
				return
			}
			object[field] = other
		})
	}
	c.answer = success(c.in, whole, c.call.RequestID)
}

// fields are those that the rule names, and what they become.
func (r *scheduled) fields() map[string]any {
	named := map[string]any{}
	if json.Unmarshal([]byte(r.Body), &named) == nil {
		return named
	}
	for name := range strings.SplitSeq(r.Body, ",") {
		named[strings.TrimSpace(name)] = reply{"Unexpected": true}
	}
	return named
}

// reshape finds every object that has the field.
func reshape(value any, field string, change func(map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		if _, ok := value[field]; ok {
			change(value)
		}
		for _, inner := range value {
			reshape(inner, field, change)
		}
	case []any:
		for _, inner := range value {
			reshape(inner, field, change)
		}
	}
}

func codeOf(err error) string {
	var failed *failure
	if errors.As(err, &failed) {
		return failed.Code
	}
	return "InternalError"
}
