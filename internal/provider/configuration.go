// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
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

// settings returns the credentials arguments of the block.
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

// argumentOrVariable is the value of an argument, or else of the first variable that has one,
// and where it is from. Empty is not set.
func (p *ramProvider) argumentOrVariable(argument types.String, variables ...string) (value, variable string) {
	if value = strings.TrimSpace(argument.ValueString()); value != "" {
		return value, ""
	}
	for _, variable := range variables {
		if value = strings.TrimSpace(p.environment.Getenv(variable)); value != "" {
			return value, variable
		}
	}
	return "", ""
}

// fault reports a value on its argument, or with the variable that it is from.
func fault(diags *diag.Diagnostics, at path.Path, variable, detail string) {
	if variable != "" {
		diags.AddError(cannotConfigure, "The environment variable "+variable+" is wrong: "+detail)
		return
	}
	diags.AddAttributeError(at, cannotConfigure, detail)
}

var regionVariables = []string{"ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID", "ALICLOUD_REGION"}

func (p *ramProvider) region(argument types.String, diags *diag.Diagnostics) string {
	value, variable := p.argumentOrVariable(argument, regionVariables...)
	if value != "" && !ram.Region.MatchString(value) {
		fault(diags, path.Root("region"), variable, "the region must be a region ID, such as `cn-hangzhou`.")
	}
	return value
}

func (p *ramProvider) caBundle(argument types.String, diags *diag.Diagnostics) []byte {
	file := strings.TrimSpace(argument.ValueString())
	if file == "" {
		return nil
	}
	content, err := p.environment.ReadFile(file)
	if err != nil {
		diags.AddAttributeError(path.Root("ca_bundle_file"), cannotConfigure, fmt.Sprintf("The file %s cannot be read. Check that it exists and that this user may read it.", file))
		return nil
	}
	if !x509.NewCertPool().AppendCertsFromPEM(content) {
		diags.AddAttributeError(path.Root("ca_bundle_file"), cannotConfigure, fmt.Sprintf("The file %s contains no certificate in PEM format.", file))
	}
	return content
}

func (p *ramProvider) endpoints(block *endpoints, diags *diag.Diagnostics) ram.Endpoints {
	if block == nil {
		block = &endpoints{}
	}
	return ram.Endpoints{
		Ram: p.endpoint("ram", block.Ram, "RAM_ENDPOINT", diags),
		Ims: p.endpoint("ims", block.Ims, "IMS_ENDPOINT", diags),
		Sts: p.endpoint("sts", block.Sts, "STS_ENDPOINT", diags),
	}
}

func (p *ramProvider) endpoint(service string, argument types.String, variable string, diags *diag.Diagnostics) *url.URL {
	value, variable := p.argumentOrVariable(argument, variable)
	if value == "" {
		return nil
	}
	at := path.Root("endpoints").AtName(service)
	endpoint, foreign, err := ram.ParseEndpoint(value)
	if err != nil {
		fault(diags, at, variable, "the endpoint of "+service+" cannot be used: "+err.Error()+".")
		return nil
	}
	if foreign {
		warnForeign(diags, at, variable, service, endpoint)
	}
	return endpoint
}

func warnForeign(diags *diag.Diagnostics, at path.Path, variable, service string, endpoint *url.URL) {
	summary := fmt.Sprintf("The endpoint %s does not belong to Alibaba Cloud", endpoint.Host)
	detail := fmt.Sprintf("All calls to %s, with their signatures and some with passwords, go to %s. Make sure that you trust this host.", service, endpoint.Host)
	if variable != "" {
		diags.AddWarning(summary, detail+" It is set by the environment variable "+variable+".")
		return
	}
	diags.AddAttributeWarning(at, summary, detail)
}

// unknowns are the arguments whose values a plan does not know yet.
func unknowns(block tftypes.Value) (at []path.Path) {
	_ = tftypes.Walk(block, func(steps *tftypes.AttributePath, value tftypes.Value) (bool, error) {
		if value.IsKnown() {
			return true, nil
		}
		at = append(at, argumentOf(steps))
		return false, nil
	})
	return at
}

// argumentOf is the argument that a value belongs to: an element of a set is
// identified by the set.
func argumentOf(steps *tftypes.AttributePath) path.Path {
	at := path.Empty()
	for _, step := range steps.Steps() {
		name, ok := step.(tftypes.AttributeName)
		if !ok {
			break
		}
		at = at.AtName(string(name))
	}
	return at
}

// refuseUnknowns stops rather than look elsewhere: what another source gives may
// lead to another account (CRED-02).
func refuseUnknowns(diags *diag.Diagnostics, block tftypes.Value) {
	for _, at := range unknowns(block) {
		detail := fmt.Sprintf("The value of `%s` is not known yet: it depends on something that only an apply will create. "+
			"The provider needs it earlier, and does not use another source instead.\n\n"+
			"Use a value that is known when planning, or create what it depends on first, with `-target` or in a configuration of its own.", at)
		if hint := variableOf[at.String()]; hint != "" {
			detail += " Or omit the argument and set the environment variable " + hint + "."
		}
		diags.AddAttributeError(at, cannotConfigure, detail)
	}
}

// variableOf names the variable that can replace an argument.
var variableOf = map[string]string{
	"access_key":                     "ALIBABA_CLOUD_ACCESS_KEY_ID",
	"secret_key":                     "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	"security_token":                 "ALIBABA_CLOUD_SECURITY_TOKEN",
	"profile":                        "ALIBABA_CLOUD_PROFILE",
	"shared_credentials_file":        "ALIBABA_CLOUD_CREDENTIALS_FILE",
	"ecs_role_name":                  "ALIBABA_CLOUD_ECS_METADATA",
	"credentials_uri":                "ALIBABA_CLOUD_CREDENTIALS_URI",
	"assume_role":                    "ALIBABA_CLOUD_ROLE_ARN",
	"assume_role.role_arn":           "ALIBABA_CLOUD_ROLE_ARN",
	"assume_role_with_oidc.role_arn": "ALIBABA_CLOUD_ROLE_ARN",
	"assume_role_with_oidc.oidc_provider_arn": "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
	"assume_role_with_oidc.oidc_token_file":   "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
	"region":                                  "ALIBABA_CLOUD_REGION",
	"endpoints.ram":                           "RAM_ENDPOINT",
	"endpoints.ims":                           "IMS_ENDPOINT",
	"endpoints.sts":                           "STS_ENDPOINT",
}
