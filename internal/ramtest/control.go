// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

const controlPrefix = "/_ramfake/"

// control serves the control plane for scripts: GET and PATCH state, GET and DELETE calls, GET history, violations,
// credentials and operations, PUT faults, clock and skew. It accepts requests from this machine only. [Server.Calls] does
// not contain them.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	if !local(r.RemoteAddr) {
		respond(w, http.StatusForbidden, map[string]string{"error": "only this machine can use the control plane"})
		return
	}
	status, body := http.StatusOK, any(map[string]bool{"ok": true})
	var err error
	switch r.Method + " " + r.URL.Path[len(controlPrefix):] {
	case "GET state":
		body, err = s.copyOf(r.URL.Query().Get("account"))
	case "PATCH state":
		body, err = s.patch(r)
	case "GET calls":
		body = s.Calls(r.URL.Query()["action"]...)
	case "DELETE calls":
		s.ForgetCalls()
	case "GET credentials":
		body, err = s.serveCredentials(r.URL.Query().Get("lender"))
	case "GET history":
		body = s.History()
	case "GET operations":
		body = implemented()
	case "GET violations":
		body = s.Violations()
	case "PUT faults":
		err = s.putFaults(r)
	case "PUT clock":
		body, err = s.putClock(r)
	case "PUT skew":
		err = s.putSkew(r)
	default:
		status, body = http.StatusNotFound, map[string]string{"error": r.Method + " " + r.URL.Path + " does not exist"}
	}
	if err != nil {
		status, body = http.StatusBadRequest, map[string]string{"error": err.Error()}
	}
	respond(w, status, body)
}

func local(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(asJSON(body), '\n')) // the client may have disconnected
}

// named returns the account with an id, or the default account. The caller holds the lock.
func (s *Server) named(id string) (*Account, error) {
	if id == "" {
		id = s.first
	}
	if s.accounts[id] == nil {
		return nil, fmt.Errorf("account %s does not exist", id)
	}
	return s.accounts[id], nil
}

func (s *Server) copyOf(id string) (*Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account, err := s.named(id)
	if err != nil {
		return nil, err
	}
	return account.Clone(), nil
}

// patch applies a JSON merge patch (RFC 7396) to an account.
func (s *Server) patch(r *http.Request) (*Account, error) {
	var change any
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
		return nil, fmt.Errorf("cannot read the patch: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	account, err := s.named(r.URL.Query().Get("account"))
	if err != nil {
		return nil, err
	}
	changed, err := merged(account, change)
	if err != nil {
		return nil, err
	}
	if changed.ID != account.ID {
		return nil, errors.New("the id of an account cannot be changed")
	}
	if err := s.reserve(changed); err != nil {
		return nil, err
	}
	old := account.Clone()
	*account = *changed
	s.record("control", old, account)
	return account.Clone(), nil
}

func merged(account *Account, change any) (*Account, error) {
	var document any
	if err := json.Unmarshal(asJSON(account), &document); err != nil {
		return nil, fmt.Errorf("cannot read the account: %w", err)
	}
	changed := NewAccount(account.ID)
	if err := strictly(asJSON(mergePatch(document, change)), changed); err != nil {
		return nil, fmt.Errorf("the patched account is invalid: %w", err)
	}
	return changed, nil
}

func mergePatch(target, change any) any {
	fields, ok := change.(map[string]any)
	if !ok {
		return change
	}
	whole, ok := target.(map[string]any)
	if !ok {
		whole = map[string]any{}
	}
	for name, value := range fields {
		if value == nil {
			delete(whole, name)
			continue
		}
		whole[name] = mergePatch(whole[name], value)
	}
	return whole
}

// putFaults replaces the schedule of faults.
func (s *Server) putFaults(r *http.Request) error {
	var file Schedule
	if err := json.NewDecoder(r.Body).Decode(&file); err != nil {
		return fmt.Errorf("cannot read the schedule: %w", err)
	}
	return s.SetSchedule(file)
}

// SetSchedule replaces the schedule of faults. A seed restarts the random order of lists and ids.
func (s *Server) SetSchedule(file Schedule) error {
	rules, err := schedule(file.Rules)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = rules
	if file.Seed != 0 {
		s.random = newRandom(file.Seed)
	}
	return nil
}

// putClock moves the data clock: {"advance":"24h"} or {"now":"2026-01-02T03:04:05Z"}.
func (s *Server) putClock(r *http.Request) (any, error) {
	var order struct {
		Advance string    `json:"advance"`
		Now     time.Time `json:"now"`
	}
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		return nil, fmt.Errorf("cannot read the request: %w", err)
	}
	if order.Advance != "" {
		d, err := time.ParseDuration(order.Advance)
		if err != nil {
			return nil, fmt.Errorf("cannot read the request: %w", err)
		}
		s.Advance(d)
	}
	if !order.Now.IsZero() {
		s.Advance(order.Now.Sub(s.Now()))
	}
	return map[string]time.Time{"now": s.Now()}, nil
}

// putSkew moves the signature clock: {"skew":"20m"}.
func (s *Server) putSkew(r *http.Request) error {
	var order struct {
		Skew string `json:"skew"`
	}
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		return fmt.Errorf("cannot read the request: %w", err)
	}
	d, err := time.ParseDuration(order.Skew)
	if err != nil {
		return fmt.Errorf("cannot read the request: %w", err)
	}
	s.SetSkew(d)
	return nil
}
