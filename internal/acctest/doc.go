// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest contains what the tests, the campaign, the benchmark and the demo share: a
// driver that uses the provider as Terraform's core does, a runner for a real CLI, a table with
// one subject for each resource type, and the secret scan. It does not import the provider, so
// the provider's own tests can use it.
package acctest
