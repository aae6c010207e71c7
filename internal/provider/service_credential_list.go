// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func (r *serviceCredentialResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds service credentials of RAM users: of all, or of some. No secret is found: the service shows it only once. "+
		"It reads the users and the service credentials page by page, and makes no call per user.", serviceCredentialFilters()...)
}

func (r *serviceCredentialResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[serviceCredentialFilter, foundServiceCredential]{
		Name: "list the service credentials",
		Find: func(ctx context.Context, filter serviceCredentialFilter, most int64) iter.Seq2[foundServiceCredential, error] {
			return searchServiceCredentials(ctx, r.Instance, filter, most)
		},
		Show: showServiceCredential,
	}.Stream(ctx, r.Instance, req, stream)
}

// showServiceCredential describes a service credential as an import would find it.
func showServiceCredential(account string, found foundServiceCredential) listing.Entry {
	m := serviceCredentialModel{Object: listing.OwnedBy(account, found.user), secretOnce: secretOnce{RotateWhenChanged: types.MapNull(types.StringType)}}
	m.show(found.ServiceCredential)
	return listing.Entry{Name: found.user.Name + " " + found.ID + " (" + found.ServiceName + ", " + found.Status + ")", Identity: m.identity(), Model: m}
}

// serviceCredentialFilter is what a list and a data source search for. A null attribute matches all credentials.
type serviceCredentialFilter struct {
	listing.Users

	Status            types.String `tfsdk:"status"`
	ServiceName       types.String `tfsdk:"service_name"`
	OlderThanDays     types.Int64  `tfsdk:"older_than_days"`
	ExpiresWithinDays types.Int64  `tfsdk:"expires_within_days"`
}

// serviceCredentialFilters are the attributes of serviceCredentialFilter.
func serviceCredentialFilters() []listing.Filter {
	return append(listing.UserFilters("the service credentials"),
		listing.TextFilter("status", "Only service credentials of this status: `Active` or `Inactive`.", stringvalidator.OneOf(ram.Active, ram.Inactive)),
		listing.TextFilter("service_name", "Only service credentials for this service, such as `dashscope.aliyuncs.com`.", stringvalidator.LengthAtLeast(1)),
		listing.DaysFilter("older_than_days", "Only service credentials that were created more than this many days ago, by the service's clock."),
		listing.DaysFilter("expires_within_days", "Only service credentials that have expired, or expire within this many days."),
	)
}

// matches reports whether a credential matches.
func (f serviceCredentialFilter) matches(one ram.ServiceCredential, now time.Time) bool {
	switch {
	case !f.Status.IsNull() && f.Status.ValueString() != one.Status:
	case !f.ServiceName.IsNull() && f.ServiceName.ValueString() != one.ServiceName:
	case !f.OlderThanDays.IsNull() && !longerThan(one.CreateTime, now, f.OlderThanDays):
	case !f.ExpiresWithinDays.IsNull() && (one.ExpirationTime.IsZero() || one.ExpirationTime.Sub(now) > time.Duration(f.ExpiresWithinDays.ValueInt64())*day):
	default:
		return true
	}
	return false
}

// foundServiceCredential is a service credential that matches a filter.
type foundServiceCredential struct {
	ram.ServiceCredential

	user ram.User
	days int64 // since its creation
}

// searchServiceCredentials finds service credentials, of each user the oldest first.
func searchServiceCredentials(ctx context.Context, i *instance.Instance, filter serviceCredentialFilter, most int64) iter.Seq2[foundServiceCredential, error] {
	return func(yield func(foundServiceCredential, error) bool) {
		now, err := i.Client.ServerTime(ctx)
		if err != nil {
			yield(foundServiceCredential{}, err)
			return
		}
		credentialsOf, err := serviceCredentialsByUser(ctx, i, filter.Users)
		if err != nil {
			yield(foundServiceCredential{}, err)
			return
		}
		listing.EachUser(ctx, i, filter.Users, most, func(ctx context.Context, user ram.User, add func(foundServiceCredential, error)) {
			all, err := credentialsOf(ctx, user)
			if err != nil {
				add(foundServiceCredential{}, err)
			}
			for _, one := range all {
				if filter.matches(one, now) {
					add(foundServiceCredential{one, user, daysBetween(one.CreateTime, now)}, nil)
				}
			}
		})(yield)
	}
}

// serviceCredentialsByUser returns a function that returns the service credentials of a user. It reads those of one user, or
// those of all users at once.
func serviceCredentialsByUser(ctx context.Context, i *instance.Instance, users listing.Users) (func(context.Context, ram.User) ([]ram.ServiceCredential, error), error) {
	if !users.UserName.IsNull() {
		return func(ctx context.Context, user ram.User) ([]ram.ServiceCredential, error) {
			return i.Client.ServiceCredentials(ctx, user.Name)
		}, nil
	}
	all, err := i.Client.AllServiceCredentials(ctx)
	byName := map[string][]ram.ServiceCredential{}
	for _, one := range all {
		byName[one.UserName] = append(byName[one.UserName], one)
	}
	return func(_ context.Context, user ram.User) ([]ram.ServiceCredential, error) { return byName[user.Name], nil }, err
}
