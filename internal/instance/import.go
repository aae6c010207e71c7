// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// named returns the account that the credentials open, if it is the one that an
// import names, or if it names none. An empty text names one, which does not exist: it
// comes from a variable that nobody has filled.
func CheckNamedAccount(ctx context.Context, i *Instance, f diagnostics.Operation, account types.String, diags *diag.Diagnostics) (string, bool) {
	if !tf.IsAbsent(account) && !AccountIDPattern.MatchString(account.ValueString()) {
		diags.AddError("Cannot "+f.Name, fmt.Sprintf(
			"%q is no id of an account. %s\n\nThe id has 16 digits, such as 1234567890123456. It may be left out: then the account is meant that the credentials open.", account.ValueString(), f.State))
		return "", false
	}
	return i.CheckAccount(ctx, f, account.ValueString(), diags)
}

// accountForm is an account id (documented).
var AccountIDPattern = tf.NewLazyRegexp(`^[0-9]{16}$`)
