// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// configuration is a provider block.
type configuration struct {
	AccessKey             types.String `tfsdk:"access_key"`
	SecretKey             types.String `tfsdk:"secret_key"`
	SecurityToken         types.String `tfsdk:"security_token"`
	Profile               types.String `tfsdk:"profile"`
	SharedCredentialsFile types.String `tfsdk:"shared_credentials_file"`
	ECSRoleName           types.String `tfsdk:"ecs_role_name"`
	CredentialsURI        types.String `tfsdk:"credentials_uri"`

	AssumeRole         *assumeRole         `tfsdk:"assume_role"`
	AssumeRoleWithOIDC *assumeRoleWithOIDC `tfsdk:"assume_role_with_oidc"`

	Region              types.String  `tfsdk:"region"`
	Endpoints           *endpoints    `tfsdk:"endpoints"`
	AllowedAccountIDs   []string      `tfsdk:"allowed_account_ids"`
	ForbiddenAccountIDs []string      `tfsdk:"forbidden_account_ids"`
	CABundleFile        types.String  `tfsdk:"ca_bundle_file"`
	MaxRetries          types.Int64   `tfsdk:"max_retries"`
	RequestsPerSecond   types.Float64 `tfsdk:"requests_per_second"`
	SignatureAlgorithm  types.String  `tfsdk:"signature_algorithm"`
}

type assumeRole struct {
	RoleARN           types.String `tfsdk:"role_arn"`
	SessionName       types.String `tfsdk:"session_name"`
	Policy            types.String `tfsdk:"policy"`
	SessionExpiration types.Int64  `tfsdk:"session_expiration"`
	ExternalID        types.String `tfsdk:"external_id"`
}

type assumeRoleWithOIDC struct {
	RoleARN           types.String `tfsdk:"role_arn"`
	OIDCProviderARN   types.String `tfsdk:"oidc_provider_arn"`
	OIDCToken         types.String `tfsdk:"oidc_token"`
	OIDCTokenFile     types.String `tfsdk:"oidc_token_file"`
	RoleSessionName   types.String `tfsdk:"role_session_name"`
	Policy            types.String `tfsdk:"policy"`
	SessionExpiration types.Int64  `tfsdk:"session_expiration"`
}

type endpoints struct {
	Ram types.String `tfsdk:"ram"`
	Ims types.String `tfsdk:"ims"`
	Sts types.String `tfsdk:"sts"`
}

// settings is what the block says of credentials.
func (c configuration) settings() ram.CredentialSettings {
	settings := ram.CredentialSettings{
		AccessKey:             c.AccessKey.ValueString(),
		SecretKey:             c.SecretKey.ValueString(),
		SecurityToken:         c.SecurityToken.ValueString(),
		Profile:               c.Profile.ValueString(),
		SharedCredentialsFile: c.SharedCredentialsFile.ValueString(),
		ECSRoleName:           c.ECSRoleName.ValueString(),
		CredentialsURI:        c.CredentialsURI.ValueString(),
	}
	if role := c.AssumeRole; role != nil {
		settings.AssumeRole = &ram.Role{
			ARN:         role.RoleARN.ValueString(),
			SessionName: role.SessionName.ValueString(),
			Policy:      role.Policy.ValueString(),
			ExternalID:  role.ExternalID.ValueString(),
			Duration:    time.Duration(role.SessionExpiration.ValueInt64()) * time.Second,
		}
	}
	if oidc := c.AssumeRoleWithOIDC; oidc != nil {
		settings.AssumeRoleWithOIDC = &ram.OIDC{
			RoleARN:     oidc.RoleARN.ValueString(),
			ProviderARN: oidc.OIDCProviderARN.ValueString(),
			Token:       oidc.OIDCToken.ValueString(),
			TokenFile:   oidc.OIDCTokenFile.ValueString(),
			SessionName: oidc.RoleSessionName.ValueString(),
			Policy:      oidc.Policy.ValueString(),
			Duration:    time.Duration(oidc.SessionExpiration.ValueInt64()) * time.Second,
		}
	}
	return settings
}

const cannotConfigure = "Cannot configure the provider"

// refuse reports why there are no credentials, on the argument to blame.
func refuse(diags *diag.Diagnostics, err error) {
	if err == nil {
		return
	}
	var choice *ram.CredentialConfigError
	if errors.As(err, &choice) && len(choice.Arguments) > 0 {
		diags.AddAttributeError(path.Root(choice.Arguments[0]), cannotConfigure, choice.Problem)
		return
	}
	diags.AddError(cannotConfigure, err.Error())
}

// client makes the client of the block, credentials and all.
func (p *ramProvider) client(block configuration, config ram.Config, diags *diag.Diagnostics) *ram.Client {
	chosen, err := ram.SelectCredentials(block.settings(), p.environment)
	if err != nil {
		refuse(diags, err)
		return nil
	}
	chain, err := chosen.Open(config)
	if err != nil {
		diags.AddError(cannotConfigure, err.Error())
		return nil
	}
	config.Credentials = chain
	client, err := ram.New(config)
	if errors.Is(err, ram.ErrSHA1Forbidden) {
		diags.AddAttributeError(path.Root("signature_algorithm"), cannotConfigure, err.Error())
		return nil
	}
	if err != nil {
		diags.AddError(cannotConfigure, err.Error())
	}
	return client
}

// config is all of the client but its credentials.
func (p *ramProvider) config(block configuration, terraform string, diags *diag.Diagnostics) ram.Config {
	config := ram.Config{
		Endpoints:          p.endpoints(block.Endpoints, diags),
		Region:             p.region(block.Region, diags),
		UserAgent:          userAgent(p.version, terraform),
		CABundle:           p.caBundle(block.CABundleFile, diags),
		MaxRetries:         -1,
		RequestsPerSecond:  block.RequestsPerSecond.ValueFloat64(),
		AllowedAccounts:    block.AllowedAccountIDs,
		ForbiddenAccounts:  block.ForbiddenAccountIDs,
		RequireAccount:     true,
		SignatureAlgorithm: ram.SignatureAlgorithm(block.SignatureAlgorithm.ValueString()),
		Observe:            observe,
		Now:                p.now,
		Pause:              p.pause,
	}
	if !block.MaxRetries.IsNull() {
		config.MaxRetries = int(block.MaxRetries.ValueInt64())
	}
	return config
}

func userAgent(version, terraform string) string {
	agent := "terraform-provider-ram/" + version
	if terraform == "" {
		return agent
	}
	return agent + " Terraform/" + terraform
}

// observe logs one attempt: these fields and no others (LOG-01).
func observe(ctx context.Context, a ram.Attempt) {
	fields := map[string]any{
		"product":     a.Product,
		"action":      a.Action,
		"attempt":     a.Attempt,
		"status":      a.Status,
		"code":        a.Code,
		"request_id":  a.RequestID,
		"duration_ms": a.Duration.Milliseconds(),
	}
	if a.Err != "" {
		fields["error"] = a.Err
	}
	tflog.Debug(ctx, "Called the service", fields)
}

type ramProvider struct {
	version     string
	environment ram.Environment
	now         func() time.Time
	pause       func(context.Context, time.Duration) error
}
