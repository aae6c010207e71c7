// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// An instance is one configured provider block. Nothing of it is shared with
// another block, not even one for the same account.
type instance struct {
	client *ram.Client
	steps  usedSteps

	mu      sync.Mutex
	adopted map[string]bool
}

func newInstance(client *ram.Client) *instance {
	return &instance{client: client, adopted: map[string]bool{}}
}

// adopt notes that this run takes over a setting; it tells whether nobody had before.
func (i *instance) adopt(setting string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.adopted[setting] {
		return false
	}
	i.adopted[setting] = true
	return true
}

// release undoes adopt.
func (i *instance) release(setting string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.adopted, setting)
}

// opened returns the account that the credentials open, if it is the one that is
// expected. An empty expectation is met by any account. It comes before the
// first read and the first write of everything.
func (i *instance) opened(ctx context.Context, f failure, expected string, diags *diag.Diagnostics) (string, bool) {
	caller, err := i.client.Caller(ctx)
	if report(diags, f, err) {
		return "", false
	}
	if expected != "" && expected != caller.AccountID {
		diags.AddError("Cannot "+f.what, fmt.Sprintf(
			"It belongs to account %s, but the credentials open account %s. Nothing was read from that account, and nothing was changed in it. %s\n\n"+
				"Use the credentials of account %[1]s. If the one of the other account is meant, remove this one from the state and import that.", expected, caller.AccountID, f.now))
		return "", false
	}
	return caller.AccountID, true
}

// withInstance gives a resource, or a list resource, its provider instance.
type withInstance struct{ *instance }

func (w *withInstance) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	w.instance = instanceOf(req.ProviderData, &resp.Diagnostics)
}

// readsInstance gives a data source its provider instance.
type readsInstance struct{ *instance }

func (r *readsInstance) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	r.instance = instanceOf(req.ProviderData, &resp.Diagnostics)
}

// instanceOf returns what Configure left behind; nil during validation, which
// happens before the provider is configured.
func instanceOf(data any, diags *diag.Diagnostics) *instance {
	if data == nil {
		return nil
	}
	i, ok := data.(*instance)
	if !ok {
		diags.AddError("Cannot configure the resource", fmt.Sprintf("The provider handed over a %T. This is a bug in the provider; please report it.", data))
	}
	return i
}
