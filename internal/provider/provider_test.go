// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// canary is a secret that nothing may show.
const canary = "c4n4ry-S3cret"

// variables is an environment.
type variables map[string]string

func (v variables) get(name string) string { return v[name] }

func (v variables) and(more variables) variables {
	all := maps.Clone(v)
	maps.Copy(all, more)
	return all
}

// endpointsOf leads to a fake without credentials.
func endpointsOf(url string) variables {
	return variables{"RAM_ENDPOINT": url, "IMS_ENDPOINT": url, "STS_ENDPOINT": url}
}

// fresh is a provider that is not configured yet.
func fresh(t *testing.T, getenv func(string) string, options ...Option) *acctest.Driver {
	t.Helper()
	return acctest.NewDriver(t.Context(), t, Server(New("1.2.3", getenv, options...)()))
}

// refused wants exactly one error, on the attribute, and no secret in it.
func refused(t *testing.T, diags []*tfprotov6.Diagnostic, attribute string, parts ...string) {
	t.Helper()
	if len(diags) != 1 || diags[0].Severity != tfprotov6.DiagnosticSeverityError {
		t.Fatalf("%d diagnostics, want one error:\n%s", len(diags), acctest.Messages(diags))
	}
	expect(t, "attribute", at(diags[0]), attribute)
	contains(t, acctest.Messages(diags), parts...)
	if strings.Contains(acctest.Messages(diags), canary) {
		t.Errorf("a secret is shown:\n%s", acctest.Messages(diags))
	}
}

// at is the attribute of a diagnostic, such as endpoints.ram.
func at(d *tfprotov6.Diagnostic) string {
	text := strings.ReplaceAll(d.Attribute.String(), `AttributeName("`, "")
	return strings.ReplaceAll(text, `")`, "")
}

// person adds a user with a key to the fake.
func person(srv *ramtest.Server, name string) ramtest.AccessKey {
	key := ramtest.AccessKey{ID: "LTAI" + name, Secret: canary + name, Status: "Active", CreateDate: srv.Now()}
	srv.Change(func(a *ramtest.Account) {
		a.Users[name] = &ramtest.User{ID: "2000000000" + fmt.Sprintf("%08d", len(a.Users)), Name: name, Status: "active", Keys: []*ramtest.AccessKey{&key}}
	})
	return key
}

// home is a home directory with profiles of the aliyun CLI.
func home(t *testing.T, profiles any) string {
	t.Helper()
	content, ok := profiles.(string)
	if !ok {
		encoded, err := json.Marshal(profiles)
		must(t, err)
		content = string(encoded)
	}
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, ".aliyun"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, ".aliyun", "config.json"), []byte(content), 0o600))
	return dir
}

func keyProfile(name string, key ramtest.AccessKey) map[string]any {
	return map[string]any{"name": name, "mode": "AK", "access_key_id": key.ID, "access_key_secret": key.Secret}
}

