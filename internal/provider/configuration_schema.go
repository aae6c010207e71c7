// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

func configurationSchema() schema.Schema {
	attributes := map[string]schema.Attribute{
		"assume_role":           assumeRoleAttribute(),
		"assume_role_with_oidc": assumeRoleWithOIDCAttribute(),
		"endpoints":             endpointsAttribute(),
	}
	for name, attribute := range sourceAttributes() {
		attributes[name] = attribute
	}
	for name, attribute := range callAttributes() {
		attributes[name] = attribute
	}
	return schema.Schema{
		MarkdownDescription: "Manages the security settings of Alibaba Cloud accounts and the credentials of their RAM users.\n\n" +
			"Credentials come from exactly one source: from the provider block if it names one, otherwise from the first of the environment " +
			"variables `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALICLOUD_ACCESS_KEY`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`, `ALIBABA_CLOUD_PROFILE`, `ALICLOUD_PROFILE`, " +
			"`ALIBABA_CLOUD_CREDENTIALS_URI` and `ALIBABA_CLOUD_ECS_METADATA`, otherwise from the current profile of the aliyun CLI. " +
			"The provider never combines parts of several sources, and an incomplete source is an error. " +
			"A value that is empty or contains only white space counts as not set, both in the block and in the environment.",
		Attributes: attributes,
	}
}

// sourceAttributes are the sources of a key.
func sourceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"access_key": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "ID of the AccessKey pair that signs the calls. Requires `secret_key`. " +
				"Environment variable: `ALIBABA_CLOUD_ACCESS_KEY_ID`, or the older `ALICLOUD_ACCESS_KEY`.",
		},
		"secret_key": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Secret of the AccessKey pair. Requires `access_key`. " +
				"Environment variable: `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, or the older `ALICLOUD_SECRET_KEY`.",
		},
		"security_token": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Session token of a temporary AccessKey, whose ID begins with `STS.`. It is not renewed. " +
				"Environment variable: `ALIBABA_CLOUD_SECURITY_TOKEN`, or the older `ALICLOUD_SECURITY_TOKEN`.",
		},
		"profile": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Name of a profile of the aliyun CLI, of any mode: `AK`, `StsToken`, `RamRoleArn`, `ChainableRamRoleArn`, `EcsRamRole`, `OIDC`, `CredentialsURI`, `External`, `CloudSSO`, `OAuth` or `RsaKeyPair`. Its `sts_region` and `sts_endpoint` are used. " +
				"Environment variable: `ALIBABA_CLOUD_PROFILE`, or the older `ALICLOUD_PROFILE`.",
		},
		"shared_credentials_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "File with the profiles, in the JSON format of `aliyun configure`. Without `profile`, its current profile is used. " +
				"Environment variable: `ALIBABA_CLOUD_CREDENTIALS_FILE`. Defaults to `~/.aliyun/config.json`.",
		},
		"ecs_role_name": schema.StringAttribute{
			Optional:   true,
			Validators: []validator.String{roleNameShape},
			MarkdownDescription: "Name of the RAM role that is attached to the ECS instance on which Terraform runs; its metadata service provides and renews the key. " +
				"Environment variable: `ALIBABA_CLOUD_ECS_METADATA`.",
		},
		"credentials_uri": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "URL of a local service that provides and renews a temporary key. The provider calls it without a proxy, and accepts `http` only for the local machine. " +
				"Environment variable: `ALIBABA_CLOUD_CREDENTIALS_URI`.",
		},
	}
}

func assumeRoleAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "A RAM role to assume, in this or another account, with the credentials of the other arguments or the environment. " +
			"The provider renews the session before it expires.",
		Attributes: map[string]schema.Attribute{
			"role_arn": schema.StringAttribute{
				Required:   true,
				Validators: []validator.String{roleARNShape},
				MarkdownDescription: "ARN of the role, such as `acs:ram::1234567890123456:role/terraform`. " +
					"Environment variable: `ALIBABA_CLOUD_ROLE_ARN`, which is used if the block `assume_role` is omitted and the credentials do not come from OIDC.",
			},
			"session_name":       sessionNameAttribute(),
			"policy":             policyAttribute(),
			"session_expiration": expirationAttribute(),
			"external_id": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{externalIDShape},
				MarkdownDescription: "External ID that the role's trust policy requires, 2 to 1,224 characters.",
			},
		},
	}
}

func assumeRoleWithOIDCAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "A RAM role to assume with the token of an OpenID Connect provider, such as those of CI systems and Kubernetes. No AccessKey is needed. " +
			"The provider renews the session before it expires. If the block is set, all its values come from the block, and none from environment variables.",
		Attributes: map[string]schema.Attribute{
			"role_arn": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{roleARNShape},
				MarkdownDescription: "ARN of the role. Environment variable: `ALIBABA_CLOUD_ROLE_ARN`, which requires `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and `ALIBABA_CLOUD_OIDC_TOKEN_FILE`.",
			},
			"oidc_provider_arn": schema.StringAttribute{
				Required:   true,
				Validators: []validator.String{oidcProviderARNShape},
				MarkdownDescription: "ARN of the OIDC provider in RAM, such as `acs:ram::1234567890123456:oidc-provider/ci`. " +
					"Environment variable: `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`.",
			},
			"oidc_token": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "The token itself. Exactly one of `oidc_token` and `oidc_token_file` is required.",
			},
			"oidc_token_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "File with the token. It is read again for each session. " +
					"Environment variable: `ALIBABA_CLOUD_OIDC_TOKEN_FILE`.",
			},
			"role_session_name":  sessionNameAttribute(),
			"policy":             policyAttribute(),
			"session_expiration": expirationAttribute(),
		},
	}
}

func sessionNameAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:   true,
		Validators: []validator.String{sessionNameShape},
		MarkdownDescription: "Name of the session, which the account's audit trail shows: 2 to 64 letters, digits, `.`, `@`, `-` and `_`. " +
			"Defaults to `terraform-provider-ram`.",
	}
}

func policyAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:            true,
		Validators:          []validator.String{sessionPolicyShape},
		MarkdownDescription: "Policy document in JSON that restricts the permissions of the session, at most 2,048 characters.",
	}
}

func expirationAttribute() schema.Attribute {
	return schema.Int64Attribute{
		Optional:   true,
		Validators: []validator.Int64{int64validator.Between(900, 43200)},
		MarkdownDescription: "Duration of each session in seconds, from 900 to 43,200 and at most the role's maximum session duration. " +
			"Defaults to 3,600.",
	}
}

func endpointsAttribute() schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, endpoint := range []struct{ service, host, variable string }{
		{"ram", "ram.aliyuncs.com", "RAM_ENDPOINT"},
		{"ims", "ims.aliyuncs.com", "IMS_ENDPOINT"},
		{"sts", "sts.<region>.aliyuncs.com", "STS_ENDPOINT"},
	} {
		attributes[endpoint.service] = schema.StringAttribute{
			Optional:   true,
			Validators: []validator.String{endpointShape{}},
			MarkdownDescription: fmt.Sprintf("Endpoint of the service in place of `%s`. Environment variable: `%s`.",
				endpoint.host, endpoint.variable),
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Hosts or URLs to call instead of the default endpoints. Only `https` is accepted, except for the loopback addresses of this machine. " +
			"A host outside of Alibaba Cloud's domains causes a warning.",
		Attributes: attributes,
	}
}

// callAttributes say how and for whom calls are made.
func callAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"region": schema.StringAttribute{
			Optional:   true,
			Validators: []validator.String{regionShape},
			MarkdownDescription: "Region of the STS endpoint; RAM itself has no regions. " +
				"Environment variables: `ALIBABA_CLOUD_REGION`, `ALIBABA_CLOUD_REGION_ID` or `ALICLOUD_REGION`. Defaults to the `sts_region` of the profile, or `cn-hangzhou`.",
		},
		"allowed_account_ids": schema.SetAttribute{
			Optional:    true,
			ElementType: types.StringType,
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1),
				setvalidator.ValueStringsAre(accountIDShape),
				setvalidator.ConflictsWith(path.MatchRoot("forbidden_account_ids")),
			},
			MarkdownDescription: "IDs of the accounts that the provider may read and change. With the credentials of any other account, the provider reads and changes nothing. " +
				"If the set has a single ID, it is also the account of objects that were moved from another provider and whose state does not contain an account. " +
				"Conflicts with `forbidden_account_ids`.",
		},
		"forbidden_account_ids": schema.SetAttribute{
			Optional:    true,
			ElementType: types.StringType,
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1),
				setvalidator.ValueStringsAre(accountIDShape),
			},
			MarkdownDescription: "IDs of accounts that the provider never reads or changes, regardless of the credentials. Conflicts with `allowed_account_ids`.",
		},
		"ca_bundle_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "File with PEM certificates that are trusted in addition to the certificates of the system, such as the certificate of a proxy. " +
				"Certificate verification cannot be disabled.",
		},
		"max_retries": schema.Int64Attribute{
			Optional:   true,
			Validators: []validator.Int64{int64validator.Between(0, 10)},
			MarkdownDescription: "The maximum number of retries of a call after throttling or a fault, from 0 to 10. A call that is not idempotent is retried only if " +
				"the service did not execute it, such as after throttling. Defaults to 4.",
		},
		"requests_per_second": schema.Float64Attribute{
			Optional:   true,
			Validators: []validator.Float64{float64validator.AtLeast(0.1)},
			MarkdownDescription: "Maximum number of calls per second of this provider block, at least 0.1. Set it if other tools share the quotas of the account. " +
				"If omitted, only the provider's limit for each operation of the service applies.",
		},
		"signature_algorithm": schema.StringAttribute{
			Optional:   true,
			Validators: []validator.String{stringvalidator.OneOf(string(ram.HMACSHA1), string(ram.ACS3))},
			MarkdownDescription: "The algorithm that signs calls: `HMAC-SHA1` (signature version 1 of the service), or `ACS3-HMAC-SHA256` (version 3), for environments that do not allow SHA-1. " +
				"Both protect a call in the same way, and all calls are sent over TLS. Defaults to `HMAC-SHA1`, and to `ACS3-HMAC-SHA256` under `GODEBUG=fips140=only`.",
		},
	}
}

