// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import "context"

var getSecurityReport = operation{product: imsProduct, action: "GetAccountSecurityPracticeReport", repeat: read}

// SecurityReport is the service's security assessment of an account. Nil means that the
// service did not return a field. The service defines which keys count as old or unused.
type SecurityReport struct {
	Score                       *int64
	BindMFA                     *bool // for the root account
	RootWithAccessKey           *int64
	OldKeys                     *int64
	UnusedKeys                  *int64
	SubUsers                    *int64
	SubUsersBindMFA             *int64
	SubUserPasswordLevel        *string // low, mid, high
	SubUsersWithOldAccessKey    *int64
	SubUsersWithUnusedAccessKey *int64
}

type securityReportResponse struct {
	AccountSecurityPracticeInfo *struct {
		Score                           number
		AccountSecurityPracticeUserInfo struct {
			BindMfa                    flag
			RootWithAccessKey          number
			OldAkNum                   number
			UnusedAkNum                number
			SubUser                    number
			SubUserBindMfa             number
			SubUserPwdLevel            text
			SubUserWithOldAccessKey    number
			SubUserWithUnusedAccessKey number
		}
	}
}

func (a *securityReportResponse) missing() string {
	switch {
	case a.AccountSecurityPracticeInfo == nil:
		return "AccountSecurityPracticeInfo"
	case a.AccountSecurityPracticeInfo.Score.value == nil:
		return "Score"
	}
	return ""
}

// SecurityReport returns the score of the account and its components.
func (c *Client) SecurityReport(ctx context.Context) (SecurityReport, error) {
	var response securityReportResponse
	if err := c.call(ctx, getSecurityReport, nil, &response); err != nil {
		return SecurityReport{}, err
	}
	fields := response.AccountSecurityPracticeInfo
	users := fields.AccountSecurityPracticeUserInfo
	return SecurityReport{
		Score: fields.Score.value, BindMFA: users.BindMfa.value, RootWithAccessKey: users.RootWithAccessKey.value,
		OldKeys: users.OldAkNum.value, UnusedKeys: users.UnusedAkNum.value,
		SubUsers: users.SubUser.value, SubUsersBindMFA: users.SubUserBindMfa.value, SubUserPasswordLevel: users.SubUserPwdLevel.optional(),
		SubUsersWithOldAccessKey: users.SubUserWithOldAccessKey.value, SubUsersWithUnusedAccessKey: users.SubUserWithUnusedAccessKey.value,
	}, nil
}
