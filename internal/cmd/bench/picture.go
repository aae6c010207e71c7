// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

func (r report) picture() string { return "" }
