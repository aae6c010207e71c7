// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// unknowns are the arguments whose values a plan does not know yet.
func unknowns(block tftypes.Value) (at []path.Path) {
	_ = tftypes.Walk(block, func(steps *tftypes.AttributePath, value tftypes.Value) (bool, error) {
		if value.IsKnown() {
			return true, nil
		}
		at = append(at, argumentOf(steps))
		return false, nil
	})
	return at
}

// argumentOf is the argument that a value belongs to: an element of a set is
// told by the set.
func argumentOf(steps *tftypes.AttributePath) path.Path {
	at := path.Empty()
	for _, step := range steps.Steps() {
		name, ok := step.(tftypes.AttributeName)
		if !ok {
			break
		}
		at = at.AtName(string(name))
	}
	return at
}

// refuseUnknowns stops rather than look elsewhere: what another source gives may
// lead to another account (CRED-02).
func refuseUnknowns(diags *diag.Diagnostics, block tftypes.Value) {
	for _, at := range unknowns(block) {
		detail := fmt.Sprintf("The value of `%s` is not known yet: it depends on something that only an apply will create. "+
			"The provider needs it before that, and does not guess by looking elsewhere.\n\n"+
			"Use a value that is known when planning, or create what it depends on first, with `-target` or in a configuration of its own.", at)
		if hint := variableOf[at.String()]; hint != "" {
			detail += " Or leave the argument out and set the environment variable " + hint + "."
		}
		diags.AddAttributeError(at, cannotConfigure, detail)
	}
}

// variableOf names the variable that can replace an argument.
var variableOf = map[string]string{
	"access_key":                     "ALIBABA_CLOUD_ACCESS_KEY_ID",
	"secret_key":                     "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	"security_token":                 "ALIBABA_CLOUD_SECURITY_TOKEN",
	"profile":                        "ALIBABA_CLOUD_PROFILE",
	"shared_credentials_file":        "ALIBABA_CLOUD_CREDENTIALS_FILE",
	"ecs_role_name":                  "ALIBABA_CLOUD_ECS_METADATA",
	"credentials_uri":                "ALIBABA_CLOUD_CREDENTIALS_URI",
	"assume_role":                    "ALIBABA_CLOUD_ROLE_ARN",
	"assume_role.role_arn":           "ALIBABA_CLOUD_ROLE_ARN",
	"assume_role_with_oidc.role_arn": "ALIBABA_CLOUD_ROLE_ARN",
	"assume_role_with_oidc.oidc_provider_arn": "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
	"assume_role_with_oidc.oidc_token_file":   "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
	"region":                                  "ALIBABA_CLOUD_REGION",
	"endpoints.ram":                           "RAM_ENDPOINT",
	"endpoints.ims":                           "IMS_ENDPOINT",
	"endpoints.sts":                           "STS_ENDPOINT",
}
