// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package listing

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

const (
	// together is how many users' objects are read at the same time. The client's own
	// limits hold beyond it.
	usersAtOnce = 16
	// searchTimeout bounds a search. At the pace that the service allows, 10,000 users
	// with two keys each, and the last use of each key, take some five minutes.
	searchTimeout = time.Hour
)

// UnreadableError is an object that could not be read, while others can.
type UnreadableError struct {
	summary string
	error
}

func (u *UnreadableError) Unwrap() error { return u.error }

// unreadOf is an error about what one user has, unless it would be met again at
// all others's.
func unreadable(user ram.User, err error) error {
	var keyless *ram.CredentialsError
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &keyless) {
		return err
	}
	return &UnreadableError{fmt.Sprintf("What the RAM user %q has could not be read.", user.Name), err}
}

// All is what a data source wants. All of it is read in any case, so it shares
// the list of users with whoever else needs it.
const All = -1

// ListUsers are those who are sought, in the order in which the service lists them. An
// error comes once, and last.
func ListUsers(ctx context.Context, i *instance.Instance, sought Users, most int64) iter.Seq2[ram.User, error] {
	each := i.Client.StreamUsers
	if most == All {
		each = i.Client.Users
	}
	return func(yield func(ram.User, error) bool) {
		if !sought.UserName.IsNull() {
			yield(i.Client.User(ctx, sought.UserName.ValueString()))
			return
		}
		form, err := regexp.Compile(sought.NameRegex.ValueString())
		if err != nil {
			yield(ram.User{}, err)
			return
		}
		for user, err := range each(ctx) {
			if (err != nil || form.MatchString(user.Name)) && !yield(user, err) {
				return
			}
		}
	}
}

// ReadUser reads the objects of one user, and describes each object that matches, or
// why it cannot be read.
type ReadUser[T any] func(ctx context.Context, user ram.User, tell func(T, error))

// EachUser reads something of each user who is sought: of some at the same time, and
// of no more than the caller may want. What was read comes in the order of the users, and
// before the next ones are looked at. An object that cannot be read comes as an
// unread; any other error comes once, and last. Users who were deleted meanwhile are
// left out, unless they are asked for by name.
func EachUser[T any](ctx context.Context, i *instance.Instance, sought Users, most int64, look ReadUser[T]) iter.Seq2[T, error] {
	readAll := func(users []ram.User) [][]result[T] {
		all := make([][]result[T], len(users))
		var wait sync.WaitGroup
		for at, user := range users {
			wait.Go(func() {
				tell := func(found T, err error) {
					if err != nil && sought.UserName.IsNull() {
						if ram.NotFound(err, "User") {
							return
						}
						err = unreadable(user, err)
					}
					all[at] = append(all[at], result[T]{found, err})
				}
				if err := ram.CatchPanic(func() error { look(ctx, user, tell); return nil }); err != nil {
					var none T
					tell(none, err)
				}
			})
		}
		wait.Wait()
		return all
	}
	return func(yield func(T, error) bool) {
		var none T
		var some []ram.User
		size, found := batchSize(most), int64(0)
		flush := func() (goesOn bool) {
			before := found
			for _, ones := range readAll(some) {
				for _, one := range ones {
					if one.err == nil {
						found++
					}
					if !yield(one.found, one.err) || one.ends() {
						return false
					}
				}
			}
			some, size = nil, min(2*size, usersAtOnce) // nothing was found: look further ahead
			if found > before {
				size = batchSize(most - found)
			}
			return true
		}
		for user, err := range ListUsers(ctx, i, sought, most) {
			if err != nil {
				if flush() {
					yield(none, err)
				}
				return
			}
			if some = append(some, user); len(some) >= size && !flush() {
				return
			}
		}
		flush()
	}
}

// seen is what one look at a user told.
type result[T any] struct {
	found T
	err   error
}

// ends reports whether nothing can come after an error.
func (s result[T]) ends() bool {
	var passing *UnreadableError
	return s.err != nil && !errors.As(s.err, &passing)
}

// atOnce is how many users are read at the same time for one who wants so much more.
func batchSize(most int64) int {
	if most <= 0 {
		return usersAtOnce
	}
	return int(min(most, usersAtOnce))
}

// reportSearch turns an error of a search into a diagnostic, on user_name where
// the configuration names a user who is not there; it reports whether there was one.
func reportSearch(ctx context.Context, diags *diag.Diagnostics, f diagnostics.Operation, account string, config tfsdk.Config, err error) bool {
	var passing *UnreadableError
	if errors.As(err, &passing) {
		f.State = passing.summary + " " + f.State
	}
	var name types.String
	if !ram.NotFound(err, "User") || config.GetAttribute(ctx, path.Root("user_name"), &name).HasError() || name.IsNull() {
		return diagnostics.Report(diags, f, err)
	}
	diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf("There is no RAM user %q in account %s.\n\n%s", name.ValueString(), account, diagnostics.Explain(err)))
	return true
}
