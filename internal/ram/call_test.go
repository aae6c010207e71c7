// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fixedKey are credentials that never change. They record the keys that expired.
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

// pauses records the waits of a client without waiting. Its clock moves on by each of them: a
// client that waits for a turn until its own clock reaches it would otherwise spin.
type pauses struct {
	mu    sync.Mutex
	waits []time.Duration
	moved time.Duration
}

func (p *pauses) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.moved)
}

func (p *pauses) pause(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waits = append(p.waits, d)
	p.moved += d
	return ctx.Err()
}

func (p *pauses) all() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Duration(nil), p.waits...)
}

// service is a server that records the forms that it receives.
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

// endpoints returns endpoints that lead to one address.
func endpoints(t testing.TB, address string) Endpoints {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return Endpoints{Ram: u, Ims: u, Sts: u}
}

// newTestClient returns a client of the server. It does not wait, and its caller is already
// known.
func newTestClient(t testing.TB, address string, changes ...func(*Config)) *Client {
	t.Helper()
	client := newAskingClient(t, address, changes...)
	client.identified(testAccount)
	return client
}

// identified sets the caller of a client whose key never changes.
func (c *Client) identified(account string) {
	if fixed, is := c.config.Credentials.(*fixedKey); is {
		c.caches.caller.put(fixed.ID, keyCaller{fixed.Key, Caller{AccountID: account}})
	}
}

const testAccount = "1968132000120001"

// newAskingClient returns a client that still has to read its caller.
func newAskingClient(t testing.TB, address string, changes ...func(*Config)) *Client {
	t.Helper()
	waits := &pauses{}
	config := Config{
		Credentials: &fixedKey{Key: testKey},
		Endpoints:   endpoints(t, address),
		Region:      "cn-hangzhou",
		UserAgent:   "terraform-provider-ram/test",
		MaxRetries:  -1,
		Now:         waits.now,
		Pause:       waits.pause,
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

// respond responds as the service does: every object has a RequestId.
func respond(t testing.TB, w http.ResponseWriter, status int, body string) {
	t.Helper()
	if rest, object := strings.CutPrefix(body, "{"); object && !strings.Contains(body, `"RequestId"`) {
		if strings.TrimSpace(rest) != "}" {
			rest = "," + rest
		}
		body = `{"RequestId":"R"` + rest
	}
	respondAs(t, w, status, body)
}

// respondAs responds with an unchanged body.
func respondAs(t testing.TB, w http.ResponseWriter, status int, body string) {
	t.Helper()
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write([]byte(body)); err != nil {
		t.Logf("the client left: %v", err)
	}
}

func TestTheParametersAreInTheBodyAndNotInTheURL(t *testing.T) {
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

var (
	createAction = operation{product: ramProduct, action: "CreateThing", repeat: once}
	readAction   = operation{product: ramProduct, action: "GetThing", repeat: read}
	setAction    = operation{product: ramProduct, action: "SetThing", repeat: set}
)

func TestEveryAttemptHasItsOwnSignature(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 503, `{"Code":"ServiceUnavailable"}`)
	})
	client := newTestClient(t, server.URL, func(c *Config) {
		c.Credentials = &fixedKey{Key: Key{ID: "STS.abc", Secret: "secret", Token: "a token/+="}}
	})
	in := map[string]string{"LoginNetworkMasks": "10.0.0.0/8;2001:db8::/32", "X": "a b*c~d'é", "Empty": ""}

	if err := client.call(t.Context(), setAction, in, nil); err == nil {
		t.Fatal("no error")
	}
	nonces := map[string]bool{}
	for _, form := range server.received() {
		if got, want := form.Get("Signature"), signatureOf("POST", "secret", form); got != want {
			t.Errorf("the signature is %q, want %q", got, want)
		}
		if form.Get("SecurityToken") != "a token/+=" {
			t.Errorf("the token is %q", form.Get("SecurityToken"))
		}
		if _, sent := form["Empty"]; !sent {
			t.Error("the empty parameter was not sent")
		}
		nonces[form.Get("SignatureNonce")] = true
	}
	if len(nonces) != 5 {
		t.Errorf("%d nonces in 5 attempts", len(nonces))
	}
}

