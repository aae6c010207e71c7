// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
)

var _ function.Function = parseARNFunction{}

// parseARNFunction splits an ARN into its parts.
type parseARNFunction struct{}

// arn is the name of a resource in all of Alibaba Cloud:
// acs:<service>:<region>:<account id>:<resource> (documented).
type arn struct {
	Service      string  `tfsdk:"service"`
	Region       string  `tfsdk:"region"`
	AccountID    string  `tfsdk:"account_id"`
	Resource     string  `tfsdk:"resource"`
	ResourceType string  `tfsdk:"resource_type"`
	ResourceName *string `tfsdk:"resource_name"`
}

var arnTypes = map[string]attr.Type{
	"service": types.StringType, "region": types.StringType, "account_id": types.StringType,
	"resource": types.StringType, "resource_type": types.StringType, "resource_name": types.StringType,
}

// parseARN splits an ARN. Only the prefix and the number of parts are checked:
// policies of an account contain ARNs with empty parts, wildcards and blanks, and
// one of them must not stop the plan of all.
func parseARN(s string) (arn, error) {
	parts := strings.SplitN(s, ":", 5)
	switch {
	case len(parts) < 5:
		return arn{}, fmt.Errorf("%q is not an ARN, such as \"acs:ram::1234567890123456:user/alice\": it has %d of 5 parts", s, len(parts))
	case parts[0] != "acs":
		return arn{}, fmt.Errorf("%q is not an ARN of Alibaba Cloud, which begins with \"acs:\"", s)
	}
	a := arn{Service: parts[1], Region: parts[2], AccountID: parts[3], Resource: parts[4], ResourceType: parts[4]}
	if kind, name, has := strings.Cut(a.Resource, "/"); has {
		a.ResourceType, a.ResourceName = kind, &name
	}
	return a, nil
}

func (parseARNFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_arn"
}

func (parseARNFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Splits an ARN into its parts.",
		MarkdownDescription: "Splits an Alibaba Cloud Resource Name (ARN), `acs:<service>:<region>:<account id>:<resource>`. It returns an object with `service`, `region`, `account_id`, `resource` and, " +
			"cut at the first slash of the resource, `resource_type` and `resource_name`. Of `acs:ram::1234567890123456:assumed-role/audit/nightly` the type is `assumed-role` and the name `audit/nightly`. " +
			"A resource without a slash, such as `root`, is its own type, and the name is null. RAM leaves the region empty.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "arn", MarkdownDescription: "The ARN, such as `acs:ram::1234567890123456:user/alice`."},
		},
		Return: function.ObjectReturn{AttributeTypes: arnTypes},
	}
}

func (parseARNFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var s string
	if resp.Error = req.Arguments.Get(ctx, &s); resp.Error != nil {
		return
	}
	a, err := parseARN(s)
	if err != nil {
		resp.Error = argumentError(0, diagnostics.Sentence(err.Error()))
		return
	}
	resp.Error = resp.Result.Set(ctx, a)
}
