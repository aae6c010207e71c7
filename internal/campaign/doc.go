// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package campaign injects faults of the service, the network and other users into runs of the provider, and
// counts the outcomes. It drives the provider as Terraform does, against the fake, under every fault of
// a table. It checks each run by the account, the state and every text that a person can read.
package campaign
