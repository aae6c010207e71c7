// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package tf

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// privateState is where a resource may keep what no person needs to see.
type PrivateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// recall returns what remember wrote down about a noun; nil if nothing is, as
// after an import.
func ReadPrivate[T any](ctx context.Context, private PrivateState, key, noun string, diags *diag.Diagnostics) *T {
	text, more := private.GetKey(ctx, key)
	diags.Append(more...)
	if len(text) == 0 {
		return nil
	}
	v := new(T)
	if err := json.Unmarshal(text, v); err != nil {
		diags.AddError("Cannot read the private state", "What the provider remembers of the "+noun+" is not readable: "+err.Error())
	}
	return v
}

// remember writes a value down in private state.
func WritePrivate(ctx context.Context, private PrivateState, key string, value any, diags *diag.Diagnostics) {
	text, err := json.Marshal(value)
	if err != nil {
		diags.AddError("Cannot write the private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, key, text)...)
}
