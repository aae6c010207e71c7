// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package diagnostics

import (
	"errors"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// A not-found that is not believed shows the response of the service, if there is one.
func TestExplain_ofAnUnknownAccount(t *testing.T) {
	t.Parallel()
	refused := Explain(&ram.UnknownAccountError{AccountID: "1", Err: &ram.Error{Action: "GetUser", Status: 404, Code: "EntityNotExist.User", RequestID: "REQUEST-1"}})
	for _, want := range []string{"allowed_account_ids", "GetUser", "EntityNotExist.User", "REQUEST-1"} {
		if !strings.Contains(refused, want) {
			t.Errorf("%q is not in %s", want, refused)
		}
	}
	if alone := Explain(&ram.UnknownAccountError{AccountID: "1", Err: errors.New("not found")}); !strings.HasSuffix(alone, "terraform state rm.") {
		t.Error(alone)
	}
}
