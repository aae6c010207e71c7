// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

var (
	_ resource.ResourceWithConfigure   = (*setting[struct{}])(nil)
	_ resource.ResourceWithIdentity    = (*setting[struct{}])(nil)
	_ resource.ResourceWithImportState = (*setting[struct{}])(nil)
	_ resource.ResourceWithModifyPlan  = (*setting[struct{}])(nil)
	_ list.ListResourceWithConfigure   = (*setting[struct{}])(nil)
)

// A setting is something every account has exactly one of. It is never made or
// unmade: creating it takes it over, and changes nothing that the configuration
// does not mention; destroying it does what on_destroy says.
//
// S is the setting as the client knows it. A new setting costs its fields,
// fetch and put.
type setting[S any] struct {
	withInstance
	name, noun, docs string
	fields           []field[S]
	derived          []derived[S]
	arguments        map[string]schema.Attribute

	// fetch reads the setting, or shares what another read of it brought of late;
	// fetchNow goes past what is known, as everything around a write does.
	fetch, fetchNow func(context.Context, *ram.Client) (S, error)
	// put makes want of live. It is called only when they differ.
	put func(ctx context.Context, client *ram.Client, live, want S) error
	// dangers tells what the change may do to people. It may be nil.
	dangers func(context.Context, *ram.Client, change[S]) []danger
	// former are the types of other providers whose states a moved block hands over,
	// by the name of our type.
	former map[string][]formerType
	// farewell is what a person should know before a destroy that leaves after of
	// before, if anything. It may be nil.
	farewell func(before, after S) string
}

// derived is an attribute that the service computes from the fields.
type derived[S any] struct {
	name, docs string
	get        func(*S) attr.Value
}

// accountIdentity tells whose setting it is.
type accountIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
}

// What on_destroy may say.
const (
	retain  = "retain"  // leave the account as it is
	restore = "restore" // put back what was there before an attribute became managed
	reset   = "reset"   // put what a new account has
)

func (s *setting[S]) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + s.name
}

func (s *setting[S]) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"account_id": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "The id of the account the setting belongs to.",
			PlanModifiers:       unmoving(),
		},
		"on_destroy": schema.StringAttribute{
			Optional: true, Computed: true,
			Default:    stringdefault.StaticString(retain),
			Validators: []validator.String{stringvalidator.OneOf(retain, restore, reset)},
			MarkdownDescription: "What `terraform destroy` does to the account, as it was last applied. `" + retain + "` (the default) leaves the account as it is. `" + restore +
				"` puts back, for each attribute that was managed, the value it had before; a setting that was imported or moved has no such values. `" + reset + "` puts the values of a new account.",
		},
		"timeouts": timeoutsAttribute(ctx),
	}
	maps.Copy(attributes, s.arguments)
	for _, f := range s.fields {
		attributes[f.name] = f.resource
	}
	for _, d := range s.derived {
		attributes[d.name] = schema.StringAttribute{Computed: true, MarkdownDescription: d.docs}
	}
	resp.Schema = schema.Schema{MarkdownDescription: s.docs, Attributes: attributes}
}

func (s *setting[S]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The id of the account the setting belongs to.",
		},
	}}
}

func (s *setting[S]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := req.ID
	if id == "" {
		id = get[accountIdentity](ctx, req.Identity, &resp.Diagnostics).AccountID.ValueString()
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	caller, err := s.client.Caller(ctx)
	if report(&resp.Diagnostics, s.failed("import", "The state is as it was."), err) {
		return
	}
	if id != caller.AccountID && id != "current" {
		resp.Diagnostics.AddError("Cannot import the "+s.noun, fmt.Sprintf(
			"The import asks for account %q, but the credentials open account %q. Nothing was imported.\n\n"+
				"Import with the id of the account that the credentials open, with \"current\", or use the credentials of account %[1]q.", id, caller.AccountID))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_id"), caller.AccountID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("on_destroy"), retain)...)
	if _, guarded := s.arguments["allow_lock_out"]; guarded {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("allow_lock_out"), false)...)
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, accountIdentity{AccountID: types.StringValue(caller.AccountID)})...)
}

func (s *setting[S]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := s.values(ctx, req.State, &resp.Diagnostics)
	ctx, cancel := bound(ctx, state.timeouts().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	const now = "The state is as it was."
	id, ok := s.opened(ctx, s.failed("read", now), text(state["account_id"]), &resp.Diagnostics)
	if !ok {
		return
	}
	live, err := s.fetch(ctx, s.client)
	if report(&resp.Diagnostics, s.failed("read", now), err) {
		return
	}
	state["account_id"] = types.StringValue(id)
	s.show(state, &live)
	s.save(ctx, state, &resp.State, resp.Identity, &resp.Diagnostics)
}

// show puts what was read into v, in the spelling that is there.
func (s *setting[S]) show(v values, live *S) {
	for _, f := range s.fields {
		v[f.name] = f.show(v[f.name], f.get(live))
	}
	for _, d := range s.derived {
		v[d.name] = d.get(live)
	}
}

// failed describes an operation for report.
func (s *setting[S]) failed(verb, now string) failure {
	return failure{what: verb + " the " + s.noun, now: now}
}

// values reads the attributes of a plan, state or configuration.
func (s *setting[S]) values(ctx context.Context, from interface {
	Get(context.Context, any) diag.Diagnostics
}, diags *diag.Diagnostics,
) values {
	return maps.Clone(get[types.Object](ctx, from, diags).Attributes())
}

func (s *setting[S]) save(ctx context.Context, v values, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	id, _ := v["account_id"].(types.String)
	if o := v.object(state.Schema.Type(), diags); !diags.HasError() {
		save(ctx, accountIdentity{AccountID: id}, o, state, identity, diags)
	}
}

// MoveState takes over states of former types, and of the setting itself.
func (s *setting[S]) MoveState(ctx context.Context) []resource.StateMover {
	return movers(ctx, s, s.former)
}

// accountDefaults are the fields as a new account has them.
func (s *setting[S]) accountDefaults() values {
	v := values{}
	for _, f := range s.fields {
		v[f.name] = f.fresh
	}
	return v
}
