// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"strings"
	"testing"
	"time"
)

func TestServiceCredential(t *testing.T) {
	t.Parallel()
	s, c := still(t)
	inhabited(s, "alice")
	create := of("Ims", "alice", "ServiceCredentialName", "bot", "ServiceName", "bailian.aliyuncs.com", "CredentialAgeDays", "30")
	created := c.ok("Ims", "CreateServiceCredential", create...)
	id, _ := created.at("ServiceCredential.ServiceCredentialId").(string)
	secret, _ := created.at("ServiceCredential.ServiceCredentialSecret").(string)
	equal(t, "prefix", strings.HasPrefix(id, "SC"), true)
	equal(t, "expires", created.at("ServiceCredential.ExpirationTime"), "2026-02-11T09:12:00Z")
	got := c.ok("Ims", "GetServiceCredential", of("Ims", "alice", "ServiceCredentialId", id)...)
	equal(t, "no secret", strings.Contains(got.text, secret), false)
	equal(t, "status", got.at("ServiceCredential.Status"), "Active")

	c.ok("Ims", "CreateServiceCredential", create...)
	c.refused("LimitExceeded.User.ServiceCredential", "Ims", "CreateServiceCredential", create...)
	c.ok("Ims", "CreateServiceCredential", of("Ims", "alice", "ServiceCredentialName", "x", "ServiceName", "dms.aliyuncs.com")...)
	c.refused("InvalidParameter.ServiceName", "Ims", "CreateServiceCredential", of("Ims", "alice", "ServiceCredentialName", "x", "ServiceName", "dms")...)
	first := c.ok("Ims", "ListServiceCredentials", "AllUsers", "true", "MaxResults", "2")
	equal(t, "truncated", first.at("IsTruncated"), true)
	next, _ := first.at("NextToken").(string)
	rest := c.ok("Ims", "ListServiceCredentials", "AllUsers", "true", "MaxResults", "2", "NextToken", next)
	equal(t, "last page", rest.at("IsTruncated"), false)
	c.refused("InvalidParameter.UserPrincipalName", "Ims", "ListServiceCredentials", of("Ims", "alice", "AllUsers", "true")...)

	c.refused("MissingStatus", "Ims", "UpdateServiceCredential", of("Ims", "alice", "ServiceCredentialId", id)...)
	c.ok("Ims", "UpdateServiceCredential", of("Ims", "alice", "ServiceCredentialId", id, "Status", "Inactive", "ServiceCredentialName", "old")...)
	equal(t, "history", s.History()[len(s.History())-1].Object, "service_credential/"+id)
	s.SetBehaviour(func(b *Behaviour) { b.CredentialsConflict = true })
	c.refused("DeleteConflict.User.ServiceCredential", "Ims", "DeleteUser", of("Ims", "alice")...)
	c.ok("Ims", "DeleteServiceCredential", of("Ims", "alice", "ServiceCredentialId", id)...)
	c.refused("EntityNotExist.User.ServiceCredential", "Ims", "GetServiceCredential", of("Ims", "alice", "ServiceCredentialId", id)...)
	s.Advance(time.Hour)
}
