// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package ramtest is a fake of RAM, IMS and STS that runs in a test.
//
// A file has the operations of one noun. The comment on an operation states the service's
// rule and its source: (documented) the vendor says so, (observed) public code depends on
// it, (assumed) no source says so, and the fake makes a choice. [Assumptions] lists the
// choices, and [Behaviour] has a switch for each.
//
// The package uses none of the provider's types and only the standard library, not to
// repeat an error of the provider. By default it is strict: pages are small,
// lists come in random order, and unknown parameters are refused.
package ramtest
