// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func (b *mfaBinding) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listing.Schema("Finds the RAM users with a virtual MFA device, and their device. Security keys are not listed. The list needs one API call for every 100 devices.",
		listing.TextFilter("user_name", "Only the binding of this RAM user, such as `alice` (not the principal name). A user without a device, or who does not exist, is not an error.", append(owner.UserNameValidators(), listing.ConflictsWithNameRegex())...),
		listing.NameRegexFilter("Only bindings of RAM users whose names match this regular expression (RE2)."))
}

func (b *mfaBinding) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listing.Listing[listing.Users, ram.MFADevice]{Name: "list the MFA bindings", Find: b.bindings, Show: showBinding}.Stream(ctx, b.Instance, req, stream)
}

// bindings finds the devices of the users that match the filter.
func (b *mfaBinding) bindings(ctx context.Context, filter listing.Users, _ int64) iter.Seq2[ram.MFADevice, error] {
	return func(yield func(ram.MFADevice, error) bool) {
		form, err := regexp.Compile(filter.NameRegex.ValueString())
		if err != nil {
			yield(ram.MFADevice{}, err)
			return
		}
		bound := deviceQuery{Unbound: types.BoolValue(false), UserName: filter.UserName}
		for device, err := range bound.stream(ctx, b.Instance) {
			if (err != nil || form.MatchString(device.UserName)) && !yield(device, err) {
				return
			}
		}
	}
}

// showBinding describes a binding as an import would find it.
func showBinding(account string, device ram.MFADevice) listing.Entry {
	m := mfaBindingModel{Object: owner.Object{AccountID: types.StringValue(account), Timeouts: owner.NoTimeouts}}
	m.show(device)
	return listing.Entry{Name: device.UserName + " has " + device.Name, Identity: m.Identity(), Model: m}
}
