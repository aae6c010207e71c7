// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package instance is one configured provider block: its client, the check of its account, and its waits.
package instance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

// Instance is one configured provider block. Two blocks share no state, even if they use the same
// account.
type Instance struct {
	Client    *ram.Client
	Steps     UsedSteps
	Refreshes atomic.Bool // whether the run has read an object of the state, as a plan does
	Shared    sync.Map    // values of other packages for this instance, by a key of the package's own type

	mu        sync.Mutex
	adopted   map[string]bool
	explained map[string]bool // explained causes of a failed check of the account
}

// New returns an instance that uses the client.
func New(client *ram.Client) *Instance {
	return &Instance{Client: client, adopted: map[string]bool{}, explained: map[string]bool{}}
}

// Adopt records that this run manages an object that exists once. It reports whether the run did not
// manage it before.
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

// CheckAccount returns the account of the credentials. It reports an error if another account is
// expected. An empty expected id accepts any account. The provider block explains each cause once, and
// later errors refer to the first one. [ram.Client.CheckAccount] decides.
func (i *Instance) CheckAccount(ctx context.Context, f diagnostics.Operation, expected string, diags *diag.Diagnostics) (string, bool) {
	account, err := i.Client.CheckAccount(ctx, expected)
	if err == nil {
		return account, true
	}
	if cause := accountCause(err); i.explain(cause) {
		diagnostics.Report(diags, f, err)
	} else {
		diags.AddError("Cannot "+f.Name, strings.TrimSpace(f.State+" "+diagnostics.Sentence(cause)+" Another error of this run explains what to do."))
	}
	return "", false
}

// accountCause returns the cause of a failed account check that all objects of a provider block share, or
// "" for an error of one operation.
func accountCause(err error) string {
	var wrong *ram.WrongAccountError
	var refused *ram.AccountNotAllowedError
	var changed *ram.AccountChangedError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ""
	case errors.As(err, &wrong), errors.As(err, &refused), errors.As(err, &changed):
		return err.Error()
	}
	return "the account of the credentials cannot be determined"
}

// explain reports whether a cause must be explained, because no earlier error has done so.
func (i *Instance) explain(cause string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if cause != "" && i.explained[cause] {
		return false
	}
	i.explained[cause] = true
	return true
}

// ProviderInstance returns the instance, for code that has only the interface of a resource. It returns
// nil before the provider is configured.
func (i *Instance) ProviderInstance() *Instance { return i }

// RemoveFromState removes an object that no longer exists from the state. While the account of the object
// is unknown, for example after a move, the object may exist in another account: the state is then
// unchanged, and the diagnostic is an error.
func (i *Instance) RemoveFromState(ctx context.Context, identity any, resp *resource.ReadResponse, summary, detail string) {
	if !i.CheckKnown(ctx, diagnostics.Operation{Name: "read the object while its account is unknown", State: "The state was not changed, and a secret in it is kept."}, &resp.Diagnostics) {
		return
	}
	// The framework refuses a read that leaves the identity empty.
	tf.Set(ctx, identity, resp.Identity, &resp.Diagnostics)
	resp.State.RemoveResource(ctx)
	diagnostics.ObjectRemoved.Warn(&resp.Diagnostics, summary, detail)
}

// CheckKnown reports an error if the account of the object is unknown. Code that did not find an object
// must call it before it treats the object as deleted.
func (i *Instance) CheckKnown(ctx context.Context, f diagnostics.Operation, diags *diag.Diagnostics) bool {
	if i.Client.AccountKnown(ctx) {
		return true
	}
	if account, ok := i.CheckAccount(ctx, f, "", diags); ok {
		diagnostics.Report(diags, f, &ram.UnknownAccountError{AccountID: account, Err: errors.New("the object was not found")})
	}
	return false
}

// ReportUnknownAccount reports that the state contains neither the account of an object nor an id that
// exists in one account only. The first error of the provider block explains what to do.
func (i *Instance) ReportUnknownAccount(ctx context.Context, f diagnostics.Operation, diags *diag.Diagnostics) {
	account, ok := i.CheckAccount(ctx, f, "", diags)
	if !ok {
		return
	}
	text := fmt.Sprintf("The account of the object is unknown, and the credentials belong to account %s. Nothing was read, and nothing was changed.", account)
	if !i.explain("unknown account") {
		diags.AddError("Cannot "+f.Name, text+" Another error of this run explains what to do.")
		return
	}
	diags.AddError("Cannot "+f.Name, fmt.Sprintf("%s The object was moved here, and the former state has only names, which another account may have as well.\n\n"+
		"If the object belongs to account %[2]s, set allowed_account_ids = [%[2]q] in the provider configuration. Otherwise correct the credentials, or the provider alias of the resource.", text, account))
}

// Resource provides a resource or a list resource with its provider instance.
type Resource struct{ *Instance }

// Configure stores the provider instance.
func (w *Resource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	w.Instance = FromProviderData(req.ProviderData, &resp.Diagnostics)
}

// DataSource provides a data source with its provider instance.
type DataSource struct{ *Instance }

// Configure stores the provider instance.
func (r *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	r.Instance = FromProviderData(req.ProviderData, &resp.Diagnostics)
}

// FromProviderData returns the provider instance. It returns nil during validation, which precedes the
// configuration of the provider.
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
