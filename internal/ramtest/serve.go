// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ServeHTTP responds to one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.work.Done()
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.control(w, r)
		return
	}
	in := receive(r)
	if !s.pause(s.latency) || !s.accept(in, r).perform(w, r) {
		panic(http.ErrAbortHandler)
	}
}

// enter reports whether the server is open. If so, Close waits for this request.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Err() != nil {
		return false
	}
	s.work.Add(1)
	return true
}

// pause waits. It reports whether the server is still open.
func (s *Server) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.closing.Done():
		return false
	}
}

// conversation is a request and its response.
type conversation struct {
	server   *Server
	in       *incoming
	call     *Call
	request  *request // nil if the request was refused
	refused  error
	faults   faults
	response response
	body     reply // body of the operation; nil if it failed or did not run
}

// accept records the call, checks it, and finds the faults that act on it.
func (s *Server) accept(in *incoming, r *http.Request) *conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	c := &conversation{server: s, in: in, call: &Call{
		Seq: s.seq, Product: in.product(), Action: in.action, AccessKeyID: in.keyID, AccountID: s.owner(in),
		Method: r.Method, URL: r.URL.String(), UserAgent: r.UserAgent(), Signed: in.algorithm(), Params: in.params, Time: s.clock(), RequestID: s.newRequestID(),
	}}
	s.calls = append(s.calls, c.call)
	if c.request, c.refused = s.admit(in); c.refused == nil {
		c.faults = s.due(c.call)
	}
	return c
}

// owner returns the account of the key of a request, or "".
func (s *Server) owner(in *incoming) string {
	if in.unsigned() {
		return s.roleAccount(in.params["RoleArn"])
	}
	if open := s.sessions[in.keyID]; open != nil {
		return open.accountID
	}
	for _, account := range s.accounts {
		if key, _ := account.KeyByID(in.keyID); key != nil {
			return account.ID
		}
	}
	return ""
}

// execute runs the operation, unless the request was refused, and sets its response.
func (c *conversation) execute() {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if err = c.refused; err == nil {
		c.body, err = s.operate(c)
	}
	c.body = s.reduced(c.body)
	if err = s.status(err, c.in.action); err != nil {
		c.response = refusal(c.in, err, c.call.RequestID)
		c.call.Code = codeOf(err)
	} else {
		c.response = success(c.in, c.body, c.call.RequestID)
	}
	c.call.Status = c.response.status
}

// status returns an error as the service does. The vendor's tables disagree about two statuses (documented, both;
// Behaviour.SwapStatuses), and public clients match two families of codes. (observed; Behaviour.ShortEntityCodes)
// Ims publishes no codes. (assumed; Behaviour.UnpublishedCodes).
func (s *Server) status(err error, action string) error {
	var failed *failure
	if !errors.As(err, &failed) {
		return err
	}
	other := *failed
	if s.behaviour.ShortEntityCodes {
		if kind, ok := strings.CutPrefix(failed.Code, "EntityNotExist.User."); ok {
			other.Code = "EntityNotExist." + kind
		}
	}
	if s.behaviour.UnpublishedCodes {
		recycled := strings.HasSuffix(action, "RecycleBin") && !strings.HasPrefix(action, "List")
		switch failed.Code {
		case "EntityNotExist.User.AccessKey":
			if recycled {
				other.Code = "EntityNotExist.RecycledAccessKey"
			}
		case "EntityNotExist.User":
			if recycled && strings.Contains(action, "User") {
				other.Code = "EntityNotExist.RecycledUser"
			}
		case "EntityNotExist.User.LoginProfile":
			other.Code = "EntityNotExist"
		case "EntityNotExist.User.ServiceCredential":
			other.Code = "EntityNotExist.Credential"
		case "EntityNotExist.User.Verification":
			other.Code = "EntityNotExist.VerifyInfo"
		case "EntityNotExist.Passkey":
			other.Code = "EntityNotExist.PasskeyInfo"
		}
	}
	if !s.behaviour.SwapStatuses {
		return &other
	}
	switch failed.Code {
	case "SignatureDoesNotMatch":
		other.Status = http.StatusForbidden
	case "InvalidAccessKeyId.NotFound":
		other.Status = http.StatusBadRequest
	}
	return &other
}

