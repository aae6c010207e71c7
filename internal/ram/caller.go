// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
type AccountNotAllowedError struct {
	AccountID string
	Allowed   []string // the only accepted accounts; empty if AccountID is forbidden
}

func (e *AccountNotAllowedError) Error() string {
	if len(e.Allowed) == 0 {
		return fmt.Sprintf("the credentials belong to account %s, which is forbidden", e.AccountID)
	}
	return fmt.Sprintf("the credentials belong to account %s; allowed is %s", e.AccountID, strings.Join(e.Allowed, ", "))
}

// Caller is asked for once per client. Callers that come together share one
// call and its error; the next one asks anew after an error. An account that the
// configuration does not accept is an *AccountRefused.
func (c *Client) Caller(ctx context.Context) (Caller, error) {
	caller, err := c.caches.caller.get(ctx, "", c.readCaller)
	if err != nil {
		return Caller{}, err
	}
	if err := c.checkAllowed(caller.AccountID); err != nil {
		return Caller{}, err
	}
	return caller, nil
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

func (c *Client) readCaller(ctx context.Context) (Caller, error) {
	var answer callerAnswer
	if err := c.call(ctx, getCallerIdentity, nil, &answer); err != nil {
		return Caller{}, err
	}
	return Caller{
		AccountID: string(answer.AccountID), IdentityType: string(answer.IdentityType), PrincipalID: string(answer.PrincipalID),
		UserID: string(answer.UserID), RoleID: string(answer.RoleID), ARN: string(answer.ARN),
	}, nil
}
