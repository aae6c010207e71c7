// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command alicloud is a provider that has the schemas of the former types, as a CLI
// wants to see them before it moves or forgets what is of them. It believes the state, and
// makes no call, except for the users of alicloud_ram_group_membership, which it changes as
// the official provider does.
package main

import (
	"context"
	"log"
	"net/url"
	"os"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return stub{} }, providerserver.ServeOpts{Address: "registry.terraform.io/aliyun/alicloud"})
	if err != nil {
		log.Fatal(err)
	}
}

// texts, numbers and switches are the attributes of each type, by the type's name.
var texts = map[string][]string{
	"ram_security_preference":     {"id", "login_network_masks", "mfa_operation_for_login", "operation_for_risk_login"},
	"ram_password_policy":         {"id"},
	"ram_account_password_policy": {"id"},
	"ram_account_alias":           {"id", "account_alias"},
	"ram_alias":                   {"id", "account_alias"},
	"ram_user":                    {"id", "name", "display_name", "mobile", "email", "comments"},
	"ram_login_profile":           {"id", "user_name", "password", "create_time"},
	"ram_access_key":              {"id", "user_name", "status", "pgp_key", "secret", "encrypted_secret", "key_fingerprint", "secret_file", "create_time"},
	"ram_access_key_policy":       {"id", "user_access_key_id", "user_principal_name", "access_key_policy"},
	"ram_group":                   {"id", "name", "group_name", "comments", "create_time"},
	"ram_group_membership":        {"id", "group_name"},
	"ram_user_group_attachment":   {"id", "group_name", "user_name"},
	"ram_user_policy_attachment":  {"id", "user_name", "policy_name", "policy_type"},
	"ram_group_policy_attachment": {"id", "group_name", "policy_name", "policy_type"},
	"ram_role_policy_attachment":  {"id", "role_name", "policy_name", "policy_type"},
}

var numbers = map[string][]string{
	"ram_security_preference":     {"login_session_duration", "max_idle_days_for_access_keys", "max_idle_days_for_users"},
	"ram_password_policy":         {"max_login_attemps", "max_password_age", "minimum_password_different_character", "minimum_password_length", "password_reuse_prevention"},
	"ram_account_password_policy": {"max_login_attempts", "max_password_age", "minimum_password_length", "password_reuse_prevention"},
}

var switches = map[string][]string{
	"ram_security_preference": {
		"allow_user_to_change_password", "allow_user_to_login_with_passkey", "allow_user_to_manage_access_keys", "allow_user_to_manage_mfa_devices",
		"allow_user_to_manage_personal_ding_talk", "enable_save_mfa_ticket", "enforce_mfa_for_login",
	},
	"ram_password_policy": {
		"hard_expiry", "password_not_contain_user_name", "require_lowercase_characters", "require_numbers", "require_symbols", "require_uppercase_characters",
	},
	"ram_account_password_policy": {"hard_expiry", "require_lowercase_characters", "require_numbers", "require_symbols", "require_uppercase_characters"},
	"ram_user":                    {"force"},
	"ram_group":                   {"force"},
	"ram_login_profile":           {"mfa_bind_required", "password_reset_required"},
}

type stub struct{}

func (stub) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "alicloud"
}

func (stub) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (stub) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (stub) DataSources(context.Context) []func() datasource.DataSource                        { return nil }

func (stub) Resources(context.Context) (all []func() resource.Resource) {
	for name := range texts {
		all = append(all, func() resource.Resource { return kind(name) })
	}
	return all
}

type kind string

func (k kind) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + string(k)
}

func (k kind) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema.Attributes = map[string]schema.Attribute{}
	for _, name := range texts[string(k)] {
		resp.Schema.Attributes[name] = schema.StringAttribute{Optional: true, Computed: true, Sensitive: name == "secret"} // and not the password
	}
	for _, name := range numbers[string(k)] {
		resp.Schema.Attributes[name] = schema.Int64Attribute{Optional: true, Computed: true}
	}
	for _, name := range switches[string(k)] {
		resp.Schema.Attributes[name] = schema.BoolAttribute{Optional: true, Computed: true}
	}
	switch k {
	case "ram_security_preference":
		resp.Schema.Attributes["verification_types"] = schema.SetAttribute{ElementType: types.StringType, Optional: true}
	case membership:
		resp.Schema.Attributes["user_names"] = schema.SetAttribute{ElementType: types.StringType, Required: true}
	}
}

// membership is a group with all its users.
const membership kind = "ram_group_membership"

type members struct {
	ID        types.String `tfsdk:"id"`
	GroupName types.String `tfsdk:"group_name"`
	UserNames []string     `tfsdk:"user_names"`
}

// key is the key in the environment.
type key struct{}

func (key) Get(context.Context) (ram.Key, error) {
	return ram.Key{ID: os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"), Secret: os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET")}, nil
}

func (key) Expire(ram.Key) {}

// change adds users to a group, and removes others.
func change(ctx context.Context, group string, add, remove []string) error {
	address := func(name string) *url.URL {
		u, _ := url.Parse(os.Getenv(name)) // the test set it
		return u
	}
	client, err := ram.New(ram.Config{Credentials: key{}, Endpoints: ram.Endpoints{Ram: address("RAM_ENDPOINT"), Ims: address("IMS_ENDPOINT"), Sts: address("STS_ENDPOINT")}, MaxRetries: -1})
	if err != nil {
		return err
	}
	for _, name := range add {
		if err := client.AddUserToGroup(ctx, name, group); err != nil && !ram.Exists(err) {
			return err
		}
	}
	for _, name := range remove {
		if err := client.RemoveUserFromGroup(ctx, name, group); err != nil && !ram.NotFound(err, "User.Group", "User", "Group") {
			return err
		}
	}
	return nil
}

// without returns the names that others does not have.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

func report(diags *diag.Diagnostics, err error) {
	if err != nil {
		diags.AddError("Cannot change the members", err.Error())
	}
}

func (k kind) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	if k != membership {
		resp.Diagnostics.AddError("Cannot create anything", "Only states are looked at here.")
		return
	}
	var plan members
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	report(&resp.Diagnostics, change(ctx, plan.GroupName.ValueString(), plan.UserNames, nil))
	plan.ID = plan.GroupName
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func (kind) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (k kind) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if k != membership {
		resp.Diagnostics.AddError("Cannot update anything", "Only states are looked at here.")
		return
	}
	var plan, state members
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	report(&resp.Diagnostics, change(ctx, plan.GroupName.ValueString(), without(plan.UserNames, state.UserNames), without(state.UserNames, plan.UserNames)))
	plan.ID = plan.GroupName
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func (k kind) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if k != membership {
		resp.Diagnostics.AddError("Cannot delete anything", "Only states are looked at here.")
		return
	}
	var state members
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	report(&resp.Diagnostics, change(ctx, state.GroupName.ValueString(), nil, state.UserNames))
}
