// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

var _ function.Function = loginURLFunction{}

// loginURLFunction makes the address of an account's logon page.
type loginURLFunction struct{}

func (loginURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "login_url"
}

func (loginURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Returns the logon URL of RAM users.",
		MarkdownDescription: "Returns the URL at which the RAM users of an account log on to the console. The function only uses its argument and does not check that an account has the alias; " +
			"for the URL of the current account, use `login_url` of the data source `ram_account_alias`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "alias", MarkdownDescription: "The alias of the account, such as `example-corp`, or the account's id if it has no alias."},
		},
		Return: function.StringReturn{},
	}
}

func (loginURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var alias string
	if resp.Error = req.Arguments.Get(ctx, &alias); resp.Error != nil {
		return
	}
	if alias == "" || len(alias) > 63 || !aliasForm.MatchString(alias) {
		resp.Error = argumentError(0, fmt.Sprintf("%q is not an alias. An alias consists of lower-case letters, digits and single hyphens, and is not a domain.", alias))
		return
	}
	resp.Error = resp.Result.Set(ctx, loginURLOf(domainOf(alias)))
}
