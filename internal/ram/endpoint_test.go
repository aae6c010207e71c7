// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"net/url"
	"strings"
	"testing"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		url     string // "" if refused
		foreign bool
	}{
		"ram.aliyuncs.com":                   {"https://ram.aliyuncs.com", false},
		" ims.aliyuncs.com ":                 {"https://ims.aliyuncs.com", false},
		"https://RAM.aliyuncs.com/":          {"https://ram.aliyuncs.com", false},
		"HTTPS://ram.aliyuncs.com":           {"https://ram.aliyuncs.com", false},
		"https://ram.aliyuncs.com:8443":      {"https://ram.aliyuncs.com:8443", false},
		"ram-vpc.cn-x.aliyuncs.com:443":      {"https://ram-vpc.cn-x.aliyuncs.com:443", true},
		"https://ram.alibabacloud.com":       {"https://ram.alibabacloud.com", true},
		"sts.eu-central-1.aliyuncs.com":      {"https://sts.eu-central-1.aliyuncs.com", false},
		"sts-vpc.cn-hangzhou.aliyuncs.com":   {"https://sts-vpc.cn-hangzhou.aliyuncs.com", false},
		"ram.oss-cn-hangzhou.aliyuncs.com":   {"https://ram.oss-cn-hangzhou.aliyuncs.com", true}, // a bucket
		"sts.oss-cn-hangzhou.aliyuncs.com":   {"https://sts.oss-cn-hangzhou.aliyuncs.com", true},
		"logs.ram.aliyuncs.com":              {"https://logs.ram.aliyuncs.com", true},
		"aliyuncs.com":                       {"https://aliyuncs.com", true},
		"https://ram.example.com":            {"https://ram.example.com", true},
		"https://aliyuncs.com.example.com":   {"https://aliyuncs.com.example.com", true},
		"https://ram.notaliyuncs.com":        {"https://ram.notaliyuncs.com", true},
		"https://10.0.0.1":                   {"https://10.0.0.1", true},
		"https://127.0.0.1:8470":             {"https://127.0.0.1:8470", false},
		"http://127.0.0.1:8470":              {"http://127.0.0.1:8470", false},
		"http://127.255.0.3":                 {"http://127.255.0.3", false},
		"http://[::1]:8470":                  {"http://[::1]:8470", false},
		"http://[::ffff:127.0.0.1]:8470":     {"http://[::ffff:127.0.0.1]:8470", false},
		"http://localhost:8470":              {},
		"http://127.0.0.1.example.com":       {},
		"http://127.1":                       {},
		"http://0x7f000001":                  {},
		"http://0.0.0.0":                     {},
		"http://10.0.0.1":                    {},
		"http://ram.aliyuncs.com":            {},
		"ftp://ram.aliyuncs.com":             {},
		"file:///etc/passwd":                 {},
		"https://user:pass@ram.aliyuncs.com": {},
		"user@ram.aliyuncs.com":              {},
		"https://ram.aliyuncs.com?x=1":       {},
		"https://ram.aliyuncs.com?":          {},
		"https://ram.aliyuncs.com#x":         {},
		"https://ram.aliyuncs.com#":          {},
		"https://ram.aliyuncs.com/path":      {},
		"https://ram.aliyuncs.com/%2e":       {},
		"https://ram.aliyuncs.com:":          {},
		"https://ram.aliyuncs.com:0":         {},
		"https://ram.aliyuncs.com:65536":     {},
		"https://ram.aliyuncs.com:https":     {},
		"https://ram aliyuncs.com":           {},
		"https://ram.aliyuncs.com\\@evil":    {},
		"https://ram.aliyuncs.com\r\nX: y":   {},
		"https://":                           {},
		"https://:443":                       {},
		"://":                                {},
		"":                                   {},
		"  ":                                 {},
		"javascript:alert(1)":                {},
	} {
		u, foreign, err := ParseEndpoint(text)
		if want.url == "" {
			if err == nil {
				t.Errorf("%q is accepted as %s", text, u)
			} else if strings.Contains(err.Error(), "pass") {
				t.Errorf("%q: the error quotes it: %v", text, err)
			}
			continue
		}
		if err != nil || u.String() != want.url || foreign != want.foreign {
			t.Errorf("%q: %v, foreign %v, error %v", text, u, foreign, err)
		}
	}
}

func TestAnEndpointThatWasNotParsedIsCheckedToo(t *testing.T) {
	t.Parallel()
	for _, bad := range []*url.URL{
		{Scheme: "http", Host: "ram.aliyuncs.com"},
		{Scheme: "https", Host: "ram.aliyuncs.com", User: url.UserPassword("a", "b")},
		{Scheme: "https"},
		{},
	} {
		for _, endpoints := range []Endpoints{{Ram: bad}, {Ims: bad}, {Sts: bad}} {
			if _, err := New(Config{Credentials: &fixedKey{}, Endpoints: endpoints}); err == nil {
				t.Errorf("%s is accepted", bad)
			}
		}
	}
}

// A region becomes part of a host name, so its form is checked.
func TestRegion_form(t *testing.T) {
	t.Parallel()
	for region, accepted := range map[string]bool{
		"": true, "cn-hangzhou": true, "eu-central-1": true, "cn-shenzhen-finance-1": true, "rus-west-1": true,
		"example.com/": false, "x.evil.example": false, "cn-hangzhou/..": false, "CN-HANGZHOU": false, "cn": false, "a@b": false, "cn-hangzhou:1": false,
	} {
		if _, err := New(Config{Credentials: &fixedKey{}, Region: region}); (err == nil) != accepted {
			t.Errorf("%q: %v", region, err)
		}
	}
}

func TestTheServicesOwnEndpoints(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{
		"":                      "https://sts.aliyuncs.com",
		"cn-hangzhou":           "https://sts.cn-hangzhou.aliyuncs.com",
		"eu-central-1":          "https://sts.eu-central-1.aliyuncs.com",
		"cn-hangzhou-finance":   "https://sts.aliyuncs.com",
		"cn-shenzhen-finance-1": "https://sts.aliyuncs.com",
	} {
		got := DefaultEndpoints(region)
		if got.Sts.String() != want || got.Ram.String() != "https://ram.aliyuncs.com" || got.Ims.String() != "https://ims.aliyuncs.com" {
			t.Errorf("%q: got.Ram %s, got.Ims %s, got.Sts %s", region, got.Ram, got.Ims, got.Sts)
		}
	}
	client, err := New(Config{Credentials: &fixedKey{}, Region: "eu-central-1", Endpoints: Endpoints{Ims: &url.URL{Scheme: "https", Host: "ims.example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	for product, want := range map[product]string{ramProduct: "ram.aliyuncs.com", imsProduct: "ims.example.com", stsProduct: "sts.eu-central-1.aliyuncs.com"} {
		if got := client.endpoints.of(product).Host; got != want {
			t.Errorf("%s: got %s, want %s", product, got, want)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("New accepted a configuration without credentials")
	}
}
