// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"strconv"
	"strings"
	"time"
)

// timestamp is a time. The zero time means that it is absent.
type timestamp struct{ value time.Time }

// milliseconds is the smallest number that counts as milliseconds. It is March 1973 in
// milliseconds and the year 5138 in seconds.
const milliseconds = 100_000_000_000

// UnmarshalJSON accepts RFC 3339, and seconds or milliseconds since 1970 (documented by
// samples, both). Without a time, the value is empty, absent or null (documented), or "-"
// or "N/A" (documented for reports).
func (m *timestamp) UnmarshalJSON(data []byte) error {
	value, ok, err := scalar(data, "a time")
	m.value = time.Time{}
	value = strings.TrimSpace(value)
	if err != nil || !ok || value == "" || value == "-" || value == "N/A" {
		return err
	}
	if count, err := strconv.ParseInt(value, 10, 64); err == nil {
		m.value = sinceEpoch(count)
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, value); err == nil {
			m.value = at.UTC()
			return nil
		}
	}
	return &unexpectedValue{"a time"}
}

func sinceEpoch(count int64) time.Time {
	switch {
	case count <= 0:
		return time.Time{}
	case count >= milliseconds:
		return time.UnixMilli(count).UTC()
	}
	return time.Unix(count, 0).UTC()
}
