// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"time"
)

// The status of an AccessKey pair, a service credential or a login profile (documented).
const (
	Active   = "Active"
	Inactive = "Inactive"
)

// CredentialFacts are what the service lists of every long-lived credential of a user. None of it is secret.
type CredentialFacts struct {
	ID         string
	Name       string // empty: credentials of this type have no name
	Status     string // Active, Inactive
	CreateDate time.Time
}

// MissingSecretError is a credential that the service created without returning its secret, which can never be read later.
type MissingSecretError struct {
	Action string
	ID     string
}

func (e *MissingSecretError) Error() string {
	return fmt.Sprintf("%s: the service created %s and did not return its secret", e.Action, e.ID)
}
