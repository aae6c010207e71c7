// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package tf

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
type LazyRegexp func() *regexp.Regexp

func NewLazyRegexp(expression string) LazyRegexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

func (s LazyRegexp) MatchString(text string) bool { return s().MatchString(text) }

func (s LazyRegexp) FindStringSubmatch(text string) []string { return s().FindStringSubmatch(text) }

// checked refuses texts of another spelling. The message says what a text must be.
func (s LazyRegexp) Validator(message string) validator.String { return patternValidator{s, message} }

type patternValidator struct {
	LazyRegexp
	message string
}

func (c patternValidator) Description(context.Context) string { return c.message }

func (c patternValidator) MarkdownDescription(context.Context) string { return c.message }

func (c patternValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || c.MatchString(req.ConfigValue.ValueString()) {
		return
	}
	resp.Diagnostics.Append(validatordiag.InvalidAttributeValueMatchDiagnostic(req.Path, c.message, req.ConfigValue.ValueString()))
}
