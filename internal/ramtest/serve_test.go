// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// during runs a function as an operation of the default account.
func (s *Server) during(t *testing.T, run handler) error {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.write(&request{server: s, account: s.accounts[s.first], product: "Ims", action: "Test"}, action{run: run, write: true}, "Test")
	return err
}

func TestServe_writeIsAtomic(t *testing.T) {
	t.Parallel()
	s := New(t)
	err := s.during(t, func(r *request) (reply, error) {
		r.account.Users["admin"].Keys[0].Status = "Inactive"
		r.account.Alias = "half"
		return nil, noUser()
	})
	if codeOf(err) != "EntityNotExist.User" {
		t.Errorf("got %v", err)
	}
	admin(t, s).ok("Sts", "GetCallerIdentity")
	s.Change(func(a *Account) { equal(t, "alias", a.Alias, "") })
	equal(t, "history", s.History(), []Event{})
}

func TestServe_panic(t *testing.T) {
	t.Parallel()
	s := New(t)
	if err := s.during(t, func(*request) (reply, error) { panic("a mistake") }); codeOf(err) != "InternalError" {
		t.Errorf("got %v", err)
	}
	equal(t, "violations", s.Violations(), []string{"Ims/Test panicked: a mistake"})
}

func TestClone_sharesNothing(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Populate(1)
	s.Change(func(a *Account) {
		a.Preference.VerificationTypes = []string{"sms"}
		a.Users["admin"].Tags = map[string]string{"k": "v"}
		a.Users["admin"].Groups = []string{"g"}
		a.OIDCProviders["ci"] = &OIDCProvider{Tokens: map[string]string{"t": "s"}}
		a.RecycledUsers = []*RecycledUser{{User: User{Keys: []*AccessKey{{ID: "LTAIold"}}}}}
		clone, before := a.Clone(), string(asJSON(a))
		equal(t, "clone", clone, a)
		spoil(reflect.ValueOf(a).Elem())
		equal(t, "clone", string(asJSON(clone)), before)
		if string(asJSON(a)) == before {
			t.Error("spoil did not change the original")
		}
	})
}

// spoil changes every string in a value.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
		}
	case reflect.Map:
		for each := v.MapRange(); each.Next(); {
			if each.Value().Kind() == reflect.String {
				v.SetMapIndex(each.Key(), reflect.ValueOf("spoilt"))
				continue
			}
			spoil(each.Value())
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			spoil(v.Field(i))
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString("spoilt")
		}
	default:
	}
}

func TestServe_latency(t *testing.T) {
	t.Parallel()
	s := New(t, Latency(20*time.Millisecond))
	begun := time.Now()
	admin(t, s).ok("Sts", "GetCallerIdentity")
	if took := time.Since(begun); took < 20*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}

func TestServe_closeEndsWaitingRequests(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Inject(Rule{Fault: "delay", Delay: time.Hour})
	r := admin(t, s).request("Ims", "SetPasswordPolicy", "MaxPasswordAge", "90")
	ended := make(chan error)
	go func() {
		_, err := try(r)
		ended <- err
	}()
	for len(s.Calls()) == 0 {
		runtime.Gosched() // the request has not arrived yet
	}
	s.Close()
	if err := <-ended; err == nil {
		t.Error("there is a response")
	}
	equal(t, "age", age(s), 0)
}

func TestCalls(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	r := styleB(c, "Ims", "GetLoginProfile", map[string][]string{"UserPrincipalName": {"a@b"}})
	r.Header.Set("User-Agent", "terraform-provider-ram/test")
	c.send(r)
	c.ok("Ims", "GetPasswordPolicy")
	call := s.Calls("GetLoginProfile")[0]
	equal(t, "call", []any{call.Seq, call.Product, call.Method, call.UserAgent, call.Params, call.Status, call.Code, call.AccessKeyID},
		[]any{1, "Ims", http.MethodGet, "terraform-provider-ram/test", reply{"UserPrincipalName": "a@b"}, 404, "EntityNotExist.User", c.key.AccessKeyID})
	if !strings.Contains(call.URL, "UserPrincipalName=a%40b") {
		t.Errorf("the URL is %s", call.URL)
	}
	equal(t, "all", len(s.Calls()), 2)
	s.ForgetCalls()
	equal(t, "none", len(s.Calls()), 0)
}
