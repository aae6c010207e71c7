// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package ramtest is a fake of RAM, IMS and STS for tests.
//
// Each file contains the operations for one kind of object. The comment of an operation states the service's rule and its
// source: (documented) the vendor says so, (observed) public code depends on it, (assumed) no source says so, and the fake
// makes a choice. [Assumptions] lists these choices, and [Behaviour] has a switch for each.
//
// The package uses only the standard library and none of the provider's types, to avoid repeating errors of the provider.
// By default it is strict: pages are small, lists are in random order, and unknown parameters are refused.
package ramtest
