// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// keyOfProfile reads the key of a file with a single profile.
func keyOfProfile(t *testing.T, fields string) (Key, error) {
	t.Helper()
	chosen, err := profileOf(t, `{"profiles": [{"name": "p", `+fields+`}]}`, "p")
	if err != nil {
		t.Fatal(err)
	}
	chain, err := chosen.Open(Config{})
	if err != nil {
		return Key{}, err
	}
	return chain.Get(t.Context())
}

func TestALogOnIsExchangedWhileItIsValid(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body["AccountId"] != "1" || body["AccessConfigurationId"] != "ac-1" {
			t.Errorf("body %v, error %v", body, err)
		}
		if r.Method != http.MethodPost || r.URL.Path != "/cloud-credentials" || r.Header.Get("Authorization") != "Bearer "+canary {
			http.Error(w, canary, http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"RequestId":"R","CloudCredential":{"AccessKeyId":"STS.sso","AccessKeySecret":"secret","SecurityToken":"token"}}`)
	}))
	t.Cleanup(server.Close)
	profile := func(tokenEnd, sessionEnd time.Duration) string {
		return fmt.Sprintf(`"mode": "CloudSSO", "cloud_sso_sign_in_url": %q, "cloud_sso_account_id": "1", "cloud_sso_access_config": "ac-1", "access_token": %q,
			"cloud_sso_access_token_expire": %d, "access_key_id": "STS.stored", "access_key_secret": "secret", "sts_token": "token", "sts_expiration": %d`,
			server.URL+"/sign-in", canary, time.Now().Add(tokenEnd).Unix(), time.Now().Add(sessionEnd).Unix())
	}
	for name, test := range map[string]struct {
		fields string
		want   string // "" if the log-on has expired
	}{
		"a stored session":       {profile(-time.Hour, time.Hour), "STS.stored"},
		"a session near its end": {profile(time.Hour, time.Minute), "STS.sso"},
		"a token":                {profile(time.Hour, -time.Hour), "STS.sso"},
		"nothing is valid":       {profile(-time.Minute, -time.Hour), ""},
		"a browser, expired":     {`"mode": "OAuth", "oauth_site_type": "intl", "oauth_access_token": "` + canary + `", "oauth_access_token_expire": 7, "oauth_refresh_token": "` + canary + `"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := keyOfProfile(t, test.fields)
			if test.want != "" {
				if err != nil || key.ID != test.want {
					t.Error(key.ID, err)
				}
				return
			}
			if !errors.Is(err, errLogOnExpired) || strings.Contains(err.Error(), canary) {
				t.Fatal(err)
			}
			if !strings.Contains(err.Error(), "aliyun configure --mode ") || !strings.Contains(err.Error(), " --profile p") {
				t.Errorf("the error lacks the command: %v", err)
			}
		})
	}
}

func TestAProgramPrintsTheKey(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command string
		want    Key
		err     error
	}{
		"a session":       {`echo '{"mode":"StsToken","access_key_id":"STS.x","access_key_secret":"secret","sts_token":"token","expiration":"2036-01-01T00:00:00Z"}'`, Key{"STS.x", "secret", "token"}, nil},
		"a key":           {`echo '{"mode":"AK","access_key_id":"LTAI1","access_key_secret":"secret"}'`, Key{ID: "LTAI1", Secret: "secret"}, nil},
		"no token":        {`echo '{"mode":"StsToken","access_key_id":"STS.x","access_key_secret":"` + canary + `"}'`, Key{}, errNoToken},
		"no secret":       {`echo '{"mode":"AK","access_key_id":"LTAI1"}'`, Key{}, errProgramOutput},
		"no id":           {`echo '{"mode":"AK","access_key_secret":"` + canary + `"}'`, Key{}, errProgramOutput},
		"another mode":    {`echo '{"mode":"OAuth","access_key_id":"x","access_key_secret":"` + canary + `"}'`, Key{}, errProgramOutput},
		"not JSON":        {`echo ` + canary, Key{}, errProgramOutput},
		"a failure":       {`false ` + canary, Key{}, errProgramFailed},
		"no such program": {`/no/such/` + canary, Key{}, errProgramFailed},
		"open quotes":     {`echo '` + canary, Key{}, errOpenQuotes},
		"blanks alone":    {`  `, Key{}, errProgramFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, err := json.Marshal(test.command)
			if err != nil {
				t.Fatal(err)
			}
			key, err := keyOfProfile(t, `"mode": "External", "process_command": `+string(command))
			if key != test.want || !errors.Is(err, test.err) || err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("key %+v, error %v", key, err)
			}
		})
	}
}