// With every source set, the first one is removed again and again: the service receives the key of the next one,
// until the last (CRED-01).
func TestCredentials_firstSourceIsUsed(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	keys := map[string]ramtest.AccessKey{}
	for _, name := range []string{"block", "newer", "older", "profile1", "profile2", "current"} {
		keys[name] = person(srv, name)
	}
	lender := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"AccessKeyId":"STS.uri","AccessKeySecret":"secret","SecurityToken":"token","Expiration":%q}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(lender.Close)
	dir := home(t, map[string]any{"current": "now", "profiles": []any{
		keyProfile("one", keys["profile1"]), keyProfile("two", keys["profile2"]), keyProfile("now", keys["current"]),
	}})
	sources := []struct {
		arrives   string
		variables variables
	}{
		{"LTAInewer", variables{"ALIBABA_CLOUD_ACCESS_KEY_ID": keys["newer"].ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": keys["newer"].Secret}},
		{"LTAIolder", variables{"ALICLOUD_ACCESS_KEY": keys["older"].ID, "ALICLOUD_SECRET_KEY": keys["older"].Secret}},
		{"LTAIprofile1", variables{"ALIBABA_CLOUD_PROFILE": "one"}},
		{"LTAIprofile2", variables{"ALICLOUD_PROFILE": "two"}},
		{"STS.uri", variables{"ALIBABA_CLOUD_CREDENTIALS_URI": lender.URL}},
		{"LTAIcurrent", variables{"HOME": dir}},
	}
	arrives := func(want string, config attributes, from int) {
		env := endpointsOf(srv.URL()).and(variables{"HOME": dir})
		for _, source := range sources[from:] {
			env = env.and(source.variables)
		}
		srv.ForgetCalls()
		c := newCoreWith(t, config, env.get, fakeClock())
		expect(t, "calls of Configure", len(srv.Calls()), 0)
		c.ReadData("ram_caller_identity", attributes{}) // the lender's key is unknown to the fake: who came is what counts
		calls := srv.Calls("GetCallerIdentity")
		if len(calls) == 0 || calls[0].AccessKeyID != want {
			t.Errorf("arrived %+v, want %s", calls, want)
		}
	}
	arrives("LTAIblock", attributes{"access_key": keys["block"].ID, "secret_key": keys["block"].Secret}, 0)
	arrives("LTAIprofile2", attributes{"profile": "two"}, 0)
	for i, source := range sources {
		arrives(source.arrives, attributes{}, i)
		arrives(source.arrives, attributes{"access_key": "", "secret_key": " ", "profile": "\t"}, i)
	}
}

func TestCredentials_incompleteSourceIsAnError(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	for _, test := range []struct {
		config    attributes
		attribute string
		says      string
	}{
		{attributes{"access_key": "LTAI"}, "access_key", "`secret_key` is not"},
		{attributes{"secret_key": canary}, "secret_key", "`access_key` is not"},
		{attributes{"security_token": canary}, "security_token", "are not"},
		{attributes{"access_key": "LTAI", "secret_key": canary, "profile": "ops"}, "access_key", "`profile`"},
		{attributes{"ecs_role_name": "role", "credentials_uri": "http://127.0.0.1/" + canary}, "ecs_role_name", "`credentials_uri`"},
		{attributes{"assume_role": attributes{"role_arn": " "}}, "assume_role", "is empty"},
	} {
		t.Run(test.attribute+" "+test.says, func(t *testing.T) {
			t.Parallel()
			// The environment has a whole key, which must not be taken.
			c := fresh(t, srv.Getenv)
			refused(t, c.Validate(test.config), test.attribute, cannotConfigure, test.says)
			refused(t, c.Configure(test.config), test.attribute, cannotConfigure, test.says)
		})
	}
}

// An unknown value is an error on its argument, for each argument: no other source is tried instead (CRED-02).
func TestCredentials_unknownArgumentIsAnError(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	const arn = "acs:ram::1234567890123456:role/r"
	role := attributes{"role_arn": arn}
	oidc := attributes{"role_arn": arn, "oidc_provider_arn": "acs:ram::1234567890123456:oidc-provider/p", "oidc_token": canary}
	configs := map[string]attributes{}
	for _, a := range fresh(t, srv.Getenv).Schemas.Provider.Block.Attributes {
		configs[a.Name] = attributes{a.Name: acctest.Unknown{}}
		if a.NestedType == nil {
			continue
		}
		for _, inner := range a.NestedType.Attributes {
			nested := attributes{}
			switch a.Name {
			case "assume_role":
				nested = maps.Clone(role)
			case "assume_role_with_oidc":
				nested = maps.Clone(oidc)
			}
			nested[inner.Name] = acctest.Unknown{}
			configs[a.Name+"."+inner.Name] = attributes{a.Name: nested}
		}
	}
	if len(configs) < 25 {
		t.Fatalf("only %d arguments", len(configs))
	}
	for attribute, config := range configs {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			c := fresh(t, srv.Getenv)
			if diags := c.Validate(config); len(diags) != 0 {
				t.Errorf("validation does not wait: %s", acctest.Messages(diags))
			}
			refused(t, c.Configure(config), attribute, cannotConfigure, "`"+attribute+"` is not known yet", variableOf[attribute])
		})
	}
}

