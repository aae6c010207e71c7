// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Error is an answer of the service that refuses a call.
type Error struct {
	Action     string
	Code       string // empty if the answer had none
	Message    string // free of the secrets in play
	RequestID  string
	Status     int
	RetryAfter time.Duration // how long the service asks to wait; 0: not at all

	clock time.Duration // server time minus local time, if known
}

// Error names the operation, the service's message and what to do about it.
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

// NoResponseError is a call without an answer of the service. If it was sent, it may have
// taken effect.
type NoResponseError struct {
	Action string
	Sent   bool
	Err    error

	class      class
	status     int
	retryAfter time.Duration
}

// Error never holds the URL or the body of the call.
func (e *NoResponseError) Error() string {
	if !e.Sent && e.status == 0 {
		return fmt.Sprintf("%s: not sent: %s", e.Action, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Action, e.Err)
}

// Unwrap gives the cause.
func (e *NoResponseError) Unwrap() error { return e.Err }

// CredentialsError is a call that was not sent because there was no key to sign it with.
// The error of the key's source says nothing of the call, so the predicates ignore it.
type CredentialsError struct {
	Action string
	Err    error
}

func (e *CredentialsError) Error() string {
	return fmt.Sprintf("%s: not sent: no credentials: %s", e.Action, e.Err)
}

// Unwrap gives the cause.
func (e *CredentialsError) Unwrap() error { return e.Err }

// prerequisiteError is a call that was not sent, or whose answer cannot be interpreted,
// because something it depends on failed: the account of the credentials, the default
// domain, the live values that it changes. The predicates see the cause, but
// OutcomeUnknown does not, because it is about this call. So it has no Unwrap.
type prerequisiteError struct {
	action, problem string
	err             error
}

func (e *prerequisiteError) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.action, e.problem, e.err)
}

func (e *prerequisiteError) Is(target error) bool { return errors.Is(e.err, target) }

func (e *prerequisiteError) As(target any) bool { return errors.As(e.err, target) }

// retryAbandoned ends a call that would have been repeated if there had been time.
type retryAbandoned struct {
	last  error
	wait  time.Duration
	asked bool  // by the service
	cause error // the end of the context
}

func (e *retryAbandoned) Error() string {
	if e.asked {
		return fmt.Sprintf("%s; the service asks to wait %s, longer than the time left", e.last, e.wait.Round(time.Second))
	}
	return fmt.Sprintf("%s; no time was left to repeat the call", e.last)
}

func (e *retryAbandoned) Unwrap() []error { return []error{e.last, e.cause} }

// laterFailure is a call whose last attempt failed with a known outcome, while an earlier
// one may have taken effect.
type laterFailure struct{ last, earlier error }

func (e *laterFailure) Error() string {
	return fmt.Sprintf("%s; an earlier attempt may have taken effect", e.last)
}

func (e *laterFailure) Unwrap() []error { return []error{e.last, e.earlier} }

// serviceError is the service's answer to the call itself, if there was one.
func serviceError(err error) *Error {
	var credentials *CredentialsError
	if errors.As(err, &credentials) {
		return nil
	}
	var answer *Error
	if !errors.As(err, &answer) {
		return nil
	}
	return answer
}

func hasCode(err error, prefixes ...string) bool {
	answer := serviceError(err)
	if answer == nil {
		return false
	}
	for _, prefix := range prefixes {
		if answer.Code == prefix || strings.HasPrefix(answer.Code, prefix+".") {
			return true
		}
	}
	return false
}

// NotFound reports whether the service says that an object of one of the kinds does not
// exist. A kind is what follows EntityNotExist in the code. One that belongs to a user is
// matched with and without the user in the code, because both occur (observed): the kind
// "User.LoginProfile" matches EntityNotExist.LoginProfile too. The user itself is another
// kind: "User" matches neither, and "User.LoginProfile" does not match EntityNotExist.User,
// so for an object of a user both kinds are to be named, since a missing user means that
// everything it had is gone. The 404 of a gateway and a 403 are never a missing object,
// and neither is an [*UnknownAccountError].
func NotFound(err error, kinds ...string) bool {
	var doubted *UnknownAccountError
	return !errors.As(err, &doubted) && notFound(err, kinds...)
}

// IgnoreNotFound returns nil for an error that says that the object does not exist, see
// [NotFound], and err otherwise.
func IgnoreNotFound(err error, kinds ...string) error {
	if NotFound(err, kinds...) {
		return nil
	}
	return err
}

// notFound is NotFound whatever the account of the object.
func notFound(err error, kinds ...string) bool {
	answer := serviceError(err)
	if answer == nil {
		return false
	}
	kind, is := strings.CutPrefix(answer.Code, "EntityNotExist.")
	return is && slices.ContainsFunc(kinds, func(k string) bool { return withoutUser(k) == withoutUser(kind) })
}

// childNotFound reports whether the service says that a user has none of the objects that
// an operation is about, for operations whose code is not documented: what does not exist
// is anything but the user.
func childNotFound(err error) bool {
	var doubted *UnknownAccountError
	return hasCode(err, "EntityNotExist") && !notFound(err, "User") && !errors.As(err, &doubted)
}

// withoutUser is a kind without the user that it belongs to.
func withoutUser(kind string) string {
	if rest, of := strings.CutPrefix(kind, "User."); of && rest != "User" {
		return rest
	}
	return kind
}

// Exists reports whether the object already exists, or its name is taken. Both spellings
// of the family occur (documented, observed).
func Exists(err error) bool { return hasCode(err, "EntityAlreadyExists", "EntityAlreadyExist") }

// LimitExceeded reports whether a quota is used up.
func LimitExceeded(err error) bool { return hasCode(err, "LimitExceeded") }

// Conflict reports whether the object cannot be deleted because another depends on it.
func Conflict(err error) bool { return hasCode(err, "DeleteConflict") }

// ConflictWith is Conflict for one kind of the other object, which is what follows
// DeleteConflict in the code.
func ConflictWith(err error, kind string) bool { return hasCode(err, "DeleteConflict."+kind) }

// NotServed reports whether the endpoint does not have the operation, such as that of a
// site without a newer kind of object.
func NotServed(err error) bool { return hasCode(err, "InvalidAction", "InvalidApi") }

// Invalid reports whether the service refused the value of a parameter.
func Invalid(err error) bool { return hasCode(err, "InvalidParameter") }

// Denied reports whether the caller lacks the permission.
func Denied(err error) bool { return hasCode(err, "NoPermission", "Forbidden") }

// Throttled reports whether the service refused the call for its rate.
func Throttled(err error) bool {
	answer := serviceError(err)
	return answer != nil && (answer.Status == 429 || strings.Contains(answer.Code, "Throttling"))
}

// OutcomeUnknown reports whether the call may have taken effect although it failed: it was
// sent, and no attempt has a known outcome.
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
