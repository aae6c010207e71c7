// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The vendor publishes the first example:
// https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
func TestAuthorization_ofTheVendorsExample(t *testing.T) {
	t.Parallel()
	empty := hexSHA256("")
	for _, c := range []struct{ secret, query, host, action, version, date, nonce, want string }{
		{
			"YourAccessKeySecret", "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
			"ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", "2023-10-26T10:22:32Z", "3156853299f313e23d1673dc12e1703d",
			"06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
		},
		{
			"testsecret", "LoginNetworkMasks=10.0.0.0%2F8%3B2001%3Adb8%3A%3A%2F32&VerificationTypes=%5B%22sms%22%2C%22email%22%5D",
			"ims.aliyuncs.com", "SetSecurityPreference", "2019-08-15", "2026-01-02T03:04:05Z", "n-0002",
			"1f2891ccdb29b5cdb89352adf2a2d40356a09987892104ebe81774b87c7054df",
		},
	} {
		got := authorization(Key{ID: "YourAccessKeyId", Secret: c.secret}, map[string]string{
			"host": c.host, "x-acs-action": c.action, "x-acs-version": c.version,
			"x-acs-date": c.date, "x-acs-signature-nonce": c.nonce, "x-acs-content-sha256": empty,
		}, c.query, empty)
		want := "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=" + c.want
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.action, got, want)
		}
	}
}

// The gateway accepts calls with either signature, with unusual characters, and from a role
// session.
func TestSignatureAlgorithm_isAccepted(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []SignatureAlgorithm{"", HMACSHA1, ACS3} {
		srv := ramtest.New(t)
		client := clientOf(t, srv, func(c *Config) { c.SignatureAlgorithm = algorithm })
		const odd = "a b+c~d*é%2F/&=;\"'"
		var out struct{ User struct{ Comments string } }
		err := client.call(t.Context(), operation{product: ramProduct, action: "CreateUser"}, params{"UserName": "alice", "Comments": odd}, nil)
		if err == nil {
			err = client.call(t.Context(), operation{product: ramProduct, action: "GetUser", repeat: read}, params{"UserName": "alice"}, &out)
		}
		if err != nil {
			t.Errorf("%q: %v", algorithm, err)
		}
		if out.User.Comments != odd {
			t.Errorf("%q: got %q, want %q", algorithm, out.User.Comments, odd)
		}
		if broken := srv.Violations(); len(broken) > 0 {
			t.Errorf("%q: %v", algorithm, broken)
		}
	}
}

func TestSignatureAlgorithm_signsASessionsToken(t *testing.T) {
	t.Parallel()
	signed := signACS3(operation{product: imsProduct, action: "GetUser"}, Key{ID: "STS.id", Secret: "secret", Token: "token"}, "ims.aliyuncs.com",
		time.Unix(0, 0), "nonce", params{"UserName": "alice"})
	if !strings.Contains(signed.headers["Authorization"], "x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;") {
		t.Error(signed.headers["Authorization"])
	}
	if signed.headers["x-acs-security-token"] != "token" || signed.form.Has("SecurityToken") || signed.form.Encode() != "UserName=alice" {
		t.Errorf("%v %v", signed.headers, signed.form)
	}
}

func TestSignatureAlgorithm_ofAWrongSecretIsRefused(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	client := askingClientOf(t, srv, func(c *Config) {
		c.SignatureAlgorithm = ACS3
		c.Credentials = &fixedKey{Key: Key{ID: srv.Credential(fakeAccount).AccessKeyID, Secret: "wrong"}}
	})
	_, err := client.Caller(t.Context())
	var serviceErr *Error
	if !errors.As(err, &serviceErr) || !strings.HasPrefix(serviceErr.Code, "SignatureDoesNotMatch") {
		t.Error(err)
	}
}

func TestSignatureAlgorithm_unknown(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{Credentials: &fixedKey{Key: Key{}}, SignatureAlgorithm: "HMAC-MD5"}); err == nil || !strings.Contains(err.Error(), `"HMAC-MD5" is not an algorithm`) {
		t.Error(err)
	}
}

// The FIPS mode applies to the whole process, so the test below runs in a separate process.
func TestFIPS(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"on", "only"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestUnderFIPS$", "-test.v")
			child.Env = append(os.Environ(), "GODEBUG=fips140="+mode, "RAM_TEST_FIPS="+mode)
			out, err := child.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "--- PASS: TestUnderFIPS") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// With fips140=on, everything works. With fips140=only, calls are signed with SHA-256, and
// operations that need SHA-1 return an error: the module would end the process.
func TestUnderFIPS(t *testing.T) {
	t.Parallel()
	mode := os.Getenv("RAM_TEST_FIPS")
	if mode == "" {
		t.Skip("TestFIPS runs this one, under GODEBUG=fips140")
	}
	only := mode == "only"
	if (CheckSHA1Allowed() != nil) != only {
		t.Fatalf("GODEBUG=fips140=%s has no effect: %v", mode, CheckSHA1Allowed())
	}
	_, err := New(Config{Credentials: &fixedKey{Key: Key{}}, SignatureAlgorithm: HMACSHA1})
	if errors.Is(err, ErrSHA1Forbidden) != only {
		t.Errorf("HMAC-SHA1: %v", err)
	}
	if _, err := TOTP("JBSWY3DPEHPK3PXP", 1); errors.Is(err, ErrSHA1Forbidden) != only {
		t.Errorf("TOTP: %v", err)
	}
	client, err := New(Config{Credentials: &fixedKey{Key: Key{ID: "id", Secret: "a-secret-of-thirty-characters.."}}})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := client.sign(operation{product: ramProduct, action: "GetUser"}, Key{ID: "id", Secret: "a-secret-of-thirty-characters.."}, nil)
	if err != nil || (signed.headers["Authorization"] != "") != only {
		t.Errorf("%v %v", signed, err)
	}
}
