// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"iter"
)

// maxPages ends a list that has no end (ROB-04).
const maxPages = 5000

// errIncomplete is a list that cannot be read to its end. It is no list: what is
// missing from it may be there (CONS-03).
var errIncomplete = errors.New("the list cannot be read to its end")

// page is what every page of a list says of the next one.
type page struct {
	IsTruncated flag
	Marker      text
}

// next is the marker of the next page, "" at the end. A list ends when it says
// so, whatever marker it has (documented); one that does not say goes on while it
// has a marker (assumed).
func (p page) next() (string, error) {
	truncated := p.IsTruncated.value
	if truncated != nil && !*truncated {
		return "", nil
	}
	if truncated != nil && p.Marker == "" {
		return "", fmt.Errorf("%w: a page says that there is more, and not where", errIncomplete)
	}
	return string(p.Marker), nil
}

// markers are those that a list has had.
type seenMarkers map[string]bool

// after is the marker of the page after p, "" at the end.
func (m seenMarkers) next(p page) (string, error) {
	next, err := p.next()
	switch {
	case err != nil || next == "":
		return "", err
	case m[next]:
		return "", fmt.Errorf("%w: a page leads back to an earlier one", errIncomplete)
	case len(m) == maxPages:
		return "", fmt.Errorf("%w: it has too many pages", errIncomplete)
	}
	m[next] = true
	return next, nil
}

// paged reads a list page by page and yields each item once, by its id. An error
// comes at most once, as the last.
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

// marked are the parameters of one page.
func withMarker(in params, marker string) params {
	if marker != "" {
		in["Marker"] = marker
	}
	return in
}
