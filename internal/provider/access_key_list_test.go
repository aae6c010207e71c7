// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestAccessKeyList_filters(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIold", 100*day)
	addKey(srv, "alice", "LTAIused", 100*day)
	addKey(srv, "bob", "LTAIyoung", time.Hour)
	used := srv.Now().Add(-3 * day)
	srv.Change(func(a *ramtest.Account) {
		a.Users["admin"].Keys[0].Status = "Active"
		a.Users["alice"].Keys[1].LastUsed, a.Users["alice"].Keys[1].Status = used, "Inactive"
	})
	own := srv.Credential(defaultAccount).AccessKeyID
	c := newCore(t, srv.Getenv, fakeClock())
	for _, ask := range []struct {
		config attributes
		limit  int64
		want   []string
	}{
		{nil, 0, []string{"admin " + own + " (Active)", "alice LTAIold (Active)", "alice LTAIused (Inactive)", "bob LTAIyoung (Active)"}},
		{nil, 2, []string{"admin " + own + " (Active)", "alice LTAIold (Active)"}},
		{attributes{"user_name": "alice"}, 0, []string{"alice LTAIold (Active)", "alice LTAIused (Inactive)"}},
		{attributes{"status": "Inactive"}, 0, []string{"alice LTAIused (Inactive)"}},
		{attributes{"older_than_days": 90}, 0, []string{"alice LTAIold (Active)", "alice LTAIused (Inactive)"}},
		{attributes{"older_than_days": 99}, 0, []string{"alice LTAIold (Active)", "alice LTAIused (Inactive)"}},
		{attributes{"older_than_days": 101}, 0, nil},
		{attributes{"unused_for_days": 50}, 0, []string{"alice LTAIold (Active)"}},
		{attributes{"unused_for_days": 2, "status": "Inactive"}, 0, []string{"alice LTAIused (Inactive)"}},
		{attributes{"user_name": "bob", "older_than_days": 1}, 0, nil},
	} {
		var names []string
		for _, r := range c.List(accessKey, ask.config, false, ask.limit) {
			clean(t, r.Diagnostics)
			names = append(names, r.Name)
		}
		expect(t, fmt.Sprint(ask.config), names, ask.want)
	}
	for _, r := range c.List(accessKey, attributes{"user_name": "alice"}, true, 0) {
		clean(t, r.Diagnostics)
		id, _ := acctest.Native(acctest.Fields(r.Identity)["access_key_id"]).(string)
		imported, diags := c.Import(accessKey, id)
		clean(t, diags)
		if !r.State.Equal(imported.State) {
			t.Errorf("listed is %v, imported is %v", r.State, imported.State)
		}
		expect(t, "account", acctest.Native(acctest.Fields(r.Identity)["account_id"]), defaultAccount)
	}
	expect(t, "writes", writes(srv), []string(nil))
}

// The list reports an object that it cannot read, and continues.
func TestAccessKeyList_unreadableObject(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "bob", "LTAIbobs", day)
	srv.Change(func(a *ramtest.Account) { a.Users["zoe"] = &ramtest.User{ID: "29999", Name: "zoe"} })
	addKey(srv, "zoe", "LTAIzoes", day)
	srv.Inject(ramtest.Rule{Action: "ListAccessKeys", User: "bob", Fault: "code", Code: "NoPermission"})
	c := newCore(t, srv.Getenv, fakeClock())
	var names, failures []string
	for _, r := range c.List(accessKey, nil, false, 0) {
		if names = append(names, r.Name); len(r.Diagnostics) > 0 {
			failures = append(failures, acctest.Messages(r.Diagnostics))
		}
	}
	expect(t, "names", names[1:], []string{"", "zoe LTAIzoes (Active)"})
	expect(t, "failures", len(failures), 1)
	contains(t, failures[0], "Cannot list the AccessKey pairs of user bob", `The objects of user "bob" could not be read. The list continues without this user.`, "NoPermission")
	results := c.List(accessKey, attributes{"user_name": "unknown"}, false, 0)
	contains(t, acctest.Messages(results[0].Diagnostics), "EntityNotExist.User", `There is no RAM user "unknown" in account`, `AttributeName("user_name")`)
}

