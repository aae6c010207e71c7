// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"iter"
)

// maxPages limits a list that never ends (ROB-04).
const maxPages = 5000

// errIncomplete means that a list cannot be read to its end. The part that was read must
// not be used, because a missing item may exist (CONS-03).
var errIncomplete = errors.New("the list cannot be read to its end")

// page holds what a response says about the next page.
type page struct {
	IsTruncated flag
	Marker      text
}

// next returns the marker of the next page, or "" at the end. A response with IsTruncated
// false ends the list, whatever its marker (documented). Without IsTruncated, the list
// continues while the response has a marker (assumed).
func (p page) next() (string, error) {
	truncated := p.IsTruncated.value
	if truncated != nil && !*truncated {
		return "", nil
	}
	if truncated != nil && p.Marker == "" {
		return "", fmt.Errorf("%w: a page is truncated and has no marker", errIncomplete)
	}
	return string(p.Marker), nil
}

// ends reports whether a response says that no page follows. A list that such a response
// leaves out is an empty one (assumed).
func (p page) ends() bool { return p.IsTruncated.value != nil && !*p.IsTruncated.value }

// seenMarkers are the markers of the pages that were read.
type seenMarkers map[string]bool

// next returns the marker of the page after p, or "" at the end. A repeated marker is an
// error.
func (m seenMarkers) next(p page) (string, error) {
	next, err := p.next()
	switch {
	case err != nil || next == "":
		return "", err
	case m[next]:
		return "", fmt.Errorf("%w: a page has the marker of an earlier one", errIncomplete)
	case len(m) == maxPages:
		return "", fmt.Errorf("%w: it has too many pages", errIncomplete)
	}
	m[next] = true
	return next, nil
}

// paged reads a list page by page and yields each item once, identified by id. An error is
// yielded at most once, as the last item.
func paged[T any](op operation, read func(marker string) (page, []T, error), id func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		passed, seen := seenMarkers{}, map[string]bool{}
		for marker := ""; ; {
			page, items, err := read(marker)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range items {
				if seen[id(item)] {
					continue
				}
				seen[id(item)] = true
				if !yield(item, nil) {
					return
				}
			}
			if marker, err = passed.next(page); err != nil {
				yield(none, fmt.Errorf("%s: %w", op.action, err))
				return
			}
			if marker == "" {
				return
			}
		}
	}
}

// withMarker returns the parameters with the marker of a page.
func withMarker(in params, marker string) params {
	if marker != "" {
		in["Marker"] = marker
	}
	return in
}
