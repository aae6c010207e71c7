// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"testing"
)

// noun is one method of the client, called against one response.
type noun func(context.Context, *Client) (any, error)

var (
	preferenceNoun noun = func(ctx context.Context, c *Client) (any, error) { return c.SecurityPreference(ctx) }
	policyNoun     noun = func(ctx context.Context, c *Client) (any, error) { return c.PasswordPolicy(ctx) }
	aliasNoun      noun = func(ctx context.Context, c *Client) (any, error) { return c.AccountAlias(ctx) }
	domainNoun     noun = func(ctx context.Context, c *Client) (any, error) { return c.DefaultDomain(ctx) }
	summaryNoun    noun = func(ctx context.Context, c *Client) (any, error) { return c.AccountSummary(ctx) }
	rootMFANoun    noun = func(ctx context.Context, c *Client) (any, error) { return c.RootMFAEnabled(ctx) }
)

func TestNounsAreReadAsTheServiceWritesThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		noun   noun
		action string
		status int
		body   string
		want   any // nil: an error with unknown outcome, after five attempts
	}{
		"a whole preference": {preferenceNoun, "Ims GetSecurityPreference", 200, `{"RequestId":"R","SecurityPreference":{
			"AccessKeyPreference":{"AllowUserToManageAccessKeys":false,"AllowUserToManageServiceCredentials":true},
			"ApplicationLoginPreference":{"AllowUserLongTermLogin":true},
			"LoginProfilePreference":{"AllowUserToChangePassword":true,"AllowUserToLoginWithPasskey":false,"EnableSaveMFATicket":false,
				"LoginNetworkMasks":"10.0.0.0/8; 192.168.0.0/16;","LoginSessionDuration":6,"MFAOperationForLogin":"adaptive","OperationForRiskLogin":"autonomous"},
			"MFAPreference":{"AllowUserToManageMFADevices":true},
			"MaxIdleDays":{"MaxIdleDaysForAccessKeys":730,"MaxIdleDaysForUsers":"365"},
			"PersonalInfoPreference":{"AllowUserToManagePersonalDingTalk":"true"},
			"VerificationPreference":{"VerificationTypes":["sms","email"]}}}`, SecurityPreference{
			AllowUserToManageAccessKeys: new(false), AllowUserToManageServiceCredentials: new(true), AllowUserLongTermLogin: new(true),
			AllowUserToChangePassword: new(true), AllowUserToLoginWithPasskey: new(false), EnableSaveMFATicket: new(false),
			LoginNetworkMasks: []string{"10.0.0.0/8", "192.168.0.0/16"}, LoginSessionDuration: new(int64(6)), MFAOperationForLogin: new("adaptive"),
			AllowUserToManageMFADevices: new(true), MaxIdleDaysForAccessKeys: new(int64(730)), MaxIdleDaysForUsers: new(int64(365)),
			AllowUserToManagePersonalDingTalk: new(true), VerificationTypes: []string{"sms", "email"},
		}},
		"a preference of an older deployment": {
			preferenceNoun, "Ims GetSecurityPreference", 200, `{"SecurityPreference":{"MFAPreference":null,
			"VerificationPreference":{"VerificationTypes":["[\"sms\",\"email\"]"]}}}`,
			SecurityPreference{VerificationTypes: []string{"sms", "email"}},
		},
		"masks that are absent are empty": {
			preferenceNoun, "Ims GetSecurityPreference", 200,
			`{"SecurityPreference":{"LoginProfilePreference":{},"VerificationPreference":{"VerificationTypes":[]}}}`,
			SecurityPreference{LoginNetworkMasks: []string{}, VerificationTypes: []string{}},
		},
		"masks that are null are empty": {
			preferenceNoun, "Ims GetSecurityPreference", 200,
			`{"SecurityPreference":{"LoginProfilePreference":{"LoginNetworkMasks":null,"MFAOperationForLogin":""}}}`,
			SecurityPreference{LoginNetworkMasks: []string{}},
		},
		"an empty preference":     {preferenceNoun, "Ims GetSecurityPreference", 200, `{"SecurityPreference":{}}`, SecurityPreference{}},
		"no preference":           {preferenceNoun, "Ims GetSecurityPreference", 200, `{"RequestId":"R"}`, nil},
		"a null preference":       {preferenceNoun, "Ims GetSecurityPreference", 200, `{"SecurityPreference":null}`, nil},
		"a preference of a list":  {preferenceNoun, "Ims GetSecurityPreference", 200, `{"SecurityPreference":[]}`, nil},
		"a duration that is none": {preferenceNoun, "Ims GetSecurityPreference", 200, `{"SecurityPreference":{"LoginProfilePreference":{"LoginSessionDuration":"long"}}}`, nil},
		"a whole policy": {policyNoun, "Ims GetPasswordPolicy", 200, `{"PasswordPolicy":{"HardExpire":false,"InitialPasswordAge":14,"InterceptRiskPasswordOnApi":true,
			"MaxLoginAttemps":5,"MaxPasswordAge":0,"MinimumPasswordDifferentCharacter":2,"MinimumPasswordLength":8,"PasswordNotContainUserName":false,
			"PasswordReusePrevention":24,"RequireLowercaseCharacters":true,"RequireNumbers":"false","RequireSymbols":true,"RequireUppercaseCharacters":false}}`, PasswordPolicy{
			HardExpiry: new(false), InitialPasswordAge: new(int64(14)), InterceptRiskPasswordOnAPI: new(true), MaxLoginAttempts: new(int64(5)),
			MaxPasswordAge: new(int64(0)), MinimumPasswordDifferentCharacter: new(int64(2)), MinimumPasswordLength: new(int64(8)),
			PasswordNotContainUserName: new(false), PasswordReusePrevention: new(int64(24)), RequireLowercaseCharacters: new(true),
			RequireNumbers: new(false), RequireSymbols: new(true), RequireUppercaseCharacters: new(false),
		}},
		"a policy of an older deployment": {policyNoun, "Ims GetPasswordPolicy", 200, `{"PasswordPolicy":{"MaxPasswordAge":90}}`, PasswordPolicy{MaxPasswordAge: new(int64(90))}},
		"no policy":                       {policyNoun, "Ims GetPasswordPolicy", 200, `{"RequestId":"R"}`, nil},
		"an alias":                        {aliasNoun, "Ram GetAccountAlias", 200, `{"AccountAlias":"acme"}`, "acme"},
		"an alias of digits":              {aliasNoun, "Ram GetAccountAlias", 200, `{"AccountAlias":1968132000120002}`, "1968132000120002"},
		"no alias: the id":                {aliasNoun, "Ram GetAccountAlias", 200, `{"AccountAlias":"1968132000120001"}`, ""},
		"no alias: nothing":               {aliasNoun, "Ram GetAccountAlias", 200, `{"RequestId":"R"}`, ""},
		"no alias: empty":                 {aliasNoun, "Ram GetAccountAlias", 200, `{"AccountAlias":""}`, ""},
		"no alias: not found":             {aliasNoun, "Ram GetAccountAlias", 404, `{"Code":"EntityNotExist.AccountAlias"}`, ""},
		"no alias: not found, shorter":    {aliasNoun, "Ram GetAccountAlias", 404, `{"Code":"EntityNotExist"}`, ""},
		"an alias that an error hides":    {aliasNoun, "Ram GetAccountAlias", 200, `{"Code":"InternalError"}`, nil},
		"a domain":                        {domainNoun, "Ims GetDefaultDomain", 200, `{"DefaultDomainName":"acme.onaliyun.com"}`, "acme.onaliyun.com"},
		"no domain":                       {domainNoun, "Ims GetDefaultDomain", 200, `{"DefaultDomainName":""}`, nil},
		"a summary":                       {summaryNoun, "Ims GetAccountSummary", 200, `{"SummaryMap":{"Users":9,"UsersQuota":"1000","New":null}}`, map[string]int64{"Users": 9, "UsersQuota": 1000}},
		"no summary":                      {summaryNoun, "Ims GetAccountSummary", 200, `{}`, nil},
		"a summary of words":              {summaryNoun, "Ims GetAccountSummary", 200, `{"SummaryMap":{"Users":"many"}}`, nil},
		"root MFA":                        {rootMFANoun, "Ims GetAccountMFAInfo", 200, `{"IsMFAEnable":true}`, true},
		"no root MFA":                     {rootMFANoun, "Ims GetAccountMFAInfo", 200, `{"IsMFAEnable":"false"}`, false},
		"root MFA unsaid":                 {rootMFANoun, "Ims GetAccountMFAInfo", 200, `{}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				switch got := versionNames[r.PostForm.Get("Version")] + " " + r.PostForm.Get("Action"); got {
				case "Sts GetCallerIdentity":
					respond(t, w, 200, identityBody)
				case test.action:
					asked++
					respond(t, w, test.status, test.body)
				default:
					t.Errorf("called %s", got)
				}
			})
			got, err := test.noun(t.Context(), newTestClient(t, server.URL))
			if test.want == nil {
				if !OutcomeUnknown(err) || asked != 5 {
					t.Errorf("%d attempts, error: %v", asked, err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v, %v", got, test.want, err)
			}
		})
	}
}

var versionNames = map[string]string{"2015-05-01": "Ram", "2019-08-15": "Ims", "2015-04-01": "Sts"}

func TestAGateways404IsNoMissingAlias(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"Code":"InvalidApi.NotFound"}`, `{"Message":"not here"}`, `<html></html>`} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.PostForm.Get("Action") == "GetCallerIdentity" {
				respond(t, w, 200, identityBody)
				return
			}
			respond(t, w, 404, body)
		})
		if alias, err := newTestClient(t, server.URL).AccountAlias(t.Context()); err == nil {
			t.Errorf("%s: %q", body, alias)
		}
	}
}

