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

// getCallerIdentity needs no permission (documented).
var getCallerIdentity = operation{product: stsProduct, action: "GetCallerIdentity", repeat: read, pace: session}

// Caller is the identity that a key belongs to.
type Caller struct {
	AccountID    string // 16 digits
	IdentityType string // Account, RAMUser or AssumedRoleUser, compared ignoring case
	PrincipalID  string
	UserID       string // empty for a role session
	RoleID       string // empty unless the caller is a role session
	ARN          string
}

type callerResponse struct {
	AccountID    text `json:"AccountId"`
	IdentityType text
	PrincipalID  text `json:"PrincipalId"`
	UserID       text `json:"UserId"`
	RoleID       text `json:"RoleId"`
	ARN          text `json:"Arn"`

	key Key // the key that signed the call
}

func (a *callerResponse) missing() string {
	if a.AccountID == "" {
		return "AccountId"
	}
	return ""
}

// AccountNotAllowedError means that the configuration does not allow the account of the
// credentials. Nothing is read from or written to that account.
type AccountNotAllowedError struct {
	AccountID string
	Allowed   []string // empty if AccountID is forbidden
}

func (e *AccountNotAllowedError) Error() string {
	if len(e.Allowed) == 0 {
		return fmt.Sprintf("the credentials belong to account %s, which is forbidden", e.AccountID)
	}
	return fmt.Sprintf("the credentials belong to account %s; allowed is %s", e.AccountID, strings.Join(e.Allowed, ", "))
}

// AccountChangedError means that the credentials were renewed and now belong to another
// account. The client makes no further calls.
type AccountChangedError struct{ Before, Now string }

func (e *AccountChangedError) Error() string {
	return fmt.Sprintf("the credentials belonged to account %s, and belong to account %s since they were renewed; nothing more is read or written", e.Before, e.Now)
}

// WrongAccountError means that an object belongs to another account than the credentials,
// so the call was not sent. See [WithAccount].
type WrongAccountError struct{ Expected, AccountID string }

func (e *WrongAccountError) Error() string {
	return fmt.Sprintf("the object belongs to account %s, but the credentials belong to account %s", e.Expected, e.AccountID)
}

// UnknownAccountError is a not-found error about an object of an unknown account: the
// object may exist in another account. [NotFound] is false for it. See [WithAccount].
type UnknownAccountError struct {
	AccountID string // the account that does not have the object
	Err       error
}

func (e *UnknownAccountError) Error() string {
	return e.Err.Error() + "; the account of the object is not known, so it may exist in another account"
}

// Unwrap returns the error of the service.
func (e *UnknownAccountError) Unwrap() error { return e.Err }

type expectedAccount struct{}

// WithAccount sets the account that the objects used with ctx belong to. If the credentials
// belong to another account, every call and every cached read fails with a
// [*WrongAccountError] and nothing is sent. An empty account id means that the account of
// the object is unknown, for example after a move from another provider. A not-found
// response is then an [*UnknownAccountError], unless the configuration allows a single
// account, and a list without the object does not prove that it was deleted.
func WithAccount(ctx context.Context, accountID string) context.Context {
	return context.WithValue(ctx, expectedAccount{}, accountID)
}

// WithCallerAccount states that ctx is used for objects of the account of the credentials.
// Data sources, lists and imports name no other account. Not-found responses are believed.
func WithCallerAccount(ctx context.Context) context.Context {
	return context.WithValue(ctx, expectedAccount{}, callerAccount{})
}

// callerAccount as the value of expectedAccount is the account of the credentials.
type callerAccount struct{}

// accountOf returns the account that WithAccount set, and whether it set one.
func accountOf(ctx context.Context) (id string, given bool) {
	id, given = ctx.Value(expectedAccount{}).(string)
	return id, given
}

// AccountKnown reports whether a not-found response can be believed: either the account of
// the object is known, or the configuration allows a single account. If it allows several,
// the object may belong to any of them. See [WithAccount].
func (c *Client) AccountKnown(ctx context.Context) bool {
	expected, given := accountOf(ctx)
	return !given || expected != "" || len(c.config.AllowedAccounts) == 1
}

// errNoAccount is a bug of the calling code.
var errNoAccount = errors.New("the call does not say which account it is for (WithAccount); this is a bug in the provider")

// checkNotFound returns a not-found error as an [*UnknownAccountError] if the account of
// the object is unknown.
func (c *Client) checkNotFound(ctx context.Context, err error) error {
	var marked *UnknownAccountError
	if c.AccountKnown(ctx) || !hasCode(err, "EntityNotExist") || errors.As(err, &marked) {
		return err
	}
	return &UnknownAccountError{AccountID: c.account.current(), Err: err}
}

