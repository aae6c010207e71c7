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

// answer is what every answer may hold, an error as well as a success.
type envelope struct {
	RequestID anyText `json:"RequestId"`
	Code      anyText
	Message   anyText
}

// complete is an answer that knows what it cannot be without.
type validated interface {
	// missing names the part that is not there, "" if none.
	missing() string
}

// decode judges an answer and fills out, if it is not nil.
func (c *Client) decode(e *exchange, response *http.Response, body []byte, out any) error {
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		return &NoResponseError{
			Action: e.op.action, status: e.status, class: permanent,
			Err: errors.New("the answer is a redirect, which is not followed because the call is signed for its host: check the endpoint and the proxy"),
		}
	}
	envelope, err := decodeEnvelope(response, body)
	if err != nil {
		return c.unreadableResponse(e, response, err)
	}
	c.clock.learn(response.Header)
	e.requestID = e.clean(string(envelope.RequestID))
	// No success of these products has a code. Source: documented.
	if response.StatusCode/100 != 2 || envelope.Code != "" {
		return c.decodeError(e, response, envelope)
	}
	if out == nil {
		return nil
	}
	reflect.ValueOf(out).Elem().SetZero() // nothing of an earlier attempt stays
	if err := parseObject(body, out); err != nil {
		return c.unreadableResponse(e, response, err)
	}
	if whole, ok := out.(validated); ok && whole.missing() != "" {
		return c.unreadableResponse(e, response, errors.New("the answer lacks "+whole.missing()))
	}
	return nil
}

// decodeEnvelope reads what every answer has. Errors that the gateway raises
// before it looks at Format come as XML. Source: documented.
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

func (c *Client) decodeError(e *exchange, response *http.Response, envelope envelope) error {
	offset, _ := c.ClockOffset()
	fault := &Error{
		Action:    e.op.action,
		Code:      e.clean(string(envelope.Code)),
		Message:   e.clean(string(envelope.Message)),
		RequestID: e.requestID,
		Status:    response.StatusCode,
		clock:     offset,
	}
	fault.RetryAfter = c.retryAfter(response.Header, fault.class())
	return fault
}

// unreadable is an answer that cannot be believed. Whether the service acted is
// not known, unless the status says that the rate was too high.
func (c *Client) unreadableResponse(e *exchange, response *http.Response, err error) error {
	kind := classifyStatus(response.StatusCode)
	return &NoResponseError{
		Action: e.op.action, Sent: kind != refused, Err: &unreadableError{response.StatusCode, err},
		class: kind, status: response.StatusCode,
		retryAfter: parseRetryAfter(response.Header.Get("Retry-After"), response.Header.Get("Date"), c.Now()),
	}
}

// unreadableError adds the status to what is wrong with an answer.
type unreadableError struct {
	status int
	err    error
}

func (e *unreadableError) Error() string {
	return "HTTP " + strconv.Itoa(e.status) + ": " + e.err.Error()
}

func (e *unreadableError) Unwrap() error { return e.err }

// retryAfter is how long the service asks to wait. The quota headers come with
// successes too, so they count only when the rate was the reason.
func (c *Client) retryAfter(header http.Header, fails class) time.Duration {
	wait := parseRetryAfter(header.Get("Retry-After"), header.Get("Date"), c.Now())
	if fails != refused {
		return wait
	}
	return max(wait, timeLeft(header.Get("X-Ratelimit-User-Api")), timeLeft(header.Get("X-Ratelimit-User")))
}

// maxRetryAfter keeps absurd numbers from overflowing.
const maxRetryAfter = 365 * 24 * time.Hour

// parseRetryAfter reads seconds or a date, which is compared with the answer's
// own date, as the two come from one clock.
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

// timeLeft reads "Limit:1,Remain:0,TimeLeft:2000,Reset:1234", where TimeLeft is
// in milliseconds. Source: observed.
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
