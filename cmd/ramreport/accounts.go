// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"

	"github.com/ram-security/terraform-provider-ram/internal/report"
)

var accountID = regexp.MustCompile(`^[0-9]{5,32}$`)

// accounts prints the account ids of a file, one per line. The file is a JSON object whose
// keys are account ids. With an id as an argument, it prints the name of that account.
func accounts(arguments []string, out io.Writer) (int, error) {
	if len(arguments) < 1 || len(arguments) > 2 {
		return 1, errors.New("accounts needs a file")
	}
	content, err := os.ReadFile(arguments[0])
	if err != nil {
		return 1, err
	}
	var found map[string]struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(content, &found); err != nil {
		return 1, fmt.Errorf("%s is no object of accounts by id: %w", arguments[0], err)
	}
	if len(found) == 0 {
		return 1, fmt.Errorf("%s names no account", arguments[0])
	}
	for id := range found {
		if !accountID.MatchString(id) {
			return 1, fmt.Errorf("%s: %q is no account id", arguments[0], id)
		}
	}
	if len(arguments) == 2 {
		account, known := found[arguments[1]]
		if !known {
			return 1, fmt.Errorf("%s does not know %s", arguments[0], arguments[1])
		}
		fmt.Fprintln(out, account.Name)
		return 0, nil
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintln(out, id)
	}
	return 0, nil
}

// blame prints the ids of the accounts that the errors of a log are about, one per line. It
// fails if an error is about no account, because excluding accounts would not fix it.
func blame(arguments []string, out io.Writer) (int, error) {
	if len(arguments) != 1 {
		return 1, errors.New("blame needs a log")
	}
	content, err := os.ReadFile(arguments[0])
	if err != nil {
		return 1, err
	}
	ids, err := report.AccountsOfErrors(content)
	if err != nil {
		return 1, err
	}
	for _, id := range ids {
		fmt.Fprintln(out, id)
	}
	return 0, nil
}
