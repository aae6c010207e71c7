// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package mutants tests the tests: it puts small bugs into copies of the code, one at a time, and runs the tests
// that have to fail. Some mutants are listed by hand, each for a requirement and with the test that has to
// detect it. Others are derived from the code by rules; they are compiled together, each behind a switch, and each
// meets the tests that reach it.
package mutants
