// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
)

var stsActions = table{
	"Sts/GetCallerIdentity":  {run: getCallerIdentity},
	"Sts/AssumeRole":         {run: assumeRole},
	"Sts/AssumeRoleWithOIDC": {run: assumeRoleWithOIDC},
}

// session is a set of temporary credentials with their role.
type session struct {
	secret, token string
	accountID     string
	role          string // by name
	lent          *Role  // role of a session of a credentials URI, which the account does not contain
	name          string
	expires       time.Time
}

const defaultSessionSeconds = 3600

// getCallerIdentity returns the caller. It needs no permission. (documented; the forms for root and sessions are assumed)
func getCallerIdentity(r *request) (reply, error) {
	body := reply{"IdentityType": r.caller.kind, "AccountId": r.caller.accountID}
	switch {
	case r.caller.user != nil:
		body["UserId"] = r.caller.user.ID
		body["PrincipalId"] = r.caller.user.ID
		body["Arn"] = arn(r.caller.accountID, "user", r.caller.user.Name)
	case r.caller.role != nil:
		body["RoleId"] = r.caller.role.ID
		body["PrincipalId"] = r.caller.role.ID + ":" + r.caller.session
		body["Arn"] = arn(r.caller.accountID, "assumed-role", r.caller.role.Name, r.caller.session)
	default:
		body["UserId"] = r.caller.accountID
		body["PrincipalId"] = r.caller.accountID
		body["Arn"] = arn(r.caller.accountID, "root")
	}
	return body, nil
}

func arn(accountID string, path ...string) string {
	return "acs:ram::" + accountID + ":" + strings.Join(path, "/")
}

var (
	roleARN     = regexp.MustCompile(`^acs:ram::(\d{16}):role/([A-Za-z0-9.-]{1,64})$`)
	providerARN = regexp.MustCompile(`^acs:ram::(\d{16}):oidc-provider/([A-Za-z0-9._-]{1,128})$`)
	sessionName = regexp.MustCompile(`^[A-Za-z0-9.@_-]{2,64}$`)
	externalID  = regexp.MustCompile(`^[\w+=,.@:/-]+$`)
)

// assumeRole returns temporary credentials for a role of this or another account that trusts the caller's account. The root
// account cannot call it. (documented)
func assumeRole(r *request) (reply, error) {
	role, account, err := r.role()
	if err != nil {
		return nil, err
	}
	if id := r.text("ExternalId"); r.has("ExternalId") && (len(id) < 2 || len(id) > 1224 || !externalID.MatchString(id)) {
		return nil, wrongly("ExternalId")
	}
	if r.caller.kind == "Account" || !slices.Contains(role.TrustedAccounts, r.caller.accountID) ||
		role.ExternalID != "" && role.ExternalID != r.text("ExternalId") {
		return nil, noPermission(r)
	}
	body, err := r.open(role, account)
	if err == nil && r.has("SourceIdentity") {
		body["SourceIdentity"] = r.text("SourceIdentity")
	}
	return body, err
}

// assumeRoleWithOIDC returns temporary credentials for a role that trusts the identity provider of a token. The request is
// not signed. (documented) An unknown token is AuthenticationFail.OIDCToken.Invalid. (assumed)
func assumeRoleWithOIDC(r *request) (reply, error) {
	role, account, err := r.role()
	if err != nil {
		return nil, err
	}
	parts := providerARN.FindStringSubmatch(r.text("OIDCProviderArn"))
	if parts == nil {
		return nil, wrongly("OIDCProviderArn")
	}
	provider := account.OIDCProviders[parts[2]]
	if parts[1] != account.ID || provider == nil {
		return nil, notExist("OIDCProvider", "The OIDC Provider not exists: "+r.text("OIDCProviderArn")+".")
	}
	if !slices.Contains(role.TrustedOIDCProviders, provider.Name) {
		return nil, noPermission(r)
	}
	token, err := r.required("OIDCToken")
	if err != nil {
		return nil, err
	}
	subject, known := provider.Tokens[token]
	if !known {
		return nil, fail(400, "AuthenticationFail.OIDCToken.Invalid", "This OIDC Token is invalid.")
	}
	body, err := r.open(role, account)
	if err != nil {
		return nil, err
	}
	body["OIDCTokenInfo"] = reply{"Issuer": provider.Issuer, "Subject": subject, "ClientIds": provider.Client}
	return body, nil
}

// role returns the role that the request must name, and its account. (documented)
func (r *request) role() (*Role, *Account, error) {
	text, err := r.required("RoleArn")
	if err != nil {
		return nil, nil, err
	}
	parts := roleARN.FindStringSubmatch(text)
	if parts == nil {
		return nil, nil, wrongly("RoleArn")
	}
	account := r.server.accounts[parts[1]]
	if account == nil || account.Roles[parts[2]] == nil {
		return nil, nil, noRole(text)
	}
	return account.Roles[parts[2]], account, nil
}

// open creates the session that both operations return. (documented)
func (r *request) open(role *Role, account *Account) (reply, error) {
	name, err := r.required("RoleSessionName")
	if err != nil {
		return nil, err
	}
	if !sessionName.MatchString(name) {
		return nil, wrongly("RoleSessionName")
	}
	seconds, err := r.duration(role)
	if err != nil {
		return nil, err
	}
	if err := r.sessionPolicy(); err != nil {
		return nil, err
	}
	expires := r.server.sessionNow().Add(time.Duration(seconds) * time.Second).Truncate(time.Second)
	id, created := r.server.newSessionKeyID(), &session{
		secret: r.server.newSecret(), token: r.server.newSecurityToken(),
		accountID: account.ID, role: role.Name, name: name, expires: expires,
	}
	r.server.sessions[id] = created
	return reply{
		"AssumedRoleUser": reply{"AssumedRoleId": role.ID + ":" + name, "Arn": arn(account.ID, "role", role.Name, name)},
		"Credentials": reply{
			"AccessKeyId": id, "AccessKeySecret": created.secret, "SecurityToken": created.token, "Expiration": stamp(expires),
		},
	}, nil
}

// duration returns the duration of the session: at least 15 minutes, at most what the role allows, by default an hour.
// (documented)
func (r *request) duration(role *Role) (int, error) {
	longest := role.MaxSessionDuration
	if longest == 0 {
		longest = defaultSessionSeconds
	}
	seconds := min(defaultSessionSeconds, longest)
	if err := r.integer("DurationSeconds", 900, longest, &seconds); err != nil {
		return 0, fail(400, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/1hr.")
	}
	return seconds, nil
}

// sessionPolicy checks the policy of a session, a JSON document of at most 2048 bytes (documented; older text: 1024). The fake
// does not evaluate it.
func (r *request) sessionPolicy() error {
	policy := r.text("Policy")
	if policy == "" {
		return nil
	}
	if len(policy) > 2048 {
		return fail(400, "InvalidParameter.PolicySize", "The size of Policy must be smaller than 2048 bytes.")
	}
	var document struct{ Statement []any }
	if json.Unmarshal([]byte(policy), &document) != nil || document.Statement == nil {
		return fail(400, "InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.")
	}
	return nil
}

// wrongly returns the error for a malformed parameter of Sts. (documented)
func wrongly(parameter string) error {
	return fail(400, "InvalidParameter."+parameter, "The parameter %s is wrongly formed.", parameter)
}

func (s *Server) sessionNow() time.Time {
	if s.behaviour.SessionsOnServerClock {
		return s.now()
	}
	return s.signatureNow()
}

// ExpireSessions makes all temporary credentials expire.
func (s *Server) ExpireSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, open := range s.sessions {
		open.expires = time.Time{}
	}
}
