// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func profileOf(t *testing.T, content, name string) (SelectedCredentials, error) {
	t.Helper()
	return fromProfile(environment(nil, map[string]string{testFile: content}), testFile, name)
}

func TestProfileModes(t *testing.T) {
	t.Parallel()
	const content = "\xef\xbb\xbf" + `{"current": "", "meta_path": "", "profiles": [
		{"name": "strange", "mode": 7, "expired_seconds": "soon"}, 12,
		{"name": "default", "mode": "AK", "access_key_id": "id", "access_key_secret": "secret", "sts_token": "left over", "retry_count": 3},
		{"name": "sts", "mode": "StsToken", "access_key_id": "STS.id", "access_key_secret": "secret", "sts_token": "token"},
		{"name": "role", "mode": "RamRoleArn", "access_key_id": "id", "access_key_secret": "secret", "sts_token": "left over", "ram_role_arn": "acs:ram::1234567890123456:role/one",
			"ram_session_name": "me", "expired_seconds": 900, "external_id": "ext", "policy": "{}", "sts_region": "eu-central-1"},
		{"name": "chain", "mode": "ChainableRamRoleArn", "source_profile": "role", "ram_role_arn": "acs:ram::1234567890123456:role/two"},
		{"name": "chain2", "mode": "chainableramrolearn", "source_profile": "chain", "ram_role_arn": "acs:ram::1234567890123456:role/three"},
		{"name": "ecs", "mode": "EcsRamRole", "ram_role_name": "instance"},
		{"name": "oidc", "mode": "OIDC", "ram_role_arn": "acs:ram::1234567890123456:role/ci", "oidc_provider_arn": "acs:ram::1234567890123456:oidc-provider/ci", "oidc_token_file": "/token", "ram_session_name": "ci", "expired_seconds": 1800}
	]}`
	one := Role{ARN: testRole + "one", SessionName: "me", ExternalID: "ext", Policy: "{}", Duration: 15 * time.Minute, sts: stsPlace{region: "eu-central-1"}}
	two, three := Role{ARN: testRole + "two"}, Role{ARN: testRole + "three"}
	key := &Key{ID: "id", Secret: "secret"}
	for _, test := range []struct {
		name   string
		origin keySource
		roles  []Role
	}{
		{"", keySource{key: key}, nil},
		{"default", keySource{key: key}, nil},
		{"sts", keySource{key: &Key{"STS.id", "secret", "token"}}, nil},
		{"role", keySource{key: key}, []Role{one}},
		{"chain", keySource{key: key}, []Role{one, two}},
		{"chain2", keySource{key: key}, []Role{one, two, three}},
		{"ecs", keySource{ecsRole: "instance"}, nil},
		{"oidc", keySource{oidc: &OIDC{RoleARN: testRole + "ci", ProviderARN: "acs:ram::1234567890123456:oidc-provider/ci", TokenFile: "/token", SessionName: "ci", Duration: 30 * time.Minute}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			chosen, err := profileOf(t, content, test.name)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(chosen.origin, test.origin) || !reflect.DeepEqual(chosen.roles, test.roles) {
				t.Errorf("got %+v %+v, want %+v %+v", chosen.origin, chosen.roles, test.origin, test.roles)
			}
		})
	}
}

