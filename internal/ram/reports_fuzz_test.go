// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"strings"
	"testing"
	"time"
)

// FuzzReportAnswers gives the decoders of the reports any body: none may panic,
// believe an error, or let a secret out (ROB-01).
func FuzzReportAnswers(f *testing.F) {
	for _, body := range append(seeds,
		`{"State":"COMPLETED"}`, `{"State":[]}`, reportPageOf("", shortHeader+aliceRow), reportPageOf("a", shortHeader), `{"GeneratedTime":"-","Content":"dXNlcg=="}`,
		`{"AccountSecurityPracticeInfo":{"Score":"63","AccountSecurityPracticeUserInfo":{"BindMfa":"TRUE","SubUser":null}}}`,
		`{"WholeReportStatus":"Completed","GovernanceItemsStatus":{"GovernanceItemStatus":[{"GovernanceItem":"x"}]}}`,
		`{"GenerateTime":"1","GovernanceMetrics":{"GovernanceMetric":[{"GovernanceItem":"x","MetricValue":[1,{"a":1e999}]}]}}`,
		governed("2026-02-10T02:11:23Z", `{"ColumnName":"a"}`, `{"ColumnValue":[{}]}`, `"IsTruncated":true,"Marker":"m"`),
		`{"AccessKeys":{"AccessKey":[{"AccessKeyId":"LTAI","RecycleDate":1}]}}`, `{"AccessKey":{"AccessKeyId":"LTAI","UserId":2}}`,
		`{"Passkeys":[{"PasskeyId":"P","CreateDate":"1737450279"}]}`, `{"DefaultDomainName":"a","Passkeys":[{}]}`,
	) {
		f.Add(200, body)
		f.Add(404, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		client, err := New(Config{Credentials: &fixedKey{Key: testKey}, MaxRetries: 0, Pause: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		client.http.Transport = canned{status, "application/json", body}
		ctx := t.Context()
		for name, read := range map[string]func() error{
			"state": func() error { return second(client.GenerateCredentialReport(ctx)) },
			"report": func() error {
				report, err := client.CredentialReport(ctx)
				if err != nil {
					return err
				}
				for _, err = range report.Rows(ctx) {
					continue
				}
				return err
			},
			"security":   func() error { return second(client.SecurityReport(ctx)) },
			"status":     func() error { return second(client.GovernanceReportStatus(ctx)) },
			"metrics":    func() error { _, _, err := client.GovernanceMetrics(ctx); return err },
			"item":       func() error { return second(client.GovernanceItem(ctx, "x")) },
			"recycled":   func() error { return second(client.RecycledKeys(ctx, "1")) },
			"recycled 1": func() error { return second(client.RecycledKey(ctx, "LTAI")) },
			"passkeys":   func() error { return second(client.Passkeys(ctx, "alice")) },
		} {
			err := read()
			if err == nil && (status < 200 || status > 299) && name != "status" {
				t.Errorf("%s: HTTP %d is a success", name, status)
			}
			if err != nil && strings.Contains(err.Error(), testKey.Secret) {
				t.Errorf("%s: the secret is in %v", name, err)
			}
		}
	})
}
