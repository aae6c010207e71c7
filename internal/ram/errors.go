// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is a response in which the service refuses a call.
type Error struct {
	Action     string
	Code       string // empty if the response had none
	Message    string // without the secrets of the call
	RequestID  string
	Status     int
	RetryAfter time.Duration // how long the service asks to wait; 0 if it does not

	clock time.Duration // server time minus local time, if known
}

// Error returns the operation, the service's message and the advice.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(e.Action + ": ")
	if e.Message != "" {
		text.WriteString(strings.TrimSuffix(e.Message, ".") + " ")
	}
	text.WriteString("(")
	if e.Code != "" {
		text.WriteString(e.Code + ", ")
	}
	fmt.Fprintf(&text, "HTTP %d", e.Status)
	if e.RequestID != "" {
		text.WriteString(", request ID " + e.RequestID)
	}
	text.WriteString(")")
	if advice := e.Advice(); advice != "" {
		text.WriteString(": " + advice)
	}
	return text.String()
}

// NoResponseError means that no response of the service arrived. If the request was sent,
// the service may have executed it.
type NoResponseError struct {
	Action string
	Sent   bool
	Err    error

	class      class
	status     int
	retryAfter time.Duration
}

// Error returns a text that never contains the URL or the body of the call.
func (e *NoResponseError) Error() string {
	if !e.Sent && e.status == 0 {
		return fmt.Sprintf("%s: not sent: %s", e.Action, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Action, e.Err)
}

// Unwrap returns the cause.
func (e *NoResponseError) Unwrap() error { return e.Err }

// CredentialsError means that a call was not sent because no key was available to sign it.
// The predicates ignore the error of the key's source, because it is not about the call.
type CredentialsError struct {
	Action string
	Err    error
}

func (e *CredentialsError) Error() string {
	return fmt.Sprintf("%s: not sent: no credentials: %s", e.Action, e.Err)
}

// Unwrap returns the cause.
func (e *CredentialsError) Unwrap() error { return e.Err }

// prerequisiteError means that a call was not sent, or that its response cannot be
// interpreted, because a prerequisite failed: the check of the account, or the read of the
// default domain or of the live values to change. The predicates see the cause.
// OutcomeUnknown does not, because it is about this call. prerequisiteError therefore has
// no Unwrap.
type prerequisiteError struct {
	action, problem string
	err             error
}

func (e *prerequisiteError) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.action, e.problem, e.err)
}

func (e *prerequisiteError) Is(target error) bool { return errors.Is(e.err, target) }

func (e *prerequisiteError) As(target any) bool { return errors.As(e.err, target) }

// retryAbandoned means that a call was not repeated because its deadline is too close.
type retryAbandoned struct {
	last      error
	wait      time.Duration
	requested bool  // whether the service requested to wait
	cause     error // error of the context
}

func (e *retryAbandoned) Error() string {
	if e.requested {
		return fmt.Sprintf("%s; the service asks to wait %s, longer than the time left", e.last, e.wait.Round(time.Second))
	}
	return fmt.Sprintf("%s; no time was left to repeat the call", e.last)
}

func (e *retryAbandoned) Unwrap() []error { return []error{e.last, e.cause} }

// laterFailure means that the last attempt of a call failed with a known outcome, but that
// an earlier attempt may have taken effect.
type laterFailure struct{ last, earlier error }

func (e *laterFailure) Error() string {
	return fmt.Sprintf("%s; an earlier attempt may have taken effect", e.last)
}

func (e *laterFailure) Unwrap() []error { return []error{e.last, e.earlier} }

// serviceError returns the service's error for the call itself, or nil.
func serviceError(err error) *Error {
	var credentials *CredentialsError
	if errors.As(err, &credentials) {
		return nil
	}
	var serviceErr *Error
	if !errors.As(err, &serviceErr) {
		return nil
	}
	return serviceErr
}

func hasCode(err error, prefixes ...string) bool {
	serviceErr := serviceError(err)
	if serviceErr == nil {
		return false
	}
	for _, prefix := range prefixes {
		if serviceErr.Code == prefix || strings.HasPrefix(serviceErr.Code, prefix+".") {
			return true
		}
	}
	return false
}

// NotFound reports whether the service says that an object of one of the kinds does not
// exist. A kind is the suffix of EntityNotExist in the code. For the objects of a user,
// both codes with and without the user occur (observed): the kind "User.LoginProfile" also
// matches EntityNotExist.LoginProfile, but not EntityNotExist.User, and "User" matches
// neither. If a missing user means that its object is gone too, name both kinds. NotFound
// is false for the 404 of a gateway, for a 403, and for an [*UnknownAccountError].
//
// For the operations in soleKinds, the code that means their object is not published: every
// other not-found code than that of the user means the object.
func NotFound(err error, kinds ...string) bool {
	var unknown *UnknownAccountError
	return !errors.As(err, &unknown) && notFound(err, kinds...)
}

// IgnoreNotFound returns nil for an error for which [NotFound] is true, and err otherwise.
func IgnoreNotFound(err error, kinds ...string) error {
	if NotFound(err, kinds...) {
		return nil
	}
	return err
}

const entityNotExist = "EntityNotExist"

