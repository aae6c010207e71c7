// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"time"
)

const page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><p>proxy</p></body></html>"

// spoil gives the answer that a fault has instead of the operation's, and says whether the connection may live on.
func (c *conversation) spoil(w http.ResponseWriter, r *http.Request, rule *scheduled) bool {
	const asDocument, asPage = "application/json;charset=utf-8", "text/html;charset=utf-8"
	switch rule.Fault {
	case "refuse", "reset", "stall":
		c.leave()
		return c.silent(w, r, rule)
	case "code":
		c.answer = c.refusal(rule)
	case "http":
		c.answer = answer{status: cmp.Or(rule.Status, http.StatusBadGateway), contentType: "text/plain;charset=utf-8", body: c.echo(rule.Body)}
	case "html":
		c.answer = answer{status: cmp.Or(rule.Status, http.StatusOK), contentType: asPage, body: c.echo(cmp.Or(rule.Body, page))}
	case "empty", "null", "array", "garble":
		text := map[string]string{"empty": "", "null": "null", "array": "[]", "garble": rule.Body}[rule.Fault]
		c.answer = answer{status: cmp.Or(rule.Status, http.StatusOK), contentType: asDocument, body: c.echo(text)}
	case "redirect":
		c.answer = answer{
			status: cmp.Or(rule.Status, http.StatusTemporaryRedirect), contentType: asPage,
			header: map[string]string{"Location": c.server.url + "/elsewhere"},
		}
	case "truncate":
		c.answer.body = c.answer.body[:len(c.answer.body)/2]
	case "drop_fields", "retype":
		if c.body != nil {
			c.reshape(rule)
		}
	case "cut":
		return c.cut(w)
	case "drip":
		return c.drip(w, r, cmp.Or(rule.Delay, 10*time.Millisecond))
	case "huge", "gzip_bomb":
		return c.flood(w, rule.Fault == "gzip_bomb")
	case "endless_headers":
		return c.endlessHeaders(w)
	}
	c.answer.header = rule.headers(c.answer.header)
	c.sent(c.answer.status, rule)
	c.server.send(w, c.answer)
	return true
}

// echo puts the request's own parameters into a text that names them, as careless services do with secrets.
func (c *conversation) echo(text string) []byte {
	for name, value := range c.in.params {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return []byte(text)
}

// headers are an answer's, and those that the rule adds.
func (r *scheduled) headers(own map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, own)
	maps.Copy(all, r.Header)
	if r.RetryAfter != "" {
		all["Retry-After"] = r.RetryAfter
	}
	return all
}

// sent notes what the client was told instead.
func (c *conversation) sent(status int, rule *scheduled) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.call.Status = status
	if rule.Fault == "code" {
		c.call.Code = rule.Code
	}
}

// leave notes that the client was told nothing.
func (c *conversation) leave() {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.call.Status, c.call.Code = 0, ""
}

// The statuses that the codes usually have.
var usualStatus = map[string]int{
	"ServiceUnavailable": http.StatusServiceUnavailable,
	"InternalError":      http.StatusInternalServerError,
	"NoPermission":       http.StatusForbidden,
	"Forbidden":          http.StatusForbidden,
	"Inactive":           http.StatusForbidden,
}

func (c *conversation) refusal(rule *scheduled) answer {
	status := cmp.Or(rule.Status, usualStatus[rule.Code])
	if status == 0 && strings.HasPrefix(rule.Code, "EntityNotExist") {
		status = http.StatusNotFound
	}
	encoded := refusal(c.in, &failure{
		Status: cmp.Or(status, http.StatusBadRequest), Code: rule.Code, Message: string(c.echo(cmp.Or(rule.Message, "The request was refused."))),
	}, c.call.RequestID)
	return encoded
}

