// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"
)

// lender is a provider of credentials-go. It knows neither contexts nor locks,
// renews its key by itself, and its errors are text that may quote the answer,
// secrets included.
type externalProvider interface {
	GetCredentials() (*providers.Credentials, error)
}

// The timeouts are short: both sources are next door, or not there at all (CRED-05).
const (
	metadataTimeout = 2 * time.Second
	uriTimeout      = 5 * time.Second
)

func httpTimeouts(d time.Duration) *providers.HttpOptions {
	return &providers.HttpOptions{ConnectTimeout: int(d.Milliseconds()), ReadTimeout: int(d.Milliseconds())}
}

func newECSRoleProvider(name string) (externalProvider, error) {
	return providers.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName(name).WithHttpOptions(httpTimeouts(metadataTimeout)).Build()
}

func newURIProvider(uri string) (externalProvider, error) {
	return providers.NewURLCredentialsProviderBuilder().WithUrl(uri).WithHttpOptions(httpTimeouts(uriTimeout)).Build()
}

// A lender renews its key three minutes before the end. (observed) Asked once a
// minute, it is ahead of every end.
const externalCheckInterval = time.Minute

// lent are the credentials of a lender. One refused key takes a new lender,
// since the old one would hand it out again.
func externalCredentials(config Config, source CredentialSource, doing, remedy string, build func() (externalProvider, error)) Credentials {
	now := clockOf(config)
	var current externalProvider
	return &renewable{now: now, fetch: func(_ context.Context, again bool) (lease, error) {
		if current == nil || again {
			fresh, err := build()
			if err != nil {
				return lease{}, &CredentialSourceError{Source: source, Attempted: doing, Remedy: remedy, Err: errSwitchedOff}
			}
			current = fresh
		}
		key, err := readExternal(current)
		if err != nil {
			return lease{}, &CredentialSourceError{Source: source, Attempted: doing, Remedy: remedy, Err: err}
		}
		at := now().Round(0)
		return lease{key: key, renew: at.Add(externalCheckInterval), end: at.Add(externalCheckInterval)}, nil
	}}
}

var (
	errSwitchedOff           = errors.New("this source is switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED")
	errNoCredentialsInAnswer = errors.New("it did not answer with credentials (what it did answer is not shown, since it may hold secrets)")
	errNoToken               = errors.New("it answered without a security token")
)

// borrow asks a lender. It panics on an answer with fields missing. (observed)
func readExternal(from externalProvider) (key Key, err error) {
	defer func() {
		if recover() != nil {
			key, err = Key{}, errNoCredentialsInAnswer
		}
	}()
	answer, err := from.GetCredentials()
	switch {
	case err != nil || answer == nil || answer.AccessKeyId == "" || answer.AccessKeySecret == "":
		return Key{}, errNoCredentialsInAnswer
	case answer.SecurityToken == "":
		return Key{}, errNoToken
	}
	return Key{ID: answer.AccessKeyId, Secret: answer.AccessKeySecret, Token: answer.SecurityToken}, nil
}

func clockOf(config Config) func() time.Time {
	if config.Now == nil {
		return time.Now
	}
	return config.Now
}
