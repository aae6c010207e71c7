// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"sync"
	"time"
)

// Absence is a kind of object that a user does not have.
type Absence string

const (
	AbsentProfile Absence = "login profile"
	AbsentKeys    Absence = "AccessKeys"
)

// absences holds what this client deleted from a user and then read as absent. The user is
// deleted in the same run without reading that again. Another client may add such an object,
// so an entry is used for lifeAfterWrite.
type absences struct {
	now func() time.Time

	mu         sync.Mutex
	confirmed  map[absence]confirmedAbsence // by id of the user
	written    map[absence]time.Time        // time of the last write of this client, by name of the user
	writtenAll time.Time                    // time of the last write to users that are not known by name
}

// absence is a kind of object of one user.
type absence struct {
	kind Absence
	user string
}

type confirmedAbsence struct {
	name  string // of the user
	began time.Time
}

// ConfirmAbsent records that a read which began at that time found no object of a kind. It
// records nothing if this client has written such an object since.
func (c *Client) ConfirmAbsent(kind Absence, user User, began time.Time) {
	a := c.caches.absences
	a.mu.Lock()
	defer a.mu.Unlock()
	if user.ID != "" && user.Name != "" && a.unchanged(kind, user.Name, began) {
		a.confirmed[absence{kind, user.ID}] = confirmedAbsence{user.Name, began}
	}
}

// ConfirmedAbsent reports whether a read of the last minute found no object of a kind, and
// this client has written none since. A user with another name than then may have one.
func (c *Client) ConfirmedAbsent(kind Absence, user User) bool {
	a := c.caches.absences
	a.mu.Lock()
	defer a.mu.Unlock()
	last, known := a.confirmed[absence{kind, user.ID}]
	return known && last.name == user.Name && a.now().Sub(last.began) < lifeAfterWrite && a.unchanged(kind, user.Name, last.began)
}

// unchanged reports whether this client has written no object of a kind since a time. The
// caller holds the lock.
func (a *absences) unchanged(kind Absence, userName string, since time.Time) bool {
	return !a.written[absence{kind, userName}].After(since) && !a.writtenAll.After(since)
}

// invalidateAround surrounds a write of an object of a user.
func (a *absences) invalidateAround(kind Absence, userName string) (changed func()) {
	invalidate := func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.written[absence{kind, userName}] = a.now()
	}
	invalidate()
	return invalidate
}

// invalidateAllAround surrounds a write after which any user may have such objects.
func (a *absences) invalidateAllAround() (changed func()) {
	invalidate := func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.writtenAll = a.now()
	}
	invalidate()
	return invalidate
}
