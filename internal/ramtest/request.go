// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strconv"
	"strings"
	"time"
)

// request is one call that has passed every check before the operation's own.
type request struct {
	server  *Server
	account *Account
	caller  *caller
	product string // Ram, Ims or Sts
	action  string
	params  map[string]string
	now     time.Time // by the server's clock
}

// caller is who signed the request.
type caller struct {
	kind        string // Account, RAMUser or AssumedRoleUser, as GetCallerIdentity spells it; Anonymous without a signature
	accountID   string
	user        *User      // of a RAMUser
	role        *Role      // of an AssumedRoleUser
	session     string     // of an AssumedRoleUser
	key         *AccessKey // that signed, if it is a long-lived one
	accessKeyID string
	temporary   bool
}

// reply is the body of an answer: nested replies, []any, strings, ints and bools. RequestId is added by the wire.
type reply map[string]any

// handler is one operation. It runs under the server's lock. What it changed before it returned an error is undone.
type handler func(*request) (reply, error)

// has says whether the request carries the parameter, if only empty.
func (r *request) has(name string) bool {
	_, ok := r.params[name]
	return ok
}

// text is the parameter's value, or empty.
func (r *request) text(name string) string {
	return r.params[name]
}

// required is the value of a parameter that has to be there and not be empty. (documented)
func (r *request) required(name string) (string, error) {
	if r.params[name] == "" {
		return "", missing(name)
	}
	return r.params[name], nil
}

// boolean reads true or false into a field, and leaves the field alone when the parameter is absent.
// Other spellings than lower case are taken too. (assumed)
func (r *request) boolean(name string, into *bool) error {
	if !r.has(name) {
		return nil
	}
	switch strings.ToLower(r.params[name]) {
	case "true":
		*into = true
	case "false":
		*into = false
	default:
		return incorrect(name)
	}
	return nil
}

// integer reads a number from lo to hi into a field, and leaves the field alone when the parameter is absent.
func (r *request) integer(name string, lo, hi int, into *int) error {
	if !r.has(name) {
		return nil
	}
	n, err := strconv.Atoi(r.params[name])
	if err != nil {
		return incorrect(name)
	}
	if n < lo || n > hi {
		return outOfRange(name, lo, hi)
	}
	*into = n
	return nil
}

// first is the first error of several checks.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
