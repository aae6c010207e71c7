// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

const idpMetadata = `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/" ID="one">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>
</md:EntityDescriptor>
`

// respelt says the same as idpMetadata.
const respelt = "<m:EntityDescriptor ID='one' entityID='https://idp.example.com/' xmlns:m='urn:oasis:names:tc:SAML:2.0:metadata'><!-- of May -->" +
	"<m:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"></m:IDPSSODescriptor>\r\n</m:EntityDescriptor>"

func TestUserSso_invalidInputIsRefusedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for _, bad := range []struct {
		config attributes
		says   string
	}{
		{attributes{"metadata_document": base64.StdEncoding.EncodeToString([]byte(idpMetadata))}, "base64decode()"},
		{attributes{"metadata_document": idpMetadata[:200]}, "is not well-formed XML"},
		{attributes{"metadata_document": "metadata.xml"}, `"metadata.xml"… is not well-formed XML`},
		{attributes{"metadata_document": idpMetadata + idpMetadata[22:]}, "or several"},
		{attributes{"metadata_document": idpMetadata + "more"}, "there is text outside of the root element"},
		{attributes{"metadata_document": "<html/>"}, "The document is a  html"},
		{attributes{"metadata_document": "", "sso_enabled": true}, "Single sign-on requires metadata"},
		{attributes{"auxiliary_domain": "https://example.com/"}, "must be a domain"},
		{attributes{"authn_sign_algo": "md5"}, "rsa-sha256"},
	} {
		_, diags := c.Create(userSso, bad.config)
		contains(t, acctest.Messages(acctest.Errors(diags)), bad.says)
	}
	expect(t, "calls", len(srv.Calls()), 0)
}

func TestUserSso_isNotEnabledWithoutMetadata(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(userSso, attributes{"sso_enabled": true})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Single sign-on requires metadata", `AttributeName("sso_enabled")`)
	if strings.Contains(acctest.Messages(diags), "allow_lock_out") {
		t.Error("an argument is named that there is not")
	}
	plan, diags := c.Plan(userSso, attributes{"sso_enabled": true, "metadata_document": acctest.Unknown{}}, c.Null(userSso))
	clean(t, diags)
	known := attributes{"sso_enabled": true, "metadata_document": ""}
	plan.PlannedState = c.Dynamic(c.Propose(userSso, c.Build(c.Schemas.ResourceSchemas[userSso], known), c.Planned(userSso, plan)))
	_, diags = c.ApplyPlan(userSso, known, c.Null(userSso), plan)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Single sign-on requires metadata")
	expect(t, "writes", writes(srv), []string(nil))
}

func TestUserSso_warnsOfLockOutsAndComparesMetadataByContent(t *testing.T) {
	t.Parallel()
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := old(t, model)
			c := newCore(t, srv.Getenv, fakeClock())
			config := attributes{"sso_enabled": true, "metadata_document": respelt}
			o, diags := c.Create(userSso, config)
			clean(t, diags)
			contains(t, acctest.Messages(diags), "RAM users can no longer log on with passwords", "sso_enabled: false → true")
			expect(t, "metadata are as they were", account(srv).UserSso.MetadataDocument, respelt)
			expectUnchanged(t, srv, "AuxiliaryDomain", "LoginWithDomain", "AuthnSignAlgo")
			unmoved(t, c, userSso, o)

			srv.Change(func(a *ramtest.Account) { a.UserSso.MetadataDocument = idpMetadata })
			unmoved(t, c, userSso, o)
			config["metadata_document"] = idpMetadata
			plan, diags := c.Plan(userSso, config, o)
			clean(t, diags)
			expect(t, "another spelling changes nothing", c.Planned(userSso, plan).Equal(o.State), true)

			config["metadata_document"] = strings.Replace(idpMetadata, "idp.example.com", "idp.example.org", 1)
			_, diags = c.Plan(userSso, config, o)
			contains(t, acctest.Messages(diags), "RAM users log on through another identity provider")
			if text := acctest.Messages(diags); strings.Contains(text, "IDPSSODescriptor") {
				t.Errorf("a message holds the whole document:\n%s", text)
			}
			o, diags = c.Apply(userSso, config, o)
			clean(t, diags)
			_, diags = c.Plan(userSso, attributes{"sso_enabled": false}, o)
			contains(t, acctest.Messages(diags), "The user SSO configuration gets weaker", "sso_enabled: true → false (weaker)")
			expect(t, "domain", account(srv).UserSso.AuxiliaryDomain, "old.example.com")
		})
	}
}

