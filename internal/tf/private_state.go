// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package tf

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// PrivateState is the private state of a resource: data that the CLI saves and does not
// show.
type PrivateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// ReadPrivate returns the value that WritePrivate saved under key. It returns nil if there
// is none, for example after an import.
func ReadPrivate[T any](ctx context.Context, private PrivateState, key, noun string, diags *diag.Diagnostics) *T {
	text, more := private.GetKey(ctx, key)
	diags.Append(more...)
	if len(text) == 0 {
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(text, v); err != nil {
		diags.AddError("Cannot read the private state", "The private state of the "+noun+" is not valid: "+err.Error())
	}
	return v
}

// WritePrivate saves a value in private state under key.
func WritePrivate(ctx context.Context, private PrivateState, key string, value any, diags *diag.Diagnostics) {
	text, err := json.Marshal(value)
	if err != nil {
		diags.AddError("Cannot write the private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, key, text)...)
}
