// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/json"
	"strconv"
)

// params are the parameters of one call. Nil values are not sent. An empty string or list
// is sent, because it clears the parameter's value.
type params map[string]string

func (p params) flag(name string, value *bool) {
	if value != nil {
		p[name] = strconv.FormatBool(*value)
	}
}

func (p params) number(name string, value *int64) {
	if value != nil {
		p[name] = strconv.FormatInt(*value, 10)
	}
}

func (p params) text(name string, value *string) {
	if value != nil {
		p[name] = *value
	}
}

// list adds a parameter that holds a JSON array.
func (p params) list(name string, values []string) error {
	if values == nil {
		return nil
	}
	array, err := json.Marshal(values)
	if err != nil {
		return err
	}
	p[name] = string(array)
	return nil
}
