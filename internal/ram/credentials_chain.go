// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// CredentialChain holds the credentials of a client and their source.
type CredentialChain struct {
	Credentials
	Source CredentialSource

	sts   stsPlace
	base  *seenKeys // the first credentials of the chain
	roles int       // that are assumed with them
}

// seenKeys are credentials that record the long-lived keys that they return. The program of a profile may return another
// key each time.
type seenKeys struct {
	Credentials

	mu  sync.Mutex
	ids []string
}

// Get implements [Credentials].
func (s *seenKeys) Get(ctx context.Context) (Key, error) {
	key, err := s.Credentials.Get(ctx)
	if err == nil && key.Token == "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !slices.Contains(s.ids, key.ID) {
			s.ids = append(s.ids, key.ID)
		}
	}
	return key, err
}

func (s *seenKeys) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ids)
}

// LongLivedKeyIDs returns the ids of the AccessKeys that these credentials depend on and
// that do not expire. Disabling one of them or its user locks out the provider. The key that the program of a profile
// prints is known once a call was signed, or [CredentialChain.Resolve] was called.
func (c *CredentialChain) LongLivedKeyIDs() []string { return c.base.all() }

// Resolve fetches the first key of the chain, if none is known yet. Without a key no call can be made, so the calls
// report what is wrong.
func (c *CredentialChain) Resolve(ctx context.Context) {
	if len(c.base.all()) == 0 {
		_, _ = c.base.Get(ctx)
	}
}

// SignsWithLongLivedKey reports whether calls are signed with a long-lived key, not with a
// session.
func (c *CredentialChain) SignsWithLongLivedKey() bool {
	return c.roles == 0 && len(c.base.all()) > 0
}

// CredentialChain returns the credentials of the client. It returns false if the client
// uses another implementation of [Credentials].
func (c *Client) CredentialChain() (*CredentialChain, bool) {
	chain, ok := c.config.Credentials.(*CredentialChain)
	return chain, ok
}

// Open makes the credentials usable by a client with this configuration. Calls to Sts use
// the same endpoints, certificates, retries, clock and observer. Open makes no call,
// and reports a log-on that has expired.
func (c SelectedCredentials) Open(config Config) (*CredentialChain, error) {
	if l := c.origin.logOn; l != nil && l.expired(clockOf(config)()) {
		return nil, &CredentialSourceError{Source: c.Source, Attempted: useLogOn, Remedy: l.remedy(), Err: errLogOnExpired}
	}
	chain := &CredentialChain{Source: c.Source, sts: c.sts}
	config = chain.locate(config)
	credentials, err := c.origin.open(c.Source, config, c.from)
	if err != nil {
		return nil, err
	}
	chain.base, chain.roles = &seenKeys{Credentials: credentials}, len(c.roles)
	if key := c.origin.key; key != nil && key.Token == "" {
		chain.base.ids = []string{key.ID}
	}
	credentials = chain.base
	for _, role := range c.roles {
		if credentials, err = assumeRole(credentials, c.Source, role, config); err != nil {
			return nil, err
		}
	}
	chain.Credentials = credentials
	return chain, nil
}

// sources provides keys from all sources except Sts.
type sources struct {
	readFile func(string) ([]byte, error)
	metadata string // address of the metadata service; "" if disabled
	// onlyTokens disables the first version of the metadata service.
	onlyTokens bool
}

func (e Environment) sources() sources {
	s := sources{
		readFile: func(path string) ([]byte, error) { return e.ReadFile(e.expand(path)) },
		metadata: "http://" + metadataHost, onlyTokens: strings.EqualFold(e.get("ALIBABA_CLOUD_IMDSV1_DISABLED"), "true"),
	}
	if strings.EqualFold(e.get("ALIBABA_CLOUD_ECS_METADATA_DISABLED"), "true") {
		s.metadata = ""
	}
	return s
}

func (o keySource) open(source CredentialSource, config Config, from sources) (Credentials, error) {
	switch {
	case o.oidc != nil:
		return assumeRoleWithOIDC(*o.oidc, source, config, from.readFile)
	case o.ecsRole != "":
		read := metadataReader(from.metadata, o.ecsRole, from.onlyTokens)
		if from.metadata == "" {
			read = func(context.Context, bool) (Key, time.Time, error) { return Key{}, time.Time{}, errSourceDisabled }
		}
		return externalCredentials(config, source, "ask the metadata service of the ECS instance",
			"Check that this runs on an ECS instance to which that role is attached.", read), nil
	case o.uri != "":
		return externalCredentials(config, source, "ask the credentials URI",
			"Check that its server runs and returns AccessKeyId, AccessKeySecret, SecurityToken and Expiration.", uriReader(o.uri)), nil
	case o.program != "":
		return externalCredentials(config, source, "run the program of the profile",
			"Run the `process_command` of the profile by itself, and check that it prints `mode`, `access_key_id`, `access_key_secret` and `sts_token` as JSON.", programReader(o.program)), nil
	case o.logOn != nil:
		return externalCredentials(config, source, useLogOn, o.logOn.remedy(), o.logOn.reader(clockOf(config))), nil
	case o.pair != nil:
		return o.pair.credentials(source, config)
	}
	return staticKey(*o.key), nil
}

// staticKey is a key that is never renewed.
type staticKey Key

// Get implements [Credentials].
func (s staticKey) Get(context.Context) (Key, error) { return Key(s), nil }

// Expire implements [Credentials].
func (staticKey) Expire(Key) {}

// stsClient returns a client for the calls that get a key, configured like the client that
// uses the key. Allowed and forbidden accounts do not apply: they are about the managed
// account, not the accounts through which roles are assumed.
func stsClient(credentials Credentials, config Config, place stsPlace) (*Client, error) {
	config.Credentials = credentials
	config.AllowedAccounts, config.ForbiddenAccounts = nil, nil
	if place.region != "" {
		config.Region = place.region
	}
	if config.Endpoints.Sts == nil {
		config.Endpoints.Sts = place.endpoint
	}
	return New(config)
}

// defaultRegion is the region whose Sts is called if nothing names another one.
const defaultRegion = "cn-hangzhou"

// locate adds the Sts of the selected profile to a configuration without one.
func (c *CredentialChain) locate(config Config) Config {
	if config.Endpoints.Sts == nil {
		config.Endpoints.Sts = c.sts.endpoint
	}
	config.Region = cmp.Or(config.Region, c.sts.region, defaultRegion)
	return config
}

// CredentialSourceError explains why a source provides no key. Calls return it in a
// [CredentialsError].
type CredentialSourceError struct {
	Source    CredentialSource
	Attempted string // such as: assume the role acs:ram::1234567890123456:role/ops
	Remedy    string // "" if Err says how to resolve it
	Err       error
}

func (e *CredentialSourceError) Error() string {
	text := fmt.Sprintf("cannot %s with %s: %v", e.Attempted, e.Source.From, e.Err)
	if e.Remedy == "" {
		return text
	}
	return text + "\n\n" + e.Remedy
}

// Unwrap returns the cause.
func (e *CredentialSourceError) Unwrap() error { return e.Err }
