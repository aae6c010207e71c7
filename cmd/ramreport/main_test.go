// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A report to a device is written into the device. A rename would replace /dev/null for
// every process of the machine if root runs the command.
func TestWhole_keepsADevice(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "null")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Skip(err)
	}
	text := func(w io.Writer) error { _, err := io.WriteString(w, "report"); return err }
	if err := whole(link, text); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(link); err != nil || info.Mode().IsRegular() {
		t.Errorf("the device was replaced: %v, error %v", info, err)
	}
	file := filepath.Join(t.TempDir(), "report.md")
	for range 2 {
		if err := whole(file, text); err != nil {
			t.Fatal(err)
		}
	}
	if content, err := os.ReadFile(file); err != nil || string(content) != "report" {
		t.Errorf("content %q, error %v", content, err)
	}
}
