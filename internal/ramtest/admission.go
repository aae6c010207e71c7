// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The order of the checks is assumed: transport, common parameters, timestamp, key, signature, nonce, action, throttling,
// permission, parameters, state. This file contains the checks up to the action.

const allowedSkew = 15 * time.Minute

// admit returns the request of an authenticated caller, or the first error.
func (s *Server) admit(in *incoming) (*request, error) {
	if err := in.checkCommon(); err != nil {
		return nil, err
	}
	who, err := s.authenticate(in)
	if err != nil {
		return nil, err
	}
	if err := s.knows(in); err != nil {
		return nil, err
	}
	return &request{
		server: s, account: s.accounts[who.accountID], caller: who,
		product: in.product(), action: in.action, params: in.params, now: s.now(),
	}, nil
}

// checkCommon checks what every request needs. (documented; the order is assumed)
func (in *incoming) checkCommon() error {
	switch {
	case in.method != http.MethodGet && in.method != http.MethodPost:
		return unsupportedMethod()
	case in.path != "/":
		return unknownAction()
	case in.broken != nil:
		return in.broken
	case in.action == "":
		return missing("Action")
	case in.version == "":
		return missing("Version")
	case products[in.version] == "":
		return unknownVersion()
	case in.hostProduct() != "" && in.hostProduct() != in.product():
		return invalid("Action or Version")
	case in.format != "" && !strings.EqualFold(in.format, "JSON") && !strings.EqualFold(in.format, "XML"):
		return invalid("Format")
	case in.unsigned():
		return nil
	case in.signedInHeaders:
		return in.checkHeaders()
	}
	return in.checkParameters()
}

// unsigned reports whether the request needs no signature. AssumeRoleWithOIDC is called without a key. (documented)
func (in *incoming) unsigned() bool {
	return in.action == "AssumeRoleWithOIDC" && in.keyID == "" && in.parameter("Signature") == "" && in.header.Get("Authorization") == ""
}

// checkParameters checks the common parameters of a request that is signed in its parameters. (documented)
func (in *incoming) checkParameters() error {
	for _, name := range []string{"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature"} {
		if in.parameter(name) == "" {
			return missing(name)
		}
	}
	if in.parameter("SignatureMethod") != "HMAC-SHA1" {
		return invalid("SignatureMethod")
	}
	if in.parameter("SignatureVersion") != "1.0" {
		return invalid("SignatureVersion")
	}
	if in.parameter("SignatureType") != "" {
		return invalid("SignatureType")
	}
	return nil
}

// checkHeaders checks the headers of a request that is signed in its headers. (documented)
func (in *incoming) checkHeaders() error {
	for _, name := range []string{"x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "Authorization"} {
		if in.header.Get(name) == "" {
			return missing(name)
		}
	}
	if in.keyID == "" {
		return signatureIncomplete()
	}
	return nil
}

// authenticate returns the caller. It checks the date of the signature against the signature clock.
func (s *Server) authenticate(in *incoming) (*caller, error) {
	if in.unsigned() {
		return &caller{kind: "Anonymous", accountID: s.roleAccount(in.params["RoleArn"])}, nil
	}
	signed, err := time.Parse(timestampLayout, in.date)
	if err != nil {
		return nil, timestampFormat()
	}
	if apart := s.signatureNow().Sub(signed); apart > allowedSkew || apart < -allowedSkew {
		return nil, timestampExpired()
	}
	who, secret, err := s.identify(in.keyID, in.token)
	if err != nil {
		return nil, err
	}
	if err := in.verify(secret); err != nil {
		return nil, err
	}
	if err := s.once(in.keyID, in.nonce); err != nil {
		return nil, err
	}
	s.touch(who, in.product())
	return who, nil
}

func (s *Server) roleAccount(arn string) string {
	if parts := roleARN.FindStringSubmatch(arn); parts != nil && s.accounts[parts[1]] != nil {
		return parts[1]
	}
	return s.first
}

// identify returns the owner and the secret of a key. Temporary keys need their own token. Long-lived keys must not have
// one. (documented; the statuses are assumed)
func (s *Server) identify(keyID, token string) (*caller, string, error) {
	if strings.HasPrefix(keyID, "STS.") {
		return s.identifySession(keyID, token)
	}
	for _, account := range s.accounts {
		key, user := account.KeyByID(keyID)
		if key == nil {
			continue
		}
		if key.Status != "Active" {
			return nil, "", inactiveKey()
		}
		if token != "" {
			return nil, "", securityToken("MismatchWithAccessKey")
		}
		who := &caller{kind: "Account", accountID: account.ID, user: user, key: key, accessKeyID: keyID}
		if user != nil {
			who.kind = "RAMUser"
		}
		return who, key.Secret, nil
	}
	return nil, "", unknownKey()
}

func (s *Server) identifySession(keyID, token string) (*caller, string, error) {
	open := s.sessions[keyID]
	switch {
	case open == nil:
		return nil, "", unknownKey()
	case token == "":
		return nil, "", missing("SecurityToken")
	case token != open.token && s.issued[token]:
		return nil, "", securityToken("MismatchWithAccessKey")
	case token != open.token:
		return nil, "", securityToken("Malformed")
	case !s.sessionNow().Before(open.expires):
		return nil, "", securityToken("Expired")
	}
	role := cmp.Or(open.lent, s.accounts[open.accountID].Roles[open.role])
	if role == nil {
		return nil, "", securityToken("Malformed")
	}
	return &caller{
		kind: "AssumedRoleUser", accountID: open.accountID, role: role, session: open.name, accessKeyID: keyID, temporary: true,
	}, open.secret, nil
}

// once refuses a nonce that was already used (documented; that this is per key, and while its timestamp is valid, is
// assumed).
func (s *Server) once(keyID, nonce string) error {
	now, used := s.signatureNow(), keyID+"\x00"+nonce
	if now.Sub(s.nonces.since) > 2*allowedSkew {
		s.nonces = nonces{since: now, latest: map[string]bool{}, earlier: s.nonces.latest}
	}
	if s.nonces.latest[used] || s.nonces.earlier[used] {
		return nonceUsed()
	}
	s.nonces.latest[used] = true
	return nil
}

// nonces are the recently used nonces, in two generations.
type nonces struct {
	since           time.Time
	latest, earlier map[string]bool
}

// touch records the last use of a key at once. The service needs about two hours. (documented; the fake does not delay it)
func (s *Server) touch(who *caller, product string) {
	if who.key != nil {
		who.key.LastUsed, who.key.LastUsedService = s.now(), product
	}
}

// knows checks that the fake has the operation. It returns 501 for an operation that only the service has, because that is
// a limit of the fake. An action of another product is a wrong combination. (documented)
func (s *Server) knows(in *incoming) error {
	name := in.product() + "/" + in.action
	if slices.Contains(strings.Split(s.behaviour.MissingOperations, ","), in.action) {
		return s.unknownAction()
	}
	if _, ok := actions[name]; ok {
		return nil
	}
	if _, ok := operations[name]; ok {
		return fail(http.StatusNotImplemented, "NotImplementedByFake", "The service has %s, but this fake does not implement it.", in.action)
	}
	for _, product := range products {
		if _, ok := operations[product+"/"+in.action]; ok {
			return invalid("Action or Version")
		}
	}
	return s.unknownAction()
}

// unknownAction is the error of an action that the product does not have. (documented, both; Behaviour.OlderUnknownActions)
func (s *Server) unknownAction() error {
	if s.behaviour.OlderUnknownActions {
		return invalid("Action or Version")
	}
	return unknownAction()
}
