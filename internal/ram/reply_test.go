// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// fullPreference is a complete response, with an unknown field, a deprecated field, and the
// older name of MFAOperationForLogin.
const fullPreference = `{"RequestId":"R","SecurityPreference":{
	"AccessKeyPreference":{"AllowUserToManageAccessKeys":false,"AllowUserToManageServiceCredentials":false},
	"LoginProfilePreference":{"AllowUserToChangePassword":true,"AllowUserToLoginWithPasskey":true,"EnableSaveMFATicket":false,
		"LoginNetworkMasks":"10.0.0.0/8, 192.168.0.0/16","LoginSessionDuration":6,"MFAOperationForLogin":"adaptive","EnforceMFAForLogin":false,"OperationForRiskLogin":"enforceVerify"},
	"MFAPreference":{"AllowUserToManageMFADevices":true},"MaxIdleDays":{"MaxIdleDaysForAccessKeys":365,"MaxIdleDaysForUsers":365},
	"PersonalInfoPreference":{"AllowUserToManagePersonalDingTalk":true},"VerificationPreference":{"VerificationTypes":["sms","email"]},
	"NewPreference":{"NewField":7,"NewList":["a"],"NewNull":null}}}`

// replaceWith returns a merge that ignores the live values.
func replaceWith[S any](want S) Merge[S] {
	return func(context.Context, S, Reply) (S, error) { return want, nil }
}

// The service resets fields that a Set leaves out, so every returned field is sent back
// unchanged.
func TestAChangeSendsBackEverythingThatWasReturned(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.PostForm.Get("Action") == "GetSecurityPreference" {
			respond(t, w, 200, fullPreference)
			return
		}
		respond(t, w, 200, `{"RequestId":"R","SecurityPreference":{}}`)
	})
	err := newTestClient(t, server.URL).ChangeSecurityPreference(t.Context(), func(_ context.Context, live SecurityPreference, reply Reply) (SecurityPreference, error) {
		if !reply.Has("NewField") || reply.Has("NewNull") || reply.Has("AllowUserLongTermLogin") {
			t.Errorf("the reply has %q", reply.Names())
		}
		live.LoginSessionDuration = new(int64(1))
		return live, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	forms := server.received()
	want := map[string]string{
		"AllowUserToManageAccessKeys": "false", "AllowUserToManageServiceCredentials": "false", "AllowUserToChangePassword": "true", "AllowUserToLoginWithPasskey": "true",
		"EnableSaveMFATicket": "false", "LoginNetworkMasks": "10.0.0.0/8, 192.168.0.0/16", "LoginSessionDuration": "1", "MFAOperationForLogin": "adaptive",
		"OperationForRiskLogin": "enforceVerify", "AllowUserToManageMFADevices": "true", "MaxIdleDaysForAccessKeys": "365", "MaxIdleDaysForUsers": "365",
		"AllowUserToManagePersonalDingTalk": "true", "VerificationTypes": `["sms","email"]`, "NewField": "7", "NewList": `["a"]`,
		"NewPreference": `{"NewField":7,"NewList":["a"],"NewNull":null}`,
	}
	if got := business(forms[len(forms)-1]); !maps.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

// withMoreFields is the body of a read with more fields in the preference.
func withMoreFields(more string) string {
	return strings.Replace(fullPreference, `"NewPreference":`, more+`,"NewPreference":`, 1)
}

// longer sets another session.
func longer(_ context.Context, live SecurityPreference, _ Reply) (SecurityPreference, error) {
	live.LoginSessionDuration = new(int64(8))
	return live, nil
}

// A new field of any kind goes back as it came. A field with the name of a common parameter would spoil the signature.
func TestAChangeSendsBackNewFieldsOfEachKind(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]map[string]string{
		`"N":12345678901234567890`:               {"N": "12345678901234567890"},
		`"N":1.50`:                               {"N": "1.50"},
		`"N":-0`:                                 {"N": "-0"},
		`"N":1e30`:                               {"N": "1e30"},
		`"N":true,"M":false`:                     {"N": "true", "M": "false"},
		`"N":"","M":"a & b=c\u00e9"`:             {"N": "", "M": "a & b=cé"},
		`"N":[],"M":[1,"b",null,{"c":[2]}]`:      {"N": "[]", "M": `[1,"b",null,{"c":[2]}]`},
		`"N":{}`:                                 {"N": "{}"},
		`"N":{"Inner":{"Leaf":"x"},"Flag":true}`: {"N": `{"Inner":{"Leaf":"x"},"Flag":true}`, "Inner": `{"Leaf":"x"}`, "Leaf": "x", "Flag": "true"},
		`"Version":"3","Action":"X","Format":"Y","Signature":"Z","Timestamp":1,"RegionId":"r","AccessKeyId":"k","SecurityToken":"t"`: {},
		`"Other":{"EnableSaveMFATicket":true}`: {"Other": `{"EnableSaveMFATicket":true}`},
	} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.PostForm.Get("Action") == "GetSecurityPreference" {
				respond(t, w, 200, withMoreFields(more))
				return
			}
			respond(t, w, 200, `{"RequestId":"R","SecurityPreference":{}}`)
		})
		if err := newTestClient(t, server.URL).ChangeSecurityPreference(t.Context(), longer); err != nil {
			t.Fatalf("%s: %s", more, err)
		}
		forms := server.received()
		sent := forms[len(forms)-1]
		got := business(sent)
		for _, known := range []string{
			"AllowUserToManageAccessKeys", "AllowUserToManageServiceCredentials", "AllowUserToChangePassword", "AllowUserToLoginWithPasskey", "LoginNetworkMasks",
			"MFAOperationForLogin", "OperationForRiskLogin", "AllowUserToManageMFADevices", "MaxIdleDaysForAccessKeys", "MaxIdleDaysForUsers",
			"AllowUserToManagePersonalDingTalk", "VerificationTypes", "NewField", "NewList", "NewPreference", "LoginSessionDuration", "EnableSaveMFATicket",
		} {
			if got[known] == "" {
				t.Errorf("%s: %s is not sent", more, known)
			}
			delete(got, known)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: sent %v, want %v", more, got, want)
		}
		if sent.Get("EnableSaveMFATicket") != "false" || sent.Get("Action") != "SetSecurityPreference" || sent.Get("Version") != "2019-08-15" || len(sent["Version"]) != 1 {
			t.Errorf("%s: sent %v", more, sent)
		}
	}
}

