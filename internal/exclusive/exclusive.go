// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package exclusive is what the resources share that declare the only members that an object may
// have: the credentials of a user, the users of a group, the policies of a principal.
package exclusive

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Report is the value of enforce that changes nothing in the account.
const Report = "report"

// Declaration is which members an object may have, and which others it has.
type Declaration struct {
	Enforce    types.String
	Allowed    types.Set
	Undeclared types.Set // null until a read compared the account with the configuration
}

// Reports reports whether undeclared members are only reported.
func (d Declaration) Reports() bool { return d.Enforce.ValueString() == Report }

// Compared reports whether a read has compared the account with the configuration.
func (d Declaration) Compared() bool { return !tf.IsAbsent(d.Undeclared) }

// Complete reports whether a list of members may be believed. One that lacks a member that was undeclared, or every
// declared member, may be incomplete. So may an empty list that nothing was compared with before.
func (d Declaration) Complete(listed []string) bool {
	lists := func(member string) bool { return slices.Contains(listed, member) }
	declared := d.Declared()
	if !d.Compared() && len(listed) == 0 || len(declared) > 0 && !slices.ContainsFunc(declared, lists) {
		return false
	}
	return !slices.ContainsFunc(d.Others(), func(member string) bool { return !lists(member) })
}

// Allows reports whether a member is declared.
func (d Declaration) Allows(member string) bool { return contains(d.Allowed, member) }

// Shows reports whether a member is in the undeclared ones of the state, which the plan showed.
func (d Declaration) Shows(member string) bool { return contains(d.Undeclared, member) }

func contains(set types.Set, member string) bool {
	return slices.Contains(set.Elements(), attr.Value(types.StringValue(member)))
}

// Known reports whether the declared members are known.
func (d Declaration) Known() bool {
	return !d.Allowed.IsUnknown() && !slices.ContainsFunc(d.Allowed.Elements(), attr.Value.IsUnknown)
}

// Members returns the known members: those that are declared, and the others.
func (d Declaration) Members() []string { return append(d.Declared(), d.Others()...) }

// Others returns the known members that are not declared.
func (d Declaration) Others() []string { return known(d.Undeclared) }

// Declared returns the known members that are declared, without null elements.
func (d Declaration) Declared() []string { return known(d.Allowed) }

func known(set types.Set) (members []string) {
	for _, member := range set.Elements() {
		if !tf.IsAbsent(member) {
			members = append(members, tf.String(member))
		}
	}
	return members
}

// Set returns the undeclared members for the state. After an import it is not known which members are
// declared, so it is null.
func (d Declaration) Set(undeclared []string) types.Set {
	if d.Allowed.IsNull() {
		return types.SetNull(types.StringType)
	}
	return tf.StringSet(append([]string{}, undeclared...))
}

// Plan returns the undeclared members after an update: null if the members are not managed, none if it acts on them, and those
// of the state if nothing changes. Until a read compared the account with the configuration they are unknown, and
// the update acts on none. sameObject reports whether the object is the one of the state.
func Plan(state, plan Declaration, sameObject bool) types.Set {
	unchanged := plan.Allowed.Equal(state.Allowed) && plan.Enforce.Equal(state.Enforce) && sameObject
	switch {
	case plan.Allowed.IsNull():
		return types.SetNull(types.StringType)
	case state.Undeclared.IsNull() || plan.Enforce.IsUnknown():
		return types.SetUnknown(types.StringType)
	case !plan.Reports():
		return types.SetValueMust(types.StringType, []attr.Value{})
	case unchanged:
		return state.Undeclared
	}
	return types.SetUnknown(types.StringType)
}

// Withdrawn returns the members that are declared in the state and no longer in the plan. An update does
// not act on them, because its plan does not show them.
func Withdrawn(state, plan Declaration) (members []string) {
	if plan.Reports() || !plan.Known() || plan.Allowed.IsNull() || state.Allowed.IsNull() {
		return nil
	}
	for _, member := range state.Declared() {
		if !plan.Allows(member) {
			members = append(members, member)
		}
	}
	slices.Sort(members)
	return members
}
