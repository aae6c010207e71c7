// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"fmt"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func TestConsole_Refuses(t *testing.T) {
	t.Parallel()
	closed := ram.SecurityPreference{
		AllowUserToChangePassword: new(false), AllowUserToManageMFADevices: new(false), AllowUserToLoginWithPasskey: new(false),
		MFAOperationForLogin: new(Mandatory), VerificationTypes: []string{},
	}
	for name, c := range map[string]struct {
		change func(*Console, *User)
		want   Reason
	}{
		"no factor":           {func(*Console, *User) {}, Second},
		"device":              {func(_ *Console, u *User) { u.Factors.Device = true }, 0},
		"phone not accepted":  {func(_ *Console, u *User) { u.Factors.Phone = true }, Second},
		"phone":               {func(c *Console, u *User) { u.Factors.Phone, c.Preference.VerificationTypes = true, []string{"sms"} }, 0},
		"e-mail":              {func(c *Console, u *User) { u.Factors.Email, c.Preference.VerificationTypes = true, []string{"email"} }, 0},
		"passkey not allowed": {func(_ *Console, u *User) { u.Factors.Passkey = true }, Second},
		"passkey": {func(c *Console, u *User) {
			u.Factors.Passkey, c.Preference.AllowUserToLoginWithPasskey = true, new(true)
		}, 0},
		"may bind":       {func(c *Console, _ *User) { c.Preference.AllowUserToManageMFADevices = new(true) }, 0},
		"by profile, no": {func(c *Console, _ *User) { c.Preference.MFAOperationForLogin = new("independent") }, 0},
		"by profile":     {func(c *Console, u *User) { c.Preference.MFAOperationForLogin, u.MFARequired = new("independent"), true }, Second},
		"adaptive":       {func(c *Console, u *User) { c.Preference.MFAOperationForLogin, u.MFARequired = new("adaptive"), true }, 0},
		"reset":          {func(_ *Console, u *User) { u.ResetPending, u.Factors.Device = true, true }, Reset},
		"reset and may": {func(c *Console, u *User) {
			u.ResetPending, u.Factors.Device, c.Preference.AllowUserToChangePassword = true, true, new(true)
		}, 0},
		"single sign-on": {func(c *Console, u *User) { u.ResetPending, c.Sso.SsoEnabled = true, new(true) }, 0},
	} {
		console, user := Console{Preference: closed}, User{Name: "u"}
		c.change(&console, &user)
		if got := console.Refuses(user); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestConsole_Expiry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		may, hard, sso bool
		age, want      int64
	}{{false, true, false, 60, 60}, {true, true, false, 60, 0}, {false, false, false, 60, 60}, {false, true, false, 0, 0}, {false, true, true, 60, 0}} {
		console := Console{
			ram.SecurityPreference{AllowUserToChangePassword: &c.may},
			ram.PasswordPolicy{HardExpiry: &c.hard, MaxPasswordAge: &c.age},
			ram.UserSsoSettings{SsoEnabled: &c.sso},
			false,
		}
		if got := console.Expiry(); got != c.want {
			t.Errorf("%+v: got %d", c, got)
		}
	}
}

func TestLosses_onlyOfUsersWhoCouldLogOn(t *testing.T) {
	t.Parallel()
	open, closed := Console{}, Console{Preference: strictPreferences[0]}
	accepted := closed
	accepted.Accepted = true
	pairs := []Pair{
		{Transition{open, closed}, User{Name: "b"}, User{Name: "b"}},
		{Transition{open, closed}, User{Name: "a"}, User{Name: "a"}},
		{Transition{closed, closed}, User{Name: "c"}, User{Name: "c"}},
		{Transition{open, accepted}, User{Name: "d", ResetPending: true}, User{Name: "d", ResetPending: true}},
	}
	if got := fmt.Sprint(Losses(pairs)); got != "[{1 [d] true} {2 [a b] false}]" {
		t.Error(got)
	}
	if got := (Loss{Users: []string{"a", "b", "c", "d", "e", "f", "g"}}).Names(); got != "a, b, c, d, e and 2 more" {
		t.Error(got)
	}
}

