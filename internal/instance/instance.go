// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package instance is one configured provider block: its client, the check of its account, and its waits.
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

// Instance is one configured provider block. Two blocks share nothing, not even if
// they use the same account.
type Instance struct {
	Client *ram.Client
	Steps  UsedSteps

	mu      sync.Mutex
	adopted map[string]bool
}

// New returns an instance that uses the client.
func New(client *ram.Client) *Instance {
	return &Instance{Client: client, adopted: map[string]bool{}}
}

// Adopt records that this run manages an object of which there can be one. It reports
// whether the run did not manage it before.
func (i *Instance) Adopt(setting string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.adopted[setting] {
		return false
	}
	i.adopted[setting] = true
	return true
}

// Managed reports whether this run manages an object.
func (i *Instance) Managed(object string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.adopted[object]
}

// Release undoes Adopt.
func (i *Instance) Release(setting string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.adopted, setting)
}

// CheckAccount returns the account of the credentials, and an error if another one is
// expected. An empty expected id accepts any account. Every operation calls it before
// its first read or write.
func (i *Instance) CheckAccount(ctx context.Context, f diagnostics.Operation, expected string, diags *diag.Diagnostics) (string, bool) {
	caller, err := i.Client.Caller(ctx)
	if diagnostics.Report(diags, f, err) {
		return "", false
	}
	if expected != "" && expected != caller.AccountID {
		diags.AddError("Cannot "+f.Name, fmt.Sprintf(
			"The object belongs to account %s, but the credentials are of account %s. Nothing was read from account %[2]s, and nothing was changed in it. %[3]s\n\n"+
				"Use the credentials of account %[1]s. To manage the object of account %[2]s instead, remove this one from the state and import that one.", expected, caller.AccountID, f.State))
		return "", false
	}
	return caller.AccountID, true
}

// Resource gives a resource or a list resource its provider instance.
type Resource struct{ *Instance }

// Configure stores the provider instance.
func (w *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	w.Instance = FromProviderData(req.ProviderData, &resp.Diagnostics)
}

// DataSource gives a data source its provider instance.
type DataSource struct{ *Instance }

// Configure stores the provider instance.
func (r *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	r.Instance = FromProviderData(req.ProviderData, &resp.Diagnostics)
}

// FromProviderData returns the provider instance, or nil during validation, which
// precedes the configuration of the provider.
func FromProviderData(data any, diags *diag.Diagnostics) *Instance {
	if data == nil {
		return nil
	}
	i, ok := data.(*Instance)
	if !ok {
		diags.AddError("Cannot configure the resource", fmt.Sprintf("The provider data is a %T. This is a bug in the provider; please report it.", data))
	}
	return i
}