func TestTheCheckOfSignaturesAgreesWithTheVendor(t *testing.T) {
	t.Parallel()
	form := url.Values{
		"Action": {"CreateUser"}, "Version": {"2015-05-01"}, "UserName": {"test"}, "Format": {"JSON"}, "AccessKeyId": {"testid"},
		"SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}, "Timestamp": {"2015-08-18T03:15:45Z"},
		"SignatureNonce": {"6a6e0ca6-4557-11e5-86a2-b8e8563dc8d2"},
	}
	if got := signatureOf("GET", "testsecret", form); got != "kRA2cnpJVacIhDMzXnoNZG9tDCI=" {
		t.Errorf("got %s", got)
	}
}

// signatureOf is an independent implementation of signature version 1.
func signatureOf(method, secret string, form url.Values) string {
	var pairs []string
	for name, values := range form {
		if name != "Signature" {
			pairs = append(pairs, encodeRFC3986(name)+"="+encodeRFC3986(values[0]))
		}
	}
	slices.SortFunc(pairs, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(method + "&%2F&" + encodeRFC3986(strings.Join(pairs, "&"))))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func encodeRFC3986(text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", b) >= 0 {
			out.WriteByte(b)
			continue
		}
		fmt.Fprintf(&out, "%%%02X", b)
	}
	return out.String()
}

func TestAnUnsignedCallCarriesNoKey(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 400, `{"Code":"InvalidSecurityToken.Expired","Message":"the token tok-0123456789 is old"}`)
	})
	key := &fixedKey{Key: testKey}
	client := newTestClient(t, server.URL, func(c *Config) { c.Credentials = key })
	op := operation{product: stsProduct, action: "AssumeRoleWithOIDC", repeat: read, unsigned: true, secrets: []string{"OIDCToken"}}

	err := client.call(t.Context(), op, map[string]string{"OIDCToken": "tok-0123456789"}, nil)
	for _, name := range []string{"AccessKeyId", "Signature", "SecurityToken"} {
		if server.received()[0].Has(name) {
			t.Errorf("%s was sent", name)
		}
	}
	if len(key.expired) != 0 {
		t.Error("Expire was called for a key that did not sign the call")
	}
	if err == nil || strings.Contains(err.Error(), "tok-0123456789") {
		t.Errorf("error: %v", err)
	}
}

func TestAnExpiredSessionIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		expired int // number of responses that refuse the key as expired
		want    int
	}{{1, 2}, {9, 2}} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
			if number <= test.expired {
				respond(t, w, 400, `{"Code":"InvalidSecurityToken.Expired"}`)
				return
			}
			respond(t, w, 200, `{"RequestId":"R"}`)
		})
		key := &fixedKey{Key: Key{ID: "STS.abc", Secret: "secret", Token: "token"}}
		client := newTestClient(t, server.URL, func(c *Config) { c.Credentials = key })

		err := client.call(t.Context(), createAction, nil, nil)
		if got := len(server.received()); got != test.want {
			t.Errorf("sent %d times, want %d", got, test.want)
		}
		if succeeded := err == nil; succeeded != (test.expired == 1) {
			t.Errorf("error: %v", err)
		}
		if len(key.expired) == 0 || key.expired[0].ID != "STS.abc" {
			t.Errorf("expired: %d keys", len(key.expired))
		}
	}
}

func TestMaxRetriesIsTheNumberOfRepeats(t *testing.T) {
	t.Parallel()
	for retries, want := range map[int]int{-1: 5, 0: 1, 2: 3} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 400, `{"Code":"Throttling"}`) })
		client := newTestClient(t, server.URL, func(c *Config) { c.MaxRetries = retries })

		err := client.call(t.Context(), createAction, nil, nil)
		if got := len(server.received()); got != want {
			t.Errorf("MaxRetries %d: sent %d times, want %d", retries, got, want)
		}
		if !Throttled(err) || OutcomeUnknown(err) {
			t.Errorf("error: %v", err)
		}
	}
}

