// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzSchedule parses arbitrary texts as a schedule file. Writing and parsing an accepted schedule again gives the same
// rules, and a scheduled rule has a valid position.
func FuzzSchedule(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `{"seed":7,"rules":[{"action":"CreateAccessKey","nth":1,"phase":"after_commit","fault":"reset"}]}`, `{"rules":[{"nth":"1-5","stale":2}]}`,
		`{"rules":[{"fault":"code","code":"Throttling","status":429,"retry_after":7}]}`, `{"rules":[{"fault":"stall","delay":"2s"},{"fault":"drip","delay":3}]}`,
		`{"rules":[{"inject":"CreateAccessKey","inject_params":{"UserName":"a"}}]}`, `{"rules":[{"nth":"9-1"}]}`, `{"rules":null}`, `{"rules":[null]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var file Schedule
		if json.Unmarshal([]byte(text), &file) != nil {
			return
		}
		written, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		var again Schedule
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%s became %s: %s", text, written, err)
		}
		if twice, err := json.Marshal(again); err != nil || !reflect.DeepEqual(twice, written) {
			t.Fatalf("%s became %s, and that %s", text, written, twice)
		}
		rules, err := schedule(file.Rules)
		if err != nil {
			return
		}
		for _, rule := range rules {
			if rule.from < 1 || rule.to < rule.from || rule.Fault == "" {
				t.Errorf("%s was scheduled as %+v", text, rule)
			}
			rule.acts(&Call{Action: "GetUser", Params: map[string]string{"UserPrincipalName": "a@b"}})
		}
	})
}
