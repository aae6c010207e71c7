// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/xml"
	"net/http"
	"regexp"
	"testing"
)

var requestID = regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)

func TestFormat_defaults(t *testing.T) {
	t.Parallel()
	c := admin(t, New(t))
	const asJSON, asXML = "application/json;charset=utf-8", "text/xml;charset=utf-8"
	for _, row := range []struct{ product, action, format, want string }{
		{"Ims", "GetPasswordPolicy", "", asJSON},
		{"Ims", "GetPasswordPolicy", "xml", asXML},
		{"Ram", "GetPasswordPolicy", "", asXML},
		{"Ram", "GetPasswordPolicy", "json", asJSON},
		{"Sts", "GetCallerIdentity", "", asXML},
		{"Sts", "GetCallerIdentity", "JSON", asJSON},
	} {
		c.format = row.format
		got := c.ok(row.product, row.action)
		equal(t, row.product+" "+row.format, got.header.Get("Content-Type"), row.want)
	}
	equal(t, "style C", c.send(styleC(c, "Ram", "GetPasswordPolicy", nil)).header.Get("Content-Type"), asJSON)
}

func TestFormat_XMLLists(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	s.Change(func(a *Account) {
		a.Preference.LoginNetworkMasks = "10.0.0.0/8"
		a.Preference.VerificationTypes = []string{"sms", "email"}
	})
	c.format = "XML"
	var document struct {
		XMLName    xml.Name
		RequestID  string `xml:"RequestId"`
		Preference struct {
			Masks string   `xml:"LoginProfilePreference>LoginNetworkMasks"`
			Hours int      `xml:"LoginProfilePreference>LoginSessionDuration"`
			Types []string `xml:"VerificationPreference>VerificationTypes"`
		} `xml:"SecurityPreference"`
	}
	if err := xml.Unmarshal([]byte(c.ok("Ims", "GetSecurityPreference").text), &document); err != nil {
		t.Fatal(err)
	}
	equal(t, "root", document.XMLName.Local, "GetSecurityPreferenceResponse")
	equal(t, "masks", document.Preference.Masks, "10.0.0.0/8")
	equal(t, "hours", document.Preference.Hours, 6)
	equal(t, "types", len(document.Preference.Types), 2)
	if !requestID.MatchString(document.RequestID) {
		t.Errorf("the request id is %q", document.RequestID)
	}
}

func TestFormat_errors(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	got := c.refused("InvalidParameter.LoginSessionDuration", "Ims", "SetSecurityPreference", "LoginSessionDuration", "25")
	equal(t, "status", got.status, http.StatusBadRequest)
	equal(t, "host", got.at("HostId"), "ims.aliyuncs.com")
	id, _ := got.at("RequestId").(string)
	if !requestID.MatchString(id) {
		t.Errorf("the request id is %q", id)
	}
	equal(t, "recommend", got.at("Recommend"),
		"https://api.aliyun.com/troubleshoot?q=InvalidParameter.LoginSessionDuration&product=Ims&requestId="+id)
	call := s.Calls("SetSecurityPreference")[0]
	equal(t, "call", []any{call.RequestID, call.Code, call.Status, call.Committed}, []any{id, got.code, 400, false})

	c.format = "XML"
	var document struct {
		XMLName xml.Name
		Code    string
		HostID  string `xml:"HostId"`
	}
	text := c.do("Ram", "SetAccountAlias", "AccountAlias", "<&>").text
	if err := xml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	equal(t, "error", []string{document.XMLName.Local, document.Code, document.HostID},
		[]string{"Error", "InvalidParameter.AccountAlias.Format", "ram.aliyuncs.com"})
}
