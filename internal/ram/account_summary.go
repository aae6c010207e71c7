// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var (
	getAccountSummary = operation{product: imsProduct, action: "GetAccountSummary", repeat: read}
	getAccountMFAInfo = operation{product: imsProduct, action: "GetAccountMFAInfo", repeat: read}
)

type accountSummaryResponse struct{ SummaryMap map[string]number }

func (a *accountSummaryResponse) missing() string {
	if a.SummaryMap == nil {
		return "SummaryMap"
	}
	return ""
}

// AccountSummary returns the account's quotas and counts under the service's names. Older
// deployments return fewer of them.
func (c *Client) AccountSummary(ctx context.Context) (map[string]int64, error) {
	var response accountSummaryResponse
	if err := c.call(ctx, getAccountSummary, nil, &response); err != nil {
		return nil, err
	}
	summary := map[string]int64{}
	for name, count := range response.SummaryMap {
		if count.value != nil {
			summary[name] = *count.value
		}
	}
	return summary, nil
}

type accountMFAResponse struct{ IsMFAEnable flag }

func (a *accountMFAResponse) missing() string {
	if a.IsMFAEnable.value == nil {
		return "IsMFAEnable"
	}
	return ""
}

// RootMFAEnabled reports whether the root account logs on with MFA.
func (c *Client) RootMFAEnabled(ctx context.Context) (bool, error) {
	var response accountMFAResponse
	if err := c.call(ctx, getAccountMFAInfo, nil, &response); err != nil {
		return false, err
	}
	return *response.IsMFAEnable.value, nil
}
