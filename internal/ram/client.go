// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package ram is a client for the services Ram, Ims and Sts of Alibaba Cloud: one call
// path with typed objects and errors. It has no Terraform types.
package ram

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Key signs calls. Token is empty for long-lived keys.
type Key struct{ ID, Secret, Token string }

// Credentials provide the key that signs calls.
type Credentials interface {
	// Get returns the key for the next attempt.
	Get(ctx context.Context) (Key, error)
	// Expire reports that the service refused key as expired. The next Get fetches a new
	// key.
	Expire(key Key)
}

// Endpoints are the addresses of the services. Nil selects the default endpoint.
type Endpoints struct{ Ram, Ims, Sts *url.URL }

// Config configures a Client.
type Config struct {
	Credentials Credentials
	Endpoints   Endpoints
	Region      string // selects the host of Sts; the other services are central
	UserAgent   string

	// SignatureAlgorithm is the algorithm that signs calls. The default is HMAC-SHA1, or
	// ACS3-HMAC-SHA256 where GODEBUG=fips140=only forbids SHA-1.
	SignatureAlgorithm SignatureAlgorithm

	// CABundle holds PEM certificates to trust in addition to those of the system.
	CABundle []byte

	// MaxRetries is how often a call is repeated after its first attempt. A negative value
	// selects the default of four.
	MaxRetries int

	// RequestsPerSecond limits all calls of the client together. With zero, only the limits
	// of the operations apply.
	RequestsPerSecond float64

	// AllowedAccounts, if not empty, are the only accounts that may be used.
	// ForbiddenAccounts may never be used. Both apply to every call except those to Sts.
	AllowedAccounts, ForbiddenAccounts []string

	// RequireAccount refuses calls whose context does not name an account. See
	// [WithAccount].
	RequireAccount bool

	// Observe is called after each attempt.
	Observe func(context.Context, Attempt)

	// Now and Pause replace the clock. Nil selects the system clock.
	Now   func() time.Time
	Pause func(context.Context, time.Duration) error
}

// Attempt is what may be logged of an attempt. It never holds parameters, keys or bodies.
type Attempt struct {
	Product, Action string
	Attempt         int // counts from 1
	Status          int // 0 without a response
	Code            string
	RequestID       string
	Duration        time.Duration
	Err             string
}

// defaultMaxRetries limits a call to five attempts (LOAD-03).
const defaultMaxRetries = 4

// Client calls the services for one account. It is safe for concurrent use and shares no
// state with other clients.
type Client struct {
	config      Config
	endpoints   Endpoints
	http        *http.Client
	clock       clock
	limits      limits
	locks       locks
	account     account
	caches      caches
	returnedIDs requestIDs
	returned    sync.Map      // field names of the last response, by the operation that returns a setting
	sent        sync.Map      // field names of the last write, by the same operation
	timeout     time.Duration // of one attempt
	keyPair     *rsaKeyPair   // signs the operations that have no key; may be nil
}

// New returns a Client. It makes no call.
func New(config Config) (*Client, error) {
	if config.Credentials == nil {
		return nil, errors.New("no credentials")
	}
	if config.MaxRetries < 0 {
		config.MaxRetries = defaultMaxRetries
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Pause == nil {
		config.Pause = sleep
	}
	if chain, is := config.Credentials.(*CredentialChain); is {
		config = chain.locate(config)
	}
	if config.Region != "" && !Region.MatchString(config.Region) {
		return nil, errors.New("the region is not the id of a region, such as cn-hangzhou")
	}
	var err error
	if config.SignatureAlgorithm, err = config.SignatureAlgorithm.resolve(); err != nil {
		return nil, err
	}
	endpoints := config.Endpoints.withDefaults(DefaultEndpoints(config.Region))
	if err := endpoints.check(); err != nil {
		return nil, err
	}
	pool, err := certificates(config.CABundle)
	if err != nil {
		return nil, err
	}
	client := &Client{
		config:    config,
		endpoints: endpoints,
		http:      newHTTPClient(pool),
		clock:     clock{now: config.Now, pause: config.Pause},
		limits:    newLimits(config.RequestsPerSecond),
		timeout:   attemptTimeout,
	}
	client.caches = newCaches(client)
	return client, nil
}

// certificates returns the pool of the system with the bundle added, or nil for the pool of
// the system.
func certificates(bundle []byte) (*x509.CertPool, error) {
	if len(bundle) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("cannot read the system's certificates: %w", err)
	}
	if !pool.AppendCertsFromPEM(bundle) {
		return nil, errors.New("the CA bundle holds no certificate in PEM")
	}
	return pool, nil
}
