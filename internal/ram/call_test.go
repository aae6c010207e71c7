// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// fixedKey are credentials that never change. They count what they are told.
type fixedKey struct {
	Key

	mu      sync.Mutex
	expired []Key
}

func (k *fixedKey) Get(context.Context) (Key, error) { return k.Key, nil }

func (k *fixedKey) Expire(key Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.expired = append(k.expired, key)
}

var testKey = Key{ID: "LTAI5tTestTestTestTest00", Secret: "s3cr3t/of+the key=0123456789ab"}

// pauses records the waits of a client and makes none.
type pauses struct {
	mu    sync.Mutex
	waits []time.Duration
}

func (p *pauses) pause(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waits = append(p.waits, d)
	return ctx.Err()
}

func (p *pauses) all() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Duration(nil), p.waits...)
}

// service is a server that records the forms it was sent.
type service struct {
	*httptest.Server

	mu    sync.Mutex
	forms []url.Values
	urls  []string
}

func serve(t testing.TB, handler func(w http.ResponseWriter, r *http.Request, number int)) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Errorf("cannot read the form: %v", err)
		}
		s.mu.Lock()
		s.forms = append(s.forms, r.PostForm)
		s.urls = append(s.urls, r.RequestURI)
		number := len(s.forms)
		s.mu.Unlock()
		handler(w, r, number)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) received() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values(nil), s.forms...)
}

// endpoints leads all three products to one address.
func endpoints(t testing.TB, address string) Endpoints {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return Endpoints{Ram: u, Ims: u, Sts: u}
}

// newTestClient is a client of the server that does not wait.
func newTestClient(t testing.TB, address string, changes ...func(*Config)) *Client {
	t.Helper()
	config := Config{
		Credentials: &fixedKey{Key: testKey},
		Endpoints:   endpoints(t, address),
		Region:      "cn-hangzhou",
		UserAgent:   "terraform-provider-ram/test",
		MaxRetries:  -1,
		Pause:       (&pauses{}).pause,
	}
	for _, change := range changes {
		change(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.http.CloseIdleConnections)
	return client
}

func respond(t testing.TB, w http.ResponseWriter, status int, body string) {
	t.Helper()
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write([]byte(body)); err != nil {
		t.Logf("the client left: %v", err)
	}
}

func TestACallIsAFormThatTheURLTellsNothingOf(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if got := r.Header.Get("User-Agent"); got != "terraform-provider-ram/test" {
			t.Errorf("User-Agent is %q", got)
		}
		respond(t, w, 200, `{"RequestId":"R"}`)
	})
	client := newTestClient(t, server.URL)

	if err := client.SetAccountAlias(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	form := server.received()[0]
	for name, want := range map[string]string{
		"Action": "SetAccountAlias", "Version": "2015-05-01", "Format": "JSON", "AccountAlias": "acme",
		"AccessKeyId": testKey.ID, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
	} {
		if got := form.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := server.urls[0]; got != "/" {
		t.Errorf("the URL is %q, want none of the parameters in it", got)
	}
}
