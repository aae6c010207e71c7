// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func readBy(read keyReader) Credentials {
	return externalCredentials(Config{}, CredentialSource{From: "the test"}, "ask", "Check.", read)
}

func session1() Key { return Key{ID: "STS.1", Secret: canary, Token: "t"} }

// A source is read by one caller at a time. A key without an expiration is read again after
// a minute. A caller can leave while it waits.
func TestASourceIsReadByOneCallerAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked, inside := 0, false // unguarded, to trigger the race detector
		c := readBy(func(context.Context, bool) (Key, time.Time, error) {
			if inside {
				t.Error("two concurrent reads")
			}
			inside = true
			pass(10 * time.Second)
			inside = false
			asked++
			return session1(), time.Time{}, nil
		})
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+i)*time.Second)
				defer cancel()
				start := time.Now()
				_, err := c.Get(ctx)
				if late := i+1 > 10; late == (err != nil) && i+1 != 10 || time.Since(start) > time.Duration(1+i)*time.Second {
					t.Errorf("caller %d after %s: %v", i, time.Since(start), err)
				}
			})
		}
		all.Wait()
		synctest.Wait()
		before := asked
		wantKey(t, c, "STS.1")
		if asked != before {
			t.Error("read again within a minute")
		}
		pass(externalCheckInterval)
		wantKey(t, c, "STS.1")
		if asked != before+1 {
			t.Errorf("read %d times after a minute", asked-before)
		}
	})
}

func TestExternal_sessionIsUsedUntilShortlyBeforeItExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := readBy(func(context.Context, bool) (Key, time.Time, error) {
			asked++
			return session1(), time.Now().Add(time.Hour), nil
		})
		wantKey(t, c, "STS.1")
		pass(54 * time.Minute)
		wantKey(t, c, "STS.1")
		if asked != 1 {
			t.Errorf("read %d times", asked)
		}
		pass(2 * time.Minute)
		wantKey(t, c, "STS.1")
		if asked != 2 {
			t.Errorf("read %d times", asked)
		}
	})
}

func TestARefusedKeyIsReadAgain(t *testing.T) {
	t.Parallel()
	read := 0
	c := externalCredentials(Config{}, CredentialSource{}, "ask", "", func(_ context.Context, refused bool) (Key, time.Time, error) {
		if read++; refused != (read == 2) {
			t.Errorf("read %d: refused is %v", read, refused)
		}
		key := session1()
		key.ID = fmt.Sprint("STS.", read)
		return key, time.Time{}, nil
	})
	wantKey(t, c, "STS.1")
	c.Expire(Key{ID: "STS.1", Secret: canary, Token: "t"})
	wantKey(t, c, "STS.2")
}

func TestTheErrorOfASourceNamesIt(t *testing.T) {
	t.Parallel()
	_, err := readBy(func(context.Context, bool) (Key, time.Time, error) {
		return Key{}, time.Time{}, errNoCredentialsInResponse
	}).Get(t.Context())
	var source *CredentialSourceError
	if !errors.As(err, &source) {
		t.Fatal(err)
	}
	for _, part := range []string{"the test", "ask", "Check."} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
}

