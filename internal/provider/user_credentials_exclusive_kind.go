// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/credential"
	"github.com/ram-security/terraform-provider-ram/internal/exclusive"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// declaredKind is one kind of credential that the exclusive credentials of a user declare.
type declaredKind struct {
	one, many           string         // an AccessKey pair, AccessKey pairs
	allowed, undeclared string         // the attributes
	required            bool           // the kind is always managed; without an allowed set, after an import, it is read nevertheless
	deletedOnly         bool           // credentials of this kind cannot be disabled
	spared              string         // those that are never touched, in a sentence
	factors             access.Factors // the second factors that a user has while there is a credential of this kind

	sets        func(*exclusiveModel) declaredSets
	credentials func(*instance.Instance, *owner.Object) credential.Set[ram.CredentialFacts]
	// own returns which credentials of the user are access of the provider itself. Nil: none of this kind is.
	own func(context.Context, *instance.Instance, *exclusiveModel) (func(id string) bool, error)
}

// declaredSets are the attributes of a kind in a model.
type declaredSets struct{ allowed, undeclared *types.Set }

// declaredKinds returns the kinds in the order in which they are read and acted on.
func declaredKinds() []declaredKind {
	return []declaredKind{
		{
			one: "an AccessKey pair", many: "AccessKey pairs", allowed: "allowed_access_key_ids", undeclared: "undeclared_access_key_ids",
			required: true, spared: ", never the provider's own",
			sets: func(m *exclusiveModel) declaredSets { return declaredSets{&m.Allowed, &m.Undeclared} },
			credentials: func(i *instance.Instance, o *owner.Object) credential.Set[ram.CredentialFacts] {
				return credential.AccessKeys(i, o).Facts()
			},
			own: func(_ context.Context, i *instance.Instance, _ *exclusiveModel) (func(string) bool, error) {
				return func(id string) bool { return owner.IsOwnKey(i, id) }, nil
			},
		},
		{
			one: "a service credential", many: "service credentials", allowed: "allowed_service_credential_ids", undeclared: "undeclared_service_credential_ids",
			sets: func(m *exclusiveModel) declaredSets {
				return declaredSets{&m.AllowedServiceCredentials, &m.UndeclaredServiceCredentials}
			},
			credentials: func(i *instance.Instance, o *owner.Object) credential.Set[ram.CredentialFacts] {
				return credential.ServiceCredentials(i, o, ram.NewServiceCredential{}, "").Facts()
			},
		},
		{
			one: "a passkey", many: "passkeys", allowed: "allowed_passkey_ids", undeclared: "undeclared_passkey_ids",
			deletedOnly: true, spared: ", never those of the user that Terraform runs as", factors: access.Factors{Passkey: true},
			sets: func(m *exclusiveModel) declaredSets { return declaredSets{&m.AllowedPasskeys, &m.UndeclaredPasskeys} },
			credentials: func(i *instance.Instance, o *owner.Object) credential.Set[ram.CredentialFacts] {
				return credential.Passkeys(i, o).Facts()
			},
			own: func(ctx context.Context, i *instance.Instance, m *exclusiveModel) (func(string) bool, error) {
				own, err := owner.IsOwnUser(ctx, i, m.UserID.ValueString())
				return func(string) bool { return own }, err
			},
		},
	}
}

// declaration returns which credentials of the kind the user may have. Credentials that cannot be disabled are only reported where
// the others are disabled.
func (k declaredKind) declaration(m *exclusiveModel) exclusive.Declaration {
	sets := k.sets(m)
	d := exclusive.Declaration{Enforce: m.Enforce, Allowed: *sets.allowed, Undeclared: *sets.undeclared}
	if k.deletedOnly && m.Enforce.ValueString() == enforceDisable {
		d.Enforce = types.StringValue(enforceReport)
	}
	return d
}

// undeclaredOf returns the credentials that are not declared and that enforce is about: to disable those that are Active, to
// delete all. Access of the provider itself is reported, and otherwise left out.
func (k declaredKind) undeclaredOf(ctx context.Context, i *instance.Instance, m *exclusiveModel, all []ram.CredentialFacts) (rest []ram.CredentialFacts, err error) {
	d := k.declaration(m)
	for _, one := range all {
		if !d.Allows(one.ID) && (d.Enforce.ValueString() != enforceDisable || one.Status == ram.Active) {
			rest = append(rest, one)
		}
	}
	if len(rest) == 0 || d.Reports() || k.own == nil {
		return rest, nil
	}
	own, err := k.own(ctx, i, m)
	if err != nil {
		return nil, err
	}
	others := rest[:0]
	for _, one := range rest {
		if !own(one.ID) {
			others = append(others, one)
		}
	}
	return others, nil
}

