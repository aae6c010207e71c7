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

// CheckNamedAccount returns the account of the credentials. It reports an error if an
// import names another account. Null names no account. It refuses an empty string, which
// usually comes from a variable that is not set.
func CheckNamedAccount(ctx context.Context, i *Instance, f diagnostics.Operation, account types.String, diags *diag.Diagnostics) (string, bool) {
	if !tf.IsAbsent(account) && !AccountIDPattern.MatchString(account.ValueString()) {
		diags.AddError("Cannot "+f.Name, fmt.Sprintf(
			"%q is not an account id. %s\n\nAn account id has 16 digits, such as 1234567890123456. Without one, the import uses the account of the credentials.", account.ValueString(), f.State))
		return "", false
	}
	return i.CheckAccount(ctx, f, account.ValueString(), diags)
}

// AccountIDPattern matches an account id (documented).
var AccountIDPattern = tf.NewLazyRegexp(`^[0-9]{16}$`)
