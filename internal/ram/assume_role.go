// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// assumeRoleOperation creates a session for the caller. It may be repeated, because an
// unused session expires.
var assumeRoleOperation = operation{product: stsProduct, action: "AssumeRole", repeat: read, pace: session}

// defaultSessionName is the session name that appears in the account's audit log.
const defaultSessionName = "terraform-provider-ram"

// defaultSession and longestSession are the service's limits (documented).
const (
	defaultSession = time.Hour
	longestSession = 12 * time.Hour
)

// sessionResponse is the response of AssumeRole and its siblings.
type sessionResponse struct {
	Credentials struct {
		AccessKeyID     text `json:"AccessKeyId"`
		AccessKeySecret secret
		SecurityToken   secret
		Expiration      text
	}
}

func (a *sessionResponse) missing() string {
	if a.Credentials.AccessKeyID == "" || a.Credentials.AccessKeySecret == "" || a.Credentials.SecurityToken == "" {
		return "Credentials"
	}
	return ""
}

// lease returns the key of the session. The remaining lifetime is measured by the service's
// clock, which also ends the session. An implausible expiration is replaced by the
// requested lifetime.
func (a *sessionResponse) lease(c *Client, requested time.Duration) lease {
	key := Key{ID: string(a.Credentials.AccessKeyID), Secret: string(a.Credentials.AccessKeySecret), Token: string(a.Credentials.SecurityToken)}
	now := c.Now()
	if server, ok := c.ServerNow(); ok {
		now = server
	}
	life := requested
	if life == 0 {
		life = defaultSession
	}
	if end, err := time.Parse(time.RFC3339, string(a.Credentials.Expiration)); err == nil && end.After(now) && end.Sub(now) <= longestSession {
		life = end.Sub(now)
	}
	return newLease(key, c.Now(), life)
}

func assumeRole(base Credentials, source CredentialSource, role Role, config Config) (Credentials, error) {
	client, err := stsClient(base, config, role.sts)
	if err != nil {
		return nil, err
	}
	params := sessionParams(role.ARN, role.SessionName, role.Policy, role.Duration)
	if role.ExternalID != "" {
		params["ExternalId"] = role.ExternalID
	}
	return client.assumed(assumeRoleOperation, source, role.ARN, role.Duration, func() (map[string]string, error) { return params, nil }), nil
}

func sessionParams(arn, name, policy string, duration time.Duration) map[string]string {
	if name == "" {
		name = defaultSessionName
	}
	params := map[string]string{"RoleArn": arn, "RoleSessionName": name}
	if policy != "" {
		params["Policy"] = policy
	}
	if duration != 0 {
		params["DurationSeconds"] = strconv.FormatInt(int64(duration/time.Second), 10)
	}
	return params
}

// assumed returns credentials that this client requests from Sts.
func (c *Client) assumed(op operation, source CredentialSource, arn string, requested time.Duration, params func() (map[string]string, error)) Credentials {
	fetch := func(ctx context.Context) (lease, error) {
		form, err := params()
		if err != nil {
			return lease{}, err
		}
		var response sessionResponse
		if err := c.call(ctx, op, form, &response); err != nil {
			return lease{}, err
		}
		return response.lease(c, requested), nil
	}
	return &renewable{now: c.Now, fetch: func(ctx context.Context, _ bool) (lease, error) {
		fresh, err := fetch(ctx)
		var earlier *CredentialSourceError
		if err == nil || errors.As(err, &earlier) {
			return fresh, err
		}
		return fresh, &CredentialSourceError{Source: source, Attempted: "assume the role " + arn, Remedy: roleRemedy(err), Err: err}
	}}
}

// roleRemedies say how to resolve the refusal of a session by Sts (documented codes).
var roleRemedies = []struct {
	fits   func(code, text string) bool
	text   string
	remedy string
}{
	{family, "NoPermission", "Check that the caller may call sts:AssumeRole on this role, and that the role's trust policy trusts the caller. The root user of an account cannot assume roles."},
	{exactly, "EntityNotExist.Role", "Check the account and the name in the ARN of the role."},
	{exactly, "InvalidParameter.DurationSeconds", "Request a session no longer than the role's maximum session duration."},
	{exactly, "AuthenticationFail.OIDCToken.Expired", "The OIDC token has ended. A token file is read again for each session; check that its writer renews it."},
	{exactly, "AuthenticationFail.OIDCToken.AudienceNotMatch", "Add the audience of the OIDC token to the client IDs of the OIDC provider in RAM."},
	{family, "AuthenticationFail", "Check that the OIDC provider is registered in RAM, that its issuer wrote the token, and that the role's trust policy accepts it."},
}

func roleRemedy(err error) string {
	var serviceErr *Error
	if !errors.As(err, &serviceErr) {
		return ""
	}
	for _, row := range roleRemedies {
		if row.fits(serviceErr.Code, row.text) {
			return row.remedy
		}
	}
	return ""
}
