// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// profileCanary is a part of each secret of a profile. No output contains it.
const profileCanary = "Canary8Of8The8Profile"

// profileFields are the fields of a profile of the aliyun CLI.
type profileFields map[string]any

// session returns the fields of a profile with a stored session of the fake.
func session(t *testing.T, srv *ramtest.Server, left time.Duration) profileFields {
	t.Helper()
	key := lentKey(t, srv)
	return profileFields{
		"access_key_id": key["AccessKeyId"], "access_key_secret": key["AccessKeySecret"], "sts_token": key["SecurityToken"], "sts_expiration": time.Now().Add(left).Unix(),
	}
}

// lentKey returns a session of the fake.
func lentKey(t *testing.T, srv *ramtest.Server) (key map[string]string) {
	t.Helper()
	response, err := http.Get(srv.CredentialsURI(time.Hour, defaultAccount))
	must(t, err)
	must(t, json.NewDecoder(response.Body).Decode(&key))
	must(t, response.Body.Close())
	return key
}

func (p profileFields) with(more profileFields) profileFields {
	all := profileFields{"name": "work"}
	for _, fields := range []profileFields{p, more} {
		for name, value := range fields {
			all[name] = value
		}
	}
	return all
}

// program writes a program that prints text and ends with a code, and returns the command that runs it.
func program(t *testing.T, text string, code int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "print credentials.sh")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "#!/bin/sh\ncat <<'END'\n%s\nEND\nexit %d\n", text, code), 0o700))
	return fmt.Sprintf("%q", file)
}

// signIn is the sign-in service of CloudSSO, which exchanges the token for a session of the fake.
func signIn(t *testing.T, srv *ramtest.Server) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+profileCanary {
			http.Error(w, profileCanary, http.StatusForbidden)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"RequestId": "R", "CloudCredential": lentKey(t, srv)})
	}))
	t.Cleanup(server.Close)
	return server.URL + "/login"
}