// A new name in two objects with two values cannot be sent as one parameter.
func TestAChangeRefusesAFieldWithTwoValues(t *testing.T) {
	t.Parallel()
	for more, refused := range map[string]bool{`"A":{"N":1},"B":{"N":2}`: true, `"A":{"N":1},"B":{"N":1}`: false} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, withMoreFields(more)) })
		err := newTestClient(t, server.URL).ChangeSecurityPreference(t.Context(), longer)
		var incomplete *IncompleteReplyError
		if errors.As(err, &incomplete) != refused || refused && !slices.Equal(incomplete.Fields, []string{"one value of N"}) {
			t.Errorf("%s: %v", more, err)
		}
	}
}

// Masks that the console separated by commas go back as they came, and with semicolons if the service refuses that.
func TestAChangeRewritesMasksThatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			masks := r.PostForm.Get("LoginNetworkMasks")
			if strict && strings.Contains(masks, ",") {
				respond(t, w, 400, `{"RequestId":"R","Code":"InvalidParameter.LoginNetworkMasks","Message":"m"}`)
				return
			}
			respond(t, w, 200, fullPreference)
		})
		if err := newTestClient(t, server.URL).ChangeSecurityPreference(t.Context(), longer); err != nil {
			t.Fatal(err)
		}
		forms, sent := server.received(), []string{}
		for _, form := range forms {
			sent = append(sent, strings.TrimPrefix(form.Get("Action")+" "+form.Get("LoginNetworkMasks"), "GetSecurityPreference "))
		}
		want := []string{"", "SetSecurityPreference 10.0.0.0/8, 192.168.0.0/16"}
		if strict {
			want = append(want, "", "SetSecurityPreference 10.0.0.0/8;192.168.0.0/16")
		}
		if !slices.Equal(sent, want) {
			t.Errorf("sent %q, want %q", sent, want)
		}
	}
}

