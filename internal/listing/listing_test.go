// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package listing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// A user who cannot be read passes with one warning, however many objects the user has. Too many in a row end the list, as
// does any other error.
func TestListing_failures(t *testing.T) {
	t.Parallel()
	of := func(users ...string) (all []error) {
		for _, user := range users {
			all = append(all, unreadable(ram.User{Name: user}, errors.New("denied")))
		}
		return all
	}
	many := []string{}
	for i := range MostFailures + 2 {
		many = append(many, fmt.Sprint("u", i))
	}
	broken := errors.New("broken")
	canceled := fmt.Errorf("ListUsers: %w", context.Canceled)
	for name, c := range map[string]struct {
		errs     []error
		warnings string // by the users that they name
		failed   bool   // the last one is an error
	}{
		"one":                 {of("a"), "a", false},
		"one with many":       {of("a", "a", "a"), "a", false},
		"two":                 {of("a", "a", "b", "b", "a"), "a b a", false},
		"almost too many":     {of(many[:MostFailures-1]...), strings.Join(many[:MostFailures-1], " "), false},
		"too many":            {of(many...), strings.Join(many[:MostFailures-1], " "), true},
		"another error":       {append(of("a"), broken), "a", true},
		"canceled":            {append(of("a"), canceled), "a", true},
		"canceled for a user": {[]error{unreadable(ram.User{Name: "a"}, canceled)}, "", true},
	} {
		l := Listing[struct{}, string]{Name: "list the keys"}
		warned, failed := []string{}, false
		l.push(t.Context(), list.ListRequest{}, "1", func(yield func(string, error) bool) {
			for _, err := range c.errs {
				if !yield("", err) {
					return
				}
			}
		}, func(r list.ListResult) bool {
			if failed = r.Diagnostics.HasError(); !failed {
				warned = append(warned, strings.TrimPrefix(r.Diagnostics[0].Summary(), "Cannot list the keys of user "))
			}
			return true
		})
		if strings.Join(warned, " ") != c.warnings || failed != c.failed {
			t.Errorf("%s: warned of %q, failed %t", name, warned, failed)
		}
	}
}

// Once something was found, even the error that ends a list is a warning: a CLI discards the whole list after an error. An
// interrupted run is an error in any case.
func TestListing_failureAfterResults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err          error
		found, fatal bool
	}{
		{errors.New("broken"), true, false},
		{errors.New("broken"), false, true},
		{context.Canceled, true, true},
		{context.Canceled, false, true},
	} {
		result, last := Listing[struct{}, string]{Name: "list the keys"}.failure(t.Context(), list.ListRequest{}, "1", c.err, c.found, false)
		if result.Diagnostics.HasError() != c.fatal || !last || len(result.Diagnostics) != 1 {
			t.Errorf("%v, found %t: %v, last %t", c.err, c.found, result.Diagnostics, last)
		}
	}
	if size := []int{batchSize(0), batchSize(1), batchSize(usersAtOnce), batchSize(usersAtOnce + 1), batchSize(All)}; !slices.Equal(size, []int{usersAtOnce, 1, usersAtOnce, usersAtOnce, usersAtOnce}) {
		t.Error(size)
	}
}
