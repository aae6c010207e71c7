// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package listing finds objects for list resources and data sources.
package listing

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Listing defines how objects of one type are listed. S is the configuration, T the type of the
// objects.
type Listing[S, T any] struct {
	Name string // such as "list the users"
	// Find yields the matching objects in the order of the service. An UnreadableError does not
	// end the list, any other error does. most is the maximum number of objects; 0 means all.
	Find func(ctx context.Context, config S, most int64) iter.Seq2[T, error]
	Show func(account string, found T) Entry
}

// Entry is a listed object: its display name, and the values that an import by its identity would
// save in the state.
type Entry struct {
	Name            string
	Identity, Model any
}

// MostFailures is the number of consecutive objects that may fail to be read. If so many fail, the
// cause, such as a missing permission, probably affects all objects and has been reported often
// enough.
const MostFailures = 10

// defaultLimit is the number of results that Terraform requests for a list block without a limit.
const defaultLimit = 100

// Stream returns the results of a query. It pushes each result as it is found, and reads no more
// than the consumer takes.
func (l Listing[S, T]) Stream(ctx context.Context, i *instance.Instance, req list.ListRequest, stream *list.ListResultsStream) {
	stream.Results = func(push func(list.ListResult) bool) {
		ctx, cancel := context.WithTimeout(ctx, searchTimeout)
		defer cancel()
		var diags diag.Diagnostics
		var config S
		if !req.Config.Raw.IsNull() { // a block without filters may be null
			config = tf.Get[S](ctx, req.Config, &diags)
		}
		f := diagnostics.Operation{Name: l.Name, State: "The list is not complete."}
		account, ok := "", !diags.HasError()
		if ok {
			account, ok = i.CheckAccount(ctx, f, "", &diags)
		}
		if !ok {
			push(list.ListResult{Diagnostics: diags})
			return
		}
		l.push(ctx, req, account, l.Find(ctx, config, req.Limit), push)
	}
}

func (l Listing[S, T]) push(ctx context.Context, req list.ListRequest, account string, all iter.Seq2[T, error], push func(list.ListResult) bool) {
	pushed, failed, unread := int64(0), 0, ""
	for found, err := range all {
		var passing *UnreadableError
		if errors.As(err, &passing) && passing.user == unread {
			continue // one warning for each user
		}
		if err != nil {
			if failed++; passing != nil {
				unread = passing.user
			}
			if result, last := l.failure(ctx, req, account, err, pushed > 0, failed == MostFailures); !push(result) || last {
				return
			}
			continue
		}
		failed, pushed = 0, pushed+1
		if pushed == req.Limit && req.Limit == defaultLimit && !push(l.limited(account)) {
			return
		}
		if !push(l.Show(account, found).result(ctx, req)) || req.Limit > 0 && pushed >= req.Limit {
			return
		}
	}
}

// limited warns about the limit that Terraform applies silently. The CLI ignores results after the
// last one, so the warning precedes it.
func (l Listing[S, T]) limited(account string) list.ListResult {
	return list.ListResult{Diagnostics: diag.Diagnostics{diag.NewWarningDiagnostic(
		fmt.Sprintf("The list of %s in account %s ends at the limit of %d results", strings.TrimPrefix(l.Name, "list the "), account, defaultLimit),
		fmt.Sprintf("There may be more. Terraform reads %d results of a list block that does not set limit.\n\nSet limit in the list block to a larger number.", defaultLimit),
	)}}
}

// failure returns an error as a result, and whether it is the last result. It is a warning without
// an identity unless the run was interrupted, or nothing was found before the end of the list.
// After an error, the CLI discards the whole list (observed).
func (l Listing[S, T]) failure(ctx context.Context, req list.ListRequest, account string, err error, found, enough bool) (result list.ListResult, last bool) {
	var passing *UnreadableError
	f := diagnostics.Operation{Name: l.Name, State: "The list ends here, and is incomplete."}
	passes := errors.As(err, &passing)
	if passes {
		f = diagnostics.Operation{Name: l.Name + " of user " + passing.user, State: "The list continues without this user."}
	}
	if passes && enough {
		f.State = fmt.Sprintf("The users before it could not be read either: %d in a row. The list ends here, and is incomplete.", MostFailures)
	}
	var diags diag.Diagnostics
	reportSearch(ctx, &diags, f, account, req.Config, err)
	last = !passes || enough
	if last && (!found || errors.Is(err, context.Canceled)) {
		return list.ListResult{Diagnostics: diags}, last
	}
	for _, d := range diags {
		result.Diagnostics.AddWarning(d.Summary(), d.Detail())
	}
	return result, last
}

// result returns the entry with its identity, and with the resource if it was requested.
func (e Entry) result(ctx context.Context, req list.ListRequest) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = e.Name
	tf.Set(ctx, e.Identity, result.Identity, &result.Diagnostics)
	if !req.IncludeResource {
		return result
	}
	model := e.Model
	if v, ok := model.(tf.Values); ok {
		if model = v.Object(req.ResourceSchema.Type(), &result.Diagnostics); result.Diagnostics.HasError() {
			return result
		}
	}
	tf.Set(ctx, model, result.Resource, &result.Diagnostics)
	return result
}

// OwnedBy returns the attributes of an object of a user that is not in a configuration yet.
func OwnedBy(account string, user ram.User) owner.Object {
	return owner.Object{AccountID: types.StringValue(account), UserName: types.StringValue(user.Name), UserID: types.StringValue(user.ID), Timeouts: owner.NoTimeouts}
}

// Each yields all results of one call, followed by its error, if any.
func Each[T any](all []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}
