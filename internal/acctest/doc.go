// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest holds what the tests, the campaign, the benchmark and the demo share: a
// driver that speaks to the provider as Terraform's core does, a runner of a real CLI, the table
// of subjects with one row for each resource type, and the secret scan. It does
// not import the provider, so the provider's own tests can use it.
package acctest
