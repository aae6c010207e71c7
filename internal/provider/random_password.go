// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

const (
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numerals     = "0123456789"
	// usualSymbols are the symbols that may occur unless others are given. No source lists
	// those that the service counts as such; these are printable ASCII, and need no
	// escaping in HCL, JSON and XML.
	usualSymbols = "!#%()*+,-.:=?@[]^_"
)

// passwordRules are the rules that a random password meets.
type passwordRules struct {
	length    int
	different int      // how many different characters it has at least
	classes   []string // of each of which it has one character at least
	symbols   string   // those that may occur
	userName  string   // which it does not hold, in whatever case; "" forbids nothing
}

// draws is the number of drawn passwords that break a rule after which the rules are taken for
// contradictory. If rules can be met at all, one in thirty drawn passwords or more meets
// them, so this many failures in a row do not happen.
const draws = 10_000

var errRules = errors.New("the rules contradict each other: no generated password satisfies all of them")

// draw makes a password. Each character is drawn evenly from all that may occur, and a
// password that breaks a rule is discarded. So every password that keeps to
// the rules is as likely as every other; to put in a character of each class and
// shuffle would prefer some.
func (r passwordRules) draw(random io.Reader) (string, error) {
	source := bufio.NewReaderSize(random, 256)
	alphabet, password := lowerLetters+upperLetters+numerals+r.symbols, make([]byte, r.length)
	for range draws {
		for i := range password {
			n, err := randomBelow(source, len(alphabet))
			if err != nil {
				return "", err
			}
			password[i] = alphabet[n]
		}
		if r.matchedBy(string(password)) {
			return string(password), nil
		}
	}
	return "", errRules
}

// randomBelow draws a number below n, which is 256 at most. Bytes past the last multiple of
// n are drawn again, since to take their remainder would prefer small numbers.
func randomBelow(random io.ByteReader, n int) (int, error) {
	for {
		b, err := random.ReadByte()
		if err != nil {
			return 0, fmt.Errorf("cannot read random bytes: %w", err)
		}
		if int(b) < 256-256%n {
			return int(b) % n, nil
		}
	}
}

func (r passwordRules) matchedBy(password string) bool {
	for _, class := range r.classes {
		if !strings.ContainsAny(password, class) {
			return false
		}
	}
	var seen [256]bool
	different := 0
	for _, c := range []byte(password) {
		if !seen[c] {
			seen[c] = true
			different++
		}
	}
	holdsName := r.userName != "" && strings.Contains(strings.ToLower(password), strings.ToLower(r.userName))
	return different >= r.different && !holdsName
}

type passwordModel struct {
	UserName         types.String `tfsdk:"user_name"`
	Length           types.Int64  `tfsdk:"length"`
	RequireLowercase types.Bool   `tfsdk:"require_lowercase_characters"`
	RequireUppercase types.Bool   `tfsdk:"require_uppercase_characters"`
	RequireNumbers   types.Bool   `tfsdk:"require_numbers"`
	RequireSymbols   types.Bool   `tfsdk:"require_symbols"`
	Different        types.Int64  `tfsdk:"minimum_password_different_character"`
	Symbols          types.String `tfsdk:"symbols"`
	Password         types.String `tfsdk:"password"`
}

// demands returns the requirements of the arguments as a policy. A nil field has the requirement of the account.
func (m passwordModel) demands() ram.PasswordPolicy {
	return ram.PasswordPolicy{
		MinimumPasswordLength:             m.Length.ValueInt64Pointer(),
		RequireLowercaseCharacters:        m.RequireLowercase.ValueBoolPointer(),
		RequireUppercaseCharacters:        m.RequireUppercase.ValueBoolPointer(),
		RequireNumbers:                    m.RequireNumbers.ValueBoolPointer(),
		RequireSymbols:                    m.RequireSymbols.ValueBoolPointer(),
		MinimumPasswordDifferentCharacter: m.Different.ValueInt64Pointer(),
	}
}

// left are the arguments that were left to the account's policy.
func (m passwordModel) omitted() (names []string) {
	for _, argument := range []struct {
		name  string
		given bool
	}{
		{"length", !m.Length.IsNull()},
		{"require_lowercase_characters", !m.RequireLowercase.IsNull()},
		{"require_uppercase_characters", !m.RequireUppercase.IsNull()},
		{"require_numbers", !m.RequireNumbers.IsNull()},
		{"require_symbols", !m.RequireSymbols.IsNull()},
		{"minimum_password_different_character", !m.Different.IsNull()},
	} {
		if !argument.given {
			names = append(names, argument.name)
		}
	}
	return names
}

// rules returns the stricter of the requirements of the arguments and of the policy.
func (m passwordModel) rules(policy ram.PasswordPolicy, diags *diag.Diagnostics) (passwordRules, bool) {
	own := m.demands()
	r := passwordRules{symbols: usualSymbols, userName: m.UserName.ValueString(), different: int(max(atLeast(own.MinimumPasswordDifferentCharacter), atLeast(policy.MinimumPasswordDifferentCharacter)))}
	if !m.Symbols.IsNull() {
		r.symbols = m.Symbols.ValueString()
	}
	for _, class := range []struct {
		characters string
		own, of    *bool
	}{
		{lowerLetters, own.RequireLowercaseCharacters, policy.RequireLowercaseCharacters},
		{upperLetters, own.RequireUppercaseCharacters, policy.RequireUppercaseCharacters},
		{numerals, own.RequireNumbers, policy.RequireNumbers},
		{r.symbols, own.RequireSymbols, policy.RequireSymbols},
	} {
		if ram.Is(class.own, true) || ram.Is(class.of, true) {
			r.classes = append(r.classes, class.characters)
		}
	}
	shortest := atLeast(policy.MinimumPasswordLength)
	r.length = int(max(shortest, usualLength))
	if !m.Length.IsNull() {
		r.length = int(m.Length.ValueInt64())
	}
	switch {
	case int64(r.length) < shortest:
		diags.AddAttributeError(path.Root("length"), "Cannot generate the password", fmt.Sprintf(
			"The account's password policy requires at least %d characters, and length is %d. No password was generated. Increase or omit length.", shortest, r.length))
	case r.symbols == "" && (ram.Is(own.RequireSymbols, true) || ram.Is(policy.RequireSymbols, true)):
		diags.AddAttributeError(path.Root("symbols"), "Cannot generate the password",
			"require_symbols or the account's password policy requires a symbol, and symbols allows none. No password was generated. Allow symbols.")
	default:
		return r, true
	}
	return r, false
}

// usualLength is the length of a password without a given length, unless the policy
// demands more.
const usualLength = 20

// atLeast is a lower bound, of which nothing said is none.
func atLeast(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
