// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
)

const testRole = "acs:ram::1234567890123456:role/"

// canary is a secret that no message may contain.
const canary = "c4n4ry-S3cret"

const testProfiles = `{"current": "now", "profiles": [
	{"name": "now", "mode": "AK", "access_key_id": "current-id", "access_key_secret": "` + canary + `"},
	{"name": "block", "mode": "AK", "access_key_id": "block-profile-id", "access_key_secret": "` + canary + `"},
	{"name": "first", "mode": "AK", "access_key_id": "first-profile-id", "access_key_secret": "` + canary + `"},
	{"name": "second", "mode": "AK", "access_key_id": "second-profile-id", "access_key_secret": "` + canary + `"}
]}`

const testHome, testFile = "/home/alice", "/home/alice/.aliyun/config.json"

func environment(variables, files map[string]string) Environment {
	return Environment{
		Getenv: func(name string) string { return variables[name] },
		Home:   testHome,
		ReadFile: func(name string) ([]byte, error) {
			content, ok := files[name]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return []byte(content), nil
		},
	}
}

// way is one source of credentials: how to set it, and how to recognize that it was
// selected.
type way struct {
	name      string
	block     func(*CredentialSettings)
	variables map[string]string
	file      bool // create ~/.aliyun/config.json
	shows     func(SelectedCredentials) string
}

func keyID(c SelectedCredentials) string {
	if c.origin.key == nil {
		return ""
	}
	return c.origin.key.ID
}

func oidcProvider(c SelectedCredentials) string {
	if c.origin.oidc == nil {
		return ""
	}
	return c.origin.oidc.ProviderARN
}

const (
	blockOIDC = "acs:ram::1234567890123456:oidc-provider/block"
	envOIDC   = "acs:ram::1234567890123456:oidc-provider/env"
)

var blockWays = []way{
	{name: "nothing", block: func(*CredentialSettings) {}},
	{name: "block-id", block: func(s *CredentialSettings) { s.AccessKey, s.SecretKey = "block-id", canary }, shows: keyID},
	{name: "STS.block", block: func(s *CredentialSettings) { s.AccessKey, s.SecretKey, s.SecurityToken = "STS.block", canary, canary }, shows: keyID},
	{name: "block-profile-id", block: func(s *CredentialSettings) { s.Profile = "block" }, file: true, shows: keyID},
	{name: "block-role", block: func(s *CredentialSettings) { s.ECSRoleName = "block-role" }, shows: func(c SelectedCredentials) string { return c.origin.ecsRole }},
	{name: "https://block.test", block: func(s *CredentialSettings) { s.CredentialsURI = "https://block.test" }, shows: func(c SelectedCredentials) string { return c.origin.uri }},
	{name: blockOIDC, block: func(s *CredentialSettings) {
		s.AssumeRoleWithOIDC = &OIDC{RoleARN: testRole + "block", ProviderARN: blockOIDC, Token: canary}
	}, shows: oidcProvider},
}

// environmentWays are in order of precedence.
var environmentWays = []way{
	{name: "new-id", variables: map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "new-id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary}, shows: keyID},
	{name: "old-id", variables: map[string]string{"ALICLOUD_ACCESS_KEY": "old-id", "ALICLOUD_SECRET_KEY": canary}, shows: keyID},
	{name: envOIDC, variables: map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "env", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": envOIDC, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/token"}, shows: oidcProvider},
	{name: "first-profile-id", variables: map[string]string{"ALIBABA_CLOUD_PROFILE": "first"}, file: true, shows: keyID},
	{name: "second-profile-id", variables: map[string]string{"ALICLOUD_PROFILE": "second"}, file: true, shows: keyID},
	{name: "https://env.test", variables: map[string]string{"ALIBABA_CLOUD_CREDENTIALS_URI": "https://env.test"}, shows: func(c SelectedCredentials) string { return c.origin.uri }},
	{name: "env-role", variables: map[string]string{"ALIBABA_CLOUD_ECS_METADATA": "env-role"}, shows: func(c SelectedCredentials) string { return c.origin.ecsRole }},
	{name: "current-id", file: true, shows: keyID},
}

