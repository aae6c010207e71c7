// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
)

// An import that names no account leaves the attribute out. What is no account id is refused before the account is read: there is no
// client here.
func TestCheckNamedAccount_refusesWhatIsNoID(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"", "123", "12345678901234567", "alice"} {
		var diags diag.Diagnostics
		_, ok := CheckNamedAccount(t.Context(), New(nil), diagnostics.Operation{Name: "import the user", State: "Nothing was imported."}, types.StringValue(account), &diags)
		if want := fmt.Sprintf("%q is not an account id. Nothing was imported.", account); ok || len(diags) != 1 || !strings.HasPrefix(diags[0].Detail(), want) {
			t.Errorf("%q: %t, %v", account, ok, diags)
		}
	}
}

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
