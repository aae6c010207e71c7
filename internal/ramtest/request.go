// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strconv"
	"strings"
	"time"
)

// request is a call that has passed the checks common to all operations.
type request struct {
	server  *Server
	account *Account
	caller  *caller
	product string // Ram, Ims or Sts
	action  string
	params  map[string]string
	now     time.Time // time of the server's clock
}

// caller is the identity that signed the request.
type caller struct {
	kind        string // Account, RAMUser or AssumedRoleUser, as in GetCallerIdentity; Anonymous without a signature
	accountID   string
	user        *User      // of a RAMUser
	role        *Role      // of an AssumedRoleUser
	session     string     // of an AssumedRoleUser
	key         *AccessKey // long-lived key that signed the request; nil for a session
	accessKeyID string
	temporary   bool
}

// reply is the body of a response: nested replies, []any, strings, ints and bools. RequestId is added later.
type reply map[string]any

// handler executes an operation under the server's lock. If it returns an error, its changes are undone.
type handler func(*request) (reply, error)

// has reports whether the request has the parameter, even with an empty value.
func (r *request) has(name string) bool {
	_, ok := r.params[name]
	return ok
}

// text returns the value of a parameter, or "".
func (r *request) text(name string) string {
	return r.params[name]
}

// required returns the value of a parameter that must not be empty. (documented)
func (r *request) required(name string) (string, error) {
	if r.params[name] == "" {
		return "", missing(name)
	}
	return r.params[name], nil
}

// boolean reads true or false into a field. An absent parameter does not change the field. Upper case is accepted. (assumed)
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

// integer reads a number from lo to hi into a field. An absent parameter does not change the field.
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

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
