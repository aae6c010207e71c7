// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"strings"
	"testing"
)

// reportDecoders decode the responses about reports, deleted keys and passkeys.
var reportDecoders = map[string]decoder{
	"state":                   decodes(generateCredentialReport, func(a *reportStateResponse) { _ = reportState(a.State) }),
	"report":                  decodes(getCredentialReport, nothing[credentialReportResponse]),
	"security":                decodes(getSecurityReport, nothing[securityReportResponse]),
	"status":                  decodes(getGovernanceReportStatus, nothing[governanceStatusResponse]),
	"metrics":                 decodes(listGovernanceMetrics, nothing[governanceMetricsResponse]),
	"item":                    decodes(getGovernanceItemReport, func(a *governanceItemResponse) { item := a.item("x"); _ = a.rows(&item) }),
	"recycled":                decodes(listRecycledKeys, nothing[recycledKeysResponse]),
	"recycled 1":              decodes(getRecycledKey, func(a *recycledKeyResponse) { _ = a.AccessKey.key() }),
	"passkeys":                decodes(listPasskeys, nothing[passkeysResponse]),
	"credentials of services": decodes(listServiceCredentials, nothing[serviceCredentialsResponse]),
}

// wholeReports are tested with a complete call, one of them for each body.
var wholeReports = []func(context.Context, *Client) error{
	func(ctx context.Context, c *Client) error { return second(c.GenerateCredentialReport(ctx)) },
	func(ctx context.Context, c *Client) error {
		report, err := c.CredentialReport(ctx)
		if err != nil {
			return err
		}
		for _, err = range report.Rows(ctx) {
			continue
		}
		return err
	},
	func(ctx context.Context, c *Client) error { return second(c.SecurityReport(ctx)) },
	func(ctx context.Context, c *Client) error { _, _, err := c.GovernanceMetrics(ctx); return err },
	func(ctx context.Context, c *Client) error { return second(c.GovernanceItem(ctx, "x")) },
	func(ctx context.Context, c *Client) error { return second(c.RecycledKeys(ctx, "1")) },
	func(ctx context.Context, c *Client) error { return second(c.RecycledKey(ctx, "LTAI")) },
	func(ctx context.Context, c *Client) error { return second(c.Passkeys(ctx, "alice")) },
	func(ctx context.Context, c *Client) error { return second(c.ServiceCredentials(ctx, "alice")) },
	// This one is last, because a refusal may mean that there is no report.
	func(ctx context.Context, c *Client) error { return second(c.GovernanceReportStatus(ctx)) },
}

// FuzzReportResponses decodes arbitrary bodies as reports, and makes a complete call for one
// noun. None of them may panic, treat an error as a success, or reveal a secret (ROB-01).
func FuzzReportResponses(f *testing.F) {
	for _, body := range append(seeds,
		`{"State":"COMPLETED"}`, `{"State":[]}`, reportPageOf("", shortHeader+aliceRow), reportPageOf("a", shortHeader), `{"GeneratedTime":"-","Content":"dXNlcg=="}`,
		`{"AccountSecurityPracticeInfo":{"Score":"63","AccountSecurityPracticeUserInfo":{"BindMfa":"TRUE","SubUser":null}}}`,
		`{"WholeReportStatus":"Completed","GovernanceItemsStatus":{"GovernanceItemStatus":[{"GovernanceItem":"x"}]}}`,
		`{"GenerateTime":"1","GovernanceMetrics":{"GovernanceMetric":[{"GovernanceItem":"x","MetricValue":[1,{"a":1e999}]}]}}`,
		governed("2026-02-10T02:11:23Z", `{"ColumnName":"a"}`, `{"ColumnValue":[{}]}`, `"IsTruncated":true,"Marker":"m"`),
		`{"AccessKeys":{"AccessKey":[{"AccessKeyId":"LTAI","RecycleDate":1}]}}`, `{"AccessKey":{"AccessKeyId":"LTAI","UserId":2}}`,
		`{"Passkeys":[{"PasskeyId":"P","CreateDate":"1737450279"}]}`, `{"DefaultDomainName":"a","Passkeys":[{}]}`,
		`{"ServiceCredentials":[{"ServiceCredentialId":"SC1","Status":"Active"}],"IsTruncated":true}`, `{"DefaultDomainName":"a","ServiceCredentials":[{"Status":"Active"}]}`,
	) {
		f.Add(uint(len(body)), 200, body)
		f.Add(uint(len(body)), 404, body)
	}
	client := returning(f, 0, "", "")
	f.Fuzz(func(t *testing.T, which uint, status int, body string) {
		decoding(t, client, reportDecoders, status, "application/json", body)
		at := which % uint(len(wholeReports))
		err := wholeReports[at](t.Context(), returning(t, status, "application/json", body))
		if err == nil && (status < 200 || status > 299) && at != uint(len(wholeReports)-1) {
			t.Errorf("%d: HTTP %d is a success", at, status)
		}
		if err != nil && strings.Contains(err.Error(), testKey.Secret) {
			t.Errorf("%d: the secret is in %v", at, err)
		}
	})
}
