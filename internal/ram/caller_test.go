// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
)

const identityBody = `{"RequestId":"R","IdentityType":"RAMUser","AccountId":"1968132000120001","PrincipalId":"216959339000000001","UserId":"216959339000000001","Arn":"acs:ram::1968132000120001:user/admin"}`

func TestTheCallerIsAskedForOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { respond(t, w, 200, identityBody) })
	client := newTestClient(t, server.URL)
	want := Caller{
		AccountID: "1968132000120001", IdentityType: "RAMUser", PrincipalID: "216959339000000001",
		UserID: "216959339000000001", ARN: "acs:ram::1968132000120001:user/admin",
	}
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if got, err := client.Caller(t.Context()); err != nil || got != want {
				t.Errorf("%+v, %v", got, err)
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

func TestCallersShareAFailureButItIsNotKept(t *testing.T) {
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
	client := newTestClient(t, server.URL)
	first := make(chan error, 1)
	go func() {
		_, err := client.Caller(t.Context())
		first <- err
	}()
	client.caches.caller.waitFor("", 1)
	second := make(chan error, 1)
	go func() {
		_, err := client.Caller(t.Context())
		second <- err
	}()
	client.caches.caller.waitFor("", 2)
	close(release)
	for _, ended := range []chan error{first, second} {
		var answer *Error
		if err := <-ended; !errors.As(err, &answer) || answer.Code != "InvalidAccessKeyId.Inactive" {
			t.Errorf("error: %v", err)
		}
	}
	if caller, err := client.Caller(t.Context()); err != nil || caller.AccountID != "1968132000120001" {
		t.Errorf("%+v, %v", caller, err)
	}
	if got := len(server.received()); got != 2 {
		t.Errorf("%d calls", got)
	}
}

func TestOneWhoGivesUpDoesNotTakeTheOthersAlong(t *testing.T) {
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
	client := newTestClient(t, server.URL)
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
		t.Errorf("the one who gave up: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("the one who waited: %v", err)
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
		client := newTestClient(t, server.URL, func(c *Config) {
			c.AllowedAccounts, c.ForbiddenAccounts = test.allowed, test.forbidden
		})
		for range 2 {
			caller, err := client.Caller(t.Context())
			var refusal *AccountNotAllowedError
			if got := errors.As(err, &refusal); got != test.refused || (err != nil) != test.refused {
				t.Errorf("allowed %v, forbidden %v: %v", test.allowed, test.forbidden, err)
			}
			if test.refused && (caller != Caller{} || refusal.AccountID != account) {
				t.Errorf("%+v, %+v", caller, refusal)
			}
		}
		// Not even the alias is read from it.
		if _, err := client.AccountAlias(t.Context()); test.refused && err == nil {
			t.Error("the alias of a refused account was read")
		}
		if got := len(server.received()); test.refused && got != 1 {
			t.Errorf("%d calls", got)
		}
	}
}