func TestCredentialsURI(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	response := `{"AccessKeyId":"STS.uri","AccessKeySecret":"secret","SecurityToken":"token","Expiration":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Path {
		case "/whole":
			fmt.Fprint(w, response)
		case "/torn":
			fmt.Fprint(w, `{"AccessKeyId":"STS.uri","AccessKeySecret":"`+canary+`"}`)
		case "/html":
			fmt.Fprint(w, "<html>"+canary)
		default:
			http.Error(w, canary, http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	client, _ := openBank(t).client(t, CredentialSettings{CredentialsURI: server.URL + "/whole"}, environment(nil, nil))
	if asked.Load() != 0 {
		t.Error("opening the credentials made a call")
	}
	wantKey(t, client.config.Credentials, "STS.uri")
	for _, path := range []string{"/torn", "/html", "/" + canary} {
		_, chain := openBank(t).client(t, CredentialSettings{CredentialsURI: server.URL + path}, environment(nil, nil))
		_, err := chain.Get(t.Context())
		if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "credentials_uri") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestECSRole(t *testing.T) {
	t.Parallel()
	var torn, old atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		switch {
		case strings.HasSuffix(r.URL.Path, "/api/token") && !old.Load():
			if r.Method != http.MethodPut || r.Header.Get("X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds") == "" {
				t.Errorf("%s %v", r.Method, r.Header)
			}
			fmt.Fprint(w, "metadata-token")
		case !old.Load() && r.Header.Get("X-Aliyun-Ecs-Metadata-Token") != "metadata-token":
			http.Error(w, canary, http.StatusForbidden)
		case torn.Load():
			fmt.Fprint(w, `{"AccessKeyId":"STS.ecs","AccessKeySecret":"`+canary+`","SecurityToken":7}`)
		case strings.HasSuffix(r.URL.Path, "/security-credentials/instance"):
			fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"STS.ecs","AccessKeySecret":"secret","SecurityToken":"token","Expiration":%q}`, end)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	get := func(role string, change func(*sources)) (Key, error) {
		chosen, err := SelectCredentials(CredentialSettings{ECSRoleName: role}, environment(nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		if chosen.from.metadata != "http://100.100.100.200" {
			t.Errorf("the metadata service is %s", chosen.from.metadata)
		}
		chosen.from.metadata = server.URL
		change(&chosen.from)
		chain, err := chosen.Open(Config{})
		if err != nil {
			t.Fatal(err)
		}
		return chain.Get(t.Context())
	}
	same := func(*sources) {}
	if key, err := get("instance", same); err != nil || key != (Key{"STS.ecs", "secret", "token"}) {
		t.Error(key, err)
	}
	_, err := get("another", same)
	if err == nil || !strings.Contains(err.Error(), "`another`") || !strings.Contains(err.Error(), "ECS instance") {
		t.Error(err)
	}
	torn.Store(true)
	if _, err := get("instance", same); err == nil || strings.Contains(err.Error(), canary) {
		t.Error(err)
	}
	torn.Store(false)
	old.Store(true) // only the first version of the metadata service
	if key, err := get("instance", same); err != nil || key.ID != "STS.ecs" {
		t.Error(key, err)
	}
	if _, err := get("instance", func(s *sources) { s.onlyTokens = true }); err == nil {
		t.Error("the first version was used")
	}
	if _, err := get("instance", func(s *sources) { s.metadata = "" }); !errors.Is(err, errSourceDisabled) {
		t.Error(err)
	}
}

// F35: a proxy would see the key.
func TestSourcesOfKeysAreNeverReadThroughAProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the proxy was requested %s", r.URL)
		http.Error(w, "", http.StatusBadGateway)
	}))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	for _, read := range []keyReader{uriReader("http://192.0.2.1/key"), uriReader("https://192.0.2.1/key"), metadataReader("http://192.0.2.1", "role", false)} {
		if client := newSourceClient(time.Second, nil, nil).Transport.(*http.Transport); client.Proxy != nil {
			t.Error("a source has a proxy")
		}
		if _, _, err := read(ctx, false); err == nil {
			t.Error("a key was read")
		}
	}
}

func TestHTTPReachesThisMachineOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"192.0.2.1:80", "example.invalid:80"} {
		if connection, err := dialLoopback(t.Context(), "tcp", address); err == nil {
			_ = connection.Close()
			t.Errorf("connected to %s", address)
		}
	}
	for uri, accepted := range map[string]bool{
		"http://127.0.0.1:8080/a": true, "http://[::1]/a": true, "http://localhost:1/a": true, "http://100.100.100.200/a": true, "https://example.com/a": true,
		"http://example.com/a": false, "http://10.0.0.1/a": false, "http://localhost.example.com/": false, "http://100.100.100.201/": false,
	} {
		if err := checkURI(uri); (err == nil) != accepted {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// A response without all parts of a session is an error that says which kind of thing is missing.
func TestSessionFields_areComplete(t *testing.T) {
	t.Parallel()
	whole := sessionFields{Code: "Success", AccessKeyID: "STS.1", AccessKeySecret: "s", SecurityToken: "t", Expiration: "2026-11-23T08:00:00Z"}
	for name, test := range map[string]struct {
		change func(*sessionFields)
		want   error
	}{
		"whole":          {func(*sessionFields) {}, nil},
		"no code":        {func(f *sessionFields) { f.Code = "" }, nil},
		"no id":          {func(f *sessionFields) { f.AccessKeyID = "" }, errNoCredentialsInResponse},
		"no secret":      {func(f *sessionFields) { f.AccessKeySecret = "" }, errNoCredentialsInResponse},
		"not successful": {func(f *sessionFields) { f.Code = "Failed" }, errNoCredentialsInResponse},
		"no token":       {func(f *sessionFields) { f.SecurityToken = "" }, errNoToken},
	} {
		fields := whole
		test.change(&fields)
		key, _, err := fields.session()
		if !errors.Is(err, test.want) || (key.ID != "") != (test.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}
