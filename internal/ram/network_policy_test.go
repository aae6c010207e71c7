// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

var (
	keyPolicyNoun noun = func(ctx context.Context, c *Client) (any, error) { return c.AccountAccessKeyPolicy(ctx) }
	userSsoNoun   noun = func(ctx context.Context, c *Client) (any, error) { return c.UserSsoSettings(ctx) }
)

func TestNetworkPoliciesAndSsoAreReadAsTheServiceWritesThem(t *testing.T) {
	t.Parallel()
	policy := func(document string) string {
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		return `{"AccessKeyPolicy":` + string(text) + `}`
	}
	reset := `{"Version":1,"Status":"Inactive","Statements":[]}`
	one := NetworkPolicy{Status: new("Active"), Public: []string{"192.0.2.1"}, VPC: map[string][]string{}}
	for name, test := range map[string]struct {
		noun   noun
		status int
		body   string
		want   any // nil: an error with unknown outcome
	}{
		"never set":                {keyPolicyNoun, 200, policy(`{}`), NoNetworkPolicy()},
		"never set: empty":         {keyPolicyNoun, 200, policy(``), NoNetworkPolicy()},
		"never set: not found":     {keyPolicyNoun, 404, `{"Code":"EntityNotExist.AccessKeyPolicy"}`, NoNetworkPolicy()},
		"reset":                    {keyPolicyNoun, 200, policy(reset), NoNetworkPolicy()},
		"statements are null":      {keyPolicyNoun, 200, policy(`{"Status":"Active","Statements":null}`), NetworkPolicy{Status: new("Active"), Public: []string{}, VPC: map[string][]string{}}},
		"an object, not a text":    {keyPolicyNoun, 200, `{"AccessKeyPolicy":{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["192.0.2.1"]}]}}`, one},
		"a field of another field": {keyPolicyNoun, 200, policy(`{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","Note":"x","IPList":["192.0.2.1"]}],"More":1}`), one},
		"an unknown status":        {keyPolicyNoun, 200, policy(`{"Status":"Observed","Statements":[]}`), NetworkPolicy{Status: new("Observed"), Public: []string{}, VPC: map[string][]string{}}},
		"statements about one thing add up": {
			keyPolicyNoun, 200, policy(`{"Status":"Active","Statements":[
			{"Type":"ClassicWhiteList","IPList":["198.51.100.0/24","192.0.2.1"]},{"Type":"ClassicWhiteList","IPList":["192.0.2.1","2001:db8::1"]},
			{"Type":"VPCWhiteList","Value":"vpc-1","IPList":["10.0.0.0/8"]},{"Type":"VPCWhiteList","Value":"vpc-1","IPList":["172.16.0.0/12"]},{"Type":"VPCWhiteList","Value":"AllowAllVPC"}]}`),
			NetworkPolicy{
				Status: new("Active"), Public: []string{"192.0.2.1", "198.51.100.0/24", "2001:db8::1"},
				VPC: map[string][]string{"vpc-1": {"10.0.0.0/8", "172.16.0.0/12"}, "AllowAllVPC": {}},
			},
		},
		"absent":                  {keyPolicyNoun, 200, `{"RequestId":"R"}`, nil},
		"null":                    {keyPolicyNoun, 200, `{"AccessKeyPolicy":null}`, nil},
		"null in a text":          {keyPolicyNoun, 200, policy(`null`), nil},
		"a list":                  {keyPolicyNoun, 200, `{"AccessKeyPolicy":[]}`, nil},
		"a number":                {keyPolicyNoun, 200, `{"AccessKeyPolicy":7}`, nil},
		"half a document":         {keyPolicyNoun, 200, policy(reset[:20]), nil},
		"statements of words":     {keyPolicyNoun, 200, policy(`{"Status":"Active","Statements":["x"]}`), nil},
		"a statement of no type":  {keyPolicyNoun, 200, policy(`{"Status":"Active","Statements":[{"IPList":["192.0.2.1"]}]}`), nil},
		"addresses that are none": {keyPolicyNoun, 200, policy(`{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":{"a":1}}]}`), nil},
		"whole settings": {
			userSsoNoun, 200, `{"UserSsoSettings":{"AuthnSignAlgo":"rsa-sha256","AuxiliaryDomain":"example.com","MetadataDocument":"PD94bWwgdmVyc2lvbj0iMS4wIj8+","SsoEnabled":true,"SsoLoginWithDomain":"false"}}`,
			UserSsoSettings{SsoEnabled: new(true), MetadataDocument: new(`<?xml version="1.0"?>`), AuxiliaryDomain: new("example.com"), SsoLoginWithDomain: new(false), AuthnSignAlgo: new("rsa-sha256")},
		},
		"broken and unpadded Base64": {userSsoNoun, 200, `{"UserSsoSettings":{"MetadataDocument":"PGE\n+PC\r\n9hPg"}}`, UserSsoSettings{MetadataDocument: new("<a></a>"), AuxiliaryDomain: new("")}},
		"metadata as they are":       {userSsoNoun, 200, `{"UserSsoSettings":{"MetadataDocument":"<a/>","AuxiliaryDomain":null}}`, UserSsoSettings{MetadataDocument: new("<a/>"), AuxiliaryDomain: new("")}},
		"metadata that are none":     {userSsoNoun, 200, `{"UserSsoSettings":{"MetadataDocument":"%%%"}}`, nil},
		"no settings":                {userSsoNoun, 200, `{"RequestId":"R"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, test.status, test.body) })
			got, err := test.noun(t.Context(), newTestClient(t, server.URL))
			if test.want == nil {
				if !OutcomeUnknown(err) || strings.Contains(err.Error(), "192.0.2.1") {
					t.Errorf("got %#v, error: %v", got, err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v, %v", got, test.want, err)
			}
		})
	}
}

// Unknown parts of a document are sent back unchanged.
func TestUnknownStatementsAreReturned(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.SetBehaviour(func(b *ramtest.Behaviour) { b.AcceptUnknownStatements = true })
	fake.Change(func(a *ramtest.Account) {
		a.AccessKeyPolicy = `{"Version":1,"Status":"Inactive","Statements":[{"Type":"RegionWhiteList","Value":"cn-hangzhou","IPList":["192.0.2.9"]},{"Type":"ClassicWhiteList","IPList":["192.0.2.1"]}]}`
	})
	client := clientOf(t, fake)
	policy, err := client.AccountAccessKeyPolicy(t.Context())
	if err != nil || policy.None() {
		t.Fatal(policy, err)
	}
	if statements, addresses := policy.Size(); statements != 2 || addresses != 2 {
		t.Errorf("%d statements, %d addresses", statements, addresses)
	}
	policy.Status, policy.Public = new(NetworkPolicyActive), []string{}
	if err := client.ChangeAccountAccessKeyPolicy(t.Context(), replaceWith(policy)); err != nil {
		t.Fatal(err)
	}
	fake.Change(func(a *ramtest.Account) {
		if want := `{"Statements":[{"IPList":["192.0.2.9"],"Type":"RegionWhiteList","Value":"cn-hangzhou"}],"Status":"Active","Version":1}`; a.AccessKeyPolicy != want {
			t.Errorf("got %s", a.AccessKeyPolicy)
		}
	})
}

func TestAKeysPolicyIsSetAndReset(t *testing.T) {
	t.Parallel()
	for _, unset := range []bool{false, true} {
		fake := ramtest.New(t)
		fake.SetBehaviour(func(b *ramtest.Behaviour) { b.UnsetKeyPolicyNotFound = unset })
		client := clientOf(t, fake)
		id := fake.Credential("1234567890123456").AccessKeyID
		if policy, err := client.AccessKeyPolicy(t.Context(), "admin", id); err != nil || !policy.None() {
			t.Fatal(policy, err)
		}
		want := NetworkPolicy{Status: new(NetworkPolicyActive), Public: []string{"192.0.2.0/24"}, VPC: map[string][]string{"vpc-1": {"10.0.0.0/8"}}}
		if err := client.ChangeAccessKeyPolicy(t.Context(), "admin", id, replaceWith(want)); err != nil {
			t.Fatal(err)
		}
		if policy, err := client.AccessKeyPolicy(t.Context(), "admin", id); err != nil || !reflect.DeepEqual(policy, want) {
			t.Errorf("got %#v, %v", policy, err)
		}
		if err := client.ChangeAccessKeyPolicy(t.Context(), "admin", id, replaceWith(NoNetworkPolicy())); err != nil {
			t.Fatal(err)
		}
		if policy, err := client.AccessKeyPolicy(t.Context(), "admin", id); err != nil || !policy.None() {
			t.Errorf("got %#v, %v", policy, err)
		}
		for _, gone := range []string{"LTAIunknown", ""} {
			_, err := client.AccessKeyPolicy(t.Context(), "admin", gone)
			if err == nil || NotFound(err, "User.AccessKey") == (gone == "") {
				t.Errorf("%q: %v", gone, err)
			}
		}
		if _, err := client.AccessKeyPolicy(t.Context(), "unknown", id); !NotFound(err, "User") {
			t.Errorf("got %v", err)
		}
	}
}

func TestUserSsoSettingsAreWhatWasSet(t *testing.T) {
	t.Parallel()
	for _, absent := range []bool{false, true} {
		fake := ramtest.New(t)
		fake.SetBehaviour(func(b *ramtest.Behaviour) { b.OmitEmptyFields = absent })
		client := clientOf(t, fake)
		for _, want := range []UserSsoSettings{
			{new(true), new("<md:EntityDescriptor>é</md:EntityDescriptor>\n"), new("example.com"), new(false), new("rsa-sha256")},
			{new(false), new(""), new(""), new(true), new("rsa-sha1")},
		} {
			if err := client.ChangeUserSsoSettings(t.Context(), replaceWith(want)); err != nil {
				t.Fatal(err)
			}
			if got, err := client.UserSsoSettings(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %#v, %v", got, err)
			}
		}
	}
}

// FuzzNetworkPolicy parses arbitrary documents. A document that it accepts must be equal
// after it is written and parsed again.
func FuzzNetworkPolicy(f *testing.F) {
	for _, document := range []string{
		`{}`, ``, `null`, `[]`, `{"Version":1,"Status":"Active","Statements":[]}`,
		`{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["192.0.2.1"]},{"Type":"VPCWhiteList","Value":"vpc-1"},{"Type":"X","IPList":7}]}`,
	} {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document string) {
		text, err := json.Marshal(document)
		if err != nil {
			t.Skip()
		}
		var read policyDocument
		if read.UnmarshalJSON(text) != nil || !read.present {
			return
		}
		written, err := read.policy.documentOver(read.returned)
		if err != nil {
			t.Fatal(err)
		}
		var again policyDocument
		if text, err = json.Marshal(written); err != nil || again.UnmarshalJSON(text) != nil {
			t.Fatalf("%s became %s, which is invalid", document, written)
		}
		a, _ := again.policy.Size()
		b, _ := read.policy.Size()
		if !reflect.DeepEqual(again.policy.Public, read.policy.Public) || !reflect.DeepEqual(again.policy.VPC, read.policy.VPC) || a != b {
			t.Fatalf("%s became %s", document, written)
		}
	})
}
