// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	_ "embed"
	"encoding/json"
	"strings"
)

// operationsJSON is the vendor's own description of the operations, of April 2026, with
// what later SDKs and pages add. "!" ends a required parameter, ":" starts its type.
//
//go:embed operations.json
var operationsJSON []byte

// operation is the parameters of one remote operation, as operations.json spells them.
type operation []string

var operations = readOperations()

func readOperations() map[string]operation {
	var read map[string]operation
	if err := json.Unmarshal(operationsJSON, &read); err != nil {
		panic(err)
	}
	return read
}

func (o operation) parameters() (all, mandatory []string) {
	for _, text := range o {
		name, _, _ := strings.Cut(strings.TrimSuffix(text, "!"), ":")
		if strings.Contains(text, ":RepeatList") {
			name += ".*"
		}
		all = append(all, name)
		if strings.HasSuffix(text, "!") {
			mandatory = append(mandatory, name)
		}
	}
	return all, mandatory
}
