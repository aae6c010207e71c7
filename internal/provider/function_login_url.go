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
		Summary: "Returns the address at which RAM users log on.",
		MarkdownDescription: "Returns the address at which the RAM users of an account log on to the console. It is made from the alias alone, whether an account has that alias or not; " +
			"what an account really has is in the `login_url` of the data source `ram_account_alias`.",
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
		resp.Error = argumentError(0, fmt.Sprintf("%q is no alias, which has lower-case letters, digits and single dashes inside, and no domain either: give the alias alone.", alias))
		return
	}
	resp.Error = resp.Result.Set(ctx, loginURLOf(domainOf(alias)))
}
