// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package claim

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Writes are what a resource wrote, by attribute: the values of the last apply, and the different values
// that they replaced at that or an earlier one. If a replaced value is back, another resource or an administrator sets the attribute too.
type Writes struct {
	Written  map[string]any `json:"written,omitempty"`
	Replaced map[string]any `json:"replaced,omitempty"`
}

// WarnReverted warns of an attribute that has the value again that the last apply replaced.
func WarnReverted(attribute, object, before, written string, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root(attribute), fmt.Sprintf("%s of the %s was changed back to %s", attribute, object, before), fmt.Sprintf(
		"The last apply of this resource changed it from %s to %s, and it is %[1]s again. Another resource, configuration or administrator manages it too: each reverts what the other sets. "+
			"Let one of them manage the attribute.", before, written))
}
