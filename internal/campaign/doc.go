// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package campaign shows what the provider does when the service, the network or
// a person fails it, and counts it. It drives the provider as Terraform does,
// against the fake, under every fault of a table; and it judges each run by
// what is in the account, in the state and in every text that a person sees.
package campaign