func TestAChangeRefusesAnIncompleteReply(t *testing.T) {
	t.Parallel()
	policy := `{"PasswordPolicy":{"HardExpire":false,"InitialPasswordAge":14,"InterceptRiskPasswordOnApi":true,"MaxLoginAttemps":5,"MaxPasswordAge":0,
		"MinimumPasswordDifferentCharacter":2,"MinimumPasswordLength":8,"PasswordNotContainUserName":false,"PasswordReusePrevention":24,
		"RequireLowercaseCharacters":true,"RequireNumbers":false,"RequireSymbols":true,"RequireUppercaseCharacters":false}}`
	preference := func(ctx context.Context, c *Client) error {
		return c.ChangeSecurityPreference(ctx, func(_ context.Context, live SecurityPreference, _ Reply) (SecurityPreference, error) {
			live.LoginSessionDuration = new(int64(2))
			return live, nil
		})
	}
	masks := func(ctx context.Context, c *Client) error {
		return c.ChangeSecurityPreference(ctx, func(_ context.Context, live SecurityPreference, _ Reply) (SecurityPreference, error) {
			live.LoginNetworkMasks = []string{}
			return live, nil
		})
	}
	passwords := func(ctx context.Context, c *Client) error {
		return c.ChangePasswordPolicy(ctx, func(_ context.Context, live PasswordPolicy, _ Reply) (PasswordPolicy, error) {
			live.MinimumPasswordLength = new(int64(14))
			return live, nil
		})
	}
	sso := func(ctx context.Context, c *Client) error {
		return c.ChangeUserSsoSettings(ctx, func(_ context.Context, live UserSsoSettings, _ Reply) (UserSsoSettings, error) {
			live.SsoLoginWithDomain = new(false)
			return live, nil
		})
	}
	network := func(ctx context.Context, c *Client) error {
		return c.ChangeAccountAccessKeyPolicy(ctx, func(_ context.Context, live NetworkPolicy, _ Reply) (NetworkPolicy, error) {
			live.Public = []string{"192.0.2.2"}
			return live, nil
		})
	}
	without := func(body, field string) string { // the name is changed, so the field is not returned under its own name
		return strings.Replace(body, `"`+field+`"`, `"X`+field+`"`, 1)
	}
	for name, test := range map[string]struct {
		change func(context.Context, *Client) error
		body   string
		lacks  string // "" if the write is sent
	}{
		"nothing is missing":               {preference, fullPreference, ""},
		"an empty preference":              {preference, `{"SecurityPreference":{}}`, "LoginNetworkMasks"},
		"no masks":                         {preference, without(fullPreference, "LoginNetworkMasks"), "LoginNetworkMasks"},
		"masks are null":                   {preference, strings.Replace(fullPreference, `"10.0.0.0/8, 192.168.0.0/16"`, "null", 1), "LoginNetworkMasks"},
		"no masks, but they are managed":   {masks, without(fullPreference, "LoginNetworkMasks"), ""},
		"one of the newer fields":          {preference, without(fullPreference, "MaxIdleDaysForUsers"), "MaxIdleDaysForUsers"},
		"all of the newer fields":          {preference, without(without(without(fullPreference, "MaxIdleDaysForUsers"), "MaxIdleDaysForAccessKeys"), "AllowUserToLoginWithPasskey"), ""},
		"a whole password policy":          {passwords, policy, ""},
		"no reuse prevention":              {passwords, without(policy, "PasswordReusePrevention"), "PasswordReusePrevention"},
		"a length that is managed":         {passwords, without(policy, "MinimumPasswordLength"), ""},
		"whole single sign-on":             {sso, `{"UserSsoSettings":{"SsoEnabled":true,"MetadataDocument":"PGEvPg==","SsoLoginWithDomain":true,"AuthnSignAlgo":"rsa-sha1"}}`, ""},
		"enabled, but without metadata":    {sso, `{"UserSsoSettings":{"SsoEnabled":true,"SsoLoginWithDomain":true,"AuthnSignAlgo":"rsa-sha1"}}`, "MetadataDocument"},
		"not said whether it is enabled":   {sso, `{"UserSsoSettings":{"SsoLoginWithDomain":true,"AuthnSignAlgo":"rsa-sha1"}}`, "SsoEnabled"},
		"a network policy without a state": {network, `{"AccessKeyPolicy":"{\"Statements\":[{\"Type\":\"ClassicWhiteList\",\"IPList\":[\"192.0.2.1\"]}]}"}`, "Status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int32
			server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				if strings.HasPrefix(r.PostForm.Get("Action"), "Set") {
					sent.Add(1)
					respond(t, w, 200, `{"RequestId":"R"}`)
					return
				}
				respond(t, w, 200, strings.Replace(test.body, "{", `{"RequestId":"R",`, 1))
			})
			err := test.change(t.Context(), newTestClient(t, server.URL))
			if test.lacks == "" {
				if err != nil || sent.Load() != 1 {
					t.Errorf("%d writes, %v", sent.Load(), err)
				}
				return
			}
			var incomplete *IncompleteReplyError
			if !errors.As(err, &incomplete) || !strings.Contains(err.Error(), test.lacks) || sent.Load() != 0 || OutcomeUnknown(err) {
				t.Errorf("%d writes, error: %v", sent.Load(), err)
			}
		})
	}
}

