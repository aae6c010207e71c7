// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ function.Function = principalNameFunction{}

// principalNameFunction makes the name with which a RAM user logs on.
type principalNameFunction struct{}

// The forms of a user name, and of a domain with a dot in it (documented).
var (
	userForm        = tf.NewLazyRegexp(`^[A-Za-z0-9._-]{1,64}$`)
	principalDomain = tf.NewLazyRegexp(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$`)
)

// longestPrincipal is how many characters a principal name has at most (documented).
const longestPrincipal = 128

func (principalNameFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "principal_name"
}

func (principalNameFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Returns the principal name of a RAM user.",
		MarkdownDescription: "Returns the principal name of a RAM user, `<user name>@<domain>`: the name with which the user logs on to the console. " +
			"The name depends on the account's domain. Compute it where you need it instead of writing it into the configuration.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "user", MarkdownDescription: "The name of the user, such as `alice`."},
			function.StringParameter{Name: "domain", MarkdownDescription: "The domain, such as `example-corp.onaliyun.com`: the `default_domain` of `ram_account_alias`, or a domain alias."},
		},
		Return: function.StringReturn{},
	}
}

func (principalNameFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var user, domain string
	if resp.Error = req.Arguments.Get(ctx, &user, &domain); resp.Error != nil {
		return
	}
	name := user + "@" + domain
	switch {
	case strings.Contains(user, "@"):
		resp.Error = argumentError(0, fmt.Sprintf("%q is already a principal name. Pass the name of the user.", user))
	case !userForm.MatchString(user):
		resp.Error = argumentError(0, fmt.Sprintf("%q is not the name of a RAM user, which consists of 1 to 64 letters, digits, dots, underscores and hyphens.", user))
	case aliasForm.MatchString(domain) && domain != "":
		resp.Error = argumentError(1, fmt.Sprintf("%q is the alias or the id of an account, not a domain. Its domain is %q.", domain, domainOf(domain)))
	case !principalDomain.MatchString(domain):
		resp.Error = argumentError(1, fmt.Sprintf("%q is not a domain such as \"example-corp.onaliyun.com\".", domain))
	case len(name) > longestPrincipal:
		resp.Error = argumentError(1, fmt.Sprintf("The principal name would have %d characters; the service accepts at most %d.", len(name), longestPrincipal))
	default:
		resp.Error = resp.Result.Set(ctx, name)
	}
}
