// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Source: documented; needs no permission.
var getCallerIdentity = operation{product: stsProduct, action: "GetCallerIdentity", repeat: read, pace: session}

// Caller is who the key belongs to.
type Caller struct {
	AccountID    string // 16 digits
	IdentityType string // Account, RAMUser or AssumedRoleUser; compare without case
	PrincipalID  string
	UserID       string // empty for a role session
	RoleID       string // empty but for a role session
	ARN          string
}

type callerAnswer struct {
	AccountID    text `json:"AccountId"`
	IdentityType text
	PrincipalID  text `json:"PrincipalId"`
	UserID       text `json:"UserId"`
	RoleID       text `json:"RoleId"`
	ARN          text `json:"Arn"`
}

func (a *callerAnswer) missing() string {
	if a.AccountID == "" {
		return "AccountId"
	}
	return ""
}

// AccountRefused says that the key belongs to an account that the configuration
// does not accept, so nothing may be read from it or written to it.
type AccountRefused struct {
	AccountID string
	Allowed   []string // the only accepted accounts; empty if AccountID is forbidden
}

func (e *AccountRefused) Error() string {
	if len(e.Allowed) == 0 {
		return fmt.Sprintf("the credentials belong to account %s, which is forbidden", e.AccountID)
	}
	return fmt.Sprintf("the credentials belong to account %s; allowed is %s", e.AccountID, strings.Join(e.Allowed, ", "))
}

// identity is the caller, once it is known, or the one call that finds it out.
type identity struct {
	mu     sync.Mutex
	known  *Caller
	asking *inquiry
}

// inquiry is a call under way that others wait for.
type inquiry struct {
	done   chan struct{}
	caller Caller
	err    error
}

// Caller is asked for once per client. Callers that come together share one
// call and its error; the next one asks anew after an error. An account that the
// configuration does not accept is an *AccountRefused.
func (c *Client) Caller(ctx context.Context) (Caller, error) {
	caller, err := c.caller(ctx)
	if err != nil {
		return Caller{}, err
	}
	if err := c.accept(caller.AccountID); err != nil {
		return Caller{}, err
	}
	return caller, nil
}

func (c *Client) accept(account string) error {
	if slices.Contains(c.config.ForbiddenAccounts, account) {
		return &AccountRefused{AccountID: account}
	}
	if allowed := c.config.AllowedAccounts; len(allowed) > 0 && !slices.Contains(allowed, account) {
		return &AccountRefused{AccountID: account, Allowed: slices.Clone(allowed)}
	}
	return nil
}

func (c *Client) caller(ctx context.Context) (Caller, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Caller{}, err
		}
		known, asking, mine := c.identity.join()
		if known != nil {
			return *known, nil
		}
		if mine {
			return c.ask(ctx, asking)
		}
		select {
		case <-ctx.Done():
			return Caller{}, ctx.Err()
		case <-asking.done:
		}
		// That the one who asked gave up says nothing to those who wait.
		if !ended(asking.err) {
			return asking.caller, asking.err
		}
	}
}

// join gives the caller, or the call to wait for; mine is true for the one who
// has to make it.
func (i *identity) join() (known *Caller, asking *inquiry, mine bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known != nil || i.asking != nil {
		return i.known, i.asking, false
	}
	i.asking = &inquiry{done: make(chan struct{})}
	return nil, i.asking, true
}

func (c *Client) ask(ctx context.Context, asking *inquiry) (Caller, error) {
	asking.err = errors.New("the call did not end")
	defer c.identity.settle(asking)
	var answer callerAnswer
	asking.err = c.call(ctx, getCallerIdentity, nil, &answer)
	if asking.err == nil {
		asking.caller = Caller{
			AccountID: string(answer.AccountID), IdentityType: string(answer.IdentityType), PrincipalID: string(answer.PrincipalID),
			UserID: string(answer.UserID), RoleID: string(answer.RoleID), ARN: string(answer.ARN),
		}
	}
	return asking.caller, asking.err
}

func (i *identity) settle(asking *inquiry) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if asking.err == nil {
		i.known = &asking.caller
	}
	i.asking = nil
	close(asking.done)
}
