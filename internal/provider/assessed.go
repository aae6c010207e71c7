// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// beyondArguments are the attributes of the settings' resources and data sources that
// baselines do not require.
var beyondArguments = []string{"account_id", "allow_lock_out", "must_allow", "must_allow_vpcs", "on_destroy", "reset_may_weaken", "timeouts"}

func (s assessed) read(path string, value tftypes.Value) (tf.Values, error) {
	attributes, err := membersOf(path, value)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !s.has(name) {
			return nil, fmt.Errorf("%s.%s does not exist; ram_%s has no such attribute", path, name, s.name)
		}
	}
	v := tf.Values{}
	for _, a := range s.arguments {
		attribute, named := attributes[a.name]
		if !named || attribute.IsNull() {
			continue
		}
		if v[a.name], err = readArgument(path+"."+a.name, attribute, a.null); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// has reports whether the resource or the data source of the setting has an attribute.
func (s assessed) has(name string) bool {
	return slices.Contains(beyondArguments, name) || slices.ContainsFunc(s.arguments, func(a argument) bool { return a.name == name })
}

func (s assessed) types(ctx context.Context) map[string]attr.Type {
	kinds := map[string]attr.Type{}
	for _, a := range s.arguments {
		kinds[a.name] = a.null.Type(ctx)
	}
	return kinds
}

// An argument is a field of a setting without the setting's own Go type.
type argument struct {
	name string
	null attr.Value
}

// assessed is a setting that baselines speak of.
type assessed struct {
	name      string
	arguments []argument
}

// assessedSettings are the settings that baselines speak of, with all their arguments.
func assessedSettings() []assessed {
	return []assessed{
		{inPreference, argumentsOf(securityPreferenceFields())},
		{inPolicy, argumentsOf(passwordPolicyFields())},
		{inKeyPolicy, argumentsOf(network.PolicyFields())},
	}
}

func argumentsOf[S any](fields []setting.Field[S]) []argument {
	arguments := make([]argument, 0, len(fields))
	for _, f := range fields {
		arguments = append(arguments, argument{f.Name, f.Null})
	}
	return arguments
}

const (
	inPreference = "security_preference"
	inPolicy     = "password_policy"
	inKeyPolicy  = "account_access_key_policy"
)
