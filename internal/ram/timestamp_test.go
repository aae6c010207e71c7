// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func TestTimestamp_everyForm(t *testing.T) {
	t.Parallel()
	at := time.Date(2023, 8, 21, 8, 6, 7, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2023-08-21T08:06:07Z"`: at, `"2023-08-21T16:06:07+08:00"`: at, `" 2023-08-21T08:06:07Z "`: at,
		`"2023-08-21T08:06Z"`: at.Add(-7 * time.Second), `"1692605167"`: at, `1692605167`: at,
		`"1692605167586"`: at.Add(586 * time.Millisecond), `1692605167586`: at.Add(586 * time.Millisecond),
		`""`: {}, `null`: {}, `"-"`: {}, `"N/A"`: {}, `"0"`: {}, `" "`: {},
	} {
		got := timestamp{value: at.Add(time.Hour)}
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.value.Equal(want) || got.value.IsZero() != want.IsZero() {
			t.Errorf("%s: got.value %s, want %s, error %v", text, got.value, want, err)
		}
	}
	for _, text := range []string{`"yesterday"`, `"2023-08-21"`, `true`, `{}`, `[]`, `1e12`} {
		var got timestamp
		var odd *unexpectedValue
		if err := json.Unmarshal([]byte(text), &got); !errors.As(err, &odd) {
			t.Errorf("%s: got.value %s, error %v", text, got.value, err)
		}
	}
}
