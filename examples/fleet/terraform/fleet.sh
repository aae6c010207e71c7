#!/bin/sh
# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# Runs the configuration beside it for each account, a few at a time, each in a
# workspace of its own. An account that fails stops no other one.
#
#   fleet.sh plan|apply|drift [ACCOUNT...]
#
#   plan    what an apply would change; 2 if anything
#   apply   without a question: look at the plan first
#   drift   what somebody changed by hand (../../drift-detection); 2 if anything
#
# Prints a table as Markdown. Ends with 1 if an account failed, else with 2 if one
# differs, else with 0. FLEET_CLI chooses the program (terraform, else tofu),
# FLEET_ACCOUNTS the file (../accounts.json), FLEET_PARALLEL how many at a time (4), and
# FLEET_LOGS the directory for the logs and summaries (logs).
#
# Needs jq, and an xargs that knows -P, as those of GNU, BSD and busybox do.

set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)

# one runs an account, and leaves its code and its log. It never fails, so that
# xargs goes on.
one() {
	export TF_WORKSPACE="$2" TF_IN_AUTOMATION=1
	log=$FLEET_LOGS/$2.log code=0
	set -- "$1" "$2" -input=false -var "accounts_file=$FLEET_ACCOUNTS"
	case $1 in
	plan) "$FLEET_CLI" -chdir="$here" plan -no-color -detailed-exitcode "$3" "$4" "$5" ;;
	apply) "$FLEET_CLI" -chdir="$here" apply -no-color -auto-approve "$3" "$4" "$5" ;;
	drift) DRIFT_CLI=$FLEET_CLI "$here/../../drift-detection/drift.sh" -C "$here" -o "$FLEET_LOGS/$2.md" "-var=accounts_file=$FLEET_ACCOUNTS" ;;
	esac >"$log" 2>&1 || code=$?
	echo "$code" >"$FLEET_LOGS/$2.code"
	printf 'fleet: %s of %s ended with %s\n' "$1" "$2" "$code" >&2
}

if [ "${1:-}" = --one ]; then
	one "$2" "$3"
	exit 0
fi

verb=${1:-}
case $verb in
plan | apply | drift) shift ;;
*)
	echo "usage: fleet.sh plan|apply|drift [ACCOUNT...]" >&2
	exit 1
	;;
esac

# absolute names a file as from anywhere: the CLI runs in the configuration's directory.
absolute() { case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac; }

FLEET_CLI=${FLEET_CLI:-$(command -v terraform || command -v tofu)}
FLEET_ACCOUNTS=$(absolute "${FLEET_ACCOUNTS:-$here/../accounts.json}")
FLEET_LOGS=$(absolute "${FLEET_LOGS:-$here/logs}")
export FLEET_CLI FLEET_ACCOUNTS FLEET_LOGS

known=$(jq -er 'keys[]' "$FLEET_ACCOUNTS") || {
	echo "fleet: $FLEET_ACCOUNTS names no account." >&2
	exit 1
}
accounts=$known
if [ $# -gt 0 ]; then
	accounts=$(printf '%s\n' "$@")
fi
for account in $accounts; do
	case "
$known
" in
	*"
$account
"*) ;;
	*)
		echo "fleet: $FLEET_ACCOUNTS does not know $account." >&2
		exit 1
		;;
	esac
done

mkdir -p "$FLEET_LOGS"
rm -f "$FLEET_LOGS"/*.log "$FLEET_LOGS"/*.code "$FLEET_LOGS"/*.md
printf '%s\n' "$accounts" | xargs -P "${FLEET_PARALLEL:-4}" -n 1 "$here/fleet.sh" --one "$verb" || :

# An account without a code was interrupted.
failed=0 differs=0
printf '| Account | Name | Result |\n|---|---|---|\n'
for account in $accounts; do
	name=$(jq -r --arg id "$account" '.[$id].name // "" | gsub("[|`<>]"; "?")' "$FLEET_ACCOUNTS")
	code=$(cat "$FLEET_LOGS/$account.code" 2>/dev/null || echo none)
	result=unchanged
	case $verb$code in
	plan0 | drift0) ;;
	plan2) result="would change" differs=1 ;;
	drift2) result="**drift**" differs=1 ;;
	apply0) result=$(sed -n 's/^Apply complete! Resources: \(.*\)\.$/\1/p' "$FLEET_LOGS/$account.log") ;;
	*none) result="**interrupted**" failed=1 ;;
	*)
		failed=1
		# The first error's title; the log has the rest.
		result="**failed**: $(sed -n 's/^[│ ]*Error: //p' "$FLEET_LOGS/$account.log" | sed -n 1p | tr '|`<>' '????')"
		;;
	esac
	printf '| %s | %s | %s |\n' "$account" "$name" "$result"
done

[ "$failed" -eq 0 ] || exit 1
[ "$differs" -eq 0 ] || exit 2
