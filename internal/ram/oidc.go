// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"strings"
)

// assumeRoleWithOIDCOperation is authenticated by the token, without key and signature
// (documented).
var assumeRoleWithOIDCOperation = operation{
	product: stsProduct, action: "AssumeRoleWithOIDC", repeat: read, pace: session, secrets: []string{"OIDCToken"}, unsigned: true,
}

func assumeRoleWithOIDC(oidc OIDC, source CredentialSource, config Config, readFile func(string) ([]byte, error)) (Credentials, error) {
	client, err := stsClient(noKey{}, config, oidc.sts)
	if err != nil {
		return nil, err
	}
	return client.assumed(assumeRoleWithOIDCOperation, source, oidc.RoleARN, oidc.Duration, func() (map[string]string, error) {
		token, err := oidc.token(readFile)
		if err != nil {
			return nil, err
		}
		params := sessionParams(oidc.RoleARN, oidc.SessionName, oidc.Policy, oidc.Duration)
		params["OIDCProviderArn"], params["OIDCToken"] = oidc.ProviderARN, token
		return params, nil
	}), nil
}

// token reads the token file. It is called for each session, because CI systems and
// Kubernetes replace the token in the file before it expires.
func (o OIDC) token(readFile func(string) ([]byte, error)) (string, error) {
	if o.Token != "" {
		return o.Token, nil
	}
	content, err := readFile(o.TokenFile)
	if err != nil {
		return "", problemf("the OIDC token file %s cannot be read; check that it exists and that this user may read it", o.TokenFile)
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", problemf("the OIDC token file %s is empty", o.TokenFile)
	}
	return token, nil
}

// noKey are the credentials of a client that does not sign calls.
type noKey struct{}

var errNoKey = errors.New("this client has no key to sign with")

// Get implements [Credentials].
func (noKey) Get(context.Context) (Key, error) { return Key{}, errNoKey }

// Expire implements [Credentials].
func (noKey) Expire(Key) {}
