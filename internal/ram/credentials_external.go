// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// keyReader reads a key from outside this process. A zero end means that the expiration is
// unknown. Its errors never quote what it read, which may hold secrets. refused reports
// that the service refused the previous key.
type keyReader func(ctx context.Context, refused bool) (key Key, end time.Time, err error)

// externalCheckInterval is how long a key with an unknown expiration is used before it is
// read again.
const externalCheckInterval = time.Minute

// externalCredentials returns credentials that use a keyReader.
func externalCredentials(config Config, source CredentialSource, attempted, remedy string, read keyReader) Credentials {
	now := clockOf(config)
	return &renewable{now: now, fetch: func(ctx context.Context, refused bool) (lease, error) {
		key, end, err := read(ctx, refused)
		if err != nil {
			return lease{}, &CredentialSourceError{Source: source, Attempted: attempted, Remedy: remedy, Err: err}
		}
		at := now().Round(0)
		if end.After(at) {
			return newLease(key, at, end.Sub(at)), nil
		}
		return lease{key: key, renew: at.Add(externalCheckInterval), end: at.Add(externalCheckInterval)}, nil
	}}
}

func clockOf(config Config) func() time.Time {
	if config.Now == nil {
		return time.Now
	}
	return config.Now
}

var (
	errSourceDisabled          = errors.New("this source is switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED")
	errNoCredentialsInResponse = errors.New("it did not return credentials (the response is not shown, because it may hold secrets)")
	errNoToken                 = errors.New("it returned no security token")
	errUnreachable             = errors.New("it cannot be reached")
)

const (
	// These timeouts are short, because both sources are local or absent (CRED-05).
	metadataTimeout = 2 * time.Second
	uriTimeout      = 5 * time.Second
	// signInTimeout limits requests to the services that exchange a user's token.
	signInTimeout = 10 * time.Second
)

// newSourceClient returns an HTTP client for a source of keys. A source on this machine or
// instance is never reached through a proxy, which would see the key.
func newSourceClient(timeout time.Duration, proxy func(*http.Request) (*url.URL, error), dial func(context.Context, string, string) (net.Conn, error)) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{Proxy: proxy, DialContext: dial, DisableKeepAlives: true, MaxResponseHeaderBytes: maxHeaderBytes},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetchBody sends a request to a source and returns the response body. Its errors quote neither
// the URL nor the response.
func fetchBody(client *http.Client, request *http.Request) ([]byte, error) {
	response, err := client.Do(request)
	if err != nil {
		if ended := request.Context().Err(); ended != nil {
			return nil, ended
		}
		return nil, errUnreachable
	}
	defer response.Body.Close() //nolint:errcheck // only what was read matters
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d: %w", response.StatusCode, errNoCredentialsInResponse)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBodyBytes))
	if err != nil {
		return nil, errNoCredentialsInResponse
	}
	return body, nil
}

// sessionFields are the credentials in a response of a source.
type sessionFields struct {
	Code            text
	AccessKeyID     text `json:"AccessKeyId"`
	AccessKeySecret secret
	SecurityToken   secret
	Expiration      text
}

// session returns the key and the expiration of a response.
func (f *sessionFields) session() (Key, time.Time, error) {
	key := Key{ID: string(f.AccessKeyID), Secret: string(f.AccessKeySecret), Token: string(f.SecurityToken)}
	switch {
	case key.ID == "" || key.Secret == "" || f.Code != "" && f.Code != "Success":
		return Key{}, time.Time{}, errNoCredentialsInResponse
	case key.Token == "":
		return Key{}, time.Time{}, errNoToken
	}
	end, _ := time.Parse(time.RFC3339, string(f.Expiration)) // zero if unknown
	return key, end, nil
}

// readSession sends a request whose response is the session itself.
func readSession(client *http.Client, request *http.Request) (Key, time.Time, error) {
	body, err := fetchBody(client, request)
	if err != nil {
		return Key{}, time.Time{}, err
	}
	var fields sessionFields
	if json.Unmarshal(body, &fields) != nil {
		return Key{}, time.Time{}, errNoCredentialsInResponse
	}
	return fields.session()
}

// uriReader reads the key from a credentials URI. An http URI must refer to this machine,
// which is checked again for the address that is dialled.
func uriReader(uri string) keyReader {
	dial := (&net.Dialer{}).DialContext
	if u, err := url.Parse(uri); err == nil && u.Scheme == "http" && u.Hostname() != metadataHost {
		dial = dialLoopback
	}
	client := newSourceClient(uriTimeout, nil, dial)
	return func(ctx context.Context, _ bool) (Key, time.Time, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
		if err != nil {
			return Key{}, time.Time{}, errUnreachable
		}
		return readSession(client, request)
	}
}

// dialLoopback connects only to addresses of this machine, whatever a name resolves to.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return nil, err
	}
	err = errUnreachable
	for _, resolved := range addresses {
		if !isLoopback(resolved) {
			continue
		}
		var connection net.Conn
		if connection, err = (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(resolved, port)); err == nil {
			return connection, nil
		}
	}
	return nil, err
}

// metadataHost is the address of the ECS metadata service (documented).
const metadataHost = "100.100.100.200"

// metadataReader reads the key of the role of an ECS instance. It uses the token of the
// second version of the metadata service if available (documented). onlyTokens refuses the
// first version.
func metadataReader(base, role string, onlyTokens bool) keyReader {
	client := newSourceClient(metadataTimeout, nil, (&net.Dialer{}).DialContext)
	return func(ctx context.Context, _ bool) (Key, time.Time, error) {
		token, err := metadataToken(ctx, client, base)
		if err != nil && onlyTokens {
			return Key{}, time.Time{}, err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/latest/meta-data/ram/security-credentials/"+url.PathEscape(role), nil)
		if err != nil {
			return Key{}, time.Time{}, errUnreachable
		}
		if token != "" {
			request.Header.Set("X-Aliyun-Ecs-Metadata-Token", token)
		}
		return readSession(client, request)
	}
}

func metadataToken(ctx context.Context, client *http.Client, base string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, base+"/latest/api/token", nil)
	if err != nil {
		return "", errUnreachable
	}
	request.Header.Set("X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds", "21600")
	token, err := fetchBody(client, request)
	return strings.TrimSpace(string(token)), err
}

// exchangeReader exchanges a user's token for a session at a sign-in service. unwrap
// extracts the session from the response.
func exchangeReader(address, token string, body any, unwrap func([]byte) (sessionFields, error)) keyReader {
	client := newSourceClient(signInTimeout, http.ProxyFromEnvironment, (&net.Dialer{}).DialContext)
	return func(ctx context.Context, _ bool) (Key, time.Time, error) {
		content, err := json.Marshal(body)
		if err != nil {
			return Key{}, time.Time{}, err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(content))
		if err != nil {
			return Key{}, time.Time{}, errUnreachable
		}
		request.Header.Set("Accept", "application/json")
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		raw, err := fetchBody(client, request)
		if err != nil {
			return Key{}, time.Time{}, err
		}
		fields, err := unwrap(raw)
		if err != nil {
			return Key{}, time.Time{}, errNoCredentialsInResponse
		}
		return fields.session()
	}
}
