// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"net/http"
	"testing"
	"time"
)

// decoder decodes a body as the response of one operation, without a connection, a
// signature or a limiter, which would take a hundred times as long.
type decoder func(*Client, *http.Response, []byte) error

// decodes returns a decoder that also applies then to the decoded response.
func decodes[A any](op operation, then func(*A)) decoder {
	return func(client *Client, response *http.Response, body []byte) error {
		var decoded A
		e := exchange{op: op, secrets: secretsOf(op, testKey, nil), responded: true, status: response.StatusCode}
		err := client.decode(&e, response, body, &decoded)
		if err == nil {
			then(&decoded)
		}
		return err
	}
}

// nothing is for responses that need no further processing.
func nothing[A any](*A) {}

// decoding passes a body to each decoder.
func decoding(t *testing.T, client *Client, decoders map[string]decoder, status int, kind, body string) {
	t.Helper()
	response := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}}
	for name, decode := range decoders {
		judge(t, name, status, decode(client, response, []byte(body)))
	}
}

// returning returns a client that gets the same response to every call.
func returning(t testing.TB, status int, kind, body string) *Client {
	t.Helper()
	client, err := New(Config{
		Credentials: &fixedKey{Key: testKey}, MaxRetries: 0, SignatureAlgorithm: ACS3, // the cheaper algorithm
		Pause: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	client.http.Transport = canned{status, kind, body}
	return client
}