// For every source of the provider block and every set of sources of the environment: the
// source of the block is selected, or else the first of the environment (CRED-01).
func TestSelectCredentials_selectsOneSource(t *testing.T) {
	t.Parallel()
	for _, block := range blockWays {
		for set := range 1 << len(environmentWays) {
			ways := []way{}
			for i, way := range environmentWays {
				if set&(1<<i) != 0 {
					ways = append(ways, way)
				}
			}
			checkChoice(t, block, ways)
		}
	}
}

func checkChoice(t *testing.T, block way, ways []way) {
	t.Helper()
	variables, files := map[string]string{}, map[string]string{}
	if block.file {
		files[testFile] = testProfiles
	}
	for _, way := range ways {
		maps.Copy(variables, way.variables)
		if way.file {
			files[testFile] = testProfiles
		}
	}
	var settings CredentialSettings
	block.block(&settings)
	all := slices.Clone(ways)
	if block.shows != nil {
		all = append([]way{block}, ways...)
	}
	chosen, err := SelectCredentials(settings, environment(variables, files))
	if len(all) == 0 {
		if err == nil {
			t.Fatalf("selected %s without any setting", chosen.Source)
		}
		return
	}
	if err != nil {
		t.Fatalf("block %s, environment %v: %v", block.name, variables, err)
	}
	if got := all[0].shows(chosen); got != all[0].name {
		t.Fatalf("block %s, environment %v: selected %s (%q), want %q", block.name, variables, chosen.Source, got, all[0].name)
	}
	if strings.Contains(fmt.Sprint(chosen.Source), canary) {
		t.Fatalf("the source contains a secret: %s", chosen.Source)
	}
}

func TestTwoSourcesInTheBlockAreRefused(t *testing.T) {
	t.Parallel()
	arguments := map[string]string{
		"block-id": "access_key", "STS.block": "access_key", "block-profile-id": "profile",
		"block-role": "ecs_role_name", "https://block.test": "credentials_uri", blockOIDC: "assume_role_with_oidc",
	}
	for _, one := range blockWays[1:] {
		for _, other := range blockWays[1:] {
			if arguments[one.name] == arguments[other.name] {
				continue
			}
			var settings CredentialSettings
			one.block(&settings)
			other.block(&settings)
			_, err := SelectCredentials(settings, environment(nil, map[string]string{testFile: testProfiles}))
			var choice *CredentialConfigError
			if !errors.As(err, &choice) || len(choice.Arguments) != 2 {
				t.Fatalf("%s and %s: %v", one.name, other.name, err)
			}
			for _, name := range []string{one.name, other.name} {
				if !strings.Contains(choice.Problem, "`"+arguments[name]+"`") {
					t.Errorf("the error does not name %s: %s", arguments[name], choice.Problem)
				}
			}
		}
	}
}

