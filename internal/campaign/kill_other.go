// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package campaign

import "context"

// playKills needs the signals of Unix.
func playKills(_ context.Context, _ *Options, f *figures) error {
	f.add("left out", "no signals here")
	return nil
}
