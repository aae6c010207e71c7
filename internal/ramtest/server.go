// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// TB is the part of a test that the server needs.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// Server is the service: Ram, Ims and Sts on one listener, with one or more accounts behind it.
type Server struct {
	url      string
	http     *http.Server
	work     sync.WaitGroup // requests being answered
	closing  context.Context
	close    context.CancelFunc
	complain func(format string, args ...any)

	strict  bool
	latency time.Duration
	clock   func() time.Time

	mu        sync.Mutex // guards what follows
	behaviour Behaviour
	random    *rand.Rand
	issued    map[string]bool
	offset    time.Duration // of the data's clock
	skew      time.Duration // of the clock that checks signatures

	first    string // the default account's id
	accounts map[string]*Account
	sessions map[string]*session // by temporary key id
	lenders  []*lender
	nonces   nonces
	past     map[string]*past // by account id

	calls      []*Call
	seq        int
	history    []Event
	changes    int // recorded so far, of which some may be forgotten
	rules      []*scheduled
	before     []*intervention
	later      []*repeat
	rates      map[string][]time.Time
	violations []string
}

const defaultAccountID = "1234567890123456"

// New starts a server with one account that stops with the test. It is strict and unkind.
func New(tb TB, options ...Option) *Server {
	tb.Helper()
	unkind := func(s *Server) {
		s.strict = true
		s.behaviour.PageCap = 2
		s.complain = tb.Fatalf
	}
	s, err := Start("127.0.0.1:0", append([]Option{unkind}, options...)...)
	if err != nil {
		tb.Fatalf("Cannot start the service: %s", err)
		return nil
	}
	tb.Cleanup(func() {
		s.Close()
		for _, violation := range s.Violations() {
			tb.Logf("The service objects: %s", violation)
		}
	})
	return s
}

// Start serves at an address until [Server.Close].
func Start(listen string, options ...Option) (*Server, error) {
	s, err := prepare(options...)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(s.closing, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	s.url = "http://" + listener.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.work.Go(func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.violate("the listener failed: %s", err)
		}
	})
	return s, nil
}

func prepare(options ...Option) (*Server, error) {
	s := &Server{
		complain: func(format string, args ...any) { panic(fmt.Sprintf(format, args...)) },
		clock:    time.Now,
		random:   newRandom(7),
		issued:   map[string]bool{},
		first:    defaultAccountID,
		accounts: map[string]*Account{},
		sessions: map[string]*session{},
		nonces:   nonces{latest: map[string]bool{}},
		past:     map[string]*past{},
		rates:    map[string][]time.Time{},
	}
	s.closing, s.close = context.WithCancel(context.Background()) //nolint:forbidigo // a server outlives the one who starts it, until Close
	for _, option := range options {
		option(s)
	}
	for _, account := range s.accounts {
		if err := s.remember(account); err != nil {
			return nil, err
		}
	}
	if s.accounts[s.first] == nil {
		s.accounts[s.first] = s.inhabited(s.first)
	}
	return s, nil
}

// Close ends every answer that is under way and stops the server.
func (s *Server) Close() {
	s.mu.Lock()
	s.close()
	s.mu.Unlock()
	_ = s.http.Close()
	s.work.Wait()
}

// URL is the address of all three products.
func (s *Server) URL() string { return s.url }

// Getenv is the environment that leads a provider to the default account.
func (s *Server) Getenv(name string) string { return s.GetenvFor(s.first)(name) }

// GetenvFor is the environment that leads a provider to an account.
func (s *Server) GetenvFor(accountID string) func(string) string {
	credential := s.Credential(accountID)
	return func(name string) string {
		return map[string]string{
			"ALIBABA_CLOUD_ACCESS_KEY_ID":     credential.AccessKeyID,
			"ALIBABA_CLOUD_ACCESS_KEY_SECRET": credential.AccessKeySecret,
			"RAM_ENDPOINT":                    s.url,
			"IMS_ENDPOINT":                    s.url,
			"STS_ENDPOINT":                    s.url,
		}[name]
	}
}

// Credential is a key to sign with. SecurityToken is empty for a long-lived one.
type Credential struct{ AccessKeyID, AccessKeySecret, SecurityToken string }

// AddAccount makes another account with its own user "admin", whose key it returns.
func (s *Server) AddAccount(id string) *Credential {
	s.mu.Lock()
	s.accounts[id] = s.inhabited(id)
	s.mu.Unlock()
	credential := s.Credential(id)
	return &credential
}

// Credential is a key that works in an account: one of its user "admin", if it still has one.
func (s *Server) Credential(accountID string) Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accounts[accountID]
	if account == nil {
		s.complain("There is no account %s.", accountID)
		return Credential{}
	}
	credential, ok := account.Credential()
	if !ok {
		s.complain("Account %s has no key that works.", accountID)
	}
	return credential
}

// inhabited is a fresh account with the administrator who runs the tests.
func (s *Server) inhabited(id string) *Account {
	account, now := NewAccount(id), s.now()
	account.Users["admin"] = &User{
		ID: s.newUserID(), Name: "admin", DisplayName: "admin",
		CreateDate: now, UpdateDate: now, ProvisionType: "Manual", Status: "active",
		Keys: []*AccessKey{{ID: s.newKeyID(), Secret: s.newSecret(), Status: "Active", CreateDate: now, UpdateDate: now}},
	}
	return account
}

// Change lets a test act as another user who has access to the default account.
func (s *Server) Change(f func(*Account)) { s.ChangeAccount(s.first, f) }

// ChangeAccount does so in a named account.
func (s *Server) ChangeAccount(accountID string, f func(*Account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accounts[accountID]
	if account == nil {
		s.complain("There is no account %s.", accountID)
		return
	}
	old := account.Clone()
	f(account)
	s.record("test", old, account)
}

// Violations are the requests that strict mode refused, and panics of the fake itself.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.violations...)
}

func (s *Server) violate(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}
