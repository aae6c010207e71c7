// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"fmt"
	"strconv"
	"time"
)

// credentialsServer is a credentials URI. Each request gets a session of the next account. After the last account, that of the last
// one.
type credentialsServer struct {
	accounts []string
	lifetime time.Duration
	requests int
}

// CredentialsURI returns an address that responds like the sidecar of ALIBABA_CLOUD_CREDENTIALS_URI, with sessions that
// expire after lifetime. The first request gets credentials of the first account, the next requests those of the following
// accounts, and all further requests those of the last account.
func (s *Server) CredentialsURI(lifetime time.Duration, accountIDs ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lenders = append(s.lenders, &credentialsServer{accounts: accountIDs, lifetime: lifetime})
	return fmt.Sprintf("%s%scredentials?lender=%d", s.url, controlPrefix, len(s.lenders)-1)
}

// serveCredentials responds to one request to a credentials URI. (observed in the vendor's credentials clients)
func (s *Server) serveCredentials(number string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(s.lenders) || len(s.lenders[n].accounts) == 0 {
		return nil, fmt.Errorf("there is no lender %q", number)
	}
	from := s.lenders[n]
	account := s.accounts[from.accounts[min(from.requests, len(from.accounts)-1)]]
	from.requests++
	if account == nil {
		return nil, fmt.Errorf("lender %d has no account", n)
	}
	id, created := s.newSessionKeyID(), &session{
		secret: s.newSecret(), token: s.newSecurityToken(), accountID: account.ID, name: "lender",
		lent: &Role{ID: s.newRoleID(), Name: "lender"}, expires: s.sessionNow().Add(from.lifetime).Truncate(time.Second),
	}
	s.sessions[id] = created
	return map[string]string{
		"Code": "Success", "AccessKeyId": id, "AccessKeySecret": created.secret, "SecurityToken": created.token, "Expiration": stamp(created.expires),
	}, nil
}
