// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"
)

// The pauses between attempts.
const (
	// firstBackoff is the first backoff. It doubles with every attempt, up to
	// longestBackoff.
	firstBackoff   = 200 * time.Millisecond
	longestBackoff = 10 * time.Second
	// longestWait limits the wait that the service may request if the context has no
	// deadline.
	longestWait = 10 * time.Minute
)

// class says whether a failed attempt may be repeated.
type class int

const (
	// permanent: the same request would fail again.
	permanent class = iota
	// notExecuted: the service did not execute the request, so any operation may be repeated.
	notExecuted
	// unknown: the service may have executed the request, so only a read or a set may be
	// repeated.
	unknown
	// expired: the service refused the session token as expired. The request is repeated
	// once with a new token.
	expired
)

// codes classifies error codes. The first matching row counts.
var codes = []struct {
	fits  func(code, text string) bool
	text  string
	class class
}{
	// Throttling, Throttling.User, Throttling.Api (documented), Rejected.Throttling (observed).
	{strings.Contains, "Throttling", notExecuted},
	// The service has seen this nonce, so it may have executed an earlier attempt.
	{exactly, "SignatureNonceUsed", unknown},
	{exactly, "InvalidSecurityToken.Expired", expired},
	{exactly, "ServiceUnavailable", unknown},
	{exactly, "InternalError", unknown},
	// These are families of business errors and of gateway errors, whatever the HTTP
	// status.
	{family, "EntityNotExist", permanent},
	{family, "EntityAlreadyExists", permanent},
	{family, "EntityAlreadyExist", permanent},
	{family, "LimitExceeded", permanent},
	{family, "DeleteConflict", permanent},
	{family, "NoPermission", permanent},
	{family, "Forbidden", permanent},
	{family, "Inactive", permanent},
	{family, "CheckAuthenticationCodeFail", permanent},
	{family, "NotSupport", permanent},
	{family, "InvalidParameter", permanent},
	{family, "InvalidAccessKeyId", permanent},
	{family, "InvalidSecurityToken", permanent},
	{family, "InvalidTimeStamp", permanent},
	{family, "InvalidProtocol", permanent},
	{family, "InvalidVersion", permanent},
	{family, "InvalidApi", permanent},
	{family, "InvalidAction", permanent},
	{family, "SignatureDoesNotMatch", permanent},
	{family, "IncompleteSignature", permanent},
	{family, "UnsupportedHTTPMethod", permanent},
	{strings.HasPrefix, "Missing", permanent},
}

func exactly(code, text string) bool { return code == text }

// family matches a code, and its refinements after a dot.
func family(code, text string) bool {
	return code == text || strings.HasPrefix(code, text+".")
}

// classify uses the code before the HTTP status, because throttling occurs with 400, 429
// and 503.
func classify(code string, status int) class {
	if code != "" {
		for _, row := range codes {
			if row.fits(code, row.text) {
				return row.class
			}
		}
	}
	return classifyStatus(status)
}

func classifyStatus(status int) class {
	switch {
	case status == 429:
		return notExecuted
	case status >= 500, status == 408, status < 300:
		return unknown
	}
	return permanent
}

func (e *Error) class() class { return classify(e.Code, e.Status) }

// repeatable reports whether the operation may be sent again after a failure. An expired
// session is renewed at most once.
func (op operation) repeatable(fails class, renewed bool) bool {
	switch fails {
	case notExecuted:
		return true
	case unknown:
		return op.repeat != once
	case expired:
		return !renewed
	case permanent:
	}
	return false
}

func classOf(err error) class {
	var prerequisite *prerequisiteError
	if errors.As(err, &prerequisite) {
		return permanent
	}
	var credentials *CredentialsError
	if errors.As(err, &credentials) {
		return permanent
	}
	var serviceErr *Error
	if errors.As(err, &serviceErr) {
		return serviceErr.class()
	}
	var silence *NoResponseError
	if errors.As(err, &silence) {
		return silence.class
	}
	return permanent
}

// backOff waits before the next attempt: for the time that the service requests, plus a
// random part of the backoff, which spreads concurrent callers.
func (c *Client) backOff(ctx context.Context, err error, fails class, number int) error {
	if fails == expired {
		return nil
	}
	requested := retryAfter(err)
	span := min(longestBackoff, firstBackoff<<min(number-1, 16))
	wait := requested + rand.N(span) //nolint:gosec // spreads load, guards nothing
	if tooLong(ctx, wait) {
		return &retryAbandoned{last: err, wait: requested, requested: requested > 0, cause: context.DeadlineExceeded}
	}
	if end := c.Pause(ctx, wait); end != nil {
		return &retryAbandoned{last: err, wait: requested, requested: requested > 0, cause: end}
	}
	return nil
}

func retryAfter(err error) time.Duration {
	var serviceErr *Error
	if errors.As(err, &serviceErr) {
		return serviceErr.RetryAfter
	}
	var silence *NoResponseError
	if errors.As(err, &silence) {
		return silence.retryAfter
	}
	return 0
}
