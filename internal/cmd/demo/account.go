// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// oldOffice is the network that nobody dares to remove from the logon masks.
const oldOffice = "198.51.100.0/24"

// An account is the one that the story is about, with the service it lives in.
type account struct {
	service *ramtest.Server
	begins  int // the first event of the story
}

// open starts the service on a free port of this machine and gives its account an
// insecure history.
func open() (*account, error) {
	service, err := ramtest.Start("127.0.0.1:0", ramtest.Strict())
	if err != nil {
		return nil, fmt.Errorf("cannot start the fake service: %w", err)
	}
	service.Change(func(a *ramtest.Account) {
		a.Preference.LoginSessionDuration = 24
		a.Preference.LoginNetworkMasks = oldOffice
		a.Preference.AllowUserToManageAccessKeys = true
		a.Preference.EnableSaveMFATicket = true
		a.Policy.MinimumPasswordLength = 8
		a.Policy.MaxLoginAttempts = 0
		a.Policy.PasswordReusePrevention = 0
	})
	return &account{service: service, begins: len(service.History())}, nil
}

func (a *account) close() { a.service.Close() }

// environment leads the provider to the account.
func (a *account) environment() []string {
	var list []string
	for _, name := range []string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
		"RAM_ENDPOINT", "IMS_ENDPOINT", "STS_ENDPOINT",
	} {
		list = append(list, name+"="+a.service.Getenv(name))
	}
	return list
}

// tamper is what somebody does in the console, past Terraform.
func (a *account) tamper() {
	a.service.Change(func(a *ramtest.Account) {
		a.Preference.AllowUserToManageAccessKeys = true
		a.Policy.MinimumPasswordLength = 8
		a.Users["alice"].LoginProfile.MFABindRequired = false
	})
}

// facts is the part of the account that the story speaks of.
type facts struct {
	Alias          string
	Masks          string
	SessionHours   int
	OwnAccessKeys  bool
	RememberMFA    bool
	PasswordLength int
	Classes        int // of characters that a password needs
	Attempts       int
	Reuse          int
}

func (a *account) facts() facts {
	var f facts
	a.service.Change(func(a *ramtest.Account) {
		f = facts{
			Alias:          a.Alias,
			Masks:          a.Preference.LoginNetworkMasks,
			SessionHours:   a.Preference.LoginSessionDuration,
			OwnAccessKeys:  a.Preference.AllowUserToManageAccessKeys,
			RememberMFA:    a.Preference.EnableSaveMFATicket,
			PasswordLength: a.Policy.MinimumPasswordLength,
			Classes:        classes(a.Policy),
			Attempts:       a.Policy.MaxLoginAttempts,
			Reuse:          a.Policy.PasswordReusePrevention,
		}
	})
	return f
}

func classes(p ramtest.PasswordPolicy) int {
	count := 0
	for _, required := range []bool{
		p.RequireLowercaseCharacters, p.RequireUppercaseCharacters, p.RequireNumbers, p.RequireSymbols,
	} {
		if required {
			count++
		}
	}
	return count
}

// wanted is what examples/quickstart makes of the account. The masks are not in it:
// they have to stay.
var wanted = facts{
	Alias: "example-corp", Masks: oldOffice, SessionHours: 8,
	PasswordLength: 14, Classes: 4, Attempts: 5, Reuse: 5,
}

// A person is what examples/user-with-mfa makes. None of her three secrets may be
// found in a state.
type person struct {
	Password, Key, Seed   string
	NeedsMFA, NewPassword bool // at the next logon
}

func (a *account) alice() (p person, err error) {
	a.service.Change(func(a *ramtest.Account) {
		user := a.Users["alice"]
		if user == nil || user.LoginProfile == nil || len(user.Keys) != 1 || user.MFASerial == "" {
			err = mismatch{of: "alice", want: "a login profile, one key and a bound device", found: fmt.Sprintf("%+v", user)}
			return
		}
		p = person{
			Password: user.LoginProfile.Password, Key: user.Keys[0].Secret, Seed: a.MFADevices[user.MFASerial].Seed,
			NeedsMFA: user.LoginProfile.MFABindRequired, NewPassword: user.LoginProfile.PasswordResetRequired,
		}
	})
	return p, err
}

// expect compares the account with what it should be by now.
func (a *account) expect(want facts) error {
	if got := a.facts(); got != want {
		return mismatch{of: "the account", want: fmt.Sprintf("%+v", want), found: fmt.Sprintf("%+v", got)}
	}
	return nil
}

// managed is every field of the settings that examples/quickstart names and that differed.
var managed = []string{
	"account_alias.Alias",
	"password_policy.MaxLoginAttempts",
	"password_policy.MinimumPasswordLength",
	"password_policy.PasswordReusePrevention",
	"password_policy.RequireLowercaseCharacters",
	"password_policy.RequireNumbers",
	"password_policy.RequireSymbols",
	"password_policy.RequireUppercaseCharacters",
	"security_preference.AllowUserToManageAccessKeys",
	"security_preference.EnableSaveMFATicket",
	"security_preference.LoginSessionDuration",
}

// expectUntouched checks, in the service's record of every change, that Terraform
// changed no setting that the configuration does not name, not even for a moment.
func (a *account) expectUntouched() error {
	touched := map[string]bool{}
	for _, event := range a.service.History()[a.begins:] {
		if event.Actor != "test" && settings[event.Object] {
			touched[event.Object+"."+event.Field] = true
		}
	}
	got := slices.Sorted(maps.Keys(touched))
	if !slices.Equal(got, managed) {
		return mismatch{of: "the fields that Terraform changed", want: strings.Join(managed, " "), found: strings.Join(got, " ")}
	}
	if broken := a.service.Violations(); len(broken) > 0 {
		return mismatch{of: "the service", want: "no malformed request", found: strings.Join(broken, "; ")}
	}
	return nil
}

// settings are the objects of which every account has exactly one.
var settings = map[string]bool{
	"account_access_key_policy": true, "account_alias": true, "password_policy": true,
	"security_preference": true, "user_sso_settings": true,
}
