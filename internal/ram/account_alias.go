// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getAccountAlias   = operation{product: ramProduct, action: "GetAccountAlias", repeat: read}
	setAccountAlias   = operation{product: ramProduct, action: "SetAccountAlias", repeat: set}
	clearAccountAlias = operation{product: ramProduct, action: "ClearAccountAlias", repeat: set}
	getDefaultDomain  = operation{product: imsProduct, action: "GetDefaultDomain", repeat: read}
)

// AccountAlias returns the account's alias, or "" if it has none. The alias comes from the
// cache unless this client has changed it since it was read.
func (c *Client) AccountAlias(ctx context.Context) (string, error) {
	return c.caches.alias.get(ctx, "", c.readAlias)
}

// RefreshAccountAlias returns the account's alias. It bypasses the cache.
func (c *Client) RefreshAccountAlias(ctx context.Context) (string, error) {
	return c.caches.alias.refresh(ctx, "", c.readAlias)
}

// readAlias treats a 404, an absent or empty alias, and an alias that equals the account id
// as no alias, because the documentation does not say which of them the service returns. A
// not-found error about a user does not mean that there is no alias.
func (c *Client) readAlias(ctx context.Context) (string, error) {
	caller, err := c.Caller(ctx)
	if err != nil {
		return "", err
	}
	var response struct{ AccountAlias text }
	err = c.call(ctx, getAccountAlias, nil, &response)
	if NotFound(err, "AccountAlias") {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if string(response.AccountAlias) == caller.AccountID {
		return "", nil
	}
	return string(response.AccountAlias), nil
}

// SetAccountAlias sets the account's alias, which is part of every user's logon name.
func (c *Client) SetAccountAlias(ctx context.Context, alias string) error {
	defer c.caches.invalidateAlias()()
	return c.call(ctx, setAccountAlias, params{"AccountAlias": alias}, nil)
}

// ClearAccountAlias removes the account's alias. Another account can then take the name. An
// account without an alias is no error, whether the service refuses the request or not
// (assumed, both).
func (c *Client) ClearAccountAlias(ctx context.Context) error {
	defer c.caches.invalidateAlias()()
	return IgnoreNotFound(c.call(ctx, clearAccountAlias, nil, nil), "AccountAlias")
}

type defaultDomainResponse struct{ DefaultDomainName text }

func (a *defaultDomainResponse) missing() string {
	if a.DefaultDomainName == "" {
		return "DefaultDomainName"
	}
	return ""
}

// DefaultDomain returns the part of the users' principal names after the @. It is cached
// like the alias.
func (c *Client) DefaultDomain(ctx context.Context) (string, error) {
	return c.caches.domain.getWithin(ctx, c.caches.alias.ttl(), "", c.readDomain)
}

// RefreshDefaultDomain returns the default domain. It bypasses the cache.
func (c *Client) RefreshDefaultDomain(ctx context.Context) (string, error) {
	return c.caches.domain.refresh(ctx, "", c.readDomain)
}

func (c *Client) readDomain(ctx context.Context) (string, error) {
	var response defaultDomainResponse
	if err := c.call(ctx, getDefaultDomain, nil, &response); err != nil {
		return "", err
	}
	return string(response.DefaultDomainName), nil
}
