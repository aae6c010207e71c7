// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// brokenRules are the rules of a policy that a password breaks, in words that tell
// nothing of the password. What counts as a symbol is not documented: any printable
// ASCII character that is no letter, digit or blank does here, and of everything else
// the service decides. That a password was used before, or has leaked, only the
// service knows.
func brokenRules(policy ram.PasswordPolicy, userName, password string) (broken []string) {
	has := func(kind func(rune) bool) bool { return strings.ContainsFunc(password, kind) }
	rule := func(breaks bool, words string, arguments ...any) {
		if breaks {
			broken = append(broken, fmt.Sprintf(words, arguments...))
		}
	}
	least := func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return *n
	}
	different := map[rune]bool{}
	for _, c := range password {
		different[c] = true
	}
	length, distinct := least(policy.MinimumPasswordLength), least(policy.MinimumPasswordDifferentCharacter)
	rule(int64(utf8.RuneCountInString(password)) < length, "minimum_password_length: it must have at least %d characters", length)
	rule(ram.Is(policy.RequireLowercaseCharacters, true) && !has(unicode.IsLower), "require_lowercase_characters: it must contain a lower-case letter")
	rule(ram.Is(policy.RequireUppercaseCharacters, true) && !has(unicode.IsUpper), "require_uppercase_characters: it must contain an upper-case letter")
	rule(ram.Is(policy.RequireNumbers, true) && !has(unicode.IsDigit), "require_numbers: it must contain a digit")
	rule(ram.Is(policy.RequireSymbols, true) && !has(maybeSymbol), "require_symbols: it must contain a symbol")
	rule(int64(len(different)) < distinct, "minimum_password_different_character: it must have at least %d different characters", distinct)
	rule(ram.Is(policy.PasswordNotContainUserName, true) && userName != "" && strings.Contains(strings.ToLower(password), strings.ToLower(userName)),
		"password_not_contain_user_name: it must not contain the user's name")
	return broken
}

// maybeSymbol reports whether a character is one that the service may count as a symbol.
func maybeSymbol(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsSpace(c)
}

// reportBrokenRules names the rules, and never the password (PWD-02).
func reportBrokenRules(f diagnostics.Operation, broken []string, diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("password_wo"), "Cannot "+f.Name, fmt.Sprintf(
		"The password breaks the account's password policy. %s\n\n  - %s\n\nChange the password, or the policy, and apply again.", f.State, strings.Join(broken, "\n  - ")))
}

// passwordRefused reports whether the service found fault with the password.
func passwordRefused(err error) bool {
	var refusal *ram.Error
	return errors.As(err, &refusal) && strings.HasPrefix(refusal.Code, "InvalidParameter.Password")
}
