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

// LazyRegexp is a regular expression that is compiled on first use. Compiling all of them
// at startup took as long as building the schemas (measured).
type LazyRegexp func() *regexp.Regexp

// NewLazyRegexp returns a regular expression. An invalid one panics on first use.
func NewLazyRegexp(expression string) LazyRegexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// MatchString reports whether the text contains a match.
func (s LazyRegexp) MatchString(text string) bool { return s().MatchString(text) }

// FindStringSubmatch returns the leftmost match and its submatches.
func (s LazyRegexp) FindStringSubmatch(text string) []string { return s().FindStringSubmatch(text) }

// Validator returns a validator that rejects values without a match. The message describes
// a valid value.
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
