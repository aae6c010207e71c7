// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
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

// passwordRules are what a random password keeps to.
type passwordRules struct {
	length    int
	different int      // how many different characters it has at least
	classes   []string // of each of which it has one character at least
	symbols   string   // those that may occur
	userName  string   // which it does not hold, in whatever case; "" forbids nothing
}

// draws is after how many passwords that break a rule the rules are taken for
// contradictory. Of any that can be kept at all, one in thirty drawn passwords or more
// keeps them, so this many in a row do not happen.
const draws = 10_000

var errRules = errors.New("the rules contradict each other: none of many random passwords kept to all of them")

// draw makes a password. Each character is drawn evenly from all that may occur, and a
// password that breaks a rule is thrown away whole. So every password that keeps to
// the rules is as likely as every other; to put in a character of each class and
// shuffle would prefer some.
func (r passwordRules) draw(random io.Reader) (string, error) {
	source := bufio.NewReaderSize(random, 256)
	alphabet, password := lowerLetters+upperLetters+numerals+r.symbols, make([]byte, r.length)
	for range draws {
		for i := range password {
			n, err := evenly(source, len(alphabet))
			if err != nil {
				return "", err
			}
			password[i] = alphabet[n]
		}
		if r.keptBy(string(password)) {
			return string(password), nil
		}
	}
	return "", errRules
}

// evenly draws a number below n, which is 256 at most. Bytes past the last multiple of
// n are drawn again, since to take their remainder would prefer small numbers.
func evenly(random io.ByteReader, n int) (int, error) {
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

func (r passwordRules) keptBy(password string) bool {
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