func TestUserSso_everyZeroIsSent(t *testing.T) {
	t.Parallel()
	zero := attributes{"sso_enabled": false, "metadata_document": "", "auxiliary_domain": "", "sso_login_with_domain": false}
	for name, model := range models {
		srv := old(t, model)
		srv.Change(func(a *ramtest.Account) { a.UserSso.LoginWithDomain, a.UserSso.AuthnSignAlgo = true, "rsa-sha256" })
		c := newCore(t, srv.Getenv, fakeClock())
		o, diags := c.Create(userSso, zero)
		clean(t, diags)
		expect(t, name, account(srv).UserSso, ramtest.UserSso{AuthnSignAlgo: "rsa-sha256"})
		unmoved(t, c, userSso, o)
	}
	srv := old(t, func(b *ramtest.Behaviour) { b.EmptySsoTextKeepsValue = true })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(userSso, zero)
	clean(t, diags)
	contains(t, acctest.Messages(diags), "Cannot confirm the user SSO configuration", "auxiliary_domain = \"\"", `still returns "old.example.com"`)
}

func TestUserSso_onDestroy(t *testing.T) {
	t.Parallel()
	reset := ramtest.NewAccount("").UserSso
	reset.MetadataDocument = idpMetadata // an account without one is weaker than the account before the adoption
	config := attributes{"sso_enabled": true, "metadata_document": strings.Replace(idpMetadata, "idp.example.com", "idp.example.org", 1), "auxiliary_domain": "new.example.com"}
	for onDestroy, want := range map[string]ramtest.UserSso{
		setting.Retain:  {Enabled: true, MetadataDocument: config["metadata_document"].(string), AuxiliaryDomain: "new.example.com", AuthnSignAlgo: "rsa-sha1"},
		setting.Restore: {MetadataDocument: idpMetadata, AuxiliaryDomain: "old.example.com", AuthnSignAlgo: "rsa-sha1"},
		setting.Reset:   reset,
	} {
		srv := old(t)
		c := newCore(t, srv.Getenv, fakeClock())
		config["on_destroy"] = onDestroy
		o, diags := c.Create(userSso, config)
		clean(t, diags)
		_, diags = c.Destroy(userSso, o)
		clean(t, diags)
		expect(t, onDestroy, account(srv).UserSso, want)
	}
}

func TestUserSso_data(t *testing.T) {
	t.Parallel()
	for _, absent := range []bool{false, true} {
		srv := ramtest.New(t)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.OmitEmptyFields = absent })
		c := newCore(t, srv.Getenv, fakeClock())
		v, diags := c.ReadData(userSso, attributes{})
		clean(t, diags)
		for name, want := range freshOf(newUserSsoSettings()) {
			expect(t, name, in(t, v, name), want)
		}
	}
}

func TestSameXML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{idpMetadata, respelt, true},
		{idpMetadata, strings.ReplaceAll(idpMetadata, "\n", "\r\n"), true},
		{idpMetadata, strings.Replace(idpMetadata, `ID="one"`, `ID="two"`, 1), false},
		{idpMetadata, strings.Replace(idpMetadata, "metadata\"", "other\"", 1), false},
		{"<a>x</a>", "<a> x\n</a>", true},
		{"<a>x</a>", "<a>y</a>", false},
		{"<a><b/></a>", "<a/>", false},
		{"<a", " <a\n", true},
		{"<a/>", "", false},
		{"", "", true},
	} {
		if got := sameXML(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: got %t", c.a, c.b, got)
		}
	}
}

// A byte order mark is not part of the document: it is not sent, and the state contains the document as configured.
func TestUserSso_byteOrderMarkIsIgnored(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := attributes{"metadata_document": "\ufeff" + idpMetadata}
	o, diags := c.Create("ram_user_sso_settings", config)
	clean(t, diags)
	expect(t, "document", account(srv).UserSso.MetadataDocument, idpMetadata)
	steady(t, c, "ram_user_sso_settings", config, o)
}