// If the file is invalid, the error names the file and the profile, and quotes nothing that
// could be a secret.
func TestBrokenProfilesAreNeverQuoted(t *testing.T) {
	t.Parallel()
	pair := `"access_key_id": "id", "access_key_secret": "` + canary + `"`
	one := func(fields string) string { return `{"profiles": [{"name": "p", ` + fields + `}]}` }
	for _, test := range []struct{ name, content, says string }{
		{"not JSON", "{\n\"profiles\": [{" + pair + "\n" + canary, "see line 3"},
		{"an ini file", "[default]\naccess_key_secret = " + canary, "not the JSON"},
		{"another kind", `{"profiles": "` + canary + `"}`, "see line 1"},
		{"a number", `{"current": 20251234, "profiles": []}`, "not the JSON"},
		{"empty", "", "not the JSON"},
		{"null", "null", `no profile "p"`},
		{"a field of another kind", one(`"mode": "AK", "expired_seconds": "` + canary + `", ` + pair), `"p" has a field of the wrong type`},
		{"no mode", one(pair), "lacks `mode`"},
		{"no id", one(`"mode": "AK", "access_key_secret": "` + canary + `"`), "lacks `access_key_id`"},
		{"no secret", one(`"mode": "AK", "access_key_id": "id"`), "lacks `access_key_secret`"},
		{"no token", one(`"mode": "StsToken", ` + pair), "lacks `sts_token`"},
		{"temporary key without token", one(`"mode": "AK", "access_key_id": "STS.x", "access_key_secret": "` + canary + `"`), "lacks `sts_token`"},
		{"no role", one(`"mode": "RamRoleArn", ` + pair), "lacks `ram_role_arn`"},
		{"a role that is none", one(`"mode": "RamRoleArn", "ram_role_arn": "ops", ` + pair), "not the ARN of a role"},
		{"no role name", one(`"mode": "EcsRamRole"`), "lacks `ram_role_name`"},
		{"no OIDC token", one(`"mode": "OIDC", "ram_role_arn": "` + testRole + `r", "oidc_provider_arn": "` + envOIDC + `"`), "neither `oidc_token`"},
		{"no source", one(`"mode": "ChainableRamRoleArn", "ram_role_arn": "` + testRole + `r"`), "lacks `source_profile`"},
		{"a source that is not there", one(`"mode": "ChainableRamRoleArn", "ram_role_arn": "` + testRole + `r", "source_profile": "q"`), `no profile "q"`},
		{"its own source", one(`"mode": "ChainableRamRoleArn", "ram_role_arn": "` + testRole + `r", "source_profile": "p"`), "form a circle: p -> p"},
		{"CloudSSO without a URL", one(`"mode": "CloudSSO", "access_token": "` + canary + `"`), "lacks `cloud_sso_sign_in_url`"},
		{"CloudSSO with http", one(`"mode": "CloudSSO", "access_token": "` + canary + `", "cloud_sso_sign_in_url": "http://example.com/` + canary + `", "cloud_sso_account_id": "1", "cloud_sso_access_config": "ac"`), "not a URL with https"},
		{"CloudSSO of another domain", one(`"mode": "CloudSSO", "access_token": "` + canary + `", "cloud_sso_sign_in_url": "https://signin-x.alibabacloudsso.com.example.com/` + canary + `", "cloud_sso_account_id": "1", "cloud_sso_access_config": "ac"`), "not a host of CloudSSO"},
		{"OAuth of no site", one(`"mode": "OAuth", "oauth_access_token": "` + canary + `"`), "neither CN nor INTL"},
		{"External without a program", one(`"mode": "External"`), "lacks `process_command`"},
		{"a URI with http off this machine", one(`"mode": "CredentialsURI", "credentials_uri": "http://example.com/` + canary + `"`), "must use https"},
		{"no URI", one(`"mode": "CredentialsURI"`), "lacks `credentials_uri`"},
		{"a private key that is none", one(`"mode": "RsaKeyPair", "key_pair_name": "pair", "private_key": "` + canary + `"`), "not an RSA key"},
		{"another mode", one(`"mode": "BearerToken", "access_key_id": "` + canary + `"`), `the mode "BearerToken"`},
		{"a region that is a host", one(`"mode": "AK", "sts_region": "x.example.com/", ` + pair), "`sts_region`"},
		{"an endpoint of another domain", one(`"mode": "AK", "sts_endpoint": "sts.example.com", ` + pair), "not a host of the service"},
		{"an endpoint that is a bucket", one(`"mode": "AK", "sts_endpoint": "sts.oss-cn-hangzhou.aliyuncs.com", ` + pair), "not a host of the service"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := profileOf(t, test.content, "p")
			if err == nil {
				t.Fatal("the profile was accepted")
			}
			for _, part := range []string{test.says, testFile} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			for wrapped := err; wrapped != nil; wrapped = errors.Unwrap(wrapped) {
				if strings.Contains(wrapped.Error(), canary) || strings.Contains(wrapped.Error(), canary[:8]) {
					t.Errorf("the error contains a secret: %v", wrapped)
				}
			}
		})
	}
}

