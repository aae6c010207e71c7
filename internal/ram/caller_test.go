// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const identityBody = `{"RequestId":"R","IdentityType":"RAMUser","AccountId":"1968132000120001","PrincipalId":"216959339000000001","UserId":"216959339000000001","Arn":"acs:ram::1968132000120001:user/admin"}`

func TestCaller_isReadOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, identityBody) })
	client := newAskingClient(t, server.URL)
	want := Caller{
		AccountID: "1968132000120001", IdentityType: "RAMUser", PrincipalID: "216959339000000001",
		UserID: "216959339000000001", ARN: "acs:ram::1968132000120001:user/admin",
	}
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if got, err := client.Caller(t.Context()); err != nil || got != want {
				t.Errorf("got %+v, error %v", got, err)
			}
		})
	}
	group.Wait()
	if got := len(server.received()); got != 1 {
		t.Errorf("%d calls", got)
	}
	if form := server.received()[0]; form.Get("Action") != "GetCallerIdentity" || form.Get("Version") != "2015-04-01" {
		t.Errorf("sent %v", form)
	}
}

func TestConcurrentCallersShareAnErrorThatIsNotCached(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, number int) {
		if number == 1 {
			<-release
			respond(t, w, 400, `{"Code":"InvalidAccessKeyId.Inactive"}`)
			return
		}
		respond(t, w, 200, identityBody)
	})
	client := newAskingClient(t, server.URL)
	first := make(chan error, 1)
	go func() {
		_, err := client.Caller(t.Context())
		first <- err
	}()
	client.caches.caller.waitFor(testKey.ID, 1)
	second := make(chan error, 1)
	go func() {
		_, err := client.Caller(t.Context())
		second <- err
	}()
	client.caches.caller.waitFor(testKey.ID, 2)
	close(release)
	for _, ended := range []chan error{first, second} {
		var serviceErr *Error
		if err := <-ended; !errors.As(err, &serviceErr) || serviceErr.Code != "InvalidAccessKeyId.Inactive" {
			t.Errorf("error: %v", err)
		}
	}
	if caller, err := client.Caller(t.Context()); err != nil || caller.AccountID != "1968132000120001" {
		t.Errorf("caller %+v, error %v", caller, err)
	}
	if got := len(server.received()); got != 2 {
		t.Errorf("%d calls", got)
	}
}

func TestACallerThatLeavesDoesNotEndTheReadOfOthers(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, r *http.Request, number int) {
		if number == 1 {
			close(arrived)
			<-r.Context().Done()
			return
		}
		respond(t, w, 200, identityBody)
	})
	client := newAskingClient(t, server.URL)
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := client.Caller(ctx)
		first <- err
	}()
	<-arrived
	go func() {
		_, err := client.Caller(t.Context())
		second <- err
	}()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("caller whose context ended: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("caller that waited: %v", err)
	}
}

func TestAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	const account = "1968132000120001"
	for _, test := range []struct {
		allowed, forbidden []string
		refused            bool
	}{
		{nil, nil, false},
		{[]string{account}, nil, false},
		{[]string{"1111111111111111", account}, nil, false},
		{[]string{"1111111111111111"}, nil, true},
		{nil, []string{"1111111111111111"}, false},
		{nil, []string{account}, true},
		{[]string{account}, []string{account}, true},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, identityBody) })
		client := newAskingClient(t, server.URL, func(c *Config) {
			c.AllowedAccounts, c.ForbiddenAccounts = test.allowed, test.forbidden
		})
		for range 2 {
			caller, err := client.Caller(t.Context())
			var refusal *AccountNotAllowedError
			if got := errors.As(err, &refusal); got != test.refused || (err != nil) != test.refused {
				t.Errorf("allowed %v, forbidden %v: %v", test.allowed, test.forbidden, err)
			}
			if test.refused && (caller != Caller{} || refusal.AccountID != account) {
				t.Errorf("caller %+v, refusal %+v", caller, refusal)
			}
		}
		// Nothing is read from a refused account, not even the alias.
		if _, err := client.AccountAlias(t.Context()); test.refused && err == nil {
			t.Error("the alias of a refused account was read")
		}
		if got := len(server.received()); test.refused && got != 1 {
			t.Errorf("%d calls", got)
		}
	}
}

