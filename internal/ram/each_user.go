// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"iter"
)

// EachUser reads the users page by page, for one who may stop before the end, and
// yields each page in the order of the names. Where all are known, no page is read.
// An error comes at most once, as the last; after one, the list is not whole.
func (c *Client) EachUser(ctx context.Context) iter.Seq2[User, error] {
	if c.reads.everybody.has("") {
		return c.Users(ctx)
	}
	return c.userPages(ctx)
}
