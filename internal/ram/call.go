// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

// maxHeaderBytes caps the headers of an answer (NET-06).
const maxHeaderBytes = 64 << 10
