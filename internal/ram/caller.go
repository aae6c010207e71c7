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

// Caller is the identity that a key belongs to.
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

	key Key // that the call was signed with
}

func (a *callerAnswer) missing() string {
	if a.AccountID == "" {
		return "AccountId"
	}
	return ""
}

// AccountNotAllowedError refuses credentials of an account that the configuration does
// not allow: nothing is read from it or written to it.
type AccountNotAllowedError struct {
	AccountID string
	Allowed   []string // the only allowed accounts; empty if AccountID is forbidden
}

func (e *AccountNotAllowedError) Error() string {
	if len(e.Allowed) == 0 {
		return fmt.Sprintf("the credentials belong to account %s, which is forbidden", e.AccountID)
	}
	return fmt.Sprintf("the credentials belong to account %s; allowed is %s", e.AccountID, strings.Join(e.Allowed, ", "))
}

// AccountChangedError ends the use of a client whose renewed credentials belong to
// another account than before.
type AccountChangedError struct{ Before, Now string }

func (e *AccountChangedError) Error() string {
	return fmt.Sprintf("the credentials belonged to account %s, and belong to account %s since they were renewed; nothing more is read or written", e.Before, e.Now)
}

// WrongAccountError refuses a call for an object of one account with credentials of
// another. See [WithAccount].
type WrongAccountError struct{ Expected, AccountID string }

func (e *WrongAccountError) Error() string {
	return fmt.Sprintf("the object belongs to account %s, but the credentials are of account %s", e.Expected, e.AccountID)
}

// UnknownAccountError is a not-found error about an object whose account is not known:
// it may exist in another account. [NotFound] is false for it. See [WithAccount].
type UnknownAccountError struct {
	AccountID string // that does not have the object
	Err       error
}

func (e *UnknownAccountError) Error() string {
	return e.Err.Error() + "; the account of the object is not known, so it may exist in another account"
}

// Unwrap returns the service's answer.
func (e *UnknownAccountError) Unwrap() error { return e.Err }

type expectedAccount struct{}

// WithAccount says that what ctx is used for belongs to an account. With credentials of
// another account every call and every cached read ends with a [*WrongAccountError], and
// nothing is sent. An empty account id says that the account of the object is not known
// (moved from another provider, say). Then an answer that the object does not exist is an
// [*UnknownAccountError], unless the configuration allows a single account. A list
// that lacks the object proves as little.
func WithAccount(ctx context.Context, accountID string) context.Context {
	return context.WithValue(ctx, expectedAccount{}, accountID)
}

// WithCallerAccount says that ctx is used for objects of the account of the credentials,
// whichever that is: a data source, a list or an import names no other account. An answer
// that an object does not exist is believed.
func WithCallerAccount(ctx context.Context) context.Context {
	return context.WithValue(ctx, expectedAccount{}, callerAccount{})
}

// callerAccount is the account of the credentials, as the value of expectedAccount.
type callerAccount struct{}

// accountOf returns what WithAccount said, and whether it said anything.
func accountOf(ctx context.Context) (id string, said bool) {
	id, said = ctx.Value(expectedAccount{}).(string)
	return id, said
}

// AccountKnown reports whether an answer that an object does not exist can be believed:
// the account of the object is known, or the configuration allows a single account. Of
// several allowed accounts, each may be that of the object. See [WithAccount].
func (c *Client) AccountKnown(ctx context.Context) bool {
	expected, said := accountOf(ctx)
	return !said || expected != "" || len(c.config.AllowedAccounts) == 1
}

// errNoAccount is a bug of the calling code.
var errNoAccount = errors.New("the call does not say which account it is for (WithAccount); this is a bug in the provider")

// doubtNotFound marks a not-found error about an object whose account is not known.
func (c *Client) doubtNotFound(ctx context.Context, err error) error {
	var marked *UnknownAccountError
	if c.AccountKnown(ctx) || !hasCode(err, "EntityNotExist") || errors.As(err, &marked) {
		return err
	}
	return &UnknownAccountError{AccountID: c.account.current(), Err: err}
}

// account is the account of a client's credentials.
type account struct {
	mu    sync.Mutex
	id    string // of the first key that was checked, "" before
	ended error  // *AccountChangedError
}

// verify takes the account of a key. The first one is that of the client; another one
// ends it.
func (a *account) verify(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.ended != nil:
	case a.id == "":
		a.id = id
	case a.id != id:
		a.ended = &AccountChangedError{Before: a.id, Now: id}
	}
	return a.ended
}

