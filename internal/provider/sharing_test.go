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

// inParallel calls a function for each element, ten at a time as Terraform does.
func inParallel[T any](all []T, do func(int, T)) {
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

// importTarget is a type and an import id.
type importTarget struct{ kind, id string }

// userObjects returns all objects of all users that the fake was populated with.
func userObjects(srv *ramtest.Server) (all []importTarget) {
	srv.Change(func(a *ramtest.Account) {
		for _, name := range slices.Sorted(maps.Keys(a.Users)) {
			user := a.Users[name]
			if user.LoginProfile == nil {
				continue
			}
			all = append(all, importTarget{"ram_user", name}, importTarget{"ram_login_profile", name}, importTarget{"ram_virtual_mfa_device", user.MFASerial})
			for _, key := range user.Keys {
				all = append(all, importTarget{"ram_access_key", name + ":" + key.ID})
			}
		}
	})
	return all
}

// settingKinds returns the settings: the types of which an account has exactly one object.
func settingKinds() (kinds []string) {
	for kind, s := range subjects() {
		if len(s.Identity) == 1 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// LOAD-05: a refresh sends one call for each login profile, one for the keys of each user, one
// for a hundred devices and one for a hundred users, and at most ten others.
func TestRefresh_callsAreShared(t *testing.T) {
	t.Parallel()
	const users = 120
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 100 }))
	srv.Populate(users)
	srv.Change(func(a *ramtest.Account) { a.Users["user-0007"].Tags = map[string]string{"team": "a"} })
	all := userObjects(srv)
	objects := make([]acctest.Object, len(all))
	first := newCore(t, srv.Getenv, fakeClock())
	inParallel(all, func(at int, one importTarget) {
		o, diags := first.Import(one.kind, one.id)
		clean(t, diags)
		objects[at] = o
	})

	again := newCore(t, srv.Getenv, fakeClock())
	srv.ForgetCalls()
	inParallel(all, func(at int, one importTarget) {
		o, diags := again.Read(one.kind, objects[at])
		clean(t, diags)
		if !o.State.Equal(objects[at].State) {
			t.Errorf("%s %s differs after a refresh", one.kind, one.id)
		}
	})
	calls, seen := map[string]int{}, map[string]bool{}
	for _, call := range srv.Calls() {
		calls[call.Action]++
		question := fmt.Sprint(call.Action, call.Params)
		if seen[question] {
			t.Errorf("the same call was sent twice: %s", question)
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
		t.Errorf("%d other calls, want %d at most: %v", rest, most, calls)
	}
}

// A resource and a data source of one setting share one read in a run.
func TestRefresh_resourceAndDataSourceShareARead(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	settings := map[string]acctest.Object{}
	first := newCore(t, srv.Getenv, fakeClock())
	for _, kind := range settingKinds() {
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
		calls[call.Product+" "+call.Action]++
	}
	for action, count := range calls {
		if count > 1 {
			t.Errorf("%s was called %d times", action, count)
		}
	}
	expect(t, "different calls", len(calls), len(settings)+3) // the default domain, the caller, and the preference of another API, which alone has the public keys
}

// A difference in the list of all users is confirmed by a read of the user itself.
func TestUser_listAloneIsNoDrift(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t, ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 100 }))
	srv.Populate(20)
	srv.Change(func(a *ramtest.Account) { a.Users["user-0020"].Tags = map[string]string{"team": "a"} })
	all := slices.DeleteFunc(userObjects(srv), func(a importTarget) bool { return a.kind != "ram_user" })
	objects := make([]acctest.Object, len(all))
	first := newCore(t, srv.Getenv, fakeClock())
	inParallel(all, func(at int, one importTarget) {
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
				t.Errorf("without %s: %s differs: %s", field, one.id, o.State)
			}
		}
	}
	if len(srv.Calls("ListUsers")) == 0 {
		t.Error("nothing was listed")
	}
}
