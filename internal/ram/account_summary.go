// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getAccountSummary = operation{product: imsProduct, action: "GetAccountSummary", repeat: read}
	getAccountMFAInfo = operation{product: imsProduct, action: "GetAccountMFAInfo", repeat: read}
)

type accountSummaryAnswer struct{ SummaryMap map[string]number }

func (a *accountSummaryAnswer) missing() string {
	if a.SummaryMap == nil {
		return "SummaryMap"
	}
	return ""
}

// AccountSummary returns the account's quotas and counts under the service's names. Older
// deployments return fewer of them.
func (c *Client) AccountSummary(ctx context.Context) (map[string]int64, error) {
	var answer accountSummaryAnswer
	if err := c.call(ctx, getAccountSummary, nil, &answer); err != nil {
		return nil, err
	}
	summary := map[string]int64{}
	for name, count := range answer.SummaryMap {
		if count.value != nil {
			summary[name] = *count.value
		}
	}
	return summary, nil
}

type accountMFAAnswer struct{ IsMFAEnable flag }

func (a *accountMFAAnswer) missing() string {
	if a.IsMFAEnable.value == nil {
		return "IsMFAEnable"
	}
	return ""
}

// RootMFAEnabled reports whether the root account logs on with MFA.
func (c *Client) RootMFAEnabled(ctx context.Context) (bool, error) {
	var answer accountMFAAnswer
	if err := c.call(ctx, getAccountMFAInfo, nil, &answer); err != nil {
		return false, err
	}
	return *answer.IsMFAEnable.value, nil
}
