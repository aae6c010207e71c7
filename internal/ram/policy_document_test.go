// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestRightsOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		statement string
		want      Rights
	}{
		{`{"Effect":"Allow","Action":"*","Resource":"*"}`, Rights{true, true}},
		{`{"Effect":"Allow","Action":["oss:Get*","*:*"],"Resource":["*"]}`, Rights{true, true}},
		{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"acs:SourceIp":"203.0.113.0/24"}}}`, Rights{false, true}},
		{`{"Effect":"Allow","Action":"*","Resource":"acs:oss:*:*:bucket"}`, Rights{false, true}},
		{`{"Effect":"Allow","Action":"ram:*","Resource":"*"}`, Rights{false, true}},
		{`{"Effect":"Allow","Action":"RAM:AttachPolicyToUser","Resource":"*"}`, Rights{false, true}},
		{`{"Effect":"Allow","Action":"r*:Create*","Resource":"*"}`, Rights{false, true}},
		{`{"Effect":"Allow","Action":"*:CreateAccessKey","Resource":"*"}`, Rights{false, true}},
		{`{"Effect":"Allow","Action":["ram:Get*","ram:ListUsers"],"Resource":"*"}`, Rights{}},
		{`{"Effect":"Allow","Action":"*:Get*","Resource":"*"}`, Rights{}},
		{`{"Effect":"Allow","Action":"oss:*","Resource":"*"}`, Rights{}},
		{`{"Effect":"Deny","Action":"*","Resource":"*"}`, Rights{}},
		{`{"Effect":"Allow","NotAction":"oss:*","Resource":"*"}`, Rights{false, true}},
		{`{"Effect":"Allow","NotAction":["ram:*","oss:*"],"Resource":"*"}`, Rights{}},
	} {
		if got := rightsOf(`{"Version":"1","Statement":[` + test.statement + `]}`); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.statement, got, test.want)
		}
	}
	if got := rightsOf("{"); !got.Administrator || !got.ChangesRAM {
		t.Errorf("unreadable document: %+v", got)
	}
}

func TestPolicyRights_areThoseOfTheDefaultVersion(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	const none, all = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}`, `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	fake.Change(func(a *ramtest.Account) {
		a.Policies = map[string]*ramtest.Policy{"own": {Name: "own", DefaultVersion: "v2", Versions: []ramtest.PolicyVersion{{ID: "v1", Document: none}, {ID: "v2", Document: all}}}}
	})
	client := clientOf(t, fake)
	for policy, want := range map[Policy]Rights{
		{"System", "AdministratorAccess"}: {true, true}, {"System", "AliyunRAMFullAccess"}: {false, true}, {"System", "AliyunOSSFullAccess"}: {}, {"System", "ReadOnlyAccess"}: {},
		{"Custom", "own"}: {true, true},
	} {
		if got, err := client.PolicyRights(t.Context(), policy); err != nil || got != want {
			t.Errorf("%v: got %+v, want %+v, error %v", policy, got, want, err)
		}
	}
	if _, err := client.PolicyRights(t.Context(), Policy{"Custom", "missing"}); !NotFound(err, "Policy") {
		t.Errorf("a missing policy: %v", err)
	}
}

func TestPolicyPrincipals(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Change(func(a *ramtest.Account) {
		a.Users["admin"].Policies = []string{"System/ReadOnlyAccess"}
		a.Groups["ops"] = &ramtest.Group{ID: "g-1", Name: "ops", Policies: []string{"System/ReadOnlyAccess"}}
		a.Roles["deploy"] = &ramtest.Role{ID: "3", Name: "deploy", Policies: []string{"System/ReadOnlyAccess"}}
	})
	client := clientOf(t, fake)
	got, err := client.PolicyPrincipals(t.Context(), Policy{"System", "ReadOnlyAccess"})
	if err != nil || len(got) != 3 || got[0] != (Principal{UserPrincipal, "admin"}) || got[1] != (Principal{GroupPrincipal, "ops"}) || got[2] != (Principal{RolePrincipal, "deploy"}) {
		t.Errorf("got %v, error %v", got, err)
	}
	if id, err := client.RoleID(t.Context(), "deploy"); err != nil || id != "3" {
		t.Errorf("id %q, error %v", id, err)
	}
	if _, err := client.RoleID(t.Context(), "missing"); !NotFound(err, "Role") {
		t.Errorf("a missing role: %v", err)
	}
}
