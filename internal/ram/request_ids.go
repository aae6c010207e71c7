// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "sync"

// requestIDs are the request ids of the latest responses. The service gives each response another one (documented). A network
// that delivers a response twice, or to another request, would otherwise let a refused read refuse a create that took effect.
type requestIDs struct {
	mu     sync.Mutex
	known  map[string]bool
	latest [1024]string
	next   int
}

// add adds an id, and reports whether it was not known. One that does not have the form of the service's ids is not added.
func (r *requestIDs) add(id string) bool {
	if !isUUID(id) {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[id] {
		return false
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	delete(r.known, r.latest[r.next])
	r.known[id], r.latest[r.next] = true, id
	r.next = (r.next + 1) % len(r.latest)
	return true
}