func TestSourceProfilesInACircle(t *testing.T) {
	t.Parallel()
	link := func(name, source string) string {
		return `{"name": "` + name + `", "mode": "ChainableRamRoleArn", "source_profile": "` + source + `", "ram_role_arn": "` + testRole + name + `"}`
	}
	_, err := profileOf(t, `{"profiles": [`+link("a", "b")+","+link("b", "c")+","+link("c", "b")+`]}`, "a")
	if err == nil || !strings.Contains(err.Error(), "a -> b -> c -> b") {
		t.Fatal(err)
	}
}

func TestProfileFile(t *testing.T) {
	t.Parallel()
	variables := map[string]string{"ALIBABA_CLOUD_CREDENTIALS_FILE": "~/env.json"}
	for _, test := range []struct {
		name      string
		variables map[string]string
		home      string
		given     string
		want      string
	}{
		{"the CLI's own", nil, testHome, "", testFile},
		{"of the environment", variables, testHome, "", "/home/alice/env.json"},
		{"of the block", variables, testHome, "/etc/block.json", "/etc/block.json"},
		{"below home", nil, testHome, "~/block.json", "/home/alice/block.json"},
		{"no home", nil, "", "", ""},
	} {
		env := environment(test.variables, nil)
		env.Home = test.home
		if got := profileFile(env, test.given); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// A file that cannot be read is an error. Only a missing file is skipped.
func TestUnreadableProfilesAreAnError(t *testing.T) {
	t.Parallel()
	env := environment(nil, nil)
	env.ReadFile = func(string) ([]byte, error) { return nil, os.ErrPermission }
	_, err := SelectCredentials(CredentialSettings{}, env)
	if err == nil || !strings.Contains(err.Error(), "cannot be read") || !strings.Contains(err.Error(), testFile) {
		t.Fatal(err)
	}
}

// Machines in a VPC without internet access reach Sts at the host that their profile names.
// This also applies to the call that reads the caller.
func TestTheStsOfAProfile(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		``:                              "https://sts.cn-hangzhou.aliyuncs.com",
		`"sts_region": "eu-central-1",`: "https://sts.eu-central-1.aliyuncs.com",
		`"sts_region": "eu-central-1", "enable_vpc": true,`:   "https://sts-vpc.eu-central-1.aliyuncs.com",
		`"sts_endpoint": "sts-vpc.cn-hangzhou.aliyuncs.com",`: "https://sts-vpc.cn-hangzhou.aliyuncs.com",
	} {
		for _, role := range []string{"", `"ram_role_arn": "` + testRole + `ops",`} {
			mode := "AK"
			if role != "" {
				mode = "RamRoleArn"
			}
			chosen, err := profileOf(t, `{"profiles": [{"name": "p", "mode": "`+mode+`", `+fields+role+` "access_key_id": "id", "access_key_secret": "secret"}]}`, "p")
			if err != nil {
				t.Fatal(err)
			}
			chain, err := chosen.Open(Config{})
			if err != nil {
				t.Fatal(err)
			}
			client, err := New(Config{Credentials: chain})
			if err != nil || client.endpoints.Sts.String() != want {
				t.Errorf("%s%s: client.endpoints.Sts %v, error %v", fields, role, client.endpoints.Sts, err)
			}
			given, err := New(Config{Credentials: chain, Endpoints: Endpoints{Sts: httpsURL("sts.example.com")}})
			if err != nil || given.endpoints.Sts.Host != "sts.example.com" {
				t.Errorf("the endpoint of the provider block: given.endpoints.Sts %v, error %v", given.endpoints.Sts, err)
			}
		}
	}
}
