#!/bin/sh
# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# Opens, updates and closes one GitHub issue for each account of JSON reports.
#
#   issues.sh REPORT...
#
# An account that needs an action has an open issue with the labels ram-drift and
# "account ID". The next run updates the text, and closes the issue when the account
# is clean. An account that could not be compared has an issue as well, and its issue
# is never closed.
#
# Needs ramreport (RAMREPORT sets its path), and gh with a token that may write issues.

set -eu
umask 077

ramreport=${RAMREPORT:-ramreport}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

gh label create ram-drift --force --description "The account is not as declared" --color B8500B >/dev/null
"$ramreport" status "$@" >"$work/status"
while read -r id status; do
	label="account $id"
	number=$(gh issue list --state open --label ram-drift --label "$label" --json number --jq '.[0].number // empty')
	if [ "$status" = clean ]; then
		[ -z "$number" ] || gh issue close "$number" --comment "The account is as declared, and its checks pass."
		continue
	fi
	"$ramreport" fleet -account "$id" -title "RAM drift" -markdown "$work/body.md" "$@" || :
	if [ -n "$number" ]; then
		gh issue edit "$number" --body-file "$work/body.md" >/dev/null
	else
		gh label create "$label" --force --color 0B4F86 >/dev/null
		gh issue create --title "RAM account $id is not as declared" --label ram-drift --label "$label" --body-file "$work/body.md"
	fi
done <"$work/status"