func TestAccessKeysData_oneCallPerUser(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Populate(40)
	c := newCore(t, srv.Getenv, fakeClock())
	v, diags := c.ReadData("ram_access_keys", nil)
	clean(t, diags)
	var rows []tftypes.Value
	must(t, acctest.Fields(v)["access_keys"].As(&rows))
	expect(t, "keys", len(rows), 81)
	last := ""
	for _, row := range rows {
		name, _ := acctest.Native(acctest.Fields(row)["user_name"]).(string)
		if name < last {
			t.Errorf("%s comes after %s", name, last)
		}
		last = name
	}
	expect(t, "lists", len(srv.Calls("ListAccessKeys")), 41)
	expect(t, "uses", len(srv.Calls("GetAccessKeyLastUsed")), 81)
	expect(t, "writes", writes(srv), []string(nil))
	srv.ForgetCalls()
	_, diags = newCore(t, srv.Getenv, fakeClock()).ReadData("ram_access_keys", attributes{"older_than_days": 10})
	clean(t, diags)
	expect(t, "uses of keys that are left out", len(srv.Calls("GetAccessKeyLastUsed")), 0)
}

// A user who is deleted while the keys are read is left out; a refused request is an error.
func TestAccessKeysData_userDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIgone", 10*day)
	addKey(srv, "alice", "LTAIstays", 10*day)
	srv.Inject(
		ramtest.Rule{Action: "ListAccessKeys", User: "bob", Fault: "code", Code: "EntityNotExist.User"},
		ramtest.Rule{Action: "GetAccessKeyLastUsed", User: "alice", Nth: "1", Fault: "code", Code: "EntityNotExist.User.AccessKey"},
	)
	c := newCore(t, srv.Getenv, fakeClock())
	v, diags := c.ReadData("ram_access_keys", nil)
	clean(t, diags)
	var rows []tftypes.Value
	must(t, acctest.Fields(v)["access_keys"].As(&rows))
	expect(t, "keys", len(rows), 2)
	for action, says := range map[string]string{"ListUsers": "ListUsers", "GetCallerIdentity": "GetCallerIdentity"} {
		srv := withAlice(t)
		srv.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 403, Code: "NoPermission"})
		_, diags := newCore(t, srv.Getenv, fakeClock()).ReadData("ram_access_keys", nil)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the AccessKey pairs", says, "NoPermission")
	}
}

// Ages are compared as durations: a key of 90 days and a half is older than 90 days.
func TestLongerThan(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]bool{0: false, 90*day - time.Second: false, 90 * day: false, 90*day + time.Second: true, 90*day + 12*time.Hour: true, 91 * day: true} {
		expect(t, age.String(), longerThan(now.Add(-age), now, types.Int64Value(90)), want)
	}
}

// A key whose last use may not be read is listed, with a warning. It cannot be filtered by its last use.
func TestAccessKeysData_lastUseIsDenied(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIalice", 10*day)
	srv.Inject(ramtest.Rule{Action: "GetAccessKeyLastUsed", User: "alice", Fault: "code", Status: 403, Code: "NoPermission"})
	c := newCore(t, srv.Getenv, fakeClock())
	v, diags := c.ReadData("ram_access_keys", nil)
	clean(t, acctest.Errors(diags))
	expect(t, "warnings", len(diags), 1)
	contains(t, acctest.Messages(diags), "WARNING: Cannot read when the AccessKey pairs of account "+defaultAccount+" were last used", "ram:GetAccessKeyLastUsed", "NoPermission")
	var rows []tftypes.Value
	must(t, acctest.Fields(v)["access_keys"].As(&rows))
	expect(t, "keys", len(rows), 2)
	_, diags = c.ReadData("ram_access_keys", attributes{"unused_for_days": 5})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the AccessKey pairs", "NoPermission")
}
