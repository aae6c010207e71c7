// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"time"
)

// attemptTimeout limits one attempt.
const attemptTimeout = 30 * time.Second

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
			return c.checkNotFound(ctx, withEarlierUnknown(err, unknownEarlier))
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

func withEarlierUnknown(err, unknown error) error {
	if unknown == nil || errors.Is(err, unknown) {
		return err
	}
	return &laterFailure{last: err, earlier: unknown}
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
	case classOf(err) == notExecuted && exchange.responded:
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
