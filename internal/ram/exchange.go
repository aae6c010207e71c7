// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
)

// exchange is one request and its response.
type exchange struct {
	op      operation
	secrets []string  // secrets of the call, which no message may show
	redact  *redactor // removes the secrets; created on first use

	responded bool
	status    int
	requestID string
}

// clean removes the secrets of the call from a message of the service.
func (e *exchange) clean(text string) string {
	if isUUID(text) && !slices.Contains(e.secrets, text) { // almost all request ids are UUIDs
		return text
	}
	if e.redact == nil {
		redact := newRedactor(e.secrets...)
		e.redact = &redact
	}
	return e.redact.clean(text)
}

// cleanRequestID returns the request id as an error may show it. If the request holds a
// secret, only an id in the form of the service is shown.
func (e *exchange) cleanRequestID(id string) string {
	if len(e.op.secrets) > 0 && !isUUID(strings.ToUpper(id)) {
		return ""
	}
	return e.clean(id)
}

const formType = "application/x-www-form-urlencoded"

// isUUID reports whether a text is a request id in the form of the service: 8-4-4-4-12
// upper-case digits.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for at, digit := range []byte(text) {
		switch {
		case at == 8 || at == 13 || at == 18 || at == 23:
			if digit != '-' {
				return false
			}
		case (digit < '0' || digit > '9') && (digit < 'A' || digit > 'F'):
			return false
		}
	}
	return true
}

// errAttemptTimeout ends one attempt, not the call, so it is not a context error.
var errAttemptTimeout = fmt.Errorf("no response within %s", attemptTimeout)

// exchange posts the signed request and reads the response.
func (c *Client) exchange(ctx context.Context, e *exchange, signed signedRequest, out any) error {
	bounded, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var sent atomic.Bool
	request, err := c.request(bounded, e.op, signed, &sent)
	if err != nil {
		return &NoResponseError{Action: e.op.action, Err: errors.New("the endpoint is not a URL")}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return e.transportFailure(ctx, bounded, err, sent.Load())
	}
	defer response.Body.Close() //nolint:errcheck // only what was read matters
	e.responded, e.status = true, response.StatusCode
	if err := e.checkStatus(response); err != nil {
		return err
	}
	body, err := readBody(response)
	if err != nil {
		return e.incompleteResponse(ctx, bounded, err)
	}
	return c.decode(e, response, body, out)
}

// request returns a POST request that net/http cannot repeat: without GetBody, a broken
// connection is an error, not another attempt (NET-08). sent becomes true once a connection
// exists.
func (c *Client) request(ctx context.Context, op operation, signed signedRequest, sent *atomic.Bool) (*http.Request, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	endpoint := *c.endpoints.of(op.product)
	endpoint.Path = "/"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), strings.NewReader(signed.form.Encode()))
	if err != nil {
		return nil, err
	}
	request.GetBody = nil
	request.Header.Set("Content-Type", formType)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("User-Agent", c.config.UserAgent)
	request.Header.Set("X-Acs-Action", op.action)
	request.Header.Set("X-Acs-Version", versions[op.product])
	for name, value := range signed.headers {
		request.Header.Set(name, value)
	}
	return request, nil
}

// transportFailure returns the error for a request without a response.
func (e *exchange) transportFailure(ctx, bounded context.Context, err error, sent bool) error {
	failure := &NoResponseError{Action: e.op.action, Sent: sent, class: notExecuted}
	if sent {
		failure.class = unknown
	}
	// The message of a url.Error contains the URL.
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case ctx.Err() != nil:
		failure.Err = ctx.Err()
	case bounded.Err() != nil:
		failure.Err = errAttemptTimeout
	default:
		failure.Err = &transportError{text: e.describe(err), err: err}
	}
	if isMisconfigured(err) {
		failure.class = permanent
	}
	return failure
}

// describe returns the message of a connection error. Some messages quote data of the other
// side, so if the request holds a secret, only network errors are shown.
func (e *exchange) describe(err error) string {
	var network *net.OpError
	if len(e.op.secrets) == 0 || errors.As(err, &network) || isMisconfigured(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return e.clean(err.Error())
	}
	return "the response is not HTTP"
}

// transportError is a connection error whose message contains no secrets.
type transportError struct {
	text string
	err  error
}

func (e *transportError) Error() string {
	return e.text + ": check the network, the endpoint and the proxy (HTTPS_PROXY, NO_PROXY)"
}

func (e *transportError) Unwrap() error { return e.err }

// isMisconfigured reports whether every further attempt would fail in the same way.
func isMisconfigured(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &record)
}

// incompleteResponse returns the error for a response whose body is incomplete.
func (e *exchange) incompleteResponse(ctx, bounded context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case bounded.Err() != nil:
		err = errAttemptTimeout
	}
	return &NoResponseError{Action: e.op.action, Sent: true, Err: err, class: unknown, status: e.status}
}
