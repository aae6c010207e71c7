// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// CheckPrincipal returns the id of a user, group or role, and reports one that does not exist.
func (i *Instance) CheckPrincipal(ctx context.Context, f diagnostics.Operation, account string, p ram.Principal, diags *diag.Diagnostics) (id string, ok bool) {
	id, err := i.Client.PrincipalID(ctx, p)
	if ram.NotFound(err, string(p.Kind)) {
		diags.AddAttributeError(path.Root(strings.ToLower(string(p.Kind))+"_name"), "Cannot "+f.Name, fmt.Sprintf(
			"Account %s does not have %s. %s\n\nCreate it first, and refer to its name, so that Terraform knows the order.\n\n%s", account, p.String(), f.State, diagnostics.Explain(err)))
		return "", false
	}
	return id, !diagnostics.Report(diags, f, err)
}
