// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each case has its own error and the errors of all later cases, so the order of the responses is the order of the checks.
func TestChecks_order(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Change(func(a *Account) {
		a.Users["limited"] = &User{
			ID: "200000000000000001", Name: "limited", Denied: []string{"Set*"},
			Keys: []*AccessKey{{ID: "LTAIlimited", Secret: "s", Status: "Inactive"}},
		}
	})
	good := func() *client {
		return as(t, s, Credential{AccessKeyID: "LTAIlimited", AccessKeySecret: "s"})
	}
	send := func(c *client, action, nonce string) result {
		return c.do("Ims", action, "SignatureNonce", nonce, "MinimumPasswordLength", "1")
	}
	step := func(want string, got result) {
		t.Helper()
		equal(t, "code", got.code, want)
	}

	put, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL()+"?Format=JSON", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	step("UnsupportedHTTPMethod", good().send(put))
	step("MissingAction", good().send(good().post(url.Values{"Version": {"2019-08-15"}})))

	c := good()
	c.signed = func() time.Time { return time.Now().Add(-16 * time.Minute) }
	c.key.AccessKeyID, c.key.AccessKeySecret = "LTAIunknown", "wrong"
	step("InvalidTimeStamp.Expired", send(c, "NoSuchAction", "once"))
	c.signed = time.Now
	step("InvalidAccessKeyId.NotFound", send(c, "NoSuchAction", "once"))
	c.key.AccessKeyID = "LTAIlimited"
	step("InvalidAccessKeyId.Inactive", send(c, "NoSuchAction", "once"))
	s.Change(func(a *Account) { a.Users["limited"].Keys[0].Status = "Active" })
	step("SignatureDoesNotMatch", send(c, "NoSuchAction", "once"))
	c.key.AccessKeySecret = "s"
	c.ok("Ims", "GetPasswordPolicy", "SignatureNonce", "once")
	step("SignatureNonceUsed", send(c, "NoSuchAction", "once"))
	step("InvalidApi.NotFound", send(c, "NoSuchAction", "n1"))
	s.SetBehaviour(func(b *Behaviour) { b.EnforceRateLimits, b.WritesPerSecond = true, 1 })
	step("NoPermission", send(c, "SetPasswordPolicy", "n2"))
	step("Throttling.User", send(c, "SetPasswordPolicy", "n3"))
	s.SetBehaviour(func(b *Behaviour) { b.EnforceRateLimits = false })
	s.Change(func(a *Account) { a.Users["limited"].Denied = nil })
	step("InvalidParameter.MinimumPasswordLength.Range", send(c, "SetPasswordPolicy", "n4"))
}

func TestChecks_commonParameters(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for _, name := range []string{"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature", "Version", "Action"} {
		r := c.request("Ims", "GetPasswordPolicy")
		if err := r.ParseForm(); err != nil {
			t.Fatal(err)
		}
		r.PostForm.Del(name)
		equal(t, name, c.send(c.post(r.PostForm)).code, "Missing"+name)
	}
	for name, bad := range map[string][2]string{
		"SignatureMethod":  {"MD5", "InvalidParameter"},
		"SignatureVersion": {"2.0", "InvalidParameter"},
		"SignatureType":    {"BEARERTOKEN", "InvalidParameter"},
		"Format":           {"YAML", "InvalidParameter"},
		"Version":          {"2000-01-01", "InvalidVersion"},
		"Timestamp":        {"yesterday", "InvalidTimeStamp.Format"},
	} {
		c.refused(bad[1], "Ims", "GetPasswordPolicy", name, bad[0])
	}
}

func TestChecks_actionOfAnotherProduct(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	c.refused("InvalidParameter", "Ims", "GetAccountAlias")
	c.refused("InvalidParameter", "Ram", "GetCallerIdentity")
	equal(t, "status", c.refused("InvalidApi.NotFound", "Ims", "GetPasswordPolice").status, http.StatusNotFound)
	equal(t, "limit of the fake", c.refused("NotImplementedByFake", "Ram", "DecodeDiagnosticMessage").status, http.StatusNotImplemented)
}

// An operation that the service has and the fake does not implement returns 501. It is not reported as an unknown
// operation.
func TestChecks_whatTheFakeDoesNotImplement(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	limits := 0
	for name, is := range implemented() {
		product, action, _ := strings.Cut(name, "/")
		if is || action == "AssumeRoleWithSAML" { // takes no signature
			continue
		}
		limits++
		equal(t, name, c.refused("NotImplementedByFake", product, action).status, http.StatusNotImplemented)
	}
	if limits == 0 || limits > 40 {
		t.Errorf("%d operations are not implemented", limits)
	}
}

func TestChecks_hostOfAProduct(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	for host, product := range map[string]string{
		"ims.aliyuncs.com": "Ims", "ram.aliyuncs.com": "Ram", "sts.cn-hangzhou.aliyuncs.com": "Sts", "sts.aliyuncs.com:443": "Sts",
	} {
		c.host = host
		for _, other := range []string{"Ims", "Ram", "Sts"} {
			action := map[string]string{"Ims": "GetPasswordPolicy", "Ram": "GetPasswordPolicy", "Sts": "GetCallerIdentity"}[other]
			want := ""
			if other != product {
				want = "InvalidParameter"
			}
			equal(t, host+" "+other, c.do(other, action).code, want)
		}
	}
	c.host = "ram.example.com"
	c.ok("Sts", "GetCallerIdentity")
}