func TestSelectCredentials_incompleteSourceIsRefused(t *testing.T) {
	t.Parallel()
	whole := map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret", "ALICLOUD_ACCESS_KEY": "old", "ALICLOUD_SECRET_KEY": "old"}
	for _, test := range []struct {
		name      string
		settings  CredentialSettings
		variables map[string]string
		missing   string
		blames    string
	}{
		{"secret of the block", CredentialSettings{AccessKey: "id"}, whole, "`secret_key` is not", "access_key"},
		{"blank secret of the block", CredentialSettings{AccessKey: "id", SecretKey: " \n"}, whole, "`secret_key` is not", "access_key"},
		{"id of the block", CredentialSettings{SecretKey: canary}, whole, "`access_key` is not", "secret_key"},
		{"token alone in the block", CredentialSettings{SecurityToken: canary}, whole, "`access_key` and `secret_key` are not", "security_token"},
		{"temporary key without token", CredentialSettings{AccessKey: "STS.x", SecretKey: canary}, whole, "needs `security_token`", "access_key"},
		{"role of the block", CredentialSettings{AssumeRole: &Role{}}, whole, "`role_arn` of `assume_role` is empty", "assume_role"},
		{"role that is none", CredentialSettings{AssumeRole: &Role{ARN: "ops"}}, whole, "`role_arn` of `assume_role` is not the ARN", "assume_role"},
		{"OIDC with a provider that is none", CredentialSettings{AssumeRoleWithOIDC: &OIDC{RoleARN: testRole + "r", ProviderARN: testRole + "r", Token: canary}}, whole, "not the ARN of an OIDC provider", "assume_role_with_oidc"},
		{"OIDC without provider", CredentialSettings{AssumeRoleWithOIDC: &OIDC{RoleARN: testRole + "r", Token: canary}}, whole, "`oidc_provider_arn` is not", "assume_role_with_oidc"},
		{"OIDC without token", CredentialSettings{AssumeRoleWithOIDC: &OIDC{RoleARN: testRole + "r", ProviderARN: envOIDC}}, whole, "neither `oidc_token` nor `oidc_token_file`", "assume_role_with_oidc"},
		{"OIDC with two tokens", CredentialSettings{AssumeRoleWithOIDC: &OIDC{RoleARN: testRole + "r", ProviderARN: envOIDC, Token: canary, TokenFile: "f"}}, whole, "both `oidc_token` and `oidc_token_file`", "assume_role_with_oidc"},
		{"URI that is none", CredentialSettings{CredentialsURI: "file:///" + canary}, whole, "not a URL", "credentials_uri"},
		{"URI with http off this machine", CredentialSettings{CredentialsURI: "http://example.com/" + canary}, whole, "must use https", "credentials_uri"},
		{"URI with a password", CredentialSettings{CredentialsURI: "http://u:" + canary + "@h/"}, whole, "password", "credentials_uri"},

		{"new secret", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALICLOUD_ACCESS_KEY": "old", "ALICLOUD_SECRET_KEY": canary}, "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not", ""},
		{"new id", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary, "ALICLOUD_ACCESS_KEY": "old"}, "ALIBABA_CLOUD_ACCESS_KEY_ID is not", ""},
		{"blank new id", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary, "ALIBABA_CLOUD_ACCESS_KEY_ID": "\t"}, "ALIBABA_CLOUD_ACCESS_KEY_ID is not", ""},
		{"new token alone", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_SECURITY_TOKEN": canary, "ALICLOUD_ACCESS_KEY": "old", "ALICLOUD_SECRET_KEY": canary}, "ALIBABA_CLOUD_ACCESS_KEY_ID and", ""},
		{"new temporary key without token", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "STS.x", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary, "ALICLOUD_SECURITY_TOKEN": canary}, "needs ALIBABA_CLOUD_SECURITY_TOKEN", ""},
		{"old secret", CredentialSettings{}, map[string]string{"ALICLOUD_ACCESS_KEY": "old"}, "ALICLOUD_SECRET_KEY is not", ""},
		{"old id", CredentialSettings{}, map[string]string{"ALICLOUD_SECRET_KEY": canary}, "ALICLOUD_ACCESS_KEY is not", ""},
		{"OIDC token file", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "r", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": envOIDC}, "ALIBABA_CLOUD_OIDC_TOKEN_FILE is not", ""},
		{"OIDC provider", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "r", "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/t"}, "`ALIBABA_CLOUD_OIDC_PROVIDER_ARN` is not", ""},
		{"OIDC role", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": envOIDC, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/t"}, "`ALIBABA_CLOUD_ROLE_ARN` is not", ""},
		{"role that is none", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary, "ALIBABA_CLOUD_ROLE_ARN": "ops"}, "not the ARN of a role", ""},
		{"profile that is not there", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_PROFILE": "none", "ALICLOUD_PROFILE": "second"}, `no profile "none"`, ""},
		{"profile of the block that is not there", CredentialSettings{Profile: "none"}, whole, `no profile "none"`, "profile"},
		{"file of the block that is not there", CredentialSettings{SharedCredentialsFile: "/nowhere"}, whole, "/nowhere does not exist", "shared_credentials_file"},
		{"file of the environment that is not there", CredentialSettings{}, map[string]string{"ALIBABA_CLOUD_CREDENTIALS_FILE": "/nowhere"}, "/nowhere does not exist", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			chosen, err := SelectCredentials(test.settings, environment(test.variables, map[string]string{testFile: testProfiles}))
			var choice *CredentialConfigError
			if !errors.As(err, &choice) {
				t.Fatalf("selected %s, error %v", chosen.Source, err)
			}
			if !strings.Contains(choice.Problem, test.missing) {
				t.Errorf("the error does not say %q: %s", test.missing, choice.Problem)
			}
			if strings.Contains(choice.Problem, canary) {
				t.Errorf("the error shows a secret: %s", choice.Problem)
			}
			if test.blames != "" && (len(choice.Arguments) == 0 || choice.Arguments[0] != test.blames) || test.blames == "" && len(choice.Arguments) != 0 {
				t.Errorf("arguments %v, want %q", choice.Arguments, test.blames)
			}
		})
	}
}

