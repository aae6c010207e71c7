// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/xml"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// envelope holds the fields that every response has, whether error or success.
type envelope struct {
	RequestID anyText `json:"RequestId"`
	Code      anyText
	Message   anyText
}

// validated is a response that requires some of its fields.
type validated interface {
	// missing returns the name of the absent part, or "" if nothing is missing.
	missing() string
}

var (
	errRedirect  = errors.New("the response is a redirect, which is not followed because the call is signed for its host: check the endpoint and the proxy")
	errInterim   = errors.New("the response is an interim response that was not requested: check the endpoint and the proxy")
	errOfAnother = errors.New("the response has the RequestId of an earlier one, so it belongs to another request: check the proxy (HTTPS_PROXY, NO_PROXY)")
	errNotOurs   = errors.New("the response has no RequestId, so it is from a proxy or another server, not from the service: check the endpoint and the proxy (HTTPS_PROXY, NO_PROXY)")
)

// checkStatus refuses a status that the service never returns. It runs before the body is
// read, because the body of a 101 has no end. Such a response says nothing about the call.
func (e *exchange) checkStatus(response *http.Response) error {
	cause := errRedirect
	switch status := response.StatusCode; {
	case status < 200:
		cause = errInterim
	case status < 300 || status >= 400:
		return nil
	}
	return &NoResponseError{Action: e.op.action, Sent: true, status: e.status, class: permanent, Err: &unreadableError{response.StatusCode, cause}}
}

// decode checks a response and decodes it into out, unless out is nil.
func (c *Client) decode(e *exchange, response *http.Response, body []byte, out any) error {
	head, err := decodeEnvelope(response, body)
	if err == nil && head.RequestID == "" {
		err = errNotOurs
	}
	if err == nil && !c.returnedIDs.add(string(head.RequestID)) {
		err = errOfAnother
	}
	if err != nil {
		return c.unreadableResponse(e, response, err)
	}
	c.clock.learn(response.Header, head.Code == timestampExpired)
	e.requestID = e.cleanRequestID(string(head.RequestID))
	// A successful response of these products has no code (documented).
	if response.StatusCode/100 != 2 || head.Code != "" {
		return c.decodeError(e, response, head)
	}
	if out == nil {
		return nil
	}
	reflect.ValueOf(out).Elem().SetZero() // clear what an earlier attempt decoded
	if err := parseObject(body, out); err != nil {
		return c.unreadableResponse(e, response, err)
	}
	if checked, is := out.(validated); is && checked.missing() != "" {
		return c.unreadableResponse(e, response, errors.New("the response lacks "+checked.missing()))
	}
	return nil
}

// decodeEnvelope decodes the fields that every response has. Errors that the gateway raises
// before it reads the parameter Format are XML (documented).
func decodeEnvelope(response *http.Response, body []byte) (envelope, error) {
	var head envelope
	err := checkType(response.Header)
	if errors.Is(err, errXML) && response.StatusCode >= 300 {
		return decodeXML(body)
	}
	if err != nil {
		return envelope{}, err
	}
	if err := parseObject(body, &head); err != nil {
		return envelope{}, err
	}
	return head, nil
}

func decodeXML(body []byte) (envelope, error) {
	var fault struct {
		RequestID string `xml:"RequestId"`
		Code      string
		Message   string
	}
	if err := xml.Unmarshal(body, &fault); err != nil || fault.Code == "" {
		return envelope{}, errXML
	}
	return envelope{RequestID: anyText(fault.RequestID), Code: anyText(fault.Code), Message: anyText(fault.Message)}, nil
}

func (c *Client) decodeError(e *exchange, response *http.Response, head envelope) error {
	offset, _ := c.ClockOffset()
	fault := &Error{
		Action:    e.op.action,
		Code:      e.clean(string(head.Code)),
		Message:   e.clean(string(head.Message)),
		RequestID: e.requestID,
		Status:    response.StatusCode,
		clock:     offset,
	}
	if len(e.op.secrets) > 0 {
		fault.Code, fault.Message = knownCode(string(head.Code))
	}
	fault.RetryAfter = c.retryAfter(response.Header, fault.class())
	return fault
}

// unreadableResponse is the error for a response that is not the service's or that cannot
// be parsed. Its status is not the service's either: the service may have executed the
// call, and a read or a set is repeated.
func (c *Client) unreadableResponse(e *exchange, response *http.Response, err error) error {
	return &NoResponseError{
		Action: e.op.action, Sent: true, Err: &unreadableError{response.StatusCode, err},
		class: unknown, status: response.StatusCode,
		retryAfter: parseRetryAfter(response.Header.Get("Retry-After"), response.Header.Get("Date"), c.Now()),
	}
}

// unreadableError adds the HTTP status to the reason why a response is unreadable.
type unreadableError struct {
	status int
	err    error
}

func (e *unreadableError) Error() string {
	return "HTTP " + strconv.Itoa(e.status) + ": " + e.err.Error()
}

func (e *unreadableError) Unwrap() error { return e.err }

// retryAfter returns how long the service asks to wait. Successful responses have the quota
// headers too, so these only count if the response is about throttling.
func (c *Client) retryAfter(header http.Header, fails class) time.Duration {
	wait := parseRetryAfter(header.Get("Retry-After"), header.Get("Date"), c.Now())
	if fails != notExecuted {
		return wait
	}
	return max(wait, timeLeft(header.Get("X-Ratelimit-User-Api")), timeLeft(header.Get("X-Ratelimit-User")))
}

// maxRetryAfter prevents an overflow.
const maxRetryAfter = 365 * 24 * time.Hour

// parseRetryAfter parses seconds or a date. A date is compared with the Date of the same
// response, because both come from one clock.
func parseRetryAfter(value, date string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return atMost(seconds, time.Second)
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(date); err == nil {
		now = sent
	}
	return min(max(0, until.Sub(now)), maxRetryAfter)
}

// timeLeft parses "Limit:1,Remain:0,TimeLeft:2000,Reset:1234", where TimeLeft is in
// milliseconds. Source: observed.
func timeLeft(header string) time.Duration {
	for part := range strings.SplitSeq(header, ",") {
		value, ok := strings.CutPrefix(strings.TrimSpace(part), "TimeLeft:")
		if !ok {
			continue
		}
		millis, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		if err == nil || errors.Is(err, strconv.ErrRange) {
			return atMost(millis, time.Millisecond)
		}
	}
	return 0
}

func atMost(count int64, unit time.Duration) time.Duration {
	return time.Duration(min(max(0, count), int64(maxRetryAfter/unit))) * unit
}
