// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package ramtest is a RAM service that runs in a test.
//
// It is an executable manual: one file is one noun, one function is one remote
// operation, and the sentence above the function is the rule, with the source of
// that knowledge. (documented) means that the vendor says so, (observed) that public
// code depends on it, (assumed) that no source says it and the fake had to choose.
// What is assumed can be switched in [Behaviour].
//
// It knows nothing of the provider's own types and uses the standard library, so
// that a mistake of ours cannot be made twice in the same way. It is unkind unless
// asked otherwise: pages are small, lists come in no promised order, and a parameter
// that the operation does not have is refused.
package ramtest