// operationsInSource finds every operation in the source of the package, so that the test
// cannot miss an operation.
func operationsInSource(t *testing.T) map[string]operation {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	products := map[string]product{"ramProduct": ramProduct, "imsProduct": imsProduct, "stsProduct": stsProduct}
	repeats := map[string]repeat{"once": once, "read": read, "set": set}
	found := map[string]operation{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			literal, is := node.(*ast.CompositeLit)
			if !is {
				return true
			}
			if kind, named := literal.Type.(*ast.Ident); !named || kind.Name != "operation" {
				return true
			}
			op := operation{}
			for _, element := range literal.Elts {
				switch pair := element.(*ast.KeyValueExpr); pair.Key.(*ast.Ident).Name {
				case "product":
					op.product = products[pair.Value.(*ast.Ident).Name]
				case "repeat":
					op.repeat = repeats[pair.Value.(*ast.Ident).Name]
				case "action":
					op.action, _ = strconv.Unquote(pair.Value.(*ast.BasicLit).Value)
				}
			}
			found[string(op.product)+" "+op.action] = op
			return true
		})
	}
	if len(found) < 40 {
		t.Fatalf("only %d operations found", len(found))
	}
	return found
}

// ACC-01: only operations of Sts are sent before the account is known and allowed.
func TestNoOperationIsSentUnchecked(t *testing.T) {
	t.Parallel()
	for name, op := range operationsInSource(t) {
		if op.product == stsProduct {
			continue
		}
		for reason, test := range map[string]struct {
			identity string
			config   func(*Config)
			account  string
		}{
			"not allowed":         {identityBody, func(c *Config) { c.AllowedAccounts = []string{"1111111111111111"} }, ""},
			"forbidden":           {identityBody, func(c *Config) { c.ForbiddenAccounts = []string{testAccount} }, ""},
			"of another object":   {identityBody, func(*Config) {}, "1111111111111111"},
			"not known":           {`{"RequestId":"R","Code":"NoPermission"}`, func(*Config) {}, ""},
			"not said what it is": {identityBody, func(c *Config) { c.RequireAccount = true }, "-"},
		} {
			t.Run(name+", "+reason, func(t *testing.T) {
				t.Parallel()
				server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
					if action := r.PostForm.Get("Action"); action != "GetCallerIdentity" {
						t.Errorf("%s was sent", action)
					}
					respond(t, w, 200, test.identity)
				})
				client := newAskingClient(t, server.URL, test.config)
				ctx := t.Context()
				if test.account != "-" {
					ctx = WithAccount(ctx, test.account)
				}
				for range 2 {
					err := client.call(ctx, op, nil, nil)
					if err == nil || OutcomeUnknown(err) {
						t.Errorf("error: %v", err)
					}
					if unknown := strings.Contains(fmt.Sprint(err), "the account of the credentials is not known"); unknown != (reason == "not known") {
						t.Errorf("error: %v", err)
					}
				}
			})
		}
	}
}

// renewedKey are credentials that return another key after the first was refused.
type renewedKey struct {
	mu   sync.Mutex
	keys []Key
}

func (k *renewedKey) Get(context.Context) (Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys[0], nil
}

func (k *renewedKey) Expire(key Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys[0] == key && len(k.keys) > 1 {
		k.keys = k.keys[1:]
	}
}

