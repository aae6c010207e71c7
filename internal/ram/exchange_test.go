// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// spoilt are responses that are not the service's, or incomplete.
var spoilt = map[string]struct {
	handle func(t *testing.T, w http.ResponseWriter)
	says   string
}{
	"an HTML page with 502": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><body>Bad gateway</body></html>")
	}, "HTML"},
	"an HTML page with 200": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<html><body>Please log on to the network</body></html>")
	}, "proxy"},
	"an HTML page that calls itself JSON": {func(t *testing.T, w http.ResponseWriter) { respond(t, w, 200, "\n <html></html>") }, "HTML"},
	"XML": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, "<A/>")
	}, "XML"},
	"a picture": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "{}")
	}, "type"},
	"nothing":             {func(t *testing.T, w http.ResponseWriter) { respond(t, w, 200, "") }, "empty"},
	"no content":          {func(_ *testing.T, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }, "empty"},
	"null":                {func(t *testing.T, w http.ResponseWriter) { respond(t, w, 200, "null") }, "not a JSON object"},
	"a list":              {func(t *testing.T, w http.ResponseWriter) { respond(t, w, 200, "[]") }, "not a JSON object"},
	"truncated JSON":      {func(t *testing.T, w http.ResponseWriter) { respond(t, w, 200, `{"RequestId":"R","Thing":{"Na`) }, "not a JSON object"},
	"two objects":         {func(t *testing.T, w http.ResponseWriter) { respond(t, w, 200, `{} {}`) }, "not a JSON object"},
	"a part that is gone": {func(t *testing.T, w http.ResponseWriter) { respond(t, w, 200, `{"RequestId":"R"}`) }, "lacks Thing"},
	"a part of another type": {
		func(t *testing.T, w http.ResponseWriter) {
			respond(t, w, 200, `{"Thing":{"Name":{"secret":"canary"}}}`)
		},
		"not a text",
	},
	"a body that breaks off": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"RequestId":`)
	}, "broke off"},
	"a huge body": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bytes.Repeat([]byte(" "), maxBodyBytes+1))
	}, "larger than 8 MiB"},
	"a gzip bomb": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb())
	}, "larger than 8 MiB"},
	"gzip that breaks off": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb()[:40])
	}, "broke off"},
	"an encoding that was not requested": {func(_ *testing.T, w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "br")
		_, _ = io.WriteString(w, "{}")
	}, "encoding"},
	"endless headers": {func(_ *testing.T, w http.ResponseWriter) {
		for index := range 2000 {
			w.Header().Set(fmt.Sprintf("X-Filler-%d", index), strings.Repeat("x", 100))
		}
		w.WriteHeader(http.StatusOK)
	}, "headers"},
	"a reset": {func(t *testing.T, w http.ResponseWriter) { reset(t, w) }, "check the network"},
}

var bomb = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range 2 * maxBodyBytes >> 20 {
		_, _ = writer.Write(block)
	}
	_ = writer.Close()
	return out.Bytes()
})

// reset closes the connection without a response.
func reset(t testing.TB, w http.ResponseWriter) {
	t.Helper()
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		t.Error("cannot take the connection")
		return
	}
	connection, _, err := hijacker.Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	if plain, ok := connection.(*net.TCPConn); ok {
		_ = plain.SetLinger(0)
	}
	_ = connection.Close()
}

type thingResponse struct{ Thing *struct{ Name text } }

func (a *thingResponse) missing() string {
	if a.Thing == nil {
		return "Thing"
	}
	return ""
}

func TestExchange_spoiledResponseHasUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, test := range spoilt {
		for _, op := range []operation{createAction, readAction, setAction} {
			t.Run(name+" to "+op.action, func(t *testing.T) {
				t.Parallel()
				server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { test.handle(t, w) })
				client := newTestClient(t, server.URL, func(c *Config) { c.MaxRetries = 1 })
				var out thingResponse

				err := client.call(t.Context(), op, nil, &out)
				var silence *NoResponseError
				if !errors.As(err, &silence) || !silence.Sent || !OutcomeUnknown(err) || silence.Action != op.action {
					t.Fatalf("error: %v", err)
				}
				if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "canary") {
					t.Errorf("the error is %q, want %q in it", err, test.says)
				}
				want := 2
				if op.repeat == once {
					want = 1
				}
				if got := len(server.received()); got != want {
					t.Errorf("sent %d times, want %d", got, want)
				}
			})
		}
	}
}

func TestACompressedResponseIsRead(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if got := r.Header.Get("Accept-Encoding"); got != "gzip" {
			t.Errorf("Accept-Encoding is %q", got)
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json")
		writer := gzip.NewWriter(w)
		_, _ = io.WriteString(writer, `{"RequestId":"R","Thing":{"Name":"alice"}}`)
		_ = writer.Close()
	})
	var out thingResponse
	if err := newTestClient(t, server.URL).call(t.Context(), readAction, nil, &out); err != nil || out.Thing.Name != "alice" {
		t.Errorf("out %+v, error %v", out, err)
	}
}

func TestARedirectIsNeverFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		target := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, `{"RequestId":"R"}`) })
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Location", target.URL)
			w.WriteHeader(status)
		})
		for _, op := range []operation{createAction, readAction, setAction} {
			err := newTestClient(t, server.URL).call(t.Context(), op, map[string]string{"Password": "x"}, nil)
			if !OutcomeUnknown(err) || !strings.Contains(err.Error(), "redirect") || strings.Contains(err.Error(), "not sent") {
				t.Errorf("%d to %s: %v", status, op.action, err)
			}
		}
		if got := len(server.received()); got != 3 {
			t.Errorf("%d: %d calls, want 3", status, got)
		}
		if got := len(target.received()); got != 0 {
			t.Errorf("%d: the target received %d calls", status, got)
		}
	}
}

func TestAWebPageWith429IsWaitedFor(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		if number == 1 {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		respond(t, w, 200, `{"RequestId":"R"}`)
	})
	waits := &pauses{}
	client := newTestClient(t, server.URL, func(c *Config) { c.Now, c.Pause = waits.now, waits.pause })
	if err := client.call(t.Context(), setAction, nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := waits.all(); len(got) == 0 || got[0] < 3*1e9 {
		t.Errorf("waits: %v", got)
	}
}

// Only a response of the service proves that it did not execute a call.
func TestAWebPageWith429IsNoRefusalOfACreate(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	err := newTestClient(t, server.URL).call(t.Context(), createAction, nil, nil)
	if !OutcomeUnknown(err) || strings.Contains(err.Error(), "not sent") || len(server.received()) != 1 {
		t.Errorf("%d calls, error: %v", len(server.received()), err)
	}
}

func TestAnXMLErrorIsRead(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set("Content-Type", "text/xml;charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `<?xml version="1.0"?><Error><RequestId>R-9</RequestId><HostId>ram.aliyuncs.com</HostId><Code>EntityNotExist.User</Code><Message>The user does not exist.</Message></Error>`)
	})
	err := newTestClient(t, server.URL).call(t.Context(), readAction, nil, nil)
	var serviceErr *Error
	if !errors.As(err, &serviceErr) || serviceErr.RequestID != "R-9" || serviceErr.Message != "The user does not exist." || !NotFound(err, "User") {
		t.Errorf("error: %v", err)
	}
}

// net/http repeats requests by itself on a reused connection that is dead, if the request
// allows it.
func TestADeadConnectionDoesNotDoubleACreate(t *testing.T) {
	t.Parallel()
	for _, op := range []operation{createAction, readAction, setAction} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.PostForm.Get("Action") == op.action {
				reset(t, w)
				return
			}
			respond(t, w, 200, `{"RequestId":"R"}`)
		})
		client := newTestClient(t, server.URL)
		if err := client.call(t.Context(), operation{product: ramProduct, action: "Warm", repeat: read}, nil, nil); err != nil {
			t.Fatal(err)
		}

		err := client.call(t.Context(), op, nil, nil)
		if !OutcomeUnknown(err) {
			t.Errorf("%s: %v", op.action, err)
		}
		want := 5
		if op.repeat == once {
			want = 1
		}
		if got := len(server.received()) - 1; got != want {
			t.Errorf("%s: sent %d times, want %d", op.action, got, want)
		}
	}
}

func TestARequestCannotBeReplayed(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, "http://127.0.0.1:1")
	var sent atomic.Bool
	request, err := client.request(t.Context(), createAction, signedRequest{form: url.Values{"A": {"b"}}}, &sent)
	if err != nil {
		t.Fatal(err)
	}
	if request.GetBody != nil || request.Body == nil || request.ContentLength != 3 {
		t.Errorf("GetBody %v, Body %v, ContentLength %d", request.GetBody != nil, request.Body != nil, request.ContentLength)
	}
}

func TestARefusedConnectionWasNotSent(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	attempts := 0
	client := newTestClient(t, address, func(c *Config) {
		c.Credentials = &fixedKey{Key: Key{ID: "STS.keykeykey", Secret: "secretsecret", Token: "tokentoken"}}
		c.Observe = func(context.Context, Attempt) { attempts++ }
	})

	err = client.call(t.Context(), createAction, map[string]string{"Password": "hunter2hunter2"}, nil)
	var silence *NoResponseError
	if !errors.As(err, &silence) || silence.Sent || OutcomeUnknown(err) || attempts != 5 {
		t.Fatalf("%d attempts, error: %v", attempts, err)
	}
	text := fmt.Sprintf("%v %+v", err, err)
	for _, secret := range []string{"STS.keykeykey", "secretsecret", "tokentoken", "hunter2", "Signature", "Action=", address} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in %q", secret, text)
		}
	}
}

// secureServer is serve with TLS. Its certificate is for example.com and 127.0.0.1.
func secureServer(t *testing.T, change func(*tls.Config)) (server *httptest.Server, bundle []byte, calls *atomic.Int32) {
	t.Helper()
	calls = &atomic.Int32{}
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.ProtoMajor != 1 {
			t.Errorf("the call came by %s", r.Proto)
		}
		respond(t, w, 200, `{"RequestId":"R"}`)
	}))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if change != nil {
		change(server.TLS)
	}
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	bundle = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return server, bundle, calls
}

func TestABundleAddsACertificateAuthority(t *testing.T) {
	t.Parallel()
	server, bundle, calls := secureServer(t, nil)

	err := newTestClient(t, server.URL).call(t.Context(), createAction, nil, nil)
	var certificate *tls.CertificateVerificationError
	if !errors.As(err, &certificate) || OutcomeUnknown(err) || calls.Load() != 0 {
		t.Errorf("without the bundle: %d calls, error %v", calls.Load(), err)
	}
	trusting := newTestClient(t, server.URL, func(c *Config) { c.CABundle = bundle })
	if err := trusting.call(t.Context(), createAction, nil, nil); err != nil || calls.Load() != 1 {
		t.Errorf("with the bundle: %d calls, error %v", calls.Load(), err)
	}
	for _, bad := range []string{"nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if _, err := New(Config{Credentials: &fixedKey{}, CABundle: []byte(bad)}); err == nil || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTLS_wrongCertificateIsNotRetried(t *testing.T) {
	t.Parallel()
	server, _, _ := secureServer(t, nil)
	attempts := 0
	client := newTestClient(t, server.URL, func(c *Config) { c.Observe = func(context.Context, Attempt) { attempts++ } })
	if err := client.call(t.Context(), readAction, nil, nil); err == nil || attempts != 1 {
		t.Errorf("%d attempts, %v", attempts, err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	for version, accepted := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		server, bundle, calls := secureServer(t, func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version })
		client := newTestClient(t, server.URL, func(c *Config) { c.CABundle = bundle })
		err := client.call(t.Context(), createAction, nil, nil)
		if got := err == nil; got != accepted || (calls.Load() == 1) != accepted {
			t.Errorf("%s: %d calls, error %v", tls.VersionName(version), calls.Load(), err)
		}
		if OutcomeUnknown(err) {
			t.Errorf("%s: a failed handshake counts as sent: %v", tls.VersionName(version), err)
		}
	}
}

// The environment's proxies are read once per process, so this test runs itself in a
// separate process.
func TestTheProxyOfTheEnvironmentIsUsed(t *testing.T) {
	t.Parallel()
	if target := os.Getenv("RAM_TEST_PROXY_TARGET"); target != "" {
		callThroughProxy(t, target)
		return
	}
	server, bundle, calls := secureServer(t, nil)
	proxy := newConnectProxy(t, strings.TrimPrefix(server.URL, "https://"))
	bundleFile := t.TempDir() + "/bundle.pem"
	if err := os.WriteFile(bundleFile, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(noProxy, proxyURL string) string {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheProxyOfTheEnvironmentIsUsed$", "-test.v")
		command.Env = []string{
			"RAM_TEST_PROXY_TARGET=https://example.com", "RAM_TEST_PROXY_BUNDLE=" + bundleFile,
			"HTTPS_PROXY=" + proxyURL, "NO_PROXY=" + noProxy, "HOME=" + t.TempDir(),
		}
		output, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, output)
		}
		return string(output)
	}
	userinfo := "http://someone:proxypassword@"

	output := run("", userinfo+proxy.address)
	if !strings.Contains(output, "succeeded") || calls.Load() != 1 || proxy.connects.Load() != 1 {
		t.Errorf("%d calls, %d tunnels: %s", calls.Load(), proxy.connects.Load(), output)
	}
	output = run("example.com", userinfo+proxy.address)
	if strings.Contains(output, "succeeded") || proxy.connects.Load() != 1 {
		t.Errorf("NO_PROXY: %d tunnels: %s", proxy.connects.Load(), output)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	output = run("", userinfo+closed.Addr().String())
	if !strings.Contains(output, "not sent") || !strings.Contains(output, "proxyconnect") || strings.Contains(output, "proxypassword") {
		t.Errorf("unreachable proxy: %s", output)
	}
}

func callThroughProxy(t *testing.T, target string) {
	bundle, err := os.ReadFile(os.Getenv("RAM_TEST_PROXY_BUNDLE"))
	if err != nil {
		t.Fatal(err)
	}
	client := newTestClient(t, target, func(c *Config) {
		c.CABundle, c.MaxRetries = bundle, 0
	})
	if os.Getenv("NO_PROXY") != "" {
		// This is a network address, not a proxy. The test must not wait for it.
		ended, cancel := context.WithCancel(t.Context())
		client.http.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
			cancel()
			return nil, errors.New("direct")
		}
		t.Log(client.call(ended, readAction, nil, nil))
		return
	}
	if err := client.call(t.Context(), readAction, nil, nil); err != nil {
		t.Log(err)
		return
	}
	t.Log("succeeded")
}

// connectProxy tunnels every host to one address.
type connectProxy struct {
	address  string
	connects atomic.Int32
}

func newConnectProxy(t *testing.T, target string) *connectProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	p := &connectProxy{address: listener.Addr().String()}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go p.tunnel(connection, target)
		}
	}()
	return p
}

func (p *connectProxy) tunnel(client net.Conn, target string) {
	defer client.Close() //nolint:errcheck // the end of a test
	request, err := http.ReadRequest(bufio.NewReader(client))
	if err != nil || request.Method != http.MethodConnect || request.Host != "example.com:443" {
		return
	}
	p.connects.Add(1)
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // the end of a test
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(server, client) }()
	_, _ = io.Copy(client, server)
}

// This test counts the goroutines of the process, so it is not parallel.
func TestNoGoroutineIsLeftBehind(t *testing.T) { //nolint:paralleltest // see above
	before := runtime.NumGoroutine()
	func() {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			switch r.PostForm.Get("Action") {
			case "Reset":
				reset(t, w)
			case "Stall":
				<-r.Context().Done()
			case "Huge":
				_, _ = w.Write(bytes.Repeat([]byte(" "), maxBodyBytes+1))
			default:
				respond(t, w, 200, `{"RequestId":"R","AccountId":"1"}`)
			}
		}))
		defer server.Close()
		client := newTestClient(t, server.URL, func(c *Config) { c.MaxRetries = 0 })
		client.timeout = 1e8
		var group sync.WaitGroup
		for _, action := range []string{"Reset", "Stall", "Huge", "Fine"} {
			for range 5 {
				group.Go(func() {
					_ = client.call(t.Context(), operation{product: imsProduct, action: action, repeat: read}, nil, nil)
					_, _ = client.Caller(t.Context())
				})
			}
		}
		group.Wait()
		client.http.CloseIdleConnections()
	}()
	// The last goroutines end by themselves, but not at once.
	for range 1_000_000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}

// The message of a connection error may quote what the other side sent, which may be the secret of the request. Only those
// of the network, of TLS and of an ended connection are shown for such a request.
func TestDescribe_quotesNothingOfARequestWithASecret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err   error
		shown bool
	}{
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		{fmt.Errorf("wrapped: %w", &tls.CertificateVerificationError{Err: errors.New("expired")}), true},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, true},
		{io.EOF, true},
		{io.ErrUnexpectedEOF, true},
		{errors.New("malformed HTTP response \"quoted\""), false},
	} {
		for _, secrets := range [][]string{nil, {"Password"}} {
			want := c.err.Error()
			if secrets != nil && !c.shown {
				want = "the response is not HTTP"
			}
			e := exchange{op: operation{secrets: secrets}}
			if got := e.describe(c.err); got != want {
				t.Errorf("secrets %v: got %q, want %q", secrets, got, want)
			}
		}
	}
}
