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

// faults are the rules that act on a call.
type faults []*scheduled

// due counts the call for every rule and returns those that act on it.
func (s *Server) due(call *Call) faults {
	var due faults
	for _, rule := range s.rules {
		if rule.acts(call) {
			due = append(due, rule)
		}
	}
	return due
}

// combinable are faults that do not replace the response. Several of them can act on one call.
var combinable = []string{"inject", "delay", "stale", "duplicate", "date"}

// spoiler returns the fault that replaces or spoils the response, or nil.
func (f faults) spoiler() *scheduled {
	for _, rule := range f {
		if !slices.Contains(combinable, rule.Fault) {
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

// stale returns the number of latest writes that a read does not see.
func (f faults) stale() (writes int) {
	for _, rule := range f {
		if rule.Fault == "stale" {
			writes = max(writes, rule.Stale, 1)
		}
	}
	return writes
}

// dateError returns the error of the Date header.
func (f faults) dateError() (sum time.Duration) {
	for _, rule := range f {
		if rule.Fault == "date" {
			sum += rule.Delay
		}
	}
	return sum
}

// ownResponse are the faults that spoil the operation's own response, which exists only if the operation was executed.
var ownResponse = []string{"truncate", "cut", "drip", "drop_fields", "retype", "short_list"}

// perform executes the call and sends the response. It reports whether the connection can be reused.
func (c *conversation) perform(w http.ResponseWriter, r *http.Request) bool {
	if !c.server.pause(c.faults.delay(false)) {
		return false
	}
	spoiler := c.faults.spoiler()
	switch {
	case spoiler != nil && spoiler.Fault == "late":
		c.postpone(spoiler)
	case spoiler == nil || spoiler.afterCommit() || slices.Contains(ownResponse, spoiler.Fault):
		c.execute()
	}
	if !c.server.pause(c.faults.delay(true)) {
		return false
	}
	if spoiler != nil {
		return c.spoil(w, r, spoiler)
	}
	c.send(w, c.response)
	return true
}

func (c *conversation) send(w http.ResponseWriter, a response) {
	header := w.Header()
	c.setDate(header)
	header.Set("Content-Type", a.contentType)
	for name, value := range a.header {
		header.Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may have disconnected
}

// setDate sets the Date header to the data clock plus the errors of the rules.
func (c *conversation) setDate(header http.Header) {
	header.Set("Date", c.server.Now().Add(c.faults.dateError()).Format(http.TimeFormat))
}

// intervene executes the changes of other administrators that happen immediately before the operation.
func (s *Server) intervene(c *conversation) {
	for i, other := range s.before {
		if other.action == c.call.Action || other.action == c.call.Product+"/"+c.call.Action {
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

// actAsAnother executes an operation in the same account as another administrator.
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
		return errors.New("the operation does not exist")
	}
	_, err := s.write(&request{
		server: s, account: during.account, caller: &caller{kind: "Account", accountID: during.account.ID},
		product: product, action: name, params: rule.InjectParams, now: s.now(),
	}, a, "other-admin")
	return err
}

// deliverAgain executes what follows a write: changes of other administrators, and repeated or late requests.
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
		s.repeat(again.request, again.late)
		return true
	})
}

// repeat executes a request again and discards its response.
func (s *Server) repeat(again *request, late bool) {
	r := *again
	r.now = s.now()
	if account := s.accounts[r.account.ID]; account != nil && r.caller.user != nil {
		who := *r.caller
		who.user = account.UserByID(who.user.ID)
		r.caller = &who
	}
	by := r.action + " duplicate"
	if late {
		by = r.action + " late"
	}
	_, _ = s.write(&r, actions[r.product+"/"+r.action], by) // the client has disconnected
}

// postpone stores the request for later execution and returns no response.
func (c *conversation) postpone(rule *scheduled) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.request == nil || !actions[c.request.product+"/"+c.request.action].write {
		return
	}
	calls := int(rule.Delay) - 1
	if calls < 0 {
		calls = int(^uint(0) >> 1)
	}
	if rule.Delay >= 0 {
		c.server.later = append(c.server.later, &repeat{request: c.request, calls: calls, late: true})
	}
}

// ExecuteLate executes the requests that a late fault has postponed.
func (s *Server) ExecuteLate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := s.later
	s.later = nil
	for _, one := range waiting {
		if one.late {
			s.repeat(one.request, true)
			continue
		}
		s.later = append(s.later, one)
	}
}

// reshape drops or retypes the fields that the rule names in the operation's response, or shortens its lists.
func (c *conversation) reshape(rule *scheduled) {
	var body any
	if err := json.Unmarshal(asJSON(c.body), &body); err != nil {
		panic(err) // asJSON has encoded it
	}
	whole, _ := body.(map[string]any)
	if rule.Fault == "short_list" {
		shorten(whole, rule.Body)
		c.response = success(c.in, whole, c.call.RequestID)
		return
	}
	for field, other := range rule.fields() {
		reshape(whole, field, func(object map[string]any) {
			if rule.Fault == "drop_fields" {
				delete(object, field)
				return
			}
			object[field] = other
		})
	}
	c.response = success(c.in, whole, c.call.RequestID)
}

// shorten removes the items that contain a text from lists of objects. Without a text it removes all items.
func shorten(value any, text string) {
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	for name, inner := range object {
		if list, ok := inner.([]any); ok {
			object[name] = slices.DeleteFunc(list, func(item any) bool {
				_, isObject := item.(map[string]any)
				return isObject && strings.Contains(string(asJSON(item)), text)
			})
		}
		shorten(inner, text)
	}
	if _, paged := object["IsTruncated"].(bool); paged && text == "" {
		object["IsTruncated"] = false
		delete(object, "Marker")
	}
}

// fields returns the fields that the rule names, with their new values.
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

// reshape changes every object that has the field.
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
