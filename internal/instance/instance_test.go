// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// A CLI validates a configuration before it configures the provider. Data of another type is a bug, and no instance.
func TestFromProviderData(t *testing.T) {
	t.Parallel()
	known := New(nil)
	for _, c := range []struct {
		data   any
		want   *Instance
		detail string
	}{
		{nil, nil, ""},
		{known, known, ""},
		{"text", nil, "The provider data is a string. This is a bug in the provider; please report it."},
	} {
		var diags diag.Diagnostics
		got, detail := FromProviderData(c.data, &diags), ""
		for _, d := range diags {
			detail += d.Detail()
		}
		if got != c.want || detail != c.detail {
			t.Errorf("%v: %v, %s", c.data, got, detail)
		}
	}
}
