// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// NameChange is a change of the names by which an identity provider knows users: of one user, or of the default domain.
type NameChange struct {
	Domain string // the default domain that changes; "" if a user is renamed
}

// NameVerdict is what a change of names takes away.
type NameVerdict struct {
	Lost     bool  // names that the identity provider may send are no longer accepted
	Accepted bool  // by allow_lock_out of the single sign-on settings
	Unread   error // why the worst case was assumed; nil: everything was read
}

// Judge returns what the change takes away. While single sign-on is disabled, that is nothing: users log on under the new name. With
// single sign-on, only the administrator of the identity provider knows which names it sends.
func (c NameChange) Judge(ctx context.Context, i *instance.Instance) (a NameVerdict) {
	live, err := i.Client.RefreshUserSsoSettings(ctx)
	if err != nil {
		return NameVerdict{Lost: true, Unread: err}
	}
	if !c.known(live) {
		return a
	}
	for _, planned := range Values(Of(i), Sso, live) {
		if ram.Is(planned.Value.SsoEnabled, false) || c.accepts(planned.Value) {
			continue
		}
		a.Accepted = planned.Accepted && (a.Accepted || !a.Lost)
		a.Lost = true
	}
	return a
}

// known reports whether the identity provider may send a name that changes.
func (c NameChange) known(s ram.UserSsoSettings) bool {
	return !ram.Is(s.SsoEnabled, false) && (c.Domain == "" || !ram.Is(s.SsoLoginWithDomain, false))
}

// accepts reports whether names with the old domain are accepted nevertheless.
func (c NameChange) accepts(s ram.UserSsoSettings) bool {
	return c.Domain != "" && s.AuxiliaryDomain != nil && strings.EqualFold(*s.AuxiliaryDomain, c.Domain)
}
