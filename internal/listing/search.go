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
	// usersAtOnce is the number of users whose objects are read concurrently. The limits of
	// the client also apply.
	usersAtOnce = 16
	// searchTimeout limits a search. At the rate that the service allows, reading 10,000
	// users with two keys each, including the last use of each key, takes about five
	// minutes.
	searchTimeout = time.Hour
)

// UnreadableError means that one object could not be read, although others can.
type UnreadableError struct {
	user string
	error
}

func (u *UnreadableError) Unwrap() error { return u.error }

// unreadable marks an error that is about a single user. It returns an error that would
// occur for every user unchanged.
func unreadable(user ram.User, err error) error {
	var keyless *ram.CredentialsError
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &keyless) {
		return err
	}
	return &UnreadableError{user.Name, err}
}

// All is the limit of a data source, which reads all objects. It therefore uses the cached
// list of users.
const All = -1

// ListUsers yields the selected users in the order of the service. An error is yielded
// once, as the last item.
func ListUsers(ctx context.Context, i *instance.Instance, filter Users, most int64) iter.Seq2[ram.User, error] {
	each := i.Client.StreamUsers
	if most == All {
		each = i.Client.Users
	}
	return func(yield func(ram.User, error) bool) {
		if !filter.UserName.IsNull() {
			yield(i.Client.User(ctx, filter.UserName.ValueString()))
			return
		}
		form, err := regexp.Compile(filter.NameRegex.ValueString())
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

// ReadUser reads the objects of one user. It calls report with each object that matches, or
// with the error of reading it.
type ReadUser[T any] func(ctx context.Context, user ram.User, report func(T, error))

// EachUser reads the objects of each selected user, several users concurrently, but no more
// users than the limit requires. It yields the results in the order of the users, before it
// reads the next users. An object that cannot be read is yielded as an UnreadableError. Any
// other error is yielded once, as the last item. A user who was deleted in the meantime is
// omitted, unless the configuration names this user.
func EachUser[T any](ctx context.Context, i *instance.Instance, filter Users, most int64, read ReadUser[T]) iter.Seq2[T, error] {
	readAll := func(users []ram.User) [][]result[T] {
		all := make([][]result[T], len(users))
		var wait sync.WaitGroup
		for at, user := range users {
			wait.Go(func() {
				report := func(found T, err error) {
					if err != nil && filter.UserName.IsNull() {
						if ram.NotFound(err, "User") {
							return
						}
						err = unreadable(user, err)
					}
					all[at] = append(all[at], result[T]{found, err})
				}
				if err := ram.CatchPanic(func() error { read(ctx, user, report); return nil }); err != nil {
					var none T
					report(none, err)
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
		flush := func() (more bool) {
			before := found
			for _, results := range readAll(some) {
				for _, one := range results {
					if one.err == nil {
						found++
					}
					if !yield(one.found, one.err) || one.ends() {
						return false
					}
				}
			}
			some, size = nil, min(2*size, usersAtOnce) // no object was found: read more users at once
			if found > before {
				size = batchSize(most - found)
			}
			return true
		}
		for user, err := range ListUsers(ctx, i, filter, most) {
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

// result is one object of a user, or the error of reading it.
type result[T any] struct {
	found T
	err   error
}

// ends reports whether the error ends the list.
func (s result[T]) ends() bool {
	var passing *UnreadableError
	return s.err != nil && !errors.As(s.err, &passing)
}

// batchSize returns the number of users to read concurrently if at most that many objects
// are still needed.
func batchSize(most int64) int {
	if most <= 0 {
		return usersAtOnce
	}
	return int(min(most, usersAtOnce))
}

// reportSearch reports an error of a search. The diagnostic is on user_name if the
// configuration names a user who does not exist. It reports whether there was an error.
func reportSearch(ctx context.Context, diags *diag.Diagnostics, f diagnostics.Operation, account string, config tfsdk.Config, err error) bool {
	var passing *UnreadableError
	if errors.As(err, &passing) {
		f.State = fmt.Sprintf("The objects of user %q could not be read. %s", passing.user, f.State)
	}
	var name types.String
	if !ram.NotFound(err, "User") || config.GetAttribute(ctx, path.Root("user_name"), &name).HasError() || name.IsNull() {
		return diagnostics.Report(diags, f, err)
	}
	diags.AddAttributeError(path.Root("user_name"), "Cannot "+f.Name, fmt.Sprintf("There is no RAM user %q in account %s.\n\n%s", name.ValueString(), account, diagnostics.Explain(err)))
	return true
}