// current returns the id of the account, "" before the first check.
func (a *account) current() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.id
}

func (a *account) err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ended
}

// checkRead refuses a read from the cache like the call that it replaces.
func (c *Client) checkRead(ctx context.Context, op operation) error {
	expected, said := accountOf(ctx)
	if expected == "" && (said || !c.config.RequireAccount) {
		return c.account.err()
	}
	_, err := c.checkedKey(ctx, op)
	return err
}

// Caller returns the identity that the credentials belong to now. It is asked for once
// for each key; concurrent callers share one call and its error, which is not cached. An
// account that the configuration does not allow is an [*AccountNotAllowedError], another
// account than before an [*AccountChangedError].
func (c *Client) Caller(ctx context.Context) (Caller, error) {
	key, err := c.config.Credentials.Get(ctx)
	if err != nil {
		return Caller{}, &CredentialsError{Action: getCallerIdentity.action, Err: err}
	}
	caller, _, err := c.identify(ctx, key)
	return caller, err
}

// checkedKey returns the key to sign an operation with. Only Sts is called with a key
// whose account is not known and allowed: there is no other way to a key, so no
// operation can go without the check.
func (c *Client) checkedKey(ctx context.Context, op operation) (Key, error) {
	if op.unsigned {
		return Key{}, nil
	}
	key, err := c.config.Credentials.Get(ctx)
	if err != nil {
		return Key{}, &CredentialsError{Action: op.action, Err: err}
	}
	if op.product == stsProduct {
		return key, nil
	}
	expected, said := accountOf(ctx)
	if _, checked := ctx.Value(expectedAccount{}).(callerAccount); c.config.RequireAccount && !said && !checked {
		return Key{}, &NoResponseError{Action: op.action, Err: errNoAccount}
	}
	caller, key, err := c.identify(ctx, key)
	switch {
	case isAccountError(err):
		return Key{}, err
	case err != nil:
		return Key{}, &prerequisiteError{op.action, "not sent: the account of the credentials is not known", err}
	case expected != "" && caller.AccountID != expected:
		return Key{}, &WrongAccountError{Expected: expected, AccountID: caller.AccountID}
	}
	return key, nil
}

func isAccountError(err error) bool {
	var refused *AccountNotAllowedError
	var changed *AccountChangedError
	return errors.As(err, &refused) || errors.As(err, &changed)
}

// identify returns the caller of a key, or of the one that has replaced it meanwhile, and
// checks its account.
func (c *Client) identify(ctx context.Context, key Key) (Caller, Key, error) {
	answer, err := c.caches.caller.get(ctx, key.ID, c.readCaller)
	if err != nil {
		return Caller{}, Key{}, err
	}
	if answer.key.ID != key.ID { // renewed while the question was under way
		c.caches.caller.put(answer.key.ID, answer)
		key = answer.key
	}
	if err := c.account.verify(answer.caller.AccountID); err != nil {
		return Caller{}, Key{}, err
	}
	if err := c.checkAllowed(answer.caller.AccountID); err != nil {
		return Caller{}, Key{}, err
	}
	return answer.caller, key, nil
}

func (c *Client) checkAllowed(account string) error {
	if slices.Contains(c.config.ForbiddenAccounts, account) {
		return &AccountNotAllowedError{AccountID: account}
	}
	if allowed := c.config.AllowedAccounts; len(allowed) > 0 && !slices.Contains(allowed, account) {
		return &AccountNotAllowedError{AccountID: account, Allowed: slices.Clone(allowed)}
	}
	return nil
}

// keyCaller is the caller of a key.
type keyCaller struct {
	key    Key
	caller Caller
}

func (c *Client) readCaller(ctx context.Context) (keyCaller, error) {
	var answer callerAnswer
	if err := c.call(ctx, getCallerIdentity, nil, &answer); err != nil {
		return keyCaller{}, err
	}
	return keyCaller{answer.key, Caller{
		AccountID: string(answer.AccountID), IdentityType: string(answer.IdentityType), PrincipalID: string(answer.PrincipalID),
		UserID: string(answer.UserID), RoleID: string(answer.RoleID), ARN: string(answer.ARN),
	}}, nil
}

// signedBy is an answer that depends on the key of the call.
type signedBy interface{ signedBy(key Key) }

func (a *callerAnswer) signedBy(key Key) { a.key = key }
