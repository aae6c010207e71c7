// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const randomPassword = "ram_password"

// everything is what suffices when the policy cannot be read.
var allGiven = attributes{
	"length": 24, "require_lowercase_characters": true, "require_uppercase_characters": true, "require_numbers": true,
	"require_symbols": true, "minimum_password_different_character": 5,
}

// A hundred thousand passwords for each policy: the checks of the fake and of the provider accept each, each has the
// requested length, and no two are equal.
func TestPassword_followsThePolicy(t *testing.T) {
	t.Parallel()
	const many = 100_000
	strict := ramtest.PasswordPolicy{
		MinimumPasswordLength: 8, RequireLowercaseCharacters: true, RequireUppercaseCharacters: true, RequireNumbers: true, RequireSymbols: true,
		MinimumPasswordDifferentCharacter: 8, PasswordNotContainUserName: true, InterceptRiskPasswordOnAPI: true,
	}
	longest := strict
	longest.MinimumPasswordLength = 32
	for name, one := range map[string]struct {
		policy ramtest.PasswordPolicy
		m      passwordModel
	}{
		"a new account's":         {ramtest.PasswordPolicy{MinimumPasswordLength: 8}, passwordModel{}},
		"as short as can be":      {ramtest.PasswordPolicy{MinimumPasswordLength: 8}, passwordModel{Length: types.Int64Value(8)}},
		"all at once, short":      {strict, passwordModel{Length: types.Int64Value(8), UserName: types.StringValue("alice")}},
		"all at once, long":       {longest, passwordModel{UserName: types.StringValue("alice")}},
		"a name of one letter":    {longest, passwordModel{UserName: types.StringValue("a")}},
		"a name of one symbol":    {strict, passwordModel{UserName: types.StringValue("-")}},
		"one symbol":              {strict, passwordModel{Length: types.Int64Value(8), Symbols: types.StringValue("-"), UserName: types.StringValue("e")}},
		"no symbols":              {ramtest.PasswordPolicy{MinimumPasswordLength: 8, RequireNumbers: true}, passwordModel{Symbols: types.StringValue(""), Length: types.Int64Value(9)}},
		"arguments are stricter":  {ramtest.PasswordPolicy{MinimumPasswordLength: 8}, passwordModel{Different: types.Int64Value(8), RequireSymbols: types.BoolValue(true), Length: types.Int64Value(8)}},
		"one class each, asked":   {ramtest.PasswordPolicy{MinimumPasswordLength: 8}, passwordModel{RequireLowercase: types.BoolValue(true), RequireUppercase: types.BoolValue(true), RequireNumbers: types.BoolValue(true), Length: types.Int64Value(8), UserName: types.StringValue("q")}},
		"arguments are laxer":     {strict, passwordModel{Different: types.Int64Value(0), RequireSymbols: types.BoolValue(false), Length: types.Int64Value(10), UserName: types.StringValue("bob")}},
		"all symbols that may be": {strict, passwordModel{Symbols: types.StringValue("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"), Length: types.Int64Value(12)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := one.policy
			said := ram.PasswordPolicy{
				MinimumPasswordLength: new(int64(policy.MinimumPasswordLength)), MinimumPasswordDifferentCharacter: new(int64(policy.MinimumPasswordDifferentCharacter)),
				RequireLowercaseCharacters: &policy.RequireLowercaseCharacters, RequireUppercaseCharacters: &policy.RequireUppercaseCharacters,
				RequireNumbers: &policy.RequireNumbers, RequireSymbols: &policy.RequireSymbols, PasswordNotContainUserName: &policy.PasswordNotContainUserName,
			}
			user := one.m.UserName.ValueString()
			if user == "" {
				user = "unknown.person"
			}
			asked := ramtest.PasswordPolicy{ // by the arguments
				MinimumPasswordDifferentCharacter: int(one.m.Different.ValueInt64()), PasswordNotContainUserName: !one.m.UserName.IsNull(),
				RequireLowercaseCharacters: one.m.RequireLowercase.ValueBool(), RequireUppercaseCharacters: one.m.RequireUppercase.ValueBool(),
				RequireNumbers: one.m.RequireNumbers.ValueBool(), RequireSymbols: one.m.RequireSymbols.ValueBool(),
			}
			var diags diag.Diagnostics
			rules, ok := one.m.rules(said, &diags)
			if !ok {
				t.Fatal(diags)
			}
			seen := make(map[string]bool, many)
			for range many {
				drawn, err := rules.draw(rand.Reader)
				must(t, err)
				switch {
				case !policy.Accepts(user, drawn):
					t.Fatalf("the service would refuse %q", drawn)
				case !asked.Accepts(user, drawn):
					t.Fatalf("the arguments require more than %q", drawn)
				case len(drawn) != rules.length || !one.m.Length.IsNull() && int64(len(drawn)) != one.m.Length.ValueInt64():
					t.Fatalf("%q has %d characters", drawn, len(drawn))
				case strings.Trim(drawn, lowerLetters+upperLetters+numerals+rules.symbols) != "":
					t.Fatalf("%q has a character that may not be", drawn)
				case seen[drawn]:
					t.Fatalf("%q twice", drawn)
				}
				seen[drawn] = true
				if len(seen)%16 == 0 { // it is slower, and the same for all
					expect(t, "broken rules", len(brokenRules(said, user, drawn)), 0)
				}
			}
		})
	}
}