func TestCall_waitsAsLongAsTheServiceAsks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"seconds", http.Header{"Retry-After": {"7"}}, 7 * time.Second},
		{"a date", http.Header{"Retry-After": {"Fri, 02 Jan 2026 03:04:12 GMT"}, "Date": {"Fri, 02 Jan 2026 03:04:05 GMT"}}, 7 * time.Second},
		{"a date long gone", http.Header{"Retry-After": {"Fri, 02 Jan 2015 03:04:12 GMT"}}, 0},
		{"nonsense", http.Header{"Retry-After": {"soon"}}, 0},
		{"the quota of the action", http.Header{"X-Ratelimit-User-Api": {"Limit:1,Remain:0,TimeLeft:2000,Reset:1234"}}, 2 * time.Second},
		{"the larger quota", http.Header{"X-Ratelimit-User-Api": {"TimeLeft:2000"}, "X-Ratelimit-User": {"Limit:1, TimeLeft:3000"}}, 3 * time.Second},
		{"nothing", nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
				if number > 1 {
					respond(t, w, 200, `{"RequestId":"R"}`)
					return
				}
				maps.Copy(w.Header(), test.header)
				respond(t, w, 400, `{"Code":"Throttling.User"}`)
			})
			waits := &pauses{}
			client := newTestClient(t, server.URL, func(c *Config) { c.Now, c.Pause = waits.now, waits.pause })

			if err := client.call(t.Context(), createAction, nil, nil); err != nil {
				t.Fatal(err)
			}
			backOff := waits.all()[0]
			if backOff < test.want || backOff > test.want+firstBackoff {
				t.Errorf("waited %s, want %s and a little", backOff, test.want)
			}
		})
	}
}

func TestCall_quotaHeadersCountForThrottlingOnly(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		w.Header().Set("X-Ratelimit-User-Api", "Limit:100,Remain:99,TimeLeft:60000,Reset:1234")
		if number == 1 {
			respond(t, w, 503, `{"Code":"ServiceUnavailable"}`)
			return
		}
		respond(t, w, 200, `{"RequestId":"R"}`)
	})
	waits := &pauses{}
	client := newTestClient(t, server.URL, func(c *Config) { c.Now, c.Pause = waits.now, waits.pause })
	if err := client.call(t.Context(), readAction, nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := waits.all(); len(got) != 1 || got[0] > firstBackoff {
		t.Errorf("waits: %v", got)
	}
}

func TestPause_isNotStartedAfterTheContextEnded(t *testing.T) {
	t.Parallel()
	waits := &pauses{}
	client := newTestClient(t, "http://127.0.0.1:1", func(c *Config) { c.Now, c.Pause = waits.now, waits.pause })
	ctx, cancel := context.WithCancel(t.Context())
	if err := client.Pause(ctx, time.Hour); err != nil || len(waits.all()) != 1 {
		t.Errorf("waits %v, %v", waits.all(), err)
	}
	cancel()
	if err := client.Pause(ctx, time.Hour); !errors.Is(err, context.Canceled) || len(waits.all()) != 1 {
		t.Errorf("waits %v, %v", waits.all(), err)
	}
}

func TestAWaitBeyondTheDeadlineEndsTheCallAtOnce(t *testing.T) {
	t.Parallel()
	for _, unbounded := range []bool{false, true} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Retry-After", "86400")
			respond(t, w, 429, `{"Code":"Throttling.User","RequestId":"R-1"}`)
		})
		waits := &pauses{}
		client := newTestClient(t, server.URL, func(c *Config) { c.Now, c.Pause = waits.now, waits.pause })
		ctx := t.Context()
		if !unbounded {
			bounded, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			ctx = bounded
		}

		err := client.call(ctx, readAction, nil, nil)
		var serviceErr *Error
		if !errors.As(err, &serviceErr) || serviceErr.RetryAfter != 24*time.Hour || !errors.Is(err, context.DeadlineExceeded) || !Throttled(err) {
			t.Fatalf("error: %v", err)
		}
		if !strings.Contains(err.Error(), "asks to wait 24h0m0s") || !strings.Contains(err.Error(), "R-1") {
			t.Errorf("the error lacks the wait: %v", err)
		}
		if len(server.received()) != 1 || len(waits.all()) != 0 {
			t.Errorf("%d calls, waits %v", len(server.received()), waits.all())
		}
	}
}

func TestBackOffGrowsAndIsSpread(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 500, `{"Code":"InternalError"}`) })
	waits := &pauses{}
	clock := newFakeTime()
	client := newTestClient(t, server.URL, func(c *Config) { c.MaxRetries, c.Pause, c.Now = 10, waits.pause, clock.now })
	for range 8 {
		clock.advance(time.Minute) // excludes the limiter
		if err := client.call(t.Context(), readAction, nil, nil); err == nil {
			t.Fatal("got no error")
		}
	}
	distinct := map[time.Duration]bool{}
	longest := time.Duration(0)
	for _, wait := range waits.all() {
		distinct[wait] = true
		longest = max(longest, wait)
	}
	if len(distinct) < 60 {
		t.Errorf("%d different waits in 80", len(distinct))
	}
	if longest < longestBackoff/4 || longest > longestBackoff {
		t.Errorf("the longest wait is %s", longest)
	}
}