func TestSelectCredentials_withoutASourceListsThePlaces(t *testing.T) {
	t.Parallel()
	for _, home := range []string{testHome, ""} {
		env := environment(map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": " ", "ALICLOUD_PROFILE": ""}, nil)
		env.Home = home
		_, err := SelectCredentials(CredentialSettings{Profile: " "}, env)
		if err == nil {
			t.Fatal("credentials were selected")
		}
		for _, place := range append(variables(), "aliyun configure", "access_key") {
			if !strings.Contains(err.Error(), place) {
				t.Errorf("%s is not named: %v", place, err)
			}
		}
	}
}

func TestARoleIsAssumedWithAnySource(t *testing.T) {
	t.Parallel()
	key := map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s"}
	with := func(more map[string]string) map[string]string {
		all := maps.Clone(key)
		maps.Copy(all, more)
		return all
	}
	block := &Role{ARN: testRole + "block"}
	oidc := &OIDC{RoleARN: testRole + "oidc", ProviderARN: blockOIDC, Token: "t"}
	pair := map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "env", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": envOIDC, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/t"}
	for _, test := range []struct {
		name      string
		settings  CredentialSettings
		variables map[string]string
		want      []string
	}{
		{"no role", CredentialSettings{}, key, nil},
		{"role of the block", CredentialSettings{AssumeRole: block}, key, []string{"block"}},
		{"role of the environment", CredentialSettings{}, with(map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "env"}), []string{"env"}},
		{"the block's role goes first", CredentialSettings{AssumeRole: block}, with(map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "env"}), []string{"block"}},
		{"role of the environment on a key of the block", CredentialSettings{AccessKey: "i", SecretKey: "s"}, map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "env"}, []string{"env"}},
		{"role of the block on OIDC of the environment", CredentialSettings{AssumeRole: block}, pair, []string{"block"}},
		{"the OIDC source's own role is not assumed twice", CredentialSettings{}, pair, nil},
		{"nor where a key goes before OIDC", CredentialSettings{}, with(pair), nil},
		{"nor on OIDC of the block", CredentialSettings{AssumeRoleWithOIDC: oidc}, map[string]string{"ALIBABA_CLOUD_ROLE_ARN": testRole + "env"}, nil},
		{"role of the block on OIDC of the block", CredentialSettings{AssumeRoleWithOIDC: oidc, AssumeRole: block}, nil, []string{"block"}},
		{"role of the block on a profile", CredentialSettings{Profile: "block", AssumeRole: block}, nil, []string{"block"}},
		{"role of the block on an ECS role", CredentialSettings{ECSRoleName: "r", AssumeRole: block}, nil, []string{"block"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			chosen, err := SelectCredentials(test.settings, environment(test.variables, map[string]string{testFile: testProfiles}))
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, role := range chosen.Source.Roles {
				got = append(got, strings.TrimPrefix(role, testRole))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("roles are %v, want %v", got, test.want)
			}
		})
	}
}

func TestFilesAreReadOnlyWhenReached(t *testing.T) {
	t.Parallel()
	env := environment(map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s"}, nil)
	env.ReadFile = func(name string) ([]byte, error) {
		t.Errorf("%s was read", name)
		return nil, fs.ErrNotExist
	}
	if _, err := SelectCredentials(CredentialSettings{}, env); err != nil {
		t.Fatal(err)
	}
}

func TestWhiteSpaceAroundAKeyIsNotPartOfIt(t *testing.T) {
	t.Parallel()
	chosen, err := SelectCredentials(CredentialSettings{}, environment(map[string]string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID": " STS.id\n", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret\r\n", "ALIBABA_CLOUD_SECURITY_TOKEN": "token\n",
	}, nil))
	if err != nil || *chosen.origin.key != (Key{"STS.id", "secret", "token"}) {
		t.Fatal(chosen.origin.key, err)
	}
}