// soleKinds are the kinds of the one object, besides the user, that an operation may not
// find. If the code for the object is published, only that code and one without a kind mean
// the object.
var soleKinds = map[string]struct {
	kind      string
	published bool
}{
	getLoginProfile.action:           {"User.LoginProfile", true},
	updateLoginProfile.action:        {"User.LoginProfile", true},
	deleteLoginProfile.action:        {"User.LoginProfile", true},
	getServiceCredential.action:      {"User.ServiceCredential", false},
	updateServiceCredential.action:   {"User.ServiceCredential", false},
	deleteServiceCredential.action:   {"User.ServiceCredential", false},
	deletePasskey.action:             {"Passkey", false},
	getRecycledKey.action:            {"User.AccessKey", false},
	restoreRecycledKey.action:        {"User.AccessKey", false},
	purgeRecycledKey.action:          {"User.AccessKey", false},
	getRecycledUser.action:           {"User", false},
	restoreRecycledUser.action:       {"User", false},
	purgeRecycledUser.action:         {"User", false},
	getAccountAccessKeyPolicy.action: {"AccessKeyPolicy", false},
	getAccountAlias.action:           {"AccountAlias", false},
	clearAccountAlias.action:         {"AccountAlias", false},
	getVerification.action:           {"User.Verification", false},
	unbindVerification.action:        {"User.Verification", false},
}

// notFound is NotFound regardless of the object's account.
func notFound(err error, kinds ...string) bool {
	serviceErr := serviceError(err)
	if serviceErr == nil {
		return false
	}
	kind, is := strings.CutPrefix(serviceErr.Code, "EntityNotExist.")
	if sole, known := soleKinds[serviceErr.Action]; known && (serviceErr.Code == entityNotExist || is && !sole.published && kind != "User") {
		kind, is = sole.kind, true
	}
	return is && slices.ContainsFunc(kinds, func(k string) bool { return withoutUser(k) == withoutUser(kind) })
}

// withoutUser returns a kind without the prefix "User.".
func withoutUser(kind string) string {
	if rest, of := strings.CutPrefix(kind, "User."); of && rest != "User" {
		return rest
	}
	return kind
}

// Exists reports whether the object already exists, or its name is taken. Both spellings of
// the code occur (documented, observed).
func Exists(err error) bool { return hasCode(err, "EntityAlreadyExists", "EntityAlreadyExist") }

// LimitExceeded reports whether a quota is exhausted.
func LimitExceeded(err error) bool { return hasCode(err, "LimitExceeded") }

// Conflict reports whether the object cannot be deleted because another object depends on
// it.
func Conflict(err error) bool { return hasCode(err, "DeleteConflict") }

// ConflictWith is Conflict for one kind of dependent object, which is the suffix of
// DeleteConflict in the code.
func ConflictWith(err error, kind string) bool { return hasCode(err, "DeleteConflict."+kind) }

// ConflictKind returns the kind that a conflict names, which is the suffix of DeleteConflict
// in the code, or "".
func ConflictKind(err error) string {
	if !Conflict(err) {
		return ""
	}
	kind, _ := strings.CutPrefix(serviceError(err).Code, "DeleteConflict.")
	return kind
}

// NotServed reports whether the endpoint does not offer the operation. A site may lack
// operations for newer kinds of objects. The older form of the error is recognized by its
// message (documented).
func NotServed(err error) bool {
	serviceErr := serviceError(err)
	return hasCode(err, "InvalidAction", "InvalidApi") ||
		serviceErr != nil && serviceErr.Code == "InvalidParameter" && strings.Contains(serviceErr.Message, "Action or Version")
}

// Invalid reports whether the service refused the value of a parameter.
func Invalid(err error) bool { return hasCode(err, "InvalidParameter") && !NotServed(err) }

// parameterRefused is Invalid for a service that may also use the codes of its gateway, which
// begin with Missing or Invalid and the name of the parameter (documented).
func parameterRefused(err error) bool {
	serviceErr := serviceError(err)
	return serviceErr != nil && serviceErr.Status == http.StatusBadRequest && !NotServed(err) &&
		(strings.HasPrefix(serviceErr.Code, "Missing") || strings.HasPrefix(serviceErr.Code, "Invalid"))
}

// valueRefused reports whether the service refused a value, by itself or for the state of the
// object.
func valueRefused(err error) bool {
	serviceErr := serviceError(err)
	return parameterRefused(err) || serviceErr != nil && serviceErr.Status == http.StatusConflict
}

// Denied reports whether the caller lacks the permission.
func Denied(err error) bool { return hasCode(err, "NoPermission", "Forbidden") }

// Throttled reports whether the service refused the call because of its rate.
func Throttled(err error) bool {
	serviceErr := serviceError(err)
	return serviceErr != nil && (serviceErr.Status == 429 || strings.Contains(serviceErr.Code, "Throttling"))
}

// OutcomeUnknown reports whether a failed call may have taken effect: it was sent, and no
// attempt has a known outcome.
func OutcomeUnknown(err error) bool {
	switch e := err.(type) { //nolint:errorlint // walks the tree to stop at a CredentialsError
	case nil, *CredentialsError:
		return false
	case *NoResponseError:
		return e.Sent
	case *Error:
		return e.class() == unknown
	case interface{ Unwrap() error }:
		return OutcomeUnknown(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if OutcomeUnknown(inner) {
				return true
			}
		}
	}
	return false
}
