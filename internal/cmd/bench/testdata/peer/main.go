// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command peer replaces aliyun/alicloud in tests. It accepts the arguments that the
// benchmark sets, and its resources exist only in the state.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return peer{} }, providerserver.ServeOpts{
		Address: "registry.terraform.io/ram-security/alicloud",
	})
	if err != nil {
		log.Fatal(err)
	}
}

type peer struct{}

func (peer) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "alicloud"
}

func (peer) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	text := providerschema.StringAttribute{Optional: true}
	resp.Schema = providerschema.Schema{
		Attributes: map[string]providerschema.Attribute{"region": text, "protocol": text, "skip_region_validation": providerschema.BoolAttribute{Optional: true}},
		Blocks: map[string]providerschema.Block{"endpoints": providerschema.SetNestedBlock{NestedObject: providerschema.NestedBlockObject{
			Attributes: map[string]providerschema.Attribute{"ram": text, "ims": text, "sts": text},
		}}},
	}
}

func (peer) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (peer) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for name, arguments := range map[string][]string{"user": {"name"}, "login_profile": {"user_name", "password"}, "access_key": {"user_name"}} {
		all = append(all, func() resource.Resource { return object{"_ram_" + name, arguments} })
	}
	return all
}

func (peer) DataSources(context.Context) []func() datasource.DataSource { return nil }

type object struct {
	name      string
	arguments []string
}

func (o object) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + o.name
}

func (o object) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema.Attributes = map[string]schema.Attribute{}
	for _, name := range o.arguments {
		resp.Schema.Attributes[name] = schema.StringAttribute{Required: true}
	}
}

func (object) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (object) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (object) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (object) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