// Without rules all characters are equally likely in every position: the chi-squared statistic exceeds its bound by
// chance only once in a billion.
func TestPassword_charactersAreUniform(t *testing.T) {
	t.Parallel()
	rules := passwordRules{length: 8, symbols: usualSymbols}
	const many = 200_000
	counts := [8][256]float64{}
	for range many {
		drawn, err := rules.draw(rand.Reader)
		must(t, err)
		for place, c := range []byte(drawn) {
			counts[place][c]++
		}
	}
	alphabet := lowerLetters + upperLetters + numerals + usualSymbols
	for place := range counts {
		expected, sum := float64(many)/float64(len(alphabet)), 0.0
		for _, c := range []byte(alphabet) {
			off := counts[place][c] - expected
			sum += off * off / expected
		}
		freedom := float64(len(alphabet) - 1)
		if limit := freedom + 8*math.Sqrt(2*freedom); sum > limit {
			t.Errorf("place %d: chi squared is %.0f, above %.0f", place, sum, limit)
		}
	}
}

// Bytes beyond the last multiple are drawn again instead of being mapped to the first characters.
func TestPassword_rejectsBiasedBytes(t *testing.T) {
	t.Parallel()
	// 62 characters go four times into 248; 248 and more are drawn again.
	bytesDrawn := append(bytes.Repeat([]byte{248, 255, 250}, 3), 0, 62, 124, 186, 61, 123, 247, 1)
	got, err := passwordRules{length: 8}.draw(bytes.NewReader(bytesDrawn))
	must(t, err)
	expect(t, "password", got, "aaaa999b")
}

func TestPassword_unsatisfiableRules(t *testing.T) {
	t.Parallel()
	_, err := passwordRules{length: 8, symbols: "-", classes: []string{"-"}, userName: "-"}.draw(rand.Reader)
	if !errors.Is(err, errRules) {
		t.Errorf("the error is %v", err)
	}
	broken := errors.New("no randomness")
	if _, err := (passwordRules{length: 8}).draw(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}

func TestPassword_followsTheLivePolicy(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Change(func(a *ramtest.Account) {
		a.Policy = ramtest.PasswordPolicy{
			MinimumPasswordLength: 28, RequireLowercaseCharacters: true, RequireUppercaseCharacters: true, RequireNumbers: true, RequireSymbols: true,
			MinimumPasswordDifferentCharacter: 8, PasswordNotContainUserName: true, InterceptRiskPasswordOnAPI: true,
		}
	})
	c := newCore(t, srv.Getenv, fakeClock())
	before := ""
	for range 5 {
		v, diags := c.Open(randomPassword, attributes{"user_name": "alice"})
		expect(t, "what was said", acctest.Messages(diags), "")
		drawn, _ := in(t, v, "password").(string)
		expect(t, "length", len(drawn), 28)
		if drawn == before {
			t.Error("the same password twice")
		}
		before = drawn
	}
	expect(t, "writes", len(writes(srv)), 0)
	_, diags := c.Create("ram_login_profile", attributes{"user_name": "alice", "password_wo": before, "password_wo_version": 1})
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "password", account(srv).Users["alice"].LoginProfile.Password, before)
}

// With all arguments no request is sent: not even the account is checked.
func TestPassword_withAllArgumentsSendsNothing(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	v, diags := newCore(t, srv.Getenv, fakeClock()).Open(randomPassword, allGiven)
	expect(t, "what was said", acctest.Messages(diags), "")
	drawn, _ := in(t, v, "password").(string)
	expect(t, "length", len(drawn), 24)
	v, diags = newCore(t, srv.Getenv, fakeClock()).Open(randomPassword, allGiven.With("symbols", "!~")) // the first and the last of all
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "with a symbol", strings.ContainsAny(fmt.Sprint(in(t, v, "password")), "!~"), true)
	expect(t, "calls", len(srv.Calls()), 0)
}

func TestPassword_deniedPolicyNamesTheArguments(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.Users["admin"].Denied = []string{"GetPasswordPolicy"} })
	c := newCore(t, srv.Getenv, fakeClock())
	given := attributes{"length": 12, "require_symbols": true, "require_numbers": true}
	_, diags := c.Open(randomPassword, given)
	refused(t, diags, "", "Cannot generate the password", "ram:GetPasswordPolicy",
		"set require_lowercase_characters, require_uppercase_characters, minimum_password_different_character.", "Code: NoPermission", "Request id: ")
	_, diags = c.Open(randomPassword, allGiven)
	expect(t, "what was said", acctest.Messages(diags), "")
}

