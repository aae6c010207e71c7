// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"fmt"
	"os"
	"strings"
)

// The figures of one run are between these lines of a guide.
const (
	figuresBegin = "<!-- figures: written by make bench -->\n"
	figuresEnd   = "<!-- end of the figures -->\n"
)

// writeGuide replaces the figures in a guide.
func writeGuide(guide string, r report) error {
	text, err := os.ReadFile(guide)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(text), figuresBegin)
	_, after, ends := strings.Cut(rest, figuresEnd)
	if !begins || !ends {
		return fmt.Errorf("%s has no place for figures", guide)
	}
	return os.WriteFile(guide, []byte(before+figuresBegin+"\n"+r.table()+"\n"+figuresEnd+after), 0o644) //nolint:gosec // it is published
}
