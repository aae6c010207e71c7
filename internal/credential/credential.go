// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package credential reads, creates, disables and deletes the long-lived credentials of a user: AccessKeys and service
// credentials. It knows no schema, plan or state, so that the resource for one key, the rotation of two keys and the
// action share one implementation.
package credential

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// PerUser is the maximum number of keys of a user, and of service credentials of a user for one service, unless the
// account has another quota (documented).
const PerUser = 2

// Credential is a credential that the service lists.
type Credential interface {
	Facts() ram.CredentialFacts
}

// Kind describes one type of credential: its names in messages, and the operations of the service for it.
type Kind[C Credential] struct {
	Noun        string // name in a summary, such as AccessKey
	One         string // name with its article, such as an AccessKey
	Word        string // name in a sentence, such as key
	MissingCode string // the object that a not-found error names, such as User.AccessKey
	Action      string // operation that creates it, such as CreateAccessKey

	Placeholder string // replaces an id in a command, such as KEY_ID

	Read      func(ctx context.Context, userName string) ([]C, error)
	Refresh   func(ctx context.Context, userName string) ([]C, error) // bypasses the cache
	Create    func(ctx context.Context, userName string) (created C, secret string, err error)
	Get       func(ctx context.Context, userName, id string) (C, error)    // nil: only the list shows credentials of this kind
	SetStatus func(ctx context.Context, userName, id, status string) error // nil: credentials of this kind cannot be disabled
	Delete    func(ctx context.Context, userName, id string) error

	// Confirm records the complete list of the user's credentials. Nil records nothing.
	Confirm func(userName string, all []C)

	List     func(userName string) string       // returns the command that lists the credentials
	Commands func(userName, id string) []string // returns the commands that disable and delete a credential
	Import   func(userName, id string) string   // returns the import id of a credential

	// FollowOwner finds the current name of the user of a credential. It reports whether the name has changed.
	FollowOwner func(ctx context.Context, i *instance.Instance, o *owner.Object, id string) (renamed bool, err error)
}

// NotCreated returns the statement that nothing was created. Use it only if that is certain: no request was sent, the
// service refused every request, or the user was deleted.
func (k Kind[C]) NotCreated() string { return "No " + k.Word + " was created." }

// Set is the credentials of one kind that belong to one user. Owner is updated when the user has another name.
type Set[C Credential] struct {
	*instance.Instance
	Kind  Kind[C]
	Owner *owner.Object
}

// Facts returns the same credentials with the properties that all kinds share. The returned set cannot create
// credentials.
func (s Set[C]) Facts() Set[ram.CredentialFacts] {
	facts := func(read reader[C]) reader[ram.CredentialFacts] {
		return func(ctx context.Context, userName string) (all []ram.CredentialFacts, err error) {
			credentials, err := read(ctx, userName)
			for _, one := range credentials {
				all = append(all, one.Facts())
			}
			return all, err
		}
	}
	k := s.Kind
	return Set[ram.CredentialFacts]{Instance: s.Instance, Owner: s.Owner, Kind: Kind[ram.CredentialFacts]{
		Noun: k.Noun, One: k.One, Word: k.Word, MissingCode: k.MissingCode, Action: k.Action, Placeholder: k.Placeholder,
		Read: facts(k.Read), Refresh: facts(k.Refresh), SetStatus: k.SetStatus, Delete: k.Delete,
		List: k.List, Commands: k.Commands, Import: k.Import, FollowOwner: k.FollowOwner,
	}}
}

func (s Set[C]) user() string { return s.Owner.UserName.ValueString() }

// In returns the credential with an id.
func In[C Credential](all []C, id string) (one C, found bool) {
	for _, one = range all {
		if one.Facts().ID == id {
			return one, true
		}
	}
	return *new(C), false
}

// Listing is the list of a user's credentials, oldest first.
type Listing[C Credential] struct {
	All        []C
	UserExists bool
}

func (l Listing[C]) has(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		_, found := In(l.All, id)
		return !found
	})
}

// reader lists the credentials of a user.
type reader[C Credential] func(ctx context.Context, userName string) ([]C, error)

// Read lists the credentials. One read may miss an existing credential, because the service is eventually consistent.
// If an id is not listed or the user is not found, it reads again after a pause. A credential counts as deleted only if
// both reads miss it. There is no other reason to remove a credential from a state.
func (s Set[C]) Read(ctx context.Context, ids ...string) (Listing[C], error) {
	return s.readTwice(ctx, s.Kind.Read, ids, Listing[C].has)
}

// ReadFirst is Read for a user whose credentials were never read before: it also reads an empty list again.
func (s Set[C]) ReadFirst(ctx context.Context, ids ...string) (Listing[C], error) {
	return s.readTwice(ctx, s.Kind.Read, ids, func(l Listing[C], ids []string) bool { return len(l.All) > 0 && l.has(ids) })
}

// Refresh is Read, but bypasses the cache.
func (s Set[C]) Refresh(ctx context.Context, ids ...string) (Listing[C], error) {
	return s.readTwice(ctx, s.Kind.Refresh, ids, Listing[C].has)
}

