// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// thing is a resource type with as many attributes as an average object of a user: ten,
// half of them computed.
type thing struct{}

type thingModel struct {
	Name        types.String `tfsdk:"name"`
	Label       types.String `tfsdk:"label"`
	Phone       types.String `tfsdk:"phone"`
	Email       types.String `tfsdk:"email"`
	Comments    types.String `tfsdk:"comments"`
	AccountID   types.String `tfsdk:"account_id"`
	UserID      types.String `tfsdk:"user_id"`
	Status      types.String `tfsdk:"status"`
	CreateDate  types.String `tfsdk:"create_date"`
	Fingerprint types.String `tfsdk:"fingerprint"`
}

func (thing) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_thing"
}

func (thing) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	optional := schema.StringAttribute{Optional: true}
	computed := schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"name":  schema.StringAttribute{Required: true},
		"label": optional, "phone": optional, "email": optional, "comments": optional,
		"account_id": computed, "user_id": computed, "status": computed, "create_date": computed, "fingerprint": computed,
	}}
}

func (thing) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan thingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	plan.AccountID, plan.UserID, plan.Status = plan.Name, plan.Name, plan.Name
	plan.CreateDate, plan.Fingerprint = plan.Name, plan.Name
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...) //nolint:forbidigo // it has no identity
}

func (thing) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state thingModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...) //nolint:forbidigo // it has no identity
}

func (thing) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan thingModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...) //nolint:forbidigo // it has no identity
}

func (thing) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