func TestChecks_repeatedParameter(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	r := styleA(c, "Ims", "SetPasswordPolicy", url.Values{"MaxPasswordAge": {"1"}})
	r.URL.RawQuery += "&MaxPasswordAge=2"
	equal(t, "code", c.send(r).code, "InvalidParameter")
}

func TestClocks_areSeparate(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.Advance(365 * 24 * time.Hour)
	date, err := http.ParseTime(c.ok("Ims", "GetPasswordPolicy").header.Get("Date"))
	if ahead := time.Until(date); err != nil || ahead < 364*24*time.Hour {
		t.Errorf("the response is dated %s, which is %s ahead (%v)", date, ahead, err)
	}
	s.SetSkew(20 * time.Minute)
	c.refused("InvalidTimeStamp.Expired", "Ims", "GetPasswordPolicy")
	s.SetSkew(-20 * time.Minute)
	c.refused("InvalidTimeStamp.Expired", "Ims", "GetPasswordPolicy")
	s.SetSkew(-10 * time.Minute)
	c.ok("Ims", "GetPasswordPolicy")
}

func TestAccounts_areSeparate(t *testing.T) {
	t.Parallel()
	s := New(t)
	other := as(t, s, *s.AddAccount("2222222222222222"))
	admin(t, s).ok("Ram", "SetAccountAlias", "AccountAlias", "mine")
	equal(t, "domain", other.ok("Ims", "GetDefaultDomain").at("DefaultDomainName"), "2222222222222222.onaliyun.com")
	equal(t, "account", other.ok("Sts", "GetCallerIdentity").at("AccountId"), "2222222222222222")
	equal(t, "getenv", s.GetenvFor("2222222222222222")("ALIBABA_CLOUD_ACCESS_KEY_ID"), other.key.AccessKeyID)
	equal(t, "getenv", s.Getenv("IMS_ENDPOINT"), s.URL())
	equal(t, "getenv", s.Getenv("HOME"), "")
	owners := []string{}
	for _, call := range s.Calls() {
		owners = append(owners, call.AccountID)
	}
	equal(t, "accounts", owners, []string{"1234567890123456", "2222222222222222", "2222222222222222"})
}

func TestPermissions_arePatterns(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.Change(func(a *Account) { a.Users["admin"].Denied = []string{"ram:Set*"} })
	got := c.refused("NoPermission", "Ims", "SetSecurityPreference", "LoginSessionDuration", "3")
	equal(t, "status", got.status, http.StatusForbidden)
	equal(t, "detail", got.at("AccessDeniedDetail.AuthAction"), "ram:SetSecurityPreference")
	c.ok("Ims", "GetSecurityPreference")
	s.Change(func(a *Account) {
		a.Users["admin"].Denied, a.Users["admin"].Allowed = nil, []string{"GetPasswordPolicy"}
	})
	c.ok("Ims", "GetPasswordPolicy")
	c.refused("NoPermission", "Ims", "GetSecurityPreference")
	c.ok("Sts", "GetCallerIdentity")
}

func TestStrict_refusesUnknownParameters(t *testing.T) {
	t.Parallel()
	strict, lenient := New(t), New(t, Lenient())
	admin(t, strict).refused("InvalidParameter", "Ims", "GetPasswordPolicy", "PolicyName", "x")
	admin(t, strict).refused("MissingUserPrincipalName", "Ims", "GetLoginProfile")
	equal(t, "violations", strict.Violations(), []string{
		"Ims/GetPasswordPolicy has no parameter PolicyName", "Ims/GetLoginProfile needs the parameter UserPrincipalName",
	})
	admin(t, lenient).ok("Ims", "GetPasswordPolicy", "PolicyName", "x")
	equal(t, "violations", lenient.Violations(), []string{})
}

func TestActions_areInOperationsJSON(t *testing.T) {
	t.Parallel()
	for name, a := range actions {
		if _, ok := operations[name]; !ok {
			t.Errorf("%s is not in operations.json", name)
		}
		for _, mandatory := range a.mandatory {
			if !slices.Contains(a.parameters, mandatory) {
				t.Errorf("%s needs %s, which it does not have", name, mandatory)
			}
		}
	}
	set := actions["Ims/SetPasswordPolicy"].parameters
	for _, name := range []string{"HardExpire", "InitialPasswordAge", "MaxLoginAttemps"} {
		if !slices.Contains(set, name) {
			t.Errorf("SetPasswordPolicy has no parameter %s", name)
		}
	}
}

func TestSwapStatuses(t *testing.T) {
	t.Parallel()
	for others, want := range map[bool][]int{false: {400, 404}, true: {403, 400}} {
		s := New(t, WithBehaviour(func(b *Behaviour) { b.SwapStatuses = others }))
		c := admin(t, s)
		c.key.AccessKeySecret = "wrong"
		signature := c.refused("SignatureDoesNotMatch", "Ims", "GetPasswordPolicy").status
		c.key.AccessKeyID = "LTAIunknown"
		equal(t, "statuses", []int{signature, c.refused("InvalidAccessKeyId.NotFound", "Ims", "GetPasswordPolicy").status}, want)
	}
}
