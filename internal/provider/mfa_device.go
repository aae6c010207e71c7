// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
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