// shape is what the value of an argument looks like. In the provider block an
// empty value counts as not set, and has no shape.
type shape struct {
	wanted string
	fits   func(string) bool
}

var _ validator.String = shape{}

func (s shape) Description(context.Context) string             { return "value must be " + s.wanted }
func (s shape) MarkdownDescription(ctx context.Context) string { return s.Description(ctx) }

// ValidateString never quotes the value: a secret may be in the wrong place.
func (s shape) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	value := strings.TrimSpace(req.ConfigValue.ValueString())
	if value == "" || s.fits(value) {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, cannotConfigure, fmt.Sprintf("The value of `%s` must be %s.", req.Path, s.wanted))
}

// endpointShape is the shape of an endpoint.
type endpointShape struct{}

var _ validator.String = endpointShape{}

func (endpointShape) Description(context.Context) string {
	return "value must be a host name or an https URL without path, query and user information"
}

func (e endpointShape) MarkdownDescription(ctx context.Context) string { return e.Description(ctx) }

// ValidateString refuses what would carry signatures in the clear, before there
// are any (NET-02).
func (endpointShape) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	value := strings.TrimSpace(req.ConfigValue.ValueString())
	if value == "" {
		return
	}
	if _, _, err := ram.ParseEndpoint(value); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, cannotConfigure, fmt.Sprintf("The endpoint `%s` cannot be used: %s.", req.Path, err))
	}
}

var (
	roleARNShape         = shape{"the ARN of a role, such as `acs:ram::1234567890123456:role/terraform`", ram.RoleARN.MatchString}
	oidcProviderARNShape = shape{"the ARN of an OIDC provider, such as `acs:ram::1234567890123456:oidc-provider/ci`", ram.OIDCProviderARN.MatchString}
	sessionNameShape     = shape{"2 to 64 letters, digits, `.`, `@`, `-` and `_`", ram.SessionName.MatchString}
	externalIDShape      = shape{"2 to 1,224 letters, digits and `+=,.@:/_-`", isExternalID}
	sessionPolicyShape   = shape{"a policy document in JSON of at most 2,048 characters", isSessionPolicy}
	roleNameShape        = shape{"the name of a role, not its ARN", tf.NewLazyRegexp(`^[0-9A-Za-z._-]{1,64}$`).MatchString}
	regionShape          = shape{"a region ID, such as `cn-hangzhou`", ram.Region.MatchString}

	accountIDShape = tf.NewLazyRegexp(`^[0-9]{16}$`).Validator("must be an account ID of 16 digits")
)

var externalIDLetters = tf.NewLazyRegexp(`^[0-9A-Za-z_+=,.@:/-]+$`)

// isExternalID: 2 to 1,224 characters. (documented)
func isExternalID(value string) bool {
	return len(value) >= 2 && len(value) <= 1224 && externalIDLetters.MatchString(value)
}

// isSessionPolicy: at most 2,048 characters. (documented)
func isSessionPolicy(value string) bool {
	return len(value) <= 2048 && json.Valid([]byte(value))
}