func TestCredentials_variablesInErrorsExist(t *testing.T) {
	t.Parallel()
	schema := fresh(t, variables{}.get).Schemas.Provider.Block
	for attribute := range variableOf {
		outer, inner, nested := strings.Cut(attribute, ".")
		found := slices.ContainsFunc(schema.Attributes, func(a *tfprotov6.SchemaAttribute) bool {
			return a.Name == outer && (!nested || slices.ContainsFunc(a.NestedType.Attributes, func(b *tfprotov6.SchemaAttribute) bool { return b.Name == inner }))
		})
		if !found {
			t.Errorf("there is no argument %s", attribute)
		}
	}
}

func TestProviderConfiguration_isValidatedWithoutNetwork(t *testing.T) {
	t.Parallel()
	const arn = "acs:ram::1234567890123456:role/r"
	oidcWith := func(name string, value any) attributes {
		oidc := attributes{"role_arn": arn, "oidc_provider_arn": "acs:ram::1234567890123456:oidc-provider/p", "oidc_token": canary}
		oidc[name] = value
		return attributes{"assume_role_with_oidc": oidc}
	}
	roleWith := func(name string, value any) attributes {
		role := attributes{"role_arn": arn}
		role[name] = value
		return attributes{"assume_role": role}
	}
	for _, test := range []struct {
		attribute string
		config    attributes
	}{
		{"assume_role.role_arn", roleWith("role_arn", canary)},
		{"assume_role.role_arn", roleWith("role_arn", "acs:ram::123:role/short-account")},
		{"assume_role.session_name", roleWith("session_name", "a")},
		{"assume_role.session_name", roleWith("session_name", "with blank")},
		{"assume_role.session_expiration", roleWith("session_expiration", 899)},
		{"assume_role.session_expiration", roleWith("session_expiration", 43201)},
		{"assume_role.policy", roleWith("policy", "not JSON "+canary)},
		{"assume_role.external_id", roleWith("external_id", "a b")},
		{"assume_role_with_oidc.oidc_provider_arn", oidcWith("oidc_provider_arn", arn)},
		{"assume_role_with_oidc.role_session_name", oidcWith("role_session_name", "ä")},
		{"assume_role_with_oidc.session_expiration", oidcWith("session_expiration", 0)},
		{"assume_role_with_oidc", oidcWith("oidc_token_file", "/both")},
		{"assume_role_with_oidc", oidcWith("oidc_token", "")},
		{"endpoints.ram", attributes{"endpoints": attributes{"ram": "http://ram.aliyuncs.com"}}},
		{"endpoints.ims", attributes{"endpoints": attributes{"ims": "https://user:" + canary + "@ims.aliyuncs.com"}}},
		{"endpoints.sts", attributes{"endpoints": attributes{"sts": "https://sts.aliyuncs.com/path"}}},
		{"region", attributes{"region": "evil.example/#"}},
		{"ecs_role_name", attributes{"ecs_role_name": "../" + canary}},
		{"max_retries", attributes{"max_retries": 11}},
		{"max_retries", attributes{"max_retries": -1}},
		{"requests_per_second", attributes{"requests_per_second": 0}},
		{"credentials_uri", attributes{"credentials_uri": "file:///" + canary}},
		{"allowed_account_ids", attributes{"allowed_account_ids": []string{}}},
	} {
		t.Run(test.attribute, func(t *testing.T) {
			t.Parallel()
			refused(t, fresh(t, variables{}.get).Validate(test.config), test.attribute)
		})
	}
}

