// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"iter"
)

// EachUser reads the users page by page, for one who may stop before the end, and
// yields each page in the order of the names. No page is read that somebody has
// read already, or is reading. An error comes at most once, as the last; after one,
// the list is not whole.
func (c *Client) StreamUsers(ctx context.Context) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range c.userPages(ctx) {
			if !yield(user.own(), err) {
				return
			}
		}
	}
}
