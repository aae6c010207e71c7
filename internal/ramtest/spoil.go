// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><p>proxy</p></body></html>"

// spoil sends the response of a fault instead of the operation's. It reports whether the connection can be reused.
func (c *conversation) spoil(w http.ResponseWriter, r *http.Request, rule *scheduled) bool {
	const asDocument, asPage = "application/json;charset=utf-8", "text/html;charset=utf-8"
	switch rule.Fault {
	case "refuse", "reset", "stall", "late":
		c.leave()
		return c.closeSilently(w, r, rule)
	case "code":
		c.response = c.refusal(rule)
	case "http":
		c.response = response{status: cmp.Or(rule.Status, http.StatusBadGateway), contentType: "text/plain;charset=utf-8", body: c.echo(rule.Body)}
	case "foreign":
		body := cmp.Or(rule.Body, `{"error":"blocked","message":"The request was blocked by a policy of the network."}`)
		c.response = response{status: cmp.Or(rule.Status, http.StatusForbidden), contentType: asDocument, body: c.echo(body)}
	case "html":
		c.response = response{status: cmp.Or(rule.Status, http.StatusOK), contentType: asPage, body: c.echo(cmp.Or(rule.Body, page))}
	case "empty", "null", "array", "garble":
		text := map[string]string{"empty": "", "null": "null", "array": "[]", "garble": rule.Body}[rule.Fault]
		c.response = response{status: cmp.Or(rule.Status, http.StatusOK), contentType: asDocument, body: c.echo(text)}
	case "redirect":
		c.response = response{
			status: cmp.Or(rule.Status, http.StatusTemporaryRedirect), contentType: asPage,
			header: map[string]string{"Location": c.server.url + "/elsewhere"},
		}
	case "truncate":
		c.response.body = c.response.body[:len(c.response.body)/2]
	case "drop_fields", "retype", "short_list":
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
	case "informational":
		return c.informational(w, r, cmp.Or(rule.Status, http.StatusEarlyHints), cmp.Or(rule.Delay, time.Millisecond))
	}
	c.response.header = rule.headers(c.response.header)
	c.sent(c.response.status, rule)
	c.send(w, c.response)
	return true
}

// echo replaces placeholders in a text with parameters of the request and fields of the response, plain or encoded.
func (c *conversation) echo(text string) []byte {
	return placeholder.ReplaceAllFunc([]byte(text), func(match []byte) []byte {
		name, encoding, _ := strings.Cut(strings.Trim(string(match), "{}"), ":")
		value, ok := c.in.params[name]
		if !ok {
			value, ok = textField(c.body, name)
		}
		if !ok {
			return match
		}
		return []byte(encodeText(value, encoding))
	})
}

var placeholder = regexp.MustCompile(`\{[A-Za-z0-9.]+(:[a-z0-9*_]+)?\}`)

// textField finds a text field in a response by name.
func textField(body reply, name string) (string, bool) {
	for field, value := range body {
		switch value := value.(type) {
		case string:
			if field == name {
				return value, true
			}
		case reply:
			if text, ok := textField(value, name); ok {
				return text, true
			}
		}
	}
	return "", false
}

// encodings are the encodings in which a careless intermediary may repeat a secret.
var encodings = map[string]func(string) string{
	"":          func(text string) string { return text },
	"base64":    func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) },
	"base64url": func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) },
	"base32":    func(text string) string { return base32.StdEncoding.EncodeToString([]byte(text)) },
	"hex":       func(text string) string { return hex.EncodeToString([]byte(text)) },
	"upperhex":  func(text string) string { return strings.ToUpper(hex.EncodeToString([]byte(text))) },
	"url":       func(text string) string { return url.QueryEscape(text) },
	"url2":      func(text string) string { return url.QueryEscape(url.QueryEscape(text)) },
	"percent":   func(text string) string { return eachByte(text, "%%%02X") },
	"json":      func(text string) string { return eachByte(text, `\u%04x`) },
	"escaped":   func(text string) string { return eachByte(text, `\x%02x`) },
	"html":      func(text string) string { return eachByte(text, "&#%d;") },
	"quoted":    func(text string) string { return eachByte(text, "=%02X") },
	"decimal":   func(text string) string { return strings.Trim(eachByte(text, "%d,"), ",") },
	"lower":     strings.ToLower,
	"upper":     strings.ToUpper,
	"reversed": func(text string) string {
		runes := []rune(text)
		slices.Reverse(runes)
		return string(runes)
	},
	"spaced": func(text string) string { return strings.Join(strings.Split(text, ""), " ") },
}

// Encodings returns the names of the encodings in which a fault can repeat a secret.
func Encodings() []string { return slices.Sorted(maps.Keys(encodings)) }

func eachByte(text, format string) string {
	var all strings.Builder
	for _, b := range []byte(text) {
		fmt.Fprintf(&all, format, b)
	}
	return all.String()
}

// encodeText returns a text in one encoding, or with * in all of them. With an unknown encoding it returns the plain text.
func encodeText(text, encoding string) string {
	if encoding == "*" {
		var all []string
		for _, name := range Encodings() {
			all = append(all, encodings[name](text))
		}
		return strings.Join(all, " ")
	}
	if encode, ok := encodings[encoding]; ok {
		return encode(text)
	}
	return text
}

