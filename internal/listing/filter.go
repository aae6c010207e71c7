// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package listing

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
)

// Filter is an argument that limits the results of a list resource and of the corresponding
// data source. Null does not limit them.
type Filter struct {
	name string
	list listschema.Attribute
	data schema.Attribute
}

// TextFilter returns a filter with a string argument.
func TextFilter(name, docs string, checks ...validator.String) Filter {
	return Filter{
		name: name,
		list: listschema.StringAttribute{Optional: true, Validators: checks, MarkdownDescription: docs},
		data: schema.StringAttribute{Optional: true, Validators: checks, MarkdownDescription: docs},
	}
}

// DaysFilter returns a filter with a number of days, at most a century, which is probably a
// mistake.
func DaysFilter(name, docs string) Filter {
	checks := []validator.Int64{int64validator.Between(0, 36500)}
	return Filter{
		name: name,
		list: listschema.Int64Attribute{Optional: true, Validators: checks, MarkdownDescription: docs},
		data: schema.Int64Attribute{Optional: true, Validators: checks, MarkdownDescription: docs},
	}
}

// FlagFilter returns a filter with a boolean argument.
func FlagFilter(name, docs string) Filter {
	return Filter{
		name: name,
		list: listschema.BoolAttribute{Optional: true, MarkdownDescription: docs},
		data: schema.BoolAttribute{Optional: true, MarkdownDescription: docs},
	}
}

// Schema returns the filters as the configuration schema of a list resource.
func Schema(docs string, filters ...Filter) listschema.Schema {
	attributes := map[string]listschema.Attribute{}
	for _, f := range filters {
		attributes[f.name] = f.list
	}
	return listschema.Schema{MarkdownDescription: docs, Attributes: attributes}
}

// WithFilters adds the filters to the attributes of a data source.
func WithFilters(attributes map[string]schema.Attribute, filters ...Filter) map[string]schema.Attribute {
	for _, f := range filters {
		attributes[f.name] = f.data
	}
	return attributes
}

// Users selects the users whose objects are listed.
type Users struct {
	UserName  types.String `tfsdk:"user_name"`
	NameRegex types.String `tfsdk:"name_regex"`
}

// UserFilters returns the filters that [Users] reads. Their descriptions name the objects.
func UserFilters(objects string) []Filter {
	return []Filter{
		TextFilter("user_name", "Only "+objects+" of this RAM user, such as `alice`: not the principal name. If the user does not exist, the list fails.",
			append(owner.UserNameValidators(), ConflictsWithNameRegex())...),
		NameRegexFilter("Only " + objects + " of RAM users whose names match this regular expression (RE2)."),
	}
}

// ConflictsWithNameRegex rejects user_name together with name_regex.
func ConflictsWithNameRegex() validator.String {
	return stringvalidator.ConflictsWith(path.MatchRoot("name_regex"))
}

// NameRegexFilter returns a filter for user names.
func NameRegexFilter(docs string) Filter { return TextFilter("name_regex", docs, regexpValidator{}) }

// regexpValidator rejects a string that is not a regular expression.
type regexpValidator struct{}

func (regexpValidator) Description(context.Context) string {
	return "must be a regular expression (RE2)"
}

func (f regexpValidator) MarkdownDescription(ctx context.Context) string { return f.Description(ctx) }

func (f regexpValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regexp.Compile(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot use the regular expression", diagnostics.Sentence(err.Error())+" Nothing was listed.\n\nThe syntax is that of RE2.")
	}
}

// OnlyIfBound rejects a user name together with unbound = true, because an unbound device has
// no user.
type OnlyIfBound struct{}

func (OnlyIfBound) Description(context.Context) string {
	return "must not be set together with unbound = true"
}

func (b OnlyIfBound) MarkdownDescription(ctx context.Context) string { return b.Description(ctx) }

func (b OnlyIfBound) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	var unbound types.Bool
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("unbound"), &unbound)...)
	if !req.ConfigValue.IsNull() && unbound.ValueBool() {
		resp.Diagnostics.AddAttributeError(req.Path, "Cannot combine the filters", fmt.Sprintf(
			"unbound = true finds devices that are not bound, and %s finds devices of one user. Nothing was read.\n\nSet one of the two.", req.Path))
	}
}
