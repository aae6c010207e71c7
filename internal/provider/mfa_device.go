// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// serialForm is a serial number (documented).
var serialForm = tf.NewLazyRegexp(`^acs:ram::([0-9]+):mfa/([a-zA-Z0-9.-]{1,64})$`)

// checkCodes refuses to bind a device where the codes cannot be made, before any call.
func checkCodes(f diagnostics.Operation, diags *diag.Diagnostics) bool {
	err := ram.CheckSHA1Allowed()
	if err != nil {
		diags.AddError("Cannot "+f.Name, "To bind a device, the provider computes MFA codes, which use SHA-1 (RFC 6238): "+err.Error()+". "+f.State+
			"\n\nRun without GODEBUG=fips140=only, or bind the device outside of Terraform.")
	}
	return err == nil
}

const withoutFactor = "who then logs on without a second factor. If the account or the login profile requires one and users may not manage their MFA devices, the user can no longer log on to the console."

// userHasDevice is the message for a user who already has a device.
func userHasDevice(userName string, mfa ram.UserMFA) string {
	which := mfa.SerialNumber
	if which == "" {
		which = "of type " + mfa.Type
	}
	return fmt.Sprintf("The user %q already has the MFA device %s, and a user can have only one. Unbind that device first, or import it.", userName, which)
}

// deviceQuery selects devices. A null filter selects all.
type deviceQuery struct {
	Unbound  types.Bool   `tfsdk:"unbound"`
	UserName types.String `tfsdk:"user_name"`
}

// deviceFilters are those of devicesSought.
func deviceFilters() []listing.Filter {
	return []listing.Filter{
		listing.FlagFilter("unbound", "`true` finds only devices that are not bound, `false` only devices that are bound. If omitted, all devices are found."),
		listing.TextFilter("user_name", "Only the device of this RAM user, such as `alice` (not the principal name). A user without a device, or who does not exist, is not an error.", append(owner.UserNameValidators(), listing.OnlyIfBound{})...),
	}
}

// matches reports whether a device matches.
func (s deviceQuery) matches(device ram.MFADevice) bool {
	return (s.Unbound.IsNull() || s.Unbound.ValueBool() == (device.UserID == "")) && (s.UserName.IsNull() || s.UserName.ValueString() == device.UserName)
}

// found yields the devices that match, page by page.
func (s deviceQuery) stream(ctx context.Context, i *instance.Instance) iter.Seq2[ram.MFADevice, error] {
	return func(yield func(ram.MFADevice, error) bool) {
		for device, err := range i.Client.StreamMFADevices(ctx) {
			if (err != nil || s.matches(device)) && !yield(device, err) {
				return
			}
		}
	}
}
