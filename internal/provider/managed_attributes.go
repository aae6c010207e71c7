// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// managedKey names, in private state, what the configuration mentioned when it was last applied.
const managedKey = "managed"

func saveManaged(ctx context.Context, managed []string, private tf.PrivateState, diags *diag.Diagnostics) {
	tf.WritePrivate(ctx, private, managedKey, managed, diags)
}

// managedBefore returns what saveManaged saved; nothing after an import.
func managedBefore(ctx context.Context, private tf.PrivateState, diags *diag.Diagnostics) []string {
	if managed := tf.ReadPrivate[[]string](ctx, private, managedKey, "user", diags); managed != nil {
		return *managed
	}
	return nil
}