// fakeTime is a clock that the test advances.
type fakeTime struct {
	mu sync.Mutex
	at time.Time
}

func newFakeTime() *fakeTime {
	return &fakeTime{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

func (f *fakeTime) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

func (f *fakeTime) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = f.at.Add(d)
}

// pause advances the clock instead of waiting.
func (f *fakeTime) pause(ctx context.Context, d time.Duration) error {
	f.advance(d)
	return ctx.Err()
}

func TestTheEndOfTheContextEndsACallInFlight(t *testing.T) {
	t.Parallel()
	for _, op := range []operation{createAction, readAction} {
		arrived := make(chan struct{})
		server := serve(t, func(_ http.ResponseWriter, r *http.Request, number int) {
			if number == 1 {
				close(arrived)
			}
			<-r.Context().Done()
		})
		client := newTestClient(t, server.URL)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived
			cancel()
		}()

		err := client.call(ctx, op, nil, nil)
		if !errors.Is(err, context.Canceled) || !OutcomeUnknown(err) {
			t.Errorf("error: %v", err)
		}
		if got := len(server.received()); got != 1 {
			t.Errorf("sent %d times", got)
		}
	}
}

func TestTheEndOfTheContextEndsAWait(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Retry-After", "60")
		respond(t, w, 429, `{"Code":"Throttling.User"}`)
	})
	ctx, cancel := context.WithCancel(t.Context())
	client := newTestClient(t, server.URL, func(c *Config) {
		c.Pause = func(ctx context.Context, d time.Duration) error {
			cancel()
			return sleep(ctx, d)
		}
	})
	start := time.Now()

	err := client.call(ctx, createAction, nil, nil)
	if !errors.Is(err, context.Canceled) || !Throttled(err) || OutcomeUnknown(err) {
		t.Errorf("error: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestAnEndedContextSendsNothing(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, `{}`) })
	client := newTestClient(t, server.URL)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	err := client.call(ctx, setAction, nil, nil)
	if !errors.Is(err, context.Canceled) || OutcomeUnknown(err) || len(server.received()) != 0 {
		t.Errorf("%d calls, error: %v", len(server.received()), err)
	}
}

func TestAnAttemptWithoutAResponseIsNotTheEndOfTheContext(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, number int) {
		if number == 1 {
			<-r.Context().Done()
			return
		}
		respond(t, w, 200, `{"RequestId":"R"}`)
	})
	client := newTestClient(t, server.URL)
	client.timeout = 300 * time.Millisecond
	if err := client.call(t.Context(), setAction, nil, nil); err != nil {
		t.Errorf("a set was not repeated: %v", err)
	}

	stalled := serve(t, func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() })
	client = newTestClient(t, stalled.URL)
	client.timeout = 300 * time.Millisecond
	err := client.call(t.Context(), createAction, nil, nil)
	if errors.Is(err, context.DeadlineExceeded) || !OutcomeUnknown(err) || len(stalled.received()) != 1 {
		t.Errorf("%d calls, error: %v", len(stalled.received()), err)
	}
}

func TestAnUnknownOutcomeOutlivesLaterAttempts(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		if number == 1 {
			respond(t, w, 500, `{"Code":"InternalError"}`)
			return
		}
		respond(t, w, 409, `{"Code":"EntityAlreadyExists.AccountAlias"}`)
	})
	client := newTestClient(t, server.URL)

	err := client.call(t.Context(), setAction, nil, nil)
	if !OutcomeUnknown(err) || !Exists(err) || !strings.Contains(err.Error(), "may have taken effect") {
		t.Errorf("a set: %v", err)
	}
	server = serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		if number == 1 {
			respond(t, w, 500, `{"Code":"InternalError"}`)
			return
		}
		respond(t, w, 404, `{"Code":"EntityNotExist.User"}`)
	})
	client = newTestClient(t, server.URL)
	err = client.call(t.Context(), readAction, nil, nil)
	if OutcomeUnknown(err) || !NotFound(err, "User") {
		t.Errorf("a read: %v", err)
	}
}

func TestCall_earlierAttemptsLeaveNothingInTheResult(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		if number == 1 {
			respond(t, w, 200, `{"PasswordPolicy":{"MaxPasswordAge":90,"HardExpire":"perhaps"}}`)
			return
		}
		respond(t, w, 200, `{"PasswordPolicy":{"HardExpire":"True"}}`)
	})
	client := newTestClient(t, server.URL)

	policy, err := client.PasswordPolicy(t.Context())
	if err != nil || policy.HardExpiry == nil || !*policy.HardExpiry || policy.MaxPasswordAge != nil {
		t.Errorf("policy %+v, error %v", policy, err)
	}
}

