// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"regexp"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/helpers/validatordiag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// spelling is what a text may look like: a regular expression that is compiled when a
// text is first held against it. Compiled at the start, all of them together took as
// long as the schemas.
type spelling func() *regexp.Regexp

func spelt(expression string) spelling {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

func (s spelling) MatchString(text string) bool { return s().MatchString(text) }

func (s spelling) FindStringSubmatch(text string) []string { return s().FindStringSubmatch(text) }

// checked refuses texts of another spelling. The message says what a text must be.
func (s spelling) checked(message string) validator.String { return spellingCheck{s, message} }

type spellingCheck struct {
	spelling
	message string
}

func (c spellingCheck) Description(context.Context) string { return c.message }

func (c spellingCheck) MarkdownDescription(context.Context) string { return c.message }

func (c spellingCheck) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || c.MatchString(req.ConfigValue.ValueString()) {
		return
	}
	resp.Diagnostics.Append(validatordiag.InvalidAttributeValueMatchDiagnostic(req.Path, c.message, req.ConfigValue.ValueString()))
}