func TestProviderConfiguration_accountListsExcludeEachOther(t *testing.T) {
	t.Parallel()
	c := fresh(t, variables{}.get)
	one := []string{"1234567890123456"}
	refused(t, c.Validate(attributes{"allowed_account_ids": one, "forbidden_account_ids": one}), "allowed_account_ids", "forbidden_account_ids")
	for _, name := range []string{"allowed_account_ids", "forbidden_account_ids"} {
		if diags := c.Validate(attributes{name: one}); len(diags) != 0 {
			t.Error(acctest.Messages(diags))
		}
		if diags := c.Validate(attributes{name: []string{"123"}}); len(acctest.Errors(diags)) != 1 {
			t.Errorf("%s takes an id of three digits: %s", name, acctest.Messages(diags))
		}
	}
}

func TestProviderConfiguration_wrongAccountIsRefused(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	for _, config := range []attributes{
		{"allowed_account_ids": []string{"9999999999999999"}},
		{"forbidden_account_ids": []string{"1234567890123456"}},
	} {
		c, diags := configured(t, config, srv.Getenv, fakeClock())
		refused(t, diags, "", "1234567890123456")
		_, diags = c.ReadData("ram_caller_identity", attributes{})
		refused(t, diags, "", "1234567890123456")
	}
	_, diags := newCoreWith(t, attributes{"allowed_account_ids": []string{"1234567890123456"}}, srv.Getenv).ReadData("ram_caller_identity", attributes{})
	expect(t, "diagnostics", acctest.Messages(diags), "")
}

func TestProviderConfiguration_warnsOfAForeignEndpoint(t *testing.T) {
	t.Parallel()
	key := variables{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary}
	warned := fresh(t, key.get).Configure(attributes{"endpoints": attributes{"ram": "https://ram.example.com", "ims": "ims.aliyuncs.com"}})
	if len(warned) != 1 || warned[0].Severity != tfprotov6.DiagnosticSeverityWarning || at(warned[0]) != "endpoints.ram" {
		t.Errorf("the block's endpoint: %s", acctest.Messages(warned))
	}
	warned = fresh(t, key.and(variables{"STS_ENDPOINT": "sts.example.com"}).get).Configure(attributes{})
	if len(warned) != 1 || warned[0].Severity != tfprotov6.DiagnosticSeverityWarning || !strings.Contains(acctest.Messages(warned), "STS_ENDPOINT") {
		t.Errorf("the environment's endpoint: %s", acctest.Messages(warned))
	}
	for name, value := range map[string]string{"RAM_ENDPOINT": "http://ram.aliyuncs.com", "IMS_ENDPOINT": "https://u:" + canary + "@h", "ALIBABA_CLOUD_REGION": "../x"} {
		refused(t, fresh(t, key.and(variables{name: value}).get).Configure(attributes{}), "", name)
	}
}