// keyPairs is an Sts that gives a session for a key pair, and passes everything else to the fake. calls returns how often
// it was called.
func keyPairs(t *testing.T, srv *ramtest.Server) (address string, calls func() int) {
	t.Helper()
	fake, err := url.Parse(srv.URL())
	must(t, err)
	var mu sync.Mutex
	called := 0
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(fake) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		called++
		mu.Unlock()
		body, err := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		if err != nil || form.Get("Action") != "GenerateSessionAccessKey" {
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			pass.ServeHTTP(w, r)
			return
		}
		if form.Get("PublicKeyId") != "pair" {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"RequestId":"8906582E-6722-4B0A-A6C4-0E7863B733A5","Code":"InvalidAccessKeyId.NotFound","Message":"not found"}`)
			return
		}
		key := srv.Credential(defaultAccount)
		fmt.Fprintf(w, `{"RequestId":%q,"SessionAccessKey":{"SessionAccessKeyId":%q,"SessionAccessKeySecret":%q,"Expiration":"2099-01-01T00:00:00Z"}}`,
			strings.ToUpper(form.Get("SignatureNonce")), key.AccessKeyID, key.AccessKeySecret)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() int { mu.Lock(); defer mu.Unlock(); return called }
}

// closedInternet is a proxy that reaches nothing. hosts returns the requested hosts.
func closedInternet(t *testing.T) (address string, hosts func() []string) {
	t.Helper()
	var mu sync.Mutex
	var requested []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requested = append(requested, r.Host)
		mu.Unlock()
		http.Error(w, "no internet", http.StatusBadGateway)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Compact(slices.Sorted(slices.Values(requested)))
	}
}

// With a profile of the aliyun CLI, a plan succeeds, or ends with one error that says what to do. A log-on that has expired
// names the command that renews it. No output contains a secret.
func TestAccProfile_everyMode(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	sts, stsCalls := keyPairs(t, srv)
	proxy, requested := closedInternet(t)
	key := srv.Credential(defaultAccount)
	const expired = "the log-on has expired"
	printed := func(fields string) string { return fmt.Sprintf(`{"mode":"AK",%s}`, fields) }
	keyPair := profileFields{"mode": "RsaKeyPair", "private_key": base64.StdEncoding.EncodeToString(pkcs8), "sts_endpoint": sts}
	sso := profileFields{
		"mode": "CloudSSO", "cloud_sso_sign_in_url": signIn(t, srv), "cloud_sso_account_id": "1", "cloud_sso_access_config": "ac-1", "access_token": profileCanary,
		"cloud_sso_access_token_expire": time.Now().Add(time.Hour).Unix(),
	}
	oauth := profileFields{"mode": "OAuth", "oauth_site_type": "INTL", "oauth_access_token": profileCanary, "oauth_refresh_token": profileCanary, "oauth_access_token_expire": time.Now().Add(time.Hour).Unix()}
	ended := profileFields{"cloud_sso_access_token_expire": 7, "oauth_access_token_expire": 7}
	for name, test := range map[string]struct {
		profile profileFields
		want    []string // of the error; empty: the plan succeeds
		reaches string   // the host that is requested from the closed internet
	}{
		"CredentialsURI":                    {profileFields{"mode": "CredentialsURI", "credentials_uri": srv.CredentialsURI(time.Hour, defaultAccount)}, nil, ""},
		"CredentialsURI, no response":       {profileFields{"mode": "CredentialsURI", "credentials_uri": srv.URL() + "/nothing?" + profileCanary}, []string{"ask the credentials URI", "Check that its server runs"}, ""},
		"External":                          {profileFields{"mode": "External", "process_command": program(t, printed(fmt.Sprintf(`"access_key_id":%q,"access_key_secret":%q`, key.AccessKeyID, key.AccessKeySecret)), 0)}, nil, ""},
		"External, failed":                  {profileFields{"mode": "External", "process_command": program(t, profileCanary, 3)}, []string{"run the program of the profile", "process_command"}, ""},
		"External, other output":            {profileFields{"mode": "External", "process_command": program(t, printed(`"access_key_id":"`+profileCanary+`"`), 0)}, []string{"did not print credentials", "process_command"}, ""},
		"RsaKeyPair":                        {keyPair.with(profileFields{"key_pair_name": "pair"}), nil, ""},
		"RsaKeyPair, unknown":               {keyPair.with(profileFields{"key_pair_name": "other"}), []string{"create a session of the RSA key pair", "Check the name of the key pair"}, ""},
		"CloudSSO, stored session":          {sso.with(session(t, srv, time.Hour)).with(ended), nil, ""},
		"CloudSSO, token":                   {sso.with(session(t, srv, -time.Hour)), nil, ""},
		"CloudSSO, expired":                 {sso.with(session(t, srv, -time.Hour)).with(ended), []string{expired, "aliyun configure --mode CloudSSO --profile work"}, ""},
		"OAuth, stored session":             {oauth.with(session(t, srv, time.Hour)).with(ended), nil, ""},
		"OAuth, token without the internet": {oauth.with(session(t, srv, -time.Hour)), []string{"cannot be reached", "aliyun configure --mode OAuth --profile work"}, "oauth.alibabacloud.com:443"},
		"OAuth, expired":                    {oauth.with(session(t, srv, -time.Hour)).with(ended), []string{expired, "aliyun configure --mode OAuth --profile work"}, ""},
		"sts_region without the internet":   {profileFields{"mode": "AK", "access_key_id": key.AccessKeyID, "access_key_secret": key.AccessKeySecret, "sts_region": "eu-central-1"}, []string{"GetCallerIdentity", "check the network"}, "sts.eu-central-1.aliyuncs.com:443"},
		"sts_endpoint":                      {profileFields{"mode": "AK", "access_key_id": key.AccessKeyID, "access_key_secret": key.AccessKeySecret, "sts_endpoint": sts, "sts_region": "eu-central-1"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := json.Marshal(map[string]any{"current": "work", "profiles": []any{profileFields{}.with(test.profile)}})
			must(t, err)
			c := newCLI(t, func(name string) string {
				switch {
				case name == "RAM_ENDPOINT" || name == "IMS_ENDPOINT", name == "STS_ENDPOINT" && test.reaches == "" && test.profile["sts_endpoint"] == nil:
					return srv.URL()
				}
				return ""
			}, "")
			c.Environment = append(c.Environment, "HTTPS_PROXY="+proxy, "NO_PROXY=127.0.0.1")
			c.write("credentials.json", string(content))
			must(t, c.Configure(c.block("work", "  max_retries = 0\n")+"data \"ram_caller_identity\" \"this\" {\n}\ndata \"ram_users\" \"all\" {\n}\n"))
			before, code := stsCalls(), 0
			if len(test.want) > 0 {
				code = 1
			}
			output := unwrapped(c.run(code, "plan"))
			contains(t, output, test.want...)
			if slices.Contains(test.want, expired) {
				expect(t, "errors", strings.Count(output, "Error: "), 1)
			}
			if strings.Contains(output, profileCanary) || strings.Contains(output, key.AccessKeySecret) {
				t.Errorf("the output contains a secret:\n%s", output)
			}
			if test.profile["sts_endpoint"] != nil && stsCalls() == before {
				t.Error("the endpoint of the profile was not called")
			}
			if test.reaches != "" && !slices.Contains(requested(), test.reaches) {
				t.Errorf("%s was not requested, but %v", test.reaches, requested())
			}
		})
	}
	t.Cleanup(func() {
		expect(t, "hosts", requested(), []string{"oauth.alibabacloud.com:443", "sts.eu-central-1.aliyuncs.com:443"})
	})
}
