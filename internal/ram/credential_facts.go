// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"fmt"
	"time"
)

// The values of Status of an AccessKey, a service credential or a login profile
// (documented).
const (
	Active   = "Active"
	Inactive = "Inactive"
)

// CredentialFacts are the properties that the service lists for every long-lived credential
// of a user. None of them is secret.
type CredentialFacts struct {
	ID         string
	Name       string // empty if credentials of this type have no name
	Status     string // Active, Inactive; empty if credentials of this type have no status
	CreateDate time.Time
}

// Facts returns the properties themselves.
func (f CredentialFacts) Facts() CredentialFacts { return f }

// MissingSecretError means that the service created a credential without returning its
// secret. The secret cannot be read later.
type MissingSecretError struct {
	Action string
	ID     string
}

func (e *MissingSecretError) Error() string {
	return fmt.Sprintf("%s: the service created %s and did not return its secret", e.Action, e.ID)
}
