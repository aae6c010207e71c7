// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package setting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// The sources of the values of a new account, and since when they apply.
const (
	NoticeDay   = "8 April 2026"
	Notice      = "Alibaba Cloud's notice of 10 March 2026"
	ConsolePage = "the page of the console in 2026"
)

// defaultsDocs lists what a new account has, by the day of its first use of RAM, with the sources.
func (s *Setting[S]) defaultsDocs() string {
	var b strings.Builder
	b.WriteString("\n\n### Values of a new account\n\nThe service has changed the values of new accounts:\n\n| Attribute | Older accounts | Newer accounts |\n|---|---|---|\n")
	for _, f := range s.Fields {
		if tf.IsAbsent(f.AccountDefault) {
			continue
		}
		newer := []string{}
		for _, d := range f.Newer {
			newer = append(newer, fmt.Sprintf("`%s` since %s (%s)", tf.Display(d.Value), d.Since, d.Source))
		}
		if len(newer) == 0 {
			newer = []string{"the same, as far as documented"}
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", f.Name, tf.Display(f.AccountDefault), strings.Join(newer, "; "))
	}
	b.WriteString("\nThe service does not return the values that an account started with. If the account has a RAM user that was created before 8 April 2026, the account started with the older values. " +
		"The older values come from the API reference of the service (July 2026). `on_destroy = \"" + Reset + "\"` writes the older values.")
	return b.String()
}

// datedDocs is defaultsDocs if the values of a new account have changed.
func (s *Setting[S]) datedDocs() string {
	if !slices.ContainsFunc(s.Fields, func(f Field[S]) bool { return len(f.Newer) > 0 }) {
		return ""
	}
	return s.defaultsDocs()
}