func TestAllFieldsOfASettingAreParameters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		setting interface{ params() (params, error) }
		want    params
	}{
		"a whole preference": {SecurityPreference{
			AllowUserToChangePassword: new(false), AllowUserToManageAccessKeys: new(true), AllowUserToManageMFADevices: new(false),
			AllowUserToManagePersonalDingTalk: new(true), AllowUserToManageServiceCredentials: new(false), AllowUserToLoginWithPasskey: new(true),
			AllowUserLongTermLogin: new(false), EnableSaveMFATicket: new(true), LoginSessionDuration: new(int64(24)),
			LoginNetworkMasks: []string{"10.0.0.0/8", "2001:db8::/32"}, MFAOperationForLogin: new("mandatory"),
			VerificationTypes: []string{"sms", "email"}, MaxIdleDaysForUsers: new(int64(90)), MaxIdleDaysForAccessKeys: new(int64(180)),
		}, params{
			"AllowUserToChangePassword": "false", "AllowUserToManageAccessKeys": "true", "AllowUserToManageMFADevices": "false",
			"AllowUserToManagePersonalDingTalk": "true", "AllowUserToManageServiceCredentials": "false", "AllowUserToLoginWithPasskey": "true",
			"AllowUserLongTermLogin": "false", "EnableSaveMFATicket": "true", "LoginSessionDuration": "24",
			"LoginNetworkMasks": "10.0.0.0/8;2001:db8::/32", "MFAOperationForLogin": "mandatory", "VerificationTypes": `["sms","email"]`,
			"MaxIdleDaysForUsers": "90", "MaxIdleDaysForAccessKeys": "180",
		}},
		"nothing of a preference": {SecurityPreference{}, params{}},
		"empty lists": {
			SecurityPreference{LoginNetworkMasks: []string{}, VerificationTypes: []string{}},
			params{"LoginNetworkMasks": "", "VerificationTypes": "[]"},
		},
		"a whole policy": {PasswordPolicy{
			MinimumPasswordLength: new(int64(14)), RequireLowercaseCharacters: new(true), RequireUppercaseCharacters: new(false),
			RequireNumbers: new(true), RequireSymbols: new(false), MinimumPasswordDifferentCharacter: new(int64(0)),
			PasswordNotContainUserName: new(true), MaxPasswordAge: new(int64(0)), HardExpiry: new(false), PasswordReusePrevention: new(int64(24)),
			MaxLoginAttempts: new(int64(5)), InitialPasswordAge: new(int64(0)), InterceptRiskPasswordOnAPI: new(true),
		}, params{
			"MinimumPasswordLength": "14", "RequireLowercaseCharacters": "true", "RequireUppercaseCharacters": "false",
			"RequireNumbers": "true", "RequireSymbols": "false", "MinimumPasswordDifferentCharacter": "0",
			"PasswordNotContainUserName": "true", "MaxPasswordAge": "0", "HardExpire": "false", "PasswordReusePrevention": "24",
			"MaxLoginAttemps": "5", "InitialPasswordAge": "0", "InterceptRiskPasswordOnApi": "true",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := test.setting.params(); err != nil || !maps.Equal(got, test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestTheAliasIsSetAndCleared(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set  func(context.Context, *Client) error
		want map[string]string
	}{
		"SetAccountAlias":   {func(ctx context.Context, c *Client) error { return c.SetAccountAlias(ctx, "acme") }, map[string]string{"AccountAlias": "acme"}},
		"ClearAccountAlias": {func(ctx context.Context, c *Client) error { return c.ClearAccountAlias(ctx) }, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, `{"RequestId":"R"}`) })
			if err := test.set(t.Context(), newTestClient(t, server.URL)); err != nil {
				t.Fatal(err)
			}
			form := server.received()[0]
			if got := versionNames[form.Get("Version")] + " " + form.Get("Action"); got != "Ram "+name {
				t.Errorf("called %s", got)
			}
			if got := business(form); !maps.Equal(got, test.want) {
				t.Errorf("sent %v, want %v", got, test.want)
			}
		})
	}
}

// business returns the parameters that are specific to the action.
func business(form url.Values) map[string]string {
	common := map[string]bool{
		"Action": true, "Version": true, "Format": true, "AccessKeyId": true, "Signature": true, "SignatureMethod": true,
		"SignatureVersion": true, "SignatureNonce": true, "SignatureType": true, "Timestamp": true, "RegionId": true,
	}
	own := map[string]string{}
	for name, values := range form {
		if !common[name] {
			own[name] = values[0]
		}
	}
	return own
}