// headers returns the headers of the response and those that the rule adds.
func (r *scheduled) headers(own map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, own)
	maps.Copy(all, r.Header)
	if r.RetryAfter != "" {
		all["Retry-After"] = r.RetryAfter
	}
	return all
}

// sent records the status and the code that the client receives.
func (c *conversation) sent(status int, rule *scheduled) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.call.Status = status
	if rule.Fault == "code" {
		c.call.Code = rule.Code
	}
}

// leave records that the client receives no response.
func (c *conversation) leave() {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.call.Status, c.call.Code = 0, ""
}

// usualStatus maps a status to codes that usually have it.
var usualStatus = map[string]int{
	"ServiceUnavailable": http.StatusServiceUnavailable,
	"InternalError":      http.StatusInternalServerError,
	"NoPermission":       http.StatusForbidden,
	"Forbidden":          http.StatusForbidden,
	"Inactive":           http.StatusForbidden,
}

func (c *conversation) refusal(rule *scheduled) response {
	status := cmp.Or(rule.Status, usualStatus[rule.Code])
	if status == 0 && strings.HasPrefix(rule.Code, "EntityNotExist") {
		status = http.StatusNotFound
	}
	encoded := refusal(c.in, &failure{
		Status: cmp.Or(status, http.StatusBadRequest), Code: rule.Code, Message: string(c.echo(cmp.Or(rule.Message, "The request was refused."))),
	}, c.call.RequestID)
	return encoded
}

// closeSilently ends the connection without sending a byte.
func (c *conversation) closeSilently(w http.ResponseWriter, r *http.Request, rule *scheduled) bool {
	if rule.Fault == "stall" {
		c.server.holdOpen(r, rule.Delay)
		return false
	}
	connection, _, err := c.hijack(w)
	if err != nil {
		return false
	}
	if tcp, ok := connection.(*net.TCPConn); ok && rule.Fault == "reset" {
		_ = tcp.SetLinger(0) // the connection ends either way
	}
	_ = connection.Close()
	return true
}

// hijack takes over the connection, which is closed with the server.
func (c *conversation) hijack(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
	connection, buffer, err := http.NewResponseController(w).Hijack()
	if err == nil {
		context.AfterFunc(c.server.closing, func() { _ = connection.Close() })
	}
	return connection, buffer, err
}

// holdOpen waits until the client disconnects, the server closes, or d is over if it is positive.
func (s *Server) holdOpen(r *http.Request, d time.Duration) {
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

// cut announces the whole response and closes the connection in the middle of it.
func (c *conversation) cut(w http.ResponseWriter) bool {
	connection, buffer, err := c.hijack(w)
	if err != nil {
		return false
	}
	defer func() { _ = connection.Close() }()
	response := &http.Response{
		StatusCode: c.response.status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {c.response.contentType}},
		ContentLength: int64(len(c.response.body)), Body: io.NopCloser(strings.NewReader(string(c.response.body[:len(c.response.body)/2]))),
	}
	_ = response.Write(buffer) // the body is short on purpose
	_ = buffer.Flush()
	return true
}

// drip sends the response byte by byte.
func (c *conversation) drip(w http.ResponseWriter, r *http.Request, gap time.Duration) bool {
	c.setDate(w.Header())
	w.Header().Set("Content-Type", c.response.contentType)
	w.WriteHeader(c.response.status)
	flusher := http.NewResponseController(w)
	for _, b := range c.response.body {
		if _, err := w.Write([]byte{b}); err != nil || flusher.Flush() != nil {
			return false
		}
		c.server.holdOpen(r, gap)
		if r.Context().Err() != nil || c.server.closing.Err() != nil {
			return false
		}
	}
	return true
}

const floodSize = 32 << 20

// flood sends a valid document of floodSize bytes. If packed, the document is small until it is decompressed.
func (c *conversation) flood(w http.ResponseWriter, packed bool) bool {
	c.sent(http.StatusOK, &scheduled{})
	c.setDate(w.Header())
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	var to io.Writer = w
	if packed {
		w.Header().Set("Content-Encoding", "gzip")
		zip, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is a valid one
		defer func() { _ = zip.Close() }()               // the client may have disconnected
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

// informational sends 1xx responses until the client disconnects. After 101, which has no final response, it sends nothing.
func (c *conversation) informational(w http.ResponseWriter, r *http.Request, status int, gap time.Duration) bool {
	c.leave()
	if status != http.StatusSwitchingProtocols {
		for r.Context().Err() == nil && c.server.closing.Err() == nil {
			w.WriteHeader(status)
			c.server.holdOpen(r, gap)
		}
		return false
	}
	connection, _, err := c.hijack(w)
	if err != nil {
		return false
	}
	defer func() { _ = connection.Close() }()
	_, err = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: fake\r\nConnection: Upgrade\r\n\r\n")
	for buffer := make([]byte, 1); err == nil; {
		_, err = connection.Read(buffer)
	}
	return true
}

// endlessHeaders sends headers until the client disconnects.
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