func TestWithoutAKeyNothingIsSent(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, `{}`) })
	cause := &Error{Action: "AssumeRole", Code: "EntityNotExist.User", Status: 500}
	client := newTestClient(t, server.URL, func(c *Config) { c.Credentials = keyless{cause} })

	err := client.call(t.Context(), createAction, nil, nil)
	var missing *CredentialsError
	if !errors.As(err, &missing) || !errors.Is(err, cause) || len(server.received()) != 0 {
		t.Errorf("%d calls, error: %v", len(server.received()), err)
	}
	if NotFound(err, "User") || OutcomeUnknown(err) || Throttled(err) {
		t.Errorf("the error of the key is returned as an error of the call: %v", err)
	}
}

type keyless struct{ err error }

func (k keyless) Get(context.Context) (Key, error) { return Key{}, k.err }
func (keyless) Expire(Key)                         {}

func TestAnObserverSeesEachAttemptButNoSecret(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		switch number {
		case 1:
			respond(t, w, 400, `{"Code":"Throttling.User","RequestId":"00000000-0000-4000-8000-000000000001","Message":"hunter2hunter2"}`)
		case 2:
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
		default:
			respond(t, w, 200, `{"RequestId":"00000000-0000-4000-8000-000000000003"}`)
		}
	})
	var attempts []Attempt
	client := newTestClient(t, server.URL, func(c *Config) {
		c.Observe = func(_ context.Context, a Attempt) { attempts = append(attempts, a) }
	})
	op := setAction
	op.secrets = []string{"Password"}

	if err := client.call(t.Context(), op, map[string]string{"Password": "hunter2hunter2"}, nil); err != nil {
		t.Fatal(err)
	}
	if len(attempts) != 3 {
		t.Fatalf("%d attempts", len(attempts))
	}
	first, second, third := attempts[0], attempts[1], attempts[2]
	if first.Product != "Ram" || first.Action != "SetThing" || first.Attempt != 1 || first.Status != 400 || first.Code != "Throttling.User" || first.RequestID != "00000000-0000-4000-8000-000000000001" || first.Err != "" {
		t.Errorf("first: %+v", first)
	}
	if second.Attempt != 2 || second.Status != 502 || !strings.Contains(second.Err, "HTML") {
		t.Errorf("second: %+v", second)
	}
	if third.Attempt != 3 || third.Status != 200 || third.RequestID != "00000000-0000-4000-8000-000000000003" || third.Err != "" || third.Code != "" {
		t.Errorf("third: %+v", third)
	}
	if strings.Contains(fmt.Sprintf("%+v", attempts), "hunter2") {
		t.Errorf("the password is in %+v", attempts)
	}
}

func TestTwoClientsShareNothing(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request, _ int) {
		respond(t, w, 200, fmt.Sprintf(`{"RequestId":"R","AccountId":%q}`, r.PostForm.Get("AccessKeyId")))
	}
	server, other := serve(t, handler), serve(t, handler)
	one := newAskingClient(t, server.URL, func(c *Config) { c.Credentials = &fixedKey{Key: Key{ID: "ONE", Secret: "1"}} })
	two := newAskingClient(t, other.URL, func(c *Config) { c.Credentials = &fixedKey{Key: Key{ID: "TWO", Secret: "2"}} })

	var group sync.WaitGroup
	for index := range 40 {
		group.Go(func() {
			client, want := one, "ONE"
			if index%2 == 1 {
				client, want = two, "TWO"
			}
			caller, err := client.Caller(t.Context())
			if err != nil || caller.AccountID != want {
				t.Errorf("caller %+v, error %v", caller, err)
			}
			var out struct{ AccountID text }
			if err := client.call(t.Context(), readAction, nil, &out); err != nil || string(out.AccountID) != want {
				t.Errorf("out %+v, error %v", out, err)
			}
			unlock, err := client.Lock(t.Context(), "alias")
			if err != nil {
				t.Error(err)
				return
			}
			unlock()
			client.ServerNow()
		})
	}
	group.Wait()
	if one.http.Transport == two.http.Transport {
		t.Error("the clients share connections")
	}
	for _, s := range []*service{server, other} {
		if got := len(s.received()); got != 21 {
			t.Errorf("%d calls, want 20 and one for the caller", got)
		}
	}
}
