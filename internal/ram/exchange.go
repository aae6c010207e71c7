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

// exchange is one request and its answer.
type exchange struct {
	op      operation
	secrets []string  // that no text may show
	redact  *redactor // for them, created when it is needed

	responded bool
	status    int
	requestID string
}

// clean removes the secrets of the call from a text of the service.
func (e *exchange) clean(text string) string {
	if isUUID(text) && !slices.Contains(e.secrets, text) { // as are almost all request IDs
		return text
	}
	if e.redact == nil {
		redact := newRedactor(e.secrets...)
		e.redact = &redact
	}
	return e.redact.clean(text)
}

// cleanRequestID is the request ID as an error may show it. That of an operation whose
// request holds a secret is shown only in the form that the service gives it.
func (e *exchange) cleanRequestID(id string) string {
	if len(e.op.secrets) > 0 && !isUUID(strings.ToUpper(id)) {
		return ""
	}
	return e.clean(id)
}

const formType = "application/x-www-form-urlencoded"

// isUUID reports whether a text is a request ID as the service writes it: 8-4-4-4-12
// digits, upper case.
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

// errAttemptTimeout ends an attempt, not the call, so it is no context error.
var errAttemptTimeout = fmt.Errorf("no answer within %s", attemptTimeout)

// exchange posts the signed request and reads the answer.
func (c *Client) exchange(ctx context.Context, e *exchange, letter signedRequest, out any) error {
	bounded, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var sent atomic.Bool
	request, err := c.request(bounded, e.op, letter, &sent)
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

// request is a POST that net/http cannot send twice: it has no GetBody, so a dead
// connection is an error and not another attempt (NET-08). sent becomes true once there is
// a connection.
func (c *Client) request(ctx context.Context, op operation, letter signedRequest, sent *atomic.Bool) (*http.Request, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	endpoint := *c.endpoints.of(op.product)
	endpoint.Path = "/"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), strings.NewReader(letter.form.Encode()))
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
	for name, value := range letter.headers {
		request.Header.Set(name, value)
	}
	return request, nil
}

// transportFailure is a request without an answer.
func (e *exchange) transportFailure(ctx, bounded context.Context, err error, sent bool) error {
	failure := &NoResponseError{Action: e.op.action, Sent: sent, class: refused}
	if sent {
		failure.class = unknown
	}
	// The text of a url.Error holds the URL.
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

// describe is the text of an error of the connection. Some quote what the other side
// sent, so where the request holds a secret, only those of the network are shown.
func (e *exchange) describe(err error) string {
	var network *net.OpError
	if len(e.op.secrets) == 0 || errors.As(err, &network) || isMisconfigured(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return e.clean(err.Error())
	}
	return "the answer is not HTTP"
}

// transportError is an error of the connection with a text without secrets.
type transportError struct {
	text string
	err  error
}

func (e *transportError) Error() string {
	return e.text + ": check the network, the endpoint and the proxy (HTTPS_PROXY, NO_PROXY)"
}

func (e *transportError) Unwrap() error { return e.err }

// isMisconfigured reports whether the next attempt would meet the same error.
func isMisconfigured(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &record)
}

// incompleteResponse is an answer without a complete body.
func (e *exchange) incompleteResponse(ctx, bounded context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case bounded.Err() != nil:
		err = errAttemptTimeout
	}
	return &NoResponseError{Action: e.op.action, Sent: true, Err: err, class: unknown, status: e.status}
}