// An attempt does not revert what another program changes while the attempt waits.
func TestEveryAttemptReadsAfterItsTurn(t *testing.T) {
	t.Parallel()
	duration := "6"
	server := serve(t, func(w http.ResponseWriter, r *http.Request, number int) {
		switch {
		case r.PostForm.Get("Action") == "GetPasswordPolicy":
			respond(t, w, 200, strings.ReplaceAll(`{"RequestId":"R","PasswordPolicy":{"HardExpire":false,"MaxLoginAttemps":5,"MaxPasswordAge":0,"MinimumPasswordDifferentCharacter":2,
				"MinimumPasswordLength":8,"PasswordNotContainUserName":false,"PasswordReusePrevention":@,"RequireLowercaseCharacters":true,
				"RequireNumbers":false,"RequireSymbols":true,"RequireUppercaseCharacters":false}}`, "@", duration))
		case number == 2: // throttled; meanwhile the policy becomes stricter
			duration = "24"
			respond(t, w, 429, `{"RequestId":"R","Code":"Throttling.User"}`)
		default:
			respond(t, w, 200, `{"RequestId":"R","PasswordPolicy":{}}`)
		}
	})
	merged := 0
	err := newTestClient(t, server.URL).ChangePasswordPolicy(t.Context(), func(_ context.Context, live PasswordPolicy, _ Reply) (PasswordPolicy, error) {
		merged++
		live.MinimumPasswordLength = new(int64(14))
		return live, nil
	})
	forms := server.received()
	if last := forms[len(forms)-1]; err != nil || merged != 2 || len(forms) != 4 || last.Get("PasswordReusePrevention") != "24" || last.Get("MinimumPasswordLength") != "14" {
		t.Errorf("merged %d times, %d calls, %v, %v", merged, len(forms), forms, err)
	}
}

// After an unknown outcome, the account may already have the wanted values.
func TestAChangeThatIsNotNeededSendsNothing(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 200, `{"RequestId":"R","UserSsoSettings":{"SsoEnabled":false}}`)
	})
	client := newTestClient(t, server.URL)
	err := client.ChangeUserSsoSettings(t.Context(), func(_ context.Context, live UserSsoSettings, _ Reply) (UserSsoSettings, error) {
		return live, ErrUnchanged
	})
	if err != nil || len(server.received()) != 1 {
		t.Errorf("%d calls, %v", len(server.received()), err)
	}
	refusal := errors.New("no")
	err = client.ChangeUserSsoSettings(t.Context(), func(context.Context, UserSsoSettings, Reply) (UserSsoSettings, error) {
		return UserSsoSettings{}, refusal
	})
	if !errors.Is(err, refusal) || OutcomeUnknown(err) || len(server.received()) != 2 {
		t.Errorf("%d calls, %v", len(server.received()), err)
	}
}

// A failed read says nothing about the write, which was not sent.
func TestAChangeThatCannotReadIsNotUnknown(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 500, `{"RequestId":"R","Code":"InternalError"}`)
	})
	err := newTestClient(t, server.URL).ChangeUserSsoSettings(t.Context(), func(_ context.Context, live UserSsoSettings, _ Reply) (UserSsoSettings, error) { return live, nil })
	if err == nil || OutcomeUnknown(err) || len(server.received()) != 5 {
		t.Errorf("%d calls, %v", len(server.received()), err)
	}
}

