// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"net/http"
	"testing"
	"time"
)

// decoder reads a body as the answer of one operation, as every call does that got
// one: without a connection, a signature or a limiter, which cost a hundred times as much.
type decoder func(*Client, *http.Response, []byte) error

// decodes is the decoder of an answer, and of what is made of it.
func decodes[A any](op operation, then func(*A)) decoder {
	return func(client *Client, response *http.Response, body []byte) error {
		var answer A
		e := exchange{op: op, secrets: secretsOf(op, testKey, nil), responded: true, status: response.StatusCode}
		err := client.decode(&e, response, body, &answer)
		if err == nil {
			then(&answer)
		}
		return err
	}
}

// nothing is made of an answer whose method does so by itself.
func nothing[A any](*A) {}

// decoding gives a body to each decoder.
func decoding(t *testing.T, client *Client, decoders map[string]decoder, status int, kind, body string) {
	t.Helper()
	response := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}}
	for name, decode := range decoders {
		judge(t, name, status, decode(client, response, []byte(body)))
	}
}

// answering is a client to which every call is answered so.
func answering(t testing.TB, status int, kind, body string) *Client {
	t.Helper()
	client, err := New(Config{
		Credentials: &fixedKey{Key: testKey}, MaxRetries: 0, SignatureAlgorithm: ACS3, // the cheaper one
		Pause: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	client.http.Transport = canned{status, kind, body}
	return client
}
