// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import "slices"

// put adds a field whose value is optional. Without one it is empty or absent; both occur.
// (observed; Behaviour.AbsentWhenEmpty)
func (r *request) put(into reply, field, value string) {
	if value == "" && r.server.behaviour.OmitEmptyFields {
		return
	}
	into[field] = value
}

// wrapped is the inner elements of a list, which JSON wraps as XML does. (documented)
func wrapped[T any](inner string, items []T, show func(T) reply) reply {
	shown := make([]any, 0, len(items))
	for _, item := range items {
		shown = append(shown, show(item))
	}
	return reply{inner: shown}
}

// without is the items less the one.
func without[T comparable](items []T, one T) []T {
	return slices.DeleteFunc(items, func(item T) bool { return item == one })
}