// Each failure of credentials is one error that says what to do, in time and without a secret.
func TestCredentials_failureIsOneErrorWithItsRemedy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		broken func(*ramtest.Server, variables)
		says   []string
	}{
		{"a wrong secret", func(_ *ramtest.Server, env variables) { env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = "another" + canary }, []string{"SignatureDoesNotMatch", "secret"}},
		{"an unknown key", func(_ *ramtest.Server, env variables) { env["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "LTAIunknown" }, []string{"InvalidAccessKeyId.NotFound", "check the credentials"}},
		{"a disabled key", func(srv *ramtest.Server, _ variables) {
			srv.Change(func(a *ramtest.Account) { a.Users["ops"].Keys[0].Status = "Inactive" })
		}, []string{"InvalidAccessKeyId.Inactive", "enable it"}},
		{"a clock that is 20 minutes off", func(srv *ramtest.Server, _ variables) { srv.SetSkew(20 * time.Minute) }, []string{"InvalidTimeStamp.Expired", "clock", "15 minutes"}},
		{"an endpoint without a server", func(_ *ramtest.Server, env variables) { maps.Copy(env, endpointsOf("http://127.0.0.1:1")) }, []string{"HTTPS_PROXY", "endpoint"}},
		{"a proxy's page", func(srv *ramtest.Server, _ variables) { srv.Inject(ramtest.Rule{Fault: "html", Status: 502}) }, []string{"proxy", "endpoint"}},
		{"a redirect", func(srv *ramtest.Server, _ variables) { srv.Inject(ramtest.Rule{Fault: "redirect", Status: 307}) }, []string{"redirect", "endpoint"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := ramtest.New(t)
			key := person(srv, "ops")
			env := endpointsOf(srv.URL()).and(variables{"ALIBABA_CLOUD_ACCESS_KEY_ID": key.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.Secret})
			test.broken(srv, env)
			start := time.Now()
			_, diags := newCoreWith(t, attributes{}, env.get, fakeClock()).ReadData("ram_caller_identity", attributes{})
			refused(t, diags, "", append(test.says, "Cannot read the caller's identity")...)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestCredentials_brokenProfileFileIsNotPrinted(t *testing.T) {
	t.Parallel()
	dir := home(t, `{"current": "ops", "profiles": [{"name": "ops", "access_key_secret": "`+canary+`"`)
	for _, env := range []variables{{"HOME": dir}, {"HOME": dir, "ALIBABA_CLOUD_PROFILE": "ops"}} {
		refused(t, fresh(t, env.get).Configure(attributes{}), "", dir, "aliyun configure")
	}
	refused(t, fresh(t, variables{"HOME": dir}.get).Configure(attributes{"profile": "ops"}), "profile", dir)
}

// A log-on of the CLI that has expired is one error of the configuration, before any call.
func TestCredentials_expiredLogOn(t *testing.T) {
	t.Parallel()
	dir := home(t, `{"current": "ops", "profiles": [{"name": "ops", "mode": "OAuth", "oauth_site_type": "INTL", "oauth_access_token": "`+canary+`", "oauth_refresh_token": "`+canary+`", "oauth_access_token_expire": 7}]}`)
	refused(t, fresh(t, variables{"HOME": dir}.get, fakeClock()).Configure(attributes{}), "", "Cannot configure the provider", "the log-on has expired", "aliyun configure --mode OAuth --profile ops")
}

func TestCredentials_missingListsTheSources(t *testing.T) {
	t.Parallel()
	refused(t, fresh(t, variables{"HOME": t.TempDir()}.get).Configure(attributes{}), "", "ALIBABA_CLOUD_ACCESS_KEY_ID", "aliyun configure", "profile")
}

// trusting adds a role to an account that the default account may assume.
func trusting(srv *ramtest.Server, accountID string) string {
	now := srv.Now()
	srv.ChangeAccount(accountID, func(a *ramtest.Account) {
		a.Roles["ops"] = &ramtest.Role{
			ID: "3000000000" + accountID[:8], Name: "ops", CreateDate: now, MaxSessionDuration: 3600,
			TrustedAccounts: []string{"1234567890123456"}, TrustedOIDCProviders: []string{"ci"}, ExternalID: "ext",
		}
		a.OIDCProviders["ci"] = &ramtest.OIDCProvider{Name: "ci", Issuer: "https://ci.example.com", Client: "sts", Tokens: map[string]string{"token-1": "job", "token-2": "job"}}
	})
	return "acs:ram::" + accountID + ":role/ops"
}

// accountOf is the account that the provider's credentials open.
func accountOf(t *testing.T, c *acctest.Driver) any {
	t.Helper()
	v, diags := c.ReadData("ram_caller_identity", attributes{})
	expect(t, "diagnostics", acctest.Messages(diags), "")
	return in(t, v, "account_id")
}

func TestCredentials_roleInAnotherAccount(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.AddAccount("2234567890123456")
	arn := trusting(srv, "2234567890123456")
	role := attributes{"role_arn": arn, "external_id": "ext", "session_name": "me", "session_expiration": 900}
	c := newCoreWith(t, attributes{"assume_role": role, "allowed_account_ids": []string{"2234567890123456"}}, srv.Getenv, fakeClock())
	expect(t, "account", accountOf(t, c), any("2234567890123456"))

	// A role that does not trust the caller.
	role["external_id"] = "another"
	_, diags := newCoreWith(t, attributes{"assume_role": role}, srv.Getenv, fakeClock()).ReadData("ram_caller_identity", attributes{})
	refused(t, diags, "", "AssumeRole")
}

func TestCredentials_concurrentReadersShareOneSession(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	arn := trusting(srv, "1234567890123456")
	c := newCoreWith(t, attributes{"assume_role": attributes{"role_arn": arn, "external_id": "ext"}}, srv.Getenv, fakeClock())
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, diags := c.ReadData("ram_password_policy", attributes{}); len(diags) != 0 {
				t.Error(acctest.Messages(diags))
			}
		})
	}
	all.Wait()
	expect(t, "sessions", len(srv.Calls("AssumeRole")), 1)
	expect(t, "questions who the caller is", len(srv.Calls("GetCallerIdentity")), 1)
}

// CRED-04: sessions are renewed before they expire, and once if the service ends one early.
func TestCredentials_sessionsExpireDuringARun(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.SessionsOnServerClock = true })
	arn := trusting(srv, "1234567890123456")
	pause := func(ctx context.Context, d time.Duration) error { srv.Advance(d); return ctx.Err() }
	c := newCoreWith(t, attributes{"assume_role": attributes{"role_arn": arn, "external_id": "ext"}}, srv.Getenv, WithClock(srv.Now, pause))
	reads := func(sessions, refusals int) {
		t.Helper()
		_, diags := c.ReadData("ram_password_policy", attributes{})
		expect(t, "diagnostics", acctest.Messages(diags), "")
		expect(t, "sessions", len(srv.Calls("AssumeRole")), sessions)
		refusedCalls := 0
		for _, call := range srv.Calls() {
			if call.Code == "InvalidSecurityToken.Expired" {
				refusedCalls++
			}
		}
		expect(t, "calls with a session that had ended", refusedCalls, refusals)
	}
	reads(1, 0)
	// More than ten minutes each, so that what was read is read again.
	srv.Advance(44 * time.Minute)
	reads(1, 0)
	srv.Advance(12 * time.Minute) // four minutes before the end
	reads(2, 0)
	srv.ExpireSessions()
	srv.Advance(12 * time.Minute)
	reads(3, 1)
}

func TestCredentials_OIDCNeedsNoKeyAndIsRenewed(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.SessionsOnServerClock = true })
	arn := trusting(srv, "1234567890123456")
	file := filepath.Join(t.TempDir(), "token")
	must(t, os.WriteFile(file, []byte("token-1\n"), 0o600))
	env := endpointsOf(srv.URL()).and(variables{
		"ALIBABA_CLOUD_ROLE_ARN": arn, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1234567890123456:oidc-provider/ci", "ALIBABA_CLOUD_OIDC_TOKEN_FILE": file,
	})
	pause := func(ctx context.Context, d time.Duration) error { srv.Advance(d); return ctx.Err() }
	c := newCoreWith(t, attributes{}, env.get, WithClock(srv.Now, pause))
	expect(t, "account", accountOf(t, c), any("1234567890123456"))
	must(t, os.WriteFile(file, []byte("token-2\n"), 0o600))
	srv.Advance(58 * time.Minute)
	_, diags := c.ReadData("ram_password_policy", attributes{})
	expect(t, "diagnostics", acctest.Messages(diags), "")
	var tokens []string
	for _, call := range srv.Calls("AssumeRoleWithOIDC") {
		tokens = append(tokens, call.Params["OIDCToken"])
		expect(t, "key", call.AccessKeyID, "")
		if strings.Contains(call.URL, "token") {
			t.Errorf("the token is in the URL %s", call.URL)
		}
	}
	expect(t, "tokens", tokens, []string{"token-1", "token-2"})

	must(t, os.WriteFile(file, []byte(canary), 0o600))
	_, diags = newCoreWith(t, attributes{}, env.get, fakeClock()).ReadData("ram_caller_identity", attributes{})
	refused(t, diags, "", "AuthenticationFail.OIDCToken.Invalid")
}

