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
type lender interface {
	GetCredentials() (*providers.Credentials, error)
}

// The timeouts are short: both sources are next door, or not there at all (CRED-05).
const (
	metadataTimeout = 2 * time.Second
	uriTimeout      = 5 * time.Second
)

func timeouts(d time.Duration) *providers.HttpOptions {
	return &providers.HttpOptions{ConnectTimeout: int(d.Milliseconds()), ReadTimeout: int(d.Milliseconds())}
}

func ecsRoleLender(name string) (lender, error) {
	return providers.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName(name).WithHttpOptions(timeouts(metadataTimeout)).Build()
}

func uriLender(uri string) (lender, error) {
	return providers.NewURLCredentialsProviderBuilder().WithUrl(uri).WithHttpOptions(timeouts(uriTimeout)).Build()
}

// A lender renews its key three minutes before the end. (observed) Asked once a
// minute, it is ahead of every end.
const lentFor = time.Minute

// lent are the credentials of a lender. One refused key takes a new lender,
// since the old one would hand it out again.
func lent(config Config, source CredentialSource, doing, remedy string, build func() (lender, error)) Credentials {
	now := nowOf(config)
	var current lender
	return &renewed{now: now, fetch: func(_ context.Context, anew bool) (grant, error) {
		if current == nil || anew {
			fresh, err := build()
			if err != nil {
				return grant{}, &CredentialSourceError{Source: source, Attempted: doing, Remedy: remedy, Err: errSwitchedOff}
			}
			current = fresh
		}
		key, err := borrow(current)
		if err != nil {
			return grant{}, &CredentialSourceError{Source: source, Attempted: doing, Remedy: remedy, Err: err}
		}
		at := now().Round(0)
		return grant{key: key, renew: at.Add(lentFor), end: at.Add(lentFor)}, nil
	}}
}

var (
	errSwitchedOff = errors.New("this source is switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED")
	errNotLent     = errors.New("it did not answer with credentials (what it did answer is not shown, since it may hold secrets)")
	errNoToken     = errors.New("it answered without a security token")
)

// borrow asks a lender. It panics on an answer with fields missing. (observed)
func borrow(from lender) (key Key, err error) {
	defer func() {
		if recover() != nil {
			key, err = Key{}, errNotLent
		}
	}()
	answer, err := from.GetCredentials()
	switch {
	case err != nil || answer == nil || answer.AccessKeyId == "" || answer.AccessKeySecret == "":
		return Key{}, errNotLent
	case answer.SecurityToken == "":
		return Key{}, errNoToken
	}
	return Key{ID: answer.AccessKeyId, Secret: answer.AccessKeySecret, Token: answer.SecurityToken}, nil
}

func nowOf(config Config) func() time.Time {
	if config.Now == nil {
		return time.Now
	}
	return config.Now
}
