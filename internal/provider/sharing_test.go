// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// tenAtATime does something for each, ten at a time as Terraform does.
func tenAtATime[T any](all []T, do func(int, T)) {
	var wait sync.WaitGroup
	free := make(chan struct{}, 10)
	for at, each := range all {
		free <- struct{}{}
		wait.Go(func() {
			do(at, each)
			<-free
		})
	}
	wait.Wait()
}

// adoptee is what is to be imported, and by what.
type adoptee struct{ kind, id string }

// belongings are all objects of all users that the fake was populated with.
func belongings(srv *ramtest.Server) (all []adoptee) {
	srv.Change(func(a *ramtest.Account) {
		for _, name := range slices.Sorted(maps.Keys(a.Users)) {
			user := a.Users[name]
			if user.LoginProfile == nil {
				continue
			}
			all = append(all, adoptee{"ram_user", name}, adoptee{"ram_login_profile", name}, adoptee{"ram_virtual_mfa_device", user.MFASerial})
			for _, key := range user.Keys {
				all = append(all, adoptee{"ram_access_key", name + ":" + key.ID})
			}
		}
	})
	return all
}

var settingKinds = []string{"ram_security_preference", "ram_password_policy", "ram_account_alias", "ram_account_access_key_policy", "ram_user_sso_settings"}

// LOAD-05: a refresh costs a call per login profile, one per user for the keys, one
// per hundred devices and one per hundred users, and ten in all beside that.
func TestARefreshCostsTheFewestCalls(t *testing.T) {
	t.Parallel()
	const users = 120
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 100 }))
	srv.Populate(users)
	srv.Change(func(a *ramtest.Account) { a.Users["user-0007"].Tags = map[string]string{"team": "a"} })
	all := belongings(srv)
	objects := make([]acctest.Object, len(all))
	first := newCore(t, srv.Getenv, fakeClock())
	tenAtATime(all, func(at int, one adoptee) {
		o, diags := first.Import(one.kind, one.id)
		clean(t, diags)
		objects[at] = o
	})

	again := newCore(t, srv.Getenv, fakeClock())
	srv.ForgetCalls()
	tenAtATime(all, func(at int, one adoptee) {
		o, diags := again.Read(one.kind, objects[at])
		clean(t, diags)
		if !o.State.Equal(objects[at].State) {
			t.Errorf("%s %s is another after a refresh of the same", one.kind, one.id)
		}
	})
	calls, seen := map[string]int{}, map[string]bool{}
	for _, call := range srv.Calls() {
		calls[call.Action]++
		question := fmt.Sprint(call.Action, call.Params)
		if seen[question] {
			t.Errorf("asked twice: %s", question)
		}
		seen[question] = true
	}
	rest := len(srv.Calls())
	for action, most := range map[string]int{"GetLoginProfile": users, "ListAccessKeys": users, "ListVirtualMFADevices": 2} {
		if calls[action] > most {
			t.Errorf("%s: %d calls, want %d at most", action, calls[action], most)
		}
		rest -= calls[action]
	}
	if most := (users+99)/100 + 10; rest > most {
		t.Errorf("%d calls beside those, want %d at most: %v", rest, most, calls)
	}
}

// A setting that a resource and a data source read in one run is read once.
func TestASettingIsReadOnceWhoeverAsks(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	settings := map[string]acctest.Object{}
	first := newCore(t, srv.Getenv, fakeClock())
	for _, kind := range settingKinds {
		o, diags := first.Import(kind, "current")
		clean(t, diags)
		settings[kind] = o
	}
	again := newCore(t, srv.Getenv, fakeClock())
	srv.ForgetCalls()
	var wait sync.WaitGroup
	for kind, o := range settings {
		wait.Go(func() {
			_, diags := again.Read(kind, o)
			clean(t, diags)
		})
		wait.Go(func() {
			_, diags := again.ReadData(kind, attributes{})
			clean(t, diags)
		})
	}
	wait.Wait()
	calls := map[string]int{}
	for _, call := range srv.Calls() {
		calls[call.Action]++
	}
	for action, count := range calls {
		if count > 1 {
			t.Errorf("%s was called %d times", action, count)
		}
	}
	expect(t, "different calls", len(calls), 7) // the five, the default domain, and the caller
}

// What a list of all users lacks, or says otherwise, the user itself has to say.
func TestUser_aListIsNotTakenForDrift(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 100 }))
	srv.Populate(20)
	srv.Change(func(a *ramtest.Account) { a.Users["user-0020"].Tags = map[string]string{"team": "a"} })
	all := slices.DeleteFunc(belongings(srv), func(a adoptee) bool { return a.kind != "ram_user" })
	objects := make([]acctest.Object, len(all))
	first := newCore(t, srv.Getenv, fakeClock())
	tenAtATime(all, func(at int, one adoptee) {
		o, diags := first.Import(one.kind, one.id)
		clean(t, diags)
		objects[at] = o
	})
	for _, field := range []string{"Tags", "DisplayName"} {
		must(t, srv.SetSchedule(ramtest.Schedule{}))
		srv.Inject(ramtest.Rule{Action: "ListUsers", Fault: "drop_fields", Body: field})
		again := newCore(t, srv.Getenv, fakeClock())
		for at, one := range all {
			o, diags := again.Read(one.kind, objects[at])
			clean(t, diags)
			if !o.State.Equal(objects[at].State) {
				t.Errorf("without %s: %s is another: %s", field, one.id, o.State)
			}
		}
	}
	if len(srv.Calls("ListUsers")) == 0 {
		t.Error("nothing was listed")
	}
}