func TestNarrower(t *testing.T) {
	t.Parallel()
	policy := func(document string) ram.NetworkPolicy {
		p, err := ram.ParseNetworkPolicy(document)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	const statement = `{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["%s"]}]}`
	office, home, both := policy(fmt.Sprintf(statement, "203.0.113.0/24")), policy(fmt.Sprintf(statement, "198.51.100.7/24")), policy(fmt.Sprintf(statement, `203.0.113.0/24","198.51.100.0/24`))
	ranged := policy(fmt.Sprintf(statement, "203.0.113.5-203.0.113.9"))
	inactive := office
	inactive.Status = new("Inactive")
	denies := policy(`{"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]},{"Type":"ClassicWhiteList","Effect":"Deny","IPList":["203.0.113.7"]}]}`)
	vpc := policy(`{"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"vpc-1","IPList":["10.0.0.0/8"]}]}`)
	none := ram.NoNetworkPolicy()
	for name, c := range map[string]struct {
		ownBefore, ownAfter, accountBefore, accountAfter ram.NetworkPolicy
		want                                             bool
	}{
		"enforced":                        {none, none, none, office, true},
		"own precedes":                    {home, home, none, office, false},
		"own ends, account lists another": {home, none, office, office, true},
		"own ends, account lists it":      {office, inactive, both, both, false},
		"own ends, no account":            {office, inactive, none, none, false},
		"wider":                           {none, none, office, both, false},
		"narrower":                        {none, none, both, office, true},
		"host bits":                       {none, none, home, both, false},
		"a range is not understood":       {none, none, ranged, office, true},
		"the same range":                  {none, none, ranged, ranged, false},
		"from everywhere to a VPC":        {none, none, none, vpc, true},
		"from everywhere to all VPCs":     {none, none, none, policy(`{"Status":"Active","Statements":[{"Type":"VPCWhiteList","Value":"AllowAllVPC"}]}`), false},
		"from a VPC to everywhere":        {none, none, vpc, none, false},
		"a statement that denies":         {none, none, office, denies, true},
		"a statement that denied already": {none, none, denies, denies, false},
	} {
		got := Narrower(Policies{Own: c.ownBefore, Account: c.accountBefore}, Policies{Own: c.ownAfter, Account: c.accountAfter})
		if got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

// A change that takes no access away reads nothing: there is no account here that could be read.
func TestConsoleChange_harmlessChangeReadsNothing(t *testing.T) {
	t.Parallel()
	longer := ConsoleChange{Passwords: &Change[ram.PasswordPolicy]{ram.PasswordPolicy{MaxPasswordAge: new(int64(30))}, ram.PasswordPolicy{MaxPasswordAge: new(int64(90))}}}
	if verdict := longer.Judge(t.Context(), nil); len(verdict.Losses) > 0 || verdict.Expiry != 0 || verdict.Unread != nil {
		t.Errorf("%+v", verdict)
	}
}

func TestConsoleChange_Expires(t *testing.T) {
	t.Parallel()
	policy := func(age int64, hard bool) ram.PasswordPolicy {
		return ram.PasswordPolicy{MaxPasswordAge: &age, HardExpiry: &hard}
	}
	for name, c := range map[string]struct {
		before, after ram.PasswordPolicy
		want          bool
	}{
		"begins":          {policy(0, false), policy(90, false), true},
		"was not known":   {ram.PasswordPolicy{}, policy(90, false), true},
		"is not known":    {policy(90, false), ram.PasswordPolicy{}, false},
		"ends":            {policy(90, true), policy(0, true), false},
		"stays":           {policy(90, false), policy(90, false), false},
		"stays hard":      {policy(90, true), policy(90, true), false},
		"longer":          {policy(30, false), policy(90, false), false},
		"shorter":         {policy(90, false), policy(30, false), true},
		"becomes hard":    {policy(90, false), policy(90, true), true},
		"becomes lenient": {policy(90, true), policy(90, false), false},
	} {
		change := ConsoleChange{Passwords: &Change[ram.PasswordPolicy]{c.before, c.after}}
		if got := change.Expires(); got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
