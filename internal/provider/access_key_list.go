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

func (r *accessKeyResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds AccessKey pairs of RAM users: of all, or of some. Those of the root account itself are never found, and no secret is: the service shows it only once. "+
		"It costs one call per user, and more with some filters.", keyFilters()...)
}

func (r *accessKeyResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[keyFilter, foundKey]{
		Name: "list the AccessKey pairs",
		Find: func(ctx context.Context, filter keyFilter, most int64) iter.Seq2[foundKey, error] {
			return searchKeys(ctx, r.Instance, filter, most, false)
		},
		Show: showKey,
	}.Stream(ctx, r.Instance, req, stream)
}

// showKey describes a key as an import would find it.
func showKey(account string, found foundKey) listing.Entry {
	m := accessKeyModel{Object: listing.OwnedBy(account, found.user), secretOnce: secretOnce{RotateWhenChanged: types.MapNull(types.StringType)}, AllowSelf: types.BoolValue(false)}
	m.show(found.key)
	return listing.Entry{Name: found.user.Name + " " + found.key.ID + " (" + found.key.Status + ")", Identity: m.identity(), Model: m}
}

// keyFilter is what a list and a data source search for. A null attribute matches all keys.
type keyFilter struct {
	listing.Users

	Status               types.String `tfsdk:"status"`
	OlderThanDays        types.Int64  `tfsdk:"older_than_days"`
	UnusedForDays        types.Int64  `tfsdk:"unused_for_days"`
	WithoutNetworkPolicy types.Bool   `tfsdk:"without_network_policy"`
}

// keyFilters are the attributes of keyFilter.
func keyFilters() []listing.Filter {
	return append(listing.UserFilters("the keys"),
		listing.TextFilter("status", "Only keys of this status: `Active` or `Inactive`.", stringvalidator.OneOf(ram.Active, ram.Inactive)),
		listing.DaysFilter("older_than_days", "Only keys that were created more than this many days ago, by the service's clock."),
		listing.DaysFilter("unused_for_days", "Only keys that were not used for more than this many days. A key that was never used counts from its creation. "+
			"The service knows of uses since June 2019, and about two hours late. It costs one call per key."),
		listing.FlagFilter("without_network_policy", "`true` finds only keys without an active network policy of their own, which the account's policy governs, if it has one; `false` only those with one. It costs one call per key."),
	)
}

// foundKey is a key that matches a filter.
type foundKey struct {
	user   ram.User
	key    ram.AccessKey
	use    ram.AccessKeyUse // read only on request
	denied error            // why the use could not be read
	days   int64            // since its creation
}

// searchKeys finds keys, of each user the oldest first. withUse reads the last use of each.
func searchKeys(ctx context.Context, i *instance.Instance, filter keyFilter, most int64, withUse bool) iter.Seq2[foundKey, error] {
	return func(yield func(foundKey, error) bool) {
		now, err := i.Client.ServerTime(ctx)
		if err != nil {
			yield(foundKey{}, err)
			return
		}
		withUse = withUse || !filter.UnusedForDays.IsNull()
		listing.EachUser(ctx, i, filter.Users, most, func(ctx context.Context, user ram.User, add func(foundKey, error)) {
			keys, err := i.Client.AccessKeys(ctx, user.Name)
			if err != nil {
				add(foundKey{}, err)
			}
			for _, key := range keys {
				one := foundKey{user: user, key: key, days: daysBetween(key.CreateDate, now)}
				found, err := keyMatches(ctx, i, filter, &one, now, withUse)
				if (found || err != nil) && !ram.NotFound(err, "User.AccessKey") { // deleted meanwhile
					add(one, err)
				}
			}
		})(yield)
	}
}

// keyMatches reports whether a key matches a filter. It checks last what costs a call.
func keyMatches(ctx context.Context, i *instance.Instance, filter keyFilter, one *foundKey, now time.Time, withUse bool) (_ bool, err error) {
	if !filter.Status.IsNull() && filter.Status.ValueString() != one.key.Status || !filter.OlderThanDays.IsNull() && !longerThan(one.key.CreateDate, now, filter.OlderThanDays) {
		return false, nil
	}
	if withUse {
		one.use, err = i.Client.AccessKeyLastUsed(ctx, one.user.Name, one.key.ID)
		if ram.Denied(err) && filter.UnusedForDays.IsNull() { // no reason to omit the key
			one.denied, err = err, nil
		}
		if err != nil {
			return false, err
		}
	}
	last := one.use.Date
	if last.Before(one.key.CreateDate) {
		last = one.key.CreateDate
	}
	if !filter.UnusedForDays.IsNull() && !longerThan(last, now, filter.UnusedForDays) {
		return false, nil
	}
	if filter.WithoutNetworkPolicy.IsNull() {
		return true, nil
	}
	policy, err := i.Client.AccessKeyPolicy(ctx, one.user.Name, one.key.ID)
	without := !policy.Active()
	return err == nil && without == filter.WithoutNetworkPolicy.ValueBool(), err
}
