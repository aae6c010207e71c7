// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzProfiles parses arbitrary texts as the file of the aliyun CLI. It must not panic or
// loop, and no error may contain a secret of the file.
func FuzzProfiles(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `null`, `[]`, "\xef\xbb\xbf{}", `{"current":"a","profiles":[null,7,{"name":7},{"name":"a","mode":"AK"}]}`,
		`{"profiles":[{"name":"default","mode":"AK","access_key_id":"LTAI","access_key_secret":"hunter2hunter2"}]}`,
		`{"current":"s","profiles":[{"name":"s","mode":"StsToken","access_key_id":"STS.a","access_key_secret":"hunter2hunter2","sts_token":"tokentokentoken"}]}`,
		`{"current":"c","profiles":[{"name":"c","mode":"ChainableRamRoleArn","source_profile":"d","ram_role_arn":"acs:ram::1:role/x"},{"name":"d","mode":"ChainableRamRoleArn","source_profile":"c"}]}`,
		`{"current":"o","profiles":[{"name":"o","mode":"OIDC","oidc_provider_arn":"a","oidc_token_file":"b","ram_role_arn":"acs:ram::1:role/x","expired_seconds":"7"}]}`,
		`{"current":"r","profiles":[{"name":"r","mode":"RamRoleArn","access_key_id":"LTAI","access_key_secret":"hunter2hunter2","ram_role_arn":7}]}`,
		`{"current":"e","profiles":[{"name":"e","mode":"EcsRamRole","ram_role_name":"x"},{"name":"e"}]}`, `{"profiles":[{"access_key_secret":"hunter2hunter2","name":"default","mode":"AK"`,
	} {
		f.Add(text, "")
		f.Add(text, "a")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		env := Environment{Getenv: func(string) string { return "" }, ReadFile: func(string) ([]byte, error) { return []byte(text), nil }}
		_, err := fromProfile(env, "config.json", name)
		if err == nil {
			return
		}
		var all struct{ Profiles []json.RawMessage }
		if json.Unmarshal([]byte(text), &all) != nil {
			return
		}
		for _, entry := range all.Profiles {
			var secrets struct {
				Secret string `json:"access_key_secret"`
				Token  string `json:"sts_token"`
			}
			if json.Unmarshal(entry, &secrets) != nil {
				continue
			}
			for _, secret := range []string{secrets.Secret, secrets.Token} {
				// A text that also occurs elsewhere, for example as the name of the
				// profile, is not a secret.
				if len(secret) > 8 && strings.Count(text, secret) == 1 && !strings.Contains(name, secret) && strings.Contains(err.Error(), secret) {
					t.Errorf("the error contains a secret: %s", err)
				}
			}
		}
	})
}
