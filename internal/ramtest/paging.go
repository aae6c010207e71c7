// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// paged returns a page that starts at the opaque Marker and has at most MaxItems items. IsTruncated reports whether there
// are more items, and only then there is a Marker. (documented) A page can have fewer items than requested, in any order.
// (assumed; Behaviour.PageCap, Behaviour.Ordered) The items must be sorted, because the next page continues after this one.
func paged[T any](r *request, items []T, byDefault, maximum int) (page []T, more reply, err error) {
	size := byDefault
	if err := r.integer("MaxItems", 1, maximum, &size); err != nil {
		return nil, nil, err
	}
	if limit := r.server.behaviour.PageCap; limit > 0 {
		size = min(size, limit)
	}
	start, err := r.marked(len(items))
	if err != nil {
		return nil, nil, err
	}
	end := min(start+size, len(items))
	more = reply{"IsTruncated": end < len(items)}
	if end < len(items) {
		more["Marker"] = marker(end)
	}
	return shuffled(r, items[start:end]), more, nil
}

func marker(position int) string {
	return base64.URLEncoding.EncodeToString([]byte("after:" + strconv.Itoa(position)))
}

func (r *request) marked(count int) (int, error) {
	if r.text("Marker") == "" {
		return 0, nil
	}
	text, err := base64.URLEncoding.DecodeString(r.text("Marker"))
	if err != nil {
		return 0, incorrect("Marker")
	}
	position, err := strconv.Atoi(strings.TrimPrefix(string(text), "after:"))
	if err != nil || position < 0 || string(text) != "after:"+strconv.Itoa(position) {
		return 0, incorrect("Marker")
	}
	return min(position, count), nil
}

// shuffled returns the items in random order, because the service does not document an order. (assumed; Behaviour.Ordered)
func shuffled[T any](r *request, items []T) []T {
	mixed := append([]T{}, items...)
	if r.server.behaviour.Ordered {
		return mixed
	}
	r.server.random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed
}
