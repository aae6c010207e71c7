// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "bytes"

// ParseNetworkPolicy reads a document as the service takes it, and as the official
// provider keeps it. The empty text is no policy.
func ParseNetworkPolicy(document string) (NetworkPolicy, error) {
	data := bytes.TrimSpace([]byte(document))
	if len(data) == 0 {
		return NoNetworkPolicy(), nil
	}
	return parsePolicy(data)
}
