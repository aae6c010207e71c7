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

// Places returns file:line of the blocks of a root module by address: resources, checks,
// and the module blocks for everything inside modules. Blocks that it does not find are
// missing in the result.
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

// placeOf returns the place of the block in the root module to which an address belongs.
func placeOf(places map[string]string, address string) string {
	parts := strings.SplitN(indexKey.ReplaceAllString(address, ""), ".", 3)
	if len(parts) < 2 {
		return ""
	}
	return places[parts[0]+"."+parts[1]]
}
