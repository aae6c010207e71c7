// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package instance

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// An instance is one configured provider block. Nothing of it is shared with
// another block, not even one for the same account.
type Instance struct {
	Client *ram.Client
	Steps  UsedSteps

	mu      sync.Mutex
	adopted map[string]bool
}

func New(client *ram.Client) *Instance {
	return &Instance{Client: client, adopted: map[string]bool{}}
}

// adopt notes that this run takes over a setting; it tells whether nobody had before.
func (i *Instance) Adopt(setting string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.adopted[setting] {
		return false
	}
	i.adopted[setting] = true
	return true
}

// release undoes adopt.
func (i *Instance) Release(setting string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.adopted, setting)
}

// opened returns the account that the credentials open, if it is the one that is
// expected. An empty expectation is met by any account. It comes before the
// first read and the first write of everything.
func (i *Instance) CheckAccount(ctx context.Context, f diagnostics.Operation, expected string, diags *diag.Diagnostics) (string, bool) {
	caller, err := i.Client.Caller(ctx)
	if diagnostics.Report(diags, f, err) {
		return "", false
	}
	if expected != "" && expected != caller.AccountID {
		diags.AddError("Cannot "+f.Name, fmt.Sprintf(
			"It belongs to account %s, but the credentials open account %s. Nothing was read from that account, and nothing was changed in it. %s\n\n"+
				"Use the credentials of account %[1]s. If the one of the other account is meant, remove this one from the state and import that.", expected, caller.AccountID, f.State))
		return "", false
	}
	return caller.AccountID, true
}

// withInstance gives a resource, or a list resource, its provider instance.
type Resource struct{ *Instance }

func (w *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	w.Instance = FromProviderData(req.ProviderData, &resp.Diagnostics)
}

// readsInstance gives a data source its provider instance.
type DataSource struct{ *Instance }

func (r *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	r.Instance = FromProviderData(req.ProviderData, &resp.Diagnostics)
}

// instanceOf returns what Configure left behind; nil during validation, which
// happens before the provider is configured.
func FromProviderData(data any, diags *diag.Diagnostics) *Instance {
	if data == nil {
		return nil
	}
	i, ok := data.(*Instance)
	if !ok {
		diags.AddError("Cannot configure the resource", fmt.Sprintf("The provider handed over a %T. This is a bug in the provider; please report it.", data))
	}
	return i
}
