// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"fmt"
)

// CredentialChain is the credentials of a client and their sources.
type CredentialChain struct {
	Credentials
	Source CredentialSource

	longLived []string
	signs     bool // the long-lived key itself, not a session made with it
}

// LongLivedKeyIDs are the ids of the AccessKeys that do not end by themselves and
// without which these credentials would not work. Disabling one of them, or its
// user, disables the provider.
func (c *CredentialChain) LongLivedKeyIDs() []string { return append([]string(nil), c.longLived...) }

// SignsWithLongLivedKey reports whether the calls are signed with such a key itself.
func (c *CredentialChain) SignsWithLongLivedKey() bool { return c.signs }

// CredentialChain is what the client's calls are signed with; false if it was made with
// other credentials.
func (c *Client) CredentialChain() (*CredentialChain, bool) {
	chain, ok := c.config.Credentials.(*CredentialChain)
	return chain, ok
}

// Open makes the credentials usable for a client with this configuration, whose
// endpoints, certificates, retries, clock and observer the calls to Sts share.
// It makes no call.
func (c SelectedCredentials) Open(config Config) (*CredentialChain, error) {
	chain := &CredentialChain{Source: c.Source}
	credentials, err := c.origin.open(c.Source, config, c.from)
	if err != nil {
		return nil, err
	}
	if key := c.origin.key; key != nil && key.Token == "" {
		chain.longLived = []string{key.ID}
		chain.signs = len(c.roles) == 0
	}
	for _, role := range c.roles {
		if credentials, err = assumeRole(credentials, c.Source, role, config); err != nil {
			return nil, err
		}
	}
	chain.Credentials = credentials
	return chain, nil
}

// sources are the places outside of Sts that a key may come from.
type sources struct {
	readFile func(string) ([]byte, error)
	ecsRole  func(name string) (externalProvider, error)
	uri      func(uri string) (externalProvider, error)
}

func (e Environment) sources() sources {
	return sources{readFile: func(path string) ([]byte, error) { return e.ReadFile(e.expand(path)) }, ecsRole: newECSRoleProvider, uri: newURIProvider}
}

func (o keySource) open(source CredentialSource, config Config, from sources) (Credentials, error) {
	switch {
	case o.oidc != nil:
		return assumeRoleWithOIDC(*o.oidc, source, config, from.readFile)
	case o.ecsRole != "":
		return externalCredentials(config, source, "ask the metadata service of the ECS instance",
			"Check that this runs on an ECS instance to which that role is attached.",
			func() (externalProvider, error) { return from.ecsRole(o.ecsRole) }), nil
	case o.uri != "":
		return externalCredentials(config, source, "ask the credentials URI",
			"Check that its server runs and answers with AccessKeyId, AccessKeySecret, SecurityToken and Expiration.",
			func() (externalProvider, error) { return from.uri(o.uri) }), nil
	}
	return staticKey(*o.key), nil
}

// static is a key that nothing renews.
type staticKey Key

// Get implements [Credentials].
func (s staticKey) Get(context.Context) (Key, error) { return Key(s), nil }

// Expire implements [Credentials].
func (staticKey) Expire(Key) {}

// stsClient is a client for the calls that make a key, in all but the
// credentials like the one the key is for. The lists of accounts are about the
// account that is managed, not about the one the way leads through.
func stsClient(credentials Credentials, config Config, region string) (*Client, error) {
	config.Credentials = credentials
	config.AllowedAccounts, config.ForbiddenAccounts = nil, nil
	if region != "" {
		config.Region = region
	}
	return New(config)
}

// CredentialSourceError says why a source gave no key. A call that wanted one reports it
// within a [CredentialsError].
type CredentialSourceError struct {
	Source    CredentialSource
	Attempted string // such as: assume the role acs:ram::1234567890123456:role/ops
	Remedy    string // "" where Err says what helps
	Err       error
}

func (e *CredentialSourceError) Error() string {
	text := fmt.Sprintf("cannot %s with %s: %v", e.Attempted, e.Source.From, e.Err)
	if e.Remedy == "" {
		return text
	}
	return text + "\n\n" + e.Remedy
}

// Unwrap gives the cause.
func (e *CredentialSourceError) Unwrap() error { return e.Err }