// Everything in a policy that is not changed is sent back unchanged.
func TestAPolicyIsWrittenOverItsDocument(t *testing.T) {
	t.Parallel()
	const document = `{"Version":1,"Status":"Active","Comment":"x","Statements":[` +
		`{"Type":"ClassicWhiteList","IPList":["192.0.2.1"],"Note":"office"},{"Type":"VPCWhiteList","Value":"vpc-1","IPList":["10.0.0.0/8"],"Note":"a"},` +
		`{"Type":"VPCWhiteList","Value":"vpc-2","IPList":["10.0.0.0/8"]},{"Type":"RegionWhiteList","Value":"cn-hangzhou"}]}`
	var sent string
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.PostForm.Get("Action") == "SetAccessKeyPolicyForAccount" {
			sent = r.PostForm.Get("AccessKeyPolicy")
		}
		text, err := json.Marshal(document)
		if err != nil {
			t.Error(err)
		}
		respond(t, w, 200, `{"RequestId":"R","AccessKeyPolicy":`+string(text)+`}`)
	})
	change := func(change func(*NetworkPolicy)) map[string]any {
		t.Helper()
		err := newTestClient(t, server.URL).ChangeAccountAccessKeyPolicy(t.Context(), func(_ context.Context, live NetworkPolicy, reply Reply) (NetworkPolicy, error) {
			if !reply.Has("Comment") {
				t.Errorf("the reply has %q", reply.Names())
			}
			change(&live)
			return live, nil
		})
		var fields map[string]any
		if err := errors.Join(err, json.Unmarshal([]byte(sent), &fields)); err != nil {
			t.Fatal(err)
		}
		return fields
	}
	var same map[string]any
	if err := json.Unmarshal([]byte(document), &same); err != nil {
		t.Fatal(err)
	}
	if got := change(func(*NetworkPolicy) {}); !reflect.DeepEqual(got, same) {
		t.Errorf("got %v", got)
	}
	statements := same["Statements"].([]any)
	same["Status"] = "Inactive"
	same["Statements"] = []any{
		map[string]any{"Type": "ClassicWhiteList", "IPList": []any{"192.0.2.2"}, "Note": "office"},
		statements[1], statements[3],
		map[string]any{"Type": "VPCWhiteList", "Value": "vpc-3", "IPList": []any{"10.1.0.0/16"}},
	}
	got := change(func(p *NetworkPolicy) {
		p.Status, p.Public = new(NetworkPolicyInactive), []string{"192.0.2.2"}
		delete(p.VPC, "vpc-2")
		p.VPC["vpc-3"] = []string{"10.1.0.0/16"}
	})
	if !reflect.DeepEqual(got, same) {
		t.Errorf("got %v", got)
	}
}

func TestChange_profileAndUserFromLiveValues(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		switch r.PostForm.Get("Action") {
		case "GetDefaultDomain":
			respond(t, w, 200, `{"RequestId":"R","DefaultDomainName":"a.onaliyun.com"}`)
		case "GetLoginProfile", "UpdateLoginProfile":
			respond(t, w, 200, `{"RequestId":"R","LoginProfile":{"Status":"Active","PasswordResetRequired":false,"MFABindRequired":true}}`)
		default:
			respond(t, w, 200, `{"RequestId":"R","User":{"UserId":"7","UserPrincipalName":"alice@a.onaliyun.com","Comments":"old"}}`)
		}
	})
	client := newTestClient(t, server.URL)
	err := client.ChangeLoginProfile(t.Context(), "alice", func(_ context.Context, live LoginProfile) (LoginProfileChange, error) {
		if !live.MFABindRequired {
			t.Error("merge did not get the live profile")
		}
		return LoginProfileChange{Status: new("Inactive")}, nil
	})
	forms := server.received()
	want := map[string]string{"UserPrincipalName": "alice@a.onaliyun.com", "Status": "Inactive"}
	if got := business(forms[len(forms)-1]); err != nil || !maps.Equal(got, want) {
		t.Errorf("sent %v, %v", got, err)
	}
	user, err := client.ChangeUser(t.Context(), "7", func(_ context.Context, live User) (UserChange, error) {
		return UserChange{Name: new("bob"), Comments: new(live.Comments + "er")}, nil
	})
	forms = server.received()
	want = map[string]string{"UserId": "7", "NewUserPrincipalName": "bob@a.onaliyun.com", "NewComments": "older"}
	if got := business(forms[len(forms)-1]); err != nil || user.ID != "7" || !maps.Equal(got, want) {
		t.Errorf("sent %v, %v", got, err)
	}
	if _, err := client.ChangeUser(t.Context(), "7", func(context.Context, User) (UserChange, error) { return UserChange{}, ErrUnchanged }); err != nil {
		t.Error(err)
	}
}