// reduced returns a response without the fields and the empty lists that the switches omit.
func (s *Server) reduced(body reply) reply {
	if body == nil || s.behaviour.MissingFields == "" && !s.behaviour.OmitEmptyLists && !s.behaviour.OmitIsTruncated {
		return body
	}
	absent := map[string]bool{}
	for name := range strings.SplitSeq(s.behaviour.MissingFields, ",") {
		absent[strings.TrimSpace(name)] = true
	}
	less := reply{}
	for name, value := range body {
		if absent[name] || s.behaviour.OmitEmptyLists && emptyList(value) || s.behaviour.OmitIsTruncated && name == "IsTruncated" {
			continue
		}
		value = s.reducedValue(value)
		less[name] = value
	}
	return less
}

func (s *Server) reducedValue(value any) any {
	switch value := value.(type) {
	case reply:
		return s.reduced(value)
	case []any:
		less := make([]any, 0, len(value))
		for _, item := range value {
			less = append(less, s.reducedValue(item))
		}
		return less
	}
	return value
}

// emptyList reports whether a value is a list of objects without items, with or without a wrapper. An empty list is
// present. (observed; Behaviour.OmitEmptyLists)
func emptyList(value any) bool {
	if list, ok := value.([]any); ok {
		return len(list) == 0
	}
	wrapper, ok := value.(reply)
	if !ok || len(wrapper) != 1 {
		return false
	}
	for _, inner := range wrapper {
		list, isList := inner.([]any)
		return isList && len(list) == 0
	}
	return false
}

// operate makes the last checks (throttling, permission, parameters) and runs the operation.
func (s *Server) operate(c *conversation) (reply, error) {
	r, a := c.request, actions[c.request.product+"/"+c.request.action]
	if err := s.withinRate(r, a.write); err != nil {
		return nil, err
	}
	if err := permitted(r); err != nil {
		return nil, err
	}
	if err := s.checkNames(r, a); err != nil {
		return nil, err
	}
	s.intervene(c)
	if !a.write {
		return s.read(r, a, c.faults.stale())
	}
	body, err := s.write(r, a, r.action)
	c.call.Committed = err == nil
	s.deliverAgain(c)
	return body, err
}

// read runs a read operation on the visible account, which may be older than the current one.
func (s *Server) read(r *request, a action, stale int) (reply, error) {
	view := *r
	if view.account = s.visible(r.account, stale); view.account != r.account && r.caller.user != nil {
		who := *r.caller
		if user := view.account.UserByID(who.user.ID); user != nil {
			who.user = user
		}
		view.caller = &who
	}
	return s.run(&view, a)
}

// write runs a write operation. It takes effect completely or not at all.
func (s *Server) write(r *request, a action, by string) (reply, error) {
	old := r.account.Clone()
	body, err := s.run(r, a)
	if err != nil {
		*r.account = *old
		return nil, err
	}
	s.record(by, old, r.account)
	if s.written != nil {
		s.written(r.action, r.account)
	}
	return body, nil
}

// run turns a panic of a handler into an error response and a violation.
func (s *Server) run(r *request, a action) (body reply, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.violations = append(s.violations, fmt.Sprintf("%s/%s panicked: %v", r.product, r.action, cause))
			err = internalError()
		}
	}()
	return a.run(r)
}

// checkNames refuses parameters that the operation does not have, in strict mode. The service ignores them. (documented)
func (s *Server) checkNames(r *request, a action) error {
	if !s.strict {
		return nil
	}
	for name := range r.params {
		if !named(a.parameters, name) {
			s.violations = append(s.violations, fmt.Sprintf("%s/%s has no parameter %s", r.product, r.action, name))
			return invalid(name)
		}
	}
	for _, name := range a.mandatory {
		if !r.has(name) {
			s.violations = append(s.violations, fmt.Sprintf("%s/%s needs the parameter %s", r.product, r.action, name))
			return missing(name)
		}
	}
	return nil
}

// named reports whether a name is one of the parameters. A flattened list is Tag.1.Key, Tag.1.Value, ResourceId.1 and so
// on. (documented)
func named(parameters []string, name string) bool {
	for _, parameter := range parameters {
		if list, ok := strings.CutSuffix(parameter, "*"); parameter == name || ok && strings.HasPrefix(name, list) {
			return true
		}
	}
	return false
}