// silent ends the connection without a byte.
func (c *conversation) silent(w http.ResponseWriter, r *http.Request, rule *scheduled) bool {
	if rule.Fault == "stall" {
		c.server.linger(r, rule.Delay)
		return false
	}
	connection, _, err := c.hijack(w)
	if err != nil {
		return false
	}
	if tcp, ok := connection.(*net.TCPConn); ok && rule.Fault == "reset" {
		_ = tcp.SetLinger(0) // the connection is lost either way
	}
	_ = connection.Close()
	return true
}

// hijack takes the connection over. It ends with the server.
func (c *conversation) hijack(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
	connection, buffer, err := http.NewResponseController(w).Hijack()
	if err == nil {
		context.AfterFunc(c.server.closing, func() { _ = connection.Close() })
	}
	return connection, buffer, err
}

// linger waits until the client leaves, the server closes, or a time is over if one is given.
func (s *Server) linger(r *http.Request, d time.Duration) {
	var over <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-r.Context().Done():
	case <-s.closing.Done():
	case <-over:
	}
}

// cut promises the whole answer and closes in the middle of it.
func (c *conversation) cut(w http.ResponseWriter) bool {
	connection, buffer, err := c.hijack(w)
	if err != nil {
		return false
	}
	defer func() { _ = connection.Close() }()
	response := &http.Response{
		StatusCode: c.answer.status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {c.answer.contentType}},
		ContentLength: int64(len(c.answer.body)), Body: io.NopCloser(strings.NewReader(string(c.answer.body[:len(c.answer.body)/2]))),
	}
	_ = response.Write(buffer) // it says that the body is short, which is the point
	_ = buffer.Flush()
	return true
}

// drip answers byte by byte.
func (c *conversation) drip(w http.ResponseWriter, r *http.Request, gap time.Duration) bool {
	w.Header().Set("Date", c.server.Now().Format(http.TimeFormat)) // else it is that of this machine
	w.Header().Set("Content-Type", c.answer.contentType)
	w.WriteHeader(c.answer.status)
	flusher := http.NewResponseController(w)
	for _, b := range c.answer.body {
		if _, err := w.Write([]byte{b}); err != nil || flusher.Flush() != nil {
			return false
		}
		c.server.linger(r, gap)
		if r.Context().Err() != nil || c.server.closing.Err() != nil {
			return false
		}
	}
	return true
}

const floodSize = 32 << 20

// flood answers a document that is valid and far too long; as a bomb it is small until it is unpacked.
func (c *conversation) flood(w http.ResponseWriter, packed bool) bool {
	c.sent(http.StatusOK, &scheduled{})
	w.Header().Set("Date", c.server.Now().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	var to io.Writer = w
	if packed {
		w.Header().Set("Content-Encoding", "gzip")
		zip, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is a valid one
		defer func() { _ = zip.Close() }()               // a client that has left needs no end
		to = zip
	}
	blank := []byte(strings.Repeat(" ", 1<<20))
	if _, err := io.WriteString(to, `{"RequestId":"`+c.call.RequestID+`",`); err != nil {
		return false
	}
	for sent := 0; sent < floodSize; sent += len(blank) {
		if _, err := to.Write(blank); err != nil || c.server.closing.Err() != nil {
			return false
		}
	}
	_, err := io.WriteString(to, `"Padding":0}`)
	return err == nil
}

// endlessHeaders begins an answer whose headers do not end while the client reads.
func (c *conversation) endlessHeaders(w http.ResponseWriter) bool {
	c.leave()
	connection, _, err := c.hijack(w)
	if err != nil {
		return false
	}
	defer func() { _ = connection.Close() }()
	to := bufio.NewWriter(connection)
	_, err = to.WriteString("HTTP/1.1 200 OK\r\n")
	line := "X-Padding: " + strings.Repeat("a", 1000) + "\r\n"
	for sent := 0; sent < floodSize && err == nil && c.server.closing.Err() == nil; sent += len(line) {
		_, err = to.WriteString(line)
	}
	return true
}