// ACC-04: the account of renewed credentials is checked before they are used.
func TestRenewedCredentialsAreChecked(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]string{"the same account": testAccount, "another account": "2222222222222222"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				account := map[string]string{"ONE": testAccount, "TWO": now}[r.PostForm.Get("AccessKeyId")]
				if r.PostForm.Get("Action") != "GetCallerIdentity" && account != testAccount {
					t.Errorf("%s was sent to account %s", r.PostForm.Get("Action"), account)
				}
				respond(t, w, 200, `{"RequestId":"R","AccountId":"`+account+`","DefaultDomainName":"a.onaliyun.com","User":{"UserId":"7","UserName":"alice"}}`)
			})
			keys := &renewedKey{keys: []Key{{ID: "ONE", Secret: "1"}, {ID: "TWO", Secret: "2"}}}
			client := newAskingClient(t, server.URL, func(c *Config) { c.Credentials = keys })
			if _, err := client.User(t.Context(), "alice"); err != nil {
				t.Fatal(err)
			}
			before := len(server.received())
			keys.Expire(Key{ID: "ONE", Secret: "1"})
			_, err := client.CreateUser(t.Context(), User{Name: "bob"})
			var changed *AccountChangedError
			if now == testAccount {
				if got := len(server.received()) - before; err != nil || got != 2 {
					t.Errorf("%d calls, %v", got, err)
				}
				return
			}
			if !errors.As(err, &changed) || changed.Before != testAccount || changed.Now != now || OutcomeUnknown(err) {
				t.Errorf("error: %v", err)
			}
			// The cache is not used any more either.
			for _, err := range []error{second(client.User(t.Context(), "alice")), second(client.Caller(t.Context())), client.DeleteUser(t.Context(), "7")} {
				if !errors.As(err, &changed) {
					t.Errorf("error: %v", err)
				}
			}
		})
	}
}

// If a session expires while its caller is read, it is renewed, and the new key is checked
// and used.
func TestCaller_keyExpiringDuringTheCheckIsReplaced(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.PostForm.Get("AccessKeyId") == "ONE" {
			respond(t, w, 400, `{"RequestId":"R","Code":"InvalidSecurityToken.Expired"}`)
			return
		}
		respond(t, w, 200, `{"RequestId":"R","AccountId":"`+testAccount+`","SummaryMap":{}}`)
	})
	keys := &renewedKey{keys: []Key{{ID: "ONE", Secret: "1"}, {ID: "TWO", Secret: "2"}}}
	client := newAskingClient(t, server.URL, func(c *Config) { c.Credentials = keys })
	if _, err := client.AccountSummary(t.Context()); err != nil || len(server.received()) != 3 {
		t.Errorf("%d calls, %v", len(server.received()), err)
	}
	if _, err := client.AccountSummary(t.Context()); err != nil || len(server.received()) != 4 {
		t.Errorf("%d calls, %v", len(server.received()), err)
	}
}

// ACC-02: cached values are returned only to callers for the account of the object.
func TestACachedReadIsCheckedForItsAccount(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		respond(t, w, 200, `{"RequestId":"R","AccountId":"`+testAccount+`","PasswordPolicy":{"MaxPasswordAge":9}}`)
	})
	client := newAskingClient(t, server.URL, func(c *Config) { c.RequireAccount = true })
	mine, other := WithAccount(t.Context(), testAccount), WithAccount(t.Context(), "1111111111111111")
	var group sync.WaitGroup
	for range 10 { // concurrent calls: neither gets the other's result
		group.Go(func() {
			if _, err := client.PasswordPolicy(mine); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			var wrong *WrongAccountError
			if _, err := client.PasswordPolicy(other); !errors.As(err, &wrong) {
				t.Errorf("error: %v", err)
			}
		})
	}
	group.Wait()
	if _, err := client.PasswordPolicy(t.Context()); err == nil {
		t.Error("a read without an account succeeded")
	}
	if got := len(server.received()); got != 2 {
		t.Errorf("%d calls", got)
	}
}

// ACC-03: a not-found response does not prove a deletion while the account of the object is
// unknown.
func TestANotFoundOfAnUnknownAccountIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, allowed := range [][]string{nil, {testAccount}, {testAccount, "2234567890123456"}} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			respond(t, w, 404, `{"RequestId":"R","Code":"EntityNotExist.User"}`)
		})
		client := newTestClient(t, server.URL, func(c *Config) { c.AllowedAccounts = allowed })
		for account, believed := range map[string]bool{testAccount: true, "": len(allowed) == 1} {
			ctx := WithAccount(t.Context(), account)
			for _, err := range []error{
				second(client.UserByID(ctx, "7")), second(client.RefreshUserByID(ctx, "7")), client.DeleteUser(ctx, "7"), second(client.UserMFA(ctx, "alice")),
			} {
				var unknown *UnknownAccountError
				if NotFound(err, "User") != believed || errors.As(err, &unknown) == believed {
					t.Errorf("account %q, allowed %v: %v", account, allowed, err)
				}
			}
		}
	}
}
