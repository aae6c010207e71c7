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

	"github.com/aliyun/credentials-go/credentials/providers"
)

// lends answers with a function.
type lends func() (*providers.Credentials, error)

func (l lends) GetCredentials() (*providers.Credentials, error) { return l() }

func lentBy(l externalProvider) Credentials {
	return externalCredentials(Config{}, CredentialSource{From: "the test"}, "ask", "Check.", func() (externalProvider, error) { return l, nil })
}

func session1() *providers.Credentials {
	return &providers.Credentials{AccessKeyId: "STS.1", AccessKeySecret: canary, SecurityToken: "t"}
}

// A lender has neither locks nor contexts: it is asked by one caller at a time,
// again once a minute, and whoever waits may leave.
func TestALenderIsAskedByOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked, inside := 0, false // unguarded: -race would tell
		c := lentBy(lends(func() (*providers.Credentials, error) {
			if inside {
				t.Error("asked by two at a time")
			}
			inside = true
			pass(10 * time.Second)
			inside = false
			asked++
			return session1(), nil
		}))
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
			t.Error("asked again within a minute")
		}
		pass(externalCheckInterval)
		wantKey(t, c, "STS.1")
		if asked != before+1 {
			t.Errorf("asked %d times after a minute", asked-before)
		}
	})
}

func TestARefusedKeyTakesANewLender(t *testing.T) {
	t.Parallel()
	built := 0
	c := externalCredentials(Config{}, CredentialSource{}, "ask", "", func() (externalProvider, error) {
		built++
		key := session1()
		key.AccessKeyId = fmt.Sprint("STS.", built)
		return lends(func() (*providers.Credentials, error) { return key, nil }), nil
	})
	wantKey(t, c, "STS.1")
	c.Expire(Key{ID: "STS.1", Secret: canary, Token: "t"})
	wantKey(t, c, "STS.2")
}

func TestALendersErrorIsNeverQuoted(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]lends{
		"error":   func() (*providers.Credentials, error) { return nil, errors.New("it answered " + canary) },
		"panic":   func() (*providers.Credentials, error) { panic(canary) },
		"nothing": func() (*providers.Credentials, error) { return nil, nil },
		"no id": func() (*providers.Credentials, error) {
			return &providers.Credentials{AccessKeySecret: canary, SecurityToken: "t"}, nil
		},
		"no secret": func() (*providers.Credentials, error) {
			return &providers.Credentials{AccessKeyId: "STS.1", SecurityToken: canary}, nil
		},
		"no token": func() (*providers.Credentials, error) {
			return &providers.Credentials{AccessKeyId: "LTAI", AccessKeySecret: canary}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := lentBy(l).Get(t.Context())
			var source *CredentialSourceError
			if !errors.As(err, &source) {
				t.Fatal(err)
			}
			for wrapped := err; wrapped != nil; wrapped = errors.Unwrap(wrapped) {
				if strings.Contains(wrapped.Error(), canary) {
					t.Errorf("the error shows a secret: %v", wrapped)
				}
			}
			for _, part := range []string{"the test", "ask", "Check."} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
		})
	}
}

func TestCredentialsURI(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	answer := `{"AccessKeyId":"STS.uri","AccessKeySecret":"s","SecurityToken":"t","Expiration":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Path {
		case "/whole":
			fmt.Fprint(w, answer)
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

// The metadata service has a fixed address, to which credentials-go can be led
// by its proxy option.
func TestECSRole(t *testing.T) {
	t.Parallel()
	var torn atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		end := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		switch {
		case strings.HasSuffix(r.URL.Path, "/api/token"):
			fmt.Fprint(w, "metadata-token")
		case torn.Load(): // without Code, on which credentials-go panics
			fmt.Fprint(w, `{"AccessKeyId":"STS.ecs","AccessKeySecret":"`+canary+`","SecurityToken":"t"}`)
		case strings.HasSuffix(r.URL.Path, "/security-credentials/instance"):
			fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"STS.ecs","AccessKeySecret":"s","SecurityToken":"t","Expiration":%q}`, end)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	get := func(role string) (Key, error) {
		chosen, err := SelectCredentials(CredentialSettings{ECSRoleName: role}, environment(nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		chosen.from.ecsRole = func(name string) (externalProvider, error) {
			return providers.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName(name).WithHttpOptions(&providers.HttpOptions{Proxy: server.URL}).Build()
		}
		chain, err := chosen.Open(Config{})
		if err != nil {
			t.Fatal(err)
		}
		return chain.Get(t.Context())
	}
	if key, err := get("instance"); err != nil || key != (Key{"STS.ecs", "s", "t"}) {
		t.Error(key, err)
	}
	_, err := get("another")
	if err == nil || !strings.Contains(err.Error(), "`another`") || !strings.Contains(err.Error(), "ECS instance") {
		t.Error(err)
	}
	torn.Store(true)
	if _, err := get("instance"); err == nil || strings.Contains(err.Error(), canary) {
		t.Error(err)
	}
}
