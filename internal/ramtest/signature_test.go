// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/http"
	"net/url"
	"testing"
)

// The vendor has published the first two vectors and the fourth.

func TestSignatureVersion1(t *testing.T) {
	t.Parallel()
	for name, vector := range map[string]struct {
		method, want, text string
		params             map[string]string
	}{
		"Ram, published": {
			method: http.MethodGet, want: "kRA2cnpJVacIhDMzXnoNZG9tDCI=",
			text: "GET&%2F&AccessKeyId%3Dtestid%26Action%3DCreateUser%26Format%3DJSON%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D6a6e0ca6-4557-11e5-86a2-b8e8563dc8d2%26SignatureVersion%3D1.0%26Timestamp%3D2015-08-18T03%253A15%253A45Z%26UserName%3Dtest%26Version%3D2015-05-01",
			params: map[string]string{
				"Action": "CreateUser", "Version": "2015-05-01", "UserName": "test", "Format": "JSON", "Timestamp": "2015-08-18T03:15:45Z",
				"SignatureNonce": "6a6e0ca6-4557-11e5-86a2-b8e8563dc8d2",
			},
		},
		"Ims, published": {
			method: http.MethodGet, want: "02heLegtw4+BFamznl1Ltj+vJ4A=",
			params: map[string]string{
				"Action": "CreateUser", "Version": "2019-08-15", "UserPrincipalName": "test@example.onaliyun.com", "DisplayName": "test",
				"Format": "JSON", "Timestamp": "2021-01-15T06:02:28Z", "SignatureNonce": "3f6b4e80-56f7-11eb-a256-a9f756ea7e85",
			},
		},
		"odd characters": {
			method: http.MethodPost, want: "xU5ruXvkUGNE7GUVXaIdeIPP1ZM=",
			params: map[string]string{
				"Action": "SetSecurityPreference", "Version": "2019-08-15", "Format": "JSON", "SignatureType": "", "RegionId": "cn-hangzhou",
				"Timestamp": "2026-01-02T03:04:05Z", "SignatureNonce": "n-0001", "LoginNetworkMasks": "10.0.0.0/8;2001:db8::/32",
				"VerificationTypes": `["sms","email"]`, "X": "a b*c~d'é",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := &incoming{method: vector.method, query: url.Values{
				"AccessKeyId": {"testid"}, "SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}, "Signature": {"not signed itself"},
			}}
			for name, value := range vector.params {
				in.query.Set(name, value)
			}
			got, text := in.signatureV1("testsecret")
			equal(t, "signature", got, vector.want)
			if vector.text != "" {
				equal(t, "string to sign", text, vector.text)
			}
		})
	}
}

func TestSignatureVersion3(t *testing.T) {
	t.Parallel()
	for name, vector := range map[string]struct {
		secret, host, action, version, date, nonce string
		query                                      url.Values
		want, text                                 string
	}{
		"published": {
			secret: "YourAccessKeySecret", host: "ecs.cn-shanghai.aliyuncs.com", action: "RunInstances", version: "2014-05-26",
			date: "2023-10-26T10:22:32Z", nonce: "3156853299f313e23d1673dc12e1703d",
			query: url.Values{"ImageId": {"win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}, "RegionId": {"cn-shanghai"}},
			want:  "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
		},
		"odd characters": {
			secret: "testsecret", host: "ims.aliyuncs.com", action: "SetSecurityPreference", version: "2019-08-15",
			date: "2026-01-02T03:04:05Z", nonce: "n-0002",
			query: url.Values{"LoginNetworkMasks": {"10.0.0.0/8;2001:db8::/32"}, "VerificationTypes": {`["sms","email"]`}},
			want:  "1f2891ccdb29b5cdb89352adf2a2d40356a09987892104ebe81774b87c7054df",
			text:  "ACS3-HMAC-SHA256\n5fd07107e87ceae07be7d325e30461fd764c668f15b2202b5f9183a4c129b7d8",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := &incoming{method: http.MethodPost, path: "/", host: vector.host, query: vector.query, header: http.Header{}}
			signed := inHeaders(in, vector.action, vector.version, vector.date, vector.nonce)
			got, text := in.signatureV3(vector.secret, signed)
			equal(t, "signature", got, vector.want)
			if vector.text != "" {
				equal(t, "string to sign", text, vector.text)
			}
		})
	}
}

// inHeaders sets the headers of a request that is signed in its headers, and returns their names.
func inHeaders(in *incoming, action, version, date, nonce string) []string {
	for name, value := range map[string]string{
		"x-acs-action": action, "x-acs-version": version, "x-acs-date": date, "x-acs-signature-nonce": nonce,
		"x-acs-content-sha256": hash(in.body),
	} {
		in.header.Set(name, value)
	}
	return []string{"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
}