func TestACommandIsSplitLikeAShellDoes(t *testing.T) {
	t.Parallel()
	for command, want := range map[string][]string{
		"":                       nil,
		"a":                      {"a"},
		" a  b\t c ":             {"a", "b", "c"},
		`a "b c" 'd "e"' f"g"`:   {"a", "b c", `d "e"`, "fg"},
		`a "" ''`:                {"a", "", ""},
		`C:\tools\x.exe --arg=1`: {`C:\tools\x.exe`, "--arg=1"},
	} {
		if got, err := splitCommand(command); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, error %v", command, got, err)
		}
	}
}

// The signature is verified as the service does it: over all parameters except the
// signature itself.
func TestAnRSAKeyPairSignsForASession(t *testing.T) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		form := maps.Clone(r.PostForm)
		signature, err := base64.StdEncoding.DecodeString(form.Get("Signature"))
		if err != nil {
			t.Error(err)
		}
		delete(form, "Signature")
		encoded := strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(form.Encode())
		sum := sha256.Sum256([]byte("POST&%2F&" + strings.NewReplacer("+", "%20").Replace(url.QueryEscape(encoded))))
		if err := rsa.VerifyPKCS1v15(&private.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
			t.Error(err)
		}
		if form.Get("Action") != "GenerateSessionAccessKey" || form.Get("PublicKeyId") != "pair" || form.Get("AccessKeyId") != "pair" || form.Get("DurationSeconds") != "900" ||
			form.Get("SignatureMethod") != "SHA256withRSA" || form.Get("SignatureType") != "PRIVATEKEY" {
			t.Errorf("sent %v", form)
		}
		respond(t, w, 200, `{"SessionAccessKey":{"SessionAccessKeyId":"TMPSK.1","SessionAccessKeySecret":"secret","Expiration":"2026-01-01T00:00:00Z"}}`)
	})
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"PKCS #8 in PEM":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})),
		"PKCS #1 in PEM":    string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})),
		"PKCS #8 in Base64": base64.StdEncoding.EncodeToString(pkcs8),
	} {
		content, err := json.Marshal(map[string]any{"profiles": []any{map[string]any{
			"name": "p", "mode": "RsaKeyPair", "key_pair_name": "pair", "private_key": text, "expired_seconds": 900,
		}}})
		if err != nil {
			t.Fatal(err)
		}
		chosen, err := profileOf(t, string(content), "p")
		if err != nil {
			t.Fatal(err)
		}
		chain, err := chosen.Open(Config{Endpoints: endpoints(t, server.URL)})
		if err != nil {
			t.Fatal(err)
		}
		if key, err := chain.Get(t.Context()); err != nil || key != (Key{ID: "TMPSK.1", Secret: "secret"}) {
			t.Errorf("%s: key %+v, error %v", name, key, err)
		}
	}
}

// The token of a log-on is sent to hosts of CloudSSO only (documented: the user logon URL).
func TestALogOnIsSentToCloudSSOOnly(t *testing.T) {
	t.Parallel()
	for address, accepted := range map[string]bool{
		"https://signin-cn-shanghai.alibabacloudsso.com/start/login":  true,
		"https://SignIn-us-west-1.AlibabaCloudSSO.com/device/login":   true,
		"https://signin-cn-shanghai.alibabacloudsso.com.example.com/": false,
		"https://signin-x@example.com/":                               false,
		"https://signin-x.alibabacloudsso.com:8443/":                  false,
		"https://example.com/?signin-x.alibabacloudsso.com":           false,
		"https://bucket.oss-cn-hangzhou.aliyuncs.com/":                false,
	} {
		_, err := profile{Name: "p", CloudSSOSignInURL: address, CloudSSOAccountID: "1", CloudSSOAccessConfig: "ac-1"}.cloudSSO()
		if (err == nil) != accepted {
			t.Errorf("%s: %v", address, err)
		}
	}
}
