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
	"os"
	"sync"
	"time"
)

// TB is the part of testing.TB that the server needs.
type TB interface {
	Helper()
	Name() string
	Cleanup(func())
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// Server serves Ram, Ims and Sts on one listener, for one or more accounts.
type Server struct {
	url     string
	http    *http.Server
	work    sync.WaitGroup // requests in progress
	closing context.Context
	close   context.CancelFunc
	report  func(format string, args ...any)

	strict  bool
	latency time.Duration
	clock   func() time.Time

	mu        sync.Mutex // guards the fields below
	behaviour Behaviour
	random    *rand.Rand
	issued    map[string]bool
	offset    time.Duration // offset of the data clock
	skew      time.Duration // offset of the signature clock

	first    string // id of the default account
	accounts map[string]*Account
	sessions map[string]*session // by temporary key id
	lenders  []*credentialsServer
	nonces   nonces
	past     map[string]*past // by account id

	calls      []*Call
	seq        int
	history    []Event
	changes    int // number of recorded changes, including cleared ones
	rules      []*scheduled
	before     []*intervention
	written    func(action string, account *Account) // after each write; may be nil
	later      []*repeat
	rates      map[string][]time.Time
	violations []string
}

const defaultAccountID = "1234567890123456"

// New starts a strict server with one account. It stops when the test ends. Its pages have two items.
func New(tb TB, options ...Option) *Server {
	tb.Helper()
	byDefault := func(s *Server) {
		s.strict = true
		s.behaviour.PageCap = 2
		s.report = tb.Fatalf
	}
	s, err := Start("127.0.0.1:0", append([]Option{byDefault, sides(os.Getenv(SidesVariable), tb.Name())}, options...)...)
	if err != nil {
		tb.Fatalf("Cannot start the fake service: %s", err)
		return nil
	}
	tb.Cleanup(func() {
		s.Close()
		for _, violation := range s.Violations() {
			tb.Logf("Violation: %s", violation)
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
		report:   func(format string, args ...any) { panic(fmt.Sprintf(format, args...)) },
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
	s.closing, s.close = context.WithCancel(context.Background()) //nolint:forbidigo // a server runs until Close
	for _, option := range options {
		option(s)
	}
	for _, account := range s.accounts {
		if err := s.reserve(account); err != nil {
			return nil, err
		}
	}
	if s.accounts[s.first] == nil {
		s.accounts[s.first] = s.newAccount(s.first)
	}
	return s, nil
}

// Close ends all requests in progress and stops the server.
func (s *Server) Close() {
	s.mu.Lock()
	s.close()
	s.mu.Unlock()
	_ = s.http.Close()
	s.work.Wait()
}

// URL returns the address that serves all three products.
func (s *Server) URL() string { return s.url }

// Getenv returns the environment variables for the default account.
func (s *Server) Getenv(name string) string { return s.GetenvFor(s.first)(name) }

// GetenvFor returns the environment variables for an account.
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

// Credential is a key to sign with. SecurityToken is empty for a long-lived key.
type Credential struct{ AccessKeyID, AccessKeySecret, SecurityToken string }

// AddAccount adds an account with a user "admin", and returns the key of that user.
func (s *Server) AddAccount(id string) *Credential {
	s.mu.Lock()
	s.accounts[id] = s.newAccount(id)
	s.mu.Unlock()
	credential := s.Credential(id)
	return &credential
}

// Credential returns an active key of an account, preferably of its user "admin".
func (s *Server) Credential(accountID string) Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accounts[accountID]
	if account == nil {
		s.report("Account %s does not exist.", accountID)
		return Credential{}
	}
	credential, ok := account.Credential()
	if !ok {
		s.report("Account %s has no active AccessKey.", accountID)
	}
	return credential
}

// newAccount returns a new account with the administrator that runs the tests.
func (s *Server) newAccount(id string) *Account {
	account, now := NewAccount(id), s.now()
	account.Users["admin"] = &User{
		ID: s.newUserID(), Name: "admin", DisplayName: "admin",
		CreateDate: now, UpdateDate: now, ProvisionType: "Manual", Status: "active",
		Keys: []*AccessKey{{ID: s.newKeyID(), Secret: s.newSecret(), Status: "Active", CreateDate: now, UpdateDate: now}},
	}
	return account
}

// Change changes the default account, as another administrator would.
func (s *Server) Change(f func(*Account)) { s.ChangeAccount(s.first, f) }

// ChangeAccount changes an account, as another administrator would.
func (s *Server) ChangeAccount(accountID string, f func(*Account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	account := s.accounts[accountID]
	if account == nil {
		s.report("Account %s does not exist.", accountID)
		return
	}
	old := account.Clone()
	f(account)
	s.record("test", old, account)
}

// Violations returns the requests that strict mode refused, and the panics of the fake itself.
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