func TestPassword_invalid(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) {
		a.Policy.MinimumPasswordLength, a.Policy.RequireSymbols = 16, true
	})
	c := newCore(t, srv.Getenv, fakeClock())
	for name, bad := range map[string]struct {
		config    attributes
		attribute string
		says      []string
		calls     bool
	}{
		"too short":                {attributes{"length": 7}, "length", []string{"between 8 and 32"}, false},
		"too long":                 {attributes{"length": 33}, "length", []string{"between 8 and 32"}, false},
		"too many different":       {attributes{"minimum_password_different_character": 9}, "minimum_password_different_character", []string{"between 0 and 8"}, false},
		"a principal name":         {attributes{"user_name": "alice@example.onaliyun.com"}, "user_name", []string{"not a principal name"}, false},
		"a letter as a symbol":     {attributes{"symbols": "-a"}, "symbols", []string{"'a' is not a symbol"}, false},
		"a blank as a symbol":      {attributes{"symbols": "- "}, "symbols", []string{"' ' is not a symbol"}, false},
		"a symbol twice":           {attributes{"symbols": "-+-"}, "symbols", []string{"or occurs twice"}, false},
		"a symbol of another land": {attributes{"symbols": "§"}, "symbols", []string{"is not a symbol"}, false},
		"shorter than the policy":  {attributes{"length": 15}, "length", []string{"requires at least 16 characters, and length is 15", "No password was generated"}, true},
		"no symbol, but demanded":  {attributes{"symbols": ""}, "symbols", []string{"symbols allows none"}, true},
		"no symbol, and required":  {attributes{"symbols": "", "length": 20, "require_symbols": true}, "symbols", []string{"symbols allows none"}, true},
		"contradictory rules":      {allGiven.Merge(attributes{"symbols": "-", "user_name": "-"}), "", []string{"Cannot generate the password", "The rules contradict each other"}, false},
	} {
		before := len(srv.Calls("GetPasswordPolicy"))
		_, diags := c.Open(randomPassword, bad.config)
		if len(diags) != 1 || at(diags[0]) != bad.attribute {
			t.Errorf("%s: %s", name, acctest.Messages(diags))
		}
		contains(t, acctest.Messages(diags), bad.says...)
		if calls := len(srv.Calls("GetPasswordPolicy")) - before; calls > 0 && !bad.calls {
			t.Errorf("%s: %d calls", name, calls)
		}
	}
}

// Many passwords of one configuration share one read of the policy.
func TestPassword_manyShareOneRead(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	var all sync.WaitGroup
	said := make([]string, 20)
	for i := range said {
		all.Go(func() {
			v, diags := c.Open(randomPassword, attributes{})
			said[i] = fmt.Sprint(in(t, v, "password"), len(diags))
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, s := range said {
		seen[s] = true
	}
	expect(t, "different passwords", len(seen), len(said))
	expect(t, "reads", len(srv.Calls("GetPasswordPolicy")), 1)
	expect(t, "callers", len(srv.Calls("GetCallerIdentity")), 1)
}

// Each fault of the matrix at the read of the policy: a temporary one is retried, a permanent one is an error, and no
// password is generated without a policy.
func TestPassword_faultsOfTheMatrix(t *testing.T) {
	t.Parallel()
	for name, rule := range passingReads {
		if strings.HasPrefix(name, "F26") || strings.HasPrefix(name, "F12 of odd") || strings.HasPrefix(name, "F21") {
			continue // they take their time, or are about other reads
		}
		for _, nth := range []string{"1", ""} {
			rule.Action, rule.Nth = "GetPasswordPolicy", nth
			srv := ramtest.New(t)
			srv.Inject(rule)
			v, diags := newCore(t, srv.Getenv, fakeClock()).Open(randomPassword, attributes{})
			if fails := len(acctest.Errors(diags)) > 0; fails != (nth == "") {
				t.Errorf("%s, %q: %s", name, nth, acctest.Messages(diags))
			} else if fails {
				contains(t, acctest.Messages(diags), "Cannot generate the password", "No password was generated")
			} else if drawn, _ := in(t, v, "password").(string); len(drawn) != usualLength {
				t.Errorf("%s: %q", name, drawn)
			}
		}
	}
}

func TestPassword_ofAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c, diags := configured(t, attributes{"allowed_account_ids": []string{"2222222222222222"}}, srv.Getenv, fakeClock())
	contains(t, acctest.Messages(diags), "Cannot configure the provider", defaultAccount)
	_, diags = c.Open(randomPassword, attributes{})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot generate the password", defaultAccount)
	expect(t, "reads", len(srv.Calls("GetPasswordPolicy")), 0)
}
