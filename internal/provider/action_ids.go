// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// idsAttribute names the credentials that an action is about. Null names all of the user's
// credentials, and an empty set none: an expression that found nothing must not act on all.
func idsAttribute(docs string, checks ...validator.String) schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		Validators:          []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(checks...)},
		MarkdownDescription: docs,
	}
}

// namedIDs returns nil for all credentials of the user, and otherwise those that are named,
// which may be none.
func namedIDs(set types.Set) []string {
	if set.IsNull() {
		return nil
	}
	ids := []string{}
	for _, element := range set.Elements() {
		ids = append(ids, tf.String(element))
	}
	slices.Sort(ids)
	return ids
}

// namesNone reports whether the set is known and names no credential.
func namesNone(set types.Set) bool {
	return !set.IsNull() && !set.IsUnknown() && len(set.Elements()) == 0
}

// warnOfNone warns that a plan does nothing, such as: no AccessKey pair is disabled.
func warnOfNone(attribute, noun, done string, userName types.String, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root(attribute), fmt.Sprintf("No %s of user %s will be %s", noun, cmp.Or(userName.ValueString(), "(known after apply)"), done), fmt.Sprintf(
		"The set %s is empty, so it names no %s, and there is nothing to do.\n\nTo act on all of the user's, leave %[1]s out or set it to null.", attribute, noun))
}
