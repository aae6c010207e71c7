// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

var (
	blockStart = regexp.MustCompile(`^\s*(resource|check|module)\s+"([^"]+)"(?:\s+"([^"]+)")?`)
	indexKey   = regexp.MustCompile(`\[("([^"\\]|\\.)*"|\d+)\]`)
)

// Places finds the blocks of a root module, as file:line by address: a resource, a
// check, or the module that holds what is deeper. What it does not find has no place.
func Places(root fs.FS) map[string]string {
	found := map[string]string{}
	files, err := fs.Glob(root, "*.tf")
	if err != nil {
		return found
	}
	for _, file := range files {
		content, err := fs.ReadFile(root, file)
		if err != nil {
			continue
		}
		number := 0
		for line := range strings.Lines(string(content)) {
			number++
			block := blockStart.FindStringSubmatch(line)
			if block == nil {
				continue
			}
			address := block[1] + "." + block[2]
			if block[1] == "resource" {
				address = block[2] + "." + block[3]
			}
			found[address] = fmt.Sprintf("%s:%d", file, number)
		}
	}
	return found
}

// placeOf is the place of the block of the root module that an address leads to.
func placeOf(places map[string]string, address string) string {
	parts := strings.SplitN(indexKey.ReplaceAllString(address, ""), ".", 3)
	if len(parts) < 2 {
		return ""
	}
	return places[parts[0]+"."+parts[1]]
}