// readTwice reads again after a pause if the first list is not complete, as far as the function complete can know.
func (s Set[C]) readTwice(ctx context.Context, list reader[C], ids []string, complete func(Listing[C], []string) bool) (Listing[C], error) {
	first, err := s.list(ctx, list, ids)
	if err != nil && !errors.Is(err, errContradiction) {
		return Listing[C]{}, err
	}
	if first.UserExists && complete(first, ids) {
		return first, nil
	}
	var second Listing[C]
	_, err = s.ConfirmGone(ctx, func(ctx context.Context) (found bool, err error) {
		second, err = s.list(ctx, s.Kind.Refresh, ids)
		return second.UserExists, err
	})
	if err != nil {
		return Listing[C]{}, err
	}
	return s.findUnlisted(ctx, Listing[C]{All: union(second.All, first.All), UserExists: first.UserExists || second.UserExists}, ids)
}

// findUnlisted reads the credentials that both lists miss by their ids, if the kind has such an operation: a response without a
// list may mean an empty list (assumed). Without the permission to read them, the two lists count.
func (s Set[C]) findUnlisted(ctx context.Context, listing Listing[C], ids []string) (Listing[C], error) {
	if s.Kind.Get == nil || !listing.UserExists {
		return listing, nil
	}
	for _, id := range ids {
		if _, listed := In(listing.All, id); listed {
			continue
		}
		one, err := s.Kind.Get(ctx, s.user(), id)
		switch {
		case err == nil && (one.Facts().ID != id || one.Facts().Status == ""):
			return Listing[C]{}, fmt.Errorf("the service does not list the %s %s, and returned it without its id or its status. Run again", s.Kind.Word, id)
		case err == nil:
			listing.All = append(listing.All, one)
		case !ram.NotFound(err, "User", s.Kind.MissingCode) && !ram.Denied(err):
			return Listing[C]{}, err
		}
	}
	return listing, nil
}

// list reads the credentials once. If an id is not listed, the stored name may now belong to another user, so list
// finds the current name of the user.
func (s Set[C]) list(ctx context.Context, list reader[C], ids []string) (Listing[C], error) {
	id := ""
	if len(ids) > 0 {
		id = ids[0]
	}
	if s.user() == "" { // moved from a provider in which the name is optional
		if _, err := s.Kind.FollowOwner(ctx, s.Instance, s.Owner, id); err != nil {
			return Listing[C]{}, err
		}
	}
	listing, err := s.listNamed(ctx, list)
	if err != nil || listing.UserExists && listing.has(ids) {
		return listing, err
	}
	renamed, err := s.followOwner(ctx, id)
	if err != nil {
		return Listing[C]{}, err
	}
	if renamed {
		listing, err = s.listNamed(ctx, list)
	}
	if err == nil && !listing.UserExists && s.userExists(ctx) {
		return Listing[C]{}, errContradiction
	}
	return listing, err
}

func (s Set[C]) listNamed(ctx context.Context, list reader[C]) (Listing[C], error) {
	all, err := list(ctx, s.user())
	if ram.NotFound(err, "User") {
		return Listing[C]{}, nil
	}
	return Listing[C]{All: all, UserExists: err == nil}, err
}

func (s Set[C]) followOwner(ctx context.Context, id string) (renamed bool, err error) {
	if id == "" {
		return owner.FollowRename(ctx, s.Instance, s.Owner)
	}
	return s.Kind.FollowOwner(ctx, s.Instance, s.Owner, id)
}

// errContradiction means that the existence of the user is unclear.
var errContradiction = errors.New("the service says both that the user exists and that it does not. Run again")

// userExists reports whether the service finds the user by id. It returns false without an id.
func (s Set[C]) userExists(ctx context.Context) bool {
	if s.Owner.UserID.ValueString() == "" {
		return false
	}
	_, err := s.Client.UserByID(ctx, s.Owner.UserID.ValueString())
	return !ram.NotFound(err, "User")
}

// union adds those of more that all does not contain.
func union[C Credential](all, more []C) []C {
	for _, one := range more {
		if _, known := In(all, one.Facts().ID); !known {
			all = append(all, one)
		}
	}
	return all
}

// Describe returns the credentials with status and age by the service's clock.
func Describe[C Credential](i *instance.Instance, all []C) string {
	now := i.ServerNow()
	lines := []string{}
	for _, one := range all {
		f := one.Facts()
		line := "  - " + f.ID
		if f.Name != "" {
			line += fmt.Sprintf(" (%s)", f.Name)
		}
		if f.Status != "" {
			line += ", " + f.Status
		}
		line += fmt.Sprintf(", created %s (%s ago)", f.CreateDate.Format(time.RFC3339), age(now.Sub(f.CreateDate)))
		if owner.IsOwnKey(i, f.ID) {
			line += ", used by the provider itself"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// age formats a duration in days, or exactly if it is short.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return fmt.Sprintf("%d days", d/day)
	}
	return max(d, 0).Round(time.Second).String()
}

// Remedy returns the commands that disable and delete credentials of a user.
func (k Kind[C]) Remedy(user string, all ...C) string {
	lines := []string{}
	for _, one := range all {
		lines = append(lines, "  "+strings.Join(k.Commands(user, one.Facts().ID), "\n  "))
	}
	return strings.Join(lines, "\n")
}

// ImportID returns the import id of the first of the credentials.
func (k Kind[C]) ImportID(user string, all []C) string {
	if len(all) == 0 {
		return k.Import(user, k.Placeholder)
	}
	return k.Import(user, all[0].Facts().ID)
}