// read lists the credentials of the kind. It reads a list that may be incomplete again.
func (k declaredKind) read(ctx context.Context, i *instance.Instance, m *exclusiveModel) (credential.Listing[ram.CredentialFacts], error) {
	credentials, d := k.credentials(i, &m.Object), k.declaration(m)
	if d.Compared() {
		return credentials.Read(ctx, d.Members()...)
	}
	return credentials.ReadFirst(ctx, d.Members()...)
}

// show saves which credentials are not declared. After an import it is not known yet which are.
func (k declaredKind) show(ctx context.Context, i *instance.Instance, m *exclusiveModel, all []ram.CredentialFacts) error {
	rest, err := k.undeclaredOf(ctx, i, m, all)
	ids := []string{}
	for _, one := range rest {
		ids = append(ids, one.ID)
	}
	*k.sets(m).undeclared = k.declaration(m).Set(ids)
	return err
}

// removedBy returns the credentials that an update disables or deletes: those that the state shows and that enforce is about.
func (k declaredKind) removedBy(ctx context.Context, i *instance.Instance, state, plan *exclusiveModel, all []ram.CredentialFacts) ([]ram.CredentialFacts, error) {
	if k.declaration(plan).Reports() {
		return nil, nil
	}
	rest, err := k.undeclaredOf(ctx, i, plan, all)
	shown := k.declaration(state)
	return slices.DeleteFunc(rest, func(one ram.CredentialFacts) bool { return !shown.Shows(one.ID) }), err
}

// refuseLoss refuses to remove the last of the user's credentials that is a second factor, if the user then cannot log on.
func (k declaredKind) refuseLoss(ctx context.Context, i *instance.Instance, plan *exclusiveModel, all, removed []ram.CredentialFacts, diags *diag.Diagnostics) {
	if len(removed) > 0 && len(removed) == len(all) {
		refuseFactorLoss(ctx, i, plan.User(), k.factors, plan.AllowLockOut, diags)
	}
}

// update disables or deletes the credentials that the plan showed, and that are still there and still not allowed. Each step can be
// repeated. It returns what is done, also with an error.
func (k declaredKind) update(ctx context.Context, i *instance.Instance, state, plan *exclusiveModel, diags *diag.Diagnostics) (done string, err error) {
	if k.factors != (access.Factors{}) {
		unlock, err := i.Client.Lock(ctx, access.LockName)
		if err != nil {
			return "", err
		}
		defer unlock()
	}
	credentials, before, after := k.credentials(i, &plan.Object), k.declaration(state), k.declaration(plan)
	read := credentials.Refresh
	if !before.Compared() { // nothing is removed yet
		read = credentials.ReadFirst
	}
	listing, err := read(ctx, before.Members()...)
	switch {
	case err != nil:
		return "", err
	case after.Undeclared.IsUnknown():
		return "", k.show(ctx, i, plan, listing.All)
	case after.Reports():
		return "", nil
	}
	all := listing.All
	for _, id := range before.Others() {
		if _, listed := credential.In(all, id); !listed && listing.UserExists { // the response to the removal proves it, no list does
			all = append(all, ram.CredentialFacts{ID: id, Status: ram.Active})
		}
	}
	removed, err := k.removedBy(ctx, i, state, plan, all)
	if err != nil {
		return "", err
	}
	if k.refuseLoss(ctx, i, plan, all, removed, diags); diags.HasError() {
		return "", nil
	}
	for _, one := range removed {
		if plan.Enforce.ValueString() == enforceDelete {
			err = credentials.Remove(ctx, one.ID, true)
		} else {
			err = credentials.Disable(ctx, one.ID)
		}
		if err != nil {
			return fmt.Sprintf("%sThe %s %s may be disabled or deleted. ", done, credentials.Kind.Word, one.ID), err
		}
		done += fmt.Sprintf("The %s %s is %sd. ", credentials.Kind.Word, one.ID, plan.Enforce.ValueString())
	}
	return done, nil
}