// account is the account of a client's credentials.
type account struct {
	mu    sync.Mutex
	id    string // of the first checked key; "" before
	ended error  // *AccountChangedError
}

// verify records the account of a key. The first account is that of the client; a later key
// of another account ends the client.
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

// current returns the id of the account, or "" before the first check.
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

// checkRead checks the account for a cached read, as the call that it replaces would.
func (c *Client) checkRead(ctx context.Context, op operation) error {
	expected, given := accountOf(ctx)
	if expected == "" && (given || !c.config.RequireAccount) {
		return c.account.err()
	}
	_, err := c.checkedKey(ctx, op)
	return err
}

// Caller returns the identity of the current credentials. It is read once per key.
// Concurrent callers share the call and its error, which is not cached. The error is an
// [*AccountNotAllowedError] if the configuration does not allow the account, and an
// [*AccountChangedError] if the account differs from the previous one.
func (c *Client) Caller(ctx context.Context) (Caller, error) {
	key, err := c.config.Credentials.Get(ctx)
	if err != nil {
		return Caller{}, &CredentialsError{Action: getCallerIdentity.action, Err: err}
	}
	caller, _, err := c.identify(ctx, key)
	return caller, err
}

// CheckAccount returns the account of the credentials, or an error if it is not the expected one. A plan and
// a write check early, with an error that explains the account. The check that no call can skip is that of
// the key, which compares the same way with the account of [WithAccount].
func (c *Client) CheckAccount(ctx context.Context, expected string) (string, error) {
	caller, err := c.Caller(ctx)
	if err != nil {
		return "", err
	}
	return caller.AccountID, caller.check(expected)
}

// checkedKey returns the key to sign an operation with. It is the only way to a key. Unless
// the operation is one of Sts, it first checks that the account of the key is known and
// allowed, so no operation can skip the check.
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
	expected, given := accountOf(ctx)
	if _, checked := ctx.Value(expectedAccount{}).(callerAccount); c.config.RequireAccount && !given && !checked {
		return Key{}, &NoResponseError{Action: op.action, Err: errNoAccount}
	}
	caller, key, err := c.identify(ctx, key)
	switch {
	case isAccountError(err):
		return Key{}, err
	case err != nil:
		return Key{}, &prerequisiteError{op.action, "not sent: the account of the credentials is not known", err}
	}
	if err := caller.check(expected); err != nil {
		return Key{}, err
	}
	return key, nil
}

// check compares the account of the credentials with the expected one. An empty id expects any account.
func (c Caller) check(expected string) error {
	if expected != "" && c.AccountID != expected {
		return &WrongAccountError{Expected: expected, AccountID: c.AccountID}
	}
	return nil
}

func isAccountError(err error) bool {
	var refused *AccountNotAllowedError
	var changed *AccountChangedError
	return errors.As(err, &refused) || errors.As(err, &changed)
}

// identify returns the caller of a key and checks its account. If the key was renewed
// meanwhile, it returns the new key and its caller.
func (c *Client) identify(ctx context.Context, key Key) (Caller, Key, error) {
	response, err := c.caches.caller.get(ctx, key.ID, c.readCaller)
	if err != nil {
		return Caller{}, Key{}, err
	}
	if response.key.ID != key.ID { // the key was renewed during the call
		c.caches.caller.put(response.key.ID, response)
		key = response.key
	}
	if err := c.account.verify(response.caller.AccountID); err != nil {
		return Caller{}, Key{}, err
	}
	if err := c.checkAllowed(response.caller.AccountID); err != nil {
		return Caller{}, Key{}, err
	}
	return response.caller, key, nil
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

// keyCaller is the identity of a key.
type keyCaller struct {
	key    Key
	caller Caller
}

func (c *Client) readCaller(ctx context.Context) (keyCaller, error) {
	var response callerResponse
	if err := c.call(ctx, getCallerIdentity, nil, &response); err != nil {
		return keyCaller{}, err
	}
	return keyCaller{response.key, Caller{
		AccountID: string(response.AccountID), IdentityType: string(response.IdentityType), PrincipalID: string(response.PrincipalID),
		UserID: string(response.UserID), RoleID: string(response.RoleID), ARN: string(response.ARN),
	}}, nil
}

// signedBy is a response that depends on the key that signed the request.
type signedBy interface{ signedBy(key Key) }

func (a *callerResponse) signedBy(key Key) { a.key = key }