// ROB-06: two blocks in one process, each with its own account.
func TestProviderConfiguration_twoBlocksShareNothing(t *testing.T) {
	t.Parallel()
	one, other := ramtest.New(t), ramtest.New(t)
	other.AddAccount("2234567890123456")
	first, second := newCore(t, one.Getenv), newCore(t, other.GetenvFor("2234567890123456"))
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { expect(t, "first account", accountOf(t, first), any("1234567890123456")) })
		all.Go(func() { expect(t, "second account", accountOf(t, second), any("2234567890123456")) })
	}
	all.Wait()
	expect(t, "calls of the first", len(one.Calls()), 1)
	expect(t, "calls of the second", len(other.Calls()), 1)
	for name, c := range map[string]*acctest.Driver{"first": first, "second": second} {
		_, diags := c.Create(policy, attributes{"minimum_password_length": 14})
		if wrong := acctest.Errors(diags); len(wrong) > 0 {
			t.Errorf("the %s block takes over a setting of its own account: %s", name, acctest.Messages(wrong))
		}
	}
}

func TestProviderConfiguration_CABundleIsTrusted(t *testing.T) {
	t.Parallel()
	var agent string
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"RequestId":"R","AccountId":"1234567890123456","IdentityType":"Account"}`)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // it describes the client that does not trust it
	srv.StartTLS()
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	bundle, broken := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "broken.pem")
	must(t, os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600))
	must(t, os.WriteFile(broken, []byte(canary), 0o600))
	env := endpointsOf(srv.URL).and(variables{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary})

	expect(t, "account", accountOf(t, newCoreWith(t, attributes{"ca_bundle_file": bundle}, env.get)), any("1234567890123456"))
	expect(t, "user agent", agent, "terraform-provider-ram/test Terraform/1.14.0")
	_, diags := newCoreWith(t, attributes{}, env.get, fakeClock()).ReadData("ram_caller_identity", attributes{})
	refused(t, diags, "", "certificate")
	refused(t, fresh(t, env.get).Configure(attributes{"ca_bundle_file": broken}), "ca_bundle_file", "no certificate")
	refused(t, fresh(t, env.get).Configure(attributes{"ca_bundle_file": dir + "/none"}), "ca_bundle_file", "cannot be read")
}

// LOG-01: one line per attempt, with these fields and no others.
func TestLog_hasOnlyTheFieldsOfAnAttempt(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	observe(tflogtest.RootLogger(t.Context(), &out), ram.Attempt{
		Product: "Ims", Action: "GetUser", Attempt: 2, Status: 503, Code: "ServiceUnavailable", RequestID: "R", Duration: 1500 * time.Millisecond, Err: "broken",
	})
	lines, err := tflogtest.MultilineJSONDecode(&out)
	must(t, err)
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, own := range []string{"@level", "@message", "@module"} {
		delete(lines[0], own)
	}
	expect(t, "fields", lines[0], map[string]any{
		"product": "Ims", "action": "GetUser", "attempt": 2.0, "status": 503.0, "code": "ServiceUnavailable", "request_id": "R", "duration_ms": 1500.0, "error": "broken",
	})
}

func TestProviderConfiguration_argumentsAreDescribedInSentences(t *testing.T) {
	t.Parallel()
	secret := []string{"secret_key", "security_token", "credentials_uri", "oidc_token"}
	var check func([]*tfprotov6.SchemaAttribute)
	check = func(all []*tfprotov6.SchemaAttribute) {
		for _, a := range all {
			if !strings.HasSuffix(a.Description, ".") || a.DescriptionKind != tfprotov6.StringKindMarkdown {
				t.Errorf("%s: %q", a.Name, a.Description)
			}
			expect(t, a.Name+" is sensitive", a.Sensitive, slices.Contains(secret, a.Name))
			if a.NestedType != nil {
				check(a.NestedType.Attributes)
			}
		}
	}
	check(fresh(t, variables{}.get).Schemas.Provider.Block.Attributes)
}
