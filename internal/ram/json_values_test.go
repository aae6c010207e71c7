// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestLenientTypes(t *testing.T) {
	t.Parallel()
	type all struct {
		Text   text
		Flag   flag
		Number number
		List   textList
		Loose  anyText
	}
	for body, want := range map[string]*all{ // nil: refused
		`{}`: {},
		`{"Text":null,"Flag":null,"Number":null,"List":null,"Loose":null}`: {},
		`{"Text":"","Flag":"","Number":"","List":[],"Loose":""}`:           {List: textList{}},
		`{"Text":"a","Flag":true,"Number":6,"List":["a","b"],"Loose":"a"}`: {"a", flag{new(true)}, number{new(int64(6))}, textList{"a", "b"}, "a"},
		`{"Text":7,"Flag":"False","Number":" 6 ","List":"a","Loose":7.5}`:  {"7", flag{new(false)}, number{new(int64(6))}, textList{"a"}, "7.5"},
		`{"Text":false,"Number":-1,"List":["[\"sms\",\"email\"]"]}`:        {Text: "false", Number: number{new(int64(-1))}, List: textList{"sms", "email"}},
		`{"List":"[\"sms\",\"\"]","Loose":{"a":1}}`:                        {List: textList{"sms"}},
		`{"List":"","Loose":["a"]}`:                                        {List: textList{}},
		`{"List":["[]",""]}`:                                               {List: textList{}},
		`{"Extra":{"a":[1]},"text":"a"}`:                                   {Text: "a"},
		`{"Text":{"canary":1}}`:                                            nil,
		`{"Text":["canary"]}`:                                              nil,
		`{"Flag":"canary"}`:                                                nil,
		`{"Flag":1}`:                                                       nil,
		`{"Flag":[true]}`:                                                  nil,
		`{"Number":"canary"}`:                                              nil,
		`{"Number":1.5}`:                                                   nil,
		`{"Number":99999999999999999999}`:                                  nil,
		`{"Number":true}`:                                                  nil,
		`{"List":{"canary":1}}`:                                            nil,
		`{"List":[["canary"]]}`:                                            nil,
		`{"List":["[canary"]}`:                                             nil,
	} {
		var got all
		err := parseObject([]byte(body), &got)
		switch {
		case want == nil && err == nil:
			t.Errorf("%s is accepted: %+v", body, got)
		case want == nil && strings.Contains(err.Error(), "canary"):
			t.Errorf("%s: the error quotes it: %v", body, err)
		case want != nil && (err != nil || !reflect.DeepEqual(got, *want)):
			t.Errorf("%s: got %+v, error %v", body, got, err)
		}
	}
}

func TestAnErrorOfTheParserQuotesNothing(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"AccessKey":{"Secret":12345678}}`: `unexpected type in field "AccessKey.Secret"`,
		`{"AccessKey":{"Secret":"canary`:    "not a JSON object",
		`{"AccessKey":`:                     "not a JSON object",
	} {
		var out struct{ AccessKey struct{ Secret string } }
		err := parseObject([]byte(body), &out)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "1234") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestADecodedValueDoesNotReachTheNext(t *testing.T) {
	t.Parallel()
	var f flag
	var n number
	var l textList
	for _, step := range []struct{ data, flag, number, list string }{{"x", `true`, `5`, `["a"]`}, {"x", `null`, `""`, `null`}} {
		if err := json.Unmarshal([]byte(step.flag), &f); err != nil {
			t.Fatal(err)
		}
		if err := n.UnmarshalJSON([]byte(step.number)); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(step.list), &l); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.UnmarshalJSON([]byte(`null`)); err != nil || f.value != nil || n.value != nil || l != nil {
		t.Errorf("%v %v %v %v", f, n, l, err)
	}
}
