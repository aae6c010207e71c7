// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// attemptTimeout limits one attempt.
	attemptTimeout = 30 * time.Second
	// firstBackoff is the first backoff. It doubles with every attempt, up to
	// longestBackoff.
	firstBackoff   = 200 * time.Millisecond
	longestBackoff = 10 * time.Second
	// longestWait limits the wait that the service may request if the context has no
	// deadline.
	longestWait = 10 * time.Minute
)

// call sends an operation and decodes the response into out, which may be nil. It is the
// only layer that repeats attempts.
func (c *Client) call(ctx context.Context, op operation, params params, out any) error {
	return c.callComposed(ctx, op, fixed(params), out)
}

// callComposed is call with parameters that build makes for each attempt, after the attempt
// has waited for the rate limit. If build returns [ErrUnchanged], nothing is sent and the
// call succeeds.
func (c *Client) callComposed(ctx context.Context, op operation, build compose, out any) error {
	if op.repeat != read {
		c.caches.wrote.Store(true)
	}
	var unknownEarlier error // the first attempt that may have taken effect
	renewed := false
	for number := 1; ; number++ {
		err := c.attempt(ctx, op, build, out, number)
		if err == nil {
			return nil
		}
		fails := classOf(err)
		again := number <= c.config.MaxRetries && ctx.Err() == nil && op.repeatable(fails, renewed)
		if !again {
			return c.doubtNotFound(ctx, withEarlierUnknown(err, unknownEarlier))
		}
		renewed = renewed || fails == expired
		if op.repeat != read && OutcomeUnknown(err) {
			unknownEarlier = err
		}
		if err := c.backOff(ctx, err, fails, number); err != nil {
			return withEarlierUnknown(err, unknownEarlier)
		}
	}
}

// repeatable reports whether the operation may be sent again after a failure. An expired
// session is renewed at most once.
func (op operation) repeatable(fails class, renewed bool) bool {
	switch fails {
	case refused:
		return true
	case unknown:
		return op.repeat != once
	case expired:
		return !renewed
	case permanent:
	}
	return false
}

func withEarlierUnknown(err, doubt error) error {
	if doubt == nil || errors.Is(err, doubt) {
		return err
	}
	return &laterFailure{last: err, earlier: doubt}
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
	asked := retryAfter(err)
	span := min(longestBackoff, firstBackoff<<min(number-1, 16))
	wait := asked + rand.N(span) //nolint:gosec // spreads load, guards nothing
	if tooLong(ctx, wait) {
		return &retryAbandoned{last: err, wait: asked, asked: asked > 0, cause: context.DeadlineExceeded}
	}
	if end := c.Pause(ctx, wait); end != nil {
		return &retryAbandoned{last: err, wait: asked, asked: asked > 0, cause: end}
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

// tooLong reports whether a wait would exceed the deadline of ctx. Such a wait is not
// started.
func tooLong(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	if !ok {
		return wait > longestWait
	}
	return wait > time.Until(deadline)
}

// attempt sends an operation once: it waits for the rate limit, then makes the parameters,
// signs them and sends the request. Nothing is composed before the wait.
func (c *Client) attempt(ctx context.Context, op operation, build compose, out any, number int) error {
	limit := c.limits.of(op)
	done, err := c.waitTurn(ctx, op)
	if err != nil {
		return &NoResponseError{Action: op.action, Err: err}
	}
	defer done()
	if _, err := c.checkedKey(ctx, op); err != nil { // renew the key here, not between read and write
		return err
	}
	params, err := build(ctx)
	switch {
	case errors.Is(err, ErrUnchanged):
		return nil
	case err != nil:
		return notComposed(op, err)
	}
	key, err := c.checkedKey(ctx, op)
	if err != nil {
		return err
	}
	request, err := c.sign(op, key, params)
	if err != nil {
		return &NoResponseError{Action: op.action, Err: err}
	}
	exchange := exchange{op: op, secrets: secretsOf(op, key, params)}
	start := c.Now()
	err = c.exchange(ctx, &exchange, request, out)
	c.observe(ctx, exchange, number, c.Now().Sub(start), err)
	switch {
	case err == nil:
		limit.speedUp(c.Now())
		if response, depends := out.(signedBy); depends {
			response.signedBy(key)
		}
	case classOf(err) == refused && exchange.responded:
		limit.slowDown(c.Now(), retryAfter(err))
	case classOf(err) == expired && !op.unsigned:
		c.config.Credentials.Expire(key)
	}
	return err
}

// secretsOf returns the secrets of a call, which no message may show.
func secretsOf(op operation, key Key, params map[string]string) []string {
	secrets := []string{key.Secret, key.Token}
	for _, name := range op.secrets {
		secrets = append(secrets, params[name])
	}
	return secrets
}

func (c *Client) observe(ctx context.Context, e exchange, number int, took time.Duration, err error) {
	if c.config.Observe == nil {
		return
	}
	attempt := Attempt{
		Product: string(e.op.product), Action: e.op.action, Attempt: number,
		Status: e.status, RequestID: e.requestID, Duration: took,
	}
	var serviceErr *Error
	switch {
	case errors.As(err, &serviceErr):
		attempt.Code, attempt.RequestID = serviceErr.Code, serviceErr.RequestID
	case err != nil:
		attempt.Err = err.Error()
	}
	c.config.Observe(ctx, attempt)
}
